"""What gateways tell of payments: each notice is taken in once, whatever their order."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Final

from sqlalchemy import Connection, select

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import PaymentNoticeRow, PaymentRow, RefundRow
from eventdesk.acts import Act, Permission, Topic, reads, writes
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState, RefundState, after_notice
from eventdesk.events import tell_organizers
from eventdesk.integrations.payments import PaymentNotice, Told
from eventdesk.money.booking_balances import booking_row, paid_parts, settle
from eventdesk.money.ledger import write_down
from eventdesk.money.payments import PaymentView, paid_ledger, view_of
from eventdesk.money.refunds import mark_refund_failed, mark_refunded, put_refund, refund_rows

GIVEN_BACK: Final = "Given back at the gateway."

MOST_MATCHED: Final = 10
"""Among more promised refunds of one payment nobody looks which of them an amount is made of."""

DISPUTES: Final = {
    Told.DISPUTED: "Disputed: {why}",
    Told.DISPUTE_WON: "",
    Told.CHARGED_BACK: "Charged back: {why}",
}
"""What stands at a payment of which a bank was asked to take it back."""

DISPUTE_WORDS: Final = {
    Told.DISPUTED: (
        msg("The payment for booking {code} is disputed"),
        msg("Who paid asks their bank for it. Answer at the provider before its deadline."),
    ),
    Told.DISPUTE_WON: (msg("The dispute about booking {code} is over"), msg("The payment stays.")),
    Told.CHARGED_BACK: (
        msg("The payment for booking {code} was charged back"),
        msg("The bank took it. The amount is due again: collect it, or cancel the tickets."),
    ),
}


@writes(internal=True)
def receive_notice(act: Act, provider: str, notice: PaymentNotice) -> PaymentView | None:
    """Take in a gateway's notice of a payment once; return the payment as it stands now.

    None is a notice of a payment that is not here; it is kept: `unknown_notices`.
    """
    payment = act.connection.execute(
        select(PaymentRow.__table__).where(
            PaymentRow.id == notice.payment_id, PaymentRow.provider == provider
        )
    ).one_or_none()
    same = PaymentNoticeRow.provider == provider, PaymentNoticeRow.notice == notice.notice
    if not count_rows(act.connection, *same):
        act.touch(Topic.MONEY)
        insert_row(
            act.connection,
            PaymentNoticeRow,
            provider=provider,
            notice=notice.notice,
            payment_id=payment.id if payment else None,
            state=notice.state,
            received_at=act.now,
        )
        if payment is not None:
            _follow(act, payment, notice)
    return view_of(act.connection, payment.id) if payment else None


@reads(Permission.INSTALLATION)
def unknown_notices(act: Act, *, limit: int = 50) -> list[tuple[str, str, str]]:
    """Read notices of payments that are not here, the latest first: provider, notice, state."""
    act.need(None, Permission.INSTALLATION)
    rows = act.connection.execute(
        select(PaymentNoticeRow.provider, PaymentNoticeRow.notice, PaymentNoticeRow.state)
        .where(PaymentNoticeRow.payment_id.is_(None))
        .order_by(PaymentNoticeRow.received_at.desc())
        .limit(limit)
    )
    return [(row.provider, row.notice, row.state) for row in rows]


def _follow(act: Act, payment: AnyRow, notice: PaymentNotice) -> None:
    """Apply a new notice to its payment."""
    if notice.received is not None and not _is_all(payment, notice.received):
        notice = _other_amount(payment, notice, notice.received)
    state = after_notice(PaymentState(payment.state), notice.state.payment_state)
    booking = booking_row(act.connection, payment.booking_id)
    if state != payment.state:
        values = {"state": state, "error": notice.reason[:200], "settled_at": act.now}
        update_row(act.connection, PaymentRow, payment.id, **values)
        if state is PaymentState.PAID:
            sides = paid_ledger(booking, Method.GATEWAY, payment.amount_minor, now=act.now)
            write_down(act.connection, sides)
            settle(act, booking.id)
        elif booking.state == "pending" and not notice.at_desk:
            _tell_failed(act, booking)
        act.as_system().record(
            "payment_" + state,
            ("payment", payment.id),
            event_id=payment.event_id,
            provider=payment.provider,
            notice=notice.notice,
        )
    if notice.state in (Told.REFUNDED, Told.PARTLY_REFUNDED):
        back = notice.refunded.minor if notice.refunded else payment.amount_minor
        if notice.refunded is not None or notice.state is Told.REFUNDED:
            _follow_refunds(act, payment, min(back, payment.amount_minor), GIVEN_BACK)
    if notice.state in DISPUTES:
        _follow_dispute(act, payment, booking.code, notice)


def _is_all(payment: AnyRow, received: Money) -> bool:
    """Whether an amount is the one that was asked for; exponents may differ between lists."""
    asked = Decimal(payment.amount_minor).scaleb(-payment.currency_exponent)
    came = Decimal(received.minor).scaleb(-received.exponent)
    return (came, received.currency) == (asked, payment.currency)


def _other_amount(payment: AnyRow, notice: PaymentNotice, received: Money) -> PaymentNotice:
    """A notice of another amount than was asked for: it pays nothing, and a person has to look."""
    asked = Money(payment.amount_minor, payment.currency, payment.currency_exponent)
    reason = f"{received} came in instead of {asked}: look at it at the gateway."
    return replace(notice, state=Told.FAILED, reason=reason)


def _follow_dispute(act: Act, payment: AnyRow, code: str, notice: PaymentNotice) -> None:
    """Note how a dispute stands, and tell the organizers; a lost one is money given back."""
    if notice.state is Told.CHARGED_BACK and notice.refunded is not None:
        gone = sum(
            row.amount_minor
            for row in _refunds(act.connection, payment)
            if row.state == RefundState.PAID
        )
        back = min(gone + notice.refunded.minor, payment.amount_minor)
        _follow_refunds(act, payment, back, "Charged back by the bank.")
    error = DISPUTES[notice.state].format(why=notice.reason)[:200]
    update_row(act.connection, PaymentRow, payment.id, error=error)
    title, body = DISPUTE_WORDS[notice.state]
    told = "payment", Message(title.text, {"code": code}), body
    tell_organizers(act.as_system(), payment.event_id, told)
    act.as_system().record(
        "payment_" + notice.state,
        ("payment", payment.id),
        event_id=payment.event_id,
        provider=payment.provider,
        notice=notice.notice,
    )


def _refunds(connection: Connection, payment: AnyRow) -> Sequence[AnyRow]:
    """The refunds of a payment, the oldest first."""
    return connection.execute(
        refund_rows().where(RefundRow.payment_id == payment.id).order_by(RefundRow.created_at)
    ).all()


def _follow_refunds(act: Act, payment: AnyRow, back_minor: int, why: str) -> None:
    """Bring the refunds of a payment up to what its gateway gave back so far.

    Where it is not plain which of the promised ones it gave, they stay promised: the gateway is
    asked about each of them by its name.
    """
    rows = _refunds(act.connection, payment)
    missing = back_minor - sum(row.amount_minor for row in rows if row.state == RefundState.PAID)
    promised = [row for row in rows if row.state == RefundState.PENDING]
    if missing <= 0:
        return
    given = _meant(promised, missing)
    if given is None:
        return
    for row in given:
        mark_refunded(act, row)
        missing -= row.amount_minor
        promised.remove(row)
    if missing <= 0:
        return
    while promised and _left(act.connection, payment) < missing:
        error = "The gateway gave another amount back."
        mark_refund_failed(act, promised.pop(), error=error)
    row = put_refund(act.as_system(), payment, missing, reason=why)
    mark_refunded(act, row)


def _meant(promised: Sequence[AnyRow], minor: int) -> Sequence[AnyRow] | None:
    """The promised refunds that an amount is made of; None where that is not plain.

    All, where it is as much or more; none, where each is more; else those that alone add up to it.
    """
    amounts = [row.amount_minor for row in promised]
    if sum(amounts) <= minor:
        return tuple(promised)
    if min(amounts) > minor:
        return ()
    if len(promised) > MOST_MATCHED:
        return None
    fits = [
        some
        for count in range(1, len(promised))
        for some in combinations(promised, count)
        if sum(row.amount_minor for row in some) == minor
    ]
    return fits[0] if len(fits) == 1 else None


def _left(connection: Connection, payment: AnyRow) -> int:
    parts = paid_parts(connection, payment.booking_id)
    return next(part.left_minor for part in parts if part.payment_id == payment.id)


def _tell_failed(act: Act, booking: AnyRow) -> None:
    body = msg("Nothing was charged. Open My bookings and pay again, or in another way.")
    if booking.expires_at:
        body = msg("{body} Your places are held until the deadline.", body=body)
    act.tell(
        booking.account_id,
        "payment",
        msg("The payment for booking {code} did not go through", code=booking.code),
        body,
        event_id=booking.event_id,
        subject=("booking", booking.id),
    )
