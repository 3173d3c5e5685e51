"""Cancelling: what is kept, what goes back, and who gets the place."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from data.schema import AuditRow, RefundRow, WaitlistEntryRow
from data.store import Store
from eventdesk.acts import SYSTEM, my_notices
from eventdesk.booking import (
    Cancelled,
    cancel_booking,
    cancel_tickets,
    cancellation,
    transfer_ticket,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.messages import reading
from eventdesk.door import Outcome, check_in
from eventdesk.money import take_payment
from eventdesk.waiting import sweep
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.orders import (
    EARLY,
    add_seats,
    booking_of,
    ledger_of,
    notices_of,
    order_for,
    person,
    seats_taken,
    set_event,
    set_type,
    tickets_of,
)


def _pay(fair: Fair, booking_id: UUID) -> None:
    take_payment(fair.store, STAFF.at(EARLY), booking_id, method="cash")


def _figures(result: Cancelled) -> tuple[int, int, int]:
    return result.tickets, result.kept.minor, result.refunded.minor


def _wait(fair: Fair, name: str) -> UUID:
    entry_id, who = uuid4(), person(fair.store, name)
    with fair.store.write() as connection:
        last = connection.execute(select(WaitlistEntryRow.no)).scalars().all()
        connection.execute(
            insert(WaitlistEntryRow).values(
                id=entry_id,
                no=max(last, default=0) + 1,
                event_id=fair.event.id,
                ticket_type_id=fair.regular,
                account_id=who.id,
                name=name,
                email="",
                priority=0,
                state="waiting",
                created_at=EARLY,
            )
        )
    return entry_id


def _state(store: Store, entry_id: UUID) -> str:
    with store.read() as connection:
        return connection.execute(
            select(WaitlistEntryRow.state).where(WaitlistEntryRow.id == entry_id)
        ).scalar_one()


def test_cancelling_keeps_the_events_fee_and_gives_the_rest_back(fair: Fair) -> None:
    set_event(fair, cancel_fee_bp=1000, cancel_fee_minor=150)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    _pay(fair, booked.booking_id)
    before = cancellation(fair.store, ann.at(EARLY), booked.booking_id)
    done = cancel_booking(fair.store, ann.at(EARLY), booked.booking_id, reason="ill")
    assert before == done
    assert _figures(done) == (2, 2700, 21300)
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor, row.kept_minor, row.cancelled_at) == (
        "cancelled",
        2700,
        2700,
        EARLY,
    )
    assert ledger_of(fair.store, row.id) == {
        "cash": 24000,
        "cancellation_fees": -2700,
        "refunds": -21300,
    }
    assert "cancelled" in notices_of(fair.store, ann)[-1]
    with fair.store.read() as connection:
        assert connection.execute(select(RefundRow.amount_minor)).scalars().all() == [21300]


def test_a_ticket_is_cancelled_alone_and_the_last_one_takes_the_booking_along(fair: Fair) -> None:
    set_event(fair, cancel_fee_minor=500)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    _pay(fair, booked.booking_id)
    one = cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[:1], reason="")
    assert _figures(one) == (1, 500, 11500)
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor) == ("paid", 12500)
    other = cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[1:], reason="")
    assert _figures(other) == (1, 500, 11500)
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor, row.kept_minor) == ("cancelled", 1000, 1000)


def test_the_fee_is_never_more_than_the_price_nor_than_what_was_paid(fair: Fair) -> None:
    set_event(fair, cancel_fee_bp=10000, cancel_fee_minor=99999)
    ann = person(fair.store, "Ann")
    paid, unpaid = order_for(fair, ann), order_for(fair, ann)
    _pay(fair, paid.booking_id)
    cancel = cancel_booking(fair.store, ann.at(EARLY), paid.booking_id, reason="")
    assert _figures(cancel) == (1, 12000, 0)
    cancel = cancel_booking(fair.store, ann.at(EARLY), unpaid.booking_id, reason="")
    assert _figures(cancel) == (1, 0, 0)
    assert ledger_of(fair.store, unpaid.booking_id) == {}


def test_who_manages_tickets_waives_the_fee_and_cancels_late_others_do_not(fair: Fair) -> None:
    set_event(fair, cancel_fee_minor=500, cancel_until=EARLY)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    _pay(fair, booked.booking_id)
    late = EARLY + timedelta(seconds=1)
    with pytest.raises(InvalidInputError, match="could be cancelled until"):
        cancel_booking(fair.store, ann.at(late), booked.booking_id, reason="")
    for actor in (ann, STAFF):
        with pytest.raises(NotAllowedError):
            cancel_booking(
                fair.store, actor.at(EARLY), booked.booking_id, reason="", waive_fee=True
            )
    done = cancel_booking(
        fair.store, SUPERVISOR.at(late), booked.booking_id, reason="kind", waive_fee=True
    )
    assert _figures(done) == (1, 0, 12000)


def test_what_was_not_paid_may_be_given_up_at_any_time(fair: Fair) -> None:
    set_event(fair, cancel_until=EARLY - timedelta(days=1))
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    assert _figures(cancel_booking(fair.store, ann.at(EARLY), booked.booking_id, reason="")) == (
        1,
        0,
        0,
    )


def test_of_an_event_that_does_not_take_place_everything_goes_back(fair: Fair) -> None:
    set_event(fair, cancel_fee_bp=5000)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    _pay(fair, booked.booking_id)
    set_event(fair, state="cancelled")
    done = cancel_booking(
        fair.store, ann.at(NOON + timedelta(days=9)), booked.booking_id, reason=""
    )
    assert _figures(done) == (1, 0, 12000)


def test_attendees_cannot_cancel_what_was_used_at_the_door(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    _pay(fair, booked.booking_id)
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.outcome is Outcome.ADMITTED
    set_event(fair, cancel_until=NOON + timedelta(days=9))
    with pytest.raises(InvalidInputError, match="used at the door"):
        cancel_booking(fair.store, ann.at(NOON), booked.booking_id, reason="")
    cancel_booking(fair.store, STAFF.at(NOON), booked.booking_id, reason="wrong day")


def test_nobody_cancels_what_belongs_to_somebody_else(fair: Fair) -> None:
    ann, eve = person(fair.store, "Ann"), person(fair.store, "Eve")
    booked = order_for(fair, ann, "Ann", "Eve")
    with pytest.raises(NotAllowedError):
        cancel_booking(fair.store, eve.at(EARLY), booked.booking_id, reason="")
    with pytest.raises(NotAllowedError):
        cancellation(fair.store, eve.at(EARLY), booked.booking_id)
    ticket_id = booked.ticket_ids[1]
    transfer_ticket(fair.store, ann.at(EARLY), ticket_id, name="Eve", email="eve@example.org")
    with pytest.raises(InvalidInputError, match="handed on"):
        cancel_tickets(fair.store, ann.at(EARLY), [ticket_id], reason="")
    with pytest.raises(NotAllowedError):
        cancel_tickets(fair.store, eve.at(EARLY), [ticket_id], reason="")


def test_what_is_not_there_or_of_two_bookings_is_refused(fair: Fair) -> None:
    one, other = fair.sell("Ann"), fair.sell("Bob")
    with pytest.raises(NotFoundError, match="There is no such booking"):
        cancel_booking(fair.store, SYSTEM.at(NOON), uuid4(), reason="")
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        cancel_tickets(fair.store, SYSTEM.at(NOON), [], reason="")
    both = [*one.ticket_ids, *other.ticket_ids]
    with pytest.raises(InvalidInputError, match="These tickets are of several bookings"):
        cancel_tickets(fair.store, SYSTEM.at(NOON), both, reason="")
    with pytest.raises(NotFoundError, match="There is no such ticket in this booking"):
        cancellation(fair.store, SYSTEM.at(NOON), one.booking_id, other.ticket_ids)


def test_cancelling_twice_cancels_once(fair: Fair) -> None:
    booked = fair.sell("Ann")
    first = cancel_booking(fair.store, STAFF.at(NOON), booked.booking_id, reason="ill")
    again = cancel_booking(fair.store, STAFF.at(NOON), booked.booking_id, reason="ill")
    assert (_figures(first), _figures(again)) == ((1, 0, 12000), (0, 0, 0))
    with fair.store.read() as connection:
        verbs = select(AuditRow.verb).where(AuditRow.verb == "cancel_booking")
        assert len(connection.execute(verbs).all()) == 1
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.outcome is Outcome.CANCELLED


def test_a_freed_seat_and_place_are_there_for_others_at_once(fair: Fair) -> None:
    section_id, seats = add_seats(fair, 1)
    set_type(fair, fair.regular, section_id=section_id, quota=1)
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    booked = order_for(fair, ann, seat_id=seats[0])
    cancel_booking(fair.store, ann.at(EARLY), booked.booking_id, reason="")
    assert seats_taken(fair.store) == set()
    second = order_for(fair, bob, seat_id=seats[0])
    assert tickets_of(fair.store, second.booking_id)[0].seat == "H-1"


def test_a_cancellation_offers_the_place_to_who_waits_in_the_same_moment(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    first, second = _wait(fair, "Walt"), _wait(fair, "Xen")
    cancel_booking(fair.store, ann.at(EARLY), booked.booking_id, reason="")
    assert (_state(fair.store, first), _state(fair.store, second)) == ("offered", "waiting")


def test_the_sweep_ends_what_is_due_and_gives_its_places_on(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    first, second = _wait(fair, "Walt"), _wait(fair, "Xen")
    assert sweep(fair.store, SYSTEM.at(EARLY)) == 0
    assert booking_of(fair.store, booked.booking_id).state == "pending"
    hold_over = EARLY + timedelta(minutes=15)
    assert sweep(fair.store, SYSTEM.at(hold_over)) == 2
    assert booking_of(fair.store, booked.booking_id).state == "expired"
    assert (_state(fair.store, first), _state(fair.store, second)) == ("offered", "waiting")
    sweep(fair.store, SYSTEM.at(hold_over + timedelta(minutes=120)))
    assert (_state(fair.store, first), _state(fair.store, second)) == ("expired", "offered")


def test_a_quota_that_was_raised_reaches_who_waits_with_the_next_sweep(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=0)
    waiting = _wait(fair, "Walt")
    assert sweep(fair.store, SYSTEM.at(EARLY)) == 0
    set_type(fair, fair.regular, quota=1)
    assert sweep(fair.store, SYSTEM.at(EARLY)) == 1
    assert _state(fair.store, waiting) == "offered"


def test_the_notice_of_a_refund_says_its_reason_in_the_language_of_who_reads(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    _pay(fair, booked.booking_id)
    cancel_booking(fair.store, ann.at(EARLY), booked.booking_id, reason="")
    for language, words in (
        ("en", "For booking {}: cancelled"),
        ("de", "Für Buchung {}: storniert"),
    ):
        with reading(language):
            bodies = [each.body for each in my_notices(fair.store, ann)[0]]
        assert words.format(booked.code) in bodies
    with fair.store.read() as connection:
        assert connection.execute(select(RefundRow.reason)).scalar_one() == "cancelled"
