"""Parts of an event that do not meet, as the overview and the doctor tell them."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from data.rows import update_row
from data.schema import CheckInListRow, TicketTypeRow
from eventdesk.acts import SYSTEM
from eventdesk.door import event_loose_ends
from eventdesk.door.loose_ends import (
    EventParts,
    ListPart,
    SectionPart,
    SessionPart,
    TypePart,
    loose_ends,
)
from eventdesk.events import cancel_event
from tests.build import NOON, Fair

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STARTS, ENDS = NOON + 10 * DAY, NOON + 11 * DAY

REGULAR = TypePart(UUID(int=1), "Regular", True, 100, None, None, None, None, None)
HALL = SectionPart(UUID(int=9), "Hall", 80)
SEATED = replace(REGULAR, section_id=HALL.id, quota=80)
DOOR = ListPart("Main", None, None)
TALK = SessionPart("Talk", "Attic", 20, 20, 3)


def found(
    *,
    kind: TypePart | None = REGULAR,
    door: ListPart | None = DOOR,
    section: SectionPart | None = None,
    session: SessionPart | None = None,
) -> list[tuple[str, str, bool]]:
    parts = EventParts(
        STARTS,
        ENDS,
        [kind] if kind else [],
        [door] if door else [],
        [section] if section else [],
        [session] if session else [],
    )
    return [(end.text, end.place, end.stops) for end in loose_ends(parts, NOON)]


def test_parts_that_meet_have_no_loose_ends() -> None:
    assert found(kind=SEATED, section=HALL, session=TALK) == []


def test_every_loose_end_says_what_to_do() -> None:
    parts = EventParts(STARTS, ENDS, [], [replace(DOOR, closes_at=NOON)], [HALL], [])
    assert all(end.advice for end in loose_ends(parts, NOON))


def test_seats_that_no_type_sells() -> None:
    assert found(section=HALL) == [
        ("80 seats of Hall are sold by no ticket type", "tickets", False)
    ]
    off = replace(SEATED, active=False)
    assert found(kind=off, section=HALL, door=None)[0][0].startswith("80 seats of Hall")


def test_more_tickets_than_seats() -> None:
    (end,) = found(kind=replace(SEATED, quota=81), section=HALL)
    assert end[0] == "81 tickets are planned for Hall, which has 80 seats"


def test_a_type_that_no_list_takes_stops_the_doors_once_it_is_sold() -> None:
    vip = replace(DOOR, name="VIP", type_ids=frozenset({UUID(int=2)}))
    assert ("tickets Regular come by no check-in list", "lists", False) in found(door=vip)
    sold = replace(REGULAR, sold=3)
    assert ("3 tickets Regular come by no check-in list", "lists", True) in found(
        kind=sold, door=vip
    )


@pytest.mark.parametrize(
    ("door", "words"),
    [
        (replace(DOOR, closes_at=NOON - HOUR), "list Main is closed for good"),
        (replace(DOOR, closes_at=STARTS), "list Main closes before the event begins"),
        (replace(DOOR, opens_at=ENDS), "list Main opens after the event is over"),
    ],
)
def test_a_list_whose_window_misses_the_event(door: ListPart, words: str) -> None:
    assert found(door=door) == [(words, "lists", False)]


def test_a_list_that_opens_a_day_late_has_likely_a_wrong_date() -> None:
    parts = EventParts(
        STARTS, ENDS + 5 * DAY, [REGULAR], [replace(DOOR, opens_at=STARTS + 2 * DAY)]
    )
    (end,) = loose_ends(parts, NOON)
    assert end.text == "list Main opens more than a day after the event begins"


def test_a_list_whose_types_nobody_can_have() -> None:
    off = replace(REGULAR, active=False)
    assert found(kind=off) == [
        ("nobody enters by list Main: its ticket types are switched off", "lists", False)
    ]
    assert found(kind=replace(off, sold=1)) == []


def test_a_list_that_is_open_when_its_tickets_are_not_valid() -> None:
    evening = replace(REGULAR, valid_from=STARTS + 8 * HOUR)
    morning = replace(DOOR, closes_at=STARTS + 4 * HOUR)
    assert found(kind=evening, door=morning) == [
        ("nobody enters by list Main: its tickets are not valid then", "lists", False)
    ]


def test_tickets_that_are_not_valid_during_the_event() -> None:
    early = replace(REGULAR, valid_until=STARTS)
    assert ("tickets Regular are not valid during the event", "tickets", True) in found(kind=early)


def test_a_sale_after_the_event() -> None:
    late = replace(REGULAR, sales_from=ENDS)
    assert found(kind=late) == [
        ("tickets Regular go on sale after the event is over", "tickets", False)
    ]
    longer = replace(REGULAR, sales_until=ENDS + HOUR)
    assert found(kind=longer) == [
        ("tickets Regular are on sale until after the event", "tickets", False)
    ]
    assert found(kind=replace(REGULAR, sales_until=ENDS)) == []


def test_more_sold_than_planned() -> None:
    (end,) = found(kind=replace(REGULAR, sold=101))
    assert end[0] == "101 tickets Regular are sold, 100 were planned"


def test_a_room_too_small_for_those_who_signed_up() -> None:
    assert found(session=replace(TALK, sign_ups=21)) == [
        ("21 people signed up for Talk, Attic holds 20", "programme", False)
    ]
    assert found(session=replace(TALK, capacity=40)) == [
        ("Talk takes up to 40 sign-ups, Attic holds 20", "programme", False)
    ]


def test_what_would_send_guests_away_comes_first() -> None:
    parts = EventParts(
        STARTS, ENDS, [replace(REGULAR, valid_until=STARTS)], [replace(DOOR, closes_at=NOON)]
    )
    assert [end.stops for end in loose_ends(parts, NOON)] == [True, False]


def test_the_parts_are_read_from_the_store(fair: Fair) -> None:
    assert event_loose_ends(fair.store, SYSTEM.at(NOON), fair.event.id) == ()
    fair.sell()
    with fair.store.write() as connection:
        update_row(connection, CheckInListRow, fair.door.id, opens_at=fair.event.ends_at)
        update_row(connection, TicketTypeRow, fair.vip, valid_until=fair.event.starts_at)
    texts = [end.text for end in event_loose_ends(fair.store, SYSTEM.at(NOON), fair.event.id)]
    assert texts == [
        "tickets VIP are not valid during the event",
        "list Main entrance opens after the event is over",
    ]


def test_at_an_event_that_was_called_off_nothing_has_to_meet(fair: Fair) -> None:
    with fair.store.write() as connection:
        update_row(connection, TicketTypeRow, fair.vip, valid_until=fair.event.starts_at)
    cancel_event(fair.store, SYSTEM.at(NOON), fair.event.id, reason="Storm.")
    assert event_loose_ends(fair.store, SYSTEM.at(NOON), fair.event.id) == ()
