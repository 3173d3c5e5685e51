"""A ticket on paper: its code, large enough for any door, and what it is good for."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eventdesk.core.plain_text import plain
from eventdesk.documents.pdf import BODY, HEIGHT, LEFT, RIGHT, SMALL, TOP, WIDTH
from eventdesk.documents.writing import library, width, write

CODE = 255.0
"""The side of the code with the light border around it, in points: 9 cm."""

LARGEST, NAMES = 26.0, 110.0


@dataclass(frozen=True, slots=True)
class TicketPaper:
    """What stands on the paper of a ticket.

    Attributes:
        title: Whose it is.
        line_two: What stands below the name; may be "".
        code: The code of the ticket, as people type it.
        modules: The rows of its QR code, True where dark, with a light border.
        facts: Names and values: when, where, which type and seat.
    """

    title: str
    line_two: str
    event: str
    code: str
    modules: Sequence[Sequence[bool]]
    facts: Sequence[tuple[str, str]]


def as_pdf(tickets: Sequence[TicketPaper]) -> bytes:
    """Draw tickets as a PDF file, a page each.

    Raises:
        InvalidInputError: The library that writes PDF is not installed.
    """
    file = io.BytesIO()
    canvas = library("pdfgen.canvas").Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(plain(f"{tickets[0].event} {tickets[0].code}"))
    canvas.setCreator("eventdesk")
    for ticket in tickets:
        _page(canvas, ticket)
    canvas.save()
    return file.getvalue()


def _page(canvas: Any, ticket: TicketPaper) -> None:
    y = _line(canvas, TOP, ticket.event, largest=LARGEST * 0.7)
    y = _line(canvas, y - 18, ticket.title, largest=LARGEST, bold=True)
    if ticket.line_two:
        y = _line(canvas, y, ticket.line_two, largest=BODY * 1.4)
    y = _code(canvas, y - 10, ticket.modules)
    y = _line(canvas, y, ticket.code, largest=LARGEST * 0.7, bold=True)
    for name, value in ticket.facts:
        y -= BODY * 1.9
        write(canvas, LEFT, y, plain(name), size=SMALL)
        _line(canvas, y + BODY * 1.3, value, largest=BODY, left=LEFT + NAMES)
    canvas.showPage()


def _line(
    canvas: Any, top: float, text: str, *, largest: float, bold: bool = False, left: float = LEFT
) -> float:
    """Write a line as large as it fits, and say where the next one begins."""
    shown, size = plain(text, limit=160), largest
    room = RIGHT - left
    needed = width(shown, size=size, bold=bold)
    if needed > room:
        size = max(SMALL * 0.75, size * room / needed)
    y = top - size * 1.3
    write(canvas, left, y, shown, size=size, bold=bold)
    return y


def _code(canvas: Any, top: float, modules: Sequence[Sequence[bool]]) -> float:
    """Draw the code, black on white, and say where the next line begins."""
    side, left = CODE / len(modules), LEFT - CODE / len(modules) * 4
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                path.rect(left + column * side, top - (row + 1) * side, side, side)
    canvas.drawPath(path, stroke=0, fill=1)
    return top - CODE
