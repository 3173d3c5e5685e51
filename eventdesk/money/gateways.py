"""Payments through gateways: orders, notices, refunds.

No gateway is called inside a transaction: the payment is written first, then the gateway is asked,
then its answer is written. A notice is taken in once, however often and in whatever order it comes.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, literal_column, select, update

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import BookingRow, PaymentNoticeRow, PaymentRow, RefundRow
from data.store import Store
from eventdesk.acts import (
    Act,
    Permission,
    Steps,
    Topic,
    event_of,
    event_row,
    overdue_ids,
    reads,
    steps,
    writes,
)
from eventdesk.core.booking_states import EXPIRED, PAID, PENDING, STATE_WORDS
from eventdesk.core.errors import (
    GatewayRefusedError,
    GatewaySilentError,
    InvalidInputError,
    need_found,
)
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
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
from eventdesk.money.booking_balances import (
    balance,
    booking_row,
    need_taking_place,
    paid_parts,
    settle,
)
from eventdesk.money.ledger import write_down
from eventdesk.money.payments import PaymentView, paid_ledger, payment_values, view_of
from eventdesk.money.refunds import (
    mark_refund_failed,
    mark_refunded,
    put_refund,
    refund_row,
    refund_rows,
)

OPEN_FOR = timedelta(minutes=30)
"""Time to pay where the booking has no deadline."""

REFUNDS_AT_ONCE = 50


@writes(anybody=True)
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


@steps(Permission.MONEY, Permission.DOOR, own=True, about=event_of(BookingRow, "booking_id"))
def start_payment(steps: Steps, booking_id: UUID, *, provider: str) -> PaymentView:
    """Begin to pay what is due for a booking through a gateway.

    A payment of the same amount that waits at this gateway is asked for again. When the gateway
    does not answer, the payment waits: it may have been taken.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking or gateway.
        InvalidInputError: Nothing is due, its places are gone, or the event is cancelled.
    """
    gateway = _gateway(steps.store, provider)
    with steps.write() as act:
        booking = booking_row(act.connection, booking_id)
        act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=booking.account_id)
        order = _order(act, booking, provider)
    try:
        started = gateway.start(order)
    except GatewayRefusedError as error:
        return _note(steps, order.payment_id, state=PaymentState.FAILED, error=str(error))
    except GatewaySilentError as error:
        return _note(steps, order.payment_id, error=str(error))
    view = _note(steps, order.payment_id, reference=started.reference, show=started.show)
    _take_in(steps, gateway, only=order.payment_id)  # some answer at once
    return view if view.state is not PaymentState.PENDING else _read(steps.store, view)


@steps(anybody=True)
def poll_gateways(steps: Steps, *, paid_late: Callable[[UUID], object] | None = None) -> int:
    """Take in notices of all gateways, have them pay refunds, and end old payments.

    Called every few seconds; a silent gateway raises nothing. Returns how many notices and refunds
    there were.

    Args:
        paid_late: Called with each expired booking that was paid after all: `expiry.revive_late`.
    """
    done = 0
    for gateway in gateways(steps.store).values():
        done += _take_in(steps, gateway, paid_late=paid_late)
        done += _give_back(steps, gateway)
    _expire(steps)
    return done


def _take_in(
    steps: Steps,
    gateway: PaymentGateway,
    *,
    paid_late: Callable[[UUID], object] | None = None,
    only: UUID | None = None,
) -> int:
    """Take in a gateway's notices, or only those of one payment; return how many there were.

    A notice is acknowledged when it is on the disk: what is lost before comes again.
    `paid_late` is called outside of any transaction.
    """
    try:
        notices = [each for each in gateway.poll() if only in (None, each.payment_id)]
        for notice in notices:
            seen = receive_notice(steps.store, steps.asked, gateway.name, notice)
            if seen is not None and seen.booking_state == "expired" and paid_late is not None:
                paid_late(seen.booking_id)
            gateway.acknowledge(notice)
    except GatewaySilentError:
        return 0  # it tells again
    return len(notices)


def _follow(act: Act, payment: AnyRow, notice: PaymentNotice) -> None:
    """Apply a new notice to its payment."""
    state = after_notice(PaymentState(payment.state), notice.state.payment_state)
    booking = booking_row(act.connection, payment.booking_id)
    if state != payment.state:
        values = {"state": state, "error": notice.reason[:200], "settled_at": act.now}
        update_row(act.connection, PaymentRow, payment.id, **values)
        if state is PaymentState.PAID:
            sides = paid_ledger(booking, Method.GATEWAY, payment.amount_minor, now=act.now)
            write_down(act.connection, sides)
            settle(act, booking.id)
        elif booking.state == "pending":
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
            _follow_refunds(act, payment, min(back, payment.amount_minor))


def _follow_refunds(act: Act, payment: AnyRow, back_minor: int) -> None:
    """Bring the refunds of a payment up to what its gateway gave back so far."""
    rows = act.connection.execute(
        refund_rows().where(RefundRow.payment_id == payment.id).order_by(RefundRow.created_at)
    ).all()
    missing = back_minor - sum(row.amount_minor for row in rows if row.state == RefundState.PAID)
    promised = [row for row in rows if row.state == RefundState.PENDING]
    for row in list(promised):
        if row.amount_minor <= missing:
            mark_refunded(act, row)
            missing -= row.amount_minor
            promised.remove(row)
    if missing <= 0:
        return
    while promised and _left(act.connection, payment) < missing:
        error = "The gateway gave another amount back."
        mark_refund_failed(act, promised.pop(), error=error)
    row = put_refund(act.as_system(), payment, missing, reason="Given back at the gateway.")
    mark_refunded(act, row)


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


def gateways(store: Store) -> dict[str, PaymentGateway]:
    """The gateways of this installation, by name."""
    test_desk = TestDeskGateway(store.home)
    return {test_desk.name: test_desk} if test_desk.enabled else {}


def gateway_titles(store: Store) -> Mapping[str, str]:
    """The titles of the gateways, by name."""
    return {name: str(gateway.title) for name, gateway in gateways(store).items()}


def _gateway(store: Store, provider: str) -> PaymentGateway:
    known = gateways(store)
    hint = msg("Pay at the desk, or by transfer.")
    if known:
        hint = msg("Choose one: {known}.", known=", ".join(known))
    return need_found(known.get(provider), msg("This way to pay is not offered here."), hint=hint)


def _order(act: Act, booking: AnyRow, provider: str) -> PaymentOrder:
    """Write the payment that is about to be asked for, or find the one that waits."""
    due = balance(act.connection, booking.id).due
    gone = booking.id in overdue_ids(act.connection, act.now)
    if booking.state != "pending" or gone or due.minor <= 0:
        if booking.state == "pending" and not gone:
            raise InvalidInputError(msg("Nothing is due for booking {code}.", code=booking.code))
        state = EXPIRED if booking.state == PENDING else booking.state
        raise InvalidInputError(
            msg("Booking {code} is {state}.", code=booking.code, state=STATE_WORDS[state]),
            hint="" if state == PAID else msg("Book again, if there are places left."),
        )
    need_taking_place(booking)
    waiting = act.connection.execute(
        select(PaymentRow.id, PaymentRow.expires_at).where(
            PaymentRow.booking_id == booking.id,
            PaymentRow.provider == provider,
            PaymentRow.state == PaymentState.PENDING,
            PaymentRow.amount_minor == due.minor,
            PaymentRow.expires_at > act.now,
        )
    ).first()
    name = event_row(act.connection, booking.event_id).name
    # What is paid in part or not ended yet may be past its deadline.
    own = booking.expires_at if booking.expires_at and booking.expires_at > act.now else None
    until = waiting.expires_at if waiting else own or act.now + OPEN_FOR
    payment_id = waiting.id if waiting else new_id()
    if waiting is None:
        more = {"state": PaymentState.PENDING, "settled_at": None, "expires_at": until}
        values = payment_values(act, booking, Method.GATEWAY, due.minor, provider=provider, **more)
        insert_row(act.connection, PaymentRow, **values | {"id": payment_id})
        act.record(
            "start_payment",
            ("booking", booking.id),
            event_id=booking.event_id,
            provider=provider,
            amount_minor=due.minor,
            currency=due.currency,
        )
    return PaymentOrder(payment_id, due, f"{name}, booking {booking.code}", until)


def _note(steps: Steps, payment_id: UUID, *, show: str = "", **values: Any) -> PaymentView:
    """Write a gateway's answer to an order; a notice may have been quicker."""
    if values.get("state") == PaymentState.FAILED:
        values["settled_at"] = steps.now
    with steps.write() as act:
        act.touch(Topic.MONEY)
        act.connection.execute(
            update(PaymentRow)
            .where(PaymentRow.id == payment_id, PaymentRow.state == PaymentState.PENDING)
            .values(**values)
        )
        return view_of(act.connection, payment_id, show=show)


def _read(store: Store, view: PaymentView) -> PaymentView:
    with store.read() as connection:
        return view_of(connection, view.id, show=view.show)


def _give_back(steps: Steps, gateway: PaymentGateway) -> int:
    """Ask a gateway for promised refunds, until it is silent."""
    with steps.read() as act:
        rows = act.connection.execute(
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
        with steps.write() as act:
            fresh = refund_row(act.connection, row.id)
            if fresh.state != RefundState.PENDING:
                continue
            act.touch(Topic.MONEY)
            if answer.state is RefundState.PAID:
                mark_refunded(act, fresh, reference=answer.reference)
            else:
                mark_refund_failed(act, fresh, error=answer.reason)
        done += 1
    return done


def _expire(steps: Steps) -> None:
    """End payments that nobody paid in time; one that comes late is still booked."""
    # A literal, as the index of open payments has it: SQLite matches no bound value with it.
    still_open = PaymentRow.state == literal_column("'pending'")
    late = (still_open, PaymentRow.expires_at <= steps.now)
    with steps.read() as act:
        if act.connection.execute(select(PaymentRow.id).where(*late).limit(1)).first() is None:
            return
    with steps.write() as act:
        act.touch(Topic.MONEY)
        act.connection.execute(
            update(PaymentRow).where(*late).values(state=PaymentState.EXPIRED, settled_at=act.now)
        )
