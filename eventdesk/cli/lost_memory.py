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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from eventdesk.cli.group import EXIT_COULD_NOT
from eventdesk.core.messages import _

PATIENCE_S: Final = 5
"""After so long the program is ended without a word."""


@contextmanager
def told_of_lost_memory(path: Path) -> Iterator[None]:
    """Have the program end with a sentence instead of in silence; nothing on Windows.

    Args:
        path: The store whose log's index may be cut.
    """
    if sys.platform == "win32":
        yield
        return
    import ctypes

    def end(_number: int) -> None:
        signal.alarm(PATIENCE_S)  # ends the program where this waits for anything
        with suppress(BaseException):
            _say(path)
        os._exit(EXIT_COULD_NOT)

    set_handler: Any = ctypes.CDLL(None).signal
    set_handler.restype, set_handler.argtypes = ctypes.c_void_p, (ctypes.c_int, ctypes.c_void_p)
    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(end)
    former = set_handler(signal.SIGBUS, ctypes.cast(handler, ctypes.c_void_p))
    try:
        yield
    finally:
        set_handler(signal.SIGBUS, former)


def _say(path: Path) -> None:
    stream = sys.__stderr__
    assert stream is not None
    said = _(
        "eventdesk: The index of the store's log, {path}-shm, was cut or has no room.", path=path
    )
    hint = _(
        "What was answered last may not be in the store. Start eventdesk again and run "
        "`eventdesk doctor`."
    )
    os.write(stream.fileno(), f"{said}\n  {hint}\n".encode(errors="replace"))
