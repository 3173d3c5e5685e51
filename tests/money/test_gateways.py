"""Paying through the test desk, which fails, is silent and answers twice on demand."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from data.schema import PaymentNoticeRow
from data.store import Store
from eventdesk.accounts import create_first_admin
from eventdesk.acts import SYSTEM, Actor, ActorKind, Role, my_notices
from eventdesk.booking import hear_gateways
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.integrations.payments import PaymentNotice, Told
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money import (
    PaymentView,
    answer_test_payment,
    hand_out_refund,
    list_refunds,
    payments_of,
    poll_gateways,
    refund,
    retry_refund,
    start_payment,
    take_payment,
    unknown_notices,
)
from eventdesk.money.gateway_notices import receive_notice
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.orders import person, set_event
from tests.payments import Owed, accounts, balance_of, cancel_tickets, eur, owe, state_of

LATER = NOON + timedelta(minutes=16)
DESK = "test-desk"


@pytest.fixture
def gateway(store: Store) -> TestDeskGateway:
    gateway = TestDeskGateway(store.home)
    gateway.enable()
    return gateway


def start(store: Store, owed: Owed) -> PaymentView:
    return start_payment(store, STAFF.at(NOON), owed.booking_id, provider=DESK)


def tell(
    store: Store, payment_id: UUID | None, state: Told, refunded: int | None = None
) -> PaymentView | None:
    given = None if refunded is None else eur(refunded)
    notice = PaymentNotice(uuid4().hex, payment_id, state, given)
    return receive_notice(store, SYSTEM.at(NOON), DESK, notice)


def test_a_payment_waits_until_the_gateway_says_paid(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    started = start(store, owed)
    assert started.state is PaymentState.PENDING
    assert f"gateway answer {started.reference} paid" in started.show
    assert start(store, owed).id == started.id
    gateway.answer(started.reference, "paid")
    assert poll_gateways(store, SYSTEM.at(NOON)) == 1
    assert state_of(store, owed.booking_id) == "paid"
    assert accounts(store) == {"gateway": 12000, "revenue": -12000}
    assert poll_gateways(store, SYSTEM.at(NOON)) == 0


def test_starting_to_pay_leaves_the_notices_of_others_to_who_hears_them_all(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    late = owe(fair, 12000, expires_at=LATER)
    payment = start(store, late)
    cancel_tickets(store, late, late.ticket_ids, state="expired")
    gateway.answer(payment.reference, "paid")
    own = start(store, owe(fair, 12003))
    assert own.state is PaymentState.PAID
    assert state_of(store, late.booking_id) == "expired"
    assert hear_gateways(store, SYSTEM.at(NOON)) == 1
    assert state_of(store, late.booking_id) == "paid"


def test_nothing_is_paid_for_an_event_that_was_cancelled(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000)
    set_event(fair, state="cancelled")
    with pytest.raises(InvalidInputError, match="event of booking"):
        start(store, owed)
    assert gateway.orders() == []


def test_a_failed_payment_keeps_the_places_and_says_what_to_do(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    admin = create_first_admin(store, SYSTEM.at(NOON), "ada@example.org", "Ada", "a-long-password")
    owed = owe(fair, 12001, expires_at=LATER, account_id=admin.id)
    failed = start(store, owed)
    assert failed.state is PaymentState.FAILED
    assert failed.error == "The test desk declined."
    assert "before the deadline" in failed.advice
    assert state_of(store, owed.booking_id) == "pending"
    [notice, *_before], _total = my_notices(store, admin)
    assert "did not go through" in notice.title
    assert "held until the deadline" in notice.body
    assert start(store, owed).id != failed.id


def test_a_silent_gateway_leaves_the_payment_open(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12002)
    silent = start(store, owed)
    assert (silent.state, silent.error) == (PaymentState.PENDING, "The test desk does not answer.")
    [order] = gateway.orders()
    gateway.answer(order.reference, "paid")
    poll_gateways(store, SYSTEM.at(NOON))
    assert state_of(store, owed.booking_id) == "paid"


def test_a_refused_order_takes_nothing(store: Store, fair: Fair, gateway: TestDeskGateway) -> None:
    refused = start(store, owe(fair, 12005))
    assert (refused.state, refused.error) == (
        PaymentState.FAILED,
        "The test desk refuses this amount.",
    )


def test_the_same_notice_twice_books_once(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12003)
    start(store, owed)
    assert accounts(store) == {"gateway": 12003, "revenue": -12003}
    assert balance_of(store, owed.booking_id).paid == eur(12003)
    with store.read() as connection:
        assert connection.execute(select(func.count(PaymentNoticeRow.notice))).scalar_one() == 1


def test_another_notice_of_the_same_books_once_too(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000)
    payment = start(store, owed)
    for _ in range(2):
        tell(store, payment.id, Told.PAID)
    assert balance_of(store, owed.booking_id).paid == eur(12000)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([Told.FAILED, Told.PAID], PaymentState.PAID),
        ([Told.PAID, Told.FAILED], PaymentState.PAID),
        ([Told.EXPIRED, Told.PAID, Told.PENDING], PaymentState.PAID),
        ([Told.FAILED, Told.EXPIRED], PaymentState.EXPIRED),
        ([Told.FAILED, Told.PENDING], PaymentState.FAILED),
    ],
)
def test_notices_out_of_order_end_right(
    store: Store, fair: Fair, gateway: TestDeskGateway, told: list[Told], state: PaymentState
) -> None:
    owed = owe(fair, 12000)
    payment = start(store, owed)
    for each in told:
        seen = tell(store, payment.id, each)
    assert seen is not None
    assert seen.state is state
    assert balance_of(store, owed.booking_id).paid.minor == (12000 if state == "paid" else 0)


def test_refunded_before_paid_ends_as_both(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000)
    payment = start(store, owed)
    tell(store, payment.id, Told.PARTLY_REFUNDED, 2000)
    tell(store, payment.id, Told.PAID)
    tell(store, payment.id, Told.PARTLY_REFUNDED, 2000)
    stands = balance_of(store, owed.booking_id)
    assert (stands.paid, stands.refunded, stands.due) == (eur(12000), eur(2000), eur(2000))
    tell(store, payment.id, Told.REFUNDED)
    assert balance_of(store, owed.booking_id).refunded == eur(12000)
    assert accounts(store) == {"receivable": 12000, "revenue": -12000}
    assert state_of(store, owed.booking_id) == "pending"


def test_what_the_gateway_gave_back_fulfils_what_was_promised(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000)
    payment = start(store, owed)
    tell(store, payment.id, Told.PAID)
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(5000), reason="ill")
    tell(store, payment.id, Told.PARTLY_REFUNDED, 5000)
    stands = balance_of(store, owed.booking_id)
    assert (stands.refunded, stands.promised) == (eur(5000), eur(0))
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(7000), reason="ill")
    tell(store, payment.id, Told.PARTLY_REFUNDED, 8000)
    stands = balance_of(store, owed.booking_id)
    assert (stands.refunded, stands.promised) == (eur(8000), eur(0))


@pytest.mark.parametrize(
    ("promised", "told", "states"),
    [
        ((3000, 5000), 5000, ["pending", "paid"]),
        ((3000, 5000), 8000, ["paid", "paid"]),
        ((3000, 5000), 9000, ["paid", "paid", "paid"]),
        ((3000, 5000), 1000, ["pending", "pending", "paid"]),
        ((4000, 4000), 4000, ["pending", "pending"]),
        ((3000, 5000), 4000, ["pending", "pending"]),
    ],
)
def test_a_promise_is_fulfilled_by_a_notice_that_can_mean_no_other(
    store: Store,
    fair: Fair,
    gateway: TestDeskGateway,
    promised: tuple[int, ...],
    told: int,
    states: list[str],
) -> None:
    owed = owe(fair, 12000)
    payment = start(store, owed)
    tell(store, payment.id, Told.PAID)
    for minor in promised:
        refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(minor), reason="ill")
    tell(store, payment.id, Told.PARTLY_REFUNDED, told)
    refunds = payments_of(store, STAFF.at(NOON), owed.booking_id).refunds
    shown = {each.amount.minor: each.state for each in refunds}
    assert sorted(each.state for each in refunds) == sorted(states), shown
    if told == 5000:
        assert shown[5000] == "paid"


def test_a_notice_for_a_payment_nobody_knows_is_kept_and_shown(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    payment = start(store, owe(fair, 12000))
    assert tell(store, uuid4(), Told.PAID) is None
    assert tell(store, None, Told.FAILED) is None
    other = PaymentNotice("n-1", payment.id, Told.PAID)
    assert receive_notice(store, SYSTEM.at(NOON), "another", other) is None
    seen = unknown_notices(store, SYSTEM)
    assert sorted((provider, state) for provider, _notice, state in seen) == [
        ("another", "paid"),
        (DESK, "failed"),
        (DESK, "paid"),
    ]
    assert accounts(store) == {"receivable": 12000, "revenue": -12000}


def test_a_payment_nobody_paid_in_time_expires_and_may_still_come(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000, expires_at=LATER)
    payment = start(store, owed)
    poll_gateways(store, SYSTEM.at(LATER))
    [seen] = payments_of(store, STAFF, owed.booking_id).payments
    assert seen.state is PaymentState.EXPIRED
    with pytest.raises(InvalidInputError, match="is expired"):
        start_payment(store, STAFF.at(LATER), owed.booking_id, provider=DESK)
    gateway.answer(payment.reference, "paid")
    poll_gateways(store, SYSTEM.at(LATER))
    assert state_of(store, owed.booking_id) == "paid"


def test_a_refund_waits_until_the_gateway_gave_it(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000)
    tell(store, start(store, owed).id, Told.PAID)
    cancel_tickets(store, owed, owed.ticket_ids, state="cancelled")
    assert refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill") == eur(12000)
    assert accounts(store) == {"gateway": 12000, "refunds": -12000}
    [waiting], total = list_refunds(store, SUPERVISOR, fair.event.id, open_only=True)
    assert (waiting.state, total) == (RefundState.PENDING, 1)
    with pytest.raises(InvalidInputError, match="paid by the gateway"):
        hand_out_refund(store, SUPERVISOR.at(NOON), waiting.id)
    assert poll_gateways(store, SYSTEM.at(NOON)) == 1
    assert accounts(store) == {}
    assert list_refunds(store, SUPERVISOR, fair.event.id, open_only=True) == ([], 0)


def test_a_refused_refund_is_a_credit_again_and_may_be_tried_or_handed_out(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12007)
    tell(store, start(store, owed).id, Told.PAID)
    cancel_tickets(store, owed, owed.ticket_ids, state="cancelled")
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
    poll_gateways(store, SYSTEM.at(NOON))
    [refused], _total = list_refunds(store, SUPERVISOR, fair.event.id)
    assert (refused.state, refused.error) == (RefundState.FAILED, "The test desk refused.")
    assert balance_of(store, owed.booking_id).credit == eur(12007)
    (gateway.folder / "script.txt").write_text("refund * paid\n")
    retry_refund(store, SUPERVISOR.at(NOON), refused.id)
    with pytest.raises(InvalidInputError, match="Only a refused refund"):
        retry_refund(store, SUPERVISOR.at(NOON), refused.id)
    poll_gateways(store, SYSTEM.at(NOON))
    assert accounts(store) == {}


def test_a_refused_refund_is_handed_out_in_cash(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12007)
    tell(store, start(store, owed).id, Told.PAID)
    cancel_tickets(store, owed, owed.ticket_ids, state="cancelled")
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
    poll_gateways(store, SYSTEM.at(NOON))
    [refused], _total = list_refunds(store, SUPERVISOR, fair.event.id)
    hand_out_refund(store, SUPERVISOR.at(NOON), refused.id, by="cash")
    assert accounts(store) == {"gateway": 12007, "cash": -12007}
    with pytest.raises(InvalidInputError, match="Only a refused"):
        retry_refund(store, SUPERVISOR.at(NOON), refused.id)


def test_a_refused_refund_that_pays_for_tickets_again_stays(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12007)
    tell(store, start(store, owed).id, Told.PAID)
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(12007), reason="ill")
    poll_gateways(store, SYSTEM.at(NOON))
    [refused], _total = list_refunds(store, SUPERVISOR, fair.event.id, open_only=True)
    assert refused.state is RefundState.FAILED
    with pytest.raises(InvalidInputError, match="pays for the booking") as said:
        hand_out_refund(store, SUPERVISOR.at(NOON), refused.id, by="cash")
    assert "Let the amount off first" in said.value.hint
    with pytest.raises(InvalidInputError, match="pays for the booking"):
        retry_refund(store, SUPERVISOR.at(NOON), refused.id)
    assert balance_of(store, owed.booking_id).refunded == eur(0)


def test_only_who_offers_it_and_whose_booking_it_is_pays_there(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    with pytest.raises(NotFoundError, match="not offered"):
        start(store, owed)
    TestDeskGateway(store.home).enable()
    with pytest.raises(NotAllowedError):
        start_payment(store, ATTENDEE.at(NOON), owed.booking_id, provider=DESK)
    somebody = Actor(ActorKind.ACCOUNT, uuid4(), "Eve", Role.ATTENDEE)
    with pytest.raises(NotAllowedError):
        unknown_notices(store, somebody)


def test_only_a_payment_through_the_test_desk_can_be_answered(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000)
    cash = {"method": Method.CASH, "amount": eur(12000)}
    view = take_payment(store, SYSTEM.at(NOON), owed.booking_id, **cash)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="Only the test desk"):
        answer_test_payment(store, SYSTEM, view.id, answer="paid")
    assert not gateway.poll()


def test_nobody_answers_for_the_payment_of_somebody_else(
    store: Store, fair: Fair, gateway: TestDeskGateway
) -> None:
    owed = owe(fair, 12000, account_id=person(store, "Ann").id)
    view = start_payment(store, SYSTEM.at(NOON), owed.booking_id, provider=gateway.name)
    with pytest.raises(NotAllowedError):
        answer_test_payment(store, person(store, "Bob"), view.id, answer="paid")
    assert not gateway.poll()
