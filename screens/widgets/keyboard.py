"""A keyboard on the screen, for a kiosk that has none: types into whatever has the focus."""

from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

LETTERS: Final = ("1234567890", "qwertyuiop", "asdfghjkl@", "zxcvbnm.-_")
"""All that an e-mail address, a PIN or a booking code is mostly made of."""

DIGITS: Final = ("123", "456", "789", "0")

BACKSPACE: Final = "backspace"
"""Name of the key that deletes; every other key is the character it types."""

DELETE_LABEL: Final = "⌫ delete"


class Keyboard(Widget):
    """Rows of keys and one that deletes; the keys grow with the room they are given.

    Args:
        rows: The keys; no row is longer than the first.
    """

    DEFAULT_CSS = """
    Keyboard {
        width: 1fr;
        max-width: 90;
        height: 10;
        & > .keyboard--key { background: $panel; color: $foreground; }
        & > .keyboard--gap { background: $background; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyboard--key", "keyboard--gap"}

    @dataclass
    class Typed(Message):
        """A key was touched."""

        key: str

    def __init__(self, rows: tuple[str, ...] = LETTERS) -> None:
        super().__init__()
        self.rows = rows

    def render_line(self, y: int) -> Strip:
        """Draw one line: keys of one width with a gap between, and a gap below each row."""
        gap = self.get_component_rich_style("keyboard--gap")
        row, line = divmod(y, self._row_height)
        if row > len(self.rows) or line == self._row_height - 1:
            return Strip.blank(self.size.width, gap)
        key = self.get_component_rich_style("keyboard--key")
        is_middle = line == (self._row_height - 1) // 2
        labels = list(self.rows[row]) if row < len(self.rows) else [DELETE_LABEL]
        width = self._key_width if row < len(self.rows) else self.size.width
        segments = []
        for label in labels:
            segments.append(Segment((label if is_middle else "").center(width - 1), key))
            segments.append(Segment(" ", gap))
        return Strip(segments).adjust_cell_length(self.size.width, gap)

    def on_click(self, event: Click) -> None:
        """Tell which key was touched."""
        event.stop()
        row, column = event.y // self._row_height, event.x // self._key_width
        if row < len(self.rows) and column < len(self.rows[row]):
            self.post_message(self.Typed(self.rows[row][column]))
        elif row == len(self.rows):
            self.post_message(self.Typed(BACKSPACE))

    @property
    def _row_height(self) -> int:
        return max(2, self.size.height // (len(self.rows) + 1))

    @property
    def _key_width(self) -> int:
        return max(2, self.size.width // len(self.rows[0]))
