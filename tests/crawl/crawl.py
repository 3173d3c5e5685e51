"""Going through the program by its own keys, and looking at each screen on the way."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from textual.binding import Binding
from textual.containers import ScrollableContainer
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from screens.app import EventDeskApp
from screens.core.part import Part
from tests.crawl.finding import Finding
from tests.crawl.shot import Shot, settled


def _bindings_of(kind: type[DOMNode]) -> Iterable[Binding]:
    """The keys a class brings by itself."""
    return Binding.make_bindings(kind.BINDINGS)


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

LIBRARYS_OWN: Final = frozenset(
    binding.action for binding in [*_bindings_of(Input), *_bindings_of(ScrollableContainer)]
) - {"submit"}
"""Actions of every line to type into and all that scrolls: no screen of ours makes them."""

DEEPEST: Final = 3
LEAVES: Final = 4
"""How often Esc is pressed before a screen is taken away."""


@dataclass(frozen=True, slots=True)
class Way:
    """A key to press.

    Attributes:
        key: As Textual names it.
        action: What it is bound to; "" where only a text names it.
        shown: What names it on the screen, such as the footer; "" where nothing does.
    """

    key: str
    action: str
    shown: str = ""

    @property
    def leads_out(self) -> bool:
        """Whether it leaves the screen, the program, or only changes its colours."""
        return self.action.partition("(")[0].rpartition(".")[2] in LEFT_OUT

    @property
    def is_the_librarys(self) -> bool:
        """Whether it moves about in a text or a page, as in any program with this library."""
        return self.action in LIBRARYS_OWN


class Eye(Protocol):
    """Looks at what a crawl comes by."""

    def toast(self, where: str, text: str) -> Iterable[Finding]:
        """What there is to mend in a notice."""

    def look(self, pilot: Pilot[None], where: str) -> AsyncIterator[Finding]:
        """What there is to mend on a page that was not seen before."""

    def ways(self, screen: Screen[Any]) -> Iterable[Way]:
        """The keys to press on a screen, in their order."""

    def nothing_happened(self, where: str, way: Way) -> Iterable[Finding]:
        """What there is to mend where a key changed nothing."""


def bound_ways(screen: Screen[Any]) -> list[Way]:
    """The keys that hold on a screen and say what they do, one for each action."""
    by_action: dict[str, Way] = {}
    for active in screen.active_bindings.values():
        if active.enabled and (active.binding.description or active.tooltip):
            shown = "footer" if active.binding.show and active.binding.description else ""
            way = Way(active.binding.key, active.binding.action, shown)
            by_action.setdefault(way.action, way)
    return list(by_action.values())


@dataclass
class Crawl:
    """What was seen on the way.

    Attributes:
        eye: Looks at each page.
        tell: Told each finding as it is made.
        findings: What is to be mended, each once.
        seen: The pages that were looked at.
        met: The classes of the screens and parts that were on show.
        again: Whether a kind of screen is gone through wherever a key leads to it, or only once.
    """

    eye: Eye
    tell: Callable[[Finding], object] = lambda finding: None
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    met: set[type[Widget]] = field(default_factory=set)
    again: bool = True
    _gone_through: set[frozenset[type[Widget]]] = field(default_factory=set)

    async def visit(
        self,
        pilot: Pilot[None],
        where: str,
        depth: int = 1,
        *,
        ready: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Look at the screen on top, and at what each of its keys leads to.

        Args:
            pilot: Drives the program.
            where: What the screen is called in the report.
            depth: How many screens led here.
            ready: Brings back what the keys act on, before each of them.
        """
        screen = pilot.app.screen
        self._gone_through.add(kind_of(screen))
        shot = await settled(pilot)
        await self.look(pilot, where, shot)
        keyboard = screen.focused
        for way in self.eye.ways(screen):
            if way.leads_out or way.is_the_librarys:
                continue
            if ready is not None:
                await ready()
                shot = await settled(pilot)
            before = len(self.seen)
            await pilot.press(way.key)
            then = await settled(pilot)
            if then == shot and self._is_named(way, screen):
                self._note(self.eye.nothing_happened(where, way))
            await self.look(pilot, f"{where} > {way.key}", then)
            is_new = len(self.seen) > before and self._is_to_go_through(pilot.app.screen)
            if pilot.app.screen is not screen and is_new and depth < DEEPEST:
                await self.visit(pilot, f"{where} > {way.key}", depth + 1)
            if pilot.app.screen is not screen:
                await go_back(pilot, screen)
            if screen not in pilot.app.screen_stack:
                return
            if keyboard is not None and keyboard.is_attached and screen.focused is not keyboard:
                screen.set_focus(keyboard)
            shot = await settled(pilot)

    def _is_to_go_through(self, screen: Screen[Any]) -> bool:
        """Whether the keys of a screen are still to be pressed."""
        return self.again or kind_of(screen) not in self._gone_through

    def _is_named(self, way: Way, screen: Screen[Any]) -> bool:
        """Whether a key is still on show: those pressed before it may have changed the page."""
        return any(each.key == way.key and each.shown for each in self.eye.ways(screen))

    async def look(self, pilot: Pilot[None], where: str, shot: Shot) -> None:
        """Note what is to be mended on the screen on top, unless it looked the same before."""
        for notice in list(pilot.app._notifications):
            for text in (notice.title, notice.message):
                self._note(self.eye.toast(f"{where} (toast)", text))
        pilot.app.clear_notifications()
        self.met.update(classes_on(pilot.app.screen))
        if shot.text not in self.seen:
            self.seen.add(shot.text)
            self._note([each async for each in self.eye.look(pilot, where)])

    def _note(self, found: Iterable[Finding]) -> None:
        for each in found:
            if (each.what, each.text) not in self.findings:
                self.findings[each.what, each.text] = each
                self.tell(each)


def classes_on(screen: Screen[Any]) -> Iterator[type[Widget]]:
    """The class of a screen, and those of the parts that are open on it."""
    yield type(screen)
    for part in screen.query(Part):
        if part.region:
            yield type(part)


def kind_of(screen: Screen[Any]) -> frozenset[type[Widget]]:
    """What makes a screen another one: its class, and those of all there is on it."""
    return frozenset((type(screen), *map(type, screen.walk_children(Widget))))


async def go_back(pilot: Pilot[None], screen: Screen[Any]) -> None:
    """Go back to a screen that is still open, as people do; what asks is answered with going."""
    app = pilot.app
    assert isinstance(app, EventDeskApp)
    for _try in range(LEAVES):
        if app.screen is screen or screen not in app.screen_stack:
            return
        await pilot.press("escape")
        await settled(pilot)
    while app.screen is not screen and screen in app.screen_stack:
        app.pop_screen()
        await pilot.pause()
