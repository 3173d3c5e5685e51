"""The description of the API: what is served, and nothing else."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from eventdesk.acts import Reach
from eventdesk.web.api import in_order
from eventdesk.web.app import served
from eventdesk.web.openapi import description
from tests.people import PASSWORD, make_guest
from tests.web.serving import Served

BY_HAND = {
    ("POST", "/sessions"),
    ("GET", "/sessions/current"),
    ("DELETE", "/sessions/current"),
    ("POST", "/app-sessions"),
    ("POST", "/app-sessions/renewals"),
    ("DELETE", "/app-sessions/current"),
}
"""What signs in and out, which is no use case by itself."""

METHODS = ("get", "put", "post", "patch", "delete")


@cache
def described() -> dict[str, Any]:
    return description(in_order(served()), url="/api/v1")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of each."""
    for path, item in described()["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def refs(value: Any) -> Iterator[str]:
    """The names of all types that a value points to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from refs(each)
    elif isinstance(value, list):
        for each in value:
            yield from refs(each)


def test_it_describes_what_is_served() -> None:
    there = {(method.upper(), path) for path, method, _operation in operations()}
    derived = {(route.method, route.path) for route in served()}
    assert there == derived | BY_HAND
    assert not derived & BY_HAND


def test_what_is_described_by_hand_is_where_the_server_has_it(house: Served) -> None:
    unknown = {house.ask(method, path).status_code for method, path in BY_HAND} & {404, 405}
    assert not unknown


def test_an_app_signs_in_as_it_is_described(house: Served) -> None:
    make_guest(house.store, "Gus", secret=PASSWORD)
    signing_in = described()["paths"]["/app-sessions"]["post"]
    asked = signing_in["requestBody"]["content"]["application/json"]["schema"]
    given = signing_in["responses"]["201"]["content"]["application/json"]["schema"]
    body = {"email": "gus@example.org", "secret": PASSWORD}
    assert set(asked["required"]) == set(body)
    assert set(given["properties"]) == set(house.ask("POST", "/app-sessions", json=body).json())


def test_each_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [operation["operationId"] for _path, _method, operation in operations()]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for _path, _method, operation in operations())


def test_each_place_of_a_path_is_described_and_each_type_is_there() -> None:
    for path, method, operation in operations():
        assert method in METHODS
        places = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert places == re.findall(r"\{(\w+)\}", path)
    found = described()
    known = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}
    assert set(refs(found)) <= known


@pytest.mark.parametrize("status", ["400", "401", "408", "413", "415", "429", "503"])
def test_each_operation_says_how_it_may_end(status: str) -> None:
    for path, _method, operation in operations():
        assert status in operation["responses"], path
        assert any(answer in operation["responses"] for answer in ("200", "201", "204"))


def test_a_key_that_belongs_to_another_call_is_described_where_there_are_keys() -> None:
    for path, method, operation in operations():
        keys = [each for each in operation["parameters"] if each["name"] == "Idempotency-Key"]
        told = operation["responses"].get("422", {"description": ""})["description"]
        writes = method != "get" and (method.upper(), path) not in BY_HAND
        assert ("`key_reused`" in told) is bool(keys) is writes, path


def test_an_answer_that_may_be_none_is_described_as_such() -> None:
    shift = described()["paths"]["/events/{event}/me/shift"]["get"]["responses"]
    assert {"200", "204"} <= set(shift)
    assert "204" not in described()["paths"]["/me"]["get"]["responses"]


def test_types_are_called_by_their_own_names() -> None:
    names = described()["components"]["schemas"]
    assert not [name for name in names if name.endswith("_given") or "__" in name]


def test_it_is_served_to_whoever_asks(house: Served) -> None:
    assert house.ask("GET", "/openapi.json").json() == described()


def test_what_is_public_asks_for_nobody() -> None:
    for route in served():
        operation = described()["paths"][route.path][route.method.lower()]
        assert ({} in operation["security"]) is (route.verb.reach is Reach.PUBLIC)
