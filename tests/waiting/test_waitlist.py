"""Waitlists: who may join, in which order, and what becomes of a freed place."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from data.schema import AccountRow, AuditRow, BookingRow
from data.store import Store
from eventdesk.acts import Actor
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.sales import NewQuestion, add_question
from eventdesk.waiting import EntryState, accept, join, leave, list_waitlist, my_entries
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.figures.crowd import (
    EARLY,
    audited,
    entries,
    free,
    invite_vip,
    lapse,
    notices,
    offered,
    person,
    refill,
    sell_out,
    set_event,
    set_type,
    ticket_for,
    valid_tickets,
)


def wait(fair: Fair, *people: Actor) -> list[int | None]:
    """Let people wait for a regular ticket; returns the places they are told."""
    return [
        join(fair.store, each.at(EARLY), fair.event.id, ticket_type_id=fair.regular).place
        for each in people
    ]


def test_one_is_told_the_place_one_has(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    assert wait(fair, person(store, "Ada"), person(store, "Bob")) == [1, 2]
    assert entries(store) == [("Ada", EntryState.WAITING), ("Bob", EntryState.WAITING)]
    assert audited(store, "join_waitlist") == ["join_waitlist"] * 2
    with store.read() as connection:
        joined = select(AuditRow.detail).where(AuditRow.verb == "join_waitlist")
        detail = connection.execute(joined).scalars().first() or {}
    assert next(name for name in detail if name in ("what", "place", "priority")) == "what"


def test_vips_go_before_regulars_however_they_are_one(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    ada, bob, vip, invited = (person(store, name) for name in ("Ada", "Bob", "Vic", "Ina"))
    ticket_for(fair, vip, fair.vip)
    invite_vip(fair, invited)
    assert wait(fair, ada, invited, bob, vip) == [1, 1, 3, 2]
    listed, total = list_waitlist(
        store, SUPERVISOR.at(EARLY), fair.event.id, ticket_type_id=fair.regular
    )
    assert [(each.name, each.place, each.rank) for each in listed] == [
        ("Ina", 1, "VIP"),
        ("Vic", 2, "VIP"),
        ("Ada", 3, ""),
        ("Bob", 4, ""),
    ]
    assert total == 4


def test_where_there_are_places_nobody_waits(store: Store, fair: Fair) -> None:
    set_type(store, fair.regular, quota=1)
    with pytest.raises(InvalidInputError, match="places left"):
        wait(fair, person(store, "Ada"))
    assert entries(store) == []


def test_who_comes_while_others_wait_waits_behind_them(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    wait(fair, ada)
    free(fair, ticket)
    assert offered(store) == ["Ada"]
    assert wait(fair, bob) == [1]


def test_nobody_waits_twice_for_the_same(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    wait(fair, ada)
    with pytest.raises(InvalidInputError, match="already, at place 1"):
        wait(fair, ada)
    with pytest.raises(InvalidInputError, match="already"):
        join(
            store,
            SUPERVISOR.at(EARLY),
            fair.event.id,
            ticket_type_id=fair.regular,
            name="Ada again",
            email="ADA@example.org",
        )


def test_the_team_writes_down_people_without_an_account(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    given = {"ticket_type_id": fair.regular, "name": "Walter"}
    view = join(store, STAFF.at(EARLY), fair.event.id, email="walter@example.org", **given)  # type: ignore[arg-type]
    assert (view.name, view.account_id, view.place) == ("Walter", None, 1)
    with pytest.raises(InvalidInputError, match="already"):
        join(store, STAFF.at(EARLY), fair.event.id, email="Walter@Example.org", **given)  # type: ignore[arg-type]
    with pytest.raises(NotAllowedError):
        join(store, ATTENDEE.at(EARLY), fair.event.id, email="x@example.org", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "problem"),
    [({"waitlist": False}, "no waitlist"), ({"active": False}, "no such ticket type")],
)
def test_a_type_may_have_no_waitlist(
    store: Store, fair: Fair, values: dict[str, bool], problem: str
) -> None:
    sell_out(fair, fair.regular)
    set_type(store, fair.regular, **values)
    with pytest.raises((InvalidInputError, NotFoundError), match=problem):
        wait(fair, person(store, "Ada"))


def test_once_the_event_has_begun_nobody_joins_and_nothing_is_offered(
    store: Store, fair: Fair
) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    wait(fair, ada)
    assert free(fair, ticket, now=NOON) == []
    with pytest.raises(InvalidInputError, match="begun"):
        join(store, person(store, "Bob").at(NOON), fair.event.id, ticket_type_id=fair.regular)


def test_a_freed_place_is_offered_at_once_with_a_deadline_and_a_notice(
    store: Store, fair: Fair
) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    wait(fair, ada, bob)
    free(fair, ticket)
    (entry,) = my_entries(store, ada.at(EARLY))
    assert (entry.state, entry.place) == (EntryState.OFFERED, None)
    assert entry.offer_until == EARLY + timedelta(minutes=120)
    assert [entry.place for entry in my_entries(store, bob.at(EARLY))] == [1]
    assert notices(store, ada) == [("offer", "A place for you: Regular")]
    assert notices(store, bob) == []
    assert audited(store, "offer_place") == ["offer_place"]


def test_no_offer_outlives_the_begin_of_the_event(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    wait(fair, ada)
    free(fair, ticket, now=fair.event.starts_at - timedelta(minutes=5))
    assert my_entries(store, ada.at(EARLY))[0].offer_until == fair.event.starts_at


def test_accepting_books_a_ticket_that_is_to_be_paid(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    wait(fair, ada)
    (entry_id,) = free(fair, ticket)
    booked = accept(store, ada.at(EARLY + timedelta(minutes=1)), entry_id)
    assert booked.state == "pending"
    assert booked.expires_at == EARLY + timedelta(minutes=120)
    assert entries(store) == [("Ada", EntryState.TAKEN)]
    assert valid_tickets(store, fair.regular) == 1
    with store.read() as connection:
        row = connection.execute(
            select(BookingRow.source, BookingRow.account_id).where(
                BookingRow.id == booked.booking_id
            )
        ).one()
        assert row == ("waitlist", ada.id)
    with pytest.raises(InvalidInputError, match="was taken"):
        accept(store, ada.at(EARLY), entry_id)


def test_only_the_one_it_was_offered_to_or_the_team_accepts(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    wait(fair, person(store, "Ada"))
    (entry_id,) = free(fair, ticket)
    with pytest.raises(NotAllowedError):
        accept(store, person(store, "Eve").at(EARLY), entry_id)
    assert accept(store, SUPERVISOR.at(EARLY), entry_id).ticket_ids


def test_an_offer_that_lapses_goes_to_the_next_and_then_to_the_one_after(
    store: Store, fair: Fair
) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    people = [person(store, name) for name in ("Ada", "Bob", "Cid")]
    wait(fair, *people)
    (entry_id,) = free(fair, ticket)
    later = EARLY + timedelta(minutes=120)
    with pytest.raises(InvalidInputError, match="has passed"):
        accept(store, people[0].at(later), entry_id)
    assert lapse(fair, later - timedelta(seconds=1)) == 0
    assert lapse(fair, later) == 1
    assert offered(store) == ["Bob"]
    assert lapse(fair, later + timedelta(minutes=120)) == 1
    assert [state for _, state in entries(store)] == [
        EntryState.EXPIRED,
        EntryState.EXPIRED,
        EntryState.OFFERED,
    ]
    assert [kind for kind, _ in notices(store, people[0])] == ["offer", "offer"]


def test_leaving_an_offer_gives_it_to_the_next_at_once(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    wait(fair, ada, bob)
    (entry_id,) = free(fair, ticket)
    assert leave(store, ada.at(EARLY), entry_id).state is EntryState.LEFT
    assert offered(store) == ["Bob"]
    with pytest.raises(InvalidInputError, match="taken off"):
        leave(store, ada.at(EARLY), entry_id)
    assert wait(fair, ada) == [1]


def test_who_is_removed_by_the_team_is_told(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    wait(fair, ada)
    leave(
        store, SUPERVISOR.at(EARLY), my_entries(store, ada.at(EARLY))[0].id, reason="Asked by phone"
    )
    assert notices(store, ada) == [("change", "You were taken off the waitlist: Regular")]


def test_places_are_given_without_asking_where_the_event_says_so(store: Store, fair: Fair) -> None:
    tickets = sell_out(fair, fair.regular, 2)
    set_event(fair, waitlist_auto=True, offer_minutes=30)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    wait(fair, ada, bob)
    free(fair, *tickets)
    assert [state for _, state in entries(store)] == [EntryState.TAKEN] * 2
    assert valid_tickets(store, fair.regular) == 2
    with store.read() as connection:
        rows = connection.execute(
            select(BookingRow.state, BookingRow.expires_at).where(BookingRow.account_id == ada.id)
        ).all()
    assert rows == [("pending", EARLY + timedelta(minutes=30))]
    assert ("offer", "You have a place: Regular") in notices(store, ada)


def test_a_free_place_given_without_asking_is_paid_at_once(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    set_type(store, fair.regular, price_minor=0)
    set_event(fair, waitlist_auto=True)
    ada = person(store, "Ada")
    wait(fair, ada)
    free(fair, ticket)
    with store.read() as connection:
        rows = connection.execute(
            select(BookingRow.state, BookingRow.expires_at).where(BookingRow.account_id == ada.id)
        ).all()
    assert rows == [("paid", None)]


def test_what_must_be_asked_first_is_offered_even_where_places_are_given(
    store: Store, fair: Fair
) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    set_event(fair, waitlist_auto=True)
    new = NewQuestion("Which menu?", required=True)
    question_id = add_question(store, SUPERVISOR.at(EARLY), fair.event.id, new)
    ada = person(store, "Ada")
    wait(fair, ada)
    (entry_id,) = free(fair, ticket)
    assert offered(store) == ["Ada"]
    with pytest.raises(InvalidInputError, match="Which menu"):
        accept(store, ada.at(EARLY), entry_id)
    assert offered(store) == ["Ada"]
    booked = accept(store, ada.at(EARLY), entry_id, answers={question_id: "Fish"})
    assert len(booked.ticket_ids) == 1


def test_the_capacity_of_the_event_goes_by_the_same_order_over_all_types(
    store: Store, fair: Fair
) -> None:
    tickets = sell_out(fair, fair.regular, 2)
    set_event(fair, capacity=2)
    ada, vic = person(store, "Ada"), person(store, "Vic")
    wait(fair, ada)
    join(store, vic.at(EARLY), fair.event.id, ticket_type_id=fair.vip)
    free(fair, tickets[0])
    assert offered(store) == ["Vic"]
    free(fair, tickets[1])
    assert offered(store) == ["Ada", "Vic"]


def test_a_raised_quota_is_given_to_those_who_wait(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    people = [person(store, f"P{n}") for n in range(4)]
    wait(fair, *people)
    set_type(store, fair.regular, quota=3)
    assert len(refill(fair)) == 2
    assert refill(fair) == []
    assert offered(store) == ["P0", "P1"]


def test_a_closed_account_is_passed_over_and_the_next_gets_the_place(
    store: Store, fair: Fair
) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    wait(fair, ada, bob)
    with store.write() as connection:
        banned = update(AccountRow).where(AccountRow.id == ada.id).values(banned_at=EARLY)
        connection.execute(banned)
    free(fair, ticket)
    assert entries(store) == [("Ada", EntryState.LEFT), ("Bob", EntryState.OFFERED)]
