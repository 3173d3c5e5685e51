"""What gateways tell of payments: taken in once, however often and in whatever order."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from data.schema import PaymentNoticeRow, PaymentRow, RefundRow
from data.store import Store
from eventdesk.acts.actor import SYSTEM, Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.notices import notify
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import GatewaySilentError
from eventdesk.core.paying import Method, PaymentState, RefundState, after_notice
from eventdesk.integrations.payments import PaymentGateway, PaymentNotice, Told
from eventdesk.money.balances import booking_row, paid_parts, settle
from eventdesk.money.ledger import write_down
from eventdesk.money.payment_views import PaymentView, view_of
from eventdesk.money.payments import paid_ledger
from eventdesk.money.refund_steps import mark_refund_failed, mark_refunded, put_refund, refund_rows


def receive_notice(
    store: Store, provider: str, notice: PaymentNotice, *, now: datetime
) -> PaymentView | None:
    """Take in what a gateway tells of a payment: once, however often it tells it.

    Returns:
        The payment as it stands now; None where the gateway names one that is not here, which is
        kept and shown: `unknown_notices`.
    """
    with store.write() as connection:
        payment = _told_payment(connection, provider, notice)
        known = connection.execute(
            select(PaymentNoticeRow.notice).where(
                PaymentNoticeRow.provider == provider, PaymentNoticeRow.notice == notice.notice
            )
        ).first()
        if known is None:
            connection.execute(
                insert(PaymentNoticeRow).values(
                    provider=provider,
                    notice=notice.notice,
                    payment_id=payment.id if payment else None,
                    state=notice.state,
                    received_at=now,
                )
            )
            if payment is not None:
                _follow(connection, payment, notice, now)
        return view_of(connection, payment.id) if payment else None


def take_in(
    store: Store,
    gateway: PaymentGateway,
    *,
    now: datetime,
    paid_late: Callable[[UUID], object] | None = None,
    only: UUID | None = None,
) -> int:
    """Read what a gateway told and take it in.

    A notice is acknowledged only when it is on the disk: what is lost in between comes again.

    Args:
        store: The store.
        gateway: Who tells.
        now: When, aware UTC.
        paid_late: Called, outside of any transaction, with each expired booking that was paid.
        only: The payment whose notices are taken in; all others are left for who hears them all.

    Returns:
        How many notices there were; 0 also when the gateway does not answer.
    """
    try:
        notices = [each for each in gateway.poll() if only in (None, each.payment_id)]
        for notice in notices:
            seen = receive_notice(store, gateway.name, notice, now=now)
            if seen is not None and seen.booking_state == "expired" and paid_late is not None:
                paid_late(seen.booking_id)
            gateway.acknowledge(notice)
    except GatewaySilentError:
        return 0  # it tells again
    return len(notices)


@allowed(Permission.INSTALLATION)
def unknown_notices(store: Store, actor: Actor, *, limit: int = 50) -> list[tuple[str, str, str]]:
    """Read notices of payments that are not here, the latest first: provider, notice, what it said.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        rows = connection.execute(
            select(PaymentNoticeRow.provider, PaymentNoticeRow.notice, PaymentNoticeRow.state)
            .where(PaymentNoticeRow.payment_id.is_(None))
            .order_by(PaymentNoticeRow.received_at.desc())
            .limit(limit)
        )
        return [(row.provider, row.notice, row.state) for row in rows]


def _told_payment(connection: Connection, provider: str, notice: PaymentNotice) -> Any:
    return connection.execute(
        select(*PaymentRow.__table__.columns).where(
            PaymentRow.id == notice.payment_id, PaymentRow.provider == provider
        )
    ).one_or_none()


def _follow(connection: Connection, payment: Any, notice: PaymentNotice, now: datetime) -> None:
    """Let a payment follow what a gateway told of it for the first time."""
    state = after_notice(PaymentState(payment.state), notice.state.payment_state)
    booking = booking_row(connection, payment.booking_id)
    if state != payment.state:
        connection.execute(
            update(PaymentRow)
            .where(PaymentRow.id == payment.id)
            .values(state=state, error=notice.reason[:200], settled_at=now)
        )
        if state is PaymentState.PAID:
            write_down(
                connection, paid_ledger(booking, Method.GATEWAY, payment.amount_minor, now=now)
            )
            settle(connection, booking.id, now=now)
        elif booking.state == "pending":
            _tell_failed(connection, booking, now)
        record(
            connection,
            SYSTEM,
            "payment_" + state,
            ("payment", payment.id),
            now=now,
            event_id=payment.event_id,
            provider=payment.provider,
            notice=notice.notice,
        )
    if notice.state in (Told.REFUNDED, Told.PARTLY_REFUNDED):
        back = notice.refunded.minor if notice.refunded else payment.amount_minor
        if notice.refunded is not None or notice.state is Told.REFUNDED:
            _follow_refunds(connection, payment, min(back, payment.amount_minor), now)


def _follow_refunds(connection: Connection, payment: Any, back_minor: int, now: datetime) -> None:
    """Bring the refunds of a payment up to what the gateway says it gave back so far."""
    rows = connection.execute(
        refund_rows().where(RefundRow.payment_id == payment.id).order_by(RefundRow.created_at)
    ).all()
    missing = back_minor - sum(row.amount_minor for row in rows if row.state == RefundState.PAID)
    promised = [row for row in rows if row.state == RefundState.PENDING]
    for row in list(promised):
        if row.amount_minor <= missing:
            mark_refunded(connection, row, now=now)
            missing -= row.amount_minor
            promised.remove(row)
    if missing <= 0:
        return
    while promised and _left(connection, payment) < missing:
        error = "The gateway gave another amount back."
        mark_refund_failed(connection, promised.pop(), error=error, now=now)
    row = put_refund(
        connection, SYSTEM, payment, missing, reason="Given back at the gateway.", now=now
    )
    mark_refunded(connection, row, now=now)


def _left(connection: Connection, payment: Any) -> int:
    parts = paid_parts(connection, payment.booking_id)
    return next(part.left_minor for part in parts if part.payment_id == payment.id)


def _tell_failed(connection: Connection, booking: Any, now: datetime) -> None:
    body = "Nothing was charged. Open My bookings and pay again, or in another way."
    notify(
        connection,
        booking.account_id,
        "payment",
        f"The payment for booking {booking.code} did not go through",
        f"{body} Your places are held until the deadline." if booking.expires_at else body,
        now=now,
        event_id=booking.event_id,
        subject=("booking", booking.id),
    )
