"""The steps of a refund, inside the transaction that causes them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from data.schema import PaymentRow, RefundRow
from eventdesk.acts.actor import Actor
from eventdesk.acts.notices import notify
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, RefundState, share_refund
from eventdesk.money.balances import balance, booking_row, paid_parts, settle
from eventdesk.money.cash_rows import note_cash
from eventdesk.money.ledger import MONEY_ACCOUNTS, RECEIVABLE, REFUNDS, post

MAX_REASON = 500


def refund_due(
    connection: Connection,
    actor: Actor,
    booking_id: UUID,
    amount_minor: int,
    *,
    reason: str,
    now: datetime,
) -> int:
    """Give back up to an amount of what a booking paid, the last payment first.

    Call it when the booking's tickets and `total_minor` say already what they will say. Its state
    is settled here.

    Args:
        connection: The transaction that causes it.
        actor: Who gives it back.
        booking_id: The booking.
        amount_minor: The most to give back, in minor units.
        reason: Why, as the buyer may read it.
        now: When, aware UTC.

    Returns:
        What is given back, promised refunds included: never more than was paid and not given
        back before.
    """
    booking = booking_row(connection, booking_id)
    shares = share_refund(amount_minor, paid_parts(connection, booking_id))
    for payment_id, share in shares:
        _promise(connection, actor, booking, payment_id, share, reason, now)
    total = sum(share for _payment_id, share in shares)
    if total:
        settle(connection, booking_id, now=now)
        amount = Money(total, booking.currency, booking.currency_exponent)
        notify(
            connection,
            booking.account_id,
            "payment",
            f"{amount} go back to you",
            f"For booking {booking.code}: {reason}" if reason else f"For booking {booking.code}.",
            now=now,
            event_id=booking.event_id,
            subject=("booking", booking_id),
        )
    return total


def refund_row(connection: Connection, refund_id: UUID) -> Any:
    """Read one refund with how its payment was made.

    Raises:
        NotFoundError: There is no such refund.
    """
    row = connection.execute(refund_rows().where(RefundRow.id == refund_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such refund.")
    return row


def refund_rows() -> Any:
    """The question for refunds with how their payments were made."""
    return select(
        RefundRow.id,
        RefundRow.event_id,
        RefundRow.booking_id,
        RefundRow.payment_id,
        RefundRow.amount_minor,
        RefundRow.state,
        RefundRow.reason,
        RefundRow.reference,
        RefundRow.error,
        RefundRow.actor_name,
        RefundRow.created_at,
        RefundRow.settled_at,
        PaymentRow.method,
        PaymentRow.provider,
        PaymentRow.reference.label("payment_reference"),
        PaymentRow.currency,
        PaymentRow.currency_exponent,
    ).join(PaymentRow, PaymentRow.id == RefundRow.payment_id)


def mark_refunded(
    connection: Connection,
    row: Any,
    *,
    reference: str = "",
    by: Method | None = None,
    actor: Actor | None = None,
    now: datetime,
) -> None:
    """Note that a promised refund went out: the way the money came, or by another.

    Cash comes out of the drawer that who handed it out, the actor, has open.
    """
    _change(
        connection,
        row.id,
        state=RefundState.PAID,
        reference=reference or row.reference,
        error="",
        settled_at=now,
    )
    way = by or Method(row.method)
    _move(connection, row, REFUNDS, MONEY_ACCOUNTS[way], now, "refund paid")
    if way is Method.CASH and actor is not None:
        note_cash(connection, actor, row, row.amount_minor, refund_id=row.id, now=now)
    settle(connection, row.booking_id, now=now)


def mark_refund_failed(connection: Connection, row: Any, *, error: str, now: datetime) -> None:
    """Note that a promised refund was refused: nothing is promised any more."""
    _withdraw(connection, row, RefundState.FAILED, error, "refund refused", now)


def mark_superseded(connection: Connection, row: Any, *, why: str, now: datetime) -> None:
    """Take back a promised refund whose money pays for something else now, for good."""
    _withdraw(connection, row, RefundState.SUPERSEDED, why, "refund taken back", now)


def put_refund(
    connection: Connection,
    actor: Actor,
    payment: Any,
    amount_minor: int,
    *,
    reason: str,
    now: datetime,
) -> Any:
    """Promise to give back a part of one payment; the caller has seen to it that it is there.

    Args:
        connection: The transaction that causes it.
        actor: Who gives it back.
        payment: The payment's row.
        amount_minor: How much, in minor units.
        reason: Why.
        now: When, aware UTC.

    Returns:
        The refund's row.
    """
    refund_id = new_id()
    connection.execute(
        insert(RefundRow).values(
            id=refund_id,
            event_id=payment.event_id,
            booking_id=payment.booking_id,
            payment_id=payment.id,
            amount_minor=amount_minor,
            state=RefundState.PENDING,
            reason=reason,
            reference="",
            error="",
            actor_name=actor.name,
            created_at=now,
        )
    )
    row = refund_row(connection, refund_id)
    _move(connection, row, RECEIVABLE, REFUNDS, now, "refund promised")
    return row


def _promise(
    connection: Connection,
    actor: Actor,
    booking: Any,
    payment_id: UUID,
    amount_minor: int,
    reason: str,
    now: datetime,
) -> None:
    """Promise a part of a payment back; onto a voucher it goes at once."""
    payment = connection.execute(
        select(PaymentRow.id, PaymentRow.event_id, PaymentRow.booking_id, PaymentRow.method).where(
            PaymentRow.id == payment_id
        )
    ).one()
    row = put_refund(connection, actor, payment, amount_minor, reason=reason, now=now)
    if payment.method == Method.VOUCHER:
        mark_refunded(connection, row, now=now)


def promise_again(connection: Connection, row: Any, now: datetime) -> None:
    """Promise a refused refund once more.

    What was refused is a credit of the booking; only as long as it still is one, it may go out.

    Raises:
        InvalidInputError: The money went back in another way, or pays for something now.
    """
    parts = {each.payment_id: each for each in paid_parts(connection, row.booking_id)}
    if parts[row.payment_id].left_minor < row.amount_minor:
        raise InvalidInputError(
            "This money went back in another way already.", hint="Look at the booking's payments."
        )
    credit = balance(connection, row.booking_id).credit
    if credit.minor < row.amount_minor:
        raise InvalidInputError(
            f"This money pays for the booking now; its credit is {credit}.",
            hint=f"Give {credit} back instead."
            if credit.minor
            else "Let the amount off first, or cancel tickets; then give the credit back.",
        )
    _change(connection, row.id, state=RefundState.PENDING, error="", settled_at=None)
    _move(connection, row, RECEIVABLE, REFUNDS, now, "refund promised again")


def _move(
    connection: Connection, row: Any, debit: str, credit: str, now: datetime, memo: str
) -> None:
    post(
        connection,
        row.event_id,
        row.booking_id,
        {debit: row.amount_minor, credit: -row.amount_minor},
        currency=row.currency,
        exponent=row.currency_exponent,
        now=now,
        memo=memo,
    )


def _withdraw(
    connection: Connection, row: Any, state: RefundState, why: str, memo: str, now: datetime
) -> None:
    _change(connection, row.id, state=state, error=why[:MAX_REASON], settled_at=now)
    _move(connection, row, REFUNDS, RECEIVABLE, now, memo)


def _change(connection: Connection, refund_id: UUID, **values: object) -> None:
    connection.execute(update(RefundRow).where(RefundRow.id == refund_id).values(**values))
