"""The list of all transactions: what was asked, booked, refused, cancelled, paid and given back."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select

from data.schema import BookingRow, QueueRequestRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import cancel_booking, cancel_tickets, expire_due, upgrade_ticket
from eventdesk.core.errors import SoldOutError
from eventdesk.core.ids import new_id
from eventdesk.exchange import LISTINGS, Listing
from eventdesk.money import let_off
from eventdesk.tables.files import Form, open_table
from tests.build import NOON, SUPERVISOR, Fair
from tests.orders import EARLY, order_for, person, set_event, set_type
from tests.payments import eur

LATER = EARLY + timedelta(days=1)


def listed(fair: Fair) -> list[dict[str, str]]:
    spec = LISTINGS[Listing.TRANSACTIONS]
    written = spec.write(fair.store, SYSTEM.at(NOON), Form.CSV, event_id=fair.event.id)
    table = open_table(written.path)
    return [dict(zip(table.heading, cells, strict=True)) for _, cells in table.rows()]


def told(fair: Fair, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in ("kind", *names)) for row in listed(fair)]


def test_a_desks_booking_its_cancellation_and_its_refund_are_told_with_type_and_time(
    fair: Fair,
) -> None:
    booked = fair.sell_all(["Ada", "Ben"])
    cancel_tickets(
        fair.store, SUPERVISOR.at(NOON + timedelta(hours=1)), booked.ticket_ids[:1], reason=""
    )
    rows = told(fair, "ticket type", "amount", "state", "at")
    assert rows == [
        ("booking", "Regular", "240.00", "paid", "2026-06-01 12:00:00+02:00"),
        ("payment", "Regular", "240.00", "paid", "2026-06-01 12:00:00+02:00"),
        ("cancellation", "Regular", "-120.00", "cancelled", "2026-06-01 13:00:00+02:00"),
        ("refund", "Regular", "-120.00", "pending", "2026-06-01 13:00:00+02:00"),
    ]


def test_what_costs_nothing_is_told_as_well(fair: Fair) -> None:
    set_type(fair, fair.vip, price_minor=0)
    ada = person(fair.store, "Ada")
    booked = order_for(fair, ada, "Ada", "Ben", ticket_type_id=fair.vip)
    cancel_tickets(fair.store, ada.at(LATER), booked.ticket_ids[1:], reason="")
    assert told(fair, "ticket type", "amount", "state", "buyer", "source") == [
        ("booking", "VIP", "0.00", "paid", "Ada", "attendee"),
        ("cancellation", "VIP", "0.00", "cancelled", "Ada", "attendee"),
    ]


def test_a_booking_that_nobody_paid_in_time_is_told_when_it_ended(fair: Fair) -> None:
    order_for(fair, person(fair.store, "Ada"))
    with Steps(fair.store, SYSTEM.at(LATER)).write() as act:
        expire_due(act, fair.event.id)
    assert told(fair, "amount", "state") == [
        ("booking", "120.00", "expired"),
        ("cancellation", "-120.00", "expired"),
    ]


def test_a_refused_booking_is_told_with_what_it_would_have_cost(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    ada = person(fair.store, "Ada")
    with pytest.raises(SoldOutError):
        order_for(fair, ada, "Ada", "Ben")
    (row,) = listed(fair)
    shown = ("kind", "ticket type", "amount", "currency", "state", "reason", "buyer", "source")
    assert [row[name] for name in shown] == [
        *("refusal", "Regular", "240.00", "EUR", "sold out", "2 wanted, 1 left", "Ada"),
        "attendee",
    ]
    assert row["at"] == "2026-05-02 12:00:00+02:00"


def test_requests_are_told_before_they_are_decided_too(fair: Fair) -> None:
    wish = {"name": "Ada", "email": "", "code": "", "tickets": [{"type": str(fair.vip)}]}
    with fair.store.write() as connection:
        connection.execute(
            insert(QueueRequestRow).values(
                id=new_id(), no=1, event_id=fair.event.id, priority=1, wish=wish, state="waiting",
                reason="", created_at=EARLY,
            )
        )  # fmt: skip
    assert told(fair, "ticket type", "state", "buyer", "source") == [
        ("request", "VIP", "waiting", "Ada", "queue")
    ]


def test_amounts_add_up_to_the_total_of_each_booking(fair: Fair) -> None:
    set_event(fair, cancel_fee_bp=1000)
    ada, ben = person(fair.store, "Ada"), person(fair.store, "Ben")
    upgraded = order_for(fair, ada, "Ada", "Amy")
    upgrade_ticket(fair.store, ada.at(EARLY), upgraded.ticket_ids[0], fair.vip)
    let_off(fair.store, SUPERVISOR.at(EARLY), upgraded.booking_id, amount=eur(1000), reason="ill")
    cancelled = fair.sell_all(["Cid", "Cy"], email="cid@example.org")
    cancel_tickets(fair.store, SUPERVISOR.at(NOON), cancelled.ticket_ids[1:], reason="")
    whole = fair.sell("Dan", email="dan@example.org")
    cancel_booking(fair.store, SUPERVISOR.at(NOON), whole.booking_id, reason="")
    order_for(fair, ben)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in listed(fair):
        if row["kind"] in ("booking", "change", "cancellation", "cancellation fee"):
            sums[row["booking"]] += Decimal(row["amount"])
    with fair.store.read() as connection:
        rows = connection.execute(select(BookingRow.code, BookingRow.total_minor)).all()
    assert sums == {row.code: Decimal(row.total_minor) / 100 for row in rows}
    assert len({row["kind"] for row in listed(fair)}) >= 5
    changes = [row for row in listed(fair) if row["kind"] == "change"]
    assert [(row["ticket type"], row["amount"]) for row in changes if row["reason"] == "upgraded"]
    with fair.store.read() as connection:
        assert connection.execute(select(func.sum(BookingRow.kept_minor))).scalar_one() > 0


def test_a_booking_that_costs_something_is_told_once(fair: Fair) -> None:
    fair.sell("Ada")
    assert [row["kind"] for row in listed(fair)] == ["booking", "payment"]
