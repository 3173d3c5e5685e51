"""What an open wall remembers, so that a change is read and not everything again."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, bindparam, select

from data.schema import ScanRow, TicketRow
from data.store import Store
from eventdesk.door.following import (
    Acts,
    Following,
    ValidTickets,
    newest_act,
    newest_scan,
    number,
    stored,
)
from eventdesk.figures.statistics.columns import (
    ENTRY,
    EXIT,
    REFUSED,
    Codes,
    Column,
    ScanColumns,
    Ways,
)
from eventdesk.figures.statistics.passages import Passages

STEP: Final = 20_000
"""Scans read in one transaction: a long one keeps the log of the store from being folded in."""

MOST_AT_ONCE: Final = 500
"""Ids in one question."""

LATE_US: Final = 15 * 60 * 1_000_000
"""How far the clocks of desks may be apart in what is found by the time of a scan."""

NOTED_S: Final = 2.0
"""How long lists and types may be old where the log tells of no act."""

Noted = TypeVar("Noted")

_WAYS: Final = {"admitted": ENTRY, "exited": EXIT}

Lane = tuple[int, bytes | None, str, bytes]
"""Gate code, account, name of the operator, machine."""

Cell = tuple[int, int, int, str]
"""Codes of list, gate and lane, and the outcome."""

Minute = tuple[int, int, int]
"""Codes of list and gate, and the minute since 1970."""

MINUTE_US: Final = 60_000_000


class Standings:
    """The scans of one event, read once and then only what came or was undone since.

    Safe to be asked from several threads, one after the other. `read` may be stopped by what
    `on_progress` raises; what was read until then stays, and the next reading goes on from there.

    Attributes:
        columns: The scans.
        cells: How many scans that hold there are, by `Cell`.
        minutes: How many entries that hold there are, by `Minute`.
        following: How far scans and acts were read.
        valid: How many valid tickets of each type there are, as of the last `catch_up`.
    """

    def __init__(self, event_id: UUID) -> None:
        self.event_id = event_id
        self.lock = threading.Lock()
        self.following = Following(event_id)
        self._tickets = ValidTickets()
        self._opening = 0
        self.begin()

    @property
    def last_no(self) -> int:
        """The newest scan that was read."""
        return self.following.last_no

    def begin(self) -> None:
        """Forget everything, as for a store that was put back."""
        self.columns = ScanColumns()
        self.lists: Codes[bytes] = Codes()
        self.gates: Codes[bytes | None] = Codes()
        self.lanes: Codes[Lane] = Codes()
        self.tickets: Codes[bytes] = Codes()
        self.types: Codes[bytes] = Codes()
        self.type_of = Column("int16")
        self.cell_codes: Codes[Cell] = Codes()
        self.cells = Column("int64")
        self.minute_codes: Codes[Minute] = Codes()
        self.minutes = Column("int64")
        self.following.begin()
        self._tickets.begin()
        self.valid: Mapping[UUID, int] = {}
        self._noted: tuple[int, float, Any] | None = None
        self._passages: dict[Ways, Passages] = {}

    def read(self, store: Store, on_progress: Callable[[int, int], None]) -> None:
        """Read what came since, in steps; after it only little is left for `catch_up`.

        Args:
            store: Where scans are.
            on_progress: Told how many scans are read and how many there are; may raise to stop.
        """
        while True:
            with store.read() as connection:
                newest = newest_scan(connection)
                if newest < self.last_no or store.opening != self._opening:
                    self.begin()
                    self._opening = store.opening
                if not self.following.follows_acts:
                    # Types are read from here on; who is upgraded meanwhile is met again.
                    self.following.note_acts(connection)
                if newest - self.last_no <= STEP:
                    return
                self._take(connection, self.last_no + STEP)
            on_progress(self.last_no, newest)

    def catch_up(self, connection: Connection) -> None:
        """Read the rest inside the transaction that also reads what the figures stand beside."""
        newest = newest_scan(connection)
        if newest < self.last_no:
            self.begin()
            self.following.note_acts(connection)
        while self.last_no < newest:
            self._take(connection, min(newest, self.last_no + STEP))
        # Each of these may be done twice with the same acts, as after a reading that failed.
        acts = self.following.acts(connection)
        self._annul(self.following.newly_undone(connection, acts))
        self._note_upgrades(connection, acts)
        self.valid = self._tickets.by_type(connection, self.event_id, acts)
        self.following.have(acts)

    def noted(self, connection: Connection, read: Callable[[Connection, UUID], Noted]) -> Noted:
        """What is read only when somebody did something beside scanning, and now and then."""
        acts, now_s = newest_act(connection), time.monotonic()
        if self._noted is None or self._noted[0] != acts or now_s - self._noted[1] > NOTED_S:
            self._noted = acts, now_s, read(connection, self.event_id)
        noted: Noted = self._noted[2]
        return noted

    def passages(self, ways: Ways) -> Passages:
        """The passages by some lists, up to date."""
        found = self._passages.get(ways)
        if found is None:
            found = self._passages[ways] = Passages(self.columns, ways)
        found.follow(len(self.tickets))
        return found

    def _take(self, connection: Connection, until: int) -> None:
        rows = connection.execute(
            _SCANS, {"last": self.last_no, "until": until, "event_id": self.event_id}
        ).all()
        self._learn_tickets(connection, [row[2] for row in rows if row[2] is not None])
        columns = self.columns
        lists, gates, lanes, tickets, ways, cells, live = [], [], [], [], [], [], []
        list_code, gate_code, lane_code = self.lists.code, self.gates.code, self.lanes.code
        cell_code, ticket_code = self.cell_codes.code, self.tickets.of
        for no, list_id, ticket, gate_id, actor, name, device, outcome, _at, annulled in rows:
            in_list, at_gate = list_code(list_id), gate_code(gate_id)
            lane = lane_code((at_gate, actor, name, device))
            way = _WAYS.get(outcome, REFUSED) if ticket is not None else REFUSED
            lists.append(in_list)
            gates.append(at_gate)
            lanes.append(lane)
            tickets.append(-1 if ticket is None else ticket_code[ticket])
            ways.append(way)
            cells.append(cell_code((in_list, at_gate, lane, outcome)))
            live.append(annulled is None)
            if annulled is not None:
                self.following.undone.add(no)
        columns.no.extend([row[0] for row in rows])
        columns.at.extend([row[8] for row in rows])
        columns.list.extend(lists)
        columns.gate.extend(gates)
        columns.lane.extend(lanes)
        columns.ticket.extend(tickets)
        columns.way.extend(ways)
        columns.cell.extend(cells)
        columns.live.extend(live)
        self.cells.grow(len(self.cell_codes))
        standing = np.array(cells, dtype=np.intp)[np.array(live, dtype=np.bool_)]
        self.cells.values[:] += np.bincount(standing, minlength=len(self.cell_codes))
        self._count_minutes(rows, lists, gates, ways, live)
        self.following.last_no = until

    def _count_minutes(
        self, rows: Any, lists: list[int], gates: list[int], ways: list[int], live: list[bool]
    ) -> None:
        counts = Counter(
            self.minute_codes.code((in_list, at_gate, row[8] // MINUTE_US))
            for row, in_list, at_gate, way, holds in zip(
                rows, lists, gates, ways, live, strict=True
            )
            if way == ENTRY and holds
        )
        self.minutes.grow(len(self.minute_codes))
        for code, count in counts.items():
            self.minutes.values[code] += count

    def _learn_tickets(self, connection: Connection, ids: list[bytes]) -> None:
        """Give codes to tickets that were not met yet, and note their types."""
        new = [each for each in dict.fromkeys(ids) if each not in self.tickets.of]
        for place in range(0, len(new), MOST_AT_ONCE):
            asked = new[place : place + MOST_AT_ONCE]
            for ticket, kind in connection.execute(_TYPES, {"ids": asked}):
                self.tickets.code(ticket)
                self.type_of.extend([self.types.code(kind)])

    def _annul(self, numbers: list[int]) -> None:
        self.following.undone.update(numbers)
        for no in numbers:
            row = self.columns.row_of(no)
            if row is None or not self.columns.live.values[row]:
                continue  # another event's
            self.columns.live.values[row] = False
            self.cells.values[self.columns.cell.values[row]] -= 1
            if self.columns.way.values[row] == ENTRY:
                self.minutes.values[self.minute_codes.of[self._minute_of(row)]] -= 1
            for passages in self._passages.values():
                passages.forget(row)

    def _minute_of(self, row: int) -> Minute:
        columns = self.columns
        return (
            int(columns.list.values[row]),
            int(columns.gate.values[row]),
            int(columns.at.values[row]) // MINUTE_US,
        )

    def _note_upgrades(self, connection: Connection, acts: Acts) -> None:
        """Read the types of tickets anew that became tickets of another type."""
        changed = {
            act.subject
            for act in acts.of_event
            if act.verb == "upgrade_ticket" and act.subject in self.tickets.of
        }
        ids = list(changed)
        for place in range(0, len(ids), MOST_AT_ONCE):
            asked = ids[place : place + MOST_AT_ONCE]
            for ticket, kind in connection.execute(_TYPES, {"ids": asked}):
                self.type_of.values[self.tickets.of[ticket]] = self.types.code(kind)


# Built once: SQLAlchemy takes longer to build these than SQLite to answer them.
_SCANS = (
    select(
        ScanRow.no,
        stored(ScanRow.list_id),
        stored(ScanRow.ticket_id),
        stored(ScanRow.gate_id),
        stored(ScanRow.actor_id),
        ScanRow.actor_name,
        stored(ScanRow.device_id),
        ScanRow.outcome,
        number(ScanRow.recorded_at),
        number(ScanRow.annulled_at),
    )
    .where(
        ScanRow.no > bindparam("last"),
        ScanRow.no <= bindparam("until"),
        ScanRow.event_id == bindparam("event_id", type_=ScanRow.event_id.type),
    )
    .order_by(ScanRow.no)
)
_TYPES = select(stored(TicketRow.id), stored(TicketRow.ticket_type_id)).where(
    stored(TicketRow.id).in_(bindparam("ids", expanding=True))
)
