"""Who else of a booking is still to come, and who goes in with the one that was shown."""

from uuid import UUID

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import Booked, block, cancel_tickets, reissue, transfer_ticket
from eventdesk.core.errors import NotAllowedError, NotFoundError
from eventdesk.door import DoorQuestion, ListKind, RestOfBooking, check_in, rest_of_booking, undo
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair


def rest(fair: Fair, booked: Booked, *, list_id: UUID | None = None) -> RestOfBooking:
    where = list_id or fair.door.id
    return rest_of_booking(fair.store, STAFF.at(NOON), booked.ticket_ids[0], where)


def test_names_those_of_the_booking_that_are_not_in(fair: Fair) -> None:
    fair.sell("Somebody Else")
    booked = fair.sell_all(["Ada", "Bob", "Cy"])
    assert {each.ticket_id for each in rest(fair, booked).others} == set(booked.ticket_ids[1:])
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, 1)))
    assert [each.ticket_id for each in rest(fair, booked).others] == [booked.ticket_ids[2]]
    undo(fair.store, STAFF.at(NOON), result.scan_id)
    assert len(rest(fair, booked).others) == 2


def test_leaves_out_cancelled_tickets_and_types_the_list_does_not_take(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Bob", "Cy"])
    cancel_tickets(fair.store, SYSTEM.at(NOON), booked.ticket_ids[2:], reason="sick")
    assert len(rest(fair, booked).others) == 1
    vips = fair.list("VIP entrance", ticket_type_ids=frozenset({fair.vip}))
    assert rest(fair, booked, list_id=vips.id).others == ()


def test_tickets_that_went_their_own_way_do_not_go_in_together(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Bob", "Cy", "Dan"])
    _ada, bob, cy, dan = booked.ticket_ids
    transfer_ticket(fair.store, SYSTEM.at(NOON), bob, name="Eve", email="eve@example.org")
    reissue(fair.store, SUPERVISOR.at(NOON), cy, reason="phone lost")
    found = rest(fair, booked)
    assert len(found.others) == 3
    assert [each.ticket_id for each in found.together] == [dan]
    assert found.by_type == {"Regular": 1}


def test_who_was_handed_a_ticket_lets_nobody_of_the_sellers_booking_in(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Bob", "Cy"])
    ada = booked.ticket_ids[0]
    transfer_ticket(fair.store, SYSTEM.at(NOON), ada, name="Eve", email="eve@example.org")
    found = rest(fair, booked)
    assert len(found.others) == 2
    assert found.together == ()


def test_a_blocked_ticket_does_not_go_in_together(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Bob", "Cy"])
    block(fair.store, SUPERVISOR.at(NOON), booked.ticket_ids[1], note="card stolen")
    found = rest(fair, booked)
    assert len(found.others) == 2
    assert [each.ticket_id for each in found.together] == [booked.ticket_ids[2]]


def test_a_list_that_asks_each_guest_lets_nobody_in_for_others(store: Store) -> None:
    fair = make_fair(store, questions=(DoorQuestion("q", "Vegan?"),))
    booked = fair.sell_all(["Ada", "Bob"])
    assert len(rest(fair, booked).others) == 1
    assert rest(fair, booked).together == ()


def test_at_a_way_out_it_is_who_has_not_left(fair: Fair) -> None:
    out = fair.list("Way out", kind=ListKind.LEAVE)
    booked = fair.sell_all(["Ada", "Bob", "Cy"])
    for index in (0, 1):
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, index)))
    found = rest(fair, booked, list_id=out.id)
    assert found.leaving
    assert [each.ticket_id for each in found.others] == [booked.ticket_ids[1]]


def test_is_for_who_works_at_the_door_and_tickets_of_its_event(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Bob"])
    with pytest.raises(NotAllowedError):
        rest_of_booking(fair.store, ATTENDEE.at(NOON), booked.ticket_ids[0], fair.door.id)
    other = make_fair(fair.store, "Other Days")
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        rest_of_booking(fair.store, STAFF.at(NOON), booked.ticket_ids[0], other.door.id)
