"""Booking against a plain model: whatever happens in whatever order, both hold the same places."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from data.schema import BookingRow, LedgerRow, SeatRow, TicketRow, TokenRevocationRow
from eventdesk.acts import SYSTEM, Actor, Steps
from eventdesk.booking import (
    NewBooking,
    NewTicket,
    cancel_tickets,
    order,
    transfer_ticket,
    upgrade_ticket,
)
from eventdesk.booking.booking import cancel_fee
from eventdesk.core.errors import InvalidInputError, SeatTakenError, SoldOutError
from eventdesk.core.money import Money
from eventdesk.money import balances, take_payment
from eventdesk.sales import availability
from eventdesk.waiting import sweep
from tests.build import STAFF, SUPERVISOR, empty_store, make_fair
from tests.histories import tries
from tests.orders import EARLY, add_seats, person, set_event, set_type

pytestmark = pytest.mark.long

CAPACITY, REGULAR, QUOTA, SEATS = 6, 5, 3, 2
VIP = min(QUOTA, SEATS)
"""Of the VIP tickets, which sit in a section, there are no more than it has seats."""
FEE_BP, FEE_MINOR = 1000, 250


@dataclass
class ModelTicket:
    """A ticket as a child would keep it on paper."""

    id: UUID
    kind: UUID
    price: int
    seat_id: UUID | None = None
    revision: int = 1


@dataclass
class ModelBooking:
    """A booking, and what came in for it and went back."""

    id: UUID
    who: Actor
    deadline: datetime | None
    tickets: list[ModelTicket] = field(default_factory=list)
    paid: int = 0
    promised: int = 0
    kept: int = 0
    was_paid: bool = False

    @property
    def total(self) -> int:
        return self.kept + sum(ticket.price for ticket in self.tickets)

    @property
    def due(self) -> int:
        return self.total - self.paid


index = st.integers(0, 50)


class BookingMachine(RuleBasedStateMachine):
    """Does to a real store and to the model what people do with bookings."""

    @initialize()
    def open_sales(self) -> None:
        self.folder = TemporaryDirectory()
        self.store = empty_store(Path(self.folder.name) / "home")
        self.fair = make_fair(self.store)
        section_id, self.seats = add_seats(self.fair, SEATS)
        set_type(self.fair, self.fair.regular, quota=REGULAR, tax_bp=1900, fee_minor=99)
        set_type(self.fair, self.fair.vip, quota=QUOTA, section_id=section_id, fee_bp=333)
        set_event(
            self.fair,
            capacity=CAPACITY,
            cancel_fee_bp=FEE_BP,
            cancel_fee_minor=FEE_MINOR,
            offer_minutes=30,
        )
        self.people = [person(self.store, name) for name in ("Ann", "Bob")]
        self.prices = {self.fair.regular: 12000 + 99, self.fair.vip: 29000 + 966}
        self.now = EARLY
        self.live: list[ModelBooking] = []
        self.over: list[ModelBooking] = []

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @rule(regular=st.integers(0, 2), vip=st.integers(0, 1), who=index, seat=st.none() | index)
    def order(self, regular: int, vip: int, who: int, seat: int | None) -> None:
        kinds = [self.fair.regular] * regular + [self.fair.vip] * vip
        if not kinds:
            return
        actor = self.people[who % len(self.people)]
        seat_id = None if seat is None or not vip else self.seats[seat % SEATS]
        wishes = tuple(
            NewTicket(kind, actor.name, seat_id=seat_id if kind == self.fair.vip else None)
            for kind in kinds
        )
        booking = NewBooking(actor.name, "", wishes)
        if not self._fits(Counter(kinds)):
            with pytest.raises(SoldOutError):
                order(self.store, actor.at(self.now), self.fair.event.id, booking)
            return
        if seat_id in self._sat(self._lasting()):
            with pytest.raises(SeatTakenError):
                order(self.store, actor.at(self.now), self.fair.event.id, booking)
            return
        self._expire()
        booked = order(self.store, actor.at(self.now), self.fair.event.id, booking)
        assert booked.expires_at == self.now + timedelta(minutes=15)
        tickets = [
            ModelTicket(
                ticket_id, wish.ticket_type_id, self.prices[wish.ticket_type_id], wish.seat_id
            )
            for ticket_id, wish in zip(booked.ticket_ids, wishes, strict=True)
        ]
        self.live.append(ModelBooking(booked.booking_id, actor, booked.expires_at, tickets))

    @rule(minutes=st.integers(0, 25))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def look_at_the_deadlines(self) -> None:
        ended = self._expire()
        assert sweep(self.store, SYSTEM.at(self.now)) == ended

    @precondition(lambda self: any(booking.due > 0 for booking in self.live))
    @rule(which=index, share=st.sampled_from([1, 1, 2]))
    def pay(self, which: int, share: int) -> None:
        owing = [booking for booking in self.live if booking.due > 0]
        booking = owing[which % len(owing)]
        amount = booking.due // share
        take_payment(
            self.store, STAFF.at(self.now), booking.id, method="cash", amount=Money(amount, "EUR")
        )
        booking.paid += amount
        self._settle(booking)

    @precondition(lambda self: self.live)
    @rule(which=index, whole=st.booleans(), waive=st.booleans())
    def cancel(self, which: int, whole: bool, waive: bool) -> None:
        booking = self.live[which % len(self.live)]
        gone = booking.tickets if whole else booking.tickets[:1]
        actor = SUPERVISOR if waive else booking.who
        fees = [
            0 if waive else cancel_fee(each.price, fee_bp=FEE_BP, fee_minor=FEE_MINOR)
            for each in gone
        ]
        ids = [each.id for each in gone]
        done = cancel_tickets(self.store, actor.at(self.now), ids, reason="", waive_fee=waive)
        booking.tickets = [each for each in booking.tickets if each.id not in ids]
        kept = max(0, min(sum(fees), booking.paid - booking.total))
        booking.kept += kept
        back = max(0, booking.paid - booking.total)
        booking.paid -= back
        booking.promised += back
        assert (done.tickets, done.kept.minor, done.refunded.minor) == (len(ids), kept, back)
        if not booking.tickets:
            self.live.remove(booking)
            self.over.append(booking)
        else:
            self._settle(booking)

    @precondition(lambda self: self.live)
    @rule(which=index, ticket=index)
    def hand_on(self, which: int, ticket: int) -> None:
        booking = self.live[which % len(self.live)]
        chosen, who = booking.tickets[ticket % len(booking.tickets)], booking.who.at(self.now)
        if booking not in self._lasting():
            with pytest.raises(InvalidInputError):
                transfer_ticket(self.store, who, chosen.id, name="Somebody", email="")
            return
        transfer_ticket(self.store, who, chosen.id, name="Somebody", email="")
        chosen.revision += 1

    @precondition(lambda self: self.live)
    @rule(which=index, ticket=index, down=st.booleans())
    def upgrade(self, which: int, ticket: int, down: bool) -> None:
        kind, actor = (self.fair.regular, SUPERVISOR) if down else (self.fair.vip, None)
        booking = self.live[which % len(self.live)]
        if booking not in self._lasting():
            return  # it ends in that very moment
        chosen = booking.tickets[ticket % len(booking.tickets)]
        actor = actor or booking.who
        if chosen.kind == kind:
            with pytest.raises(InvalidInputError):
                upgrade_ticket(self.store, actor.at(self.now), chosen.id, kind)
            return
        of_kind = sum(each.kind == kind for one in self._lasting() for each in one.tickets)
        if of_kind >= {self.fair.vip: VIP, self.fair.regular: REGULAR}[kind]:
            with pytest.raises(SoldOutError):
                upgrade_ticket(self.store, actor.at(self.now), chosen.id, kind)
            return
        self._expire()
        done = upgrade_ticket(self.store, actor.at(self.now), chosen.id, kind)
        difference = self.prices[kind] - chosen.price
        chosen.kind, chosen.price = kind, self.prices[kind]
        if kind == self.fair.regular:
            chosen.seat_id = None  # it was in the section of the other type
        booking.paid += booking.promised
        back = min(max(0, -difference) + booking.promised, max(0, -booking.due))
        booking.paid -= back
        booking.promised = back
        if booking.due > 0 and booking.was_paid:
            booking.deadline, booking.was_paid = self.now + timedelta(minutes=30), False
        self._settle(booking)
        assert (done.difference.minor, done.due.minor) == (difference, max(0, booking.due))

    @invariant()
    def the_same_tickets_are_valid(self) -> None:
        if not hasattr(self, "live"):
            return
        wanted = {each.id: each for booking in self.live for each in booking.tickets}
        with Steps(self.store, SYSTEM.at(self.now)).read() as act:
            rows = act.connection.execute(
                select(TicketRow.id, TicketRow.ticket_type_id, TicketRow.revision).where(
                    TicketRow.state == "valid"
                )
            ).all()
            seats = dict(
                act.connection.execute(
                    select(SeatRow.id, SeatRow.ticket_id).where(SeatRow.ticket_id.is_not(None))
                ).all()
            )
            standing = availability(act, self.fair.event.id)
            revoked = act.connection.execute(
                select(func.count()).select_from(TokenRevocationRow)
            ).scalar_one()
        assert {(row.id, row.ticket_type_id, row.revision) for row in rows} == {
            (each.id, each.kind, each.revision) for each in wanted.values()
        }
        assert len(set(seats.values())) == len(seats)
        assert set(seats.values()) <= set(wanted)
        assert standing[self.fair.regular].taken <= REGULAR
        assert standing[self.fair.vip].taken <= VIP
        assert len(rows) <= CAPACITY
        assert revoked >= sum(each.revision - 1 for each in wanted.values())

    @invariant()
    def the_money_adds_up(self) -> None:
        if not hasattr(self, "live"):
            return
        everything = {booking.id: booking for booking in (*self.live, *self.over)}
        with self.store.read() as connection:
            bookings = connection.execute(select(BookingRow.__table__)).all()
            stands = balances(connection, [row.id for row in bookings])
            sums = connection.execute(
                select(func.sum(LedgerRow.amount_minor)).group_by(LedgerRow.transaction_id)
            ).scalars()
            assert set(sums) <= {0}
            held = dict(
                connection.execute(
                    select(LedgerRow.booking_id, func.sum(LedgerRow.amount_minor))
                    .where(LedgerRow.account == "receivable")
                    .group_by(LedgerRow.booking_id)
                ).all()
            )
        assert {row.id for row in bookings} == set(everything)
        for row in bookings:
            model, now = everything[row.id], stands[row.id]
            assert (row.total_minor, row.kept_minor) == (model.total, model.kept)
            assert now.paid.minor - now.refunded.minor - now.promised.minor == model.paid
            assert held.get(row.id, 0) == model.due
            assert (row.state in ("pending", "paid")) == (model in self.live)
            if model in self.live:
                assert row.state == ("pending" if model.due > 0 else "paid")
                assert row.expires_at == model.deadline

    def _lasting(self) -> list[ModelBooking]:
        """The bookings that are still there once deadlines are looked at."""
        return [each for each in self.live if not self._is_over(each)]

    def _is_over(self, booking: ModelBooking) -> bool:
        late = booking.deadline is not None and booking.deadline <= self.now
        return late and booking.paid == 0

    def _expire(self) -> int:
        ended = [each for each in self.live if self._is_over(each)]
        for booking in self.live:
            if booking.deadline is not None and booking.deadline <= self.now:
                booking.deadline = None
        for booking in ended:
            booking.tickets = []
            self.live.remove(booking)
            self.over.append(booking)
        return len(ended)

    def _fits(self, wanted: Counter[UUID]) -> bool:
        taken = Counter(each.kind for one in self._lasting() for each in one.tickets)
        both = taken + wanted
        return (
            both[self.fair.regular] <= REGULAR
            and both[self.fair.vip] <= VIP
            and both.total() <= CAPACITY
        )

    def _sat(self, bookings: list[ModelBooking]) -> set[UUID]:
        return {each.seat_id for one in bookings for each in one.tickets if each.seat_id}

    def _settle(self, booking: ModelBooking) -> None:
        if booking.due <= 0:
            booking.deadline, booking.was_paid = None, True


TestBooking = BookingMachine.TestCase
TestBooking.settings = settings(max_examples=tries(12), stateful_step_count=25, deadline=None)
