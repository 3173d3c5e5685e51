"""Counting what a wall remembers: cells, minutes, lanes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from eventdesk.door.following import EPOCH, microseconds
from eventdesk.door.scan import Outcome
from eventdesk.figures.lane_pace import seconds_each
from eventdesk.figures.panel_values import LANE_MINUTES, RATE_MINUTES, Minutes
from eventdesk.figures.statistics.columns import ENTRY, Mask, Rows, chosen
from eventdesk.figures.statistics.memory import LATE_US, MINUTE_US, Cell, Standings

PACE_MINUTES: Final = 60
"""What the pace of a lane is told from."""

LAST_SCANS: Final = 1000
"""Among these is the newest by the clock."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class Tally:
    """How many scans of each sort hold."""

    entries: int = 0
    exits: int = 0
    refused: int = 0

    def add(self, outcome: str, count: int) -> None:
        """Count scans with an outcome."""
        if outcome == Outcome.ADMITTED:
            self.entries += count
        elif outcome == Outcome.EXITED:
            self.exits += count
        else:
            self.refused += count


def instant(us: int) -> datetime:
    """An instant of the columns."""
    return EPOCH + us * timedelta(microseconds=1)


def tallies(
    kept: Standings, lists: frozenset[int], gate: int | None, key: Callable[[Cell], Key]
) -> dict[Key, Tally]:
    """Count the scans of some lists, and of a gate, by whatever their cell says."""
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    for cell, count in cells_of(kept, lists, gate):
        found[key(cell)].add(cell[3], count)
    return found


def cells_of(
    kept: Standings, lists: frozenset[int], gate: int | None
) -> Iterable[tuple[Cell, int]]:
    """The cells of some lists and of a gate, with how many scans each holds."""
    for cell, count in zip(kept.cell_codes.keys, kept.cells.values.tolist(), strict=True):
        if count and cell[0] in lists and (gate is None or cell[1] == gate):
            yield cell, count


def entries_by_minute(
    kept: Standings, lists: frozenset[int], gate: int | None, begin_us: int, until_us: int
) -> Minutes:
    """Count entries minute by minute, from the first one of a day to an instant."""
    first, last = begin_us // MINUTE_US, until_us // MINUTE_US
    counts = Counter[int]()
    for (in_list, at_gate, minute), count in zip(
        kept.minute_codes.keys, kept.minutes.values.tolist(), strict=True
    ):
        if first <= minute and count and in_list in lists and gate in (None, at_gate):
            counts[minute] += count
    if not counts:
        return Minutes(instant(last * MINUTE_US))
    first, last = min(counts), max(*counts, last)
    return Minutes(
        instant(first * MINUTE_US), tuple(counts[minute] for minute in range(first, last + 1))
    )


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries by some lists, and by a gate, since an instant.

    Attributes:
        rows: Where they stand.
    """

    kept: Standings
    rows: Rows

    @classmethod
    def since(
        cls, kept: Standings, lists: frozenset[int], gate: int | None, begin_us: int
    ) -> "Entries":
        """Find them: scans are written in the order of time, but for clocks that differ."""
        columns = kept.columns
        start = int(np.searchsorted(columns.at.values, begin_us - LATE_US))
        mask: Mask = columns.at.values[start:] >= begin_us
        mask &= columns.live.values[start:]
        mask &= columns.way.values[start:] == ENTRY
        rows = np.flatnonzero(mask) + start
        rows = rows[chosen(columns.list.values[rows], lists)]
        if gate is not None:
            rows = rows[columns.gate.values[rows] == gate]
        return cls(kept, rows)

    def later(self, begin_us: int) -> "Entries":
        """Those of them since a later instant."""
        return Entries(self.kept, self.rows[self.kept.columns.at.values[self.rows] >= begin_us])

    def tickets(self) -> int:
        """How many different tickets they are of."""
        seen: Mask = np.zeros(len(self.kept.tickets), dtype=np.bool_)
        seen[self.kept.columns.ticket.values[self.rows]] = True
        return int(np.count_nonzero(seen))

    def by(self, column: str) -> Counter[int]:
        """Count them by the codes of a column."""
        codes = getattr(self.kept.columns, column).values[self.rows]
        counts = np.bincount(codes) if len(codes) else np.zeros(0, dtype=np.intp)
        return Counter({code: int(count) for code, count in enumerate(counts) if count})

    def lanes(self, now_us: int) -> list[tuple[int, int, float]]:
        """For each lane: its code, its entries, and those a minute since the first of them."""
        columns, found = self.kept.columns, []
        codes, at = columns.lane.values[self.rows], columns.at.values[self.rows]
        for lane in np.unique(codes).tolist():
            times = at[codes == lane]
            minutes = max(1.0, (now_us - int(times.min())) / MINUTE_US)
            found.append((lane, len(times), len(times) / minutes))
        return found

    def seconds_each(self) -> float | None:
        """How long one guest takes where the next one waits already; None where nobody waited."""
        columns, ends, pauses = self.kept.columns, [], []
        codes, at = columns.lane.values[self.rows], columns.at.values[self.rows]
        for lane in np.unique(codes).tolist():
            times = np.sort(at[codes == lane])
            ends += times[1:].tolist()
            pauses += (np.diff(times) / 1_000_000).tolist()
        return seconds_each(pause for _end, pause in sorted(zip(ends, pauses, strict=True)))


def day_of(kept: Standings, event: Any, now: datetime) -> tuple[int, int]:
    """The day at the event that is shown: today, or the last one on which somebody was scanned.

    Returns:
        When it begins, and the last instant of it that has been.
    """
    zone = ZoneInfo(event.time_zone)
    last = instant(int(kept.columns.at.values[-LAST_SCANS:].max())) if len(kept.columns) else now
    local = min(now, last).astimezone(zone) if last < now else now.astimezone(zone)
    begin = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if now.astimezone(zone).date() == begin.date():
        return microseconds(begin), microseconds(now)
    return microseconds(begin), microseconds(last)


def midnight(event: Any, at: datetime) -> datetime:
    """When the day at the event began."""
    local = at.astimezone(ZoneInfo(event.time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def lately(now_us: int, minutes: int = LANE_MINUTES) -> int:
    """When the last minutes began."""
    return now_us - minutes * MINUTE_US


def a_minute(counts: Counter[int], code: int) -> float:
    """What was counted over `RATE_MINUTES`, a minute."""
    return counts[code] / RATE_MINUTES
