"""What lives again when an expired booking is paid after all."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update

from data.schema import DiscountRow, TicketRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import Booked, booking_detail, cancel_tickets, revive
from eventdesk.booking.expiry import revive_late
from eventdesk.booking.own_tickets import my_ticket
from eventdesk.core.errors import CodeError, InvalidInputError
from eventdesk.door import Outcome, check_in
from eventdesk.money import take_payment, verify_ledger
from eventdesk.waiting import sweep
from tests.build import STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, booking_of, order_for, person, tickets_of
from tests.payments import balance_of, eur

LATE = EARLY + timedelta(hours=1)


def _transfer(fair: Fair, booking_id: UUID, minor: int) -> None:
    take_payment(fair.store, SUPERVISOR.at(LATE), booking_id, method="transfer", amount=eur(minor))


def _states(fair: Fair, booked: Booked) -> list[str]:
    return [ticket.state for ticket in tickets_of(fair.store, booked.booking_id)]


def test_what_was_cancelled_before_the_deadline_does_not_come_back(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob")
    cancel_tickets(fair.store, ann.at(EARLY), booked.ticket_ids[:1], reason="")
    assert sweep(fair.store, SYSTEM.at(LATE)) == 1
    assert _states(fair, booked) == ["cancelled", "expired"]
    _transfer(fair, booked.booking_id, 12000)
    assert revive_late(Steps(fair.store, SYSTEM.at(LATE)), booked.booking_id)
    assert _states(fair, booked) == ["cancelled", "valid"]
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.total_minor) == ("paid", 12000)
    assert balance_of(fair.store, row.id).due == eur(0)
    assert verify_ledger(fair.store, SUPERVISOR, fair.event.id).problems == ()


def test_an_expired_ticket_lets_nobody_in_and_says_why(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    sweep(fair.store, SYSTEM.at(LATE))
    seen = check_in(fair.store, STAFF.at(LATE), fair.scan(fair.token(booked)))
    assert seen.outcome is Outcome.CANCELLED
    (ticket,) = booking_detail(fair.store, ann.at(EARLY), booked.booking_id).tickets
    assert (ticket.state, ticket.valid) == ("expired", False)
    mine = my_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0])
    assert (mine.token, mine.why_no_code) == ("", "The booking was not paid in time.")


def test_a_booking_without_expired_tickets_is_not_revived_empty(fair: Fair) -> None:
    booked = order_for(fair, person(fair.store, "Ann"))
    sweep(fair.store, SYSTEM.at(LATE))
    with fair.store.write() as connection:
        connection.execute(update(TicketRow).values(state="cancelled"))
    _transfer(fair, booked.booking_id, 12000)
    assert not revive_late(Steps(fair.store, SYSTEM.at(LATE)), booked.booking_id)
    with pytest.raises(InvalidInputError, match="ended with its deadline"):
        revive(fair.store, SUPERVISOR.at(LATE), booked.booking_id)
    assert booking_of(fair.store, booked.booking_id).state == "expired"


def test_a_code_that_was_granted_stays_though_others_used_it_up(fair: Fair) -> None:
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
    ann, bob, eve = (person(fair.store, name) for name in ("Ann", "Bob", "Eve"))
    first = order_for(fair, ann, code="half")
    sweep(fair.store, SYSTEM.at(LATE))
    order_for(fair, bob, code="half", now=LATE)
    with pytest.raises(CodeError, match="The code “half” has been used up"):
        order_for(fair, eve, code="half", now=LATE)
    _transfer(fair, first.booking_id, 6000)
    assert revive(fair.store, SUPERVISOR.at(LATE), first.booking_id) == "paid"
    assert booking_of(fair.store, first.booking_id).total_minor == 6000
