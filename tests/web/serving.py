"""A server for tests: the real one, on a port of its own, in a thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2

from data.store import Store
from eventdesk.accounts import make_token
from eventdesk.acts import Actor, Permission
from eventdesk.desk import Desk
from eventdesk.web.bodies import Bodies
from eventdesk.web.connections import Connections
from eventdesk.web.rates import Rates
from eventdesk.web.serving import Server, listening, url_of

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


@contextmanager
def served(
    store: Store,
    *,
    rates: Rates | None = None,
    bodies: Bodies | None = None,
    connections: Connections | None = None,
) -> Iterator[Served]:
    """Serve a house until the block ends."""
    ready = threading.Event()
    desk = Desk(store, tells_at_once=True)
    with listening("127.0.0.1", 0) as taken:
        server = Server(
            desk, rates=rates, bodies=bodies, connections=connections, on_ready=ready.set
        )

        def end() -> None:
            server.should_exit = True

        thread = threading.Thread(target=lambda: server.run([taken]), daemon=True)
        thread.start()
        try:
            assert ready.wait(30)
            url = url_of(taken)
            with httpx2.Client(base_url=url, timeout=30) as http:
                yield Served(store, url, http, end, partial(thread.join, 30))
        finally:
            end()
            thread.join(30)
            desk.close()
    assert not thread.is_alive()
