"""The terminal as the program sees it, and what happens when it is closed meanwhile."""

from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

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

    def run_input_thread(self) -> None:
        """Read keys until the program or the terminal ends."""
        try:
            super().run_input_thread()
        except OSError:
            self._gone()

    def _gone(self) -> None:
        self._app.call_later(self._app.lose_terminal)


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
