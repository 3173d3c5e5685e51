"""An open line to a printer: bytes both ways, and no wait longer than agreed."""

import errno
import os
import selectors
import socket
import time
from typing import Final

from eventdesk.core.messages import msg

_CHUNK: Final = 65536
MAX_HEARD: Final = 65536
"""Bytes of unread answers that are kept; a printer that says more loses the oldest."""

_BREATH_S: Final = 0.01
"""Rest where a device claims to have something to say and says nothing."""

_EITHER: Final = selectors.EVENT_READ | selectors.EVENT_WRITE
_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)  # epoll knows no plain devices


class Channel:
    """A line to a printer, for one thread.

    Answers are taken in while bytes are written, so that a printer that talks meanwhile does not
    block both sides. `taken` counts the bytes that went out so far.
    """

    def __init__(self, line: socket.socket | int) -> None:
        """Take over a connected socket, or the handle of a character device that does not block."""
        self.taken = 0
        self._socket = line if isinstance(line, socket.socket) else None
        self._handle = line if isinstance(line, int) else line.fileno()
        if self._socket is not None:
            self._socket.setblocking(False)
        self._heard = bytearray()
        self._hung_up = False
        self._selector = _Selector()
        self._selector.register(self._handle, _EITHER)

    def write(self, content: bytes, *, within_s: float) -> None:
        """Write all of `content`.

        Raises:
            TimeoutError: It was not taken in time; `taken` says how far it got.
            OSError: The line broke.
        """
        deadline, left = time.monotonic() + within_s, memoryview(content)
        while left:
            happens = self._wait(_EITHER, deadline)
            if not happens or time.monotonic() > deadline:
                raise TimeoutError(errno.ETIMEDOUT, msg("It takes no more data"))
            if happens & selectors.EVENT_READ:
                self._listen()
            if happens & selectors.EVENT_WRITE:
                count = self._send(left[:_CHUNK])
                self.taken += count
                left = left[count:]

    def read(self, *, within_s: float) -> bytes:
        """Return what was said since the last call; b"" when nothing was in time.

        Raises:
            OSError: The line broke, or the other side hung up and everything it said was read.
        """
        deadline = time.monotonic() + within_s
        while not self._heard:
            if self._hung_up:
                raise ConnectionResetError(errno.ECONNRESET, msg("It hung up"))
            if not self._wait(selectors.EVENT_READ, deadline):
                return b""
            self._listen()
            if time.monotonic() > deadline:
                break
        heard = bytes(self._heard)
        self._heard.clear()
        return heard

    def rest(self, at_most_s: float) -> None:
        """Wait until something is said, which is kept for `read`; raises as that does."""
        self._heard[:0] = self.read(within_s=at_most_s)

    def finish(self, *, within_s: float) -> None:
        """Say that nothing more comes, and wait for the other side to hang up if it can.

        Raises:
            OSError: The line broke, so not everything arrived.
        """
        if self._socket is None:
            return  # a device has no end of data
        self._socket.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + within_s
        while not self._hung_up and self._wait(selectors.EVENT_READ, deadline):
            self._listen()
            if time.monotonic() > deadline:
                break

    def close(self) -> None:
        """Close the line."""
        self._selector.close()
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self._handle)

    def _wait(self, wanted: int, deadline: float) -> int:
        """Return which events happened before the deadline; 0 is none."""
        if self._hung_up:
            wanted &= ~selectors.EVENT_READ
        left_s = max(0.0, deadline - time.monotonic())
        self._selector.modify(self._handle, wanted)
        return next((happens for _key, happens in self._selector.select(left_s)), 0)

    def _send(self, content: memoryview) -> int:
        try:
            if self._socket is not None:
                return self._socket.send(content)
            return os.write(self._handle, content)
        except BlockingIOError:
            return 0

    def _listen(self) -> None:
        try:
            heard = self._socket.recv(_CHUNK) if self._socket else os.read(self._handle, 4096)
        except BlockingIOError:
            return
        if not heard and self._socket is not None:
            self._hung_up = True
        elif not heard:
            time.sleep(_BREATH_S)  # a device that has nothing to say has not gone away
        self._heard += heard
        del self._heard[:-MAX_HEARD]
