"""What stands on a receipt, an invoice or a credit note; frozen when it is issued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eventdesk.core.money import Money, percent


class Series(StrEnum):
    """What is numbered for itself, without gaps, at each event."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT = "credit"

    @property
    def heading(self) -> str:
        """What it is called on paper."""
        return {"receipt": "Receipt", "invoice": "Invoice", "credit": "Credit note"}[self]


@dataclass(frozen=True, slots=True)
class Item:
    """One line: so many of something, each at a price."""

    text: str
    count: int
    each_minor: int
    tax_bp: int

    @property
    def total_minor(self) -> int:
        """What they cost together."""
        return self.count * self.each_minor


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What of the total is taxed at one rate: the net, and the tax on it."""

    tax_bp: int
    net_minor: int
    tax_minor: int

    @property
    def text(self) -> str:
        """How it is printed."""
        return f"{percent(self.tax_bp)} % tax" if self.tax_bp or self.tax_minor else "without tax"


@dataclass(frozen=True, slots=True)
class Paid:
    """What came in or went back: when, how, how much (negative is what went back)."""

    on: str
    text: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Document:
    """Everything on one document.

    Attributes:
        name: Its number in full, such as `K7QM2X-I-00001`.
        issued_on: Day of issue in the event's time zone, ISO 8601.
        sender: Lines: name, address, tax number.
        recipient: Lines: name, address.
        subject: The event and the booking.
        refers_to: The document it takes back, or "".
        notes: Lines below all: bank details, what to write as purpose.
    """

    series: Series
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

    @property
    def total_minor(self) -> int:
        """What all items cost; of a receipt, what was paid."""
        if self.series is Series.RECEIPT:
            return sum(each.amount_minor for each in self.paid)
        return sum(item.total_minor for item in self.items)

    @property
    def total(self) -> Money:
        """What it comes to."""
        return self.money(self.total_minor)

    @property
    def due(self) -> Money:
        """What of the total is still to be paid; never negative."""
        return self.money(max(0, self.total_minor - sum(each.amount_minor for each in self.paid)))

    def money(self, minor: int) -> Money:
        """An amount in the document's currency."""
        return Money(minor, self.currency, self.exponent)


def to_content(document: Document) -> dict[str, Any]:
    """Turn a document into plain values that are kept for ever."""
    return {
        "series": document.series.value,
        "name": document.name,
        "issued_on": document.issued_on,
        "currency": document.currency,
        "exponent": document.exponent,
        "sender": list(document.sender),
        "recipient": list(document.recipient),
        "subject": document.subject,
        "items": [[item.text, item.count, item.each_minor, item.tax_bp] for item in document.items],
        "taxes": [[tax.tax_bp, tax.net_minor, tax.tax_minor] for tax in document.taxes],
        "paid": [[paid.on, paid.text, paid.amount_minor] for paid in document.paid],
        "refers_to": document.refers_to,
        "notes": list(document.notes),
    }


def from_content(content: Mapping[str, Any]) -> Document:
    """Turn what was kept into a document again."""
    return Document(
        Series(content["series"]),
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
    )


def taken_back(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items of a credit note: the same, for less than nothing."""
    return tuple(Item(item.text, item.count, -item.each_minor, item.tax_bp) for item in items)
