"""The demo begins ten minutes before doors, with all that a morning has."""

from datetime import timedelta

from data.store import Store
from eventdesk.accounts import create_first_admin, has_desk_pins
from eventdesk.acts import SYSTEM
from eventdesk.booking import list_attendees
from eventdesk.exercises.demo.fill import DemoEvent, fill_demo
from eventdesk.exercises.demo.morning import PRINTERS, WAITING, set_up_morning
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.printing import list_printers, try_printer
from eventdesk.programme import read_programme
from eventdesk.sales import list_discounts, list_ticket_types
from eventdesk.seating import plan
from eventdesk.waiting import waiting_lists
from tests.build import NOON

DOORS = NOON + timedelta(minutes=10)


def morning(store: Store, size: int = 60) -> DemoEvent:
    made = fill_demo(store, size=size, seed=0, now=NOON, doors_at=DOORS)
    set_up_morning(store, made, now=NOON)
    return made


def test_the_day_begins_after_doors_and_nothing_is_at_odds(store: Store) -> None:
    made = morning(store)
    assert made.event.starts_at == DOORS
    programme = read_programme(store, SYSTEM.at(NOON), made.event.id)
    first = min(each.starts_at for each in programme.sessions)
    assert timedelta(minutes=30) <= first - DOORS <= timedelta(minutes=35)
    assert programme.conflicts == {}


def test_vips_sit_in_front_and_others_wait_for_their_places(store: Store) -> None:
    made = morning(store)
    types = {one.about.name: one for one in list_ticket_types(store, SYSTEM, made.event.id)}
    (front,) = plan(store, SYSTEM, made.event.id, holder_id=None)
    tickets, _found = list_attendees(store, SYSTEM, made.event.id, limit=60)
    vips = [each for each in tickets if each.ticket_type == "VIP"]
    assert vips
    assert all(each.seat for each in vips)
    assert types["VIP"].about.section_id == front.id
    assert types["VIP"].state(NOON) == "sold out"
    (waiting,) = waiting_lists(store, SYSTEM.at(NOON), made.event.id)
    assert (waiting.what, waiting.waiting) == ("VIP", len(WAITING))


def test_a_supervisor_approves_and_one_printer_is_in_trouble(store: Store) -> None:
    made = morning(store, size=5)
    assert has_desk_pins(store, SYSTEM, made.event.id)
    discounts, _found = list_discounts(store, SYSTEM, made.event.id)
    assert {each.about.code for each in discounts} == {"EARLYBIRD", "FRIENDS"}
    printers = list_printers(store, SYSTEM)
    assert [each.name for each in printers] == [new.name for new, _gate in PRINTERS]
    trials = [try_printer(store, SYSTEM, each.spec) for each in printers]
    assert [trial.out for trial in trials] == [False, True, True]


def test_a_house_with_people_of_its_own_keeps_them_and_its_printers(store: Store) -> None:
    morning(store, size=5)
    morning(store, size=5)
    assert len(list_printers(store, SYSTEM)) == len(PRINTERS)


def test_paying_without_money_is_offered_only_where_nobody_has_to_pay(store: Store) -> None:
    create_first_admin(store, SYSTEM, "ada@example.com", "Ada", "correct horse battery")
    morning(store)
    assert not TestDeskGateway(store.home).enabled
