"""Seats: made, held, taken, moved, swapped, and each by one person only."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from data.schema import TicketRow
from eventdesk.acts import SYSTEM, Actor, Steps
from eventdesk.core.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SalesClosedError,
    SeatTakenError,
)
from eventdesk.door import find_tickets, ticket_view
from eventdesk.seating import (
    NewRows,
    SeatView,
    add_section,
    best_block,
    block_seats,
    free_seats,
    held_seats,
    hold_best,
    hold_longer,
    hold_seats,
    list_sections,
    make_rows,
    move_seat,
    plan,
    plan_with_names,
    release_seats,
    remove_rows,
    remove_section,
    rename_section,
    swap_seats,
    take_seats,
)
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.figures.crowd import audited, id_of, person, set_event, set_type

ME = id_of(ATTENDEE)


def hall(fair: Fair, name: str = "Stalls", rows: str = "A-C", seats: int = 6, **about: Any) -> UUID:
    section_id = add_section(fair.store, SUPERVISOR.at(NOON), fair.event.id, name)
    make_rows(fair.store, SUPERVISOR.at(NOON), section_id, NewRows(rows, seats, **about))
    return section_id


def seats(fair: Fair, *, holder_id: UUID | None = ME, now: datetime = NOON) -> dict[str, SeatView]:
    sections = plan(fair.store, SYSTEM.at(now), fair.event.id, holder_id=holder_id)
    return {seat.label: seat for section in sections for seat in section.seats}


def ids(fair: Fair, *labels: str) -> list[UUID]:
    known = seats(fair)
    return [known[label].id for label in labels]


def an_id(fair: Fair, label: str) -> UUID:
    return ids(fair, label)[0]


def hold(
    fair: Fair, *labels: str, actor: Actor = ATTENDEE, now: datetime = NOON, **given: Any
) -> datetime:
    given.setdefault("holder_id", actor.id)
    return hold_seats(fair.store, actor.at(now), fair.event.id, ids(fair, *labels), **given)


def take(
    fair: Fair,
    pairs: Sequence[tuple[UUID, UUID]],
    *,
    holder_id: UUID | None = None,
    now: datetime = NOON,
) -> None:
    with Steps(fair.store, SYSTEM.at(now)).write() as act:
        take_seats(act, fair.event.id, pairs, holder_id=holder_id)


def seated(fair: Fair, label: str, name: str = "Ada Lovelace", **ticket: Any) -> UUID:
    """Sell a ticket that sits."""
    (ticket_id,) = fair.sell(name, **ticket).ticket_ids
    take(fair, [(ticket_id, an_id(fair, label))])
    return ticket_id


def seat_of(fair: Fair, ticket_id: UUID) -> str:
    return ticket_view(fair.store, SYSTEM, ticket_id).seat


def states(fair: Fair, *labels: str, **given: Any) -> list[str]:
    known = seats(fair, **given)
    return [known[label].state for label in labels]


def found(fair: Fair, typed: str) -> list[str]:
    return [ticket.name for ticket in find_tickets(fair.store, SYSTEM, fair.event.id, typed)]


def test_a_plan_shows_sections_in_order_with_their_seats(fair: Fair) -> None:
    hall(fair, "Stalls", "A-B", 2, aisles_after=(1,), blocked=("A-2",))
    hall(fair, "Balcony", "A", 1, prefix="Balcony")
    sections = plan(fair.store, SYSTEM.at(NOON), fair.event.id, holder_id=None)
    shown = [
        (section.name, seat.label, seat.row_no, seat.column_no, seat.state)
        for section in sections
        for seat in section.seats
    ]
    assert shown == [
        ("Stalls", "A-1", 0, 1, "free"),
        ("Stalls", "A-2", 0, 3, "blocked"),
        ("Stalls", "B-1", 1, 1, "free"),
        ("Stalls", "B-2", 1, 3, "free"),
        ("Balcony", "Balcony A-1", 0, 1, "free"),
    ]


def test_rows_are_made_behind_those_that_are_there(fair: Fair) -> None:
    section_id = hall(fair, rows="A", seats=2)
    made = make_rows(fair.store, SUPERVISOR.at(NOON), section_id, NewRows("B-C", 3))
    assert made == 6
    assert seats(fair)["C-3"].row_no == 2


def test_a_label_is_there_once_at_an_event(fair: Fair) -> None:
    hall(fair, rows="A", seats=3)
    balcony = add_section(fair.store, SUPERVISOR.at(NOON), fair.event.id, "Balcony")
    with pytest.raises(InvalidInputError, match="seat A-1 at this event already"):
        make_rows(fair.store, SUPERVISOR.at(NOON), balcony, NewRows("A", 1))
    assert len(seats(fair)) == 3
    hall(make_fair(fair.store, "Other"), rows="A", seats=3)


def test_an_event_has_twenty_thousand_seats_and_no_more(fair: Fair) -> None:
    section_id = hall(fair, rows="1-100", seats=200)
    assert len(seats(fair)) == 20_000
    with pytest.raises(InvalidInputError, match="too many"):
        make_rows(fair.store, SUPERVISOR.at(NOON), section_id, NewRows("X", 1))
    best = hold_best(fair.store, ATTENDEE.at(NOON), fair.event.id, section_id, 4, holder_id=ME)
    assert [seat.label for seat in best] == ["1-99", "1-100", "1-101", "1-102"]


def test_held_seats_are_mine_to_me_and_held_to_others_until_the_deadline(fair: Fair) -> None:
    hall(fair)
    set_event(fair, hold_minutes=10)
    until = hold(fair, "A-1", "A-2")
    assert until == NOON + timedelta(minutes=10)
    assert states(fair, "A-1", "A-3") == ["mine", "free"]
    assert states(fair, "A-1", holder_id=None) == ["held"]
    assert states(fair, "A-1", holder_id=uuid4(), now=until) == ["free"]


def test_seats_are_held_all_or_none(fair: Fair) -> None:
    hall(fair)
    hold(fair, "A-2", actor=STAFF)
    with pytest.raises(SeatTakenError, match="A-2") as caught:
        hold(fair, "A-1", "A-2", "A-3")
    assert caught.value.labels == ("A-2",)
    assert states(fair, "A-1", "A-3") == ["free", "free"]


def test_a_hold_that_lapsed_is_anybodys(fair: Fair) -> None:
    hall(fair)
    until = hold(fair, "A-1", actor=STAFF)
    with pytest.raises(SeatTakenError):
        hold(fair, "A-1", now=until - timedelta(seconds=1))
    hold(fair, "A-1", now=until)
    assert states(fair, "A-1", now=until) == ["mine"]


def test_seats_added_later_do_not_prolong_the_hold(fair: Fair) -> None:
    hall(fair)
    until = hold(fair, "A-1")
    later = NOON + timedelta(minutes=5)
    assert hold(fair, "A-1", "A-2", now=later) == until
    assert hold(fair, "A-3", now=until) > until


def test_one_holder_holds_only_so_many(fair: Fair) -> None:
    hall(fair, rows="A-B", seats=30)
    hold(fair, *(f"A-{number}" for number in range(1, 31)))
    with pytest.raises(InvalidInputError, match="51 seats cannot be held at once"):
        hold(fair, *(f"B-{number}" for number in range(1, 22)))
    with pytest.raises(InvalidInputError, match="0 seats cannot be held at once"):
        hold(fair)
    hold(fair, *(f"B-{number}" for number in range(1, 21)))


def test_nobody_holds_for_another_account_but_the_team_may(fair: Fair) -> None:
    hall(fair)
    other = id_of(person(fair.store, "Olu"))
    with pytest.raises(NotAllowedError):
        hold(fair, "A-1", holder_id=other)
    with pytest.raises(NotAllowedError):
        release_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, holder_id=other)
    hold(fair, "A-1", actor=STAFF, holder_id=other)
    assert states(fair, "A-1", holder_id=other) == ["mine"]


@pytest.mark.parametrize("closed", [{"state": "draft"}, {"ends_at": NOON}])
def test_seats_of_an_event_that_is_not_open_are_held_by_the_team_only(
    fair: Fair, closed: dict[str, Any]
) -> None:
    hall(fair)
    set_event(fair, **closed)
    with pytest.raises(SalesClosedError, match="This event is not open for booking now"):
        hold(fair, "A-1")
    hold(fair, "A-1", actor=STAFF)


def test_seats_that_are_let_go_are_free_at_once(fair: Fair) -> None:
    hall(fair)
    hold(fair, "A-1", "A-2", "A-3")
    first = ids(fair, "A-1")
    store, event_id = fair.store, fair.event.id
    assert release_seats(store, ATTENDEE.at(NOON), event_id, holder_id=ME, seat_ids=first) == 1
    assert states(fair, "A-1", "A-2") == ["free", "mine"]
    assert release_seats(store, ATTENDEE.at(NOON), event_id, holder_id=ME) == 2
    hold(fair, "A-1")
    assert release_seats(store, STAFF.at(NOON), event_id, holder_id=None, seat_ids=first) == 1
    assert states(fair, "A-1") == ["free"]
    with pytest.raises(NotAllowedError):
        release_seats(store, ATTENDEE.at(NOON), event_id, holder_id=None, seat_ids=first)
    with pytest.raises(InvalidInputError, match="Say which seats are to be let go"):
        release_seats(store, STAFF.at(NOON), event_id, holder_id=None)


def test_the_best_seats_together_are_held(fair: Fair) -> None:
    section_id = hall(fair, rows="A-B", seats=6)
    seated(fair, "A-4")
    store, event_id = fair.store, fair.event.id
    best = hold_best(store, ATTENDEE.at(NOON), event_id, section_id, 4, holder_id=ME)
    assert [(seat.label, seat.state) for seat in best] == [
        ("B-2", "mine"),
        ("B-3", "mine"),
        ("B-4", "mine"),
        ("B-5", "mine"),
    ]


def test_a_party_too_large_for_any_row_is_told_how_it_could_sit(fair: Fair) -> None:
    section_id = hall(fair, rows="A-B", seats=4)
    store, event_id = fair.store, fair.event.id
    with pytest.raises(SeatTakenError, match="No row has 6") as caught:
        hold_best(store, ATTENDEE.at(NOON), event_id, section_id, 6, holder_id=ME)
    assert "4 in row A and 2 in row B" in caught.value.hint
    assert "mine" not in states(fair, *seats(fair))
    best = hold_best(store, ATTENDEE.at(NOON), event_id, section_id, 6, holder_id=ME, split=True)
    assert [seat.label for seat in best] == ["A-1", "A-2", "A-3", "A-4", "B-2", "B-3"]
    with pytest.raises(SeatTakenError, match="Only 2 seats are free"):
        hold_best(store, ATTENDEE.at(NOON), event_id, section_id, 3, holder_id=ME)


def test_best_seats_of_no_section_are_not_found(fair: Fair) -> None:
    store = fair.store
    with pytest.raises(NotFoundError, match="There are no seats in this section"):
        hold_best(store, ATTENDEE.at(NOON), fair.event.id, uuid4(), 1, holder_id=ME)


def test_a_taken_seat_is_on_the_ticket_and_found_by_search(fair: Fair) -> None:
    hall(fair)
    ticket_id = seated(fair, "B-3")
    assert seat_of(fair, ticket_id) == "B-3"
    assert states(fair, "B-3") == ["taken"]
    assert found(fair, "B-3") == ["Ada Lovelace"]
    assert found(fair, "lovelace") == ["Ada Lovelace"]


def test_a_seat_is_taken_once(fair: Fair) -> None:
    hall(fair)
    seated(fair, "A-1")
    booked = fair.sell_all(["Grace", "Edsger"]).ticket_ids
    first, second = ids(fair, "A-1", "A-2")
    with pytest.raises(SeatTakenError, match="A-1"):
        take(fair, [(booked[0], second), (booked[1], first)])
    assert seat_of(fair, booked[0]) == ""
    with pytest.raises(SeatTakenError):
        take(fair, [(booked[0], second), (booked[1], second)])
    assert states(fair, "A-2") == ["free"]


def test_a_seat_held_by_somebody_else_is_not_taken_and_ones_own_is(fair: Fair) -> None:
    hall(fair)
    until = hold(fair, "A-1")
    (ticket_id,) = fair.sell("Ada").ticket_ids
    pairs = [(ticket_id, an_id(fair, "A-1"))]
    for holder_id in (None, uuid4()):
        with pytest.raises(SeatTakenError):
            take(fair, pairs, holder_id=holder_id)
    take(fair, pairs, holder_id=ME)
    assert states(fair, "A-1") == ["taken"]
    hold(fair, "A-2")
    take(fair, [(ticket_id, an_id(fair, "A-2"))], now=until)
    assert states(fair, "A-1", "A-2") == ["free", "taken"]


def test_a_blocked_seat_is_neither_held_nor_taken(fair: Fair) -> None:
    hall(fair, blocked=("A-1",))
    (ticket_id,) = fair.sell("Ada").ticket_ids
    with pytest.raises(SeatTakenError):
        hold(fair, "A-1")
    with pytest.raises(SeatTakenError):
        take(fair, [(ticket_id, an_id(fair, "A-1"))])


def test_a_ticket_sits_only_in_the_section_of_its_type(fair: Fair) -> None:
    stalls = hall(fair, "Stalls", "A", 2)
    hall(fair, "Balcony", "B", 2)
    set_type(fair.store, fair.vip, section_id=stalls)
    with pytest.raises(SeatTakenError, match="not in the section of VIP"):
        seated(fair, "B-1", ticket_type_id=fair.vip)
    assert seat_of(fair, seated(fair, "A-1", ticket_type_id=fair.vip)) == "A-1"
    assert seat_of(fair, seated(fair, "B-2")) == "B-2"


def test_what_is_not_of_the_event_is_not_found(fair: Fair) -> None:
    hall(fair)
    other = make_fair(fair.store, "Other")
    hall(other)
    (mine,) = fair.sell("Ada").ticket_ids
    (foreign,) = other.sell("Grace").ticket_ids
    with pytest.raises(NotFoundError, match="There is no such seat at this event"):
        take(fair, [(mine, an_id(other, "A-1"))])
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        take(fair, [(foreign, an_id(fair, "A-1"))])
    with pytest.raises(NotFoundError, match="There is no such seat at this event"):
        hold_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, ids(other, "A-1"), holder_id=ME)


def test_freed_seats_leave_the_ticket_and_the_search(fair: Fair) -> None:
    hall(fair)
    ticket_id = seated(fair, "C-5")
    (without,) = fair.sell("Grace", seat="at the bar").ticket_ids
    with Steps(fair.store, SYSTEM.at(NOON)).write() as act:
        free_seats(act, [ticket_id, without])
    assert seat_of(fair, ticket_id) == ""
    assert seat_of(fair, without) == "at the bar"
    assert states(fair, "C-5") == ["free"]
    assert found(fair, "C-5") == []


def test_a_ticket_is_given_another_seat_or_none(fair: Fair) -> None:
    hall(fair)
    ticket_id = seated(fair, "A-1")
    (second,) = ids(fair, "B-2")
    assert move_seat(fair.store, STAFF.at(NOON), ticket_id, second) == "B-2"
    assert states(fair, "A-1", "B-2") == ["free", "taken"]
    assert move_seat(fair.store, STAFF.at(NOON), ticket_id, second) == "B-2"
    assert move_seat(fair.store, STAFF.at(NOON), ticket_id, None) == ""
    assert states(fair, "B-2") == ["free"]
    assert audited(fair.store)[-3:] == ["move_seat"] * 3


def test_a_move_that_fails_leaves_everybody_where_they_sit(fair: Fair) -> None:
    hall(fair)
    ada, grace = seated(fair, "A-1", "Ada"), seated(fair, "A-2", "Grace")
    with pytest.raises(SeatTakenError):
        move_seat(fair.store, STAFF.at(NOON), ada, an_id(fair, "A-2"))
    assert (seat_of(fair, ada), seat_of(fair, grace)) == ("A-1", "A-2")


def test_two_tickets_change_their_seats(fair: Fair) -> None:
    hall(fair)
    ada, grace = seated(fair, "A-1", "Ada"), seated(fair, "C-6", "Grace")
    assert swap_seats(fair.store, STAFF.at(NOON), ada, grace) == ("C-6", "A-1")
    assert (seat_of(fair, ada), seat_of(fair, grace)) == ("C-6", "A-1")
    assert found(fair, "C-6") == ["Ada"]


def test_only_tickets_with_seats_of_one_event_are_swapped(fair: Fair) -> None:
    hall(fair)
    other = make_fair(fair.store, "Other")
    hall(other)
    ada = seated(fair, "A-1", "Ada")
    (standing,) = fair.sell("Grace").ticket_ids
    elsewhere = seated(other, "A-1", "Edsger")
    for second in (standing, elsewhere, ada):
        with pytest.raises(InvalidInputError, match="Only two tickets with a seat each can swap"):
            swap_seats(fair.store, SUPERVISOR.at(NOON), ada, second)
    assert (seat_of(fair, ada), seat_of(fair, elsewhere)) == ("A-1", "A-1")


def test_a_swap_keeps_to_the_sections_of_the_types(fair: Fair) -> None:
    stalls = hall(fair, "Stalls", "A", 2)
    hall(fair, "Balcony", "B", 2)
    set_type(fair.store, fair.vip, section_id=stalls)
    vip = seated(fair, "A-1", "Ada", ticket_type_id=fair.vip)
    regular = seated(fair, "B-1", "Grace")
    with pytest.raises(SeatTakenError):
        swap_seats(fair.store, STAFF.at(NOON), vip, regular)
    assert (seat_of(fair, vip), seat_of(fair, regular)) == ("A-1", "B-1")


def test_the_team_sees_who_sits_where_and_others_do_not(fair: Fair) -> None:
    hall(fair, rows="A", seats=2)
    ticket_id = seated(fair, "A-1")
    (section,) = plan_with_names(fair.store, STAFF.at(NOON), fair.event.id)
    assert [(seat.holder_name, seat.ticket_id) for seat in section.seats] == [
        ("Ada Lovelace", ticket_id),
        ("", None),
    ]
    assert {(seat.holder_name, seat.ticket_id) for seat in seats(fair).values()} == {("", None)}
    with pytest.raises(NotAllowedError):
        plan_with_names(fair.store, ATTENDEE.at(NOON), fair.event.id)


def test_seats_are_blocked_and_given_back_unless_somebody_sits_there(fair: Fair) -> None:
    hall(fair)
    seated(fair, "A-1")
    hold(fair, "A-2")
    store, event_id = fair.store, fair.event.id
    with pytest.raises(SeatTakenError, match="Somebody sits on A-1"):
        block_seats(store, STAFF.at(NOON), event_id, ids(fair, "A-1", "A-2"))
    assert block_seats(store, STAFF.at(NOON), event_id, ids(fair, "A-2", "A-3")) == 2
    assert states(fair, "A-2", "A-3") == ["blocked", "blocked"]
    given = block_seats(store, STAFF.at(NOON), event_id, ids(fair, "A-2"), blocked=False)
    assert given == 1
    assert states(fair, "A-2") == ["free"]


def test_rows_and_sections_are_removed_only_while_nobody_sits_there(fair: Fair) -> None:
    section_id = hall(fair, rows="A-C", seats=2)
    ticket_id = seated(fair, "B-1")
    store = fair.store
    assert remove_rows(store, SUPERVISOR.at(NOON), section_id, ["A"]) == 2
    for names in (["B"], ["C", "B"]):
        with pytest.raises(SeatTakenError):
            remove_rows(store, SUPERVISOR.at(NOON), section_id, names)
    with pytest.raises(NotFoundError, match="There is no such row in this section"):
        remove_rows(store, SUPERVISOR.at(NOON), section_id, ["Z"])
    with pytest.raises(SeatTakenError):
        remove_section(store, SUPERVISOR.at(NOON), section_id)
    move_seat(store, SUPERVISOR.at(NOON), ticket_id, None)
    remove_section(store, SUPERVISOR.at(NOON), section_id)
    assert seats(fair) == {}


def test_a_section_that_tickets_are_for_stays(fair: Fair) -> None:
    section_id = hall(fair)
    set_type(fair.store, fair.vip, section_id=section_id)
    with pytest.raises(InvalidInputError, match="Tickets of VIP sit here"):
        remove_section(fair.store, SUPERVISOR.at(NOON), section_id)


def test_sections_have_names_of_their_own_and_say_how_full_they_are(fair: Fair) -> None:
    section_id = hall(fair, rows="A", seats=6, blocked=("A-6",))
    seated(fair, "A-1")
    until = hold(fair, "A-2", "A-3")
    (view,) = list_sections(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert (view.seats, view.taken, view.held, view.blocked, view.free) == (6, 1, 2, 1, 2)
    (view,) = list_sections(fair.store, SYSTEM.at(until), fair.event.id)
    assert (view.held, view.free) == (0, 4)
    balcony = add_section(fair.store, SUPERVISOR.at(NOON), fair.event.id, " Balcony ")
    with pytest.raises(InvalidInputError, match="section stalls already"):
        rename_section(fair.store, SUPERVISOR.at(NOON), balcony, "stalls")
    rename_section(fair.store, SUPERVISOR.at(NOON), section_id, "Floor")
    names = [view.name for view in list_sections(fair.store, SYSTEM.at(NOON), fair.event.id)]
    assert names == ["Floor", "Balcony"]


@pytest.mark.parametrize("actor", [ATTENDEE, STAFF])
def test_only_who_may_sell_sets_up_the_hall(fair: Fair, actor: Actor) -> None:
    store, section_id = fair.store, hall(fair)
    with pytest.raises(NotAllowedError):
        add_section(store, actor.at(NOON), fair.event.id, "Mine")
    with pytest.raises(NotAllowedError):
        make_rows(store, actor.at(NOON), section_id, NewRows("X", 1))
    with pytest.raises(NotAllowedError):
        remove_rows(store, actor.at(NOON), section_id, ["A"])
    with pytest.raises(NotAllowedError):
        rename_section(store, actor.at(NOON), section_id, "Mine")
    with pytest.raises(NotAllowedError):
        remove_section(store, actor.at(NOON), section_id)


def test_attendees_neither_move_nor_block(fair: Fair) -> None:
    hall(fair)
    ticket_id = seated(fair, "A-1")
    with pytest.raises(NotAllowedError):
        move_seat(fair.store, ATTENDEE.at(NOON), ticket_id, None)
    with pytest.raises(NotAllowedError):
        swap_seats(fair.store, ATTENDEE.at(NOON), ticket_id, ticket_id)
    with pytest.raises(NotAllowedError):
        block_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, ids(fair, "A-2"))


def test_a_cancelled_ticket_is_given_no_seat(fair: Fair) -> None:
    hall(fair)
    (ticket_id,) = fair.sell("Ada").ticket_ids
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id == ticket_id).values(state="cancelled")
        )
    with pytest.raises(InvalidInputError, match="cancelled"):
        move_seat(fair.store, STAFF.at(NOON), ticket_id, an_id(fair, "A-1"))
    assert states(fair, "A-1") == ["free"]


@pytest.mark.parametrize("seed", range(6))
def test_the_best_seats_are_those_of_the_rule_however_the_rows_are_read(
    fair: Fair, seed: int
) -> None:
    random = Random(seed)
    labels = [f"{row}-{seat}" for row in range(1, 31) for seat in range(1, 11)]
    gone = random.sample(labels, random.choice((0, 150, 240, 285)))
    section_id = hall(fair, rows="1-30", seats=10, aisles_after=(3, 7), blocked=gone)
    (section,) = plan(fair.store, SUPERVISOR.at(NOON), fair.event.id, holder_id=None)
    for count in (1, 2, 4, 8):
        wanted = best_block(section.seats, count)
        if not wanted:
            with pytest.raises(SeatTakenError):
                hold_best(
                    fair.store, ATTENDEE.at(NOON), fair.event.id, section_id, count, holder_id=ME
                )
            continue
        held = hold_best(
            fair.store, ATTENDEE.at(NOON), fair.event.id, section_id, count, holder_id=ME
        )
        assert [each.label for each in held] == [each.label for each in wanted]
        release_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, holder_id=ME)


def test_who_holds_seats_sees_them_and_until_when(fair: Fair) -> None:
    hall(fair)
    until = hold_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, ids(fair, "A-2"), holder_id=ME)
    mine = held_seats(fair.store, SYSTEM.at(NOON), fair.event.id, holder_id=ME)
    assert ([seat.label for seat in mine.seats], mine.until) == (["A-2"], until)
    over = held_seats(fair.store, SYSTEM.at(until), fair.event.id, holder_id=ME)
    assert (over.seats, over.until) == ((), None)


def test_a_hold_is_made_longer_while_it_lasts(fair: Fair) -> None:
    hall(fair)
    until = hold_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, ids(fair, "A-2"), holder_id=ME)
    later = NOON + timedelta(minutes=5)
    longer = hold_longer(fair.store, ATTENDEE.at(later), fair.event.id, holder_id=ME)
    assert longer == until + timedelta(minutes=5)
    assert held_seats(fair.store, SYSTEM.at(until), fair.event.id, holder_id=ME).until == longer
    with pytest.raises(SeatTakenError, match="over"):
        hold_longer(fair.store, ATTENDEE.at(longer), fair.event.id, holder_id=ME)


def test_nobody_makes_the_hold_of_another_account_longer(fair: Fair) -> None:
    other = person(fair.store, "Olu")
    with pytest.raises(NotAllowedError):
        hold_longer(fair.store, ATTENDEE.at(NOON), fair.event.id, holder_id=id_of(other))
