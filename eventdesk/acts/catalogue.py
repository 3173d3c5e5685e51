"""The catalogue: every declared use case as data, and docs/permissions.md made from it."""

import importlib
import inspect
import pkgutil
import sys
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from data.store import Store
from eventdesk.acts.act import ReadingSteps, Steps
from eventdesk.acts.actor import GRANTABLE, PERMISSIONS, Permission, Role
from eventdesk.acts.raised import errors_of
from eventdesk.acts.reach import Reach
from eventdesk.acts.verbs import VERBS, EventOf, Kind, Verb
from eventdesk.core.doors import listed
from eventdesk.core.errors import EventDeskError

AREAS = (
    "acts",
    "services",
    "accounts",
    "events",
    "programme",
    "seating",
    "sales",
    "money",
    "booking",
    "waiting",
    "mailing",
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

What asks for no permission is listed below the tables: what everybody may reach, what paired
devices do, what is done on the machine that holds the files alone, and what the program does by
itself.

Paired devices act as staff, and the program itself (the commands of who owns the files, the
spooler) acts as an admin.
"""

STAYS_HERE: Final = {
    "kept": "what was counted before, so that the next look reads less",
    "on_progress": "told how far it is, while it runs",
    "progress": "told how far it is, while it runs",
    "settings": "those of this program",
    "terminal": "the one in front of whoever asks",
    "stop": "ends it, while it runs",
    "otherwise": "asked for what files say about the time",
    "paid_late": "called for each payment that came late",
}
"""Parameters that make sense in this process alone, and why."""

_REACHES: Final = {
    Reach.PUBLIC: (
        "For everybody",
        "Whoever comes may, also without an account; each shows no more than everybody may see, "
        "or asks for a proof of its own, such as a link or a password.",
    ),
    Reach.DEVICES: (
        "For paired devices",
        "A device does it for its own printers, and the spooler of this house for all.",
    ),
    Reach.LOCAL: (
        "On this machine alone",
        "It takes, writes or names files of the machine that holds the store, and is never done "
        "over the wire. Where it stands in a table above, it needs that permission, too.",
    ),
    Reach.INTERNAL: ("By the program itself", "No person and no device may."),
}
"""What docs/permissions.md says of those that are not guarded by a permission alone."""

_SAYS = {"yes": "yes", "granted": "if granted", "own": "own", "": ""}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a use case is told.

    Attributes:
        type: As `typing.get_type_hints` says it.
        needed: Whether it must be given.
        travels: Whether it can come from another program: no function to be called back, and
            nothing that is remembered between two calls.
    """

    name: str
    type: object
    needed: bool
    travels: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A use case, as the catalogue knows it.

    Attributes:
        title: What it does, in one sentence.
        reach: Who may reach it at all.
        permissions: Any one of them is enough; None where none is asked for.
        own: Whether people may also do it with what is theirs.
        kind: Whether it writes or reads, and whether it goes in steps.
        about: The parameter that says which event it is about; "" for the whole house.
        result: The type of what it returns.
        errors: What it raises beside the errors of every call (`eventdesk/acts/raised.py`).
    """

    area: str
    module: str
    name: str
    title: str
    reach: Reach
    permissions: tuple[Permission, ...] | None
    own: bool
    kind: Kind
    about: str
    parameters: tuple[Parameter, ...]
    result: object
    errors: tuple[type[EventDeskError], ...]


def entry_of(verb: Verb[..., Any]) -> Entry:
    """Describe one use case."""
    hints = typing.get_type_hints(verb.body)
    parameters = list(inspect.signature(verb.body).parameters.values())[1:]
    doc = inspect.getdoc(verb.body) or ""
    about = verb.about
    return Entry(
        verb.area,
        verb.module,
        verb.name,
        doc.partition("\n")[0],
        verb.reach,
        verb.permissions,
        verb.own,
        verb.kind,
        about.parameter if isinstance(about, EventOf) else about or "",
        tuple(
            Parameter(
                each.name, hints[each.name], each.default is each.empty, each.name not in STAYS_HERE
            )
            for each in parameters
        ),
        hints["return"],
        errors_of(verb),
    )


def catalogue() -> tuple[Entry, ...]:
    """Every use case there is, by area and name; all areas are loaded for it."""
    return tuple(entry_of(verb) for verb in all_verbs())


def all_verbs() -> tuple[Verb[..., Any], ...]:
    """Every declared use case, by area and name; all areas are loaded for it."""
    load_all()
    there = (verb for verb in VERBS if verb.area in AREAS)
    return tuple(sorted(there, key=lambda verb: (verb.area, verb.module, verb.name)))


def use_cases() -> Iterator[Verb[..., Any]]:
    """Every use case that asks who acts, by module and name; all areas are loaded for it."""
    asking = (verb for verb in all_verbs() if verb.permissions is not None)
    yield from sorted(asking, key=lambda verb: (verb.module, verb.name))


def load_all() -> list[ModuleType]:
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
    """Name the functions that reach the store around what is declared.

    Those are, of what an area's door lists, the functions that take the store or steps, and
    whatever takes a store and who acts.
    """
    modules = load_all()
    at_doors = [
        (home, name) for area in AREAS for name, home in listed(f"eventdesk.{area}").items()
    ]
    inside = [(module.__name__, name) for module in modules for name in vars(module)]
    return sorted(
        {
            f"{home}.{name}"
            for pairs, takes in ((at_doors, _takes_rows), (inside, _takes_actor))
            for home, name in pairs
            if inspect.isfunction(function := getattr(sys.modules[home], name))
            and function.__module__ == home
            and not name.startswith("_")
            and takes(function)
        }
    )


def _takes_rows(function: Callable[..., object]) -> bool:
    """Whether a function takes the store, or steps of a use case."""
    kinds = (each.annotation for each in inspect.signature(function).parameters.values())
    names = {kind if isinstance(kind, str) else getattr(kind, "__name__", "") for kind in kinds}
    return not names.isdisjoint(each.__name__ for each in (Store, Steps, ReadingSteps))


def _takes_actor(function: Callable[..., object]) -> bool:
    return {"store", "actor"} <= set(inspect.signature(function).parameters)


def roles_that_may(verb: Verb[..., Any]) -> dict[Role, str]:
    """One line of the matrix: "yes", "granted" (a co-host), "own" or "" for each role."""
    permissions = verb.permissions or ()
    cells = {}
    for role in Role:
        if not PERMISSIONS[role].isdisjoint(permissions):
            cells[role] = "granted" if role is Role.COHOST else "yes"
            if Permission.ATTEND in permissions:
                cells[role] = "yes"
        else:
            cells[role] = "own" if verb.own else ""
    return cells


def permissions_page() -> str:
    """The page as Markdown: what each role holds, and a line for each use case."""
    grantable = ", ".join(f"*{each}*" for each in GRANTABLE)
    lines = [_INTRODUCTION.format(grantable=grantable), "## What a role may at most", ""]
    lines += ["| role | permissions |", "|---|---|"]
    for role in Role:
        held = (str(each) for each in type(GRANTABLE[0]) if each in PERMISSIONS[role])
        lines.append(f"| {role} | {', '.join(held)} |")
    module, head = "", f"| use case | needs | {' | '.join(Role)} |"
    for verb in use_cases():
        if verb.module != module:
            module = verb.module
            lines += ["", f"## {module.replace('_', ' ')}", "", head, "|---|---|" + "---|" * 5]
        cells = roles_that_may(verb)
        needs = ", ".join(verb.permissions or ()) or "own"
        said = " | ".join(_SAYS[cells[role]] for role in Role)
        lines.append(f"| `{verb.name}` | {needs} | {said} |")
    for reach, (title, about) in _REACHES.items():
        names = sorted(
            f"`{verb.module}.{verb.name}`" for verb in all_verbs() if verb.reach is reach
        )
        lines += ["", f"## {title}", "", about, "", *(f"- {name}" for name in names)]
    return "\n".join(lines) + "\n"
