"""Who is inside: the last passage and the last entry of every ticket by some lists."""

from dataclasses import dataclass

import numpy as np

from eventdesk.figures.statistics.columns import ENTRY, Column, Mask, Rows, ScanColumns, Ways


@dataclass(frozen=True, slots=True)
class Within:
    """Whose tickets came, and which of them are inside.

    Attributes:
        tickets: Codes of the tickets that came.
        entries: The row of each one's last entry.
        inside: Whether each is inside.
    """

    tickets: Rows
    entries: Rows
    inside: Mask


class Passages:
    """Follows the passages through some lists; the door's own count by the same rules.

    A ticket came when it has an entry that was not undone. It is inside when its last passage is
    that entry, and nobody was taken to have left by the time of day since then.

    Args:
        columns: The scans.
        ways: The lists.
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
        """Take in the scans that came since.

        Args:
            tickets: How many tickets there are by now.
        """
        self._last.grow(tickets)
        self._last_entry.grow(tickets)
        columns, start = self._columns, self._read
        self._read = len(columns)
        rows = columns.passages(self.ways, start)
        if not len(rows):
            return
        self._version += 1
        # Of several rows of one ticket the last one stays: numpy assigns them in their order.
        self._last.values[columns.ticket.values[rows]] = rows
        entries = rows[columns.way.values[rows] == ENTRY]
        self._last_entry.values[columns.ticket.values[entries]] = entries

    def forget(self, row: int) -> None:
        """Take a scan back that was followed already and holds no longer."""
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
        """Say who came and who is inside.

        Args:
            left_at: For each list's code, the instant at which everybody inside was last taken to
                have left, in microseconds.
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
