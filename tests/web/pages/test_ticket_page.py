"""A ticket's page: its code and files, for its holder and the team, and for nobody else."""

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
import zxingcpp
from PIL import Image

from eventdesk.acts import SYSTEM, Role
from eventdesk.booking import my_ticket
from tests.build import NOON, Fair
from tests.people import PASSWORD, make_guest, make_staff
from tests.web.pages.browsing import Browser
from tests.web.serving import Served

FILES = {
    "ticket.pdf": "application/pdf",
    "calendar.ics": "text/calendar; charset=utf-8",
    "code.png": "image/png",
    "code.svg": "image/svg+xml",
}


@pytest.fixture(autouse=True)
def _in_time(fair: Fair) -> None:
    fair.store.clock = lambda: NOON


@pytest.fixture
def gus(fair: Fair, house: Served) -> Browser:
    make_guest(fair.store, "Gus", secret=PASSWORD)
    return Browser(house).sign_in("Gus")


def ticket_of(fair: Fair, **given: Any) -> UUID:
    """A ticket that Gus booked."""
    gus = make_guest(fair.store, "Gus", secret=PASSWORD)
    return fair.sell(account_id=gus.id, **given).ticket_ids[0]


def test_its_holder_has_the_code_and_its_files(fair: Fair, house: Served) -> None:
    ticket_id = ticket_of(fair)
    gus = Browser(house).sign_in("Gus")
    page = gus.open(f"/tickets/{ticket_id}")
    assert page.by_id("code").text
    links = [each.attributes["href"] for each in page.all("a")]
    token = my_ticket(fair.store, SYSTEM, ticket_id).token
    for name, kind in FILES.items():
        assert f"/tickets/{ticket_id}/{name}" in links
        answer = gus.ask(f"/tickets/{ticket_id}/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-disposition"].startswith("attachment; filename")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    png = gus.ask(f"/tickets/{ticket_id}/code.png").content
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    assert read.text == token


def test_an_unpaid_ticket_has_no_code_and_says_why(fair: Fair, house: Served) -> None:
    make_guest(fair.store, "Gus", secret=PASSWORD)
    booked = fair.sell_all(["Gus"], paid=False)
    make_staff(fair, Role.STAFF, "Sam")
    sam = Browser(house).sign_in("Sam")
    ticket_id = booked.ticket_ids[0]
    page = sam.open(f"/tickets/{ticket_id}")
    assert not page.all("svg")
    assert "when the booking is paid" in page.one("main").text
    for name in ("code.png", "code.svg", "ticket.pdf"):
        assert sam.ask(f"/tickets/{ticket_id}/{name}").status_code == 404
    assert sam.ask(f"/tickets/{ticket_id}/calendar.ics").status_code == 200


def test_nobody_else_learns_whether_there_is_such_a_ticket(fair: Fair, house: Served) -> None:
    ticket_id = ticket_of(fair)
    make_guest(fair.store, "Eve", secret=PASSWORD)
    eve = Browser(house).sign_in("Eve")
    for name in ("", *(f"/{each}" for each in FILES)):
        there, nowhere = (eve.ask(f"/tickets/{each}{name}") for each in (ticket_id, uuid4()))
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert eve.open(f"/tickets/{ticket_id}{name}", 404).one("h1").text == (
            "There is no such ticket."
        )
    eve.leave()
    for each in (ticket_id, uuid4()):
        answer = eve.ask(f"/tickets/{each}")
        assert answer.headers["location"] == f"/sign-in?next=%2Ftickets%2F{each}"
    assert eve.ask("/tickets/not-an-id").status_code == 404
    assert eve.ask(f"/tickets/{ticket_id}/../../etc/passwd").status_code == 404


def test_names_are_text_and_never_markup(fair: Fair, house: Served) -> None:
    hostile = "<script>alert(1)</script>\"'>{{ 7 * 7 }}"
    gus = make_guest(fair.store, "Gus", secret=PASSWORD)
    ticket_id = fair.sell(hostile, account_id=gus.id).ticket_ids[0]
    page = Browser(house).sign_in("Gus").open(f"/tickets/{ticket_id}")
    assert hostile in page.one("main").text
