"""How an event stands now: read what came since the last time, and count it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.deadlines import overdue_tickets
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.day_times import last_daily
from eventdesk.door.following import microseconds
from eventdesk.door.scan import Outcome
from eventdesk.figures.panel_values import (
    RATE_MINUTES,
    Choice,
    Doorway,
    Figures,
    Group,
    Lane,
    Room,
    Standing,
    Waits,
)
from eventdesk.figures.statistics.columns import Rows, Ways
from eventdesk.figures.statistics.counting import (
    PACE_MINUTES,
    Entries,
    Tally,
    a_minute,
    cells_of,
    day_of,
    entries_by_minute,
    lately,
    midnight,
    tallies,
)
from eventdesk.figures.statistics.ground import Ground, ListGround, ground
from eventdesk.figures.statistics.memory import Standings
from eventdesk.figures.statistics.passages import Within
from eventdesk.figures.statistics.short_names import short_names
from eventdesk.figures.statistics.timings import LAST, waits

NO_GATE: Final = "No gate"
EVERYTHING: Final = "All entrances"


@allowed(Permission.DOOR, Permission.MONEY)
def standing(
    store: Store,
    actor: Actor,
    event_id: UUID,
    choice: Choice = Choice(),  # noqa: B008 - frozen
    *,
    kept: Standings | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    now: datetime,
) -> Standing:
    """Say how an event stands.

    Args:
        store: Where scans are.
        actor: Who looks: who works at the door or with the money of the event.
        event_id: The event.
        choice: Which lists and gate.
        kept: What was read before; with it only what came or was undone since is read.
        on_progress: Told how many scans are read and how many there are, where there are many;
            may raise to stop. What was read stays in `kept`.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: The actor does not work there.
        NotFoundError: There is no such event, or a list or gate that was chosen is gone.
    """
    kept = kept if kept is not None and kept.event_id == event_id else Standings(event_id)
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.DOOR, Permission.MONEY)
    with kept.lock:
        kept.read(store, on_progress)
        with store.read() as connection:
            need_here(connection, actor, event_id, Permission.DOOR, Permission.MONEY)
            kept.catch_up(connection)
            there = kept.noted(connection, ground).expecting(
                kept.valid, overdue_tickets(connection, event_id, now)
            )
            return _Count(kept, there, choice, now).standing(connection)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is looked at, in codes."""

    lists: frozenset[int]
    gate: int | None
    within: Within


class _Count:
    """One counting of what is remembered."""

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
            arrivals=entries_by_minute(kept, lists, gate, *day),
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

    def _total(self, sight: _Sight) -> Figures:
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
                groups.append(Group(name, Figures(here[0], here[1], wanted), entries=here[0]))
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
        for key, name in [*named, (None, NO_GATE)]:
            code = kept.gates.of.get(key)
            if code is None or code not in counted:
                if key is not None and sight.gate is None:
                    groups.append(Group(name, Figures(0, 0)))
                continue
            figures = Figures(came[code], inside[code])
            groups.append(_group(name, figures, counted[code], a_minute(recent, code)))
        return tuple(groups)

    def _operators(self, sight: _Sight) -> tuple[Group, ...]:
        lanes = self._kept.lanes.keys
        counted = tallies(self._kept, sight.lists, sight.gate, lambda cell: lanes[cell[2]][1:3])
        names = short_names([name for _, name in counted])
        groups = [_group(names[name], Figures(0, 0), tally) for (_, name), tally in counted.items()]
        return tuple(sorted(groups, key=lambda group: (-group.entries, group.name)))

    def _lanes(self, entries: Entries) -> tuple[Lane, ...]:
        kept, there = self._kept, self._there
        found = entries.lanes(self._now_us)
        names = short_names([kept.lanes.keys[code][2] for code, _, _ in found])
        lanes = []
        machines = {kept.lanes.keys[code][3] for code, _, _ in found}
        for code, count, rate in found:
            gate, _, operator, device = kept.lanes.keys[code]
            gate_key = kept.gates.keys[gate]
            gate_name = there.gates.get(UUID(bytes=gate_key), NO_GATE) if gate_key else NO_GATE
            who = names[operator]
            if len(machines) > 1:
                who = f"{who}, {there.devices.get(UUID(bytes=device), 'another machine')}"
            lanes.append(Lane(gate_name, who, count, rate))
        return tuple(sorted(lanes, key=lambda lane: (lane.gate, -lane.a_minute, lane.operator)))

    def _rooms(self) -> tuple[Room, ...]:
        rooms: dict[Any, Room] = {}
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
                rooms.setdefault(key, Room(each.room or each.name, inside, each.capacity))
        return tuple(rooms.values())

    def _waits(self, connection: Connection, sight: _Sight) -> Waits:
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

    def _figures(self, within: Within, expected: int | None = None) -> Figures:
        return Figures(len(within.tickets), int(np.count_nonzero(within.inside)), expected)

    def _codes(self, lists: tuple[ListGround, ...]) -> frozenset[int]:
        return frozenset(self._kept.lists.code(each.id.bytes) for each in lists)

    def _last_exits(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """For each list's code, when everybody inside was last taken to have left."""
        left = np.zeros(len(self._kept.lists), dtype=np.int64)
        zone = ZoneInfo(self._there.event.time_zone)
        for each in self._there.lists:
            clock = self._there.all_left_at(each)
            if clock:
                then = last_daily(clock, zone, self._now)
                left[self._kept.lists.code(each.id.bytes)] = microseconds(then)
        return left

    def _words(self) -> str:
        """What is looked at, as a heading says it."""
        words = [each.name for each in self._lists] if self._choice.list_ids else [EVERYTHING]
        if self._choice.gate_id is not None:
            words.append(self._there.gates[self._choice.gate_id])
        return " · ".join(words)


def _group(name: str, figures: Figures, tally: Tally | None, rate: float = 0.0) -> Group:
    tally = tally or Tally()
    return Group(name, figures, tally.entries, tally.exits, tally.refused, rate)
