"""The door against a plain model: whatever happens in whatever order, both say the same."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from data.schema import AdmissionRow
from eventdesk.model.door import CheckInResult, Direction, EntryPolicy, Scan, ScanSource
from eventdesk.model.outcome import Outcome
from eventdesk.usecases.cancellations import cancel_booking
from eventdesk.usecases.checkin import check_in, undo
from eventdesk.usecases.scans import counters
from eventdesk.usecases.tickets import block, reissue, unblock
from tests.build import NOON, STAFF, SUPERVISOR, Fair, empty_store, make_fair

ENTRY, EXIT = Direction.ENTRY, Direction.EXIT


@dataclass
class ModelPassage:
    """One time somebody went through."""

    scan_id: UUID
    way: Direction
    day: str


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

    @property
    def inside(self) -> bool:
        return bool(self.passages) and self.passages[-1].way is ENTRY

    @property
    def entry_days(self) -> list[str]:
        return [passage.day for passage in self.passages if passage.way is ENTRY]

    def answer(self, policy: EntryPolicy, way: Direction, day: str) -> Outcome:
        """What the door must say."""
        if self.cancelled:
            return Outcome.CANCELLED
        if self.blocked:
            return Outcome.BLOCKED
        if way is EXIT:
            return Outcome.EXITED if self.inside else Outcome.ALREADY_OUT
        used = {
            EntryPolicy.ONCE: bool(self.entry_days),
            EntryPolicy.ONCE_PER_DAY: day in self.entry_days,
            EntryPolicy.AFTER_EXIT: bool(self.entry_days) and self.inside,
            EntryPolicy.ANY: False,
        }
        return Outcome.ALREADY_IN if used[policy] else Outcome.ADMITTED


any_ticket = st.integers(0, 100)
any_way = st.sampled_from([ENTRY, ENTRY, EXIT])


class DoorMachine(RuleBasedStateMachine):
    """Does to a real store and to the model what organizers, guests and staff do."""

    fair: Fair
    policy: EntryPolicy

    @initialize(policy=st.sampled_from(EntryPolicy))
    def open_doors(self, policy: EntryPolicy) -> None:
        self.folder = TemporaryDirectory()
        self.store = empty_store(Path(self.folder.name) / "home")
        self.fair = make_fair(self.store, entry_policy=policy)
        self.policy = policy
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
        """Mostly forwards; a clock may be set back."""
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket, way=any_way, typed=st.booleans())
    def scan(self, index: int, way: Direction, typed: bool) -> None:
        ticket = self._ticket(index)
        day = self.now.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()
        expected = ticket.answer(self.policy, way, day)
        result = self._scan(ticket.code if typed else ticket.token, way, typed=typed)
        assert result.outcome is expected
        if expected.passes:
            ticket.passages.append(ModelPassage(result.scan_id, way, day))

    @precondition(lambda self: any(ticket.old_tokens for ticket in self.tickets))
    @rule(index=any_ticket, way=any_way)
    def scan_an_old_code(self, index: int, way: Direction) -> None:
        old = [token for ticket in self.tickets for token in ticket.old_tokens]
        assert self._scan(old[index % len(old)], way).outcome is Outcome.REVOKED

    @precondition(lambda self: self.scans)
    @rule(index=any_ticket)
    def repeat_a_scan(self, index: int) -> None:
        scan, result = self.scans[index % len(self.scans)]
        assert check_in(self.store, STAFF, scan, now=self.now) == result

    @precondition(lambda self: any(ticket.passages for ticket in self.tickets))
    @rule(index=any_ticket)
    def undo_a_passage(self, index: int) -> None:
        passages = [(t, passage) for t in self.tickets for passage in t.passages]
        ticket, passage = passages[index % len(passages)]
        assert undo(self.store, SUPERVISOR, passage.scan_id, now=self.now).annulled
        ticket.passages.remove(passage)

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket)
    def cancel(self, index: int) -> None:
        booking_id = self._ticket(index).booking_id
        cancel_booking(self.store, STAFF, booking_id, reason="ill", now=self.now)
        for ticket in self.tickets:
            ticket.cancelled = ticket.cancelled or ticket.booking_id == booking_id

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket)
    def issue_anew(self, index: int) -> None:
        ticket = self._ticket(index)
        ticket.old_tokens.append(ticket.token)
        ticket.token = reissue(self.store, STAFF, ticket.id, reason="lost", now=self.now)

    @precondition(lambda self: self.tickets)
    @rule(index=any_ticket)
    def block_or_unblock(self, index: int) -> None:
        ticket = self._ticket(index)
        if ticket.blocked:
            unblock(self.store, SUPERVISOR, ticket.id, now=self.now)
        else:
            block(self.store, SUPERVISOR, ticket.id, note="stolen", now=self.now)
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
        count = counters(self.store, self.fair.door.id)
        came = [ticket for ticket in self.tickets if ticket.entry_days]
        assert count.expected == sum(not ticket.cancelled for ticket in self.tickets)
        assert count.admitted == len(came)
        assert count.inside == sum(ticket.inside for ticket in came)
        assert count.refused == self.refused

    def _ticket(self, index: int) -> ModelTicket:
        return self.tickets[index % len(self.tickets)]

    def _scan(self, text: str, way: Direction, *, typed: bool = False) -> CheckInResult:
        source = ScanSource.TYPED if typed else ScanSource.CAMERA
        scan = self.fair.scan(text, direction=way, seen_at=self.now, source=source)
        result = check_in(self.store, STAFF, scan, now=self.now)
        self.scans.append((scan, result))
        if not result.passes:
            self.refused[result.outcome] += 1
        return result


TestDoor = DoorMachine.TestCase
TestDoor.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
