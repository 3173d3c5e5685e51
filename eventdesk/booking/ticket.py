"""A ticket as the desk shows it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


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
