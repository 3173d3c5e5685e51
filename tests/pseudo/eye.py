"""Looks for what is no message, and for messages that are cut."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from tests.crawl.crawl import Way, bound_ways
from tests.crawl.finding import Finding
from tests.crawl.painted import leaves, name_of, text_of
from tests.pseudo.findings import look_at


class PseudoEye:
    """Reads the pages in the pseudo-language.

    Args:
        data: Words that are data, not messages.
    """

    def __init__(self, data: frozenset[str]) -> None:
        self.data = data

    def toast(self, where: str, text: str) -> Iterable[Finding]:
        """What there is to mend in a notice."""
        return look_at(where, text, self.data)

    async def look(self, pilot: Pilot[None], where: str) -> AsyncIterator[Finding]:
        """What there is to mend in what each widget paints."""
        for widget in leaves(pilot.app.screen):
            if text := text_of(widget):
                for each in look_at(f"{where} {name_of(widget)}", text, self.data):
                    yield each

    def ways(self, screen: Screen[Any]) -> Iterable[Way]:
        """The keys that say what they do."""
        return bound_ways(screen)

    def nothing_happened(self, where: str, way: Way) -> Iterable[Finding]:
        """Whether keys work does not depend on the language."""
        return ()
