"""The lists of what was sold: bookings, attendees, payments."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, func, literal, null, select, union_all

from data.schema import (
    AdmissionRow,
    AnswerRow,
    BookingRow,
    PaymentRow,
    QuestionRow,
    RefundRow,
    TicketRow,
    TicketTypeRow,
)
from eventdesk.acts.act import Act
from eventdesk.acts.deadlines import booking_state, overdue, takes_place, ticket_state
from eventdesk.booking.bookings import by_a_door
from eventdesk.exchange.exports.columns import PAGE, Columns, Rows, amount, as_it_is, at, streamed
from eventdesk.tables.cells import Cell


def bookings(act: Act, event: Any) -> Rows:
    """Bookings in the order in which they were made."""
    mine = TicketRow.booking_id == BookingRow.id
    tickets = select(func.count()).where(mine, takes_place(act.now)).scalar_subquery()
    ended = BookingRow.id.in_(overdue(act.now))
    total = case((ended, BookingRow.kept_minor), else_=BookingRow.total_minor)
    paid = (
        select(func.coalesce(func.sum(PaymentRow.amount_minor), 0))
        .where(PaymentRow.booking_id == BookingRow.id, PaymentRow.state == "paid")
        .scalar_subquery()
    )
    back = (
        select(func.coalesce(func.sum(RefundRow.amount_minor), 0))
        .where(RefundRow.booking_id == BookingRow.id, RefundRow.state == "paid")
        .scalar_subquery()
    )
    query = (
        select(
            *BookingRow.__table__.c,
            tickets.label("tickets"),
            paid.label("paid_minor"),
            back.label("refunded_minor"),
            (total - paid + back).label("due_minor"),
            total.label("total_now"),
            booking_state(act.now).label("state_now"),
        )
        .where(BookingRow.event_id == event.id)
        .order_by(BookingRow.no, BookingRow.id)
    )
    return streamed(
        act.connection,
        event,
        query,
        (
            ("code", as_it_is("code")),
            ("state", as_it_is("state_now")),
            ("approved", as_it_is("approved")),
            ("name", as_it_is("name")),
            ("email", as_it_is("email")),
            ("tickets", as_it_is("tickets")),
            ("total", amount("total_now")),
            ("paid", amount("paid_minor")),
            ("refunded", amount("refunded_minor")),
            ("due", amount("due_minor")),
            ("fees kept", amount("kept_minor")),
            ("currency", as_it_is("currency")),
            ("discount code", as_it_is("discount_code")),
            ("booked at", at("created_at")),
            ("pay until", at("expires_at")),
            ("cancelled at", at("cancelled_at")),
            ("source", as_it_is("source")),
            ("external reference", as_it_is("external_ref")),
            ("note", as_it_is("note")),
        ),
    )


def attendees(act: Act, event: Any) -> Rows:
    """Tickets with their holders, the answers to each question in a column of its own."""
    first_in = (
        select(func.min(AdmissionRow.admitted_at))
        .where(AdmissionRow.ticket_id == TicketRow.id, by_a_door())
        .scalar_subquery()
    )
    query = (
        select(
            *TicketRow.__table__.c,
            BookingRow.code.label("booking"),
            ticket_state(act.now).label("state_now"),
            booking_state(act.now).label("booking_state"),
            BookingRow.currency,
            BookingRow.currency_exponent,
            TicketTypeRow.name.label("ticket_type"),
            first_in.label("admitted_at"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.event_id == event.id)
        .order_by(TicketRow.search_no)
    )
    columns: Columns = (
        ("code", as_it_is("code")),
        ("booking", as_it_is("booking")),
        ("name", as_it_is("holder_name")),
        ("email", as_it_is("holder_email")),
        ("second line", as_it_is("line_two")),
        ("ticket type", as_it_is("ticket_type")),
        ("seat", as_it_is("seat")),
        ("state", as_it_is("state_now")),
        ("booking state", as_it_is("booking_state")),
        ("price", amount("price_minor")),
        ("discount", amount("discount_minor")),
        ("tax", amount("tax_minor")),
        ("fee", amount("fee_minor")),
        ("currency", as_it_is("currency")),
        ("checked in at", at("admitted_at")),
        ("valid from", at("valid_from")),
        ("valid until", at("valid_until")),
        ("note for the door", as_it_is("attention")),
        ("blocked because", as_it_is("blocked_note")),
        ("booked at", at("created_at")),
        ("external reference", as_it_is("external_ref")),
    )
    questions = act.connection.execute(
        select(QuestionRow.id, QuestionRow.text)
        .where(QuestionRow.event_id == event.id)
        .order_by(QuestionRow.position, QuestionRow.id)
    ).all()
    taken = {name for name, _ in columns}
    asked = {}
    for question in questions:
        name = question.text
        while name in taken:
            name += " (answer)"
        taken.add(name)
        asked[question.id] = name

    def rows() -> Iterator[Sequence[Cell]]:
        result = act.connection.execute(query, execution_options={"yield_per": PAGE})
        for page in result.partitions(PAGE):
            answers = _answers(act.connection, [row.id for row in page]) if asked else {}
            for row in page:
                given = answers.get(row.id, {})
                yield [
                    *(value(row, event) for _, value in columns),
                    *(given.get(question) for question in asked),
                ]

    return (*(name for name, _ in columns), *asked.values()), rows()


def _answers(connection: Connection, ticket_ids: Sequence[UUID]) -> Mapping[UUID, dict[UUID, str]]:
    found: dict[UUID, dict[UUID, str]] = {}
    rows = connection.execute(
        select(AnswerRow.ticket_id, AnswerRow.question_id, AnswerRow.value).where(
            AnswerRow.ticket_id.in_(ticket_ids)
        )
    )
    for ticket_id, question_id, value in rows:
        found.setdefault(ticket_id, {})[question_id] = value
    return found


def money_moved(event: Any) -> tuple[Any, Any]:
    """The payments of an event, and what was given back of them; what went out is negative."""
    came = select(
        literal("payment").label("kind"),
        PaymentRow.id,
        PaymentRow.booking_id,
        PaymentRow.method,
        PaymentRow.provider,
        PaymentRow.reference,
        PaymentRow.amount_minor,
        PaymentRow.currency,
        PaymentRow.currency_exponent,
        PaymentRow.state,
        null().label("reason"),
        PaymentRow.error,
        PaymentRow.actor_name,
        PaymentRow.created_at,
        PaymentRow.settled_at,
    ).where(PaymentRow.event_id == event.id)
    went = (
        select(
            literal("refund"),
            RefundRow.id,
            RefundRow.booking_id,
            PaymentRow.method,
            PaymentRow.provider,
            RefundRow.reference,
            -RefundRow.amount_minor,
            PaymentRow.currency,
            PaymentRow.currency_exponent,
            RefundRow.state,
            RefundRow.reason,
            RefundRow.error,
            RefundRow.actor_name,
            RefundRow.created_at,
            RefundRow.settled_at,
        )
        .join(PaymentRow, PaymentRow.id == RefundRow.payment_id)
        .where(RefundRow.event_id == event.id)
    )
    return came, went


def payments(act: Act, event: Any) -> Rows:
    """Payments and what was given back of them, in the order of time."""
    both = union_all(*money_moved(event)).subquery()
    query = (
        select(*both.c, BookingRow.code.label("booking"), BookingRow.name.label("buyer"))
        .join(BookingRow, BookingRow.id == both.c.booking_id)
        .order_by(both.c.created_at, both.c.id)
    )
    return streamed(act.connection, event, query, MONEY_COLUMNS)


MONEY_COLUMNS: Columns = (
    ("at", at("created_at")),
    ("kind", as_it_is("kind")),
    ("booking", as_it_is("booking")),
    ("buyer", as_it_is("buyer")),
    ("method", as_it_is("method")),
    ("provider", as_it_is("provider")),
    ("reference", as_it_is("reference")),
    ("amount", amount("amount_minor")),
    ("currency", as_it_is("currency")),
    ("state", as_it_is("state")),
    ("reason", as_it_is("reason")),
    ("error", as_it_is("error")),
    ("by", as_it_is("actor_name")),
    ("settled at", at("settled_at")),
)
