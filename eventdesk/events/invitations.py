"""Invitations: the addresses that may see and book an event by invitation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from data.rows import AnyRow, count_rows, view_from
from data.schema import AccountRow, InvitationRow
from eventdesk.acts import Act, Permission, event_row, reads, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.events.event import EventState
from eventdesk.events.event_notices import tell_accounts

TOLD_LATER = msg("Those with an account are told when the event is published.")

MAX_AT_ONCE = 10_000
_BRACKETED = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Invited:
    """The result of inviting.

    Attributes:
        added: Addresses that are new on the list.
        known: Addresses that were on it.
        told_later: Whether those invited are told only when the event is published.
    """

    added: int
    known: int
    told_later: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """One address on the list.

    Attributes:
        name: The account's name; "" where nobody signed up with the address yet.
    """

    id: UUID
    email: str
    vip: bool
    invited_at: datetime
    name: str


def read_addresses(text: str) -> list[str]:
    """Read e-mail addresses as people paste them: one a line, or apart by commas or semicolons.

    Names before an address in <angle brackets> are left away. Each address comes once.

    Raises:
        InvalidInputError: One is none; or there are more than `MAX_AT_ONCE`.

    >>> read_addresses("Ada <Ada@Example.org>; grace@example.org")
    ['ada@example.org', 'grace@example.org']
    """
    found: dict[str, None] = {}
    for part in re.split(r"[,;\n\r\t]+", text):
        if part.strip():
            bracketed = _BRACKETED.search(part)
            found[typed_text.address(bracketed[1] if bracketed else part)] = None
    if len(found) > MAX_AT_ONCE:
        raise InvalidInputError(
            msg("At most {most} addresses at a time.", most=MAX_AT_ONCE),
            hint=msg("Invite them in parts."),
        )
    return list(found)


@writes(Permission.EVENT, about="event_id")
def invite(act: Act, event_id: UUID, emails: Sequence[str], *, vip: bool = False) -> Invited:
    """Put addresses on the list of an event; those with an account are told.

    They are told at once where the event is published, else when that happens: before that there
    is nothing for them to see.

    Raises:
        InvalidInputError: No address, too many, or one that is none.
    """
    addresses = read_addresses("\n".join(emails))
    if not addresses:
        raise InvalidInputError(
            msg("Nobody to invite."), hint=msg("Type or paste e-mail addresses.")
        )
    event = event_row(act.connection, event_id)
    act.need(event_id, Permission.EVENT)
    known = _on_list(act.connection, event_id, addresses)
    new = [address for address in addresses if address not in known]
    if known:
        there = update(InvitationRow).where(InvitationRow.id.in_(known.values()))
        act.connection.execute(there.values(vip=vip))
    if new:
        same = {"event_id": event_id, "invited_at": act.now, "vip": vip}
        rows = [{"id": new_id(), "email": address, **same} for address in new]
        act.connection.execute(insert(InvitationRow), rows)
    is_published = event.state == EventState.PUBLISHED.value
    if new and is_published:
        _tell(act, event, AccountRow.email.in_(new))
    act.record("invite", ("event", event_id), event_id=event_id, added=len(new), vip=vip)
    return Invited(len(new), len(known), told_later=not is_published)


def tell_invited(act: Act, event: AnyRow) -> None:
    """Tell all on the list of an event that has just been published, within its transaction."""
    invited = select(InvitationRow.email).where(InvitationRow.event_id == event.id)
    _tell(act, event, AccountRow.email.in_(invited))


def _tell(act: Act, event: AnyRow, those: ColumnElement[bool]) -> None:
    title = msg("You are invited to {event}", event=event.name)
    body = msg("You find it among the events you can book.")
    tell_accounts(act, select(AccountRow.id).where(those), event.id, ("offer", title, body))


@writes(Permission.EVENT, about="event_id")
def uninvite(act: Act, event_id: UUID, emails: Sequence[str]) -> int:
    """Take addresses off the list; what they booked stays. Returns how many were on it.

    Raises:
        InvalidInputError: Too many, or one that is none.
    """
    addresses = read_addresses("\n".join(emails))
    event_row(act.connection, event_id)
    act.need(event_id, Permission.EVENT)
    removed = act.connection.execute(
        delete(InvitationRow).where(
            InvitationRow.event_id == event_id, InvitationRow.email.in_(addresses)
        )
    ).rowcount
    act.record("uninvite", ("event", event_id), event_id=event_id, removed=removed)
    return removed


@reads(Permission.EVENT, about="event_id")
def list_invitations(
    act: Act, event_id: UUID, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Invitation], int]:
    """Read a page of the list by address, and how many there are."""
    where = [InvitationRow.event_id == event_id]
    if search.strip():
        where.append(InvitationRow.email.contains(search.strip().casefold()[:100], autoescape=True))
    event_row(act.connection, event_id)
    act.need(event_id, Permission.EVENT)
    rows = act.connection.execute(
        select(InvitationRow.__table__, func.coalesce(AccountRow.name, "").label("name"))
        .outerjoin(AccountRow, AccountRow.email == InvitationRow.email)
        .where(*where)
        .order_by(InvitationRow.email)
        .limit(limit)
        .offset(offset)
    )
    return [view_from(Invitation, row) for row in rows], count_rows(act.connection, *where)


def _on_list(connection: Connection, event_id: UUID, addresses: Sequence[str]) -> dict[str, UUID]:
    rows = connection.execute(
        select(InvitationRow.email, InvitationRow.id).where(
            InvitationRow.event_id == event_id, InvitationRow.email.in_(addresses)
        )
    )
    return {row.email: row.id for row in rows}
