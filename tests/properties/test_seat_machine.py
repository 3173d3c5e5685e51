"""Seats against a plan on paper: whatever happens in whatever order, both say the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from data.schema import TicketRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import InvalidInputError, SeatTakenError
from eventdesk.seating import (
    NewRows,
    add_section,
    block_seats,
    hold_seats,
    make_rows,
    move_seat,
    plan_with_names,
    release_seats,
    swap_seats,
    take_seats,
)
from tests.build import NOON, empty_store, make_fair
from tests.histories import tries

pytestmark = pytest.mark.long

HOLD = timedelta(minutes=15)
SEATS, TICKETS = 6, 4
PEOPLE = tuple(UUID(int=number) for number in (501, 502))


@dataclass
class Paper:
    """A seat as somebody would note it on paper."""

    ticket: UUID | None = None
    holder: UUID | None = None
    until: datetime = NOON
    blocked: bool = False

    def open_to(self, holder: UUID | None, now: datetime) -> bool:
        held = self.holder is not None and self.until > now and self.holder != holder
        return self.ticket is None and not self.blocked and not held

    def state(self, now: datetime) -> str:
        if self.ticket is not None:
            return "taken"
        if self.blocked:
            return "blocked"
        return "held" if self.holder is not None and self.until > now else "free"


places = st.integers(0, SEATS - 1)
tickets = st.integers(0, TICKETS - 1)
people = st.sampled_from(PEOPLE)


class SeatMachine(RuleBasedStateMachine):
    """One row, four guests, two people who hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = empty_store(Path(self.folder.name) / "home")
        self.now = NOON

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @initialize()
    def build(self) -> None:
        fair = make_fair(self.store)
        self.event_id = fair.event.id
        section_id = add_section(self.store, SYSTEM.at(NOON), self.event_id, "Stalls")
        make_rows(self.store, SYSTEM.at(NOON), section_id, NewRows("A", SEATS))
        (section,) = plan_with_names(self.store, SYSTEM.at(NOON), self.event_id)
        self.seats = [seat.id for seat in section.seats]
        self.tickets = fair.sell_all([f"Guest {n}" for n in range(TICKETS)]).ticket_ids
        self.paper = [Paper() for _ in self.seats]

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(wanted=st.sets(places, min_size=1, max_size=3), holder=people)
    def hold(self, wanted: set[int], holder: UUID) -> None:
        live = [one.until for one in self.paper if one.holder == holder and one.until > self.now]
        may = all(self.paper[place].open_to(holder, self.now) for place in wanted)
        try:
            until = hold_seats(
                self.store,
                SYSTEM.at(self.now),
                self.event_id,
                [self.seats[place] for place in wanted],
                holder_id=holder,
            )
        except SeatTakenError:
            assert not may
            return
        assert may
        assert until == min(live, default=self.now + HOLD)
        for place in wanted:
            self.paper[place].holder, self.paper[place].until = holder, until

    @rule(holder=people)
    def let_go(self, holder: UUID) -> None:
        release_seats(self.store, SYSTEM.at(self.now), self.event_id, holder_id=holder)
        for one in self.paper:
            if one.holder == holder:
                one.holder = None

    @rule(pairs=st.dictionaries(tickets, places, min_size=1, max_size=3), holder=people)
    def take(self, pairs: dict[int, int], holder: UUID) -> None:
        """Take seats as a booking does, all or none; a ticket gives up the one it had."""
        sitting = {self.tickets[guest] for guest in pairs}
        wanted = list(pairs.values())
        may = len(set(wanted)) == len(wanted) and all(
            self.paper[place].ticket in sitting or self.paper[place].open_to(holder, self.now)
            for place in wanted
        )
        given = [(self.tickets[guest], self.seats[place]) for guest, place in pairs.items()]
        try:
            with Steps(self.store, SYSTEM.at(self.now)).write() as act:
                take_seats(act, self.event_id, given, holder_id=holder)
        except SeatTakenError:
            assert not may
            return
        assert may
        self._stand_up(sitting)
        for guest, place in pairs.items():
            self._sit(place, self.tickets[guest])

    @rule(guest=tickets, place=st.none() | places)
    def move(self, guest: int, place: int | None) -> None:
        ticket = self.tickets[guest]
        may = place is None or (
            self.paper[place].ticket == ticket or self.paper[place].open_to(None, self.now)
        )
        seat_id = None if place is None else self.seats[place]
        try:
            move_seat(self.store, SYSTEM.at(self.now), ticket, seat_id)
        except SeatTakenError:
            assert not may
            return
        assert may
        self._stand_up({ticket})
        if place is not None:
            self._sit(place, ticket)

    @rule(first=tickets, second=tickets)
    def swap(self, first: int, second: int) -> None:
        a, b = self.tickets[first], self.tickets[second]
        places = {one.ticket: place for place, one in enumerate(self.paper) if one.ticket}
        may = a != b and a in places and b in places
        try:
            swap_seats(self.store, SYSTEM.at(self.now), a, b)
        except InvalidInputError:
            assert not may
            return
        assert may
        self.paper[places[a]].ticket, self.paper[places[b]].ticket = b, a

    @rule(wanted=st.sets(places, min_size=1, max_size=3), blocked=st.booleans())
    def block(self, wanted: set[int], blocked: bool) -> None:
        may = not blocked or all(self.paper[place].ticket is None for place in wanted)
        ids = [self.seats[place] for place in wanted]
        try:
            block_seats(self.store, SYSTEM.at(self.now), self.event_id, ids, blocked=blocked)
        except SeatTakenError:
            assert not may
            return
        assert may
        for place in wanted:
            if self.paper[place].blocked != blocked:
                self.paper[place].blocked, self.paper[place].holder = blocked, None

    @invariant()
    def the_store_says_what_the_paper_says(self) -> None:
        (section,) = plan_with_names(self.store, SYSTEM.at(self.now), self.event_id)
        assert [(seat.ticket_id, seat.state) for seat in section.seats] == [
            (one.ticket, one.state(self.now)) for one in self.paper
        ]
        with self.store.read() as connection:
            labels = dict(
                connection.execute(
                    select(TicketRow.id, TicketRow.seat).where(TicketRow.seat != "")
                ).all()
            )
        sits = {one.ticket: f"A-{place}" for place, one in enumerate(self.paper, 1) if one.ticket}
        assert labels == sits

    def _stand_up(self, guests: set[UUID]) -> None:
        for one in self.paper:
            if one.ticket in guests:
                one.ticket = one.holder = None

    def _sit(self, place: int, ticket: UUID) -> None:
        self.paper[place].ticket, self.paper[place].holder = ticket, None


SeatMachine.TestCase.settings = settings(
    max_examples=tries(25), stateful_step_count=25, deadline=None
)
TestSeats = SeatMachine.TestCase
