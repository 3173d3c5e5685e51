"""A label printer of the rehearsal: a socket that takes badges, and jams when it is told to."""

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from eventdesk.printing import REPEATED

MAX_JOB_S: Final = 30.0
"""How long the printer waits for the rest of a badge."""

_WORD = re.compile(r"[A-Z0-9]{4,}")


class Jam(StrEnum):
    """What a printer can do instead of printing."""

    STALL = "stall"
    """It takes the call and then nothing: as when somebody has opened its cover."""
    DROP = "drop"
    """It takes half of a badge and hangs up: the paper is torn and counts for nothing."""
    OUT_OF_PAPER = "out of paper"
    """It takes no more than it can keep, and prints it when there is paper again."""
    OFF = "off"
    """It is switched off: nobody answers, and what it had not printed is gone."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One badge that came out.

    Attributes:
        codes: Whatever on it looks like a ticket's code.
        marked: Whether it says that it may be a second copy.
        at_s: When its last byte arrived, on the machine's steady clock.
    """

    codes: tuple[str, ...]
    marked: bool
    at_s: float
    printer: str = ""


class RehearsalPrinter:
    """Listens on the loopback until it is closed, and tells of each badge that came out."""

    def __init__(self, name: str, on_paper: Callable[[Printed], None]) -> None:
        self.name = name
        self.dropped = 0
        self._on_paper = on_paper
        self._jam: Jam | None = None
        self._changed = threading.Condition()
        self._closed = False
        self._open: set[socket.socket] = set()
        self._server = self._listen(0)
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name=f"printer {name}", daemon=True)
        self._thread.start()

    @property
    def spec(self) -> str:
        """Its address as the settings of a desk spell it; the code is read as words, not drawn."""
        return f"tcp://127.0.0.1:{self.port}?qr=0&columns=48"

    def jam(self, jam: Jam | None) -> None:
        """Let it jam, or repair it."""
        with self._changed:
            was, self._jam = self._jam, jam
            if jam is Jam.OFF and was is not Jam.OFF:
                self._server.close()
                for connection in list(self._open):
                    _reset(connection)
            elif was is Jam.OFF and jam is not Jam.OFF:
                self._server = self._listen(self.port)
            self._changed.notify_all()

    def wait_torn(self, dropped: int, stop: threading.Event, timeout_s: float) -> None:
        """Wait until one badge more than these was torn, or nobody printed one."""
        until_s = time.monotonic() + timeout_s
        while self.dropped <= dropped and time.monotonic() < until_s and not stop.wait(0.02):
            pass

    def close(self) -> None:
        """Switch it off for good."""
        with self._changed:
            self._closed, self._jam = True, None
            self._server.close()
            self._changed.notify_all()
        self._thread.join(5)

    @staticmethod
    def _listen(port: int) -> socket.socket:
        server = socket.create_server(("127.0.0.1", port), backlog=64)
        server.settimeout(0.1)
        return server

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:  # it is off, or it has just come back
                with self._changed:
                    self._changed.wait_for(lambda: self._closed or self._jam is not Jam.OFF, 0.1)
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(MAX_JOB_S)
            self._open.add(connection)
            try:
                self._print(connection)
            finally:
                self._open.discard(connection)

    def _print(self, connection: socket.socket) -> None:
        if self._jam is Jam.DROP:
            connection.recv(100)
            self.dropped += 1
            _reset(connection)
            return
        with self._changed:  # a cover that is open, or no paper: what was sent waits in its memory
            self._changed.wait_for(
                lambda: self._closed or self._jam in (None, Jam.DROP, Jam.OFF), MAX_JOB_S
            )
        content = bytearray()
        while chunk := connection.recv(65536):
            content += chunk
        if self._jam is Jam.OFF:  # it went off meanwhile: nobody says goodbye
            _reset(connection)
        elif content:
            self._on_paper(replace(read_badge(bytes(content)), printer=self.name))


def read_badge(content: bytes) -> Printed:
    """Read a badge of text as a person would who looks for its code."""
    lines = content.decode(errors="replace").splitlines()
    codes = [line.strip() for line in lines if _WORD.fullmatch(line.strip().replace("-", ""))]
    marked = any(REPEATED in line for line in lines)
    return Printed(tuple(codes), marked, time.monotonic())


def _reset(connection: socket.socket) -> None:
    """Drop a connection instead of closing it, whoever is reading from it."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
        connection.close()
