"""Looks at each page of a crawl for what people could not read, or press in vain."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from textual.pilot import Pilot
from textual.screen import Screen

from screens.core.themes import THEMES
from tests.crawl.crawl import Way, bound_ways, classes_on
from tests.crawl.finding import Finding
from tests.crawl.shot import settled
from tests.looks.contrast import faint
from tests.looks.cuts import cuts
from tests.looks.glyphs import missing
from tests.looks.keys import named_keys
from tests.screens.stage import page

SIZES: Final = ((80, 24), (120, 35), (160, 48))

MAY_CHANGE_NOTHING: Final = {
    "re_read": "what is on show is read again, and is the same",
    "show": "what is asked for is on show already",
    "span": "the figures of another span are the same where little has happened",
}
"""Actions that may change nothing that can be seen, and why."""


@dataclass
class LooksEye:
    """Reads pages as people see them.

    Attributes:
        data: The signs of what people typed, which may be in any script.
        sizes: The sizes in which it is looked for cuts.
        themes: The themes in which contrast is measured.
        every: Whether each page is looked at in all of them, or the first of each screen and part.
    """

    data: frozenset[str]
    sizes: Sequence[tuple[int, int]] = SIZES
    themes: Sequence[str] = tuple(THEMES)
    every: bool = True
    _met: set[frozenset[object]] = field(default_factory=set)

    def toast(self, where: str, text: str) -> Iterable[Finding]:
        """Signs that fonts lack."""
        yield from _all(where, "glyph", missing(text, self.data))

    async def look(self, pilot: Pilot[None], where: str) -> AsyncIterator[Finding]:
        """What is cut, faint or has no glyph, in each size and theme."""
        kinds = frozenset(classes_on(pilot.app.screen))
        is_known, first = kinds in self._met, pilot.app.size
        self._met.add(kinds)
        now, usual = (first.width, first.height), pilot.app.theme
        for size in self.sizes if self.every or not is_known else (now,):
            await _resize(pilot, size)
            place = f"{where} {size[0]}×{size[1]}"
            for widget, text in await _that_stay(pilot, cuts):
                yield Finding(f"{place} {widget}", "cut", text)
        await _resize(pilot, now)
        for theme in self.themes if self.every or not is_known else ():
            await _paint_in(pilot, THEMES[theme].name)
            for widget, text in await _that_stay(pilot, faint):
                yield Finding(f"{where} {theme} {widget}", "faint", text)
        await _paint_in(pilot, usual)
        for each in _all(where, "glyph", missing(page(pilot), self.data)):
            yield each

    def ways(self, screen: Screen[Any]) -> list[Way]:
        """The keys that hold, and those that a text names; each once."""
        bound = bound_ways(screen)
        by_key = {way.key: way for way in bound}
        for way in named_keys(screen):
            held = by_key.get(way.key)
            if held is None:
                by_key[way.key] = _bound(screen, way)
            elif not held.shown:
                by_key[way.key] = Way(held.key, held.action, way.shown)
        return list(by_key.values())

    def nothing_happened(self, where: str, way: Way) -> Iterable[Finding]:
        """A key that is named and does nothing."""
        action = way.action.partition("(")[0].rpartition(".")[2]
        if way.shown and action not in MAY_CHANGE_NOTHING:
            yield Finding(f"{where} {way.key}", "dead key", f"{way.action or '?'}: {way.shown}")


def _bound(screen: Screen[Any], way: Way) -> Way:
    active = screen.active_bindings.get(way.key)
    return way if active is None else Way(way.key, active.binding.action, way.shown)


async def _that_stay(
    pilot: Pilot[None], look: Callable[[Screen[Any]], Iterable[tuple[str, str]]]
) -> list[tuple[str, str]]:
    """What a look finds, and finds again once the screen has come to rest."""
    found = list(look(pilot.app.screen))
    if not found:
        return []
    await settled(pilot)
    again = set(look(pilot.app.screen))
    return [each for each in found if each in again]


def _all(where: str, what: str, texts: Iterable[str]) -> Iterator[Finding]:
    return (Finding(where, what, text) for text in texts)


async def _resize(pilot: Pilot[None], size: tuple[int, int]) -> None:
    if pilot.app.size != size:
        await pilot.resize_terminal(*size)
        await pilot.pause()


async def _paint_in(pilot: Pilot[None], theme: str) -> None:
    if pilot.app.theme != theme:
        pilot.app.theme = theme
        await pilot.pause()
