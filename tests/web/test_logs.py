"""What stands in the logs of a server: which request it was, and nothing of what somebody sent."""

import logging
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from data.schema import AccountRow, AuditRow
from eventdesk.acts import Role
from eventdesk.core.ids import new_id
from eventdesk.web.app import served as served_routes
from eventdesk.web.rates import Rates
from eventdesk.wire.addresses import ROOT
from eventdesk.wire.route import filled
from tests.acts.dummies import arguments
from tests.acts.hostile import Said
from tests.acts.trials import House
from tests.build import Fair
from tests.people import make_staff
from tests.web.serving import Served, served

CANARY = "canary"
OF_THE_TEST = ("httpx", "httpcore")
"""Loggers of who asks, not of who answers."""

PLAIN = "something"
"""What stands for a text in the requests of tests."""


def test_log_and_audit_name_a_request_by_the_number_in_its_answer(
    fair: Fair, house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "eventdesk.web.requests")
    by = house.as_(make_staff(fair, Role.ORGANIZER))
    answer = house.ask("POST", f"/events/{fair.event.id}/pairing-codes", by)
    number = answer.headers["x-request-id"]
    with house.store.read() as connection:
        newest = select(AuditRow.detail).order_by(AuditRow.seq.desc()).limit(1)
        assert connection.execute(newest).scalar_one()["request"] == number
    house.end()  # the line is written once the answer is out
    house.wait()
    lines = [each.getMessage() for each in caplog.records if each.name == "eventdesk.web.requests"]
    path = f"{ROOT}/events/{{event}}/pairing-codes"
    assert [each for each in lines if each.startswith(f"{number} POST {path} 200 ")]


def test_a_refused_request_is_named_by_the_same_number(house: Served) -> None:
    answer = house.ask("GET", "/me")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def sung(value: Any) -> Any:
    """A value of JSON with canaries for its texts."""
    if isinstance(value, dict):
        return {name: sung(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [sung(inner) for inner in value]
    return f"{CANARY}@example.org" if value == PLAIN else value


def test_no_log_of_any_level_tells_what_was_sent(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    house = House.build(tmp_path_factory.mktemp("logs") / "home")
    caplog.set_level(logging.DEBUG)
    rates = Rates(known=10**9, unknown=10**9)
    with house.store, served(house.store, rates=rates) as there:
        boss = house.as_known(house.accounts[Role.ADMIN], Role.ADMIN)
        by = there.as_(boss)
        secrets = [by["authorization"][7:], f"{CANARY}-token", f"{CANARY}-session"]
        shown: list[dict[str, str]] = [
            by,
            {"authorization": f"Bearer {secrets[1]}"},
            {"cookie": f"session={secrets[2]}"},
        ]
        for route in served_routes():
            known = house.subjects.of(route.verb.module, route.verb.name)
            said = Said.read(route, route.request(arguments(route.verb, **known)))
            path = filled(route.path, {name: sung(text) for name, text in said.path.items()})
            for headers in shown:
                answer = there.ask(
                    route.method,
                    path,
                    headers,
                    params={**said.query, CANARY: CANARY} if headers is not by else said.query,
                    json=sung(said.body),
                    headers={"idempotency-key": f"{CANARY}-{new_id()}", "user-agent": CANARY},
                )
                if headers is by and answer.status_code == 401:
                    by.update(there.as_(boss))  # the request ended the token
                    secrets.append(by["authorization"][7:])
        there.http.get(f"/{CANARY}", headers={"host": f"{CANARY}.example.org"})
    told = [each for each in caplog.records if not each.name.startswith(OF_THE_TEST)]
    assert len(told) > 3 * 300
    text = "\n".join(map(logging.Formatter("%(name)s %(threadName)s %(message)s").format, told))
    for secret in (CANARY, *secrets):
        assert [line for line in text.splitlines() if secret in line.lower()] == []


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(fair: Fair) -> None:
    row = {"id": new_id(), "email": f"{CANARY}@example.org", "name": None}
    with pytest.raises(IntegrityError) as raised, fair.store.write() as connection:
        connection.execute(insert(AccountRow).values(row))
    assert CANARY not in str(raised.value)
