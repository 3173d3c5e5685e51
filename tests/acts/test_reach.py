"""Who may reach a use case at all: the program, devices, the machine itself, or whoever comes."""

from collections.abc import Iterator
from typing import Any

import pytest

from data.store import Store
from eventdesk.acts import (
    AREAS,
    SYSTEM,
    VISITOR,
    Actor,
    ActorKind,
    Reach,
    Role,
    Verb,
    all_verbs,
    in_request,
    only_there,
)
from eventdesk.core.errors import KeptInsideError, NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.wire.addresses import addresses_of, apart, route_of
from tests.acts.dummies import arguments
from tests.build import empty_store

BY_REACH = {reach: [verb for verb in all_verbs() if verb.reach is reach] for reach in Reach}

FROM_OUTSIDE = [
    VISITOR,
    Actor(ActorKind.GUEST, new_id(), "Who has a link", Role.ATTENDEE),
    Actor(ActorKind.DEVICE, new_id(), "A tablet", Role.STAFF),
    *(Actor(ActorKind.ACCOUNT, new_id(), f"Some {role}", role) for role in Role),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = empty_store(tmp_path_factory.mktemp("reach") / "home")
    yield store
    store.close()


def named(verb: Verb[..., Any]) -> str:
    return f"{verb.area}.{verb.name}"


@pytest.mark.parametrize("verb", BY_REACH[Reach.INTERNAL], ids=named)
def test_nobody_but_the_program_does_what_it_does_by_itself(
    house: Store, verb: Verb[..., Any]
) -> None:
    for actor in FROM_OUTSIDE:
        with pytest.raises(NotAllowedError, match="by itself"):
            verb(house, actor, **arguments(verb))


@pytest.mark.parametrize("verb", BY_REACH[Reach.DEVICES], ids=named)
def test_no_person_does_what_is_for_devices(house: Store, verb: Verb[..., Any]) -> None:
    for actor in FROM_OUTSIDE:
        if actor.kind is not ActorKind.DEVICE:
            with pytest.raises(NotAllowedError, match="paired devices"):
                verb(house, actor, **arguments(verb))


@pytest.mark.parametrize("verb", BY_REACH[Reach.LOCAL], ids=named)
def test_nothing_local_is_done_for_a_request(house: Store, verb: Verb[..., Any]) -> None:
    for actor in (SYSTEM, *FROM_OUTSIDE):
        with in_request("a request"), pytest.raises(KeptInsideError, match="holds the files"):
            verb(house, actor, **arguments(verb))
    with pytest.raises(KeptInsideError, match=str(only_there())):
        route_of(verb)


def test_each_use_case_for_others_has_an_address_or_says_how_it_is_reached() -> None:
    kept = {*BY_REACH[Reach.LOCAL], *BY_REACH[Reach.INTERNAL]}
    for area in AREAS:
        there = {verb.name for verb in all_verbs() if verb.area == area and verb not in kept}
        ways = [*addresses_of(area), *apart(area)]
        assert sorted(ways) == sorted(there), area


def test_what_takes_a_path_of_the_machine_is_local() -> None:
    by_path = {
        named(verb)
        for verb in all_verbs()
        if any("Path" in str(kind) for kind in verb.body.__annotations__.values())
    }
    assert by_path
    assert by_path <= {named(verb) for verb in BY_REACH[Reach.LOCAL] + BY_REACH[Reach.INTERNAL]}
