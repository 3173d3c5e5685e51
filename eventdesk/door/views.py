"""What screens and commands are given to show: frozen values read from the store."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventdesk.door.check_in_lists import Direction, ListKind
from eventdesk.door.outcome import Outcome


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as lists show it."""

    id: UUID
    name: str
    code: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    tickets: int = 0


@dataclass(frozen=True, slots=True)
class ListView:
    """A check-in list as choices show it."""

    id: UUID
    event_id: UUID
    name: str
    event_name: str


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate of an event."""

    id: UUID
    event_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket and its holder as the desk shows them for one check-in list.

    Attributes:
        paid: Whether the booking is paid.
        cancelled: Whether the ticket or its booking was cancelled.
        blocked_note: Why it is blocked; None when it is not.
        attention: A note for staff; "" is none.
        inside: Whether the last passage through the list was an entry.
        admitted_at: First admission by the list; None if it never was.
        badges: How many badges of this ticket were queued so far.
        search_no: Its number in the search index.
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


@dataclass(frozen=True, slots=True)
class ScanView:
    """One line of the log of scans.

    Attributes:
        annulled: Whether the scan was undone.
        mine: Whether the asking actor made it; undo asks this.
        kind: What passing its list means.
        answers: What was asked with it and answered, each as one text.
        approved_by: The supervisor who gave a PIN in place; "" where nobody had to.
        group_id: Alike for scans of one group; None where it stands alone.
    """

    id: UUID
    recorded_at: datetime
    outcome: Outcome
    direction: Direction
    name: str
    ticket_code: str
    ticket_type: str
    gate: str
    operator: str
    reason: str = ""
    ticket_id: UUID | None = None
    annulled: bool = False
    forced: bool = False
    mine: bool = False
    kind: ListKind = ListKind.ARRIVE
    answers: tuple[str, ...] = ()
    approved_by: str = ""
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BadgeQueue:
    """How the badges stand, for the status line.

    Attributes:
        waiting: Badges not yet out, those being sent included.
        failed: Badges given up; a person must look.
        last_error: Why the oldest waiting or failed badge is not out; "" when nothing went wrong.
        printer: Name of the printer that badges from here come out of; "" where none is set up.
        care: What somebody should see to before it is in the way, such as a roll that ends soon.
    """

    waiting: int
    failed: int

    last_error: str = ""
    printer: str = ""
    care: str = ""
