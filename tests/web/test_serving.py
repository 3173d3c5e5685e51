"""A server as a process: where it listens, how it ends, and what stands after it was killed."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import select

from data.files import problems
from data.schema import AdmissionRow, CallRow, TicketRow
from data.store import Store
from eventdesk.accounts import make_token
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.serving import where_served
from eventdesk.web.rates import Rates
from eventdesk.web.serving import is_loopback, listening, url_of
from tests.build import Fair
from tests.faults.processes import REPOSITORY
from tests.people import make_staff
from tests.web.serving import ALL, Served, served, until

MANY = 60


HEARS_HANGUP = (
    "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
"""Runs Python anew with SIGHUP as it is by itself: the tests may be run under nohup."""


@contextmanager
def program(
    home: Path, *more: str, errors: int = subprocess.DEVNULL
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server of its own, and where it is."""
    program = ["-m", "eventdesk", "--home", str(home), "serve", "--port", "0"]
    command = [sys.executable, "-c", HEARS_HANGUP, *program]
    with subprocess.Popen(
        [*command, *more], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=errors, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server, server.stdout.readline().split()[-1]
        finally:
            server.kill()


@pytest.mark.parametrize("host", ["192.0.2.200", "example.org", ""])
def test_it_listens_at_addresses_of_this_machine_alone(host: str) -> None:
    with pytest.raises(InvalidInputError, match=r"no address of this machine|Nothing can listen"):
        listening(host, 0)


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.7", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_it_knows_what_this_machine_alone_finds(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_port_is_taken_once_and_small_answers_go_at_once(host: str) -> None:
    try:
        taken = listening(host, 0)
    except InvalidInputError:
        if host == "::1" and not Path("/proc/net/if_inet6").exists():
            pytest.skip("This machine has no IPv6.")
        raise
    with taken:
        assert taken.proto == socket.IPPROTO_TCP  # what asyncio looks at before it sets TCP_NODELAY
        assert url_of(taken).startswith("http://")
        with pytest.raises(InvalidInputError, match="Nothing can listen"):
            listening(host, taken.getsockname()[1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody cut a mapped file")
def test_a_server_whose_store_lost_its_memory_says_what_to_do(fair: Fair) -> None:
    """The signal is what the system sends where the index of the log was cut."""
    fair.store.close()
    with program(fair.store.home, errors=subprocess.PIPE) as (server, url):
        assert httpx2.get(f"{url}/readyz").text == "ready\n"
        server.send_signal(signal.SIGBUS)
        _out, complaint = server.communicate(timeout=30)
        assert server.returncode == 1
    assert f"{fair.store.path}-shm, was cut" in complaint
    assert "eventdesk doctor" in complaint


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_in_good_order(fair: Fair, number: signal.Signals) -> None:
    fair.store.close()
    with program(fair.store.home) as (server, url):
        assert httpx2.get(f"{url}/readyz").text == "ready\n"
        there = where_served(fair.store.home)
        assert there is not None
        assert there.urls == (url,)
        server.send_signal(number)
        assert server.wait(30) == 0
    assert where_served(fair.store.home) is None
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(url)


def test_a_request_that_is_open_when_it_ends_is_answered(fair: Fair) -> None:
    made = make_token(fair.store, make_staff(fair), "a test", ALL)
    token = fair.token(fair.sell())
    said = json.dumps({"text": token, "nonce": uuid4().hex, "seen_at": f"{utc_now()}"}).encode()
    fair.store.close()
    with program(fair.store.home) as (server, url):
        host, _, port = url.rpartition("/")[2].partition(":")
        with socket.create_connection((host, int(port)), 30) as line:
            head = f"POST /api/v1/lists/{fair.door.id}/scans HTTP/1.1\r\nHost: {host}\r\n"
            head += f"Authorization: Bearer {made.secret}\r\nContent-Type: application/json\r\n"
            head += f"Content-Length: {len(said)}\r\n\r\n"
            line.sendall(head.encode() + said[:10])
            until(lambda: httpx2.get(f"{url}/healthz").text == "ok\n")  # the half one was taken
            server.send_signal(signal.SIGTERM)
            until(lambda: refused(host, int(port)))
            line.sendall(said[10:])
            answer = line.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["outcome"] == "admitted"
        assert server.wait(30) == 0


def refused(host: str, port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex((host, port)) != 0


def test_what_was_answered_before_a_kill_is_there_and_a_repetition_is_the_same_call(
    fair: Fair,
) -> None:
    booked = fair.sell_all([f"Guest {number}" for number in range(MANY)])
    made = make_token(fair.store, make_staff(fair), "a test", ALL)
    by = {"authorization": f"Bearer {made.secret}"}
    calls = [
        (
            {"idempotency-key": uuid4().hex, **by},
            {"text": fair.token(booked, at), "nonce": uuid4().hex, "seen_at": f"{utc_now()}"},
        )
        for at in range(MANY)
    ]
    path = f"/api/v1/lists/{fair.door.id}/scans"
    fair.store.close()
    answers = []
    with program(fair.store.home) as (server, url), httpx2.Client(base_url=url) as http:
        for at, (headers, body) in enumerate(calls):
            if at == MANY // 2:
                server.kill()
            try:
                answers.append(http.post(path, headers=headers, json=body).json())
            except httpx2.TransportError:
                break
    assert len(answers) >= MANY // 2
    assert {answer["outcome"] for answer in answers} == {"admitted"}
    with program(fair.store.home) as (_server, url), httpx2.Client(base_url=url) as http:
        again = [
            http.post(path, headers=headers, json=body).json()
            for headers, body in calls[: len(answers)]
        ]
    assert again == answers
    assert problems(fair.store.path) == []
    with Store(fair.store.home) as store, store.read() as connection:
        codes = select(TicketRow.code).join(AdmissionRow, AdmissionRow.ticket_id == TicketRow.id)
        inside = list(connection.execute(codes).scalars())
        assert len(inside) == len(set(inside)) >= len(answers)
        assert connection.execute(select(CallRow.key)).scalars().all()


def test_many_who_wait_with_half_a_request_hold_nobody_up(house: Served) -> None:
    host, _, port = house.url.rpartition("/")[2].partition(":")
    half = [socket.create_connection((host, int(port))) for _ in range(200)]
    try:
        for each in half:
            each.sendall(
                b"POST /api/v1/me/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
            )
        assert house.http.get("/readyz").text == "ready\n"
        assert house.ask("GET", "/me").status_code == 401
    finally:
        for each in half:
            each.close()


def test_too_many_requests_are_told_when_to_come_again(fair: Fair) -> None:
    with served(fair.store, rates=Rates(known=1000, unknown=3)) as house:
        by = house.as_(make_staff(fair))
        assert house.ask("GET", "/me", by).status_code == 200  # known from now on
        statuses = [house.ask("GET", "/me").status_code for _ in range(5)]
        assert statuses == [401, 401, 429, 429, 429]
        refused = house.ask("GET", "/me")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.json()["code"] == "too_many_calls"
        assert house.ask("GET", "/me", by).status_code == 200
        assert house.http.get("/healthz").status_code == 200
        nobody = {"authorization": "Bearer edt_nobody"}
        assert house.http.get("/healthz", headers=nobody).status_code == 200
        assert house.ask("GET", "/me", nobody).status_code == 429  # it is nobody's all the same


def test_the_log_of_requests_names_nobody(
    fair: Fair, house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "eventdesk.web.requests")
    by = house.as_(make_staff(fair))
    answer = house.ask("GET", f"/events/{fair.event.id}/tickets?words=Ada", by)
    house.end()  # the line is written once the answer is out
    house.wait()
    said = [record.getMessage() for record in caplog.records if record.name.endswith("requests")]
    assert said[-1].startswith(f"{answer.headers['x-request-id']} GET ")
    for secret in ("Ada", str(fair.event.id), by["authorization"][7:]):
        assert secret not in caplog.text
