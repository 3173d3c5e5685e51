"""The small ticketing API: every status, its whole life, and nothing oversold however many ask."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from data.files import problems
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.waiting import queue_summary, sales_by_type
from eventdesk.web.rates import Rates
from tests.build import Fair
from tests.figures.crowd import set_event, set_type, valid_tickets
from tests.web.serving import Served, served
from tests.web.test_serving import program

VIPS, REGULARS = 3, 4


@pytest.fixture
def box(fair: Fair) -> Fair:
    """The fair a month from now, with two types that cost nothing."""
    soon = utc_now() + timedelta(days=30)
    set_event(fair, starts_at=soon, ends_at=soon + timedelta(hours=8))
    set_type(fair.store, fair.vip, name="VIP", priority=1, quota=VIPS, price_minor=0)
    set_type(fair.store, fair.regular, name="Regular", priority=0, quota=REGULARS, price_minor=0)
    return fair


@pytest.fixture
def door(box: Fair) -> Iterator[Served]:
    """The fair's house, served with the API."""
    with served(box.store, ticketing=box.event.id) as there:
        yield there


def register(door: Served, name: str, kind: str = "Regular", **more: Any) -> Any:
    return door.http.post("/api/register", json={"name": name, "ticket_type": kind}, **more)


def process(door: Served, **more: Any) -> Any:
    return door.http.post("/api/process_user", **more)


def cancel(door: Served, ticket: object) -> Any:
    return door.http.request("DELETE", "/api/cancel_ticket", json={"ticket": ticket})


def test_a_ticket_lives_from_its_register_to_its_end(door: Served) -> None:
    asked = register(door, "Ada")
    assert asked.status_code == 201
    ticket = asked.json()["ticket"]
    assert asked.json() == {"ticket": ticket, "place": 1, "state": "waiting"}
    assert door.http.get("/availability").json() == {"VIP": VIPS, "Regular": REGULARS}
    served = process(door)
    assert (served.status_code, served.json()) == (200, {"ticket": ticket, "state": "confirmed"})
    assert door.http.get("/availability").json() == {"VIP": VIPS, "Regular": REGULARS - 1}
    assert door.http.get("/summary_data").json() == {
        "VIP": {"sold": 0, "held": 0, "remaining": VIPS},
        "Regular": {"sold": 1, "held": 0, "remaining": REGULARS - 1},
    }
    back = cancel(door, ticket)
    assert (back.status_code, back.json()) == (200, {"ticket": ticket, "state": "cancelled"})
    assert door.http.get("/availability").json()["Regular"] == REGULARS
    empty = process(door)
    assert (empty.status_code, empty.json()) == (200, {"state": "empty"})


def test_who_waits_may_leave(door: Served) -> None:
    first, second = register(door, "Ada").json(), register(door, "Ben").json()
    assert second["place"] == 2
    assert cancel(door, first["ticket"]).status_code == 200
    assert process(door).json()["ticket"] == second["ticket"]


def test_unknown_is_404_and_cancelled_is_409(door: Served) -> None:
    ticket = register(door, "Ada").json()["ticket"]
    assert cancel(door, "NOSUCHONE").status_code == 404
    assert cancel(door, ticket).status_code == 200
    assert cancel(door, ticket).status_code == 409
    assert cancel(door, ticket).headers["content-type"] == "application/problem+json"


def test_vips_go_first_and_the_last_are_told_that_it_is_sold_out(door: Served) -> None:
    for number in range(REGULARS + 1):
        register(door, f"Guest {number}")
    late = register(door, "Cleo", "VIP").json()
    assert late["place"] == 1
    assert process(door).json() == {"ticket": late["ticket"], "state": "confirmed"}
    states = [process(door).json()["state"] for _ in range(REGULARS + 2)]
    assert states == ["confirmed"] * REGULARS + ["sold_out", "empty"]


def test_what_costs_something_is_held(box: Fair, door: Served) -> None:
    set_type(box.store, box.regular, price_minor=900)
    register(door, "Ada")
    assert process(door).json()["state"] == "confirmed"
    held = {"sold": 0, "held": 1, "remaining": REGULARS - 1}
    assert door.http.get("/summary_data").json()["Regular"] == held


def test_an_event_that_is_not_on_sale_sells_nothing(box: Fair, door: Served) -> None:
    set_event(box, state="draft")
    assert register(door, "Ada").status_code == 409
    assert process(door).status_code == 409


NAMED = {"name": "Ada", "ticket_type": "Regular"}
WRONG = {
    "nothing": b"",
    "no name": b'{"ticket_type": "Regular"}',
    "no type": b'{"name": "Ada"}',
    "an empty name": b'{"name": " ", "ticket_type": "Regular"}',
    "another type": b'{"name": "Ada", "ticket_type": "Student"}',
    "a number": b'{"name": 1, "ticket_type": "Regular"}',
    "null": b'{"name": null, "ticket_type": "Regular"}',
    "a member more": b'{"name": "Ada", "ticket_type": "Regular", "event_id": "x"}',
    "an array": b"[]",
    "no JSON": b"{",
    "NaN": b'{"name": NaN, "ticket_type": "Regular"}',
    "deep": b"[" * 30_000,
    "deep names": b'{"name":' * 5_000,
    "a NUL": b'{"name": "A\\u0000", "ticket_type": "Regular"}',
    "half a sign": b'{"name": "\\ud800", "ticket_type": "Regular"}',
    "no UTF-8": b'{"name": "\xff", "ticket_type": "Regular"}',
    "a long name": json.dumps({**NAMED, "name": "x" * 30_000}).encode(),
    "a huge number": b'{"name": 1e999999, "ticket_type": "Regular"}',
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_request_is_400(box: Fair, door: Served, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = door.http.post("/api/register", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_input"
    gone = door.http.request("DELETE", "/api/cancel_ticket", content=body, headers=headers)
    assert gone.status_code == 400
    if body:
        assert process(door, content=body, headers=headers).status_code == 400
    assert queue_summary(box.store, SYSTEM, box.event.id).waiting == 0


@pytest.mark.parametrize("ticket", [None, 1, [], {}, "x" * 30_000, "\0", "'; drop table", "\ud800"])
def test_what_is_no_ticket_is_400_or_404(door: Served, ticket: object) -> None:
    body = json.dumps({"ticket": ticket})
    headers = {"content-type": "application/json"}
    answer = door.http.request("DELETE", "/api/cancel_ticket", content=body, headers=headers)
    assert answer.status_code in (400, 404)


def test_bodies_have_an_end_and_are_json(door: Served) -> None:
    headers = {"content-type": "application/json"}
    long = door.http.post("/api/register", content=b" " * 70_000, headers=headers)
    assert long.status_code == 413
    assert door.http.post("/api/register", data=NAMED).status_code == 415
    assert door.http.get("/api/register").status_code == 405


def test_a_repeated_call_is_the_same_call(door: Served) -> None:
    key = {"idempotency-key": uuid4().hex}
    first = register(door, "Ada", headers=key)
    again = register(door, "Ada", headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert register(door, "Ben", headers=key).status_code == 422
    second = register(door, "Ben").json()
    assert second["place"] == 2
    turn = {"idempotency-key": uuid4().hex}
    called = process(door, headers=turn).json()
    assert process(door, headers=turn).json() == called
    assert process(door).json()["ticket"] == second["ticket"]
    none = {"idempotency-key": uuid4().hex}
    assert process(door, headers=none).json() == {"state": "empty"}
    register(door, "Cleo")
    assert process(door, headers=none).json() == {"state": "empty"}
    assert process(door, headers={"idempotency-key": "short"}).status_code == 400


def test_it_does_nothing_at_another_event_and_is_not_there_unasked(fair: Fair) -> None:
    with served(fair.store) as house:
        for path in ("/availability", "/summary", "/queue.csv", "/api/register"):
            assert house.http.get(path).status_code == 404
    with served(fair.store, ticketing=uuid4()) as house:
        for path in ("/availability", "/summary", "/queue.csv", "/transactions.csv"):
            assert house.http.get(path).status_code == 404
        assert register(house, "Ada").status_code == 404


def test_what_a_page_of_another_site_sends_is_refused(box: Fair, door: Served) -> None:
    register(door, "Ada")
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert process(door, headers=headers).status_code == 403
        assert register(door, "Ben", headers=headers).status_code == 403
    assert process(door, headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert queue_summary(box.store, SYSTEM, box.event.id).waiting == 0


def test_who_asks_too_often_is_told_when_to_come_back(box: Fair) -> None:
    with served(box.store, rates=Rates(unknown=2), ticketing=box.event.id) as door:
        statuses = [register(door, f"Guest {number}").status_code for number in range(3)]
        assert statuses == [201, 201, 429]
        assert 1 <= int(register(door, "Ada").headers["retry-after"]) <= 60


def test_the_page_follows_by_itself_and_loads_nothing(box: Fair, door: Served) -> None:
    set_type(box.store, box.vip, name="<script>alert(1)</script>", quota=None)
    page = door.http.get("/summary", headers={"accept-language": "de"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "Verkauft" in page.text
    assert re.search(r'http-equiv="refresh" content="\d+"', page.text)
    assert not re.search(r"(src|href)=", page.text)


def table(door: Served, path: str) -> list[dict[str, str]]:
    answer = door.http.get(path)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_queue_and_transactions_are_files_without_formulas(door: Served) -> None:
    ada = register(door, '=cmd|"/c calc"!A1').json()["ticket"]
    ben = register(door, "Ben").json()["ticket"]
    process(door)
    cancel(door, ada)
    queue = {line["ticket"]: line for line in table(door, "/queue.csv")}
    assert queue[ada]["name"].startswith("'=")
    assert (queue[ada]["state"], queue[ben]["state"]) == ("cancelled", "waiting")
    assert queue[ben]["place"] == "1"
    happened = [(line["ticket"], line["what"]) for line in table(door, "/transactions.csv")]
    assert happened == [
        (ada, "registered"),
        (ben, "registered"),
        (ada, "confirmed"),
        (ada, "cancelled"),
    ]


def test_nothing_is_oversold_however_many_ask_at_once(box: Fair, door: Served) -> None:
    """Clients who come, call and give back at once; every answer agrees with the store."""

    def visit(number: int) -> list[tuple[str, str]]:
        kind = "VIP" if number % 3 == 0 else "Regular"
        with httpx2.Client(base_url=door.url, timeout=60) as http:
            mine = http.post("/api/register", json={"name": f"G {number}", "ticket_type": kind})
            assert mine.status_code == 201
            told = [http.post("/api/process_user").json()]
            if number % 4 == 0:
                given = http.request(
                    "DELETE", "/api/cancel_ticket", json={"ticket": mine.json()["ticket"]}
                )
                assert given.status_code in (200, 409)
                told += [given.json()] if given.status_code == 200 else []
            told.append(http.post("/api/process_user").json())
        return [(each["ticket"], each["state"]) for each in told if each["state"] != "empty"]

    with ThreadPoolExecutor(8) as clients:
        told = [each for some in clients.map(visit, range(32)) for each in some]
    while (more := process(door).json())["state"] != "empty":
        told.append((more["ticket"], more["state"]))
    called = Counter(ticket for ticket, state in told if state != "cancelled")
    assert set(called.values()) == {1}  # each is called once
    stands = {line["ticket"]: line["state"] for line in table(door, "/queue.csv")}
    assert len(stands) == 32
    for ticket, state in told:
        assert stands[ticket] in (state, "cancelled")
    sold = sales_by_type(box.store, SYSTEM, box.event.id)
    for name, type_id, quota in (("VIP", box.vip, VIPS), ("Regular", box.regular, REGULARS)):
        assert sold[name].sold == valid_tickets(box.store, type_id) <= quota
    confirmed = sum(state == "confirmed" for state in stands.values())
    assert confirmed == sold["VIP"].sold + sold["Regular"].sold


def test_vips_are_called_first_by_clients_who_call_at_once(box: Fair, door: Served) -> None:
    set_type(box.store, box.vip, quota=20)
    kinds = {
        register(door, f"G {n}", kind).json()["ticket"]: kind
        for n, kind in enumerate(["Regular"] * 3 + ["VIP", "Regular"] * 8)
    }

    def call(_number: int) -> str:
        return str(httpx2.post(f"{door.url}/api/process_user", timeout=60).json()["ticket"])

    vips = sum(kind == "VIP" for kind in kinds.values())
    with ThreadPoolExecutor(8) as clients:
        first = list(clients.map(call, range(vips)))
        rest = list(clients.map(call, range(len(kinds) - vips)))
    assert {kinds[ticket] for ticket in first} == {"VIP"}
    assert {kinds[ticket] for ticket in rest} == {"Regular"}


def test_what_was_answered_before_a_kill_stands_and_a_repetition_is_the_same_call(
    box: Fair,
) -> None:
    """The server is killed between register and process, and again while it processes."""
    named = ("--ticketing", box.event.code)
    asked = [
        ({"idempotency-key": uuid4().hex}, {"name": f"Guest {number}", "ticket_type": "Regular"})
        for number in range(12)
    ]
    turns = [{"idempotency-key": uuid4().hex} for _ in asked]
    box.store.close()
    registered: list[Any] = []
    with program(box.store.home, *named) as (server, url), httpx2.Client(base_url=url) as http:
        for at, (headers, body) in enumerate(asked):
            if at == 8:
                server.kill()
            with suppress(httpx2.TransportError):
                answer = http.post("/api/register", headers=headers, json=body)
                registered.append(answer.json())
    assert len(registered) >= 8
    called: list[Any] = []
    with program(box.store.home, *named) as (server, url), httpx2.Client(base_url=url) as http:
        again = [
            http.post("/api/register", headers=headers, json=body).json() for headers, body in asked
        ]
        assert again[: len(registered)] == registered
        assert len({each["ticket"] for each in again}) == len(asked)
        for at, headers in enumerate(turns):
            if at == 6:
                server.kill()
            with suppress(httpx2.TransportError):
                called.append(http.post("/api/process_user", headers=headers).json())
    assert len(called) >= 6
    with program(box.store.home, *named) as (_server, url), httpx2.Client(base_url=url) as http:
        whole = [http.post("/api/process_user", headers=headers).json() for headers in turns]
        assert whole[: len(called)] == called
        assert [each["ticket"] for each in whole] == [each["ticket"] for each in again]
        assert [each["state"] for each in whole] == ["confirmed"] * REGULARS + ["sold_out"] * (
            len(asked) - REGULARS
        )
        assert http.post("/api/process_user").json() == {"state": "empty"}
        assert http.get("/availability").json() == {"VIP": VIPS, "Regular": 0}
    assert problems(box.store.path) == []
