"""A table of any length, read page by page, with a search line above it.

The owner gives it a source and calls `re_read` when the store changed; reading what comes into
view, searching and the cursor are the table's own affair.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message as Words
from eventdesk.core.messages import _
from eventdesk.core.plain_text import editable, plain
from screens.core.failures import ShowsErrors
from screens.core.slowness import mentioned_when_slow
from screens.widgets.detail import Block
from screens.widgets.paged_lines import (
    PAGE,
    Column,
    ColumnTitles,
    Line,
    PagedLines,
    Pages,
    Source,
    Window,
    page_of,
    rows_of,
    view_of,
    window_of,
)

MAX_TYPED: Final = 200


class SearchLine(Input):
    """Where a search is typed; its keys lead back to the lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear_or_leave", "Clear", tooltip="Clear the search, then leave it"),
        Binding("down,enter", "leave", "To the list", show=False),
    ]

    class Left(Message):
        """A person wants back to the lines."""

    def __init__(self) -> None:
        super().__init__(placeholder=_("Search"), max_length=MAX_TYPED, compact=True)

    def action_clear_or_leave(self) -> None:
        """Clear what was typed; with nothing to clear, go to the lines."""
        if self.value:
            self.value = ""
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Go to the lines."""
        self.post_message(self.Left())


__all__ = [
    "PAGE",
    "Column",
    "Detail",
    "Line",
    "PagedTable",
    "Source",
    "Window",
    "page_of",
    "rows_of",
    "view_of",
    "window_of",
]

Detail = Callable[[Line], Awaitable[Sequence[Block]]]
"""Reads what is known of a line beyond its cells."""


class PagedTable(ShowsErrors):
    """Shows lines from a source.

    Args:
        empty: What is said when there are no lines at all; it tells what to do next.
        searchable: Whether there is a search line, reached with `/`.
        detail: Reads what a wide screen shows of the marked line beside its cells.
        headline: Place of the cell that names a line; the first that shares what is left.
        enter: What Enter does with a line; "" where it does nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", id="search", tooltip="Search this list")
    ]
    DEFAULT_CSS = """
    PagedTable {
        height: 1fr;
        layout: vertical;
        & > .paged-search { dock: top; height: 1; }
        & > .paged-search Label { width: auto; color: $faint; }
        & > .paged-search SearchLine { width: 1fr; }
        & > .paged-search .paged-count { padding: 0 1 0 2; }
        & > ColumnTitles { height: auto; padding-right: 1; color: $faint; text-style: bold; }
        & > PagedLines {
            height: 1fr;
            overflow-x: hidden;
            scrollbar-gutter: stable;
            scrollbar-size-vertical: 1;
            & > .paged--good { color: $success; }
            & > .paged--warning { color: $warning; }
            & > .paged--bad { color: $error; }
            & > .paged--faint { color: $faint; }
            & > .paged--marked { background: $panel; color: $foreground; }
            &:focus > .paged--marked {
                background: $block-cursor-background;
                color: $block-cursor-foreground;
                text-style: $block-cursor-text-style;
            }
        }
    }
    """

    @dataclass
    class Told(Message):
        """Base of what a table tells its owner."""

        table: "PagedTable"

        @property
        def control(self) -> "PagedTable":
            """The table."""
            return self.table

    @dataclass
    class Chosen(Told):
        """A line was chosen, by Enter or by a click on the marked one."""

        line: Line

    @dataclass
    class Marked(Told):
        """The cursor stands on another line, or on none."""

        line: Line | None

    @dataclass
    class Shown(Told):
        """The marked line may be another one, or was read again."""

    def __init__(
        self,
        source: Source,
        *columns: Column,
        empty: str | Words,
        searchable: bool = True,
        detail: Detail | None = None,
        headline: int | None = None,
        enter: str | Words | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.detail = detail
        self.enter: str | Words = _("Open") if enter is None else enter
        sharing = (at for at, column in enumerate(columns) if not column.width)
        self.headline = next(sharing, 0) if headline is None else headline
        self.pages = Pages(source)
        self.columns, self.empty, self.searchable = columns, empty, searchable
        self.lines = PagedLines(self.pages, columns)
        self.search_line = SearchLine()
        self._told: Line | None = None
        self._shown_for: str | None = None
        self._choose_soon = False
        self._slow = False
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Lay out titles and lines, and the search above them, which comes last by Tab."""
        yield ColumnTitles(self.lines)
        yield self.lines
        if self.searchable:
            with Horizontal(classes="paged-search"):
                yield Label("/ ", markup=False)
                yield self.search_line
                yield Label("", classes="paged-count", markup=False)

    def on_mount(self) -> None:
        """Show what was read before there was anything to show it in."""
        if self.pages.answered is not None:
            self._show()

    @property
    def marked(self) -> Line | None:
        """The line under the cursor; None while there is none or it is not known."""
        return None if self.pages.pending else self.pages.line(self.lines.cursor)

    @property
    def is_empty(self) -> bool:
        """Whether it was read and there is no line; a search that finds nothing counts, too."""
        return self.pages.answered is not None and not self.pages.total

    async def re_read(self) -> None:
        """Read again what is on show; the cursor stays with its line, the line at its place."""
        if self.pages.answered is not None:
            self.pages.expire()
        await self._patiently(self.pages.catch_up(self._show))

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the lines the keyboard."""
        self.lines.focus(scroll_visible)
        return self

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A table without search line cannot be searched, and in it there is no way there."""
        if action != "search":
            return True
        return self.searchable and not self.search_line.has_focus

    def action_search(self) -> None:
        """Go to the search line."""
        self.search_line.focus()

    @on(PagedLines.Widened)
    def _show_titles(self, message: PagedLines.Widened) -> None:
        message.stop()
        self.query_one(ColumnTitles).refresh(layout=True)

    @on(SearchLine.Left)
    def _leave_search(self, message: SearchLine.Left) -> None:
        message.stop()
        self.focus()

    @on(Input.Changed)
    def _search(self, message: Input.Changed) -> None:
        message.stop()
        self._choose_soon = False
        typed = editable(message.input.value)
        if typed != message.input.value:  # a value put back is told again: two would take turns
            message.input.value = typed
        self.pages.search(typed.strip())
        self._ask()

    @on(PagedLines.Seen)
    def _look(self, message: PagedLines.Seen) -> None:
        message.stop()
        self.pages.look_at(self.lines.top, self.lines.room.height)
        self._ask()

    @on(PagedLines.Moved)
    def _follow(self, message: PagedLines.Moved) -> None:
        message.stop()
        self._choose_soon = False
        self._tell_marked()

    @on(PagedLines.Chosen)
    def _choose(self, message: PagedLines.Chosen) -> None:
        """Choose what is marked; what is not known yet is chosen as soon as it is."""
        message.stop()
        marked = self.marked
        if marked is None:
            self._choose_soon = self.pages.next_page() is not None
        else:
            self.post_message(self.Chosen(self, marked))

    # Reading

    def _ask(self) -> None:
        if self.pages.next_page() is not None and not self.pages.reading:
            catching_up = self._patiently(self.pages.catch_up(self._show))
            self.run_worker(catching_up, group="pages", exit_on_error=False)

    async def _patiently(self, reading: Awaitable[None]) -> None:
        """Await a reading, and mention it when it takes long."""
        with mentioned_when_slow(self, self._say_slow):
            await reading
            self._trouble = ""

    def show_error(self, error: EventDeskError) -> None:
        """Say once what went wrong, not with every letter that is typed meanwhile."""
        if not self._trouble:
            super().show_error(error)
        self._trouble = _("✗ not read")
        self._say_count()

    # Showing

    def _show(self) -> None:
        """Show an answer; called after each one."""
        if not self.is_attached:
            return
        cursor, top = self.lines.cursor, self.lines.top
        if self.pages.answered != self._shown_for:
            self._shown_for, self.lines.key = self.pages.answered, None
            cursor = top = 0
        place = self.pages.place_of(self.lines.key) if self.lines.key else None
        if place is not None:
            cursor, top = place, top + place - cursor
        self.lines.notice, self.lines.offers = self._notice(), not self.pages.answered
        self.lines.put(cursor, top)
        self.pages.look_at(self.lines.top, self.lines.room.height)
        self._say_count()
        line = self.pages.line(self.lines.cursor)
        if place is None and line is not None and self.pages.next_page() is None:
            self.lines.key = line.key
        self._tell_marked()

    def _tell_marked(self) -> None:
        marked = self.marked
        if marked != self._told:
            self._told = marked
            self.post_message(self.Marked(self, marked))
        self.post_message(self.Shown(self))
        if marked is not None and self._choose_soon:
            self._choose_soon = False
            self.post_message(self.Chosen(self, marked))

    def _notice(self) -> str:
        searched = self.pages.answered
        return (
            _("Nothing found for “{searched}”.", searched=plain(searched, limit=40))
            if searched
            else str(self.empty)
        )

    def _say_slow(self, slow: bool) -> None:
        self._slow = slow
        self._say_count()

    def _say_count(self) -> None:
        found = "" if self.pages.answered is None else _("{total:,} found", total=self.pages.total)
        text = f"{'◌ ' if self._slow else ''}{self._trouble or found}"
        for label in self.query(".paged-count").results(Label):
            if str(label.content) != text:
                label.update(text)
