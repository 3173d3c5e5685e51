"""Terminal driver: early typing is kept, a closed terminal ends the program."""

import fcntl
import os
import re
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

if TYPE_CHECKING:
    from screens.app import EventDeskApp


class TerminalDriver(LinuxDriver):
    """Drives a terminal that may be closed at any time.

    Textual's own output thread dies when the terminal is gone; what is written after that fills
    its queue, and the program waits for ever.
    """

    _app: "EventDeskApp"

    def __init__(self, app: "EventDeskApp", **how: Any) -> None:
        super().__init__(app, **how)
        assert self._file is not None
        self._file = cast("TextIOWrapper", _Output(self._file, self._gone))

    def start_application_mode(self) -> None:
        """Take the terminal over, with what was typed while the program was loaded."""
        before = self._take_typed()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if before is not None:
            self.attrs_before = before

    def _take_typed(self) -> list[Any] | None:
        """Read what waits, as if it had been typed on the screen; return how the terminal was.

        Until now the terminal gathered lines, and took Enter for the end of one.
        """
        try:
            before = termios.tcgetattr(self.fileno)
            now = termios.tcgetattr(self.fileno)
            now[tty.LFLAG] = self._patch_lflag(now[tty.LFLAG])
            now[tty.IFLAG] = self._patch_iflag(now[tty.IFLAG])
            termios.tcsetattr(self.fileno, termios.TCSANOW, now)
            waiting = fcntl.ioctl(self.fileno, termios.FIONREAD, bytes(4))
            typed = os.read(self.fileno, int.from_bytes(waiting, sys.byteorder))
        except (OSError, termios.error):
            return None
        for event in keys_of(typed.decode(errors="replace").replace("\n", "\r")):
            self.process_message(event)
        return before

    def run_input_thread(self) -> None:
        """Read keys until the program or the terminal ends."""
        try:
            super().run_input_thread()
        except OSError:
            self._gone()

    def _gone(self) -> None:
        self._app.call_later(self._app.lose_terminal)


def keys_of(typed: str) -> Iterator[Message]:
    """Yield the keys of what was typed one after the other, and is read at once.

    The parser tells Escape from the beginning of another key by the pause after it.
    """
    parser = XTermParser()
    for at, part in enumerate(_ESCAPE_ALONE.split(typed)):
        if at:
            yield Key("escape", "\x1b")
        yield from parser.feed(part) if part else ()


_ESCAPE_ALONE: Final = re.compile(r"\x1b(?!\[|O[A-DFHP-S])")


class _Output:
    """What the output thread uses of a file; once a write has failed, all go nowhere."""

    def __init__(self, file: TextIO, gone: Callable[[], None]) -> None:
        self._file, self._on_gone = file, gone
        self._is_gone = False

    def write(self, text: str) -> None:
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        self._try(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def _try(self, act: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            act()
        except OSError:
            self._is_gone = True
            self._on_gone()
