"""Keeps libraries written in C from writing on the terminal.

libjpeg and libpng say on file descriptor 2 what they think of a damaged picture, and a webcam
sends one now and then. OpenCV cannot be told to stop them, and over a full-screen program such a
line stays until somebody resizes the window.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter, FileIO, TextIOWrapper


@contextmanager
def only_python_on_stderr() -> Iterator[None]:
    """Let descriptor 2 lead nowhere meanwhile, and Python's standard error where it led before.

    To be entered before the screens and their threads begin: they take `sys.__stderr__` once.
    Programs started meanwhile inherit the descriptor that leads nowhere.
    """
    before, original = sys.stderr, sys.__stderr__
    if original is not None:
        original.flush()
    kept = os.dup(2)
    encoding = original.encoding if original else None
    terminal = TextIOWrapper(
        BufferedWriter(FileIO(kept, "w")),
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=True,
    )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    if before is original:
        sys.stderr = terminal
    sys.__stderr__ = terminal  # type: ignore[misc]
    try:
        yield
    finally:
        sys.stderr, sys.__stderr__ = before, original  # type: ignore[misc]
        with suppress(OSError):  # The terminal may be gone.
            terminal.flush()
        os.dup2(kept, 2)
        with suppress(OSError):
            terminal.close()
