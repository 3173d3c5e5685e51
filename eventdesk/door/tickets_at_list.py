"""Tickets with how they stand at a check-in list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import (
    AdmissionRow,
    TicketRow,
)
from data.store import Store
from eventdesk.booking.ticket import TicketView
from eventdesk.booking.tickets import views
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import NotFoundError
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.passages import standing_of


def ticket_view(
    store: Store, ticket_id: UUID, *, list_id: UUID | None = None, now: datetime | None = None
) -> TicketView:
    """Read one ticket, with how it stands at a check-in list.

    Args:
        store: Where tickets live.
        ticket_id: The ticket.
        list_id: The check-in list.
        now: For which instant automatic exits count, aware UTC; None is the clock's.

    Raises:
        NotFoundError: There is no such ticket.
    """
    with store.read() as connection:
        found = views_at(connection, TicketRow.id == ticket_id, list_id=list_id, now=now)
    if not found:
        raise NotFoundError("There is no such ticket.")
    return found[0]


def views_at(
    connection: Connection,
    *where: Any,
    list_id: UUID | None = None,
    limit: int = 50,
    now: datetime | None = None,
) -> list[TicketView]:
    """Read the tickets that fulfil the conditions, as the desk shows them at a list."""
    found = views(connection, *where, limit=limit)
    if list_id is None or not found:
        return found
    admitted, inside = _standing(connection, [each.id for each in found], list_id, now)
    return [
        replace(each, inside=each.id in inside, admitted_at=admitted.get(each.id)) for each in found
    ]


def _standing(
    connection: Connection,
    ticket_ids: Sequence[UUID],
    list_id: UUID,
    now: datetime | None,
) -> tuple[dict[UUID, datetime], set[UUID]]:
    """When each ticket first came in by a list, and which are inside now."""
    first = connection.execute(
        select(AdmissionRow.ticket_id, func.min(AdmissionRow.admitted_at))
        .where(AdmissionRow.list_id == list_id, AdmissionRow.ticket_id.in_(ticket_ids))
        .group_by(AdmissionRow.ticket_id)
    )
    door = list_at_door(connection, list_id)
    histories = standing_of(connection, ticket_ids, door, now or utc_now())
    return dict(first.all()), {key for key, history in histories.items() if history.inside}
