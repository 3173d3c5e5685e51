"""Each use case that is served, called by the client in Python: there and back."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import pytest

from eventdesk.client import Client
from eventdesk.core.errors import EventDeskError
from eventdesk.web.app import served as served_routes
from eventdesk.wire.codec import as_json, read_value
from eventdesk.wire.route import Route
from tests.acts.trials import House, Try, is_yes
from tests.orders import EARLY
from tests.web.serving import Served, served

ROUTES = [each for each in served_routes() if each.verb.permissions is not None]
NAMES = [f"{each.verb.module}.{each.verb.name}" for each in ROUTES]


@dataclass(frozen=True)
class People:
    """A house that is served, with a client for each account."""

    house: House
    clients: dict[UUID, Client]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    house = House.build(tmp_path_factory.mktemp("walk") / "home")
    house.store.clock = lambda: EARLY
    with ExitStack() as ended:
        there = ended.enter_context(served(house.store))
        clients = {
            account_id: ended.enter_context(_client(house, there, account_id))
            for account_id in house.accounts.values()
        }
        yield People(house, clients)
    house.store.close()


def _client(house: House, there: Served, account_id: UUID) -> Client:
    header = there.as_(house._signed_in(account_id, "Somebody"))["authorization"]
    return Client(there.url, token=header.partition(" ")[2])


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_it_is_called_and_gives_what_the_use_case_gives(people: People, route: Route) -> None:
    for one in islice(people.house.rights(route.verb), 1):
        error, result = answered(people, one, route)
        assert is_yes(error), repr(error)
        if error is None and not route.is_file:
            kind = route.entry.result
            assert read_value(kind, as_json(kind, result), "result") == result


def answered(people: People, one: Try, route: Route) -> tuple[EventDeskError | None, Any]:
    """What comes of a try: an error, or what it gives."""
    with people.house.prepared(one) as (actor, given):
        assert actor.id is not None
        try:
            return None, people.clients[actor.id].call(route.verb, **given)
        except EventDeskError as error:
            return error, None
