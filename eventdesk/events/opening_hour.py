"""The hour of opening: requests that are collected first and then taken in order.

Order: the higher priority first (VIP before regular), and within a class who asked first. An event
may draw lots within a class instead, where whoever has the faster line or finger must not win: each
request's lot is BLAKE2b of its id, keyed with a seed that is drawn when the window has closed. Seed
and ids together give the same order again, so that a run may stop and go on, several may run side
by side, and anybody can check it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eventdesk.core.errors import InvalidInputError


class RequestState(StrEnum):
    """How a request stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    SOLD_OUT = "sold_out"
    CANCELLED = "cancelled"
    FAILED = "failed"
    """It could not be booked for another reason, which the request says."""


def lot(seed: bytes, request_id: UUID) -> bytes:
    """The lot of a request: the lower goes first within its class.

    >>> lot(b"seed", UUID(int=1)) == lot(b"seed", UUID(int=1))
    True
    """
    return hashlib.blake2b(request_id.bytes, key=seed, digest_size=16).digest()


def need_window(
    queue_from: datetime | None, queue_until: datetime | None, *, starts_at: datetime, now: datetime
) -> None:
    """Require times at which requests can be collected; None and None is no queue.

    Raises:
        InvalidInputError: One is missing, or it ends before it opens, in the past or after the
            event has begun.
    """
    if (queue_from is None) != (queue_until is None):
        raise InvalidInputError(
            "A queue needs both times: from when and until when.", hint="Give both, or neither."
        )
    if queue_from is None or queue_until is None:
        return
    if queue_until <= queue_from:
        raise InvalidInputError("The queue ends before it opens.", hint="Check both times.")
    if queue_until <= now:
        raise InvalidInputError(
            "This queue would be over already.", hint="Choose an end that is still to come."
        )
    if queue_until > starts_at:
        raise InvalidInputError(
            "The queue must end before the event begins.", hint="Choose an earlier end."
        )


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as lists show it.

    Attributes:
        tickets: How many tickets it asks for.
        partly: Whether fewer are welcome when not all can be had.
        reason: Why it was not confirmed, or only in part; "" else.
        booking_code: Code of the booking that came of it; "" while there is none.
    """

    id: UUID
    event_id: UUID
    event_name: str
    name: str
    email: str
    tickets: int
    partly: bool
    priority: int
    state: RequestState
    reason: str
    booking_id: UUID | None
    booking_code: str
    created_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Remaining:
    """How a ticket type stands.

    Attributes:
        left: Places left for everybody; None is no limit.
        sold: Tickets that are paid.
        held: Tickets that are not paid yet, and offers of the waitlist.
    """

    ticket_type_id: UUID
    name: str
    left: int | None
    sold: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """How the queue of an event stands now.

    Attributes:
        seed: The seed of the lots, in hexadecimal; "" before it was drawn.
        by_lot: Whether requests of one class are drawn by lot; else the first come first.
        remaining: What is left per ticket type, in the order of the types.
    """

    queue_from: datetime | None
    queue_until: datetime | None
    time_zone: str
    waiting: int
    confirmed: int
    sold_out: int
    cancelled: int
    failed: int
    remaining: tuple[Remaining, ...]
    seed: str
    by_lot: bool = False

    @property
    def decided(self) -> int:
        """Requests that were taken and decided."""
        return self.confirmed + self.sold_out + self.failed

    @property
    def total(self) -> int:
        """Requests to be taken in all, without those withdrawn."""
        return self.decided + self.waiting

    def collecting(self, now: datetime) -> bool:
        """Whether requests are collected now."""
        if self.queue_from is None or self.queue_until is None:
            return False
        return self.queue_from <= now < self.queue_until

    def runnable(self, now: datetime) -> bool:
        """Whether requests may be taken now: the window has closed."""
        return self.queue_until is not None and now >= self.queue_until
