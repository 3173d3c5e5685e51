"""Finding events on the first page: by words, category, place, date and price."""

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.events import NewVenue, add_venue, change_event
from eventdesk.web import rates
from eventdesk.web.pages import home as home_module
from tests.build import NOON, Fair, make_fair
from tests.web.pages.browsing import Browser
from tests.web.serving import Served


@pytest.fixture
def visitor(fair: Fair, house: Served) -> Browser:
    """A visitor of a house with a concert in Kiel and another event."""
    fair.store.clock = lambda: NOON
    concert = make_fair(house.store, "Évening Jazz").event.id
    change_event(house.store, SYSTEM.at(NOON), concert, {"category": "Concert"})
    add_venue(house.store, SYSTEM.at(NOON), concert, NewVenue("Pier", "Kiel"))
    return Browser(house)


def found(browser: Browser, query: str, status: int = 200) -> list[str]:
    return [each.text for each in browser.open(f"/?{query}", status).all("h2")]


@pytest.mark.parametrize(
    "query",
    ["q=evening", "category=concert", "place=kiel", "q=jazz&place=pier&category=Concert&price="],
)
def test_it_is_found_by_what_is_known_of_it(visitor: Browser, query: str) -> None:
    assert found(visitor, query) == ["Évening Jazz"]


def test_days_and_prices_narrow_it(visitor: Browser) -> None:
    both = {"Demo Days", "Évening Jazz"}
    assert set(found(visitor, "from=2026-06-02")) == both
    assert found(visitor, "from=2026-06-03") == []
    assert set(found(visitor, "until=2026-06-01")) == both
    assert found(visitor, "until=2026-05-31") == []
    assert set(found(visitor, "price=120")) == both
    assert set(found(visitor, "price=120,00")) == both
    assert found(visitor, "price=119.99") == []


def test_what_was_typed_stays_and_is_kept_from_page_to_page(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_module, "SHOWN", 1)
    page = visitor.open("/?place=&from=2026-06-01&price=500")
    form = page.form("/")
    assert form.method == "get"
    assert form.values == {
        "q": "",
        "category": "",
        "place": "",
        "from": "2026-06-01",
        "until": "",
        "price": "500",
    }
    [link] = [each for each in page.all("a") if each.attributes.get("rel") == "next"]
    assert link.attributes["href"] == "/?from=2026-06-01&price=500&page=2"
    assert len(visitor.open(link.attributes["href"]).all("h2")) == 1
    assert "open" in page.one("details").attributes
    assert "open" not in visitor.open("/?q=x").one("details").attributes


@pytest.mark.parametrize("field", ["from", "until", "price"])
@pytest.mark.parametrize("typed", ["x", "2026-13-45", "-1", "0001-01-01", "9999-12-31", "1e9", "٣"])
def test_what_cannot_be_read_is_said_at_its_field(visitor: Browser, field: str, typed: str) -> None:
    page = visitor.open(f"/?{field}={typed}", 422)
    assert page.by_id(field).attributes["aria-describedby"].endswith(f"{field}-wrong")
    assert page.form("/").values[field] == typed
    assert len(page.all("h2")) == 2


@pytest.mark.parametrize("said", ['"><script>x', "%F0%9F%A6%80", "x" * 5000, "*", "%25", '"'])
def test_hostile_words_find_nothing_and_break_nothing(visitor: Browser, said: str) -> None:
    for name in ("q", "category", "place"):
        page = visitor.open(f"/?{name}={said}")
        assert not page.all("script")
    visitor.open("/?q=%00", 400)


def test_words_that_find_nothing_lead_back(visitor: Browser) -> None:
    page = visitor.open("/?q=nowhere")
    assert "Nothing is found" in page.one("main").text
    assert [each.text for each in page.all("a") if each.text == "All events"]


def test_searches_are_counted_and_looking_at_the_first_page_is_not(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rates.COSTLY, "browse", 2)
    for _number in range(4):
        visitor.open("/")
    answers = [visitor.ask("/?q=guess").status_code for _number in range(3)]
    assert answers == [200, 200, 429]
