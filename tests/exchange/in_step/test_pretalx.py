"""A programme that is kept in step with a schedule in pretalx, and given out as one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError
from eventdesk.events import NewRoom, NewVenue, add_room, add_venue
from eventdesk.exchange import allow_webhook_networks, keep_in_step, schedule_json, schedule_xml
from eventdesk.integrations.pretalx.reading import read_schedule
from eventdesk.integrations.pretalx.talk import Person, Talk
from eventdesk.programme import NewSession, Programme, change_session, read_programme
from eventdesk.services import ServiceView, add_service, list_services, service_deliveries
from eventdesk.services import test_service as try_service
from tests.build import NOON, Fair
from tests.integrations.chaos import Asked, Counterpart, Reply, counterpart

FIRST = "0a6c1f1e-3f0d-5a52-9a53-0d1f5f1a0001"
SECOND = "0a6c1f1e-3f0d-5a52-9a53-0d1f5f1a0002"


def talk(guid: str = FIRST, title: str = "Opening", **more: Any) -> dict[str, Any]:
    """A session with the members that pretalx writes into its JSON."""
    return {
        **{"guid": guid, "id": 1, "code": "ABCDEF", "date": "2026-06-01T14:00:00+02:00"},
        **{"start": "14:00", "duration": "00:45", "room": "Hall", "slug": "days-1-opening"},
        **{"title": title, "subtitle": "", "track": "Main", "type": "Talk", "language": "en"},
        **{"abstract": "Hello.", "description": "And *welcome*."},
        "persons": [{"public_name": "Grace Hopper", "name": "Grace", "biography": "Admiral."}],
        **more,
    }


def as_json(*talks: dict[str, Any]) -> bytes:
    rooms: dict[str, list[dict[str, Any]]] = {}
    for each in talks:
        rooms.setdefault(each["room"], []).append(each)
    conference = {"title": "Days", "days": [{"index": 1, "date": "2026-06-01", "rooms": rooms}]}
    return json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()


XML = b"""<?xml version='1.0' encoding='utf-8' ?>
<schedule><version>1</version><conference><title>Days</title></conference>
<day index='1' date='2026-06-01' start='2026-06-01T04:00:00+02:00' end='2026-06-02T03:59:00+02:00'>
<room name='Hall'><event guid='0a6c1f1e-3f0d-5a52-9a53-0d1f5f1a0001' id='1' code='ABCDEF'>
<room>Hall</room><title>Opening</title><subtitle></subtitle><type>Talk</type>
<date>2026-06-01T14:00:00+02:00</date><start>14:00</start><duration>00:45</duration>
<abstract>Hello.</abstract><slug>days-1-opening</slug><track>Main</track>
<persons><person id='7'>Grace Hopper</person></persons><description>And *welcome*.</description>
</event></room></day></schedule>"""

AS_READ = Talk(
    FIRST,
    "Opening",
    NOON + timedelta(hours=2),
    NOON + timedelta(hours=2, minutes=45),
    "Hall",
    "Main",
    "Hello.\n\nAnd *welcome*.",
    (Person("Grace Hopper", "Admiral."),),
)


class Schedule:
    """An address that gives a schedule, and says when it is still the same."""

    def __init__(self) -> None:
        self.content = as_json(talk())

    def __call__(self, asked: Asked) -> Reply:
        etag = f'"{hash(self.content)}"'
        if asked.headers.get("if-none-match") == etag:
            return Reply(304)
        return Reply(200, self.content, {"ETag": etag})


@dataclass
class Mirrored:
    """An event here, its schedule there, and the time that passes."""

    fair: Fair
    there: Schedule
    line: Counterpart
    service: ServiceView
    now: datetime = field(default=NOON)

    def turn(self) -> int:
        """Let a minute pass, and what is due be done."""
        self.now += timedelta(minutes=1)
        return keep_in_step(self.fair.store, SYSTEM.at(self.now))

    @property
    def programme(self) -> Programme:
        return read_programme(self.fair.store, SYSTEM, self.fair.event.id)

    def faults(self) -> dict[str, str]:
        found, _total = service_deliveries(self.fair.store, SYSTEM, self.service.id, state="failed")
        return {each.what: each.error for each in found}

    def trouble(self) -> str:
        [view] = list_services(self.fair.store, SYSTEM, event_id=self.fair.event.id)
        return view.health_text


@pytest.fixture
def here(fair: Fair) -> Iterator[Mirrored]:
    allow_webhook_networks(fair.store, SYSTEM, ["127.0.0.0/8"])
    venue = add_venue(fair.store, SYSTEM, fair.event.id, NewVenue("Old Mill", "", None))
    add_room(fair.store, SYSTEM, fair.event.id, NewRoom(venue.id, "Hall"))
    there = Schedule()
    with counterpart(there) as line:
        values = {"url": f"{line.url}/demo/schedule/export/schedule.json"}
        service = add_service(fair.store, SYSTEM, "pretalx", values, event_id=fair.event.id)
        yield Mirrored(fair, there, line, service)


def test_both_formats_are_read_alike() -> None:
    assert read_schedule(as_json(talk())) == [AS_READ]
    assert read_schedule(XML) == [replace(AS_READ, persons=(Person("Grace Hopper"),))]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><p>Hello</p></html>",
        b"<schedule><day></schedule>",
        b"{}",
        b'{"schedule": {"conference": {"days": [1]}}}',
        b"<!DOCTYPE s [<!ENTITY a 'b'>]><schedule>&a;</schedule>",
        as_json(talk(date="2026-06-01")),
        as_json(talk(duration="long")),
    ],
)
def test_what_is_no_schedule_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputError, match=r"no schedule\.xml or schedule\.json"):
        read_schedule(content)


def test_sessions_and_speakers_come(here: Mirrored) -> None:
    assert here.turn() == 1
    [session] = here.programme.sessions
    assert (session.title, session.room, session.tags) == ("Opening", "Hall", ("Main",))
    assert session.starts_at == NOON + timedelta(hours=2)
    [speaker] = here.programme.speakers
    assert (speaker.name, speaker.biography) == ("Grace Hopper", "Admiral.")


def test_the_same_schedule_is_not_sent_again(here: Mirrored) -> None:
    here.turn()
    assert here.turn() == 0
    assert here.line.asked[-1].headers["if-none-match"]
    assert here.trouble() == "In step."


def test_what_moved_there_moves_here_and_the_rest_stays_as_it_was(here: Mirrored) -> None:
    here.there.content = as_json(talk(), talk(SECOND, "Closing"))
    here.turn()
    closing = next(each for each in here.programme.sessions if each.title == "Closing")
    corrected = NewSession("Closing!", closing.starts_at, closing.ends_at, sign_up=True)
    change_session(here.fair.store, SYSTEM, closing.id, corrected)
    moved = talk(date="2026-06-01T15:00:00+02:00", start="15:00")
    here.there.content = as_json(moved, talk(SECOND, "Closing"))
    assert here.turn() == 1
    found = {each.title: each for each in here.programme.sessions}
    assert found.keys() == {"Opening", "Closing!"}
    assert found["Opening"].starts_at == NOON + timedelta(hours=3)


def test_a_session_that_is_gone_is_called_off_and_comes_back(here: Mirrored) -> None:
    here.there.content = as_json(talk(), talk(SECOND, "Closing"))
    here.turn()
    here.there.content = as_json(talk())
    here.turn()
    off = [each.title for each in here.programme.sessions if each.cancelled_at]
    assert off == ["Closing"]
    here.there.content = as_json(talk(), talk(SECOND, "Closing"))
    here.turn()
    assert [each.title for each in here.programme.sessions if each.cancelled_at] == []


@pytest.mark.parametrize("content", [as_json(), as_json(talk(SECOND, "Elsewhere"))])
def test_an_empty_schedule_or_another_one_calls_nothing_off(here: Mirrored, content: bytes) -> None:
    here.turn()
    here.there.content = content
    here.turn()
    [session] = here.programme.sessions
    assert (session.title, session.cancelled_at) == ("Opening", None)
    assert here.trouble().startswith("The schedule has none of the sessions it had.")


def test_a_session_of_the_same_title_and_time_is_not_doubled(here: Mirrored) -> None:
    here.turn()
    here.there.content = as_json(talk(), talk("not-a-uuid", "Opening"))
    here.turn()
    assert len(here.programme.sessions) == 1


def test_a_room_that_is_not_here_is_named(here: Mirrored) -> None:
    here.there.content = as_json(talk(room="Attic"))
    here.turn()
    assert here.faults() == {"Opening": "There is no room Attic here."}
    assert [each.title for each in here.programme.sessions] == ["Opening"]


def test_the_test_counts_sessions_and_names_what_is_none(here: Mirrored) -> None:
    def said() -> str:
        return try_service(here.fair.store, SYSTEM, here.service.id).text

    assert said() == "The schedule is readable. Sessions: 1."
    here.there.content = b"<html>"
    assert said() == "This is no schedule.xml or schedule.json."


@pytest.mark.parametrize("write", [schedule_xml, schedule_json])
def test_our_programme_comes_back_as_it_went_out(here: Mirrored, write: Any) -> None:
    here.turn()
    programme = here.programme
    [session] = programme.sessions
    [found] = read_schedule(write(programme))
    assert found.guid == str(session.id)
    assert (found.title, found.room, found.track) == ("Opening", "Hall", "Main")
    assert (found.starts_at, found.ends_at) == (session.starts_at, session.ends_at)
    assert [each.name for each in found.persons] == ["Grace Hopper"]
    assert found.description == "Hello.\n\nAnd *welcome*."


def test_what_was_called_off_or_cannot_be_written_as_xml_does_no_harm(here: Mirrored) -> None:
    here.there.content = as_json(talk(title="<b>\ufffe & \u202e"))
    here.turn()
    [found] = read_schedule(schedule_xml(here.programme))
    assert found.title.startswith("<b>")
