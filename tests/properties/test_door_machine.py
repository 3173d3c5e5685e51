"""The door against a plain model: whatever happens in whatever order, both say the same."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from data.schema import AdmissionRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import block, cancel_booking, reissue, unblock
from eventdesk.door import (
    CheckInResult,
    Direction,
    EntryPolicy,
    Outcome,
    Rule,
    RuleKind,
    Scan,
    ScanSource,
    check_in,
    check_in_group,
    counters,
    undo,
)
from tests.build import NOON, STAFF, SUPERVISOR, Fair, empty_store, make_fair
from tests.histories import tries

pytestmark = pytest.mark.long

ENTRY, EXIT = Direction.ENTRY, Direction.EXIT
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class ModelPassage:
    """One time somebody went through."""

    scan_id: UUID
    way: Direction
    at: datetime

    @property
    def day(self) -> str:
        return self.at.astimezone(BERLIN).date().isoformat()


@dataclass(frozen=True)
class ModelHouse:
    """What the list says beside its policy."""

    per_day: int | None = None
    capacity: int | None = None
    auto_exit: int | None = None
    """The hour of the day at which all have left."""

    def has_left(self, entered: datetime, now: datetime) -> bool:
        """Whether the hour came between an entry and now, by walking from hour to hour."""
        if self.auto_exit is None:
            return False
        hour = entered.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        while hour <= now:
            if hour.astimezone(BERLIN).hour == self.auto_exit:
                return True
            hour += timedelta(hours=1)
        return False


@dataclass
class ModelTicket:
    """A ticket as a child would keep it on paper."""

    id: UUID
    booking_id: UUID
    code: str
    token: str
    old_tokens: list[str] = field(default_factory=list)
    cancelled: bool = False
    blocked: bool = False
    passages: list[ModelPassage] = field(default_factory=list)

    def inside(self, house: ModelHouse, now: datetime) -> bool:
        """Whether the last passage was an entry that no time of day ended."""
        if not self.passages or self.passages[-1].way is EXIT:
            return False
        return not house.has_left(self.passages[-1].at, now)

    @property
    def entry_days(self) -> list[str]:
        return [passage.day for passage in self.passages if passage.way is ENTRY]

    def answer(
        self, policy: EntryPolicy, way: Direction, now: datetime, house: ModelHouse, others: int
    ) -> Outcome:
        """What the door must say, with so many others inside."""
        day, inside = now.astimezone(BERLIN).date().isoformat(), self.inside(house, now)
        if self.cancelled:
            return Outcome.CANCELLED
        if self.blocked:
            return Outcome.BLOCKED
        if way is EXIT:
            return Outcome.EXITED if inside else Outcome.ALREADY_OUT
        if house.per_day is not None and self.entry_days.count(day) >= house.per_day:
            return Outcome.RULES
        used = {
            EntryPolicy.ONCE: bool(self.entry_days),
            EntryPolicy.ONCE_PER_DAY: day in self.entry_days,
            EntryPolicy.AFTER_EXIT: bool(self.entry_days) and inside,
            EntryPolicy.ANY: False,
        }
        if used[policy]:
            return Outcome.ALREADY_IN
        full = house.capacity is not None and others >= house.capacity and not inside
        return Outcome.RULES if full else Outcome.ADMITTED


any_ticket = st.integers(0, 100)
any_way = st.sampled_from([ENTRY, ENTRY, EXIT])


class DoorMachine(RuleBasedStateMachine):
    """Does to a real store and to the model what organizers, guests and staff do."""

    fair: Fair
    policy: EntryPolicy
    house: ModelHouse

    @initialize(
        policy=st.sampled_from(EntryPolicy),
        house=st.builds(
            ModelHouse,
            per_day=st.none() | st.integers(1, 2),
            capacity=st.none() | st.integers(1, 3),
            auto_exit=st.sampled_from([None, 3, 23]),
        ),
    )
    def open_doors(self, policy: EntryPolicy, house: ModelHouse) -> None:
        self.folder = TemporaryDirectory()
        self.store = empty_store(Path(self.folder.name) / "home")
        rules = (Rule(RuleKind.PER_DAY, number=house.per_day),) if house.per_day else ()
        self.fair = make_fair(
            self.store,
            entry_policy=policy,
            rules=rules,
            capacity=house.capacity,
            auto_exit="" if house.auto_exit is None else f"{house.auto_exit:02}:00",
        )
        self.policy, self.house = policy, house
        self.now = NOON
        self.tickets: list[ModelTicket] = []
        self.scans: list[tuple[Scan, CheckInResult]] = []
        self.refused: Counter[Outcome] = Counter()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @rule(count=st.integers(1, 3))
    def book(self, count: int) -> None:
        booked = self.fair.sell_all([f"Guest {number}" for number in range(count)])
        for index, (ticket_id, code) in enumerate(
            zip(booked.ticket_ids, booked.ticket_codes, strict=True)
        ):
            token = self.fair.token(booked, index)
            self.tickets.append(ModelTicket(ticket_id, booked.booking_id, code, token))

    @rule(hours=st.integers(-3, 20))
    def let_time_pass(self, hours: int) -> None:
        """Mostly forwards; a clock may be set back, but not where the time of day says who left."""
        if hours > 0 or self.house.auto_exit is None:
            self.now += timedelta(hours=hours)

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket, way=any_way, typed=st.booleans())
    def scan(self, index: int, way: Direction, typed: bool) -> None:
        ticket = self._ticket(index)
        inside = self._inside()
        expected = ticket.answer(self.policy, way, self.now, self.house, len(inside))
        result = self._scan(ticket.code if typed else ticket.token, way, typed=typed)
        assert result.outcome is expected
        if expected.passes:
            ticket.passages.append(ModelPassage(result.scan_id, way, self.now))
        if self.house.capacity is not None:
            assert result.inside == len(self._inside())

    @precondition(lambda self: self.tickets)
    @rule(indexes=st.lists(any_ticket, min_size=1, max_size=4))
    def scan_a_group(self, indexes: list[int]) -> None:
        """A group says what its members would be told one after the other."""
        members = list({id(each): each for each in map(self._ticket, indexes)}.values())
        scans = [self.fair.scan(each.token, seen_at=self.now) for each in members]
        results = check_in_group(self.store, STAFF.at(self.now), scans)
        self.scans += zip((replace(s, group_id=None) for s in scans), results, strict=True)
        for ticket, result in zip(members, results, strict=True):
            others = len(self._inside())
            expected = ticket.answer(self.policy, ENTRY, self.now, self.house, others)
            assert result.outcome is expected
            if expected.passes:
                ticket.passages.append(ModelPassage(result.scan_id, ENTRY, self.now))
            else:
                self.refused[expected] += 1

    @precondition(lambda self: any(ticket.old_tokens for ticket in self.tickets))
    @rule(index=any_ticket, way=any_way)
    def scan_an_old_code(self, index: int, way: Direction) -> None:
        old = [token for ticket in self.tickets for token in ticket.old_tokens]
        assert self._scan(old[index % len(old)], way).outcome is Outcome.REVOKED

    @precondition(lambda self: self.scans)
    @rule(index=any_ticket)
    def repeat_a_scan(self, index: int) -> None:
        scan, result = self.scans[index % len(self.scans)]
        assert check_in(self.store, STAFF.at(self.now), scan) == result

    @precondition(lambda self: any(ticket.passages for ticket in self.tickets))
    @rule(index=any_ticket)
    def undo_a_passage(self, index: int) -> None:
        passages = [(t, passage) for t in self.tickets for passage in t.passages]
        ticket, passage = passages[index % len(passages)]
        assert undo(self.store, SUPERVISOR.at(self.now), passage.scan_id).annulled
        ticket.passages.remove(passage)

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket)
    def cancel(self, index: int) -> None:
        booking_id = self._ticket(index).booking_id
        cancel_booking(self.store, STAFF.at(self.now), booking_id, reason="ill")
        for ticket in self.tickets:
            ticket.cancelled = ticket.cancelled or ticket.booking_id == booking_id

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket)
    def issue_anew(self, index: int) -> None:
        ticket = self._ticket(index)
        ticket.old_tokens.append(ticket.token)
        ticket.token = reissue(self.store, STAFF.at(self.now), ticket.id, reason="lost")

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket)
    def block_or_unblock(self, index: int) -> None:
        ticket = self._ticket(index)
        if ticket.blocked:
            unblock(self.store, SUPERVISOR.at(self.now), ticket.id)
        else:
            block(self.store, SUPERVISOR.at(self.now), ticket.id, note="stolen")
        ticket.blocked = not ticket.blocked

    @invariant()
    def admissions_are_the_entries_that_were_not_undone(self) -> None:
        with self.store.read() as connection:
            rows = connection.execute(select(AdmissionRow.scan_id, AdmissionRow.ticket_id)).all()
        assert {(row.scan_id, row.ticket_id) for row in rows} == {
            (passage.scan_id, ticket.id)
            for ticket in self.tickets
            for passage in ticket.passages
            if passage.way is ENTRY
        }
        if self.policy is EntryPolicy.ONCE:
            assert len({row.ticket_id for row in rows}) == len(rows)

    @invariant()
    def counters_match(self) -> None:
        count = counters(self.store, SYSTEM.at(self.now), self.fair.door.id)
        came = [ticket for ticket in self.tickets if ticket.entry_days]
        assert count.expected == sum(not ticket.cancelled for ticket in self.tickets)
        assert count.admitted == len(came)
        assert count.inside == len(self._inside())
        assert count.refused == self.refused

    def _inside(self) -> list[ModelTicket]:
        return [each for each in self.tickets if each.inside(self.house, self.now)]

    def _ticket(self, index: int) -> ModelTicket:
        return self.tickets[index % len(self.tickets)]

    def _scan(self, text: str, way: Direction, *, typed: bool = False) -> CheckInResult:
        source = ScanSource.TYPED if typed else ScanSource.CAMERA
        scan = self.fair.scan(text, direction=way, seen_at=self.now, source=source)
        result = check_in(self.store, STAFF.at(self.now), scan)
        self.scans.append((scan, result))
        if not result.passes:
            self.refused[result.outcome] += 1
        return result


TestDoor = DoorMachine.TestCase
TestDoor.settings = settings(max_examples=tries(30), stateful_step_count=40, deadline=None)
