"""What a forecast of a door stands on, read from the rows."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from data.schema import AccountRow, EventRow
from data.store import Store
from eventdesk.core.errors import NotAllowedError, NotFoundError
from eventdesk.door import OfflineScan, check_in, deliver_offline_scans, undo
from eventdesk.figures import door_basis, standing, usual_curve
from eventdesk.figures.forecast_basis import BEFORE_START
from tests.build import ATTENDEE, NOON, OTHER_STAFF, STAFF, SUPERVISOR, Fair, make_fair
from tests.figures.test_lane_pace import pauses


def tokens_of(fair: Fair, guests: int) -> list[str]:
    booked = fair.sell_all([f"Guest {number}" for number in range(guests)])
    return [fair.token(booked, number) for number in range(guests)]


def test_a_new_door_has_what_is_usual(store: Store, fair: Fair) -> None:
    fair.sell_all(["Ada", "Kay"])
    basis = door_basis(store, STAFF.at(NOON), fair.door.id)
    assert (basis.expected, basis.served, basis.lanes) == (2, 0, 1)
    assert (basis.seconds_each, basis.measured) == (20.0, False)
    assert basis.curve == usual_curve()
    assert basis.doors_at == fair.event.starts_at - BEFORE_START


def test_the_pace_is_the_gap_between_two_guests_of_one_lane(store: Store, fair: Fair) -> None:
    tokens = tokens_of(fair, 60)
    for number, token in enumerate(tokens):
        # Two lanes, each with a guest every eight seconds, and a break in the middle.
        actor = STAFF if number % 2 else OTHER_STAFF
        at = NOON + timedelta(seconds=4 * number + (320 if number >= 30 else 0))
        check_in(store, actor.at(at), fair.scan(token))
    now = NOON + timedelta(minutes=9, seconds=30)
    basis = door_basis(store, STAFF.at(now), fair.door.id)
    assert basis.seconds_each == pytest.approx(8.0)
    assert basis.measured
    assert basis.lanes == 2
    assert basis.served == 60
    assert basis.served_lately == 6.0


def test_what_a_phone_told_of_later_hides_no_pace(store: Store, fair: Fair) -> None:
    first, *others = tokens_of(fair, 61)
    for number, token in enumerate(others):
        check_in(store, STAFF.at(NOON + timedelta(seconds=8 * number)), fair.scan(token))
    now, before = NOON + timedelta(minutes=9), NOON - timedelta(hours=3)
    told = OfflineScan("n1", first, before.isoformat(), "admitted")
    deliver_offline_scans(store, STAFF.at(now), fair.door.id, [told])
    basis = door_basis(store, STAFF.at(now), fair.door.id)
    assert (basis.measured, basis.served) == (True, 61)


def test_a_slow_trickle_is_not_taken_for_a_slow_lane(store: Store, fair: Fair) -> None:
    at = NOON
    for token, pause_s in zip(tokens_of(fair, 150), pauses(8, 3, seed=5), strict=False):
        at += timedelta(seconds=pause_s)
        check_in(store, STAFF.at(at), fair.scan(token))
    basis = door_basis(store, STAFF.at(at), fair.door.id)
    seen = standing(store, STAFF.at(at), fair.event.id)
    assert basis.measured
    assert basis.seconds_each == pytest.approx(8.0, rel=0.25)
    assert seen.seconds_each == pytest.approx(basis.seconds_each)


def test_who_was_taken_back_is_not_served(store: Store, fair: Fair) -> None:
    result = check_in(store, STAFF.at(NOON), fair.scan(fair.token(fair.sell())))
    undo(store, STAFF.at(NOON), result.scan_id)
    basis = door_basis(store, STAFF.at(NOON), fair.door.id)
    assert (basis.served, basis.served_lately) == (0, 0.0)


def test_the_door_opens_again_on_each_day(store: Store, fair: Fair) -> None:
    with store.write() as connection:
        connection.execute(
            update(EventRow)
            .where(EventRow.id == fair.event.id)
            .values(ends_at=fair.event.starts_at + timedelta(days=3))
        )
    first = door_basis(store, STAFF.at(NOON - timedelta(days=30)), fair.door.id).doors_at
    third = fair.event.starts_at + timedelta(days=2)
    assert door_basis(store, STAFF.at(third), fair.door.id).doors_at == first + timedelta(days=2)


def test_past_events_of_the_owner_teach_the_curve(store: Store, fair: Fair) -> None:
    owner = uuid4()
    past = make_fair(store)
    with store.write() as connection:
        connection.execute(
            insert(AccountRow).values(
                id=owner, email="o@example.org", name="Olga", is_admin=False,
                secret_kind="password", secret_hash="", created_at=NOON,
            )
        )  # fmt: skip
        doors = past.event.starts_at - BEFORE_START
        connection.execute(
            update(EventRow)
            .where(EventRow.id.in_((past.event.id, fair.event.id)))
            .values(owner_id=owner)
        )
        connection.execute(
            update(EventRow)
            .where(EventRow.id == past.event.id)
            .values(ends_at=doors + timedelta(hours=3))
        )
    for number, token in enumerate(tokens_of(past, 40)):
        late = timedelta(minutes=1 if number < 30 else 11)
        check_in(store, SUPERVISOR.at(doors + late), past.scan(token))
    later = doors + timedelta(days=1)
    basis = door_basis(store, SUPERVISOR.at(later), fair.door.id)
    assert basis.curve.events == 1
    assert basis.curve.shares == pytest.approx((0.75, 0.0, 0.25))
    again = door_basis(store, SUPERVISOR.at(later), fair.door.id, curve=usual_curve())
    assert again.curve == usual_curve()


def test_only_who_works_there_may_ask(store: Store, fair: Fair) -> None:
    with pytest.raises(NotAllowedError):
        door_basis(store, ATTENDEE.at(NOON), fair.door.id)
    elsewhere = replace(STAFF, event_id=uuid4())
    with pytest.raises(NotAllowedError):
        door_basis(store, elsewhere.at(NOON), fair.door.id)
    with pytest.raises(NotFoundError, match="There is no such check-in list"):
        door_basis(store, STAFF.at(NOON), uuid4())
