"""A server that is killed beside scans and bookings: what was answered is there, once."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import select

from data.files import problems
from data.schema import AdmissionRow, BookingRow, TicketRow
from data.store import Store
from eventdesk.accounts import make_token
from eventdesk.core.clock import utc_now
from tests.build import Fair
from tests.figures.crowd import set_event, set_type
from tests.people import make_guest, make_staff
from tests.web.serving import ALL
from tests.web.test_serving import program

pytestmark = pytest.mark.long

ROUNDS, CLIENTS, OF_EACH = 10, 4, 40
MOST_ANSWERS = 60
"""After so many answers at most the server is killed, while others are on their way."""


@dataclass
class Call:
    """A call of a client, that is sent with the same key until it is answered.

    Attributes:
        told: Each answer to it.
    """

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    told: list[Any] = field(default_factory=list)

    def send(self, http: httpx2.Client) -> None:
        answer = http.post(self.path, headers=self.headers, json=self.body)
        assert answer.status_code == 200, answer.text
        self.told.append(answer.json())


class Countdown:
    """Does something after so many answers."""

    def __init__(self, answers: int, then: Callable[[], None]) -> None:
        self._left, self._then = iter(range(answers, -1, -1)), then

    def note(self) -> None:
        if not next(self._left, 1):
            self._then()


def test_kills_beside_scans_and_bookings_lose_no_answer_and_double_none(fair: Fair) -> None:
    soon = utc_now() + timedelta(days=30)
    set_event(fair, starts_at=soon, ends_at=soon + timedelta(hours=8))
    set_type(fair.store, fair.regular, price_minor=0, quota=None)
    before = fair.sell_all([f"Guest {number}" for number in range(CLIENTS * OF_EACH)])
    scans, orders = list(_scans(fair, before)), list(_orders(fair))
    clients = [[*scans[at::CLIENTS], *orders[at::CLIENTS]] for at in range(CLIENTS)]
    for calls in clients:
        random.shuffle(calls)
    fair.store.close()
    for _ in range(ROUNDS):
        with program(fair.store.home) as (server, url):
            ends = Countdown(random.randint(1, MOST_ANSWERS), server.kill)
            with ThreadPoolExecutor(CLIENTS) as pool:
                list(pool.map(partial(_go_on, url, ends), clients))
            server.kill()
            server.wait(30)
        assert problems(fair.store.path) == []
    answered = [call for call in (*scans, *orders) if call.told]
    assert len(answered) > ROUNDS, "it was killed before it answered anything"
    with program(fair.store.home) as (_server, url), httpx2.Client(base_url=url) as http:
        for call in (*scans, *orders):
            call.send(http)
    assert [call.told for call in answered if len({str(each) for each in call.told}) > 1] == []
    assert {call.told[0]["outcome"] for call in scans} == {"admitted"}
    with Store(fair.store.home) as store, store.read() as connection:
        inside = select(TicketRow.code).join(AdmissionRow, AdmissionRow.ticket_id == TicketRow.id)
        codes = list(connection.execute(inside).scalars())
        booked = select(BookingRow.code).where(BookingRow.source == "attendee")
        bookings = list(connection.execute(booked).scalars())
    assert len(codes) == len(set(codes)) == len(scans)
    assert sorted(bookings) == sorted(call.told[0]["code"] for call in orders)


def _scans(fair: Fair, booked: Any) -> Iterator[Call]:
    made = make_token(fair.store, make_staff(fair), "a door", ALL)
    for at in range(CLIENTS * OF_EACH):
        body = {"text": fair.token(booked, at), "nonce": uuid4().hex, "seen_at": f"{utc_now()}"}
        yield Call(f"/api/v1/lists/{fair.door.id}/scans", _headers(made.secret), body)


def _orders(fair: Fair) -> Iterator[Call]:
    for at in range(CLIENTS * OF_EACH):
        if at % 10 == 0:
            guest = make_guest(fair.store, f"Guest{at}")
            made = make_token(fair.store, guest, "an app", ALL)
        tickets = [{"ticket_type_id": str(fair.regular), "name": f"Booked {at}"}]
        body = {"booking": {"name": f"Booked {at}", "email": "", "tickets": tickets}}
        yield Call(f"/api/v1/events/{fair.event.id}/orders", _headers(made.secret), body)


def _headers(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}", "idempotency-key": uuid4().hex}


def _go_on(url: str, ends: Countdown, calls: list[Call]) -> None:
    """Send what is not answered, and some of what is, until the server is gone."""
    again = random.sample(calls, 3)
    with suppress(httpx2.TransportError), httpx2.Client(base_url=url) as http:
        for call in calls:
            if not call.told or call in again:
                call.send(http)
                ends.note()
