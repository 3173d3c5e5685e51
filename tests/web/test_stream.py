"""Live updates: what changed, for those who may see it, in order and without a gap."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from eventdesk.accounts import ban
from eventdesk.acts import SYSTEM, Permission, Role
from eventdesk.door import check_in
from eventdesk.events import Visibility, change_event
from eventdesk.web import stream
from tests.build import NOON, STAFF, Fair, make_fair
from tests.people import make_guest, make_staff
from tests.web.serving import Served, served

SILENT = 4
"""How often a stream says that it is alive, and nothing else, before a test gives up."""


class Listening:
    """A stream that is read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.last_id = ""

    def next(self) -> dict[str, Any]:
        """The next event that says what changed."""
        data: dict[str, Any] | None = None
        silent = 0
        for line in self._lines:
            name, _, value = line.partition(": ")
            if line == ":":
                silent += 1
                assert silent < SILENT, "Nothing is told."
            elif name == "id":
                self.last_id = value
            elif name == "data":
                data = json.loads(value)
            elif not line and data is not None:
                return data
        raise EOFError

    def until(self, topic: str, event_id: object) -> list[dict[str, Any]]:
        """What is told until a topic of an event was; that with it, or that it may be anything."""
        told: list[dict[str, Any]] = []
        while {"topic": topic, "event": str(event_id)} not in told:
            event = self.next()
            told += event["touched"]
            if event["everything"]:  # as where it came while the server began to listen
                break
        return told


@contextmanager
def listening(house: Served, by: dict[str, str], **headers: str) -> Iterator[Listening]:
    with house.http.stream("GET", "/api/v1/changes", headers=by | headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        there = Listening(answer.iter_lines())
        first = there.next()
        assert first["everything"] or headers
        yield there


def test_a_check_in_is_told_to_who_works_there(fair: Fair, house: Served) -> None:
    booked = fair.sell()
    with listening(house, house.as_(make_staff(fair))) as there:
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
        there.until("door", fair.event.id)


def test_who_works_elsewhere_and_who_only_comes_hear_nothing_of_it(
    fair: Fair, house: Served
) -> None:
    other = make_fair(house.store, "Elsewhere")
    booked = fair.sell()
    stranger = make_staff(other, Role.ORGANIZER, "Sven")
    with listening(house, house.as_(stranger)) as there:
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
        other.sell()
        told = there.until("booking", other.event.id)
        assert not [each for each in told if each["event"] == str(fair.event.id)]


def test_who_only_comes_hears_of_public_events_what_everybody_may_see(
    fair: Fair, house: Served
) -> None:
    booked = fair.sell()
    with listening(house, house.as_(make_guest(house.store))) as there:
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
        change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"name": "Another name"})
        told = there.until("events", fair.event.id)
        assert {each["topic"] for each in told} <= {"events", "programme", "sales"}


def test_a_visitor_hears_of_public_events_and_nothing_else(fair: Fair, house: Served) -> None:
    hidden = make_fair(house.store, "Hidden")
    change_event(house.store, SYSTEM.at(NOON), hidden.event.id, {"visibility": Visibility.PRIVATE})
    booked = fair.sell()
    with listening(house, {}) as there:
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
        change_event(fair.store, SYSTEM.at(NOON), hidden.event.id, {"name": "Another secret"})
        change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"name": "Another name"})
        told = there.until("events", fair.event.id)
    assert {each["topic"] for each in told} <= {"events", "programme", "sales"}
    assert str(hidden.event.id) not in {each["event"] for each in told}
    assert there.last_id == ""  # it would count the scans of the house


def test_visitors_leave_room_for_who_works(
    fair: Fair, house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_OF_ADDRESS", 1)
    with listening(house, {}):
        assert house.ask("GET", "/changes").status_code == 429
        with listening(house, house.as_(make_staff(fair))):
            pass
    monkeypatch.setattr(stream, "MOST_OF_VISITORS", 0)
    assert house.ask("GET", "/changes").status_code == 429


def test_after_a_gap_each_topic_that_changed_comes_once(fair: Fair, house: Served) -> None:
    by = house.as_(make_staff(fair))
    booked = fair.sell_all(["One", "Two", "Three"])
    with listening(house, by) as there:
        last_id = there.last_id
    for at in range(3):
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, at)))
    headers = by | {"last-event-id": last_id}
    with house.http.stream("GET", "/api/v1/changes", headers=headers) as answer:
        missed = Listening(answer.iter_lines()).next()
    assert missed["everything"] is False
    assert missed["touched"].count({"topic": "door", "event": str(fair.event.id)}) == 1


@pytest.mark.parametrize("last_id", ["", "nonsense", "0-0-0", "x" * 5000])
def test_an_id_of_nowhere_is_told_that_anything_may_have_changed(
    fair: Fair, house: Served, last_id: str
) -> None:
    with listening(house, house.as_(make_staff(fair))):
        pass
    headers = house.as_(make_staff(fair, name="Two")) | {"last-event-id": last_id}
    with house.http.stream("GET", "/api/v1/changes", headers=headers) as answer:
        assert Listening(answer.iter_lines()).next()["everything"] is True


def test_who_is_shut_out_hears_no_more(fair: Fair, house: Served) -> None:
    sam = make_staff(fair)
    assert sam.id is not None
    with listening(house, house.as_(sam)) as there:
        ban(house.store, SYSTEM, sam.id, reason="A test")
        with pytest.raises(EOFError):
            there.until("nothing that is", "told")


def test_a_token_of_nobody_opens_no_stream(house: Served) -> None:
    by = {"authorization": "Bearer edt_nobody"}
    assert house.ask("GET", "/changes", by).status_code == 401


def test_one_caller_opens_so_many_and_no_more(
    fair: Fair, house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_OF_ONE", 2)
    by = house.as_(make_guest(house.store), Permission.ATTEND)
    with listening(house, by), listening(house, by):
        assert house.ask("GET", "/changes", by).status_code == 429
    with listening(house, house.as_(make_staff(fair))):
        pass


def test_streams_end_with_the_server(fair: Fair) -> None:
    with served(fair.store) as house:
        by = house.as_(make_staff(fair))
        with httpx2.Client(base_url=house.url) as http:
            answer = http.send(
                http.build_request("GET", "/api/v1/changes", headers=by), stream=True
            )
            there = Listening(answer.iter_lines())
            there.next()
            house.end()
            with pytest.raises(EOFError):
                there.next()
            answer.close()
