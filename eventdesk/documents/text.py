"""A document as text of 80 columns, for a terminal, a mail or a printer."""

from collections.abc import Iterator, Sequence

from eventdesk.core.cells import cell_width, cut_cells, wrap_cells
from eventdesk.core.formats import money
from eventdesk.core.plain_text import plain
from eventdesk.documents.document import Document, DocumentSeries

COLUMNS = 80
_CELLS = (5, 14, 7, 16)
"""Widths of the columns beside the items: count, price of each, tax and amount."""
_TEXT = COLUMNS - sum(_CELLS) - len(_CELLS)


def as_text(document: Document) -> str:
    """Write a document as lines of at most `COLUMNS` cells, each ended by a line break."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(document))


def _lines(document: Document) -> Iterator[str]:
    yield from _wrapped(document.sender)
    yield ""
    yield from _wrapped(document.addressee)
    yield ""
    yield _between(document.title, document.day)
    if document.takes_back:
        yield document.takes_back
    yield from _wrapped([document.subject])
    yield "=" * COLUMNS
    if document.items:
        yield from _table(document)
    if document.series is not DocumentSeries.CREDIT:
        yield from _payments(document)
    if document.below:
        yield ""
        yield from _wrapped(document.below)


def _table(document: Document) -> Iterator[str]:
    yield _row("", document.heads)
    yield "-" * COLUMNS
    for item in document.items:
        first, *rest = wrap_cells(plain(item.text), _TEXT) or [""]
        yield _row(first, document.cells(item))
        yield from rest
    yield "-" * COLUMNS
    yield _between(*document.items_line)
    for tax in document.taxes:
        yield f"  {document.tax_line(tax)}"


def _payments(document: Document) -> Iterator[str]:
    if document.paid:
        yield ""
    for paid in document.paid:
        amount = money(document.money(paid.amount_minor))
        yield _between(document.paid_line(paid), amount)
    if document.series is not DocumentSeries.INVOICE:
        yield "=" * COLUMNS
    yield _between(*document.last_line)


def _row(text: str, cells: Sequence[str]) -> str:
    right = (cell.rjust(wide) for cell, wide in zip(cells, _CELLS, strict=True))
    return " ".join((_padded(text, _TEXT), *right))


def _between(left: str, right: str) -> str:
    """One text at the left and one at the right edge of a line."""
    room = COLUMNS - cell_width(right) - 1
    return f"{_padded(left, room)} {right}"


def _padded(text: str, cells: int) -> str:
    cut = cut_cells(text, cells)
    return cut + " " * (cells - cell_width(cut))


def _wrapped(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from wrap_cells(plain(line), COLUMNS)
