"""Logos as pictures on the screen: half blocks, side by side, each over its name."""

from collections.abc import Sequence
from io import BytesIO
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Label

from eventdesk.core.plain_text import plain
from eventdesk.programme import MAX_LOGO

HEIGHT: Final = 4
MAX_WIDTH: Final = 20
"""Cells of one logo; two of its pixels stand above each other in a cell."""


class Logo(Widget):
    """Shows the logo of a PNG on white, as large as it fits; nothing where it cannot be read."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set()
    DEFAULT_CSS = """
    Logo { height: 4; }
    """

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._strips = _painted(content)
        self.styles.width = max((strip.cell_length for strip in self._strips), default=0)
        self.display = bool(self._strips)

    def render_line(self, y: int) -> Strip:
        """Give one line of the picture."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)


class Logos(Horizontal):
    """Shows logos in a row; without any it takes no room."""

    DEFAULT_CSS = """
    Logos { height: auto; margin: 1 0; }
    Logos > Vertical { width: 20; height: auto; margin-right: 2; }
    Logos Label { width: 20; color: $faint; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.named: tuple[tuple[str, bytes], ...] = ()
        self.display = False

    async def show(self, named: Sequence[tuple[str, bytes]]) -> None:
        """Show the logos of these names."""
        wanted = tuple((name, content) for name, content in named if content)
        if wanted == self.named:
            return
        self.named = wanted
        self.display = bool(wanted)
        await self.recompose()

    def compose(self) -> ComposeResult:
        """Lay the logos out side by side, each over its name."""
        for name, content in self.named:
            with Vertical():
                yield Logo(content)
                yield Label(plain(name), markup=False)


def _painted(content: bytes) -> list[Strip]:
    # Loaded with the first picture: the door opens without them.
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    from screens.widgets.half_blocks import strips

    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as picture:
            if picture.width > MAX_LOGO[0] or picture.height > MAX_LOGO[1]:
                return []
            coloured = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError):
        return []
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    scale = min(MAX_WIDTH / paper.width, HEIGHT * 2 / paper.height)
    size = (max(1, round(paper.width * scale)), max(2, round(paper.height * scale) // 2 * 2))
    small = paper.convert("RGB").resize(size, Image.Resampling.BOX)
    return strips(np.array(small))
