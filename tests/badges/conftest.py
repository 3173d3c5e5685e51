"""Letters let go between the tests: all names in all layouts take half a gigabyte of fonts."""

from collections.abc import Iterator

import pytest

from badges import fonts

MOST_FONTS = 64
"""What one house's layouts use, and some more."""


@pytest.fixture(autouse=True)
def few_fonts() -> Iterator[None]:
    yield
    if fonts._font.cache_info().currsize > MOST_FONTS:
        fonts._font.cache_clear()
