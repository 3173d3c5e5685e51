"""Screens of parts: a list at the left, the open part at the right."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.dom import DOMNode
from textual.timer import Timer
from textual.walk import walk_depth_first
from textual.widget import Widget
from textual.widgets import ContentSwitcher, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker

from eventdesk.acts import Actor, Permission, Topic
from eventdesk.core.messages import Message, _
from screens.core.loading import load
from screens.core.part import Part
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.modals.questions import YesNo
from screens.widgets.detail_pane import ListAndDetail
from screens.widgets.paged_table import PagedTable

PASSING_S: Final = 0.12
"""A part that is only passed in the list is not opened."""


@dataclass(frozen=True, slots=True)
class PartSpec:
    """A part of the screen.

    Attributes:
        id: Letters only.
        title: As the list shows it, at most 13 cells.
        target: The `module:Class` of a `Part`, imported when it is first opened.
        permission: Whoever does not hold it does not see the part.
        also: Others that let one see it just as well.
    """

    id: str
    title: str | Message
    target: str
    permission: Permission
    also: tuple[Permission, ...] = ()

    def is_for(self, actor: Actor) -> bool:
        """Whether somebody sees the part."""
        return actor.may(self.permission, *self.also)


class PartList(OptionList):
    """The parts to choose from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,right", "select", "Open", key_display="Enter", tooltip="Go into the marked part"
        )
    ]


class PartsScreen(RoleScreen[None]):
    """Shows one of several parts; a subclass says in `make_part` how they are made."""

    THINGS = ("store",)
    HELP = (
        "Choose a part at the left; Enter goes into it, Esc comes back, and once more leaves. The "
        "keys of the part work from the list as well, and take you into it."
    )
    # A whole path: Textual looks for another one beside the file of the subclass.
    CSS_PATH = Path(__file__).parent.parent / "styles" / "parts.tcss"
    AUTO_FOCUS = "#parts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "other_side", "List/part", id="other_side", tooltip="To the list and back"),
        # Before what has the keyboard: whatever scrolls knows these two keys as well.
        Binding(
            "ctrl+pageup",
            "turn(-1)",
            "Part before",
            show=False,
            priority=True,
            tooltip="Open the part before",
        ),
        Binding(
            "ctrl+pagedown",
            "turn(1)",
            "Next part",
            show=False,
            priority=True,
            tooltip="Open the next part",
        ),
    ]

    parts = getters.query_one("#parts", PartList)
    switcher = getters.query_one("#part", ContentSwitcher)

    def __init__(self, tools: Tools, actor: Actor, specs: Sequence[PartSpec]) -> None:
        super().__init__(tools)
        self.actor = actor
        self.specs = [spec for spec in specs if spec.is_for(actor)]
        self.current = ""
        self._opened: dict[str, Part] = {}
        self._one_by_one = asyncio.Lock()
        self._passing: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the list and the part."""
        with Horizontal(id="parts-and-part"):
            titles = (Option(str(spec.title), id=spec.id) for spec in self.specs)
            yield PartList(*titles, id="parts", markup=False)
            yield ListAndDetail(ContentSwitcher(id="part"))

    def on_mount(self) -> None:
        """Open the first part."""
        if self.specs:
            self.open_part(self.specs[0].id)

    @property
    def tab(self) -> Part | None:
        """The part that is open."""
        return self._opened.get(self.current)

    @property
    def shows(self) -> frozenset[Topic] | None:
        """What the open part shows."""
        return self.SHOWS if self.tab is None else self.tab.SHOWS

    @property
    def within_reach(self) -> Iterator[DOMNode]:
        """What leads to where the part takes the keyboard, its tables, and the part."""
        tab = self.tab
        if tab is None or not tab.is_mounted:
            return
        yield from takewhile(lambda node: node is not tab, (tab.entry or tab).ancestors_with_self)
        tables = walk_depth_first(tab, PagedTable, with_root=False)
        yield from (table for table in tables if _is_on_show(table, tab))
        yield tab

    def acted(self, node: DOMNode) -> None:
        """Go into the part when one of its keys was pressed outside it."""
        tab = self.tab
        if tab is not None and tab in node.ancestors_with_self:
            focused = self.focused
            if focused is None or tab not in focused.ancestors_with_self:
                tab.enter()

    async def re_read(self) -> None:
        """Read the part on show again; the others read when they are opened."""
        await super().re_read()
        if self.tab is not None:
            await self.tab.re_read()

    def make_part(self, spec: PartSpec) -> Part:
        """Make a part that is opened for the first time."""
        part = load(spec.target)(self.tools, self.actor)
        assert isinstance(part, Part)
        return part

    def open_part(self, part: str, *, enter: bool = False) -> Worker[None]:
        """Show a part; one that was opened before comes back as it was left."""
        is_other, self.current = part != self.current, part
        self._stop_passing()
        with self.prevent(OptionList.OptionHighlighted):
            self.parts.highlighted = [spec.id for spec in self.specs].index(part)
        return self._open(part, enter=enter, is_other=is_other)

    @work(group="open", exit_on_error=False)
    async def _open(self, part: str, *, enter: bool, is_other: bool) -> None:
        async with self._one_by_one:
            tab = self._opened.get(part)
            if tab is None:
                tab = self.make_part(next(spec for spec in self.specs if spec.id == part))
                tab.id = f"tab-{part}"
                tab.display = False
                await self.switcher.mount(tab)
                self._opened[part] = tab
            if part != self.current or not tab.is_attached:
                return  # another one was opened meanwhile, or the screen was left
            self.switcher.current = tab.id
            self.query_one(ListAndDetail).follow()
            if enter:
                tab.enter()
            self.refresh_bindings()
        if is_other:
            with self.waiting():
                await tab.re_read()
            self.refresh_bindings()
            self.tell("store", self.store_health)

    @on(OptionList.OptionHighlighted, "#parts")
    def _open_soon(self, message: OptionList.OptionHighlighted) -> None:
        """Open what is marked, unless it is only passed."""
        self._stop_passing()
        part = message.option_id or ""
        if part != self.current:
            self._passing = self.set_timer(PASSING_S, lambda: self.open_part(part))

    @on(OptionList.OptionSelected, "#parts")
    def _enter(self, message: OptionList.OptionSelected) -> None:
        self.open_part(message.option_id or "", enter=True)

    def action_turn(self, step: int) -> None:
        """Open the part before or the next one; the keyboard stays on its side."""
        if not self.specs:
            return
        marked = ((self.parts.highlighted or 0) + step) % len(self.specs)
        self.open_part(self.specs[marked].id, enter=not self.parts.has_focus)

    def action_other_side(self) -> None:
        """Give the keyboard to the list, or to the part."""
        if not self.parts.has_focus:
            self.parts.focus()
        elif self.tab is not None:
            self.tab.enter()

    def would_be_lost(self) -> str:
        """What some part would lose."""
        return next(filter(None, (tab.would_be_lost() for tab in self._opened.values())), "")

    def action_back(self) -> None:
        """Go back to the list of parts, and from there leave."""
        if self.specs and not self.parts.has_focus:
            self.parts.focus()
        else:
            self._leave()

    @work(exclusive=True, group="back", exit_on_error=False)
    async def _leave(self) -> None:
        """Go; ask first when something was typed and not saved."""
        lost = self.would_be_lost()
        if not lost or await self.app.push_screen_wait(YesNo(_("Leave it?"), lost, yes=_("Leave"))):
            self.dismiss(None)

    def _stop_passing(self) -> None:
        if self._passing is not None:
            self._passing.stop()
            self._passing = None


def _is_on_show(widget: Widget, tab: Part) -> bool:
    """Whether nothing between a widget and its part hides it."""
    within = takewhile(lambda node: node is not tab, widget.ancestors_with_self)
    return all(node.display for node in within if isinstance(node, Widget))
