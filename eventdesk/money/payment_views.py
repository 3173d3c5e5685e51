"""Payments and refunds as people see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, TextClause, func, select, text

from data.schema import BookingRow, PaymentRow, RefundRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.ids import read_code
from eventdesk.core.money import Money
from eventdesk.core.paying import Balance, Method, PaymentState, RefundState
from eventdesk.money.balances import balance, balances, booking_row
from eventdesk.money.refund_steps import refund_rows


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One attempt to pay, as people see it.

    Attributes:
        due: What is still to be paid for the booking after it; negative is a credit.
        show: What the person who pays is to be shown now: where to go, what to type.
        advice: What to do next, or "".
    """

    id: UUID
    booking_id: UUID
    booking_code: str
    method: Method
    provider: str
    reference: str
    amount: Money
    state: PaymentState
    error: str
    booking_state: str
    due: Money
    created_at: datetime
    settled_at: datetime | None
    expires_at: datetime | None
    show: str = ""
    advice: str = ""


def view_of(connection: Connection, payment_id: UUID, *, show: str = "") -> PaymentView:
    """Read one payment with how its booking stands."""
    row = connection.execute(payment_rows().where(PaymentRow.id == payment_id)).one()
    return payment_view(row, balance(connection, row.booking_id), show=show)


def payment_rows() -> Any:
    """The question for payments with their bookings."""
    return select(
        PaymentRow.id,
        PaymentRow.event_id,
        PaymentRow.booking_id,
        BookingRow.code.label("booking_code"),
        BookingRow.name.label("booking_name"),
        BookingRow.state.label("booking_state"),
        PaymentRow.method,
        PaymentRow.provider,
        PaymentRow.reference,
        PaymentRow.amount_minor,
        PaymentRow.currency,
        PaymentRow.currency_exponent,
        PaymentRow.state,
        PaymentRow.error,
        PaymentRow.actor_name,
        PaymentRow.created_at,
        PaymentRow.settled_at,
        PaymentRow.expires_at,
    ).join(BookingRow, BookingRow.id == PaymentRow.booking_id)


def payment_view(row: Any, stands: Balance, *, show: str = "") -> PaymentView:
    """Make a view of a row of `payment_rows` and the balance of its booking."""
    return PaymentView(
        row.id,
        row.booking_id,
        row.booking_code,
        Method(row.method),
        row.provider,
        row.reference,
        Money(row.amount_minor, row.currency, row.currency_exponent),
        PaymentState(row.state),
        row.error,
        row.booking_state,
        stands.due,
        row.created_at,
        row.settled_at,
        row.expires_at,
        show,
        advice_on(row, stands),
    )


def advice_on(row: Any, stands: Balance) -> str:
    """What to do next about a payment."""
    if row.state == PaymentState.PAID:
        if row.booking_state in ("expired", "cancelled") and stands.credit.minor:
            return f"The booking is {row.booking_state}: revive it or give {stands.credit} back."
        if stands.credit.minor:
            return f"{stands.credit} came in too much: give it back."
        return f"{stands.due} are still due." if stands.due.minor > 0 else ""
    if row.state == PaymentState.PENDING:
        return "Wait for the answer, or pay in another way."
    if row.booking_state == "pending":
        return "Nothing was taken. Try again, or pay in another way before the deadline."
    return "Nothing was taken."


@dataclass(frozen=True, slots=True)
class RefundView:
    """Money that goes or went back, as people see it."""

    id: UUID
    booking_id: UUID
    booking_code: str
    booking_name: str
    payment_id: UUID
    method: Method
    amount: Money
    state: RefundState
    reason: str
    reference: str
    error: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """All money of one booking."""

    balance: Balance
    payments: tuple[PaymentView, ...]
    refunds: tuple[RefundView, ...]


@allowed(Permission.MONEY, Permission.DOOR, own=True)
def payments_of(store: Store, actor: Actor, booking_id: UUID) -> BookingMoney:
    """Read the balance, the payments and the refunds of a booking, the latest first.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking.
    """
    with store.read() as connection:
        booking = booking_row(connection, booking_id)
        need_here(
            connection,
            actor,
            booking.event_id,
            Permission.MONEY,
            Permission.DOOR,
            owner_id=booking.account_id,
        )
        stands = balance(connection, booking_id)
        paid = connection.execute(
            payment_rows()
            .where(PaymentRow.booking_id == booking_id)
            .order_by(PaymentRow.created_at.desc(), PaymentRow.id.desc())
        ).all()
        back = connection.execute(
            _refunds().where(RefundRow.booking_id == booking_id).order_by(*_LATEST_REFUND)
        ).all()
    return BookingMoney(
        stands,
        tuple(payment_view(row, stands) for row in paid),
        tuple(refund_view(row) for row in back),
    )


@allowed(Permission.MONEY)
def list_payments(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    search: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[PaymentView], int]:
    """Read a page of an event's payments, the latest first, and how many there are.

    Args:
        store: The store.
        actor: Who reads.
        event_id: The event.
        search: The code of a booking; "" is all.
        offset: How many to skip.
        limit: How many to read.

    Raises:
        NotAllowedError: The actor may not see this event's money.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.MONEY)
        here = [PaymentRow.event_id == event_id]
        if search.strip():
            here.append(PaymentRow.booking_id.in_(_named(search)))
        # By time alone: the index keeps equal instants in the order they were written, and a
        # second key would sort all of a bulk's at every page.
        page = (
            select(PaymentRow.id)
            .where(*here)
            .order_by(PaymentRow.created_at.desc())
            .limit(limit)
            .offset(offset)
            .subquery()
        )
        rows = connection.execute(
            payment_rows()
            .join(page, page.c.id == PaymentRow.id)
            .order_by(PaymentRow.created_at.desc(), PaymentRow.id.desc())
        ).all()
        total = connection.execute(select(func.count()).where(*here)).scalar_one()
        stand = balances(connection, [row.booking_id for row in rows])
    return [payment_view(row, stand[row.booking_id]) for row in rows], total


@allowed(Permission.MONEY)
def list_refunds(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    search: str = "",
    open_only: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[RefundView], int]:
    """Read a page of an event's refunds, the latest first, and how many there are.

    Args:
        store: The store.
        actor: Who reads.
        event_id: The event.
        search: The code of a booking; "" is all.
        open_only: Only those that somebody or something still has to pay, or that were refused.
        offset: How many to skip.
        limit: How many to read.

    Raises:
        NotAllowedError: The actor may not see this event's money.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.MONEY)
        here: list[ColumnElement[bool] | TextClause] = [RefundRow.event_id == event_id]
        if open_only:
            here += [_NOT_OUT, RefundRow.state != RefundState.SUPERSEDED]
        if search.strip():
            here.append(RefundRow.booking_id.in_(_named(search)))
        rows = connection.execute(
            _refunds().where(*here).order_by(*_LATEST_REFUND).limit(limit).offset(offset)
        ).all()
        total = connection.execute(select(func.count()).where(*here)).scalar_one()
    return [refund_view(row) for row in rows], total


def refund_view(row: Any) -> RefundView:
    """Make a view of a row of refunds."""
    return RefundView(
        row.id,
        row.booking_id,
        row.booking_code,
        row.booking_name,
        row.payment_id,
        Method(row.method),
        Money(row.amount_minor, row.currency, row.currency_exponent),
        RefundState(row.state),
        row.reason,
        row.reference,
        row.error,
        row.created_at,
        row.settled_at,
    )


_NOT_OUT = text("refund.state != 'paid'")
"""Spelled out, for SQLite takes a partial index only where it sees the very words."""

_LATEST_REFUND = (RefundRow.created_at.desc(), RefundRow.id.desc())


def _refunds() -> Any:
    return (
        refund_rows()
        .add_columns(BookingRow.code.label("booking_code"), BookingRow.name.label("booking_name"))
        .join(BookingRow, BookingRow.id == RefundRow.booking_id)
    )


def _named(search: str) -> Any:
    """The bookings whose code begins as typed."""
    begins = read_code(search)
    return select(BookingRow.id).where(
        BookingRow.code >= begins, BookingRow.code < begins + "\U0010ffff"
    )
