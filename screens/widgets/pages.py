"""A list of any length, known page by page; the newest question wins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

PAGE: Final = 100
"""Lines asked for at a time."""

KEPT: Final = 40
"""Pages kept in memory; what is on show is always kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes:
        key: What the line stands for; the cursor follows it when lines move.
        cells: Its texts, one a column.
        tone: "", "good", "warning", "bad" or "faint"; colours only the text, so the cells
            themselves carry a sign and a word.
    """

    key: UUID
    cells: tuple[str, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Some lines of a list, and how many there are in all."""

    lines: tuple[Line, ...]
    total: int


Source = Callable[[str, int, int], Awaitable[Window]]
"""Reads lines: what is searched for, how many to pass over, how many at most."""


class Pages:
    """What is known of a list.

    One question is asked at a time. When its answer comes, the next one is about what is wanted
    then, so nothing is asked that nobody looks at any more.

    Attributes:
        text: What is searched for; "" is everything.
        answered: What the known lines were searched for; None before the first answer.
        total: How many lines there are, by the last answer.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.text = ""
        self.answered: str | None = None
        self.total = 0
        self._pages: dict[int, tuple[Line, ...]] = {}
        self._stale: set[int] = set()
        self._seen = range(1)
        self._expired = 0
        self._one_by_one = asyncio.Lock()

    @property
    def pending(self) -> bool:
        """Whether the lines on show do not answer the newest search yet."""
        return self.answered != self.text

    @property
    def reading(self) -> bool:
        """Whether a question is under way."""
        return self._one_by_one.locked()

    def line(self, index: int) -> Line | None:
        """The line at a place; None while it is not known."""
        lines = self._pages.get(index // PAGE, ())
        place = index % PAGE
        return lines[place] if place < len(lines) else None

    def place_of(self, key: UUID) -> int | None:
        """Where a line is by the newest answers; None when it is not among them."""
        for page, lines in self._pages.items():
            if page not in self._stale:
                for place, line in enumerate(lines):
                    if line.key == key:
                        return page * PAGE + place
        return None

    def search(self, text: str) -> None:
        """Ask for other lines; the old ones stay until the answer comes."""
        self.text = text

    def look_at(self, first: int, count: int) -> None:
        """Say which lines are on show, so that they are asked for before all others."""
        self._seen = range(max(0, first), max(0, first) + max(1, count))

    def expire(self) -> None:
        """Take nothing for new any more; what is on show stays until it is read again."""
        self._expired += 1
        wanted = set(self._wanted())
        self._pages = {page: lines for page, lines in self._pages.items() if page in wanted}
        self._stale = set(self._pages)

    def next_page(self) -> int | None:
        """The page to ask for now; None when all that is wanted is known."""
        if self.pending:
            return 0
        unknown = (page for page in self._wanted() if page not in self._pages)
        return next(unknown, next((page for page in self._wanted() if page in self._stale), None))

    async def catch_up(self, tell: Callable[[], None]) -> None:
        """Read until all that is wanted is known.

        Args:
            tell: Called after every answer.

        Raises:
            EventDeskError: Whatever the source raises.
        """
        async with self._one_by_one:
            while (page := self.next_page()) is not None:
                text, expired = self.text, self._expired
                window = await self._source(text, page * PAGE, PAGE)
                if text == self.text:  # else it is late, and nobody asks for it any more
                    self._keep(page, window, is_stale=expired != self._expired)
                    tell()

    def _keep(self, page: int, window: Window, *, is_stale: bool) -> None:
        if self.pending:
            self._pages.clear()
            self._stale.clear()
            self.answered = self.text
        self.total = window.total
        self._pages.pop(page, None)
        self._pages[page] = window.lines
        self._stale.discard(page)
        if is_stale:
            self._stale.add(page)
        self._forget(page)

    def _forget(self, newest: int) -> None:
        """Let go of pages beyond the end, and of those that were looked at longest ago."""
        wanted = {*self._wanted(), newest}
        for page in list(self._pages):
            if page > self._last or (len(self._pages) > KEPT and page not in wanted):
                del self._pages[page]
                self._stale.discard(page)

    @property
    def _last(self) -> int:
        return max(0, self.total - 1) // PAGE

    def _wanted(self) -> list[int]:
        """Pages on show, from the top, then those one screen further."""
        seen, margin = self._seen, len(self._seen)
        near = range(seen.start // PAGE, (seen.stop - 1) // PAGE + 1)
        beyond = ((seen.stop - 1 + margin) // PAGE, (seen.start - margin) // PAGE)
        wanted = [*near, *(page for page in beyond if page not in near)]
        return list(dict.fromkeys(min(max(0, page), self._last) for page in wanted))


def window_of(lines: Sequence[Line], offset: int, limit: int) -> Window:
    """Cut a window out of lines that are all in memory, for lists that are always short."""
    return Window(tuple(lines[offset : offset + limit]), len(lines))
