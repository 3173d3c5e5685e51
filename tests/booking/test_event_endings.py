"""An event that does not take place gives everybody their money back, once."""

import pytest
from sqlalchemy import select

from data.schema import BookingRow, RefundRow, TicketRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import Ended, cancel_event_bookings, cancel_tickets
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.events import cancel_event
from eventdesk.money import hand_out_refund, payments_of, take_payment
from tests.build import NOON, STAFF, Fair
from tests.orders import EARLY, booking_of, ledger_of, order_for, person, set_event
from tests.payments import balance_of


def test_all_bookings_are_cancelled_in_parts_and_paid_ones_refunded(fair: Fair) -> None:
    bookings = [fair.sell_all([f"Guest {number}"], paid=False) for number in range(5)]
    take_payment(fair.store, SYSTEM.at(NOON), bookings[0].booking_id, method="cash")
    with pytest.raises(InvalidInputError, match="takes place"):
        cancel_event_bookings(fair.store, SYSTEM.at(NOON), fair.event.id)
    cancel_event(fair.store, SYSTEM.at(NOON), fair.event.id, reason="Storm.")
    done: list[Ended] = []
    while not done or done[-1].left:
        done.append(cancel_event_bookings(fair.store, SYSTEM.at(NOON), fair.event.id, limit=2))
    assert [(one.cancelled, one.left) for one in done] == [(2, 3), (2, 1), (1, 0)]
    again = cancel_event_bookings(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert (again.cancelled, again.left) == (0, 0)
    with fair.store.read() as connection:
        states = set(connection.execute(select(BookingRow.state)).scalars())
        tickets = set(connection.execute(select(TicketRow.state)).scalars())
        refunds = connection.execute(select(RefundRow.amount_minor, RefundRow.reason)).all()
    assert (states, tickets) == ({"cancelled"}, {"cancelled"})
    assert [tuple(row) for row in refunds] == [(12000, "Storm.")]


def test_a_fee_that_was_kept_before_goes_back_too(fair: Fair) -> None:
    set_event(fair, cancel_fee_minor=1200)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    take_payment(fair.store, STAFF.at(EARLY), booked.booking_id, method="cash")
    cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[:1], reason="ill")
    assert booking_of(fair.store, booked.booking_id).kept_minor == 1200
    cancel_event(fair.store, SYSTEM.at(EARLY), fair.event.id, reason="Storm.")
    cancel_event_bookings(fair.store, SYSTEM.at(EARLY), fair.event.id)
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor, row.kept_minor) == ("cancelled", 0, 0)
    assert balance_of(fair.store, row.id).due.minor == -24000
    assert ledger_of(fair.store, row.id) == {"cash": 24000, "refunds": -24000}
    for each in payments_of(fair.store, SYSTEM, row.id).refunds:
        hand_out_refund(fair.store, SYSTEM.at(EARLY), each.id)
    assert balance_of(fair.store, row.id).due.minor == 0
    assert ledger_of(fair.store, row.id) == {}


def test_staff_ends_no_event(fair: Fair) -> None:
    with pytest.raises(NotAllowedError):
        cancel_event_bookings(fair.store, STAFF.at(NOON), fair.event.id)
