"""Venues, rooms, sessions, speakers and sponsors: put together, changed, taken away."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert

from data.schema import SignUpRow, TicketTypeSessionRow, WaitlistEntryRow
from data.store import Store
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.fields import like
from eventdesk.core.ids import new_id
from eventdesk.events import (
    NewRoom,
    NewVenue,
    Room,
    add_room,
    add_venue,
    change_room,
    change_venue,
    event_detail,
    publish_event,
    remove_room,
    remove_venue,
)
from eventdesk.programme import (
    NewSession,
    NewSpeaker,
    Programme,
    Session,
    Speaker,
    add_session,
    add_speaker,
    cancel_session,
    change_session,
    change_speaker,
    read_programme,
    remove_session,
    remove_speaker,
    restore_session,
)
from eventdesk.programme.session import ConflictKind
from eventdesk.sales import offers
from tests.build import NOON
from tests.events.organizing import START, House, make_house, person


@pytest.fixture
def house(store: Store) -> House:
    return make_house(store).complete()


def hall(house: House, name: str = "Great Hall", capacity: int | None = 100) -> Room:
    programme = read(house)
    venue = (
        programme.venues[0]
        if programme.venues
        else add_venue(
            house.store,
            house.organizer.at(NOON),
            house.event_id,
            NewVenue("Old Mill", "Mill Lane 1"),
        )
    )
    new = NewRoom(venue.id, name, capacity)
    return add_room(house.store, house.organizer.at(NOON), house.event_id, new)


def speaker(house: House, name: str = "Grace Hopper") -> Speaker:
    new = NewSpeaker(name, "Navy", "Compilers.", "grace@example.org", "https://example.org")
    return add_speaker(house.store, house.organizer.at(NOON), house.event_id, new)


def read(house: House, actor: Actor | None = None) -> Programme:
    return read_programme(house.store, (actor or house.organizer).at(NOON), house.event_id)


def sign_up(house: House, session: Session, guest: Actor) -> None:
    with house.store.write() as connection:
        connection.execute(
            insert(SignUpRow).values(
                id=new_id(),
                event_id=house.event_id,
                session_id=session.id,
                account_id=guest.id,
                created_at=NOON,
            )
        )


def test_the_first_venue_is_where_the_event_is(house: House) -> None:
    room = hall(house)
    detail = event_detail(house.store, house.organizer.at(NOON), house.event_id)
    assert detail.venue is not None
    assert (detail.venue.name, room.venue_name) == ("Old Mill", "Old Mill")
    changed = change_venue(
        house.store, house.organizer.at(NOON), detail.venue.id, NewVenue("New Mill", capacity=9)
    )
    assert (changed.name, changed.address, changed.capacity) == ("New Mill", "", 9)
    with pytest.raises(InvalidInputError, match="1 room"):
        remove_venue(house.store, house.organizer.at(NOON), detail.venue.id)
    remove_room(house.store, house.organizer.at(NOON), room.id)
    remove_venue(house.store, house.organizer.at(NOON), detail.venue.id)
    assert event_detail(house.store, house.organizer.at(NOON), house.event_id).venue is None
    with pytest.raises(NotFoundError, match="There is no such venue any more"):
        remove_venue(house.store, house.organizer.at(NOON), detail.venue.id)


def test_two_rooms_of_a_venue_have_two_names(house: House) -> None:
    first = hall(house)
    second = hall(house, "Small Hall")
    with pytest.raises(InvalidInputError, match="already"):
        hall(house, "small hall")
    new = NewRoom(first.venue_id, "Great Hall", 5)
    assert change_room(house.store, house.organizer.at(NOON), first.id, new).capacity == 5
    with pytest.raises(InvalidInputError, match="already"):
        change_room(house.store, house.organizer.at(NOON), second.id, new)
    with pytest.raises(NotFoundError, match="There is no such venue at this event"):
        add_room(house.store, house.organizer.at(NOON), house.event_id, NewRoom(uuid4(), "X"))


def test_a_session_is_read_by_day(house: House) -> None:
    room, grace = hall(house), speaker(house)
    talk = house.session(
        "Compilers", room_id=room.id, speaker_ids=(grace.id,), tags=("Code", "code ", "History")
    )
    next_day = house.session("Breakfast", after=24 * 60)
    assert (talk.room, talk.speakers, talk.tags) == (
        "Great Hall",
        ((grace.id, "Grace Hopper"),),
        ("Code", "History"),
    )
    programme = read(house)
    assert [[one.title for one in day] for day in programme.by_day().values()] == [
        ["Compilers"],
        ["Breakfast"],
    ]
    assert programme.speakers[0].sessions == 1
    assert next_day.room_id is None


def test_days_are_those_of_the_event_not_of_greenwich(house: House) -> None:
    house.change(time_zone="Pacific/Auckland")
    session = house.session("Late", after=0)
    (day,) = read(house).by_day()
    assert day == session.starts_at.date() or day > session.starts_at.date()
    assert day.isoformat() == "2026-07-01"


def test_conflicts_warn_and_forbid_nothing(house: House) -> None:
    room, grace = hall(house, capacity=10), speaker(house)
    first = house.session("One", room_id=room.id, speaker_ids=(grace.id,))
    start = START + timedelta(minutes=90)
    new = NewSession(
        "Two", start, start + timedelta(days=9), room.id, capacity=11, speaker_ids=(grace.id,)
    )
    saved = add_session(house.store, house.organizer.at(NOON), house.event_id, new)
    assert {one.kind for one in saved.conflicts} == {
        ConflictKind.ROOM,
        ConflictKind.SPEAKER,
        ConflictKind.OUTSIDE,
        ConflictKind.CAPACITY,
    }
    programme = read(house)
    assert set(programme.conflicts) == {first.id, saved.session.id}
    assert any("“Two”" in one.text for one in programme.conflicts[first.id])
    cancel_session(house.store, house.organizer.at(NOON), first.id, reason="Ill.")
    kinds = {one.kind for one in read(house).conflicts[saved.session.id]}
    assert kinds == {ConflictKind.OUTSIDE, ConflictKind.CAPACITY}


def test_guests_see_the_programme_without_what_is_at_odds(house: House) -> None:
    speaker(house)
    house.session("One", long=9000)
    publish_event(house.store, house.admin.at(NOON), house.event_id)
    seen = read(house, house.guest)
    assert (len(seen.sessions), dict(seen.conflicts), seen.speakers[0].email) == (1, {}, "")
    assert read(house).speakers[0].email == "grace@example.org"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"ends_at": START},
        {"capacity": 0},
        {"tags": ["x"] * 1 + [str(number) for number in range(12)]},
        {"tags": ["x" * 41]},
    ],
)
def test_a_session_that_makes_no_sense_is_not_kept(house: House, wrong: dict[str, object]) -> None:
    new = replace(NewSession("Talk", START, START + timedelta(hours=1)), **wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError):
        add_session(house.store, house.organizer.at(NOON), house.event_id, new)
    assert read(house).sessions == ()


def test_rooms_and_speakers_of_another_event_are_not_this_ones(house: House) -> None:
    new = NewSession("Talk", START, START + timedelta(hours=1))
    for foreign in (replace(new, room_id=uuid4()), replace(new, speaker_ids=(uuid4(),))):
        with pytest.raises(NotFoundError, match="There is no such"):
            add_session(house.store, house.organizer.at(NOON), house.event_id, foreign)


def test_who_signed_up_is_told_of_a_move_and_of_an_end(house: House) -> None:
    room = hall(house)
    talk = house.session("Compilers", sign_up=True)
    sign_up(house, talk, house.guest)
    same = like(NewSession, talk)
    change_session(
        house.store, house.organizer.at(NOON), talk.id, replace(same, description="More")
    )
    assert house.told(house.guest) == []
    moved = replace(same, room_id=room.id)
    change_session(house.store, house.organizer.at(NOON), talk.id, moved)
    assert cancel_session(house.store, house.organizer.at(NOON), talk.id, reason="Ill.") == 1
    with pytest.raises(InvalidInputError, match="already"):
        cancel_session(house.store, house.organizer.at(NOON), talk.id, reason="Ill.")
    assert restore_session(house.store, house.organizer.at(NOON), talk.id) == 1
    assert house.told(house.guest) == [
        "“Compilers” was moved",
        "“Compilers” is cancelled",
        "“Compilers” takes place after all",
    ]
    with pytest.raises(InvalidInputError, match="This session is not cancelled"):
        restore_session(house.store, house.organizer.at(NOON), talk.id)


def test_a_session_keeps_room_for_those_who_signed_up(house: House) -> None:
    talk = house.session("Compilers", sign_up=True, capacity=5)
    sign_up(house, talk, house.guest)
    sign_up(house, talk, person(house.store, "Una Other"))
    new = like(NewSession, talk)
    with pytest.raises(InvalidInputError, match="2 people"):
        change_session(house.store, house.organizer.at(NOON), talk.id, replace(new, capacity=1))
    saved = change_session(house.store, house.organizer.at(NOON), talk.id, replace(new, capacity=2))
    assert (saved.session.capacity, saved.session.taken) == (2, 2)


def test_a_session_keeps_room_for_those_who_were_offered_a_place(house: House) -> None:
    talk = house.session("Compilers", sign_up=True, capacity=5)
    sign_up(house, talk, house.guest)
    with house.store.write() as connection:
        connection.execute(
            insert(WaitlistEntryRow).values(
                id=new_id(),
                no=1,
                event_id=house.event_id,
                session_id=talk.id,
                name="Wanda",
                email="",
                priority=0,
                state="offered",
                offer_until=START,
                created_at=NOON,
            )
        )
    new = like(NewSession, talk)
    with pytest.raises(InvalidInputError, match="1 more were offered"):
        change_session(house.store, house.organizer.at(NOON), talk.id, replace(new, capacity=1))
    change_session(house.store, house.organizer.at(NOON), talk.id, replace(new, capacity=2))


def test_what_others_hang_on_is_not_removed(house: House) -> None:
    room, grace = hall(house), speaker(house)
    talk = house.session("Compilers", room_id=room.id, speaker_ids=(grace.id,))
    with pytest.raises(InvalidInputError, match="1 session"):
        remove_room(house.store, house.organizer.at(NOON), room.id)
    with pytest.raises(InvalidInputError, match="Compilers"):
        remove_speaker(house.store, house.organizer.at(NOON), grace.id)
    sign_up(house, talk, house.guest)
    with pytest.raises(InvalidInputError, match="signed up"):
        remove_session(house.store, house.organizer.at(NOON), talk.id)
    other = house.session("Other")
    (kind,) = (
        offer.ticket_type_id for offer in offers(house.store, SYSTEM.at(NOON), house.event_id)
    )
    with house.store.write() as connection:
        only = {"ticket_type_id": kind, "session_id": other.id}
        connection.execute(insert(TicketTypeSessionRow).values(only))
    with pytest.raises(InvalidInputError, match="Ticket types"):
        remove_session(house.store, house.organizer.at(NOON), other.id)
    free = house.session("Free", speaker_ids=(grace.id,))
    remove_session(house.store, house.organizer.at(NOON), free.id)
    assert {one.title for one in read(house).sessions} == {"Compilers", "Other"}


def test_a_speaker_is_corrected_everywhere(house: House) -> None:
    grace = speaker(house)
    house.session("Compilers", speaker_ids=(grace.id,))
    new = NewSpeaker("Rear Admiral Hopper")
    change_speaker(house.store, house.organizer.at(NOON), grace.id, new)
    assert read(house).sessions[0].speakers == ((grace.id, "Rear Admiral Hopper"),)
    with pytest.raises(InvalidInputError, match="e-mail"):
        change_speaker(
            house.store, house.organizer.at(NOON), grace.id, replace(new, email="nowhere")
        )


def test_guests_plan_nothing(house: House) -> None:
    grace = speaker(house)
    talk = house.session()
    new = NewSession("Mine", START, START + timedelta(hours=1))
    with pytest.raises(NotAllowedError):
        add_session(house.store, house.guest.at(NOON), house.event_id, new)
    with pytest.raises(NotAllowedError):
        remove_session(house.store, house.guest.at(NOON), talk.id)
    with pytest.raises(NotAllowedError):
        remove_speaker(house.store, house.guest.at(NOON), grace.id)
