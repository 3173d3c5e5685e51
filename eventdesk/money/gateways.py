"""Payments through gateways: orders, what waits for its answer, refunds.

No gateway is called inside a transaction: the payment is written first, then the gateway is asked,
then its answer is written.
"""

import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, select, update

from data.house_lock import sending
from data.prepared import Prepared
from data.rows import AnyRow, insert_row
from data.schema import BookingRow, PaymentRow, RefundRow
from data.store import Store
from eventdesk.acts import (
    SYSTEM,
    Act,
    Permission,
    ReadingSteps,
    Steps,
    Topic,
    event_of,
    event_row,
    overdue_ids,
    owner_of,
    reads_in_steps,
    steps,
)
from eventdesk.core.booking_states import EXPIRED, PAID, PENDING, STATE_WORDS
from eventdesk.core.errors import (
    GatewayRefusedError,
    GatewaySilentError,
    InvalidInputError,
    ServiceError,
    ServiceRefusedError,
    ServiceSilentError,
    StoreError,
    need_found,
)
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.integrations.payments import (
    OpenPayment,
    PaymentGateway,
    PaymentNotice,
    PaymentOrder,
    ReaderGateway,
    RefundAnswer,
    RefundOrder,
    Started,
    Told,
)
from eventdesk.integrations.service import named
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money.asking_pace import pace_of
from eventdesk.money.booking_balances import balance, balances, booking_row, need_taking_place
from eventdesk.money.gateway_notices import receive_notice
from eventdesk.money.payments import PaymentView, payment_values, view_of
from eventdesk.money.refunds import mark_refund_failed, mark_refunded, refund_row, refund_rows
from eventdesk.services import met_service, services_on

log = logging.getLogger(__name__)

PROVIDERS: Final = {
    "stripe": "eventdesk.integrations.stripe.gateway:StripeGateway",
    "paypal": "eventdesk.integrations.paypal.gateway:PayPalGateway",
    "flutterwave": "eventdesk.integrations.flutterwave.gateway:FlutterwaveGateway",
}
"""The services that take payments, and their gateways; each is loaded when it was set up."""

PaidLate = Callable[[UUID], object]

OPEN_FOR = timedelta(minutes=30)
"""Time to pay where the booking has no deadline."""

BACK_TO: Final = "/paid"
"""Where who pays at a terminal is led by the gateway: a page that sends them back to it."""

PAY_AT: Final = "/pay"
"""What leads on to the page of a gateway, behind a payment's id: short enough for a QR code."""

AT_READER_FOR: Final = timedelta(minutes=5)
"""How long a card reader waits for a card: who left it behind blocks nobody for longer."""

MAX_BACK_TO: Final = 300

ASKED_AT_ONCE: Final = 20
"""Payments that one gateway is asked about in a turn."""

REFUNDS_AT_ONCE = 50

TEST_DESK: Final = TestDeskGateway.name
"""The gateway whose payments `answer_test_payment` answers."""

UNREADABLE: Final = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What reading an answer raises that is not as its service says in its documents."""

# A literal, as the index of open payments has it: SQLite matches no bound value with it.
_WAITS: Final = PaymentRow.state == literal_column("'pending'")


@steps(Permission.MONEY, Permission.DOOR, own=True, about=event_of(BookingRow, "booking_id"))
def start_payment(
    steps: Steps, booking_id: UUID, *, provider: str, back_to: str = BACK_TO
) -> PaymentView:
    """Begin to pay what is due for a booking through a gateway.

    A payment of the same amount that waits at this gateway is asked for again; of another amount,
    or past its deadline, it is closed first. One that the gateway has and has yet to take in is
    returned instead: another would be paid twice. When the gateway does not answer, the payment
    waits: it may have been taken.

    Args:
        back_to: The path of the house below which the payment's page stands, where a gateway leads
            back to.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking or gateway.
        InvalidInputError: Nothing is due, its places are gone, the event is cancelled, or what it
            leads back to is no page of the house.
    """
    gateway = _gateway(steps.store, provider)
    _need_own_page(back_to)
    if (begun := under_way(steps, gateway, booking_id)) is not None:
        return begun
    with steps.write() as act:
        booking = booking_row(act.connection, booking_id)
        act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_of(booking))
        order = order_for(act, booking, provider, back_to)
    try:
        with reading(gateway):
            started = gateway.start(order)
    except ServiceRefusedError as error:
        state = PaymentState.PENDING if _may_be_paid(steps, gateway, order) else PaymentState.FAILED
        return note_answer(steps, order.payment_id, state=state, error=str(error))
    except ServiceError as error:
        return note_answer(steps, order.payment_id, error=str(error))
    view = _started(steps, order, started)
    _take_in(steps, gateway, only=order.payment_id)  # some answer at once
    return view if view.state is not PaymentState.PENDING else _read(steps.store, view)


@steps(Permission.MONEY, Permission.DOOR, own=True, about=event_of(PaymentRow, "payment_id"))
def answer_test_payment(steps: Steps, payment_id: UUID, *, answer: str) -> None:
    """Let the test desk tell what became of a payment, as whoever pays at a real one decides.

    Its notice lies in its folder and is taken in like that of any gateway.

    Args:
        answer: One of `integrations.test_desk.ANSWERS`.

    Raises:
        InvalidInputError: It is no payment through the test desk, or no such answer.
    """
    with steps.read() as act:
        payment = act.connection.execute(
            select(PaymentRow.__table__).where(PaymentRow.id == payment_id)
        ).one_or_none()
        payment = need_found(payment, msg("There is no such payment."))
        booking = booking_row(act.connection, payment.booking_id)
        act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_of(booking))
    gateway = TestDeskGateway(steps.store.home)
    if payment.provider != gateway.name or not gateway.enabled:
        raise InvalidInputError(msg("Only the test desk can be told what to answer."))
    gateway.answer(gateway.reference(payment_id), answer)


@steps(internal=True)
def poll_gateways(steps: Steps, *, paid_late: PaidLate | None = None) -> int:
    """Take in notices of all gateways, ask about what waits, and end old payments.

    Called every few seconds; a silent gateway raises nothing. Returns how many notices and refunds
    there were.

    Args:
        paid_late: Called with each expired booking that was paid after all: `expiry.revive_late`.
    """
    done, known = 0, gateways(steps.store)
    for gateway in known.values():
        try:
            done += _take_in(steps, gateway, paid_late=paid_late)
            done += _ask_open(steps, gateway, paid_late=paid_late)
            done += _give_back(steps, gateway)
        except StoreError:
            raise
        except Exception:
            log.exception("A turn of the gateway %s failed.", gateway.name)
    _expire_others(steps, known)
    return done


@steps(internal=True)
def hear_notice(
    steps: Steps,
    provider: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    paid_late: PaidLate | None = None,
) -> int:
    """Take in what somebody sent as a gateway's notice; return how many notices it was.

    Args:
        provider: The gateway.
        headers: By their names in small letters.
        body: As it came, byte for byte.
        paid_late: As in `poll_gateways`.

    Raises:
        NotFoundError: There is no such gateway.
        NoticeRefusedError: The gateway did not send it, or not a moment ago.
        ServiceSilentError: More has to be asked, and the gateway does not answer.
        ServiceRefusedError: More has to be asked, and the gateway refuses.
    """
    notices = _gateway(steps.store, provider).hear(headers, body, now=steps.now)
    for notice in notices:
        receive(steps, provider, notice, paid_late)
        if notice.state is Told.PENDING and notice.payment_id is not None:
            ask_payment(steps.store, steps.asked, notice.payment_id, paid_late=paid_late)
    return len(notices)


@steps(internal=True)
def ask_payment(steps: Steps, payment_id: UUID, *, paid_late: PaidLate | None = None) -> None:
    """Ask its gateway about one payment that waits, for somebody who comes back from paying.

    A gateway that does not answer changes nothing, and neither does a payment that is not here.

    Args:
        payment_id: The payment.
        paid_late: As in `poll_gateways`.
    """
    with steps.read() as act:
        row = act.connection.execute(
            select(PaymentRow.__table__).where(PaymentRow.id == payment_id, _WAITS)
        ).one_or_none()
    gateway = gateways(steps.store).get(row.provider) if row else None
    if gateway is None or row is None:
        return
    with suppress(ServiceError):
        for notice in answer_on(gateway, row, wanted=True):
            receive(steps, gateway.name, notice, paid_late)


@reads_in_steps(internal=True)
def page_of_payment(steps: ReadingSteps, payment_id: UUID) -> str:
    """Say where a payment that waits is paid, for whoever has its link.

    "" is nowhere: it does not wait, or its deadline is over.

    Raises:
        ServiceError: Its gateway does not say.
    """
    with steps.read() as act:
        row = act.connection.execute(
            select(PaymentRow.__table__, BookingRow.email)
            .join(BookingRow, BookingRow.id == PaymentRow.booking_id)
            .where(PaymentRow.id == payment_id, _WAITS, PaymentRow.expires_at > act.now)
        ).one_or_none()
    gateway = gateways(steps.store).get(row.provider) if row else None
    if gateway is None or row is None or not row.reference:
        return ""
    back_to = f"{BACK_TO}/{payment_id}"
    amount = Money(row.amount_minor, row.currency, row.currency_exponent)
    known = row.expires_at, row.created_at, row.reference, back_to, row.email
    with reading(gateway):
        return gateway.start(PaymentOrder(row.id, amount, "", *known)).address


def _take_in(
    steps: Steps,
    gateway: PaymentGateway,
    *,
    paid_late: PaidLate | None = None,
    only: UUID | None = None,
) -> int:
    """Take in a gateway's notices, or only those of one payment; return how many there were.

    A notice is acknowledged when it is on the disk: what is lost before comes again.
    """
    try:
        notices = [each for each in gateway.poll() if only in (None, each.payment_id)]
        for notice in notices:
            receive(steps, gateway.name, notice, paid_late)
            gateway.acknowledge(notice)
    except ServiceError:
        return 0  # it tells again
    return len(notices)


def receive(steps: Steps, provider: str, notice: PaymentNotice, paid_late: PaidLate | None) -> None:
    """Take in one notice; `paid_late` is called outside of any transaction."""
    seen = receive_notice(steps.store, steps.by(SYSTEM).asked, provider, notice)
    if seen is not None and seen.booking_state == "expired" and paid_late is not None:
        paid_late(seen.booking_id)


_OPEN: Final = Prepared(
    select(
        PaymentRow.id,
        PaymentRow.reference,
        PaymentRow.amount_minor,
        PaymentRow.currency,
        PaymentRow.currency_exponent,
        PaymentRow.created_at,
        PaymentRow.expires_at,
        PaymentRow.booking_id,
        BookingRow.state.label("booking_state"),
    )
    .join(BookingRow, BookingRow.id == PaymentRow.booking_id)
    .where(_WAITS, PaymentRow.provider == bindparam("gateway"))
    .order_by(PaymentRow.created_at)
)


def _ask_open(steps: Steps, gateway: PaymentGateway, *, paid_late: PaidLate | None) -> int:
    """Ask a gateway about payments that wait, close what nobody has to pay any more, end the old.

    What ends is asked about once more before: it may have been paid in the last moment.
    """
    pace, now = pace_of(steps.store.home, gateway.name), steps.now
    if pace.rests(now):
        return 0
    with steps.read() as act:
        rows = {row.id: row for row in _OPEN.all(act.connection, {"gateway": gateway.name})}
        if not rows:
            return 0
        asked = [rows[each] for each in pace.due(rows, now)[:ASKED_AT_ONCE]]
        dues = balances(act.connection, [row.booking_id for row in asked])
    done, ended, odd = 0, [], None
    for row in asked:
        over = row.expires_at is not None and row.expires_at <= now
        due = dues[row.booking_id].due.minor
        wanted = row.booking_state == PENDING and due >= row.amount_minor
        try:
            notices = answer_on(gateway, row, wanted=not over and wanted)
        except GatewayRefusedError:
            notices = ()
        except UnreadableAnswerError as error:
            notices, over, odd = (), False, error
        except ServiceError as error:
            _was_silent(steps, gateway, error)
            break
        _has_answered(steps, gateway)
        pace.asked(row.id, now, since=row.created_at, until=row.expires_at)
        news = [notice for notice in notices if notice.state is not Told.PENDING]
        for notice in news:
            receive(steps, gateway.name, notice, paid_late)
        done += len(news)
        if over and len(news) == len(notices):  # what is under way comes in, or fails, later
            ended.append(row.id)
    _expire(steps, ended)
    _note_odd(steps, gateway, odd)
    return done


def _was_silent(steps: Steps, gateway: PaymentGateway, error: ServiceError) -> None:
    """Let a gateway rest that did not answer or does not know us, and say so where services are."""
    wait_s = error.wait_s if isinstance(error, ServiceSilentError) else None
    pace_of(steps.store.home, gateway.name).silent(steps.now, wait_s=wait_s)
    for service in services_on(steps.store, SYSTEM, [gateway.name]):
        met_service(steps.store, SYSTEM.at(steps.now), service.id, trouble=error.whole)


class UnreadableAnswerError(GatewaySilentError):
    """An answer that is not as its service says; only what it is about has to wait."""


@contextmanager
def reading(gateway: PaymentGateway) -> Iterator[None]:
    """Take an answer that cannot be read as one that nobody knows; its content is not logged.

    Raises:
        UnreadableAnswerError: It cannot be read.
    """
    try:
        yield
    except UNREADABLE as error:
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        where = f"{last.tb_frame.f_code.co_qualname}:{last.tb_lineno}" if last else ""
        what = type(error).__name__
        log.error("An answer of the gateway %s cannot be read: %s, %s", gateway.name, what, where)
        raise UnreadableAnswerError(
            msg("The answer of {service} makes no sense.", service=gateway.title)
        ) from None


def _note_odd(steps: Steps, gateway: PaymentGateway, error: UnreadableAnswerError | None) -> None:
    """Say where services are that something a gateway answered could not be read."""
    if error is None:
        return
    pace_of(steps.store.home, gateway.name).unreadable()
    for service in services_on(steps.store, SYSTEM, [gateway.name]):
        met_service(steps.store, SYSTEM.at(steps.now), service.id, trouble=error.whole)


def _has_answered(steps: Steps, gateway: PaymentGateway) -> None:
    """Note that a gateway answers; where services are, it is said when it did not before."""
    if pace_of(steps.store.home, gateway.name).answered():
        for service in services_on(steps.store, SYSTEM, [gateway.name]):
            met_service(steps.store, SYSTEM.at(steps.now), service.id, trouble=None)


def answer_on(
    gateway: PaymentGateway, row: AnyRow, *, wanted: bool, presented: bool = False
) -> Sequence[PaymentNotice]:
    """Ask about one payment; one whose order was never answered has no name there."""
    if not row.reference:
        return ()
    amount = Money(row.amount_minor, row.currency, row.currency_exponent)
    with reading(gateway):
        return gateway.ask(OpenPayment(row.id, row.reference, amount, wanted, presented))


def gateways(store: Store) -> dict[str, PaymentGateway]:
    """The gateways of this installation, by name."""
    test_desk = TestDeskGateway(store.home)
    known: dict[str, PaymentGateway] = {test_desk.name: test_desk} if test_desk.enabled else {}
    for there in services_on(store, SYSTEM, PROVIDERS):
        known[there.kind] = named(PROVIDERS[there.kind])(there.values)
    return known


def gateway_titles(store: Store) -> Mapping[str, str]:
    """The titles of the gateways, by name."""
    return {name: str(gateway.title) for name, gateway in gateways(store).items()}


def reader_gateway(store: Store) -> ReaderGateway:
    """The gateway that drives card readers.

    Raises:
        InvalidInputError: None is set up.
    """
    for each in gateways(store).values():
        if isinstance(each, ReaderGateway):
            return each
    raise InvalidInputError(
        msg("No service that drives card readers is set up."),
        hint=msg("An admin sets Stripe up among the services."),
    )


def _gateway(store: Store, provider: str) -> PaymentGateway:
    known = gateways(store)
    hint = msg("Pay at the desk, or by transfer.")
    if known:
        hint = msg("Choose one: {known}.", known=", ".join(known))
    return need_found(known.get(provider), msg("This way to pay is not offered here."), hint=hint)


def _need_own_page(back_to: str) -> None:
    """See that a path leads to a page of this house, and nowhere else.

    Raises:
        InvalidInputError: It does not.
    """
    if re.fullmatch(r"(/[\w.~-]+){1,9}", back_to, re.ASCII) is None or len(back_to) > MAX_BACK_TO:
        raise InvalidInputError(msg("This is no page of this house."))


def order_for(
    act: Act, booking: AnyRow, provider: str, back_to: str, *, reader: str = ""
) -> PaymentOrder:
    """Write the payment that is about to be asked for, or find the one that waits.

    At a card reader each try is a payment of its own, and nothing else may wait beside it.

    Args:
        reader: The card reader; "" is a page.
    """
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
        select(
            PaymentRow.id, PaymentRow.expires_at, PaymentRow.created_at, PaymentRow.reference
        ).where(
            PaymentRow.booking_id == booking.id,
            PaymentRow.provider == provider,
            PaymentRow.state == PaymentState.PENDING,
            *(() if reader else (PaymentRow.amount_minor == due.minor,)),
            *(() if reader else (PaymentRow.expires_at > act.now,)),
        )
    ).first()
    if reader and waiting is not None:
        raise InvalidInputError(
            msg("Booking {code} is being paid elsewhere just now.", code=booking.code),
            hint=msg("Wait a moment, then look at what is due."),
        )
    name = event_row(act.connection, booking.event_id).name
    # What is paid in part or not ended yet may be past its deadline.
    own = booking.expires_at if booking.expires_at and booking.expires_at > act.now else None
    until = waiting.expires_at if waiting else own or act.now + OPEN_FOR
    if reader:
        until = min(until, act.now + AT_READER_FOR)
    payment_id = waiting.id if waiting else new_id()
    if waiting is None:
        more = {"state": PaymentState.PENDING, "settled_at": None, "expires_at": until}
        more |= {"reference": reader}  # until the gateway has a name for it
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
    return PaymentOrder(
        payment_id,
        due,
        f"{name}, booking {booking.code}",
        until,
        waiting.created_at if waiting else act.now,
        waiting.reference if waiting else "",
        f"{back_to}/{payment_id}",
        booking.email,
        reader,
    )


def under_way(
    steps: Steps, gateway: PaymentGateway, booking_id: UUID, *, anew: bool = False
) -> PaymentView | None:
    """Close what a booking has at a gateway and should not pay: of another amount, or too late.

    Returns the one of them that the gateway has and has yet to take in, or does not answer about;
    one that waits at a card reader is under way, too.

    Args:
        anew: Whether everything is closed that can be, to be paid at a card reader instead.
    """
    with steps.read() as act:
        booking = booking_row(act.connection, booking_id)
        act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_of(booking))
        due = balance(act.connection, booking_id).due.minor
        rows = act.connection.execute(
            select(PaymentRow.__table__).where(
                _WAITS, PaymentRow.booking_id == booking_id, PaymentRow.provider == gateway.name
            )
        ).all()
    for row in rows:
        is_good = row.expires_at > steps.now and row.amount_minor == due and not anew
        at_reader = isinstance(gateway, ReaderGateway) and gateway.is_at_reader(row.reference)
        if is_good and not at_reader:
            continue
        try:
            notices = answer_on(gateway, row, wanted=is_good)
        except GatewayRefusedError:
            notices, is_good = (), False
        except ServiceError as error:
            return note_answer(steps, row.id, error=str(error))
        if any(notice.state is Told.PENDING for notice in notices) or (is_good and not notices):
            told = _("A payment is under way: the provider has yet to say that it was paid.")
            return replace(note_answer(steps, row.id, error=""), show=told)
        for notice in notices:
            receive(steps, gateway.name, notice, None)
        _expire(steps, [row.id], reference=row.reference)
    return None


def _may_be_paid(steps: Steps, gateway: PaymentGateway, order: PaymentOrder) -> bool:
    """Whether a page that was shown before may still be paid, or was; its gateway is asked."""
    if not order.reference:
        return False
    try:
        with reading(gateway):
            notices = gateway.ask(OpenPayment(order.payment_id, order.reference, order.amount))
    except ServiceError:
        return True  # nobody says that it is over
    if any(notice.state in (Told.FAILED, Told.EXPIRED) for notice in notices):
        return False
    for notice in notices:
        receive(steps, gateway.name, notice, None)
    return True


def _started(steps: Steps, order: PaymentOrder, started: Started) -> PaymentView:
    """Write down what a gateway waits for; it may take it for less long than we."""
    values: dict[str, Any] = {"reference": started.reference, "error": ""}
    if started.expires_at and order.expires_at and started.expires_at < order.expires_at:
        values["expires_at"] = started.expires_at
    view = note_answer(steps, order.payment_id, **values)
    link = f"{started.house}{PAY_AT}/{order.payment_id}" if started.house else started.address
    return replace(view, show=started.show, address=started.address, link=link)


def note_answer(steps: Steps, payment_id: UUID, **values: Any) -> PaymentView:
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
        return view_of(act.connection, payment_id)


def _read(store: Store, view: PaymentView) -> PaymentView:
    with store.read() as connection:
        known = view_of(connection, view.id)
    return replace(known, show=view.show, address=view.address, link=view.link)


_PROMISED: Final = Prepared(
    refund_rows()
    .where(
        RefundRow.state == RefundState.PENDING,
        PaymentRow.method == Method.GATEWAY,
        PaymentRow.provider == bindparam("gateway"),
    )
    .order_by(func.random())  # one that never succeeds must not block the others
    .limit(REFUNDS_AT_ONCE)
)


def _give_back(steps: Steps, gateway: PaymentGateway) -> int:
    """Ask a gateway for promised refunds, one thread of all programs at a time.

    Not every gateway sees by itself that the same refund is asked for twice at once.
    """
    with sending(steps.store.home, f"refunds-{gateway.name}") as is_mine:
        return _ask_refunds(steps, gateway) if is_mine else 0


def _ask_refunds(steps: Steps, gateway: PaymentGateway) -> int:
    """Ask a gateway for promised refunds, until it is silent."""
    pace, now = pace_of(steps.store.home, gateway.name), steps.now
    if pace.rests(now):
        return 0
    with steps.read() as act:
        rows = _PROMISED.all(act.connection, {"gateway": gateway.name})
    done, odd, due = 0, None, set(pace.due([row.id for row in rows], now))
    for row in rows:
        if row.id not in due:
            continue
        amount = Money(row.amount_minor, row.currency, row.currency_exponent)
        order = RefundOrder(row.id, row.payment_id, row.payment_reference, amount)
        try:
            with reading(gateway):
                answer = gateway.refund(order)
        except GatewayRefusedError as error:
            answer = RefundAnswer(RefundState.FAILED, reason=str(error))
        except UnreadableAnswerError as error:
            answer, odd = RefundAnswer(RefundState.PENDING), error
        except ServiceError as error:
            _was_silent(steps, gateway, error)
            break
        _has_answered(steps, gateway)
        if answer.state is RefundState.PENDING:
            pace.asked(row.id, now, since=row.created_at)
        done += _note_refund(steps, row.id, answer)
    _note_odd(steps, gateway, odd)
    return done


def _note_refund(steps: Steps, refund_id: UUID, answer: RefundAnswer) -> bool:
    """Write down what a gateway said to a refund; whether that changed anything."""
    if answer.state is RefundState.PENDING:
        return False
    with steps.write() as act:
        fresh = refund_row(act.connection, refund_id)
        if fresh.state != RefundState.PENDING:
            return False
        act.touch(Topic.MONEY)
        if answer.state is RefundState.PAID:
            mark_refunded(act, fresh, reference=answer.reference)
        else:
            mark_refund_failed(act, fresh, error=answer.reason)
    return True


_OVERDUE: Final = Prepared(
    select(PaymentRow.id, PaymentRow.provider).where(
        _WAITS, PaymentRow.expires_at <= bindparam("now")
    )
)


def _expire_others(steps: Steps, known: Collection[str]) -> None:
    """End payments that nobody paid in time at gateways that are not offered any more."""
    with steps.read() as act:
        overdue = _OVERDUE.all(act.connection, {"now": steps.now})
    _expire(steps, [row.id for row in overdue if row.provider not in known])


def _expire(steps: Steps, ids: Sequence[UUID], *, reference: str | None = None) -> None:
    """End payments that nobody paid in time; one that comes late is still booked.

    Args:
        reference: What the gateway calls them, where another name says that they go on; None asks
            for none.
    """
    if not ids:
        return
    with steps.write() as act:
        act.touch(Topic.MONEY)
        ended = {"state": PaymentState.EXPIRED, "settled_at": act.now}
        these = [_WAITS, PaymentRow.id.in_(ids)]
        if reference is not None:
            these.append(PaymentRow.reference == reference)
        act.connection.execute(update(PaymentRow).where(*these).values(**ended))
