"""Giving money back: of which payments, how far it is, and by whom it was handed out.

A refund goes back the way the money came. What a voucher paid stands on the voucher again at
once; what a gateway took waits for the gateway's word; the rest is handed out by a person, who
says so. Never more goes back than came in.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from data.schema import PaymentRow, RefundRow
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError
from eventdesk.model.ids import new_id
from eventdesk.model.money import Money
from eventdesk.model.payments import Method, RefundState, share_refund
from eventdesk.model.people import Actor, Permission
from eventdesk.usecases.audit import record
from eventdesk.usecases.balances import balance, booking_row, paid_parts, settle
from eventdesk.usecases.ledger import MONEY_ACCOUNTS, RECEIVABLE, REFUNDS, post
from eventdesk.usecases.notices import notify
from eventdesk.usecases.permission import allowed, need_here

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


@allowed(Permission.MONEY)
def refund(
    store: Store,
    actor: Actor,
    booking_id: UUID,
    *,
    amount: Money | None = None,
    reason: str,
    now: datetime,
) -> Money:
    """Give back a part of what a booking paid, or the whole credit it has.

    What is given back of tickets that stay valid is due again; to let somebody keep the tickets
    for less, lower their price first: `price_cuts.let_off`.

    Args:
        store: The store.
        actor: Who gives it back.
        booking_id: The booking.
        amount: How much; None is the booking's credit.
        reason: Why; the buyer reads it.
        now: When, aware UTC.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such booking.
        InvalidInputError: No reason, another currency, or more than came in.
    """
    if not reason.strip():
        raise InvalidInputError("A refund needs a reason.", hint="Such as: ill, cancelled.")
    with store.write() as connection:
        booking = booking_row(connection, booking_id)
        need_here(connection, actor, booking.event_id, Permission.MONEY)
        stands = balance(connection, booking_id)
        wanted = stands.credit if amount is None else amount
        _need_refundable(wanted, stands.refundable)
        why = reason.strip()[:MAX_REASON]
        refund_due(connection, actor, booking_id, wanted.minor, reason=why, now=now)
        record(
            connection,
            actor,
            "refund",
            ("booking", booking_id),
            now=now,
            event_id=booking.event_id,
            amount_minor=wanted.minor,
            currency=wanted.currency,
            reason=why,
        )
    return wanted


@allowed(Permission.MONEY)
def hand_out_refund(
    store: Store, actor: Actor, refund_id: UUID, *, reference: str = "", now: datetime
) -> None:
    """Note that a person gave a promised refund back: cash, by the terminal, by a transfer.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such refund.
        InvalidInputError: It is out already, was refused, or is the gateway's to pay.
    """
    with store.write() as connection:
        row = refund_row(connection, refund_id)
        need_here(connection, actor, row.event_id, Permission.MONEY)
        if row.state != RefundState.PENDING:
            raise InvalidInputError(
                f"This refund is {row.state} already.", hint="Read the list again with F5."
            )
        if row.method == Method.GATEWAY:
            raise InvalidInputError(
                "This refund is paid by the gateway.",
                hint="Wait for its answer. When it refuses, try again or give it back by hand.",
            )
        mark_refunded(connection, row, reference=reference.strip()[:MAX_REASON], now=now)
        _recorded(connection, actor, "hand_out_refund", row, now, reference=reference.strip())


@allowed(Permission.MONEY)
def retry_refund(store: Store, actor: Actor, refund_id: UUID, *, now: datetime) -> None:
    """Promise a refused refund again, as far as it can still be given back.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such refund.
        InvalidInputError: It was not refused, or the money went back in another way.
    """
    with store.write() as connection:
        row = refund_row(connection, refund_id)
        need_here(connection, actor, row.event_id, Permission.MONEY)
        if row.state != RefundState.FAILED:
            raise InvalidInputError("Only a refused refund is tried again.")
        parts = {each.payment_id: each for each in paid_parts(connection, row.booking_id)}
        if parts[row.payment_id].left_minor < row.amount_minor:
            raise InvalidInputError(
                "This money went back in another way already.",
                hint="Look at the booking's payments.",
            )
        _change(connection, row.id, state=RefundState.PENDING, error="", settled_at=None)
        _move(connection, row, RECEIVABLE, REFUNDS, now, "refund promised again")
        _recorded(connection, actor, "retry_refund", row, now)


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


def mark_refunded(connection: Connection, row: Any, *, reference: str, now: datetime) -> None:
    """Note that a promised refund went out."""
    _change(
        connection,
        row.id,
        state=RefundState.PAID,
        reference=reference or row.reference,
        error="",
        settled_at=now,
    )
    _move(connection, row, REFUNDS, MONEY_ACCOUNTS[Method(row.method)], now, "refund paid")
    settle(connection, row.booking_id, now=now)


def mark_refund_failed(connection: Connection, row: Any, *, error: str, now: datetime) -> None:
    """Note that a promised refund was refused: nothing is promised any more."""
    _change(
        connection,
        row.id,
        state=RefundState.FAILED,
        error=error[:MAX_REASON],
        settled_at=now,
    )
    _move(connection, row, REFUNDS, RECEIVABLE, now, "refund refused")


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
        mark_refunded(connection, row, reference="", now=now)


def _need_refundable(wanted: Money, most: Money) -> None:
    if (wanted.currency, wanted.exponent) != (most.currency, most.exponent):
        raise InvalidInputError(f"This booking is paid in {most.currency}.")
    if wanted.minor <= 0:
        raise InvalidInputError(
            "There is nothing to give back.",
            hint="Say how much, or cancel tickets of this booking first.",
        )
    if wanted.minor > most.minor:
        raise InvalidInputError(
            f"{wanted} cannot be given back: {most} came in and did not go back yet.",
            hint=f"Give back at most {most}.",
        )


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


def _change(connection: Connection, refund_id: UUID, **values: object) -> None:
    connection.execute(update(RefundRow).where(RefundRow.id == refund_id).values(**values))


def _recorded(
    connection: Connection, actor: Actor, verb: str, row: Any, now: datetime, **detail: object
) -> None:
    record(
        connection,
        actor,
        verb,
        ("refund", row.id),
        now=now,
        event_id=row.event_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        **detail,
    )
