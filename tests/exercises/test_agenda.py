"""The demo event has a programme worth looking at."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from data.store import Store
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.door import find_tickets
from eventdesk.exercises.demo.agenda import SESSIONS, SPEAKERS
from eventdesk.exercises.demo.fill import fill_demo
from eventdesk.printing import ticket_badge
from eventdesk.programme import read_programme
from tests.build import NOON


def test_the_programme_fills_its_days_and_nothing_is_at_odds(store: Store) -> None:
    made = fill_demo(store, size=3, seed=0, now=NOON)
    programme = read_programme(store, VISITOR.at(NOON), made.event.id)
    assert len(programme.sessions) == len(SESSIONS)
    assert [day.day - NOON.day for day in programme.by_day()] == [0, 1, 2]
    assert all(speaker.sessions for speaker in programme.speakers)
    assert len(programme.speakers) == len(SPEAKERS)
    first = programme.sessions[0].starts_at.astimezone(ZoneInfo(programme.event.time_zone))
    assert f"{first:%H:%M}" == "09:30"
    from_inside = read_programme(store, SYSTEM.at(NOON), made.event.id)
    assert from_inside.conflicts == {}


def test_guests_of_the_demo_wear_the_name_of_its_sponsor(store: Store) -> None:
    made = fill_demo(store, size=1, seed=0, now=NOON)
    (ticket,) = find_tickets(store, SYSTEM, made.event.id, made.guest_email)
    assert ticket_badge(store, SYSTEM, ticket.id).sponsors == "Supported by Harbour Bank"
    assert made.event.ends_at - made.event.starts_at == timedelta(days=4)
