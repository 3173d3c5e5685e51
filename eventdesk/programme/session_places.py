"""Places in sessions with sign-up, inside a transaction: who may have one and who has one.

A place needs a valid ticket of the event that lets in to the session. Somebody who has none any
more loses the place as soon as somebody else could use it; somebody who has to pay more, because of
another ticket type, keeps it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select

from data.rows import AnyRow, count_rows, insert_row
from data.schema import (
    BookingRow,
    EventRow,
    SessionRow,
    SignUpRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    WaitlistEntryRow,
)
from eventdesk.acts import Act, ActorKind, Permission, offer_holds, takes_place
from eventdesk.core.booking_states import PAID
from eventdesk.core.errors import InvalidInputError, NotAllowedError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.programme.session import Clash

UNLIMITED = 1_000_000
"""Places of a session without a capacity."""


def session_row(connection: Connection, session_id: UUID) -> AnyRow:
    """Read a session with the state, name, zone and rules of its event."""
    row = connection.execute(_SESSIONS.where(SessionRow.id == session_id)).one_or_none()
    return need_found(row, msg("There is no such session."))


_SESSIONS = select(
    SessionRow.id,
    SessionRow.event_id,
    SessionRow.title,
    SessionRow.starts_at,
    SessionRow.ends_at,
    SessionRow.capacity,
    SessionRow.sign_up,
    SessionRow.cancelled_at,
    EventRow.state.label("event_state"),
    EventRow.name.label("event_name"),
    EventRow.time_zone,
    EventRow.offer_minutes,
).join(EventRow, EventRow.id == SessionRow.event_id)


def person_of(act: Act, event_id: UUID | None) -> UUID:
    """The account of the signed-in person.

    Raises:
        NotAllowedError: Nobody is signed in, or the account was closed.
    """
    act.need(event_id, Permission.ATTEND)
    if act.actor.kind is not ActorKind.ACCOUNT or act.actor.id is None:
        raise NotAllowedError(
            msg("Only people have a programme of their own."), hint=msg("Sign in first.")
        )
    return act.actor.id


def need_open(session: AnyRow, now: datetime) -> None:
    """Require a session with sign-up that is still to come, at a published event."""
    if session.event_state != "published" or session.cancelled_at is not None:
        raise InvalidInputError(
            msg("This session does not take place."), hint=msg("Choose another one.")
        )
    if not session.sign_up:
        raise InvalidInputError(msg("This session needs no sign-up."), hint=msg("Just go there."))
    if session.starts_at <= now:
        raise InvalidInputError(
            msg("This session has begun."), hint=msg("Ask at its door for a place.")
        )


def ticket_types_of(
    connection: Connection,
    account_ids: Sequence[UUID],
    event_id: UUID,
    *,
    unpaid_at: datetime | None = None,
) -> dict[UUID, set[UUID]]:
    """The types of the tickets that people may use at an event; people without one are left out.

    Such a ticket is valid, paid and approved, and was handed to the person, or booked by the
    person and handed to nobody else. With `unpaid_at` it may be unpaid, unless its deadline has
    passed by then.
    """
    tickets = _USABLE.where(BookingRow.state == PAID)
    if unpaid_at is not None:
        tickets = _USABLE.where(takes_place(unpaid_at))
    found: dict[UUID, set[UUID]] = {}
    for start in range(0, len(account_ids), _AT_ONCE):
        some = account_ids[start : start + _AT_ONCE]
        for whose in (
            TicketRow.account_id.in_(some),
            BookingRow.account_id.in_(some) & TicketRow.account_id.is_(None),
        ):
            # The event is compared here: in SQL its index would go through all of its tickets.
            for row in connection.execute(tickets.where(whose)):
                if row.event_id == event_id:
                    found.setdefault(row.account_id or row.booker_id, set()).add(row.type_id)
    return found


def events_of(connection: Connection, account_id: UUID) -> set[UUID]:
    """The events at which a person has a ticket that may be used."""
    held = TicketRow.account_id == account_id
    booked = (BookingRow.account_id == account_id) & TicketRow.account_id.is_(None)
    paid = _USABLE.where(BookingRow.state == PAID)
    return {
        row.event_id for whose in (held, booked) for row in connection.execute(paid.where(whose))
    }


_AT_ONCE = 500
_USABLE = (
    select(
        TicketRow.account_id,
        BookingRow.account_id.label("booker_id"),
        TicketRow.event_id,
        TicketRow.ticket_type_id.label("type_id"),
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .where(TicketRow.state == "valid", BookingRow.approved)
)


def best_ticket_priority(connection: Connection, account_id: UUID, event_id: UUID) -> int:
    """The highest priority among the tickets a person has at an event; 0 without any."""
    types = ticket_types_of(connection, [account_id], event_id).get(account_id, set())
    best = connection.execute(
        select(func.max(TicketTypeRow.priority)).where(TicketTypeRow.id.in_(types))
    ).scalar_one()
    return int(best or 0)


def lets_in(connection: Connection, types: set[UUID]) -> dict[UUID, set[UUID]]:
    """The sessions of each of these ticket types that is for some sessions only."""
    limited = TicketTypeSessionRow.ticket_type_id.in_(types)
    only: dict[UUID, set[UUID]] = {}
    for row in connection.execute(select(TicketTypeSessionRow.__table__).where(limited)):
        only.setdefault(row.ticket_type_id, set()).add(row.session_id)
    return only


def may_enter(connection: Connection, account_id: UUID, session: AnyRow) -> bool:
    """Whether a person has a ticket that lets in to a session."""
    types = ticket_types_of(connection, [account_id], session.event_id).get(account_id, set())
    only = lets_in(connection, types)
    return any(type_id not in only or session.id in only[type_id] for type_id in types)


def is_signed_up(connection: Connection, account_id: UUID, session_id: UUID) -> bool:
    """Whether a person has a place."""
    return count_rows(connection, _place_of(account_id, session_id)) > 0


def places_left(act: Act, session: AnyRow) -> int | None:
    """Places neither taken nor offered to somebody; None where there is no limit."""
    if session.capacity is None:
        return None
    taken = count_rows(act.connection, SignUpRow.session_id == session.id)
    waiting = WaitlistEntryRow.session_id == session.id
    offered = count_rows(act.connection, waiting, offer_holds(act.now))
    return max(0, int(session.capacity) - taken - offered)


def free_places(act: Act, session: AnyRow) -> int:
    """Places that can be given now; when all are gone, those without a ticket are taken back."""
    left = places_left(act, session)
    if left == 0 and _take_back_forfeited(act, session):
        left = places_left(act, session)
    return UNLIMITED if left is None else left


def has_room(act: Act, session: AnyRow) -> bool:
    """Whether `free_places` would find any, without taking a place back."""
    return places_left(act, session) != 0 or bool(_forfeited(act, session))


def clashes(connection: Connection, account_id: UUID, session: AnyRow) -> tuple[Clash, ...]:
    """The sessions a person signed up for that take place at the same time."""
    rows = connection.execute(
        select(SessionRow.id, SessionRow.title, SessionRow.starts_at, SessionRow.ends_at)
        .join(SignUpRow, SignUpRow.session_id == SessionRow.id)
        .where(
            SignUpRow.account_id == account_id,
            SignUpRow.event_id == session.event_id,
            SessionRow.id != session.id,
            SessionRow.cancelled_at.is_(None),
            SessionRow.starts_at < session.ends_at,
            SessionRow.ends_at > session.starts_at,
        )
        .order_by(SessionRow.starts_at)
    )
    return tuple(Clash(*row) for row in rows)


def put_in(act: Act, account_id: UUID, session: AnyRow) -> None:
    """Give a person a place that was found free in the same transaction."""
    insert_row(
        act.connection,
        SignUpRow,
        id=new_id(),
        event_id=session.event_id,
        session_id=session.id,
        account_id=account_id,
        created_at=act.now,
    )


def take_out(connection: Connection, account_id: UUID, session_id: UUID) -> bool:
    """Take a person's place back; False when there was none."""
    own = delete(SignUpRow).where(_place_of(account_id, session_id))
    return connection.execute(own).rowcount > 0


def _place_of(account_id: UUID, session_id: UUID) -> ColumnElement[bool]:
    return (SignUpRow.session_id == session_id) & (SignUpRow.account_id == account_id)


def _take_back_forfeited(act: Act, session: AnyRow) -> int:
    """Take back the places of people who have no valid ticket any more."""
    lost = _forfeited(act, session)
    for account_id in lost:
        take_out(act.connection, account_id, session.id)
        act.as_system().record(
            "forfeit_session",
            ("session", session.id),
            event_id=session.event_id,
            account=str(account_id),
            reason="no valid ticket",
        )
    return len(lost)


def _forfeited(act: Act, session: AnyRow) -> list[UUID]:
    """The accounts that have a place and no valid ticket any more."""
    signed_up = select(SignUpRow.account_id).where(SignUpRow.session_id == session.id)
    people = list(act.connection.execute(signed_up).scalars())
    welcome = ticket_types_of(act.connection, people, session.event_id, unpaid_at=act.now)
    return [account_id for account_id in people if account_id not in welcome]
