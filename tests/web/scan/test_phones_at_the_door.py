"""A day of phones at the door, in a real Chromium with filmed cameras: what goes well and ill."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from eventdesk.accounts import list_devices, offer_phone, revoke_device, set_desk_pin
from eventdesk.acts import SYSTEM, Role
from eventdesk.core.money import Money
from eventdesk.door import read_question_lines, recent_scans
from eventdesk.exercises.false_tickets import forged
from eventdesk.money import open_shift, open_shift_of
from eventdesk.web.pages import scan as scan_module
from tests.build import Fair, make_fair
from tests.people import PASSWORD, make_staff
from tests.web.scan.browsing import chromium, needs_browser, phone, see, write_film
from tests.web.serving import Served

pytestmark = [needs_browser, pytest.mark.long]


def pair(page: Page, fair: Fair) -> None:
    offer = offer_phone(fair.store, SYSTEM, fair.door.id, gate_id=fair.gate.id)
    page.goto(f"/pair#{offer.code}")
    page.wait_for_url("**/scan")
    page.locator("#start").wait_for()


def say(page: Page, text: str) -> None:
    """Type a code."""
    page.get_by_role("button", name="Name or code").click()
    page.locator("#typed").fill(text)
    page.get_by_role("button", name="Check in this code").click()


def told(page: Page, outcome: str) -> None:
    page.locator(f"#verdict[data-outcome={outcome}]").wait_for()


def outcomes(fair: Fair) -> list[str]:
    """What was written down, the oldest first."""
    return [str(each.outcome) for each in reversed(recent_scans(fair.store, SYSTEM, fair.door.id))]


def test_each_ticket_of_a_film_gets_its_verdict_and_its_row(
    fair: Fair, house: Served, tmp_path: Path
) -> None:
    other = make_fair(house.store, "Another event")
    texts = [
        fair.token(fair.sell("Good Grace")),
        fair.token(fair.sell("Unpaid Uma", paid=False)),
        other.token(other.sell("Other Olu")),
        forged(fair.token(fair.sell("Forged Fay")), Random(1)),
    ]
    film = write_film(tmp_path / "film.mjpeg", texts)
    wanted = {"admitted", "already_in", "unpaid", "wrong_event", "forged"}
    with chromium(film) as browser, phone(browser, house.url) as page:
        pair(page, fair)
        page.evaluate(
            """() => {
                const verdict = document.getElementById("verdict");
                window.seen = [];
                new MutationObserver(() => window.seen.push([verdict.dataset.outcome,
                    verdict.dataset.tone, document.getElementById("word").textContent]))
                    .observe(verdict, { attributeFilter: ["data-nonce"] });
            }"""
        )
        page.locator("#start").click()
        see(page, lambda: wanted <= {each[0] for each in page.evaluate("window.seen")})
        seen = {each[0]: each[1:] for each in page.evaluate("window.seen")}
        shown = [each[0] for each in page.evaluate("window.seen")]
    assert seen["admitted"] == ["good", "Admitted"]
    assert seen["unpaid"] == ["care", "Unpaid"]
    assert seen["forged"] == ["stop", "Forged"]
    assert seen["wrong_event"] == ["stop", "Wrong event"]
    assert seen["already_in"] == ["stop", "Already in"]
    written = outcomes(fair)
    assert written[: len(shown)] == shown
    assert written.count("admitted") == 1


def test_a_refused_camera_is_told_and_codes_are_typed_all_the_same(
    fair: Fair, house: Served
) -> None:
    booked = fair.sell("Ada Lovelace")
    with chromium(camera=False) as browser, phone(browser, house.url) as page:
        pair(page, fair)
        page.locator("#start").click()
        page.get_by_text("The camera is not allowed.").wait_for()
        say(page, fair.token(booked))
        told(page, "admitted")


def test_a_guest_is_found_by_a_name_with_a_slip_and_let_in_and_that_is_undone(
    fair: Fair, house: Served
) -> None:
    fair.sell("Ada Lovelace")
    with chromium() as browser, phone(browser, house.url) as page:
        pair(page, fair)
        page.get_by_role("button", name="Name or code").click()
        page.locator("#typed").fill("lovelase")
        page.get_by_role("button", name="Ada Lovelace").click()
        told(page, "admitted")
        page.get_by_text("1 of 1 admitted").wait_for(state="attached")
        page.get_by_role("button", name="Undo").click()
        told(page, "undone")
        page.get_by_role("button", name="Next").click()
        page.get_by_text("0 of 1 admitted").wait_for()
        page.get_by_role("button", name="Last scans").click()
        page.locator("#lasts").get_by_text("Undone").wait_for()
    [scan] = recent_scans(fair.store, SYSTEM, fair.door.id)
    assert scan.annulled


def test_two_phones_at_one_gate_let_a_ticket_in_once_and_count_together(
    fair: Fair, house: Served
) -> None:
    text = fair.token(fair.sell("Ada Lovelace"))
    with chromium() as browser, phone(browser, house.url) as one, phone(browser, house.url) as two:
        pair(one, fair)
        pair(two, fair)
        two.get_by_text("0 of 1 admitted").wait_for()
        say(one, text)
        told(one, "admitted")
        two.get_by_text("1 of 1 admitted").wait_for()
        say(two, text)
        told(two, "already_in")
    first, second = reversed(recent_scans(fair.store, SYSTEM, fair.door.id))
    assert first.operator_id != second.operator_id


def test_a_revoked_phone_is_told_so_and_keeps_nothing(fair: Fair, house: Served) -> None:
    with chromium() as browser, phone(browser, house.url) as page:
        pair(page, fair)
        [device] = list_devices(fair.store, SYSTEM, fair.event.id)
        revoke_device(fair.store, SYSTEM, device.id)
        say(page, "ANY-CODE")
        page.get_by_text("was revoked").wait_for()
        page.reload()
        page.get_by_role("heading", name="Open this page from a desk").wait_for()
        assert not page.get_by_text("was revoked").is_visible()
    assert outcomes(fair) == []


def test_an_answer_that_was_lost_is_asked_for_again_and_the_guest_is_in_once(
    fair: Fair, house: Served
) -> None:
    text = fair.token(fair.sell("Ada Lovelace"))
    tries: list[Any] = []

    def lose_the_first(route: Route) -> None:
        tries.append(route.request.post_data_json)
        if len(tries) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort()

    with chromium() as browser, phone(browser, house.url) as page:
        pair(page, fair)
        page.route("**/scans", lose_the_first)
        say(page, text)
        told(page, "admitted")
    assert len(tries) == 2
    assert tries[0] == tries[1]
    assert outcomes(fair) == ["admitted"]


def test_where_no_answer_comes_soon_the_page_says_so_and_decides_nothing(
    fair: Fair, house: Served
) -> None:
    text = fair.token(fair.sell("Ada Lovelace"))
    held: list[Route] = []
    answered = False

    def hold(route: Route) -> None:
        if answered:
            route.continue_()
        else:
            held.append(route)

    with chromium() as browser, phone(browser, house.url) as page:
        pair(page, fair)
        page.route("**/scans", hold)
        say(page, text)
        page.get_by_role("heading", name="No answer yet. Still asking…").wait_for()
        assert page.locator("#verdict").get_attribute("data-tone") == "wait"
        assert outcomes(fair) == []
        answered = True
        held[-1].abort()
        told(page, "admitted")


def sign_in(page: Page) -> None:
    """As Sam, who chooses the door."""
    page.goto("/scan")
    page.get_by_role("link", name="Sign in with your account").click()
    page.locator("#email").fill("sam@example.org")
    page.locator("#secret").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/scan")
    page.get_by_label("Check-in list").select_option(label="Main entrance")
    page.get_by_label("Gate").select_option(label="Gate A")
    page.get_by_role("button", name="Choose").click()


def test_staff_sign_in_and_choose_where_they_work(fair: Fair, house: Served) -> None:
    make_staff(fair, name="Sam")
    text = fair.token(fair.sell("Ada Lovelace"))
    with chromium() as browser, phone(browser, house.url) as page:
        sign_in(page)
        say(page, text)
        told(page, "admitted")
    [scan] = recent_scans(fair.store, SYSTEM, fair.door.id)
    assert (scan.operator, scan.gate) == ("Sam", "Gate A")


def test_without_a_decoder_of_its_own_the_house_reads_the_frames(
    fair: Fair, house: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_module, "has_asset", lambda _name: False)
    film = write_film(tmp_path / "film.mjpeg", [fair.token(fair.sell("Ada Lovelace"))])
    with chromium(film) as browser, phone(browser, house.url) as page:
        pair(page, fair)
        page.locator("#start").click()
        told(page, "admitted")
        assert page.locator("body").get_attribute("data-reads") in ("house", "BarcodeDetector")


def test_a_code_that_was_used_is_refused_in_words_and_not_in_the_address(
    fair: Fair, house: Served, code: str
) -> None:
    asked: list[str] = []
    with chromium() as browser, phone(browser, house.url) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"/pair#{code}")
        page.wait_for_url("**/scan")
        page.goto(f"/pair#{code}")
        page.get_by_text("This pairing code is wrong, was used already").wait_for()
        assert page.url == f"{house.url}/pair"
    assert not [each for each in asked if code in each.partition("#")[0]]


def test_a_question_of_the_list_is_asked_and_answered(fair: Fair, house: Served) -> None:
    asked = read_question_lines("Which size? [S | M]")
    listed = fair.list("With a question", questions=asked)
    text = fair.token(fair.sell("Ada Lovelace"))
    with chromium() as browser, phone(browser, house.url) as page:
        code = offer_phone(fair.store, SYSTEM, listed.id).code
        page.goto(f"/pair#{code}")
        page.wait_for_url("**/scan")
        page.locator("#start").wait_for()
        say(page, text)
        told(page, "incomplete")
        page.get_by_label("Which size?").select_option(label="M")
        page.get_by_role("button", name="Let in").click()
        told(page, "admitted")
    scan = recent_scans(fair.store, SYSTEM, listed.id)[0]
    assert scan.answers == ("Which size? M",)


def test_a_supervisor_lets_in_by_force_with_a_pin_and_a_wrong_one_says_so(
    fair: Fair, house: Served
) -> None:
    boss = make_staff(fair, Role.ORGANIZER, "Sue")
    set_desk_pin(fair.store, boss, "271828")
    text = fair.token(fair.sell("Unpaid Uma", paid=False))
    with chromium() as browser, phone(browser, house.url) as page:
        pair(page, fair)
        say(page, text)
        told(page, "unpaid")
        page.get_by_role("button", name="By force").click()
        page.get_by_label("Why against the rules?").fill("pays tomorrow")
        page.get_by_label("Desk PIN").fill("314159")
        page.get_by_role("button", name="Let in by force").click()
        page.locator("#did:not(:empty)").wait_for()
        page.get_by_label("Desk PIN").fill("271828")
        page.get_by_role("button", name="Let in by force").click()
        told(page, "admitted")
    newest = recent_scans(fair.store, SYSTEM, fair.door.id)[0]
    assert newest.forced
    assert newest.approved_by == "Sue"


def test_who_is_signed_in_takes_what_is_due_into_an_open_drawer(fair: Fair, house: Served) -> None:
    sam = make_staff(fair, name="Sam")
    text = fair.token(fair.sell("Unpaid Uma", paid=False))
    with chromium() as browser, phone(browser, house.url) as page:
        sign_in(page)
        say(page, text)
        page.get_by_text("€120.00 is due. Open your drawer at a desk").wait_for()
        assert not page.locator("#cash").is_visible()
        open_shift(fair.store, sam, fair.event.id, drawer="Box 1", float_amount=Money(0, "EUR"))
        page.get_by_role("button", name="Next").click()
        say(page, text)
        page.get_by_role("button", name="Take €120.00 in cash").click()
        told(page, "admitted")
    shift = open_shift_of(fair.store, sam, fair.event.id)
    assert shift is not None
    assert shift.expected == Money(12000, "EUR")
