"""People: the accounts as an admin finds, reads and adds them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from data.rows import LAST, begins, columns_of, count_rows
from data.schema import AccountRow, PasskeyRow, SecondStepRow
from eventdesk.accounts.credential import hash_secret
from eventdesk.accounts.resets import CODE_LENGTH, insert_code
from eventdesk.accounts.signing_up import account_with, insert_account, name_of
from eventdesk.accounts.wrong_tries import MAX_EMAIL, address_of
from eventdesk.acts import Act, Permission, Steps, reads, steps
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_code
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, advise

ERASED_LAST = LAST
"""The folded name of an erased person: sorted behind everybody, and never found."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as an admin's list shows it.

    Attributes:
        ban_reason: Why it was closed; "" where it is open.
        commission_bp: What the installation keeps of their events' sales, in basis points;
            None is the usual share.
        has_second_step: Whether they are asked for a code at sign-in.
        passkeys: How many passkeys sign them in.
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
    has_second_step: bool = False
    passkeys: int = 0


_Found = tuple[ColumnElement[bool], Any]
"""The condition of some of the people, and the column they are sorted by."""


@dataclass(frozen=True, slots=True)
class Added:
    """An account and how its person gets in.

    Attributes:
        code: With it they choose their PIN or password within an hour; "" if they had an account.
    """

    account_id: UUID
    name: str
    code: str


@reads(Permission.INSTALLATION)
def find_people(
    act: Act, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Person], int]:
    """Read a page of the people, and how many there are.

    The search is the beginning of a name, or else of an e-mail address; where nobody begins so,
    that of another word of a name.
    """
    act.need(None, Permission.INSTALLATION)
    people, total = _page(act.connection, _begin_so(search), offset, limit)
    if not total and fold(search) and "@" not in search:
        # Folded text holds none of LIKE's signs.
        has_word = AccountRow.folded_name.like(f"% {fold(search)}%") & _EVERYBODY
        people, total = _page(act.connection, [(has_word, AccountRow.folded_name)], offset, limit)
    return people, total


@reads(Permission.INSTALLATION)
def person(act: Act, named: UUID | str) -> Person:
    """Read one person, by id or e-mail address.

    Raises:
        NotFoundError: There is no such account.
    """
    if isinstance(named, UUID):
        by = AccountRow.id == named
    else:
        by = AccountRow.email == named.strip().casefold()
    act.need(None, Permission.INSTALLATION)
    row = act.connection.execute(_PEOPLE.where(AccountRow.erased_at.is_(None), by)).one_or_none()
    hint = advise(Remedy.FIND_ACCOUNT)
    return Person(*need_found(row, msg("There is no such account."), hint=hint))


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
                msg("There is an account with this e-mail address already."),
                hint=msg("Make a new code for it instead."),
            )
        account_id = insert_account(act, address, called, is_admin=is_admin)
        insert_code(act, account_id, kept_hash)
        act.record("make_account", ("account", account_id), is_admin=is_admin)
    return Added(account_id, called, code)


_PEOPLE: Select[*tuple[Any, ...]] = select(
    *columns_of(AccountRow, Person, but=("has_second_step", "passkeys")),
    exists()
    .where(SecondStepRow.account_id == AccountRow.id, SecondStepRow.confirmed_at.is_not(None))
    .correlate(AccountRow.__table__)
    .label("has_second_step"),
    select(func.count())
    .where(PasskeyRow.account_id == AccountRow.id)
    .correlate(AccountRow.__table__)
    .scalar_subquery()
    .label("passkeys"),
)

_EVERYBODY = AccountRow.folded_name < ERASED_LAST


def _begin_so(search: str) -> Iterator[_Found]:
    """People whose name begins so, then those whose address does; each is a range of an index."""
    name, address = fold(search), search.strip().casefold()[:MAX_EMAIL]
    if not address:
        yield _EVERYBODY, AccountRow.folded_name
        return
    by_name = begins(AccountRow.folded_name, name)
    by_address = begins(AccountRow.email, address) & _EVERYBODY
    if name and "@" not in address:
        yield by_name, AccountRow.folded_name
        by_address &= ~by_name
    yield by_address, AccountRow.email


def _page(
    connection: Connection, found: Iterable[_Found], offset: int, limit: int
) -> tuple[list[Person], int]:
    """Read a page of several groups of people one after another, and how many they are together."""
    people: list[Person] = []
    total = 0
    for where, by in found:
        count = count_rows(connection, where)
        wanted = limit - len(people)
        if wanted and total + count > offset:
            page = _PEOPLE.where(where).order_by(by).limit(wanted).offset(max(0, offset - total))
            people += [Person(*row) for row in connection.execute(page)]
        total += count
    return people, total
