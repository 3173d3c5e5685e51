"""Events, ticket types, gates and lists: set up by those who may, found by what they are called."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import CODE_ALPHABET
from eventdesk.core.money import Money
from eventdesk.door import NewCheckInList, add_check_in_list, add_gate, find_list, list_gates
from eventdesk.events import NewEvent, create_event, find_event, list_events
from eventdesk.sales import NewTicketType, add_ticket_type
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair

DAYS = NewEvent("Demo Days", NOON, NOON + timedelta(days=2), "Europe/Berlin")


def test_an_event_has_a_code_of_its_own_and_counts_its_tickets(store: Store) -> None:
    first, second = (create_event(store, SYSTEM.at(NOON), DAYS) for _ in range(2))
    assert first.code != second.code
    assert set(first.code) <= set(CODE_ALPHABET)
    assert [event.tickets for event in list_events(store, SYSTEM.at(NOON))] == [0, 0]
    make_fair(store, "Later").sell_all(["Ada", "Grace"])
    assert {event.name: event.tickets for event in list_events(store, SYSTEM.at(NOON))}[
        "Later"
    ] == 2


def test_events_are_listed_the_latest_first(store: Store) -> None:
    for weeks in (1, 3, 2):
        start = NOON + timedelta(weeks=weeks)
        event = replace(DAYS, name=f"Week {weeks}", starts_at=start, ends_at=start + timedelta(1))
        create_event(store, SYSTEM.at(NOON), event)
    assert [event.name for event in list_events(store, SYSTEM.at(NOON))] == [
        "Week 3",
        "Week 2",
        "Week 1",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(DAYS, name=" "),
        replace(DAYS, ends_at=DAYS.starts_at),
        replace(DAYS, time_zone="Mars/Olympus"),
        replace(DAYS, time_zone="../etc/passwd"),
        replace(DAYS, time_zone=""),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(store: Store, wrong: NewEvent) -> None:
    with pytest.raises(InvalidInputError):
        create_event(store, SYSTEM.at(NOON), wrong)
    assert list_events(store, SYSTEM.at(NOON)) == []


def test_who_may_not_set_up_is_told_so(fair: Fair) -> None:
    store, event_id = fair.store, fair.event.id
    kind = NewTicketType("Late", Money(100, "EUR"))
    with pytest.raises(NotAllowedError):
        create_event(store, SUPERVISOR.at(NOON), DAYS)
    with pytest.raises(NotAllowedError):
        add_ticket_type(store, STAFF.at(NOON), event_id, kind)
    with pytest.raises(NotAllowedError):
        add_gate(store, STAFF.at(NOON), event_id, "Gate B")
    with pytest.raises(NotAllowedError):
        add_check_in_list(store, STAFF.at(NOON), event_id, NewCheckInList("Lunch"))


def test_what_belongs_to_no_event_is_refused(fair: Fair) -> None:
    store, nowhere = fair.store, uuid4()
    kind = NewTicketType("Late", Money(100, "EUR"))
    with pytest.raises(NotFoundError, match="There is no such event"):
        add_ticket_type(store, SYSTEM.at(NOON), nowhere, kind)
    with pytest.raises(NotFoundError, match="There is no such event"):
        add_gate(store, SYSTEM.at(NOON), nowhere, "Gate B")
    with pytest.raises(NotFoundError, match="There is no such event"):
        add_check_in_list(store, SYSTEM.at(NOON), nowhere, NewCheckInList("Lunch"))


@pytest.mark.parametrize(
    ("name", "price"),
    [("", Money(1, "EUR")), ("Odd", Money(-1, "EUR")), ("Dollars", Money(1, "USD"))],
)
def test_a_price_is_in_the_currency_of_the_event(fair: Fair, name: str, price: Money) -> None:
    with pytest.raises(InvalidInputError, match=r"A name is needed|A price is zero|Prices of this"):
        add_ticket_type(fair.store, SYSTEM.at(NOON), fair.event.id, NewTicketType(name, price))


def test_an_event_is_found_by_code_id_or_the_beginning_of_its_name(fair: Fair) -> None:
    store = fair.store
    assert find_event(store, SYSTEM, "").id == fair.event.id
    other = make_fair(store, "Winter Days").event
    for named in (other.code.lower(), str(other.id), "wint", "WINTER DAYS"):
        assert find_event(store, SYSTEM, named).id == other.id
    with pytest.raises(NotFoundError, match="several") as several:
        find_event(store, SYSTEM, "")
    assert "Winter Days" in several.value.hint
    with pytest.raises(NotFoundError, match="no event 'summer'"):
        find_event(store, SYSTEM, "summer")


def test_the_nearest_name_is_meant(fair: Fair) -> None:
    for name in ("Mini", "Minimal Music", "The Grand Opening"):
        make_fair(fair.store, name)
    assert find_event(fair.store, SYSTEM, "mini").name == "Mini"
    assert find_event(fair.store, SYSTEM, "minim").name == "Minimal Music"
    assert find_event(fair.store, SYSTEM, "opening").name == "The Grand Opening"
    assert find_event(fair.store, SYSTEM, "Demo Däys").name == "Demo Days"
    with pytest.raises(NotFoundError, match="Several match"):
        find_event(fair.store, SYSTEM, "m")


def test_a_list_is_found_by_id_or_the_beginning_of_its_name(fair: Fair) -> None:
    lunch = fair.list("Lunch")
    late = fair.list("Lunch late")
    assert find_list(fair.store, SYSTEM, "lunch").id == lunch.id
    assert find_list(fair.store, SYSTEM, "lunch l").id == late.id
    assert find_list(fair.store, SYSTEM, str(fair.door.id)).id == fair.door.id
    with pytest.raises(NotFoundError, match="There is no check-in list 'dinner"):
        find_list(fair.store, SYSTEM, "dinner")


def test_gates_are_listed_by_name(fair: Fair) -> None:
    add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, " A side door ")
    assert [gate.name for gate in list_gates(fair.store, SYSTEM, fair.event.id)] == [
        "A side door",
        "Gate A",
    ]


def test_codes_never_collide_however_short(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter(["AAAAAA", "BBBBBB", "AAAAAA", "BBBBBB", "CCCCCC"])
    numbers = iter(range(22222222, 22229999))

    def draw(length: int) -> str:
        return next(codes) if length == 6 else str(next(numbers))

    monkeypatch.setattr("eventdesk.booking.registration.new_code", draw)
    one = NewBooking("Ada", "ada@example.org", (NewTicket(fair.regular, "Ada"),))
    first = book(fair.store, SYSTEM.at(NOON), fair.event.id, [one, one])
    second = book(fair.store, SYSTEM.at(NOON), fair.event.id, [one])
    assert {booked.code for booked in first} == {"AAAAAA", "BBBBBB"}
    assert second[0].code == "CCCCCC"


def test_a_booking_with_anything_wrong_sells_nothing(fair: Fair) -> None:
    good = NewTicket(fair.regular, "Ada")
    for tickets in (
        (),
        (good, NewTicket(fair.regular, " ")),
        (good, NewTicket(fair.regular, "x" * 4001)),
    ):
        wrong = NewBooking("Ada", "ada@example.org", tickets)
        with pytest.raises(InvalidInputError, match=r"A booking|A name of 4001|A ticket needs"):
            book(fair.store, SYSTEM.at(NOON), fair.event.id, [wrong])
    foreign = NewBooking("Ada", "ada@example.org", (good, NewTicket(uuid4(), "Ada")))
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        book(fair.store, SYSTEM.at(NOON), fair.event.id, [foreign])
    assert list_events(fair.store, SYSTEM.at(NOON))[0].tickets == 0
    assert book(fair.store, SYSTEM.at(NOON), fair.event.id, []) == []
