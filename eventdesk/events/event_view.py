"""Reading everything about one event."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import AccountRow, VenueRow
from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.acts.event_row import event_row
from eventdesk.events.event import EventDetail, EventRules, Visibility, event_state
from eventdesk.events.event_access import is_team, need_visible
from eventdesk.events.events import places_taken
from eventdesk.events.request_order import by_lot
from eventdesk.events.venue import Venue


def event_detail(
    store: Store, actor: Actor | None, event_id: UUID, *, code: str = "", now: datetime
) -> EventDetail:
    """Read an event as this person may see it.

    Args:
        store: Where it is.
        actor: Who asks; None for somebody who is not signed in.
        event_id: The event.
        code: The access code of a private event.
        now: The store's clock, aware UTC.

    Raises:
        NotFoundError: There is none, or it is not for them.
        NotAllowedError: The account was closed.
    """
    with store.read() as connection:
        need_visible(connection, actor, event_id, access_code=code, now=now)
        return read_detail(connection, event_id, team=is_team(connection, actor, event_id), now=now)


def read_detail(
    connection: Connection, event_id: UUID, *, team: bool, now: datetime
) -> EventDetail:
    """Read an event inside a transaction that has decided what may be shown of it."""
    row = event_row(connection, event_id)
    return EventDetail(
        id=row.id,
        code=row.code,
        name=row.name,
        state=event_state(row.state, row.ends_at, now),
        description=row.description,
        category=row.category,
        language=row.language,
        venue=_venue(connection, row.venue_id),
        online_url=row.online_url,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        currency=row.currency,
        currency_exponent=row.currency_exponent,
        capacity=row.capacity,
        visibility=Visibility(row.visibility),
        access_code=row.access_code if team else "",
        reason=row.refusal if team or row.state == "cancelled" else "",
        submitted_at=row.submitted_at,
        published_at=row.published_at,
        cancelled_at=row.cancelled_at,
        owner_id=row.owner_id,
        owner_name=_name(connection, row.owner_id),
        commission_bp=row.commission_bp if team else None,
        rules=_rules(row, by_lot=by_lot(connection, event_id)),
        invoice_sender=row.invoice_sender,
        bank_details=row.bank_details,
        taken=places_taken(connection, event_id, now),
        team=team,
    )


def _rules(row: Any, *, by_lot: bool) -> EventRules:
    return EventRules(
        hold_minutes=row.hold_minutes,
        offer_minutes=row.offer_minutes,
        waitlist_auto=row.waitlist_auto,
        cancel_until=row.cancel_until,
        cancel_fee_bp=row.cancel_fee_bp,
        cancel_fee_minor=row.cancel_fee_minor,
        transfer_until=row.transfer_until,
        queue_from=row.queue_from,
        queue_until=row.queue_until,
        queue_by_lot=by_lot,
        prices_include_tax=row.prices_include_tax,
        reprint_limit=row.reprint_limit,
        badge_correction=row.badge_correction,
    )


def _venue(connection: Connection, venue_id: UUID | None) -> Venue | None:
    if venue_id is None:
        return None
    row = connection.execute(
        select(VenueRow.id, VenueRow.name, VenueRow.address, VenueRow.capacity).where(
            VenueRow.id == venue_id
        )
    ).one()
    return Venue(*row)


def _name(connection: Connection, account_id: UUID | None) -> str:
    if account_id is None:
        return ""
    return connection.execute(
        select(AccountRow.name).where(AccountRow.id == account_id)
    ).scalar_one()
