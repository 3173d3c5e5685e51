"""Fixtures every test may ask for: a real store on a real disk."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.core.messages import ENGLISH, use_language
from eventdesk.core.remedies import plainly, use_phrase
from eventdesk.desk import Desk
from tests import histories
from tests.build import Fair, empty_store, fair_of, store_with_fair
from tests.quick import collect_seldom, hash_cheaply, migrate_once, share_statements

histories.load()


os.environ.setdefault("EVENTDESK_LANGUAGE", ENGLISH)
use_language(os.environ["EVENTDESK_LANGUAGE"])

pytest_plugins = ["tests.second_chance", "tests.worker_memory", "tests.raised"]

hash_cheaply()
share_statements()
migrate_once()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    """Know the characters while a process is still small; not before hypothesis allows it."""
    histories.know_characters()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the faults, before `-m` chooses, and have what takes long first for one worker.

    The others steal it when they are through.
    """
    for item in items:
        if item.nodeid.startswith("tests/faults/"):
            item.add_marker(pytest.mark.fault)
    items.sort(key=lambda item: (_is_tour(item), item.get_closest_marker("long") is None))


def _is_tour(item: pytest.Item) -> bool:
    return not item.nodeid.startswith("tests/looks/")


def pytest_collection_finish() -> None:
    """Have the tests loaded before the first one runs."""
    collect_seldom()


@pytest.fixture
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store of its own; with the event in it where the test asks for that too."""
    make = store_with_fair if "fair" in request.fixturenames else empty_store
    with make(tmp_path / "home") as store:
        yield store


@pytest.fixture
def fair(store: Store) -> Fair:
    """The event of the test's store."""
    return fair_of(store)


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    desk = Desk(store)
    yield desk
    desk.close()


@pytest.fixture(autouse=True)
def remedies_for_everybody() -> None:
    """Say remedies without keys and commands, until a command or the screens begin."""
    use_phrase(plainly)


@pytest.fixture(autouse=True)
def collector_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the garbage collector work as in any program: hundreds of apps live in this one."""
    monkeypatch.setattr("screens.core.memory.SETTLED_S", 3600.0)
