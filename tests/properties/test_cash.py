"""Whatever is done to drawers: float and movements are what is expected, and the books agree."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eventdesk.acts import SYSTEM, Permission, Role
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.paying import RefundState
from eventdesk.money import (
    MovementKind,
    cash_agreement,
    close_shift,
    counter,
    denominations,
    hand_out_refund,
    hand_over,
    list_movements,
    list_shifts,
    move,
    open_shift,
    open_shift_of,
    payments_of,
    refund,
    take_payment,
)
from tests.build import NOON, empty_store, make_fair
from tests.histories import tries
from tests.payments import eur, owe
from tests.people import make_cohost, make_staff

pytestmark = pytest.mark.long

AMOUNTS = st.integers(1, 20000)
PEOPLE = st.integers(0, 2)


def pieces(minor: int) -> dict[int, int]:
    """Count an amount in the fewest pieces."""
    counts = {}
    for each in denominations("EUR", 2):
        counts[each.value.minor], minor = divmod(minor, each.value.minor)
    return counts


class Drawers(RuleBasedStateMachine):
    """Three people who manage the money, at as many drawers as they open."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = empty_store(Path(self.folder.name) / "home")
        self.fair = make_fair(self.store)
        self.people = [
            make_staff(self.fair, Role.ORGANIZER, "Ona"),
            make_cohost(self.fair, Permission.MONEY, name="Cora"),
            make_cohost(self.fair, Permission.MONEY, Permission.DOOR, name="Dana"),
        ]
        self.bookings: list[UUID] = []
        self.floats: dict[UUID, int] = {}
        self.expected: dict[UUID, int] = {}
        """What each drawer should hold, as this model knows it."""

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def shift_of(self, who: int) -> Any:
        return open_shift_of(self.store, self.people[who], self.fair.event.id)

    @rule(who=PEOPLE, minor=st.integers(0, 50000))
    def open_one(self, who: int, minor: int) -> None:
        busy = self.shift_of(who) is not None
        try:
            shift = open_shift(
                self.store,
                self.people[who].at(NOON),
                self.fair.event.id,
                drawer=f"Desk {len(self.floats)}",
                float_amount=eur(minor),
            )
        except InvalidInputError:
            assert busy
        else:
            assert not busy
            self.floats[shift.id] = self.expected[shift.id] = minor

    @rule(who=PEOPLE, minor=AMOUNTS, part=st.integers(1, 100))
    def take_cash(self, who: int, minor: int, part: int) -> None:
        owed = owe(self.fair, minor)
        amount = max(1, minor * part // 100)
        shift = self.shift_of(who)
        take_payment(
            self.store,
            self.people[who].at(NOON),
            owed.booking_id,
            method="cash",
            amount=eur(amount),
        )
        self.bookings.append(owed.booking_id)
        if shift is not None:
            self.expected[shift.id] += amount

    @precondition(lambda self: self.bookings)
    @rule(who=PEOPLE, which=st.integers(0, 99), part=st.integers(1, 100), cash=st.booleans())
    def give_back(self, who: int, which: int, part: int, cash: bool) -> None:
        booking_id = self.bookings[which % len(self.bookings)]
        person, shift = self.people[who], self.shift_of(who)
        most = payments_of(self.store, person, booking_id).balance.refundable.minor
        amount = most * part // 100
        if not amount:
            return
        refund(self.store, person.at(NOON), booking_id, amount=eur(amount), reason="late")
        for each in payments_of(self.store, person, booking_id).refunds:
            if each.state is RefundState.PENDING:
                by = "cash" if cash else "transfer"
                hand_out_refund(self.store, person.at(NOON), each.id, by=by)
                if shift is not None and cash:
                    self.expected[shift.id] -= each.amount.minor

    @rule(who=PEOPLE, minor=AMOUNTS, comes_in=st.booleans())
    def move_by_hand(self, who: int, minor: int, comes_in: bool) -> None:
        shift = self.shift_of(who)
        if shift is None:
            return
        try:
            move(
                self.store,
                self.people[who].at(NOON),
                shift.id,
                kind="in" if comes_in else "out",
                amount=eur(minor),
                reason="change",
            )
        except InvalidInputError:
            assert not comes_in
            assert minor > self.expected[shift.id]
        else:
            self.expected[shift.id] += minor if comes_in else -minor

    @rule(who=PEOPLE, which=st.integers(0, 99))
    def counter_one(self, who: int, which: int) -> None:
        shift = self.shift_of(who)
        if shift is None:
            return
        moves, _ = list_movements(self.store, self.people[who], shift.id, limit=100)
        wanted = moves[which % len(moves)]
        fixed = wanted.countered or wanted.kind in (MovementKind.FLOAT, MovementKind.COUNTER)
        try:
            counter(self.store, self.people[who].at(NOON), wanted.id, reason="slip")
        except InvalidInputError:
            assert fixed
        else:
            assert not fixed
            self.expected[shift.id] -= wanted.amount.minor

    @rule(who=PEOPLE, to=PEOPLE, off=st.integers(-500, 500), hands=st.booleans())
    def end_one(self, who: int, to: int, off: int, hands: bool) -> None:
        shift = self.shift_of(who)
        if shift is None:
            return
        counted = max(0, self.expected[shift.id] + off)
        counts = pieces(counted)
        if not hands:
            close_shift(self.store, self.people[who].at(NOON), shift.id, counts, note="counted")
            return
        next_one = self.people[to]
        free = self.shift_of(to) is None
        assert next_one.id is not None
        try:
            done = hand_over(
                self.store,
                self.people[who].at(NOON),
                shift.id,
                counts,
                to_id=next_one.id,
                note="counted",
            )
        except InvalidInputError:
            assert not free
        else:
            assert free
            self.floats[done.opened.id] = self.expected[done.opened.id] = counted

    @invariant()
    def float_and_movements_are_what_is_expected(self) -> None:
        shifts, total = list_shifts(self.store, SYSTEM, self.fair.event.id, limit=1000)
        assert total == len(self.floats)
        for shift in shifts:
            moves, _ = list_movements(self.store, SYSTEM, shift.id, limit=None)
            others = [each for each in moves if each.kind is not MovementKind.FLOAT]
            assert shift.float_amount.minor == self.floats[shift.id]
            moved = sum(each.amount.minor for each in others)
            assert shift.expected.minor == self.floats[shift.id] + moved
            assert shift.expected.minor == self.expected[shift.id]

    @invariant()
    def the_books_agree_with_the_drawers(self) -> None:
        assert cash_agreement(self.store, SYSTEM, self.fair.event.id).agrees


TestDrawers = Drawers.TestCase
TestDrawers.settings = settings(max_examples=tries(8), stateful_step_count=25, deadline=None)
