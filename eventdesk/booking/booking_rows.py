"""Bookings and tickets as lists show them, inside a transaction; and how they are found."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from data import search as index
from data.schema import (
    AdmissionRow,
    AnswerRow,
    BookingRow,
    QuestionRow,
    TicketRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.acts.deadlines import overdue_ids, takes_place, ticket_state
from eventdesk.acts.event_row import event_row
from eventdesk.booking.admissions import by_a_door
from eventdesk.booking.booking import AttendeeLine, BookingLine, TicketLine, cancel_fee
from eventdesk.booking.foreign_codes import sold_elsewhere
from eventdesk.core.booking_states import EXPIRED
from eventdesk.core.folding import fold
from eventdesk.core.ids import read_code
from eventdesk.core.money import Money
from eventdesk.core.paying import Balance
from eventdesk.money.balances import balances

MOST_FOUND = 1000
"""Most matches of a search; who sees that many types one letter more."""

_LAST = "\U0010ffff"
"""Sorts behind every text that begins alike."""

BOOKINGS = select(
    BookingRow.id,
    BookingRow.event_id,
    BookingRow.code,
    BookingRow.name,
    BookingRow.email,
    BookingRow.state,
    BookingRow.created_at,
    BookingRow.source,
    BookingRow.approved,
    BookingRow.expires_at,
    BookingRow.no,
    BookingRow.account_id,
    BookingRow.note,
    BookingRow.discount_code,
    BookingRow.kept_minor,
    BookingRow.external_ref,
)


def found_bookings(
    store: Store, connection: Connection, event_id: UUID, typed: str
) -> list[int | None]:
    """Numbers of the bookings that match: by code, address and name, and by their tickets."""
    text, folded = typed.strip()[:200], fold(typed[:200])
    here = select(BookingRow.no).where(BookingRow.event_id == event_id)
    questions: list[Select[Any]] = [here.where(BookingRow.code == read_code(text))]
    if "@" in text:
        for spelling in {text, text.casefold()}:
            beginning = BookingRow.email.between(spelling, spelling + _LAST)
            questions.append(here.where(beginning))
    elif folded:
        questions.append(here.where(BookingRow.folded_name.between(folded, folded + _LAST)))
    found: dict[int | None, None] = {}
    for question in questions:
        found.update(dict.fromkeys(connection.execute(question.limit(MOST_FOUND)).scalars()))
    number = event_row(connection, event_id).number
    tickets = found_tickets(store, connection, event_id, number, typed)
    of_tickets = (
        select(BookingRow.no)
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .where(TicketRow.search_no.in_(tickets))
    )
    found.update(dict.fromkeys(connection.execute(of_tickets).scalars()))
    return list(found)[:MOST_FOUND]


def found_tickets(
    store: Store, connection: Connection, event_id: UUID, number: int, typed: str
) -> list[int]:
    """Search numbers of the tickets that match, the closest first."""
    text = typed.strip()[:200]
    code = read_code(text)
    if code.isascii() and ("-" in text or " " in text):  # a code as it is printed, in groups
        grouped = select(TicketRow.search_no).where(
            TicketRow.code == code, TicketRow.event_id == event_id
        )
        if exact := list(connection.execute(grouped).scalars()):
            return exact
    elsewhere = sold_elsewhere(connection, event_id, text, limit=MOST_FOUND)
    found = index.find(connection, store.vocabulary, number, text, limit=MOST_FOUND)
    return list(dict.fromkeys([*elsewhere.named, *found, *elsewhere.begun]))[:MOST_FOUND]


def lines_of(connection: Connection, rows: Sequence[Any], now: datetime) -> list[BookingLine]:
    """Add to booking rows what they cost, owe and hold; one that is overdue as it will be ended."""
    ids = [row.id for row in rows]
    over = overdue_ids(connection, now).intersection(ids)
    stands: dict[UUID, Balance] = balances(connection, ids)
    for row in rows:
        if row.id in over:
            total = stands[row.id].total
            kept = Money(row.kept_minor, total.currency, total.exponent)
            stands[row.id] = replace(stands[row.id], total=kept)
    tickets = dict(
        connection.execute(
            select(TicketRow.booking_id, func.count())
            .where(TicketRow.booking_id.in_(ids), takes_place(now))
            .group_by(TicketRow.booking_id)
        ).all()
    )
    return [
        BookingLine(
            row.id,
            row.event_id,
            row.code,
            row.name,
            row.email,
            EXPIRED if row.id in over else row.state,
            tickets.get(row.id, 0),
            stands[row.id].total,
            _due(stands[row.id]),
            row.created_at,
            row.source,
            row.approved,
            None if row.id in over else row.expires_at,
        )
        for row in rows
    ]


def _due(stands: Balance) -> Money:
    """What is still to be paid; below zero what came in too much and nobody promised back."""
    if stands.due.minor > 0:
        return stands.due
    return Money(-stands.credit.minor, stands.total.currency, stands.total.exponent)


ATTENDEES = (
    select(
        TicketRow.id,
        TicketRow.booking_id,
        TicketRow.search_no,
        TicketRow.code,
        TicketRow.holder_name,
        TicketRow.holder_email,
        TicketRow.line_two,
        TicketRow.blocked_note,
        TicketRow.seat,
        TicketRow.state,
        TicketTypeRow.name.label("ticket_type"),
        BookingRow.state.label("booking_state"),
        BookingRow.approved,
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
)


def attendee(row: Any, over: Collection[UUID]) -> AttendeeLine:
    """A row of `ATTENDEES` as lists show it.

    Args:
        row: The row.
        over: The bookings that are overdue.
    """
    state = row.booking_state
    if row.state != "valid":
        state = row.state
    elif row.booking_id in over:
        state = EXPIRED
    elif not row.approved:
        state = "waiting"
    return AttendeeLine(
        row.id,
        row.booking_id,
        row.code,
        row.holder_name,
        row.holder_email,
        row.ticket_type,
        row.seat,
        state,
        row.line_two,
        row.blocked_note,
    )


def tickets_of(connection: Connection, facts: Any, now: datetime) -> tuple[TicketLine, ...]:
    """The tickets of a booking with their answers, in the order in which they were sold."""
    admitted = select(func.count()).where(AdmissionRow.ticket_id == TicketRow.id, by_a_door())
    rows = connection.execute(
        select(
            TicketRow.id,
            TicketRow.code,
            TicketRow.holder_name,
            TicketRow.holder_email,
            TicketRow.line_two,
            TicketRow.ticket_type_id,
            TicketTypeRow.name.label("ticket_type"),
            TicketRow.seat,
            ticket_state(now).label("state"),
            TicketRow.price_minor,
            TicketRow.account_id,
            admitted.scalar_subquery().label("admissions"),
        )
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.booking_id == facts.id)
        .order_by(TicketRow.search_no)
    ).all()
    answers = _answers(connection, facts.id)

    def money(minor: int) -> Money:
        return Money(minor, facts.currency, facts.currency_exponent)

    return tuple(
        TicketLine(
            row.id,
            row.code,
            row.holder_name,
            row.holder_email,
            row.line_two,
            row.ticket_type_id,
            row.ticket_type,
            row.seat,
            row.state,
            money(row.price_minor),
            money(
                cancel_fee(
                    row.price_minor,
                    fee_bp=facts.cancel_fee_bp,
                    fee_minor=facts.cancel_fee_minor,
                )
            ),
            row.admissions > 0,
            row.account_id,
            tuple(answers.get(row.id, ())),
        )
        for row in rows
    )


def _answers(connection: Connection, booking_id: UUID) -> dict[UUID, list[tuple[str, str]]]:
    rows = connection.execute(
        select(AnswerRow.ticket_id, QuestionRow.text, AnswerRow.value)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .join(TicketRow, TicketRow.id == AnswerRow.ticket_id)
        .where(TicketRow.booking_id == booking_id)
        .order_by(QuestionRow.position)
    )
    found: dict[UUID, list[tuple[str, str]]] = {}
    for ticket_id, text, value in rows:
        found.setdefault(ticket_id, []).append((text, value))
    return found
