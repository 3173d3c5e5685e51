"""How many random histories a property is tried with, and which.

The same ones on every run, so that a change is judged by what it changed. `make explore` makes new
ones, many more of them; what it finds becomes an example.
"""

import os

from hypothesis import settings
from hypothesis.internal.charmap import charmap

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "eventdesk")
EXPLORED = 20
"""Times as many when exploring."""


def tries(count: int) -> int:
    """How many histories to try where `count` are tried on every run."""
    return count * EXPLORED if PROFILE == "explore" else count


def load() -> None:
    """Have hypothesis work by one of our profiles.

    A busy machine is no bug: speed is measured by the benchmarks, never by a test.
    """
    settings.register_profile("eventdesk", deadline=None, derandomize=True)
    settings.register_profile("explore", deadline=None, max_examples=tries(100), print_blob=True)
    settings.load_profile(PROFILE)


def know_characters() -> None:
    """Make the table of characters that texts are drawn from, before any test.

    That takes 200 MiB where no earlier run left it in a file.
    """
    charmap()
