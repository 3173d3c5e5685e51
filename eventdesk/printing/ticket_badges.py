"""What the badge or picture of a ticket says."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from badges.badge import Badge
from data.schema import EventRow, SponsorRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.booking.codes import TOKEN_FACTS, sealed
from eventdesk.core.errors import NotFoundError
from eventdesk.printing.badge_facts import BadgeFacts, facts_of


def ticket_badge(store: Store, ticket_id: UUID) -> Badge:
    """Read what a ticket's badge or picture says.

    Raises:
        NotFoundError: There is no such ticket.
    """
    with store.read() as connection:
        row = connection.execute(
            TOKEN_FACTS.add_columns(
                TicketRow.holder_name,
                TicketRow.line_two,
                TicketRow.code,
                TicketRow.seat,
                TicketTypeRow.name.label("ticket_type"),
                EventRow.name.label("event_name"),
            )
            .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
            .join(EventRow, EventRow.id == TicketRow.event_id)
            .where(TicketRow.id == ticket_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError("There is no such ticket.")
        sponsors = sponsor_lines(connection, [row.event_id]).get(row.event_id, "")
        facts = facts_of(connection, store.home, [ticket_id])[ticket_id]
    return badge_of(store, row, sponsors=sponsors, facts=facts)


def badge_of(
    store: Store, row: Any, *, mark: str = "", sponsors: str = "", facts: BadgeFacts | None = None
) -> Badge:
    """Make the badge of a row with the ticket's facts, its type's and its event's name."""
    more = facts or BadgeFacts()
    return Badge(
        name=row.holder_name,
        line_two=row.line_two or more.badge_line,
        ticket_type=row.ticket_type,
        event=row.event_name,
        token=sealed(store, row),
        ticket_code=row.code,
        seat=row.seat,
        mark=mark,
        sponsors=sponsors,
        pronouns=more.pronouns,
        organization=more.organization,
        session=more.session,
        sessions=more.sessions,
        language=more.language,
        ticket_type_id=str(more.ticket_type_id or ""),
        layout=more.layout,
        extra=more.extra,
    )


def sponsor_lines(connection: Connection, event_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Read whom the badges of these events thank, in the order chosen; without any, nothing."""
    names: dict[UUID, list[str]] = {}
    for row in connection.execute(
        select(SponsorRow.event_id, SponsorRow.name)
        .where(SponsorRow.event_id.in_(set(event_ids)), SponsorRow.on_badges.is_(True))
        .order_by(SponsorRow.position, SponsorRow.name)
    ):
        names.setdefault(row.event_id, []).append(row.name)
    return {event_id: f"Supported by {', '.join(those)}" for event_id, those in names.items()}
