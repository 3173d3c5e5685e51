"""The scans of an event in memory, as columns, so that an open wall reads only what changed."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, select

from data.schema import ScanRow, TicketRow
from data.store import Store
from eventdesk.door import Acts, Following, ValidTickets, newest_act, newest_scan, number, stored

Key = TypeVar("Key", bound=Hashable)

Rows: TypeAlias = npt.NDArray[np.intp]
"""Indices into the columns."""

Mask: TypeAlias = npt.NDArray[np.bool_]

REFUSED: Final = 0
ENTRY: Final = 1
EXIT: Final = 2
"""What a scan let happen."""

_ROOM: Final = 1024


class Column:
    """A growing array of numbers; new cells hold `fill`."""

    def __init__(self, kind: str, fill: int = 0) -> None:
        self._fill = fill
        self._room = np.full(_ROOM, fill, dtype=kind)
        self.length = 0

    @property
    def values(self) -> Any:
        """The numbers, as a view that writes through."""
        return self._room[: self.length]

    def extend(self, values: Sequence[int]) -> None:
        """Append numbers."""
        self.grow(self.length + len(values))
        self._room[self.length - len(values) : self.length] = values

    def grow(self, length: int) -> None:
        """Grow to at least this length."""
        if length <= self.length:
            return
        if length > len(self._room):
            wider = np.full(max(length, 2 * len(self._room)), self._fill, self._room.dtype)
            wider[: self.length] = self._room[: self.length]
            self._room = wider
        self.length = length


class Codes(Generic[Key]):
    """Small numbers for recurring keys."""

    def __init__(self) -> None:
        self.of: dict[Key, int] = {}
        self.keys: list[Key] = []

    def __len__(self) -> int:
        return len(self.keys)

    def code(self, key: Key) -> int:
        """The number of a key; the next one for a new key."""
        found = self.of.get(key)
        if found is None:
            found = self.of[key] = len(self.keys)
            self.keys.append(key)
        return found


class ScanColumns:
    """The scans of one event, in the order in which the store wrote them.

    Attributes:
        no: Their numbers, ascending.
        at: When each was written, in microseconds since 1970.
        ticket: Code of the ticket; -1 without one.
        way: `REFUSED`, `ENTRY` or `EXIT`.
        cell: Code of its list, gate, lane and outcome together.
        live: Whether it was not undone.
    """

    def __init__(self) -> None:
        self.no = Column("int64")
        self.at = Column("int64")
        self.list = Column("int16")
        self.gate = Column("int16")
        self.lane = Column("int32")
        self.ticket = Column("int32")
        self.way = Column("int8")
        self.cell = Column("int32")
        self.live = Column("bool")

    def __len__(self) -> int:
        return self.no.length

    def row_of(self, no: int) -> int | None:
        """The index of a scan; None if it is not here."""
        numbers = self.no.values
        row = int(np.searchsorted(numbers, no))
        return row if row < len(numbers) and numbers[row] == no else None

    def passages(self, ways: "Ways", start: int = 0) -> Rows:
        """Rows of live entries and exits by these ways, from a row on."""
        rows = np.flatnonzero(self.live.values[start:] & (self.way.values[start:] != REFUSED))
        if start:
            rows += start
        return rows[self._by(rows, ways)]

    def passages_of(self, ticket: int, ways: "Ways") -> Rows:
        """The same of one ticket."""
        rows: Rows = np.flatnonzero(self.ticket.values == ticket)
        rows = rows[self.live.values[rows] & (self.way.values[rows] != REFUSED)]
        found: Rows = rows[self._by(rows, ways)]
        return found

    def _by(self, rows: Rows, ways: "Ways") -> Mask:
        lists = self.list.values[rows]
        enters = self.way.values[rows] == ENTRY
        result: Mask = np.where(enters, chosen(lists, ways.entries), chosen(lists, ways.exits))
        return result


@dataclass(frozen=True, slots=True)
class Ways:
    """Codes of the lists whose entries count, and of those whose exits count."""

    entries: frozenset[int]
    exits: frozenset[int]


def chosen(codes: Any, among: frozenset[int]) -> Mask:
    """A mask of the codes that are among some."""
    table = np.zeros(max([-1, *among, int(codes.max(initial=-1))]) + 1, dtype=np.bool_)
    table[list(among)] = True
    result: Mask = table[codes]
    return result


@dataclass(frozen=True, slots=True)
class Within:
    """Tickets that came, the row of each one's last entry, and whether it is inside."""

    tickets: Rows
    entries: Rows
    inside: Mask


class Passages:
    """Entries and exits by some lists, by the rules of the door's own count.

    A ticket came if it has a live entry. It is inside if that entry is its last passage, and the
    list has not been taken to be empty since then.
    """

    def __init__(self, columns: ScanColumns, ways: Ways) -> None:
        self.ways = ways
        self._columns = columns
        self._last = Column("int32", -1)
        self._last_entry = Column("int32", -1)
        self._read = 0
        self._version = 0
        self._answer: tuple[tuple[int, bytes], Within] | None = None

    def follow(self, tickets: int) -> None:
        """Read the scans that came since."""
        self._last.grow(tickets)
        self._last_entry.grow(tickets)
        columns, start = self._columns, self._read
        self._read = len(columns)
        rows = columns.passages(self.ways, start)
        if not len(rows):
            return
        self._version += 1
        # Of several rows of one ticket numpy keeps the last.
        self._last.values[columns.ticket.values[rows]] = rows
        entries = rows[columns.way.values[rows] == ENTRY]
        self._last_entry.values[columns.ticket.values[entries]] = entries

    def forget(self, row: int) -> None:
        """Undo a scan that was followed."""
        ticket = int(self._columns.ticket.values[row])
        if row >= self._read or ticket < 0 or row < self._last_entry.values[ticket]:
            return
        self._version += 1
        rows = self._columns.passages_of(ticket, self.ways)
        rows = rows[rows < self._read]
        entries = rows[self._columns.way.values[rows] == ENTRY]
        self._last.values[ticket] = rows[-1] if len(rows) else -1
        self._last_entry.values[ticket] = entries[-1] if len(entries) else -1

    def within(self, left_at: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Within:
        """The tickets that came.

        Args:
            left_at: By list code, when its guests were last taken to have left, in microseconds.
        """
        key = (self._version, left_at.tobytes())
        if self._answer is None or self._answer[0] != key:
            self._answer = key, self._counted(left_at)
        return self._answer[1]

    def _counted(self, left_at: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Within:
        columns = self._columns
        tickets = np.flatnonzero(self._last_entry.values >= 0)
        entries = self._last_entry.values[tickets].astype(np.intp)
        inside = self._last.values[tickets] == entries
        inside &= columns.at.values[entries] >= left_at[columns.list.values[entries]]
        return Within(tickets, entries, inside)


STEP: Final = 20_000
"""Scans read in one transaction; a long one would keep the log of the store from being folded."""

MAX_AT_ONCE: Final = 500
"""Ids in one question."""

LATE_US: Final = 15 * 60 * 1_000_000
"""Most that clocks of desks may differ where scans are found by time."""

NOTED_S: Final = 2.0
"""Age at which lists and types are read again, even without an act in the log."""

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
    """The scans of one event; each reading adds what came or was undone since.

    Threads take `lock` in turns. If `on_progress` stops `read` by an exception, the next reading
    goes on from there.

    Attributes:
        cells: Live scans by `Cell`.
        minutes: Live entries by `Minute`.
        following: How far scans and acts were read.
        valid: Valid tickets by type, as of the last `catch_up`.
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
        """Forget everything, as for a restored store."""
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
        """Read what came since, in steps, so that little is left for `catch_up`.

        Args:
            on_progress: Gets the numbers of scans read and in all; may raise to stop.
        """
        while True:
            with store.read() as connection:
                newest = newest_scan(connection)
                if newest < self.last_no or store.opening != self._opening:
                    self.begin()
                    self._opening = store.opening
                if not self.following.follows_acts:
                    # Note acts before types are read, so that later upgrades are found.
                    self.following.note_acts(connection)
                if newest - self.last_no <= STEP:
                    return
                self._take(connection, self.last_no + STEP)
            on_progress(self.last_no, newest)

    def catch_up(self, connection: Connection) -> None:
        """Read the rest, in the transaction that reads everything else of a standing."""
        newest = newest_scan(connection)
        if newest < self.last_no:
            self.begin()
            self.following.note_acts(connection)
        while self.last_no < newest:
            self._take(connection, min(newest, self.last_no + STEP))
        # All of these may run twice with the same acts, as after a reading that failed.
        acts = self.following.acts(connection)
        self._annul(self.following.newly_undone(connection, acts))
        self._note_upgrades(connection, acts)
        self.valid = self._tickets.by_type(connection, self.event_id, acts)
        self.following.have(acts)

    def noted(self, connection: Connection, read: Callable[[Connection, UUID], Noted]) -> Noted:
        """A value that is read again after an act that is no scan, or after `NOTED_S`."""
        acts, now_s = newest_act(connection), time.monotonic()
        if self._noted is None or self._noted[0] != acts or now_s - self._noted[1] > NOTED_S:
            self._noted = acts, now_s, read(connection, self.event_id)
        noted: Noted = self._noted[2]
        return noted

    def passages(self, ways: Ways) -> Passages:
        """The passages by some lists."""
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
        """Add new tickets with their types."""
        new = [each for each in dict.fromkeys(ids) if each not in self.tickets.of]
        for place in range(0, len(new), MAX_AT_ONCE):
            asked = new[place : place + MAX_AT_ONCE]
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
        """Read the types of upgraded tickets again."""
        changed = {
            act.subject
            for act in acts.of_event
            if act.verb == "upgrade_ticket" and act.subject in self.tickets.of
        }
        ids = list(changed)
        for place in range(0, len(ids), MAX_AT_ONCE):
            asked = ids[place : place + MAX_AT_ONCE]
            for ticket, kind in connection.execute(_TYPES, {"ids": asked}):
                self.type_of.values[self.tickets.of[ticket]] = self.types.code(kind)


# Built once: building them takes longer than running them.
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
