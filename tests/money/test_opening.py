"""A store of an older eventdesk, whose sales were never in a ledger."""

from sqlalchemy import delete

from data.schema import LedgerRow, PaymentRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.money import open_books, verify_ledger
from tests.build import NOON, SUPERVISOR, Fair
from tests.payments import accounts, owe, unlock_ledger


def test_what_was_sold_before_the_ledger_gets_its_entries_once(store: Store, fair: Fair) -> None:
    fair.sell_all(["Ada", "Bob"])
    owe(fair, 5000)
    with store.write() as connection:
        unlock_ledger(connection)
        connection.execute(delete(LedgerRow))
        connection.execute(delete(PaymentRow))
    assert verify_ledger(store, SUPERVISOR, fair.event.id).problems
    assert open_books(store, SYSTEM.at(NOON)) == 2
    assert verify_ledger(store, SUPERVISOR, fair.event.id).problems == ()
    assert accounts(store) == {"elsewhere": 24000, "receivable": 5000, "revenue": -29000}
    assert open_books(store, SYSTEM.at(NOON)) == 0


def test_a_store_without_older_sales_is_left_as_it_is(store: Store, fair: Fair) -> None:
    fair.sell()
    before = accounts(store)
    assert open_books(store, SYSTEM.at(NOON)) == 0
    assert accounts(store) == before
