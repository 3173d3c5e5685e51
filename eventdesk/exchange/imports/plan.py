"""Values of an import: fields, the plan, problems, the dry run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from eventdesk.core.messages import Message, msg
from eventdesk.core.money import Money
from eventdesk.tables.encoding import Encoding


class Field(StrEnum):
    """Content of a column."""

    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    TICKET_TYPE = "ticket_type"
    VARIATION = "variation"
    PRICE = "price"
    TOTAL = "total"
    CURRENCY = "currency"
    STATE = "state"
    ORDER = "order"
    POSITION = "position"
    TICKET_CODE = "ticket_code"
    BOOKED_ON = "booked_on"
    BOOKED_AT = "booked_at"
    BUYER = "buyer"
    BUYER_GIVEN = "buyer_given"
    BUYER_FAMILY = "buyer_family"
    BUYER_EMAIL = "buyer_email"
    LINE_TWO = "line_two"
    SEAT = "seat"
    COUNT = "count"
    NOTE = "note"
    ATTENTION = "attention"


class Standing(StrEnum):
    """State of a row's ticket."""

    PAID = "paid"
    PENDING = "pending"
    GONE = "gone"


Target: TypeAlias = Field | UUID | None
"""Destination of a column: a field, a question of the event, or nothing."""

LABELS: Final[Mapping[Field, Message]] = {
    Field.NAME: msg("Name"),
    Field.GIVEN_NAME: msg("Given name"),
    Field.FAMILY_NAME: msg("Family name"),
    Field.EMAIL: msg("E-mail"),
    Field.TICKET_TYPE: msg("Ticket type"),
    Field.VARIATION: msg("Variation of the type"),
    Field.PRICE: msg("Price of a ticket"),
    Field.TOTAL: msg("Paid for the row"),
    Field.CURRENCY: msg("Currency"),
    Field.STATE: msg("Paid or not"),
    Field.ORDER: msg("Booking's code"),
    Field.POSITION: msg("Number in the booking"),
    Field.TICKET_CODE: msg("Ticket's code in its QR code"),
    Field.BOOKED_ON: msg("Booked on"),
    Field.BOOKED_AT: msg("Booked at (time)"),
    Field.BUYER: msg("Buyer's name"),
    Field.BUYER_GIVEN: msg("Buyer's given name"),
    Field.BUYER_FAMILY: msg("Buyer's family name"),
    Field.BUYER_EMAIL: msg("Buyer's e-mail"),
    Field.LINE_TWO: msg("Second line of the badge"),
    Field.SEAT: msg("Seat"),
    Field.COUNT: msg("How many tickets"),
    Field.NOTE: msg("Note"),
    Field.ATTENTION: msg("Note for the door"),
}
"""Titles of fields, in the order in which they are offered."""


MAX_LISTED: Final = 1000
"""Most problems that are kept; all are counted."""


class Reason(StrEnum):
    """Why a row cannot be taken in; the value is the English, for scripts."""

    words: Message

    def __new__(cls, words: Message) -> "Reason":
        """Make a member that is the English and holds the message."""
        one = str.__new__(cls, words.text)
        one._value_, one.words = words.text, words
        return one

    NO_NAME = msg("no name")
    BAD_EMAIL = msg("bad e-mail")
    UNKNOWN_TYPE = msg("unknown ticket type")
    DUPLICATE = msg("duplicate")
    CHANGED = msg("booking was changed")
    OVER_QUOTA = msg("over quota")
    BAD_PRICE = msg("bad price")
    OTHER_CURRENCY = msg("other currency")
    BAD_DATE = msg("bad date")
    BAD_STATE = msg("unclear whether paid")
    BAD_COUNT = msg("bad number of tickets")
    BAD_ANSWER = msg("bad answer")
    BAD_SEAT = msg("bad seat")
    BAD_CODE = msg("bad ticket code")
    TOO_LONG = msg("too long")
    TOO_MANY_CELLS = msg("more cells than columns")
    NOT_ONE_LINE = msg("line break or odd sign")


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The meaning of a file's columns, and the defaults.

    Attributes:
        columns: From left to right; a field at most once.
        types: Ticket types by their folded names in the file, beside types of the same name.
        create_types: Whether unknown types are added, at the price most of their rows have.
        default_type: The type of rows without one.
        paid: Whether rows without a state count as paid.
        month_first: Whether the month comes first in dates with slashes; None: the file tells.
        force: Whether quotas and capacity may be exceeded.
        encoding: "" only where the form of the file defines it.
    """

    columns: tuple[Target, ...]
    types: Mapping[str, UUID] = field(default_factory=dict)
    create_types: bool = False
    default_type: UUID | None = None
    paid: bool = True
    month_first: bool | None = None
    force: bool = False
    encoding: str = ""

    def has(self, target: Field) -> bool:
        """Whether a column has this field."""
        return target in self.columns


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of one row.

    Attributes:
        row: The row's number in a spreadsheet.
        text: What is wrong and what to do.
    """

    row: int
    reason: Reason
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """A new row whose person has a ticket of the event already, not from this file.

    Attributes:
        row: The row's number in a spreadsheet.
        ticket: The code of the ticket that is there.
    """

    row: int
    name: str
    ticket: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """The result of a dry run.

    Attributes:
        paid: Tickets that are paid.
        already: Rows of an earlier import, which are left out.
        left_out: Rows of cancelled tickets.
        total: The price of all tickets, as far as the file says.
        by_type: Tickets by name of their type.
        new_types: Names and prices of types to be added.
        unknown_types: Rows by unknown name of a type.
        codes: Tickets that keep the code they were sold with.
        renewed: Tickets of an earlier import that get the code they have in the file.
        problems: The first `MAX_LISTED`, by row.
        encoding: A guess must be confirmed by the plan.
        alike: Rows that would give a further ticket to who has one, by name and e-mail address.
    """

    rows: int
    tickets: int
    bookings: int
    paid: int
    already: int
    left_out: int
    total: Money
    by_type: Mapping[str, int]
    new_types: tuple[tuple[str, Money], ...]
    unknown_types: Mapping[str, int]
    codes: int
    renewed: int
    problems: tuple[Problem, ...]
    counts: Mapping[Reason, int]
    encoding: Encoding
    alike: tuple[Alike, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether there are no problems."""
        return not self.counts

    @property
    def without_code(self) -> int:
        """Tickets without a code in a file that has codes."""
        return self.tickets - self.codes if self.codes else 0
