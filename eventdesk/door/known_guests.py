"""Known guests: people the desk finds by their account, or by an earlier booking."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import begins
from data.schema import AccountRow, BookingRow, EventRow, ProfileRow
from eventdesk.acts import Act, Permission, reads
from eventdesk.core.folding import fold
from eventdesk.door.walk_in import KnownPerson

MIN_TYPED = 3
"""Letters from which somebody is offered; with fewer half the world is meant."""

MAX_TYPED = 200

_AT_ONCE = 20


@reads(Permission.DOOR, Permission.TICKETS, about="event_id")
def known_people(
    act: Act, event_id: UUID, typed: str, *, limit: int = 5
) -> tuple[KnownPerson, ...]:
    """Offer people whose name or address begins as typed: accounts, then earlier bookings.

    Bookings of this event count, and those of other events of the same organizer. Addresses are
    shown only as far as two people are told apart, unless they were typed in full.
    """
    text = typed.strip()[:MAX_TYPED]
    act.need(event_id, Permission.DOOR, Permission.TICKETS)
    if len(text) < MIN_TYPED:
        return ()
    found: dict[str, KnownPerson] = {}
    for person in (*_accounts(act.connection, text), *_bookers(act.connection, event_id, text)):
        found.setdefault(person.email.casefold() or fold(person.name), person)
    some = list(found.values())[:limit]
    here = _here(act.connection, event_id, some)
    return tuple(
        replace(
            each,
            email=each.email if each.email.casefold() == text.casefold() else hidden(each.email),
            here=each.email in here or each.account_id in here,
        )
        for each in some
    )


def hidden(email: str) -> str:
    """An address with all but the first letter of its name left out.

    >>> hidden("ada@example.org")
    'a…@example.org'
    """
    local, at, domain = email.partition("@")
    return f"{local[:1]}…{at}{domain}" if at else ""


def _accounts(connection: Connection, text: str) -> list[KnownPerson]:
    alive = (AccountRow.erased_at.is_(None), AccountRow.banned_at.is_(None))
    column, typed = (
        (AccountRow.email, text.casefold()) if "@" in text else (AccountRow.folded_name, fold(text))
    )
    rows = connection.execute(
        select(AccountRow.name, AccountRow.email, AccountRow.id, ProfileRow.badge_line)
        .outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id)
        .where(begins(column, typed), *alive)
        .order_by(column)
        .limit(_AT_ONCE)
    )
    return [KnownPerson(row.name, row.email, "", row.id, row.badge_line or "") for row in rows]


def _bookers(connection: Connection, event_id: UUID, text: str) -> list[KnownPerson]:
    owner = select(EventRow.owner_id).where(EventRow.id == event_id).scalar_subquery()
    events = select(EventRow.id).where((EventRow.id == event_id) | (EventRow.owner_id == owner))
    spellings = {text, text.casefold()} if "@" in text else {fold(text)}
    column = BookingRow.email if "@" in text else BookingRow.folded_name
    found = []
    for typed in sorted(spellings):
        rows = connection.execute(
            select(BookingRow.name, BookingRow.email, BookingRow.account_id)
            .where(BookingRow.event_id.in_(events), begins(column, typed))
            .order_by(column)
            .limit(_AT_ONCE)
        )
        found += [
            KnownPerson(row.name, row.email, "" if row.account_id else row.email, row.account_id)
            for row in rows
            if row.email
        ]
    return found


def _here(connection: Connection, event_id: UUID, people: Sequence[KnownPerson]) -> set[object]:
    """Addresses and accounts whose bookings of this event hold tickets."""
    emails = [each.email for each in people if each.email]
    account_ids = [each.account_id for each in people if each.account_id is not None]
    held = (BookingRow.event_id == event_id, BookingRow.state.in_(("pending", "paid")))
    by_email = select(BookingRow.email).where(BookingRow.email.in_(emails), *held)
    by_account = select(BookingRow.account_id).where(BookingRow.account_id.in_(account_ids), *held)
    return {*connection.execute(by_email).scalars(), *connection.execute(by_account).scalars()}
