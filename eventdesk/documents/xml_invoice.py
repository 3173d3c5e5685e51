"""An invoice or credit note as XML by EN 16931, in the syntax UBL 2.1.

Which element says what: EN 16931-3-2. Prices hold their tax in eventdesk and do not here: each line
gets its share of the net of its rate, the last one of a rate what is left, so that sums are exact.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import MAX_BP
from eventdesk.core.plain_text import plain
from eventdesk.core.transfer_code import iban_in
from eventdesk.core.vat_ids import country_of, vat_id_in
from eventdesk.documents.document import Document, DocumentSeries, Item, TaxShare

SPECIFICATION: Final = "urn:cen.eu:en16931:2017"

CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"

COMMERCIAL_INVOICE, CREDIT_NOTE = "380", "381"
"""Kinds of documents by UNTDID 1001."""

SEPA_TRANSFER: Final = "58"
"""A way to pay by UNTDID 4461."""

PIECE: Final = "C62"
"""A unit by UN/ECE recommendation 20: one."""

STANDARD, EXEMPT, REVERSE_CHARGE = "S", "E", "AE"
"""Categories of tax by UNTDID 5305."""

WHY_REVERSE: Final = "VATEX-EU-AE"
"""Why no tax is charged, by the VATEX code list of EN 16931."""

MOST_DIGITS: Final = 2
"""Decimals of an amount that EN 16931 knows."""

_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def as_xml(document: Document) -> bytes:
    """Write an invoice or a credit note as XML.

    Raises:
        InvalidInputError: It is a receipt, its currency has three decimals, or its sender has no
            VAT ID.
    """
    for is_wrong, why, hint in (
        (
            document.series is DocumentSeries.RECEIPT,
            msg("A receipt has no form as XML."),
            msg("Issue an invoice."),
        ),
        (
            document.exponent > MOST_DIGITS,
            msg("Invoices as XML have at most two decimals."),
            msg("Take the PDF."),
        ),
        (
            not vat_id_in(document.sender)[0],
            msg("The sender of this invoice has no VAT ID, which its XML needs."),
            msg("Write it into the sender of invoices, in the event's settings; then issue anew."),
        ),
    ):
        _need_not(is_wrong, why, hint)
    return _Paper(document).written()


def _need_not(is_wrong: bool, why: Message, hint: Message) -> None:
    if is_wrong:
        raise InvalidInputError(why, hint=hint)


class _Paper:
    """One document while it is written; amounts of a credit note are positive there."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.is_credit = document.series is DocumentSeries.CREDIT
        self.sign = -1 if self.is_credit else 1
        self.kind = "CreditNote" if self.is_credit else "Invoice"

    def written(self) -> bytes:
        """The whole."""
        ET.register_namespace("cac", CAC)
        ET.register_namespace("cbc", CBC)
        ET.register_namespace("", UBL.format(self.kind))
        root = ET.Element(f"{{{UBL.format(self.kind)}}}{self.kind}")
        self._head(root)
        self._parties(root)
        self._paying(root)
        self._taxes(root)
        self._totals(root)
        for number, (item, net) in enumerate(self._lines(), 1):
            self._line(root, number, item, net)
        ET.indent(root)
        content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return content + b"\n"

    def _head(self, root: ET.Element) -> None:
        document = self.document
        _text(root, "CustomizationID", SPECIFICATION)
        _text(root, "ID", document.name)
        _text(root, "IssueDate", document.issued_on)
        code = CREDIT_NOTE if self.is_credit else COMMERCIAL_INVOICE
        _text(root, f"{self.kind}TypeCode", code)
        _text(root, "Note", document.subject)
        _text(root, "DocumentCurrencyCode", document.currency)
        if document.refers_to:
            before = _part(_part(root, "BillingReference"), "InvoiceDocumentReference")
            _text(before, "ID", document.refers_to)

    def _parties(self, root: ET.Element) -> None:
        vat_id, sender = vat_id_in(self.document.sender)
        self._party(root, "AccountingSupplierParty", sender, vat_id, country_of(vat_id))
        buyer, lines = self.document.vat_id, self.document.recipient
        country = country_of(buyer) if buyer else country_of(vat_id)
        if len(lines) > 1 and _COUNTRY.fullmatch(lines[-1]):  # as on a letter
            *some, country = lines
            lines = tuple(some)
        self._party(root, "AccountingCustomerParty", lines, buyer, country)

    def _party(
        self, root: ET.Element, role: str, lines: tuple[str, ...], vat_id: str, country: str
    ) -> None:
        name, *address = lines or ("-",)
        party = _part(_part(root, role), "Party")
        _text(_part(party, "PartyName"), "Name", name)
        place = _part(party, "PostalAddress")
        for tag, line in zip(("StreetName", "AdditionalStreetName"), address, strict=False):
            _text(place, tag, line)
        if rest := address[2:]:
            _text(_part(place, "AddressLine"), "Line", ", ".join(rest))
        _text(_part(place, "Country"), "IdentificationCode", country)
        if vat_id:
            scheme = _part(party, "PartyTaxScheme")
            _text(scheme, "CompanyID", vat_id)
            _text(_part(scheme, "TaxScheme"), "ID", "VAT")
        _text(_part(party, "PartyLegalEntity"), "RegistrationName", name)

    def _paying(self, root: ET.Element) -> None:
        iban = iban_in("\n".join(self.document.notes))
        if iban and not self.is_credit:
            means = _part(root, "PaymentMeans")
            _text(means, "PaymentMeansCode", SEPA_TRANSFER)
            _text(_part(means, "PayeeFinancialAccount"), "ID", iban)
        terms = ". ".join(self.document.notes) or self.document.subject
        _text(_part(root, "PaymentTerms"), "Note", terms)

    def _taxes(self, root: ET.Element) -> None:
        whole = _part(root, "TaxTotal")
        self._amount(whole, "TaxAmount", sum(tax.tax_minor for tax in self.document.taxes))
        for tax in self.document.taxes:
            part = _part(whole, "TaxSubtotal")
            self._amount(part, "TaxableAmount", tax.net_minor)
            self._amount(part, "TaxAmount", tax.tax_minor)
            self._category(part, "TaxCategory", tax, why=True)

    def _totals(self, root: ET.Element) -> None:
        document = self.document
        net = sum(tax.net_minor for tax in document.taxes)
        paid = sum(each.amount_minor for each in document.paid)
        part = _part(root, "LegalMonetaryTotal")
        self._amount(part, "LineExtensionAmount", net)
        self._amount(part, "TaxExclusiveAmount", net)
        self._amount(part, "TaxInclusiveAmount", document.total_minor)
        if paid:
            self._amount(part, "PrepaidAmount", paid)
        self._amount(part, "PayableAmount", document.total_minor - paid)

    def _lines(self) -> Iterator[tuple[Item, int]]:
        """The items with their nets, which add up to those of their rates."""
        by_rate: dict[tuple[int, bool], list[Item]] = defaultdict(list)
        for item in self.document.items:
            by_rate[item.tax_bp, item.is_reverse].append(item)
        left = {(tax.tax_bp, tax.is_reverse): tax.net_minor for tax in self.document.taxes}
        for (rate, is_reverse), items in by_rate.items():
            share = left.get((rate, is_reverse), 0)
            for item in items[:-1]:
                net = round(item.total_minor * MAX_BP / (MAX_BP + rate))
                share -= net
                yield item, net
            yield items[-1], share

    def _line(self, root: ET.Element, number: int, item: Item, net: int) -> None:
        line = _part(root, f"{self.kind}Line")
        _text(line, "ID", str(number))
        count = _text(line, "CreditedQuantity" if self.is_credit else "InvoicedQuantity", "")
        count.text, count.attrib["unitCode"] = str(item.count), PIECE
        self._amount(line, "LineExtensionAmount", net)
        thing = _part(line, "Item")
        _text(thing, "Name", item.text)
        self._category(thing, "ClassifiedTaxCategory", item)
        price = _part(line, "Price")
        self._amount(price, "PriceAmount", net)  # of all of them, so that it is exact
        base = _text(price, "BaseQuantity", str(item.count))
        base.attrib["unitCode"] = PIECE

    def _category(
        self, parent: ET.Element, tag: str, taxed: Item | TaxShare, *, why: bool = False
    ) -> None:
        part, rate = _part(parent, tag), taxed.tax_bp
        untaxed = REVERSE_CHARGE if taxed.is_reverse else EXEMPT
        _text(part, "ID", STANDARD if rate else untaxed)
        _text(part, "Percent", f"{rate / 100:g}")
        if why and taxed.is_reverse:
            _text(part, "TaxExemptionReasonCode", WHY_REVERSE)
            _text(part, "TaxExemptionReason", "Reverse charge")
        elif why and not rate:
            _text(part, "TaxExemptionReason", "No VAT is charged on this.")
        _text(_part(part, "TaxScheme"), "ID", "VAT")

    def _amount(self, parent: ET.Element, tag: str, minor: int) -> None:
        exponent = self.document.exponent
        minor *= self.sign
        whole, part = divmod(abs(minor), int(10**exponent))
        digits = f".{part:0{exponent}d}" if exponent else ""
        element = _text(parent, tag, f"{'-' if minor < 0 else ''}{whole}{digits}")
        element.attrib["currencyID"] = self.document.currency


def _part(parent: ET.Element, tag: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{CAC}}}{tag}")


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{CBC}}}{tag}")
    element.text = plain(text)
    return element
