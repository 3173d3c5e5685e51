"""The demo event as data: what it sells, venue, rooms, speakers, sessions and sponsors."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.events import EventChanges, NewRoom, NewVenue, add_room, add_venue, change_event
from eventdesk.programme import (
    NewSession,
    NewSpeaker,
    NewSponsor,
    add_session,
    add_speaker,
    add_sponsor,
)

CURRENCY: Final = "EUR"

_THEMES = (
    *("Demo Days", "Open Desk", "Lantern Conference", "Harbour Summit", "Northern Makers"),
    *("Paper & Light", "The Quiet Congress", "Fields of Code", "Orbit Meeting", "Tidewater Forum"),
)


@dataclass(frozen=True, slots=True)
class TicketTypePlan:
    """A ticket type to be sold."""

    key: str
    name: str
    price_minor: int
    """Cents of `CURRENCY`."""

    share_percent: int
    """How many of a hundred guests hold one."""


TICKET_TYPES: Final = (
    TicketTypePlan("regular", "Regular", 12_000, 70),
    TicketTypePlan("student", "Student", 4_500, 15),
    TicketTypePlan("vip", "VIP", 29_000, 4),
    TicketTypePlan("speaker", "Speaker", 0, 5),
    TicketTypePlan("crew", "Crew", 0, 6),
)


def event_name(seed: int, year: int = 2026) -> str:
    """The name of the demo event; each seed has its own, and 0 the plainest.

    >>> event_name(0)
    'Demo Days 2026'
    """
    theme = _THEMES[0] if seed == 0 else Random(seed).choice(_THEMES)
    return f"{theme} {year}"


TIME_ZONE: Final = "Europe/Berlin"

VENUE: Final = NewVenue("Old Customs House", "Harbour Street 7\n20457 Hamburg", 1200)

VAT_ID: Final = "VAT ID: DE123456788"
"""Of sound form, and nobody's."""

ROOMS: Final = (("Great Hall", 600), ("Lantern Room", 120), ("Workshop 1", 30), ("Foyer", None))

DESCRIPTION: Final = """\
# Three days about making things that last

Talks in the **Great Hall**, smaller ones in the *Lantern Room*, and workshops for those who would
rather do than listen. Lunch and coffee are in the foyer.

- Workshops have few places: sign up for them beforehand.
- Everything is accessible without stairs.
"""

SPEAKERS: Final = (
    NewSpeaker("Amara Okafor", "Lighthouse Labs", "Builds instruments for people at sea."),
    NewSpeaker("Jonas Lindqvist", "Northern Makers", "Repairs what others throw away."),
    NewSpeaker("Mei-Ling Zhou", "Paper & Light", "Prints books by hand and by program."),
    NewSpeaker("Tomás Herrera", "Taller Abierto", "Teaches woodwork to beginners of any age."),
    NewSpeaker("Priya Raman", "Tidewater Institute", "Measures rivers, and tells their stories."),
    NewSpeaker("Łukasz Wiśniewski", "Pracownia Dźwięku", "Makes small synthesizers."),
    NewSpeaker("Fatima El-Sayed", "Open Desk", "Plans libraries that stay open at night."),
    NewSpeaker("Noah van Dijk", "Fields of Code", "Writes software for farms."),
)

SPONSORS: Final = (
    NewSponsor("Harbour Bank", "Gold", "We lend an ear.", "https://example.org/bank", True),
    NewSponsor("Kite & Anchor", "Silver", "Rope since 1890.", "https://example.org/rope"),
    NewSponsor("Nordlicht Coffee", "Bronze", "Keeps the foyer awake."),
)


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session to be held; speakers and room by their place in the lists."""

    day: int
    start: str
    minutes: int
    title: str
    room: int
    speakers: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    capacity: int | None = None
    sign_up: bool = False


SESSIONS: Final = (
    SessionPlan(0, "09:30", 45, "Welcome, and what lasts", 0, (0,), ("Keynote",)),
    SessionPlan(0, "10:30", 45, "Repair as a way of thinking", 0, (1,), ("Talk",)),
    SessionPlan(0, "10:30", 90, "Print a page by hand", 2, (2,), ("Workshop",), 20, True),
    SessionPlan(0, "12:00", 75, "Lunch", 3),
    SessionPlan(0, "13:30", 45, "Rivers remember", 1, (4,), ("Talk",)),
    SessionPlan(0, "14:30", 120, "Your first joint", 2, (3,), ("Workshop",), 16, True),
    SessionPlan(0, "16:45", 60, "Small machines, loud sounds", 0, (5,), ("Talk", "Music")),
    SessionPlan(1, "09:30", 45, "A library that never closes", 0, (6,), ("Keynote",)),
    SessionPlan(1, "10:30", 45, "What cows taught our servers", 1, (7,), ("Talk",)),
    SessionPlan(1, "10:30", 90, "Solder a synthesizer", 2, (5,), ("Workshop",), 12, True),
    SessionPlan(1, "13:30", 60, "Who mends the menders?", 0, (0, 1, 6), ("Panel",)),
    SessionPlan(1, "15:00", 90, "Fold, cut, bind", 2, (2,), ("Workshop",), 20, True),
    SessionPlan(2, "10:00", 45, "Measuring without disturbing", 1, (4,), ("Talk",)),
    SessionPlan(2, "11:00", 60, "Everything we built", 0, (0, 2, 3, 5), ("Panel",)),
    SessionPlan(2, "12:15", 30, "Goodbye, and come back", 0, (6,)),
)


DOORS_BEFORE: Final = timedelta(minutes=35)
"""How long before the first session doors open."""


def add_agenda(
    store: Store, event_id: UUID, day: datetime, *, later: timedelta, now: datetime
) -> None:
    """Give the demo event its words, its place and its programme, from the midnight `day` on."""
    words: EventChanges = {
        "description": DESCRIPTION,
        "category": "Conference",
        "language": "English",
        "invoice_sender": f"{VENUE.name}\n{VENUE.address}\n{VAT_ID}",
    }
    change_event(store, SYSTEM.at(now), event_id, words)
    venue = add_venue(store, SYSTEM.at(now), event_id, VENUE)
    rooms = [
        add_room(store, SYSTEM.at(now), event_id, NewRoom(venue.id, name, capacity)).id
        for name, capacity in ROOMS
    ]
    speakers = [add_speaker(store, SYSTEM.at(now), event_id, one).id for one in SPEAKERS]
    for sponsor in SPONSORS:
        add_sponsor(store, SYSTEM.at(now), event_id, sponsor)
    for plan in SESSIONS:
        start = _start(plan, day) + later
        new = NewSession(
            plan.title,
            start,
            start + timedelta(minutes=plan.minutes),
            rooms[plan.room],
            tags=plan.tags,
            capacity=plan.capacity,
            sign_up=plan.sign_up,
            speaker_ids=tuple(speakers[one] for one in plan.speakers),
        )
        add_session(store, SYSTEM.at(now), event_id, new)


def moved(day: datetime, doors_at: datetime | None) -> timedelta:
    """How much later the programme of the midnight `day` is held, to begin after doors open."""
    if doors_at is None:
        return timedelta()
    begins = doors_at + DOORS_BEFORE
    begins -= timedelta(minutes=begins.minute % 5, seconds=begins.second)
    begins = begins.replace(microsecond=0)
    return begins - _start(SESSIONS[0], day)


def _start(plan: SessionPlan, day: datetime) -> datetime:
    """When a session starts by the clocks of the house."""
    hour, minute = map(int, plan.start.split(":"))
    local = day.replace(hour=hour, minute=minute, tzinfo=ZoneInfo(TIME_ZONE))
    return (local + timedelta(days=plan.day)).astimezone(UTC)
