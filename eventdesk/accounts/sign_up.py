"""Making accounts: the first, one's own, and those made for others.

Signing up says the same whether or not the address has an account already: nobody learns by it
who has one. There is no mail to ask for a confirmation, so the new person signs in with what
they chose; who took an address that has an account fails there as with any wrong PIN, the try is
counted, and the owner of the address finds a notice. See docs/accounts.md.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from data.schema import AccountRow, EventRoleRow, NoticeRow
from data.store import Store
from eventdesk.accounts.credential import check_password, check_pin, hash_secret
from eventdesk.accounts.wrong_tries import address_of
from eventdesk.acts.actor import Actor, ActorKind, Permission, Role
from eventdesk.acts.audit import record
from eventdesk.acts.event_row import event_row
from eventdesk.acts.notices import notify
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.plain_text import plain

SecretKind = Literal["pin", "password"]

MAX_NAME = 200
"""Longest name of an account, in characters."""

TAKEN = "Somebody tried to sign up with your e-mail address"


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
    kept_hash, address, called = hash_secret(password), address_of(email), name_of(name)
    with store.write() as connection:
        if _accounts(connection):
            raise InvalidInputError(
                "There is an account already.", hint="Sign in, or ask an admin for an account."
            )
        account_id = insert_account(
            connection, address, called, "password", kept_hash, now, is_admin=True
        )
        actor = Actor(ActorKind.ACCOUNT, account_id, called, Role.ADMIN, store.device_id)
        record(connection, actor, "create_first_admin", ("account", account_id), now=now)
    return actor


def sign_up(
    store: Store, *, email: str, name: str, secret: str, kind: SecretKind = "pin", now: datetime
) -> None:
    """Make an account for oneself: attendees with a PIN, organizers with a password.

    It says nothing, and takes as long, when the address has an account already; that account
    stays as it is and its owner is told.

    Raises:
        InvalidInputError: Something typed cannot be used.
    """
    check_secret(kind, secret)
    kept_hash, address, called = hash_secret(secret), address_of(email), name_of(name)
    with store.write() as connection:
        taken = account_with(connection, address)
        if taken is not None:
            if not was_told(connection, taken, TAKEN):
                hint = "Nothing was changed. If it was you: sign in, or ask for a new PIN there."
                notify(connection, taken, "account", TAKEN, hint, now=now)
            return
        account_id = insert_account(connection, address, called, kind, kept_hash, now)
        actor = Actor(ActorKind.ACCOUNT, account_id, called, Role.ATTENDEE, store.device_id)
        record(connection, actor, "sign_up", ("account", account_id), now=now, secret=kind)


@allowed(Permission.EVENT)
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
        NotAllowedError: The actor is no organizer of this event.
        InvalidInputError: The address is taken, or something typed cannot be used.
        NotFoundError: There is no such event.
    """
    if role is Role.ADMIN:
        raise InvalidInputError("Admins are not made for one event.")
    kind: SecretKind = "pin" if role is Role.ATTENDEE else "password"
    check_secret(kind, secret)
    kept_hash, address, called = hash_secret(secret), address_of(email), name_of(name)
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        event_row(connection, event_id)
        if account_with(connection, address) is not None:
            raise InvalidInputError("There is an account with this e-mail address already.")
        account_id = insert_account(connection, address, called, kind, kept_hash, now)
        connection.execute(
            insert(EventRoleRow).values(event_id=event_id, account_id=account_id, role=role)
        )
        subject = ("account", account_id)
        record(connection, actor, "add_account", subject, now=now, event_id=event_id, role=role)
    return account_id


def check_secret(kind: SecretKind, secret: str) -> None:
    """Accept a PIN or a password that is good enough.

    Raises:
        InvalidInputError: It is not.
    """
    (check_pin if kind == "pin" else check_password)(secret)


def name_of(typed: str) -> str:
    """What an account is called; spaces around it go.

    Raises:
        InvalidInputError: Nothing that can be seen, or too long.
    """
    name = typed.strip()
    if not plain(name) or len(name) > MAX_NAME:
        raise InvalidInputError(
            "An account needs a name.", hint=f"Type 1 to {MAX_NAME} characters that can be seen."
        )
    return name


def account_with(connection: Connection, address: str) -> UUID | None:
    """The account with this address, as `address_of` spells it."""
    return connection.execute(
        select(AccountRow.id).where(AccountRow.email == address)
    ).scalar_one_or_none()


def insert_account(
    connection: Connection,
    address: str,
    name: str,
    secret_kind: str,
    secret_hash: str,
    now: datetime,
    *,
    is_admin: bool = False,
) -> UUID:
    """Write down a new account, with the name as it is searched for."""
    account_id = new_id()
    connection.execute(
        insert(AccountRow).values(
            id=account_id,
            email=address,
            name=name,
            folded_name=fold(name),
            is_admin=is_admin,
            secret_kind=secret_kind,
            secret_hash=secret_hash,
            created_at=now,
        )
    )
    return account_id


def was_told(connection: Connection, account_id: UUID, title: str) -> bool:
    """Whether a notice with this title waits to be read, so that none is added to it."""
    return bool(
        connection.execute(
            select(func.count()).where(
                NoticeRow.account_id == account_id,
                NoticeRow.read_at.is_(None),
                NoticeRow.title == title,
            )
        ).scalar_one()
    )


def _accounts(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(AccountRow)).scalar_one()
