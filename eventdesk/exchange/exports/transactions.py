"""The lists of what was decided and paid: requests of the hour of opening, and all transactions."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, null, select, union_all

from data.schema import BookingRow, QueueRequestRow
from eventdesk.acts.act import Act
from eventdesk.acts.deadlines import booking_state
from eventdesk.core.booking_states import CANCELLED, EXPIRED
from eventdesk.events.opening_hour import RequestState
from eventdesk.exchange.exports.columns import Columns, Rows, as_it_is, at, streamed
from eventdesk.exchange.exports.ticket_lists import MONEY_COLUMNS, money_moved

_WAITING = "waiting"


def requests(act: Act, event: Any) -> Rows:
    """Requests of the hour of opening: the decided ones in their order, then those that wait."""
    wish = QueueRequestRow.wish
    query = (
        select(
            QueueRequestRow.no,
            wish["name"].as_string().label("name"),
            wish["email"].as_string().label("email"),
            func.json_array_length(wish, "$.tickets").label("tickets"),
            QueueRequestRow.priority,
            _state(act.now).label("state"),
            QueueRequestRow.reason,
            BookingRow.code.label("booking"),
            QueueRequestRow.created_at,
            QueueRequestRow.decided_at,
        )
        .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
        .where(QueueRequestRow.event_id == event.id)
        .order_by(
            QueueRequestRow.decided_at.is_(None),
            QueueRequestRow.decided_at,
            QueueRequestRow.priority.desc(),
            QueueRequestRow.no,
        )
    )
    columns: Columns = (
        ("number", as_it_is("no")),
        ("name", as_it_is("name")),
        ("email", as_it_is("email")),
        ("tickets", as_it_is("tickets")),
        ("priority", as_it_is("priority")),
        ("state", as_it_is("state")),
        ("reason", as_it_is("reason")),
        ("booking", as_it_is("booking")),
        ("asked at", at("created_at")),
        ("decided at", at("decided_at")),
    )
    return streamed(act.connection, event, query, columns)


def transactions(act: Act, event: Any) -> Rows:
    """Payments, refunds and decided requests in the order of time.

    A request is confirmed, sold out, cancelled (taken back, or its booking was cancelled),
    expired (its booking was not paid in time) or failed.
    """
    decided = (
        select(
            literal("request").label("kind"),
            QueueRequestRow.id,
            QueueRequestRow.booking_id,
            null().label("method"),
            null().label("provider"),
            null().label("reference"),
            func.coalesce(BookingRow.total_minor, 0).label("amount_minor"),
            literal(event.currency).label("currency"),
            literal(event.currency_exponent).label("currency_exponent"),
            _state(act.now).label("state"),
            QueueRequestRow.reason,
            null().label("error"),
            null().label("actor_name"),
            QueueRequestRow.created_at,
            QueueRequestRow.decided_at.label("settled_at"),
            QueueRequestRow.wish["name"].as_string().label("asked_by"),
        )
        .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
        .where(
            QueueRequestRow.event_id == event.id,
            QueueRequestRow.state != RequestState.WAITING.value,
        )
    )
    came, went = money_moved(event)
    nobody = null().label("asked_by")
    everything = union_all(decided, came.add_columns(nobody), went.add_columns(nobody)).subquery()
    query = (
        select(
            *everything.c,
            BookingRow.code.label("booking"),
            func.coalesce(BookingRow.name, everything.c.asked_by).label("buyer"),
        )
        .outerjoin(BookingRow, BookingRow.id == everything.c.booking_id)
        .order_by(everything.c.created_at, everything.c.id)
    )
    return streamed(act.connection, event, query, MONEY_COLUMNS)


def _state(now: datetime) -> Any:
    """How a request stands, with what became of its booking."""
    of_booking = booking_state(now)
    return case(
        (QueueRequestRow.state == RequestState.SOLD_OUT.value, "sold out"),
        (of_booking.in_((CANCELLED, EXPIRED)), of_booking),
        else_=QueueRequestRow.state,
    )
