import pytest
from sqlalchemy import delete, event, func, select, update

from data.schema import EventRow, LedgerRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.money import (
    hand_out_refund,
    list_refunds,
    refund_due,
    sync_sale,
    sync_sales,
    take_payment,
)
from eventdesk.money.ledger import Sides, transaction_rows
from eventdesk.money.payments import record_paid
from tests.build import NOON, Fair
from tests.payments import Owed, accounts, cancel_tickets, owe, state_of, unlock_ledger


def test_a_sale_is_owed_and_parted_in_revenue_tax_and_fees(store: Store, fair: Fair) -> None:
    owed = owe(fair, 11900, tax=1900, fee=500, commission=1000)
    assert accounts(store, owed.booking_id) == {
        "receivable": 11900,
        "revenue": -9500,
        "tax": -1900,
        "fees": -500,
        "commission": 1000,
        "commission_owed": -1000,
    }


def test_what_agrees_already_is_not_posted_again(store: Store, fair: Fair) -> None:
    owed = owe(fair, 11900, 11900, tax=1900)
    before = _entries(store)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        assert sync_sales(act, [owed.booking_id] * 2) == 0
    assert _entries(store) == before


def test_bookings_just_made_are_posted_as_a_comparison_would_post_them(
    store: Store, fair: Fair
) -> None:
    with store.write() as connection:
        taxed = {"tax_bp": 1900, "fee_bp": 250, "fee_minor": 30}
        connection.execute(update(TicketTypeRow).values(**taxed))
        connection.execute(update(EventRow).values(commission_bp=500))
    vip, regular = NewTicket(fair.vip, "Vic"), NewTicket(fair.regular, "Ada")
    new = [
        NewBooking("Both", "", (vip, regular, regular), paid=True),
        NewBooking("Owes", "", (regular,), paid=False),
    ]
    paid, owes = (one.booking_id for one in book(store, SYSTEM.at(NOON), fair.event.id, new))
    assert (state_of(store, paid), state_of(store, owes)) == ("paid", "pending")
    assert accounts(store, paid)["elsewhere"] == -sum(
        accounts(store, paid)[name] for name in ("revenue", "tax", "fees")
    )
    before = _entries(store)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        assert sync_sales(act, [paid, owes]) == 0
        assert record_paid(act, [paid]) == 0
    assert _entries(store) == before


def test_a_cancelled_ticket_takes_its_sale_back_and_leaves_the_fee_kept(
    store: Store, fair: Fair
) -> None:
    owed = owe(fair, 11900, 5000, tax=1000, commission=100)
    cancel_tickets(store, owed, owed.ticket_ids[:1], kept=2000)
    assert accounts(store, owed.booking_id) == {
        "receivable": 7000,
        "revenue": -4000,
        "tax": -1000,
        "cancellation_fees": -2000,
        "commission": 100,
        "commission_owed": -100,
    }


def test_a_cancelled_booking_leaves_nothing_in_any_account(store: Store, fair: Fair) -> None:
    owed = owe(fair, 11900, 5000, tax=1000, fee=7, commission=100)
    cancel_tickets(store, owed, owed.ticket_ids)
    assert accounts(store) == {}


def test_the_example_of_the_documentation_is_right(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12050, 12050, tax=1900, fee=150, commission=500)
    take_payment(store, SYSTEM.at(NOON), owed.booking_id, method="terminal", reference="17")
    cancel_tickets(store, owed, owed.ticket_ids[:1], kept=2000)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        assert refund_due(act, owed.booking_id, 10050, reason="") == 10050
    [view], _total = list_refunds(store, SYSTEM, fair.event.id)
    hand_out_refund(store, SYSTEM.at(NOON), view.id)
    assert accounts(store) == {
        "terminal": 14050,
        "revenue": -10000,
        "tax": -1900,
        "fees": -150,
        "cancellation_fees": -2000,
        "commission": 500,
        "commission_owed": -500,
    }


def test_a_transaction_that_does_not_add_up_is_not_written(store: Store, fair: Fair) -> None:
    with store.read() as connection:
        row = connection.execute(select(EventRow.__table__)).one()
    sides: Sides = {("cash", None): 100, ("receivable", None): -99}
    with pytest.raises(ValueError, match="not zero"):
        transaction_rows(fair.event.id, None, row, sides, memo="", now=NOON)


def test_many_bookings_take_no_more_questions_than_one(store: Store, fair: Fair) -> None:
    owed = [owe(fair, 100, 200) for _ in range(30)]
    for each in owed:
        cancel_tickets(store, each, each.ticket_ids[:1])
    with store.write() as connection:
        unlock_ledger(connection)
        connection.execute(delete(LedgerRow))
    one, many = _questions(store, owed[:1]), _questions(store, owed[1:])
    assert one == many
    assert accounts(store) == {"elsewhere": 6000, "revenue": -6000}
    assert {state_of(store, each.booking_id) for each in owed} == {"paid"}


def _questions(store: Store, owed: list[Owed]) -> int:
    """How many statements it takes to post sales and that they are paid."""
    seen: list[str] = []

    def count(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.append(statement)

    ids = [each.booking_id for each in owed]
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        event.listen(act.connection, "before_cursor_execute", count)
        sync_sales(act, ids)
        assert record_paid(act, ids) == len(ids)
        event.remove(act.connection, "before_cursor_execute", count)
        for each in ids:
            sync_sale(act, each)
    return len(seen)


def _entries(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count(LedgerRow.no))).scalar_one()
