"""The link of a booking without an account: what it opens, for how long, and to whom it goes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.schema import AuditRow, DeliveryRow, LinkRequestRow
from eventdesk.acts import SYSTEM, VISITOR, Actor, ActorKind
from eventdesk.booking import (
    answers_of,
    ask_for_links,
    booking_detail,
    booking_link,
    cancel_booking,
    cancel_tickets,
    claim_booking,
    correct_answers,
    my_bookings,
    my_tickets,
    queue_links,
    renew_link,
    transfer_ticket,
    upgrade_ticket,
    who_has_link,
)
from eventdesk.booking.own_tickets import my_ticket
from eventdesk.core.booking_links import AFTER_EVENT, BOOKING_LINK, link_address
from eventdesk.core.errors import EventDeskError, InvalidInputError, NotAllowedError, SignInError
from eventdesk.events import event_detail
from eventdesk.keeping import erase_guest
from eventdesk.money import issue_invoice, payments_of, start_payment, take_payment, ways_to_pay
from eventdesk.sales import NewQuestion, add_question
from tests.booking.test_guest_orders import buy
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.orders import EARLY, booking_of, order_for, person, set_event, set_type

LATER = EARLY + timedelta(minutes=11)


def holder(fair: Fair, link: str, now: Any = EARLY) -> Actor:
    """Who has a link."""
    return who_has_link(fair.store, SYSTEM.at(now), link)


def queued(fair: Fair) -> list[str]:
    """The bookings whose links wait to be delivered."""
    with fair.store.read() as connection:
        rows = connection.execute(select(DeliveryRow.payload).where(DeliveryRow.kind == "link"))
        return [row.payload["booking"] for row in rows]


def test_who_has_the_link_sees_the_booking_and_its_codes(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    bought = buy(fair, "Zoe", "Kim")
    zoe = holder(fair, bought.link)
    assert (zoe.kind, zoe.id) == (ActorKind.GUEST, bought.booked.booking_id)
    detail = booking_detail(fair.store, zoe.at(EARLY), bought.booked.booking_id)
    assert [ticket.name for ticket in detail.tickets] == ["Zoe", "Kim"]
    assert my_ticket(fair.store, zoe.at(EARLY), bought.booked.ticket_ids[1]).token
    set_event(fair, visibility="invited")
    assert event_detail(fair.store, zoe.at(EARLY), fair.event.id).name == fair.event.name


def test_who_has_the_link_changes_what_an_owner_may(fair: Fair) -> None:
    question = add_question(fair.store, SUPERVISOR.at(EARLY), fair.event.id, NewQuestion("Diet?"))
    bought = buy(fair, "Zoe", "Kim")
    zoe, (first, second) = holder(fair, bought.link).at(EARLY), bought.booked.ticket_ids
    correct_answers(fair.store, zoe, first, {question: "vegan"})
    assert answers_of(fair.store, zoe, first)[0].value == "vegan"
    transfer_ticket(fair.store, zoe, second, name="Lee", email="lee@example.org")
    assert my_ticket(fair.store, zoe, second).name == "Lee"
    upgrade_ticket(fair.store, zoe, first, fair.vip)
    cancel_tickets(fair.store, zoe, [second], reason="")
    cancel_booking(fair.store, zoe, bought.booked.booking_id, reason="")
    assert booking_of(fair.store, bought.booked.booking_id).state == "cancelled"


def test_an_owner_s_deadlines_and_duties_bind_who_has_the_link(fair: Fair) -> None:
    required = NewQuestion("Diet?", required=True)
    set_event(fair, hold_minutes=99999, transfer_until=EARLY)
    bought = buy(fair)
    add_question(fair.store, SUPERVISOR.at(EARLY), fair.event.id, required)
    zoe, ticket_id = holder(fair, bought.link), bought.booked.ticket_ids[0]
    with pytest.raises(InvalidInputError, match="Diet"):
        correct_answers(fair.store, zoe.at(EARLY), ticket_id, {})
    with pytest.raises(InvalidInputError, match="handed on until"):
        transfer_ticket(fair.store, zoe.at(LATER), ticket_id, name="Lee", email="")
    with pytest.raises(NotAllowedError):
        cancel_booking(
            fair.store, zoe.at(EARLY), bought.booked.booking_id, reason="", waive_fee=True
        )


def test_who_has_the_link_pays(fair: Fair) -> None:
    bought = buy(fair)
    zoe, booking_id = holder(fair, bought.link).at(EARLY), bought.booked.booking_id
    ways = ways_to_pay(fair.store, zoe, booking_id)
    assert "cash" not in {str(way.method) for way in ways.ways}
    with pytest.raises(NotAllowedError):
        take_payment(fair.store, zoe, booking_id, method="cash")
    assert payments_of(fair.store, zoe, booking_id).balance.due == bought.booked.total
    assert issue_invoice(fair.store, zoe, booking_id).booking_id == booking_id


def test_a_link_opens_no_other_booking_and_nothing_of_accounts(fair: Fair) -> None:
    bought, other = buy(fair), buy(fair, email="kim@example.org")
    zoe = holder(fair, bought.link).at(EARLY)
    theirs = other.booked.booking_id
    for tried in (
        lambda: booking_detail(fair.store, zoe, theirs),
        lambda: my_ticket(fair.store, zoe, other.booked.ticket_ids[0]),
        lambda: cancel_booking(fair.store, zoe, theirs, reason=""),
        lambda: start_payment(fair.store, zoe, theirs, provider="test"),
        lambda: renew_link(fair.store, zoe, theirs),
        lambda: booking_link(fair.store, zoe, bought.booked.booking_id),
        lambda: my_bookings(fair.store, zoe),
        lambda: my_tickets(fair.store, zoe),
        lambda: claim_booking(fair.store, zoe, other.booked.code, email="kim@example.org"),
    ):
        with pytest.raises(EventDeskError) as error:
            tried()
        assert error.value.code in ("not_allowed", "not_found"), error.value


def test_who_remembers_being_an_admin_by_a_link_is_not(fair: Fair) -> None:
    bought, sold = buy(fair), fair.sell()
    zoe = replace(holder(fair, bought.link), role=SYSTEM.role)
    with pytest.raises(NotAllowedError):
        booking_detail(fair.store, zoe.at(EARLY), sold.booking_id)


@pytest.mark.parametrize(
    "text",
    ["", BOOKING_LINK.prefix, "edl_" + "A" * 50, "edl_é", "edd_" + "A" * 50, "edl_" + "A" * 5000],
)
def test_what_is_no_link_opens_nothing(fair: Fair, text: str) -> None:
    with pytest.raises(SignInError, match="not valid"):
        holder(fair, text)


def test_a_link_cannot_be_made_without_the_house_s_key(fair: Fair) -> None:
    bought = buy(fair)
    key = replace(fair.store.keys.active, secret=bytes(64))
    with pytest.raises(SignInError):
        holder(fair, BOOKING_LINK.write(key, bought.booked.booking_id, 0))
    brought = replace(fair.store.keys.active, events=frozenset({fair.event.id}))
    keys = {brought.key_id: brought}
    fair.store.keys = replace(fair.store.keys, token_keys=keys)
    with pytest.raises(SignInError):
        holder(fair, bought.link)


def test_a_new_link_ends_the_one_before_at_once(fair: Fair) -> None:
    bought = buy(fair)
    zoe = holder(fair, bought.link)
    renewed = renew_link(fair.store, zoe.at(EARLY), bought.booked.booking_id)
    with pytest.raises(SignInError):
        holder(fair, bought.link)
    with pytest.raises(NotAllowedError):
        booking_detail(fair.store, zoe.at(EARLY), bought.booked.booking_id)
    assert holder(fair, renewed.link).id == bought.booked.booking_id


def test_a_link_ends_a_month_after_the_event_and_not_with_a_rotation(fair: Fair) -> None:
    bought = buy(fair)
    fair.store.keys.rotate(EARLY)
    fair.store.reread_keys()
    over = fair.event.ends_at + AFTER_EVENT
    assert holder(fair, bought.link, over - timedelta(minutes=1)).id == bought.booked.booking_id
    with pytest.raises(SignInError, match="over"):
        holder(fair, bought.link, over)
    with pytest.raises(InvalidInputError, match="30 days"):
        booking_link(fair.store, STAFF.at(over), bought.booked.booking_id)


def test_what_was_taken_to_an_account_is_its_own_from_then_on(fair: Fair) -> None:
    bought, ann = buy(fair), person(fair.store, "Ann")
    zoe = holder(fair, bought.link)
    claim_booking(fair.store, ann.at(EARLY), bought.booked.code, email="zoe@example.org")
    assert [each.line.code for each in my_bookings(fair.store, ann.at(EARLY))] == [
        bought.booked.code
    ]
    with pytest.raises(SignInError, match="in an account"):
        holder(fair, bought.link)
    with pytest.raises(NotAllowedError):
        booking_detail(fair.store, zoe.at(EARLY), bought.booked.booking_id)
    with pytest.raises(InvalidInputError, match="in an account"):
        booking_link(fair.store, STAFF.at(EARLY), bought.booked.booking_id)


def test_staff_show_the_link_of_any_booking_and_the_audit_says_so(fair: Fair) -> None:
    sold = fair.sell()
    shown = booking_link(fair.store, STAFF.at(EARLY), sold.booking_id)
    assert holder(fair, shown.link).id == sold.booking_id
    assert shown.expires_at == fair.event.ends_at + AFTER_EVENT
    assert link_address("http://house/", shown.link) == f"http://house/booking/{shown.link}"
    with fair.store.read() as connection:
        asked = select(AuditRow.actor_name).where(AuditRow.verb == "booking_link")
        assert connection.execute(asked).scalars().all() == [STAFF.name]
    with pytest.raises(NotAllowedError):
        booking_link(fair.store, ATTENDEE.at(EARLY), sold.booking_id)


def test_what_a_link_does_is_in_the_audit_without_a_name(fair: Fair) -> None:
    bought = buy(fair)
    zoe = holder(fair, bought.link)
    cancel_booking(fair.store, zoe.at(EARLY), bought.booked.booking_id, reason="")
    with fair.store.read() as connection:
        done = connection.execute(
            select(AuditRow.actor_kind, AuditRow.actor_name).where(
                AuditRow.verb == "cancel_booking"
            )
        ).one()
    assert done == ("guest", f"booking {bought.booked.code}")


def test_an_order_queues_its_link(fair: Fair) -> None:
    bought = buy(fair)
    assert queued(fair) == [bought.booked.booking_id.hex]


def test_links_are_queued_for_the_address_that_booked(fair: Fair) -> None:
    ours = fair.sell("Zoe", email="Zoe@Example.org"), fair.sell("Kim", email="zoe@example.org")
    fair.sell("Lee", email="lee@example.org")
    order_for(fair, person(fair.store, "Zoe"), "Zoe")
    ask_for_links(fair.store, VISITOR.at(EARLY), " ZOE@example.org")
    assert queued(fair) == []
    assert queue_links(fair.store, SYSTEM.at(EARLY)) == 2
    assert set(queued(fair)) == {each.booking_id.hex for each in ours}
    assert queue_links(fair.store, SYSTEM.at(EARLY)) == 0


def test_asking_does_the_same_for_known_and_unknown_addresses(fair: Fair) -> None:
    fair.sell("Zoe", email="zoe@example.org")
    for email in ("zoe@example.org", "nobody@example.org"):
        ask_for_links(fair.store, VISITOR.at(EARLY), email)
    with fair.store.read() as connection:
        rows = connection.execute(select(LinkRequestRow.address)).scalars().all()
    assert sorted(rows) == ["nobody@example.org", "zoe@example.org"]
    with pytest.raises(InvalidInputError):
        ask_for_links(fair.store, VISITOR.at(EARLY), "nowhere")


def test_a_link_is_not_queued_again_at_once_and_does_not_wait_for_ever(fair: Fair) -> None:
    sold = fair.sell("Zoe", email="zoe@example.org")
    for now in (EARLY, EARLY + timedelta(minutes=1)):
        ask_for_links(fair.store, VISITOR.at(now), "zoe@example.org")
        queue_links(fair.store, SYSTEM.at(now))
    assert queued(fair) == [sold.booking_id.hex]
    ask_for_links(fair.store, VISITOR.at(LATER), "zoe@example.org")
    assert queue_links(fair.store, SYSTEM.at(LATER)) == 1
    queue_links(fair.store, SYSTEM.at(LATER + timedelta(days=8)))
    assert queued(fair) == []


def test_nothing_is_queued_for_events_that_are_long_over(fair: Fair) -> None:
    fair.sell("Zoe", email="zoe@example.org")
    late = fair.event.ends_at + AFTER_EVENT
    ask_for_links(fair.store, VISITOR.at(late), "zoe@example.org")
    assert queue_links(fair.store, SYSTEM.at(late)) == 0


def test_whoever_is_erased_has_no_link_any_more(fair: Fair) -> None:
    bought = buy(fair)
    over = fair.event.ends_at + timedelta(days=1)
    ask_for_links(fair.store, VISITOR.at(over), "zoe@example.org")
    erase_guest(fair.store, SUPERVISOR.at(over), fair.event.id, "zoe@example.org")
    with pytest.raises(SignInError):
        holder(fair, bought.link, over)
    with fair.store.read() as connection:
        assert connection.execute(select(LinkRequestRow.address)).all() == []


def test_a_guest_s_actor_of_no_booking_is_nobody(fair: Fair) -> None:
    nobody = Actor(ActorKind.GUEST, uuid4(), "booking", ATTENDEE.role)
    with pytest.raises(NotAllowedError):
        event_detail(fair.store, nobody.at(NOON), fair.event.id)
