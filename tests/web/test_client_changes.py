"""The client in Python follows what changes, also over a line that is cut."""

from collections.abc import Iterator

import pytest

from data.touched import HOUSE
from eventdesk import client as client_module
from eventdesk.accounts import ban
from eventdesk.acts import SYSTEM, Changes
from eventdesk.client import Client
from eventdesk.core.errors import HubAwayError, ServiceSilentError, SignInError
from eventdesk.door import check_in
from eventdesk.wire.event_stream import LONGEST, changes_of
from tests.build import NOON, STAFF, Fair
from tests.people import PIN, make_guest, make_staff
from tests.web.lines import line_to
from tests.web.serving import Served, served


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "BACK_S", 0.05)


def token_of(fair: Fair, house: Served) -> str:
    return house.as_(make_staff(fair))["authorization"].partition(" ")[2]


def until(told: Iterator[Changes], topic: str, event_id: object) -> Changes:
    """The first that tells a topic of an event, or that it may be anything."""
    return next(each for each in told if each.everything or (topic, event_id) in each.touched)


def test_a_check_in_is_told(fair: Fair, house: Served) -> None:
    booked = fair.sell()
    with Client(house.url, token=token_of(fair, house)) as client:
        told = client.changes()
        assert next(told).everything
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
        assert until(told, "door", fair.event.id).upto is not None
        told.close()  # type: ignore[attr-defined]  # it is a generator


def test_over_a_line_that_was_cut_nothing_is_missed(fair: Fair, house: Served) -> None:
    booked = fair.sell_all(["One", "Two"])
    with line_to(house.url) as line, Client(line.url, token=token_of(fair, house)) as client:
        told = client.changes()
        first = next(told)
        for at in range(2):
            line.cut()
            check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, at)))
            missed = until(told, "door", fair.event.id)
            assert not missed.everything
        told.close()  # type: ignore[attr-defined]  # it is a generator
        since = next(client.changes(first.upto))
        assert (since.everything, ("door", fair.event.id) in since.touched) == (False, True)


def test_who_is_shut_out_hears_no_more(fair: Fair, house: Served) -> None:
    sam = make_staff(fair)
    assert sam.id is not None
    token = house.as_(sam)["authorization"].partition(" ")[2]
    with Client(house.url, token=token) as client:
        told = client.changes()
        next(told)
        ban(house.store, SYSTEM, sam.id, reason="A test")
        with pytest.raises(SignInError):
            list(told)


def test_who_signed_in_listens_too(fair: Fair, house: Served) -> None:
    make_guest(house.store)
    with Client(house.url) as client:
        client.sign_in("gus@example.org", PIN)
        assert next(client.changes()).everything


def test_a_house_that_is_gone_is_given_up(fair: Fair) -> None:
    with served(fair.store) as house:
        token = token_of(fair, house)
        with Client(house.url, token=token) as client:
            told = client.changes(patience_s=0.2)
            next(told)
            house.end()
            with pytest.raises(HubAwayError):
                list(told)


def test_a_change_of_the_whole_house_names_no_event() -> None:
    stream = [
        b': \nid: 0a-1-2\ndata: {"everything": false, "touched"',
        b': [{"topic": "accounts", "event": null}]}\n',
        b"\nretry: 1\n\n",
    ]
    told = list(changes_of(stream))
    assert [each.touched for each in told] == [frozenset({("accounts", HOUSE)})]
    assert str(told[0].upto) == "0a-1-2"


@pytest.mark.parametrize(
    "stream", [b"data: []\n\n", b"data: \xff\n\n", b"data: {}\n\n", b"x" * (LONGEST + 1)]
)
def test_what_is_no_stream_of_changes_is_refused(stream: bytes) -> None:
    with pytest.raises(ServiceSilentError):
        list(changes_of([stream]))
