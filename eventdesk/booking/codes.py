"""Tokens of tickets: the texts of their QR codes, and the keys they are sealed with."""

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from data.prepared import Prepared
from data.rows import AnyRow, insert_row
from data.schema import BookingRow, TicketRow, TokenKeyRow
from data.search import first_no
from eventdesk.acts import Act, ReadingSteps, event_row, reads, reads_in_steps
from eventdesk.core.errors import need_found
from eventdesk.core.messages import msg
from eventdesk.core.token import seal

PAGE = 1000
"""Tickets read at a time."""

TOKEN_FACTS = select(TicketRow.id, TicketRow.event_id, TicketRow.key_id, TicketRow.revision)
"""The columns of a ticket that `sealed` needs."""


@reads(internal=True)
def token_of(act: Act, ticket_id: UUID) -> str:
    """Make the text of a ticket's QR code, at its present revision.

    Raises:
        NotFoundError: There is no such ticket.
    """
    row = act.connection.execute(TOKEN_FACTS.where(TicketRow.id == ticket_id)).one_or_none()
    return sealed(act, need_found(row, msg("There is no such ticket.")))


@reads_in_steps(internal=True)
def all_tokens(steps: ReadingSteps, event_id: UUID) -> list[tuple[str, str]]:
    """Make code and token of every valid ticket of an event, in the order they were sold.

    The store is read in pages, so that desks go on meanwhile. The search number names the event.
    """
    with steps.read() as act:
        number = event_row(act.connection, event_id).number
    last, end = first_no(number), first_no(number + 1)
    query = (
        TOKEN_FACTS.add_columns(TicketRow.code, TicketRow.search_no, TicketRow.state)
        .where(TicketRow.search_no < end)
        .order_by(TicketRow.search_no)
        .limit(PAGE)
    )
    found: list[tuple[str, str]] = []
    while True:
        with steps.read() as act:
            page = act.connection.execute(query.where(TicketRow.search_no > last)).all()
        if not page:
            return found
        found += [(row.code, sealed(steps, row)) for row in page if row.state == "valid"]
        last = page[-1].search_no


@reads(internal=True)
def some_tokens(act: Act, event_id: UUID, *, limit: int, skip: int = 0) -> list[str]:
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
    return [sealed(act, row) for row in act.connection.execute(query)]


def sealed(act: Act | ReadingSteps, row: AnyRow) -> str:
    """Seal the token of a row with `id`, `event_id`, `key_id` and `revision`."""
    return seal(
        act.store.key(row.key_id), ticket_id=row.id, revision=row.revision, event_id=row.event_id
    )


def remember_key(act: Act) -> int:
    """Note the newest key as used, so that its loss is found before doors open; return its id.

    Another process may have made a new key since the store was opened.
    """
    act.store.reread_keys()
    key_id = act.store.keys.active.key_id
    if _USED.one_or_none(act.connection, {"key_id": key_id}) is None:
        values = {"fingerprint": act.store.keys.fingerprint(key_id), "first_used_at": act.now}
        insert_row(act.connection, TokenKeyRow, key_id=key_id, **values)
    return key_id


_USED: Final = Prepared(
    select(TokenKeyRow.key_id).where(
        TokenKeyRow.key_id == bindparam("key_id", type_=TokenKeyRow.key_id.type)
    )
)
