"""A document as PDF, on A4."""

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eventdesk.core.money import percent
from eventdesk.core.plain_text import plain
from eventdesk.documents.document import Document, Series
from eventdesk.documents.writing import library, width, write

WIDTH, HEIGHT = 595.28, 841.89
"""A4, in points."""

LEFT, RIGHT, TOP, BOTTOM = 62.0, WIDTH - 62.0, HEIGHT - 62.0, 62.0
BODY, SMALL, LARGE = 10.0, 8.0, 16.0
LEADING = 1.45
_COUNT, _EACH, _TAX = RIGHT - 220, RIGHT - 140, RIGHT - 85
"""Right edges of the columns; the amount stands at the right margin."""


def as_pdf(document: Document) -> bytes:
    """Draw a document as a PDF file.

    Raises:
        InvalidInputError: The library that writes PDF is not installed.
    """
    file = io.BytesIO()
    canvas = library("pdfgen.canvas").Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(f"{document.series.heading} {plain(document.name)}")
    canvas.setAuthor(plain(document.sender[0]) if document.sender else "")
    canvas.setCreator("eventdesk")
    sheet = _Sheet(canvas, document)
    for draw in _parts(document):
        draw(sheet)
    sheet.end()
    canvas.save()
    return file.getvalue()


class _Sheet:
    """The page that is written on, and how far down it is full."""

    def __init__(self, canvas: Any, document: Document) -> None:
        self._canvas = canvas
        self._name = plain(document.name)
        self._page = 1
        self.y = TOP

    def line(
        self, *cells: tuple[float, str], size: float = BODY, bold: bool = False, before: float = 0.0
    ) -> None:
        """Write cells on a line of their own; a place of 0 is the left margin, others end there."""
        self._go_down(before + size * LEADING)
        for place, text in cells:
            x = place - width(text, size=size, bold=bold) if place else LEFT
            write(self._canvas, x, self.y, text, size=size, bold=bold)

    def rule(self) -> None:
        """Draw a line across."""
        self._go_down(5)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(LEFT, self.y, RIGHT, self.y)

    def end(self) -> None:
        """Write what stands below each page."""
        text = f"{self._name} · {self._page}"
        write(self._canvas, RIGHT - width(text, size=SMALL), BOTTOM - 24, text, size=SMALL)

    def _go_down(self, by: float) -> None:
        self.y -= by
        if self.y < BOTTOM:
            self.end()
            self._canvas.showPage()
            self._page += 1
            self.y = TOP - by


def _parts(document: Document) -> Iterator[Callable[[_Sheet], None]]:
    yield lambda sheet: _head(sheet, document)
    if document.items:
        yield lambda sheet: _table(sheet, document)
    if document.series is not Series.CREDIT:
        yield lambda sheet: _payments(sheet, document)
    yield lambda sheet: _block(sheet, document.notes, size=SMALL, before=18)


def _head(sheet: _Sheet, document: Document) -> None:
    _block(sheet, document.sender, size=SMALL)
    _block(sheet, document.recipient, before=28)
    title = f"{document.series.heading} {plain(document.name)}"
    sheet.line((0, title), size=LARGE, bold=True, before=28)
    sheet.line((0, plain(document.subject)), (RIGHT, document.issued_on), before=4)
    if document.refers_to:
        sheet.line((0, f"Takes back {plain(document.refers_to)}."))


def _table(sheet: _Sheet, document: Document) -> None:
    sheet.line(
        (_COUNT, "Count"),
        (_EACH, "Each"),
        (_TAX, "Tax"),
        (RIGHT, f"Amount {document.currency}"),
        size=SMALL,
        before=14,
    )
    sheet.rule()
    for item in document.items:
        first, *rest = _wrapped(plain(item.text), _COUNT - LEFT - 40, BODY) or [""]
        sheet.line(
            (0, first),
            (_COUNT, str(item.count)),
            (_EACH, document.money(item.each_minor).amount),
            (_TAX, f"{percent(item.tax_bp)} %"),
            (RIGHT, document.money(item.total_minor).amount),
        )
        for text in rest:
            sheet.line((0, text))
    sheet.rule()
    total = document.money(sum(item.total_minor for item in document.items))
    sheet.line((0, "Total"), (RIGHT, str(total)), bold=True)
    for tax in document.taxes:
        net, share = document.money(tax.net_minor), document.money(tax.tax_minor)
        taxed = bool(tax.tax_bp or tax.tax_minor)
        text = f"contains {tax.text}: {share} on {net} net" if taxed else f"{tax.text}: {net}"
        sheet.line((0, text), size=SMALL)


def _payments(sheet: _Sheet, document: Document) -> None:
    for at, paid in enumerate(document.paid):
        words = "went back" if paid.amount_minor < 0 else "received"
        text = plain(f"{paid.on}  {words}: {paid.text}")
        amount = str(document.money(paid.amount_minor))
        sheet.line((0, text), (RIGHT, amount), before=0 if at else 12)
    if document.series is Series.INVOICE:
        sheet.line((0, "Still due"), (RIGHT, str(document.due)), bold=True)
    else:
        sheet.line((0, "Paid"), (RIGHT, str(document.total)), bold=True)


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
    """How many signs of a word fit, at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(word[:middle], size=size) <= room else (low, middle - 1)
    return low
