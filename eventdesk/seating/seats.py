"""Seats in the store: reading them, giving them to tickets, and holding them while somebody books.

All changes are updates with a condition under the write lock, so that of several people who want
one seat the first has it. A hold lapses by itself when its deadline has passed, because whoever
asks compares it with the clock. A holder has one deadline at an event: seats added later lapse with
the first. Holds are not in the audit; a booking that comes of one is.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, update

from data import search
from data.rows import AnyRow, count_rows
from data.schema import BookingRow, SeatRow, SeatSectionRow, TicketRow, TicketTypeRow
from eventdesk.acts import (
    Act,
    ActorKind,
    Topic,
    event_of,
    event_row,
    overdue,
    overdue_ids,
    reads,
    takes_place,
    writes,
)
from eventdesk.core.errors import InvalidInputError, NotFoundError, SalesClosedError, SeatTakenError
from eventdesk.core.messages import _, msg, msg_n
from eventdesk.core.plain_text import plain
from eventdesk.events import need_guests_book, need_visible
from eventdesk.seating.holders import (
    MAX_HOLD,
    TEAM,
    is_held,
    need_few,
    need_own_hold,
    need_own_name,
    need_room_for_visitors,
)
from eventdesk.seating.seat import (
    Extent,
    SeatHold,
    SeatState,
    SeatView,
    SectionPlan,
    best_block,
    best_split,
    said,
)

ROWS_AT_ONCE: Final = 8
"""Rows of a section that are read together, when the best seats are looked for."""


@reads(public=True, about="event_id")
def plan(
    act: Act, event_id: UUID, *, holder_id: UUID | None, access_code: str = ""
) -> list[SectionPlan]:
    """Read all seats of an event by section; those held by the account or cart are `mine`.

    Args:
        holder_id: One's own account or cart.
        access_code: Opens a private event.

    Raises:
        NotAllowedError: The holder is somebody else.
    """
    need_visible(act, event_id, access_code=access_code)
    if holder_id is not None:
        need_own_hold(act, event_id, holder_id)
    return _plan(act, event_id, holder_id)


@reads(*TEAM, about="event_id")
def plan_with_names(act: Act, event_id: UUID) -> list[SectionPlan]:
    """Read all seats of an event by section, with who sits there."""
    act.need(event_id, *TEAM)
    return _plan(act, event_id, None, names=True)


@writes(*TEAM, about=event_of(TicketRow, "ticket_id"))
def move_seat(act: Act, ticket_id: UUID, seat_id: UUID | None) -> str:
    """Give a ticket another seat, its first, or none; returns the label of its seat now.

    Raises:
        SeatTakenError: The seat is taken, held, blocked, or of another section.
        InvalidInputError: The ticket takes no seat.
    """
    before = _tickets_to_seat(act.connection, [ticket_id])[0]
    act.need(before.event_id, *TEAM)
    if seat_id is None:
        free_seats(act, [ticket_id])
    else:
        take_seats(act, before.event_id, [(ticket_id, seat_id)], holder_id=None)
    after = _tickets_to_seat(act.connection, [ticket_id])[0].seat
    _note(act, "move_seat", before, before=before.seat, after=after)
    return str(after)


@writes(*TEAM, about=event_of(TicketRow, "ticket_a"))
def swap_seats(act: Act, ticket_a: UUID, ticket_b: UUID) -> tuple[str, str]:
    """Swap the seats of two tickets of one event; returns their labels in the order of the tickets.

    Raises:
        InvalidInputError: One of them has no seat, or they are of two events.
        SeatTakenError: A ticket may not sit in the other's section.
    """
    a, b = _tickets_to_seat(act.connection, [ticket_a, ticket_b])
    act.need(a.event_id, *TEAM)
    places = dict(
        act.connection.execute(
            select(SeatRow.ticket_id, SeatRow.id).where(SeatRow.ticket_id.in_((ticket_a, ticket_b)))
        ).all()
    )
    if a.event_id != b.event_id or len(places) != 2:
        raise InvalidInputError(
            msg("Only two tickets with a seat each can swap them."), hint=msg("Give a seat first.")
        )
    free_seats(act, [ticket_a, ticket_b])
    pairs = [(ticket_a, places[ticket_b]), (ticket_b, places[ticket_a])]
    take_seats(act, a.event_id, pairs, holder_id=None)
    _note(act, "swap_seats", a, before=a.seat, after=b.seat)
    return b.seat, a.seat


@reads(public=True, about="event_id")
def held_seats(act: Act, event_id: UUID, *, holder_id: UUID, access_code: str = "") -> SeatHold:
    """Read the seats that are held for an account or a cart, and until when.

    Args:
        holder_id: One's own account or cart.
        access_code: Opens a private event.

    Raises:
        NotAllowedError: The holder is somebody else.
    """
    need_visible(act, event_id, access_code=access_code)
    need_own_hold(act, event_id, holder_id)
    rows = act.connection.execute(_held_by(event_id, holder_id, act.now)).all()
    mine = SeatRow.id.in_([row.id for row in rows])
    seats = seat_views(act, event_id, holder_id, only=[mine]) if rows else []
    return SeatHold(tuple(seats), min((row.held_until for row in rows), default=None))


@writes(public=True, about="event_id")
def hold_longer(act: Act, event_id: UUID, *, holder_id: UUID) -> datetime:
    """Hold the seats that one holds as long again from now on; returns until when.

    Raises:
        NotAllowedError: They are somebody else's, or visitors do not book here.
        SeatTakenError: None is held any more.
        SalesClosedError: The event is not open for booking.
    """
    need_own_hold(act, event_id, holder_id)
    until = _need_open(act, event_id)
    act.touch(Topic.SALES, event_id)
    held = [row.id for row in act.connection.execute(_held_by(event_id, holder_id, act.now))]
    if not held:
        raise SeatTakenError(
            msg("The time for your seats is over."), hint=msg("Choose seats again.")
        )
    act.connection.execute(update(SeatRow).where(SeatRow.id.in_(held)).values(held_until=until))
    return until


@writes(public=True, about="event_id")
def hold_seats(act: Act, event_id: UUID, seat_ids: Sequence[UUID], *, holder_id: UUID) -> datetime:
    """Hold seats while somebody books, all of them or none; returns until when they are held.

    Args:
        seat_ids: The seats; those the holder holds already may be among them.
        holder_id: One's own account, or for who has none a cart of `new_cart`.

    Raises:
        NotAllowedError: The seats would be somebody else's, or visitors do not book here.
        SeatTakenError: Somebody else was faster, or a seat is blocked.
        SalesClosedError: The event is not open for booking.
        LimitError: Visitors together would hold more than their share.
        InvalidInputError: More than `MAX_HELD`.
    """
    return _hold(act, event_id, seat_ids, holder_id)


@writes(public=True, about="event_id")
def hold_best(
    act: Act, event_id: UUID, section_id: UUID, count: int, *, holder_id: UUID, split: bool = False
) -> list[SeatView]:
    """Hold the best seats together in a section, by the rule of `seating.seat`.

    Args:
        count: How many, 1 to `MAX_HELD`.
        holder_id: One's own account, or a cart; see `hold_seats`.
        split: Whether to take the best groups when no row has so many together.

    Raises:
        NotAllowedError: The seats would be somebody else's, or visitors do not book here.
        SeatTakenError: No row has so many; the hint says how the party could be split.
        SalesClosedError: The event is not open for booking.
        LimitError: Visitors together would hold more than their share.
        InvalidInputError: None, or more than `MAX_HELD`.
    """
    need_few(count)
    block = _best_together(act, event_id, section_id, count)
    groups: Sequence[Sequence[SeatView]] = (block,)
    if not block:
        seats = seat_views(act, event_id, holder_id, section_id=section_id)
        if not seats:
            raise NotFoundError(msg("There are no seats in this section."))
        groups = best_split(seats, count)
    if not groups:
        free = sum(seat.free for seat in seats)
        raise SeatTakenError(
            msg(
                "Only {free} seats are free here, and {count} were wanted.", free=free, count=count
            ),
            hint=msg("Take fewer, or look at another section."),
        )
    if len(groups) > 1 and not split:
        raise SeatTakenError(
            msg("No row has {count} free seats together.", count=count),
            hint=msg("There are {groups}; or look at another section.", groups=said(groups)),
        )
    chosen = [seat for group in groups for seat in group]
    _hold(act, event_id, [seat.id for seat in chosen], holder_id)
    return [replace(seat, state="mine") for seat in chosen]


@writes(public=True, about="event_id")
def release_seats(
    act: Act, event_id: UUID, *, holder_id: UUID | None, seat_ids: Collection[UUID] | None = None
) -> int:
    """Release seats that are held; returns how many. Those with a ticket stay.

    Args:
        holder_id: Whose; None is anybody's, for the team only, and needs `seat_ids`.
        seat_ids: Which; None is all of the holder's.

    Raises:
        NotAllowedError: Somebody else's, and the actor is not of the team.
        InvalidInputError: Nobody's seats and no seat were named.
    """
    if holder_id is None and seat_ids is None:
        raise InvalidInputError(msg("Say which seats are to be let go."))
    if holder_id is None:
        act.need(event_id, *TEAM)
    else:
        need_own_hold(act, event_id, holder_id)
    query = update(SeatRow).where(SeatRow.event_id == event_id, SeatRow.held_by.is_not(None))
    if holder_id is not None:
        query = query.where(SeatRow.held_by == holder_id)
    if seat_ids is not None:
        query = query.where(SeatRow.id.in_(list(seat_ids)))
    act.touch(Topic.SALES, event_id)
    freed = act.connection.execute(query.values(held_by=None, held_until=None)).rowcount
    if holder_id is None and freed:
        act.record("release_seats", ("event", event_id), event_id=event_id, seats=freed)
    return freed


def seat_views(
    act: Act,
    event_id: UUID,
    holder_id: UUID | None,
    *,
    section_id: UUID | None = None,
    names: bool = False,
    only: Sequence[ColumnElement[bool]] = (),
) -> list[SeatView]:
    """Read the seats of an event, or of one section, by row from the stage and by column.

    Args:
        holder_id: Whose holds are `mine`.
        names: Whether to read who sits there, for the team.
        only: Conditions on `SeatRow`.
    """
    query = select(SeatRow.__table__).where(SeatRow.event_id == event_id, *only)
    if names:
        query = query.add_columns(TicketRow.holder_name).outerjoin(
            TicketRow, TicketRow.id == SeatRow.ticket_id
        )
    if section_id is not None:
        query = query.where(SeatRow.section_id == section_id)
    query = query.order_by(SeatRow.section_id, SeatRow.row_no, SeatRow.column_no)
    given_up = _overdue_seats(act, event_id)
    return [
        SeatView(
            row.id,
            row.label,
            row.section_id,
            row.row_name,
            row.row_no,
            row.column_no,
            _state(row, holder_id, act.now, given_up),
            (row.holder_name or "") if names and row.ticket_id not in given_up else "",
            row.ticket_id if names and row.ticket_id not in given_up else None,
        )
        for row in act.connection.execute(query)
    ]


class _Spot(NamedTuple):
    """A seat as the rule sees it; a section has many."""

    row_no: int
    column_no: int
    free: bool


def _best_together(act: Act, event_id: UUID, section_id: UUID, count: int) -> Sequence[SeatView]:
    """The best seats together in one row of a section; none where no row has so many.

    Rows are read from the stage on, and only as long as one of them could still be better.
    """
    in_section = (SeatRow.event_id == event_id, SeatRow.section_id == section_id)
    free = _free(act, event_id)
    columns = func.min(SeatRow.column_no), func.max(SeatRow.column_no)
    front, *reach = act.connection.execute(
        select(func.min(SeatRow.row_no), *columns).where(*in_section)
    ).one()
    if front is None:
        return ()
    extent = Extent(front, *reach)
    best: tuple[_Spot, ...] = ()
    for some in _batches(_rows_with(act, in_section, free, count), ROWS_AT_ONCE):
        if best:
            aisles, distance, _row, _first = extent.cost(best)
            if not aisles and extent.behind(some[0]) >= distance:
                break
        spots = select(SeatRow.row_no, SeatRow.column_no, free).where(
            *in_section, SeatRow.row_no.in_(some)
        )
        found = best_block(map(_Spot._make, act.connection.execute(spots)), count, extent)
        best = min((each for each in (best, found) if each), key=extent.cost, default=())
    if not best:
        return ()
    here = [spot.column_no for spot in best]
    only = (SeatRow.row_no == best[0].row_no, SeatRow.column_no.in_(here))
    return seat_views(act, event_id, None, section_id=section_id, only=only)


def _rows_with(
    act: Act, in_section: Sequence[ColumnElement[bool]], free: ColumnElement[bool], count: int
) -> list[int]:
    """The rows of a section with so many free seats, from the stage on."""
    rows = select(SeatRow.row_no).where(*in_section, free).group_by(SeatRow.row_no)
    enough = rows.having(func.count() >= count).order_by(SeatRow.row_no)
    return list(act.connection.execute(enough).scalars())


def _batches(rows: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _free(act: Act, event_id: UUID) -> ColumnElement[bool]:
    """Whether anybody may take a `SeatRow`, as `_state` says it."""
    nobody_s: ColumnElement[bool] = SeatRow.ticket_id.is_(None)
    if given_up := _overdue_seats(act, event_id):
        nobody_s = nobody_s | SeatRow.ticket_id.in_(given_up)
    return nobody_s & ~SeatRow.blocked & ~func.coalesce(is_held(act.now), False)


def _overdue_seats(act: Act, event_id: UUID) -> set[UUID]:
    """The tickets of overdue bookings that still have a seat, which is free for others."""
    if not overdue_ids(act.connection, act.now):
        return set()
    seated = (
        select(TicketRow.id)
        .join(SeatRow, SeatRow.ticket_id == TicketRow.id)
        .where(SeatRow.event_id == event_id, TicketRow.booking_id.in_(overdue(act.now)))
    )
    return set(act.connection.execute(seated).scalars())


def open_to(holder_id: UUID | None, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a holder may hold or take a seat."""
    nobody_else = [
        SeatRow.held_by.is_(None),
        SeatRow.held_until <= now,
        SeatRow.held_until > now + MAX_HOLD,
    ]
    if holder_id is not None:
        nobody_else.append(SeatRow.held_by == holder_id)
    return (SeatRow.ticket_id.is_(None), SeatRow.blocked.is_(False), or_(*nobody_else))


def _tickets_to_seat(
    connection: Connection, ticket_ids: Sequence[UUID], event_id: UUID | None = None
) -> list[Any]:
    """Read tickets with their section, type and booking, in the order of their ids."""
    query = (
        select(
            TicketRow.__table__,
            BookingRow.code.label("booking_code"),
            TicketTypeRow.section_id,
            TicketTypeRow.name.label("type_name"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.id.in_(ticket_ids))
    )
    if event_id is not None:
        query = query.where(TicketRow.event_id == event_id)
    rows = {row.id: row for row in connection.execute(query)}
    if not rows.keys() >= set(ticket_ids):
        raise NotFoundError(msg("There is no such ticket."))
    return [rows[ticket_id] for ticket_id in ticket_ids]


def _write_labels(
    connection: Connection, tickets: Sequence[Any], labels: Mapping[UUID, str]
) -> None:
    """Write the seat on each ticket, and into the search."""
    connection.execute(
        update(TicketRow)
        .where(TicketRow.id == bindparam("of_ticket", type_=TicketRow.id.type))
        .values(seat=bindparam("label")),
        [{"of_ticket": ticket.id, "label": labels[ticket.id]} for ticket in tickets],
    )
    search.put(
        connection,
        [
            search.entry(
                ticket.search_no,
                name=ticket.holder_name,
                email=ticket.holder_email,
                codes=(ticket.code, ticket.booking_code),
                seat=labels[ticket.id],
            )
            for ticket in tickets
        ],
    )


def listed(labels: Sequence[str]) -> str:
    """The names of a few seats: "A-1, A-2 and 3 more"."""
    shown = ", ".join(plain(label, limit=20) for label in labels[:4])
    more = len(labels) - 4
    return _("{seats} and {more} more", seats=shown, more=more) if more > 0 else shown


def _not_free(labels: Sequence[str]) -> SeatTakenError | NotFoundError:
    """The error that names the seats that are not free."""
    if not labels:
        return NotFoundError(msg("There is no such seat at this event."))
    return SeatTakenError(
        msg_n(
            "Seat {seats} is not free any more.",
            "Seats {seats} are not free any more.",
            len(labels),
            seats=listed(labels),
        ),
        labels=tuple(labels),
        hint=msg("Choose another seat; the plan shows which are free."),
    )


def _state(
    row: AnyRow, holder_id: UUID | None, now: datetime, given_up: Collection[UUID]
) -> SeatState:
    if row.ticket_id is not None and row.ticket_id not in given_up:
        return "taken"
    if row.blocked:
        return "blocked"
    if row.held_by is None or not now < cast("datetime", row.held_until) <= now + MAX_HOLD:
        return "free"
    return "mine" if row.held_by == holder_id else "held"


def _plan(
    act: Act, event_id: UUID, holder_id: UUID | None, *, names: bool = False
) -> list[SectionPlan]:
    seats: dict[UUID, list[SeatView]] = {}
    for seat in seat_views(act, event_id, holder_id, names=names):
        seats.setdefault(seat.section_id, []).append(seat)
    sections = act.connection.execute(
        select(SeatSectionRow.id, SeatSectionRow.name, SeatSectionRow.position)
        .where(SeatSectionRow.event_id == event_id)
        .order_by(SeatSectionRow.position, SeatSectionRow.id)
    )
    return [SectionPlan(*row, tuple(seats.get(row.id, ()))) for row in sections]


def seats_left(act: Act, event_id: UUID, sold: Mapping[UUID, int]) -> dict[UUID | None, int]:
    """How many more tickets each section has seats for, whether seats are chosen or not.

    That is the seats that are not blocked, without those of guests whose type is for another
    section or none, and without one for each ticket of the section's own types. It is negative
    where seats were blocked after their tickets were sold.

    Args:
        sold: The sections, and how many tickets of their own types take a place.
    """
    left: dict[UUID | None, int] = {}
    for section_id, own in sold.items():
        here = SeatRow.section_id == section_id
        seats = count_rows(act.connection, here, SeatRow.blocked.is_(False))
        left[section_id] = seats - _guests(act, event_id, section_id) - own
    return left


def _guests(act: Act, event_id: UUID, section_id: UUID) -> int:
    """Tickets that sit in a section although their type is not for it."""
    others = select(TicketTypeRow.id).where(
        TicketTypeRow.event_id == event_id, TicketTypeRow.section_id.is_distinct_from(section_id)
    )
    theirs = TicketRow.ticket_type_id.in_(others), TicketRow.state == "valid"
    # Asked first, so that no ticket is read where every type sits here.
    sold = select(TicketRow.id).where(TicketRow.event_id == event_id, *theirs)
    if act.connection.execute(sold.limit(1)).first() is None:
        return 0
    return act.connection.execute(
        select(func.count())
        .select_from(SeatRow)
        .join(TicketRow, TicketRow.id == SeatRow.ticket_id)
        .where(SeatRow.section_id == section_id, *theirs, takes_place(act.now))
    ).scalar_one()


def take_seats(
    act: Act,
    event_id: UUID,
    pairs: Sequence[tuple[UUID, UUID]],
    *,
    holder_id: UUID | None,
    any_section: bool = True,
) -> None:
    """Give tickets their seats inside a write transaction: all of them or, by raising, none.

    A ticket that has a seat gives it up. The label is written to the ticket and the search.

    Args:
        pairs: Ticket and seat ids.
        holder_id: Whose holds count as free; None is nobody's.
        any_section: Whether a ticket of a type without a section may sit in any of them.

    Raises:
        SeatTakenError: A seat is taken, held by somebody else, blocked, or not in the section
            of the ticket's type.
        InvalidInputError: A ticket was cancelled.
    """
    if not pairs:
        return
    ids = [ticket_id for ticket_id, _seat_id in pairs]
    tickets = _tickets_to_seat(act.connection, ids, event_id)
    if any(ticket.state != "valid" for ticket in tickets):
        raise InvalidInputError(
            msg("A cancelled ticket has no seat."), hint=msg("Choose another ticket.")
        )
    free_seats(act, [ticket.id for ticket in tickets if ticket.seat])
    _free_overdue(act, event_id)
    wanted = select(SeatRow.id, SeatRow.label, SeatRow.section_id).where(
        SeatRow.event_id == event_id, SeatRow.id.in_([seat_id for _ticket_id, seat_id in pairs])
    )
    seats = {seat.id: seat for seat in act.connection.execute(wanted)}
    refused: list[str] = []
    labels: dict[UUID, str] = {}
    for ticket, (_ticket_id, seat_id) in zip(tickets, pairs, strict=True):
        if seat_id not in seats:
            raise NotFoundError(msg("There is no such seat at this event."))
        seat = seats[seat_id]
        anywhere = any_section and ticket.section_id is None
        if not anywhere and ticket.section_id != seat.section_id:
            raise SeatTakenError(
                msg(
                    "Seat {seat} is not in the section of {ticket_type}.",
                    seat=seat.label,
                    ticket_type=plain(ticket.type_name),
                ),
                labels=(seat.label,),
                hint=msg("Choose a seat of the section that the ticket is for."),
            )
        took = act.connection.execute(
            update(SeatRow)
            .where(SeatRow.id == seat_id, *open_to(holder_id, act.now))
            .values(ticket_id=ticket.id, held_by=None, held_until=None)
        ).rowcount
        labels[ticket.id] = seat.label
        if not took:
            refused.append(seat.label)
    if refused:
        raise _not_free(refused)
    _write_labels(act.connection, tickets, labels)


def best_seat(act: Act, event_id: UUID, section_id: UUID) -> SeatView | None:
    """The best free seat of a section for one person; None where all are gone.

    In a write transaction it stays free until `take_seats` gives it to a ticket.
    """
    return next(iter(_best_together(act, event_id, section_id, 1)), None)


def best_seats(act: Act, event_id: UUID, section_id: UUID, count: int) -> Sequence[SeatView]:
    """The best free seats of a section for a party, together where they can be; see `best_seat`.

    They are fewer where fewer are free.
    """
    block = _best_together(act, event_id, section_id, count)
    if block:
        return block
    seats = seat_views(act, event_id, None, section_id=section_id)
    count = min(count, sum(seat.free for seat in seats))
    groups = best_split(seats, count) if count else ()
    return [seat for group in groups for seat in group]


def free_seats(act: Act, ticket_ids: Collection[UUID]) -> None:
    """Take the seats of tickets away inside a write transaction; seats that are only text stay."""
    ids = list(ticket_ids)
    seated = act.connection.execute(select(SeatRow.ticket_id).where(SeatRow.ticket_id.in_(ids)))
    ids = [ticket_id for ticket_id in seated.scalars() if ticket_id is not None]
    if not ids:
        return
    # The hold goes too: a seat that is given back is free at once.
    act.connection.execute(
        update(SeatRow)
        .where(SeatRow.ticket_id.in_(ids))
        .values(ticket_id=None, held_by=None, held_until=None)
    )
    _write_labels(act.connection, _tickets_to_seat(act.connection, ids), dict.fromkeys(ids, ""))


def _free_overdue(act: Act, event_id: UUID) -> None:
    """Take the seats of overdue bookings away, before somebody else takes or holds them."""
    free_seats(act, _overdue_seats(act, event_id))


def _note(act: Act, verb: str, ticket: AnyRow, **detail: object) -> None:
    act.record(verb, ("ticket", ticket.id), event_id=ticket.event_id, **detail)


def _hold(act: Act, event_id: UUID, seat_ids: Sequence[UUID], holder_id: UUID) -> datetime:
    wanted = set(seat_ids)
    need_few(len(wanted))
    need_own_name(act, event_id, holder_id)
    until = _need_open(act, event_id)
    act.touch(Topic.SALES, event_id)
    _free_overdue(act, event_id)
    held = act.connection.execute(_held_by(event_id, holder_id, act.now)).all()
    need_few(len(wanted | {row.id for row in held}))
    until = min((row.held_until for row in held), default=until)
    got = act.connection.execute(
        update(SeatRow)
        .where(SeatRow.event_id == event_id, SeatRow.id.in_(wanted), *open_to(holder_id, act.now))
        .values(held_by=holder_id, held_until=until)
        .returning(SeatRow.id)
    ).scalars()
    if missing := wanted.difference(got):
        labels = act.connection.execute(
            select(SeatRow.label).where(SeatRow.event_id == event_id, SeatRow.id.in_(missing))
        ).scalars()
        raise _not_free(list(labels))
    need_room_for_visitors(act, event_id)
    return until


def _held_by(event_id: UUID, holder_id: UUID, now: datetime) -> Select[UUID, datetime | None]:
    return select(SeatRow.id, SeatRow.held_until).where(
        SeatRow.event_id == event_id,
        SeatRow.held_by == holder_id,
        SeatRow.held_until > now,
        SeatRow.held_until <= now + MAX_HOLD,
    )


def _need_open(act: Act, event_id: UUID) -> datetime:
    """Until when a hold lasts; only the team holds seats of an event that is not open."""
    row = event_row(act.connection, event_id)
    if act.actor.kind is ActorKind.VISITOR:
        need_guests_book(row)
    open_now = row.state == "published" and act.now < row.ends_at
    if not open_now and not act.known_at(event_id).may(*TEAM):
        raise SalesClosedError(msg("This event is not open for booking now."))
    return act.now + timedelta(minutes=row.hold_minutes)
