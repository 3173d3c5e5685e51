"""Signals that end a command: Ctrl+C, a polite kill and the end of the terminal.

A command that only works is ended where it is: its transaction is rolled back and its drafts are
removed on the way out. One that serves until it is told to stop asks for an event or, where an
event loop runs, for a call.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

STOP = (signal.SIGINT, signal.SIGTERM)

EXIT_SIGNAL: Final = 128
"""Added to the number of the signal that ended a command, as shells do."""

EXIT_PIPE: Final = EXIT_SIGNAL + 13
"""Whoever read the output has gone (SIGPIPE)."""

AT_ONCE_S: Final = 1.0
"""Further signals within this time are the same one: `timeout` and terminals send it twice."""


class StoppedError(KeyboardInterrupt):
    """A signal ended the command.

    Attributes:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Stop(threading.Event):
    """Set by the first signal.

    Attributes:
        number: The signal; None while there was none.
    """

    number: int | None = None


def exit_status(stopped: BaseException) -> int:
    """The exit status of a command that `stopped` ended."""
    number = stopped.number if isinstance(stopped, StoppedError) else signal.SIGINT
    return EXIT_SIGNAL + int(number)


@contextmanager
def signals_raise() -> Iterator[None]:
    """Raise `StoppedError` in the main thread at a signal, wherever that thread is."""
    last_s = -AT_ONCE_S

    def stop(number: int, _frame: object) -> None:
        nonlocal last_s
        before_s, last_s = last_s, time.monotonic()
        if last_s - before_s >= AT_ONCE_S:
            raise StoppedError(number)

    former = {number: signal.signal(number, stop) for number in _signals()}
    try:
        yield
    finally:
        _restore(former)


@contextmanager
def until_interrupted() -> Iterator[Stop]:
    """Give an event that is set by Ctrl+C, a polite kill or the end of the terminal.

    A handler runs between two instructions of the main thread. Were it to set the event itself,
    it would wait for ever when that thread was just about to wait for the same event, since the
    event's lock is then its own. So it only writes to a pipe, and a thread at the other end sets
    the event.
    """
    stop = Stop()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    watcher = threading.Thread(target=_watch, args=(reading, stop), name="interrupts", daemon=True)
    watcher.start()
    former = {
        number: signal.signal(number, lambda seen, _: _tell(writing, seen)) for number in _signals()
    }
    try:
        yield stop
    finally:
        _restore(former)
        os.close(writing)
        watcher.join()
        os.close(reading)


@contextmanager
def signals_call(tell: Callable[[int], None]) -> Iterator[None]:
    """Call `tell` in the running event loop with the exit status that a signal asks for."""
    import asyncio  # most commands have no event loop

    loop = asyncio.get_running_loop()
    former = {number: signal.getsignal(number) for number in _signals()}
    try:
        for number in former:
            with suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, tell, EXIT_SIGNAL + int(number))
        yield
    finally:
        for number in former:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
        _restore(former)


def _signals() -> tuple[signal.Signals, ...]:
    """What ends a command: also the end of its terminal, unless it is meant to outlive that."""
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return STOP
    return (*STOP, signal.SIGHUP)


def _restore(former: Mapping[signal.Signals, Any]) -> None:
    for number, handler in former.items():
        signal.signal(number, handler)


def _watch(reading: int, stop: Stop) -> None:
    """Set the event at the first byte; the end of the pipe is the end of the block."""
    if told := os.read(reading, 1):
        stop.number = told[0]
        stop.set()


def _tell(writing: int, number: int) -> None:
    with suppress(BlockingIOError):  # told often enough
        os.write(writing, bytes([number]))
