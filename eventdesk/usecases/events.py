"""Events, their ticket types and gates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, func, insert, select

from data.schema import (
    EventRoleRow,
    EventRow,
    GateRow,
    TicketRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError
from eventdesk.model.ids import new_code, new_id, read_code
from eventdesk.model.money import Money
from eventdesk.model.people import Actor
from eventdesk.model.views import EventView, GateView
from eventdesk.usecases.audit import record
from eventdesk.usecases.naming import the_one
from eventdesk.usecases.permission import need_admin, need_supervisor


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What an event is made of."""

    name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str = "UTC"
    currency: str = "EUR"
    currency_exponent: int = 2


@dataclass(frozen=True, slots=True)
class NewTicketType:
    """What a ticket type is made of; the price is in the event's currency."""

    name: str
    price: Money
    quota: int | None = None
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def create_event(store: Store, actor: Actor, event: NewEvent, *, now: datetime) -> EventView:
    """Set up an event; the signed-in person becomes its organizer.

    Raises:
        NotAllowedError: The actor is no admin.
        InvalidInputError: No name, no such time zone, or it ends before it starts.
    """
    need_admin(actor)
    name = event.name.strip()
    if not name:
        raise InvalidInputError("An event needs a name.")
    if event.ends_at <= event.starts_at:
        raise InvalidInputError("The event ends before it starts.", hint="Check both times.")
    _need_zone(event.time_zone)
    event_id, code = new_id(), new_code(6)
    with store.write() as connection:
        number = connection.execute(
            select(func.coalesce(func.max(EventRow.number), 0))
        ).scalar_one()
        connection.execute(
            insert(EventRow).values(
                id=event_id,
                number=number + 1,
                code=code,
                name=name,
                state="published",
                time_zone=event.time_zone,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
                currency=event.currency,
                currency_exponent=event.currency_exponent,
                created_at=now,
            )
        )
        if actor.id is not None:
            connection.execute(
                insert(EventRoleRow).values(
                    event_id=event_id, account_id=actor.id, role="organizer"
                )
            )
        subject = ("event", event_id)
        record(connection, actor, "create_event", subject, now=now, event_id=event_id, name=name)
    return EventView(event_id, name, code, event.starts_at, event.ends_at, event.time_zone)


def add_ticket_type(
    store: Store, actor: Actor, event_id: UUID, kind: NewTicketType, *, now: datetime
) -> UUID:
    """Add something to sell.

    Raises:
        NotAllowedError: The actor is no supervisor.
        NotFoundError: There is no such event.
        InvalidInputError: No name, a negative price, or another currency than the event's.
    """
    need_supervisor(actor, "add ticket types")
    if not kind.name.strip() or kind.price.minor < 0:
        raise InvalidInputError("A ticket type needs a name and a price of zero or more.")
    type_id = new_id()
    with store.write() as connection:
        event = event_row(connection, event_id)
        if (kind.price.currency, kind.price.exponent) != (event.currency, event.currency_exponent):
            raise InvalidInputError(f"Prices of this event are in {event.currency}.")
        position = connection.execute(
            select(func.count()).where(TicketTypeRow.event_id == event_id)
        ).scalar_one()
        connection.execute(
            insert(TicketTypeRow).values(
                id=type_id,
                event_id=event_id,
                name=kind.name.strip(),
                price_minor=kind.price.minor,
                quota=kind.quota,
                priority=kind.priority,
                position=position,
                needs_approval=False,
                valid_from=kind.valid_from,
                valid_until=kind.valid_until,
            )
        )
        subject = ("ticket_type", type_id)
        record(
            connection,
            actor,
            "add_ticket_type",
            subject,
            now=now,
            event_id=event_id,
            name=kind.name,
        )
    return type_id


def add_gate(store: Store, actor: Actor, event_id: UUID, name: str, *, now: datetime) -> GateView:
    """Add a gate.

    Raises:
        NotAllowedError: The actor is no supervisor.
        NotFoundError: There is no such event.
        InvalidInputError: No name.
    """
    need_supervisor(actor, "add gates")
    if not name.strip():
        raise InvalidInputError("A gate needs a name.")
    gate = GateView(new_id(), event_id, name.strip())
    with store.write() as connection:
        event_row(connection, event_id)
        connection.execute(insert(GateRow).values(id=gate.id, event_id=event_id, name=gate.name))
        subject = ("gate", gate.id)
        record(connection, actor, "add_gate", subject, now=now, event_id=event_id, name=gate.name)
    return gate


def list_events(store: Store) -> list[EventView]:
    """Read all events, the latest first, with how many tickets each has."""
    tickets = (
        select(func.count())
        .where(TicketRow.event_id == EventRow.id, TicketRow.state == "valid")
        .scalar_subquery()
    )
    with store.read() as connection:
        rows = connection.execute(
            select(
                EventRow.id,
                EventRow.name,
                EventRow.code,
                EventRow.starts_at,
                EventRow.ends_at,
                EventRow.time_zone,
                tickets,
            ).order_by(EventRow.starts_at.desc())
        )
        return [EventView(*row) for row in rows]


def find_event(store: Store, named: str) -> EventView:
    """Find an event by code, id, or the beginning of its name; "" means the only one.

    Raises:
        NotFoundError: None or several match; the hint lists them.
    """
    events = list_events(store)
    typed = named.strip()
    matches = [
        event
        for event in events
        if typed == str(event.id)
        or read_code(typed) == event.code
        or event.name.casefold().startswith(typed.casefold())
    ]
    return the_one("event", typed, matches, [f"{event.code} {event.name}" for event in events])


def list_gates(store: Store, event_id: UUID) -> list[GateView]:
    """Read the gates of an event by name."""
    with store.read() as connection:
        rows = connection.execute(
            select(GateRow.id, GateRow.event_id, GateRow.name)
            .where(GateRow.event_id == event_id)
            .order_by(GateRow.name)
        )
        return [GateView(*row) for row in rows]


def event_row(connection: Connection, event_id: UUID) -> Any:
    """Read one event inside a transaction.

    Raises:
        NotFoundError: There is no such event.
    """
    row = connection.execute(
        select(
            EventRow.id,
            EventRow.number,
            EventRow.name,
            EventRow.currency,
            EventRow.currency_exponent,
        ).where(EventRow.id == event_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such event.", hint="List them: `eventdesk events`.")
    return row


def _need_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            f"There is no time zone {name!r}.", hint="Use a name such as Europe/Berlin."
        ) from error
