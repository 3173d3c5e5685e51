"""Sign-up: making the first account, one's own, and those made for others.

Signing up says the same whether or not the address has an account, so that nobody learns who has
one. There is no mail to confirm an address: the new person signs in with what they chose. Whoever
took the address of an account fails there as with any wrong PIN, and its owner gets a notice. See
docs/accounts.md.
"""

from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.rows import AnyRow, count_rows, insert_row
from data.schema import AccountRow, EventRoleRow, NoticeRow
from eventdesk.accounts.credential import check_password, check_pin, hash_secret
from eventdesk.accounts.wrong_tries import address_of
from eventdesk.acts import Act, Actor, ActorKind, Permission, Role, Steps, event_row, reads, steps
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.core.plain_text import plain

SecretKind = Literal["pin", "password"]

MAX_NAME = 200
"""Longest name of an account, in characters."""

TAKEN = msg("Somebody tried to sign up with your e-mail address")


@reads(public=True)
def needs_first_account(act: Act) -> bool:
    """Whether nobody can sign in yet."""
    return not _accounts(act.connection)


@steps(local=True)
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
                msg("There is an account already."),
                hint=msg("Sign in, or ask an admin for an account."),
            )
        account_id = insert_account(act, address, called, secret_hash=kept_hash, is_admin=True)
        actor = Actor(ActorKind.ACCOUNT, account_id, called, Role.ADMIN, act.store.device_id)
        act.by(actor).record("create_first_admin", ("account", account_id))
    return actor


@steps(public=True)
def sign_up(steps: Steps, *, email: str, name: str, secret: str, kind: SecretKind = "pin") -> None:
    """Make an account for oneself: attendees with a PIN, organizers with a password.

    An address that has an account already looks the same to the caller; its owner is told.

    Raises:
        InvalidInputError: Something typed cannot be used.
    """
    check_secret(kind, secret)
    kept_hash, address, called = hash_secret(secret), address_of(email), name_of(name)
    with steps.write() as act:
        taken = account_with(act.connection, address)
        if taken is not None:
            if not was_told(act.connection, taken, TAKEN):
                hint = msg(
                    "Nothing was changed. If it was you: sign in, or ask for a new PIN there."
                )
                act.tell(taken, "account", TAKEN, hint)
            return
        account_id = insert_account(act, address, called, kind=kind, secret_hash=kept_hash)
        actor = Actor(ActorKind.ACCOUNT, account_id, called, Role.ATTENDEE, act.store.device_id)
        act.by(actor).record("sign_up", ("account", account_id), secret=kind)


@steps(Permission.EVENT, about="event_id")
def add_account(
    steps: Steps, event_id: UUID, *, email: str, name: str, role: Role, secret: str
) -> UUID:
    """Make an account with a role at an event: attendees with a PIN, others with a password.

    Raises:
        InvalidInputError: The address is taken, or something typed cannot be used.
    """
    if role is Role.ADMIN:
        raise InvalidInputError(msg("Admins are not made for one event."))
    kind: SecretKind = "pin" if role is Role.ATTENDEE else "password"
    check_secret(kind, secret)
    kept_hash, address, called = hash_secret(secret), address_of(email), name_of(name)
    with steps.write() as act:
        act.need(event_id, Permission.EVENT)
        event_row(act.connection, event_id)
        if account_with(act.connection, address) is not None:
            raise InvalidInputError(msg("There is an account with this e-mail address already."))
        account_id = insert_account(act, address, called, kind=kind, secret_hash=kept_hash)
        insert_row(
            act.connection, EventRoleRow, event_id=event_id, account_id=account_id, role=role
        )
        act.record("add_account", ("account", account_id), event_id=event_id, role=role)
    return account_id


def check_secret(kind: SecretKind, secret: str) -> None:
    """Require a PIN or a password that is good enough."""
    (check_pin if kind == "pin" else check_password)(secret)


def name_of(typed: str) -> str:
    """The name of an account as it was typed, without spaces around it."""
    name = typed.strip()
    if not plain(name) or len(name) > MAX_NAME:
        raise InvalidInputError(
            msg("An account needs a name."),
            hint=msg("Type 1 to {most} characters that can be seen.", most=MAX_NAME),
        )
    return name


def account_with(connection: Connection, address: str) -> UUID | None:
    """The account with this address, as `address_of` spells it."""
    return connection.execute(
        select(AccountRow.id).where(AccountRow.email == address)
    ).scalar_one_or_none()


def account_row(connection: Connection, account_id: UUID | None) -> AnyRow:
    """Read an account that was not erased, with all its columns."""
    wanted = select(AccountRow.__table__).where(
        AccountRow.id == account_id, AccountRow.erased_at.is_(None)
    )
    row = connection.execute(wanted).one_or_none()
    return need_found(row, msg("There is no such account."), hint=msg("Find it under People."))


def insert_account(
    act: Act,
    address: str,
    name: str,
    *,
    kind: SecretKind = "password",
    secret_hash: str = "",
    is_admin: bool = False,
) -> UUID:
    """Insert an account, which has no secret yet without a hash; returns its id."""
    account_id = new_id()
    insert_row(
        act.connection,
        AccountRow,
        id=account_id,
        email=address,
        name=name,
        folded_name=fold(name),
        is_admin=is_admin,
        secret_kind=kind,
        secret_hash=secret_hash,
        created_at=act.now,
    )
    return account_id


def was_told(connection: Connection, account_id: UUID, title: Message) -> bool:
    """Whether a person has an unread notice with this title."""
    unread = (NoticeRow.account_id == account_id) & NoticeRow.read_at.is_(None)
    return count_rows(connection, unread, NoticeRow.title == in_english(title)) > 0


def _accounts(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(AccountRow)).scalar_one()
