"""The detail beside a list: it follows the marked row, from 120 columns on."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import Binding, BindingsMap, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, translated
from eventdesk.core.plain_text import plain
from screens.core.failures import ShowsErrors
from screens.widgets.detail import Block, once, painted
from screens.widgets.paged_table import Line, PagedTable

FROM_COLUMNS: Final = 120
"""Width of the terminal from which a list has its detail beside it."""

PASSING_S: Final = 0.12
"""A row that the cursor only passes is not read."""

SAID_BELOW: Final = "said-below"
"""Class of what says below a list of what a detail beside it says, too."""


class DetailPane(Vertical, ShowsErrors):
    """Shows one row of a table: its cells in full at once, then what the table reads of it."""

    DEFAULT_CSS = """
    DetailPane {
        height: 100%;
        padding: 0 1 0 2;
        border-left: vkey $line;
        & > VerticalScroll {
            height: 1fr;
            scrollbar-size-vertical: 1;
            scrollbar-gutter: stable;
        }
        & Static { width: 100%; height: auto; }
        & .detail-title { text-style: bold; margin-bottom: 1; }
        & > .detail-keys { margin-top: 1; color: $faint; }
    }
    """

    table: PagedTable | None = None
    _line: Line | None = None
    _more: Sequence[Block] = ()

    def compose(self) -> ComposeResult:
        """Lay out the name of the row and its facts above its keys."""
        with VerticalScroll(can_focus=False):
            yield Static("", classes="detail-title", markup=False)
            yield Static("", classes="detail-facts", markup=False)
        yield Static("", classes="detail-keys", markup=False)

    def on_mount(self) -> None:
        """Say how to see the rest where there is one."""
        self.watch(self.query_one(VerticalScroll), "show_vertical_scrollbar", self.show_keys)

    def show(self, table: PagedTable | None) -> None:
        """Show the marked row of a table, and read it again."""
        line = None if table is None else table.marked
        is_other = table is not self.table or _key(line) != _key(self._line)
        self.table, self._line = table, line
        if is_other:
            self._more = ()
            self.query_one(VerticalScroll).scroll_home(animate=False)
        self._paint()
        if table is None or table.detail is None or line is None:
            self.workers.cancel_group(self, "detail")
        else:
            self._read_more(table, line, pause_s=PASSING_S if is_other else 0)

    @work(exclusive=True, group="detail", exit_on_error=False)
    async def _read_more(self, table: PagedTable, line: Line, *, pause_s: float) -> None:
        """Read a row; another one that is marked meanwhile ends it."""
        assert table.detail is not None
        await asyncio.sleep(pause_s)
        try:
            self._more = await table.detail(line)
        except EventDeskError as error:  # the row may be gone, or not for this person to open
            self._more = (Block([("", f"✗ {error}"), ("", error.hint)]),)
        self._paint()

    def on_resize(self) -> None:
        """Set the facts to the new width."""
        self._paint()

    def _paint(self) -> None:
        table, line = self.table, self._line
        if table is None or line is None:
            title = Content.styled(_("The marked row is shown here in full."), "not bold $faint")
            facts = Content("")
        else:
            title = Content(plain(line.cells[table.headline], limit=400).strip() or "–")
            blocks = once([Block(row_facts(table, line)), *self._more], title.plain)
            room = self.query_one(VerticalScroll).scrollable_content_region.width
            facts = painted(blocks, max(20, room))
        self.query_one(".detail-title", Static).update(title)
        self.query_one(".detail-facts", Static).update(facts)
        self.show_keys()

    def show_keys(self) -> None:
        """Name the keys of the row; Enter is dimmed while the keyboard is not in its list."""
        table, words = self.table, Content("")
        if table is not None and self._line is not None:
            keys = keys_of(table)
            if self.query_one(VerticalScroll).show_vertical_scrollbar:
                keys.append(("Ctrl+D", _("more of it")))
            words = _side_by_side(keys, table.has_focus_within, self.content_region.width)
        self.query_one(".detail-keys", Static).update(words)


def _side_by_side(keys: Sequence[tuple[str, str]], enters: bool, width: int) -> Content:
    """Set keys one after the other, none over the end of a line."""
    lines = [Content("")]
    for key, name in keys:
        look = "bold $primary" if enters or key != "Enter" else "$faint"
        entry = Content.assemble((f"{key} ", look), name)
        if lines[-1] and lines[-1].cell_length + 2 + entry.cell_length > width:
            lines.append(Content(""))
        lines[-1] = lines[-1] + "  " + entry if lines[-1] else entry
    return Content("\n").join(lines)


class ListAndDetail(Horizontal):
    """Lays out what it is given, and beside it the detail of its list, where there is room.

    Args:
        owner: Whose keys are the row's as well, when it is around this and not in it.
    """

    DEFAULT_CSS = """
    ListAndDetail {
        height: 1fr;
        & > .list-side { width: 5fr; height: 100%; }
        & > DetailPane { display: none; width: 3fr; min-width: 34; max-width: 64; }
        &.-beside > DetailPane { display: block; }
        &.-beside .said-below { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d", "scroll_detail(8)", show=False, tooltip="Scroll the detail down"),
        Binding("ctrl+u", "scroll_detail(-8)", show=False, tooltip="Scroll the detail up"),
    ]

    pane = getters.query_one(DetailPane)

    def __init__(self, *children: Widget, owner: Widget | None = None) -> None:
        super().__init__()
        self.side, self.owner = Vertical(*children, classes="list-side"), owner
        self._last: PagedTable | None = None

    def compose(self) -> ComposeResult:
        """Lay out the list and its detail."""
        yield self.side
        yield DetailPane()

    @property
    def table(self) -> PagedTable | None:
        """The list on show that has, had last, or first gets the keyboard."""
        tables = [table for table in self.side.query(PagedTable) if _is_shown(table)]
        focused = next((table for table in tables if table.has_focus_within), None)
        if focused is None and self._last in tables:
            return self._last
        return focused or next(iter(tables), None)

    def follow(self) -> None:
        """Show the detail of the list on show, or none."""
        table = self._last = self.table
        wide = self.app.size.width >= FROM_COLUMNS
        beside = wide and table is not None
        self.set_class(beside, "-beside")
        self.pane.show(table if beside else None)

    def on_resize(self) -> None:
        """Show the detail where there is room now, or no more."""
        self.follow()

    @on(PagedTable.Shown)
    def _follow_row(self, message: PagedTable.Shown) -> None:
        message.stop()
        if message.table is self.table:
            self.follow()

    def on_descendant_focus(self) -> None:
        """Follow the list that has the keyboard now."""
        if self.table is not self.pane.table:
            self.follow()
        self.pane.show_keys()

    def on_descendant_blur(self) -> None:
        """Dim the keys that do nothing now."""
        self.pane.show_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to scroll only beside a list."""
        return action != "scroll_detail" or self.has_class("-beside")

    def action_scroll_detail(self, lines: int) -> None:
        """Scroll the detail by some lines."""
        self.pane.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _is_shown(table: PagedTable) -> bool:
    return all(node.display for node in table.ancestors_with_self if isinstance(node, Widget))


def _key(line: Line | None) -> UUID | None:
    return None if line is None else line.key


def row_facts(table: PagedTable, line: Line) -> list[tuple[str, str]]:
    """The cells of a row after their titles, but for the one that names it."""
    cells = enumerate(zip(table.columns, line.cells, strict=False))
    return [(str(column.title), cell) for at, (column, cell) in cells if at != table.headline]


def keys_of(table: PagedTable) -> list[tuple[str, str]]:
    """The keys of the part that a table is in, and what they do."""
    keys = {} if not table.enter else {"choose": ("Enter", str(table.enter))}
    for node, bindings in _around(table):
        for _key, binding in bindings:
            _namespace, action, parameters = parse(binding.action)
            if binding.show and node.check_action(action, parameters):
                shown = (table.app.get_key_display(binding), translated(binding.description))
                keys.setdefault(binding.action, shown)
    return list(dict.fromkeys(keys.values()))


def _around(table: PagedTable) -> Iterator[tuple[Widget, BindingsMap]]:
    """What is around a table, with its keys, to the end of its list's side."""
    for node in table.ancestors:
        if isinstance(node, ListAndDetail):
            if node.owner is not None:
                yield node.owner, BindingsMap(node.owner.BINDINGS)
            return
        if isinstance(node, Widget):
            yield node, node._bindings
