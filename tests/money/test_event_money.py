"""The books of an event: sums, credits, and a check that finds what is wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from data.schema import BookingRow, LedgerRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import hear_gateways, revive
from eventdesk.booking.expiry import revive_late
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SoldOutError
from eventdesk.core.money import Money
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money import (
    event_money,
    list_credits,
    refund,
    start_payment,
    take_payment,
    verify_ledger,
)
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.payments import Owed, cancel_tickets, eur, owe, state_of, unlock_ledger


def pay_late(store: Store, fair: Fair, *, minor: int = 12000) -> Owed:
    """A booking that expired, and a transfer for it."""
    owed = owe(fair, 12000)
    cancel_tickets(store, owed, owed.ticket_ids, state="expired")
    take_payment(store, SUPERVISOR.at(NOON), owed.booking_id, method="transfer", amount=eur(minor))
    return owed


def test_sums_go_on_from_where_they_were_read(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000, 5000, tax=100)
    first = event_money(store, SUPERVISOR, fair.event.id)
    assert first.lines == [("receivable", eur(17000)), ("revenue", eur(-16800)), ("tax", eur(-200))]
    other = make_fair(store, "Other Days")
    owe(other, 700)
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash", amount=eur(5000))
    second = event_money(store, SUPERVISOR, fair.event.id, before=first)
    assert second == event_money(store, SUPERVISOR, fair.event.id)
    assert (second.at("cash"), second.at("receivable")) == (eur(5000), eur(12000))
    assert event_money(store, SUPERVISOR, other.event.id, before=second).lines == [
        ("receivable", eur(700)),
        ("revenue", eur(-700)),
    ]


def test_nothing_is_added_across_currencies(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    with store.write() as connection:
        unlock_ledger(connection)
        connection.execute(
            update(LedgerRow)
            .where(LedgerRow.booking_id == owed.booking_id)
            .values(currency="JPY", currency_exponent=0)
        )
    owe(fair, 500)
    assert event_money(store, SUPERVISOR, fair.event.id).lines == [
        ("receivable", eur(500)),
        ("revenue", eur(-500)),
        ("receivable", Money(12000, "JPY", 0)),
        ("revenue", Money(-12000, "JPY", 0)),
    ]


def test_credits_name_who_is_owed_what(store: Store, fair: Fair) -> None:
    late = pay_late(store, fair)
    too_much = owe(fair, 100)
    take_payment(
        store, SUPERVISOR.at(NOON), too_much.booking_id, method="transfer", amount=eur(150)
    )
    owe(fair, 100)
    found, total = list_credits(store, SUPERVISOR, fair.event.id)
    assert total == 2
    assert {(each.booking_code, each.state, each.credit.minor) for each in found} == {
        (late.code, "expired", 12000),
        (too_much.code, "paid", 50),
    }
    refund(store, SUPERVISOR.at(NOON), late.booking_id, reason="too late")
    assert list_credits(store, SUPERVISOR, fair.event.id)[1] == 1


def test_a_right_ledger_has_no_problems(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000, 5000, tax=100, fee=50, commission=7)
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash")
    cancel_tickets(store, owed, owed.ticket_ids[:1], kept=1000)
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
    report = verify_ledger(store, SUPERVISOR, fair.event.id)
    assert (report.bookings, report.problems) == (1, ())


def test_a_check_says_what_is_wrong(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    entry = {
        "transaction_id": owed.booking_id,
        "event_id": fair.event.id,
        "booking_id": owed.booking_id,
        "account": "refunds",
        "amount_minor": 5,
        "currency": "EUR",
        "currency_exponent": 2,
        "memo": "",
        "at": NOON,
    }
    with store.write() as connection:
        unlock_ledger(connection)
        connection.execute(insert(LedgerRow), [entry])
        connection.execute(
            delete(LedgerRow).where(
                LedgerRow.booking_id == owed.booking_id, LedgerRow.account == "receivable"
            )
        )
        connection.execute(update(TicketRow).values(price_minor=11000))
        connection.execute(update(BookingRow).values(state="paid"))
    said = " ".join(verify_ledger(store, SUPERVISOR, fair.event.id).problems)
    for part in (
        "is off by 5 minor units",
        "revenue holds -120.00 EUR, its tickets say -110.00 EUR",
        "its total is 120.00 EUR, its tickets cost 110.00 EUR",
        "it owes 120.00 EUR, the ledger has 0.00 EUR",
        "0.00 EUR are promised back, the ledger has -0.05 EUR",
        "is paid, and 120.00 EUR are due",
    ):
        assert part in said


def test_only_who_may_see_money_sees_it(store: Store, fair: Fair) -> None:
    for refused in (event_money, list_credits, verify_ledger):
        with pytest.raises(NotAllowedError):
            refused(store, STAFF, fair.event.id)


def test_a_booking_paid_late_lives_again_where_there_are_places(store: Store, fair: Fair) -> None:
    owed = pay_late(store, fair)
    assert revive(store, SUPERVISOR.at(NOON), owed.booking_id) == "paid"
    assert verify_ledger(store, SUPERVISOR, fair.event.id).problems == ()
    with pytest.raises(InvalidInputError, match="is paid"):
        revive(store, SUPERVISOR.at(NOON), owed.booking_id)


def test_a_booking_paid_late_stays_ended_where_its_places_are_gone(
    store: Store, fair: Fair
) -> None:
    owed = pay_late(store, fair)
    with store.write() as connection:
        connection.execute(update(TicketTypeRow).values(quota=0))
    with pytest.raises(SoldOutError):
        revive(store, SUPERVISOR.at(NOON), owed.booking_id)
    assert not revive_late(Steps(store, SYSTEM.at(NOON)), owed.booking_id)
    assert state_of(store, owed.booking_id) == "expired"


def test_what_pays_only_a_part_is_left_for_a_person(store: Store, fair: Fair) -> None:
    owed = pay_late(store, fair, minor=5000)
    assert not revive_late(Steps(store, SYSTEM.at(NOON)), owed.booking_id)
    assert revive(store, SUPERVISOR.at(NOON), owed.booking_id) == "pending"


def test_a_gateway_that_answers_after_the_deadline_revives_the_booking(
    store: Store, fair: Fair
) -> None:
    gateway = TestDeskGateway(store.home)
    gateway.enable()
    owed = owe(fair, 12000, expires_at=NOON + timedelta(minutes=15))
    payment = start_payment(store, STAFF.at(NOON), owed.booking_id, provider=gateway.name)
    cancel_tickets(store, owed, owed.ticket_ids, state="expired")
    gateway.answer(payment.reference, "paid")
    assert hear_gateways(store, SYSTEM.at(NOON)) == 1
    assert state_of(store, owed.booking_id) == "paid"
