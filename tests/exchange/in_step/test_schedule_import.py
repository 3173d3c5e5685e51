"""A programme that is taken in from a file, shown first, and again from a newer one."""

from pathlib import Path
from typing import Any

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.events import NewRoom, NewVenue, add_room, add_venue
from eventdesk.exchange import (
    ScheduleReport,
    TalkFate,
    import_schedule,
    preview_schedule,
    schedule_xml,
)
from eventdesk.programme import (
    NewSpeaker,
    Session,
    add_speaker,
    cancel_session,
    read_programme,
    remove_session,
)
from tests.build import NOON, STAFF, Fair
from tests.exchange.in_step.test_pretalx import FIRST, SECOND, XML, as_json, talk

NEW, CHANGED, SAME, REMOVED, OFF = TalkFate


class Planned:
    """An event with a hall, and a file of its programme."""

    def __init__(self, fair: Fair, file: Path) -> None:
        self.fair, self.file = fair, file
        venue = add_venue(fair.store, SYSTEM, fair.event.id, NewVenue("Old Mill", "", None))
        self.venue_id = venue.id
        add_room(fair.store, SYSTEM, fair.event.id, NewRoom(venue.id, "Hall"))

    def has(self, *talks: dict[str, Any]) -> None:
        self.file.write_bytes(as_json(*talks))

    def look(self) -> ScheduleReport:
        return preview_schedule(self.fair.store, SYSTEM.at(NOON), self.fair.event.id, self.file)

    def take(self) -> ScheduleReport:
        return import_schedule(self.fair.store, SYSTEM.at(NOON), self.fair.event.id, self.file)

    def sessions(self) -> dict[str, Session]:
        found = read_programme(self.fair.store, SYSTEM, self.fair.event.id).sessions
        return {each.title: each for each in found}


@pytest.fixture
def here(fair: Fair, tmp_path: Path) -> Planned:
    return Planned(fair, tmp_path / "schedule.json")


def fates(report: ScheduleReport) -> list[tuple[str, TalkFate]]:
    return [(each.title, each.fate) for each in report.lines]


def test_a_look_says_what_would_come_and_changes_nothing(here: Planned) -> None:
    here.has(talk(), talk(SECOND, "Closing", room="Attic"))
    report = here.look()
    assert fates(report) == [("Opening", NEW), ("Closing", NEW)]
    assert [each.fault for each in report.lines] == ["", "There is no room Attic here."]
    assert report.sentence == (
        "New: 2, would change: 0, would be called off: 0. What does not fit: 1."
    )
    assert here.sessions() == {}


@pytest.mark.parametrize("content", [XML, as_json(talk())])
def test_sessions_and_speakers_come(here: Planned, content: bytes) -> None:
    here.file.write_bytes(content)
    report = here.take()
    assert report.sentence == "New: 1, changed: 0, called off: 0. What does not fit: 0."
    session = here.sessions()["Opening"]
    assert (session.room, session.tags) == ("Hall", ("Main",))
    assert [name for _id, name in session.speakers] == ["Grace Hopper"]


def test_the_same_file_again_changes_nothing(here: Planned) -> None:
    here.has(talk())
    here.take()
    before = here.sessions()
    assert fates(here.look()) == [("Opening", SAME)]
    assert fates(here.take()) == [("Opening", SAME)]
    assert here.sessions() == before


def test_a_newer_file_changes_what_changed_and_calls_off_what_it_has_no_more(here: Planned) -> None:
    here.has(talk(), talk(SECOND, "Closing"))
    here.take()
    here.has(talk(title="Welcome"))
    expected = [("Welcome", CHANGED), ("Closing", OFF)]
    assert fates(here.look()) == expected
    assert here.sessions().keys() == {"Opening", "Closing"}
    assert fates(here.take()) == expected
    assert here.sessions()["Closing"].cancelled_at is not None
    assert here.sessions()["Welcome"].cancelled_at is None


def test_another_schedule_comes_beside_the_first(here: Planned) -> None:
    here.has(talk())
    here.take()
    here.has(talk(SECOND, "Closing"))
    assert fates(here.take()) == [("Closing", NEW)]
    assert [each.cancelled_at for each in here.sessions().values()] == [None, None]


def test_what_was_removed_here_stays_away_and_what_was_called_off_here_too(here: Planned) -> None:
    here.has(talk(), talk(SECOND, "Closing"))
    here.take()
    remove_session(here.fair.store, SYSTEM, here.sessions()["Opening"].id)
    cancel_session(here.fair.store, SYSTEM.at(NOON), here.sessions()["Closing"].id, reason="ill")
    here.has(talk(duration="00:30"), talk(SECOND, "Closing", duration="00:30"))
    assert fates(here.take()) == [("Opening", REMOVED), ("Closing", CHANGED)]
    assert here.sessions().keys() == {"Closing"}
    assert here.sessions()["Closing"].cancelled_at is not None


def test_what_did_not_fit_is_taken_in_again_once_it_is_mended(here: Planned) -> None:
    here.has(talk(room="Attic"))
    report = here.take()
    assert [each.fault for each in report.lines] == ["There is no room Attic here."]
    add_room(here.fair.store, SYSTEM, here.fair.event.id, NewRoom(here.venue_id, "Attic"))
    assert fates(here.take()) == [("Opening", CHANGED)]
    assert here.sessions()["Opening"].room == "Attic"
    assert fates(here.take()) == [("Opening", SAME)]


def test_our_own_programme_is_known_when_it_comes_back(here: Planned) -> None:
    here.has(talk())
    here.take()
    add_speaker(here.fair.store, SYSTEM, here.fair.event.id, NewSpeaker("Kay"))
    programme = read_programme(here.fair.store, SYSTEM, here.fair.event.id)
    here.file.write_bytes(schedule_xml(programme))
    assert fates(here.take()) == [("Opening", CHANGED)]
    assert len(here.sessions()) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b"{}"])
def test_what_is_no_schedule_is_refused(here: Planned, content: bytes) -> None:
    here.file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"no schedule\.xml or schedule\.json"):
        here.take()


def test_a_file_that_is_not_there_or_too_large_is_named(
    here: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInputError, match=r"schedule\.json is no file"):
        here.look()
    here.has(talk())
    monkeypatch.setattr("eventdesk.exchange.in_step.schedule_import.MAX_BYTES", 10)
    with pytest.raises(InvalidInputError, match=r"schedule\.json is no file, or too large"):
        here.look()


def test_staff_at_the_door_may_not(here: Planned) -> None:
    here.has(talk(FIRST))
    for verb in (preview_schedule, import_schedule):
        with pytest.raises(NotAllowedError):
            verb(here.fair.store, STAFF, here.fair.event.id, here.file)
