"""The desk's one input: a hardware scanner, a person typing, or pasted lines; nothing is lost."""

from dataclasses import dataclass
from typing import Any, Final

from textual.events import Key, Paste
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input

from eventdesk.core.token import TOKEN_LENGTH, looks_like_token

LINE_ENDS: Final = frozenset({"enter", "ctrl+j"})
"""Keys a scanner ends a code with; one that sends both ends an empty line with the second, which
does nothing: only Enter alone does what the verdict says."""

MAX_LINE: Final = 300
FOREIGN_CODE: Final = 20
"""A word of so many characters was scanned rather than typed."""


class ScanInput(Input):
    """Tells of each line as a whole, however fast the lines follow each other.

    Lines are cut where the keys arrive, before the next key is looked at: `Input.Submitted` is
    heard only after later keys have been typed into the same text. Characters that wait to be typed
    are typed at once: a code has sixty, and each would be told of by itself. Its cursor stands
    still: it has the focus all day, and each blink would paint the line anew.
    """

    cursor_blink = var(False)

    @dataclass
    class LineEntered(Message):
        """A line was ended at `pressed_s` by the clock of the keys; the input is empty again."""

        text: str
        pressed_s: float

    @dataclass
    class EnterAlone(Message):
        """Enter was pressed with nothing typed."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._burst = ""

    def on_key(self, event: Key) -> None:
        """Cut the line at its end; the tabulator ends a code, and never leaves the input."""
        if event.is_printable and event.character is not None:
            self._type_soon(event.character)
            event.stop()
            event.prevent_default()
            return
        self._type_burst()
        scanned = token_in(self.value) or is_foreign_code(self.value.strip())
        if event.key == "enter" and not self.value.strip():
            self.post_message(self.EnterAlone())
        elif event.key in LINE_ENDS or (event.key == "tab" and scanned):
            self._end_line(self.value, event.time)
        elif event.key not in {"tab", "shift+tab"}:
            return
        event.stop()
        event.prevent_default()

    def _type_soon(self, character: str) -> None:
        """Type a character together with those that have come by then."""
        if not self._burst:
            self.call_later(self._type_burst)
        self._burst += character

    def _type_burst(self) -> None:
        burst, self._burst = self._burst, ""
        if burst:
            self.replace(burst, *self.selection)

    def on_paste(self, event: Paste) -> None:
        """Take every whole line that is pasted; a last one without end stays to be typed on."""
        self._type_burst()
        event.stop()
        event.prevent_default()
        *whole, rest = (
            f"{self.value}{event.text}".replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )
        for line in whole:
            self._end_line(line, event.time)
        if token_in(rest):
            self._end_line(rest, event.time)
        else:
            self.value = rest[:MAX_LINE]
            self.cursor_position = len(self.value)

    def _end_line(self, text: str, pressed_s: float) -> None:
        self.value = ""
        if text.strip():
            self.post_message(self.LineEntered(text.strip()[-MAX_LINE:], pressed_s))


def token_in(line: str) -> str:
    """Return the token a line ends with, or "".

    What was half typed before a code was scanned, and a scanner that confuses capitals with
    small letters, do no harm.

    >>> token_in("smith")
    ''
    """
    token = line.strip()[-TOKEN_LENGTH:].upper()
    return token if looks_like_token(token) else ""


def is_foreign_code(line: str) -> bool:
    """Whether a line was read off some code that is none of ours, rather than typed to search.

    >>> is_foreign_code("https://example.org/ticket/1"), is_foreign_code("Ada Lovelace")
    (True, False)
    """
    return len(line) >= FOREIGN_CODE and "@" not in line and len(line.split()) == 1


class LineInput(Input):
    """Tells of its line when it is ended."""

    @dataclass
    class Ended(Message):
        """The line was ended; it stays to be corrected."""

        text: str

    def on_key(self, event: Key) -> None:
        """Cut the line at its end, before the next key is looked at."""
        if event.key in LINE_ENDS:
            event.stop()
            event.prevent_default()
            self.post_message(self.Ended(self.value.strip()))
