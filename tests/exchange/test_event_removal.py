"""Drafts that are deleted and events that are archived: what goes, what stays, who may."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from data.schema import AuditRow, Base, EventRow, TouchedRow
from data.store import Store
from eventdesk.accounts import offer_pairing, pair_device, who_is_device
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.money import Money
from eventdesk.events import (
    EventState,
    cancel_event,
    event_detail,
    events_of_team,
    find_event,
    list_events,
    publish_event,
)
from eventdesk.exchange import archive_event, delete_event, duplicate_event, unarchive_event
from eventdesk.money import open_shift
from eventdesk.printing import list_printers, plug_in_printer
from tests.build import NOON, STAFF, Fair, make_fair
from tests.events.organizing import START, House, make_house

AFTER = NOON + timedelta(days=40)


@pytest.fixture
def house(store: Store) -> House:
    house = make_house(store).complete()
    house.session("Opening")
    return house


def test_nothing_of_a_deleted_draft_is_left_in_any_table(house: House) -> None:
    fair = make_fair(house.store, "Another")
    fair.sell()
    copy = duplicate_event(
        house.store, SYSTEM.at(NOON), fair.event.id, starts_at=START, name="Copy"
    )
    offer = offer_pairing(house.store, SYSTEM.at(NOON), house.event_id)
    device = pair_device(house.store, VISITOR.at(NOON), offer.code)
    who = who_is_device(house.store, SYSTEM.at(NOON), device.secret)
    plug_in_printer(house.store, who.at(NOON), "folder")
    assert delete_event(house.store, SYSTEM.at(NOON), copy.id) == "Copy"
    delete_event(house.store, house.organizer.at(NOON), house.event_id)
    gone = {copy.id, house.event_id}
    with house.store.read() as connection:
        for table in Base.metadata.sorted_tables:
            if "event_id" in table.c and table.name not in ("audit", "touched"):
                left = connection.execute(select(table.c.event_id)).scalars()
                assert gone.isdisjoint(left), table.name
        # That it went is a change, too, for those who show it.
        topics = select(TouchedRow.topic).where(TouchedRow.event_id.in_(gone)).distinct()
        assert connection.execute(topics).scalars().all() == ["events"]
        assert gone.isdisjoint(connection.execute(select(EventRow.id)).scalars())
        verbs = connection.execute(
            select(AuditRow.verb).where(AuditRow.verb == "delete_event")
        ).all()
    assert len(verbs) == 2
    assert list_printers(house.store, SYSTEM.at(NOON)) == []
    assert event_detail(house.store, SYSTEM.at(NOON), fair.event.id).taken == 1


def test_a_published_event_is_not_deleted(house: House) -> None:
    publish_event(house.store, SYSTEM.at(NOON), house.event_id)
    with pytest.raises(InvalidInputError, match="deleting it") as refused:
        delete_event(house.store, house.organizer.at(NOON), house.event_id)
    assert "Only a draft can be deleted" in refused.value.hint


def test_a_draft_is_told_why_it_is_not_archived(house: House) -> None:
    with pytest.raises(InvalidInputError, match="a draft") as refused:
        archive_event(house.store, house.organizer.at(NOON), house.event_id)
    assert "over or cancelled" in refused.value.hint


def test_a_draft_that_was_booked_is_not_deleted(fair: Fair) -> None:
    fair.sell()
    with fair.store.write() as connection:
        connection.execute(
            update(EventRow).where(EventRow.id == fair.event.id).values(state="draft")
        )
    with pytest.raises(InvalidInputError, match="booked"):
        delete_event(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert list_events(fair.store, SYSTEM.at(NOON))[0].tickets == 1


def test_a_guest_deletes_and_archives_nothing(house: House) -> None:
    with pytest.raises(NotAllowedError):
        delete_event(house.store, house.guest.at(NOON), house.event_id)
    with pytest.raises(NotAllowedError):
        archive_event(house.store, house.guest.at(AFTER), house.event_id)


def test_an_archived_event_leaves_the_lists_and_is_found_by_its_name(fair: Fair) -> None:
    archived = archive_event(fair.store, SYSTEM.at(AFTER), fair.event.id)
    assert archived.state is EventState.ARCHIVED
    assert list_events(fair.store, SYSTEM.at(NOON)) == []
    assert events_of_team(fair.store, SYSTEM.at(AFTER))[1] == 0
    assert events_of_team(fair.store, SYSTEM.at(AFTER), states=(EventState.ARCHIVED,))[1] == 1
    assert find_event(fair.store, SYSTEM, "demo").id == fair.event.id
    with pytest.raises(NotFoundError, match="There is no event yet"):
        find_event(fair.store, SYSTEM, "")


def test_an_archived_event_comes_back_as_it_was(fair: Fair) -> None:
    archive_event(fair.store, SYSTEM.at(AFTER), fair.event.id)
    back = unarchive_event(fair.store, SYSTEM.at(AFTER), fair.event.id)
    assert back.state is EventState.OVER
    other = make_fair(fair.store, "Called off").event
    cancel_event(fair.store, SYSTEM.at(NOON), other.id, reason="Storm")
    archive_event(fair.store, SYSTEM.at(NOON), other.id)
    assert unarchive_event(fair.store, SYSTEM.at(NOON), other.id).state is EventState.CANCELLED


def test_an_event_that_is_not_over_is_not_archived(fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="archiving it"):
        archive_event(fair.store, SYSTEM.at(NOON), fair.event.id)


def test_an_open_drawer_is_closed_before_its_event_is_archived(fair: Fair) -> None:
    open_shift(
        fair.store, STAFF.at(NOON), fair.event.id, drawer="A", float_amount=Money(1000, "EUR")
    )
    with pytest.raises(InvalidInputError, match="drawer A is still open"):
        archive_event(fair.store, SYSTEM.at(AFTER), fair.event.id)
