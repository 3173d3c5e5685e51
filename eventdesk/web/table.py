"""Addresses in one table: a request finds its own by its words, however many addresses there are.

Starlette tries one pattern after the other, which for hundreds of them took a third of a request.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import URLPath
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

NOT_ALLOWED: Final = 405

Found = tuple["_Place", tuple[str, ...]]


@dataclass(slots=True)
class _Place:
    """A place in the tree of paths, a level for each part between two slashes.

    Attributes:
        words: What follows by its word.
        any: What follows whatever stands there; None where nothing does.
        routes: What ends here by method, each with the names of the parts that may be anything.
    """

    words: dict[str, "_Place"] = field(default_factory=dict)
    any: "_Place | None" = None
    routes: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)


class Table(BaseRoute):
    """Many routes as one: a word comes before a name in braces at the same place.

    Args:
        routes: Of functions; each part of a path is a word, or a name in braces.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Place()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        place, names = self._root, []
        for part in route.path.split("/"):
            if part[:1] == "{":
                names.append(part[1:-1])
                place.any = place = place.any or _Place()
            else:
                place = place.words.setdefault(part, _Place())
        for method in route.methods or ():
            place.routes.setdefault(method, (route, tuple(names)))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether a request is for one of these, and what it asks for."""
        if scope["type"] != "http":
            return Match.NONE, {}
        allowed: dict[str, tuple[Route, tuple[str, ...]]] = {}
        for place, parts in _found(self._root, scope["path"].split("/"), ()):
            at = place.routes.get(scope["method"])
            if at is not None:
                route, names = at
                params = dict(zip(names, parts, strict=True))
                return Match.FULL, {
                    "route": route,
                    "endpoint": route.endpoint,
                    "path_params": params,
                }
            allowed |= place.routes
        if not allowed:
            return Match.NONE, {}
        route, _names = next(iter(allowed.values()))
        return Match.PARTIAL, {"route": route, "endpoint": None, "allowed": sorted(allowed)}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            HTTPException: The address does not take its method.
        """
        answer: Callable[[Request], Awaitable[Response]] | None = scope["endpoint"]
        if answer is None:
            allow = ", ".join(scope["allowed"])
            raise HTTPException(NOT_ALLOWED, headers={"Allow": allow})
        response = await answer(Request(scope, receive, send))
        await response(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Nothing here is found by a name."""
        raise NoMatchFound(name, dict(path_params))


def _found(place: _Place, parts: list[str], names: tuple[str, ...]) -> Iterator[Found]:
    """Where a path may lead, and what stands there in the places of names; words first."""
    if not parts:
        yield place, names
        return
    first, rest = parts[0], parts[1:]
    word = place.words.get(first)
    if word is not None:
        yield from _found(word, rest, names)
    if place.any is not None and first:
        yield from _found(place.any, rest, (*names, first))
