"""Telling many people at once about an event: its guests, its organizers, the admins."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, insert, select, union

from data.schema import (
    AccountRow,
    BookingRow,
    EventRoleRow,
    EventRow,
    NoticeRow,
    ProfileRow,
    QueueRequestRow,
    SignUpRow,
    TicketRow,
    WaitlistEntryRow,
)
from eventdesk.acts.actor import Role
from eventdesk.core.ids import new_id


def tell_guests(
    connection: Connection, event_id: UUID, kind: str, title: str, body: str, *, now: datetime
) -> int:
    """Tell everybody who booked, holds a ticket, waits or asked for one; returns how many."""
    return tell_accounts(connection, guests_of(event_id), (kind, title, body, event_id), now=now)


def guests_of(event_id: UUID) -> Select[Any]:
    """The accounts that booked at an event, hold a ticket, wait or asked for one."""
    booked = select(BookingRow.account_id).where(
        BookingRow.event_id == event_id, BookingRow.state.in_(("pending", "paid"))
    )
    holding = select(TicketRow.account_id).where(
        TicketRow.event_id == event_id, TicketRow.state == "valid"
    )
    waiting = select(WaitlistEntryRow.account_id).where(
        WaitlistEntryRow.event_id == event_id,
        WaitlistEntryRow.state.in_(("waiting", "offered")),
    )
    asked = select(QueueRequestRow.account_id).where(
        QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting"
    )
    guests = union(booked, holding, waiting, asked).subquery()
    return select(guests.c.account_id)


def tell_organizers(
    connection: Connection, event_id: UUID, kind: str, title: str, body: str, *, now: datetime
) -> int:
    """Tell the owner and the organizers of an event; returns how many were told."""
    organizers = select(EventRoleRow.account_id).where(
        EventRoleRow.event_id == event_id, EventRoleRow.role == Role.ORGANIZER
    )
    owner = select(EventRow.owner_id).where(EventRow.id == event_id)
    those = AccountRow.id.in_(organizers) | AccountRow.id.in_(owner)
    return _tell(connection, those, (kind, title, body, event_id), now)


def tell_admins(
    connection: Connection, event_id: UUID, kind: str, title: str, body: str, *, now: datetime
) -> int:
    """Tell all admins of the installation; returns how many were told."""
    return _tell(connection, AccountRow.is_admin.is_(True), (kind, title, body, event_id), now)


def tell_listeners(
    connection: Connection,
    event_id: UUID,
    session_id: UUID,
    notice: tuple[str, str, str],
    *,
    now: datetime,
) -> int:
    """Tell who signed up for a session or waits for it: kind, title and body of the notice."""
    return tell_accounts(connection, listeners_of([session_id]), (*notice, event_id), now=now)


def listeners_of(session_ids: Collection[UUID]) -> Select[Any]:
    """The accounts that signed up for one of some sessions, or wait for it."""
    signed_up = select(SignUpRow.account_id).where(SignUpRow.session_id.in_(session_ids))
    waiting = select(WaitlistEntryRow.account_id).where(
        WaitlistEntryRow.session_id.in_(session_ids),
        WaitlistEntryRow.state.in_(("waiting", "offered")),
    )
    people = union(signed_up, waiting).subquery()
    return select(people.c.account_id)


def tell_accounts(
    connection: Connection,
    accounts: Select[Any],
    notice: tuple[str, str, str, UUID],
    *,
    now: datetime,
) -> int:
    """Tell the accounts a query names: kind, title, body and event; returns how many were told."""
    return _tell(connection, AccountRow.id.in_(accounts), notice, now)


def _tell(
    connection: Connection,
    those: ColumnElement[bool],
    notice: tuple[str, str, str, UUID],
    now: datetime,
) -> int:
    """Write one notice for each account that did not silence its kind."""
    kind, title, body, event_id = notice
    rows = connection.execute(
        select(AccountRow.id, ProfileRow.silenced)
        .outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id)
        .where(those, AccountRow.banned_at.is_(None), AccountRow.erased_at.is_(None))
    ).all()
    told = [row.id for row in rows if kind not in (row.silenced or ())]
    if told:
        same = {
            "event_id": event_id,
            "kind": kind,
            "title": title,
            "body": body,
            "subject_kind": "event",
            "subject_id": event_id,
            "created_at": now,
        }
        connection.execute(
            insert(NoticeRow), [{"id": new_id(), "account_id": one, **same} for one in told]
        )
    return len(told)
