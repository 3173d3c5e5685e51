"""What somebody who shows nothing may reach, and how often."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.requests import Request

from data.rows import count_rows
from data.schema import AccountRow
from eventdesk.acts import VISITOR, Reach
from eventdesk.seating import new_cart
from eventdesk.web import rates as rates_module
from eventdesk.web.app import served as served_routes
from eventdesk.web.rates import COSTLY, KEPT_ANSWER, network_of
from eventdesk.wire.problem_members import MEDIA_TYPE
from eventdesk.wire.route import Route
from tests.acts.dummies import arguments
from tests.acts.trials import House, Try
from tests.build import Fair
from tests.orders import EARLY
from tests.people import PASSWORD, make_guest
from tests.web.serving import Served, served

REACHED = {
    "ask_for_code",
    "ask_for_links",
    "asked_questions",
    "browse",
    "categories",
    "check_staff_pin",
    "clock_now",
    "event_by_code",
    "event_calendar",
    "event_detail",
    "event_view",
    "held_seats",
    "hold_best",
    "hold_longer",
    "hold_seats",
    "list_sections",
    "needs_first_account",
    "new_cart",
    "offers",
    "order_as_guest",
    "pair_device",
    "plan",
    "quote",
    "read_programme",
    "release_seats",
    "sales_summary",
    "set_secret",
    "sign_up",
    "stop_mail",
}
"""Each was looked at as somebody would who wants no good; one more is added by who did that."""

REFUSED = {"check_staff_pin", "sales_summary"}
"""What a visitor is refused at this event: by the same address others are served."""

ROUTES = list(served_routes())


def named(route: Route) -> str:
    return f"{route.verb.area}.{route.verb.name}"


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Served]]:
    house = House.build(tmp_path_factory.mktemp("visitors") / "home")
    house.store.clock = lambda: EARLY
    with ExitStack() as ended:
        yield house, ended.enter_context(served(house.store))
    house.store.close()


def asked(over: tuple[House, Served], route: Route) -> Any:
    """The answer to somebody who shows nothing."""
    house, there = over
    one = Try(route.verb, "a visitor", VISITOR)
    house.put_files(one)
    given = house.subjects.of(route.verb.module, route.verb.name)
    if "holder_id" in given and route.verb.area == "seating":
        given["holder_id"] = new_cart(house.store, VISITOR)
    request = route.request(arguments(route.verb, **given))
    return there.ask(
        request.method,
        request.target,
        content=request.body,
        headers={"content-type": "application/json"},
    )


def test_what_visitors_reach_is_known_by_name() -> None:
    assert {each.verb.name for each in ROUTES if each.verb.reach is Reach.PUBLIC} == REACHED
    assert COSTLY.keys() <= REACHED | {"start_web_session", "start_app_session", KEPT_ANSWER}


@pytest.mark.parametrize(
    "route", [each for each in ROUTES if each.verb.reach is not Reach.PUBLIC], ids=named
)
def test_all_else_asks_a_visitor_to_sign_in(over: tuple[House, Served], route: Route) -> None:
    answer = asked(over, route)
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")


@pytest.mark.parametrize(
    "route", [each for each in ROUTES if each.verb.reach is Reach.PUBLIC], ids=named
)
def test_what_is_public_answers_a_visitor(over: tuple[House, Served], route: Route) -> None:
    answer = asked(over, route)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json()["code"] != "error", answer.text
    assert answer.status_code < 500
    assert (answer.status_code == 403) is (route.verb.name in REFUSED), answer.text


def test_signing_up_and_asking_for_a_code_say_the_same_of_everybody(house: Served) -> None:
    make_guest(house.store, "Gus", secret=PASSWORD)
    with house.store.read() as connection:
        before = count_rows(connection, AccountRow.id.is_not(None))
    said = set()
    for email in ("gus@example.org", "new@example.org"):
        person = {"email": email, "name": "Somebody", "secret": PASSWORD, "kind": "password"}
        for path, body in (("/accounts", person), ("/secret-requests", {"email": email})):
            answer = house.ask("POST", path, json=body)
            said.add((path, answer.status_code, answer.text))
    assert said == {("/accounts", 204, ""), ("/secret-requests", 200, "false")}
    with house.store.read() as connection:
        assert count_rows(connection, AccountRow.id.is_not(None)) == before + 1


def test_setting_a_secret_with_a_wrong_code_says_the_same_of_everybody(house: Served) -> None:
    make_guest(house.store, "Gus", secret=PASSWORD)
    said = set()
    for email in ("gus@example.org", "nobody@example.org"):
        body = {"email": email, "code": "ABCD2345", "secret": PASSWORD}
        answer = house.ask("POST", "/secrets", json=body)
        problem = answer.json()
        problem.pop("request_id")
        said.add((answer.status_code, str(problem)))
    assert len(said) == 1


def test_one_address_signs_up_so_many_and_no_more(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "COSTLY", {"sign_up": 2})
    person = {"name": "Somebody", "secret": PASSWORD, "kind": "password"}
    told = [
        house.ask("POST", "/accounts", json=person | {"email": f"{number}@example.org"})
        for number in range(3)
    ]
    assert [each.status_code for each in told] == [204, 204, 429]
    assert int(told[-1].headers["retry-after"]) > 0
    assert house.ask("GET", "/events").status_code == 200


def test_a_pairing_code_is_not_guessed_quickly(
    fair: Fair, house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "COSTLY", {"pair_device": 2})
    told = [house.ask("POST", "/devices", json={"code": "ABCD2345"}) for _ in range(3)]
    assert [each.status_code for each in told] == [401, 401, 429]


def test_answers_are_not_kept_for_visitors_without_end(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "COSTLY", {KEPT_ANSWER: 2})
    told = [
        house.ask(
            "POST",
            "/event-look-ups",
            json={"typed": "ABCD2345"},
            headers={"idempotency-key": f"a key of a visitor {number}"},
        )
        for number in range(3)
    ]
    assert [each.status_code for each in told] == [204, 204, 429]
    assert house.ask("POST", "/event-look-ups", json={"typed": "ABCD2345"}).status_code == 204


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("somewhere", "somewhere"),
    ],
)
def test_a_network_of_ipv6_is_one_caller(host: str, network: str) -> None:
    request = Request({"type": "http", "headers": [], "client": (host, 1)})
    assert network_of(request) == network
