"""Stylesheet that parses each source once for a theme."""

from typing import Any, Final

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

MAX_SOURCES: Final = 1_000
"""Sources whose rules are kept: the styles of all widgets and screens, some times over."""


class KeptStylesheet(Stylesheet):
    """A stylesheet that parses what is new.

    Textual's own parses all sources again for each screen that brings a style, and at the start
    for the theme.
    """

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache: LRUCache[tuple[Any, ...], Any] = LRUCache(MAX_SOURCES)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other variables; what was parsed holds as long as they are the same."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what was not parsed with the present variables."""
        self.parse()
