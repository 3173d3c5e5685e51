"""Every use case with an address, asked by an admin for what cannot be: refused in words."""

from collections.abc import Collection, Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

from eventdesk.acts import Actor, Kind, Role, in_request
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.events import NewEvent
from eventdesk.wire.addresses import routes
from eventdesk.wire.codec import as_json
from eventdesk.wire.limits import MAX_TEXT, need_sane
from eventdesk.wire.route import Route
from tests.acts.dummies import arguments
from tests.acts.hostile import Said
from tests.acts.trials import House, Try
from tests.build import NOON
from tests.door.undoing import taken_back
from tests.orders import EARLY

ROUTES = list(routes())
TRIES = 10
"""Requests for each use case; the same on every run."""

NOTES_OF_REFUSALS = frozenset({"wrong_try", "touched"})
"""Tables in which wrong passwords and codes are counted, and that something was touched."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House.build(tmp_path_factory.mktemp("hostile") / "home")
    yield house
    house.store.close()


@pytest.fixture(scope="module")
def boss(house: House) -> Actor:
    return house.as_known(house.accounts[Role.ADMIN], Role.ADMIN)


@pytest.fixture(scope="module")
def before(house: House) -> dict[str, int]:
    with house.store.read() as connection:
        return content(connection)


def content(connection: Connection) -> dict[str, int]:
    """What each table holds, as a number."""
    names = inspect(connection).get_table_names()
    return {
        name: hash(tuple(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"'))))
        for name in names
        if not name.startswith(("search", "sqlite_")) and name not in NOTES_OF_REFUSALS
    }


def request_of(house: House, route: Route) -> Said:
    """A good request."""
    known = house.subjects.of(route.verb.module, route.verb.name)
    return Said.read(route, route.request(arguments(route.verb, **known)))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.verb.area}.{route.verb.name}")
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(
    house: House, boss: Actor, before: dict[str, int], route: Route
) -> None:
    random = Random(f"{route.method} {route.path}")
    for said in request_of(house, route).hostile(route, random, TRIES):
        try:
            given = said.arguments(route)
        except InvalidInputError:
            continue
        assert not said.is_hopeless, said.change
        _ask(house, boss, before, route, given, said)


def _ask(
    house: House,
    boss: Actor,
    before: dict[str, int],
    route: Route,
    given: dict[str, Any],
    said: Said,
) -> None:
    """Ask for it; an error of ours has written nothing, and no other error is one."""
    house.put_files(Try(route.verb, "an admin", boss))
    with taken_back(house.store):
        try:
            with in_request("a hostile one"):
                route.verb(house.store, boss.at(EARLY), **given)
        except EventDeskError:
            if route.entry.kind is not Kind.READS:
                with house.store.read() as connection:
                    assert content(connection) == before, said.change
        except Exception as error:
            raise AssertionError(f"{route.verb} raised {error!r} for {said.change}") from error


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": ["x" * (MAX_TEXT + 1)]}, "body.a.0"),
        (NewEvent("Fair", NOON.replace(tzinfo=None), NOON), "body.starts_at"),
        ({"nonce": [(1, float("nan"))]}, "body.nonce.0.1"),
    ],
)
def test_what_no_value_may_be_is_found_however_deep_it_lies(value: object, place: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^{place}: "):
        need_sane(value, "body")


def test_the_longest_text_of_a_field_is_taken() -> None:
    need_sane({"note": "x" * MAX_TEXT}, "body")


def test_a_set_goes_over_the_wire_as_a_list() -> None:
    assert as_json(Collection[int] | None, frozenset({7})) == [7]
