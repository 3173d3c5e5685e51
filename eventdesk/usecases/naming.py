"""Finding what a person named on a command line."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from eventdesk.errors import NotFoundError
from eventdesk.model.folding import fold

Found = TypeVar("Found")


def the_one_named(
    kind: str,
    typed: str,
    things: Sequence[Found],
    name: Callable[[Found], str],
    *,
    choices: Sequence[str] | None = None,
    id_of: Callable[[Found], UUID] | None = None,
) -> Found:
    """Return the thing a name means, the nearest match first; "" means the only one.

    Args:
        kind: What it is called in a refusal, such as "ticket type".
        typed: The name, its beginning, some of its words, or the id.
        things: What there is.
        name: Gives the name of a thing.
        choices: What a refusal offers; the names, where it is left out.
        id_of: Gives the id of a thing; `.id`, where it is left out.

    Raises:
        NotFoundError: None or several match; the hint lists the choices.
    """
    wanted = typed.strip()
    matches = [
        each for each in things if wanted == str(_id(each) if id_of is None else id_of(each))
    ]
    matches = matches or nearest(wanted, things, name)
    names = list(choices) if choices is not None else [name(each) for each in things]
    return the_one(kind, typed, matches, names)


def nearest(typed: str, things: Sequence[Found], name: Callable[[Found], str]) -> list[Found]:
    """Return the things with this very name, else those that begin so, else those with its words.

    >>> nearest("mini", ["Minimal", "Mini"], str)
    ['Mini']
    >>> nearest("fair", ["Winter Fair", "Market"], str)
    ['Winter Fair']
    """
    wanted = fold(typed)
    folded = [(fold(name(each)), each) for each in things]
    same = [each for spelled, each in folded if spelled == wanted]
    begins = [each for spelled, each in folded if spelled.startswith(wanted)]
    words = wanted.split()
    return same or begins or [each for spelled, each in folded if _has(spelled.split(), words)]


def the_one(kind: str, typed: str, matches: Sequence[Found], choices: list[str]) -> Found:
    """Return the only match, or say what there is to choose from.

    Raises:
        NotFoundError: None or several match; the hint lists the choices.
    """
    if len(matches) == 1:
        return matches[0]
    if not choices:
        raise NotFoundError(f"There is no {kind} yet.", hint="Try `eventdesk demo --size 500`.")
    if not typed.strip():
        problem = f"Which {kind} is meant? There are several."
    else:
        problem = f"Several match {typed!r}." if matches else f"There is no {kind} {typed!r}."
    raise NotFoundError(problem, hint="Name one: " + "; ".join(choices[:8]))


def _id(thing: Any) -> UUID:
    found: UUID = thing.id
    return found


def _has(spelled: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(one.startswith(word) for one in spelled) for word in words)
