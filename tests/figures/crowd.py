"""People and sessions for tests of waitlists, queues and programmes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update

from data.schema import (
    AccountRow,
    AuditRow,
    EventRow,
    InvitationRow,
    NoticeRow,
    SessionRow,
    TicketRow,
    TicketTypeRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.acts import SYSTEM, Actor, ActorKind, Role, Steps
from eventdesk.booking import Booked, NewBooking, NewTicket, book
from eventdesk.waiting import EntryState
from eventdesk.waiting.waitlist_offers import fill, lapse_offers
from tests.build import NOON, Fair

EARLY = NOON - timedelta(days=30)
"""A month before the event."""


def person(store: Store, name: str, **account: Any) -> Actor:
    """Make an account; its address is the name at example.org."""
    account_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(AccountRow).values(
                **{
                    "id": account_id,
                    "email": f"{name.lower().replace(' ', '.')}@example.org",
                    "name": name,
                    "is_admin": False,
                    "secret_kind": "pin",
                    "secret_hash": "",
                    "created_at": EARLY,
                    **account,
                }
            )
        )
    return Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE)


def id_of(actor: Actor) -> UUID:
    """The account of a person."""
    assert actor.id is not None
    return actor.id


def set_type(store: Store, type_id: UUID, **values: Any) -> None:
    with store.write() as connection:
        connection.execute(
            update(TicketTypeRow).where(TicketTypeRow.id == type_id).values(**values)
        )


def set_event(fair: Fair, **values: Any) -> None:
    with fair.store.write() as connection:
        connection.execute(update(EventRow).where(EventRow.id == fair.event.id).values(**values))


def invite_vip(fair: Fair, actor: Actor) -> None:
    with fair.store.write() as connection:
        connection.execute(
            insert(InvitationRow).values(
                id=uuid4(),
                event_id=fair.event.id,
                email=f"{actor.name.lower()}@example.org",
                invited_at=EARLY,
                vip=True,
            )
        )


def ticket_for(fair: Fair, actor: Actor, type_id: UUID | None = None, **booking: Any) -> Booked:
    """Sell a person one ticket."""
    ticket = NewTicket(type_id or fair.regular, actor.name)
    email = f"{actor.name.lower()}@example.org"
    new = NewBooking(actor.name, email, (ticket,), account_id=actor.id, **booking)
    return book(fair.store, SYSTEM.at(EARLY), fair.event.id, [new])[0]


def sell_out(fair: Fair, type_id: UUID, quota: int = 1) -> list[UUID]:
    """Set a quota and sell all of it; returns the tickets."""
    set_type(fair.store, type_id, quota=quota)
    booked = fair.sell_all([f"Guest {n}" for n in range(quota)], ticket_type_id=type_id)
    return list(booked.ticket_ids)


def free(fair: Fair, *ticket_ids: UUID, now: datetime = EARLY) -> list[UUID]:
    """Cancel tickets as everything does that frees places: and fill in the same transaction."""
    with Steps(fair.store, SYSTEM.at(now)).write() as act:
        act.connection.execute(
            update(TicketRow).where(TicketRow.id.in_(ticket_ids)).values(state="cancelled")
        )
        return fill(act, fair.event.id)


def refill(fair: Fair, now: datetime = EARLY) -> list[UUID]:
    with Steps(fair.store, SYSTEM.at(now)).write() as act:
        return fill(act, fair.event.id)


def lapse(fair: Fair, now: datetime) -> int:
    with Steps(fair.store, SYSTEM.at(now)).write() as act:
        return lapse_offers(act, fair.event.id)


def entries(store: Store) -> list[tuple[str, EntryState]]:
    """Whom the waitlists name, in the order in which they came, and how each stands."""
    with store.read() as connection:
        rows = connection.execute(
            select(WaitlistEntryRow.name, WaitlistEntryRow.state).order_by(WaitlistEntryRow.no)
        )
        return [(name, EntryState(state)) for name, state in rows]


def offered(store: Store) -> list[str]:
    return [name for name, state in entries(store) if state is EntryState.OFFERED]


def notices(store: Store, actor: Actor) -> list[tuple[str, str]]:
    """Kind and title of what a person was told."""
    with store.read() as connection:
        rows = connection.execute(
            select(NoticeRow.kind, NoticeRow.title)
            .where(NoticeRow.account_id == actor.id)
            .order_by(NoticeRow.created_at, NoticeRow.id)
        )
        return [(kind, title) for kind, title in rows]


def audited(store: Store, *verbs: str) -> list[str]:
    """Which of these verbs the audit holds, in order; all verbs when none are named."""
    with store.read() as connection:
        found = connection.execute(select(AuditRow.verb).order_by(AuditRow.seq)).scalars()
        return [verb for verb in found if not verbs or verb in verbs]


def valid_tickets(store: Store, type_id: UUID) -> int:
    with store.read() as connection:
        return connection.execute(
            select(func.count()).where(
                TicketRow.ticket_type_id == type_id, TicketRow.state == "valid"
            )
        ).scalar_one()


def add_session(fair: Fair, title: str, **values: Any) -> UUID:
    """Add a session with sign-up, an hour from noon on the event's first day."""
    session_id = uuid4()
    begins = values.pop("starts_at", NOON)
    with fair.store.write() as connection:
        connection.execute(
            insert(SessionRow).values(
                **{
                    "id": session_id,
                    "event_id": fair.event.id,
                    "title": title,
                    "description": "",
                    "starts_at": begins,
                    "ends_at": begins + timedelta(hours=1),
                    "tags": [],
                    "sign_up": True,
                    "capacity": 1,
                    **values,
                }
            )
        )
    return session_id
