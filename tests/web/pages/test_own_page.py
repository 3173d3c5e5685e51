"""The page with one's own tickets and bookings."""

from typing import Any

import pytest

from tests.build import NOON, Fair
from tests.people import PASSWORD, make_guest
from tests.web.pages.browsing import Browser
from tests.web.serving import Served


@pytest.fixture(autouse=True)
def _in_time(fair: Fair) -> None:
    fair.store.clock = lambda: NOON


def browser(fair: Fair, house: Served, **sold: Any) -> Browser:
    """The browser of Gus, with a ticket where one is described."""
    gus = make_guest(fair.store, "Gus", secret=PASSWORD)
    if sold:
        fair.sell_all(account_id=gus.id, **sold)
    return Browser(house).sign_in("Gus")


def test_a_visitor_is_led_to_the_sign_in(house: Served) -> None:
    assert Browser(house).ask("/me").headers["location"] == "/sign-in?next=%2Fme"


def test_who_has_nothing_is_told_so(fair: Fair, house: Served) -> None:
    main = browser(fair, house).open("/me").one("main").text
    assert "There are no tickets here." in main
    assert "There are no bookings here." in main


@pytest.mark.parametrize("language", ["en", "de"])
def test_it_lists_tickets_that_lead_to_their_pages_and_bookings(
    fair: Fair, house: Served, language: str
) -> None:
    hostile = "<b>Gus</b>\"'>"
    gus = browser(fair, house, names=[hostile, "Ada"])
    fair.sell("Somebody else")
    gus.language = language
    page = gus.open("/me")
    links = [e.attributes["href"] for e in page.all("a") if "/tickets/" in e.attributes["href"]]
    assert len(links) == 2
    assert hostile in page.one("main").text
    assert "Somebody" not in page.one("main").text
    assert not page.all("b")
    assert gus.open(links[0]).all("svg")
    assert "240" in page.one("main").text


def test_what_is_to_pay_is_said(fair: Fair, house: Served) -> None:
    page = browser(fair, house, names=["Gus"], paid=False).open("/me")
    assert "120.00 EUR to pay" in page.one("main").text
    assert "when the booking is paid" in page.one("main").text


def test_tickets_of_past_events_are_apart(fair: Fair, house: Served) -> None:
    browser(fair, house, names=["Gus"])
    fair.store.clock = lambda: fair.event.ends_at
    gus = Browser(house).sign_in("Gus")
    assert "There are no tickets here." in gus.open("/me").one("main").text
    assert "Demo Days" in gus.open("/me?past=1").all("h2")[0].text
