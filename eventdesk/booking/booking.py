"""Bookings and tickets as values: orders, results, and the views of lists and screens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from eventdesk.core.booking_states import GIVEN, PAID, VALID
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.sales import TicketPrice, share

MAX_NAME = 4000
"""Longest name that is kept, in characters."""

MAX_EMAIL = 254
"""Longest e-mail address; RFC 5321, section 4.5.3.1.3, without its brackets."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be booked.

    Attributes:
        seat: Where there is no plan, the seat as it is printed.
        attention: A note that staff see with every scan.
        answers: What its holder answered, by question.
        seat_id: A seat of the plan.
        external_ref: Its name in the system it was imported from.
        account_id: The holder's account, where it is not the one that books.
        sold_at: Its price in that system; None is the event's price. Only imports set it.
        foreign_code: The text of its QR code in that system; it opens the door too.
        chosen_minor: What who books wants to pay for it, in minor units, where its type leaves it
            to them; None is what the type suggests, or else its least.
    """

    ticket_type_id: UUID
    name: str
    email: str = ""
    line_two: str = ""
    seat: str = ""
    attention: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    answers: Mapping[UUID, str] = field(default_factory=dict)
    seat_id: UUID | None = None
    external_ref: str | None = None
    account_id: UUID | None = None
    sold_at: TicketPrice | None = None
    foreign_code: str | None = None
    chosen_minor: int | None = None


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A booking to be made.

    Attributes:
        paid: Whether it was paid elsewhere already; only the event's team may say so.
        approved: Whether it needs nobody's approval; only the event's team may say so.
        code: A discount code as it was typed, or "".
        source: attendee, guest, organizer, desk, import, waitlist or queue.
        external_ref: Its name in the system it was imported from; unique at an event.
        hold_id: The holder of the seats that are taken.
        booked_at: When it was booked elsewhere, aware UTC; None is now.
    """

    name: str
    email: str
    tickets: tuple[NewTicket, ...]
    paid: bool = True
    approved: bool = True
    account_id: UUID | None = None
    code: str = ""
    source: str = ""
    external_ref: str | None = None
    note: str = ""
    hold_id: UUID | None = None
    booked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking that was made.

    Attributes:
        state: pending or paid.
        total: Its full price; None where it was not read.
        expires_at: Until when it holds its places unpaid; None for as long as it is there.
    """

    booking_id: UUID
    code: str
    ticket_ids: tuple[UUID, ...]
    ticket_codes: tuple[str, ...] = ()
    state: str = PAID
    approved: bool = True
    total: Money | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BookingLine:
    """A booking as lists show it.

    Attributes:
        tickets: How many valid tickets it has.
        due: What is still to be paid; negative is a credit.
        approved: Whether it waits for nobody's approval.
    """

    id: UUID
    event_id: UUID
    code: str
    name: str
    email: str
    state: str
    tickets: int
    total: Money
    due: Money
    created_at: datetime
    source: str
    approved: bool = True
    expires_at: datetime | None = None

    @property
    def credit(self) -> Money:
        """What came in too much and is not promised back."""
        return Money(max(0, -self.due.minor), self.due.currency, self.due.exponent)


@dataclass(frozen=True, slots=True)
class AttendeeLine:
    """A ticket and its holder as lists show them.

    Attributes:
        state: pending, paid, waiting (for approval), cancelled or expired.
        blocked_note: Why staff refuse the ticket; None where it is not blocked.
        came: Whether it was let in by any door.
    """

    ticket_id: UUID
    booking_id: UUID
    code: str
    name: str
    email: str
    ticket_type: str
    seat: str
    state: str
    line_two: str = ""
    blocked_note: str | None = None
    came: bool = False


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket as its booking shows it.

    Attributes:
        price: What it costs in full.
        fee: The fee that cancelling it keeps, as far as it was paid.
        admitted: Whether it was let in by any door.
        account_id: The holder's account, where it is not the one that booked.
        answers: Question and answer, in their order.
    """

    id: UUID
    code: str
    name: str
    email: str
    line_two: str
    ticket_type_id: UUID
    ticket_type: str
    seat: str
    state: str
    price: Money
    fee: Money
    admitted: bool
    account_id: UUID | None = None
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def valid(self) -> bool:
        """Whether it was not cancelled."""
        return self.state == VALID

    @property
    def given(self) -> bool:
        """Whether it is a donation, which lets nobody in."""
        return self.state == GIVEN


@dataclass(frozen=True, slots=True)
class BookingDetail:
    """A booking in full.

    Attributes:
        kept: Cancellation fees, part of the total.
        paid: What came in.
        refunded: What went back or is promised back.
        cancel_until: The last instant its attendee may cancel by themselves, aware UTC.
        transfer_until: The last instant its attendee may hand tickets on, aware UTC.
        reverse_charge: Whether companies elsewhere in the EU owe the tax on it themselves.
    """

    line: BookingLine
    event_name: str
    time_zone: str
    tickets: tuple[TicketLine, ...]
    note: str
    discount_code: str
    kept: Money
    paid: Money
    refunded: Money
    account_id: UUID | None
    cancel_until: datetime
    transfer_until: datetime
    external_ref: str = ""
    reverse_charge: bool = False


@dataclass(frozen=True, slots=True)
class MyBooking:
    """A booking of one's own, or one that holds a ticket of one's own."""

    line: BookingLine
    event_name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    mine: bool
    """Whether the reader made the booking."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The effects of a cancellation.

    Attributes:
        tickets: How many tickets it cancels.
        kept: The fee that is kept of what was paid.
        refunded: What goes back.
    """

    tickets: int
    kept: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The effects of another ticket type.

    Attributes:
        difference: New price less the old one; negative goes back.
        due: What the booking has to pay now.
        pay_until: When it lapses unpaid; None where nothing is due.
    """

    difference: Money
    due: Money
    pay_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UpgradeChoice:
    """A type that a ticket can become.

    Attributes:
        difference: Its price less that of the ticket.
        left: Places of it; None is no limit.
        section_id: Where a seat is to be chosen; None where none is, or the ticket keeps its own.
    """

    ticket_type_id: UUID
    name: str
    difference: Money
    left: int | None
    section_id: UUID | None = None


def cancel_fee(price_minor: int, *, fee_bp: int, fee_minor: int) -> int:
    """The fee of cancelling one ticket by the event's rules, at most its price.

    Args:
        price_minor: What the ticket costs in full.
        fee_bp: A share of that, in basis points, rounded half up.
        fee_minor: An amount beside it, in minor units.

    >>> cancel_fee(10050, fee_bp=1000, fee_minor=500)
    1505
    >>> cancel_fee(300, fee_bp=0, fee_minor=500)
    300
    """
    return min(price_minor, share(price_minor, fee_bp) + fee_minor)


def kept_of(fees_minor: Sequence[int], *, paid_minor: int, rest_minor: int) -> int:
    """The sum kept when tickets are cancelled: their fees, as far as they were paid.

    Args:
        fees_minor: The fee of each ticket that is cancelled.
        paid_minor: What came in and did not go back.
        rest_minor: What the booking still costs without these tickets.

    >>> kept_of([1000, 1000], paid_minor=24000, rest_minor=0)
    2000
    >>> kept_of([1000], paid_minor=12000, rest_minor=12000)
    0
    """
    return max(0, min(sum(fees_minor), paid_minor - rest_minor))


_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")


def read_people(text: str) -> list[tuple[str, str]]:
    r"""Read a pasted list of people: name and e-mail address (may be ""), one person a line.

    A comma, a semicolon, a tab or angle brackets may stand between name and address.

    Raises:
        InvalidInputError: A line has no name or a wrong address; the message says which line.

    >>> read_people("Ada Lovelace, ada@example.org\nGrace Hopper <grace@example.org>\n\nKay")
    [('Ada Lovelace', 'ada@example.org'), ('Grace Hopper', 'grace@example.org'), ('Kay', '')]
    """
    people = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _ADDRESS.search(line)
        email = found[0] if found else ""
        name = (line[: found.start()] + line[found.end() :]) if found else line
        name = " ".join(name.strip(' \t,;<>"').split())
        if "@" in name:
            raise InvalidInputError(
                msg("Line {number} has no e-mail address that can be read.", number=number),
                hint=msg("Write: name, address@example.org"),
            )
        if not name:
            raise InvalidInputError(
                msg("Line {number} has no name.", number=number),
                hint=msg("Write: name, address@example.org"),
            )
        people.append((name, email))
    return people


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket and its holder as the desk shows them for one check-in list.

    Attributes:
        paid: Whether the booking is paid.
        cancelled: Whether the ticket or its booking was cancelled.
        blocked_note: Why it is blocked; None when it is not.
        attention: A note for staff; "" is none.
        inside: Whether the last passage through the list was an entry.
        admitted_at: First admission by the list, or by any where none is named; None if it never
            was.
        badges: How many badges of this ticket were queued so far.
        search_no: Its number in the search index.
        is_doubtful: Whether somebody else may be meant by what it was found by: a name with a slip
            in it, the beginning of a code, the name in an address that others book by, too.
    """

    id: UUID
    event_id: UUID
    code: str
    name: str
    email: str
    line_two: str
    ticket_type: str
    seat: str
    booking_code: str
    paid: bool
    cancelled: bool
    blocked_note: str | None = None
    attention: str = ""
    inside: bool = False
    admitted_at: datetime | None = None
    revision: int = 1
    badges: int = 0
    search_no: int = 0
    is_doubtful: bool = False
