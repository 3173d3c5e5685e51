"""Each address over real HTTP, asked as no honest program asks: 4xx, and no mistake of ours."""

import http.client
import json
import logging
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from random import Random

import pytest

from eventdesk.acts import Actor, Role
from eventdesk.web.app import served as served_routes
from eventdesk.web.rates import Rates
from eventdesk.wire.addresses import ROOT
from eventdesk.wire.approval_header import APPROVAL
from eventdesk.wire.route import Route, filled
from tests.acts.dummies import arguments
from tests.acts.hostile import Said
from tests.acts.trials import House
from tests.web.serving import Served, served

ROUTES = list(served_routes())
EVERYTHING = Rates(known=10**9, unknown=10**9)

JSON = {"content-type": "application/json"}

BODIES: dict[str, bytes] = {
    "a deep list": b"[" * 60_000,
    "a deep list that ends": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a number of ten thousand digits": b'{"a": ' + b"9" * 10_000 + b"}",
    "a number beyond all": b'{"a": 1e999999}',
    "no number": b'{"a": NaN, "b": -Infinity}',
    "a NUL": b'{"a\\u0000": "\\u0000"}',
    "a bare NUL": b'{"a": "\0"}',
    "half a character": b'{"a": "\\ud800"}',
    "broken UTF-8": b'{"a": "\xc3\x28"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a key twice": b'{"a": 1, "a": 2}',
    "many keys": json.dumps({f"k{number}": number for number in range(3000)}).encode(),
    "half of it": b'{"a": ',
    "two at once": b"{}{}",
    "a text": b'"a"',
    "a number": b"7",
}
"""What is sent in place of the body; none of it is one."""

PLACES = (
    "%00",
    "%2f..%2f..%2fetc",
    "%ff%fe",
    "..%5c",
    "%0d%0aset-cookie:%20a",
    "%ud800",
    "%",
    "x" * 9000,
)
"""What is put into the first place of a path."""

QUERIES = (
    "%00=%00",
    "limit=%00",
    "limit=1&limit=2",
    "limit=1e999",
    "a[]=1",
    "%ff=%ff",
    "&&&=",
    "q=" + "x" * 9000,
)

HEADERS: tuple[dict[str, str], ...] = (
    {"accept-language": ",;q=;-" * 500},
    {"idempotency-key": "\xff" * 20},
    {APPROVAL: "\xff{[" * 100},
    {"cookie": "session=\xff; __Host-session=;;="},
    {"last-event-id": "9" * 5000},
    {"content-encoding": "gzip"},
    {"x-http-method-override": "DELETE"},
)

MOST = {"bodies": 7, "places": 3, "queries": 2, "headers": 2}
"""How many of each are tried at an address; the same on every run, and at others the others."""


@dataclass(frozen=True)
class Hostile:
    """A request.

    Attributes:
        what: What is wrong with it, in words.
        is_hopeless: Whether it can only be refused.
    """

    what: str
    target: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_hopeless: bool = True


class There:
    """A house that is served, and an admin who asks it."""

    def __init__(self, house: House, server: Served) -> None:
        self.house, self._server = house, server
        self._boss: Actor = house.as_known(house.accounts[Role.ADMIN], Role.ADMIN)
        self._by = server.as_(self._boss)

    def good(self, route: Route) -> Said:
        """A good request."""
        known = self.house.subjects.of(route.verb.module, route.verb.name)
        return Said.read(route, route.request(arguments(route.verb, **known)))

    def statuses(self, route: Route, asked: list[Hostile]) -> Iterator[tuple[Hostile, int]]:
        """Ask, over one connection as long as it holds."""
        host = self._server.url.rpartition("/")[2]
        with closing(http.client.HTTPConnection(host, timeout=30)) as line:
            for one in asked:
                headers = {**JSON, **self._by, **one.headers}
                line.request(route.method, ROOT + one.target, one.body or None, headers)
                answer = line.getresponse()
                answer.read()
                if answer.status == 401 and "cookie" not in one.headers:
                    self._by = self._server.as_(self._boss)  # the request ended the token
                yield one, answer.status

    def status_of(self, head: bytes) -> int:
        """What a head is answered with, whatever it is."""
        host, _, port = self._server.url.rpartition("/")[2].partition(":")
        with socket.create_connection((host, int(port)), 30) as line:
            line.sendall(head)
            return int(line.makefile("rb").readline().split()[1])

    def is_quiet(self) -> None:
        """Come back once what was begun before has ended."""
        assert self._server.http.get("/readyz").status_code == 200


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    house = House.build(tmp_path_factory.mktemp("hostile") / "home")
    with served(house.store, rates=EVERYTHING) as server:
        yield There(house, server)
    house.store.close()


def hostile(route: Route, good: Said) -> list[Hostile]:
    """What one address is asked."""
    random = Random(f"{route.method} {route.path}")
    good_target, good_body = filled(route.path, good.path), json.dumps(good.body).encode()
    found = []
    takes_body = good.body is not None
    if takes_body:
        for what in random.sample(list(BODIES), MOST["bodies"]):
            found.append(Hostile(what, good_target, BODIES[what]))
        twice = good_body.rstrip(b"}") + b', "a": 1, "a": 1}'
        found.append(Hostile("another type", good_target, good_body, {"content-type": "text/xml"}))
        found.append(Hostile("no type", good_target, good_body, {"content-type": ""}))
        found.append(Hostile("a key twice beside others", good_target, twice))
    if good.path:
        name = next(iter(good.path))
        for text in random.sample(PLACES, MOST["places"]):
            target = filled(route.path, good.path | {name: "PLACE"}).replace("PLACE", text)
            found.append(
                Hostile(f"{text:.20} in the path", target, good_body if takes_body else b"")
            )
    for text in random.sample(QUERIES, MOST["queries"]):
        found.append(
            Hostile(
                f"?{text:.20}",
                f"{good_target}?{text}",
                b"\xff" if takes_body else b"",
                is_hopeless=takes_body,
            )
        )
    for headers in random.sample(HEADERS, MOST["headers"]):
        body = b"\xff" if takes_body else b""
        found.append(Hostile(f"{headers!s:.40}", good_target, body, headers, is_hopeless=False))
    return found


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.verb.area}.{route.verb.name}")
def test_each_address_refuses_what_is_no_request(
    there: There, route: Route, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    asked = list(there.statuses(route, hostile(route, there.good(route))))
    assert any(status != 401 for _one, status in asked)
    for one, status in asked:
        assert status < 500, one
        assert not one.is_hopeless or status >= 400, (one, status)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


HEADS = (
    b"GET /healthz\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
    b"GET /health\0z HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nhost: x\r\na\0: b\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nhost : x\r\n\r\n",
    b"POST /api/v1/me HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    b"POST /api/v1/me HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    b"POST /api/v1/me HTTP/1.1\r\nhost: x\r\ncontent-length: " + b"9" * 30 + b"\r\n\r\n",
    b"POST /api/v1/me HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n",
    b"POST /api/v1/me HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"GET http://[::1 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET * HTTP/1.1\r\nhost: x\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100,
    b"\0" * 20_000,
)
"""Heads that are none, or that two readers may take for different ones (request smuggling)."""


@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
def test_a_head_that_is_none_is_refused(
    there: There, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert 400 <= there.status_of(head) < 500
    there.is_quiet()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
