"""How many places are left, and the one question that makes selling too many impossible.

A place is taken by a valid ticket. Bookings that are cancelled or have expired have no valid
tickets, so counting tickets alone is enough, and an index answers it.

Freed places belong to the waitlist first: an entry that waits for a type, or was offered one,
keeps a place from everybody else. Of an event's capacity an entry keeps one only as far as its
type's quota could give it a place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import EventRow, TicketRow, TicketTypeRow, WaitlistEntryRow
from eventdesk.errors import NotFoundError, SoldOutError
from eventdesk.model.plain_text import plain


@dataclass(frozen=True, slots=True)
class Availability:
    """How a ticket type stands.

    Attributes:
        quota: How many may be sold; None for as many as the event holds.
        taken: Valid tickets.
        promised: Entries of the waitlist that wait or have an offer.
        left: What everybody may still book, the event's capacity included; None is no limit.
        free: Places nobody has, promised ones included; None is no limit.
    """

    ticket_type_id: UUID
    quota: int | None
    taken: int
    promised: int
    left: int | None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class _Count:
    """One ticket type as the store counts it."""

    id: UUID
    name: str
    quota: int | None
    taken: int = 0
    offered: int = 0
    waiting: int = 0

    @property
    def free(self) -> int | None:
        return None if self.quota is None else max(0, self.quota - self.taken)

    @property
    def claims(self) -> int:
        """Places of the event that the waitlist of this type could be given."""
        promised = self.offered + self.waiting
        return promised if self.free is None else min(promised, max(self.free, self.offered))


def availability(connection: Connection, event_id: UUID, now: datetime) -> dict[UUID, Availability]:
    """Say for every ticket type of an event how many are taken, promised and left.

    Bookings past their deadline count until `registration.expire_due` has freed them, which
    everything that takes places calls first, and the spooler every few seconds.

    Raises:
        NotFoundError: There is no such event.
    """
    capacity = _capacity(connection, event_id)
    counts = _counts(connection, event_id)
    taken = sum(count.taken for count in counts)
    room = None if capacity is None else max(0, capacity - taken)
    claims = sum(count.claims for count in counts)
    return {
        count.id: Availability(
            count.id,
            count.quota,
            count.taken,
            count.offered + count.waiting,
            _least(
                None if count.free is None else count.free - count.offered - count.waiting,
                None if room is None else room - claims,
            ),
            _least(count.free, room),
        )
        for count in counts
    }


def need_places(
    connection: Connection,
    event_id: UUID,
    wanted: Mapping[UUID, int],
    *,
    now: datetime,
    for_waitlist: bool = False,
    force: bool = False,
) -> None:
    """Let only pass what there are places for: quotas, the event's capacity and the waitlist.

    Called inside the write transaction that then takes the places. The store has one writer at
    a time, so what was counted stays true until it commits; that is why eight processes
    together cannot sell a place twice.

    Args:
        connection: The write transaction, after `registration.expire_due`.
        event_id: The event.
        wanted: How many tickets of each type, besides those that are there already.
        now: The store's clock.
        for_waitlist: The places go to somebody on the waitlist, so those promised to it count
            as free.
        force: A supervisor knowingly lets more in than planned; only the types are checked.

    Raises:
        SoldOutError: There are fewer places; it names the type, or None for the whole event.
        NotFoundError: No such event, or no such ticket type at it.
    """
    capacity = _capacity(connection, event_id)
    everything = capacity is not None and not force
    counts = {
        count.id: count
        for count in _counts(connection, event_id, None if everything else list(wanted))
    }
    if not counts.keys() >= wanted.keys():
        raise NotFoundError("There is no such ticket type at this event.")
    if force:
        return
    for type_id, number in wanted.items():
        count = counts[type_id]
        if count.free is None or number <= 0:
            continue
        left = count.free if for_waitlist else count.free - count.offered - count.waiting
        if number > left:
            raise _sold_out(plain(count.name), type_id, number, max(0, left))
    if capacity is not None:
        claims = 0 if for_waitlist else sum(count.claims for count in counts.values())
        left = capacity - sum(count.taken for count in counts.values()) - claims
        number = sum(wanted.values())
        if number > left and number > 0:
            raise _sold_out("this event", None, number, max(0, left))


def _sold_out(what: str, type_id: UUID | None, wanted: int, left: int) -> SoldOutError:
    if left:
        message = f"{what[:1].upper()}{what[1:]} has {left} left, and {wanted} were wanted."
        hint = f"Take {left} or fewer, or join the waitlist."
    else:
        message = f"{what[:1].upper()}{what[1:]} is sold out."
        hint = "Choose something else, or join the waitlist: freed places are offered in turn."
    return SoldOutError(message, ticket_type_id=type_id, left=left, hint=hint)


def _least(*numbers: int | None) -> int | None:
    known = [number for number in numbers if number is not None]
    return max(0, min(known)) if known else None


def _capacity(connection: Connection, event_id: UUID) -> int | None:
    row = connection.execute(select(EventRow.capacity).where(EventRow.id == event_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such event.", hint="List them: `eventdesk events`.")
    capacity: int | None = row.capacity
    return capacity


def _counts(
    connection: Connection, event_id: UUID, type_ids: list[UUID] | None = None
) -> list[_Count]:
    """Count the tickets and the waitlist of all types of an event, or of some."""
    types = select(TicketTypeRow.id, TicketTypeRow.name, TicketTypeRow.quota).where(
        TicketTypeRow.event_id == event_id
    )
    if type_ids is not None:
        types = types.where(TicketTypeRow.id.in_(type_ids))
    rows = connection.execute(types.order_by(TicketTypeRow.position)).all()
    ids = [row.id for row in rows]
    taken: dict[Any, int] = dict(
        connection.execute(
            select(TicketRow.ticket_type_id, func.count())
            .where(
                TicketRow.event_id == event_id,
                TicketRow.ticket_type_id.in_(ids),
                TicketRow.state == "valid",
            )
            .group_by(TicketRow.ticket_type_id)
        ).all()
    )
    listed: dict[Any, int] = {
        (row[0], row[1]): row[2]
        for row in connection.execute(
            select(WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.state, func.count())
            .where(
                WaitlistEntryRow.ticket_type_id.in_(ids),
                WaitlistEntryRow.state.in_(("waiting", "offered")),
            )
            .group_by(WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.state)
        )
    }
    return [
        _Count(
            row.id,
            row.name,
            row.quota,
            taken.get(row.id, 0),
            listed.get((row.id, "offered"), 0),
            listed.get((row.id, "waiting"), 0),
        )
        for row in rows
    ]
