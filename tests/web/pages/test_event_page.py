"""The page of an event: what it shows, to whom, and how it is found."""

from datetime import timedelta
from typing import Unpack
from uuid import uuid4

import pytest

from eventdesk.acts import SYSTEM, Role
from eventdesk.events import (
    EventChanges,
    NewVenue,
    Visibility,
    add_venue,
    cancel_event,
    change_event,
    event_detail,
    invite,
    withdraw_event,
)
from eventdesk.programme import (
    NewSession,
    NewSpeaker,
    NewSponsor,
    add_session,
    add_speaker,
    add_sponsor,
)
from eventdesk.web import rates
from tests.build import NOON, Fair
from tests.people import PASSWORD, make_guest, make_staff
from tests.web.pages.browsing import Browser
from tests.web.serving import Served

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(autouse=True)
def _in_time(fair: Fair) -> None:
    fair.store.clock = lambda: NOON


@pytest.fixture
def visitor(house: Served) -> Browser:
    return Browser(house)


def path(fair: Fair) -> str:
    return f"/events/{fair.event.id}"


def change(fair: Fair, **values: Unpack[EventChanges]) -> None:
    change_event(fair.store, SYSTEM.at(NOON), fair.event.id, values)


def fill(fair: Fair, text: str) -> None:
    """Give the event all that its page can show, with the same words everywhere."""
    by, event_id = SYSTEM.at(NOON), fair.event.id
    change(fair, description=f"# About\n\n**Come!** {text}", category=text[:40], language="de")
    add_venue(fair.store, by, event_id, NewVenue(f"Hall {text}", "Am Hafen 1\n20095 Hamburg"))
    speaker = add_speaker(fair.store, by, event_id, NewSpeaker(f"Ada {text}", biography=text))
    begins = NOON + timedelta(hours=1)
    for number, title in enumerate(("Opening", f"Talk {text}")):
        at = begins + timedelta(days=number)
        new = NewSession(title, at, at + timedelta(hours=1), speaker_ids=(speaker.id,))
        add_session(fair.store, by, event_id, new)
    sponsor = NewSponsor(f"Acme {text}", "Gold", text, "https://acme.example")
    add_sponsor(fair.store, by, event_id, sponsor)


@pytest.mark.parametrize("language", ["en", "de"])
def test_it_shows_what_when_where_and_what_is_sold(
    fair: Fair, visitor: Browser, language: str
) -> None:
    fill(fair, "here")
    visitor.language = language
    page = visitor.open(path(fair))
    assert page.one("h1").text == "Demo Days"
    main = page.one("main").text
    for words in ("Come!", "Hall here, Am Hafen 1, 20095 Hamburg", "Regular", "VIP", "Gold"):
        assert words in main
    assert [each.text for each in page.all("strong") if "Talk" in each.text] == ["Talk here"]
    assert "13:00–14:00" in main
    links = [each.attributes["href"] for each in page.all("a")]
    assert (
        "https://www.openstreetmap.org/search?"
        "query=Hall+here%2C+Am+Hafen+1%2C+20095+Hamburg" in links
    )
    assert "https://acme.example" in links
    assert "x-robots-tag" not in visitor.ask(path(fair)).headers


def test_the_first_page_leads_to_it(fair: Fair, visitor: Browser) -> None:
    [link] = [each for each in visitor.open("/").all("a") if each.text == "Demo Days"]
    assert link.attributes["href"] == path(fair)


def test_what_people_wrote_is_text_and_never_markup(fair: Fair, visitor: Browser) -> None:
    fill(fair, HOSTILE)
    change(fair, name=HOSTILE)
    page = visitor.open(path(fair))
    assert page.one("h1").text == HOSTILE
    assert not page.all("img")
    assert page.one("main").text.count("<script>") > 5


def test_nothing_is_fetched_from_elsewhere_for_it(fair: Fair, visitor: Browser) -> None:
    fill(fair, "![x](https://evil.example/a.png) [y](javascript:alert(1))")
    page = visitor.open(path(fair))
    assert {each.attributes.get("src", "data:")[:5] for each in page.elements} == {"data:"}
    addresses = [each.attributes["href"] for each in page.all("a")]
    assert not [each for each in addresses if each.startswith("javascript")]


def test_a_private_event_opens_by_its_code_alone(fair: Fair, visitor: Browser) -> None:
    change(fair, visibility=Visibility.PRIVATE, access_code="swim-2026")
    for wrong in ("", "?code=", "?code=guess-1", "?code=" + "x" * 5000):
        visitor.open(path(fair) + wrong, 404)
    nowhere = visitor.open(f"/events/{uuid4()}", 404)
    assert nowhere.one("h1").text == visitor.open(path(fair), 404).one("h1").text
    opened = f"{path(fair)}?code=swim-2026"
    page = visitor.open(opened)
    assert "Regular" in page.one("main").text
    assert "swim" not in page.one("main").text.lower()
    headers = visitor.ask(opened).headers
    assert headers["x-robots-tag"] == "noindex"
    assert headers["referrer-policy"] == "same-origin"
    [meta] = [each for each in page.all("meta") if each.attributes.get("name") == "robots"]
    assert meta.attributes["content"] == "noindex"
    calendar = [e.attributes["href"] for e in page.all("a") if "calendar" in e.attributes["href"]]
    answer = visitor.ask(calendar[0])
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert visitor.ask(f"{path(fair)}/calendar.ics").status_code == 404


def test_a_private_event_is_found_by_its_code_on_the_first_page(
    fair: Fair, visitor: Browser
) -> None:
    change(fair, visibility=Visibility.PRIVATE, access_code="swim-2026")
    assert not visitor.open("/").all("h2")
    [link] = [each for each in visitor.open("/?q=SWIM+2026").all("a") if each.text == "Demo Days"]
    assert visitor.open(link.attributes["href"]).one("h1").text == "Demo Days"


def test_an_event_by_invitation_is_there_for_the_invited_alone(
    fair: Fair, house: Served, visitor: Browser
) -> None:
    change(fair, visibility=Visibility.INVITED)
    for name in ("Gus", "Eve"):
        make_guest(fair.store, name, secret=PASSWORD)
    invite(fair.store, SYSTEM.at(NOON), fair.event.id, ["gus@example.org"])
    visitor.open(path(fair), 404)
    visitor.sign_in("Eve").open(path(fair), 404)
    page = visitor.sign_in("Gus").open(path(fair))
    assert page.one("h1").text == "Demo Days"
    assert visitor.ask(path(fair)).headers["x-robots-tag"] == "noindex"


def test_the_short_address_leads_to_it(fair: Fair, house: Served, visitor: Browser) -> None:
    make_staff(fair, Role.ORGANIZER, "Olga")
    code = event_detail(fair.store, SYSTEM.at(NOON), fair.event.id).code
    for short in (f"/e/{code}", f"/e/{code.lower()}", f"/events/{code}"):
        assert visitor.ask(short).headers["location"] == path(fair)
    assert f"/e/{code}" not in visitor.open(path(fair)).one("main").text
    olga = visitor.sign_in("Olga")
    assert f"/e/{code}" in olga.open(path(fair)).one("main").text
    change(fair, visibility=Visibility.PRIVATE, access_code="swim-2026")
    assert "/e/SWIM2026" in olga.open(path(fair)).one("main").text
    visitor.leave()
    assert visitor.ask("/e/SWIM2026").headers["location"] == f"{path(fair)}?code=SWIM2026"
    for wrong in (code, "nothing", "x" * 3000, "..%2f..", "<script>"):
        visitor.open(f"/e/{wrong}", 404)


def test_a_draft_is_for_the_team_and_a_cancelled_event_says_so(
    fair: Fair, house: Served, visitor: Browser
) -> None:
    make_staff(fair, Role.ORGANIZER, "Olga")
    withdraw_event(fair.store, SYSTEM.at(NOON), fair.event.id)
    visitor.open(path(fair), 404)
    page = visitor.sign_in("Olga").open(path(fair))
    assert "Only the team sees this page yet." in page.one("main").text


def test_a_cancelled_event_says_so(fair: Fair, visitor: Browser) -> None:
    cancel_event(fair.store, SYSTEM.at(NOON), fair.event.id, reason="a storm")
    assert "This event was cancelled." in visitor.open(path(fair)).one("main").text


def test_guesses_of_codes_are_counted(
    fair: Fair, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rates.COSTLY, "event_by_code", 3)
    answers = [visitor.ask(f"/e/GUESS{number}").status_code for number in range(4)]
    assert answers == [404, 404, 404, 429]
    assert visitor.ask(f"{path(fair)}?code=GUESS").status_code == 429
    assert visitor.ask(path(fair)).status_code == 200
