"""Refunds: of which payments, how far they are, and how they were handed out.

A refund goes back the way the money came: onto a voucher at once, through a gateway when it
confirms, the rest by a person, who says so. Never more goes back than came in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, TextClause, select, text

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import BookingRow, PaymentRow, RefundRow
from eventdesk.accounts import need_word
from eventdesk.acts import Act, Actor, Permission, event_of, reads, writes
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, RefundState, share_refund
from eventdesk.core.remedies import Remedy, advise
from eventdesk.money.booking_balances import (
    balance,
    booking_row,
    bookings_found,
    need_currency,
    paid_parts,
    settle,
)
from eventdesk.money.drawers import note_cash
from eventdesk.money.ledger import (
    MONEY_ACCOUNTS,
    RECEIVABLE,
    REFUND_PAID,
    REFUNDS,
    Sides,
    transaction_rows,
    write_down,
)

MAX_REASON = 500

BY_HAND = (Method.CASH, Method.TERMINAL, Method.TRANSFER, Method.ELSEWHERE)
"""Methods by which a person gives money back."""

NOT_OUT = text("refund.state != 'paid'")
"""Literal, as SQLite uses a partial index only for its very condition."""

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

    What is given back of tickets that stay valid is due again; `let_off` lowers their price.

    Args:
        amount: How much; None is the booking's credit.
        reason: Why; the buyer reads it.
        by: How a person hands it out now: cash, terminal or transfer; "" only promises it.
        reference: Its number or purpose elsewhere, where it is handed out.

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
    # What cannot be given back is refused before anybody calls a supervisor.
    word = ""
    if not here.may(Permission.MONEY):
        no = msg("Only a supervisor may give money back.")
        word = need_word(act, here, booking.event_id, what="refund", refusal=no)
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
    """Note that a person gave a refund back that was promised, or that a gateway refused.

    Args:
        by: How, if not in the way the money came: cash, terminal or transfer.
        reference: Its number or purpose elsewhere.

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
        search: The beginning of a booking's code.
        open_only: Only those that are still to be paid, or were refused.
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
    return [refund_view(row) for row in rows], count_rows(act.connection, *here)


def refund_due(act: Act, booking_id: UUID, amount_minor: int, *, reason: str | Message) -> int:
    """Give back at most an amount of what a booking paid, the last payment first; return the sum.

    Called when the booking's tickets and `total_minor` are up to date; its state is settled here.

    Args:
        amount_minor: The most to give back, in minor units.
        reason: Why, as the buyer reads it.
    """
    booking = booking_row(act.connection, booking_id)
    shares = share_refund(amount_minor, paid_parts(act.connection, booking_id))
    for payment_id, share in shares:
        paid = select(PaymentRow.__table__).where(PaymentRow.id == payment_id)
        payment = act.connection.execute(paid).one()
        row = put_refund(act, payment, share, reason=in_english(reason))
        if payment.method == Method.VOUCHER:
            mark_refunded(act, row)
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


def refund_row(connection: Connection, refund_id: UUID) -> AnyRow:
    """Read one refund with how its payment was made.

    Raises:
        NotFoundError: There is no such refund.
    """
    row = connection.execute(refund_rows().where(RefundRow.id == refund_id)).one_or_none()
    return need_found(row, msg("There is no such refund."))


def refund_rows() -> Any:
    """The statement that reads refunds with how their payments were made."""
    return select(
        RefundRow.__table__,
        PaymentRow.method,
        PaymentRow.provider,
        PaymentRow.reference.label("payment_reference"),
        PaymentRow.currency,
        PaymentRow.currency_exponent,
    ).join(PaymentRow, PaymentRow.id == RefundRow.payment_id)


def mark_refunded(
    act: Act,
    row: AnyRow,
    *,
    reference: str = "",
    by: Method | None = None,
    actor: Actor | None = None,
) -> None:
    """Note that a promised refund went out, `by` another way than the money came where named.

    Cash comes out of the open drawer of the actor who handed it out.
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
    _move(act, row, REFUNDS, MONEY_ACCOUNTS[way], REFUND_PAID)
    if way is Method.CASH and actor is not None:
        note_cash(act.by(actor), row, row.amount_minor, refund_id=row.id)
    settle(act, row.booking_id)


def mark_refund_failed(act: Act, row: AnyRow, *, error: str) -> None:
    """Note that a promised refund was refused."""
    _withdraw(act, row, RefundState.FAILED, error, "refund refused")


def mark_superseded(act: Act, row: AnyRow, *, why: str) -> None:
    """Take a promised refund back for good, as its money pays for something else now."""
    _withdraw(act, row, RefundState.SUPERSEDED, why, "refund taken back")


def put_refund(act: Act, payment: AnyRow, amount_minor: int, *, reason: str) -> Any:
    """Promise a part of one payment back, in minor units; return the refund's row.

    The caller has checked that so much is left of the payment.
    """
    refund_id = new_id()
    insert_row(
        act.connection,
        RefundRow,
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
    row = refund_row(act.connection, refund_id)
    _move(act, row, RECEIVABLE, REFUNDS, "refund promised")
    return row


def _promise_again(act: Act, row: AnyRow) -> None:
    """Promise a refused refund once more, where its money is still a credit of the booking.

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


def _move(act: Act, row: AnyRow, debit: str, credit: str, memo: str) -> None:
    sides: Sides = {(debit, None): row.amount_minor, (credit, None): -row.amount_minor}
    rows = transaction_rows(row.event_id, row.booking_id, row, sides, memo=memo, now=act.now)
    write_down(act.connection, rows)


def _withdraw(act: Act, row: AnyRow, state: RefundState, why: str, memo: str) -> None:
    update_row(
        act.connection, RefundRow, row.id, state=state, error=why[:MAX_REASON], settled_at=act.now
    )
    _move(act, row, REFUNDS, RECEIVABLE, memo)


def _promised(connection: Connection, booking_id: UUID) -> set[UUID]:
    """The promised refunds of a booking."""
    waiting = select(RefundRow.id).where(
        RefundRow.booking_id == booking_id, RefundRow.state == RefundState.PENDING
    )
    return set(connection.execute(waiting).scalars())


def _need_by_hand(row: AnyRow, by: Method | str) -> Method:
    """The way a person gives a refund back."""
    if row.state == RefundState.PAID:
        raise InvalidInputError(msg("This refund is out already."), hint=advise(Remedy.READ_AGAIN))
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
            hint=msg("Choose one: {known}.", known=", ".join(BY_HAND[:3])),
        )
    return Method(way)


def _need_refundable(wanted: Money, most: Money) -> None:
    need_currency(wanted, most)
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


def _recorded(act: Act, verb: str, row: AnyRow, **detail: object) -> None:
    act.record(
        verb,
        ("refund", row.id),
        event_id=row.event_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        **detail,
    )


def refund_view(row: AnyRow) -> RefundView:
    """A row of `asked_refunds` as people see it."""
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
    """The statement that reads refunds with their bookings."""
    return (
        refund_rows()
        .add_columns(BookingRow.code.label("booking_code"), BookingRow.name.label("booking_name"))
        .join(BookingRow, BookingRow.id == RefundRow.booking_id)
    )
