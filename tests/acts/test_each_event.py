"""Chores over all events: one that fails keeps no other waiting, and admins are told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from data.schema import EventRow, NoticeRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import StoreBusyError
from eventdesk.core.messages import msg
from eventdesk.events import each_by_itself, each_event
from eventdesk.waiting import join, remind, sweep
from tests.build import NOON, Fair, make_fair
from tests.figures.crowd import EARLY, entries, notices, person, sell_out, set_type, ticket_for
from tests.people import make_admin


@pytest.fixture(autouse=True)
def _nobody_was_told() -> Iterator[None]:
    each_event._told.clear()
    yield
    each_event._told.clear()


@pytest.fixture
def broken(store: Store) -> Fair:
    """An event that is made before the other one; what it lets go wrong is set by the test."""
    return make_fair(store, "Broken Days")


@pytest.fixture
def sound(store: Store, broken: Fair) -> Fair:
    return make_fair(store, "Sound Days")


def spoil(fair: Fair, **values: Any) -> None:
    with fair.store.write() as connection:
        connection.execute(update(EventRow).where(EventRow.id == fair.event.id).values(**values))


def told(store: Store) -> list[str]:
    with store.read() as connection:
        asked = select(NoticeRow.title).where(NoticeRow.kind == "account")
        return list(connection.execute(asked).scalars())


@pytest.mark.parametrize("values", [{"offer_minutes": 10**12}, {"time_zone": "Nowhere/Land"}])
def test_a_waitlist_that_cannot_be_filled_stops_no_other(
    store: Store, broken: Fair, sound: Fair, values: dict[str, Any]
) -> None:
    make_admin(store)
    for fair in (broken, sound):
        sell_out(fair, fair.regular)
        waiting = person(store, f"Waits for {fair.event.name}")
        join(store, waiting.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
        set_type(store, fair.regular, quota=5)
    spoil(broken, **values)
    sweep(store, SYSTEM.at(EARLY + timedelta(minutes=1)))
    assert dict(entries(store))["Waits for Sound Days"] == "offered"
    assert told(store) == ["The sweep of deadlines of an event fails"]
    sweep(store, SYSTEM.at(EARLY + timedelta(hours=1)))
    assert len(told(store)) == 1
    each_event._told.clear()  # another program looks after the same store
    sweep(store, SYSTEM.at(EARLY + timedelta(hours=2)))
    assert len(told(store)) == 1


def test_guests_are_reminded_of_an_event_beside_one_in_no_zone(
    store: Store, broken: Fair, sound: Fair
) -> None:
    ada = person(store, "Ada")
    for fair in (broken, sound):
        ticket_for(fair, ada)
    spoil(broken, time_zone="Nowhere/Land")
    remind(store, SYSTEM.at(sound.event.starts_at - timedelta(hours=1)))
    assert "Sound Days is about to begin" in [title for _, title in notices(store, ada)]


def test_a_store_that_cannot_be_used_is_no_fault_of_an_event(store: Store, fair: Fair) -> None:
    def busy(_event_id: object) -> int:
        raise StoreBusyError("It is locked.")

    with pytest.raises(StoreBusyError):
        each_by_itself(Steps(store, SYSTEM.at(NOON)), [fair.event.id], busy, chore=msg("test"))
    assert told(store) == []
