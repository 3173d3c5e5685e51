"""Notices about an event to many people at once: its guests, its organizers, the admins."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, union

from data.schema import (
    AccountRow,
    BookingRow,
    EventRoleRow,
    EventRow,
    ProfileRow,
    QueueRequestRow,
    SignUpRow,
    TicketRow,
    WaitlistEntryRow,
)
from eventdesk.acts import Act, Role
from eventdesk.core.messages import Message

Notice = tuple[str, Message, str | Message]
"""Kind, title and body of a notice; a body that people typed is text."""


def tell_guests(act: Act, event_id: UUID, notice: Notice) -> int:
    """Tell everybody who booked, holds a ticket, waits or asked for one; returns how many."""
    those = AccountRow.id.in_(guests_of(event_id))
    return _tell(act, those, event_id, notice, to_guests=True)


def guests_of(event_id: UUID) -> Select[Any]:
    """The accounts that booked at an event, hold a ticket, wait or asked for one."""
    booked = select(BookingRow.account_id).where(
        BookingRow.event_id == event_id, BookingRow.state.in_(("pending", "paid"))
    )
    holding = select(TicketRow.account_id).where(
        TicketRow.event_id == event_id, TicketRow.state == "valid"
    )
    waiting = select(WaitlistEntryRow.account_id).where(
        WaitlistEntryRow.event_id == event_id, WaitlistEntryRow.state.in_(("waiting", "offered"))
    )
    asked = select(QueueRequestRow.account_id).where(
        QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting"
    )
    guests = union(booked, holding, waiting, asked).subquery()
    return select(guests.c.account_id)


def tell_organizers(act: Act, event_id: UUID, notice: Notice) -> int:
    """Tell the owner and the organizers of an event; returns how many were told."""
    organizers = select(EventRoleRow.account_id).where(
        EventRoleRow.event_id == event_id, EventRoleRow.role == Role.ORGANIZER
    )
    owner = select(EventRow.owner_id).where(EventRow.id == event_id)
    those = AccountRow.id.in_(organizers) | AccountRow.id.in_(owner)
    return _tell(act, those, event_id, notice)


def tell_admins(act: Act, event_id: UUID, notice: Notice) -> int:
    """Tell all admins of the installation; returns how many were told."""
    return _tell(act, AccountRow.is_admin.is_(True), event_id, notice)


def tell_listeners(act: Act, event_id: UUID, session_id: UUID, notice: Notice) -> int:
    """Tell those who signed up for a session or wait for it; returns how many."""
    those = AccountRow.id.in_(listeners_of([session_id]))
    return _tell(act, those, event_id, notice, subject=("session", session_id))


def listeners_of(session_ids: Collection[UUID]) -> Select[Any]:
    """The accounts that signed up for one of some sessions, or wait for it."""
    signed_up = select(SignUpRow.account_id).where(SignUpRow.session_id.in_(session_ids))
    waiting = select(WaitlistEntryRow.account_id).where(
        WaitlistEntryRow.session_id.in_(session_ids),
        WaitlistEntryRow.state.in_(("waiting", "offered")),
    )
    people = union(signed_up, waiting).subquery()
    return select(people.c.account_id)


def tell_accounts(act: Act, accounts: Select[Any], event_id: UUID, notice: Notice) -> int:
    """Tell the accounts a query names something about an event; returns how many were told."""
    return _tell(act, AccountRow.id.in_(accounts), event_id, notice)


def _tell(
    act: Act,
    those: ColumnElement[bool],
    event_id: UUID,
    notice: Notice,
    *,
    subject: tuple[str, UUID] | None = None,
    to_guests: bool = False,
) -> int:
    """Write one notice for each account that did not silence its kind."""
    kind, title, body = notice
    rows = act.connection.execute(
        select(AccountRow.id, ProfileRow.silenced)
        .outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id)
        .where(those, AccountRow.banned_at.is_(None), AccountRow.erased_at.is_(None))
    ).all()
    told = [row.id for row in rows if kind not in (row.silenced or ())]
    about = subject or ("event", event_id)
    act.tell_all(told, kind, title, body, event_id=event_id, subject=about, to_guests=to_guests)
    return len(told)
