"""The subscribed calendar: what stands in it, what changes, and who may read it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar

from data.rows import update_row
from data.schema import SessionRow
from eventdesk.accounts import ban
from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.booking import calendar_file, cancel_booking, my_tickets
from eventdesk.core.calendar_links import CALENDAR_LINK
from eventdesk.core.errors import SignInError
from eventdesk.events import cancel_event, event_calendar
from eventdesk.programme import cancel_session
from eventdesk.waiting import (
    end_calendar_link,
    make_calendar_link,
    my_calendar_link,
    own_calendar,
    programme_calendar,
    sign_up_for_session,
)
from tests.build import NOON, SUPERVISOR, Fair
from tests.figures.crowd import EARLY, add_session, person, set_event, ticket_for

LATER = EARLY + timedelta(hours=1)


@pytest.fixture
def ada(fair: Fair) -> Actor:
    """Somebody with a ticket."""
    fair.store.clock = lambda: EARLY
    who = person(fair.store, "Ada")
    ticket_for(fair, who, paid=True)
    return who


def set_session(fair: Fair, session_id: UUID, **values: Any) -> None:
    with fair.store.write() as connection:
        update_row(connection, SessionRow, session_id, **values)


def read(fair: Fair, who: Actor) -> dict[str, Any]:
    """What a calendar program reads, by title."""
    link = my_calendar_link(fair.store, who) or make_calendar_link(fair.store, who)
    made = own_calendar(fair.store, VISITOR, link, base="https://desk.example.org").file
    calendar: Any = Calendar.from_ical(made.content)
    entries = calendar.walk("VEVENT")
    assert not calendar.errors
    assert not any(entry.errors for entry in entries)
    return {str(entry["summary"]): entry for entry in entries}


def test_it_has_the_events_with_a_ticket_and_the_sessions_signed_up_for(
    fair: Fair, ada: Actor
) -> None:
    add_session(fair, "Not mine")
    sign_up_for_session(fair.store, ada.at(EARLY), add_session(fair, "Engines"))
    told = read(fair, ada)
    assert set(told) == {fair.event.name, "Engines"}
    event = told[fair.event.name]
    assert event["status"] == "CONFIRMED"
    assert event["sequence"] == 0
    assert (event.start, event.end) == (fair.event.starts_at, fair.event.ends_at)
    assert event["url"] == "https://desk.example.org/tickets"
    assert event.alarms.times[0].trigger == event.start - timedelta(hours=2)
    assert told["Engines"].alarms.times[0].trigger == NOON - timedelta(minutes=10)


def test_what_is_not_paid_is_not_sure(fair: Fair) -> None:
    fair.store.clock = lambda: EARLY
    bob = person(fair.store, "Bob")
    ticket_for(fair, bob, paid=False)
    assert read(fair, bob)[fair.event.name]["status"] == "TENTATIVE"


def test_it_names_nobody_else_and_shows_no_code(fair: Fair, ada: Actor) -> None:
    ticket_for(fair, person(fair.store, "Mallory"))
    (ticket,) = my_tickets(fair.store, ada)
    link = make_calendar_link(fair.store, ada)
    content = own_calendar(fair.store, VISITOR, link).file.content.decode()
    assert "Mallory" not in content
    assert ticket.code not in content
    assert ticket.token not in content
    assert "1 ticket" in content


def test_another_time_counts_and_says_when(fair: Fair, ada: Actor) -> None:
    session = add_session(fair, "Engines")
    sign_up_for_session(fair.store, ada.at(EARLY), session)
    before = read(fair, ada)
    fair.store.clock = lambda: LATER
    set_session(fair, session, starts_at=NOON + timedelta(minutes=30))
    after = read(fair, ada)
    assert (before["Engines"]["sequence"], after["Engines"]["sequence"]) == (0, 1)
    assert after["Engines"]["uid"] == before["Engines"]["uid"]
    assert after["Engines"].start == NOON + timedelta(minutes=30)
    assert after["Engines"]["last-modified"].dt == LATER
    assert after[fair.event.name]["sequence"] == 0
    assert after[fair.event.name]["last-modified"].dt == EARLY
    assert read(fair, ada)["Engines"]["sequence"] == 1


def test_what_is_called_off_says_so(fair: Fair, ada: Actor) -> None:
    session = add_session(fair, "Engines")
    sign_up_for_session(fair.store, ada.at(EARLY), session)
    read(fair, ada)
    cancel_session(fair.store, SUPERVISOR.at(EARLY), session, reason="No engine")
    told = read(fair, ada)
    assert (told["Engines"]["status"], told["Engines"]["sequence"]) == ("CANCELLED", 1)
    assert not told["Engines"].alarms.times
    assert told[fair.event.name]["status"] == "CONFIRMED"
    cancel_event(fair.store, SUPERVISOR.at(EARLY), fair.event.id, reason="Rain")
    event = read(fair, ada)[fair.event.name]
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)


def test_what_one_cancelled_is_gone(fair: Fair, ada: Actor) -> None:
    (ticket,) = my_tickets(fair.store, ada)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), ticket.booking_id, reason="ill")
    assert read(fair, ada) == {}


def test_a_tickets_file_replaces_the_one_before(fair: Fair, ada: Actor) -> None:
    (ticket,) = my_tickets(fair.store, ada)

    def saved() -> Any:
        calendar: Any = Calendar.from_ical(calendar_file(fair.store, ada, ticket.id).content)
        (entry,) = calendar.walk("VEVENT")
        return entry

    first = saved()
    set_event(fair, starts_at=fair.event.starts_at + timedelta(hours=1))
    moved = saved()
    assert moved["uid"] == first["uid"] == f"{ticket.id}@eventdesk"
    assert (first["sequence"], moved["sequence"]) == (0, 1)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), ticket.booking_id, reason="ill")
    off = saved()
    assert (off["status"], off["sequence"]) == ("CANCELLED", 2)


@pytest.mark.parametrize(
    ("zone", "instants"),
    [
        (
            "Europe/Berlin",
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ),
        (
            "America/New_York",
            (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart(
    fair: Fair, ada: Actor, zone: str, instants: tuple[datetime, datetime]
) -> None:
    fair.store.clock = lambda: instants[0] - timedelta(days=1)
    set_event(fair, time_zone=zone, starts_at=instants[0], ends_at=instants[1])
    told = read(fair, ada)[fair.event.name]
    assert (told.start, told.end) == instants


@pytest.mark.parametrize(
    "title",
    [
        "Engines\r\nATTENDEE:mailto:eve@example.org\r\nX",
        "a;b,c\\n:d\"e' END:VEVENT",
        "Ünïcödé 見本 " * 30,
        "\u202eright\x1b[31m\u2028x",
    ],
)
def test_no_name_breaks_out_of_its_line(fair: Fair, ada: Actor, title: str) -> None:
    sign_up_for_session(fair.store, ada.at(EARLY), add_session(fair, title))
    link = make_calendar_link(fair.store, ada)
    content = own_calendar(fair.store, VISITOR, link).file.content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\x1b" not in content
    calendar: Any = Calendar.from_ical(content)
    assert len(calendar.walk("VEVENT")) == 2
    assert not any("attendee" in entry for entry in calendar.walk("VEVENT"))


def test_an_address_made_anew_or_ended_leaves_the_one_before_void(fair: Fair, ada: Actor) -> None:
    first = make_calendar_link(fair.store, ada)
    second = make_calendar_link(fair.store, ada)
    own_calendar(fair.store, VISITOR, second)
    with pytest.raises(SignInError):
        own_calendar(fair.store, VISITOR, first)
    end_calendar_link(fair.store, ada)
    assert my_calendar_link(fair.store, ada) == ""
    third = make_calendar_link(fair.store, ada)
    assert len({first, second, third}) == 3
    with pytest.raises(SignInError):
        own_calendar(fair.store, VISITOR, second)


def test_nobody_makes_an_address_up(fair: Fair, ada: Actor) -> None:
    link = make_calendar_link(fair.store, ada)
    key = fair.store.keys.active
    bob = person(fair.store, "Bob").id
    assert bob is not None
    other = CALENDAR_LINK.write(key, bob, 0)
    for forged in ("", "edc_", link[:-1] + ("A" if link[-1] != "A" else "Q"), other, "edl_" + link):
        with pytest.raises(SignInError):
            own_calendar(fair.store, VISITOR, forged)


def test_who_was_shut_out_has_no_calendar(fair: Fair, ada: Actor) -> None:
    link = make_calendar_link(fair.store, ada)
    assert ada.id is not None
    ban(fair.store, SYSTEM, ada.id, reason="spam")
    with pytest.raises(SignInError):
        own_calendar(fair.store, VISITOR, link)


def test_files_of_events_and_programmes_count_alike(fair: Fair, ada: Actor) -> None:
    session = add_session(fair, "Engines")
    sign_up_for_session(fair.store, ada.at(EARLY), session)
    read(fair, ada)
    set_session(fair, session, title="Steam")
    assert read(fair, ada)["Steam"]["sequence"] == 1
    programme = programme_calendar(fair.store, ada, fair.event.id).content
    assert b"SEQUENCE:1" in programme
    assert b"SEQUENCE:0" in event_calendar(fair.store, VISITOR, fair.event.id).content
