"""The hour of opening: requests are collected first, then taken in order.

The higher priority goes first (VIP before regular), and within a class whoever asked first. An
event may draw lots within a class instead: the lot of a request is BLAKE2b of its id, keyed with a
seed that is drawn when the window has closed. Seed and ids give the same order again, so that a run
may stop and go on, several may run side by side, and anybody can check it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select

from data.rows import setting
from data.schema import EventRow, QueueRequestRow
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg


def seed_of(connection: Connection, event_id: UUID) -> str | None:
    """The seed of an event's lots in hexadecimal; None before it was drawn."""
    return setting(connection, seed_key(event_id))


def order_key(event_id: UUID) -> str:
    """The setting that keeps the order within a class of an event's queue."""
    return f"queue_order/{event_id}"


def by_lot(connection: Connection, event_id: UUID) -> bool:
    """Whether requests of one class are drawn by lot; else the first come first."""
    order = setting(connection, order_key(event_id))
    return order == BY_LOT or (order is None and seed_of(connection, event_id) is not None)


BY_LOT, BY_TIME = "lot", "time"


def seed_key(event_id: UUID) -> str:
    """The setting that keeps the seed of an event's lots."""
    return f"queue_seed/{event_id}"


class RequestState(StrEnum):
    """The state of a request."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    SOLD_OUT = "sold_out"
    CANCELLED = "cancelled"
    """It was taken back, or its booking was cancelled or not paid in time."""

    FAILED = "failed"
    """It could not be booked for another reason, which is kept with the request."""


def of_the_hour() -> ColumnElement[bool]:
    """Which requests are taken together once the window has closed: all that came before that.

    What programs ask for later, by name, waits for them to call the next.
    """
    event = EventRow.__table__.alias()
    until = select(event.c.queue_until).where(event.c.id == QueueRequestRow.event_id)
    is_earlier = QueueRequestRow.created_at < until.scalar_subquery()
    return QueueRequestRow.account_id.is_not(None) | is_earlier


def lot(seed: bytes, request_id: UUID) -> bytes:
    """The lot of a request: the lower goes first within its class.

    >>> lot(b"seed", UUID(int=1)) == lot(b"seed", UUID(int=1))
    True
    """
    return hashlib.blake2b(request_id.bytes, key=seed, digest_size=16).digest()


def need_window(
    queue_from: datetime | None, queue_until: datetime | None, *, starts_at: datetime, now: datetime
) -> None:
    """Require times at which requests can be collected; None and None is no queue."""
    if (queue_from is None) != (queue_until is None):
        raise InvalidInputError(
            msg("A queue needs both times: from when and until when."),
            hint=msg("Give both, or neither."),
        )
    if queue_from is None or queue_until is None:
        return
    if queue_until <= queue_from:
        raise InvalidInputError(
            msg("The queue ends before it opens."), hint=msg("Check both times.")
        )
    if queue_until <= now:
        raise InvalidInputError(
            msg("This queue would be over already."),
            hint=msg("Choose an end that is still to come."),
        )
    if queue_until > starts_at:
        raise InvalidInputError(
            msg("The queue must end before the event begins."), hint=msg("Choose an earlier end.")
        )


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as lists show it.

    Attributes:
        tickets: How many tickets it asks for.
        what: The names of their ticket types.
        partly: Whether fewer are welcome when not all can be had.
        reason: Why it was not confirmed, or only in part.
        booking_code: Code of its booking; "" while there is none.
    """

    id: UUID
    event_id: UUID
    event_name: str
    name: str
    email: str
    tickets: int
    what: str
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
    """How many places of a ticket type are left, sold and held.

    Attributes:
        left: Places left for everybody; None is no limit.
        sold: Tickets that are paid.
        held: Unpaid tickets, and offers of the waitlist.
    """

    ticket_type_id: UUID
    name: str
    left: int | None
    sold: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """The queue of an event now.

    Attributes:
        seed: The seed of the lots, in hexadecimal; "" before it was drawn.
        by_lot: Whether requests of one class are drawn by lot; else the first come first.
        remaining: What is left of each ticket type, in the order of the types.
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
        """Requests that were decided, without those cancelled since."""
        return self.confirmed + self.sold_out + self.failed

    @property
    def total(self) -> int:
        """All requests but those cancelled."""
        return self.decided + self.waiting

    def collecting(self, now: datetime) -> bool:
        """Whether requests are collected now."""
        opens, closes = self.queue_from, self.queue_until
        return opens is not None and closes is not None and opens <= now < closes

    def runnable(self, now: datetime) -> bool:
        """Whether requests may be taken now: the window has closed."""
        return self.queue_until is not None and now >= self.queue_until
