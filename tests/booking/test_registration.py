"""Booking: prices, places, seats, answers and deadlines, taken together or not at all."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, update

from data.schema import (
    AuditRow,
    BookingRow,
    DiscountRow,
    QueueRequestRow,
    TicketRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import NewBooking, NewTicket, answers_of, book, expire_due, order
from eventdesk.core.errors import (
    CodeError,
    EventDeskError,
    InvalidInputError,
    LimitError,
    NotAllowedError,
    NotFoundError,
    SalesClosedError,
    SeatTakenError,
    SoldOutError,
)
from eventdesk.door import find_tickets
from eventdesk.money import take_payment
from eventdesk.sales import NewQuestion, QuestionKind, add_question
from eventdesk.seating import hold_seats
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.orders import (
    EARLY,
    add_seats,
    booking_of,
    ledger_of,
    notices_of,
    order_for,
    person,
    seats_taken,
    set_event,
    set_type,
    tickets_of,
)

HOLD = timedelta(minutes=15)


def _expire(fair: Fair, now: datetime) -> list[UUID]:
    with Steps(fair.store, SYSTEM.at(now)).write() as act:
        return expire_due(act, fair.event.id)


def _add_code(fair: Fair, code: str, value_bp: int, most: int | None = None) -> None:
    with fair.store.write() as connection:
        connection.execute(
            insert(DiscountRow).values(
                id=uuid4(),
                event_id=fair.event.id,
                code=code,
                kind="percent",
                value=value_bp,
                most_tickets=most,
                active=True,
                note="",
                created_at=EARLY,
            )
        )


def _count(store: Store, table: type[BookingRow] | type[TicketRow]) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_order_costs_its_tickets_and_holds_their_places_for_a_while(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann Ames", "Bob Ames")
    assert (booked.state, booked.expires_at) == ("pending", EARLY + HOLD)
    assert str(booked.total) == "240.00 EUR"
    row = booking_of(fair.store, booked.booking_id)
    assert (row.total_minor, row.source, row.account_id) == (24000, "attendee", ann.id)
    assert (row.no, row.folded_name, row.expires_at) == (1, "ann", EARLY + HOLD)
    assert [ticket.price_minor for ticket in tickets_of(fair.store, row.id)] == [12000, 12000]
    assert ledger_of(fair.store, row.id) == {"receivable": 24000, "revenue": -24000}
    assert notices_of(fair.store, ann) == [f"Booking {booked.code} is to be paid"]
    assert [found.name for found in find_tickets(fair.store, SYSTEM, fair.event.id, "bob")] == [
        "Bob Ames"
    ]


def test_what_costs_nothing_is_paid_at_once(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    booked = order_for(fair, person(fair.store, "Ann"))
    assert (booked.state, booked.expires_at) == ("paid", None)
    assert booking_of(fair.store, booked.booking_id).state == "paid"


def test_several_types_for_several_people_are_one_booking(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    tickets = (NewTicket(fair.regular, "Ann"), NewTicket(fair.vip, "Bea", "bea@example.org"))
    booking = NewBooking("Ann", "ann@example.org", tickets)
    booked = order(fair.store, ann.at(EARLY), fair.event.id, booking)
    rows = tickets_of(fair.store, booked.booking_id)
    assert [row.price_minor for row in rows] == [12000, 29000]
    assert [row.holder_email for row in rows] == ["ann@example.org", "bea@example.org"]
    assert booked.total is not None
    assert booked.total.minor == 41000


def test_a_code_takes_off_its_share_and_is_noted_on_each_ticket(fair: Fair) -> None:
    _add_code(fair, "SPRING", 2500, most=3)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, "Ann", "Bob", code=" spring ")
    row = booking_of(fair.store, booked.booking_id)
    assert (row.total_minor, row.discount_code) == (18000, "SPRING")
    first = tickets_of(fair.store, row.id)[0]
    assert (first.price_minor, first.discount_minor) == (9000, 3000)
    assert first.discount_id is not None
    with pytest.raises(CodeError, match="The code “SPRING” is good for 1 more, not 2"):
        order_for(fair, ann, "Cid", "Dot", code="SPRING")
    with pytest.raises(CodeError, match="There is no code “AUTUMN”"):
        order_for(fair, ann, code="AUTUMN")


def test_an_attendee_cannot_say_what_only_the_team_may(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    sly = NewTicket(
        fair.regular,
        "Ann",
        seat="A-1",
        attention="let in",
        valid_until=NOON + timedelta(days=900),
        account_id=uuid4(),
    )
    booking = NewBooking("Ann", "", (sly,), paid=True, note="VIP!", source="import")
    booked = order(fair.store, ann.at(EARLY), fair.event.id, booking)
    row, (ticket,) = (
        booking_of(fair.store, booked.booking_id),
        tickets_of(fair.store, booked.booking_id),
    )
    assert (row.state, row.note, row.source) == ("pending", "", "attendee")
    assert (ticket.seat, ticket.attention, ticket.valid_until, ticket.account_id) == (
        "",
        "",
        None,
        None,
    )


def test_quotas_and_the_events_capacity_hold(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    set_type(fair, fair.regular, quota=2)
    order_for(fair, ann, "Ann", "Bob")
    with pytest.raises(SoldOutError) as sold_out:
        order_for(fair, ann, "Cid")
    assert sold_out.value.ticket_type_id == fair.regular
    set_event(fair, capacity=3)
    with pytest.raises(SoldOutError):
        order_for(fair, ann, "Cid", "Dot", ticket_type_id=fair.vip)
    order_for(fair, ann, "Cid", ticket_type_id=fair.vip)
    assert _count(fair.store, TicketRow) == 3


def test_the_team_too_is_bound_by_quotas_unless_it_forces_and_that_is_kept(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    two = NewBooking("Ann", "", (NewTicket(fair.regular, "Ann"), NewTicket(fair.regular, "Bob")))
    with pytest.raises(SoldOutError):
        book(fair.store, STAFF.at(NOON), fair.event.id, [two])
    with pytest.raises(NotAllowedError):
        book(fair.store, STAFF.at(NOON), fair.event.id, [two], force=True)
    assert _count(fair.store, BookingRow) == 0
    book(fair.store, SUPERVISOR.at(NOON), fair.event.id, [two], force=True)
    assert _count(fair.store, TicketRow) == 2
    with fair.store.read() as connection:
        detail = connection.execute(
            select(AuditRow.detail).where(AuditRow.verb == "book")
        ).scalar_one()
    assert detail["force"] is True


def test_a_place_promised_to_the_waitlist_is_nobody_elses(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    with fair.store.write() as connection:
        connection.execute(
            insert(WaitlistEntryRow).values(
                id=uuid4(),
                no=1,
                event_id=fair.event.id,
                ticket_type_id=fair.regular,
                name="Walt",
                email="",
                priority=0,
                state="offered",
                offer_until=NOON,
                created_at=EARLY,
            )
        )
    with pytest.raises(SoldOutError):
        order_for(fair, person(fair.store, "Ann"))


def test_an_unpaid_booking_gives_its_places_and_seats_back_by_itself(fair: Fair) -> None:
    section_id, seats = add_seats(fair, 2)
    set_type(fair, fair.regular, quota=1, section_id=section_id)
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    first = order_for(fair, ann, seat_id=seats[0])
    with pytest.raises(SoldOutError):
        order_for(fair, bob, now=EARLY + HOLD - timedelta(seconds=1), seat_id=seats[1])
    second = order_for(fair, bob, now=EARLY + HOLD, seat_id=seats[0])
    row = booking_of(fair.store, first.booking_id)
    assert (row.state, row.total_minor, row.expires_at) == ("expired", 0, None)
    assert [ticket.state for ticket in tickets_of(fair.store, row.id)] == ["expired"]
    assert seats_taken(fair.store) == set(second.ticket_ids)
    assert ledger_of(fair.store, row.id) == {}
    assert notices_of(fair.store, ann)[-1] == f"Booking {first.code} was not paid in time"


def test_the_team_books_nobody_at_an_event_that_was_cancelled(fair: Fair) -> None:
    set_event(fair, state="cancelled")
    with pytest.raises(InvalidInputError, match="was cancelled"):
        fair.sell("Ada")
    with fair.store.read() as connection:
        assert connection.execute(select(func.count(BookingRow.id))).scalar_one() == 0


def test_a_booking_ends_once_and_a_paid_one_never(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    unpaid, paid = order_for(fair, ann), order_for(fair, ann)
    take_payment(fair.store, STAFF.at(EARLY), paid.booking_id, method="cash")
    later = EARLY + timedelta(days=1)
    assert _expire(fair, later) == [unpaid.booking_id]
    assert _expire(fair, later) == []
    assert booking_of(fair.store, paid.booking_id).state == "paid"


def test_a_booking_paid_in_part_keeps_its_tickets_and_owes_the_rest(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    part = booked.total
    assert part is not None
    half = type(part)(6000, part.currency)
    take_payment(fair.store, STAFF.at(EARLY), booked.booking_id, method="cash", amount=half)
    assert _expire(fair, EARLY + timedelta(days=1)) == []
    row = booking_of(fair.store, booked.booking_id)
    assert (row.state, row.expires_at) == ("pending", None)
    assert notices_of(fair.store, ann)[-1] == f"Booking {booked.code} is not paid in full"


def test_what_needs_approval_holds_its_place_without_a_deadline(fair: Fair) -> None:
    set_type(fair, fair.vip, needs_approval=True)
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann, ticket_type_id=fair.vip)
    assert (booked.approved, booked.state, booked.expires_at) == (False, "pending", None)
    assert notices_of(fair.store, ann) == [f"Booking {booked.code} waits for approval"]


def test_seats_that_somebody_else_holds_cannot_be_booked_ones_own_can(fair: Fair) -> None:
    section_id, seats = add_seats(fair, 2)
    set_type(fair, fair.regular, section_id=section_id)
    ann, bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    assert ann.id is not None
    hold_seats(fair.store, ann.at(EARLY), fair.event.id, seats[:1], holder_id=ann.id)
    with pytest.raises(SeatTakenError):
        order_for(fair, bob, seat_id=seats[0])
    booked = order_for(fair, ann, seat_id=seats[0])
    assert tickets_of(fair.store, booked.booking_id)[0].seat == "H-1"
    with pytest.raises(SeatTakenError):
        order_for(fair, bob, seat_id=seats[0], now=EARLY + timedelta(minutes=1))
    assert _count(fair.store, BookingRow) == 1


def test_answers_are_checked_for_each_ticket_and_kept(fair: Fair) -> None:
    dinner = add_question(
        fair.store,
        SUPERVISOR.at(NOON),
        fair.event.id,
        NewQuestion("Dinner?", QuestionKind.YES_NO, required=True),
    )
    ann = person(fair.store, "Ann")
    with pytest.raises(InvalidInputError, match="Dinner"):
        order_for(fair, ann)
    with pytest.raises(InvalidInputError, match="Dinner"):
        order_for(fair, ann, answers={dinner: "perhaps"})
    booked = order_for(fair, ann, answers={dinner: "Y"})
    given = answers_of(fair.store, ann, booked.ticket_ids[0])
    assert [(each.question.text, each.value) for each in given] == [("Dinner?", "yes")]
    assert fair.sell("Walk-in").ticket_ids  # the team may leave it open


def test_nothing_is_sold_outside_of_its_window_or_before_the_event_is_published(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    set_type(fair, fair.vip, sales_from=NOON)
    with pytest.raises(SalesClosedError, match="VIP is not on sale yet"):
        order_for(fair, ann, ticket_type_id=fair.vip)
    set_type(fair, fair.regular, hidden=True)
    with pytest.raises(SalesClosedError, match="Regular is sold with a code only"):
        order_for(fair, ann)
    fair.sell("By the team")
    set_event(fair, state="draft")
    with pytest.raises(NotFoundError, match="There is no such event"):
        order_for(fair, ann)
    with pytest.raises(EventDeskError, match="There is no such event"):
        order_for(fair, ann, now=NOON + timedelta(days=9))


def test_while_requests_are_collected_nobody_books_past_them(fair: Fair) -> None:
    set_event(fair, queue_from=EARLY, queue_until=EARLY + timedelta(hours=1))
    ann = person(fair.store, "Ann")
    with pytest.raises(SalesClosedError, match="collected until"):
        order_for(fair, ann)
    with fair.store.write() as connection:
        connection.execute(
            insert(QueueRequestRow).values(
                id=uuid4(),
                no=1,
                event_id=fair.event.id,
                priority=0,
                wish={},
                state="waiting",
                reason="",
                created_at=EARLY,
            )
        )
    after = EARLY + timedelta(hours=1)
    with pytest.raises(SalesClosedError, match="being served"):
        order_for(fair, ann, now=after)
    with fair.store.write() as connection:
        connection.execute(update(QueueRequestRow).values(state="confirmed"))
    assert order_for(fair, ann, now=after).ticket_ids


def test_too_many_at_once_are_refused(fair: Fair) -> None:
    ann = person(fair.store, "Ann")
    set_type(fair, fair.regular, most_per_booking=2)
    with pytest.raises(LimitError, match="A booking may hold 2 of Regular, not 3"):
        order_for(fair, ann, "Ann", "Bob", "Cid")
    with pytest.raises(LimitError, match="101 tickets are too many for one booking"):
        order_for(fair, ann, *["Ann"] * 101)


def test_who_is_not_signed_in_as_anybody_books_nothing(fair: Fair) -> None:
    booking = NewBooking("Ann", "", (NewTicket(fair.regular, "Ann"),))
    with pytest.raises(NotAllowedError):
        book(fair.store, ATTENDEE.at(NOON), fair.event.id, [booking])
    assert _count(fair.store, BookingRow) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        NewBooking("Ann", "", ()),
        NewBooking(" ", "", (NewTicket(UUID(int=0), "Ann"),)),
        NewBooking("Ann", "", (NewTicket(UUID(int=0), ""),)),
        NewBooking("Ann", "x" * 255, (NewTicket(UUID(int=0), "Ann"),)),
        NewBooking("Ann", "", (NewTicket(UUID(int=0), "A" * 4001),)),
    ],
)
def test_a_booking_that_makes_no_sense_is_refused(fair: Fair, wrong: NewBooking) -> None:
    with pytest.raises(InvalidInputError, match=r"A booking|A name of|A ticket needs|An e-mail"):
        book(fair.store, SYSTEM.at(NOON), fair.event.id, [wrong])


def test_a_type_of_another_event_is_refused(fair: Fair) -> None:
    strange = NewBooking("Ann", "", (NewTicket(uuid4(), "Ann"),))
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        book(fair.store, SYSTEM.at(NOON), fair.event.id, [strange])


def test_many_are_booked_at_once_all_of_them_or_none(fair: Fair) -> None:
    bookings = [
        NewBooking(f"Guest {number}", f"g{number}@example.org", (NewTicket(fair.regular, "G"),))
        for number in range(50)
    ]
    strange = NewBooking("Ann", "", (NewTicket(uuid4(), "Ann"),))
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        book(fair.store, SYSTEM.at(NOON), fair.event.id, [*bookings, strange])
    assert _count(fair.store, BookingRow) == 0
    booked = book(fair.store, SYSTEM.at(NOON), fair.event.id, bookings)
    with fair.store.read() as connection:
        numbers = connection.execute(select(BookingRow.no).order_by(BookingRow.no)).scalars().all()
    assert numbers == list(range(1, 51))
    one = booked[7].booking_id
    assert booking_of(fair.store, one).state == "paid"
    assert ledger_of(fair.store, one) == {"elsewhere": 12000, "revenue": -12000}


def test_what_was_imported_before_is_not_imported_again(fair: Fair) -> None:
    new = NewBooking("Ann", "", (NewTicket(fair.regular, "Ann"),), external_ref="P-17")
    with pytest.raises(InvalidInputError, match="P-17"):
        book(fair.store, SYSTEM.at(NOON), fair.event.id, [new, new])
    book(fair.store, SYSTEM.at(NOON), fair.event.id, [new])
    with pytest.raises(InvalidInputError, match="P-17"):
        book(fair.store, SYSTEM.at(NOON), fair.event.id, [new])
    assert _count(fair.store, BookingRow) == 1
