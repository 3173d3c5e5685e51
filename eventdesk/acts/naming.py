"""Names typed on a command line, and the things they mean."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from eventdesk.core.errors import NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.messages import msg, msg_p
from eventdesk.core.remedies import Remedy, advise

Found = TypeVar("Found")

MAX_NAMED: Final = 8
"""Choices that a refusal names."""

_KINDS: Final = {
    each.text: each
    for each in (
        msg_p("kind", "announcement"),
        msg_p("kind", "check-in list"),
        msg_p("kind", "code"),
        msg_p("kind", "conflict"),
        msg_p("kind", "device"),
        msg_p("kind", "event"),
        msg_p("kind", "gate"),
        msg_p("kind", "printer"),
        msg_p("kind", "question"),
        msg_p("kind", "room"),
        msg_p("kind", "section"),
        msg_p("kind", "service"),
        msg_p("kind", "session"),
        msg_p("kind", "set of columns"),
        msg_p("kind", "speaker"),
        msg_p("kind", "sponsor"),
        msg_p("kind", "ticket type"),
        msg_p("kind", "token"),
        msg_p("kind", "venue"),
    )
}
"""What a refusal calls a kind of things, by its English name."""


def the_one_named(
    kind: str,
    typed: str,
    things: Sequence[Found],
    name: Callable[[Found], str],
    *,
    label: Callable[[Found], str] | None = None,
    id_of: Callable[[Found], UUID] | None = None,
    whole: bool = False,
) -> Found:
    """Return the thing a name means, the nearest match first; "" means the only one.

    Args:
        kind: What it is called in a refusal, such as "ticket type".
        typed: The name, its beginning, some of its words, or the id.
        things: What there is.
        name: Gives the name of a thing.
        label: What a refusal calls a thing; its name, where it is left out.
        id_of: Gives the id of a thing; `.id`, where it is left out.
        whole: Whether only the whole name or the id counts, as for what is removed or called off.

    Raises:
        NotFoundError: None or several match; the hint lists the choices, those of one name by id.
    """
    wanted = typed.strip()
    ids = [str(_id(each) if id_of is None else id_of(each)) for each in things]
    matches = [each for each, one in zip(things, ids, strict=True) if wanted == one]
    matches = matches or [
        each
        for each in nearest(wanted, things, name)
        if not whole or fold(name(each)) == fold(wanted)
    ]
    names = [(label or name)(each) for each in things]
    choices = [
        spelled if names.count(spelled) == 1 else f"{spelled}: {one}"
        for each, spelled, one in zip(things, names, ids, strict=True)
        if not matches or each in matches
    ]
    return the_one(kind, typed, matches, choices)


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
    called = _KINDS[kind]
    if not choices:
        raise NotFoundError(
            msg("There is no {kind} yet.", kind=called), hint=advise(Remedy.MAKE_FIRST, kind=kind)
        )
    if not typed.strip():
        problem = msg("Which {kind} is meant? There are several.", kind=called)
    elif matches:
        problem = msg("Several match {typed!r}.", typed=typed)
    else:
        problem = msg("There is no {kind} {typed!r}.", kind=called, typed=typed)
    named, more = "; ".join(choices[:MAX_NAMED]), len(choices) - MAX_NAMED
    some = msg("Name one: {choices}; and {more:,} more", choices=named, more=more)
    hint = some if more > 0 else msg("Name one: {choices}", choices=named)
    raise NotFoundError(problem, hint=hint)


def _id(thing: Any) -> UUID:
    found: UUID = thing.id
    return found


def _has(spelled: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(one.startswith(word) for one in spelled) for word in words)
