"""Another type for a ticket that was sold."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from data.schema import DiscountRow
from eventdesk.acts import my_notices
from eventdesk.booking import (
    cancel_booking,
    cancel_tickets,
    transfer_ticket,
    upgrade_choices,
    upgrade_ticket,
)
from eventdesk.booking.upgrades import upgrade
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SoldOutError
from eventdesk.core.messages import reading
from eventdesk.core.paying import RefundState
from eventdesk.money import hand_out_refund, list_refunds, payments_of, retry_refund, take_payment
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.orders import (
    EARLY,
    add_seats,
    booking_of,
    ledger_of,
    order_for,
    person,
    seats_taken,
    set_event,
    set_type,
    tickets_of,
)

OFFER = timedelta(minutes=120)


def _pay(fair: Fair, booking_id: UUID) -> None:
    take_payment(fair.store, STAFF.at(EARLY), booking_id, method="cash")


def test_the_difference_is_due_with_a_deadline_and_the_code_stays(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    _pay(fair, booked.booking_id)
    before = upgrade(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    done = upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    assert before == done
    assert (done.difference.minor, done.due.minor, done.pay_until) == (17000, 17000, EARLY + OFFER)
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor, row.expires_at) == ("pending", 29000, EARLY + OFFER)
    (ticket,) = tickets_of(fair.store, row.id)
    assert (ticket.ticket_type_id, ticket.code, ticket.revision) == (
        fair.vip,
        booked.ticket_codes[0],
        1,
    )
    _pay(fair, booked.booking_id)
    assert booking_of(fair.store, booked.booking_id).state == "paid"
    assert ledger_of(fair.store, row.id) == {"cash": 29000, "revenue": -29000}


def test_an_upgrade_before_paying_keeps_the_deadline_there_is(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    later = EARLY + timedelta(minutes=10)
    done = upgrade_ticket(fair.store, ann.at(later), booked.ticket_ids[0], fair.vip)
    assert (done.due.minor, done.pay_until) == (29000, booked.expires_at)


def test_the_team_may_give_a_cheaper_type_and_the_difference_goes_back(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, ticket_type_id=fair.vip)
    _pay(fair, booked.booking_id)
    with pytest.raises(InvalidInputError, match="costs less"):
        upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.regular)
    done = upgrade_ticket(fair.store, STAFF.at(EARLY), booked.ticket_ids[0], fair.regular)
    assert (done.difference.minor, done.due.minor, done.pay_until) == (-17000, 0, None)
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor) == ("paid", 12000)
    assert ledger_of(fair.store, row.id) == {"cash": 29000, "revenue": -12000, "refunds": -17000}
    with reading("de"):
        bodies = [each.body for each in my_notices(fair.store, ann)[0]]
    assert f"Für Buchung {row.code}: jetzt Regular" in bodies


def test_money_that_pays_for_the_new_type_is_not_handed_out_besides(fair: Fair) -> None:
    ann, event_id = person(fair.store, "Ann"), fair.event.id
    booked = order_for(fair, ann, "Ann", "Bob")
    _pay(fair, booked.booking_id)
    cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[1:], reason="")
    (promised,), _total = list_refunds(fair.store, SUPERVISOR, event_id, open_only=True)
    done = upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    assert done.due.minor == 5000
    assert list_refunds(fair.store, SUPERVISOR, event_id, open_only=True) == ([], 0)
    (seen,) = payments_of(fair.store, ann, booked.booking_id).refunds
    assert (seen.state, seen.error) == (RefundState.SUPERSEDED, "It pays for another ticket type.")
    with pytest.raises(InvalidInputError, match="taken back"):
        hand_out_refund(fair.store, SUPERVISOR.at(EARLY), promised.id)
    with pytest.raises(InvalidInputError, match="Only a refused"):
        retry_refund(fair.store, SUPERVISOR.at(EARLY), promised.id)
    _pay(fair, booked.booking_id)
    assert ledger_of(fair.store, booked.booking_id) == {"cash": 29000, "revenue": -29000}


def test_quotas_of_both_types_hold_and_the_full_house_does_not_matter(fair: Fair) -> None:
    set_type(fair, fair.vip, quota=1)
    set_event(fair, capacity=2)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    first, second = booked.ticket_ids
    upgrade_ticket(fair.store, ann.at(EARLY), first, fair.vip)
    with pytest.raises(SoldOutError):
        upgrade_ticket(fair.store, ann.at(EARLY), second, fair.vip)
    assert [ticket.state for ticket in tickets_of(fair.store, booked.booking_id)] == ["valid"] * 2


def test_the_types_a_ticket_can_become_are_offered_with_the_difference(fair: Fair) -> None:
    set_type(fair, fair.vip, quota=4)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    (choice,) = upgrade_choices(fair.store, ann.at(EARLY), booked.ticket_ids[0])
    assert (choice.name, choice.difference.minor, choice.left) == ("VIP", 17000, 4)
    upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    assert upgrade_choices(fair.store, ann.at(EARLY), booked.ticket_ids[0]) == []
    (back,) = upgrade_choices(fair.store, STAFF.at(EARLY), booked.ticket_ids[0])
    assert (back.name, back.difference.minor, back.left) == ("Regular", -17000, None)


def test_what_cost_nothing_is_never_lost_by_an_upgrade(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    first, _second = booked.ticket_ids
    with pytest.raises(InvalidInputError, match="cost nothing"):
        upgrade_ticket(fair.store, ann.at(EARLY), first, fair.vip)
    done = upgrade_ticket(fair.store, STAFF.at(EARLY), first, fair.vip)
    assert (done.due.minor, done.pay_until) == (29000, None)
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.expires_at) == ("pending", None)


def test_a_seat_in_another_section_is_given_up_and_a_new_one_taken(fair: Fair) -> None:
    hall, chairs = add_seats(fair, 1)
    box, sofas = add_seats(fair, 1, section_name="Box")
    set_type(fair, fair.regular, section_id=hall)
    set_type(fair, fair.vip, section_id=box)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, seat_id=chairs[0])
    ticket_id = booked.ticket_ids[0]
    upgrade_ticket(fair.store, ann.at(EARLY), ticket_id, fair.vip)
    assert seats_taken(fair.store) == set()
    upgrade_ticket(fair.store, STAFF.at(EARLY), ticket_id, fair.regular, seat_id=chairs[0])
    upgrade_ticket(fair.store, STAFF.at(EARLY), ticket_id, fair.vip, seat_id=sofas[0])
    assert tickets_of(fair.store, booked.booking_id)[0].seat == "B-1"
    assert seats_taken(fair.store) == {ticket_id}


def test_a_code_that_still_holds_makes_the_new_type_cheaper_too(fair: Fair) -> None:
    with fair.store.write() as connection:
        connection.execute(
            insert(DiscountRow).values(
                id=uuid4(),
                event_id=fair.event.id,
                code="HALF",
                kind="percent",
                value=5000,
                most_tickets=1,
                active=True,
                note="",
                created_at=EARLY,
            )
        )
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, code="half")
    done = upgrade_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], fair.vip)
    assert done.due.minor == 14500


def test_what_cannot_be_upgraded_is_refused(fair: Fair) -> None:
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    booked = order_for(fair, ann, "Ann", "Bob")
    first, second = booked.ticket_ids
    with pytest.raises(InvalidInputError, match="already"):
        upgrade_ticket(fair.store, ann.at(EARLY), first, fair.regular)
    with pytest.raises(NotAllowedError):
        upgrade_ticket(fair.store, bob.at(EARLY), first, fair.vip)
    transfer_ticket(fair.store, ann.at(EARLY), second, name="Bob", email="bob@example.org")
    for actor in (ann, bob):
        with pytest.raises(NotAllowedError):
            upgrade_ticket(fair.store, actor.at(EARLY), second, fair.vip)
    set_type(fair, fair.vip, needs_approval=True)
    with pytest.raises(InvalidInputError, match="approval"):
        upgrade_ticket(fair.store, ann.at(EARLY), first, fair.vip)
    set_event(fair, hold_minutes=99999)
    late = order_for(fair, ann, now=NOON)
    set_type(fair, fair.vip, needs_approval=False)
    with pytest.raises(InvalidInputError, match="begun"):
        upgrade_ticket(fair.store, ann.at(NOON), late.ticket_ids[0], fair.vip)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, reason="")
    with pytest.raises(InvalidInputError, match="is expired"):
        upgrade_ticket(fair.store, SUPERVISOR.at(EARLY), first, fair.vip)
