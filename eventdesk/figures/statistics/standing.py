"""Standing: the figures of an event now, counted from its scans."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, Select, func, select

from data.rows import AnyRow
from data.schema import (
    CheckInListRow,
    CheckInListTypeRow,
    DeviceRow,
    EventRoleRow,
    GateRow,
    RoomRow,
    SessionRow,
    TicketTypeRow,
)
from eventdesk.acts import (
    PERMISSIONS,
    Act,
    Permission,
    ReadingSteps,
    Role,
    event_row,
    granted_of,
    overdue_tickets,
    reads,
    reads_in_steps,
    role_at_event,
)
from eventdesk.core.day_times import last_daily
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import EPOCH, Outcome, all_left_at, microseconds, ways
from eventdesk.events import EventView, every_event
from eventdesk.figures.lane_pace import seconds_each
from eventdesk.figures.panel_values import (
    LANE_MINUTES,
    RATE_MINUTES,
    Attendance,
    Choice,
    Doorway,
    Group,
    Lane,
    Minutes,
    RoomOccupancy,
    Standing,
    WaitTimes,
)
from eventdesk.figures.statistics.memory import (
    ENTRY,
    LATE_US,
    MINUTE_US,
    Cell,
    Mask,
    Rows,
    Standings,
    Ways,
    Within,
    chosen,
)
from eventdesk.figures.statistics.timings import LAST, waits

PACE_MINUTES: Final = 60
"""Minutes from which the pace of a lane is measured."""

LAST_SCANS: Final = 1000
"""Among these is the newest by the clock."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class Tally:
    """Counts of live scans."""

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
    """An instant from microseconds since 1970."""
    return EPOCH + us * timedelta(microseconds=1)


def tallies(
    kept: Standings, lists: frozenset[int], gate: int | None, key: Callable[[Cell], Key]
) -> dict[Key, Tally]:
    """Count the scans of some lists, and of a gate, by a key of their cells."""
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    for cell, count in cells_of(kept, lists, gate):
        found[key(cell)].add(cell[3], count)
    return found


def cells_of(
    kept: Standings, lists: frozenset[int], gate: int | None
) -> Iterable[tuple[Cell, int]]:
    """The cells of some lists and of a gate, with the scans in each."""
    for cell, count in zip(kept.cell_codes.keys, kept.cells.values.tolist(), strict=True):
        if count and cell[0] in lists and (gate is None or cell[1] == gate):
            yield cell, count


def entries_by_minute(
    kept: Standings, lists: frozenset[int], gate: int | None, *, begin_us: int, until_us: int
) -> Minutes:
    """Count entries by the minute, from the first one of a day to an instant."""
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
    """The entries by some lists, and by a gate, since an instant."""

    kept: Standings
    rows: Rows

    @classmethod
    def since(
        cls, kept: Standings, lists: frozenset[int], gate: int | None, begin_us: int
    ) -> "Entries":
        """Find entries; scans are stored in order of time, within `LATE_US`."""
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
        """The entries since a later instant."""
        return Entries(self.kept, self.rows[self.kept.columns.at.values[self.rows] >= begin_us])

    def tickets(self) -> int:
        """The number of different tickets."""
        seen: Mask = np.zeros(len(self.kept.tickets), dtype=np.bool_)
        seen[self.kept.columns.ticket.values[self.rows]] = True
        return int(np.count_nonzero(seen))

    def by(self, column: str) -> Counter[int]:
        """Counts by the codes of a column."""
        codes = getattr(self.kept.columns, column).values[self.rows]
        counts = np.bincount(codes) if len(codes) else np.zeros(0, dtype=np.intp)
        return Counter({code: int(count) for code, count in enumerate(counts) if count})

    def lanes(self, now_us: int) -> list[tuple[int, int, float]]:
        """For each lane its code, its entries, and their mean a minute since the first."""
        columns, found = self.kept.columns, []
        codes, at = columns.lane.values[self.rows], columns.at.values[self.rows]
        for lane in np.unique(codes).tolist():
            times = at[codes == lane]
            minutes = max(1.0, (now_us - int(times.min())) / MINUTE_US)
            found.append((lane, len(times), len(times) / minutes))
        return found

    def seconds_each(self) -> float | None:
        """Seconds that one guest takes while the next one waits; None where nobody waited."""
        columns, ends, pauses = self.kept.columns, [], []
        codes, at = columns.lane.values[self.rows], columns.at.values[self.rows]
        for lane in np.unique(codes).tolist():
            times = np.sort(at[codes == lane])
            ends += times[1:].tolist()
            pauses += (np.diff(times) / 1_000_000).tolist()
        return seconds_each(pause for _end, pause in sorted(zip(ends, pauses, strict=True)))


def day_of(kept: Standings, event: AnyRow, now: datetime) -> tuple[int, int]:
    """The begin and end, so far, of today at the event, or of the last day with scans."""
    zone = ZoneInfo(event.time_zone)
    last = instant(int(kept.columns.at.values[-LAST_SCANS:].max())) if len(kept.columns) else now
    local = min(now, last).astimezone(zone) if last < now else now.astimezone(zone)
    begin = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if now.astimezone(zone).date() == begin.date():
        return microseconds(begin), microseconds(now)
    return microseconds(begin), microseconds(last)


def midnight(event: AnyRow, at: datetime) -> datetime:
    """When the day at the event began."""
    local = at.astimezone(ZoneInfo(event.time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def lately(now_us: int, minutes: int = LANE_MINUTES) -> int:
    """The instant so many minutes ago."""
    return now_us - minutes * MINUTE_US


def a_minute(counts: Counter[int], code: int) -> float:
    """A count over `RATE_MINUTES` as a rate."""
    return counts[code] / RATE_MINUTES


AT_THE_DOOR = ("arrive", "leave")
"""Kinds of lists at the doors of the house."""


@dataclass(frozen=True, slots=True)
class ListGround:
    """A check-in list.

    Attributes:
        types: The ticket types it takes; empty means all.
        capacity: Most people inside, by the list, its session or its room.
    """

    id: UUID
    name: str
    kind: str
    types: frozenset[UUID]
    opens_at: datetime | None
    auto_exit: str
    capacity: int | None
    room: str
    place_id: UUID | None


@dataclass(frozen=True, slots=True)
class Ground:
    """The lists, gates, ticket types and devices of an event.

    Attributes:
        expected: Valid tickets by type, without those of overdue bookings; filled by `expecting`.
    """

    event: Any
    lists: tuple[ListGround, ...]
    gates: Mapping[UUID, str]
    types: Mapping[UUID, str]
    devices: Mapping[UUID, str]
    expected: Mapping[UUID, int]

    def chosen(self, choice: Choice) -> tuple[ListGround, ...]:
        """The lists of a choice, else all of the door, else all.

        Raises:
            NotFoundError: One of them, or the gate, is gone.
        """
        if choice.gate_id is not None and choice.gate_id not in self.gates:
            raise NotFoundError(msg("There is no such gate."), hint=msg("Choose another one."))
        if choice.list_ids:
            found = tuple(each for each in self.lists if each.id in choice.list_ids)
            if len(found) < len(choice.list_ids):
                raise NotFoundError(
                    msg("There is no such check-in list."), hint=msg("Choose another one.")
                )
            return found
        arrivals = any(each.kind == "arrive" for each in self.lists)
        return tuple(each for each in self.lists if each.kind in AT_THE_DOOR or not arrivals)

    def ways(
        self, lists: tuple[ListGround, ...]
    ) -> tuple[tuple[ListGround, ...], tuple[ListGround, ...]]:
        """The lists whose entries count for these lists, and those whose exits do."""
        return ways(lists, self.lists)

    def all_left_at(self, listed: ListGround) -> str:
        """The time of day when all guests of a list are taken to have left."""
        return all_left_at(listed, self.lists)

    def expecting(self, valid: Mapping[UUID, int], ended: Mapping[UUID, int]) -> "Ground":
        """The same with these valid tickets by type, less those of overdue bookings."""
        left = {kind: count - ended.get(kind, 0) for kind, count in valid.items()}
        return replace(self, expected=left)

    def expected_by(self, lists: tuple[ListGround, ...]) -> dict[UUID, int]:
        """Valid tickets by type, as far as these lists take them."""
        taken = self.ways(lists)[0] or lists
        if any(not each.types for each in taken):
            return dict(self.expected)
        types = frozenset[UUID]().union(*(each.types for each in taken))
        return {kind: count for kind, count in self.expected.items() if kind in types}


def ground(connection: Connection, event_id: UUID) -> Ground:
    """Read the ground of an event, without `expected`."""

    def names(query: Select[UUID, str]) -> dict[UUID, str]:
        return {row[0]: row[1] for row in connection.execute(query)}

    event = event_row(connection, event_id)
    types: dict[UUID, set[UUID]] = {}
    for list_id, type_id in connection.execute(
        select(CheckInListTypeRow.list_id, CheckInListTypeRow.ticket_type_id)
        .join(CheckInListRow, CheckInListRow.id == CheckInListTypeRow.list_id)
        .where(CheckInListRow.event_id == event_id)
    ):
        types.setdefault(list_id, set()).add(type_id)
    rows: Any = connection.execute(
        select(
            CheckInListRow.id,
            CheckInListRow.name,
            CheckInListRow.kind,
            CheckInListRow.opens_at,
            CheckInListRow.auto_exit,
            func.coalesce(CheckInListRow.capacity, SessionRow.capacity, RoomRow.capacity),
            func.coalesce(RoomRow.name, ""),
            RoomRow.id,
        )
        .outerjoin(SessionRow, SessionRow.id == CheckInListRow.session_id)
        .outerjoin(RoomRow, RoomRow.id == func.coalesce(CheckInListRow.room_id, SessionRow.room_id))
        .where(CheckInListRow.event_id == event_id)
        .order_by(CheckInListRow.position, CheckInListRow.id)
    )
    return Ground(
        event,
        tuple(
            ListGround(list_id, name, kind, frozenset(types.get(list_id, ())), opens, exits, *rest)
            for list_id, name, kind, opens, exits, *rest in rows
        ),
        names(
            select(GateRow.id, GateRow.name)
            .where(GateRow.event_id == event_id)
            .order_by(GateRow.name, GateRow.id)
        ),
        names(
            select(TicketTypeRow.id, TicketTypeRow.name)
            .where(TicketTypeRow.event_id == event_id)
            .order_by(TicketTypeRow.position, TicketTypeRow.id)
        ),
        names(select(DeviceRow.id, DeviceRow.name)),
        {},
    )


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Shorten names to the first one and an initial; what would be alike gets a number.

    >>> short_names(["Sam Staff", "Olu Other", "Sam Smith", "kiosk"])
    {'Sam Staff': 'Sam S.', 'Olu Other': 'Olu O.', 'Sam Smith': 'Sam S. 2', 'kiosk': 'kiosk'}
    """
    short: dict[str, str] = {}
    for name in dict.fromkeys(names):
        first, *rest = plain(name, limit=60).split() or ["?"]
        wanted = f"{first} {rest[-1][0]}." if rest else first
        taken, number, found = set(short.values()), 1, wanted
        while found in taken:
            number += 1
            found = f"{wanted} {number}"
        short[name] = found
    return short


_SEES = frozenset({Permission.DOOR, Permission.MONEY})


@reads(Permission.ATTEND)
def events_on_wall(act: Act) -> list[EventView]:
    """Read the events at whose door or with whose money a person works, the latest first."""
    act.need(None, Permission.ATTEND)
    if act.actor.id is None or act.known_at(None).role is Role.ADMIN:
        return every_event(act)
    rows = act.connection.execute(
        select(EventRoleRow.event_id, EventRoleRow.role, EventRoleRow.permissions).where(
            EventRoleRow.account_id == act.actor.id
        )
    )
    mine = {row.event_id for row in rows if _sees(row.role, row.permissions)}
    return [event for event in every_event(act) if event.id in mine]


def _sees(written: str, granted: list[str]) -> bool:
    role = role_at_event(written)
    held = granted_of(granted) if role is Role.COHOST else PERMISSIONS[role]
    return not held.isdisjoint(_SEES)


NO_GATE: Final = msg("No gate")


@reads_in_steps(Permission.DOOR, Permission.MONEY, about="event_id")
def standing(
    steps: ReadingSteps,
    event_id: UUID,
    choice: Choice = Choice(),  # noqa: B008 - frozen
    *,
    kept: Standings | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Standing:
    """Count how an event stands.

    Args:
        kept: What was read before, so that only changes are read.
        on_progress: Gets the numbers of scans read and in all; may raise to stop.

    Raises:
        NotFoundError: There is no such event, or a list or gate that was chosen is gone.
    """
    kept = kept if kept is not None and kept.event_id == event_id else Standings(event_id)
    with steps.read() as act:
        act.need(event_id, Permission.DOOR, Permission.MONEY)
        event_row(act.connection, event_id)
    with kept.lock:
        kept.read(steps.store, on_progress)
        with steps.read() as act:
            act.need(event_id, Permission.DOOR, Permission.MONEY)
            kept.catch_up(act.connection)
            there = kept.noted(act.connection, ground).expecting(
                kept.valid, overdue_tickets(act.connection, event_id, act.now)
            )
            return _Count(kept, there, choice, act.now).standing(act.connection)


@dataclass(frozen=True, slots=True)
class _Sight:
    """A choice in codes."""

    lists: frozenset[int]
    gate: int | None
    within: Within


class _Count:
    """One count of the scans in memory."""

    def __init__(self, kept: Standings, there: Ground, choice: Choice, now: datetime) -> None:
        self._kept, self._there, self._choice, self._now = kept, there, choice, now
        self._now_us = microseconds(now)
        for each in there.lists:
            kept.lists.code(each.id.bytes)
        self._left_at = self._last_exits()
        self._lists = there.chosen(choice)

    def standing(self, connection: Connection) -> Standing:
        """Count everything."""
        kept, there, event = self._kept, self._there, self._there.event
        lists = self._codes(self._lists)
        gate = None
        if self._choice.gate_id is not None:
            gate = kept.gates.code(self._choice.gate_id.bytes)
        within = self._within(self._lists)
        if gate is not None:
            at_gate = kept.columns.gate.values[within.entries] == gate
            within = Within(
                within.tickets[at_gate], within.entries[at_gate], within.inside[at_gate]
            )
        day = day_of(kept, event, self._now)
        ways_in = self._codes(there.ways(self._lists)[0])
        lanes = Entries.since(kept, lists, gate, lately(self._now_us))
        sight = _Sight(lists, gate, within)
        recent = lanes.later(lately(self._now_us, RATE_MINUTES))
        opens = [each.opens_at for each in self._lists if each.opens_at is not None]
        refused = Counter[str]()
        for cell, count in cells_of(kept, lists, gate):
            refused[cell[3]] += count
        return Standing(
            event_name=event.name,
            time_zone=event.time_zone,
            at=self._now,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            opens_at=min(opens, default=event.starts_at),
            choice=self._choice,
            choice_words=self._words(),
            scans=len(kept.columns),
            total=self._total(sight),
            arrivals=entries_by_minute(kept, lists, gate, begin_us=day[0], until_us=day[1]),
            served_lately=len(recent.rows) / RATE_MINUTES,
            came_today=Entries.since(
                kept, ways_in, gate, microseconds(midnight(event, self._now))
            ).tickets(),
            types=self._types(sight),
            lists=self._list_groups(gate),
            gates=self._gates(sight, recent.by("gate")),
            operators=self._operators(sight),
            lanes=self._lanes(lanes),
            rooms=self._rooms(),
            refused=tuple(
                (Outcome(name), count)
                for name, count in refused.most_common()
                if not Outcome(name).passes
            ),
            waits=self._waits(connection, sight),
            seconds_each=Entries.since(
                kept, lists, gate, lately(self._now_us, PACE_MINUTES)
            ).seconds_each(),
            all_lists=tuple(Doorway(each.id, each.name, each.kind) for each in there.lists),
            all_gates=tuple(Doorway(gate_id, name) for gate_id, name in there.gates.items()),
        )

    def _total(self, sight: _Sight) -> Attendance:
        expected = sum(self._there.expected_by(self._lists).values())
        return self._figures(sight.within, None if sight.gate is not None else expected)

    def _types(self, sight: _Sight) -> tuple[Group, ...]:
        kept, within = self._kept, sight.within
        codes = kept.type_of.values[within.tickets]
        came = np.bincount(codes, minlength=len(kept.types)).tolist()
        inside = np.bincount(codes[within.inside], minlength=len(kept.types)).tolist()
        expected = self._there.expected_by(self._lists)
        groups = []
        for type_id, name in self._there.types.items():
            code = kept.types.of.get(type_id.bytes)
            here = (0, 0) if code is None else (came[code], inside[code])
            wanted = None if sight.gate is not None else expected.get(type_id, 0)
            if any(here) or wanted:
                groups.append(Group(name, Attendance(here[0], here[1], wanted), entries=here[0]))
        return tuple(groups)

    def _list_groups(self, gate: int | None) -> tuple[Group, ...]:
        everything = self._codes(self._there.lists)
        counted = tallies(self._kept, everything, gate, lambda cell: cell[0])
        recent = Entries.since(self._kept, everything, gate, lately(self._now_us, RATE_MINUTES)).by(
            "list"
        )
        groups = []
        for each in self._there.lists:
            code = self._kept.lists.code(each.id.bytes)
            expected = sum(self._there.expected_by((each,)).values())
            figures = self._figures(self._within((each,)), expected)
            groups.append(_group(each.name, figures, counted.get(code), a_minute(recent, code)))
        return tuple(groups)

    def _gates(self, sight: _Sight, recent: Counter[int]) -> tuple[Group, ...]:
        kept, within = self._kept, sight.within
        counted = tallies(kept, sight.lists, sight.gate, lambda cell: cell[1])
        of_entry = kept.columns.gate.values[within.entries]
        came = np.bincount(of_entry, minlength=len(kept.gates)).tolist()
        inside = np.bincount(of_entry[within.inside], minlength=len(kept.gates)).tolist()
        named: list[tuple[bytes | None, str]] = [
            (gate_id.bytes, name) for gate_id, name in self._there.gates.items()
        ]
        groups = []
        for key, name in [*named, (None, str(NO_GATE))]:
            code = kept.gates.of.get(key)
            if code is None or code not in counted:
                if key is not None and sight.gate is None:
                    groups.append(Group(name, Attendance(0, 0)))
                continue
            figures = Attendance(came[code], inside[code])
            groups.append(_group(name, figures, counted[code], a_minute(recent, code)))
        return tuple(groups)

    def _operators(self, sight: _Sight) -> tuple[Group, ...]:
        lanes = self._kept.lanes.keys
        counted = tallies(self._kept, sight.lists, sight.gate, lambda cell: lanes[cell[2]][1:3])
        names = short_names([name for _, name in counted])
        groups = [
            _group(names[name], Attendance(0, 0), tally) for (_, name), tally in counted.items()
        ]
        return tuple(sorted(groups, key=lambda group: (-group.entries, group.name)))

    def _lanes(self, entries: Entries) -> tuple[Lane, ...]:
        kept, there = self._kept, self._there
        found = entries.lanes(self._now_us)
        names = short_names([kept.lanes.keys[code][2] for code, _, _ in found])
        lanes = []
        machines = {kept.lanes.keys[code][3] for code, _, _ in found}
        for code, count, rate in found:
            gate, _id, operator, device = kept.lanes.keys[code]
            gate_key = kept.gates.keys[gate]
            gate_name = there.gates.get(UUID(bytes=gate_key)) if gate_key else None
            who = names[operator]
            if len(machines) > 1:
                who = f"{who}, {there.devices.get(UUID(bytes=device)) or _('another machine')}"
            lanes.append(Lane(gate_name or str(NO_GATE), who, count, rate))
        return tuple(sorted(lanes, key=lambda lane: (lane.gate, -lane.a_minute, lane.operator)))

    def _rooms(self) -> tuple[RoomOccupancy, ...]:
        rooms: dict[Any, RoomOccupancy] = {}
        for each in self._there.lists:
            if each.kind == "room":
                alike = tuple(
                    one
                    for one in self._there.lists
                    if one.kind == "room"
                    and (one.id == each.id or (one.place_id and one.place_id == each.place_id))
                )
                inside = self._figures(self._within(alike)).inside
                key = each.place_id or each.id
                rooms.setdefault(key, RoomOccupancy(each.room or each.name, inside, each.capacity))
        return tuple(rooms.values())

    def _waits(self, connection: Connection, sight: _Sight) -> WaitTimes:
        columns = self._kept.columns
        places = np.arange(max(0, len(columns) - 50 * LAST), len(columns))
        mask = np.isin(columns.list.values[places], list(sight.lists))
        if sight.gate is not None:
            mask &= columns.gate.values[places] == sight.gate
        rows: Rows = places[mask][-LAST:]
        return waits(
            connection,
            self._kept.event_id,
            since_no=int(columns.no.values[rows[0]]) if len(rows) else self._kept.last_no + 1,
            list_ids=[each.id for each in self._lists],
            gate_id=self._choice.gate_id,
        )

    def _within(self, lists: tuple[ListGround, ...]) -> Within:
        entries, exits = self._there.ways(lists)
        ways = Ways(self._codes(entries), self._codes(exits))
        return self._kept.passages(ways).within(self._left_at)

    def _figures(self, within: Within, expected: int | None = None) -> Attendance:
        return Attendance(len(within.tickets), int(np.count_nonzero(within.inside)), expected)

    def _codes(self, lists: tuple[ListGround, ...]) -> frozenset[int]:
        return frozenset(self._kept.lists.code(each.id.bytes) for each in lists)

    def _last_exits(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """By list code, when its guests were last taken to have left."""
        left = np.zeros(len(self._kept.lists), dtype=np.int64)
        zone = ZoneInfo(self._there.event.time_zone)
        for each in self._there.lists:
            clock = self._there.all_left_at(each)
            if clock:
                then = last_daily(clock, zone, self._now)
                left[self._kept.lists.code(each.id.bytes)] = microseconds(then)
        return left

    def _words(self) -> str:
        """The choice as a heading."""
        words = (
            [each.name for each in self._lists] if self._choice.list_ids else [_("All entrances")]
        )
        if self._choice.gate_id is not None:
            words.append(self._there.gates[self._choice.gate_id])
        return " · ".join(words)


def _group(name: str, figures: Attendance, tally: Tally | None, rate: float = 0.0) -> Group:
    tally = tally or Tally()
    return Group(name, figures, tally.entries, tally.exits, tally.refused, rate)
