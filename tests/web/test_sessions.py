"""Sessions of browsers: what signs in and out, what the cookie is, and what ends it at once."""

from http.cookies import SimpleCookie
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from eventdesk.accounts import LONGEST, ban, sign_out_everywhere
from eventdesk.accounts.web_sessions import IDLE
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.clock import utc_now
from eventdesk.web import rates as rates_module
from eventdesk.web.caller import COOKIE, COOKIE_PLAIN, Shown
from eventdesk.web.sessions import forget_cookie, set_cookie
from tests.people import PASSWORD, make_guest
from tests.web.second_steps import second_step_of
from tests.web.serving import Served

GUS = {"email": "gus@example.org", "secret": PASSWORD}
OWN = {"sec-fetch-site": "same-origin"}
OTHER = {"sec-fetch-site": "cross-site"}


@pytest.fixture
def gus(house: Served) -> Actor:
    return make_guest(house.store, "Gus", secret=PASSWORD)


def sign_in(house: Served, **more: str) -> Any:
    answer = house.ask("POST", "/sessions", json=GUS | more, headers=OWN)
    house.http.cookies.clear()
    return answer


def with_cookie(answer: Any) -> dict[str, str]:
    """The header of a browser that kept the cookie of an answer."""
    cookie = SimpleCookie(answer.headers["set-cookie"])
    [(name, kept)] = cookie.items()
    return {"cookie": f"{name}={kept.value}"} | OWN


@pytest.mark.usefixtures("gus")
def test_signing_in_sets_a_cookie_that_says_who_somebody_is(house: Served) -> None:
    answer = sign_in(house)
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == "Gus"
    by = with_cookie(answer)
    assert house.ask("GET", "/sessions/current", by).json()["name"] == "Gus"
    assert house.ask("GET", "/me", by).json()["name"] == "Gus"
    secret = by["cookie"].partition("=")[2]
    assert secret not in answer.text


@pytest.mark.usefixtures("gus")
def test_on_loopback_the_cookie_is_kept_without_https(house: Served) -> None:
    said = sign_in(house).headers["set-cookie"]
    assert said.startswith(f"{COOKIE_PLAIN}=")
    parts = {part.strip().lower() for part in said.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert "secure" not in parts
    assert f"max-age={int(LONGEST.total_seconds())}" in parts


def over_https(cookie: str = "") -> Request:
    headers = [(b"host", b"desk.example"), (b"cookie", cookie.encode())]
    return Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": "https",
            "path": "/",
            "query_string": b"",
            "headers": headers,
            "server": ("desk.example", 443),
        }
    )


@pytest.mark.parametrize("says", ["set", "forget"])
def test_over_https_only_this_host_can_have_set_it(says: str) -> None:
    answer = Response()
    if says == "set":
        set_cookie(over_https(), answer, "secret")
    else:
        forget_cookie(over_https(), answer)
    said = answer.headers["set-cookie"]
    assert said.startswith(f"{COOKIE}=")
    parts = {part.strip().lower() for part in said.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    assert ("max-age=0" in parts) is (says == "forget")


def test_over_https_a_cookie_that_anybody_could_have_set_is_not_read() -> None:
    assert Shown.by(over_https(f"{COOKIE_PLAIN}=planted")).cookie == ""
    assert Shown.by(over_https(f"{COOKIE}=ours")).cookie == "ours"


@pytest.mark.usefixtures("gus")
def test_signing_out_ends_the_session_and_takes_the_cookie_away(house: Served) -> None:
    by = with_cookie(sign_in(house))
    answer = house.ask("DELETE", "/sessions/current", by)
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert house.ask("GET", "/sessions/current", by).status_code == 401
    assert house.ask("DELETE", "/sessions/current").status_code == 204


@pytest.mark.usefixtures("gus")
def test_each_sign_in_has_a_secret_of_its_own_and_ends_the_browsers_last(house: Served) -> None:
    first = with_cookie(sign_in(house))
    second = with_cookie(house.ask("POST", "/sessions", first, json=GUS))
    house.http.cookies.clear()
    assert first != second
    assert house.ask("GET", "/me", first).status_code == 401
    assert house.ask("GET", "/me", second).status_code == 200


def test_a_ban_and_signing_out_everywhere_hold_at_once(house: Served, gus: Actor) -> None:
    assert gus.id is not None
    first = with_cookie(sign_in(house))
    sign_out_everywhere(house.store, gus)
    assert house.ask("GET", "/me", first).status_code == 401
    second = with_cookie(sign_in(house))
    assert house.ask("GET", "/me", second).status_code == 200
    ban(house.store, SYSTEM, gus.id, reason="A test")
    assert house.ask("GET", "/me", second).status_code == 401
    assert house.ask("GET", "/sessions/current", second).status_code == 401
    assert sign_in(house).json()["code"] == "sign_in"


@pytest.mark.usefixtures("gus")
def test_a_page_of_another_site_signs_nobody_in_or_out(house: Served) -> None:
    foreign = [OTHER, {"origin": "https://evil.example"}, {"origin": "null"}]
    by = with_cookie(sign_in(house))
    for headers in foreign:
        assert house.ask("POST", "/sessions", headers, json=GUS).status_code == 403
        cookie = {"cookie": by["cookie"]} | headers
        assert house.ask("DELETE", "/sessions/current", cookie).status_code == 403
    assert house.ask("DELETE", "/sessions/current", {"cookie": by["cookie"]}).status_code == 403
    assert house.ask("GET", "/me", by).status_code == 200


@pytest.mark.usefixtures("gus")
def test_wrong_tries_lock_as_on_the_screens_whoever_exists(house: Served) -> None:
    for email in ("gus@example.org", "nobody@example.org"):
        told = [sign_in(house, email=email, secret="wrong one").json() for _ in range(8)]
        assert {each["code"] for each in told} == {"sign_in"}
        titles = [each["title"] for each in told]
        assert titles == sorted(titles)  # wrong, then locked
        assert len(set(titles)) == 2
    assert sign_in(house).json()["title"] == "Too many wrong tries."


@pytest.mark.usefixtures("gus")
def test_one_address_tries_so_often_and_no_more(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "COSTLY", {"start_web_session": 2})
    told = [sign_in(house, email=f"{number}@example.org").status_code for number in range(3)]
    assert told == [401, 401, 429]


def test_the_second_step_is_asked_for_and_goes_on(house: Served, gus: Actor) -> None:
    recovery = second_step_of(house.store, gus)
    asked = sign_in(house)
    assert (asked.status_code, asked.json()["code"]) == (401, "code_needed")
    assert "set-cookie" not in asked.headers
    begun = asked.json()["begun"]
    wrong = house.ask("POST", "/sessions", json={"begun": begun, "code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in")
    assert house.ask("POST", "/sessions", json={"begun": "x", "code": "1"}).status_code == 401
    assert house.ask("POST", "/sessions", json=GUS | {"begun": begun}).status_code == 400
    right = house.ask("POST", "/sessions", json={"begun": begun, "code": recovery})
    assert right.status_code == 201, right.text
    assert right.json()["name"] == "Gus"
    assert sign_in(house, code=recovery).status_code == 401  # it stands in once


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"email": 1}', b'{"surprise": 1}', b'{"email": "' + b"x" * 2000 + b'"}'],
)
def test_what_is_no_sign_in_is_refused_in_words(house: Served, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = house.ask("POST", "/sessions", content=body, headers=headers)
    assert answer.status_code in (400, 401)
    assert answer.json()["title"]


def test_a_form_of_a_page_signs_nobody_in_here(house: Served, gus: Actor) -> None:
    assert gus.id is not None
    assert house.ask("POST", "/sessions", data=GUS).status_code == 415


@pytest.mark.usefixtures("gus")
def test_a_session_in_use_goes_on_longer_than_one_that_rests(house: Served) -> None:
    by, other = with_cookie(sign_in(house)), with_cookie(sign_in(house))
    began = utc_now()
    house.store.clock = lambda: began + IDLE * 0.75
    assert house.ask("GET", "/me", by).status_code == 200
    house.store.clock = lambda: began + IDLE * 1.5
    assert house.ask("GET", "/me", by).status_code == 200
    assert house.ask("GET", "/me", other).status_code == 401
