"""Holding seats while somebody books.

A hold lapses by itself when its deadline has passed, because everybody who asks compares it with
the clock. A holder has one deadline at an event: seats added later lapse with the first, so that
holding on does not prolong it. What people hold and let go of themselves is not in the audit: it
changes nothing that lasts, and what becomes of it, a booking, is there.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.schema import EventRow, SeatRow
from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, at, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError, SalesClosedError, SeatTakenError
from eventdesk.seating.rows import FARTHEST, TEAM, need_own_hold, not_free, open_to, seat_views
from eventdesk.seating.seats import SeatView, best_block, best_split, said
from eventdesk.seating.taking import free_overdue

MOST_HELD = 50
"""Most seats one holder may hold at an event."""


@allowed(*TEAM, own=True)
def hold_seats(
    store: Store,
    actor: Actor,
    event_id: UUID,
    seat_ids: Sequence[UUID],
    *,
    holder_id: UUID,
    now: datetime,
) -> datetime:
    """Hold seats while somebody books: all of them or none.

    A holder has one deadline at an event: seats added later lapse with the first, so that
    holding on does not prolong it.

    Args:
        store: The store.
        actor: Who asks.
        event_id: The event.
        seat_ids: The seats; those the holder holds already may be among them.
        holder_id: An account's id, or a cart's that nobody else knows.
        now: The store's clock.

    Returns:
        Until when they are held.

    Raises:
        NotAllowedError: The actor may not book.
        SeatTakenError: Somebody else was faster, or a seat is blocked.
        SalesClosedError: The event is not open for booking.
        NotFoundError: There is no such seat at this event.
        InvalidInputError: More than `MOST_HELD`.
    """
    with store.write() as connection:
        return _hold(connection, actor, event_id, seat_ids, holder_id, now)


@allowed(*TEAM, own=True)
def hold_best(
    store: Store,
    actor: Actor,
    event_id: UUID,
    section_id: UUID,
    count: int,
    *,
    holder_id: UUID,
    now: datetime,
    split: bool = False,
) -> list[SeatView]:
    """Hold the best seats together in a section; `model/seating.py` says which they are.

    Args:
        store: The store.
        actor: Who asks.
        event_id: The event.
        section_id: Where.
        count: How many, 1 to `MOST_HELD`.
        holder_id: An account's id, or a cart's.
        now: The store's clock.
        split: Take the best groups when no row has so many together.

    Raises:
        NotAllowedError: The actor may not book.
        SeatTakenError: No row has so many; the hint says how the party could be split.
        SalesClosedError: The event is not open for booking.
        NotFoundError: There is no such section at this event.
        InvalidInputError: None, or more than `MOST_HELD`.
    """
    _need_few(count)
    with store.write() as connection:
        seats = seat_views(connection, event_id, holder_id, now, section_id=section_id)
        if not seats:
            raise NotFoundError("There are no seats in this section.")
        block = best_block(seats, count)
        groups = (block,) if block else best_split(seats, count)
        if not groups:
            free = sum(seat.free for seat in seats)
            raise SeatTakenError(
                f"Only {free} seats are free here, and {count} were wanted.",
                hint="Take fewer, or look at another section.",
            )
        if len(groups) > 1 and not split:
            raise SeatTakenError(
                f"No row has {count} free seats together.",
                hint=f"There are {said(groups)}; or look at another section.",
            )
        chosen = [seat for group in groups for seat in group]
        _hold(connection, actor, event_id, [seat.id for seat in chosen], holder_id, now)
        return [replace(seat, state="mine") for seat in chosen]


@allowed(*TEAM, own=True)
def release_seats(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    holder_id: UUID | None,
    seat_ids: Collection[UUID] | None = None,
    now: datetime,
) -> int:
    """Let go of seats that are held; those with a ticket stay.

    Args:
        store: The store.
        actor: Who asks.
        event_id: The event.
        holder_id: Whose; None is anybody's, for the team only, and needs `seat_ids`.
        seat_ids: Which; None is all of the holder's.
        now: The store's clock.

    Returns:
        How many were let go.

    Raises:
        NotAllowedError: Somebody else's, and the actor is not of the team.
    """
    if holder_id is None and seat_ids is None:
        raise InvalidInputError("Say which seats are to be let go.")
    with store.write() as connection:
        if holder_id is None:
            need_here(connection, actor, event_id, *TEAM)
        else:
            need_own_hold(connection, actor, event_id, holder_id)
        query = update(SeatRow).where(SeatRow.event_id == event_id, SeatRow.held_by.is_not(None))
        if holder_id is not None:
            query = query.where(SeatRow.held_by == holder_id)
        if seat_ids is not None:
            query = query.where(SeatRow.id.in_(list(seat_ids)))
        freed = connection.execute(query.values(held_by=None, held_until=None)).rowcount
        if holder_id is None and freed:
            subject = ("event", event_id)
            record(
                connection, actor, "release_seats", subject, now=now, event_id=event_id, seats=freed
            )
        return freed


def _hold(
    connection: Connection,
    actor: Actor,
    event_id: UUID,
    seat_ids: Sequence[UUID],
    holder_id: UUID,
    now: datetime,
) -> datetime:
    wanted = set(seat_ids)
    _need_few(len(wanted))
    need_own_hold(connection, actor, event_id, holder_id)
    until = _need_open(connection, actor, event_id, now)
    free_overdue(connection, event_id, now=now)
    held = connection.execute(
        select(SeatRow.id, SeatRow.held_until).where(
            SeatRow.event_id == event_id,
            SeatRow.held_by == holder_id,
            SeatRow.held_until > now,
            SeatRow.held_until <= now + FARTHEST,
        )
    ).all()
    _need_few(len(wanted | {row.id for row in held}))
    until = min((row.held_until for row in held), default=until)
    got = connection.execute(
        update(SeatRow)
        .where(SeatRow.event_id == event_id, SeatRow.id.in_(wanted), *open_to(holder_id, now))
        .values(held_by=holder_id, held_until=until)
        .returning(SeatRow.id)
    ).scalars()
    if missing := wanted.difference(got):
        labels = connection.execute(
            select(SeatRow.label).where(SeatRow.event_id == event_id, SeatRow.id.in_(missing))
        ).scalars()
        raise not_free(list(labels))
    return until


def _need_few(count: int) -> None:
    if not 1 <= count <= MOST_HELD:
        raise InvalidInputError(
            f"{count} seats cannot be held at once.", hint=f"Take 1 to {MOST_HELD}."
        )


def _need_open(connection: Connection, actor: Actor, event_id: UUID, now: datetime) -> datetime:
    """Say until when a hold lasts, at an event that people may book; the team always may."""
    row = connection.execute(
        select(EventRow.state, EventRow.ends_at, EventRow.hold_minutes).where(
            EventRow.id == event_id
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such event.")
    open_now = row.state == "published" and now < row.ends_at
    if not open_now and not at(connection, actor, event_id).may(*TEAM):
        raise SalesClosedError("This event is not open for booking now.")
    return now + timedelta(minutes=row.hold_minutes)
