"""A document as PDF, on A4."""

import io
from collections.abc import Callable, Iterator, Sequence

from eventdesk.core.formats import money
from eventdesk.core.plain_text import plain
from eventdesk.documents.document import Document, DocumentSeries
from eventdesk.documents.writing import Sheet, library, width, write

WIDTH, HEIGHT = 595.28, 841.89
"""A4, in points."""

LEFT, RIGHT, TOP, BOTTOM = 62.0, WIDTH - 62.0, HEIGHT - 62.0, 62.0
BODY, SMALL, LARGE = 10.0, 8.0, 16.0
LEADING = 1.45
_CELLS = (RIGHT - 220, RIGHT - 140, RIGHT - 85, RIGHT)
"""Right edges of the columns beside the items: count, price of each, tax and amount."""


def as_pdf(document: Document) -> bytes:
    """Draw a document as a PDF file.

    Raises:
        InvalidInputError: The library that writes PDF is not installed.
    """
    file = io.BytesIO()
    canvas = library("pdfgen.canvas").Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(document.title)
    canvas.setAuthor(plain(document.sender[0]) if document.sender else "")
    canvas.setCreator("eventdesk")
    sheet = _Sheet(canvas, plain(document.name))
    for draw in _parts(document):
        draw(sheet)
    sheet.end()
    canvas.save()
    return file.getvalue()


class _Sheet(Sheet):
    """A4, upright."""

    RIGHT, TOP, BOTTOM, FOOT = RIGHT, TOP, BOTTOM, SMALL

    def line(
        self, *cells: tuple[float, str], size: float = BODY, bold: bool = False, before: float = 0.0
    ) -> None:
        """Write cells on a line of their own; a place of 0 is the left margin, others end there."""
        self.go_down(before + size * LEADING)
        for place, text in cells:
            x = place - width(text, size=size, bold=bold) if place else LEFT
            write(self.canvas, x, self.y, text, size=size, bold=bold)

    def rule(self) -> None:
        """Draw a line across."""
        self.go_down(5)
        self.canvas.setLineWidth(0.5)
        self.canvas.line(LEFT, self.y, RIGHT, self.y)


def _parts(document: Document) -> Iterator[Callable[[_Sheet], None]]:
    yield lambda sheet: _head(sheet, document)
    if document.items:
        yield lambda sheet: _table(sheet, document)
    if document.series is not DocumentSeries.CREDIT:
        yield lambda sheet: _payments(sheet, document)
    yield lambda sheet: _block(sheet, document.below, size=SMALL, before=18)


def _head(sheet: _Sheet, document: Document) -> None:
    _block(sheet, document.sender, size=SMALL)
    _block(sheet, document.addressee, before=28)
    sheet.line((0, document.title), size=LARGE, bold=True, before=28)
    sheet.line((0, plain(document.subject)), (RIGHT, document.day), before=4)
    if document.takes_back:
        sheet.line((0, document.takes_back))


def _table(sheet: _Sheet, document: Document) -> None:
    sheet.line(*zip(_CELLS, document.heads, strict=True), size=SMALL, before=14)
    sheet.rule()
    for item in document.items:
        first, *rest = _wrapped(plain(item.text), _CELLS[0] - LEFT - 40, BODY) or [""]
        sheet.line((0, first), *zip(_CELLS, document.cells(item), strict=True))
        for text in rest:
            sheet.line((0, text))
    sheet.rule()
    label, total = document.items_line
    sheet.line((0, label), (RIGHT, total), bold=True)
    for tax in document.taxes:
        sheet.line((0, document.tax_line(tax)), size=SMALL)


def _payments(sheet: _Sheet, document: Document) -> None:
    for at, paid in enumerate(document.paid):
        amount = money(document.money(paid.amount_minor))
        text = document.paid_line(paid)
        sheet.line((0, text), (RIGHT, amount), before=0 if at else 12)
    label, amount = document.last_line
    sheet.line((0, label), (RIGHT, amount), bold=True)


def _block(sheet: _Sheet, lines: Sequence[str], *, size: float = BODY, before: float = 0.0) -> None:
    for line in lines:
        for text in _wrapped(plain(line), RIGHT - LEFT, size):
            sheet.line((0, text), size=size, before=before)
            before = 0


def _wrapped(text: str, room: float, size: float) -> list[str]:
    """Break a text at spaces, and a word that is too wide anywhere."""
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size=size) <= room:
            lines[-1] = joined
            continue
        lines.append(word)
        while width(lines[-1], size=size) > room and len(lines[-1]) > 1:
            fits = _fitting(lines[-1], room, size)
            lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
    return [line for line in lines if line]


def _fitting(word: str, room: float, size: float) -> int:
    """The number of characters of a word that fit, at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(word[:middle], size=size) <= room else (low, middle - 1)
    return low
