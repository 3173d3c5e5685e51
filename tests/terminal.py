"""A real terminal for the real program: a pseudo-terminal and what was written to it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|.)")


_TAKE_TERMINAL = """
import fcntl, runpy, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
ignored = {int(number) for number in sys.argv.pop(1).split()}
by_python = {signal.SIGPIPE, signal.SIGXFSZ}
by_default = {signal.SIGINT: signal.default_int_handler}
signal.pthread_sigmask(signal.SIG_SETMASK, ())
for number in signal.valid_signals():
    if number in ignored:
        signal.signal(number, signal.SIG_IGN)
    elif signal.getsignal(number) is signal.SIG_IGN and number not in by_python:
        signal.signal(number, by_default.get(number, signal.SIG_DFL))
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
"""Runs a module with its standard input as the terminal whose end and keys are signals.

Signals do what they do by default, whatever the tests were started with, but for those to ignore.
"""


def _environment() -> dict[str, str]:
    """Ours, without the size of the terminal that the tests run in."""
    ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return {**ours, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Terminal:
    """Runs `eventdesk`, or another module with a `--home`, in a pseudo-terminal.

    The signals in `ignored` are ignored, as under `nohup`; all others are as in a new shell.

    Attributes:
        process: The program.
        output: All that it wrote so far.
    """

    def __init__(
        self,
        home: Path,
        arguments: Sequence[str],
        *,
        columns: int = 100,
        rows: int = 32,
        module: str = "eventdesk",
        ignored: Collection[signal.Signals] = (),
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.begun_s = time.perf_counter()
        ignoring = " ".join(str(int(number)) for number in ignored)
        program = [module, "--home", str(home), *arguments]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, ignoring, *program],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=_environment(),
        )
        os.close(slave)
        self.output = b""

    @property
    def text(self) -> str:
        """What was written, without colours and movements."""
        return _ESCAPES.sub(b"", self.output).decode(errors="replace")

    def press(self, keys: str | bytes) -> None:
        """Type keys as a terminal sends them."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def forget(self) -> None:
        """Read what there is and look only at what comes after."""
        self._read(0.05)
        self.output = b""

    def wait_for(self, text: str, *, patience_s: float = 30.0) -> None:
        """Read until the text was written."""
        deadline = time.monotonic() + patience_s
        while text not in self.text:
            if time.monotonic() > deadline or (self.ended and not self._read(0.1)):
                raise AssertionError(f"{text!r} never came; the end was {self.text[-600:]!r}")
            self._read(0.05)

    def read_for(self, seconds: float) -> None:
        """Go on reading for a while, as a terminal does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read(0.02)

    @property
    def ended(self) -> bool:
        """Whether the program is over."""
        return self.process.poll() is not None

    def wait_for_end(self, *, patience_s: float = 60.0) -> int:
        """Read until the program is over, and return its exit status."""
        deadline = time.monotonic() + patience_s
        while not self.ended:
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not end; the end was {self.text[-600:]!r}")
            self._read(0.05)
        while self._read(0):
            pass
        return self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal, not its helpers."""
        self.process.send_signal(number)

    def hang_up(self, *, patience_s: float = 60.0) -> int:
        """Close the terminal, as closing its window does, and return the exit status."""
        os.close(self._master)
        self._master = -1
        return self.process.wait(patience_s)

    @property
    def is_restored(self) -> bool:
        """Whether a screen was opened and left again, with the cursor shown."""
        opened, left = self.output.rfind(b"\x1b[?1049h"), self.output.rfind(b"\x1b[?1049l")
        hidden, shown = self.output.rfind(b"\x1b[?25l"), self.output.rfind(b"\x1b[?25h")
        return -1 < opened < left and hidden < shown

    @property
    def has_usual_keys(self) -> bool:
        """Whether the terminal gives whole lines and shows what is typed, as to a shell."""
        flags = termios.tcgetattr(self._master)[3]
        return bool(flags & termios.ICANON and flags & termios.ECHO)

    def _read(self, patience_s: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], patience_s)
        if not ready:
            return False
        try:
            piece = os.read(self._master, 65536)
        except OSError:
            return False
        self.output += piece
        return bool(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        if not self.ended:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._master >= 0:
            os.close(self._master)
