"""Waitlists and the queue on the command line."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from eventdesk.booking import NewBooking, NewTicket
from eventdesk.core.clock import utc_now
from eventdesk.core.wall_clock import typed_moment
from eventdesk.waiting import ask
from tests.build import Fair, empty_store, make_fair
from tests.cli.conftest import Call
from tests.figures.crowd import person, sell_out, set_event, set_type

TOMORROW = timedelta(days=1)


@pytest.fixture
def sold_out(home: Path) -> Iterator[Fair]:
    """An event next month whose regular tickets are gone."""
    with empty_store(home) as store:
        fair = make_fair(store)
        begins = utc_now() + 30 * TOMORROW
        set_event(fair, starts_at=begins, ends_at=begins + TOMORROW)
        sell_out(fair, fair.regular)
        yield fair


def join(call: Call, name: str) -> str:
    email = f"{name.lower()}@example.org"
    done = call("waitlist", "join", email, "--name", name, "--type", "regular")
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_people_are_written_down_listed_and_taken_off(call: Call, sold_out: Fair) -> None:
    assert call("waitlist", "list").stdout == "Nobody waits.\n"
    assert join(call, "Ada") == "Ada waits for Regular at place 1.\n"
    assert join(call, "Bob") == "Bob waits for Regular at place 2.\n"
    listed = call("waitlist", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["1.", "2."]
    assert "and 1 more" in call("waitlist", "list", "--limit", "1").stdout
    assert call("waitlist", "leave", "ada@example.org").exit_code == 0
    assert call("waitlist", "leave", "ada@example.org").exit_code == 2
    (bob,) = json.loads(call("waitlist", "list", "--json").stdout)
    assert (bob["name"], bob["place"], bob["state"]) == ("Bob", 1, "waiting")


def test_free_places_are_offered(call: Call, sold_out: Fair) -> None:
    join(call, "Ada")
    assert call("waitlist", "fill").stdout == "Places offered or given: 0.\n"
    set_type(sold_out.store, sold_out.regular, quota=2)
    assert call("waitlist", "fill").stdout == "Places offered or given: 1.\n"
    assert call("waitlist", "list").stdout.split()[0] == "offered"


def test_wrong_names_say_what_there_is(call: Call, sold_out: Fair) -> None:
    refused = call("waitlist", "join", "a@example.org", "--name", "Ada", "--type", "Royal")
    assert refused.exit_code == 2
    assert "Regular; VIP" in refused.stderr
    refused = call("waitlist", "join", "a@example.org", "--name", "Ada", "--type", "VIP")
    assert "places left" in refused.stderr


def _requests(call: Call) -> list[str]:
    return call("queue", "list").stdout.splitlines()


def test_who_asks_without_an_account_is_told_how_to_make_one(call: Call, sold_out: Fair) -> None:
    for command in (("ask", "--type", "VIP"), ("withdraw",)):
        word, *options = command
        refused = call("queue", word, "nobody@example.org", *options)
        assert refused.exit_code == 2
        assert "eventdesk account add nobody@example.org --name" in refused.stderr


def test_a_queue_is_opened_run_and_summed_up(call: Call, sold_out: Fair) -> None:
    store, zone, now = sold_out.store, sold_out.event.time_zone, utc_now()
    assert "no queue" in call("queue", "summary").stdout
    assert call("queue", "run").exit_code == 2
    begin, end = typed_moment(now - TOMORROW, zone), typed_moment(now + TOMORROW, zone)
    opened = call("queue", "open", "--from", begin, "--until", end)
    assert opened.exit_code == 0, opened.stderr
    for name, kind in (("Ada", sold_out.vip), ("Bob", sold_out.regular)):
        wish = NewBooking(name, "", (NewTicket(kind, name),))
        ask(store, person(store, name).at(now), sold_out.event.id, wish)
    listed = {line.split()[-2]: line.split()[-1] for line in _requests(call)}
    assert listed == {"Ada": "VIP", "Bob": "Regular"}
    (told,) = json.loads(call("queue", "list", "--search", "ada", "--json").stdout)
    assert (told["what"], told["tickets"]) == ("VIP", 1)
    assert "still collected" in call("queue", "run").stderr
    set_event(sold_out, queue_until=now)
    assert call("queue", "run", "--most", "1").exit_code == 0
    assert call("queue", "run").exit_code == 0
    standing = json.loads(call("queue", "summary", "--json").stdout)
    assert (standing["confirmed"], standing["sold_out"], standing["waiting"]) == (1, 1, 0)
    shown = call("queue", "summary").stdout
    assert "Regular: 1 sold, 0 held, 0 left" in shown
    assert "VIP: 0 sold, 1 held, no limit" in shown
