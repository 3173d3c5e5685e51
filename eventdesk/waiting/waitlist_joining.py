"""Who may join which waitlist: whom an entry is for, and whether it is full at all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select

from data.schema import AccountRow, EventRow, TicketTypeRow, WaitlistEntryRow
from eventdesk.acts.actor import Actor, ActorKind, Permission
from eventdesk.acts.permission import need_here
from eventdesk.booking.booking import MAX_EMAIL, MAX_NAME
from eventdesk.core.errors import InvalidInputError, NotFoundError, SalesClosedError
from eventdesk.core.plain_text import plain
from eventdesk.programme import session_places
from eventdesk.sales.availability import availability
from eventdesk.sales.discounts import usable_code

STAFF = (Permission.TICKETS, Permission.DOOR)
"""Who looks after waitlists: the desk too, when somebody stands there."""


def who(
    connection: Connection, actor: Actor, event_id: UUID, name: str, email: str
) -> tuple[UUID | None, str, str]:
    """The account, name and address of whom an entry is for.

    Raises:
        NotAllowedError: Writing down somebody else without working here.
        InvalidInputError: Nobody is signed in, or no name or address.
    """
    name, email = name.strip(), email.strip().lower()
    is_person = actor.kind is ActorKind.ACCOUNT and actor.id is not None
    if is_person and not email:
        need_here(connection, actor, event_id, Permission.ATTEND)
        own = connection.execute(
            select(AccountRow.name, AccountRow.email).where(AccountRow.id == actor.id)
        ).one_or_none()
        if own is None:
            raise InvalidInputError("Nobody is signed in.", hint="Sign in first.")
        return actor.id, own.name, own.email
    need_here(connection, actor, event_id, *STAFF)
    if not name or len(name) > MAX_NAME or "@" not in email or len(email) > MAX_EMAIL:
        raise InvalidInputError("Somebody on a waitlist needs a name and an e-mail address.")
    account_id = connection.execute(
        select(AccountRow.id).where(AccountRow.email == email)
    ).scalar_one_or_none()
    return account_id, name, email


def need_unlocked(
    connection: Connection, event_id: UUID, type_id: UUID, code: str, now: datetime
) -> None:
    """Let who waits for a hidden type pass only with a code that unlocks it, as who books it.

    Raises:
        SalesClosedError: There is no code, or it is for other types.
        CodeError: The code does not hold.
    """
    kind = connection.execute(
        select(TicketTypeRow.name, TicketTypeRow.hidden).where(
            TicketTypeRow.id == type_id, TicketTypeRow.event_id == event_id
        )
    ).one_or_none()
    if kind is None or not kind.hidden:
        return
    if not code.strip() or type_id not in usable_code(connection, event_id, code, now=now).type_ids:
        raise SalesClosedError(
            f"{plain(kind.name)} is sold with a code only.",
            ticket_type_id=type_id,
            hint="Type the code you were given.",
        )


def need_full_type(connection: Connection, event_id: UUID, type_id: UUID, now: datetime) -> None:
    """Let only types pass that are full, or that others wait for already.

    Raises:
        NotFoundError: No such type at this event.
        InvalidInputError: There are places, there is no waitlist, or the event has begun.
    """
    kind = connection.execute(
        select(TicketTypeRow.name, TicketTypeRow.active, TicketTypeRow.waitlist).where(
            TicketTypeRow.id == type_id, TicketTypeRow.event_id == event_id
        )
    ).one_or_none()
    if kind is None or not kind.active:
        raise NotFoundError("There is no such ticket type at this event.")
    if not kind.waitlist:
        raise InvalidInputError(f"{kind.name} has no waitlist.", hint="Choose another ticket.")
    if not gives_places(connection, event_id, now):
        raise InvalidInputError(
            "No places are given any more: the event has begun, or does not take place."
        )
    left = availability(connection, event_id, now)[type_id].left
    if left != 0 and not _waiting(connection, WaitlistEntryRow.ticket_type_id == type_id):
        raise InvalidInputError(f"There are places left: {kind.name}.", hint="Book one.")


def gives_places(connection: Connection, event_id: UUID, now: datetime) -> bool:
    """Whether an event hands places on to those who wait: it takes place and has not begun."""
    event = connection.execute(
        select(EventRow.state, EventRow.starts_at).where(EventRow.id == event_id)
    ).one()
    return bool(event.state == "published" and event.starts_at > now)


def need_full_session(
    connection: Connection, event_id: UUID, session_id: UUID, account_id: UUID | None, now: datetime
) -> None:
    """Let only sessions pass that are full, or that others wait for already.

    Raises:
        NotFoundError: No such session at this event.
        InvalidInputError: There are places, no sign-up, no ticket, or it has begun.
    """
    session = session_places.session_row(connection, session_id)
    if session.event_id != event_id:
        raise NotFoundError("There is no such session.")
    session_places.need_open(session, now)
    if account_id is None or not session_places.may_enter(connection, account_id, session):
        raise InvalidInputError(
            "Places in sessions are for people with an account and a ticket that lets in.",
            hint="Book a ticket first.",
        )
    if session_places.is_signed_up(connection, account_id, session_id):
        raise InvalidInputError("There is a place in this session already.")
    others = _waiting(connection, WaitlistEntryRow.session_id == session_id)
    if not others and session_places.free_places(connection, session, now) > 0:
        raise InvalidInputError("There are places left in this session.", hint="Sign up for it.")


def _waiting(connection: Connection, which: ColumnElement[bool]) -> bool:
    """Whether somebody waits, and was not offered a place yet."""
    waits = select(WaitlistEntryRow.id).where(which, WaitlistEntryRow.state == "waiting")
    return connection.execute(waits.limit(1)).first() is not None
