"""Fixtures every test may ask for: a real store on a real disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from data.store import Store
from eventdesk.desk import Desk
from tests.build import Fair, empty_store, make_fair

# A busy machine is no bug: speed is measured by the benchmarks, never by a test.
settings.register_profile("eventdesk", deadline=None)
settings.load_profile("eventdesk")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with empty_store(tmp_path / "home") as store:
        yield store


@pytest.fixture
def fair(store: Store) -> Fair:
    return make_fair(store)


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    desk = Desk(store)
    yield desk
    desk.close()
