"""A dialog with a QR code, and words beside it."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Static

from badges.qr import half_blocks

INK: Final = "#ffffff on #000000"
"""White on black in every theme: most readers do not take an inverted code."""

WORDS: Final = 34
"""Columns of the words beside the code."""


class BesideCode(ModalScreen[ScreenResultType]):
    """Shows a QR code as high as the smallest terminal, and words beside it.

    Where there is no room for the code, the words stand alone: they hold the address, too.
    """

    DEFAULT_CSS: ClassVar[str] = """
    BesideCode {
        align: center middle;
        & #beside { width: auto; height: auto; max-height: 100%; background: $surface; }
        & Horizontal { width: auto; height: auto; }
        & #code { width: auto; height: auto; }
        & #words { width: 34; height: auto; padding: 1; }
        & #words Label { width: 100%; margin-bottom: 1; }
        & .name { text-style: bold; }
        & .typed { color: $primary; }
        & .waits { color: $warning; }
    }
    """

    @property
    @abstractmethod
    def encoded(self) -> str:
        """What the code says; "" where there is none."""

    @abstractmethod
    def words(self) -> Iterable[Widget]:
        """Give what stands beside the code, from above."""

    def compose(self) -> ComposeResult:
        """Lay out the code, and the words beside it."""
        with Vertical(id="beside"), Horizontal():
            yield Static(id="code")
            with Vertical(id="words"):
                yield from self.words()

    def on_mount(self) -> None:
        """Show the code."""
        self.draw()

    def on_resize(self) -> None:
        """Show the code where there is room for it."""
        self.draw()

    def draw(self) -> bool:
        """Show what is encoded now, and say whether it has room."""
        encoded, code = self.encoded, self.query_one("#code", Static)
        rows = half_blocks(encoded, small=True) if encoded else []
        size = self.app.size
        high, wide = len(rows), max(map(len, rows), default=0) + WORDS
        code.display = bool(rows) and size.height >= high and size.width >= wide
        if code.display:
            code.update(Text("\n".join(rows), style=INK))
        return code.display
