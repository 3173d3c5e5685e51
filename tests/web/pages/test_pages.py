"""Pages: what every one of them is, in each language, and what a browser may do with it."""

import re
from typing import Any

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.core.messages import SPOKEN
from eventdesk.desk import Desk
from eventdesk.events import Visibility, change_event
from eventdesk.web.pages import home as home_module
from eventdesk.web.pages import rendering
from tests.build import NOON, Fair, make_fair
from tests.web.pages.reading_pages import Page
from tests.web.serving import Served

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

PAGES = {
    "/": 200,
    "/?page=9": 200,
    "/?q=days&from=2026-06-01": 200,
    "/?price=x": 422,
    "/sign-in": 200,
    "/sign-in?new=1": 200,
    "/sign-up": 200,
    "/forgotten": 200,
    "/new-secret": 200,
    "/new-secret?asked=mail": 200,
    "/events/nothing": 404,
    "/e/nothing": 404,
    "/nowhere": 404,
    "/sign-out": 405,
}
"""Pages that a visitor may open, and what HTTP says of each."""


@pytest.fixture(autouse=True)
def _in_time(fair: Fair) -> None:
    fair.store.clock = lambda: NOON


def get(house: Served, path: str, **headers: str) -> Any:
    return house.http.get(path, headers=HTML | headers)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_whole_in_each_language(house: Served, path: str, language: str) -> None:
    answer = get(house, path, **{"accept-language": f"{language}-CH,tlh;q=0.5"})
    assert answer.status_code == PAGES[path]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == language
    Page(answer.text).need_good(language)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_from_elsewhere_and_no_script_runs_on_a_page(house: Served, path: str) -> None:
    headers = get(house, path).headers
    said = [each.split() for each in headers["content-security-policy"].split(";")]
    policy = {name: values for name, *values in said}
    assert policy == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_the_style_sheet_is_kept_for_ever_and_is_another_where_it_changed(house: Served) -> None:
    page = Page(get(house, "/").text)
    [address] = [
        each.attributes["href"]
        for each in page.all("link")
        if each.attributes["rel"] == "stylesheet"
    ]
    assert re.fullmatch(r"/static/app\.[0-9a-f]{16}\.css", address)
    answer = house.http.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    for wrong in ("/static/app.css", "/static/app.0000000000000000.css", "/static/..%2fapp.py"):
        assert house.http.get(wrong).status_code == 404


def test_the_style_sheet_fetches_nothing_and_knows_the_readers_choices(house: Served) -> None:
    style = (rendering.TEMPLATES.parent / "static" / "app.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    for each in ("light-dark(", ":focus-visible", "prefers-reduced-motion", "@layer"):
        assert each in style
    assert not re.search(r"(?:margin|padding|border)-(?:left|right|top|bottom)", style)


def test_a_language_that_was_chosen_stays_chosen(house: Served) -> None:
    assert Page(get(house, "/").text).one("html").attributes["lang"] == "en"
    page = Page(get(house, "/sign-in?next=/a%3Fb").text)
    [link] = [each for each in page.all("a") if each.attributes.get("hreflang") == "de"]
    assert link.attributes["href"] == "?next=%2Fa%3Fb&lang=de"
    chosen = get(house, "/sign-in" + link.attributes["href"])
    assert Page(chosen.text).form("/sign-in").values["next"] == "/a?b"
    said = chosen.headers["set-cookie"].lower()
    assert said.startswith("language=de;")
    assert "httponly" in said
    assert "samesite=lax" in said
    house.http.cookies.clear()
    remembered = get(house, "/", cookie="language=de", **{"accept-language": "en"})
    assert Page(remembered.text).one("html").attributes["lang"] == "de"
    assert "set-cookie" not in remembered.headers


@pytest.mark.parametrize("said", ["tlh", "qps", "", "../../etc", "%00", "de%0d%0aX: y", "x" * 3000])
def test_a_language_of_nobody_chooses_none(house: Served, said: str) -> None:
    answer = get(house, f"/?lang={said}")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert Page(answer.text).one("html").attributes["lang"] == "en"


def test_the_first_page_lists_what_everybody_may_see(fair: Fair, house: Served) -> None:
    hidden = make_fair(house.store, "A secret")
    change_event(house.store, SYSTEM.at(NOON), hidden.event.id, {"visibility": Visibility.PRIVATE})
    page = Page(get(house, "/").text)
    assert [each.text for each in page.all("h2")] == ["Demo Days"]
    assert "120.00 EUR" in page.one("main").text
    assert page.one("time").attributes["datetime"].endswith("+00:00")


def test_what_people_named_is_text_and_never_markup(fair: Fair, house: Served) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}&lt;"
    change_event(house.store, SYSTEM.at(NOON), fair.event.id, {"name": hostile})
    answer = get(house, "/")
    page = Page(answer.text)
    page.need_good("en")
    assert page.one("h2").text == hostile
    assert not page.all("img")


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e3", "999999999999", "٣", ""])
def test_a_page_of_a_number_that_is_none_is_the_first(house: Served, number: str) -> None:
    assert len(Page(get(house, f"/?page={number}").text).all("h2")) == 1


def test_many_events_come_in_pages(
    fair: Fair, house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_module, "SHOWN", 1)
    make_fair(house.store, "Another")
    first, second = Page(get(house, "/").text), Page(get(house, "/?page=2").text)
    assert [first.one("h2").text, second.one("h2").text] == ["Demo Days", "Another"]
    assert [each.attributes["href"] for each in first.all("a") if "rel" in each.attributes] == [
        "/?page=2"
    ]
    assert [each.attributes["href"] for each in second.all("a") if "rel" in each.attributes] == [
        "/?page=1"
    ]


@pytest.mark.parametrize("path", ["//evil.example/x", "/<script>alert(1)</script>", "/a?b=<b>"])
def test_an_address_of_nowhere_is_told_without_repeating_it(house: Served, path: str) -> None:
    answer = house.http.get(house.url + path, headers=HTML)
    assert answer.status_code == 404
    page = Page(answer.text)
    page.need_good("en")
    assert answer.headers["x-request-id"] in page.one("main").text
    hrefs = [each.attributes["href"] for each in page.all("a")]
    assert not [each for each in hrefs if "evil" in each or each.startswith("//")]


def test_programs_and_the_api_get_problems_as_before(house: Served) -> None:
    plain = house.http.get("/nowhere")
    assert plain.headers["content-type"] == "application/problem+json"
    api = get(house, "/api/v1/nowhere")
    assert api.headers["content-type"] == "application/problem+json"


def test_a_mistake_of_ours_is_a_page_with_the_number_of_the_request(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("a secret of the program")

    monkeypatch.setattr(Desk, "read", broken)
    answer = get(house, "/", **{"accept-language": "de"})
    assert answer.status_code == 500
    page = Page(answer.text)
    page.need_good("de")
    assert answer.headers["x-request-id"] in page.one("main").text
    assert "secret" not in answer.text
