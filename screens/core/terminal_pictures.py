"""Pictures that the terminal itself draws, and whether it does."""

from collections.abc import Callable, Mapping
from secrets import randbelow
from typing import Final, Protocol, runtime_checkable

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from eventdesk.core.settings import Graphics
from screens.core.kitty_graphics import MAX_NUMBER, deleting, placeholders, sending

DRAWING_TERMS: Final = frozenset({"xterm-kitty", "xterm-ghostty"})
DRAWING_PROGRAMS: Final = frozenset({"kitty", "ghostty"})

OTHER_TERMINALS: Final = frozenset(
    {"XTERM_VERSION", "VTE_VERSION", "KONSOLE_VERSION", "ALACRITTY_WINDOW_ID", "WEZTERM_PANE"}
)
"""Set by terminals that may have been started from kitty and have its variables too."""

MULTIPLEXERS: Final = frozenset({"TMUX", "STY", "ZELLIJ"})
"""Set by tmux, screen and zellij: between program and terminal, they keep pictures back."""


def draws_pictures(setting: Graphics, environ: Mapping[str, str]) -> bool:
    """Tell whether pictures may be sent, by the setting and what the terminal says of itself."""
    if setting == "none" or not _could_draw(environ):
        return False
    return setting == "kitty" or _says_so(environ)


def _could_draw(environ: Mapping[str, str]) -> bool:
    """Whether the number of a picture gets to the terminal as a colour, and the picture itself."""
    term = environ.get("TERM", "")
    return (
        "NO_COLOR" not in environ
        and environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
        and term not in ("", "dumb", "linux")
        and not term.startswith(("tmux", "screen"))
        and MULTIPLEXERS.isdisjoint(environ)
    )


def _says_so(environ: Mapping[str, str]) -> bool:
    if environ["TERM"] in DRAWING_TERMS:
        return True
    if program := environ.get("TERM_PROGRAM", ""):
        return program.lower() in DRAWING_PROGRAMS
    return "KITTY_WINDOW_ID" in environ and OTHER_TERMINALS.isdisjoint(environ)


@runtime_checkable
class DrawsPictures(Protocol):
    """A program that knows whether its terminal draws pictures."""

    @property
    def pictures(self) -> "TerminalPictures | None":
        """What sends them; None where the terminal draws none."""


class TerminalPictures:
    """Sends pictures to the terminal and takes them away again.

    Args:
        write: Takes what goes to the terminal as it is, before what is painted next.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        # Other programs number the pictures of the same window from 1.
        self._last = randbelow(MAX_NUMBER)

    def send(self, png: bytes, columns: int, rows: int) -> int:
        """Send a picture for so many cells, and return its number."""
        self._last = self._last % MAX_NUMBER + 1
        self._write(sending(self._last, png, columns, rows))
        return self._last

    def forget(self, number: int) -> None:
        """Take a picture away."""
        self._write(deleting(number))


def cells_of(number: int, columns: int, rows: int, style: Style) -> list[list[Segment]]:
    """Return the cells on which the terminal draws a picture, row by row."""
    numbered = style + Style(color=Color.from_rgb(number >> 16, number >> 8 & 255, number & 255))
    return [[Segment(text, numbered)] for text in placeholders(columns, rows)]
