"""People as an admin sees them: found among many, and added."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from data.rows import LAST, begins
from data.schema import AccountRow
from eventdesk.accounts.credential import hash_secret
from eventdesk.accounts.resets import CODE_LENGTH, insert_code
from eventdesk.accounts.signing_up import account_with, insert_account, name_of
from eventdesk.accounts.wrong_tries import MAX_EMAIL, address_of
from eventdesk.acts import Act, Permission, Steps, reads, steps
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_code

ERASED_LAST = LAST
"""The folded name of who was erased: behind everybody, and found by nobody."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as an admin's list shows it.

    Attributes:
        ban_reason: Why it was closed; "" where it is open.
        commission_bp: What the installation keeps of their events' sales, in basis points;
            None is the usual share.
    """

    id: UUID
    name: str
    email: str
    is_admin: bool
    secret_kind: str
    banned_at: datetime | None
    ban_reason: str
    commission_bp: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Found:
    """Some of the people, and the column they are sorted by."""

    where: ColumnElement[bool]
    by: Any


@dataclass(frozen=True, slots=True)
class Added:
    """An account and how its person gets in.

    Attributes:
        code: With it they choose their PIN or password, within an hour; "" for who had an
            account.
    """

    account_id: UUID
    name: str
    code: str


@reads(Permission.INSTALLATION)
def find_people(
    act: Act, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Person], int]:
    """Read a page of the people, and how many there are.

    What is typed is the beginning of the name, or else of the e-mail address. Only where nobody
    begins so, another word of the name may.
    """
    act.need(None, Permission.INSTALLATION)
    found = [*_begin_so(search)]
    people, total = _page(act.connection, found, offset, limit)
    if not total and fold(search) and "@" not in search:
        people, total = _page(act.connection, [_has_word(search)], offset, limit)
    return people, total


@reads(Permission.INSTALLATION)
def person(act: Act, named: UUID | str) -> Person:
    """Read one person, by id or e-mail address.

    Raises:
        NotFoundError: There is no such account.
    """
    by = AccountRow.id == named if isinstance(named, UUID) else _address(named)
    act.need(None, Permission.INSTALLATION)
    row = act.connection.execute(_PEOPLE.where(AccountRow.erased_at.is_(None), by)).one_or_none()
    if row is None:
        raise NotFoundError(
            "There is no such account.",
            hint="Find it: `eventdesk account list NAME`. Guests without one: `eventdesk person`.",
        )
    return Person(*row)


@steps(Permission.INSTALLATION)
def make_account(steps: Steps, *, email: str, name: str, is_admin: bool = False) -> Added:
    """Make an account without a secret, and the code its person chooses one with.

    Raises:
        InvalidInputError: The address is taken, or something typed cannot be used.
    """
    address, called, code = address_of(email), name_of(name), new_code(CODE_LENGTH)
    kept_hash = hash_secret(code)
    with steps.write() as act:
        act.need(None, Permission.INSTALLATION)
        if account_with(act.connection, address) is not None:
            raise InvalidInputError(
                "There is an account with this e-mail address already.",
                hint="Make a new code for it instead.",
            )
        account_id = insert_account(act, address, called, "password", "", is_admin=is_admin)
        insert_code(act, account_id, kept_hash)
        subject = ("account", account_id)
        act.record("make_account", subject, is_admin=is_admin)
    return Added(account_id, called, code)


_PEOPLE = select(
    AccountRow.id,
    AccountRow.name,
    AccountRow.email,
    AccountRow.is_admin,
    AccountRow.secret_kind,
    AccountRow.banned_at,
    AccountRow.ban_reason,
    AccountRow.commission_bp,
    AccountRow.created_at,
)

_EVERYBODY = AccountRow.folded_name < ERASED_LAST


def _begin_so(search: str) -> Iterator[_Found]:
    """Whose name begins so, then whose address does: each is a range of its own index."""
    name, address = fold(search), search.strip().casefold()[:MAX_EMAIL]
    if not address:
        yield _Found(_EVERYBODY, AccountRow.folded_name)
        return
    by_name = begins(AccountRow.folded_name, name)
    by_address = begins(AccountRow.email, address) & _EVERYBODY
    if name and "@" not in address:
        yield _Found(by_name, AccountRow.folded_name)
        by_address &= ~by_name
    yield _Found(by_address, AccountRow.email)


def _has_word(search: str) -> _Found:
    """Whose name has a word that begins so; folded text holds none of LIKE's signs."""
    word = AccountRow.folded_name.like(f"% {fold(search)}%")
    return _Found(word & _EVERYBODY, AccountRow.folded_name)


def _page(
    connection: Connection, found: Iterable[_Found], offset: int, limit: int
) -> tuple[list[Person], int]:
    """Read a page of some people after others, and how many they are together."""
    people: list[Person] = []
    total = 0
    for some in found:
        count = connection.execute(select(func.count()).where(some.where)).scalar_one()
        wanted = limit - len(people)
        if wanted and total + count > offset:
            rows = connection.execute(
                _PEOPLE.where(some.where)
                .order_by(some.by)
                .limit(wanted)
                .offset(max(0, offset - total))
            )
            people += [Person(*row) for row in rows]
        total += count
    return people, total


def _address(typed: str) -> Any:
    return AccountRow.email == typed.strip().casefold()
