"""Lines of a paged table: columns, pages read on demand, and the widget with the cursor."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal, TypeVar
from uuid import UUID

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from eventdesk.core.cells import cut_cells, wrap_cells
from eventdesk.core.messages import ENGLISH, reader
from eventdesk.core.messages import Message as Words
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from screens.widgets.hint import MARK, WAITING_MARK, key_named

GAP: Final = 2
MIN_SHARE: Final = 4
MIN_NAME: Final = 14
"""Cells that a column which shares what is left keeps when others need more than they have."""


View = TypeVar("View")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        width: Cells it takes; 0 shares what is left with the others of width 0.
        right: Whether its texts end at the same place, as figures do.
        least: Shown only where the table is at least this many cells wide.
    """

    title: str | Words
    width: int = 0
    right: bool = False
    least: int = 0


def widths(columns: Sequence[Column], cells: int) -> list[int]:
    """How many cells each column takes in a table of this width; 0 for one that is not shown.

    >>> widths([Column("Name"), Column("Price", 8), Column("Seat", 6, least=60)], 40)
    [30, 8, 0]
    """
    shown = [column for column in columns if cells >= column.least]
    fixed = sum(column.width for column in shown)
    left = cells - fixed - GAP * max(0, len(shown) - 1)
    sharing = sum(1 for column in shown if not column.width)
    share, rest = divmod(max(left, 0), sharing) if sharing else (0, 0)
    found = []
    for column in columns:
        if cells < column.least:
            found.append(0)
        elif column.width:
            found.append(column.width)
        else:
            found.append(max(MIN_SHARE, share + (1 if rest > 0 else 0)))
            rest -= 1
    return found


def widened(columns: Sequence[Column], cells: int, wanted: Sequence[int]) -> list[int]:
    """As `widths`, with room for words longer than the English ones that a column is made for.

    What a column wants beyond its own width is taken from the widest of those that share what is
    left, down to `MIN_NAME`.

    >>> widened([Column("Name"), Column("Price", 8)], 40, [5, 12])
    [26, 12]
    """
    taken = widths(columns, cells)
    for place, want in enumerate(wanted):
        while 0 < taken[place] < want:
            sharing = [at for at, each in enumerate(columns) if not each.width and at != place]
            widest = max(sharing, key=taken.__getitem__, default=None)
            if widest is None or taken[widest] <= MIN_NAME:
                break
            taken[widest] -= 1
            taken[place] += 1
    return taken


def title_rows(columns: Sequence[Column], taken: Sequence[int]) -> list[str]:
    """The titles over their columns, in as many rows as the longest of them wraps into.

    >>> title_rows([Column("Name"), Column("Buyer pays", 7)], [6, 7])
    ['Name    Buyer', '        pays']
    """
    wrapped = [
        wrap_cells(plain(str(column.title)), width) if width else []
        for column, width in zip(columns, taken, strict=False)
    ]
    rows = max(1, *map(len, wrapped)) if wrapped else 1
    return [
        filled(["".join(each[row : row + 1]) for each in wrapped], columns, taken).rstrip()
        for row in range(rows)
    ]


def filled(cells: Sequence[str], columns: Sequence[Column], taken: Sequence[int]) -> str:
    """One line of a table, its texts harmless, cut and filled up to their columns.

    >>> filled(["Ada", "12.50"], [Column("Name"), Column("Price", right=True)], [5, 8])
    'Ada       12.50'
    """
    texts = []
    for text, column, width in zip(cells, columns, taken, strict=False):
        if width:
            shown = cut_cells(plain(text, limit=2 * width + 8), width)
            # Filled up as Textual counts: its layout is what the next column has to agree with.
            tight = set_cell_size(shown, width)
            if column.right:
                tight = " " * (len(tight) - len(tight.rstrip(" "))) + tight.rstrip(" ")
            texts.append(tight)
    return (" " * GAP).join(texts)


PAGE: Final = 100
"""Lines asked for at a time."""

KEPT: Final = 40
"""Pages kept in memory; what is on show is always kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes:
        key: What the line stands for; the cursor follows it when lines move.
        tone: Colours only the text, so the cells themselves carry a sign and a word.
        view: What the line shows, as it was read; `view_of` gives it its type back.
    """

    key: UUID
    cells: tuple[str, ...]
    tone: Tone = ""
    view: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """Some lines of a list, and how many there are in all."""

    lines: tuple[Line, ...]
    total: int


Source = Callable[[str, int, int], Awaitable[Window]]
"""Reads lines: what is searched for, how many to pass over, how many at most."""


class Pages:
    """The pages of a list that were read.

    One question is asked at a time. When its answer comes, the next one is about what is wanted
    then, so nothing is asked that nobody looks at any more.

    Attributes:
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
        """Mark all pages stale; those on show stay until read again."""
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
        """Read until all that is wanted is known."""
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
        """Drop pages beyond the end and those unused the longest."""
        wanted = {*self._wanted(), newest}
        for page in list(self._pages):
            if page > self._last or (len(self._pages) > KEPT and page not in wanted):
                del self._pages[page]
                self._stale.discard(page)

    @property
    def _last(self) -> int:
        return max(0, self.total - 1) // PAGE

    def _wanted(self) -> list[int]:
        """Pages on show, then those one screen below and above."""
        seen, margin = self._seen, len(self._seen)
        near = range(seen.start // PAGE, (seen.stop - 1) // PAGE + 1)
        beyond = ((seen.stop - 1 + margin) // PAGE, (seen.start - margin) // PAGE)
        wanted = [*near, *(page for page in beyond if page not in near)]
        return list(dict.fromkeys(min(max(0, page), self._last) for page in wanted))


def view_of(line: Line | None, kind: type[View]) -> View | None:
    """What a line shows; None where there is none, or something of another kind."""
    return line.view if line is not None and isinstance(line.view, kind) else None


def page_of(views: Iterable[View], total: int, line_of: Callable[[View], Line]) -> Window:
    """The window of what was read of a list; each line knows what it shows."""
    return Window(tuple(replace(line_of(each), view=each) for each in views), total)


def rows_of(
    views: Sequence[View], offset: int, limit: int, line_of: Callable[[View], Line]
) -> Window:
    """As `page_of`, for a list that is all in memory."""
    return page_of(views[offset : offset + limit], len(views), line_of)


def window_of(lines: Sequence[Line], offset: int, limit: int) -> Window:
    """A window of lines that are all in memory."""
    return Window(tuple(lines[offset : offset + limit]), len(lines))


PLACEHOLDER: Final = "…"
MAX_STRIPS: Final = 2000
MAX_TOLD: Final = 400
MAX_WANTED: Final = 40
"""Characters of a cell that its column may get wider for."""


class ColumnTitles(Widget):
    """The titles, in one line where they fit."""

    def __init__(self, lines: "PagedLines") -> None:
        super().__init__()
        self._lines = lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Take as many lines as the titles wrap into."""
        return len(title_rows(self._lines.columns, self._lines.widths_in(width)))

    def render_line(self, y: int) -> Strip:
        """Draw the titles over their columns."""
        rows = title_rows(self._lines.columns, self._lines.taken)
        text = " " * len(MARK) + (rows[y] if y < len(rows) else "")
        return Strip([Segment(text, self.rich_style)])


class PagedLines(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows the known lines, and a placeholder for each other one.

    Attributes:
        cursor: Place of the marked line, from 0.
        key: What the marked line stands for; it is found again by that when the list is read anew.
        notice: What is said instead of lines when there are none.
        offers: Whether the notice may name a key that Enter and a click press.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paged--marked", "paged--good", "paged--warning", "paged--bad", "paged--faint",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False),
        Binding("down", "step(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "choose", "Open", show=False, tooltip="Open what is marked"),
    ]

    class Seen(Message):
        """Other lines are on show."""

    class Moved(Message):
        """The cursor was moved by a person."""

    class Widened(Message):
        """Columns have other widths."""

    class Chosen(Message):
        """A person chose the marked line."""

    def __init__(self, pages: Pages, columns: Sequence[Column]) -> None:
        super().__init__()
        self.pages, self.columns = pages, columns
        self.cursor = 0
        self.key: UUID | None = None
        self.notice = ""
        self.offers = False
        self._width = 0
        self.taken: list[int] = []
        self._wanted = [cell_len(str(each.title)) for each in columns]
        self._strips: dict[tuple[Line | None, bool], Strip] = {}
        self._looks: dict[str, Style] = {}
        self._painted: object = None

    @property
    def room(self) -> Size:
        """Cells for lines, without the scrollbar."""
        return self.scrollable_content_region.size

    @property
    def top(self) -> int:
        """Place of the first line on show."""
        return self.scroll_offset.y

    # Showing

    def put(self, cursor: int, top: int) -> None:
        """Show what the pages know now, with the cursor and the first line at these places."""
        self.virtual_size = Size(self._width, self.pages.total)
        self.cursor = max(0, min(cursor, self.pages.total - 1))
        self.scroll_to(y=max(0, top), animate=False, force=True)
        self._keep_scroll_in_bounds()
        seen = range(self.top, self.top + self.room.height)
        paints = (self.cursor, self.notice, [self.pages.line(index) for index in seen])
        if reader().language != ENGLISH:
            self._widen(line for index in seen if (line := self.pages.line(index)) is not None)
        if paints != self._painted:  # else it was a page that is not on show
            self._painted = paints
            self.refresh()

    def _widen(self, lines: Iterable[Line]) -> None:
        """Give columns the room that their words on show want; they never get narrower again."""
        wanted = list(self._wanted)
        for line in lines:
            for place, cell in enumerate(line.cells[: len(wanted)]):
                wanted[place] = max(wanted[place], cell_len(plain(cell, limit=MAX_WANTED)))
        if wanted != self._wanted:
            self._wanted = wanted
            self._forget_strips()

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is on show."""
        index = self.top + y
        if not self.pages.total:
            return self._draw_notice(y)
        if index >= self.pages.total:
            return Strip.blank(self._width, self._look(""))
        key = (self.pages.line(index), index == self.cursor)
        if key not in self._strips:
            if len(self._strips) >= MAX_STRIPS:
                self._strips.clear()
            self._strips[key] = self._draw(*key)
        return self._strips[key]

    def _draw(self, line: Line | None, marked: bool) -> Strip:
        cells = (PLACEHOLDER,) if line is None else line.cells
        tone = "faint" if line is None else line.tone
        mark = (MARK if self.has_focus else WAITING_MARK) if marked else " " * len(MARK)
        text = mark + filled(cells, self.columns, self.taken)
        style = self._look("marked" if marked else tone)
        return Strip([Segment(text, style)]).adjust_cell_length(self._width, style)

    def _look(self, name: Literal[Tone, "marked"]) -> Style:
        """A style by its name; working one out takes longer than drawing a line with it."""
        if name not in self._looks:
            part = self.get_component_rich_style(f"paged--{name}") if name else Style.null()
            self._looks[name] = self.rich_style + part
        return self._looks[name]

    def _draw_notice(self, y: int) -> Strip:
        margin = 2
        lines = [
            line
            for paragraph in self.notice.split("\n")
            for line in wrap_cells(paragraph, max(1, self._width - 2 * margin)) or [""]
        ]
        is_said = 0 < y <= len(lines)
        text = lines[y - 1] if is_said else ""
        offered = bool(is_said and self.offered)
        mark = (MARK if self.has_focus else WAITING_MARK) if offered and y == 1 else " " * margin
        style = self._look("marked" if offered and self.has_focus else "faint")
        return Strip([Segment(mark + text, style)]).adjust_cell_length(self._width, style)

    @property
    def offered(self) -> str:
        """The key that the notice offers here; "" for none."""
        return key_named(self.notice, self.screen) if self.offers and not self.pages.total else ""

    def _forget_strips(self) -> None:
        self._strips.clear()
        self._looks.clear()
        self._painted = None
        self._width = self.room.width
        before, self.taken = self.taken, self.widths_in(self._width)
        if self.taken != before:
            self.post_message(self.Widened())

    def widths_in(self, width: int) -> list[int]:
        """How many cells each column takes where the table is so wide."""
        room = width - len(MARK)
        if reader().language == ENGLISH:
            return widths(self.columns, room)
        return widened(self.columns, room, self._wanted)

    def notify_style_update(self) -> None:
        """Draw anew in other colours."""
        super().notify_style_update()
        self._forget_strips()

    def on_resize(self) -> None:
        """Draw anew in another width; keep the cursor on show."""
        self._forget_strips()
        self.virtual_size = Size(self._width, self.pages.total)
        self._reveal()
        self.post_message(self.Seen())

    def on_focus(self) -> None:
        """Draw the cursor as one that answers."""
        self._forget_strips()

    def on_blur(self) -> None:
        """Draw the cursor as one that waits."""
        self._forget_strips()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other lines are on show."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Seen())

    # Moving

    def move_to(self, index: int) -> None:
        """Mark another line and show it."""
        before = self.cursor
        self.cursor = max(0, min(index, self.pages.total - 1))
        self._reveal()
        if self.cursor != before:
            line = self.pages.line(self.cursor)
            self.key = line.key if line else None
            self.refresh_line(before)
            self.refresh_line(self.cursor)
            self.post_message(self.Moved())

    def _reveal(self) -> None:
        top, height = self.top, max(1, self.room.height)
        if not top <= self.cursor < top + height:
            top = self.cursor if self.cursor < top else self.cursor - height + 1
            self.scroll_to(y=top, animate=False, force=True)
        self._keep_scroll_in_bounds()

    def _keep_scroll_in_bounds(self) -> None:
        if self.scroll_y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def action_step(self, lines: int) -> None:
        """Go up or down by lines."""
        self.move_to(self.cursor + lines)

    def action_page(self, pages: int) -> None:
        """Go up or down by what fits on the screen."""
        height = max(1, self.room.height - 1)
        self.scroll_to(y=self.top + pages * height, animate=False, force=True)
        self.move_to(self.cursor + pages * height)

    def action_first(self) -> None:
        """Go to the first line."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self.move_to(self.pages.total - 1)

    def action_choose(self) -> None:
        """Choose the marked line; where there is none, do what the notice offers."""
        if key := self.offered:
            self.app.simulate_key(key)
        else:
            self.post_message(self.Chosen())

    def whole(self, line: Line) -> str:
        """The cells of a line that its columns have no room for, each after its title."""
        cells = [plain(cell, limit=MAX_TOLD) for cell in line.cells]
        lacking = (
            f"{column.title}: {cell}" if str(column.title) else cell
            for cell, column, width in zip(cells, self.columns, self.taken, strict=False)
            if cell_len(cell) > width
        )
        return "\n".join(lacking)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell in a tooltip what is cut in the line under the mouse."""
        place = event.get_content_offset(self)
        line = None if place is None else self.pages.line(self.top + place.y)
        words = "" if line is None else self.whole(line)
        told = Content(words) if words else None
        if told != self.tooltip:
            self.tooltip = told

    def on_click(self, event: events.Click) -> None:
        """Mark a line; choose it when it is marked already, or do what the notice offers."""
        place = event.get_content_offset(self)
        if place is not None and self.offered:
            self.action_choose()
        if place is None or self.top + place.y >= self.pages.total:
            return
        if self.top + place.y == self.cursor:
            self.action_choose()
        else:
            self.move_to(self.top + place.y)
