"""Ctrl+C and a polite kill, turned into an event that ends a command in good order."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STOP = (signal.SIGINT, signal.SIGTERM)


def _signals() -> tuple[signal.Signals, ...]:
    """What ends a command: also the end of its terminal, unless it is meant to outlive that."""
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return STOP
    return (*STOP, signal.SIGHUP)


@contextmanager
def until_interrupted() -> Iterator[threading.Event]:
    """Give an event that is set by Ctrl+C, a polite kill or the end of the terminal.

    A handler runs between two instructions of the main thread. Were it to set the event itself,
    it would wait for ever when that thread was just about to wait for the same event, since the
    event's lock is then its own. So it only writes to a pipe, and a thread at the other end sets
    the event.
    """
    stop = threading.Event()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    watcher = threading.Thread(target=_watch, args=(reading, stop), name="interrupts", daemon=True)
    watcher.start()
    former = {number: signal.signal(number, lambda *_: _tell(writing)) for number in _signals()}
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        os.close(writing)
        watcher.join()
        os.close(reading)


def _watch(reading: int, stop: threading.Event) -> None:
    """Set the event at the first byte; the end of the pipe is the end of the block."""
    if os.read(reading, 1):
        stop.set()


def _tell(writing: int) -> None:
    with suppress(BlockingIOError):  # told often enough
        os.write(writing, b"!")
