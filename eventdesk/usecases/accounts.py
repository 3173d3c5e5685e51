"""Accounts, sign-in, and the PIN that unlocks a kiosk."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from data.schema import (
    AccountRow,
    BookingRow,
    EventRoleRow,
    EventRow,
    TicketRow,
    WrongTryRow,
)
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError, SignInError
from eventdesk.model.credential import (
    check_password,
    check_pin,
    dummy_verify,
    hash_secret,
    locked_until,
    verify_secret,
)
from eventdesk.model.ids import new_id, read_code
from eventdesk.model.people import DOOR_STAFF, Actor, ActorKind, Role
from eventdesk.model.views import EventView, TicketView
from eventdesk.usecases.audit import record
from eventdesk.usecases.events import list_events
from eventdesk.usecases.permission import need_door, need_supervisor
from eventdesk.usecases.tickets import views

MAX_EMAIL = 254
"""Longest e-mail address (RFC 5321, section 4.5.3.1.3)."""

CODE_MEMORY = timedelta(minutes=10)
"""How long wrong booking codes count: they are everybody's at the kiosk, not one person's."""

_WRONG = "The e-mail address or the PIN or password is wrong."


def needs_first_account(store: Store) -> bool:
    """Whether nobody can sign in yet."""
    with store.read() as connection:
        return not _accounts(connection)


def create_first_admin(
    store: Store, email: str, name: str, password: str, *, now: datetime
) -> Actor:
    """Make the first account, which is an admin.

    Raises:
        InvalidInputError: There is an account already, or something typed cannot be used.
    """
    check_password(password)
    kept_hash, address = hash_secret(password), _address(email)
    if not name.strip():
        raise InvalidInputError("An account needs a name.")
    with store.write() as connection:
        if _accounts(connection):
            raise InvalidInputError(
                "There is an account already.", hint="Sign in, or ask an admin for an account."
            )
        account_id = _add(connection, address, name, "password", kept_hash, now, is_admin=True)
        actor = Actor(ActorKind.ACCOUNT, account_id, name.strip(), Role.ADMIN, store.device_id)
        record(connection, actor, "create_first_admin", ("account", account_id), now=now)
    return actor


def add_account(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    email: str,
    name: str,
    role: Role,
    secret: str,
    now: datetime,
) -> UUID:
    """Make an account with a role at an event: attendees with a PIN, others with a password.

    Raises:
        NotAllowedError: The actor is no supervisor.
        InvalidInputError: The address is taken, or something typed cannot be used.
    """
    need_supervisor(actor, "add accounts")
    if role is Role.ADMIN:
        raise InvalidInputError("Admins are not made for one event.")
    is_attendee = role is Role.ATTENDEE
    (check_pin if is_attendee else check_password)(secret)
    if not name.strip():
        raise InvalidInputError("An account needs a name.")
    kept_hash, address = hash_secret(secret), _address(email)
    with store.write() as connection:
        taken = select(func.count()).where(AccountRow.email == address)
        if connection.execute(taken).scalar_one():
            raise InvalidInputError("There is an account with this e-mail address already.")
        kind = "pin" if is_attendee else "password"
        account_id = _add(connection, address, name, kind, kept_hash, now, is_admin=False)
        connection.execute(
            insert(EventRoleRow).values(event_id=event_id, account_id=account_id, role=role)
        )
        record(
            connection,
            actor,
            "add_account",
            ("account", account_id),
            now=now,
            event_id=event_id,
            role=role,
        )
    return account_id


def sign_in(
    store: Store, email: str, secret: str, *, event_id: UUID | None = None, now: datetime
) -> Actor:
    """Sign a person in.

    It takes as long, says the same and locks the same whether or not the account exists.

    Args:
        store: Where accounts live.
        email: The account's address, in any case.
        secret: PIN or password.
        event_id: The event to act at; None gives the person's highest role anywhere, which
            `at_event` narrows once the event is chosen.
        now: The store's clock, aware UTC.

    Raises:
        SignInError: Wrong, locked for a while, or banned.
    """
    account_id, name, is_admin = _verify(store, email, secret, now)
    roles = _roles(store, account_id)
    if event_id is not None:
        roles = {event: role for event, role in roles.items() if event == event_id}
    held = set(roles.values())
    role = Role.ADMIN if is_admin else next((one for one in Role if one in held), Role.ATTENDEE)
    only = None if is_admin else event_id
    return Actor(ActorKind.ACCOUNT, account_id, name, role, store.device_id, only)


def at_event(store: Store, actor: Actor, event_id: UUID) -> Actor:
    """Say who a signed-in person is at one event: their role there, and nowhere else.

    Raises:
        NotAllowedError: They do not work at this event.
    """
    if actor.role is Role.ADMIN or actor.id is None:
        return actor
    role = _roles(store, actor.id).get(event_id, Role.ATTENDEE)
    there = replace(actor, role=role, event_id=event_id)
    need_door(there)
    return there


def events_of(store: Store, actor: Actor) -> list[EventView]:
    """Read the events at whose door a person may work, the latest first."""
    events = list_events(store)
    if actor.role is Role.ADMIN or actor.id is None:
        return events
    roles = _roles(store, actor.id)
    return [event for event in events if roles.get(event.id) in DOOR_STAFF]


def _roles(store: Store, account_id: UUID) -> dict[UUID, Role]:
    with store.read() as connection:
        rows = connection.execute(
            select(EventRoleRow.event_id, EventRoleRow.role).where(
                EventRoleRow.account_id == account_id
            )
        )
        return {row.event_id: Role(row.role) for row in rows}


def set_staff_pin(store: Store, actor: Actor, event_id: UUID, pin: str, *, now: datetime) -> None:
    """Choose the PIN that unlocks the kiosks of an event.

    Raises:
        NotAllowedError: The actor is no supervisor.
        InvalidInputError: Too easy to guess.
        NotFoundError: There is no such event.
    """
    need_supervisor(actor, "set the staff PIN")
    check_pin(pin)
    kept_hash = hash_secret(pin)
    with store.write() as connection:
        changed = connection.execute(
            update(EventRow).where(EventRow.id == event_id).values(staff_pin_hash=kept_hash)
        )
        if not changed.rowcount:
            raise NotFoundError("There is no such event.")
        subject = ("event", event_id)
        record(connection, actor, "set_staff_pin", subject, now=now, event_id=event_id)


def check_staff_pin(store: Store, event_id: UUID, pin: str, *, now: datetime) -> None:
    """Let a kiosk be unlocked.

    Raises:
        SignInError: Wrong, locked for a while, or the event has no staff PIN yet.
    """
    subject = f"staff-pin:{event_id}"
    with store.read() as connection:
        kept_hash = connection.execute(
            select(EventRow.staff_pin_hash).where(EventRow.id == event_id)
        ).scalar_one_or_none()
    if kept_hash is None:
        raise SignInError(
            "This event has no staff PIN yet.",
            hint="Set one on the machine's command line: `eventdesk staff-pin`.",
        )
    _charge(store, subject, now)
    if not verify_secret(kept_hash, pin):
        raise SignInError("This PIN is wrong.")
    _forgive(store, subject)


def guest_tickets(
    store: Store, event_id: UUID, *, email: str, pin: str, now: datetime
) -> list[TicketView]:
    """Find the tickets of a guest who has no code at hand, by e-mail and PIN.

    Raises:
        SignInError: Wrong, or locked for a while.
    """
    account_id, _name, _is_admin = _verify(store, email, pin, now)
    with store.read() as connection:
        return views(
            connection,
            BookingRow.account_id == account_id,
            TicketRow.event_id == event_id,
            TicketRow.state == "valid",
        )


def booking_tickets(
    store: Store, event_id: UUID, booking_code: str, *, now: datetime
) -> list[TicketView]:
    """Find the tickets of a booking by its code; wrong codes lock this for a while.

    Raises:
        SignInError: Too many wrong codes at this event.
        NotFoundError: There is no such booking.
    """
    subject = f"booking-code:{event_id}"
    before = _charge(store, subject, now, forgotten_after=CODE_MEMORY)
    with store.read() as connection:
        found = views(
            connection,
            BookingRow.code == read_code(booking_code[:MAX_EMAIL]),
            TicketRow.event_id == event_id,
            TicketRow.state == "valid",
        )
    if not found:
        raise NotFoundError(
            "There is no booking with this code.",
            hint="It has six letters and digits and stands in the booking's e-mail.",
        )
    _refund(store, subject, before)
    return found


def _verify(store: Store, email: str, secret: str, now: datetime) -> tuple[UUID, str, bool]:
    address = email.strip().casefold()[:MAX_EMAIL]
    subject = "account:" + hashlib.sha256(address.encode(errors="replace")).hexdigest()
    with store.read() as connection:
        row = connection.execute(
            select(
                AccountRow.id,
                AccountRow.name,
                AccountRow.is_admin,
                AccountRow.secret_hash,
                AccountRow.banned_at,
            ).where(AccountRow.email == address)
        ).one_or_none()
    _charge(store, subject, now)
    if row is None:
        dummy_verify(secret)
        raise SignInError(_WRONG, hint="Check both and try again.")
    if not verify_secret(row.secret_hash, secret) or row.banned_at is not None:
        raise SignInError(_WRONG, hint="Check both and try again.")
    _forgive(store, subject)
    return row.id, row.name, row.is_admin


def _charge(
    store: Store, subject: str, now: datetime, *, forgotten_after: timedelta | None = None
) -> tuple[int, datetime | None]:
    """Count a try before it is checked, so that parallel guesses cannot slip through together.

    Returns:
        How many wrong tries there were before, and when the last of them was.

    Raises:
        SignInError: The subject is locked.
    """
    with store.write() as connection:
        row = connection.execute(
            select(WrongTryRow.tries, WrongTryRow.last_at).where(WrongTryRow.subject == subject)
        ).one_or_none()
        tries, last_at = (row.tries, row.last_at) if row is not None else (0, None)
        if forgotten_after is not None and last_at is not None and now - last_at > forgotten_after:
            tries, last_at = 0, None
        until = locked_until(tries, last_at, now)
        if until is not None:
            raise SignInError(
                "Too many wrong tries.",
                hint=f"Wait {_in_words(until - now)}, or ask at the desk.",
            )
        connection.execute(delete(WrongTryRow).where(WrongTryRow.subject == subject))
        connection.execute(
            insert(WrongTryRow).values(subject=subject, tries=tries + 1, last_at=now)
        )
    return tries, last_at


def _refund(store: Store, subject: str, before: tuple[int, datetime | None]) -> None:
    """Take back the charge of a right try, and leave the wrong ones before it as they were.

    Their time, too: a right code must neither lock the next guest out nor keep old slips alive.
    """
    tries, last_at = before
    mine = update(WrongTryRow).where(WrongTryRow.subject == subject)
    with store.write() as connection:
        nobody_since = connection.execute(
            mine.where(WrongTryRow.tries == tries + 1).values(
                tries=tries, last_at=last_at or WrongTryRow.last_at
            )
        )
        if not nobody_since.rowcount:
            connection.execute(mine.values(tries=WrongTryRow.tries - 1))


def _forgive(store: Store, subject: str) -> None:
    with store.write() as connection:
        connection.execute(delete(WrongTryRow).where(WrongTryRow.subject == subject))


def _in_words(wait: timedelta) -> str:
    seconds = max(1, round(wait.total_seconds()))
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"


def _accounts(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(AccountRow)).scalar_one()


def _add(
    connection: Connection,
    address: str,
    name: str,
    secret_kind: str,
    secret_hash: str,
    now: datetime,
    *,
    is_admin: bool,
) -> UUID:
    account_id = new_id()
    connection.execute(
        insert(AccountRow).values(
            id=account_id,
            email=address,
            name=name.strip(),
            is_admin=is_admin,
            secret_kind=secret_kind,
            secret_hash=secret_hash,
            created_at=now,
        )
    )
    return account_id


def _address(email: str) -> str:
    address = email.strip().casefold()
    local, at, domain = address.partition("@")
    if not (local and at and domain) or len(address) > MAX_EMAIL or " " in address:
        raise InvalidInputError(
            f"{email.strip()[:60]!r} is not an e-mail address.", hint="Such as ada@example.org."
        )
    return address
