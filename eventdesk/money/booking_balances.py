"""Balances of bookings: what they cost, what came in and went out, and the state that follows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, func, select

from data.bulk import chunks
from data.rows import AnyRow, begins, update_row
from data.schema import BookingRow, EventRow, PaymentRow, RefundRow
from eventdesk.acts import Act
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.paying import COUNTED, Balance, Method, PaidPart, PaymentState, RefundState

NO_BOOKING = msg("There is no such booking.")
SEARCH = msg("Search for its code or a name.")


def booking_row(connection: Connection, booking_id: UUID) -> AnyRow:
    """Read a booking with the state of its event.

    Raises:
        NotFoundError: There is no such booking.
    """
    row = connection.execute(
        select(BookingRow.__table__, EventRow.state.label("event_state"))
        .join(EventRow, EventRow.id == BookingRow.event_id)
        .where(BookingRow.id == booking_id)
    ).one_or_none()
    return need_found(row, NO_BOOKING, hint=SEARCH)


def need_taking_place(booking: AnyRow) -> None:
    """Refuse a booking of a cancelled event; its row names the `event_state`.

    Raises:
        InvalidInputError: The event is cancelled.
    """
    if booking.event_state == "cancelled":
        raise InvalidInputError(
            msg("The event of booking {code} was cancelled.", code=booking.code),
            hint=msg("Nothing is to be paid; what was paid goes back."),
        )


def balance(connection: Connection, booking_id: UUID) -> Balance:
    """Read the balance of a booking.

    Raises:
        NotFoundError: There is no such booking.
    """
    found = balances(connection, [booking_id]).get(booking_id)
    return need_found(found, NO_BOOKING, hint=SEARCH)


def balances(connection: Connection, booking_ids: Sequence[UUID]) -> dict[UUID, Balance]:
    """Read the balances of many bookings, with three statements a thousand."""
    found: dict[UUID, Balance] = {}
    for ids in chunks(booking_ids):
        paid = {
            row.booking_id: row.amount
            for row in connection.execute(
                select(PaymentRow.booking_id, func.sum(PaymentRow.amount_minor).label("amount"))
                .where(PaymentRow.booking_id.in_(ids), PaymentRow.state == PaymentState.PAID)
                .group_by(PaymentRow.booking_id)
            )
        }
        back = {
            row.booking_id: row
            for row in connection.execute(
                select(
                    RefundRow.booking_id,
                    refunds_in(RefundState.PAID).label("paid"),
                    refunds_in(RefundState.PENDING).label("pending"),
                )
                .where(RefundRow.booking_id.in_(ids))
                .group_by(RefundRow.booking_id)
            )
        }
        these = select(BookingRow.__table__).where(BookingRow.id.in_(ids))
        for row in connection.execute(these):
            given = back.get(row.id)
            amounts = (
                row.total_minor,
                paid.get(row.id, 0),
                given.paid if given else 0,
                given.pending if given else 0,
            )
            found[row.id] = Balance(
                *(Money(int(each), row.currency, row.currency_exponent) for each in amounts)
            )
    return found


def settle(act: Act, booking_id: UUID) -> str:
    """Set the state of a booking by its balance, return it, and tell the buyer when it is paid.

    A pending booking with nothing due becomes paid and holds its places for good; a paid one with
    something due becomes pending, without a deadline. Cancelled and expired ones stay: what came
    in for them is a credit.

    Raises:
        NotFoundError: There is no such booking.
    """
    booking = booking_row(act.connection, booking_id)
    if booking.state not in ("pending", "paid"):
        return str(booking.state)
    state = "paid" if balance(act.connection, booking_id).due.minor <= 0 else "pending"
    if state == booking.state:
        return state
    update_row(act.connection, BookingRow, booking_id, state=state, expires_at=None)
    if state == "paid":
        act.tell(
            booking.account_id,
            "payment",
            msg("Booking {code} is paid", code=booking.code),
            msg("Your tickets are ready under My tickets."),
            event_id=booking.event_id,
            subject=("booking", booking_id),
            papers=True,
        )
    return state


def paid_parts(connection: Connection, booking_id: UUID) -> list[PaidPart]:
    """Read the payments that brought money for a booking, oldest first, with what went back."""
    given = (
        select(func.coalesce(func.sum(RefundRow.amount_minor), 0))
        .where(RefundRow.payment_id == PaymentRow.id, RefundRow.state.in_(COUNTED))
        .scalar_subquery()
    )
    rows = connection.execute(
        select(PaymentRow.id, PaymentRow.amount_minor, given)
        .where(
            PaymentRow.booking_id == booking_id,
            PaymentRow.state == PaymentState.PAID,
            PaymentRow.method != Method.FREE,
        )
        .order_by(PaymentRow.settled_at, PaymentRow.id)
    )
    return [PaidPart(payment_id, paid, int(back)) for payment_id, paid, back in rows]


def need_currency(amount: Money, other: Money) -> None:
    """Refuse an amount in another currency than the booking's.

    Raises:
        InvalidInputError: It is.
    """
    if (amount.currency, amount.exponent) != (other.currency, other.exponent):
        raise InvalidInputError(
            msg("This booking is paid in {currency}.", currency=other.currency),
            hint=msg("Give the amount in that: {other}.", other=other),
        )


def refunds_in(state: RefundState) -> Any:
    """The sum of refunds in a state, in minor units."""
    return func.sum(case((RefundRow.state == state, RefundRow.amount_minor), else_=0))


def bookings_found(search: str) -> Any:
    """The ids of bookings whose code begins as typed."""
    return select(BookingRow.id).where(begins(BookingRow.code, read_code(search)))
