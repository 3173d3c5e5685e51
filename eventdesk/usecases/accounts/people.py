"""Finding people among many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from data.schema import AccountRow
from data.store import Store
from eventdesk.errors import NotFoundError
from eventdesk.model.people import Actor, Permission
from eventdesk.model.plain_text import fold
from eventdesk.usecases.accounts.tries import MAX_EMAIL
from eventdesk.usecases.permission import allowed, need_here

_LAST = "\U0010ffff"
"""Sorts behind every character that text is made of."""


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


@allowed(Permission.INSTALLATION)
def find_people(
    store: Store, actor: Actor, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Person], int]:
    """Read a page of the people, by name, and how many there are.

    What is typed is the beginning of the name or of the e-mail address. Only where nobody
    begins so, another word of the name may.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    begins, contains = _begins(search), _contains(search)
    with store.read() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        here = [AccountRow.erased_at.is_(None), *begins]
        total = connection.execute(select(func.count()).where(*here)).scalar_one()
        if not total and contains is not None:
            here = [AccountRow.erased_at.is_(None), contains]
            total = connection.execute(select(func.count()).where(*here)).scalar_one()
        rows = connection.execute(
            _PEOPLE.where(*here)
            .order_by(AccountRow.folded_name, AccountRow.id)
            .limit(limit)
            .offset(offset)
        )
        return [Person(*row) for row in rows], total


@allowed(Permission.INSTALLATION)
def person(store: Store, actor: Actor, named: UUID | str) -> Person:
    """Read one person, by id or e-mail address.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such account.
    """
    by = AccountRow.id == named if isinstance(named, UUID) else _address(named)
    with store.read() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        row = connection.execute(_PEOPLE.where(AccountRow.erased_at.is_(None), by)).one_or_none()
    if row is None:
        raise NotFoundError(
            "There is no such account.", hint="Find it: `eventdesk account list NAME`."
        )
    return Person(*row)


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


def _begins(search: str) -> list[ColumnElement[bool]]:
    """Whose name or address begins so: two ranges of two indexes, which SQLite joins."""
    name, address = fold(search), search.strip().casefold()[:MAX_EMAIL]
    if not address:
        return []
    by_address = AccountRow.email.between(address, address + _LAST)
    if not name or "@" in address:
        return [by_address]
    return [or_(AccountRow.folded_name.between(name, name + _LAST), by_address)]


def _contains(search: str) -> ColumnElement[bool] | None:
    """Whose name has a word that begins so; folded text holds none of LIKE's signs."""
    name = fold(search)
    return AccountRow.folded_name.like(f"% {name}%") if name and "@" not in search else None


def _address(typed: str) -> Any:
    return AccountRow.email == typed.strip().casefold()
