"""A ticket's code: its token, and what its badge or picture says."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from data.schema import BookingRow, EventRow, TicketRow, TokenKeyRow
from data.search import first_no
from data.store import Store
from eventdesk.acts import Act
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.token import seal

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
        raise NotFoundError(msg("There is no such ticket."))
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


def remember_key(act: Act) -> int:
    """Note which key tickets are made with, so that a lost one is missed before doors open.

    Returns:
        The newest key's id; another process may have rotated since the store was opened.
    """
    act.store.reread_keys()
    key_id = act.store.keys.active.key_id
    known = act.connection.execute(select(func.count()).where(TokenKeyRow.key_id == key_id))
    if not known.scalar_one():
        fingerprint = act.store.keys.fingerprint(key_id)
        act.connection.execute(
            insert(TokenKeyRow).values(
                key_id=key_id, fingerprint=fingerprint, first_used_at=act.now
            )
        )
    return key_id
