from datetime import timedelta

import pytest
from sqlalchemy import select

from data.rows import update_row
from data.schema import BookingRow, WrongTryRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from eventdesk.core.messages import reading
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.money import (
    add_vouchers,
    cancel_voucher,
    let_off,
    list_payments,
    list_vouchers,
    payments_of,
    settle,
    take_payment,
)
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.orders import person, set_event
from tests.payments import accounts, balance_of, cancel_tickets, eur, owe, state_of


def test_cash_of_what_is_due_makes_a_booking_paid_for_good(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000, expires_at=NOON + timedelta(minutes=15))
    paid = take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash")
    assert (paid.amount, paid.state, paid.due, paid.advice) == (
        eur(12000),
        PaymentState.PAID,
        eur(0),
        "",
    )
    assert state_of(store, owed.booking_id) == "paid"
    assert accounts(store) == {"cash": 12000, "revenue": -12000}


def test_a_part_leaves_the_rest_due_and_the_booking_waiting(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    paid = take_payment(
        store, STAFF.at(NOON), owed.booking_id, method="terminal", amount=eur(5000), reference="17"
    )
    assert paid.advice == "70.00 EUR are still due."
    assert state_of(store, owed.booking_id) == "pending"
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash")
    assert state_of(store, owed.booking_id) == "paid"
    assert accounts(store) == {"terminal": 5000, "cash": 7000, "revenue": -12000}


def test_too_much_cash_is_refused_with_the_change_said(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    with pytest.raises(InvalidInputError, match=r"120\.00 EUR are due, 150\.00 EUR are") as refused:
        take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash", amount=eur(15000))
    assert refused.value.hint == "Give 30.00 EUR of change and take 120.00 EUR."
    assert state_of(store, owed.booking_id) == "pending"


def test_an_event_that_was_cancelled_takes_only_what_came_by_bank(store: Store, fair: Fair) -> None:
    [voucher] = add_vouchers(store, SUPERVISOR.at(NOON), fair.event.id, value=eur(3000))
    owed = owe(fair, 12000)
    set_event(fair, state="cancelled")
    for method, reference in (("cash", ""), ("terminal", "17"), ("voucher", voucher.code)):
        with pytest.raises(InvalidInputError, match="event of booking"):
            take_payment(store, STAFF.at(NOON), owed.booking_id, method=method, reference=reference)
    assert accounts(store) == {"receivable": 12000, "revenue": -12000}
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="transfer")
    assert balance_of(store, owed.booking_id).paid == eur(12000)


def test_codes_of_vouchers_are_not_guessed_without_limit(store: Store, fair: Fair) -> None:
    [voucher] = add_vouchers(
        store, SUPERVISOR.at(NOON), fair.event.id, value=eur(3000), code="THANKS"
    )
    ann, bob = person(store, "Ann"), person(store, "Bob")
    mine = owe(fair, 12000, account_id=ann.id)

    def spend(code: str, *, minutes: int = 0) -> None:
        now = NOON + timedelta(minutes=minutes)
        take_payment(store, ann.at(now), mine.booking_id, method="voucher", reference=code)

    for code in ("AAAA", "BBBB", "CCCC"):
        with pytest.raises(NotFoundError, match="There is no voucher with this code at this"):
            spend(code)
    with pytest.raises(SignInError, match="Too many wrong tries"):
        spend(voucher.code)
    other = owe(fair, 100, account_id=bob.id)
    take_payment(store, bob.at(NOON), other.booking_id, method="voucher", reference=voucher.code)
    spend(voucher.code, minutes=1)
    assert balance_of(store, mine.booking_id).paid == eur(2900)
    with store.read() as connection:
        assert connection.execute(select(WrongTryRow.subject)).all() == []


def test_a_transfer_of_too_much_is_taken_and_shown_as_credit(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    paid = take_payment(
        store, SUPERVISOR.at(NOON), owed.booking_id, method="transfer", amount=eur(15000)
    )
    assert paid.advice == "30.00 EUR came in too much: give it back."
    assert balance_of(store, owed.booking_id).credit == eur(3000)
    assert state_of(store, owed.booking_id) == "paid"


def test_a_transfer_for_an_expired_booking_says_what_there_is_to_do(
    store: Store, fair: Fair
) -> None:
    owed = owe(fair, 12000)
    cancel_tickets(store, owed, owed.ticket_ids, state="expired")
    paid = take_payment(
        store, SUPERVISOR.at(NOON), owed.booking_id, method="transfer", amount=eur(12000)
    )
    assert paid.advice == "The booking is expired: revive it or give 120.00 EUR back."
    assert state_of(store, owed.booking_id) == "expired"


@pytest.mark.parametrize(
    ("method", "given", "says"),
    [
        ("cash", None, "Nothing is due"),
        ("terminal", None, "number of its slip"),
        ("gold", None, "no way to pay"),
        ("free", None, "not taken here"),
        ("cash", Money(100, "USD"), "paid in EUR"),
        ("voucher", None, "no voucher"),
    ],
)
def test_what_cannot_be_taken_says_why(
    store: Store, fair: Fair, method: str, given: Money | None, says: str
) -> None:
    owed = owe(fair, 0 if method == "cash" and given is None else 12000)
    with pytest.raises((InvalidInputError, NotFoundError), match=says):
        take_payment(store, STAFF.at(NOON), owed.booking_id, method=method, amount=given)


def test_a_free_booking_is_paid_at_once(store: Store, fair: Fair) -> None:
    owed = owe(fair, 0)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        assert settle(act, owed.booking_id) == "paid"


def test_what_is_let_off_is_off_the_price_with_its_tax(store: Store, fair: Fair) -> None:
    owed = owe(fair, 11900, 11900, tax=1900, commission=1000)
    seen = let_off(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(11900), reason="speaker")
    assert (seen.method, seen.amount, seen.due) == (Method.FREE, eur(0), eur(11900))
    assert accounts(store) == {
        "receivable": 11900,
        "revenue": -10000,
        "tax": -1900,
        "commission": 1000,
        "commission_owed": -1000,
    }
    let_off(store, SUPERVISOR.at(NOON), owed.booking_id, reason="volunteer")
    assert state_of(store, owed.booking_id) == "paid"
    assert accounts(store) == {}


def test_a_voucher_pays_what_it_holds_and_keeps_the_rest(store: Store, fair: Fair) -> None:
    [voucher] = add_vouchers(store, SUPERVISOR.at(NOON), fair.event.id, value=eur(15000))
    first, second = owe(fair, 12000), owe(fair, 12000)
    typed = f" {voucher.code[:5].lower()}-{voucher.code[5:]}"
    take_payment(store, STAFF.at(NOON), first.booking_id, method="voucher", reference=typed)
    part = take_payment(store, STAFF.at(NOON), second.booking_id, method="voucher", reference=typed)
    assert (part.amount, part.reference, part.due) == (eur(3000), voucher.code, eur(9000))
    [seen], total = list_vouchers(store, SUPERVISOR, fair.event.id)
    assert (seen.left, total) == (eur(0), 1)
    with pytest.raises(InvalidInputError, match="is spent"):
        take_payment(store, STAFF.at(NOON), second.booking_id, method="voucher", reference=typed)


def test_a_voucher_that_is_cancelled_or_too_old_pays_nothing(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    soon = NOON + timedelta(hours=1)
    [old] = add_vouchers(
        store, SUPERVISOR.at(NOON), fair.event.id, value=eur(100), code="old", valid_until=soon
    )
    [gone] = add_vouchers(store, SUPERVISOR.at(NOON), fair.event.id, value=eur(100), code="gone")
    cancel_voucher(store, SUPERVISOR.at(NOON), gone.id)
    for code, says in ((old.code, "no longer valid"), (gone.code, "was cancelled")):
        with pytest.raises(InvalidInputError, match=says):
            take_payment(store, STAFF.at(soon), owed.booking_id, method="voucher", reference=code)
    found, _total = list_vouchers(store, SUPERVISOR, fair.event.id, search="go")
    assert [(each.code, each.left) for each in found] == [("GONE", eur(0))]
    with pytest.raises(InvalidInputError, match="already"):
        add_vouchers(store, SUPERVISOR.at(NOON), fair.event.id, value=eur(1), code="OLD")


def test_only_the_team_takes_money_and_only_the_owner_sees_it(store: Store, fair: Fair) -> None:
    mine, other = owe(fair, 12000), owe(fair, 12000)
    with pytest.raises(NotAllowedError):
        take_payment(store, ATTENDEE.at(NOON), mine.booking_id, method="cash")
    with pytest.raises(NotAllowedError):
        payments_of(store, ATTENDEE, other.booking_id)
    with pytest.raises(NotAllowedError):
        list_payments(store, STAFF, fair.event.id)
    with pytest.raises(NotAllowedError):
        add_vouchers(store, STAFF.at(NOON), fair.event.id, value=eur(100))
    with pytest.raises(NotAllowedError):
        let_off(store, STAFF.at(NOON), mine.booking_id, reason="friend")


def test_payments_are_paged_and_found_by_the_code_of_their_booking(
    store: Store, fair: Fair
) -> None:
    owed = [owe(fair, 100) for _ in range(5)]
    for each in owed:
        take_payment(store, SYSTEM.at(NOON), each.booking_id, method="cash")
    page, total = list_payments(store, SUPERVISOR, fair.event.id, offset=1, limit=2)
    assert ([each.booking_code for each in page], total) == ([owed[3].code, owed[2].code], 5)
    found, total = list_payments(store, SUPERVISOR, fair.event.id, search=owed[0].code.lower())
    assert ([each.booking_code for each in found], total) == ([owed[0].code], 1)
    money = payments_of(store, STAFF, owed[0].booking_id)
    assert (money.balance.due, len(money.payments), money.refunds) == (eur(0), 1, ())


def test_a_refusal_and_its_figures_are_said_in_the_language_of_who_reads_it(
    store: Store, fair: Fair
) -> None:
    owed = owe(fair, 1234500)
    with pytest.raises(InvalidInputError) as refused:
        take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash", amount=eur(1235000))
    assert refused.value.hint == "Give 5.00 EUR of change and take 12345.00 EUR."
    with reading("de_DE"):
        assert "5,00\xa0€ zurück" in refused.value.hint
        assert "12.345,00\xa0€" in refused.value.hint
    cancel_tickets(store, owed, owed.ticket_ids)
    with store.write() as connection:
        update_row(connection, BookingRow, owed.booking_id, state="cancelled")
    with pytest.raises(InvalidInputError) as closed:
        take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash", amount=eur(100))
    assert "is cancelled; its places are free" in str(closed.value)
    with reading("de_DE"):
        assert "storniert; die Plätze" in str(closed.value)
