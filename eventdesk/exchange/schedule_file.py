"""A programme as others read it: schedule.xml as frab began it, and the JSON of the same shape.

https://c3voc.de/wiki/schedule; pretalx, apps of conferences and recorders of talks take both.
A session that was called off, or has no room, is in neither, as in pretalx.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from unicodedata import category
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zoneinfo import ZoneInfo

from eventdesk.programme import Programme, Session, Speaker

GENERATOR: Final = "eventdesk"

SLOT: Final = "00:05"
"""The grid that programmes are shown in."""

NEVER: Final = frozenset({"Cc", "Cs"})
NONE: Final = "\ufffe\uffff"
"""Characters that XML has no room for, and their categories; line breaks and tabs it has."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of the programme, and its sessions by room, in the order in which they begin."""

    index: int
    on: date
    starts_at: datetime
    ends_at: datetime
    rooms: dict[str, list[Session]]


def schedule_xml(programme: Programme, *, link: str = "") -> bytes:
    """Write a programme as schedule.xml.

    Args:
        programme: As guests see it.
        link: Where people look at the event in a browser; "" is nowhere.
    """
    event, zone = programme.event, ZoneInfo(programme.event.time_zone)
    root = Element("schedule")
    SubElement(root, "generator", name=GENERATOR)
    _add(root, "version", _version(programme))
    conference = SubElement(root, "conference")
    days = list(_days(programme))
    _add(conference, "title", event.name)
    _add(conference, "acronym", event.code.lower())
    _add(conference, "start", event.starts_at.astimezone(zone).date().isoformat())
    _add(conference, "end", event.ends_at.astimezone(zone).date().isoformat())
    _add(conference, "days", str(len(days)))
    _add(conference, "timeslot_duration", SLOT)
    if link:
        _add(conference, "base_url", link)
    _add(conference, "time_zone_name", event.time_zone)
    for day in days:
        span = {"start": day.starts_at.isoformat(), "end": day.ends_at.isoformat()}
        on = SubElement(root, "day", {"index": str(day.index), "date": day.on.isoformat(), **span})
        for room, sessions in day.rooms.items():
            inside = SubElement(on, "room", name=_clean(room))
            for session in sessions:
                _add_session(inside, session, zone)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add_session(room: Element, session: Session, zone: ZoneInfo) -> None:
    start = session.starts_at.astimezone(zone)
    event = SubElement(room, "event", guid=str(session.id), id=str(_number(session)))
    _add(event, "room", session.room)
    _add(event, "title", session.title)
    _add(event, "subtitle", "")
    _add(event, "type", "")
    _add(event, "date", start.isoformat())
    _add(event, "start", f"{start:%H:%M}")
    _add(event, "duration", _duration(session))
    _add(event, "abstract", "")
    _add(event, "track", _track(session))
    _add(event, "description", session.description)
    persons = SubElement(event, "persons")
    for speaker_id, name in session.speakers:
        person = SubElement(persons, "person", id=str(speaker_id.int % _NUMBERS))
        person.text = _clean(name)


def schedule_json(programme: Programme, *, link: str = "") -> bytes:
    """Write a programme as schedule.json; see `schedule_xml`."""
    event, zone = programme.event, ZoneInfo(programme.event.time_zone)
    known = {each.id: each for each in programme.speakers}
    days = list(_days(programme))
    conference: dict[str, Any] = {
        "title": event.name,
        "acronym": event.code.lower(),
        "start": event.starts_at.astimezone(zone).date().isoformat(),
        "end": event.ends_at.astimezone(zone).date().isoformat(),
        "daysCount": len(days),
        "timeslot_duration": SLOT,
        "time_zone_name": event.time_zone,
        "rooms": [
            {"name": each.name, "guid": str(each.id), "capacity": each.capacity}
            for each in programme.rooms
        ],
        "tracks": [
            {"name": name} for name in sorted({_track(s) for s in programme.sessions} - {""})
        ],
        "days": [
            {
                "index": day.index,
                "date": day.on.isoformat(),
                "day_start": day.starts_at.isoformat(),
                "day_end": day.ends_at.isoformat(),
                "rooms": {
                    room: [_as_json(session, zone, known) for session in sessions]
                    for room, sessions in day.rooms.items()
                },
            }
            for day in days
        ],
    }
    schedule = {
        "version": _version(programme),
        **({"base_url": link} if link else {}),
        "conference": conference,
    }
    whole = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": GENERATOR},
        "schedule": schedule,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _as_json(session: Session, zone: ZoneInfo, known: dict[Any, Speaker]) -> dict[str, Any]:
    start = session.starts_at.astimezone(zone)
    return {
        "guid": str(session.id),
        "id": _number(session),
        "date": start.isoformat(),
        "start": f"{start:%H:%M}",
        "end": session.ends_at.astimezone(zone).isoformat(),
        "duration": _duration(session),
        "room": session.room,
        "title": session.title,
        "subtitle": "",
        "track": _track(session) or None,
        "type": "",
        "abstract": "",
        "description": session.description,
        "persons": [
            {
                "guid": str(speaker_id),
                "name": name,
                "public_name": name,
                "biography": known[speaker_id].biography if speaker_id in known else "",
            }
            for speaker_id, name in session.speakers
        ],
        "links": [],
        "attachments": [],
    }


def _days(programme: Programme) -> Iterator[_Day]:
    """The days of the event, and of sessions beside it, with what is in the rooms."""
    event, zone = programme.event, ZoneInfo(programme.event.time_zone)
    sessions: Sequence[Session] = [
        each for each in programme.sessions if each.room and each.cancelled_at is None
    ]
    by_day: dict[date, dict[str, list[Session]]] = {}
    day, last = event.starts_at.astimezone(zone).date(), event.ends_at.astimezone(zone)
    while datetime.combine(day, time(), zone) < last and len(by_day) < _MOST_DAYS:
        by_day[day] = {}
        day += timedelta(days=1)
    for session in sessions:
        rooms = by_day.setdefault(session.starts_at.astimezone(zone).date(), {})
        rooms.setdefault(session.room, []).append(session)
    for index, (on, rooms) in enumerate(sorted(by_day.items()), 1):
        begin = datetime.combine(on, time(), zone)
        yield _Day(index, on, begin, begin + timedelta(days=1), rooms)


_MOST_DAYS: Final = 366
_NUMBERS: Final = 2_000_000_000
"""Ids are numbers in this format; those of programs that read it have 32 bits."""


def _number(session: Session) -> int:
    return session.id.int % _NUMBERS + 1


def _version(programme: Programme) -> str:
    """Another word for another programme."""
    shown = repr(
        [
            (each.id, each.title, each.starts_at, each.ends_at, each.room, each.speakers, each.tags)
            for each in programme.sessions
            if each.cancelled_at is None
        ]
    )
    return hashlib.sha256(shown.encode(errors="replace")).hexdigest()[:8]


def _duration(session: Session) -> str:
    minutes = int((session.ends_at - session.starts_at).total_seconds()) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    return f"{days}:{hours:02}:{minutes:02}" if days else f"{hours:02}:{minutes:02}"


def _track(session: Session) -> str:
    return next(iter(session.tags), "")


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return "".join(
        each
        for each in text
        if each in "\n\t" or (category(each) not in NEVER and each not in NONE)
    )
