"""Access codes of private events are guessed slowly, and typed as often as people like."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from eventdesk.acts import SYSTEM, Reach
from eventdesk.events import Visibility, change_event
from eventdesk.web.app import served as served_routes
from eventdesk.web.guesses import TYPED, Guesses, code_in
from eventdesk.web.rates import Rates
from tests.build import Fair
from tests.orders import EARLY
from tests.people import make_guest
from tests.web.serving import Served, served

CODE = "SWIM-2026"
OTHERS = {"offers.code", "quote.code", "set_secret.code", "pair_device.code"}
"""Codes of discounts, which are counted with their uses, and those with locks of their own."""

Ask = Callable[[Served, Fair, str], Any]

WAYS: dict[str, Ask] = {
    "by code": lambda house, _fair, code: house.ask(
        "POST", "/event-look-ups", json={"typed": code}
    ),
    "by words": lambda house, _fair, code: house.ask("GET", "/events", params={"text": code}),
    "by its id": lambda house, fair, code: house.ask(
        "GET", f"/events/{fair.event.id}", params={"code": code}
    ),
    "offers": lambda house, fair, code: house.ask(
        "GET", f"/events/{fair.event.id}/offers", params={"access_code": code}
    ),
}


def make_private(fair: Fair) -> None:
    fair.store.clock = lambda: EARLY
    change_event(
        fair.store, SYSTEM, fair.event.id, {"visibility": Visibility.PRIVATE, "access_code": CODE}
    )


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_codes_that_open_nothing_are_few(fair: Fair, way: Ask) -> None:
    make_private(fair)
    few = Rates(guesses=Guesses(a_minute=3))
    with served(fair.store, rates=few) as house:
        assert [way(house, fair, CODE).status_code for _ in range(5)] == [200] * 5
        missed = [way(house, fair, f"SWIM-202{number}") for number in range(3)]
        assert {each.status_code for each in missed} <= {200, 204, 404}
        full = way(house, fair, CODE)
        assert (full.status_code, full.json()["code"]) == (429, "too_many_calls")
        assert 0 < int(full.headers["retry-after"]) <= 60
        # Whoever types no code is served on, and so is who asks by an account.
        assert house.ask("GET", "/events").status_code == 200
        by = house.as_(make_guest(fair.store))
        assert house.ask("GET", "/me", by).status_code == 200


def test_an_account_is_no_way_around(fair: Fair) -> None:
    make_private(fair)
    with served(fair.store, rates=Rates(guesses=Guesses(a_minute=2))) as house:
        people = [house.as_(make_guest(fair.store, name)) for name in ("Ada", "Bea", "Cem")]
        told = [
            house.ask("POST", "/event-look-ups", by, json={"typed": "ABCD2345"}) for by in people
        ]
        assert [each.status_code for each in told] == [204, 204, 429]


def test_an_hour_has_its_own_bound(fair: Fair) -> None:
    with served(fair.store, rates=Rates(guesses=Guesses(an_hour=1))) as house:
        told = [house.ask("POST", "/event-look-ups", json={"typed": "ABCD2345"}) for _ in range(2)]
    assert [each.status_code for each in told] == [204, 429]
    assert int(told[1].headers["retry-after"]) > 60


@pytest.mark.parametrize("typed", ["jazz", "", "short", "Konzert für zwei", 7, None])
def test_what_cannot_be_a_code_is_no_guess(typed: object) -> None:
    assert code_in("browse", {"text": typed}) == ""


def test_each_public_use_case_that_takes_a_code_counts_it() -> None:
    for route in served_routes():
        if route.verb.reach is not Reach.PUBLIC:
            continue
        name = route.verb.name
        for each in inspect.signature(route.verb.body).parameters:
            if "code" in each and f"{name}.{each}" not in OTHERS:
                assert code_in(name, {each: CODE}), f"{name} {each}"
    assert TYPED.keys() <= {route.verb.name for route in served_routes()}
