"""Paying through a gateway: what is asked of it, and what it tells.

A gateway is never called inside a transaction: the payment is written down first, then the
gateway is asked, then its answer is written down. What it tells later is taken in once, however
often and in whatever order it is told.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, literal_column, select, update

from data.schema import EventRow, PaymentNoticeRow, PaymentRow, RefundRow
from data.store import Store
from eventdesk.acts.actor import SYSTEM, Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.deadlines import overdue_ids
from eventdesk.acts.notices import notify
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import (
    GatewayRefusedError,
    GatewaySilentError,
    InvalidInputError,
    NotFoundError,
)
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState, RefundState, after_notice
from eventdesk.integrations.payments import (
    PaymentGateway,
    PaymentNotice,
    PaymentOrder,
    RefundOrder,
    Told,
)
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money.balances import balance, booking_row, need_taking_place, paid_parts, settle
from eventdesk.money.ledger import write_down
from eventdesk.money.payments import PaymentView, paid_ledger, view_of
from eventdesk.money.refunds import (
    mark_refund_failed,
    mark_refunded,
    put_refund,
    refund_row,
    refund_rows,
)


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


OPEN_FOR = timedelta(minutes=30)
"""How long a payment may be paid where the booking itself has no deadline."""

REFUNDS_AT_ONCE = 50

_OPEN = PaymentRow.state == literal_column("'pending'")
"""As the index of open payments spells it: SQLite does not match it with a value given later."""


def gateways(store: Store) -> dict[str, PaymentGateway]:
    """The gateways that this installation can take money with, by name."""
    test_desk = TestDeskGateway(store.home)
    return {test_desk.name: test_desk} if test_desk.enabled else {}


def gateway_titles(store: Store) -> Mapping[str, str]:
    """How people are told of the gateways, by name; empty where there is none."""
    return {name: gateway.title for name, gateway in gateways(store).items()}


@allowed(Permission.MONEY, Permission.DOOR, own=True)
def start_payment(
    store: Store, actor: Actor, booking_id: UUID, *, provider: str, now: datetime
) -> PaymentView:
    """Begin to pay what is due for a booking through a gateway.

    A payment of the same amount that still waits at this gateway is asked for again instead of a
    second one. When the gateway does not answer, the payment waits: it may have been taken.

    Returns:
        The payment; `show` is for the person who pays.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking or gateway.
        InvalidInputError: Nothing is due, its places are gone, or the event is cancelled.
    """
    gateway = _gateway(store, provider)
    with store.write() as connection:
        booking = booking_row(connection, booking_id)
        need_here(
            connection,
            actor,
            booking.event_id,
            Permission.MONEY,
            Permission.DOOR,
            owner_id=booking.account_id,
        )
        order = _order(connection, actor, booking, provider, now)
    try:
        started = gateway.start(order)
    except GatewayRefusedError as error:
        return _note(store, order.payment_id, now, state=PaymentState.FAILED, error=str(error))
    except GatewaySilentError as error:
        return _note(store, order.payment_id, now, error=str(error))
    view = _note(store, order.payment_id, now, reference=started.reference, show=started.show)
    take_in(store, gateway, now=now, only=order.payment_id)  # some answer at once
    return view if view.state is not PaymentState.PENDING else _read(store, view)


def poll_gateways(
    store: Store, *, now: datetime, paid_late: Callable[[UUID], object] | None = None
) -> int:
    """Ask all gateways what they told and to give back what is promised, and end old payments.

    Called every few seconds; never raises because a gateway does not answer.

    Args:
        store: The store.
        now: When, aware UTC.
        paid_late: Called with each expired booking that was paid after all: `revivals.revive_late`.

    Returns:
        How many notices and refunds there were.
    """
    done = 0
    for gateway in gateways(store).values():
        done += take_in(store, gateway, now=now, paid_late=paid_late)
        done += _give_back(store, gateway, now)
    _expire(store, now)
    return done


def _gateway(store: Store, provider: str) -> PaymentGateway:
    known = gateways(store)
    if provider not in known:
        raise NotFoundError(
            "This way to pay is not offered here.",
            hint=f"Choose one: {', '.join(known)}."
            if known
            else "Pay at the desk, or by transfer.",
        )
    return known[provider]


def _order(
    connection: Connection, actor: Actor, booking: Any, provider: str, now: datetime
) -> PaymentOrder:
    """Write a payment down that is about to be asked for, or find the one that waits."""
    due = balance(connection, booking.id).due
    gone = booking.id in overdue_ids(connection, now)
    if booking.state != "pending" or gone or due.minor <= 0:
        if booking.state == "pending" and not gone:
            raise InvalidInputError(f"Nothing is due for booking {booking.code}.")
        state = "expired" if booking.state == "pending" else booking.state
        raise InvalidInputError(
            f"Booking {booking.code} is {state}.",
            hint="" if state == "paid" else "Book again, if there are places left.",
        )
    need_taking_place(booking)
    waiting = connection.execute(
        select(PaymentRow.id, PaymentRow.expires_at).where(
            PaymentRow.booking_id == booking.id,
            PaymentRow.provider == provider,
            PaymentRow.state == PaymentState.PENDING,
            PaymentRow.amount_minor == due.minor,
            PaymentRow.expires_at > now,
        )
    ).first()
    name = connection.execute(
        select(EventRow.name).where(EventRow.id == booking.event_id)
    ).scalar_one()
    # What is paid in part or not ended yet may be past its deadline.
    own = booking.expires_at if booking.expires_at and booking.expires_at > now else None
    until = waiting.expires_at if waiting else own or now + OPEN_FOR
    payment_id = waiting.id if waiting else new_id()
    if waiting is None:
        connection.execute(
            insert(PaymentRow).values(
                id=payment_id,
                event_id=booking.event_id,
                booking_id=booking.id,
                method=Method.GATEWAY,
                provider=provider,
                reference="",
                amount_minor=due.minor,
                currency=due.currency,
                currency_exponent=due.exponent,
                state=PaymentState.PENDING,
                error="",
                actor_name=actor.name,
                created_at=now,
                expires_at=until,
            )
        )
        record(
            connection,
            actor,
            "start_payment",
            ("booking", booking.id),
            now=now,
            event_id=booking.event_id,
            provider=provider,
            amount_minor=due.minor,
            currency=due.currency,
        )
    return PaymentOrder(payment_id, due, f"{name}, booking {booking.code}", until)


def _note(
    store: Store, payment_id: UUID, now: datetime, *, show: str = "", **values: Any
) -> PaymentView:
    """Write down what a gateway answered to an order; a notice may have been quicker."""
    if values.get("state") == PaymentState.FAILED:
        values["settled_at"] = now
    with store.write() as connection:
        connection.execute(
            update(PaymentRow)
            .where(PaymentRow.id == payment_id, PaymentRow.state == PaymentState.PENDING)
            .values(**values)
        )
        return view_of(connection, payment_id, show=show)


def _read(store: Store, view: PaymentView) -> PaymentView:
    with store.read() as connection:
        return view_of(connection, view.id, show=view.show)


def _give_back(store: Store, gateway: PaymentGateway, now: datetime) -> int:
    """Ask a gateway for the refunds that are promised; stops when it is silent."""
    with store.read() as connection:
        rows = connection.execute(
            refund_rows()
            .where(
                RefundRow.state == RefundState.PENDING,
                PaymentRow.method == Method.GATEWAY,
                PaymentRow.provider == gateway.name,
            )
            .order_by(func.random())  # one that never succeeds must not block the others
            .limit(REFUNDS_AT_ONCE)
        ).all()
    done = 0
    for row in rows:
        amount = Money(row.amount_minor, row.currency, row.currency_exponent)
        try:
            answer = gateway.refund(
                RefundOrder(row.id, row.payment_id, row.payment_reference, amount)
            )
        except GatewaySilentError:
            break
        if answer.state is RefundState.PENDING:
            continue
        with store.write() as connection:
            fresh = refund_row(connection, row.id)
            if fresh.state != RefundState.PENDING:
                continue
            if answer.state is RefundState.PAID:
                mark_refunded(connection, fresh, reference=answer.reference, now=now)
            else:
                mark_refund_failed(connection, fresh, error=answer.reason, now=now)
        done += 1
    return done


def _expire(store: Store, now: datetime) -> None:
    """End payments that nobody paid in time; one that comes after all is still booked."""
    late = (_OPEN, PaymentRow.expires_at <= now)
    with store.read() as connection:
        if connection.execute(select(PaymentRow.id).where(*late).limit(1)).first() is None:
            return
    with store.write() as connection:
        connection.execute(
            update(PaymentRow).where(*late).values(state=PaymentState.EXPIRED, settled_at=now)
        )
