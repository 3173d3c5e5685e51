"""What an organizer decides about a booking."""

from datetime import timedelta

import pytest

from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import (
    Booked,
    approve_booking,
    booking_detail,
    expire_due,
    extend_deadline,
    list_bookings,
    note_booking,
    refuse_booking,
    waiting_for_approval,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.money import take_payment
from tests.build import STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, booking_of, notices_of, order_for, person, set_event, set_type

OFFER = timedelta(minutes=120)


@pytest.fixture
def waiting(fair: Fair) -> Booked:
    set_type(fair, fair.vip, needs_approval=True)
    return order_for(fair, person(fair.store, "Ann"), ticket_type_id=fair.vip)


def test_what_is_approved_has_time_to_be_paid(fair: Fair, waiting: Booked) -> None:
    event_id = fair.event.id
    assert waiting_for_approval(fair.store, STAFF.at(EARLY), event_id) == 1
    (line,), total = list_bookings(fair.store, STAFF.at(EARLY), event_id, state="waiting")
    assert (line.approved, total) == (False, 1)
    until = approve_booking(fair.store, SUPERVISOR.at(EARLY), waiting.booking_id)
    row = booking_of(fair.store, waiting.booking_id)
    assert (row.approved, row.state, row.expires_at, until) == (
        True,
        "pending",
        EARLY + OFFER,
        EARLY + OFFER,
    )
    assert waiting_for_approval(fair.store, STAFF.at(EARLY), event_id) == 0
    with pytest.raises(InvalidInputError, match="does not wait for approval"):
        approve_booking(fair.store, SUPERVISOR.at(EARLY), waiting.booking_id)


def test_nothing_is_approved_at_an_event_that_was_cancelled(fair: Fair, waiting: Booked) -> None:
    set_event(fair, state="cancelled")
    with pytest.raises(InvalidInputError, match="was cancelled"):
        approve_booking(fair.store, SUPERVISOR.at(EARLY), waiting.booking_id)
    refuse_booking(fair.store, SUPERVISOR.at(EARLY), waiting.booking_id, reason="Storm.")
    assert booking_of(fair.store, waiting.booking_id).state == "cancelled"


def test_what_costs_nothing_is_ready_when_it_is_approved(fair: Fair) -> None:
    set_type(fair, fair.vip, needs_approval=True, price_minor=0)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, ticket_type_id=fair.vip)
    assert approve_booking(fair.store, SUPERVISOR.at(EARLY), booked.booking_id) is None
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.approved, row.expires_at) == ("paid", True, None)
    assert notices_of(fair.store, ann)[-1] == f"Booking {booked.code} was approved"


def test_what_is_refused_costs_nothing_and_says_why(fair: Fair, waiting: Booked) -> None:
    set_event(fair, cancel_fee_bp=10000)
    take_payment(fair.store, STAFF.at(EARLY), waiting.booking_id, method="cash")
    with pytest.raises(InvalidInputError, match="why"):
        refuse_booking(fair.store, SUPERVISOR.at(EARLY), waiting.booking_id, reason=" ")
    with pytest.raises(NotAllowedError):
        refuse_booking(fair.store, STAFF.at(EARLY), waiting.booking_id, reason="full")
    done = refuse_booking(fair.store, SUPERVISOR.at(EARLY), waiting.booking_id, reason="full")
    assert (done.kept.minor, done.refunded.minor) == (0, 29000)
    assert booking_of(fair.store, waiting.booking_id).state == "cancelled"


def test_more_time_is_given_or_all_the_time_there_is(fair: Fair) -> None:
    booked = order_for(fair, person(fair.store, "Ann"))
    later = EARLY + timedelta(days=2)
    extend_deadline(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, until=later)
    with Steps(fair.store, SYSTEM.at(later - timedelta(seconds=1))).write() as act:
        assert expire_due(act, None) == []
    extend_deadline(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, until=None)
    with Steps(fair.store, SYSTEM.at(later)).write() as act:
        assert expire_due(act, None) == []
    with pytest.raises(InvalidInputError, match="This deadline has passed"):
        extend_deadline(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, until=EARLY)
    with pytest.raises(NotAllowedError):
        extend_deadline(fair.store, STAFF.at(EARLY), booked.booking_id, until=later)


def test_only_what_is_unpaid_and_approved_has_a_deadline(fair: Fair, waiting: Booked) -> None:
    paid, later = fair.sell("Ann"), EARLY + timedelta(days=2)
    for booking_id in (waiting.booking_id, paid.booking_id):
        with pytest.raises(InvalidInputError, match="no deadline"):
            extend_deadline(fair.store, SUPERVISOR.at(EARLY), booking_id, until=later)


def test_a_note_is_for_the_team_alone(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    note_booking(fair.store, STAFF.at(EARLY), booked.booking_id, note=" calls back ")
    assert booking_detail(fair.store, STAFF.at(EARLY), booked.booking_id).note == "calls back"
    assert booking_detail(fair.store, ann.at(EARLY), booked.booking_id).note == ""
    with pytest.raises(NotAllowedError):
        note_booking(fair.store, ann.at(EARLY), booked.booking_id, note="mine")
