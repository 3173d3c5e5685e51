"""An open line to a printer: bytes both ways, and no wait longer than agreed."""

import errno
import os
import selectors
import socket
import time
from typing import Final, Protocol

from eventdesk.core.messages import msg

__all__ = ["Channel", "DeviceEnd", "End", "SocketEnd"]

_CHUNK: Final = 65536
MAX_HEARD: Final = 65536
"""Bytes of unread answers that are kept; a printer that says more loses the oldest."""

_BREATH_S: Final = 0.01
"""Rest where a device claims to have something to say and says nothing."""

_EITHER: Final = selectors.EVENT_READ | selectors.EVENT_WRITE
_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)  # epoll knows no plain devices


class End(Protocol):
    """Our end of a line; it never blocks."""

    def fileno(self) -> int:
        """Its handle."""
        ...

    def send(self, content: memoryview) -> int:
        """Hand over what is taken now; returns how many bytes."""
        ...

    def receive(self) -> bytes | None:
        """Return what is there now; None when the other side has hung up."""
        ...

    def finish(self) -> bool:
        """Say that nothing more will be sent; returns whether the other side can say so too."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class SocketEnd:
    """A connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection

    def fileno(self) -> int:
        """Its handle."""
        return self._connection.fileno()

    def send(self, content: memoryview) -> int:
        """Hand over what is taken now."""
        return self._connection.send(content)

    def receive(self) -> bytes | None:
        """Return what is there; nothing at all is the end of a connection."""
        return self._connection.recv(_CHUNK) or None

    def finish(self) -> bool:
        """Close our direction."""
        self._connection.shutdown(socket.SHUT_WR)
        return True

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class DeviceEnd:
    """An open character device."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def fileno(self) -> int:
        """Its handle."""
        return self._handle

    def send(self, content: memoryview) -> int:
        """Hand over what is taken now."""
        return os.write(self._handle, content)

    def receive(self) -> bytes | None:
        """Return what is there; a device that has nothing to say has not gone away."""
        heard = os.read(self._handle, 4096)
        if not heard:
            time.sleep(_BREATH_S)
        return heard

    def finish(self) -> bool:
        """Do nothing: a device has no end of data."""
        return False

    def close(self) -> None:
        """Hang up."""
        os.close(self._handle)


class Channel:
    """A line to a printer, for one thread.

    Answers are taken in while bytes are written, so that a printer that talks meanwhile does not
    block both sides.

    Attributes:
        taken: Bytes that went out so far.
    """

    def __init__(self, end: End) -> None:
        self.taken = 0
        self._end = end
        self._heard = bytearray()
        self._hung_up = False
        self._selector = _Selector()
        self._selector.register(end.fileno(), _EITHER)

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
            ConnectionResetError: The other side hung up, and everything it said was read.
            OSError: The line broke.
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
        """Wait until something is said, which is kept for `read`.

        Raises:
            ConnectionResetError: The other side hung up.
            OSError: The line broke.
        """
        self._heard[:0] = self.read(within_s=at_most_s)

    def finish(self, *, within_s: float) -> None:
        """Say that nothing more comes, and wait for the other side to hang up if it can.

        Raises:
            OSError: The line broke, so not everything arrived.
        """
        if not self._end.finish():
            return
        deadline = time.monotonic() + within_s
        while not self._hung_up and self._wait(selectors.EVENT_READ, deadline):
            self._listen()
            if time.monotonic() > deadline:
                break

    def close(self) -> None:
        """Hang up."""
        self._selector.close()
        self._end.close()

    def _wait(self, wanted: int, deadline: float) -> int:
        """Return what can be done at the latest when the deadline comes; 0 is nothing."""
        if self._hung_up:
            wanted &= ~selectors.EVENT_READ
        left_s = max(0.0, deadline - time.monotonic())
        self._selector.modify(self._end.fileno(), wanted)
        return next((happens for _key, happens in self._selector.select(left_s)), 0)

    def _send(self, content: memoryview) -> int:
        try:
            return self._end.send(content)
        except BlockingIOError:
            return 0

    def _listen(self) -> None:
        try:
            heard = self._end.receive()
        except BlockingIOError:
            return
        if heard is None:
            self._hung_up = True
        else:
            self._heard += heard
            del self._heard[:-MAX_HEARD]
