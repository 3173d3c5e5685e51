"""Finding a ticket by anything a person can say or scan."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from data import search
from data.schema import BookingRow, EventRow, TicketRow
from data.store import Store
from eventdesk.errors import TokenError
from eventdesk.model.folding import fold
from eventdesk.model.ids import read_code
from eventdesk.model.people import Actor, Permission
from eventdesk.model.token import looks_like_token, open_token
from eventdesk.model.views import TicketView
from eventdesk.usecases.foreign_codes import has_foreign_code, sold_elsewhere
from eventdesk.usecases.permission import allowed, need_here
from eventdesk.usecases.tickets import views

MAX_TYPED = 400
"""Longest text that is searched for; what is beyond is ignored."""


@allowed(Permission.DOOR, Permission.TICKETS)
def find_tickets(
    store: Store,
    actor: Actor,
    event_id: UUID,
    typed: str,
    *,
    list_id: UUID | None = None,
    limit: int = 20,
    now: datetime | None = None,
) -> list[TicketView]:
    """Find the tickets a person may mean, the one who is meant first.

    Args:
        store: Where tickets live.
        actor: Who works at the door, or manages the tickets.
        event_id: The event to search.
        typed: A token, a ticket or booking code, ours or that of the system the ticket was sold
            by, parts of a name (without accents, with typos), an e-mail address or a seat; as far
            as it is typed.
        list_id: The check-in list whose entries are shown with each ticket.
        limit: Most tickets to return.
        now: For which instant automatic exits count, aware UTC; None is the clock's.

    Returns:
        Best match first; empty when nothing is near.

    Raises:
        NotAllowedError: The actor does not work for this event.
    """
    typed = typed[:MAX_TYPED].strip()
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.DOOR, Permission.TICKETS)
        if not typed:
            return []
        if looks_like_token(typed):
            try:
                opened = open_token(typed, store.keys.token_keys, (event_id,))
            except TokenError:
                return []
            where = (TicketRow.id == opened.ticket_id, TicketRow.event_id == event_id)
            return views(connection, *where, list_id=list_id, now=now)
        number = connection.execute(
            select(EventRow.number).where(EventRow.id == event_id)
        ).scalar_one_or_none()
        if number is None:
            return []
        code, wanted = read_code(typed), fold(typed)
        if code.isascii() and ("-" in typed or " " in typed):  # a code as it is printed, in groups
            grouped = _by_code(connection, event_id, code, list_id, now)
            if grouped:
                return grouped
        elsewhere = sold_elsewhere(connection, event_id, typed, limit=limit)
        found = search.find(connection, store.vocabulary, number, typed, limit=3 * limit)
        found = list(dict.fromkeys([*elsewhere.named, *found, *elsewhere.begun]))
        tickets = _in_order(connection, found, list_id, now)
    tickets.sort(
        key=lambda each: (
            each.search_no not in elsewhere.named,
            each.search_no in elsewhere.begun,
            _distance(each, code, wanted),
        )
    )
    return tickets[:limit]


@allowed(Permission.DOOR)
def opens_elsewhere(store: Store, actor: Actor, event_id: UUID, text: str) -> bool:
    """Whether a text is the code of the system that a ticket of this event was sold by.

    Such a text is to be scanned as it is, not as the ticket it finds: the code may be revoked.

    Raises:
        NotAllowedError: The actor does not work at this door.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.DOOR)
        return has_foreign_code(connection, event_id, text)


def _by_code(
    connection: Connection, event_id: UUID, code: str, list_id: UUID | None, now: datetime | None
) -> list[TicketView]:
    """The tickets of a ticket or booking code; asked apart, so that each question has its index."""
    for column in (TicketRow.code, BookingRow.code):
        where = (column == code, TicketRow.event_id == event_id)
        found = views(connection, *where, list_id=list_id, now=now)
        if found:
            return found
    return []


def _in_order(
    connection: Connection, numbers: list[int], list_id: UUID | None, now: datetime | None
) -> list[TicketView]:
    named = TicketRow.search_no.in_(numbers)
    found = views(connection, named, list_id=list_id, limit=len(numbers), now=now)
    place = {no: index for index, no in enumerate(numbers)}
    return sorted(found, key=lambda ticket: place[ticket.search_no])


def _distance(ticket: TicketView, code: str, wanted: str) -> int:
    """How far a match is from what was typed; sorting keeps the order of equals."""
    if ticket.code == code:
        return 0
    if ticket.booking_code == code:
        return 1
    name = fold(ticket.name)
    if name == wanted:
        return 2
    if wanted in name.split():
        return 3
    return 4 if name.startswith(wanted) else 5
