"""What the door knows: the list, the ticket, what happened before, and the answer to a scan."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.model.outcome import WORDING, Outcome


class Direction(StrEnum):
    """Which way the guest goes."""

    ENTRY = "entry"
    EXIT = "exit"


class EntryPolicy(StrEnum):
    """How often a ticket may enter by a list."""

    ONCE = "once"
    ONCE_PER_DAY = "once_per_day"
    AFTER_EXIT = "after_exit"
    ANY = "any"


class UnpaidPolicy(StrEnum):
    """What a list does with a ticket that is not paid."""

    REFUSE = "refuse"
    SETTLE = "settle"
    """Refuse at the kiosk; the desk may take the payment and go on."""
    ADMIT = "admit"


class PrintPolicy(StrEnum):
    """When a check-in queues a badge."""

    NEVER = "never"
    FIRST_ENTRY = "first_entry"
    EVERY_ENTRY = "every_entry"


class ScanSource(StrEnum):
    """How the ticket was named."""

    CAMERA = "camera"
    SCANNER = "scanner"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Question:
    """Something a list wants answered before it lets a guest in."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckInList:
    """For which tickets a door is, when it is open, and how often it lets in.

    Attributes:
        ticket_type_ids: Types this list takes; empty takes all.
        opens_at: First instant it lets in, aware UTC; None is always.
        closes_at: First instant it no longer does; None is never.
        time_zone: IANA name of the event's zone; "a day" of `ONCE_PER_DAY` is a day there.
        attention_text: Shown to staff with every admission; "" is nothing.
        min_minutes_between: Least minutes from a ticket's last entry to its next.
        max_entries: Most entries of one ticket; None is any number.
    """

    id: UUID
    event_id: UUID
    name: str
    event_name: str = ""
    time_zone: str = "UTC"
    ticket_type_ids: frozenset[UUID] = frozenset()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    entry_policy: EntryPolicy = EntryPolicy.ONCE
    direction: Direction = Direction.ENTRY
    unpaid_policy: UnpaidPolicy = UnpaidPolicy.REFUSE
    print_policy: PrintPolicy = PrintPolicy.FIRST_ENTRY
    exit_needs_entry: bool = True
    min_minutes_between: int = 0
    max_entries: int | None = None
    questions: tuple[Question, ...] = ()
    attention_text: str = ""

    def day_of(self, at: datetime) -> str:
        """The event's own calendar day at an instant, as YYYY-MM-DD."""
        return at.astimezone(ZoneInfo(self.time_zone)).date().isoformat()

    def clock(self, at: datetime) -> str:
        """An instant as a guest reads it on the wall of the event, HH:MM."""
        return at.astimezone(ZoneInfo(self.time_zone)).strftime("%H:%M")


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What the rules ask of a ticket; a snapshot, not a row.

    Attributes:
        revision: The revision of the code that is valid now.
        blocked_note: Why staff blocked it; None when it is not blocked.
        valid_from, valid_until: Bounds for entry, aware UTC; None is no bound.
    """

    id: UUID
    event_id: UUID
    ticket_type_id: UUID
    revision: int = 1
    cancelled: bool = False
    blocked_note: str | None = None
    approved: bool = True
    paid: bool = True
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One time this ticket went through this list's door and was not undone."""

    direction: Direction
    at: datetime
    gate: str = ""
    scan_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The passages of one ticket through one list, oldest first."""

    passages: tuple[Passage, ...] = ()

    @property
    def entries(self) -> tuple[Passage, ...]:
        """Only the entries."""
        return tuple(p for p in self.passages if p.direction is Direction.ENTRY)

    @property
    def inside(self) -> bool:
        """Whether the last passage was an entry."""
        return bool(self.passages) and self.passages[-1].direction is Direction.ENTRY

    @property
    def first_entry(self) -> Passage | None:
        """The first entry, if there was one."""
        entries = self.entries
        return entries[0] if entries else None

    @property
    def last_entry(self) -> Passage | None:
        """The last entry, if there was one."""
        entries = self.entries
        return entries[-1] if entries else None


@dataclass(frozen=True, slots=True)
class CheckInResult:
    """The answer to one scan: everything a screen needs to show it.

    Holds plain values, never rows, so it crosses threads and outlives its transaction. It is
    stored with the scan, and a repeated nonce is answered with exactly this again.
    """

    outcome: Outcome
    scan_id: UUID
    list_id: UUID
    list_name: str
    nonce: str
    seen_at: datetime
    """When the code was seen, by the device's clock."""
    recorded_at: datetime
    """When the store wrote it down, by the store's clock."""
    direction: Direction = Direction.ENTRY
    ticket_id: UUID | None = None
    ticket_code: str | None = None
    """None exactly when no ticket was found."""
    name: str | None = None
    line_two: str = ""
    ticket_type: str = ""
    seat: str = ""
    reason: str = ""
    """For staff: the note, the rule, or the detail behind the outcome."""
    guest_sentence: str = ""
    """For the guest; never another person's details."""
    first_admitted_at: datetime | None = None
    first_gate: str = ""
    attention: str = ""
    """What staff should know about this ticket or list, also when it is admitted."""
    overridden: Outcome | None = None
    """The refusal a supervisor overrode; None when nothing was."""
    delivery_id: UUID | None = None
    """The badge this scan queued; None if it queued none."""
    questions: tuple[Question, ...] = ()
    clock_skew_s: float = 0.0
    """Device clock minus store clock, in seconds."""

    @property
    def passes(self) -> bool:
        """Whether the door opens."""
        return self.outcome.passes

    @property
    def word(self) -> str:
        """The outcome in one or two words."""
        return WORDING[self.outcome].word

    def to_json(self) -> str:
        """Write it down as the store keeps it."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["questions"] = [asdict(question) for question in self.questions]
        return json.dumps(values, default=str, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        values["outcome"] = Outcome(values["outcome"])
        values["direction"] = Direction(values["direction"])
        values["questions"] = tuple(Question(**q) for q in values["questions"])
        if values["overridden"] is not None:
            values["overridden"] = Outcome(values["overridden"])
        for name in ("scan_id", "list_id", "ticket_id", "delivery_id"):
            if values[name] is not None:
                values[name] = UUID(values[name])
        for name in ("seen_at", "recorded_at", "first_admitted_at"):
            if values[name] is not None:
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Scan:
    """One attempt to check in, as the edge hands it over.

    Attributes:
        text: What was scanned or typed: a token, or a ticket's code.
        nonce: Unique per attempt and device, so that a retry is not a second visit.
        seen_at: When the device saw it, by its own clock; recorded, never trusted for order.
        direction: Entry or exit; None takes the list's own.
        answers: Question id to answer.
        force_reason: Why a supervisor overrides the rules; "" overrides nothing.
        group_id: Alike for scans that are one group; None where it stands alone.
    """

    text: str
    list_id: UUID
    nonce: str
    seen_at: datetime
    direction: Direction | None = None
    gate_id: UUID | None = None
    source: ScanSource = ScanSource.CAMERA
    answers: Mapping[str, str] = field(default_factory=dict)
    force_reason: str = ""
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Counters:
    """How a list stands, by query.

    Attributes:
        expected: Tickets that may come by this list.
        admitted: Different tickets that came.
        inside: Of these, how many are inside now.
        refused: Refused scans by outcome, most frequent first.
    """

    expected: int
    admitted: int
    inside: int
    refused: dict[Outcome, int] = field(default_factory=dict)

    @property
    def out(self) -> int:
        """Came and left again."""
        return self.admitted - self.inside

    @property
    def to_come(self) -> int:
        """Not yet seen."""
        return max(0, self.expected - self.admitted)
