"""Requests that no honest program makes: one value of a good one is put in another's place."""

import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote

from eventdesk.wire.route import Request, Route

NOWHERE: Final = "00000000-0000-7000-8000-00000000dead"

MEGABYTE: Final = "a text of a megabyte"
NO_NUMBER: Final = "no number"

KINDS: Final[dict[str, tuple[Any, ...]]] = {
    "a thing that is not there": (NOWHERE,),
    "a wrong type": (None, True, 7, "x", [], {}, [[[]]], {"a": {"b": 1}}),
    "an absurd number": (2**63, -(2**63) - 1, 10**30, -1, 1e308),
    NO_NUMBER: (float("inf"), float("nan")),
    MEGABYTE: ("a " * 2**19,),
    "an absurd text": ("\0", "a\0b", "\ud800", "\u202e\x1b[2J", "", " ", "%"),
    "an absurd time": (
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "2026-01-01T00:00:00",
        "P999999999D",
    ),
}
"""What is put in the place of a value, by what it is."""

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Said:
    """A request, taken apart.

    Attributes:
        path: The texts of the path, by their names.
        query: The texts of the query.
        body: What the JSON of the body says; None where there is none.
        kind: Of what was put in the place of a value.
        change: What was put where, in words.
    """

    path: dict[str, str]
    query: dict[str, list[str]]
    body: Any
    kind: str = ""
    change: str = "nothing"

    @classmethod
    def read(cls, route: Route, request: Request) -> Self:
        """Take a request apart as a server does."""
        path, _, query = request.target.partition("?")
        shape = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]*)", re.escape(route.path))
        found = re.fullmatch(shape, path)
        assert found is not None, (route.path, path)
        return cls(
            {name: unquote(text) for name, text in found.groupdict().items()},
            parse_qs(query, keep_blank_values=True),
            json.loads(request.body) if request.body else None,
        )

    @property
    def is_hopeless(self) -> bool:
        """Whether no use case is even asked for it."""
        return self.kind == MEGABYTE or (self.kind == NO_NUMBER and " in body" in self.change)

    def arguments(self, route: Route) -> dict[str, Any]:
        """What the use case is called with."""
        query = {name: texts[0] if len(texts) == 1 else texts for name, texts in self.query.items()}
        body = b"" if self.body is None else json.dumps(self.body).encode()
        return route.arguments(self.path, query, body)

    def hostile(self, route: Route, random: Random, count: int) -> Iterator["Said"]:
        """So many requests, in each of which one value is another, or one more is said."""
        unsaid = [name for name in route.rest.model_fields if name not in self.query]
        places: list[Place]
        if route.uses_query:
            places = [("query", name) for name in (*self.query, *unsaid)]
        else:
            places = [("body", name) for name in unsaid if name not in self.body]
        places += [("path", name) for name in self.path]
        if self.body is not None:
            by_path = {(each.rpartition(".")[2],) for each in route.in_path.values()}
            places += [("body", *at) for at in _places(self.body) if at not in by_path]
        for _ in range(count if places else 0):
            place = random.choice(places)
            kind = random.choice((*KINDS, *_likely(self._at(place))))
            value = random.choice(KINDS[kind])
            where = ".".join(map(str, place))
            change = f"{kind} in {where}: {value!r:.40}"
            yield replace(self._with(place, value), kind=kind, change=change)

    def _at(self, place: Place) -> Any:
        value: Any = {"path": self.path, "query": self.query, "body": self.body}[str(place[0])]
        for name in place[1:]:
            value = value.get(name) if isinstance(value, dict) else value[name]
        return value[0] if place[0] == "query" and value else value

    def _with(self, place: Place, value: Any) -> "Said":
        if place[0] == "body":
            return replace(self, body=_put(deepcopy(self.body), place[1:], value))
        text = value if isinstance(value, str) else json.dumps(value)
        if place[0] == "path":
            return replace(self, path={**self.path, str(place[1]): text})
        return replace(self, query={**self.query, str(place[1]): [text]})


def _likely(value: Any) -> list[str]:
    """What may pass for a value, so that it goes further than to the door."""
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f-]{36}", value):
        return ["a thing that is not there"] * 6
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value):
        return ["an absurd time"] * 6
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return ["an absurd number"] * 6
    return ["an absurd text"] * 6 if isinstance(value, str) else []


def _places(value: Any) -> Iterator[Place]:
    """Every place in a value of JSON, itself included."""
    yield ()
    members: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for name, inner in members:
        for place in _places(inner):
            yield (name, *place)


def _put(whole: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    inner = whole
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return whole
