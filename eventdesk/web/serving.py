"""Serving: one process that answers over HTTP, and prints what its doors queue.

On loopback alone, so far.
"""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from typing import Final

import uvicorn

from data.store import Store
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.serving import noted_serving
from eventdesk.desk import Desk
from eventdesk.web.app import make_app
from eventdesk.web.bodies import Bodies
from eventdesk.web.connections import HEAD_BYTES, MOST, Connection, Connections, room_for
from eventdesk.web.metrics import Metrics
from eventdesk.web.rates import Rates
from eventdesk.web.stream import Streams

HOST: Final = "127.0.0.1"
PORT: Final = 8440

FINISH_S: Final = 10
"""How long requests that are open may still take when the server ends."""

IDLE_S: Final = 30
"""How long a connection may wait for its next request."""

ENDS: Final = (signal.SIGINT, signal.SIGTERM)

WAITING: Final = 2048
"""Connections that wait to be taken."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        InvalidInputError: It is not an address of loopback, or somebody else listens there.
    """
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise InvalidInputError(
            msg("{host} is no address of this machine alone.", host=host),
            hint=msg("Serve at 127.0.0.1; others reach it through a proxy that speaks HTTPS."),
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    # With its protocol named: asyncio lets small answers go at once (TCP_NODELAY) only then.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((str(address), port))
        taken.listen(WAITING)
    except OSError as error:
        taken.close()
        raise InvalidInputError(
            msg(
                "Nothing can listen at {host}, port {port}: {problem}.",
                host=host,
                port=port,
                problem=error.strerror or error,
            ),
            hint=msg("Choose another port with --port, or end what listens there."),
        ) from error
    return taken


def url_of(taken: socket.socket) -> str:
    """Where a socket is found by a browser on this machine."""
    host, port = taken.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    store: Store,
    taken: socket.socket,
    *,
    rates: Rates | None = None,
    after_write: Callable[[], None] | None = None,
    on_ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until SIGTERM or SIGINT; then open requests finish, and the port is free again.

    Args:
        store: The house.
        taken: Listens already.
        rates: How often one caller may ask.
        after_write: Called once something was committed, in the thread that wrote.
        on_ready: Told where it is found, when it answers.
    """
    url = url_of(taken)
    desk = Desk(store, after_write=after_write, tells_at_once=True)
    try:
        server = Server(desk, rates=rates, on_ready=lambda: on_ready(url))
        with taken, noted_serving(store.home, (url,)):
            asyncio.run(server.serve([taken]))
    finally:
        desk.close()


class Server(uvicorn.Server):
    """uvicorn over a house: says when it answers, and ends streams before it ends."""

    def __init__(
        self,
        desk: Desk,
        *,
        rates: Rates | None = None,
        bodies: Bodies | None = None,
        connections: Connections | None = None,
        behind_proxy: bool = False,
        on_ready: Callable[[], None],
    ) -> None:
        self._streams = Streams(desk)
        if connections is None:
            connections = Connections(most=room_for(MOST))
        bodies = bodies or Bodies()
        metrics = Metrics(loopback=not behind_proxy)
        metrics.follow("connections", "Connections that are open.", partial(len, connections))
        metrics.follow("body_bytes", "Bytes of bodies in memory.", lambda: bodies.taken)
        metrics.follow("streams", "Streams of changes that are open.", partial(len, self._streams))
        super().__init__(
            uvicorn.Config(
                make_app(desk, self._streams, rates=rates, bodies=bodies, metrics=metrics),
                http=partial(Connection, among=connections),  # type: ignore[arg-type]
                h11_max_incomplete_event_size=HEAD_BYTES,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                ws="none",
                timeout_keep_alive=IDLE_S,
                timeout_graceful_shutdown=FINISH_S,
            )
        )
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End in good order on SIGINT and SIGTERM, which are not raised once more behind that."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {each: signal.signal(each, self.handle_exit) for each in ENDS}
        try:
            yield
        finally:
            for each, handler in former.items():
                signal.signal(each, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, and let what is open finish."""
        self._streams.end()
        await super().shutdown(sockets)
