"""Waitlists as the team sees and turns them, and as large as they get."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, insert

from data.schema import WaitlistEntryRow
from data.store import Store
from eventdesk.acts import Actor
from eventdesk.core.errors import NotAllowedError, NotFoundError, SoldOutError
from eventdesk.waiting import (
    EntryState,
    accept,
    fill_now,
    join,
    leave,
    list_waitlist,
    move_up,
    my_entries,
    offer_by_hand,
    waiting_lists,
)
from tests.build import ATTENDEE, STAFF, SUPERVISOR, Fair
from tests.figures.crowd import EARLY, free, invite_vip, offered, person, sell_out, set_type


def wait(fair: Fair, *people: Actor) -> list[int | None]:
    """Let people wait for a regular ticket; returns the places they are told."""
    return [
        join(fair.store, each.at(EARLY), fair.event.id, ticket_type_id=fair.regular).place
        for each in people
    ]


def test_who_is_moved_up_goes_before_vips(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada, bob, vip = (person(store, name) for name in ("Ada", "Bob", "Vic"))
    invite_vip(fair, vip)
    wait(fair, ada, bob, vip)
    view = move_up(store, SUPERVISOR.at(EARLY), my_entries(store, bob.at(EARLY))[0].id)
    assert (view.place, view.rank) == (1, "moved up")
    move_up(store, SUPERVISOR.at(EARLY), my_entries(store, ada.at(EARLY))[0].id)
    free(fair, ticket)
    assert offered(store) == ["Ada"]
    with pytest.raises(NotAllowedError):
        move_up(store, bob.at(EARLY), my_entries(store, bob.at(EARLY))[0].id)


def test_by_hand_only_a_place_that_is_free_is_offered(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    wait(fair, ada, bob)
    entry_id = my_entries(store, bob.at(EARLY))[0].id
    with pytest.raises(SoldOutError):
        offer_by_hand(store, SUPERVISOR.at(EARLY), entry_id)
    set_type(store, fair.regular, quota=2)
    assert offer_by_hand(store, SUPERVISOR.at(EARLY), entry_id).state is EntryState.OFFERED
    with pytest.raises(SoldOutError):
        offer_by_hand(store, SUPERVISOR.at(EARLY), my_entries(store, ada.at(EARLY))[0].id)


def test_the_lists_of_an_event_say_who_waits_and_what_is_free(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    wait(fair, person(store, "Ada"), person(store, "Bob"))
    set_type(store, fair.regular, quota=4)
    offer_by_hand(
        store, SUPERVISOR.at(EARLY), list_waitlist(store, STAFF.at(EARLY), fair.event.id)[0][0].id
    )
    (line,) = waiting_lists(store, SUPERVISOR.at(EARLY), fair.event.id)
    assert (line.what, line.waiting, line.offered, line.free) == ("Regular", 1, 1, 2)


def test_a_list_is_searched_and_turned_page_by_page(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    wait(fair, *(person(store, f"Guest {n}") for n in range(5)))
    page, total = list_waitlist(store, STAFF.at(EARLY), fair.event.id, offset=2, limit=2)
    assert ([each.place for each in page], total) == ([3, 4], 5)
    found, total = list_waitlist(store, STAFF.at(EARLY), fair.event.id, search="gUEST.3@")
    assert ([(each.name, each.place) for each in found], total) == ([("Guest 3", 4)], 1)
    assert list_waitlist(store, STAFF.at(EARLY), fair.event.id, search="%")[1] == 0
    leave(store, SUPERVISOR.at(EARLY), found[0].id)
    closed, total = list_waitlist(store, STAFF.at(EARLY), fair.event.id, closed=True)
    assert ([each.name for each in closed], total) == (["Guest 3"], 1)
    with pytest.raises(NotAllowedError):
        list_waitlist(store, ATTENDEE.at(EARLY), fair.event.id)


def test_filling_by_hand_ends_old_offers_first(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    wait(fair, person(store, "Ada"), person(store, "Bob"))
    free(fair, ticket)
    fill_now(store, SUPERVISOR.at(EARLY + timedelta(hours=3)), fair.event.id)
    assert offered(store) == ["Bob"]
    with pytest.raises(NotAllowedError):
        fill_now(store, ATTENDEE.at(EARLY), fair.event.id)


def test_no_such_entry_is_said(store: Store, fair: Fair) -> None:
    for verb in (accept, leave, move_up, offer_by_hand):
        with pytest.raises(NotFoundError, match="There is no such entry on a waitlist"):
            verb(store, SUPERVISOR.at(EARLY), uuid4())


def test_a_place_among_ten_thousand_is_given_by_reading_only_its_own(
    store: Store, fair: Fair
) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    with store.write() as connection:
        connection.execute(
            insert(WaitlistEntryRow),
            [
                {
                    "id": uuid4(),
                    "no": n,
                    "event_id": fair.event.id,
                    "ticket_type_id": fair.regular,
                    "name": f"Guest {n}",
                    "email": f"{n}@example.org",
                    "priority": int(n == 9_999),
                    "state": "waiting",
                    "created_at": EARLY,
                }
                for n in range(1, 10_001)
            ],
        )
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, given: Any, *_: Any) -> None:
        if "waitlist_entry" in sql and sql.startswith("SELECT"):
            asked.append((sql, given))

    event.listen(Engine, "before_cursor_execute", note)
    assert len(free(fair, ticket)) == 1
    event.remove(Engine, "before_cursor_execute", note)
    assert offered(store) == ["Guest 9999"]
    assert asked
    with store.read() as connection:
        for sql, given in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all()
            assert not [step for step in plan if "SCAN waitlist_entry" in step[3]], sql


def test_whoever_is_searched_for_has_the_place_among_all(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    people = [person(store, f"{name} {n}") for n in range(4) for name in ("Ada", "Bob", "Cy")]
    wait(fair, *people)
    for name in ("Ada 2", "Cy 3"):
        (entry,) = list_waitlist(store, SUPERVISOR.at(EARLY), fair.event.id, search=name)[0]
        move_up(store, SUPERVISOR.at(EARLY), entry.id)
    everybody, _total = list_waitlist(store, SUPERVISOR.at(EARLY), fair.event.id)
    places = {each.name: each.place or 0 for each in everybody}
    assert sorted(places.values()) == list(range(1, 13))
    for name in ("Ada", "Bob", "Cy"):
        found, total = list_waitlist(store, SUPERVISOR.at(EARLY), fair.event.id, search=name)
        assert total == 4
        assert {each.name: each.place for each in found} == {
            each.name: places[each.name] for each in found
        }
        shown = [each.place or 0 for each in found]
        assert shown == sorted(shown)


def test_a_page_is_read_in_order_and_not_sorted(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, sql: str, values: Any, _ctx: Any, _many: bool) -> None:
        if "FROM waitlist_entry" in sql and "ORDER BY" in sql and "WHERE" in sql:
            asked.append((sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        list_waitlist(store, SUPERVISOR.at(EARLY), fair.event.id)
        list_waitlist(
            store, SUPERVISOR.at(EARLY), fair.event.id, ticket_type_id=fair.regular, offset=50
        )
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    waiting = [(sql, values) for sql, values in asked if "'offered'" not in sql]
    assert len(waiting) == 2
    with store.read() as connection:
        for sql, values in waiting:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            words = " ".join(row[-1] for row in plan)
            assert "COVERING INDEX" in words, words
            assert "TEMP B-TREE" not in words, words


def test_a_name_is_found_as_it_is_written_also_with_an_umlaut(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    wait(fair, person(store, "Özlem Ärmel", email="o@example.org"))
    assert list_waitlist(store, STAFF.at(EARLY), fair.event.id, search="Özlem Är")[1] == 1
