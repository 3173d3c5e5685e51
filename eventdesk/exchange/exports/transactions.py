"""The list of all that was asked, booked, refused, cancelled, paid and given back at an event.

Amounts of bookings, changes, cancellations and the fees that are kept for them are those of the
ledger: they add up to the total of each booking. What costs nothing is in no ledger, and is taken
from the tickets.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from data.rows import AnyRow
from data.schema import (
    AccountRow,
    BookingRow,
    LedgerRow,
    QueueRequestRow,
    RefusalRow,
    TicketRow,
    TicketTypeRow,
    aliased,
)
from eventdesk.acts import Act, booking_state
from eventdesk.core.booking_states import CANCELLED, EXPIRED
from eventdesk.exchange.exports.lists import Listed, Rows, money_moved, request_state
from eventdesk.money import CANCELLATION_FEES, FEES, REVENUE, TAX

_KINDS: Final = (
    *("request", "refusal", "booking", "payment"),
    *("change", "cancellation", "cancellation fee", "refund"),
)
"""In the order in which they follow one another at one instant."""

_SOLD: Final = ("sale", "opening", "revived")
"""Memos of the ledger with which a booking begins to count."""

_ENDED: Final = ("cancelled", "expired")
"""Memos with which it stops."""

_COLUMNS: Final = (
    *("kind", "id", "booking_id", "ticket_type_id", "wish", "named", "method", "provider"),
    *("reference", "amount_minor", "currency", "currency_exponent", "state", "reason", "error"),
    *("actor_name", "source", "created_at", "settled_at"),
)


def transactions(act: Act, event: AnyRow) -> Rows:
    """Requests, refusals, bookings, cancellations, payments and refunds in the order of time.

    A request is waiting, confirmed, sold out, cancelled (taken back, or its booking was
    cancelled), expired (its booking was not paid in time) or failed.
    """
    came, went = money_moved(event)
    parts = (
        _requests(event, act.now),
        _refusals(event),
        _sales(event),
        _free(event),
        _ended_free(event),
        _moved(came),
        _moved(went),
    )
    everything = union_all(*parts).subquery()
    names = _type_names(act, event)

    def kinds(value: str | None, row: RowMapping) -> str:
        if row["_wish"] is None:
            return value or ""
        wanted = dict.fromkeys(each["type"] for each in row["_wish"].get("tickets", ()))
        return ", ".join(names.get(each, each) for each in wanted)

    query = _listed(everything, act.now)
    return Listed(query, event.time_zone, ("amount",), {"ticket type": kinds}).rows(act.connection)


def _listed(everything: Any, now: datetime) -> Select[Any]:
    of_booking = aliased(TicketTypeRow)
    booked = select(TicketRow.ticket_type_id).where(
        TicketRow.booking_id == everything.c.booking_id, everything.c.ticket_type_id.is_(None)
    )
    its_types = select(func.aggregate_strings(of_booking.name, ", ")).where(
        of_booking.id.in_(booked)
    )
    one = everything.c
    order = {kind: at for at, kind in enumerate(_KINDS)}
    return (
        select(
            one.created_at.label("at"),
            one.kind,
            BookingRow.code.label("booking"),
            func.coalesce(BookingRow.name, one.named).label("buyer"),
            func.coalesce(TicketTypeRow.name, its_types.scalar_subquery()).label("ticket type"),
            one.method,
            one.provider,
            one.reference,
            one.amount_minor.label("amount"),
            one.currency,
            func.coalesce(one.state, booking_state(now)).label("state"),
            one.reason,
            one.error,
            one.actor_name.label("by"),
            func.coalesce(BookingRow.source, one.source).label("source"),
            one.settled_at.label("settled at"),
            one.currency_exponent.label("_exponent"),
            one.wish.label("_wish"),
        )
        .outerjoin(BookingRow, BookingRow.id == one.booking_id)
        .outerjoin(TicketTypeRow, TicketTypeRow.id == one.ticket_type_id)
        .order_by(one.created_at, case(order, value=one.kind), one.id, TicketTypeRow.position)
    )


def _part(**columns: Any) -> list[ColumnElement[Any]]:
    """The columns that all parts have, empty where a part has none."""
    return [columns.get(name, null()).label(name) for name in _COLUMNS]


def _priced(event: AnyRow, minor: Any) -> dict[str, Any]:
    return {
        "amount_minor": minor,
        "currency": literal(event.currency),
        "currency_exponent": literal(event.currency_exponent),
    }


def _requests(event: AnyRow, now: datetime) -> Select[Any]:
    """Requests of the hour of opening; those that were confirmed with what was booked."""
    return (
        select(
            *_part(
                kind=literal("request"),
                id=QueueRequestRow.id,
                booking_id=QueueRequestRow.booking_id,
                ticket_type_id=cast(null(), TicketTypeRow.id.type),
                wish=QueueRequestRow.wish,
                named=QueueRequestRow.wish["name"].as_string(),
                state=request_state(now),
                reason=QueueRequestRow.reason,
                source=literal("queue"),
                created_at=QueueRequestRow.created_at,
                settled_at=QueueRequestRow.decided_at,
                **_priced(event, func.coalesce(BookingRow.total_minor, 0)),
            )
        )
        .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
        .where(QueueRequestRow.event_id == event.id)
    )


def _refusals(event: AnyRow) -> Select[Any]:
    """Bookings that were refused, because there were fewer places."""
    own = RefusalRow.source.in_(("attendee", "guest"))
    figures = RefusalRow.tickets.concat(literal(" wanted, ")).concat(RefusalRow.places)
    return (
        select(
            *_part(
                kind=literal("refusal"),
                id=RefusalRow.id,
                ticket_type_id=RefusalRow.ticket_type_id,
                named=case((own, AccountRow.name)),
                state=literal("sold out"),
                reason=figures.concat(literal(" left")),
                actor_name=AccountRow.name,
                source=RefusalRow.source,
                created_at=RefusalRow.refused_at,
                **_priced(event, RefusalRow.amount_minor),
            )
        )
        .outerjoin(AccountRow, AccountRow.id == RefusalRow.account_id)
        .where(RefusalRow.event_id == event.id)
    )


def _sales(event: AnyRow) -> Select[Any]:
    """What bookings cost, by transaction and ticket type; what ended is negative."""
    fee = LedgerRow.account == CANCELLATION_FEES
    gone = exists().where(
        TicketRow.booking_id == LedgerRow.booking_id,
        TicketRow.ticket_type_id == LedgerRow.ticket_type_id,
        TicketRow.ended_at == LedgerRow.at,
    )
    ended = LedgerRow.memo.in_(_ENDED) | gone
    sold = LedgerRow.memo.in_(_SOLD)
    kind = case(
        (fee, "cancellation fee"), (sold, "booking"), (ended, "cancellation"), else_="change"
    )
    state = case(
        (fee, "kept"),
        (sold, null()),
        (LedgerRow.memo == EXPIRED, EXPIRED),
        (ended, CANCELLED),
        else_="changed",
    )
    amount = -func.sum(LedgerRow.amount_minor)
    return (
        select(
            *_part(
                kind=kind,
                id=LedgerRow.transaction_id,
                booking_id=LedgerRow.booking_id,
                ticket_type_id=LedgerRow.ticket_type_id,
                amount_minor=amount,
                currency=LedgerRow.currency,
                currency_exponent=LedgerRow.currency_exponent,
                state=state,
                reason=case((LedgerRow.memo.in_(("sale", *_ENDED)), ""), else_=LedgerRow.memo),
                created_at=LedgerRow.at,
            )
        )
        .where(
            LedgerRow.event_id == event.id,
            LedgerRow.account.in_((REVENUE, TAX, FEES, CANCELLATION_FEES)),
        )
        .group_by(LedgerRow.transaction_id, LedgerRow.ticket_type_id, fee)
    )


def _free(event: AnyRow) -> Select[Any]:
    """Bookings of tickets that cost nothing, by ticket type."""
    posted = aliased(LedgerRow)
    same_type = exists().where(
        posted.booking_id == BookingRow.id, posted.ticket_type_id == TicketRow.ticket_type_id
    )
    sold = exists().where(posted.booking_id == BookingRow.id, posted.memo.in_(_SOLD))
    return (
        select(
            *_part(
                kind=literal("booking"),
                id=BookingRow.id,
                booking_id=BookingRow.id,
                ticket_type_id=TicketRow.ticket_type_id,
                created_at=BookingRow.created_at,
                **_priced(event, literal(0)),
            )
        )
        .select_from(BookingRow)
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .where(BookingRow.event_id == event.id, ~same_type | ~sold)
        .group_by(BookingRow.id, TicketRow.ticket_type_id)
    )


def _ended_free(event: AnyRow) -> Select[Any]:
    """Tickets that cost nothing and were cancelled, or whose booking was not paid in time."""
    posted = aliased(LedgerRow)
    in_ledger = exists().where(
        posted.booking_id == TicketRow.booking_id,
        posted.ticket_type_id == TicketRow.ticket_type_id,
        posted.at == TicketRow.ended_at,
    )
    return (
        select(
            *_part(
                kind=literal("cancellation"),
                id=TicketRow.booking_id,
                booking_id=TicketRow.booking_id,
                ticket_type_id=TicketRow.ticket_type_id,
                state=TicketRow.state,
                created_at=TicketRow.ended_at,
                **_priced(event, literal(0)),
            )
        )
        .where(
            TicketRow.event_id == event.id,
            TicketRow.state.in_((CANCELLED, EXPIRED)),
            TicketRow.price_minor == 0,
            ~in_ledger,
        )
        .group_by(
            TicketRow.booking_id, TicketRow.ticket_type_id, TicketRow.ended_at, TicketRow.state
        )
    )


def _moved(money: Any) -> Select[Any]:
    """Payments or refunds."""
    one = money.subquery()
    return select(*_part(**{name: one.c[name] for name in _COLUMNS if name in one.c}))


def _type_names(act: Act, event: AnyRow) -> Mapping[str, str]:
    """The ticket types of an event by their ids, as requests name them."""
    types = select(TicketTypeRow.id, TicketTypeRow.name).where(TicketTypeRow.event_id == event.id)
    return {str(row.id): row.name for row in act.connection.execute(types)}
