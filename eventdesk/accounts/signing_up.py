"""Making accounts: the first, one's own, and those made for others.

Signing up says the same whether or not the address has an account already: nobody learns by it
who has one. There is no mail to ask for a confirmation, so the new person signs in with what
they chose; who took an address that has an account fails there as with any wrong PIN, the try is
counted, and the owner of the address finds a notice. See docs/accounts.md.
"""

from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from data.rows import count_rows
from data.schema import AccountRow, EventRoleRow, NoticeRow
from data.store import Store
from eventdesk.accounts.credential import check_password, check_pin, hash_secret
from eventdesk.accounts.wrong_tries import address_of
from eventdesk.acts import Act, Actor, ActorKind, Permission, Role, Steps, event_row, steps
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


@steps(anybody=True)
def create_first_admin(steps: Steps, email: str, name: str, password: str) -> Actor:
    """Make the first account, which is an admin.

    Raises:
        InvalidInputError: There is an account already, or something typed cannot be used.
    """
    check_password(password)
    kept_hash, address, called = hash_secret(password), address_of(email), name_of(name)
    with steps.write() as act:
        if _accounts(act.connection):
            raise InvalidInputError(
                "There is an account already.", hint="Sign in, or ask an admin for an account."
            )
        account_id = insert_account(act, address, called, "password", kept_hash, is_admin=True)
        actor = Actor(ActorKind.ACCOUNT, account_id, called, Role.ADMIN, act.store.device_id)
        act.by(actor).record("create_first_admin", ("account", account_id))
    return actor


@steps(anybody=True)
def sign_up(steps: Steps, *, email: str, name: str, secret: str, kind: SecretKind = "pin") -> None:
    """Make an account for oneself: attendees with a PIN, organizers with a password.

    It says nothing, and takes as long, when the address has an account already; that account
    stays as it is and its owner is told.

    Raises:
        InvalidInputError: Something typed cannot be used.
    """
    check_secret(kind, secret)
    kept_hash, address, called = hash_secret(secret), address_of(email), name_of(name)
    with steps.write() as act:
        taken = account_with(act.connection, address)
        if taken is not None:
            if not was_told(act.connection, taken, TAKEN):
                hint = "Nothing was changed. If it was you: sign in, or ask for a new PIN there."
                act.tell(taken, "account", TAKEN, hint)
            return
        account_id = insert_account(act, address, called, kind, kept_hash)
        actor = Actor(ActorKind.ACCOUNT, account_id, called, Role.ATTENDEE, act.store.device_id)
        act.by(actor).record("sign_up", ("account", account_id), secret=kind)


@steps(Permission.EVENT, about="event_id")
def add_account(
    steps: Steps, event_id: UUID, *, email: str, name: str, role: Role, secret: str
) -> UUID:
    """Make an account with a role at an event: attendees with a PIN, others with a password.

    Raises:
        InvalidInputError: The address is taken, or something typed cannot be used.
        NotFoundError: There is no such event.
    """
    if role is Role.ADMIN:
        raise InvalidInputError("Admins are not made for one event.")
    kind: SecretKind = "pin" if role is Role.ATTENDEE else "password"
    check_secret(kind, secret)
    kept_hash, address, called = hash_secret(secret), address_of(email), name_of(name)
    with steps.write() as act:
        act.need(event_id, Permission.EVENT)
        event_row(act.connection, event_id)
        if account_with(act.connection, address) is not None:
            raise InvalidInputError("There is an account with this e-mail address already.")
        account_id = insert_account(act, address, called, kind, kept_hash)
        act.connection.execute(
            insert(EventRoleRow).values(event_id=event_id, account_id=account_id, role=role)
        )
        subject = ("account", account_id)
        act.record("add_account", subject, event_id=event_id, role=role)
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
    act: Act, address: str, name: str, secret_kind: str, secret_hash: str, *, is_admin: bool = False
) -> UUID:
    """Write down a new account, with the name as it is searched for."""
    account_id = new_id()
    act.connection.execute(
        insert(AccountRow).values(
            id=account_id,
            email=address,
            name=name,
            folded_name=fold(name),
            is_admin=is_admin,
            secret_kind=secret_kind,
            secret_hash=secret_hash,
            created_at=act.now,
        )
    )
    return account_id


def was_told(connection: Connection, account_id: UUID, title: str) -> bool:
    """Whether a notice with this title waits to be read, so that none is added to it."""
    return bool(
        count_rows(
            connection,
            NoticeRow.account_id == account_id,
            NoticeRow.read_at.is_(None),
            NoticeRow.title == title,
        )
    )


def _accounts(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(AccountRow)).scalar_one()
