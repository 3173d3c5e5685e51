"""The lines of a paged table: a cursor over any number of them, of which only some are known."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from eventdesk.core.cells import wrap_cells
from screens.widgets.columns import Column, filled, widths
from screens.widgets.pages import Line, Pages

MARK: Final = "▸ "
"""Stands before the line under the cursor, so that it is seen without colour."""

WAITING_MARK: Final = "▹ "
"""The same while the keyboard is somewhere else."""

PLACEHOLDER: Final = "…"
MAX_STRIPS: Final = 2000


class ColumnTitles(Widget):
    """The line with the titles."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = columns

    def render_line(self, y: int) -> Strip:
        """Draw the titles over their columns."""
        room = self.size.width - len(MARK)
        titles = [column.title for column in self.columns]
        text = filled(titles, self.columns, widths(self.columns, room))
        return Strip([Segment(" " * len(MARK) + text, self.rich_style)])


class PagedLines(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows the known lines, and a placeholder for each other one.

    Attributes:
        cursor: Place of the marked line, from 0.
        notice: What is said instead of lines when there are none.
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

    class Chosen(Message):
        """A person chose the marked line."""

    def __init__(self, pages: Pages, columns: Sequence[Column]) -> None:
        super().__init__()
        self.pages, self.columns = pages, columns
        self.cursor = 0
        self.notice = ""
        self._width = 0
        self._taken: list[int] = []
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
        if paints != self._painted:  # else it was a page that is not on show
            self._painted = paints
            self.refresh()

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
        text = mark + filled(cells, self.columns, self._taken)
        style = self._look("marked" if marked else tone)
        return Strip([Segment(text, style)]).adjust_cell_length(self._width, style)

    def _look(self, name: str) -> Style:
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
        text = lines[y - 1] if 0 < y <= len(lines) else ""
        style = self._look("faint")
        return Strip([Segment(" " * margin + text, style)]).adjust_cell_length(self._width, style)

    def _forget_strips(self) -> None:
        self._strips.clear()
        self._looks.clear()
        self._painted = None
        self._width = self.room.width
        self._taken = widths(self.columns, self._width - len(MARK))

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
        """Choose the marked line."""
        self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Mark a line; choose it when it is marked already."""
        place = event.get_content_offset(self)
        if place is None or self.top + place.y >= self.pages.total:
            return
        if self.top + place.y == self.cursor:
            self.action_choose()
        else:
            self.move_to(self.top + place.y)
