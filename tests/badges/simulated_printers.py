"""Printers that print into memory: real servers that read the command streams they are sent.

They follow the manufacturers' manuals as far as the drivers go, count what they do not know, and
can be put into every trouble a printer at a door gets into. The ESC/POS one is held against the
emulator emupos, and the ZPL one against the renderer zplkit, by the same tests.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from PIL import Image


@dataclass
class Simulated:
    """A printer and its troubles; the last are read whenever they matter."""

    faults: set[str] = field(default_factory=set)
    """paper_out, paper_low, cover_open, offline, error, and for ZPL ribbon_out, paused."""

    answers: bool = True
    answers_after_s: float = 0.0
    dies_after: int | None = None
    """Bytes after which it drops the connection."""

    dies_when_printed: bool = False
    stops_reading_after: int | None = None
    mute_when_printed: bool = False
    babble: bytes = b""
    """What it says all the time and to nobody."""

    rows_left: int | None = None
    """Rows of dots until its roll is empty; None never."""

    greeting: bytes = b""
    received: bytearray = field(default_factory=bytearray)
    printed: list[Image.Image] = field(default_factory=list)
    unknown: list[bytes] = field(default_factory=list)
    port: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_blocked(self) -> bool:
        """Whether a trouble keeps it from printing."""
        return bool(self.faults - {"paper_low"})

    def feed(self, heard: bytes) -> bytes:
        """Take bytes in and return the answer to them."""
        raise NotImplementedError

    @contextlib.contextmanager
    def switched_on(self) -> Iterator[Self]:
        """Serve one connection after the other until the block ends."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
            thread = threading.Thread(target=self._serve, args=(server,))
            thread.start()
            try:
                yield self
            finally:
                self.ended.set()
                server.shutdown(socket.SHUT_RDWR)
                thread.join()

    def _serve(self, server: socket.socket) -> None:
        while not self.ended.is_set():
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self.converse(connection)

    def converse(self, line: socket.socket) -> None:
        """Talk over one connection until it ends."""
        line.sendall(self.greeting)
        if self.babble:
            self._babble(line)
        while heard := line.recv(4096):
            self.received += heard
            answer = self.feed(heard)
            if self._drops(line):
                return
            if len(self.received) >= (self.stops_reading_after or 1 << 60):
                self.ended.wait()
                return
            if self.answers and answer and not (self.mute_when_printed and self.printed):
                self.ended.wait(self.answers_after_s)
                line.sendall(answer)

    def _drops(self, line: socket.socket) -> bool:
        """Drop the connection, not close it, if it is time."""
        dead = self.dies_when_printed and bool(self.printed)
        if dead or len(self.received) >= (self.dies_after or 1 << 60):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return True
        return False

    def _babble(self, line: socket.socket) -> None:
        """Talk before the first answer, and then beside all answers."""
        line.sendall(self.babble * 1000)

        def speak() -> None:
            with contextlib.suppress(OSError):
                while not self.ended.is_set():
                    line.sendall(self.babble * 1000)

        threading.Thread(target=speak, daemon=True).start()


_LENGTHS = {b"\x1b@": 2, b"\x1da": 3, b"\x1dV": 4, b"\x1bd": 3, b"\x1dr": 3}
_BITS = {"paper_out": 0x60, "paper_low": 0x0C}


@dataclass
class EscposSimulated(Simulated):
    """A receipt printer: Epson's ESC/POS reference, the commands a picture needs."""

    answers_in_order: bool = True
    """Whether it knows GS r."""

    torn: list[Image.Image] = field(default_factory=list)
    """What was cut short when its buffer was cleared."""

    _heard: bytearray = field(default_factory=bytearray)
    _held: list[bytes] = field(default_factory=list)
    _rows: list[bytes] = field(default_factory=list)

    def feed(self, heard: bytes) -> bytes:
        self._heard += heard
        said = b""
        while token := self._token():
            if token[:2] == b"\x10\x04":
                said += self._real_time(token[2])
            elif token[:2] == b"\x10\x14":
                said += self._clear()
            else:
                self._held.append(token)
            said += self._print()
        return said

    def refill(self) -> bytes:
        """Put a new roll in; returns what it says while it prints what it held."""
        self.faults.clear()
        self.rows_left = None
        return self._print()

    def _token(self) -> bytes:
        """Take one whole command off what was heard; nothing while it is not whole."""
        start = bytes(self._heard[:2])
        if len(start) < 2:
            return b""
        if start == b"\x10\x04":
            return self._take(3)
        if start == b"\x10\x14":
            return self._take(10)
        if start == b"\x1dv":
            if len(self._heard) < 8:
                return b""
            across, down = struct.unpack_from("<HH", self._heard, 4)
            return self._take(8 + across * down)
        if start in _LENGTHS:
            return self._take(_LENGTHS[start])
        self.unknown.append(self._take(1))
        return self._token()

    def _take(self, count: int) -> bytes:
        if len(self._heard) < count:
            return b""
        token = bytes(self._heard[:count])
        del self._heard[:count]
        return token

    def _real_time(self, number: int) -> bytes:
        faults = self.faults
        status = {
            1: 0x08 * self.is_blocked,
            2: 0x04 * ("cover_open" in faults) | 0x20 * ("paper_out" in faults)
            | 0x40 * ("error" in faults),
            3: 0x08 * ("error" in faults),
            4: sum(bits for fault, bits in _BITS.items() if fault in faults),
        }  # fmt: skip
        return bytes([0x12 | status[number]])

    def _clear(self) -> bytes:
        if self._rows:
            self.torn.append(self._picture())
        self._held.clear()
        return b"\x37\x25\x00"

    def _print(self) -> bytes:
        said = b""
        while self._held and not self.is_blocked:
            token = self._held.pop(0)
            if token[:2] == b"\x1dv":
                self._burn(token)
            elif token[:2] in (b"\x1dV", b"\x1bd") and self._rows:
                self.printed.append(self._picture())
            elif token[:2] == b"\x1dr" and self.answers_in_order:
                said += bytes([0x03 * ("paper_low" in self.faults)])
        return said

    def _burn(self, token: bytes) -> None:
        across, down = struct.unpack_from("<HH", token, 4)
        rows = [token[8 + at : 8 + at + across] for at in range(0, across * down, across)]
        if self.rows_left is not None:
            left, self.rows_left = self.rows_left, max(0, self.rows_left - len(rows))
            if left < len(rows):
                self.faults.add("paper_out")
                size = struct.pack("<HH", across, down - left)
                self._held.insert(0, token[:4] + size + b"".join(rows[left:]))
                rows = rows[:left]
        self._rows += rows

    def _picture(self) -> Image.Image:
        size = (len(self._rows[0]) * 8, len(self._rows))
        dots = bytes(255 - byte for row in self._rows for byte in row)
        self._rows.clear()
        return Image.frombytes("1", size, dots)
