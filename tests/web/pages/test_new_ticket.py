"""Making a ticket on a page: who may, what it takes, and that it opens the door at once."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from eventdesk.acts import SYSTEM, Permission, Role
from eventdesk.booking import list_bookings, my_ticket
from eventdesk.core.money import Money
from eventdesk.door import Outcome, check_in
from eventdesk.events import cancel_event, events_to_issue_for
from eventdesk.sales import (
    NewTicketType,
    add_ticket_type,
    change_ticket_type,
    list_ticket_types,
    switch_ticket_type,
)
from tests.build import NOON, Fair, make_fair
from tests.people import PASSWORD, make_another_admin, make_cohost, make_guest, make_staff
from tests.web.pages.browsing import Browser
from tests.web.serving import Served

NEW = "/tickets/new"


@pytest.fixture(autouse=True)
def _in_time(fair: Fair) -> None:
    fair.store.clock = lambda: NOON


@pytest.fixture
def olga(fair: Fair, house: Served) -> Browser:
    """The browser of an organizer."""
    make_staff(fair, Role.ORGANIZER, "Olga")
    return Browser(house).sign_in("Olga")


def total(fair: Fair) -> int:
    return list_bookings(fair.store, SYSTEM, fair.event.id)[1]


def test_a_name_becomes_a_ticket_that_opens_the_door(fair: Fair, olga: Browser) -> None:
    form = olga.open(NEW).form(NEW)
    assert form.method == "post"
    assert form.values["event"] == str(fair.event.id)
    assert form.values["ticket_type"] == str(fair.regular)
    made = olga.led(NEW, **form.values | {"name": "Zoë Müller"})
    page = olga.open(made)
    assert "Zoë Müller" in page.one("main").text
    assert page.all("svg")
    ticket = my_ticket(fair.store, SYSTEM, UUID(made.split("/")[-1].partition("?")[0]))
    result = check_in(fair.store, SYSTEM.at(NOON), fair.scan(ticket.token))
    assert result.outcome is Outcome.ADMITTED
    [line] = list_bookings(fair.store, SYSTEM, fair.event.id)[0]
    assert (line.name, line.email, line.source, line.state) == (
        "Zoë Müller",
        "",
        "organizer",
        "paid",
    )


def test_without_the_money_the_page_says_when_the_code_comes(fair: Fair, olga: Browser) -> None:
    values = olga.open(NEW).form(NEW).values | {"name": "Ada"}
    del values["paid"]
    page = olga.open(olga.led(NEW, **values))
    assert not page.all("svg")
    assert "when the booking is paid" in page.one("main").text


def test_sent_twice_it_is_one_ticket_and_another_name_is_another(fair: Fair, olga: Browser) -> None:
    values = olga.open(NEW).form(NEW).values | {"name": "Ada"}
    assert olga.led(NEW, **values) == olga.led(NEW, **values)
    assert total(fair) == 1
    olga.led(NEW, **values | {"name": "Grace"})
    olga.led(NEW, **olga.open(NEW).form(NEW).values | {"name": "Ada"})
    assert total(fair) == 3


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    fair: Fair, olga: Browser
) -> None:
    values = olga.open(NEW).form(NEW).values
    hostile = '"><script>alert(1)</script>'
    wrong = values | {"ticket_type": str(fair.vip), "email": hostile}
    del wrong["paid"]
    page = olga.refused(NEW, wrong)
    assert page.by_id("name").attributes["aria-describedby"] == "name-help name-wrong"
    assert "needs its holder's name" in page.by_id("name-wrong").text
    kept = page.form(NEW).values
    assert kept == wrong | {"name": ""}
    long = olga.refused(NEW, values | {"name": "Ada", "email": "a" * 255})
    assert "too long" in long.by_id("email-wrong").text
    odd = olga.refused(NEW, values | {"name": "Ada", "ticket_type": str(uuid4())})
    assert odd.by_id("ticket_type-wrong").text == "Choose a ticket type."
    assert total(fair) == 0


def test_it_counts_against_the_quota(fair: Fair, olga: Browser) -> None:
    kinds = {
        each.id: each for each in list_ticket_types(fair.store, SYSTEM.at(NOON), fair.event.id)
    }
    few = replace(kinds[fair.vip].about, quota=1)
    change_ticket_type(fair.store, SYSTEM.at(NOON), fair.vip, few)
    values = olga.open(NEW).form(NEW).values | {"ticket_type": str(fair.vip)}
    assert "VIP, 290.00 EUR, 1 left" in olga.open(NEW).one("select").text
    olga.led(NEW, **values | {"name": "Ada"})
    page = olga.refused(NEW, values | {"name": "Grace"})
    assert "sold out" in page.by_id("ticket_type-wrong").text
    assert page.form(NEW).values["name"] == "Grace"


def test_only_types_are_offered_that_let_one_person_in_and_are_on(
    fair: Fair, olga: Browser
) -> None:
    group = NewTicketType("Table of four", Money(40000, "EUR"), admits=4)
    add_ticket_type(fair.store, SYSTEM.at(NOON), fair.event.id, group)
    switch_ticket_type(fair.store, SYSTEM.at(NOON), fair.vip, active=False)
    assert [each.text for each in olga.open(NEW).all("option")] == ["Regular, 120.00 EUR"]
    switch_ticket_type(fair.store, SYSTEM.at(NOON), fair.regular, active=False)
    assert "no ticket type" in olga.open(NEW).one("main").text


def test_of_several_events_one_is_chosen_first(fair: Fair, house: Served, olga: Browser) -> None:
    other = make_fair(house.store, "A <b>second</b> fair")
    make_another_admin(house.store)
    boss = Browser(house).sign_in("Boss")
    page = boss.open(NEW)
    form = page.form(NEW)
    assert form.method == "get"
    assert {each.text for each in page.all("option")} == {"Demo Days", "A <b>second</b> fair"}
    chosen = boss.open(f"{NEW}?event={other.event.id}").form(NEW).values
    assert chosen["ticket_type"] == str(other.regular)
    boss.led(NEW, **chosen | {"name": "Ada"})
    assert total(other) == 1
    for odd in ("x", "", "../..", str(uuid4())):
        assert boss.ask(f"{NEW}?event={odd}").status_code in (200, 404)


def test_who_has_no_tickets_to_give_out_is_refused(fair: Fair, house: Served) -> None:
    make_staff(fair, Role.STAFF, "Sam")
    make_cohost(fair, Permission.DOOR, name="Dora")
    make_cohost(fair, Permission.TICKETS, name="Tim")
    make_guest(fair.store, "Gus", secret=PASSWORD)
    browser = Browser(house)
    values = {"event": str(fair.event.id), "ticket_type": str(fair.regular), "name": "Ada"}
    assert browser.ask(NEW).headers["location"] == "/sign-in?next=%2Ftickets%2Fnew"
    assert browser.led(NEW, **values) == "/sign-in?next=%2Ftickets%2Fnew"
    for name in ("Sam", "Dora", "Gus"):
        browser.sign_in(name)
        assert NEW not in [each.attributes["href"] for each in browser.open("/").all("a")]
        assert "may make tickets" in browser.open(NEW, 403).one("h1").text
        browser.refused(NEW, values, 403)
    assert total(fair) == 0
    browser.sign_in("Tim")
    assert NEW in [each.attributes["href"] for each in browser.open("/").all("a")]
    browser.led(NEW, **values | {"form": "x" * 32})
    assert total(fair) == 1


def test_a_team_at_one_event_makes_none_for_another(fair: Fair, olga: Browser) -> None:
    other = make_fair(fair.store, "Another")
    there = {"event": str(other.event.id), "ticket_type": str(other.regular), "name": "Ada"}
    nowhere = there | {"event": str(uuid4())}
    pages = [olga.refused(NEW, each, 403) for each in (there, nowhere)]
    pages += [olga.open(f"{NEW}?event={each['event']}", 403) for each in (there, nowhere)]
    assert len({each.one("h1").text for each in pages}) == 1
    assert total(other) == 0


def test_a_form_of_another_site_is_refused(fair: Fair, olga: Browser) -> None:
    values = olga.open(NEW).form(NEW).values | {"name": "Ada"}
    headers = {"accept": "text/html", "sec-fetch-site": "cross-site"}
    assert olga.house.http.post(NEW, data=values, headers=headers).status_code == 403
    assert total(fair) == 0


def test_the_page_is_german_for_who_reads_german(olga: Browser) -> None:
    olga.language = "de"
    assert olga.open(NEW).one("h1").text == "Neues Ticket"


def test_events_that_are_over_or_off_take_no_tickets(fair: Fair) -> None:
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    later = make_fair(fair.store, "Cancelled")
    cancel_event(fair.store, SYSTEM.at(NOON), later.event.id, reason="rain")
    assert [each.name for each in events_to_issue_for(fair.store, SYSTEM.at(NOON))] == ["Demo Days"]
    assert [each.id for each in events_to_issue_for(fair.store, olga.at(NOON))] == [fair.event.id]
    after = fair.event.ends_at
    assert events_to_issue_for(fair.store, olga.at(after)) == []
