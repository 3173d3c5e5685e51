"""What is past its deadline is found by its index, and what was paid in part is said."""

from datetime import timedelta

from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import events_with_due, expire_due, upgrade_ticket
from eventdesk.booking.expiry import due_query
from eventdesk.money import take_payment
from tests.build import NOON, STAFF, Fair, make_fair
from tests.orders import EARLY, booking_of, notices_of, order_for, person, set_event, set_type

LATE = EARLY + timedelta(days=1)


def test_bookings_past_their_deadline_are_found_by_the_index_of_deadlines(fair: Fair) -> None:
    with fair.store.read() as connection:
        asked = due_query(NOON).compile(connection.engine)
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", tuple("x" for _ in asked.positiontup or ())
        ).all()
    steps = [row.detail for row in plan]
    assert "USING INDEX ix_booking_due (expires_at<?)" in steps[0]
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in steps)


def test_each_event_is_named_once_and_ended_for_itself(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    other = make_fair(fair.store, "Other")
    for where in (fair, fair, other):
        order_for(where, ann)
    with Steps(fair.store, SYSTEM.at(LATE)).write() as act:
        assert events_with_due(act) == [fair.event.id, other.event.id]
        assert len(expire_due(act, fair.event.id)) == 2
        assert events_with_due(act) == [other.event.id]


def test_an_upgrade_that_is_not_paid_in_time_is_for_the_organizer_to_decide(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=100)
    olga, ann = person(fair.store, "Olga"), person(fair.store, "Ann")
    set_event(fair, owner_id=olga.id)
    booked = order_for(fair, ann)
    take_payment(fair.store, STAFF.at(EARLY), booked.booking_id, method="cash")
    upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    with Steps(fair.store, SYSTEM.at(LATE)).write() as act:
        assert expire_due(act, fair.event.id) == []
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.expires_at) == ("pending", None)
    assert notices_of(fair.store, olga) == [f"Booking {booked.code} is not paid in full"]
