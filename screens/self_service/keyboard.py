"""A keyboard on the screen, for a kiosk that has none: types into whatever has the focus."""

from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

BACKSPACE: Final = "⌫"
"""The key that deletes; every other key types itself, and a space stands where no key is."""

LETTERS: Final = ("1234567890⌫", "qwertyuiop-", "asdfghjkl@_", "zxcvbnm.+")
"""All that an e-mail address, a PIN or a booking code is mostly made of."""

SPACE: Final = "␣"
"""The key that types a space."""

WORDS: Final = ("1234567890⌫", "qwertyuiop-", "asdfghjkl'.", "zxcvbnm,@␣")
"""What names and sentences are mostly made of."""

DIGITS: Final = ("123", "456", "789", " 0⌫")


class Keyboard(Widget):
    """Rows of keys that grow with the room they are given; none is longer than the first."""

    DEFAULT_CSS = """
    Keyboard {
        width: 1fr;
        max-width: 88;
        height: 8;
        & > .keyboard--key { background: $panel; color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyboard--key"}

    @dataclass
    class Typed(Message):
        """A key was touched."""

        key: str

    def __init__(self, rows: tuple[str, ...] = LETTERS) -> None:
        super().__init__()
        self.rows = rows

    def render_line(self, y: int) -> Strip:
        """Draw one line: keys of one width with a gap beside, and a gap below each row."""
        gap = self.rich_style
        row, line = divmod(y, self._row_height)
        if row >= len(self.rows) or line == self._row_height - 1:
            return Strip.blank(self.size.width, gap)
        key = self.get_component_rich_style("keyboard--key")
        is_middle = line == (self._row_height - 2) // 2
        segments = []
        for label in self.rows[row]:
            text = (label if is_middle else "").center(self._key_width - 1)
            segments.append(Segment(text, gap if label == " " else key))
            segments.append(Segment(" ", gap))
        return Strip(segments).adjust_cell_length(self.size.width, gap)

    def on_click(self, event: Click) -> None:
        """Tell which key was touched."""
        event.stop()
        row, column = event.y // self._row_height, event.x // self._key_width
        if row < len(self.rows) and self.rows[row][column : column + 1].strip():
            self.post_message(self.Typed(self.rows[row][column]))

    @staticmethod
    def type_into(line: Input, key: str, *, capitals: bool = False) -> None:
        """Type a key into a line; `capitals` begins words with one, as names do."""
        before = line.value[: line.cursor_position]
        if key == BACKSPACE:
            line.action_delete_left()
        elif key == SPACE:
            line.insert_text_at_cursor(" ")
        elif capitals and (not before or before[-1] in " -'"):
            line.insert_text_at_cursor(key.upper())
        else:
            line.insert_text_at_cursor(key)

    @property
    def _row_height(self) -> int:
        return max(2, self.size.height // len(self.rows))

    @property
    def _key_width(self) -> int:
        return max(2, self.size.width // len(self.rows[0]))
