import base64
import io
import re
import sys
import zlib
from dataclasses import replace

import pytest

from eventdesk.core.cells import cell_width
from eventdesk.core.errors import InvalidInputError
from eventdesk.documents.document import (
    Document,
    DocumentSeries,
    Item,
    Paid,
    TaxShare,
    from_content,
    taken_back,
    to_content,
)
from eventdesk.documents.pdf import as_pdf
from eventdesk.documents.text import COLUMNS, as_text
from eventdesk.documents.writing import letters, library, write

INVOICE = Document(
    DocumentSeries.INVOICE,
    "DEMO26-I-00001",
    "2026-06-01",
    "EUR",
    2,
    ("Conf GmbH", "VAT DE123"),
    ("Ada Lovelace",),
    "Demo Days, booking K7QM2X",
    (Item("Regular", 2, 11900, 1900), Item("Service fee", 2, 150, 0)),
    (TaxShare(1900, 20000, 3800), TaxShare(0, 300, 0)),
    (Paid("2026-06-01", "card terminal 17", 11900),),
    "",
    ("IBAN DE00 1234",),
)

HOSTILE = (
    "Łukasz Żółć",
    "王小明",
    "محمد علي",
    "[/b] \x1b[31m Mallory",
    "\u202eevil",
    "(" * 400,
    "x" * 5000,
    "हिन्दी ไทย 🎉",
    "",
)


@pytest.mark.parametrize("name", ["محمد علي", "สมชาย", "דוד כהן", "हिन्दी"])
def test_a_name_that_is_drawn_is_bold_only_where_it_is_meant_to_be(name: str) -> None:
    assert letters().width(name) < letters(bold=True).width(name)
    assert _ink(name, bold=False) < 0.9 * _ink(name, bold=True)


def _ink(text: str, *, bold: bool) -> float:
    """How much of a line's picture on a PDF page is black."""
    file = io.BytesIO()
    canvas = library("pdfgen.canvas").Canvas(file, pageCompression=0)
    write(canvas, 50, 700, text, size=20, bold=bold)
    canvas.save()
    found = re.search(rb"/Subtype /Image.*?stream\r?\n(.*?)~>", file.getvalue(), re.DOTALL)
    assert found is not None
    data = zlib.decompress(base64.a85decode(found[1]))
    return sum(255 - each for each in data) / 255


def test_a_document_is_the_same_after_it_was_kept() -> None:
    assert from_content(to_content(INVOICE)) == INVOICE


def test_an_invoice_says_what_is_taxed_paid_and_due() -> None:
    text = as_text(INVOICE)
    for part in (
        "Invoice DEMO26-I-00001",
        "241.00 EUR",
        "contains 19 % tax: 38.00 EUR on 200.00 EUR net",
        "without tax: 3.00 EUR",
        "received: card terminal 17",
        "IBAN DE00 1234",
    ):
        assert part in text
    assert re.search(r"Still due +122\.00 EUR", text)


def test_a_credit_note_is_less_than_nothing_and_a_receipt_is_what_was_paid() -> None:
    credit = replace(
        INVOICE,
        series=DocumentSeries.CREDIT,
        items=taken_back(INVOICE.items),
        refers_to="DEMO26-I-00001",
    )
    assert credit.total.amount == "-241.00"
    assert "Takes back DEMO26-I-00001." in as_text(credit)
    receipt = replace(INVOICE, series=DocumentSeries.RECEIPT, items=(), taxes=())
    assert re.search(r"Paid +119\.00 EUR", as_text(receipt))


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_people_are_called_a_document_holds_it(name: str) -> None:
    document = replace(INVOICE, recipient=(name, name), items=(Item(name, 1, 5, 0),), subject=name)
    text = as_text(document)
    assert all(cell_width(line) <= COLUMNS for line in text.splitlines())
    assert "\x1b" not in text
    assert as_pdf(document).startswith(b"%PDF-")


def test_a_currency_without_cents_has_none() -> None:
    yen = replace(INVOICE, currency="JPY", exponent=0)
    assert "24100 JPY" in as_text(yen)


def test_a_pdf_holds_its_text_as_text_where_it_can() -> None:
    assert "Invoice DEMO26-I-00001" in _written(as_pdf(INVOICE))
    assert "241.00 EUR" in _written(as_pdf(INVOICE))
    assert b"/Subtype /Image" not in as_pdf(INVOICE)
    assert b"/Subtype /Image" in as_pdf(replace(INVOICE, recipient=("محمد علي",)))


def test_a_long_document_goes_on_on_the_next_page() -> None:
    items = tuple(Item(f"Ticket {number}", 1, 100, 0) for number in range(120))
    written = _written(as_pdf(replace(INVOICE, items=items)))
    assert "Ticket 119" in written
    assert "DEMO26-I-00001 \\267 3" in written


def test_the_same_document_is_the_same_file() -> None:
    assert as_pdf(INVOICE) == as_pdf(INVOICE)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(InvalidInputError, match="PDF needs a library that is not") as refused:
        as_pdf(INVOICE)
    assert 'pip install "eventdesk[pdf]"' in refused.value.hint


def _written(pdf: bytes) -> str:
    """The text that is drawn in Helvetica."""
    streams = re.findall(rb"/ASCII85Decode /FlateDecode.*?stream\r?\n(.*?)endstream", pdf, re.S)
    pages = (
        zlib.decompress(base64.a85decode(b"<~" + each.strip(), adobe=True)) for each in streams
    )
    return "\n".join(page.decode("latin-1") for page in pages)
