"""The lines that calls of services go over: to an address that was looked at, and for so long.

httpcore2 bounds each read and write by itself, so a service that sends a byte from time to time
could hold a caller for ever. Here all of them share what is left of one call's time.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

from httpcore2 import (
    SOCKET_OPTION,
    ConnectError,
    ConnectTimeout,
    NetworkBackend,
    NetworkStream,
    ReadTimeout,
    SyncBackend,
    WriteTimeout,
)

Address = IPv4Address | IPv6Address

PART: Final = 16_384
"""Bytes written in one go: the next part looks at the clock again."""

_UNTIL: Final = ContextVar[float]("_UNTIL")


class AddressRefusedError(Exception):
    """No address of the host may be called."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let all that goes over lines in this block take so long in all."""
    token = _UNTIL.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _UNTIL.reset(token)


def _left(kind: type[Exception]) -> float:
    """The seconds that are left; an error of that kind where there are none."""
    left = _UNTIL.get() - time.monotonic()
    if left <= 0:
        raise kind("out of time")
    return left


class BoundedLines(NetworkBackend):
    """Opens connections over TCP.

    The host's name is asked for once a connection, and the very address that was allowed is
    connected to: a name that means something else a moment later leads nowhere.

    Args:
        may_reach: Whether an address may be called; None where all may.
    """

    def __init__(self, may_reach: Callable[[Address], bool] | None = None) -> None:
        self._may_reach = may_reach

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first address of a host that answers.

        Raises:
            ConnectError: None does, or the name is not known.
            ConnectTimeout: It takes too long.
            AddressRefusedError: None may be called.
        """
        problem = ConnectError("no address")
        for address in self._addresses(host, port):
            left = _left(ConnectTimeout)
            try:
                return _Line(
                    SyncBackend().connect_tcp(address, port, left, local_address, socket_options)
                )
            except ConnectError as error:
                problem = error
        raise problem

    def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be called, in the order to try."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise ConnectError(error) from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if self._may_reach is None:
            return addresses
        allowed = [one for one in addresses if self._may_reach(ip_address(one))]
        if not allowed:
            raise AddressRefusedError
        return allowed


class _Line(NetworkStream):
    """One connection, plain or with TLS; time-outs of single steps give way to the call's."""

    def __init__(self, line: NetworkStream) -> None:
        self._line = line

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._line.read(max_bytes, _left(ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PART):
            self._line.write(buffer[start : start + PART], _left(WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        return _Line(self._line.start_tls(ssl_context, server_hostname, _left(ConnectTimeout)))

    def close(self) -> None:
        self._line.close()

    def get_extra_info(self, info: str) -> Any:
        return self._line.get_extra_info(info)
