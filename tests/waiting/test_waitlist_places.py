"""What goes with a place from the waitlist: its seat, its one notice, the code of a hidden type."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from data.schema import NoticeRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import CodeError, SalesClosedError
from eventdesk.sales import NewDiscount, add_discount
from eventdesk.seating import hold_seats
from eventdesk.waiting import accept, join, my_entries, sign_up_for_session, sweep
from tests.build import STAFF, SUPERVISOR, Fair
from tests.figures.crowd import (
    EARLY,
    add_session,
    audited,
    free,
    id_of,
    notices,
    offered,
    person,
    sell_out,
    set_event,
    set_type,
    ticket_for,
)
from tests.orders import add_seats


def wait(fair: Fair, *people: Actor, code: str = "") -> None:
    for each in people:
        join(fair.store, each.at(EARLY), fair.event.id, ticket_type_id=fair.regular, code=code)


def seats_of(store: Store, actor: Actor) -> list[str]:
    """The seats on the tickets that a person got by waiting."""
    with store.read() as connection:
        return list(
            connection.execute(
                select(TicketRow.seat).where(
                    TicketRow.holder_name == actor.name, TicketRow.state == "valid"
                )
            ).scalars()
        )


def told(store: Store, actor: Actor) -> str:
    """The body of the last notice of a person."""
    with store.read() as connection:
        return connection.execute(
            select(NoticeRow.body)
            .where(NoticeRow.account_id == actor.id)
            .order_by(NoticeRow.id.desc())
            .limit(1)
        ).scalar_one()


def test_who_is_given_a_place_without_asking_is_told_once(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    set_event(fair, waitlist_auto=True)
    ada = person(store, "Ada")
    wait(fair, ada)
    free(fair, ticket)
    assert notices(store, ada) == [("offer", "You have a place: Regular")]
    until = EARLY + timedelta(minutes=120, hours=2)  # as the clock in Berlin shows it
    assert f"120.00 EUR are due until {until:%Y-%m-%d %H:%M}" in told(store, ada)


def test_who_accepts_is_told_once_until_when_to_pay(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    wait(fair, ada)
    (entry_id,) = free(fair, ticket)
    accept(store, ada.at(EARLY + timedelta(minutes=30)), entry_id)
    assert notices(store, ada)[1:] == [("booking", "You have a place: Regular")]
    until = EARLY + timedelta(minutes=120, hours=2)
    assert f"are due until {until:%Y-%m-%d %H:%M}" in told(store, ada)


@pytest.mark.parametrize("auto", [True, False])
def test_a_place_in_a_section_comes_with_its_best_free_seat(
    store: Store, fair: Fair, auto: bool
) -> None:
    tickets = sell_out(fair, fair.regular, 2)
    section_id, seats = add_seats(fair, 3)
    set_type(store, fair.regular, section_id=section_id)
    set_event(fair, waitlist_auto=auto)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    hold_seats(
        store, SUPERVISOR.at(EARLY), fair.event.id, [seats[1]], holder_id=id_of(person(store, "X"))
    )
    wait(fair, ada, bob)
    entries = free(fair, *tickets)
    if not auto:
        for entry_id in entries:
            accept(store, SUPERVISOR.at(EARLY), entry_id)
    assert sorted(seats_of(store, ada) + seats_of(store, bob)) == ["H-1", "H-3"]
    assert f"Your seat is {seats_of(store, bob)[0]}." in told(store, bob)


def test_without_a_free_seat_there_is_a_ticket_and_the_notice_says_so(
    store: Store, fair: Fair
) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    section_id, seats = add_seats(fair, 1)
    set_type(store, fair.regular, section_id=section_id)
    ada, eve = person(store, "Ada"), person(store, "Eve")
    wait(fair, ada)
    (entry_id,) = free(fair, ticket)
    hold_seats(store, eve.at(EARLY), fair.event.id, seats, holder_id=id_of(eve))
    accept(store, ada.at(EARLY), entry_id)
    assert seats_of(store, ada) == [""]
    assert "No seat is free" in told(store, ada)


def test_waiting_for_a_hidden_type_needs_the_code_that_unlocks_it(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    set_type(store, fair.regular, hidden=True)
    only: frozenset[UUID] = frozenset({fair.regular})
    for code, types in (("CREW", only), ("EVERYBODY", frozenset[UUID]())):
        new = NewDiscount(code, "percent", 1000, type_ids=types)
        add_discount(store, SUPERVISOR.at(EARLY), fair.event.id, new)
    ada = person(store, "Ada")
    for code in ("", "everybody"):
        with pytest.raises(SalesClosedError, match="with a code only"):
            wait(fair, ada, code=code)
    with pytest.raises(CodeError, match="There is no code “guessed”"):
        wait(fair, ada, code="guessed")
    assert my_entries(store, ada.at(EARLY)) == []
    wait(fair, ada, code=" crew ")
    given = {"ticket_type_id": fair.regular, "name": "Walter", "email": "w@example.org"}
    join(store, STAFF.at(EARLY), fair.event.id, **given)  # type: ignore[arg-type]
    assert audited(store, "join_waitlist") == ["join_waitlist"] * 2


def test_a_sweep_locks_nothing_while_there_is_nothing_to_give(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    ada, bob = person(store, "Ada"), person(store, "Bob")
    for each in (ada, bob):
        ticket_for(fair, each, fair.vip)
    session_id = add_session(fair, "Workshop")
    sign_up_for_session(store, ada.at(EARLY), session_id)
    join(store, bob.at(EARLY), fair.event.id, session_id=session_id)
    wait(fair, bob)
    with Store(store.home) as other, other.write():
        assert sweep(store, SYSTEM.at(EARLY)) == 0
    set_type(store, fair.regular, quota=2)
    assert sweep(store, SYSTEM.at(EARLY)) == 1
    assert offered(store) == ["Bob"]
    with store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.holder_name == "Ada").values(state="cancelled")
        )
    assert sweep(store, SYSTEM.at(EARLY)) == 1
    assert ("change", "You have a place: Workshop") in notices(store, bob)
