"""One server for all tests of storage, and a bucket of its own for each."""

from collections.abc import Iterator

import pytest

from tests.integrations.storage.counterpart import Storage, moto, new_bucket


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Moto's server."""
    with moto() as url:
        yield url


@pytest.fixture
def storage(moto_url: str) -> Storage:
    """An empty bucket."""
    return new_bucket(moto_url)
