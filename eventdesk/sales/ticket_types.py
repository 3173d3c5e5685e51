"""Ticket types of an event: add, change, order, switch off, remove, list.

A sold ticket keeps the price it was booked with. A raised quota frees places; the spooler's sweep
gives them to the waitlist first.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, case, delete, exists, func, select

from data.bulk import insert_many
from data.rows import AnyRow, count_rows, delete_row, insert_row, update_row
from data.schema import (
    BookingRow,
    CheckInListTypeRow,
    DiscountTypeRow,
    QuestionTypeRow,
    RefusalRow,
    SeatSectionRow,
    SessionRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    WaitlistEntryRow,
)
from eventdesk.acts import Act, Permission, event_of, overdue, reads, ticket_type_goes, writes
from eventdesk.core.booking_states import GIVEN, PENDING
from eventdesk.core.errors import InvalidInputError, NotFoundError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.sales.places_left import Held, availability, held_places
from eventdesk.sales.price import price_of
from eventdesk.sales.pricing import EventTerms, event_terms
from eventdesk.sales.ticket_type import TICKET_TYPE, NewTicketType, TicketTypeView, sound

MAX_TYPES = 200
"""Most ticket types of one event."""


@dataclass(frozen=True, slots=True)
class SaleSetup:
    """The ticket types of an event, with the sections and sessions they can be for.

    Attributes:
        sections: Sections of the hall, by id and name.
        sessions: Sessions that are not called off, by id and title.
    """

    terms: EventTerms
    types: tuple[TicketTypeView, ...]
    sections: tuple[tuple[UUID, str], ...]
    sessions: tuple[tuple[UUID, str], ...]


@writes(Permission.TICKETS, about="event_id")
def add_ticket_type(act: Act, event_id: UUID, kind: NewTicketType) -> UUID:
    """Add something to sell, behind what is there.

    Raises:
        NotFoundError: There is no such event, section or session.
        InvalidInputError: Something about it cannot be; the message says what.
    """
    kind = sound(kind)
    type_id = new_id()
    act.need(event_id, Permission.TICKETS)
    event = event_terms(act.connection, event_id)
    _need_fit(act.connection, event_id, event, kind)
    count, last = act.connection.execute(
        select(func.count(), func.coalesce(func.max(TicketTypeRow.position), -1)).where(
            TicketTypeRow.event_id == event_id
        )
    ).one()
    if count >= MAX_TYPES:
        raise InvalidInputError(msg("An event has at most {most} ticket types.", most=MAX_TYPES))
    values = {"id": type_id, "event_id": event_id, "position": last + 1, **_columns(kind)}
    insert_row(act.connection, TicketTypeRow, **values)
    _link_sessions(act.connection, type_id, kind.session_ids)
    subject = ("ticket_type", type_id)
    act.record("add_ticket_type", subject, event_id=event_id, name=kind.name, price=str(kind.price))
    return type_id


@writes(Permission.TICKETS, about=event_of(TicketTypeRow, "type_id"))
def change_ticket_type(act: Act, type_id: UUID, kind: NewTicketType) -> TicketTypeView:
    """Change a ticket type; what was sold of it stays as it was sold.

    Raises:
        NotFoundError: There is no such ticket type, section or session.
        InvalidInputError: Something about it cannot be, such as fewer places than were sold.
    """
    kind = sound(kind)
    before = _need_type(act, type_id)
    event = event_terms(act.connection, before.event_id)
    _need_fit(act.connection, before.event_id, event, kind, but=type_id)
    taken = availability(act, before.event_id)[type_id].taken
    if kind.quota is not None and kind.quota < taken:
        raise InvalidInputError(
            msg(
                "{taken} of {name} are sold or held, so there cannot be only {quota}.",
                taken=taken,
                name=plain(before.name),
                quota=kind.quota,
            ),
            hint=msg("Type {taken} or more; to sell no more of it, switch it off.", taken=taken),
        )
    if kind.admits != before.admits and _booked_once(act.connection, [type_id]):
        raise InvalidInputError(
            msg("{name} was booked before, so it goes on letting in as many.", name=before.name),
            hint=msg("Switch it off, and add another."),
        )
    update_row(act.connection, TicketTypeRow, type_id, **_columns(kind))
    act.connection.execute(
        delete(TicketTypeSessionRow).where(TicketTypeSessionRow.ticket_type_id == type_id)
    )
    _link_sessions(act.connection, type_id, kind.session_ids)
    after = _columns(kind)
    changed = {name: str(value) for name, value in after.items() if value != getattr(before, name)}
    _note(act, "change_ticket_type", before, changed=changed)
    return _view(act, type_id)


@writes(Permission.TICKETS, about=event_of(TicketTypeRow, "type_id"))
def switch_ticket_type(act: Act, type_id: UUID, *, active: bool) -> TicketTypeView:
    """Switch the sale of a ticket type off, or on again; sold tickets stay good."""
    before = _need_type(act, type_id)
    update_row(act.connection, TicketTypeRow, type_id, active=active)
    _note(act, "switch_ticket_type", before, active=active)
    return _view(act, type_id)


@writes(Permission.TICKETS, about="event_id")
def order_ticket_types(act: Act, event_id: UUID, type_ids: Sequence[UUID]) -> None:
    """Put an event's ticket types in this order; the others follow as they were.

    Raises:
        NotFoundError: One of them is not of this event.
    """
    act.need(event_id, Permission.TICKETS)
    there = list(
        act.connection.execute(
            select(TicketTypeRow.id)
            .where(TicketTypeRow.event_id == event_id)
            .order_by(TicketTypeRow.position, TicketTypeRow.id)
        ).scalars()
    )
    if not set(type_ids) <= set(there):
        raise NotFoundError(msg("There is no such ticket type at this event."))
    for position, type_id in enumerate(dict.fromkeys([*type_ids, *there])):
        update_row(act.connection, TicketTypeRow, type_id, position=position)
    act.record("order_ticket_types", ("event", event_id), event_id=event_id)


@writes(Permission.TICKETS, about=event_of(TicketTypeRow, "type_id"))
def remove_ticket_type(act: Act, type_id: UUID) -> None:
    """Remove a ticket type that nobody ever booked or waited for.

    Raises:
        NotFoundError: There is no such ticket type.
        InvalidInputError: It was booked, or something is for this type only and would be for
            all types without it.
    """
    before = _need_type(act, type_id)
    if _booked_once(act.connection, [type_id]):
        raise InvalidInputError(
            msg("{name} was booked before, so it cannot be removed.", name=plain(before.name)),
            hint=msg("Switch it off instead: it is sold no more, and what was sold stays."),
        )
    _unlink(act.connection, type_id, plain(before.name))
    act.connection.execute(delete(RefusalRow).where(RefusalRow.ticket_type_id == type_id))
    delete_row(act.connection, TicketTypeRow, type_id)
    _note(act, "remove_ticket_type", before, name=before.name)


_LISTED: Final = (Permission.TICKETS, Permission.MONEY, Permission.DOOR, Permission.MESSAGES)
"""Permissions of which one is needed to read ticket types; a message may be for those of some."""


@reads(*_LISTED, about="event_id")
def list_ticket_types(act: Act, event_id: UUID) -> list[TicketTypeView]:
    """Read what an event sells, in its order, with how many are sold and left."""
    act.need(event_id, *_LISTED)
    return read_ticket_types(act, event_id)


@reads(Permission.TICKETS, about="event_id")
def sale_setup(act: Act, event_id: UUID) -> SaleSetup:
    """Read what an event sells, and what its ticket types can be for."""
    act.need(event_id, Permission.TICKETS)
    sections = act.connection.execute(
        select(SeatSectionRow.id, SeatSectionRow.name)
        .where(SeatSectionRow.event_id == event_id)
        .order_by(SeatSectionRow.position)
    ).all()
    sessions = act.connection.execute(
        select(SessionRow.id, SessionRow.title)
        .where(SessionRow.event_id == event_id, SessionRow.cancelled_at.is_(None))
        .order_by(SessionRow.starts_at)
    ).all()
    return SaleSetup(
        event_terms(act.connection, event_id),
        tuple(read_ticket_types(act, event_id)),
        tuple((row.id, row.name) for row in sections),
        tuple((row.id, row.title) for row in sessions),
    )


def _need_type(act: Act, type_id: UUID) -> Any:
    asked = select(TicketTypeRow.__table__).where(TicketTypeRow.id == type_id)
    found = act.connection.execute(asked).one_or_none()
    row = need_found(found, msg("There is no such ticket type."))
    act.need(row.event_id, Permission.TICKETS)
    return row


def _need_fit(
    connection: Connection,
    event_id: UUID,
    event: EventTerms,
    kind: NewTicketType,
    *,
    but: UUID | None = None,
) -> None:
    """Check a ticket type against its event: currency, name, section and sessions."""
    if (kind.price.currency, kind.price.exponent) != (event.currency, event.exponent):
        raise InvalidInputError(
            msg("Prices of this event are in {currency}.", currency=event.currency)
        )
    names = connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name).where(TicketTypeRow.event_id == event_id)
    )
    if any(row.id != but and row.name.casefold() == kind.name.casefold() for row in names):
        raise InvalidInputError(
            msg("There is a ticket type {name} already.", name=plain(kind.name)),
            hint=msg("Choose another name, or change that one."),
        )
    if kind.section_id is not None:
        section = select(SeatSectionRow.id).where(
            SeatSectionRow.id == kind.section_id, SeatSectionRow.event_id == event_id
        )
        need_found(
            connection.execute(section).one_or_none(),
            msg("There is no such section at this event."),
        )
    sessions = SessionRow.event_id == event_id, SessionRow.id.in_(kind.session_ids)
    if count_rows(connection, *sessions) != len(kind.session_ids):
        raise NotFoundError(msg("There is no such session at this event."))


_COLUMNS: Final = tuple(
    each.name for each in TICKET_TYPE if each.name not in ("price", "session_ids")
)


def _columns(kind: NewTicketType) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in _COLUMNS} | {"price_minor": kind.price.minor}


def _link_sessions(connection: Connection, type_id: UUID, session_ids: Collection[UUID]) -> None:
    rows = [{"ticket_type_id": type_id, "session_id": each} for each in session_ids]
    insert_many(connection, TicketTypeSessionRow, rows)


def _booked_once(connection: Connection, type_ids: Sequence[UUID]) -> set[UUID]:
    """Which types ever had a ticket or an entry on the waitlist."""
    booked = exists().where(
        TicketRow.event_id == TicketTypeRow.event_id, TicketRow.ticket_type_id == TicketTypeRow.id
    )
    waited = exists().where(WaitlistEntryRow.ticket_type_id == TicketTypeRow.id)
    rows = connection.execute(
        select(TicketTypeRow.id).where(TicketTypeRow.id.in_(type_ids), booked | waited)
    )
    return set(rows.scalars())


_LINKS: tuple[tuple[Any, Any, Message], ...] = (
    (CheckInListTypeRow, CheckInListTypeRow.list_id, msg("A check-in list")),
    (DiscountTypeRow, DiscountTypeRow.discount_id, msg("A code")),
    (QuestionTypeRow, QuestionTypeRow.question_id, msg("A question")),
)
"""Tables of things that can be for some ticket types only: table, owner, name."""


def _unlink(connection: Connection, type_id: UUID, name: str) -> None:
    ticket_type_goes(connection, type_id, name)
    for table, owner, what in _LINKS:
        called = {"what": what, "name": name}
        mine = select(owner).where(table.ticket_type_id == type_id)
        alone = connection.execute(
            select(owner).where(owner.in_(mine)).group_by(owner).having(func.count() == 1)
        ).first()
        if alone is not None:
            raise InvalidInputError(
                msg("{what} is for {name} only; without it, it would be for all.", **called),
                hint=msg("Change that first, or switch the ticket type off."),
            )
        connection.execute(delete(table).where(table.ticket_type_id == type_id))
    connection.execute(
        delete(TicketTypeSessionRow).where(TicketTypeSessionRow.ticket_type_id == type_id)
    )


def _view(act: Act, type_id: UUID) -> TicketTypeView:
    event_id = act.connection.execute(
        select(TicketTypeRow.event_id).where(TicketTypeRow.id == type_id)
    ).scalar_one()
    return next(view for view in read_ticket_types(act, event_id) if view.id == type_id)


def read_ticket_types(act: Act, event_id: UUID) -> list[TicketTypeView]:
    """Read what an event sells, in its order, inside a transaction."""
    event = event_terms(act.connection, event_id)
    rows = act.connection.execute(
        select(TicketTypeRow.__table__)
        .where(TicketTypeRow.event_id == event_id)
        .order_by(TicketTypeRow.position, TicketTypeRow.id)
    ).all()
    ids = [row.id for row in rows]
    sessions: dict[UUID, set[UUID]] = {}
    for link in act.connection.execute(
        select(TicketTypeSessionRow.ticket_type_id, TicketTypeSessionRow.session_id).where(
            TicketTypeSessionRow.ticket_type_id.in_(ids)
        )
    ):
        sessions.setdefault(link.ticket_type_id, set()).add(link.session_id)
    standing = availability(act, event_id)
    booked = _booked_once(act.connection, ids)
    held = defaultdict(Held, held_places(act, event_id))
    given = _given(act, event_id)
    return [
        TicketTypeView(
            row.id,
            event_id,
            row.position,
            _about(row, event, frozenset(sessions.get(row.id, ()))),
            row.active,
            price_of(event.terms(row)),
            standing[row.id].taken + sum(given[row.id]),
            standing[row.id].promised,
            standing[row.id].left if row.admits else None,
            row.id in booked,
            held[row.id].unpaid + given[row.id].unpaid,
            held[row.id].offered,
        )
        for row in rows
    ]


class _Given(NamedTuple):
    """Donations of a type that are paid, and that are not paid yet."""

    paid: int = 0
    unpaid: int = 0


def _given(act: Act, event_id: UUID) -> Mapping[UUID, _Given]:
    """Count the donations to an event by type."""
    unpaid = func.sum(case((BookingRow.state == PENDING, 1), else_=0))
    rows = act.connection.execute(
        select(TicketRow.ticket_type_id, func.count(), unpaid)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            TicketRow.event_id == event_id,
            TicketRow.state == GIVEN,
            BookingRow.id.not_in(overdue(act.now)),
        )
        .group_by(TicketRow.ticket_type_id)
    )
    return defaultdict(_Given, {kind: _Given(all_ - due, due) for kind, all_, due in rows})


def _about(row: AnyRow, event: EventTerms, session_ids: frozenset[UUID]) -> NewTicketType:
    columns = {name: getattr(row, name) for name in _COLUMNS}
    return NewTicketType(**columns, price=event.money(row.price_minor), session_ids=session_ids)


def _note(act: Act, verb: str, row: AnyRow, **detail: object) -> None:
    subject = ("ticket_type", row.id)
    act.record(verb, subject, event_id=row.event_id, **detail)
