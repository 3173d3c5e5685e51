"""A document as text of 80 columns, for a terminal, a mail or a printer."""

from collections.abc import Iterator, Sequence

from eventdesk.core.cells import cell_width, cut_cells, wrap_cells
from eventdesk.core.money import percent
from eventdesk.core.plain_text import plain
from eventdesk.documents.document import Document, Series

COLUMNS = 80
_AMOUNT = 16
_EACH = 14
_COUNT = 5
_TAX = 7
_TEXT = COLUMNS - _AMOUNT - _EACH - _COUNT - _TAX - 4


def as_text(document: Document) -> str:
    """Write a document as lines of at most `COLUMNS` cells, each ended by a line break."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(document))


def _lines(document: Document) -> Iterator[str]:
    yield from _wrapped(document.sender)
    yield ""
    yield from _wrapped(document.recipient)
    yield ""
    yield _between(f"{document.series.heading} {document.name}", document.issued_on)
    if document.refers_to:
        yield f"Takes back {plain(document.refers_to)}."
    yield from _wrapped([document.subject])
    yield "=" * COLUMNS
    if document.items:
        yield from _table(document)
    if document.series is not Series.CREDIT:
        yield from _payments(document)
    if document.notes:
        yield ""
        yield from _wrapped(document.notes)


def _table(document: Document) -> Iterator[str]:
    yield _row("", "Count", "Each", "Tax", f"Amount {document.currency}")
    yield "-" * COLUMNS
    for item in document.items:
        first, *rest = wrap_cells(plain(item.text), _TEXT) or [""]
        yield _row(
            first,
            str(item.count),
            document.money(item.each_minor).amount,
            f"{percent(item.tax_bp)} %",
            document.money(item.total_minor).amount,
        )
        yield from rest
    yield "-" * COLUMNS
    yield _between("Total", str(document.money(sum(i.total_minor for i in document.items))))
    for tax in document.taxes:
        net, share = document.money(tax.net_minor), document.money(tax.tax_minor)
        said = f"{tax.text}: {share} on {net} net" if tax.tax_bp or tax.tax_minor else tax.text
        amount = "" if tax.tax_bp or tax.tax_minor else f": {net}"
        yield f"  {'contains ' if tax.tax_bp or tax.tax_minor else ''}{said}{amount}"


def _payments(document: Document) -> Iterator[str]:
    if document.paid:
        yield ""
    for paid in document.paid:
        words = "went back" if paid.amount_minor < 0 else "received"
        text = plain(f"{paid.on}  {words}: {paid.text}")
        yield _between(text, str(document.money(paid.amount_minor)))
    if document.series is Series.INVOICE:
        yield _between("Still due", str(document.due))
    else:
        yield "=" * COLUMNS
        yield _between("Paid", str(document.total))


def _row(text: str, count: str, each: str, tax: str, amount: str) -> str:
    return " ".join(
        (
            _padded(text, _TEXT),
            count.rjust(_COUNT),
            each.rjust(_EACH),
            tax.rjust(_TAX),
            amount.rjust(_AMOUNT),
        )
    )


def _between(left: str, right: str) -> str:
    """Two texts at the two edges of a line."""
    room = COLUMNS - cell_width(right) - 1
    return f"{_padded(left, room)} {right}"


def _padded(text: str, cells: int) -> str:
    cut = cut_cells(text, cells)
    return cut + " " * (cells - cell_width(cut))


def _wrapped(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from wrap_cells(plain(line), COLUMNS)
