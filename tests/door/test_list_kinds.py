"""Rooms that fill, things handed out, sessions, ways out: what each kind of list does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update

from data.schema import CheckInListRow, DeliveryRow, SessionRow, SignUpRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import correct_answers
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.door import (
    CheckInList,
    CheckInResult,
    Direction,
    DoorQuestion,
    EntryPolicy,
    ListKind,
    ListView,
    NewCheckInList,
    Outcome,
    as_new,
    change_check_in_list,
    check_in,
    counters,
    doors_of_event,
    find_tickets,
    recent_scans,
    ticket_view,
    try_rule,
    undo,
)
from eventdesk.events import NewRoom, NewVenue, add_room, add_venue, remove_room
from eventdesk.figures import standing
from eventdesk.figures.reports.attendance import attendance_report, no_show_report
from eventdesk.programme import NewSession, add_session, remove_session
from eventdesk.sales import NewQuestion, QuestionKind, add_question, remove_question
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.events.organizing import person

EXIT = Direction.EXIT
HOUR = timedelta(hours=1)


def scan(
    fair: Fair,
    token: str,
    door: ListView,
    way: Direction | None = None,
    after: timedelta = HOUR * 0,
) -> CheckInResult:
    """Scan a token at a list, some time after noon."""
    asked = fair.scan(token, list_id=door.id, direction=way)
    return check_in(fair.store, STAFF.at(NOON + after), asked)


def tokens(fair: Fair, count: int) -> list[str]:
    """The tokens of so many tickets."""
    booked = fair.sell_all([f"Guest {number}" for number in range(count)])
    return [fair.token(booked, index) for index in range(count)]


def hall(fair: Fair, capacity: int | None = 2) -> UUID:
    """A room of the event."""
    venue = add_venue(fair.store, SYSTEM.at(NOON), fair.event.id, NewVenue("Mill", "Mill Lane"))
    new = NewRoom(venue.id, "Hall", capacity)
    return add_room(fair.store, SYSTEM.at(NOON), fair.event.id, new).id


# Rooms


def test_a_room_lets_in_as_many_as_it_holds_and_one_more_when_one_left(fair: Fair) -> None:
    room = fair.list(
        "Hall", kind=ListKind.ROOM, room_id=hall(fair), entry_policy=EntryPolicy.AFTER_EXIT
    )
    ada, bob, eve = tokens(fair, 3)
    first = scan(fair, ada, room)
    assert (first.outcome, first.inside, first.capacity) == (Outcome.ADMITTED, 1, 2)
    assert (first.kind, first.word, first.delivery_id) == (ListKind.ROOM, "Come in", None)
    assert first.occupancy == "1 of 2 inside"
    assert scan(fair, bob, room).inside == 2
    refused = scan(fair, eve, room)
    assert (refused.outcome, refused.rule, refused.word) == (Outcome.RULES, "Full", "Full")
    assert refused.is_full
    assert refused.guest_sentence.startswith("Hall is full: 2 of 2 people are inside.")
    count = counters(fair.store, SYSTEM.at(NOON), room.id)
    assert (count.inside, count.capacity, count.free) == (2, 2, 0)
    left = scan(fair, ada, room, EXIT)
    assert (left.outcome, left.inside) == (Outcome.EXITED, 1)
    assert scan(fair, eve, room).outcome is Outcome.ADMITTED
    undone = undo(fair.store, SUPERVISOR.at(NOON), scan(fair, bob, room, EXIT).scan_id)
    assert undone.annulled
    assert scan(fair, ada, room).is_full


def test_a_supervisor_lets_one_more_in_and_the_log_says_against_what(fair: Fair) -> None:
    room = fair.list("Hall", kind=ListKind.ROOM, capacity=1)
    ada, bob = tokens(fair, 2)
    scan(fair, ada, room)
    forced = fair.scan(bob, list_id=room.id, force_reason="the speaker")
    result = check_in(fair.store, SUPERVISOR.at(NOON), forced)
    assert (result.outcome, result.overridden) == (Outcome.ADMITTED, Outcome.RULES)
    assert (result.inside, result.capacity) == (2, 1)
    assert recent_scans(fair.store, STAFF, room.id)[0].reason == "Room full: 1 of 1 are inside."


def two_rooms(fair: Fair, **given: Any) -> tuple[ListView, ListView]:
    """A hall for one, and a stage whose entry ends the stay there."""
    again: dict[str, Any] = {"kind": ListKind.ROOM, "entry_policy": EntryPolicy.AFTER_EXIT}
    stage = {"capacity": 5, "ends_stays": True, **again, **given}
    return fair.list("Hall", capacity=1, **again), fair.list("Stage", **stage)


def test_entering_a_room_ends_the_stay_in_the_other_and_frees_its_place(fair: Fair) -> None:
    hall_list, stage = two_rooms(fair)
    ada, bob = tokens(fair, 2)
    assert scan(fair, ada, hall_list).passes
    assert scan(fair, bob, hall_list).rule == "Full"
    assert scan(fair, ada, stage, after=HOUR).inside == 1
    assert scan(fair, bob, hall_list, after=HOUR).passes
    assert (
        counters(fair.store, SYSTEM, hall_list.id).inside,
        counters(fair.store, SYSTEM, stage.id).inside,
    ) == (1, 1)
    exits = [
        each
        for each in recent_scans(fair.store, STAFF, hall_list.id)
        if each.outcome is Outcome.EXITED
    ]
    assert [(each.name, each.reason) for each in exits] == [("Guest 0", "Entered Stage.")]


def test_undoing_that_entry_gives_the_stay_back(fair: Fair) -> None:
    hall_list, stage = two_rooms(fair)
    (ada,) = tokens(fair, 1)
    scan(fair, ada, hall_list)
    entered = scan(fair, ada, stage, after=HOUR)
    undo(fair.store, STAFF.at(NOON + HOUR), entered.scan_id)
    assert (
        counters(fair.store, SYSTEM, hall_list.id).inside,
        counters(fair.store, SYSTEM, stage.id).inside,
    ) == (1, 0)
    assert scan(fair, ada, hall_list, after=HOUR).outcome is Outcome.ALREADY_IN


def test_a_repeated_or_refused_entry_ends_no_stay_twice(fair: Fair) -> None:
    hall_list, stage = two_rooms(fair, capacity=1)
    ada, bob = tokens(fair, 2)
    scan(fair, bob, stage)
    scan(fair, ada, hall_list)
    assert scan(fair, ada, stage).rule == "Full"
    assert counters(fair.store, SYSTEM, hall_list.id).inside == 1
    scan(fair, bob, stage, EXIT)
    again = fair.scan(ada, list_id=stage.id)
    assert check_in(fair.store, STAFF.at(NOON), again) == check_in(
        fair.store, STAFF.at(NOON), again
    )
    exits = [
        each
        for each in recent_scans(fair.store, STAFF, hall_list.id)
        if each.outcome is Outcome.EXITED
    ]
    assert len(exits) == 1


def test_a_room_without_the_setting_and_the_door_of_the_event_keep_their_guests(fair: Fair) -> None:
    hall_list, stage = two_rooms(fair, ends_stays=False)
    (ada,) = tokens(fair, 1)
    for each in (fair.door, hall_list, stage):
        assert scan(fair, ada, each).passes
    assert counters(fair.store, SYSTEM, hall_list.id).inside == 1
    moving = replace(as_new(list_at_door_of(fair, stage)), ends_stays=True)
    change_check_in_list(fair.store, SYSTEM.at(NOON), stage.id, moving)
    scan(fair, ada, stage, EXIT, after=HOUR)
    assert scan(fair, ada, stage, after=HOUR).passes
    assert counters(fair.store, SYSTEM, hall_list.id).inside == 0
    assert counters(fair.store, SYSTEM, fair.door.id).inside == 1


def list_at_door_of(fair: Fair, listed: ListView) -> CheckInList:
    """A list as it stands."""
    return next(
        each
        for each in doors_of_event(fair.store, SYSTEM, fair.event.id).lists
        if each.id == listed.id
    )


def test_a_list_for_arriving_may_hold_so_many_too(fair: Fair) -> None:
    change_check_in_list(
        fair.store, SYSTEM.at(NOON), fair.door.id, NewCheckInList("Main", capacity=1)
    )
    ada, bob = tokens(fair, 2)
    assert scan(fair, ada, fair.door).passes
    assert scan(fair, bob, fair.door).is_full


# A time of day at which all have left


def test_at_the_time_of_day_the_room_is_empty_and_may_be_entered_again(fair: Fair) -> None:
    room = fair.list(
        "Hall",
        kind=ListKind.ROOM,
        capacity=1,
        entry_policy=EntryPolicy.AFTER_EXIT,
        auto_exit="23:00",
    )
    ada, bob = tokens(fair, 2)
    assert scan(fair, ada, room).passes
    # Noon in Berlin; 23:00 there is eleven hours later.
    assert scan(fair, bob, room, after=10 * HOUR).is_full
    assert counters(fair.store, SYSTEM.at(NOON + 10 * HOUR), room.id).inside == 1
    assert counters(fair.store, SYSTEM.at(NOON + 11 * HOUR), room.id).inside == 0
    late = scan(fair, ada, room, EXIT, after=12 * HOUR)
    assert (late.outcome, late.reason) == (Outcome.ALREADY_OUT, "Taken to have left at 23:00.")
    assert scan(fair, bob, room, after=12 * HOUR).inside == 1
    next_day = scan(fair, ada, room, after=36 * HOUR)
    assert (next_day.outcome, next_day.inside) == (Outcome.ADMITTED, 1)
    assert counters(fair.store, SYSTEM.at(NOON + 36 * HOUR), room.id).inside == 1


def test_the_desk_sees_who_is_taken_to_have_left(fair: Fair) -> None:
    new = NewCheckInList("Main", auto_exit="23:00")
    change_check_in_list(fair.store, SYSTEM.at(NOON), fair.door.id, new)
    booked = fair.sell()
    scan(fair, fair.token(booked), fair.door)
    for hours, is_inside in ((1, True), (24, False)):
        who, door = SYSTEM.at(NOON + HOUR * hours), fair.door.id
        view = ticket_view(fair.store, who, booked.ticket_ids[0], list_id=door)
        assert (view.inside, view.admitted_at) == (is_inside, NOON)
        for typed in ("Ada", view.code, fair.token(booked)):
            assert find_tickets(fair.store, who, fair.event.id, typed, list_id=door) == [view]


# Things that are handed out


def test_a_thing_is_handed_out_once_with_the_answer_that_says_which(fair: Fair) -> None:
    new = NewQuestion("Which size?", QuestionKind.CHOICE, choices=("S", "M", "L"))
    size = add_question(fair.store, SYSTEM.at(NOON), fair.event.id, new)
    shirts = fair.list("Shirts", kind=ListKind.COLLECT, item="T-shirt", item_question_id=size)
    booked = fair.sell_all(["Ada", "Bob"])
    correct_answers(fair.store, SYSTEM.at(NOON), booked.ticket_ids[0], {size: "L"})
    first = scan(fair, fair.token(booked), shirts, EXIT)
    assert (first.outcome, first.direction) == (Outcome.ADMITTED, Direction.ENTRY)
    assert (first.thing, first.word, first.delivery_id) == ("T-shirt L", "Hand out", None)
    assert first.guest_sentence == "Here you are: T-shirt L."
    again = scan(fair, fair.token(booked), shirts, after=HOUR)
    assert (again.outcome, again.word) == (Outcome.ALREADY_IN, "Collected")
    assert again.guest_sentence.startswith("T-shirt was collected with this ticket at 12:00.")
    assert scan(fair, fair.token(booked, 1), shirts).thing == "T-shirt"
    with pytest.raises(InvalidInputError, match="hands out"):
        remove_question(fair.store, SYSTEM.at(NOON), size)


# Sessions


def session(fair: Fair, *, sign_up: bool = True) -> UUID:
    """A session of the event."""
    start = NOON + HOUR
    new = NewSession("Talk", start, start + HOUR, capacity=10, sign_up=sign_up)
    return add_session(fair.store, SYSTEM.at(NOON), fair.event.id, new).session.id


def test_only_who_has_a_place_enters_a_session_and_only_one_for_each_place(fair: Fair) -> None:
    talk = session(fair)
    door = fair.list("Talk", kind=ListKind.ROOM, session_id=talk)
    ada = person(fair.store, "Ada Lovelace")
    booked = fair.sell_all(["Ada", "Bob"], account_id=ada.id)
    refused = scan(fair, fair.token(booked), door)
    assert (refused.outcome, "no place in “Talk”" in refused.guest_sentence) == (
        Outcome.WRONG_LIST,
        True,
    )
    with fair.store.write() as connection:
        connection.execute(
            insert(SignUpRow).values(
                id=new_id(),
                event_id=fair.event.id,
                session_id=talk,
                account_id=ada.id,
                created_at=NOON,
            )
        )
    assert counters(fair.store, SYSTEM.at(NOON), door.id).expected == 1
    assert scan(fair, fair.token(booked), door).passes
    assert scan(fair, fair.token(booked, 1), door).outcome is Outcome.WRONG_LIST
    with pytest.raises(InvalidInputError, match="signed up"):
        remove_session(fair.store, SYSTEM.at(NOON), talk)


def test_a_session_without_sign_up_is_open_to_all_its_types(fair: Fair) -> None:
    talk = session(fair, sign_up=False)
    door = fair.list("Talk", kind=ListKind.ROOM, session_id=talk)
    assert scan(fair, tokens(fair, 1)[0], door).passes
    with pytest.raises(InvalidInputError, match="door of this session"):
        remove_session(fair.store, SYSTEM.at(NOON), talk)


# Leaving


def test_the_door_of_a_session_is_tried_with_its_room_before_it_is_saved(fair: Fair) -> None:
    new = NewSession("Talk", NOON + HOUR, NOON + HOUR * 2, room_id=hall(fair))
    talk = add_session(fair.store, SYSTEM.at(NOON), fair.event.id, new).session.id
    door = NewCheckInList("Talk", kind=ListKind.ROOM, session_id=talk)
    saved = fair.list("Talk", kind=ListKind.ROOM, session_id=talk)
    for listed in (door, saved.id):
        tried = try_rule(
            fair.store,
            SUPERVISOR,
            listed,
            ticket_type_id=fair.regular,
            at=NOON,
            inside=2,
            event_id=fair.event.id,
        )
        assert (str(tried.rule), "Hall is full" in str(tried.guest_sentence)) == ("Full", True)
    with fair.store.write() as connection:
        connection.execute(
            update(SessionRow).where(SessionRow.id == talk).values(cancelled_at=NOON)
        )
    tried = try_rule(
        fair.store, SUPERVISOR, door, ticket_type_id=fair.regular, at=NOON, event_id=fair.event.id
    )
    assert str(tried.reason) == "The session “Talk” was cancelled."


def test_a_way_out_ends_what_any_door_and_room_began(fair: Fair) -> None:
    room = fair.list("Hall", kind=ListKind.ROOM, capacity=1, entry_policy=EntryPolicy.AFTER_EXIT)
    new = NewCheckInList("Main", entry_policy=EntryPolicy.AFTER_EXIT)
    change_check_in_list(fair.store, SYSTEM.at(NOON), fair.door.id, new)
    way_out = fair.list("Way out", kind=ListKind.LEAVE)
    ada, bob = tokens(fair, 2)
    assert scan(fair, ada, way_out).outcome is Outcome.ALREADY_OUT
    for door in (fair.door, room):
        assert scan(fair, ada, door).passes
    assert scan(fair, ada, fair.door).outcome is Outcome.ALREADY_IN
    assert scan(fair, bob, room).is_full
    left = scan(fair, ada, way_out, Direction.ENTRY)
    assert (left.outcome, left.direction) == (Outcome.EXITED, EXIT)
    for door in (fair.door, room):
        assert counters(fair.store, SYSTEM.at(NOON), door.id).inside == 0
    count = counters(fair.store, SYSTEM.at(NOON), way_out.id)
    assert (count.admitted, count.inside, count.out) == (1, 0, 1)
    assert scan(fair, ada, way_out).outcome is Outcome.ALREADY_OUT
    assert scan(fair, bob, room).passes
    assert scan(fair, ada, fair.door).passes
    assert counters(fair.store, SYSTEM.at(NOON), way_out.id).inside == 1


def test_the_time_of_a_way_out_ends_what_the_doors_began(fair: Fair) -> None:
    new = NewCheckInList("Main", entry_policy=EntryPolicy.AFTER_EXIT)
    change_check_in_list(fair.store, SYSTEM.at(NOON), fair.door.id, new)
    fair.list("Way out", kind=ListKind.LEAVE, auto_exit="23:00")
    (ada,) = tokens(fair, 1)
    assert scan(fair, ada, fair.door).passes
    assert counters(fair.store, SYSTEM.at(NOON + HOUR), fair.door.id).inside == 1
    assert scan(fair, ada, fair.door, after=HOUR).outcome is Outcome.ALREADY_IN
    assert counters(fair.store, SYSTEM.at(NOON + HOUR * 20), fair.door.id).inside == 0
    wall = standing(fair.store, STAFF.at(NOON + HOUR * 20), fair.event.id)
    assert (wall.total.came, wall.total.inside) == (1, 0)
    kept = [each.auto_exit for each in doors_of_event(fair.store, SYSTEM, fair.event.id).lists]
    assert kept == ["", "23:00"]
    assert scan(fair, ada, fair.door, after=HOUR * 20).passes


def test_the_way_out_of_a_room_ends_that_room_only(fair: Fair) -> None:
    room_id = hall(fair)
    again = EntryPolicy.AFTER_EXIT
    room = fair.list("Hall", kind=ListKind.ROOM, room_id=room_id, entry_policy=again)
    out = fair.list("Out of the hall", kind=ListKind.LEAVE, room_id=room_id)
    (ada,) = tokens(fair, 1)
    for door in (fair.door, room):
        assert scan(fair, ada, door).passes
    assert scan(fair, ada, out).outcome is Outcome.EXITED
    assert counters(fair.store, SYSTEM.at(NOON), room.id).inside == 0
    assert counters(fair.store, SYSTEM.at(NOON), fair.door.id).inside == 1
    with pytest.raises(InvalidInputError, match="door of this room"):
        remove_room(fair.store, SYSTEM.at(NOON), room_id)


# Questions, and lists from before


def test_answers_are_kept_as_they_were_asked_and_shown_in_the_log(fair: Fair) -> None:
    asked = (
        DoorQuestion("q1", "Which size?", QuestionKind.CHOICE, ("S", "M")),
        DoorQuestion("q2", "Any wish?", required=False),
    )
    door = fair.list("Bags", questions=asked)
    (ada,) = tokens(fair, 1)
    first = scan(fair, ada, door)
    assert (first.outcome, first.questions) == (Outcome.INCOMPLETE, asked)
    assert CheckInResult.from_json(first.to_json()) == first
    answers = {"q1": "m", "q2": "", "other": "x"}
    answered = fair.scan(ada, list_id=door.id, answers=answers)
    assert check_in(fair.store, STAFF.at(NOON), answered).passes
    newest, before = recent_scans(fair.store, STAFF, door.id)
    assert (newest.answers, before.answers) == (("Which size? M",), ())


def test_a_list_that_was_stored_before_still_lets_in(store: Store, fair: Fair) -> None:
    with store.write() as connection:
        connection.execute(
            update(CheckInListRow)
            .where(CheckInListRow.id == fair.door.id)
            .values(questions={"shirt": "Which?"})
        )
    (listed,) = doors_of_event(store, SYSTEM, fair.event.id).lists
    assert listed.questions == (DoorQuestion("shirt", "Which?"),)
    (ada,) = tokens(fair, 1)
    assert scan(fair, ada, fair.door).outcome is Outcome.INCOMPLETE
    answered = fair.scan(ada, answers={"shirt": "L"})
    assert check_in(store, STAFF.at(NOON), answered).passes


def test_only_arriving_prints_badges(store: Store, fair: Fair) -> None:
    (ada,) = tokens(fair, 1)
    for kind in (ListKind.ROOM, ListKind.COLLECT):
        assert scan(fair, ada, fair.list(kind, kind=kind, item="Bag")).passes
    assert scan(fair, ada, fair.door).delivery_id is not None
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(DeliveryRow)).scalar_one() == 1


# Badges that are picked up


def test_a_badge_desk_prints_once_and_the_arrival_does_not(fair: Fair) -> None:
    desk = fair.list("Badges", kind=ListKind.BADGE)
    ada, bob = tokens(fair, 2)
    picked = scan(fair, ada, desk)
    assert (picked.outcome, picked.word, picked.item) == (Outcome.ADMITTED, "Badge", "Badge")
    assert picked.delivery_id is not None
    again = scan(fair, ada, desk)
    assert (again.outcome, again.word, again.delivery_id) == (Outcome.ALREADY_IN, "Collected", None)
    for each in (ada, bob):
        arrived = scan(fair, each, fair.door)
        assert (arrived.outcome, arrived.delivery_id) == (Outcome.ADMITTED, None)


def test_picking_a_badge_up_is_no_arrival_in_any_figure(fair: Fair) -> None:
    desk = fair.list("Badges", kind=ListKind.BADGE)
    (ada,) = tokens(fair, 1)
    scan(fair, ada, desk)
    admitted = [counters(fair.store, SYSTEM, each.id).admitted for each in (fair.door, desk)]
    assert admitted == [0, 1]
    wall = standing(fair.store, STAFF.at(NOON + HOUR), fair.event.id)
    assert (wall.total.came, wall.total.inside) == (0, 0)
    came = attendance_report(fair.store, SYSTEM.at(NOON + HOUR), fair.event.id)
    absent = no_show_report(fair.store, SYSTEM.at(NOON + HOUR), fair.event.id)
    assert came.tables[0].rows[0][:3] == ("Regular", 1, 0)
    assert any("Guest 0" in row for table in absent.tables for row in table.rows)


def test_a_badge_desk_for_some_types_leaves_the_badges_of_the_others_at_the_arrival(
    fair: Fair,
) -> None:
    fair.list("VIP badges", kind=ListKind.BADGE, ticket_type_ids=frozenset({fair.vip}))
    vip = fair.token(fair.sell("Grace", ticket_type_id=fair.vip))
    (regular,) = tokens(fair, 1)
    assert scan(fair, vip, fair.door).delivery_id is None
    assert scan(fair, regular, fair.door).delivery_id is not None


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (NewCheckInList("A", kind=ListKind.COLLECT), "What is collected"),
        (NewCheckInList("A", capacity=0), "most people"),
        (NewCheckInList("A", auto_exit="26:00"), "no time of day"),
        (NewCheckInList("A", room_id=UUID(int=9), kind=ListKind.ROOM), "room"),
        (NewCheckInList("A", session_id=UUID(int=9)), "session"),
        (
            NewCheckInList("A", kind=ListKind.COLLECT, item="x", item_question_id=UUID(int=9)),
            "question",
        ),
        (
            NewCheckInList(
                "A", questions=(DoorQuestion("q", "Size?", QuestionKind.CHOICE, ("S",)),)
            ),
            "choices",
        ),
        (
            NewCheckInList("A", questions=(DoorQuestion("q", "A?"), DoorQuestion("q", "B?"))),
            "same key",
        ),
    ],
)
def test_a_list_that_cannot_be_is_refused(fair: Fair, wrong: NewCheckInList, problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        change_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id, wrong)
