"""Bookings and attendees as lists show them, and one booking in full."""

from datetime import timedelta

import pytest

from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import (
    booking_detail,
    cancel_booking,
    cancel_tickets,
    expire_due,
    find_booking,
    list_attendees,
    list_bookings,
    my_bookings,
    waiting_for_approval,
)
from eventdesk.core.errors import NotAllowedError, NotFoundError
from eventdesk.money import take_payment
from tests.build import ATTENDEE, NOON, STAFF, Fair, make_fair
from tests.orders import EARLY, order_for, person, set_event


def _names(fair: Fair, search: str = "", **how: object) -> list[str]:
    lines, _total = list_bookings(fair.store, STAFF.at(NOON), fair.event.id, search=search, **how)  # type: ignore[arg-type]
    return [line.name for line in lines]


def _holders(fair: Fair, search: str = "", **how: object) -> list[str]:
    lines, _total = list_attendees(fair.store, STAFF.at(NOON), fair.event.id, search=search, **how)  # type: ignore[arg-type]
    return [line.name for line in lines]


def test_bookings_are_paged_the_newest_first(fair: Fair) -> None:
    for number in range(7):
        fair.sell(f"Guest {number}")
    make_fair(fair.store, "Elsewhere").sell("Stranger")
    lines, total = list_bookings(fair.store, STAFF.at(EARLY), fair.event.id, offset=2, limit=3)
    assert ([line.name for line in lines], total) == (["Guest 4", "Guest 3", "Guest 2"], 7)
    assert list_bookings(fair.store, STAFF.at(EARLY), fair.event.id, offset=9) == ([], 7)


def test_a_booking_is_found_by_what_anybody_in_it_can_say(fair: Fair) -> None:
    booked = fair.sell_all(["Ada Lovelace", "Łukasz Żółć"], email="ada@example.org")
    fair.sell("Grace Hopper", email="Grace@Example.org")
    code = booked.code
    for typed in (code, f"{code[:3]}-{code[3:]}".lower(), booked.ticket_codes[1], "lukasz", "zolc"):
        assert _names(fair, typed) == ["Ada Lovelace"], typed
    assert _names(fair, "ada@exa") == ["Ada Lovelace"]
    assert _names(fair, "Grace@Example.org") == ["Grace Hopper"]
    assert _names(fair, "lovelcae") == ["Ada Lovelace"]
    assert _names(fair, "nobody at all") == []
    ticket = booked.ticket_codes[0]
    assert _holders(fair, f"{ticket[:4]} {ticket[4:]}") == ["Ada Lovelace"]


def test_a_booking_is_found_by_who_booked_it_when_others_hold_its_tickets(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    order_for(fair, ann, "Bob", "Cid")
    assert _names(fair, "ann") == ["Ann"]
    assert _names(fair, "cid") == ["Ann"]
    assert _holders(fair, "cid") == ["Cid"]


def test_lists_say_what_is_due_and_how_each_booking_stands(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    order_for(fair, ann)
    unpaid = fair.sell_all(["Una"], paid=False)
    part = fair.sell_all(["Pat", "Pit"])
    cancel_tickets(fair.store, STAFF.at(NOON), part.ticket_ids[:1], reason="")
    gone = fair.sell("Gus")
    cancel_booking(fair.store, STAFF.at(NOON), gone.booking_id, reason="")
    with Steps(fair.store, SYSTEM.at(NOON)).write() as act:
        expire_due(act, None)
    lines, total = list_bookings(fair.store, STAFF.at(EARLY), fair.event.id)
    stands = {line.name: (line.state, line.tickets, line.total.minor) for line in lines}
    assert stands == {
        "Gus": ("cancelled", 0, 0),
        "Pat": ("paid", 1, 12000),
        "Una": ("pending", 1, 12000),
        "Ann": ("expired", 0, 0),
    }
    assert {line.id: line.due.minor for line in lines}[unpaid.booking_id] == 12000
    assert total == 4
    assert _names(fair, state="expired") == ["Ann"]
    assert _names(fair, "gus", state="pending") == []
    attendees, _ = list_attendees(fair.store, STAFF.at(EARLY), fair.event.id)
    assert {line.name: line.state for line in attendees} == {
        "Gus": "cancelled",
        "Pit": "paid",
        "Pat": "cancelled",
        "Una": "pending",
        "Ann": "expired",
    }


def test_attendees_are_paged_and_those_of_other_events_left_out(fair: Fair) -> None:
    fair.sell_all(["Ada", "Bob", "Cid"], email="desk@example.org")
    make_fair(fair.store, "Elsewhere").sell("Ada Elsewhere")
    lines, total = list_attendees(fair.store, STAFF.at(EARLY), fair.event.id, offset=1, limit=1)
    assert ([line.name for line in lines], total) == (["Bob"], 3)
    assert _holders(fair, "ada") == ["Ada"]


def test_what_is_not_approved_waits(fair: Fair) -> None:
    fair.sell_all(["Ann"], approved=False)
    assert waiting_for_approval(fair.store, STAFF.at(EARLY), fair.event.id) == 1
    assert _names(fair, state="waiting") == ["Ann"]
    (line,), _ = list_attendees(fair.store, STAFF.at(EARLY), fair.event.id)
    assert line.state == "waiting"


def test_one_booking_in_full_has_its_money_and_its_rules(fair: Fair) -> None:
    set_event(fair, cancel_fee_bp=1000, cancel_until=NOON - timedelta(days=1))
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    take_payment(fair.store, STAFF.at(EARLY), booked.booking_id, method="cash")
    cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[:1], reason="")
    detail = booking_detail(fair.store, ann.at(EARLY), booked.booking_id)
    assert (detail.line.total.minor, detail.kept.minor) == (13200, 1200)
    assert (detail.paid.minor, detail.refunded.minor) == (24000, 10800)
    assert detail.cancel_until == NOON - timedelta(days=1)
    assert detail.transfer_until == fair.event.starts_at
    assert [(each.name, each.valid, each.fee.minor) for each in detail.tickets] == [
        ("Ann", False, 1200),
        ("Bob", True, 1200),
    ]


def test_ones_own_bookings_are_the_newest_first_and_nobody_elses(fair: Fair) -> None:
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    first, second = order_for(fair, ann), order_for(fair, ann)
    order_for(fair, bob)
    mine = my_bookings(fair.store, ann.at(EARLY))
    assert [each.line.id for each in mine] == [second.booking_id, first.booking_id]
    assert {(each.event_name, each.mine) for each in mine} == {("Demo Days", True)}


def test_lists_and_strange_bookings_are_not_for_attendees(fair: Fair) -> None:
    booked = fair.sell("Ada")
    ann = person(fair.store, "Ann")
    for actor in (ann, ATTENDEE):
        with pytest.raises(NotAllowedError):
            list_bookings(fair.store, actor.at(EARLY), fair.event.id)
        with pytest.raises(NotAllowedError):
            list_attendees(fair.store, actor.at(EARLY), fair.event.id)
        with pytest.raises(NotAllowedError):
            booking_detail(fair.store, actor.at(EARLY), booked.booking_id)
    with pytest.raises(NotFoundError, match="There is no booking with this code"):
        find_booking(fair.store, SYSTEM, "222222")
    code = f" {booked.code[:3]} {booked.code[3:]}".lower()
    assert find_booking(fair.store, SYSTEM, code) == booked.booking_id
    with pytest.raises(NotFoundError, match="There is no such booking"):
        booking_detail(fair.store, SYSTEM.at(EARLY), booked.ticket_ids[0])
