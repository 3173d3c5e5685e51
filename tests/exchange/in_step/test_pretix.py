"""An event that is kept in step with one in pretix, over real sockets."""

import csv
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from sqlalchemy import insert, select, update

from data.schema import DeliveryRow, EventErasureRow, SettingRow, TicketRow, TicketTypeRow
from eventdesk.acts import ERASED, SYSTEM
from eventdesk.booking import cancel_tickets, rename
from eventdesk.door import Outcome, find_tickets
from eventdesk.exchange import Listing, allow_webhook_networks, money_file
from eventdesk.exchange.in_step.again import PRETIX
from eventdesk.money import list_refunds
from eventdesk.services import ServiceHealth, remove_service, resend, services_on
from eventdesk.services import test_service as try_service
from eventdesk.spooler.senders import ServiceCourier
from tests.build import NOON, STAFF, Fair
from tests.exchange.in_step.mirrored import ONE, THREE, TWO, Mirrored
from tests.exchange.in_step.pretix_shop import TOKEN, PretixEvent, position
from tests.integrations.chaos import Asked, Fault, Reply, counterpart


@pytest.fixture
def here(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirrored]:
    monkeypatch.setattr("eventdesk.exchange.in_step.following.PACE_S", 0.0)
    shop = PretixEvent()
    with counterpart(shop) as line:
        yield Mirrored(fair, shop, line)


def test_their_tickets_open_our_door_and_are_found_by_their_order(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), position(2, TWO, attendee_name="Kay"))
    assert here.turn() == 1
    assert here.scan(ONE) is Outcome.ADMITTED
    assert here.scan(TWO) is Outcome.ADMITTED
    found = find_tickets(here.fair.store, SYSTEM, here.fair.event.id, "ABC12")
    assert sorted(each.name for each in found) == ["Ada Lovelace", "Kay"]
    assert here.health().health_text == "In step."


def test_the_same_again_changes_nothing(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), position(2, TWO))
    here.turn()
    before = here.tickets()
    assert here.turn(timedelta(days=2)) == 0
    assert here.tickets() == before


def test_it_asks_for_what_changed_by_the_clock_of_pretix(here: Mirrored) -> None:
    here.shop.now += timedelta(hours=3)  # theirs is ahead
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    here.turn()
    asked = [each for each in here.line.asked if each.path.endswith("/orders/")]
    since = asked[-1].query["modified_since"]
    assert datetime.fromisoformat(since) == here.shop.now - timedelta(minutes=2)


def test_an_order_that_is_not_paid_opens_no_door_until_it_is(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), status="n")
    here.turn()
    assert here.scan(ONE) is Outcome.UNPAID
    here.shop.change("ABC12", status="p")
    assert here.turn() == 1
    assert here.scan(ONE) is Outcome.ADMITTED


def test_a_late_payment_brings_an_expired_order_back(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), status="n")
    here.turn()
    here.shop.change("ABC12", status="e")
    here.turn()
    assert here.scan(ONE) is Outcome.UNPAID
    here.shop.change("ABC12", status="p")
    here.turn()
    assert here.scan(ONE) is Outcome.ADMITTED


def test_a_cancelled_order_opens_no_door_and_nobody_owes_its_money(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    here.shop.change("ABC12", status="c")
    assert here.turn() == 1
    assert here.scan(ONE) is Outcome.CANCELLED
    refunds, _total = list_refunds(here.fair.store, SYSTEM, here.fair.event.id)
    assert [str(each.state) for each in refunds] == ["paid"]


def test_what_was_sold_and_cancelled_there_is_among_the_transactions(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), position(2, TWO))
    here.turn()
    here.shop.change_position("ABC12", 2, canceled=True)
    here.turn()
    made = money_file(here.fair.store, SYSTEM, here.fair.event.id, Listing.TRANSACTIONS)
    rows = csv.DictReader(StringIO(made.content.decode("utf-8-sig")))
    told = [(row["kind"], row["amount"], row["source"]) for row in rows]
    paid, half = told[0][1], told[2][1].removeprefix("-")
    assert Decimal(paid) == 2 * Decimal(half) > 0
    assert told == [
        ("booking", paid, "import"),
        ("payment", paid, "import"),
        ("cancellation", f"-{half}", "import"),
        ("refund", f"-{half}", "import"),
    ]


def test_an_order_that_was_cancelled_and_is_sold_again_opens_the_door(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    here.shop.change("ABC12", status="c")
    here.turn()
    here.shop.change("ABC12", status="p")
    here.turn()
    assert here.scan(ONE) is Outcome.ADMITTED


def test_who_was_let_in_stays_in_and_the_organizer_is_told(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    here.scan(ONE)
    here.shop.change("ABC12", status="c")
    here.turn()
    assert here.scan(ONE) is Outcome.ALREADY_IN
    [ticket] = here.tickets()
    assert here.faults() == {
        "ABC12": f"Ticket {ticket.code} was cancelled there, and was let in here."
    }
    assert here.health().health_text == "In step. What does not fit: 1. Its deliveries say why."


def test_names_types_prices_and_codes_follow(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    news = {"attendee_name": "Grace Hopper", "item": 12, "variation": 21, "secret": TWO}
    here.shop.change_position("ABC12", 1, **news, price="150.00", company="Navy")
    assert here.turn() == 1
    [ticket] = here.tickets()
    assert (ticket.holder_name, ticket.line_two) == ("Grace Hopper", "Navy")
    assert (ticket.type_name, ticket.price_minor) == ("Workshop – Early", 15000)
    assert here.scan(ONE) is Outcome.UNKNOWN
    assert here.scan(TWO) is Outcome.ADMITTED
    assert ticket.booking_state == "paid"
    found = find_tickets(here.fair.store, SYSTEM, here.fair.event.id, "Hopper")
    assert [each.name for each in found] == ["Grace Hopper"]


def test_a_name_corrected_here_stays(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE, attendee_name="Ada Lovelcae"))
    here.turn()
    [ticket] = here.tickets()
    rename(here.fair.store, STAFF, ticket.id, name="Ada Lovelace", line_two="")
    here.shop.change("ABC12", email="new@example.org")
    here.turn()
    assert here.tickets()[0].holder_name == "Ada Lovelace"


def test_a_ticket_cancelled_here_stays_so_and_is_named(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    [ticket] = here.tickets()
    cancel_tickets(here.fair.store, SYSTEM, [ticket.id], reason="misuse")
    here.turn(timedelta(days=2))
    assert here.scan(ONE) is Outcome.CANCELLED
    assert here.faults() == {
        "ABC12": f"Ticket {ticket.code} was cancelled here, and is sold there."
    }


def test_positions_come_and_go(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), position(2, TWO))
    here.turn()
    here.shop.change_position("ABC12", 2, canceled=True)
    here.shop.change(
        "ABC12", positions=[*here.shop.orders["ABC12"]["positions"], position(3, THREE)]
    )
    here.turn()
    outcomes = [here.scan(each) for each in (ONE, TWO, THREE)]
    assert outcomes == [Outcome.ADMITTED, Outcome.CANCELLED, Outcome.ADMITTED]
    assert [each.order for each in here.tickets()] == ["ABC12", "ABC12", "ABC12/2"]


def test_a_code_goes_with_a_position_to_another_order(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), position(2, TWO))
    here.turn()
    here.shop.change("ABC12", positions=[position(1, ONE)])
    here.shop.order("XYZ99", position(1, TWO))
    here.turn()
    assert here.scan(TWO) is Outcome.ADMITTED
    assert here.faults() == {}


def test_what_does_not_fit_is_named_and_the_rest_comes(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.shop.order("BAD01", position(1, "123"))
    here.shop.order("BAD02", position(1, TWO, price="much"))
    here.shop.order("XYZ99", position(1, THREE))
    here.turn()
    assert (here.scan(ONE), here.scan(THREE)) == (Outcome.ADMITTED, Outcome.ADMITTED)
    assert here.faults().keys() == {"BAD01", "BAD02"}
    assert here.faults()["BAD01"] == "The code of ticket 1 cannot be used here."
    assert "BAD01" in {each.order for each in here.tickets()}  # by name it is found all the same


def test_another_currency_is_named(here: Mirrored) -> None:
    here.shop.currency = "CHF"
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    assert here.faults() == {"ABC12": "It is in CHF, and this event in EUR."}
    assert here.tickets() == []


def test_an_order_that_fits_now_is_brought_in_when_somebody_says_so(here: Mirrored) -> None:
    here.shop.currency = "CHF"
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    here.shop.currency = "EUR"
    with here.fair.store.read() as connection:
        delivery = connection.execute(select(DeliveryRow.id)).scalar_one()
    resend(here.fair.store, SYSTEM, here.service.id, delivery)
    [service] = services_on(here.fair.store, SYSTEM, ["pretix"])
    assert ServiceCourier(here.fair.store, PRETIX, service, threading.Event()).turn() == 1
    assert here.scan(ONE) is Outcome.ADMITTED
    assert here.faults() == {}


def test_products_that_admit_nobody_and_orders_of_the_test_mode_stay_there(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE), position(2, TWO, item=13))
    here.shop.order("TEST1", position(1, THREE), testmode=True)
    here.turn()
    assert [each.foreign_code for each in here.tickets()] == [ONE]


def test_new_types_are_hidden_from_buyers_here(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE, item=12, variation=21))
    here.turn()
    with here.fair.store.read() as connection:
        hidden = select(TicketTypeRow.name).where(TicketTypeRow.hidden.is_(True))
        assert connection.execute(hidden).scalars().all() == ["Workshop – Early"]


def test_too_many_calls_wait_as_long_as_pretix_says_and_go_on_at_the_same_page(
    here: Mirrored,
) -> None:
    for number in range(6):
        here.shop.order(f"ORD{number}", position(1, f"{number}{ONE[1:]}"))
    seen: list[str] = []
    handler = here.line.handler

    def once_too_many(asked: Asked) -> Reply:
        if asked.path.endswith("/orders/"):
            seen.append(asked.query["page"])
            if seen == ["1", "2"]:
                return Reply(429, b"{}", {"Retry-After": "300"})
        return handler(asked)

    here.line.handler = once_too_many
    here.turn()
    assert len(here.tickets()) == 2
    assert here.health().health is ServiceHealth.TROUBLE
    here.turn()  # a minute is not enough
    assert seen == ["1", "2"]
    here.turn(timedelta(minutes=5))
    assert seen == ["1", "2", "2", "3"]
    assert len(here.tickets()) == 6
    assert here.health().health is ServiceHealth.GOOD


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HTML, Fault.OUT_OF_ORDER, Fault.GARBAGE])
def test_a_broken_line_loses_nothing_and_heals_by_itself(here: Mirrored, fault: Fault) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.line.fails(fault)
    here.turn()
    assert here.tickets() == []
    assert here.health().health is ServiceHealth.TROUBLE
    here.turn()
    assert [each.foreign_code for each in here.tickets()] == [ONE]
    assert here.health().health is ServiceHealth.GOOD


def test_a_crash_in_the_middle_of_a_page_books_nothing_twice(
    here: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.shop.order("XYZ99", position(1, TWO))

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("eventdesk.exchange.in_step.place.Place.write", killed)
        with pytest.raises(KeyboardInterrupt):
            here.turn()
    assert len(here.tickets()) == 2
    here.turn()
    assert [each.order for each in here.tickets()] == ["ABC12", "XYZ99"]


def test_addresses_inside_are_refused_unless_an_admin_allowed_them(here: Mirrored) -> None:
    allow_webhook_networks(here.fair.store, SYSTEM, [])
    trial = try_service(here.fair.store, SYSTEM, here.service.id)
    assert not trial.works
    assert trial.text == "pretix is at an address that must not be called."
    assert here.line.asked == []


def test_the_test_says_what_is_wrong(here: Mirrored) -> None:
    def said() -> str:
        return try_service(here.fair.store, SYSTEM, here.service.id).text

    assert said() == "Demo Days is readable, with its orders."
    here.shop.testmode = True
    assert "test mode" in said()
    here.shop.series = True
    assert said() == "This event of pretix is a series."


def test_no_token_reaches_log_or_store(here: Mirrored, caplog: pytest.LogCaptureFixture) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    with here.fair.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM setting").all()
    assert TOKEN not in f"{kept} {caplog.text}"


def test_a_removed_service_is_followed_no_more_and_its_tickets_stay(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    remove_service(here.fair.store, SYSTEM, here.service.id)
    asked = len(here.line.asked)
    assert here.turn() == 0
    assert len(here.line.asked) == asked
    with here.fair.store.read() as connection:
        kept = select(SettingRow.key).where(SettingRow.key.startswith("in_step_"))
        assert connection.execute(kept).all() == []
    assert here.scan(ONE) is Outcome.ADMITTED


def test_who_was_erased_here_does_not_come_back(here: Mirrored) -> None:
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    with here.fair.store.write() as connection:
        connection.execute(update(TicketRow).values(holder_name=ERASED, foreign_code=None))
    here.shop.change_position("ABC12", 1, attendee_name="Ada King", secret=TWO)
    here.turn()
    [ticket] = here.tickets()
    assert (ticket.holder_name, ticket.foreign_code) == (ERASED, None)


def test_an_event_whose_people_were_erased_is_followed_no_more(here: Mirrored) -> None:
    with here.fair.store.write() as connection:
        values = {"event_id": here.fair.event.id, "begun_at": NOON}
        connection.execute(insert(EventErasureRow).values(values))
    here.shop.order("ABC12", position(1, ONE))
    here.turn()
    assert here.tickets() == []
    assert here.line.asked == []
