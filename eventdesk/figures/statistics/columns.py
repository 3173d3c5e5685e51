"""What is kept of every scan while a wall is open: some twenty bytes each, in columns."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Key = TypeVar("Key", bound=Hashable)

Ints: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Rows: TypeAlias = npt.NDArray[np.intp]
"""Places in the columns."""

Mask: TypeAlias = npt.NDArray[np.bool_]

REFUSED: Final = 0
ENTRY: Final = 1
EXIT: Final = 2
"""What a scan let happen."""

_ROOM: Final = 1024


class Column:
    """Numbers of one kind, with room to grow.

    Args:
        kind: What numpy calls the kind.
        fill: What room that is not used yet is filled with.
    """

    def __init__(self, kind: str, fill: int = 0) -> None:
        self._fill = fill
        self._room = np.full(_ROOM, fill, dtype=kind)
        self.length = 0

    @property
    def values(self) -> Any:
        """All of them, as a view that writes through."""
        return self._room[: self.length]

    def extend(self, values: Sequence[int]) -> None:
        """Put some behind the others."""
        self.grow(self.length + len(values))
        self._room[self.length - len(values) : self.length] = values

    def grow(self, length: int) -> None:
        """Be at least so long; what is new holds the filling."""
        if length <= self.length:
            return
        if length > len(self._room):
            wider = np.full(max(length, 2 * len(self._room)), self._fill, self._room.dtype)
            wider[: self.length] = self._room[: self.length]
            self._room = wider
        self.length = length


class Codes(Generic[Key]):
    """Small numbers for things that come again and again."""

    def __init__(self) -> None:
        self.of: dict[Key, int] = {}
        self.keys: list[Key] = []

    def __len__(self) -> int:
        return len(self.keys)

    def code(self, key: Key) -> int:
        """The number of a thing; a new one where it was not met yet."""
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
        live: Whether it still holds, that is was not undone.
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
        """Where a scan stands; None where it is not one of these."""
        numbers = self.no.values
        row = int(np.searchsorted(numbers, no))
        return row if row < len(numbers) and numbers[row] == no else None

    def passages(self, ways: "Ways", start: int = 0) -> Rows:
        """The rows that let somebody through by these ways and hold still, from a row on."""
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
    """Codes of the lists by which people come into a place, and of those by which they go out."""

    entries: frozenset[int]
    exits: frozenset[int]


def chosen(codes: Any, among: frozenset[int]) -> Mask:
    """Which of these codes are among those chosen."""
    table = np.zeros(max([-1, *among, int(codes.max(initial=-1))]) + 1, dtype=np.bool_)
    table[list(among)] = True
    result: Mask = table[codes]
    return result
