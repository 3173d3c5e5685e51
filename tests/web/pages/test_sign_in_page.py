"""Signing in and out on pages: forms that work without a script, and what nobody gets by them."""

from typing import Any

import pytest

from eventdesk.accounts import ban
from eventdesk.acts import SYSTEM, Actor
from eventdesk.web import rates as rates_module
from eventdesk.web.pages.forms import FORM, MOST_OF_FORM, own_path
from tests.people import PASSWORD, make_guest
from tests.web.pages.reading_pages import Page
from tests.web.second_steps import second_step_of
from tests.web.serving import Served

OWN = {"accept": "text/html", "sec-fetch-site": "same-origin"}
GUS = {"email": "gus@example.org", "secret": PASSWORD}


@pytest.fixture
def gus(house: Served) -> Actor:
    return make_guest(house.store, "Gus", secret=PASSWORD)


def get(house: Served, path: str) -> Any:
    return house.http.get(path, headers=OWN)


def send(house: Served, path: str = "/sign-in", **values: str) -> Any:
    return house.http.post(path, data=values, headers=OWN)


def sign_in(house: Served, **more: str) -> Any:
    """Fill in the form as a browser shows it, and send it."""
    form = Page(get(house, "/sign-in").text).form("/sign-in")
    assert form.method == "post"
    return send(house, **form.values | GUS | more)


@pytest.mark.usefixtures("gus")
def test_who_signs_in_is_led_on_and_named_and_signs_out_again(house: Served) -> None:
    answer = sign_in(house)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "httponly" in answer.headers["set-cookie"].lower()
    page = Page(get(house, "/").text)
    page.need_good("en")
    assert "Gus" in page.one("header").text
    assert get(house, "/sign-in").headers["location"] == "/"
    out = send(house, page.form("/sign-out").action)
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert "max-age=0" in out.headers["set-cookie"].lower()
    assert "Gus" not in get(house, "/").text
    assert house.ask("GET", "/sessions/current").status_code == 401


@pytest.mark.parametrize("email", ["gus@example.org", "nobody@example.org", '"><script>x'])
@pytest.mark.usefixtures("gus")
def test_what_is_wrong_is_told_beside_its_fields_and_tells_nothing(
    house: Served, email: str
) -> None:
    answer = sign_in(house, email=email, secret="not it at all")
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers
    page = Page(answer.text)
    page.need_good("en")
    assert "is wrong" in page.by_id("problem").text
    for name in ("email", "secret"):
        assert page.by_id(name).attributes["aria-describedby"] == "problem"
    assert page.by_id("email").attributes["value"] == email
    assert "value" not in page.by_id("secret").attributes
    assert "not it at all" not in answer.text


@pytest.mark.parametrize("missing", ["email", "secret"])
def test_what_is_missing_is_told_beside_its_field(house: Served, missing: str) -> None:
    answer = sign_in(house, **{missing: ""})
    assert answer.status_code == 422
    page = Page(answer.text)
    page.need_good("en")
    assert page.by_id(missing).attributes["aria-describedby"] == f"{missing}-wrong"
    assert page.by_id(f"{missing}-wrong").text
    [other] = {"email", "secret"} - {missing}
    assert "aria-invalid" not in page.by_id(other).attributes


@pytest.mark.usefixtures("gus")
def test_wrong_tries_lock_as_elsewhere(house: Served) -> None:
    told = [Page(sign_in(house, secret="wrong").text).by_id("problem").text for _ in range(8)]
    assert "Too many wrong tries." in told[-1]
    assert "Too many wrong tries." in Page(sign_in(house).text).by_id("problem").text


@pytest.mark.usefixtures("gus")
def test_one_address_tries_so_often_and_no_more(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "COSTLY", {"start_web_session": 1})
    assert sign_in(house, secret="wrong").status_code == 422
    answer = sign_in(house)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    Page(answer.text).need_good("en")


def test_a_second_step_is_asked_for_and_goes_on(house: Served, gus: Actor) -> None:
    recovery = second_step_of(house.store, gus)
    answer = sign_in(house, next="/sign-in?lang=de")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    page = Page(answer.text)
    page.need_good("en")
    form = page.form("/sign-in")
    assert form.values["next"] == "/sign-in?lang=de"
    assert PASSWORD not in answer.text
    for wrong in ("", "000000"):
        again = send(house, **form.values | {"code": wrong})
        assert again.status_code == 422
        asked = Page(again.text)
        asked.need_good("en")
        assert "problem" in asked.by_id("code").attributes["aria-describedby"].split()
    done = send(house, **form.values | {"code": recovery})
    assert (done.status_code, done.headers["location"]) == (303, "/sign-in?lang=de")
    assert "Gus" in get(house, "/").text


def test_a_made_up_second_step_is_over(house: Served) -> None:
    answer = send(house, begun="made up", code="123456")
    assert answer.status_code == 422
    Page(answer.text).need_good("en")


@pytest.mark.parametrize(
    "said",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "/ä",
        "/#<script>",
        "/" + "x" * 1000,
        "",
    ],
)
@pytest.mark.usefixtures("gus")
def test_nobody_is_led_to_another_site(house: Served, said: str) -> None:
    asked = house.http.get("/sign-in", params={"next": said}, headers=OWN)
    assert Page(asked.text).form("/sign-in").values["next"] == "/"
    answer = send(house, **GUS, next=said)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    already = house.http.get("/sign-in", params={"next": said}, headers=OWN)
    assert already.headers["location"] == "/"


@pytest.mark.parametrize("path", ["/", "/events/7?tab=seats&x=%2F", "/a//b", "/@me"])
def test_a_path_of_our_own_is_where_somebody_goes_on(path: str) -> None:
    assert own_path(path) == path


def test_a_ban_signs_out_at_once_and_the_page_says_so(house: Served, gus: Actor) -> None:
    assert gus.id is not None
    sign_in(house)
    assert "Gus" in get(house, "/").text
    ban(house.store, SYSTEM, gus.id, reason="A test")
    page = get(house, "/sign-in")
    assert "max-age=0" in page.headers["set-cookie"].lower()
    assert "signed out" in Page(page.text).one("main").text
    assert "Gus" not in get(house, "/").text
    assert "closed" in Page(sign_in(house).text).by_id("problem").text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
)
@pytest.mark.usefixtures("gus")
def test_a_form_of_another_site_does_nothing(
    house: Served, path: str, headers: dict[str, str]
) -> None:
    sign_in(house)
    page = {"accept": "text/html"}
    answer = house.http.post(path, data=GUS, headers=page | headers)
    assert answer.status_code == 403
    Page(answer.text).need_good("en")
    assert "set-cookie" not in answer.headers
    assert "Gus" in get(house, "/").text


@pytest.mark.usefixtures("gus")
def test_an_older_browser_says_whose_page_it_was(house: Served) -> None:
    own = {"accept": "text/html", "origin": house.url}
    assert house.http.post("/sign-in", data=GUS, headers=own).status_code == 303


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"email=a&email=b&secret=c", FORM, 400),
        (b"email=%ff&secret=c", FORM, 400),
        (b"email=\xff&secret=c", FORM, 400),
        (b"&".join(b"a%d=b" % each for each in range(60)), FORM, 400),
        (b"email=" + b"a" * MOST_OF_FORM, FORM, 413),
        (b'{"email": "a"}', "application/json", 415),
        (b"email=a&secret=b", "text/plain", 415),
        (b"email=a&secret=" + b"b" * 30_000, FORM, 422),
        (b"email=%00&secret=%00", FORM, 400),
        (b"", FORM, 422),
    ],
)
def test_what_is_no_form_is_refused_in_words(
    house: Served, body: bytes, kind: str, status: int
) -> None:
    answer = house.http.post("/sign-in", content=body, headers=OWN | {"content-type": kind})
    assert answer.status_code == status
    Page(answer.text).need_good("en")
