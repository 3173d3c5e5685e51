"""What is to be done with a file, and what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from eventdesk.core.money import Money
from eventdesk.tables.encoding import Encoding


class Field(StrEnum):
    """What a column of a file may hold."""

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
    """How a row's ticket stands."""

    PAID = "paid"
    PENDING = "pending"
    GONE = "gone"


Target: TypeAlias = Field | UUID | None
"""Where a column goes: a field, a question of the event, or nowhere."""

LABELS: Final[Mapping[Field, str]] = {
    Field.NAME: "Name",
    Field.GIVEN_NAME: "Given name",
    Field.FAMILY_NAME: "Family name",
    Field.EMAIL: "E-mail",
    Field.TICKET_TYPE: "Ticket type",
    Field.VARIATION: "Variation of the type",
    Field.PRICE: "Price of a ticket",
    Field.TOTAL: "Paid for the row",
    Field.CURRENCY: "Currency",
    Field.STATE: "Paid or not",
    Field.ORDER: "Booking's code",
    Field.POSITION: "Number in the booking",
    Field.TICKET_CODE: "Ticket's code in its QR code",
    Field.BOOKED_ON: "Booked on",
    Field.BOOKED_AT: "Booked at (time)",
    Field.BUYER: "Buyer's name",
    Field.BUYER_GIVEN: "Buyer's given name",
    Field.BUYER_FAMILY: "Buyer's family name",
    Field.BUYER_EMAIL: "Buyer's e-mail",
    Field.LINE_TWO: "Second line of the badge",
    Field.SEAT: "Seat",
    Field.COUNT: "How many tickets",
    Field.NOTE: "Note",
    Field.ATTENTION: "Note for the door",
}
"""Fields as people choose them, in that order."""


MAX_LISTED: Final = 1000
"""Problems that are kept with their row; all are counted."""


class Reason(StrEnum):
    """Why a row cannot be taken in."""

    NO_NAME = "no name"
    BAD_EMAIL = "bad e-mail"
    UNKNOWN_TYPE = "unknown ticket type"
    DUPLICATE = "duplicate"
    CHANGED = "booking was changed"
    OVER_QUOTA = "over quota"
    BAD_PRICE = "bad price"
    OTHER_CURRENCY = "other currency"
    BAD_DATE = "bad date"
    BAD_STATE = "unclear whether paid"
    BAD_COUNT = "bad number of tickets"
    BAD_ANSWER = "bad answer"
    BAD_SEAT = "bad seat"
    BAD_CODE = "bad ticket code"
    TOO_LONG = "too long"
    TOO_MANY_CELLS = "more cells than columns"
    NOT_ONE_LINE = "line break or odd sign"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What each column of a file is, and what to do where the file does not say.

    Attributes:
        columns: Where each column goes, from left to right; a field at most once.
        types: Ticket types by what the file calls them, folded; beside those of the same name.
        create_types: Whether types nobody knows are added, at the price most of their rows have.
        default_type: The type of rows without one.
        paid: Whether rows count as paid that do not say.
        month_first: How dates with slashes are meant; None where the file must tell.
        force: Whether more may come in than planned.
        encoding: How the file's characters are encoded; "" only where the file tells it itself.
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
        """Whether some column is this field."""
        return target in self.columns


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row cannot be taken in.

    Attributes:
        row: Its number in the file, as a spreadsheet counts.
        reason: What kind of problem.
        text: What is wrong and what to do, in a sentence.
        value: What stands there.
    """

    row: int
    reason: Reason
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do.

    Attributes:
        rows: Rows in the file.
        tickets: Tickets it would make.
        bookings: Bookings they would be in.
        paid: Tickets among them that are paid.
        already: Rows whose tickets are here from an import before; they are passed over.
        left_out: Rows of cancelled tickets; they are passed over.
        total: What the tickets cost together, as far as the file says.
        by_type: How many tickets of each type, by name.
        new_types: Types that would be added: name and price.
        unknown_types: Names nobody knows, with how many rows have them.
        codes: Tickets that open with the code they were sold with.
        renewed: Tickets among those here already that get the code they have in the file.
        problems: The first `MAX_LISTED`, by row.
        counts: How many problems there are of each kind.
        encoding: How the file's characters were read; a guess must be confirmed by the plan.
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

    @property
    def possible(self) -> bool:
        """Whether nothing stands in the way of importing."""
        return not self.counts

    @property
    def without_code(self) -> int:
        """Tickets that would open with their new code alone, where others bring theirs."""
        return self.tickets - self.codes if self.codes else 0
