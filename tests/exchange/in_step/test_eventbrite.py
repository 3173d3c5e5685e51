"""An event that is kept in step with one at Eventbrite, over real sockets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.door import Outcome, check_in, find_tickets
from eventdesk.exchange import keep_in_step
from eventdesk.exchange.in_step.shops import open_shop
from eventdesk.services import add_service, services_on
from eventdesk.services import test_service as try_service
from tests.build import NOON, STAFF, Fair
from tests.exchange.in_step.eventbrite_shop import EVENT, TOKEN, EventbriteEvent
from tests.integrations.chaos import Asked, Counterpart, Reply, counterpart

ONE, TWO, THREE = "1234569870001", "1234569870002", "1234569870003"


@dataclass
class Mirrored:
    """An event here, its Eventbrite, and the time that passes."""

    fair: Fair
    shop: EventbriteEvent
    line: Counterpart
    now: datetime = field(default=NOON)

    def turn(self) -> int:
        """Let a minute pass, and what is due be done."""
        self.now += timedelta(minutes=1)
        return keep_in_step(self.fair.store, SYSTEM.at(self.now))

    def scan(self, code: str) -> Outcome:
        return check_in(self.fair.store, STAFF.at(NOON), self.fair.scan(code)).outcome

    def names(self, order: str) -> list[str]:
        found = find_tickets(self.fair.store, SYSTEM, self.fair.event.id, order)
        return sorted(each.name for each in found)


@pytest.fixture
def here(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirrored]:
    monkeypatch.setattr("eventdesk.exchange.in_step.following.PACE_S", 0.0)
    shop = EventbriteEvent()
    with counterpart(shop) as line:
        monkeypatch.setattr("eventdesk.integrations.eventbrite.attendees.ORIGIN", line.url)
        values = {"event": EVENT, "token": TOKEN}
        add_service(fair.store, SYSTEM, "eventbrite", values, event_id=fair.event.id)
        yield Mirrored(fair, shop, line)


def test_their_barcodes_open_our_door_page_by_page(here: Mirrored) -> None:
    here.shop.attendee("1", "123456", ONE)
    here.shop.attendee("2", "123456", TWO, "Kay McNulty")
    here.shop.attendee("3", "123456", THREE, "Jean Bartik")
    here.turn()
    outcomes = {here.scan(each) for each in (ONE, TWO, THREE)}
    assert outcomes == {Outcome.ADMITTED}
    assert here.names("123456") == ["Ada Lovelace", "Jean Bartik", "Kay McNulty"]


def test_it_asks_for_what_changed_by_the_clock_of_eventbrite(here: Mirrored) -> None:
    here.shop.attendee("1", "123456", ONE)
    here.turn()
    assert here.turn() == 0
    since = datetime.fromisoformat(here.line.asked[-1].query["changed_since"])
    assert abs(here.shop.now - since - timedelta(minutes=5)) < timedelta(seconds=5)


def test_an_attendee_who_changed_leaves_the_others_of_the_order_alone(here: Mirrored) -> None:
    here.shop.attendee("1", "123456", ONE)
    here.shop.attendee("2", "123456", TWO, "Kay McNulty")
    here.turn()
    profile = here.shop.attendees["2"]["profile"] | {"name": "Kay Antonelli"}
    here.shop.change("2", profile=profile)
    assert here.turn() == 1
    assert here.names("123456") == ["Ada Lovelace", "Kay Antonelli"]
    assert here.scan(ONE) is Outcome.ADMITTED


@pytest.mark.parametrize("ended", [{"cancelled": True}, {"refunded": True}, {"status": "Deleted"}])
def test_who_gave_a_ticket_back_is_not_let_in(here: Mirrored, ended: dict[str, object]) -> None:
    here.shop.attendee("1", "123456", ONE)
    here.shop.attendee("2", "123456", TWO, "Kay McNulty")
    here.turn()
    here.shop.change("2", **ended)
    here.turn()
    assert (here.scan(ONE), here.scan(TWO)) == (Outcome.ADMITTED, Outcome.CANCELLED)


def test_a_page_that_is_gone_begins_the_reading_again(here: Mirrored) -> None:
    for number in "123":
        here.shop.attendee(number, f"12345{number}", f"123456987000{number}")
    handler = here.line.handler

    def forgetful(asked: Asked) -> Reply:
        if "continuation" in asked.query:
            here.shop.tokens.clear()
        return handler(asked)

    here.line.handler = forgetful
    here.turn()
    assert here.scan(THREE) is Outcome.UNKNOWN
    here.line.handler = handler
    here.now += timedelta(minutes=20)
    here.turn()
    assert here.scan(THREE) is Outcome.ADMITTED


def test_one_order_is_asked_for_with_all_its_attendees(here: Mirrored) -> None:
    here.shop.attendee("1", "123456", ONE)
    [service] = services_on(here.fair.store, SYSTEM, ["eventbrite"])
    with open_shop(service) as shop:
        found = shop.order("123456")
        assert found is not None
        assert (found.whole, [each.code for each in found.tickets]) == (True, [ONE])
        assert shop.order("999") is None


def test_the_test_names_the_event(here: Mirrored) -> None:
    [service] = services_on(here.fair.store, SYSTEM, ["eventbrite"])
    trial = try_service(here.fair.store, SYSTEM, service.id)
    assert (trial.works, trial.text) == (True, "Demo Days is readable, with its attendees.")
