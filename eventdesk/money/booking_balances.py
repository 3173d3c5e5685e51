"""What bookings cost, what came in and went out, and the state that follows from it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, func, select

from data.bulk import chunks
from data.rows import begins, update_row
from data.schema import BookingRow, EventRow, PaymentRow, RefundRow
from eventdesk.acts import Act
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.paying import COUNTED, Balance, Method, PaidPart, PaymentState, RefundState


def booking_row(connection: Connection, booking_id: UUID) -> Any:
    """Read what money needs to know of a booking.

    Raises:
        NotFoundError: There is no such booking.
    """
    row = connection.execute(
        select(
            BookingRow.id,
            BookingRow.event_id,
            BookingRow.account_id,
            BookingRow.code,
            BookingRow.state,
            BookingRow.name,
            BookingRow.email,
            BookingRow.total_minor,
            BookingRow.kept_minor,
            BookingRow.currency,
            BookingRow.currency_exponent,
            BookingRow.expires_at,
            EventRow.state.label("event_state"),
        )
        .join(EventRow, EventRow.id == BookingRow.event_id)
        .where(BookingRow.id == booking_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(
            msg("There is no such booking."), hint=msg("Search for its code or a name.")
        )
    return row


def need_taking_place(booking: Any) -> None:
    """Refuse what makes no sense for a booking of an event that is cancelled.

    Args:
        booking: A row that names the event's state: of `booking_row`, of `changes.booking_facts`.

    Raises:
        InvalidInputError: Its event is cancelled.
    """
    if booking.event_state == "cancelled":
        raise InvalidInputError(
            msg("The event of booking {code} was cancelled.", code=booking.code),
            hint=msg("Nothing is to be paid; what was paid goes back."),
        )


def balance(connection: Connection, booking_id: UUID) -> Balance:
    """Read what a booking costs, and what of it came in and went out.

    Raises:
        NotFoundError: There is no such booking.
    """
    found = balances(connection, [booking_id])
    if booking_id not in found:
        raise NotFoundError(
            msg("There is no such booking."), hint=msg("Search for its code or a name.")
        )
    return found[booking_id]


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
                    _sum_of(RefundState.PAID).label("paid"),
                    _sum_of(RefundState.PENDING).label("pending"),
                )
                .where(RefundRow.booking_id.in_(ids))
                .group_by(RefundRow.booking_id)
            )
        }
        for row in connection.execute(
            select(
                BookingRow.id,
                BookingRow.total_minor,
                BookingRow.currency,
                BookingRow.currency_exponent,
            ).where(BookingRow.id.in_(ids))
        ):
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
    """Let the state of a booking follow from its balance, and tell the buyer when it is paid.

    A pending booking of which nothing is due becomes paid and holds its places for good; a paid
    one of which something is due becomes pending, without a deadline. Cancelled and expired ones
    stay as they are: what came in for them is a credit.

    Returns:
        The state it has now.

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
        )
    return state


def paid_parts(connection: Connection, booking_id: UUID) -> list[PaidPart]:
    """Read the payments of a booking that brought money, oldest first, with what went back."""
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


def _sum_of(state: RefundState) -> Any:
    return func.sum(case((RefundRow.state == state, RefundRow.amount_minor), else_=0))


def bookings_found(search: str) -> Any:
    """The bookings whose code begins as typed."""
    return select(BookingRow.id).where(begins(BookingRow.code, read_code(search)))
