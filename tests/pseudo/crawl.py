"""Going through the program by its own keys, and looking at each screen on the way."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList, TextArea

from screens.admin.log_part import LogPart
from screens.app import EventDeskApp
from screens.widgets.paged_lines import PagedLines
from tests.pseudo.findings import Finding, look_at
from tests.screens.stage import page

LEFT_OUT: Final = frozenset(
    {
        "leave",
        "next_theme",
        "back",
        "give_up",
        "refuse",
        "dismiss",
        "quit",
        "copy_text",
        "command_palette",
    }
)
"""Actions that lead out, or look the same."""

DEEPEST: Final = 3
SETTLED: Final = 2
MAX_PAUSES: Final = 60


@dataclass
class Crawl:
    """What was seen on the way.

    Attributes:
        data: Words that are data, not messages.
        tell: Told each finding as it is made.
        findings: What is to be mended, each once.
        seen: The pages that were looked at.
    """

    data: frozenset[str]
    tell: Callable[[Finding], object] = lambda finding: None
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    async def visit(self, pilot: Pilot[None], where: str, depth: int = 1) -> None:
        """Look at the screen on top, and at what each of its keys leads to.

        Args:
            pilot: Drives the program.
            where: What the screen is called in the report.
            depth: How many screens led here.
        """
        screen = pilot.app.screen
        await settled(pilot)
        self.look(pilot, where)
        for key, action in _ways(screen):
            if action.partition("(")[0].rpartition(".")[2] in LEFT_OUT:
                continue
            await pilot.press(key)
            await settled(pilot)
            before = len(self.seen)
            self.look(pilot, f"{where} > {key}")
            if pilot.app.screen is not screen and len(self.seen) > before and depth < DEEPEST:
                await self.visit(pilot, f"{where} > {key}", depth + 1)
            await _back(pilot, screen)
            if screen not in pilot.app.screen_stack:
                return

    def look(self, pilot: Pilot[None], where: str) -> None:
        """Note what is to be mended on the screen on top, unless it looked the same before."""
        shown = page(pilot)
        notices = list(pilot.app._notifications)
        for notice in notices:
            for text in (notice.title, notice.message):
                self._note(look_at(f"{where} (toast)", text, self.data))
        pilot.app.clear_notifications()
        if shown in self.seen:
            return
        self.seen.add(shown)
        for widget in leaves(pilot.app.screen):
            if text := text_of(widget):
                name = f"{where} {type(widget).__name__}{f'#{widget.id}' if widget.id else ''}"
                self._note(look_at(name, text, self.data))

    def _note(self, found: Iterator[Finding]) -> None:
        for each in found:
            if (each.what, each.text) not in self.findings:
                self.findings[each.what, each.text] = each
                self.tell(each)


def leaves(screen: Screen[Any]) -> Iterator[Widget]:
    """The widgets on show that paint text themselves, but for the log, which is kept in English."""
    for widget in screen.walk_children(Widget):
        if isinstance(widget, PagedLines | Label) and any(
            isinstance(each, LogPart) for each in widget.ancestors
        ):
            continue
        if widget.region and all(each.display for each in widget.ancestors_with_self):
            if isinstance(widget, Input | TextArea) and str(getattr(widget, "value", "") or ""):
                continue  # what somebody typed
            if not widget.displayed_children:
                yield widget


def text_of(widget: Widget) -> str:
    """The characters that a widget paints.

    A table cuts cells with an ellipsis by design and tells the whole of a line in its tooltip, so
    its cells are taken whole.
    """
    if isinstance(widget, PagedLines) and widget.pages.total:
        seen = range(widget.top, widget.top + widget.room.height)
        lines = (widget.pages.line(index) for index in seen)
        return "\n".join(cell for line in lines if line is not None for cell in line.cells)
    strips = widget.render_lines(Region(0, 0, *widget.outer_size))
    if isinstance(widget, OptionList):  # all its lines: where it scrolls, none is cut
        top = widget.scroll_offset.y
        strips = [widget.render_line(y - top) for y in range(widget.virtual_size.height)]
    return "\n".join(
        "".join(segment.text for segment in strip).rstrip() for strip in strips
    ).strip()


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the screen looks the same for a while."""
    same, before = 0, ""
    for _pause in range(MAX_PAUSES):
        await pilot.pause()
        await asyncio.sleep(0.02)
        now = page(pilot)
        same, before = (same + 1, now) if now == before else (0, now)
        if same >= SETTLED:
            return


def _ways(screen: Screen[Any]) -> list[tuple[str, str]]:
    """The keys that hold on a screen, one for each action, with the action."""
    by_action: dict[str, str] = {}
    for active in screen.active_bindings.values():
        if active.enabled and (active.binding.description or active.tooltip):
            by_action.setdefault(active.binding.action, active.binding.key)
    return [(key, action) for action, key in by_action.items()]


async def _back(pilot: Pilot[None], screen: Screen[Any]) -> None:
    """Go back to a screen, as people do; what asks is answered with going."""
    app = pilot.app
    assert isinstance(app, EventDeskApp)
    for _try in range(4):
        if app.screen is screen:
            return
        await pilot.press("escape")
        await settled(pilot)
    while app.screen is not screen and screen in app.screen_stack:
        app.pop_screen()
        await pilot.pause()
