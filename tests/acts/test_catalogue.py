"""The catalogue: each use case says what it takes, gives and raises, in types that can travel."""

import dataclasses
import json
import typing
from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from enum import Enum
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import typing_extensions
from pydantic import TypeAdapter

from badges.layout_parts import Layout
from eventdesk.acts.catalogue import STAYS_HERE, Entry, all_verbs, catalogue
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message
from eventdesk.keeping.guests import GuestData
from eventdesk.keeping.personal_data import PersonalData
from eventdesk.wire.addresses import routes
from eventdesk.wire.route import Route
from tests.acts.values import value_of

ENTRIES = catalogue()
TIMES = 200
KINDS = {
    str(kind): kind
    for entry in ENTRIES
    for kind in (*(each.type for each in entry.parameters if each.travels), entry.result)
}


@cache
def adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_travelling(KINDS[name]))


def _travelling(kind: Any) -> Any:
    """A type as it goes over a wire, where a collection is a list."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Collection:
        return list[_travelling(inner[0])]  # type: ignore[misc]
    if type(None) in inner and len(inner) == 2:
        return _travelling(inner[0]) | None
    return kind


def _in_order(value: Any) -> Any:
    """The same with lists in one order, for a set has none."""
    if isinstance(value, dict):
        return {key: _in_order(each) for key, each in value.items()}
    return sorted(map(_in_order, value), key=repr) if isinstance(value, list) else value


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_type_has_a_schema_and_its_values_come_back_as_they_went(name: str) -> None:
    there = adapter(name)
    assert isinstance(there.json_schema(), dict)
    assert isinstance(there.json_schema(mode="serialization"), dict)
    random = Random(name)
    for _ in range(TIMES):
        written = there.dump_json(value_of(KINDS[name], random))
        back = there.dump_json(there.validate_json(written))
        assert _in_order(json.loads(back)) == _in_order(json.loads(written))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.area}.{entry.name}")
def test_a_use_case_says_what_it_does_and_raises_what_there_is(entry: Entry) -> None:
    assert entry.title.endswith((".", ":", "?"))
    for kind in entry.errors:
        assert issubclass(kind, EventDeskError), kind


def test_what_cannot_travel_is_never_needed_where_somebody_asks() -> None:
    called = {route.verb.name for route in routes()}
    for entry in ENTRIES:
        for each in entry.parameters:
            if not each.travels:
                asks = entry.permissions is not None or entry.name in called
                assert not (each.needed and asks), f"{entry.name}: {each.name}"
    used = {each.name for entry in ENTRIES for each in entry.parameters if not each.travels}
    assert used == set(STAYS_HERE)


def test_each_use_case_has_a_name_of_its_own_in_the_whole_house() -> None:
    names = Counter(verb.name for verb in all_verbs())
    assert [name for name, times in names.items() if times > 1] == []


def test_each_type_that_use_cases_take_or_give_has_a_name_of_its_own() -> None:
    named: dict[str, set[str]] = {}
    for kind in _types_within(KINDS.values()):
        named.setdefault(kind.__name__, set()).add(kind.__module__)
    assert {name: places for name, places in named.items() if len(places) > 1} == {}
    assert len(named) > 300


@pytest.mark.parametrize("route", list(routes()), ids=lambda route: route.verb.name)
def test_what_travels_is_no_path_of_the_server_and_nothing_untyped(route: Route) -> None:
    for kind in (*route.kinds.values(), route.entry.result):
        assert not _parts(kind) & {Any, object, Path, dict, list, tuple}, kind


AS_IT_IS: dict[Any, str] = {
    Message: "a sentence with the values that stand in it",
    Layout: "says where its logos lie, which nobody believes who is told it over the wire",
    PersonalData: "all that is kept of a person, as it stands in the store",
    GuestData: "all that is kept of a guest, as it stands in the store",
}
"""Types whose fields are not looked into, and why."""


def _parts(kind: Any) -> set[Any]:
    """The types that a type is made of, fields included."""
    found: set[Any] = set()
    coming = [kind]
    while coming:
        part = coming.pop()
        coming += [each for each in typing.get_args(part) if each is not Ellipsis]
        if typing.get_origin(part) is None and isinstance(part, Hashable) and part not in found:
            found.add(part)
            if part in AS_IT_IS:
                continue
            if dataclasses.is_dataclass(part) or typing_extensions.is_typeddict(part):
                coming += typing.get_type_hints(part).values()
    return found


def _types_within(kinds: Iterable[Any]) -> set[type[Any]]:
    """The types of the house in what is taken and given, and in their fields."""
    found: set[type[Any]] = set()
    coming = list(kinds)
    while coming:
        kind = coming.pop()
        coming += typing.get_args(kind)
        if not isinstance(kind, type) or kind in found:
            continue
        if issubclass(kind, Enum):
            found.add(kind)
        elif (
            dataclasses.is_dataclass(kind)
            or hasattr(kind, "_fields")
            or typing_extensions.is_typeddict(kind)
        ):
            found.add(kind)
            coming += typing.get_type_hints(kind).values()
    return found


def test_who_writes_says_which_event_it_is_about_where_it_takes_one() -> None:
    silent = {
        entry.name
        for entry in ENTRIES
        if entry.kind == "writes"
        and not entry.about
        and any(each.name == "event_id" and each.needed for each in entry.parameters)
    }
    assert silent == set()
