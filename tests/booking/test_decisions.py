"""What an organizer decides about a booking."""

from datetime import timedelta

import pytest

from eventdesk.booking.booking import Booked
from eventdesk.booking.bookings import booking_detail, list_bookings, waiting_for_approval
from eventdesk.booking.decisions import (
    approve_booking,
    extend_deadline,
    note_booking,
    refuse_booking,
)
from eventdesk.booking.expiry import expire_due
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.money.payments import take_payment
from tests.build import STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, booking_of, notices_of, order_for, person, set_event, set_type

OFFER = timedelta(minutes=120)


@pytest.fixture
def waiting(fair: Fair) -> Booked:
    set_type(fair, fair.vip, needs_approval=True)
    return order_for(fair, person(fair.store, "Ann"), ticket_type_id=fair.vip)


def test_what_is_approved_has_time_to_be_paid(fair: Fair, waiting: Booked) -> None:
    event_id = fair.event.id
    assert waiting_for_approval(fair.store, STAFF, event_id, now=EARLY) == 1
    (line,), total = list_bookings(fair.store, STAFF, event_id, state="waiting", now=EARLY)
    assert (line.approved, total) == (False, 1)
    until = approve_booking(fair.store, SUPERVISOR, waiting.booking_id, now=EARLY)
    row = booking_of(fair.store, waiting.booking_id)
    assert (row.approved, row.state, row.expires_at, until) == (
        True,
        "pending",
        EARLY + OFFER,
        EARLY + OFFER,
    )
    assert waiting_for_approval(fair.store, STAFF, event_id, now=EARLY) == 0
    with pytest.raises(InvalidInputError):
        approve_booking(fair.store, SUPERVISOR, waiting.booking_id, now=EARLY)


def test_nothing_is_approved_at_an_event_that_was_cancelled(fair: Fair, waiting: Booked) -> None:
    set_event(fair, state="cancelled")
    with pytest.raises(InvalidInputError, match="was cancelled"):
        approve_booking(fair.store, SUPERVISOR, waiting.booking_id, now=EARLY)
    refuse_booking(fair.store, SUPERVISOR, waiting.booking_id, reason="Storm.", now=EARLY)
    assert booking_of(fair.store, waiting.booking_id).state == "cancelled"


def test_what_costs_nothing_is_ready_when_it_is_approved(fair: Fair) -> None:
    set_type(fair, fair.vip, needs_approval=True, price_minor=0)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, ticket_type_id=fair.vip)
    assert approve_booking(fair.store, SUPERVISOR, booked.booking_id, now=EARLY) is None
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.approved, row.expires_at) == ("paid", True, None)
    assert notices_of(fair.store, ann)[-1] == f"Booking {booked.code} was approved"


def test_what_is_refused_costs_nothing_and_says_why(fair: Fair, waiting: Booked) -> None:
    set_event(fair, cancel_fee_bp=10000)
    take_payment(fair.store, STAFF, waiting.booking_id, method="cash", now=EARLY)
    with pytest.raises(InvalidInputError, match="why"):
        refuse_booking(fair.store, SUPERVISOR, waiting.booking_id, reason=" ", now=EARLY)
    with pytest.raises(NotAllowedError):
        refuse_booking(fair.store, STAFF, waiting.booking_id, reason="full", now=EARLY)
    done = refuse_booking(fair.store, SUPERVISOR, waiting.booking_id, reason="full", now=EARLY)
    assert (done.kept.minor, done.refunded.minor) == (0, 29000)
    assert booking_of(fair.store, waiting.booking_id).state == "cancelled"


def test_more_time_is_given_or_all_the_time_there_is(fair: Fair) -> None:
    booked = order_for(fair, person(fair.store, "Ann"))
    later = EARLY + timedelta(days=2)
    extend_deadline(fair.store, SUPERVISOR, booked.booking_id, until=later, now=EARLY)
    with fair.store.write() as connection:
        assert expire_due(connection, None, later - timedelta(seconds=1)) == []
    extend_deadline(fair.store, SUPERVISOR, booked.booking_id, until=None, now=EARLY)
    with fair.store.write() as connection:
        assert expire_due(connection, None, later) == []
    with pytest.raises(InvalidInputError):
        extend_deadline(fair.store, SUPERVISOR, booked.booking_id, until=EARLY, now=EARLY)
    with pytest.raises(NotAllowedError):
        extend_deadline(fair.store, STAFF, booked.booking_id, until=later, now=EARLY)


def test_only_what_is_unpaid_and_approved_has_a_deadline(fair: Fair, waiting: Booked) -> None:
    paid, later = fair.sell("Ann"), EARLY + timedelta(days=2)
    for booking_id in (waiting.booking_id, paid.booking_id):
        with pytest.raises(InvalidInputError, match="no deadline"):
            extend_deadline(fair.store, SUPERVISOR, booking_id, until=later, now=EARLY)


def test_a_note_is_for_the_team_alone(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    note_booking(fair.store, STAFF, booked.booking_id, note=" calls back ", now=EARLY)
    assert booking_detail(fair.store, STAFF, booked.booking_id, now=EARLY).note == "calls back"
    assert booking_detail(fair.store, ann, booked.booking_id, now=EARLY).note == ""
    with pytest.raises(NotAllowedError):
        note_booking(fair.store, ann, booked.booking_id, note="mine", now=EARLY)
