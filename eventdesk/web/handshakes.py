"""Connections before both sides have agreed on TLS: as bounded as those that come after it.

They are counted among the connections of the server, because each is an open file, and have no
longer for it than the head of a request may take.
"""

import asyncio
import ssl
from typing import Any

from eventdesk.web.connections import Connection, Connections


class Handshake(asyncio.Protocol):
    """A line whose client has not agreed on TLS yet; then it is a `Connection`.

    Args:
        among: All connections of the server.
        context: What is shown to the client.
        of: What the connection is made with.

    Attributes:
        address: Of the client.
        is_known: Never: nothing was asked yet.
    """

    is_known = False

    def __init__(self, *, among: Connections, context: ssl.SSLContext, **of: Any) -> None:
        self._among, self._context, self._of = among, context, of
        self._early, self._is_ended = bytearray(), False
        self.address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, where there is room; in words nothing can be said yet."""
        self.transport = transport
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        transport.pause_reading()  # until TLS reads
        if self._among.add(self):
            self._agreeing = asyncio.get_running_loop().create_task(self._agree())
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Keep what came right behind the client's last word."""
        self._early += data

    def connection_lost(self, _exc: Exception | None) -> None:
        """Note that the client is gone."""
        self._is_ended = True

    async def _agree(self) -> None:
        try:
            line = await asyncio.get_running_loop().start_tls(
                self.transport,
                self,
                self._context,
                server_side=True,
                ssl_handshake_timeout=self._among.head_s,
            )
        except OSError:  # it speaks no TLS, nothing both know, too slowly, or is gone
            return
        finally:
            has_place = self._among.remove(self)
        if line is None or self._is_ended or not has_place:
            self.transport.abort()
            return
        connection = Connection(among=self._among, **self._of)
        line.set_protocol(connection)
        connection.connection_made(line)
        if self._early:
            connection.data_received(bytes(self._early))
