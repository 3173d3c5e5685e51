"""Selling at the door: all of it in one transaction, once, by the rules."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from data.schema import (
    AdmissionRow,
    BookingRow,
    DeliveryRow,
    LedgerRow,
    PaymentRow,
    ScanRow,
    TicketRow,
)
from data.store import Store
from eventdesk.accounts import approve, remove_member, set_desk_pin
from eventdesk.acts import SYSTEM, Actor, Role, Steps
from eventdesk.booking import expire_due
from eventdesk.core.errors import (
    CodeError,
    EntryRefusedError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SeatTakenError,
    SignInError,
    SoldOutError,
    SupervisorNeededError,
    VoucherShortError,
)
from eventdesk.door import (
    Direction,
    DoorQuestion,
    Outcome,
    Sold,
    WalkIn,
    check_in,
    door_offers,
    give_up_sale,
    known_people,
    sell_at_door,
    ticket_view,
)
from eventdesk.door.walk_ins import HELD_FOR
from eventdesk.money import add_vouchers, list_vouchers, open_shift
from eventdesk.money.drawers import read_shift
from eventdesk.sales import NewDiscount, NewQuestion, QuestionKind, add_discount, add_question
from eventdesk.waiting import join
from tests.build import NOON, OTHER_STAFF, STAFF, Fair, make_fair
from tests.figures.crowd import audited, ticket_for
from tests.orders import add_seats, notices_of, person, set_event, set_type
from tests.payments import accounts, balance_of, eur, state_of
from tests.people import PIN, make_guest, make_staff

ROWS = (BookingRow, TicketRow, PaymentRow, LedgerRow, ScanRow, AdmissionRow, DeliveryRow)


def wish(fair: Fair, **given: Any) -> WalkIn:
    given.setdefault("name", "Wally Walker")
    given.setdefault("ticket_type_id", fair.regular)
    given.setdefault("list_id", fair.door.id)
    given.setdefault("nonce", uuid4().hex)
    return WalkIn(seen_at=NOON, **given)


def sell(fair: Fair, actor: Actor = STAFF, **given: Any) -> Sold:
    return sell_at_door(fair.store, actor.at(NOON), fair.event.id, wish(fair, **given))


def counts(store: Store) -> list[int]:
    with store.read() as connection:
        return [
            connection.execute(select(func.count()).select_from(row)).scalar_one() for row in ROWS
        ]


def booking_id_of(store: Store, code: str) -> UUID:
    with store.read() as connection:
        return connection.execute(select(BookingRow.id).where(BookingRow.code == code)).scalar_one()


def test_a_walk_in_is_booked_paid_in_and_has_a_badge(fair: Fair) -> None:
    sold = sell(fair, given=eur(15000), gate_id=fair.gate.id)
    assert (sold.paid, sold.change) == (eur(12000), eur(3000))
    assert sold.check_in is not None
    assert sold.check_in.outcome is Outcome.ADMITTED
    assert sold.check_in.delivery_id is not None
    ticket = ticket_view(fair.store, SYSTEM, sold.ticket_id, list_id=fair.door.id)
    assert (ticket.paid, ticket.inside, ticket.badges) == (True, True, 1)
    booking_id = booking_id_of(fair.store, sold.booking_code)
    assert balance_of(fair.store, booking_id).due == eur(0)
    assert accounts(fair.store, booking_id)["cash"] == 12000
    assert audited(fair.store, "book", "sell_at_door") == ["book", "sell_at_door"]


def test_a_repeated_nonce_returns_the_same_and_sells_nothing(fair: Fair) -> None:
    sale = wish(fair, given=eur(20000))
    first = sell_at_door(fair.store, STAFF.at(NOON), fair.event.id, sale)
    before = counts(fair.store)
    later = NOON + timedelta(minutes=3)
    assert sell_at_door(fair.store, STAFF.at(later), fair.event.id, sale) == first
    other = replace(sale, given=None)
    assert sell_at_door(fair.store, OTHER_STAFF.at(later), fair.event.id, other) == first
    assert counts(fair.store) == before


@pytest.mark.parametrize("other", [{"name": "Somebody else"}, {"ticket_type_id": "vip"}])
def test_a_repeated_nonce_with_another_guest_or_type_says_what_it_sold(
    fair: Fair, other: dict[str, Any]
) -> None:
    sale = wish(fair)
    first = sell_at_door(fair.store, STAFF.at(NOON), fair.event.id, sale)
    before = counts(fair.store)
    if "ticket_type_id" in other:
        other = {"ticket_type_id": fair.vip}
    with pytest.raises(InvalidInputError, match=f"Wally Walker, booking {first.booking_code}"):
        sell_at_door(fair.store, STAFF.at(NOON), fair.event.id, replace(sale, **other))
    assert counts(fair.store) == before


@pytest.mark.parametrize(
    "given",
    [{"method": "terminal", "reference": "0017"}, {"enter": False}, {"ticket_type_id": "free"}],
)
def test_every_sort_of_sale_answers_its_nonce_again(fair: Fair, given: dict[str, Any]) -> None:
    if given.get("ticket_type_id") == "free":
        set_type(fair, fair.vip, price_minor=0)
        given = {"ticket_type_id": fair.vip}
    sale = wish(fair, **given)
    first = sell_at_door(fair.store, STAFF.at(NOON), fair.event.id, sale)
    assert sell_at_door(fair.store, STAFF.at(NOON), fair.event.id, sale) == first


def test_a_nonce_of_another_scan_sells_nothing(fair: Fair) -> None:
    scan = fair.scan(fair.token(fair.sell()))
    check_in(fair.store, STAFF.at(NOON), scan)
    before = counts(fair.store)
    with pytest.raises(InvalidInputError, match="another scan"):
        sell(fair, nonce=scan.nonce)
    assert counts(fair.store) == before


def test_the_price_at_the_door_is_with_tax_and_fee(fair: Fair) -> None:
    set_event(fair, prices_include_tax=False)
    set_type(fair, fair.regular, tax_bp=2000, fee_bp=500, fee_minor=100)
    offers = door_offers(fair.store, STAFF.at(NOON), fair.event.id, fair.door.id)
    assert (offers[0].name, str(offers[0].price)) == ("Regular", "151.00 EUR")
    assert (offers[0].tax, offers[0].fee) == (eur(2400), eur(700))
    assert sell(fair).paid == eur(15100)


def test_the_desk_sells_outside_the_window_what_is_hidden_and_with_a_code(fair: Fair) -> None:
    set_type(fair, fair.regular, hidden=True, sales_until=NOON - timedelta(days=1))
    code = NewDiscount("DOOR", "percent", 5000, type_ids=frozenset({fair.regular}))
    add_discount(fair.store, SYSTEM.at(NOON), fair.event.id, code)
    assert sell(fair).paid == eur(12000)
    assert sell(fair, code="door").paid == eur(6000)


def offers_with(fair: Fair, code: str) -> list[tuple[str, str, bool]]:
    offers = door_offers(fair.store, STAFF.at(NOON), fair.event.id, fair.door.id, code=code)
    return [(each.name, str(each.price), each.coded) for each in offers]


def test_a_code_with_one_use_left_prices_every_type_it_is_for(fair: Fair) -> None:
    code = NewDiscount("LAST", "percent", 5000, most_tickets=1)
    add_discount(fair.store, SYSTEM.at(NOON), fair.event.id, code)
    assert offers_with(fair, "last") == [
        ("Regular", "60.00 EUR", True),
        ("VIP", "145.00 EUR", True),
    ]
    assert sell(fair, code="last").paid == eur(6000)
    with pytest.raises(CodeError, match="used up"):
        offers_with(fair, "last")


def test_the_desk_prices_a_hidden_type_with_the_code_that_unlocks_it(fair: Fair) -> None:
    set_type(fair, fair.vip, hidden=True)
    code = NewDiscount("INNER", "amount", 9000, type_ids=frozenset({fair.vip}))
    add_discount(fair.store, SYSTEM.at(NOON), fair.event.id, code)
    assert offers_with(fair, "inner") == [
        ("Regular", "120.00 EUR", False),
        ("VIP", "200.00 EUR", True),
    ]
    set_type(fair, fair.vip, active=False)
    with pytest.raises(CodeError, match="not for these tickets"):
        offers_with(fair, "inner")


def test_a_free_ticket_skips_the_payment(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    sold = sell(fair, method="terminal")
    assert (sold.paid, sold.method) == (eur(0), "free")
    assert sold.check_in is not None
    assert counts(fair.store)[2] == 0


def test_what_costs_something_is_not_free(fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="costs 120"):
        sell(fair, method="free")


def test_too_little_cash_and_a_slip_without_a_number_sell_nothing(fair: Fair) -> None:
    before = counts(fair.store)
    with pytest.raises(InvalidInputError, match="were given"):
        sell(fair, given=eur(11999))
    with pytest.raises(InvalidInputError, match="slip"):
        sell(fair, method="terminal")
    with pytest.raises(InvalidInputError, match="paid in EUR"):
        sell(fair, given=replace(eur(50000), currency="USD"))
    with pytest.raises(InvalidInputError, match="no way to pay"):
        sell(fair, method="transfer")
    with pytest.raises(InvalidInputError, match="needs its holder's name"):
        sell(fair, name="  ")
    with pytest.raises(InvalidInputError, match="nonce"):
        sell(fair, nonce="")
    assert counts(fair.store) == before


def test_a_voucher_pays_what_it_holds_and_the_rest_is_paid_otherwise(fair: Fair) -> None:
    (voucher,) = add_vouchers(
        fair.store, SYSTEM.at(NOON), fair.event.id, value=eur(10000), code="THANKS"
    )
    with pytest.raises(InvalidInputError, match=r"20\.00 EUR are left to pay"):
        sell(fair, method="voucher", reference="thanks")
    sold = sell(fair, method="voucher", reference="thanks", rest_method="cash", given=eur(5000))
    assert (sold.paid, sold.change) == (eur(12000), eur(3000))
    (left,), _ = list_vouchers(fair.store, SYSTEM, fair.event.id)
    assert (left.id, left.left) == (voucher.id, eur(0))


def test_wrong_voucher_codes_lock_and_sell_nothing(fair: Fair) -> None:
    before = counts(fair.store)
    for _ in range(3):
        with pytest.raises(NotFoundError, match="There is no voucher with this code at this"):
            sell(fair, method="voucher", reference="guess")
    with pytest.raises(SignInError, match="Too many"):
        sell(fair, method="voucher", reference="guess")
    assert counts(fair.store) == before


def test_a_good_voucher_does_not_lock_the_desk_when_something_else_is_missing(fair: Fair) -> None:
    add_vouchers(fair.store, SYSTEM.at(NOON), fair.event.id, value=eur(100), code="THANKS")
    for _ in range(5):
        with pytest.raises(VoucherShortError):
            sell(fair, method="voucher", reference="thanks")
    rest: dict[str, Any] = {"rest_method": "terminal", "rest_reference": "1"}
    assert sell(fair, method="voucher", reference="thanks", **rest).method == "voucher"


def test_a_free_ticket_does_not_forget_wrong_voucher_codes(fair: Fair) -> None:
    set_type(fair, fair.vip, price_minor=0)
    for number in range(3):
        with pytest.raises(NotFoundError, match="There is no voucher with this code at this"):
            sell(fair, method="voucher", reference=f"guess{number}")
        if number < 2:
            sell(fair, method="voucher", reference="none", ticket_type_id=fair.vip)
    with pytest.raises(SignInError, match="Too many"):
        sell(fair, method="voucher", reference="guess")


def test_cash_goes_into_the_drawer_of_who_sells_and_is_booked_nowhere_without(fair: Fair) -> None:
    assert sell(fair).drawer == ""
    shift = open_shift(
        fair.store, STAFF.at(NOON), fair.event.id, drawer="Desk 1", float_amount=eur(0)
    )
    assert sell(fair).drawer == "Desk 1"
    assert sell(fair, method="terminal", reference="1").drawer == ""
    assert sell(fair, OTHER_STAFF).drawer == ""
    assert read_shift(fair.store, STAFF, shift.id).expected == eur(12000)


def test_the_last_place_is_sold_once_and_then_a_supervisor_may_go_over(fair: Fair) -> None:
    sam, sue = make_staff(fair), make_staff(fair, Role.ORGANIZER, "Sue")
    set_type(fair, fair.regular, quota=1)
    sell(fair, sam)
    before = counts(fair.store)
    with pytest.raises(SoldOutError, match="sold out"):
        sell(fair, sam)
    with pytest.raises(SupervisorNeededError):
        sell(fair, sam, force_reason="the mayor")
    assert counts(fair.store) == before
    set_desk_pin(fair.store, sue.at(NOON), PIN)
    word = approve(fair.store, sam.at(NOON), fair.event.id, PIN, what="force")
    sale = wish(fair, force_reason="the mayor")
    sold = sell_at_door(fair.store, sam.at(NOON, approval=word), fair.event.id, sale)
    assert sold.check_in is not None
    with pytest.raises(SupervisorNeededError, match="one act"):
        sell_at_door(
            fair.store,
            sam.at(NOON, approval=word),
            fair.event.id,
            wish(fair, force_reason="his wife"),
        )
    assert sell(fair, sue, force_reason="his wife").paid == eur(12000)


def test_the_capacity_of_the_event_binds_the_desk(fair: Fair) -> None:
    set_event(fair, capacity=1)
    sell(fair)
    with pytest.raises(SoldOutError, match="This event is sold out"):
        sell(fair, ticket_type_id=fair.vip)


def test_places_that_the_waitlist_waits_for_are_not_sold_over_its_head(fair: Fair) -> None:
    early = NOON - timedelta(days=3)
    set_type(fair, fair.regular, quota=1)
    ticket_for(fair, person(fair.store, "First"))
    join(
        fair.store,
        person(fair.store, "Waiting").at(early),
        fair.event.id,
        ticket_type_id=fair.regular,
    )
    set_type(fair, fair.regular, quota=2)
    with pytest.raises(SoldOutError):
        sell(fair)


def test_the_best_free_seat_is_given_unless_one_is_picked(fair: Fair) -> None:
    section_id, seats = add_seats(fair, 3)
    set_type(fair, fair.vip, section_id=section_id)
    assert sell(fair, ticket_type_id=fair.vip, seat_id=seats[0]).seat == "H-1"
    assert sell(fair, ticket_type_id=fair.vip).seat in ("H-2", "H-3")
    with pytest.raises(SeatTakenError):
        sell(fair, ticket_type_id=fair.vip, seat_id=seats[0])
    sell(fair, ticket_type_id=fair.vip)
    with pytest.raises(SoldOutError):
        sell(fair, ticket_type_id=fair.vip)


def test_required_questions_of_the_event_are_answered_or_left_open_knowingly(fair: Fair) -> None:
    question_id = add_question(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        NewQuestion("Meal?", QuestionKind.CHOICE, required=True, choices=("meat", "none")),
    )
    with pytest.raises(InvalidInputError, match="must be answered"):
        sell(fair)
    assert sell(fair, answers={question_id: "Meat"}).check_in is not None
    assert sell(fair, open_answers=True).check_in is not None


def test_questions_of_the_list_are_asked_before_anything_is_sold(fair: Fair) -> None:
    door = fair.list("Asking", questions=(DoorQuestion("q1", "Over 18?"),))
    before = counts(fair.store)
    with pytest.raises(EntryRefusedError) as refused:
        sell(fair, list_id=door.id)
    assert refused.value.outcome == Outcome.INCOMPLETE
    assert [each.text for each in refused.value.questions] == ["Over 18?"]
    assert counts(fair.store) == before
    assert sell(fair, list_id=door.id, list_answers={"q1": "yes"}).check_in is not None


def test_what_the_door_refuses_is_not_sold_unless_only_sold(fair: Fair) -> None:
    door = fair.list("VIP only", ticket_type_ids=frozenset({fair.vip}))
    before = counts(fair.store)
    with pytest.raises(EntryRefusedError, match="Nothing was sold"):
        sell(fair, list_id=door.id)
    assert counts(fair.store) == before
    sold = sell(fair, list_id=door.id, enter=False)
    assert sold.check_in is None
    assert counts(fair.store)[4:] == [0, 0, 0]
    offers = door_offers(fair.store, STAFF.at(NOON), fair.event.id, door.id)
    assert [each.here for each in offers] == [False, True]


def test_the_list_of_another_event_is_not_a_door_of_this_one(fair: Fair) -> None:
    other = make_fair(fair.store, "Other Days")
    with pytest.raises(NotFoundError, match="no such check-in list"):
        door_offers(fair.store, STAFF.at(NOON), fair.event.id, other.door.id)
    with pytest.raises(NotFoundError, match="no such check-in list"):
        sell(fair, list_id=other.door.id)


def test_nobody_is_sold_in_by_a_list_for_leaving(fair: Fair) -> None:
    way_out = fair.list("Way out", direction=Direction.EXIT)
    with pytest.raises(InvalidInputError, match="leave by this list"):
        sell(fair, list_id=way_out.id)


def test_a_known_person_books_under_the_account_and_is_told_once(fair: Fair) -> None:
    grace = make_guest(fair.store, "Grace Hopper")
    (found,) = known_people(fair.store, STAFF, fair.event.id, "grace ho")
    assert (found.name, found.email, found.here) == ("Grace Hopper", "g…@example.org", False)
    assert found.address == ""
    sold = sell(fair, name=found.name, account_id=found.account_id)
    assert notices_of(fair.store, grace) == [f"Booking {sold.booking_code} is paid"]
    (again,) = known_people(fair.store, STAFF, fair.event.id, "grace@example.org")
    assert (again.email, again.here) == ("grace@example.org", True)
    with pytest.raises(NotFoundError, match="no such account"):
        sell(fair, account_id=UUID(int=99))


def test_people_are_known_from_earlier_bookings_but_not_after_two_letters(fair: Fair) -> None:
    fair.sell("Żaneta Źdźbło", email="zaneta@example.org")
    (found,) = known_people(fair.store, STAFF, fair.event.id, "zaneta")
    assert (found.name, found.address, found.here) == ("Żaneta Źdźbło", "zaneta@example.org", True)
    assert known_people(fair.store, STAFF, fair.event.id, "za") == ()
    stranger = person(fair.store, "Nosy")
    with pytest.raises(NotAllowedError):
        known_people(fair.store, stranger, fair.event.id, "zaneta")


def test_a_list_or_type_of_another_event_sells_nothing(fair: Fair) -> None:
    with pytest.raises(NotFoundError, match="There is no such check-in list"):
        sell(fair, list_id=uuid4())
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        sell(fair, ticket_type_id=uuid4())
    set_event(fair, state="cancelled")
    with pytest.raises(InvalidInputError, match="cancelled"):
        sell(fair)


def test_a_guest_names_the_price_where_the_ticket_leaves_it_to_them(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=500, price_chosen=True)
    asked = {
        each.name: (each.price.minor, each.chosen_minor)
        for each in door_offers(
            fair.store, STAFF.at(NOON), fair.event.id, fair.door.id, chosen_minor=800
        )
    }
    assert asked == {"Regular": (800, 800), "VIP": (29000, None)}
    assert sell(fair, chosen_minor=800, given=eur(1000)).change == eur(200)
    with pytest.raises(InvalidInputError, match="at least 5"):
        sell(fair, chosen_minor=499)
    with pytest.raises(InvalidInputError, match="no amount of money"):
        door_offers(fair.store, STAFF.at(NOON), fair.event.id, fair.door.id, chosen_minor=-1)


def state(fair: Fair, sold: Sold) -> str:
    assert sold.booking_id is not None
    return state_of(fair.store, sold.booking_id)


def test_what_a_card_reader_takes_is_held_until_it_is_paid(fair: Fair) -> None:
    sold = sell(fair, method="gateway", nonce="r")
    assert (sold.method, sold.paid, sold.check_in) == ("gateway", eur(12000), None)
    assert state(fair, sold) == "pending"
    assert sell(fair, method="gateway", nonce="r") == sold
    with Steps(fair.store, SYSTEM.at(NOON + HELD_FOR)).write() as act:
        expire_due(act, fair.event.id)
    assert state(fair, sold) == "expired"


def test_what_the_door_refuses_is_not_held_for_a_card_reader(fair: Fair) -> None:
    door = fair.list("VIP only", ticket_type_ids=frozenset({fair.vip}))
    before = counts(fair.store)
    with pytest.raises(EntryRefusedError):
        sell(fair, method="gateway", list_id=door.id)
    with pytest.raises(InvalidInputError, match="against the rules"):
        sell(fair, method="gateway", force_reason="friend")
    assert counts(fair.store) == before


def test_who_works_here_no_longer_learns_nothing_of_what_is_sold(fair: Fair) -> None:
    sam = make_staff(fair)
    assert sam.id is not None
    remove_member(fair.store, SYSTEM.at(NOON), fair.event.id, sam.id)
    with pytest.raises(NotAllowedError):
        sell(fair, sam, method="gateway", ticket_type_id=uuid4())


def test_a_sale_that_is_given_up_frees_its_place_and_writes_to_nobody(fair: Fair) -> None:
    sold = sell(fair, method="gateway", email="wally@example.org")
    assert sold.booking_id is not None
    mails = counts(fair.store)[-1]
    assert give_up_sale(fair.store, STAFF.at(NOON), sold.booking_id)
    assert (state(fair, sold), counts(fair.store)[-1]) == ("expired", mails)
    assert not give_up_sale(fair.store, STAFF.at(NOON), sold.booking_id)


def test_a_sale_that_was_paid_is_not_given_up(fair: Fair) -> None:
    sold = sell(fair, method="cash")
    assert sold.booking_id is not None
    assert not give_up_sale(fair.store, STAFF.at(NOON), sold.booking_id)
    assert state(fair, sold) == "paid"
