"""A word before the end when memory is gone that a file stands behind (SIGBUS).

SQLite has the index of its log mapped into memory. Who cuts that file under an open store, or fills
the disk it lies on, has the system end the next program that touches it, in the middle of SQLite.
There is no going on from there: what SQLite would read is lost. So the signal's handler says what
happened and what to do, and ends the program.

Python's own handlers run between two instructions of the main thread, which this thread never gets
to. So this one is called by the C library, in the thread that touched the memory, which is at a
load or a store of SQLite then: it holds no lock of Python's or of the allocator.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from eventdesk.core.messages import _

PATIENCE_S: Final = 5
"""After so long the program is ended without a word."""

EXIT_STATUS: Final = 1
"""What was asked for could not be done."""

LEAVES_SCREEN: Final = "".join(
    f"\x1b[{each}"
    for each in (
        *("?2004l", "?7h", "?2048l"),  # pasted text, wrapped lines, sizes as keys
        *("?1000l", "?1003l", "?1015l", "?1006l", "?1004l"),  # mouse and focus
        *("<u", "?1049l", "?25h"),  # keys as they were, the former screen, the cursor
    )
)
"""Undoes what Textual asks a terminal for (its `LinuxDriver`, `stop_application_mode`)."""


@contextmanager
def told_of_lost_memory(path: Path, *, has_screen: bool = False) -> Iterator[None]:
    """Have the program end with a sentence instead of in silence; nothing on Windows.

    Args:
        path: The store whose log's index may be cut.
        has_screen: The program paints on the terminal, which is to be given back first.
    """
    if sys.platform == "win32":
        yield
        return
    import ctypes

    give_back = _terminal_as_it_is() if has_screen else lambda: ""

    def end(_number: int) -> None:
        signal.alarm(PATIENCE_S)  # ends the program where this waits for anything
        with suppress(BaseException):
            _say(path, give_back())
        os._exit(EXIT_STATUS)

    set_handler: Any = ctypes.CDLL(None).signal
    set_handler.restype, set_handler.argtypes = ctypes.c_void_p, (ctypes.c_int, ctypes.c_void_p)
    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(end)
    former = set_handler(signal.SIGBUS, ctypes.cast(handler, ctypes.c_void_p))
    try:
        yield
    finally:
        set_handler(signal.SIGBUS, former)


def _terminal_as_it_is() -> Callable[[], str]:
    """What makes keys work again as they do now, and gives what is to be written before a word."""
    import termios

    try:
        keys = termios.tcgetattr(0)
    except termios.error:
        return lambda: ""

    def give_back() -> str:
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSANOW, keys)
        return LEAVES_SCREEN

    return give_back


def _say(path: Path, first: str) -> None:
    stream = sys.__stderr__
    assert stream is not None
    said = _(
        "eventdesk: The index of the store's log, {path}-shm, was cut or has no room.", path=path
    )
    hint = _(
        "What was answered last may not be in the store. Start eventdesk again and run "
        "`eventdesk doctor`."
    )
    os.write(stream.fileno(), f"{first}{said}\n  {hint}\n".encode(errors="replace"))
