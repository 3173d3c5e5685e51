"""Waiting for several places together: offered at once, passed over by a rule, taken once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from data.schema import BookingRow, TicketRow, WaitlistEntryRow
from data.store import Store
from eventdesk.acts import SYSTEM, Actor, Steps
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.core.errors import EventDeskError, InvalidInputError, SoldOutError
from eventdesk.sales import availability
from eventdesk.waiting import (
    EntryState,
    EntryView,
    WhoComes,
    accept,
    join,
    leave,
    list_waitlist,
    my_entries,
    offer_by_hand,
    sweep,
    waiting_lists,
)
from tests.build import SUPERVISOR, Fair
from tests.figures.crowd import (
    EARLY,
    free,
    id_of,
    lapse,
    notices,
    offered,
    person,
    refill,
    sell_out,
    set_event,
    set_type,
    valid_tickets,
)
from tests.orders import add_seats


def wait(
    fair: Fair, name: str, places: int = 1, *, fewer: bool = False, type_id: UUID | None = None
) -> Actor:
    """Let a person wait for so many places."""
    actor = person(fair.store, name)
    kind = type_id or fair.regular
    join(
        fair.store, actor.at(EARLY), fair.event.id, ticket_type_id=kind, places=places, fewer=fewer
    )
    return actor


def entry(fair: Fair, actor: Actor) -> EntryView:
    """The open entry of a person."""
    (one,) = my_entries(fair.store, actor.at(EARLY))
    return one


def places_of_offers(fair: Fair) -> dict[str, int]:
    """Who is offered how many places."""
    with fair.store.read() as connection:
        rows = connection.execute(
            select(WaitlistEntryRow.name, WaitlistEntryRow.places).where(
                WaitlistEntryRow.state == EntryState.OFFERED
            )
        )
        return {row.name: row.places for row in rows}


def passed(fair: Fair, name: str) -> int:
    """How many places went past somebody."""
    with fair.store.read() as connection:
        return connection.execute(
            select(WaitlistEntryRow.passed).where(WaitlistEntryRow.name == name)
        ).scalar_one()


# Joining


def test_an_entry_says_for_how_many_it_waits_and_whether_fewer_will_do(fair: Fair) -> None:
    sell_out(fair, fair.regular, 4)
    strict, easy = wait(fair, "Ada", 3), wait(fair, "Bob", 4, fewer=True)
    assert [(each.places, each.least) for each in (entry(fair, strict), entry(fair, easy))] == [
        (3, 3),
        (4, 1),
    ]
    assert entry(fair, strict).party == "3 together"
    assert entry(fair, easy).party == "up to 4 places"
    (listed,) = waiting_lists(fair.store, SUPERVISOR.at(EARLY), fair.event.id)
    assert (listed.waiting, listed.wanted) == (2, 7)


@pytest.mark.parametrize("places", [0, -1, 3, 21])
def test_nobody_waits_for_more_than_there_can_ever_be(fair: Fair, places: int) -> None:
    sell_out(fair, fair.regular, 2)
    with pytest.raises(InvalidInputError, match="1 to 2 places"):
        wait(fair, "Ada", places)


def test_the_public_sees_only_what_is_left_after_all_the_places_that_are_waited_for(
    fair: Fair,
) -> None:
    sell_out(fair, fair.regular, 4)
    wait(fair, "Ada", 3)
    set_type(fair.store, fair.regular, quota=8)
    with Steps(fair.store, SYSTEM.at(EARLY)).read() as act:
        assert availability(act, fair.event.id)[fair.regular].left == 1


def left(fair: Fair, now: datetime = EARLY, type_id: UUID | None = None) -> int | None:
    """The places that are left for everybody."""
    with Steps(fair.store, SYSTEM.at(now)).read() as act:
        return availability(act, fair.event.id)[type_id or fair.regular].left


def test_a_party_keeps_no_place_from_others_on_the_last_day(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 6)
    wait(fair, "Ada", 5)
    free(fair, *tickets[:2])
    assert left(fair) == 0, "they are gathered"
    late = fair.event.starts_at - timedelta(hours=3)
    assert refill(fair, late) == []
    assert left(fair, late) == 2
    new = NewBooking("Bob", "bob@example.org", (NewTicket(fair.regular, "Bob"),))
    book(fair.store, SYSTEM.at(late), fair.event.id, [new])
    assert left(fair, late) == 1


def test_on_the_last_day_a_party_keeps_what_is_enough_for_it(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 6)
    wait(fair, "Ada", 2)
    late = fair.event.starts_at - timedelta(hours=3)
    with fair.store.write() as connection:
        some = update(TicketRow).where(TicketRow.id.in_(tickets[:3]))
        connection.execute(some.values(state="cancelled"))
    assert left(fair, late) == 1
    refill(fair, late)
    assert left(fair, late) == 1


@pytest.mark.parametrize("limit", ["quota", "capacity", "seats"])
def test_a_party_keeps_no_place_where_there_can_never_be_enough(fair: Fair, limit: str) -> None:
    tickets = sell_out(fair, fair.regular, 6)
    wait(fair, "Ada", 5)
    free(fair, *tickets[:3])
    assert left(fair) == 0
    if limit == "quota":
        set_type(fair.store, fair.regular, quota=4)
    elif limit == "capacity":
        set_event(fair, capacity=4)
    else:
        section_id, _seats = add_seats(fair, 4)
        set_type(fair.store, fair.regular, section_id=section_id)
    assert left(fair) == 1


# Offering


def test_so_many_places_are_offered_at_once_and_fewer_where_they_will_do(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 5)
    ada, bob = wait(fair, "Ada", 3), wait(fair, "Bob", 4, fewer=True)
    free(fair, *tickets[:2])
    assert places_of_offers(fair) == {"Bob": 2}
    free(fair, *tickets[2:5])
    assert places_of_offers(fair) == {"Bob": 2, "Ada": 3}
    assert notices(fair.store, ada)[-1][1] == "3 places for you: Regular"
    assert notices(fair.store, bob)[-1][1] == "2 places for you: Regular"


def test_who_is_first_and_fits_goes_before_all_behind(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 3)
    wait(fair, "Ada", 2)
    wait(fair, "Bob")
    wait(fair, "Cy", 2, fewer=True)
    free(fair, *tickets)
    assert places_of_offers(fair) == {"Ada": 2, "Bob": 1}


def test_as_many_places_as_would_do_go_past_a_party_and_then_they_are_gathered(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 6)
    wait(fair, "Ada", 2)
    for name in ("Bob", "Cy", "Dan"):
        wait(fair, name)
    free(fair, tickets[0])
    free(fair, tickets[1])
    assert offered(fair.store) == ["Bob", "Cy"]
    assert passed(fair, "Ada") == 2
    free(fair, tickets[2])
    assert offered(fair.store) == ["Bob", "Cy"], "the place is kept for the party"
    free(fair, tickets[3])
    assert places_of_offers(fair) == {"Bob": 1, "Cy": 1, "Ada": 2}
    free(fair, tickets[4])
    assert "Dan" in offered(fair.store)


def test_what_is_gathered_locks_nothing_in_the_sweep(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 6)
    wait(fair, "Ada", 2)
    for name in ("Bob", "Cy", "Dan"):
        wait(fair, name)
    for ticket in tickets[:3]:
        free(fair, ticket)
    with Store(fair.store.home) as other, other.write():
        assert sweep(fair.store, SYSTEM.at(EARLY)) == 0


def test_nothing_is_gathered_on_the_last_day(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 6)
    wait(fair, "Ada", 2)
    for name in ("Bob", "Cy", "Dan"):
        wait(fair, name)
    for ticket in tickets[:3]:
        free(fair, ticket)
    assert "Dan" not in offered(fair.store)
    refill(fair, fair.event.starts_at - timedelta(hours=23))
    assert "Dan" in offered(fair.store)


def test_nothing_is_gathered_for_more_than_there_can_be_any_more(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 3)
    wait(fair, "Ada", 3)
    for n in range(4):
        wait(fair, f"P{n}")
    free(fair, tickets[0])
    free(fair, tickets[1])
    lapse(fair, EARLY + timedelta(days=1))
    assert passed(fair, "Ada") >= 3
    assert "P3" not in offered(fair.store)
    set_event(fair, capacity=2)
    refill(fair, EARLY + timedelta(days=2))
    assert "P3" in offered(fair.store)


def test_what_is_gathered_in_one_type_is_not_given_away_in_another(fair: Fair) -> None:
    regulars = sell_out(fair, fair.regular, 4)
    (vip,) = sell_out(fair, fair.vip, 1)
    set_event(fair, capacity=5)
    wait(fair, "Ada", 2)
    for name in ("Bob", "Cy"):
        wait(fair, name)
    set_type(fair.store, fair.vip, priority=0)
    wait(fair, "Vic", type_id=fair.vip)
    free(fair, regulars[0])
    free(fair, regulars[1])
    assert offered(fair.store) == ["Bob", "Cy"]
    set_type(fair.store, fair.vip, quota=2)
    free(fair, regulars[2])
    assert offered(fair.store) == ["Bob", "Cy"], "the room in the house is kept, too"
    free(fair, vip)
    assert places_of_offers(fair) == {"Bob": 1, "Cy": 1, "Vic": 1}
    free(fair, regulars[3])
    assert places_of_offers(fair) == {"Bob": 1, "Cy": 1, "Vic": 1, "Ada": 2}


@pytest.mark.parametrize("shared", ["capacity", "seats"])
def test_places_of_another_type_that_shares_the_limit_go_past_too(fair: Fair, shared: str) -> None:
    set_type(fair.store, fair.vip, priority=0)
    tickets = sell_out(fair, fair.vip, 8)
    if shared == "capacity":
        set_event(fair, capacity=8)
    else:
        section_id, _seats = add_seats(fair, 8)
        for type_id in (fair.vip, fair.regular):
            set_type(fair.store, type_id, section_id=section_id)
    wait(fair, "Ada", 2)
    for n in range(6):
        wait(fair, f"P{n}", type_id=fair.vip)
    free(fair, tickets[0])
    free(fair, tickets[1])
    assert (offered(fair.store), passed(fair, "Ada")) == (["P0", "P1"], 2)
    free(fair, tickets[2])
    assert offered(fair.store) == ["P0", "P1"], "the place is kept for the party"
    free(fair, tickets[3])
    assert places_of_offers(fair) == {"Ada": 2, "P0": 1, "P1": 1}
    free(fair, tickets[4])
    assert "P2" in offered(fair.store)


def test_places_of_another_type_that_go_in_one_step_go_past_too(fair: Fair) -> None:
    set_type(fair.store, fair.vip, priority=0)
    tickets = sell_out(fair, fair.vip, 8)
    set_event(fair, capacity=8)
    wait(fair, "Ada", 4)
    for n in range(6):
        wait(fair, f"P{n}", type_id=fair.vip)
    free(fair, *tickets[:3])
    assert (offered(fair.store), passed(fair, "Ada")) == (["P0", "P1", "P2"], 3)
    set_event(fair, capacity=7)
    free(fair, *tickets[3:6])
    assert (offered(fair.store), passed(fair, "Ada")) == (["P0", "P1", "P2", "P3"], 4)


def test_places_of_another_type_do_not_go_past_whom_the_quota_leaves_out(fair: Fair) -> None:
    set_type(fair.store, fair.vip, priority=0)
    sell_out(fair, fair.regular, 2)
    tickets = sell_out(fair, fair.vip, 4)
    wait(fair, "Ada", 2)
    for n in range(3):
        wait(fair, f"P{n}", type_id=fair.vip)
    set_event(fair, capacity=6)
    for ticket in tickets[:3]:
        free(fair, ticket)
    assert (offered(fair.store), passed(fair, "Ada")) == (["P0", "P1", "P2"], 0)


def test_who_is_left_with_nothing_in_one_type_keeps_no_other_type_waiting(fair: Fair) -> None:
    regulars, vips = sell_out(fair, fair.regular, 2), sell_out(fair, fair.vip, 1)
    set_type(fair.store, fair.vip, priority=0)
    wait(fair, "Ada", 2, fewer=True)
    wait(fair, "Bob")
    wait(fair, "Vic", type_id=fair.vip)
    free(fair, *regulars, *vips)
    assert places_of_offers(fair) == {"Ada": 2, "Vic": 1}


def test_no_more_is_offered_than_the_section_has_seats_and_they_are_side_by_side(
    fair: Fair,
) -> None:
    sell_out(fair, fair.regular, 2)
    section_id, _seats = add_seats(fair, 6)
    wait(fair, "Ada", 2)
    wait(fair, "Bob", 2)
    set_type(fair.store, fair.regular, section_id=section_id, quota=20)
    set_event(fair, waitlist_auto=True)
    refill(fair)
    with fair.store.read() as connection:
        rows = connection.execute(
            select(TicketRow.seat, BookingRow.name)
            .join(BookingRow, BookingRow.id == TicketRow.booking_id)
            .where(BookingRow.name.in_(("Ada", "Bob")))
            .order_by(BookingRow.name, TicketRow.seat)
        ).all()
    assert [row.name for row in rows] == ["Ada", "Ada", "Bob", "Bob"]
    pairs = [int(row.seat.split("-")[1]) for row in rows]
    assert pairs[1] - pairs[0] == pairs[3] - pairs[2] == 1


def test_by_hand_so_many_are_offered_as_are_free_and_no_fewer_than_will_do(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 4)
    set_type(fair.store, fair.regular, quota=4)
    wait(fair, "Zoe", 4)
    strict, easy = wait(fair, "Ada", 3), wait(fair, "Bob", 3, fewer=True)
    leave(fair.store, SUPERVISOR.at(EARLY), entry(fair, easy).id)
    free(fair, *tickets[:2])
    assert offered(fair.store) == []
    with pytest.raises(SoldOutError, match="2 free, and 3 are wanted together"):
        offer_by_hand(fair.store, SUPERVISOR.at(EARLY), entry(fair, strict).id)
    free(fair, tickets[2])
    assert places_of_offers(fair) == {"Ada": 3}


# Taking


def test_accepting_takes_them_all_at_once(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 3)
    ada = wait(fair, "Ada", 3)
    free(fair, *tickets)
    booked = accept(fair.store, ada.at(EARLY), entry(fair, ada).id)
    assert len(booked.ticket_ids) == 3
    assert notices(fair.store, ada)[-1][1] == "You have 3 places: Regular"
    with fair.store.read() as connection:
        names = connection.execute(
            select(TicketRow.holder_name).where(TicketRow.booking_id == booked.booking_id)
        ).scalars()
        assert sorted(names) == ["Ada", "Ada +1", "Ada +2"]


def test_who_comes_may_be_named_and_what_nobody_takes_goes_to_the_next(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 3)
    ada = wait(fair, "Ada", 3)
    wait(fair, "Bob")
    free(fair, *tickets)
    people = [WhoComes("Ada"), WhoComes("Grace", "grace@example.org")]
    with pytest.raises(InvalidInputError, match="3 places are offered, not 4"):
        accept(fair.store, ada.at(EARLY), entry(fair, ada).id, people=people * 2)
    booked = accept(fair.store, ada.at(EARLY), entry(fair, ada).id, people=people)
    assert len(booked.ticket_ids) == 2
    assert places_of_offers(fair) == {"Bob": 1}


def test_an_offer_that_lapses_gives_all_its_places_on(fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 2)
    wait(fair, "Ada", 2)
    wait(fair, "Bob")
    wait(fair, "Cy")
    free(fair, *tickets)
    lapse(fair, EARLY + timedelta(days=1))
    assert offered(fair.store) == ["Bob", "Cy"]


def test_a_session_has_one_place_for_each(fair: Fair) -> None:
    sell_out(fair, fair.regular, 2)
    ada = wait(fair, "Ada", 2)
    listed, _total = list_waitlist(fair.store, SUPERVISOR.at(EARLY), fair.event.id)
    assert [(each.name, each.places) for each in listed] == [("Ada", 2)]
    assert id_of(ada) == listed[0].account_id


@pytest.mark.long
def test_in_a_race_each_party_takes_its_places_once_and_nothing_is_oversold(fair: Fair) -> None:
    quota, home = 12, fair.store.home
    tickets = sell_out(fair, fair.regular, quota)
    people = [wait(fair, f"P{n}", 1 + n % 4, fewer=n % 2 == 0) for n in range(10)]

    def hammer(seed: int) -> int:
        taken = 0
        with Store(home) as store:
            other = Fair(**{**vars(fair), "store": store})
            for ticket in tickets[seed::4]:
                free(other, ticket)
                for actor in people:
                    for one in my_entries(store, actor.at(EARLY)):
                        with suppress(EventDeskError):
                            accept(store, actor.at(EARLY), one.id)
                            taken += 1
                sweep(store, SYSTEM.at(EARLY))
        return taken

    with ThreadPoolExecutor(4) as threads:
        taken = sum(threads.map(hammer, range(4)))
    with fair.store.read() as connection:
        rows = connection.execute(
            select(WaitlistEntryRow.state, WaitlistEntryRow.places, WaitlistEntryRow.least)
        ).all()
        bookings = select(func.count()).where(BookingRow.source == "waitlist")
        assert connection.execute(bookings).scalar_one() == taken
    done = [row for row in rows if row.state == EntryState.TAKEN]
    assert len(done) == taken > 0
    assert all(row.places >= row.least for row in done)
    kept = sum(row.places for row in rows if row.state in (EntryState.TAKEN, EntryState.OFFERED))
    assert valid_tickets(fair.store, fair.regular) == sum(row.places for row in done)
    assert kept <= quota
