"""Values of a standing: the figures of an event at one instant. They name no guest."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from eventdesk.door import Outcome

RATE_MINUTES = 5
"""Minutes whose mean is the rate of a door."""

LANE_MINUTES = 15
"""Minutes whose mean is the rate of a lane."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The lists and the gate to count.

    Attributes:
        list_ids: Check-in lists; none means all at which people arrive or leave.
        gate_id: None means all gates.
    """

    list_ids: frozenset[UUID] = frozenset()
    gate_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many are expected, came, and are inside.

    Attributes:
        came: Different tickets let in.
        inside: Of these, those whose last passage was not an exit.
        expected: Valid tickets; None where that cannot be said, as of a gate.
    """

    came: int
    inside: int
    expected: int | None = None

    @property
    def out(self) -> int:
        """Came and left again."""
        return self.came - self.inside

    @property
    def to_come(self) -> int:
        """Expected and not seen yet."""
        return max(0, (self.expected or 0) - self.came)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of a ticket type, a list, a gate or an operator.

    Attributes:
        entries: Scans that let somebody in; one ticket may enter several times.
        a_minute: Entries a minute over the last `RATE_MINUTES`.
    """

    name: str
    figures: Attendance
    entries: int = 0
    exits: int = 0
    refused: int = 0
    a_minute: float = 0.0


@dataclass(frozen=True, slots=True)
class Lane:
    """An operator or a machine at a gate.

    Attributes:
        entries: In the last `LANE_MINUTES`.
        a_minute: The mean since the first of them.
    """

    gate: str
    operator: str
    entries: int
    a_minute: float


@dataclass(frozen=True, slots=True)
class RoomOccupancy:
    """A room with a door of its own."""

    name: str
    inside: int
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Minutes:
    """People let in, minute by minute.

    Attributes:
        starts_at: When the first minute began, aware UTC.
    """

    starts_at: datetime
    counts: tuple[int, ...] = ()

    def since(self, at: datetime) -> "Minutes":
        """The minutes from an instant on."""
        skipped = max(0, int((at - self.starts_at).total_seconds() // 60))
        return Minutes(self.starts_at + timedelta(minutes=skipped), self.counts[skipped:])

    def by(self, minutes: int) -> "Minutes":
        """The means of so many minutes each."""
        if minutes <= 1:
            return self
        parts = [
            self.counts[place : place + minutes] for place in range(0, len(self.counts), minutes)
        ]
        return Minutes(self.starts_at, tuple(round(sum(part) / len(part)) for part in parts))


@dataclass(frozen=True, slots=True)
class Quantiles:
    """How long something took."""

    count: int
    median_ms: int
    p95_ms: int


@dataclass(frozen=True, slots=True)
class WaitTimes:
    """How long guests wait for a verdict, and from there for their badge.

    Attributes:
        verdict: From the code being seen to the answer on show; None where nobody noted it.
        paper: From the verdict to the badge being out; None where none was printed.
        waiting: Badges that are not out yet.
    """

    verdict: Quantiles | None = None
    paper: Quantiles | None = None
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Doorway:
    """A list or a gate that can be chosen."""

    id: UUID
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of an event at one instant.

    Attributes:
        scans: How many scans there were, undone ones included.
        opens_at: When the first of the chosen lists opens, or the event begins.
        seconds_each: How long one guest takes at a busy lane, by the pauses between entries; None
            where no lane was busy of late.
        served_lately: Entries a minute over the last `RATE_MINUTES`.
        came_today: Different tickets let in today, by the calendar of the event.
    """

    event_name: str
    time_zone: str
    at: datetime
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    choice: Choice
    choice_words: str
    scans: int
    total: Attendance
    arrivals: Minutes
    served_lately: float = 0.0
    came_today: int = 0
    types: tuple[Group, ...] = ()
    lists: tuple[Group, ...] = ()
    gates: tuple[Group, ...] = ()
    operators: tuple[Group, ...] = ()
    lanes: tuple[Lane, ...] = ()
    rooms: tuple[RoomOccupancy, ...] = ()
    refused: tuple[tuple[Outcome, int], ...] = ()
    waits: WaitTimes = field(default_factory=WaitTimes)
    seconds_each: float | None = None
    all_lists: tuple[Doorway, ...] = ()
    all_gates: tuple[Doorway, ...] = ()


def described(standing: Standing) -> dict[str, Any]:
    """All figures of a standing as JSON can hold them; instants are ISO 8601 in UTC."""
    waits = standing.waits
    return {
        "event": standing.event_name,
        "at": standing.at.isoformat(),
        "time_zone": standing.time_zone,
        "shown": standing.choice_words,
        "scans": standing.scans,
        **_described_figures(standing.total),
        "a_minute": round(standing.served_lately, 2),
        "by_type": [_described_group(each) for each in standing.types],
        "by_list": [_described_group(each) for each in standing.lists],
        "by_gate": [_described_group(each) for each in standing.gates],
        "by_operator": [_described_group(each) for each in standing.operators],
        "lanes": [asdict(each) | {"a_minute": round(each.a_minute, 2)} for each in standing.lanes],
        "rooms": [
            {"room": each.name, "inside": each.inside, "capacity": each.capacity}
            for each in standing.rooms
        ],
        "refused": {str(outcome): count for outcome, count in standing.refused},
        "scan_to_verdict_ms": _quantiles(waits.verdict),
        "verdict_to_paper_ms": _quantiles(waits.paper),
        "badges_waiting": waits.waiting,
        "badges_failed": waits.failed,
        "seconds_each": standing.seconds_each,
        "arrivals": {
            "from": standing.arrivals.starts_at.isoformat(),
            "a_minute": list(standing.arrivals.counts),
        },
    }


def _described_figures(figures: Attendance) -> dict[str, Any]:
    return {
        "expected": figures.expected,
        "in": figures.came,
        "inside": figures.inside,
        "out": figures.out,
        "to_come": None if figures.expected is None else figures.to_come,
    }


def _described_group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        **_described_figures(group.figures),
        "entries": group.entries,
        "exits": group.exits,
        "refused": group.refused,
        "a_minute": round(group.a_minute, 2),
    }


def _quantiles(times: Quantiles | None) -> dict[str, int] | None:
    if times is None:
        return None
    return {"count": times.count, "median": times.median_ms, "p95": times.p95_ms}
