"""The matrix of use cases and roles, as docs/permissions.md shows it: generated from the code."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

from eventdesk.acts.actor import GRANTABLE, PERMISSIONS, Role
from eventdesk.acts.permission import MATRIX, Allowed, roles_that_may

AREAS = (
    "acts",
    "accounts",
    "events",
    "programme",
    "seating",
    "sales",
    "money",
    "booking",
    "waiting",
    "printing",
    "door",
    "figures",
    "exchange",
    "keeping",
)
"""The rooms of the use cases, from the lowest layer to the highest."""

_INTRODUCTION = """\
# Who may do what

This page is generated from the code (`eventdesk/acts/catalogue.py`), and a test walks every cell
of it: each use case called by a real account in each role.

An **admin** is one for the whole installation. **Organizer**, **co-host** and **staff** are roles
at one event and say nothing about another. Everybody who is signed in is an **attendee**
everywhere else. Roles, permissions and bans are asked of the store in the transaction that does
the thing, so a change holds at once, on whatever screen somebody is signed in.

- **yes**: may do it, at an event of theirs.
- **if granted**: a co-host may do it when the organizer granted one of the permissions of the
  line. Grantable are {grantable}.
- **own**: only with what is theirs, such as their booking or profile.
- An empty cell is a no.

Paired devices act as staff, and the program itself (the commands of who owns the files, the
spooler) acts as an admin.
"""

_SAYS = {"yes": "yes", "granted": "if granted", "own": "own", "": ""}


def use_cases() -> Iterator[tuple[Callable[..., Any], Allowed]]:
    """Every use case that asks who acts, by area and name; all areas are loaded for it."""
    load_all()
    yield from sorted(MATRIX.items(), key=lambda item: (item[1].module, item[1].verb))


def load_all() -> list[Any]:
    """Import every module of the areas, and return them."""
    names = [
        found.name
        for area in AREAS
        for found in pkgutil.walk_packages(
            importlib.import_module(f"eventdesk.{area}").__path__, f"eventdesk.{area}."
        )
    ]
    return [importlib.import_module(name) for name in names]


def undeclared() -> list[str]:
    """Name the public use cases that take an actor and do not say who may call them.

    Where the actor may be None, anybody may call, signed in or not.
    """
    return sorted(
        f"{module.__name__}.{name}"
        for module in load_all()
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and _asks_who_acts(function)
        and function not in MATRIX
    )


def permissions_page() -> str:
    """The page as Markdown: what each role holds, and a line for each use case."""
    grantable = ", ".join(f"*{each}*" for each in GRANTABLE)
    lines = [_INTRODUCTION.format(grantable=grantable), "## What a role may at most", ""]
    lines += ["| role | permissions |", "|---|---|"]
    for role in Role:
        held = (str(each) for each in type(GRANTABLE[0]) if each in PERMISSIONS[role])
        lines.append(f"| {role} | {', '.join(held)} |")
    area = ""
    for _use_case, line in use_cases():
        if line.module != area:
            area = line.module
            lines += ["", f"## {area.replace('_', ' ')}", "", _head(), "|---|---|" + "---|" * 5]
        cells = roles_that_may(line)
        needs = ", ".join(line.permissions) or "own"
        said = " | ".join(_SAYS[cells[role]] for role in Role)
        lines.append(f"| `{line.verb}` | {needs} | {said} |")
    return "\n".join(lines) + "\n"


def _asks_who_acts(function: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(function).parameters.values())[:2]
    names = [parameter.name for parameter in parameters]
    return names == ["store", "actor"] and "None" not in str(parameters[1].annotation)


def _head() -> str:
    return f"| use case | needs | {' | '.join(Role)} |"
