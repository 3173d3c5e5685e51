"""Lines to printers: an address on the network, a device, a local socket."""

import errno
import os
import queue
import selectors
import socket
import stat
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from badges.channel import Channel
from eventdesk.core.messages import Message, msg

RAW_PORT: Final = 9100
"""Port on which network printers take raw data."""

_OF_THE_SYSTEM: Final = (
    msg("Connection refused"),
    msg("Connection reset by peer"),
    msg("Broken pipe"),
    msg("Host is down"),
    msg("No route to host"),
    msg("Network is unreachable"),
    msg("Name or service not known"),
    msg("No such file or directory"),
    msg("No such device"),
    msg("No such device or address"),
    msg("Permission denied"),
    msg("Read-only file system"),
    msg("Is a directory"),
    msg("Input/output error"),
    msg("Device or resource busy"),
)
"""What systems say most often: `reason` looks such words up in the catalogue."""


class Line(Protocol):
    """A connection to a printer that can be opened."""

    @property
    def address(self) -> str:
        """As the settings spell it behind the kind: "+tcp://host:9100", ":/dev/usb/lp0"."""
        ...

    def open(self, *, within_s: float) -> Channel:
        """Open it.

        Raises:
            OSError: It cannot be opened, or nobody answered in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class TcpLine:
    """A TCP port of a machine in the network."""

    host: str
    port: int = RAW_PORT

    @property
    def address(self) -> str:
        """The address behind its kind."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"+tcp://{host}:{self.port}"

    def open(self, *, within_s: float) -> Channel:
        """Connect to the first of the host's addresses that answers."""
        deadline = time.monotonic() + within_s
        failure: OSError = TimeoutError(errno.ETIMEDOUT, msg("Nobody answers"))
        for family, address in _addresses(self.host, self.port, within_s):
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                _connect(connection, address, deadline)
            except OSError as error:
                connection.close()
                failure = error
            else:
                return Channel(connection)
        raise failure


@dataclass(frozen=True, slots=True)
class LocalLine:
    """A Unix socket."""

    path: str

    @property
    def address(self) -> str:
        """The path behind a colon."""
        return f":{self.path}"

    def open(self, *, within_s: float) -> Channel:
        """Connect to the socket."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _connect(connection, self.path, time.monotonic() + within_s)
        except OSError:
            connection.close()
            raise
        return Channel(connection)


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device that takes and gives bytes, such as /dev/usb/lp0 or /dev/ttyUSB0."""

    path: Path
    baud: int | None = None
    """Speed of a serial line; None leaves it as it is."""

    @property
    def address(self) -> str:
        """The path behind a colon."""
        return f":{self.path}"

    def open(self, *, within_s: float) -> Channel:
        """Open the device; a serial line is set to pass all bytes unchanged."""
        handle = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.ENODEV, msg("it is a file, not a device"))
            if os.isatty(handle):
                _make_raw(handle, self.baud)
        except OSError:
            os.close(handle)
            raise
        return Channel(handle)


def reason(error: OSError) -> Message:
    """Say why something failed, without a full stop; errors raised here hold a message."""
    said: object = error.strerror
    return said if isinstance(said, Message) else Message(str(said or error))


def _make_raw(handle: int, baud: int | None) -> None:
    import termios
    import tty

    try:
        tty.setraw(handle, termios.TCSANOW)
        if baud is not None:
            settings = termios.tcgetattr(handle)
            settings[4] = settings[5] = getattr(termios, f"B{baud}")
            termios.tcsetattr(handle, termios.TCSANOW, settings)
    except termios.error as error:
        raise OSError(errno.EIO, msg("It is no serial line that can be set up")) from error


def _connect(connection: socket.socket, address: object, deadline: float) -> None:
    connection.setblocking(False)
    code = connection.connect_ex(address)  # type: ignore[arg-type]  # a path or a pair
    if code in {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN}:
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_WRITE)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError(errno.ETIMEDOUT, msg("Nobody answers"))
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def _addresses(host: str, port: int, within_s: float) -> list[tuple[int, object]]:
    """Look a host up, in a thread: the resolver has no time-out."""
    try:
        return _looked_up(host, port, socket.AI_NUMERICHOST)
    except OSError:
        answers: queue.SimpleQueue[list[tuple[int, object]] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=within_s)
    except queue.Empty:
        raise TimeoutError(errno.ETIMEDOUT, msg("Nobody knows its name")) from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _look_up(
    host: str, port: int, answers: "queue.SimpleQueue[list[tuple[int, object]] | OSError]"
) -> None:
    try:
        answers.put(_looked_up(host, port))
    except OSError as error:
        answers.put(error)


def _looked_up(host: str, port: int, flags: int = 0) -> list[tuple[int, object]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except UnicodeError as error:
        raise OSError(errno.EINVAL, msg("Its address makes no sense")) from error
    return [(family, address) for family, _kind, _protocol, _name, address in found]
