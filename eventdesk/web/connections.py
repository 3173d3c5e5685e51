"""Connections: how many there may be, and how long they may keep the server waiting.

A connection waits for its client while it has sent half a request, or none. Where there is no room
for one more, the one that has waited longest ends, one whose client the store does not know before
one whose client it knows; a request that is here whole is answered always. So whoever opens
thousands of connections and sends nothing takes places from himself alone.
"""

import asyncio
from collections import Counter, OrderedDict
from contextlib import suppress
from typing import Any, Final, Protocol

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from eventdesk.web.caller import KNOWN

MOST: Final = 4000
"""Connections at once; half of them may be streams of changes."""

MOST_OF_ADDRESS: Final = 2000
"""Connections of one address at once: all the phones of a venue may share it."""

LOOPBACK: Final = ("127.0.0.1", "::1")
"""Where a proxy calls from, for everybody: what is counted by address leaves it out."""

HEAD_S: Final = 10.0
"""How long the head of a request may take to come, and before that a client to agree on TLS."""

HEAD_BYTES: Final = 16 * 1024
"""How long the head of a request may be."""

UNREAD_S: Final = 30.0
"""How long a client may leave an answer unread."""

GATHERED: Final = 64 * 1024
"""So many bytes of an answer are sent at once, though more may follow in the same turn."""

SPARE_FILES: Final = 200
"""Files that are open beside connections: the store's, logs, pictures."""

FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Retry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Line(Protocol):
    """What is counted: a connection, or one that has not agreed on TLS yet.

    Attributes:
        address: Of the client.
        is_known: Whether the store knew who sent the last request.
        transport: Ends it.
    """

    address: str
    is_known: bool
    transport: asyncio.Transport


class Connections:
    """All connections of a server.

    Args:
        most: At once.
        of_address: Of one address at once, beside loopback's.
        head_s: How long the head of a request may take, and agreeing on TLS.
        unread_s: How long an answer may stay unread.
    """

    def __init__(
        self,
        *,
        most: int = MOST,
        of_address: int = MOST_OF_ADDRESS,
        head_s: float = HEAD_S,
        unread_s: float = UNREAD_S,
    ) -> None:
        self.head_s, self.unread_s = head_s, unread_s
        self._most, self._of_address = most, of_address
        self._open: set[Line] = set()
        self._by_address: Counter[str] = Counter()
        self._waiting = _Waiting()
        self._waiting_by_address: dict[str, _Waiting] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._open)

    def add(self, connection: Line) -> bool:
        """Take one more, if need be in the place of one that waits; False where there is none."""
        address = connection.address
        if address not in LOOPBACK and self._by_address[address] >= self._of_address:
            room = self._end_one(self._waiting_by_address.get(address))
        else:
            room = len(self._open) < self._most or self._end_one(self._waiting)
        if room:
            self._open.add(connection)
            self._by_address[address] += 1
            self.waits(connection)
        return room

    def remove(self, connection: Line) -> bool:
        """Let go of one that ended; gives whether it still had a place."""
        if connection not in self._open:
            return False
        self.works(connection)
        self._open.remove(connection)
        self._by_address[connection.address] -= 1
        if not self._by_address[connection.address]:
            del self._by_address[connection.address]
        return True

    def waits(self, connection: Line) -> None:
        """Note that it waits for its client from now on."""
        if connection in self._open:
            address = connection.address
            self._waiting.add(connection)
            self._waiting_by_address.setdefault(address, _Waiting()).add(connection)

    def works(self, connection: Line) -> None:
        """Note that its request is here whole, and is being answered."""
        self._waiting.remove(connection)
        of_address = self._waiting_by_address.get(connection.address)
        if of_address is not None:
            of_address.remove(connection)
            if not of_address:
                del self._waiting_by_address[connection.address]

    def _end_one(self, waiting: "_Waiting | None") -> bool:
        connection = waiting.first() if waiting else None
        if connection is None:
            return False
        self.remove(connection)
        connection.transport.abort()
        return True


class _Waiting:
    """Connections that wait for their clients, since when they do."""

    def __init__(self) -> None:
        self._strangers: OrderedDict[Line, None] = OrderedDict()
        self._known: OrderedDict[Line, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._strangers) + len(self._known)

    def add(self, connection: Line) -> None:
        self.remove(connection)
        (self._known if connection.is_known else self._strangers)[connection] = None

    def remove(self, connection: Line) -> None:
        self._strangers.pop(connection, None)
        self._known.pop(connection, None)

    def first(self) -> Line | None:
        """The one that is ended before the others."""
        return next(iter(self._strangers or self._known), None)


class Connection(H11Protocol):
    """uvicorn's connection, with bounds on what a client may leave undone.

    Attributes:
        address: Of the client.
        is_known: Whether the store knew who sent the last request.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        among: Connections,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._among = among
        self.address, self.is_known = "", False
        self._is_in = False
        self._head_ends: asyncio.TimerHandle | None = None
        self._unread_ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, where there is room."""
        super().connection_made(_Gathering(transport, self.loop))  # type: ignore[arg-type]
        self.address = self.client[0] if self.client else ""
        self._is_in = self._among.add(self)
        if self._is_in:
            self._wait_for_head()
        else:
            self.transport.write(FULL)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._among.remove(self)
        self._stop_waiting_for_head()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        if self._is_in:
            super().data_received(data)
            self._note_state()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self.is_known = self.is_known or bool(self.scope.get(KNOWN))
        super().on_response_complete()
        self._note_state()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; who works on its request meanwhile finds the client gone."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.abort()
                return
        super().send_400_response(msg)

    def pause_writing(self) -> None:
        """Give the client a while to read what was sent."""
        super().pause_writing()
        self._unread_ends = self.loop.call_later(self._among.unread_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on sending."""
        if self._unread_ends is not None:
            self._unread_ends.cancel()
            self._unread_ends = None
        super().resume_writing()

    def _note_state(self) -> None:
        """Note what it waits for: a head, a body, or nothing."""
        theirs = self.conn.their_state
        if theirs in (h11.IDLE, h11.SEND_BODY):
            self._among.waits(self)
        else:
            self._among.works(self)
        # Between two requests uvicorn's own time runs, until something of the next one comes.
        if theirs is not h11.IDLE:
            self._stop_waiting_for_head()
        elif self.timeout_keep_alive_task is None and self._head_ends is None:
            self._wait_for_head()

    def _wait_for_head(self) -> None:
        self._head_ends = self.loop.call_later(self._among.head_s, self._end_unasked)

    def _stop_waiting_for_head(self) -> None:
        if self._head_ends is not None:
            self._head_ends.cancel()
            self._head_ends = None

    def _end_unasked(self) -> None:
        """End, because no whole head came in time (RFC 9110, 15.5.9)."""
        self._head_ends = None
        if not self.transport.is_closing():
            self.transport.close()


class _Gathering:
    """Sends what is written within one turn of the loop at once: an answer's head and its body.

    Each time that something is sent, the thread of the loop waits for its turn among the others.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this by the end of the turn."""
        if not data:
            return
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)
        self._size += len(data)
        if self._size >= GATHERED:
            self._send()

    def close(self) -> None:
        """End behind what was written."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """End at once."""
        self._parts, self._size = [], 0
        self._transport.abort()

    def _send(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts:
            self._transport.write(b"".join(parts))


def room_for(most: int) -> int:
    """Let this process open so many connections, as far as the system lets it; gives how many."""
    try:
        import resource
    except ImportError:  # Windows counts sockets apart from files
        return most
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return most
    return max(1, min(most, soft - SPARE_FILES))
