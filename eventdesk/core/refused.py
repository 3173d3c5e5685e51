"""A booking that was refused, as the error carries it out of the transaction that was undone."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RefusedBooking:
    """What was asked for where there were fewer places.

    Attributes:
        ticket_type_id: The type that was short; None where the whole event was full.
        account_id: Who asked for it; None for who has no account, devices and the system.
        source: As of a booking.
        tickets: How many of that type were asked for, or at all.
        places: How many there were.
        amount_minor: What those tickets would have cost.
    """

    event_id: UUID
    ticket_type_id: UUID | None
    account_id: UUID | None
    source: str
    tickets: int
    places: int
    amount_minor: int
