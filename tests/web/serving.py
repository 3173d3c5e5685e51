"""A server for tests: the real one, on a port of its own, in a thread."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import httpx2

from data.store import Store
from eventdesk.accounts import make_token
from eventdesk.acts import Actor, Permission
from eventdesk.desk import Desk
from eventdesk.web.bodies import Bodies
from eventdesk.web.connections import Connections
from eventdesk.web.rates import Rates
from eventdesk.web.serving import Server, listening, url_of
from eventdesk.web.tls import LOOK_S, Https

ALL = frozenset(Permission)


@dataclass
class Served:
    """A house that is served.

    Attributes:
        url: Of its root.
        http: Asks it; nothing is remembered between two questions but the connection.
        end: Asks the server to end.
        wait: Waits until it has ended.
    """

    store: Store
    url: str
    http: httpx2.Client
    end: Callable[[], None]
    wait: Callable[[], None]

    def as_(self, actor: Actor, *permissions: Permission) -> dict[str, str]:
        """The header of somebody who calls with a new token."""
        made = make_token(self.store, actor, "a test", frozenset(permissions) or ALL)
        return {"authorization": f"Bearer {made.secret}"}

    def ask(self, method: str, path: str, by: dict[str, str] | None = None, **more: Any) -> Any:
        """Send a request to the API."""
        headers = {**(by or {}), **more.pop("headers", {})}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **more)


def until(what: Callable[[], object], patience_s: float = 30) -> None:
    """Look until it is so."""
    end_s = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < end_s, "it never came to be"
        time.sleep(0.02)


def _authority(store: Store) -> str:
    return str(store.home / "keys" / "authority.pem")


@contextmanager
def served(
    store: Store,
    *,
    rates: Rates | None = None,
    bodies: Bodies | None = None,
    connections: Connections | None = None,
    https: Https | None = None,
    proxies: Sequence[str] = (),
    look_s: float = LOOK_S,
    ticketing: UUID | None = None,
    port: int = 0,
) -> Iterator[Served]:
    """Serve a house until the block ends; whoever asks trusts the authority of its keys."""
    ready = threading.Event()
    desk = Desk(store, tells_at_once=True)
    with listening("127.0.0.1", port) as taken:
        server = Server(
            desk,
            https=https,
            proxies=proxies,
            rates=rates,
            bodies=bodies,
            connections=connections,
            ticketing=ticketing,
            look_s=look_s,
            on_ready=ready.set,
        )

        def end() -> None:
            server.should_exit = True

        thread = threading.Thread(target=lambda: server.run([taken]), daemon=True)
        thread.start()
        try:
            assert ready.wait(30)
            url = url_of(taken, "https" if https else "http")
            trusting = ssl.create_default_context(cafile=_authority(store)) if https else True
            with httpx2.Client(base_url=url, timeout=30, verify=trusting) as http:
                yield Served(store, url, http, end, partial(thread.join, 30))
        finally:
            end()
            thread.join(30)
            desk.close()
    assert not thread.is_alive()
