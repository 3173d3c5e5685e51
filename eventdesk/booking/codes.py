"""A ticket's code: its token, and what its badge or picture says."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from badges.badge import Badge
from data.schema import BookingRow, EventRow, SponsorRow, TicketRow, TicketTypeRow, TokenKeyRow
from data.search import first_no
from data.store import Store
from eventdesk.core.errors import NotFoundError
from eventdesk.core.token import seal
from eventdesk.printing.badge_facts import BadgeFacts, facts_of

PAGE = 1000
"""Tickets read at a time."""

TOKEN_FACTS = select(TicketRow.id, TicketRow.event_id, TicketRow.key_id, TicketRow.revision)
"""What `sealed` needs of a ticket."""


def token_of(store: Store, ticket_id: UUID) -> str:
    """Make the text of a ticket's QR code, at its present revision.

    Raises:
        NotFoundError: There is no such ticket.
    """
    with store.read() as connection:
        row = connection.execute(TOKEN_FACTS.where(TicketRow.id == ticket_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such ticket.")
    return sealed(store, row)


def all_tokens(store: Store, event_id: UUID) -> Iterator[tuple[str, str]]:
    """Make code and token of every valid ticket of an event, in the order they were sold.

    The store is read in pages, so that desks go on while a million tickets are written. A page
    is found by its number alone, which names the event too.
    """
    with store.read() as connection:
        number = connection.execute(
            select(EventRow.number).where(EventRow.id == event_id)
        ).scalar_one()
    last, end = first_no(number), first_no(number + 1)
    query = (
        TOKEN_FACTS.add_columns(TicketRow.code, TicketRow.search_no, TicketRow.state)
        .where(TicketRow.search_no < end)
        .order_by(TicketRow.search_no)
        .limit(PAGE)
    )
    while True:
        with store.read() as connection:
            page = connection.execute(query.where(TicketRow.search_no > last)).all()
        if not page:
            return
        for row in page:
            if row.state == "valid":
                yield row.code, sealed(store, row)
        last = page[-1].search_no


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


def some_tokens(store: Store, event_id: UUID, *, limit: int, skip: int = 0) -> list[str]:
    """Make the tokens of some valid, paid tickets of an event, in the order they were sold."""
    query = (
        TOKEN_FACTS.join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            TicketRow.event_id == event_id, TicketRow.state == "valid", BookingRow.state == "paid"
        )
        .order_by(TicketRow.search_no)
        .offset(skip)
        .limit(limit)
    )
    with store.read() as connection:
        return [sealed(store, row) for row in connection.execute(query)]


def sealed(store: Store, row: Any) -> str:
    """Seal the token of a row with `id`, `event_id`, `key_id` and `revision`."""
    return seal(
        store.key(row.key_id), ticket_id=row.id, revision=row.revision, event_id=row.event_id
    )


def remember_key(store: Store, connection: Connection, now: datetime) -> int:
    """Note which key tickets are made with, so that a lost one is missed before doors open.

    Returns:
        The newest key's id; another process may have rotated since the store was opened.
    """
    store.reread_keys()
    key_id = store.keys.active.key_id
    known = connection.execute(select(func.count()).where(TokenKeyRow.key_id == key_id))
    if not known.scalar_one():
        fingerprint = store.keys.fingerprint(key_id)
        connection.execute(
            insert(TokenKeyRow).values(key_id=key_id, fingerprint=fingerprint, first_used_at=now)
        )
    return key_id
