"""Serving: where a server listens, how it answers over HTTP, and how it ends."""

import asyncio
import logging
import signal
import socket
import threading
from asyncio import Protocol
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Final
from uuid import UUID

import uvicorn

from data.store import Store
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.serving import noted_serving
from eventdesk.desk import Desk
from eventdesk.web.app import make_app
from eventdesk.web.bodies import Bodies
from eventdesk.web.connections import HEAD_BYTES, MOST, Connection, Connections, room_for
from eventdesk.web.handshakes import Handshake
from eventdesk.web.last_uses import LastUses
from eventdesk.web.metrics import Metrics
from eventdesk.web.rates import Rates
from eventdesk.web.stream import Streams
from eventdesk.web.ticketing import ticketing_routes
from eventdesk.web.tls import LOOK_S, Https
from eventdesk.web.trust import trust_routes

log = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
PORT: Final = 8440

FINISH_S: Final = 10
"""How long requests that are open may still take when the server ends."""

IDLE_S: Final = 30
"""How long a connection may wait for its next request."""

ALWAYS: Final = (signal.SIGINT, signal.SIGTERM)
ENDS: Final = (*ALWAYS, *filter(None, [getattr(signal, "SIGHUP", None)]))
"""What ends a server; SIGHUP is the end of its terminal, unless it is meant to outlive that."""

WAITING: Final = 2048
"""Connections that wait to be taken."""


def is_loopback(host: str) -> bool:
    """Whether what listens there is found by this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one, and `::` takes the older addresses, too.

    Raises:
        InvalidInputError: It is no address of this machine, or somebody else listens there.
    """
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise InvalidInputError(
            msg("{host} is no address of this machine.", host=host),
            hint=msg("Serve at 127.0.0.1 for this machine alone, at 0.0.0.0 for others, too."),
        ) from None
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    taken: socket.socket | None = None
    try:
        # With its protocol named: asyncio lets small answers go at once (TCP_NODELAY) only then.
        taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        taken.bind((str(address), port))
        taken.listen(WAITING)
    except (OSError, OverflowError) as error:
        if taken is not None:
            taken.close()
        raise InvalidInputError(
            msg(
                "Nothing can listen at {host}, port {port}: {problem}.",
                host=host,
                port=port,
                problem=getattr(error, "strerror", None) or error,
            ),
            hint=msg("Choose another port with --port, or end what listens there."),
        ) from error
    return taken


def url_of(taken: socket.socket, scheme: str = "http") -> str:
    """Where a socket is found by a browser on this machine."""
    host, port = taken.getsockname()[:2]
    return url_at(host, port, scheme)


def url_at(host: str, port: int, scheme: str = "http") -> str:
    """The address of a server at a name or an address, and a port."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def trusted(proxies: Iterable[str]) -> list[str]:
    """The networks of proxies as they are compared with addresses of callers.

    Raises:
        InvalidInputError: One is neither an address nor a network.
    """
    found: list[str] = []
    for each in proxies:
        try:
            network = ip_network(each.strip(), strict=False)
        except ValueError:
            raise InvalidInputError(
                msg("{given} is no address of a proxy.", given=each),
                hint=msg("Such as 10.0.0.2, or 10.0.0.0/24 for all of a network."),
            ) from None
        found.append(str(network))
        if network.version == 4:  # as it comes to a socket that takes both
            mapped = f"::ffff:{network.network_address}/{96 + network.prefixlen}"
            found.append(str(ip_network(mapped)))
    return found


def serve(
    store: Store,
    taken: socket.socket,
    *,
    urls: tuple[str, ...] = (),
    https: Https | None = None,
    proxies: Iterable[str] = (),
    rates: Rates | None = None,
    ticketing: UUID | None = None,
    after_write: Callable[[], None] | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT; then open requests finish, and the port is free again.

    Args:
        store: The house.
        taken: Listens already.
        urls: Where it is found, the one for other machines first; left out, where it listens.
        https: What it shows to whoever connects; None speaks HTTP alone.
        proxies: Addresses and networks that are believed when they say for whom they ask.
        rates: How often one caller may ask.
        ticketing: The event of the small ticketing API; None is none.
        after_write: Called once something was committed, in the thread that wrote.
        on_ready: Called when it answers.
    """
    urls = urls or (url_of(taken, "https" if https else "http"),)
    desk = Desk(store, after_write=after_write, tells_at_once=True)
    try:
        server = Server(
            desk, https=https, proxies=proxies, rates=rates, ticketing=ticketing, on_ready=on_ready
        )
        mark = https.fingerprint if https else ""
        with taken, noted_serving(store.home, urls, fingerprint=mark):
            asyncio.run(server.serve([taken]))
    finally:
        desk.close()


class Server(uvicorn.Server):
    """uvicorn over a house: says when it answers, and ends streams before it ends."""

    def __init__(
        self,
        desk: Desk,
        *,
        https: Https | None = None,
        proxies: Iterable[str] = (),
        rates: Rates | None = None,
        bodies: Bodies | None = None,
        connections: Connections | None = None,
        ticketing: UUID | None = None,
        look_s: float = LOOK_S,
        on_ready: Callable[[], None],
    ) -> None:
        uses = LastUses(desk)
        self._streams, self._https, self._look_s = Streams(desk, uses), https, look_s
        believed = trusted(proxies)
        more = trust_routes(https)
        if ticketing is not None:
            more = [*more, *ticketing_routes(desk, ticketing)]
        if connections is None:
            connections = Connections(most=room_for(MOST))
        bodies = bodies or Bodies()
        metrics = Metrics(loopback=not believed)
        metrics.follow("connections", "Connections that are open.", partial(len, connections))
        metrics.follow("body_bytes", "Bytes of bodies in memory.", lambda: bodies.taken)
        metrics.follow("streams", "Streams of changes that are open.", partial(len, self._streams))
        made: Callable[..., Protocol] = partial(Connection, among=connections)
        if https is not None:
            made = partial(Handshake, among=connections, context=https.context)
        super().__init__(
            uvicorn.Config(
                make_app(
                    desk,
                    self._streams,
                    rates=rates,
                    bodies=bodies,
                    metrics=metrics,
                    uses=uses,
                    more=more,
                ),
                http=made,  # type: ignore[arg-type]
                h11_max_incomplete_event_size=HEAD_BYTES,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(believed),
                forwarded_allow_ips=believed,
                lifespan="off",
                ws="none",
                timeout_keep_alive=IDLE_S,
                timeout_graceful_shutdown=FINISH_S,
            )
        )
        self._on_ready = on_ready
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End in good order on a signal, which is not raised once more behind that."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        ends = [each for each in ENDS if each in ALWAYS or signal.getsignal(each) != signal.SIG_IGN]
        former = {each: signal.signal(each, self.handle_exit) for each in ends}
        try:
            yield
        finally:
            for each, handler in former.items():
                signal.signal(each, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            if self._https is not None:
                self._looking = asyncio.create_task(self._keep_certificate(self._https))
            self._on_ready()

    async def _keep_certificate(self, https: Https) -> None:
        """Look now and then whether another certificate is to be shown.

        In this thread, which is the one that takes lines: the library may not read a certificate
        for one line while it is changed by another thread.
        """
        while True:
            await asyncio.sleep(self._look_s)
            try:
                https.look()
            except EventDeskError as error:
                log.error("%s %s", error, error.advice)
            except Exception:  # such as beside a clock that jumped; the one before is shown on
                log.exception("The certificate could not be looked at; it is tried again")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, and let what is open finish."""
        self._streams.end()
        if self._looking is not None:
            self._looking.cancel()
        await super().shutdown(sockets)
