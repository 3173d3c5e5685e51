import pytest

from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, RefundState
from eventdesk.money import (
    add_vouchers,
    hand_out_refund,
    list_refunds,
    list_vouchers,
    payments_of,
    refund,
    refund_due,
    take_payment,
)
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.payments import Owed, accounts, balance_of, cancel_tickets, eur, owe, state_of


def take(store: Store, owed: Owed, method: str, minor: int, reference: str = "1") -> None:
    take_payment(
        store,
        SUPERVISOR.at(NOON),
        owed.booking_id,
        method=method,
        amount=eur(minor),
        reference=reference,
    )


def test_what_was_paid_last_goes_back_first(store: Store, fair: Fair) -> None:
    [voucher] = add_vouchers(store, SUPERVISOR.at(NOON), fair.event.id, value=eur(3000))
    owed = owe(fair, 12000)
    take(store, owed, "cash", 5000)
    take(store, owed, "terminal", 4000)
    take(store, owed, "voucher", 3000, voucher.code)
    cancel_tickets(store, owed, owed.ticket_ids, kept=2000, state="cancelled")
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        given = refund_due(act, owed.booking_id, 10000, reason="ill")
    assert given == 10000
    back = payments_of(store, SUPERVISOR, owed.booking_id).refunds
    assert {(each.method, each.amount.minor, each.state) for each in back} == {
        (Method.VOUCHER, 3000, RefundState.PAID),
        (Method.TERMINAL, 4000, RefundState.PENDING),
        (Method.CASH, 3000, RefundState.PENDING),
    }
    [seen], _total = list_vouchers(store, SUPERVISOR, fair.event.id)
    assert seen.left == eur(3000)
    for each in back:
        if each.state is RefundState.PENDING:
            hand_out_refund(store, SUPERVISOR.at(NOON), each.id, reference="till 2")
    assert accounts(store) == {"cash": 2000, "cancellation_fees": -2000}
    assert balance_of(store, owed.booking_id).due == eur(0)


def test_never_more_goes_back_than_came_in(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    take(store, owed, "cash", 7000)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        for asked, given in ((5000, 5000), (5000, 2000), (1, 0), (0, 0)):
            assert given == refund_due(act, owed.booking_id, asked, reason="")
    with pytest.raises(InvalidInputError, match=r"0\.00 EUR came in"):
        refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(1), reason="more")


def test_what_goes_back_for_tickets_that_stay_is_due_again(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    take(store, owed, "cash", 12000)
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(2000), reason="mistake")
    assert state_of(store, owed.booking_id) == "paid"
    [waiting], _total = list_refunds(store, SUPERVISOR, fair.event.id, open_only=True)
    hand_out_refund(store, SUPERVISOR.at(NOON), waiting.id)
    assert state_of(store, owed.booking_id) == "pending"
    assert balance_of(store, owed.booking_id).due == eur(2000)
    with pytest.raises(InvalidInputError, match="out already"):
        hand_out_refund(store, SUPERVISOR.at(NOON), waiting.id)


def test_a_credit_goes_back_as_a_whole_unless_said(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    take(store, owed, "transfer", 15000)
    assert refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="too much") == eur(3000)
    assert balance_of(store, owed.booking_id).credit == eur(0)
    with pytest.raises(InvalidInputError, match="nothing to give back"):
        refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="again")


def test_a_refund_needs_a_reason_the_right_currency_and_somebody_who_may(
    store: Store, fair: Fair
) -> None:
    owed = owe(fair, 12000)
    take(store, owed, "cash", 12000)
    with pytest.raises(InvalidInputError, match="reason"):
        refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(1), reason=" ")
    with pytest.raises(InvalidInputError, match="EUR"):
        refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=Money(1, "USD"), reason="x")
    with pytest.raises(NotAllowedError):
        refund(store, STAFF.at(NOON), owed.booking_id, amount=eur(1), reason="x")
