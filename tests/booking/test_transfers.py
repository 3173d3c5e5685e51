"""Handing tickets on, and taking them to one's account."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import AnswerRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import (
    block,
    booking_detail,
    cancel_booking,
    claim_booking,
    correct_answers,
    my_bookings,
    transfer_ticket,
)
from eventdesk.booking.own_tickets import my_ticket
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from eventdesk.door import Outcome, check_in, find_tickets
from eventdesk.sales import NewQuestion, add_question
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, notices_of, order_for, person, set_event, set_type, tickets_of


def test_the_new_code_opens_the_door_and_the_old_one_is_revoked(fair: Fair) -> None:
    booked = fair.sell("Ada Lovelace", line_two="Analyst")
    old = fair.token(booked)
    ticket_id = booked.ticket_ids[0]
    new = transfer_ticket(
        fair.store, STAFF.at(NOON), ticket_id, name="Grace Hopper", email="g@example.org"
    )
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(old)).outcome is Outcome.REVOKED
    entered = check_in(fair.store, STAFF.at(NOON), fair.scan(new))
    assert (entered.outcome, entered.name) == (Outcome.ADMITTED, "Grace Hopper")
    (row,) = tickets_of(fair.store, booked.booking_id)
    assert (row.revision, row.holder_email, row.line_two) == (2, "g@example.org", "")
    assert find_tickets(fair.store, SYSTEM, fair.event.id, "lovelace") == []
    assert [found.id for found in find_tickets(fair.store, SYSTEM, fair.event.id, "hopper")] == [
        ticket_id
    ]


def test_what_the_old_holder_answered_does_not_go_along(fair: Fair) -> None:
    question = add_question(
        fair.store, SUPERVISOR.at(NOON), fair.event.id, NewQuestion("Allergies?")
    )
    ticket_id = fair.sell("Ada Lovelace").ticket_ids[0]
    correct_answers(fair.store, STAFF.at(NOON), ticket_id, {question: "nuts"})
    transfer_ticket(fair.store, STAFF.at(NOON), ticket_id, name="Grace", email="")
    with fair.store.read() as connection:
        assert connection.execute(select(AnswerRow.value)).all() == []


def test_a_holder_hands_on_and_the_new_one_finds_it_in_their_account(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    booked = order_for(fair, ann, "Ann", "Guest")
    ticket_id = booked.ticket_ids[1]
    token = transfer_ticket(
        fair.store, ann.at(EARLY), ticket_id, name="Bob", email=" Bob@example.org "
    )
    assert my_ticket(fair.store, bob.at(EARLY), ticket_id).token == token
    assert notices_of(fair.store, bob) == [f"You were given ticket {booked.ticket_codes[1]}"]
    with pytest.raises(NotAllowedError):
        transfer_ticket(fair.store, ann.at(EARLY), ticket_id, name="Ann", email="")
    (theirs,) = my_bookings(fair.store, bob.at(EARLY))
    assert (theirs.mine, theirs.line.code) == (False, booked.code)
    detail = booking_detail(fair.store, bob.at(EARLY), booked.booking_id)
    assert [ticket.name for ticket in detail.tickets] == ["Bob"]
    assert (detail.line.email, detail.account_id) == ("", None)


def test_handing_on_ends_with_its_deadline_but_not_for_the_team(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    ticket_id = order_for(fair, ann).ticket_ids[0]
    set_event(fair, transfer_until=EARLY, hold_minutes=99999)
    late = EARLY + timedelta(minutes=1)
    with pytest.raises(InvalidInputError, match="handed on until"):
        transfer_ticket(fair.store, ann.at(late), ticket_id, name="Bob", email="")
    assert transfer_ticket(fair.store, STAFF.at(late), ticket_id, name="Bob", email="")


def test_what_is_blocked_cancelled_or_used_is_not_handed_on(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    blocked, used, gone = (fair.sell("Ann", account_id=ann.id) for _ in range(3))
    block(fair.store, SUPERVISOR.at(NOON), blocked.ticket_ids[0], note="stolen")
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(used)))
    cancel_booking(fair.store, STAFF.at(NOON), gone.booking_id, reason="")
    for booked in (blocked, used, gone):
        with pytest.raises(InvalidInputError):
            transfer_ticket(fair.store, ann.at(EARLY), booked.ticket_ids[0], name="Bob", email="")
    with pytest.raises(InvalidInputError, match="name"):
        transfer_ticket(fair.store, STAFF.at(NOON), used.ticket_ids[0], name=" ", email="")


def test_a_booking_or_ticket_is_claimed_by_its_code_and_address(fair: Fair) -> None:
    bob = person(fair.store, "Bob")
    booked = fair.sell_all(["Ada", "Bob"], email="ada@example.org")
    with pytest.raises(NotFoundError, match="Nothing with this code, made for"):
        claim_booking(fair.store, bob.at(EARLY), booked.code, email="eve@example.org")
    code = f"{booked.code[:3]}-{booked.code[3:]}".lower()
    assert (
        claim_booking(fair.store, bob.at(EARLY), code, email=" ADA@example.org")
        == booked.booking_id
    )
    assert [each.mine for each in my_bookings(fair.store, bob.at(EARLY))] == [True]
    with pytest.raises(NotFoundError, match="Nothing with this code, made for"):
        claim_booking(
            fair.store, person(fair.store, "Eve").at(NOON), booked.code, email="ada@example.org"
        )
    single = fair.sell("Cid", email="cid@example.org")
    ticket_code = single.ticket_codes[0]
    claim_booking(fair.store, bob.at(NOON), ticket_code, email="cid@example.org")
    assert my_ticket(fair.store, bob.at(EARLY), single.ticket_ids[0]).name == "Cid"


def test_ones_own_address_need_not_be_typed(fair: Fair) -> None:
    bob = person(fair.store, "Bob")
    booked = fair.sell("Bob", email="Bob@Example.org")
    assert claim_booking(fair.store, bob.at(EARLY), booked.code) == booked.booking_id


def test_guessing_codes_locks(fair: Fair) -> None:
    eve = person(fair.store, "Eve")

    def guess_on() -> None:
        for number in range(50):
            try:
                claim_booking(fair.store, eve.at(NOON), f"22222{number:03d}", email="a@example.org")
            except NotFoundError:
                continue

    with pytest.raises(SignInError, match="Too many wrong tries"):
        guess_on()
