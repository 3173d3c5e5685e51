"""Invoices as XML by EN 16931, and the VAT IDs in them."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.vat_ids import vat_id, vat_id_in
from eventdesk.documents.document import Document, DocumentSeries, Item, TaxShare, taken_back
from eventdesk.documents.xml_invoice import CAC, CBC, as_xml

INVOICE = Document(
    DocumentSeries.INVOICE,
    "K7QM2X-I-00001",
    "2026-06-01",
    "EUR",
    2,
    ("Harbour Hall GmbH", "Quay 1", "20457 Hamburg", "VAT ID DE 123 456 789"),
    ("Ada Ltd", "1 High Street"),
    "Demo Days, booking ABCDEF",
    (Item("Regular", 2, 5950, 1900), Item("Early", 1, 11900, 1900), Item("Service fee", 2, 150, 0)),
    (TaxShare(0, 300, 0), TaxShare(1900, 20000, 3800)),
    (),
    notes=("Harbour Hall GmbH", "IBAN DE02 1203 0000 0000 2020 51"),
    vat_id="FR12345678901",
)
REVERSE = replace(
    INVOICE,
    items=(Item("Regular", 2, 10000, 0, is_reverse=True), Item("Service fee", 2, 150, 0)),
    taxes=(TaxShare(0, 300, 0), TaxShare(0, 20000, 0, is_reverse=True)),
)
"""One whose recipient owes the tax."""

NAMES = {"cac": CAC, "cbc": CBC}


def texts(document: Document, path: str) -> list[str | None]:
    return [each.text for each in ET.fromstring(as_xml(document)).findall(path, NAMES)]


def test_it_names_both_by_their_vat_ids() -> None:
    found = texts(INVOICE, ".//cac:PartyTaxScheme/cbc:CompanyID")
    assert found == ["DE123456789", "FR12345678901"]
    assert texts(INVOICE, ".//cac:Country/cbc:IdentificationCode") == ["DE", "FR"]


def test_prices_are_net_and_add_up() -> None:
    assert texts(INVOICE, "cac:InvoiceLine/cbc:LineExtensionAmount") == ["100.00"] * 2 + ["3.00"]
    totals = {
        "LineExtensionAmount": "203.00",
        "TaxInclusiveAmount": "241.00",
        "PayableAmount": "241.00",
    }
    for name, amount in totals.items():
        assert texts(INVOICE, f"cac:LegalMonetaryTotal/cbc:{name}") == [amount]


def test_reverse_charge_is_a_category_with_its_reason() -> None:
    part = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
    assert texts(REVERSE, f"{part}/cbc:ID") == ["E", "AE"]
    assert texts(REVERSE, f"{part}/cbc:TaxExemptionReasonCode") == ["VATEX-EU-AE"]
    assert texts(REVERSE, "cac:TaxTotal/cbc:TaxAmount") == ["0.00"]
    lines = "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID"
    assert texts(REVERSE, lines) == ["AE", "E"]
    assert texts(REVERSE, "cac:InvoiceLine/cbc:LineExtensionAmount") == ["200.00", "3.00"]


def test_a_credit_note_has_amounts_above_zero_and_names_what_it_takes_back() -> None:
    taxes = tuple(TaxShare(tax.tax_bp, -tax.net_minor, -tax.tax_minor) for tax in INVOICE.taxes)
    credit = replace(
        INVOICE,
        series=DocumentSeries.CREDIT,
        items=taken_back(INVOICE.items),
        taxes=taxes,
        refers_to="I-1",
    )
    assert texts(credit, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["241.00"]
    assert texts(credit, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == ["I-1"]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 99_999)), min_size=1, max_size=6))
def test_the_lines_of_a_rate_add_up_to_its_net(sold: list[tuple[int, int]]) -> None:
    items = tuple(Item(f"Type {at}", *each, 700) for at, each in enumerate(sold))
    gross = sum(item.total_minor for item in items)
    tax = round(gross * 7 / 107)
    paper = replace(INVOICE, items=items, taxes=(TaxShare(700, gross - tax, tax),))
    nets = texts(paper, "cac:InvoiceLine/cbc:LineExtensionAmount")
    assert sum(round(float(each or 0) * 100) for each in nets) == gross - tax


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(INVOICE, sender=("Harbour Hall",)), "no VAT ID"),
        (replace(INVOICE, series=DocumentSeries.RECEIPT), "receipt"),
        (replace(INVOICE, currency="KWD", exponent=3), "two decimals"),
    ],
)
def test_what_the_standard_cannot_say_is_refused(wrong: Document, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        as_xml(wrong)


def test_what_people_typed_is_no_markup_and_no_control_character() -> None:
    paper = replace(INVOICE, recipient=("<Ada> & \x1b[31m\x00Ltd",))
    [name] = texts(paper, "cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name")
    assert name is not None
    assert name.startswith("<Ada> &")
    assert "\x1b" not in name


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" de 123 456 789 ", "DE123456789"),
        ("ATU12345678", "ATU12345678"),
        ("che-123.456.789 mwst", "CHE123456789MWST"),
        ("XIGD123", "XIGD123"),
        ("", ""),
    ],
)
def test_a_vat_id_is_read_however_it_is_typed(typed: str, read: str) -> None:
    assert vat_id(typed) == read


@pytest.mark.parametrize(
    "typed", ["DE12345678", "ZZ123456789", "DE١٢٣٤٥٦٧٨٩", "123456789", "D" * 99]
)
def test_what_no_country_has_is_no_vat_id(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        vat_id(typed)


def test_an_iban_is_no_vat_id() -> None:
    lines = ("House", "IBAN CZ65 0800 0000 1920 0014 5399", "USt-IdNr. DE123456789 HRB 12")
    assert vat_id_in(lines) == ("DE123456789", lines[:2])
