"""A program that shows one widget, and a list of any length whose answers the test holds back."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

import screens
from screens.core.themes import DARK, THEMES
from screens.widgets.paged_lines import Line, Window

STYLES = Path(screens.__file__).parent / "styles"


class BareApp(App[None]):
    """Shows what it is given, in our looks."""

    CSS_PATH = [STYLES / "base.tcss", STYLES / "widgets.tcss"]

    def __init__(self, make: Callable[[], Iterable[Widget]]) -> None:
        super().__init__()
        self.make = make
        self.heard: list[Message] = []
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = DARK.name
        self.animation_level = "none"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DARK.variables

    def compose(self) -> ComposeResult:
        yield from self.make()


def key_of(index: int) -> UUID:
    """The key of the line that is in this place at first."""
    return UUID(int=index + 1)


class FakeList:
    """Lines of a store that notes what it is asked, and answers when the test lets it."""

    def __init__(self, total: int) -> None:
        self.keys: list[UUID] = [key_of(index) for index in range(total)]
        self.names: dict[UUID, tuple[str, ...]] = {}
        self.asked: list[tuple[str, int, int]] = []
        self.error: Exception | None = None
        self._open = asyncio.Event()
        self._open.set()

    def hold(self) -> None:
        """Answer nothing until `let_go`."""
        self._open.clear()

    def let_go(self) -> None:
        """Answer what was asked, and all that will be."""
        self._open.set()

    async def __call__(self, text: str, offset: int, limit: int) -> Window:
        self.asked.append((text, offset, limit))
        keys = [key for key in self.keys if text in self._cells(key)[0]]
        lines = tuple(Line(key, self._cells(key)) for key in keys[offset : offset + limit])
        await self._open.wait()  # what was found may be old by now
        if self.error is not None:
            raise self.error
        return Window(lines, len(keys))

    def _cells(self, key: UUID) -> tuple[str, ...]:
        return self.names.get(key, (f"Guest {key.int}", f"{key.int % 90}.50"))
