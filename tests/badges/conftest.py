"""Letters let go between the tests: all names in all layouts take half a gigabyte of fonts."""

from collections.abc import Iterator

import pytest

from badges import drawing, fonts

MOST = 64
"""What one house's layouts use, and some more: fonts, and texts as they are printed."""


@pytest.fixture(autouse=True)
def few_letters() -> Iterator[None]:
    yield
    for kept in (fonts._font, drawing._written):
        if kept.cache_info().currsize > MOST:
            kept.cache_clear()
