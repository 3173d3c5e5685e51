"""Giving money back: of which payments, how far it is, and by whom it was handed out.

A refund goes back the way the money came. What a voucher paid stands on the voucher again at
once; what a gateway took waits for the gateway's word; the rest is handed out by a person, who
says so. Never more goes back than came in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, TextClause, func, insert, select, text

from data.rows import update_row
from data.schema import BookingRow, PaymentRow, RefundRow
from eventdesk.accounts import need_word
from eventdesk.acts import Act, Actor, Permission, event_of, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, RefundState, share_refund
from eventdesk.money.booking_balances import (
    balance,
    booking_row,
    bookings_found,
    paid_parts,
    settle,
)
from eventdesk.money.drawers import note_cash
from eventdesk.money.ledger import MONEY_ACCOUNTS, RECEIVABLE, REFUNDS, post

MAX_REASON = 500

BY_HAND = (Method.CASH, Method.TERMINAL, Method.TRANSFER, Method.ELSEWHERE)
"""How a person gives money back."""

NOT_OUT = text("refund.state != 'paid'")
"""Spelled out, for SQLite takes a partial index only where it sees the very words."""

LATEST_REFUND = (RefundRow.created_at.desc(), RefundRow.id.desc())


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


@writes(Permission.MONEY, Permission.DOOR, about=event_of(BookingRow, "booking_id"))
def refund(
    act: Act,
    booking_id: UUID,
    *,
    amount: Money | None = None,
    reason: str,
    by: Method | str = "",
    reference: str = "",
) -> Money:
    """Give back a part of what a booking paid, or the whole credit it has.

    What is given back of tickets that stay valid is due again; to let somebody keep the tickets
    for less, lower their price first: `price_cuts.let_off`.

    Args:
        booking_id: The booking.
        amount: How much; None is the booking's credit.
        reason: Why; the buyer reads it.
        by: How a person hands it out in this very moment: cash, terminal or transfer. "" promises
            it only.
        reference: What it can be found by elsewhere, where it is handed out.

    Raises:
        SupervisorNeededError: The actor works at the door, and no supervisor approved it.
        NotFoundError: There is no such booking.
        InvalidInputError: No reason, another currency, more than came in, or not to be handed out.
    """
    if not reason.strip():
        raise InvalidInputError(
            msg("A refund needs a reason."), hint=msg("Such as: ill, cancelled.")
        )
    booking = booking_row(act.connection, booking_id)
    here = act.need(booking.event_id, Permission.MONEY, Permission.DOOR)
    stands = balance(act.connection, booking_id)
    wanted = stands.credit if amount is None else amount
    _need_refundable(wanted, stands.refundable)
    # What cannot be given back is said before anybody calls a supervisor.
    word = _need_refunder(act, here, booking)
    why = reason.strip()[:MAX_REASON]
    before = _promised(act.connection, booking_id)
    refund_due(act, booking_id, wanted.minor, reason=why)
    if by:
        for refund_id in _promised(act.connection, booking_id) - before:
            row = refund_row(act.connection, refund_id)
            if row.method == Method.GATEWAY:  # the gateway pays it back by itself
                continue
            note, way = reference.strip()[:MAX_REASON], _need_by_hand(row, by)
            mark_refunded(act, row, reference=note, by=way, actor=act.actor)
    act.record(
        "refund",
        ("booking", booking_id),
        event_id=booking.event_id,
        amount_minor=wanted.minor,
        currency=wanted.currency,
        reason=why,
        **{"by": str(by)} if by else {},
        **{"approved_by": word} if word else {},
    )
    return wanted


@writes(Permission.MONEY, about=event_of(RefundRow, "refund_id"))
def hand_out_refund(
    act: Act, refund_id: UUID, *, by: Method | str = "", reference: str = ""
) -> None:
    """Note that a person gave a refund back: what was promised, or what a gateway refused.

    Args:
        refund_id: The refund.
        by: How, if not in the way the money came: cash, terminal or transfer.
        reference: What it can be found by elsewhere.

    Raises:
        NotFoundError: There is no such refund.
        InvalidInputError: It is out already, is the gateway's to pay, or its money pays for
            something else now.
    """
    note = reference.strip()[:MAX_REASON]
    row = refund_row(act.connection, refund_id)
    act.need(row.event_id, Permission.MONEY)
    way = _need_by_hand(row, by)
    if row.state == RefundState.FAILED:
        _promise_again(act, row)
    mark_refunded(act, row, reference=note, by=way, actor=act.actor)
    _recorded(act, "hand_out_refund", row, by=way, reference=note)


@writes(Permission.MONEY, about=event_of(RefundRow, "refund_id"))
def retry_refund(act: Act, refund_id: UUID) -> None:
    """Promise a refused refund again, as far as it can still be given back.

    Raises:
        NotFoundError: There is no such refund.
        InvalidInputError: It was not refused, or the money went back in another way or pays for
            something else now.
    """
    row = refund_row(act.connection, refund_id)
    act.need(row.event_id, Permission.MONEY)
    if row.state != RefundState.FAILED:
        raise InvalidInputError(msg("Only a refused refund is tried again."))
    _promise_again(act, row)
    _recorded(act, "retry_refund", row)


@reads(Permission.MONEY, about="event_id")
def list_refunds(
    act: Act,
    event_id: UUID,
    *,
    search: str = "",
    open_only: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[RefundView], int]:
    """Read a page of an event's refunds, the latest first, and how many there are.

    Args:
        event_id: The event.
        search: The code of a booking; "" is all.
        open_only: Only those that somebody or something still has to pay, or that were refused.
        offset: How many to skip.
        limit: How many to read.
    """
    act.need(event_id, Permission.MONEY)
    here: list[ColumnElement[bool] | TextClause] = [RefundRow.event_id == event_id]
    if open_only:
        here += [NOT_OUT, RefundRow.state != RefundState.SUPERSEDED]
    if search.strip():
        here.append(RefundRow.booking_id.in_(bookings_found(search)))
    rows = act.connection.execute(
        asked_refunds().where(*here).order_by(*LATEST_REFUND).limit(limit).offset(offset)
    ).all()
    total = act.connection.execute(select(func.count()).where(*here)).scalar_one()
    return [refund_view(row) for row in rows], total


def refund_due(act: Act, booking_id: UUID, amount_minor: int, *, reason: str) -> int:
    """Give back up to an amount of what a booking paid, the last payment first.

    Call it when the booking's tickets and `total_minor` say already what they will say. Its state
    is settled here.

    Args:
        booking_id: The booking.
        amount_minor: The most to give back, in minor units.
        reason: Why, as the buyer may read it.

    Returns:
        What is given back, promised refunds included: never more than was paid and not given
        back before.
    """
    booking = booking_row(act.connection, booking_id)
    shares = share_refund(amount_minor, paid_parts(act.connection, booking_id))
    for payment_id, share in shares:
        _promise(act, booking, payment_id, share, reason)
    total = sum(share for _payment_id, share in shares)
    if total:
        settle(act, booking_id)
        amount = Money(total, booking.currency, booking.currency_exponent)
        act.tell(
            booking.account_id,
            "payment",
            msg("{amount} go back to you", amount=amount),
            msg("For booking {code}: {reason}", code=booking.code, reason=reason)
            if reason
            else msg("For booking {code}.", code=booking.code),
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
        raise NotFoundError(msg("There is no such refund."))
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
    act: Act, row: Any, *, reference: str = "", by: Method | None = None, actor: Actor | None = None
) -> None:
    """Note that a promised refund went out: the way the money came, or by another.

    Cash comes out of the drawer that who handed it out, the actor, has open.
    """
    update_row(
        act.connection,
        RefundRow,
        row.id,
        state=RefundState.PAID,
        reference=reference or row.reference,
        error="",
        settled_at=act.now,
    )
    way = by or Method(row.method)
    _move(act, row, REFUNDS, MONEY_ACCOUNTS[way], "refund paid")
    if way is Method.CASH and actor is not None:
        note_cash(act.by(actor), row, row.amount_minor, refund_id=row.id)
    settle(act, row.booking_id)


def mark_refund_failed(act: Act, row: Any, *, error: str) -> None:
    """Note that a promised refund was refused: nothing is promised any more."""
    _withdraw(act, row, RefundState.FAILED, error, "refund refused")


def mark_superseded(act: Act, row: Any, *, why: str) -> None:
    """Take back a promised refund whose money pays for something else now, for good."""
    _withdraw(act, row, RefundState.SUPERSEDED, why, "refund taken back")


def put_refund(act: Act, payment: Any, amount_minor: int, *, reason: str) -> Any:
    """Promise to give back a part of one payment; the caller has seen to it that it is there.

    Args:
        payment: The payment's row.
        amount_minor: How much, in minor units.
        reason: Why.

    Returns:
        The refund's row.
    """
    refund_id = new_id()
    act.connection.execute(
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
            actor_name=act.actor.name,
            created_at=act.now,
        )
    )
    row = refund_row(act.connection, refund_id)
    _move(act, row, RECEIVABLE, REFUNDS, "refund promised")
    return row


def _promise(act: Act, booking: Any, payment_id: UUID, amount_minor: int, reason: str) -> None:
    """Promise a part of a payment back; onto a voucher it goes at once."""
    payment = act.connection.execute(
        select(PaymentRow.id, PaymentRow.event_id, PaymentRow.booking_id, PaymentRow.method).where(
            PaymentRow.id == payment_id
        )
    ).one()
    row = put_refund(act, payment, amount_minor, reason=reason)
    if payment.method == Method.VOUCHER:
        mark_refunded(act, row)


def _promise_again(act: Act, row: Any) -> None:
    """Promise a refused refund once more.

    What was refused is a credit of the booking; only as long as it still is one, it may go out.

    Raises:
        InvalidInputError: The money went back in another way, or pays for something now.
    """
    parts = {each.payment_id: each for each in paid_parts(act.connection, row.booking_id)}
    if parts[row.payment_id].left_minor < row.amount_minor:
        raise InvalidInputError(
            msg("This money went back in another way already."),
            hint=msg("Look at the booking's payments."),
        )
    credit = balance(act.connection, row.booking_id).credit
    if credit.minor < row.amount_minor:
        raise InvalidInputError(
            msg("This money pays for the booking now; its credit is {credit}.", credit=credit),
            hint=msg("Give {credit} back instead.", credit=credit)
            if credit.minor
            else msg("Let the amount off first, or cancel tickets; then give the credit back."),
        )
    update_row(
        act.connection, RefundRow, row.id, state=RefundState.PENDING, error="", settled_at=None
    )
    _move(act, row, RECEIVABLE, REFUNDS, "refund promised again")


def _move(act: Act, row: Any, debit: str, credit: str, memo: str) -> None:
    post(
        act,
        row.event_id,
        row.booking_id,
        {debit: row.amount_minor, credit: -row.amount_minor},
        currency=row.currency,
        exponent=row.currency_exponent,
        memo=memo,
    )


def _withdraw(act: Act, row: Any, state: RefundState, why: str, memo: str) -> None:
    update_row(
        act.connection, RefundRow, row.id, state=state, error=why[:MAX_REASON], settled_at=act.now
    )
    _move(act, row, REFUNDS, RECEIVABLE, memo)


def _need_refunder(act: Act, here: Actor, booking: Any) -> str:
    """Let those refund who move the money, and the desk with a supervisor's word; name whose."""
    if here.may(Permission.MONEY):
        return ""
    no = msg("Only a supervisor may give money back.")
    return need_word(act, here, booking.event_id, what="refund", refusal=no)


def _promised(connection: Connection, booking_id: UUID) -> set[UUID]:
    """The refunds of a booking that wait to be handed out."""
    waiting = select(RefundRow.id).where(
        RefundRow.booking_id == booking_id, RefundRow.state == RefundState.PENDING
    )
    return set(connection.execute(waiting).scalars())


def _need_by_hand(row: Any, by: Method | str) -> Method:
    """Say how a person gives a refund back."""
    if row.state == RefundState.PAID:
        raise InvalidInputError(
            msg("This refund is out already."), hint=msg("Read the list again with F5.")
        )
    if row.state == RefundState.SUPERSEDED:
        raise InvalidInputError(
            msg("This refund was taken back."), hint=msg("Its money pays for another ticket type.")
        )
    if row.method == Method.GATEWAY and row.state == RefundState.PENDING:
        raise InvalidInputError(
            msg("This refund is paid by the gateway."),
            hint=msg("Wait for its answer. When it refuses, try again or give it back by hand."),
        )
    way = str(by or row.method)
    if way not in BY_HAND:
        raise InvalidInputError(
            msg("Nobody gives money back by {way}.", way=way),
            hint=msg("Choose one: {by_hand}.", by_hand=", ".join(BY_HAND[:3])),
        )
    return Method(way)


def _need_refundable(wanted: Money, most: Money) -> None:
    if (wanted.currency, wanted.exponent) != (most.currency, most.exponent):
        raise InvalidInputError(msg("This booking is paid in {currency}.", currency=most.currency))
    if wanted.minor <= 0:
        raise InvalidInputError(
            msg("There is nothing to give back."),
            hint=msg("Say how much, or cancel tickets of this booking first."),
        )
    if wanted.minor > most.minor:
        raise InvalidInputError(
            msg(
                "{wanted} cannot be given back: {most} came in and did not go back yet.",
                wanted=wanted,
                most=most,
            ),
            hint=msg("Give back at most {most}.", most=most),
        )


def _recorded(act: Act, verb: str, row: Any, **detail: object) -> None:
    act.record(
        verb,
        ("refund", row.id),
        event_id=row.event_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        **detail,
    )


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


def asked_refunds() -> Any:
    """The question for refunds with their bookings."""
    return (
        refund_rows()
        .add_columns(BookingRow.code.label("booking_code"), BookingRow.name.label("booking_name"))
        .join(BookingRow, BookingRow.id == RefundRow.booking_id)
    )
