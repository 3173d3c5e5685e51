"""Secrets hashed at their price, for the tests that are about it."""

from collections.abc import Iterator

import pytest

from tests.quick import hashing_as_ever


@pytest.fixture
def dear_hashes() -> Iterator[None]:
    with hashing_as_ever():
        yield
