"""The address of each use case, a table for each area.

What is *internal* or *local* (`eventdesk/acts/reach.py`) has none. What is reached in another way,
by a cookie, a page or an address outside of the API, stands in a table too, with the reason.
`eventdesk/wire/route.py` says how an address is written.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

from eventdesk.acts import AREAS, Verb, all_verbs, only_there
from eventdesk.wire.route import Route

ROOT: Final = "/api/v1"


def routes() -> Iterator[Route]:
    """Every route there is, by area, in the order of the tables."""
    by_name = {(verb.area, verb.name): verb for verb in all_verbs()}
    for area in AREAS:
        for name, address in addresses_of(area).items():
            yield _written(area, name, address, by_name[area, name])


@cache
def route_of(verb: Verb[..., Any]) -> Route:
    """The route of one use case; nothing else is loaded for it.

    Raises:
        KeptInsideError: It has none.
    """
    address = addresses_of(verb.area).get(verb.name)
    if address is None:
        raise only_there()
    return _written(verb.area, verb.name, address, verb)


def _written(area: str, name: str, address: str, verb: Verb[..., Any]) -> Route:
    once: Mapping[str, tuple[str, ...]] = _table(area, "SHOWN_ONCE")
    return Route.written(address, verb, shown_once=once.get(name, ()))


def addresses_of(area: str) -> Mapping[str, str]:
    """The addresses of an area's use cases, by their names."""
    return _table(area, "ADDRESSES")


def apart(area: str) -> Mapping[str, str]:
    """The use cases of an area that are reached in another way, and which."""
    return _table(area, "APART")


def _table(area: str, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(import_module(f"{__name__}.{area}"), name, {})
    return found
