"""Finding what a person named on a command line."""

from collections.abc import Sequence
from typing import TypeVar

from eventdesk.errors import NotFoundError

Found = TypeVar("Found")


def the_one(kind: str, typed: str, matches: Sequence[Found], choices: list[str]) -> Found:
    """Return the only match, or say what there is to choose from.

    Raises:
        NotFoundError: None or several match; the hint lists the choices.
    """
    if len(matches) == 1:
        return matches[0]
    if not choices:
        raise NotFoundError(f"There is no {kind} yet.", hint="Try `eventdesk demo --size 500`.")
    problem = f"Several match {typed!r}" if matches else f"There is no {kind} {typed!r}"
    raise NotFoundError(f"{problem}.", hint="Choose one: " + "; ".join(choices[:8]))
