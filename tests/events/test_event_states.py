"""An event from draft to published, back, refused and cancelled: by whom, and who is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert

from data.schema import WaitlistEntryRow
from data.store import Store
from eventdesk.acts import SYSTEM, Actor, Role
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.events import (
    Change,
    EventState,
    NewEvent,
    approve_event,
    cancel_event,
    create_event,
    event_checklist,
    event_detail,
    events_of_team,
    invite,
    publish_event,
    refuse_event,
    submit_event,
    waiting_events,
    withdraw_event,
)
from eventdesk.events.event import CHANGES, need_change
from eventdesk.sales import offers
from tests.build import NOON, make_fair
from tests.events.organizing import START, House, make_house, person


@pytest.fixture
def house(store: Store) -> House:
    return make_house(store)


def test_whoever_has_a_password_sets_an_event_up_and_organizes_it(house: House) -> None:
    detail = event_detail(house.store, house.organizer.at(NOON), house.event_id)
    assert detail.state is EventState.DRAFT
    assert (detail.owner_id, detail.owner_name) == (house.organizer.id, "Olga Organizer")
    mine, total = events_of_team(house.store, house.organizer.at(NOON))
    assert total == 1
    assert (mine[0].name, mine[0].role) == ("Harbour Summit", Role.ORGANIZER)
    assert house.recorded("create_event") == 1


def test_a_pin_is_not_enough_to_set_an_event_up(house: House) -> None:
    new = NewEvent("Party", START, START + timedelta(hours=3))
    with pytest.raises(NotAllowedError, match="password"):
        create_event(house.store, house.guest.at(NOON), new)


def test_only_an_admin_publishes_at_once_or_makes_an_event_for_another(house: House) -> None:
    new = NewEvent("Party", START, START + timedelta(hours=3), published=True)
    with pytest.raises(NotAllowedError):
        create_event(house.store, house.organizer.at(NOON), new)
    gift = NewEvent("Gift", START, START + timedelta(hours=3), owner="OLGA@example.org")
    made = create_event(house.store, SYSTEM.at(NOON), gift)
    detail = event_detail(house.store, house.organizer.at(NOON), made.id)
    assert detail.owner_id == house.organizer.id
    stranger = NewEvent("Gift", START, START + timedelta(hours=3), owner="no@example.org")
    with pytest.raises(NotFoundError, match="There is no account with the address"):
        create_event(house.store, SYSTEM.at(NOON), stranger)


def test_a_public_event_waits_for_an_admin_who_is_told(house: House) -> None:
    house.complete()
    assert submit_event(house.store, house.organizer.at(NOON), house.event_id).state == "waiting"
    assert house.told(house.admin) == ["Harbour Summit waits for approval"]
    waiting, total = waiting_events(house.store, house.admin.at(NOON))
    assert (total, waiting[0].id) == (1, house.event_id)
    with pytest.raises(NotAllowedError):
        waiting_events(house.store, house.organizer.at(NOON))
    with pytest.raises(NotAllowedError):
        approve_event(house.store, house.organizer.at(NOON), house.event_id)
    done = approve_event(house.store, house.admin.at(NOON), house.event_id)
    assert (done.state, done.published_at) == (EventState.PUBLISHED, NOON)
    assert house.told(house.organizer) == ["Harbour Summit is published"]
    assert waiting_events(house.store, house.admin.at(NOON)) == ([], 0)


def test_a_refused_event_is_a_draft_again_with_the_reason(house: House) -> None:
    house.complete()
    submit_event(house.store, house.organizer.at(NOON), house.event_id)
    with pytest.raises(InvalidInputError, match="reason"):
        refuse_event(house.store, house.admin.at(NOON), house.event_id, reason=" ")
    refused = refuse_event(house.store, house.admin.at(NOON), house.event_id, reason="No address.")
    assert (refused.state, refused.reason) == (EventState.DRAFT, "No address.")
    assert house.told(house.organizer) == ["Harbour Summit was not approved"]
    again = submit_event(house.store, house.organizer.at(NOON), house.event_id)
    assert (again.state, again.reason) == (EventState.WAITING, "")


def test_a_private_event_is_published_at_once_and_has_a_code(house: House) -> None:
    house.complete(visibility="private")
    done = submit_event(house.store, house.organizer.at(NOON), house.event_id)
    assert done.state is EventState.PUBLISHED
    assert len(done.access_code) == 8
    assert house.told(house.admin) == []


def test_an_admins_own_event_needs_nobody_else(house: House) -> None:
    house.complete()
    done = submit_event(house.store, house.admin.at(NOON), house.event_id)
    assert done.state is EventState.PUBLISHED


def test_what_is_missing_is_named_and_nothing_is_submitted(house: House) -> None:
    with pytest.raises(InvalidInputError, match="cannot be submitted") as lacking:
        submit_event(house.store, house.organizer.at(NOON), house.event_id)
    assert lacking.value.hint == "It needs: A ticket type to book; A description."
    needed = [
        one
        for one in event_checklist(house.store, house.organizer.at(NOON), house.event_id)
        if one.needed
    ]
    assert {one.text: one.done for one in needed} == {
        "Dates that are still to come": True,
        "A ticket type to book": False,
        "A description": False,
    }
    house.complete(visibility="invited")
    with pytest.raises(InvalidInputError, match="Harbour Summit cannot be submitted") as nobody:
        submit_event(house.store, house.organizer.at(NOON), house.event_id)
    assert "Somebody invited" in nobody.value.hint
    invited = invite(house.store, house.organizer.at(NOON), house.event_id, ["gus@example.org"])
    assert invited.told_later
    assert house.told(house.guest) == []
    done = submit_event(house.store, house.organizer.at(NOON), house.event_id)
    assert done.state is EventState.PUBLISHED
    assert house.told(house.guest) == ["You are invited to Harbour Summit"]


def test_an_event_that_was_is_not_submitted(house: House) -> None:
    house.complete()
    late = START + timedelta(days=3)
    with pytest.raises(InvalidInputError, match="Harbour Summit cannot be submitted yet") as over:
        submit_event(house.store, house.organizer.at(late), house.event_id)
    assert "Dates" in over.value.hint


def test_an_event_is_taken_back_until_somebody_books(house: House) -> None:
    house.complete()
    submit_event(house.store, house.organizer.at(NOON), house.event_id)
    back = withdraw_event(house.store, house.organizer.at(NOON), house.event_id)
    assert back.state is EventState.DRAFT
    fair = make_fair(house.store, "Sold")
    fair.sell()
    with pytest.raises(InvalidInputError, match="booked"):
        withdraw_event(house.store, SYSTEM.at(NOON), fair.event.id)
    with pytest.raises(NotAllowedError):
        withdraw_event(house.store, house.organizer.at(NOON), fair.event.id)


def test_publishing_a_public_event_is_for_admins(house: House) -> None:
    house.complete()
    with pytest.raises(NotAllowedError, match="approval"):
        publish_event(house.store, house.organizer.at(NOON), house.event_id)
    done = publish_event(house.store, house.admin.at(NOON), house.event_id)
    assert done.state is EventState.PUBLISHED
    with pytest.raises(InvalidInputError, match="published"):
        publish_event(house.store, house.admin.at(NOON), house.event_id)


def put_on_waitlist(house: House, ticket_type_id: UUID, who: Actor) -> None:
    with house.store.write() as connection:
        connection.execute(
            insert(WaitlistEntryRow).values(
                id=new_id(),
                no=1,
                event_id=house.event_id,
                ticket_type_id=ticket_type_id,
                account_id=who.id,
                name=who.name,
                email="",
                priority=0,
                state="waiting",
                created_at=NOON,
            )
        )


def test_a_cancelled_event_tells_everybody_who_booked_and_why(house: House) -> None:
    house.complete()
    publish_event(house.store, house.admin.at(NOON), house.event_id)
    other = person(house.store, "Una Unpaid")
    (kind,) = (
        offer.ticket_type_id for offer in offers(house.store, SYSTEM.at(NOON), house.event_id)
    )
    for guest in (house.guest, other):
        one = NewBooking(guest.name, "", (NewTicket(kind, guest.name),), account_id=guest.id)
        book(house.store, SYSTEM.at(NOON), house.event_id, [one])
    waiting = person(house.store, "Wanda Waiting")
    put_on_waitlist(house, kind, waiting)
    with pytest.raises(InvalidInputError, match="reason"):
        cancel_event(house.store, house.organizer.at(NOON), house.event_id, reason="")
    done = cancel_event(house.store, house.organizer.at(NOON), house.event_id, reason="Storm.")
    assert (done.state, done.reason) == (EventState.CANCELLED, "Storm.")
    assert house.told(house.guest)[-1] == house.told(other)[-1] == "Harbour Summit is cancelled"
    assert house.told(waiting) == ["Harbour Summit is cancelled"]
    seen = event_detail(house.store, house.guest.at(NOON), house.event_id)
    assert (seen.state, seen.reason) == (EventState.CANCELLED, "Storm.")
    with pytest.raises(InvalidInputError, match="cancelled"):
        cancel_event(house.store, house.organizer.at(NOON), house.event_id, reason="Again.")


def test_published_events_are_over_when_they_end(house: House) -> None:
    house.complete()
    publish_event(house.store, house.admin.at(NOON), house.event_id)
    end = START + timedelta(days=2)
    for now, state in ((end - timedelta(seconds=1), "published"), (end, "over")):
        assert event_detail(house.store, house.organizer.at(now), house.event_id).state == state
    with pytest.raises(InvalidInputError, match="over"):
        cancel_event(house.store, house.organizer.at(end), house.event_id, reason="Late.")


@pytest.mark.parametrize("state", EventState)
@pytest.mark.parametrize("change", Change)
def test_the_table_of_changes_is_obeyed(state: EventState, change: Change) -> None:
    if change in CHANGES[state]:
        need_change(state, change)
    else:
        with pytest.raises(InvalidInputError, match="This event is") as refused:
            need_change(state, change)
        assert refused.value.hint
