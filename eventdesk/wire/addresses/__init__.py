"""The address of each use case, a table for each area.

What has no address stands in a table too: the program does it by itself, or it takes what only this
machine has. `eventdesk/wire/route.py` says how an address is written.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

from eventdesk.acts import AREAS, Verb, all_verbs
from eventdesk.core.errors import KeptInsideError
from eventdesk.core.messages import msg
from eventdesk.wire.route import Route

ROOT: Final = "/api/v1"


def routes() -> Iterator[Route]:
    """Every route there is, by area, in the order of the tables."""
    by_name = {(verb.area, verb.name): verb for verb in all_verbs()}
    for area in AREAS:
        for name, address in addresses_of(area).items():
            yield Route.written(address, by_name[area, name])


@cache
def route_of(verb: Verb[..., Any]) -> Route:
    """The route of one use case; nothing else is loaded for it.

    Raises:
        KeptInsideError: It has none.
    """
    address = addresses_of(verb.area).get(verb.name)
    if address is None:
        raise only_there()
    return Route.written(address, verb)


def only_there() -> KeptInsideError:
    """The error where a use case is asked for from elsewhere that is kept inside."""
    return KeptInsideError(
        msg("This is done only on the machine that holds the files."), hint=msg("Do it there.")
    )


def uses_files_here(verb: Verb[..., Any]) -> bool:
    """Whether a use case is kept inside because it takes, names or writes files of the machine."""
    return kept_inside(verb.area).get(verb.name, "").endswith(" of this machine")


def addresses_of(area: str) -> Mapping[str, str]:
    """The addresses of an area's use cases, by their names."""
    found: Mapping[str, str] = import_module(f"{__name__}.{area}").ADDRESSES
    return found


def kept_inside(area: str) -> Mapping[str, str]:
    """The use cases of an area that have no address, and why."""
    found: Mapping[str, str] = import_module(f"{__name__}.{area}").INSIDE
    return found
