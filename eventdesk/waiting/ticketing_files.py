"""Who asked for a ticket by name, and what came of it, as tables for a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from data.rows import AnyRow
from data.schema import BookingRow, QueueRequestRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, booking_state, event_row, reads
from eventdesk.core.booking_states import EXPIRED
from eventdesk.core.made_file import MadeFile
from eventdesk.core.money import Money
from eventdesk.events import RequestState
from eventdesk.tables.cells import Cell
from eventdesk.tables.csv_file import csv_bytes
from eventdesk.waiting.queue import TEAM, requests_at
from eventdesk.waiting.ticketing import ticket_of

QUEUE: Final = (
    *("ticket", "name", "ticket_type", "state", "place", "booking"),
    *("asked_at", "decided_at"),
)
"""The columns of the queue."""

TRANSACTIONS: Final = ("at", "what", "ticket", "ticket_type", "booking", "amount", "currency")
"""The columns of the transactions."""

CSV: Final = "text/csv"


@reads(*TEAM, about="event_id")
def named_queue(act: Act, event_id: UUID) -> MadeFile:
    """Make a CSV file of those who asked by name: who waits, in order, then the others.

    A cell that a spreadsheet would run has an apostrophe before it.
    """
    rows, types = _rows(act, event_id)
    waiting = [row for row in rows if row.state == RequestState.WAITING]
    waiting.sort(key=lambda row: (-row.priority, row.no))
    over = [row for row in rows if row.state != RequestState.WAITING]
    lines = (_line(row, types, place) for place, row in enumerate(waiting, start=1))
    return MadeFile(
        "queue.csv", CSV, csv_bytes(QUEUE, [*lines, *(_line(row, types, None) for row in over)])
    )


@reads(*TEAM, about="event_id")
def named_transactions(act: Act, event_id: UUID) -> MadeFile:
    """Make a CSV file of what happened to tickets asked for by name, the first first.

    Each was registered, and then confirmed, sold_out or failed; what was given back, cancelled by
    the desk or not paid in time is cancelled or expired. The amount is the ticket's price.
    """
    rows, types = _rows(act, event_id)
    happened = sorted(_happened(rows), key=lambda each: each[:2])
    lines = (
        (
            at.isoformat(timespec="seconds"),
            what,
            ticket_of(row.id, row.no),
            _type_of(row, types),
            row.booking_code or "",
            *_amount(row),
        )
        for at, _step, what, row in happened
    )
    return MadeFile("transactions.csv", CSV, csv_bytes(TRANSACTIONS, lines))


def _rows(act: Act, event_id: UUID) -> tuple[list[AnyRow], Mapping[str, str]]:
    """The requests of an event without an account, and the names of its types."""
    act.need(event_id, *TEAM)
    event_row(act.connection, event_id)
    its_tickets = TicketRow.booking_id == QueueRequestRow.booking_id
    asked = (
        requests_at(act.now)
        .add_columns(
            booking_state(act.now).label("booking_standing"),
            BookingRow.cancelled_at,
            BookingRow.expires_at,
            BookingRow.currency,
            BookingRow.currency_exponent,
            select(func.max(TicketRow.ended_at))
            .where(its_tickets)
            .scalar_subquery()
            .label("ended"),
            select(func.sum(TicketRow.price_minor))
            .where(its_tickets)
            .scalar_subquery()
            .label("price_minor"),
        )
        .where(QueueRequestRow.event_id == event_id, QueueRequestRow.account_id.is_(None))
        .order_by(QueueRequestRow.no)
    )
    types = select(TicketTypeRow.id, TicketTypeRow.name).where(TicketTypeRow.event_id == event_id)
    names = {str(row.id): row.name for row in act.connection.execute(types)}
    return list(act.connection.execute(asked)), names


def _line(row: AnyRow, types: Mapping[str, str], place: int | None) -> tuple[Cell, ...]:
    return (
        ticket_of(row.id, row.no),
        row.wish.get("name", ""),
        _type_of(row, types),
        row.standing,
        place,
        row.booking_code or "",
        row.created_at.isoformat(timespec="seconds"),
        row.decided_at.isoformat(timespec="seconds") if row.decided_at else "",
    )


def _type_of(row: AnyRow, types: Mapping[str, str]) -> str:
    return ", ".join(types.get(each["type"], "") for each in row.wish.get("tickets", ()))


def _happened(rows: Iterable[AnyRow]) -> Iterator[tuple[datetime, tuple[int, int], str, AnyRow]]:
    """What happened to each request, and when; with what orders things of the same instant."""
    for row in rows:
        yield row.created_at, (row.no, 0), "registered", row
        if row.decided_at is not None:
            yield row.decided_at, (row.no, 1), row.state, row
        if row.state == RequestState.CONFIRMED and row.standing == RequestState.CANCELLED:
            ended_at = row.ended or row.cancelled_at or row.expires_at or row.decided_at
            what = EXPIRED if row.booking_standing == EXPIRED else row.standing
            yield ended_at, (row.no, 2), what, row


def _amount(row: Any) -> tuple[Cell, Cell]:
    if row.price_minor is None:
        return None, None
    return Money(row.price_minor, row.currency, row.currency_exponent), row.currency
