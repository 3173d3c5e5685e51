"""What tests of the server share."""

from collections.abc import Iterator

import pytest

from tests.build import Fair
from tests.web.serving import Served, served


@pytest.fixture
def house(fair: Fair) -> Iterator[Served]:
    """The fair's house, served."""
    with served(fair.store) as there:
        yield there
