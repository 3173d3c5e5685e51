"""The contents of receipts, invoices and credit notes, frozen when they are issued."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from eventdesk.core.formats import money, number, when
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain


class DocumentSeries(StrEnum):
    """Documents that are numbered without gaps, each series of an event by itself."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT = "credit"

    @property
    def heading(self) -> str:
        """Its title on paper."""
        return str(_HEADINGS[self])


_HEADINGS = {
    DocumentSeries.RECEIPT: msg("Receipt"),
    DocumentSeries.INVOICE: msg("Invoice"),
    DocumentSeries.CREDIT: msg("Credit note"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line: a count of something at a price each.

    Attributes:
        is_reverse: Whether the recipient owes the tax on it (reverse charge).
    """

    text: str
    count: int
    each_minor: int
    tax_bp: int
    is_reverse: bool = False

    @property
    def total_minor(self) -> int:
        """Count times price."""
        return self.count * self.each_minor


@dataclass(frozen=True, slots=True)
class TaxShare:
    """The part of the total at one tax rate: net, and the tax on it.

    Attributes:
        is_reverse: Whether the recipient owes the tax on it (reverse charge).
    """

    tax_bp: int
    net_minor: int
    tax_minor: int
    is_reverse: bool = False


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment, or a refund with a negative amount."""

    on: str
    text: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Document:
    """The contents of one document.

    Attributes:
        name: Its number in full, such as `K7QM2X-I-00001`.
        issued_on: Day of issue in the event's time zone, ISO 8601.
        sender: Lines: name, address, tax number.
        recipient: Lines: name, address.
        subject: The event and the booking.
        refers_to: The document it takes back, or "".
        notes: Lines below all: bank details, what to write as purpose.
        vat_id: The recipient's VAT ID, or "".
    """

    series: DocumentSeries
    name: str
    issued_on: str
    currency: str
    exponent: int
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    subject: str
    items: tuple[Item, ...]
    taxes: tuple[TaxShare, ...]
    paid: tuple[Paid, ...]
    refers_to: str = ""
    notes: tuple[str, ...] = ()
    vat_id: str = ""

    @property
    def total_minor(self) -> int:
        """The sum of all items; of a receipt, of the payments."""
        if self.series is DocumentSeries.RECEIPT:
            return sum(each.amount_minor for each in self.paid)
        return sum(item.total_minor for item in self.items)

    @property
    def total(self) -> Money:
        """The total with its currency."""
        return self.money(self.total_minor)

    @property
    def due(self) -> Money:
        """The unpaid rest of the total; never negative."""
        return self.money(max(0, self.total_minor - sum(each.amount_minor for each in self.paid)))

    def money(self, minor: int) -> Money:
        """An amount in the document's currency."""
        return Money(minor, self.currency, self.exponent)

    # What its lines say, on paper of any form

    @property
    def title(self) -> str:
        """What it is, and its number."""
        return f"{self.series.heading} {plain(self.name)}"

    @property
    def addressee(self) -> tuple[str, ...]:
        """The recipient with the VAT ID, in lines."""
        mine = (_("VAT ID: {vat_id}", vat_id=self.vat_id),) if self.vat_id else ()
        return (*self.recipient, *mine)

    @property
    def day(self) -> str:
        """The day of issue as the reader writes it."""
        return _day(self.issued_on)

    @property
    def takes_back(self) -> str:
        """Which document it takes back; "" for none."""
        name = plain(self.refers_to)
        return _("Takes back {name}.", name=name) if name else ""

    @property
    def heads(self) -> tuple[str, str, str, str]:
        """Heads of the columns beside the items."""
        return (
            _p("column", "Count"),
            _("Each"),
            _("Tax"),
            _("Amount {currency}", currency=self.currency),
        )

    def cells(self, item: Item) -> tuple[str, str, str, str]:
        """What stands beside an item, in the order of `heads`."""
        tax = f"{number(item.tax_bp / 100, 'g')} %"
        return str(item.count), self._figure(item.each_minor), tax, self._figure(item.total_minor)

    def tax_line(self, tax: TaxShare) -> str:
        """What of the total is taxed at a rate."""
        net, share = self.money(tax.net_minor), self.money(tax.tax_minor)
        if tax.is_reverse:
            return _("without tax: {net} (reverse charge)", net=net)
        if not (tax.tax_bp or tax.tax_minor):
            return _("without tax: {net}", net=net)
        return _(
            "contains {rate:g} % tax: {share} on {net} net",
            rate=tax.tax_bp / 100,
            share=share,
            net=net,
        )

    @property
    def below(self) -> tuple[str, ...]:
        """The lines below all: who owes the tax where that is the recipient, then the notes."""
        if not any(item.is_reverse for item in self.items):
            return self.notes
        return (_("Reverse charge: the recipient owes the VAT."), *self.notes)

    def paid_line(self, paid: Paid) -> str:
        """When and how something was paid or went back."""
        if paid.amount_minor < 0:
            return plain(_("{day}  went back: {how}", day=_day(paid.on), how=paid.text))
        return plain(_("{day}  received: {how}", day=_day(paid.on), how=paid.text))

    @property
    def items_line(self) -> tuple[str, str]:
        """The sum below the items."""
        return _("Total"), money(self.money(sum(item.total_minor for item in self.items)))

    @property
    def last_line(self) -> tuple[str, str]:
        """What is due of an invoice; what was paid, of a receipt."""
        if self.series is DocumentSeries.INVOICE:
            return _("Still due"), money(self.due)
        return _("Paid"), money(self.total)

    def _figure(self, minor: int) -> str:
        return number(minor / 10**self.exponent, f".{self.exponent}f")


def to_content(document: Document) -> dict[str, Any]:
    """Turn a document into JSON values, to be kept."""
    return {
        "series": document.series.value,
        "name": document.name,
        "issued_on": document.issued_on,
        "currency": document.currency,
        "exponent": document.exponent,
        "sender": list(document.sender),
        "recipient": list(document.recipient),
        "subject": document.subject,
        "items": [_kept(each) for each in document.items],
        "taxes": [_kept(each) for each in document.taxes],
        "paid": [[paid.on, paid.text, paid.amount_minor] for paid in document.paid],
        "refers_to": document.refers_to,
        "notes": list(document.notes),
        "vat_id": document.vat_id,
    }


def from_content(content: Mapping[str, Any]) -> Document:
    """Read what `to_content` wrote."""
    return Document(
        DocumentSeries(content["series"]),
        content["name"],
        content["issued_on"],
        content["currency"],
        content["exponent"],
        tuple(content["sender"]),
        tuple(content["recipient"]),
        content["subject"],
        tuple(Item(*item) for item in content["items"]),
        tuple(TaxShare(*tax) for tax in content["taxes"]),
        tuple(Paid(*paid) for paid in content["paid"]),
        content["refers_to"],
        tuple(content["notes"]),
        content.get("vat_id", ""),
    )


def taken_back(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items of a credit note: the same with negative prices."""
    return tuple(replace(item, each_minor=-item.each_minor) for item in items)


def _kept(part: Item | TaxShare) -> list[Any]:
    """The values of a part; the last one only where it says something."""
    values = list(astuple(part))
    return values if part.is_reverse else values[:-1]


def _day(iso: str) -> str:
    return when(date.fromisoformat(iso), "%Y-%m-%d")
