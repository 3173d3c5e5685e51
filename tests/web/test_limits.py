"""The server stays up: bodies and connections that come slowly, in numbers, or without an end."""

import logging
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from eventdesk.acts import Role
from eventdesk.core.clock import utc_now
from eventdesk.web.bodies import MOST_BYTES, MOST_OF_NOBODY, Bodies
from eventdesk.web.connections import GATHERED, HEAD_BYTES, SPARE_FILES, Connections, room_for
from tests.build import Fair
from tests.people import make_staff
from tests.web.serving import Served, served

HUGE = 100 * 1024 * 1024
MADE_UP = {"authorization": "Bearer edt_" + "x" * 43}
QUICK = Bodies(wait_s=0.3, least_rate=1024 * 1024)
ENOUGH_S = 20
"""How long a test waits for what the server does within a second."""


def address(house: Served) -> tuple[str, int]:
    host, _, port = house.url.rpartition("/")[2].partition(":")
    return host, int(port)


@contextmanager
def line(house: Served, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A connection of our own."""
    with socket.create_connection(address(house), ENOUGH_S, (source, 0)) as one:
        yield one


def head(path: str, length: int | None, **headers: str) -> bytes:
    """The head of a POST; without a length its body comes in chunks."""
    lines = {"host": "x", "content-type": "application/json", **headers}
    lines |= {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /api/v1{path} HTTP/1.1\r\n{text}\r\n".encode()


def answer(one: socket.socket) -> bytes:
    """All that comes until the connection ends; nothing where it is cut."""
    parts = []
    with suppress(ConnectionResetError):
        while part := one.recv(65536):
            parts.append(part)
    return b"".join(parts)


def status(one: socket.socket) -> int:
    """The status of the next answer; 0 where there is none."""
    with suppress(ConnectionResetError):
        first = one.makefile("rb").readline().split()
        return int(first[1]) if first else 0
    return 0


def is_ended(one: socket.socket) -> bool:
    """Whether the other side has ended a connection, without waiting for it."""
    one.setblocking(False)
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def scan(fair: Fair) -> dict[str, Any]:
    text = fair.token(fair.sell())
    return {"text": text, "nonce": uuid4().hex, "seen_at": utc_now().isoformat()}


def admits(fair: Fair, house: Served, by: dict[str, str]) -> bool:
    """Whether the door goes on."""
    told = house.ask("POST", f"/lists/{fair.door.id}/scans", by, json=scan(fair))
    return told.status_code == 200 and bool(told.json()["outcome"] == "admitted")


@pytest.mark.parametrize("path", ["/me/tokens", "/nowhere", "/me"])
def test_a_body_too_long_is_refused_before_it_is_sent(house: Served, path: str) -> None:
    with line(house) as one:
        one.sendall(head(path, HUGE))
        told = answer(one)  # ends, though nothing of the body came
    assert told.split()[1] in (b"413", b"404", b"405")
    assert b"connection: close" in told


def test_a_body_without_an_end_is_read_as_far_as_it_may_be_long(house: Served) -> None:
    with line(house) as one, suppress(ConnectionError):
        one.sendall(head("/me/tokens", None))
        for sent in range(0, HUGE, 65536):
            one.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
            assert sent < HUGE // 2
    assert house.ask("GET", "/me").status_code == 401


def test_only_whom_the_store_knows_may_send_much(fair: Fair, house: Served) -> None:
    by = house.as_(make_staff(fair, Role.ORGANIZER))
    with line(house) as one:
        one.sendall(head("/me/tokens", MOST_OF_NOBODY + 1, **MADE_UP))
        assert status(one) == 401
    with line(house) as one, suppress(ConnectionError):
        one.sendall(head("/me/tokens", None, **MADE_UP))
        one.sendall(b"f0000\r\n" + b" " * 0xF0000 + b"\r\n")
    headers = {"content-type": "application/json", **by}
    long = house.ask("POST", "/me/tokens", headers=headers, content=b" " * (MOST_OF_NOBODY + 1))
    assert long.status_code == 400
    longest = house.ask("POST", "/me/tokens", headers=headers, content=b" " * MOST_BYTES)
    assert longest.status_code == 400


def test_a_body_that_comes_too_slowly_ends(fair: Fair) -> None:
    with served(fair.store, bodies=QUICK) as house, line(house) as one:
        one.sendall(head("/me/tokens", 99) + b"{")
        assert status(one) == 408
        assert admits(fair, house, house.as_(make_staff(fair)))


def test_bodies_have_room_together_and_strangers_a_part_of_it(fair: Fair) -> None:
    bodies = Bodies(most=160_000, most_of_strangers=100_000)
    with served(fair.store, bodies=bodies) as house, ExitStack() as open_ones:
        by = house.as_(make_staff(fair, Role.ORGANIZER))
        assert admits(fair, house, by)
        halves = [open_ones.enter_context(line(house)) for _ in range(3)]
        for one in halves:
            one.sendall(head("/me/tokens", 50_000) + b" " * 40_000)
        until(lambda: bodies.taken == 80_000)  # the third found no room
        much: Any = {"headers": {"content-type": "application/json"}, "content": b" " * 30_000}
        assert house.ask("POST", "/me", **much).status_code == 405  # nobody reads it
        full = house.ask("POST", "/me/tokens", **much)
        assert (full.status_code, full.headers["retry-after"]) == (503, "5")
        assert admits(fair, house, by)
        for one in halves:
            one.close()
        until(lambda: bodies.taken == 0)
        assert house.ask("POST", "/me/tokens", by, json={}).status_code == 400


def until(is_so: Any) -> None:
    """Wait for a state of the server."""
    ends = time.monotonic() + ENOUGH_S
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_body_that_breaks_off_is_no_mistake_of_the_program(
    house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with line(house) as one:
        one.sendall(head("/me/tokens", 99) + b"{")
    house.end()
    house.wait()
    assert [record.getMessage() for record in caplog.records] == []


def test_a_body_that_turns_into_nonsense_is_no_mistake_of_the_program(
    fair: Fair, house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    with line(house) as one:
        one.sendall(head("/me/tokens", None) + b"5\r\n12345\r\nnonsense\r\n")
        assert status(one) == 400
    with line(house) as stream:
        stream.sendall(get("/changes", house.as_(make_staff(fair)), "transfer-encoding: chunked"))
        assert status(stream) == 200
        stream.sendall(b"nonsense\r\n")
        answer(stream)
    house.end()
    house.wait()
    assert [record.getMessage() for record in caplog.records] == []


def test_a_head_that_comes_byte_by_byte_ends(fair: Fair) -> None:
    with served(fair.store, connections=Connections(head_s=0.5)) as house, line(house) as one:
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < ENOUGH_S and not _gone(one):
                one.sendall(b"G")
        assert time.monotonic() - began < ENOUGH_S
        with line(house) as silent:
            assert answer(silent) == b""
        with line(house) as second:
            second.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            assert status(second) == 200
            second.sendall(b"GET")
            until(lambda: is_ended(second))


def _gone(one: socket.socket) -> bool:
    one.settimeout(0.05)
    try:
        return one.recv(4096) == b""
    except TimeoutError:
        return False


def test_an_endless_head_ends(house: Served) -> None:
    with line(house) as one:
        with suppress(ConnectionError):
            one.sendall(b"GET /healthz HTTP/1.1\r\n" + b"x: y\r\n" * HEAD_BYTES)
        assert status(one) in (400, 0)
    assert house.http.get("/healthz").status_code == 200


def test_an_answer_that_nobody_reads_ends(fair: Fair) -> None:
    there = Connections(unread_s=0.3)
    with served(fair.store, connections=there) as house, line(house) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n" * 20)
        until(lambda: len(there) == 1)
        until(lambda: len(there) == 0)


def test_connections_of_one_address_take_places_from_themselves_alone(fair: Fair) -> None:
    there = Connections(of_address=20)
    with served(fair.store, connections=there) as house, ExitStack() as open_ones:
        by = house.as_(make_staff(fair))
        with line(house, "127.0.0.3") as neighbour:
            many = [open_ones.enter_context(line(house, "127.0.0.2")) for _ in range(50)]
            until(lambda: sum(map(is_ended, many)) == 30)
            assert [is_ended(one) for one in many] == [True] * 30 + [False] * 20
            assert not is_ended(neighbour)
        assert admits(fair, house, by)


@pytest.mark.parametrize("half", [b"", b"POST /api/v1/me/tokens HTTP/1.1\r\nhost"])
def test_the_door_goes_on_beside_two_thousand_connections(fair: Fair, half: bytes) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4500:
        pytest.skip("This machine lets a process open few files.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4500), hard))
    there = Connections(most=1000)
    with served(fair.store, connections=there) as house, ExitStack() as open_ones:
        by = house.as_(make_staff(fair))
        assert admits(fair, house, by)
        for _ in range(2000):
            one = open_ones.enter_context(line(house))
            one.sendall(half)
        assert len(there) <= 1000
        assert admits(fair, house, by)  # over the same connection
        assert httpx2.get(f"{house.url}/readyz", timeout=ENOUGH_S).text == "ready\n"


def test_a_client_who_is_known_keeps_its_connection_and_who_is_answered_does(fair: Fair) -> None:
    there = Connections(most=3)
    with served(fair.store, connections=there) as house, ExitStack() as open_ones:
        by = house.as_(make_staff(fair))
        with line(house) as known, line(house) as stream:
            known.sendall(get("/me", by))
            assert status(known) == 200
            stream.sendall(get("/changes", by))
            assert status(stream) == 200
            for _ in range(10):
                open_ones.enter_context(line(house))
            with line(house) as last:
                last.sendall(get("/me", by))
                assert status(last) == 200
            known.sendall(get("/me", by))
            known.setblocking(True)
            assert b"200 OK" in known.recv(65536) + known.recv(65536)


def get(path: str, by: dict[str, str], *lines: str) -> bytes:
    """A request without a body."""
    said = (f"GET /api/v1{path} HTTP/1.1", "host: x", f"authorization: {by['authorization']}")
    return "\r\n".join((*said, *lines, "", "")).encode()


def test_where_all_places_work_one_more_is_told_to_come_again(fair: Fair) -> None:
    there = Connections(most=1)
    with served(fair.store, connections=there) as house:
        by = house.as_(make_staff(fair))
        house.http.close()
        with line(house) as stream:
            stream.sendall(get("/changes", by))
            assert status(stream) == 200
            with line(house) as other:
                told = answer(other)
        assert told.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 5" in told


def test_as_many_connections_are_taken_as_the_system_lets_open() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
    try:
        assert room_for(1500) == min(1500, hard - SPARE_FILES)
        assert room_for(10**9) <= hard - SPARE_FILES
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_head_and_body_of_an_answer_are_sent_at_once(house: Served) -> None:
    with line(house) as one:
        for _ in range(20):
            one.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            came = one.recv(65536)
            said, _, body = came.partition(b"\r\n\r\n")
            assert said.startswith(b"HTTP/1.1 200")
            assert body == b"ok\n"


def test_a_long_answer_comes_whole(house: Served) -> None:
    with line(house) as one:
        one.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        said, _, body = answer(one).partition(b"\r\n\r\n")
    length = int(said.lower().partition(b"content-length:")[2].split()[0])
    assert len(body) == length > GATHERED
