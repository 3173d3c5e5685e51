"""The fields of a check-in list as they are typed on a command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts.naming import the_one_named
from eventdesk.core.day_times import read_days, read_spans
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.door.check_in_list import (
    Direction,
    EntryPolicy,
    ListKind,
    NewCheckInList,
    PrintPolicy,
    Rule,
    RuleKind,
    UnpaidPolicy,
    read_question_lines,
)
from eventdesk.door.lists import DoorSetup, door_setup
from eventdesk.events.event import EventView

Command = TypeVar("Command", bound=Callable[..., Any])

RULE_HELP: Final = (
    'A rule: "2 a day", "3 entries", "30 minutes", "10:00-12:00 on 2026-06-01", "at Gate A"; '
    'with "VIP: " before it only for that ticket type. May be repeated; replaces all rules.'
)
_KINDS: Final = tuple(each.value for each in ListKind)

_FIELDS = (
    click.option("--kind", type=click.Choice(_KINDS), help="What passing its door means."),
    click.option("--type", "types", multiple=True, help="Only this ticket type; may be repeated."),
    click.option(
        "--entry",
        type=click.Choice([each.value for each in EntryPolicy]),
        help="How often a ticket is let in.",
    ),
    click.option("--rule", "rules", multiple=True, help=RULE_HELP),
    click.option("--opens", help='Opens, such as "2026-06-01 09:00"; "none" for always.'),
    click.option("--closes", help='Closes; "none" for never.'),
    click.option(
        "--unpaid",
        type=click.Choice([each.value for each in UnpaidPolicy]),
        help="What is done with unpaid tickets.",
    ),
    click.option(
        "--print",
        "prints",
        type=click.Choice([each.value for each in PrintPolicy]),
        help="When badges print.",
    ),
    click.option("--room", help='The room it is the door of; "none" for no room.'),
    click.option("--session", help='The only session it is the door of; "none" for none.'),
    click.option("--capacity", help='Most people inside at once; "none" asks the room.'),
    click.option("--item", help="What is collected, such as T-shirt."),
    click.option("--item-question", help="Question whose answer says which one: the size."),
    click.option("--auto-exit", help='All have left at this time of day; "none" for never.'),
    click.option(
        "--ends-stays/--keeps-stays",
        default=None,
        help="Whether entering this room ends the stay in the other rooms.",
    ),
    click.option("--question", "questions", multiple=True, help='Asked: "Size? [S | M | L]".'),
    click.option("--attention", help="What staff read with every admission."),
)


def fields(command: Command) -> Command:
    """Give a command the options for every field of a list."""
    for option in reversed(_FIELDS):
        command = option(command)
    return command


def with_fields(
    store: Store, event: EventView, new: NewCheckInList, given: Mapping[str, Any]
) -> NewCheckInList:
    """The list with the options that were given; "none" takes one away.

    Raises:
        NotFoundError: Nothing or several are called so.
        InvalidInputError: A value cannot be read.
    """
    setup = door_setup(store, event.id)
    readers: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "name": ("name", str),
        "kind": ("kind", ListKind),
        "entry": ("entry_policy", EntryPolicy),
        "unpaid": ("unpaid_policy", UnpaidPolicy),
        "prints": ("print_policy", PrintPolicy),
        "opens": ("opens_at", lambda text: _moment(text, event)),
        "closes": ("closes_at", lambda text: _moment(text, event)),
        "room": ("room_id", lambda text: _named("room", text, setup.rooms)),
        "session": ("session_id", lambda text: _named("session", text, setup.sessions)),
        "capacity": ("capacity", _number),
        "item": ("item", str),
        "item_question": (
            "item_question_id",
            lambda text: _named("question", text, setup.questions),
        ),
        "auto_exit": ("auto_exit", lambda text: "" if _is_none(text) else text),
        "ends_stays": ("ends_stays", bool),
        "attention": ("attention", str),
    }
    values = {
        field: read(given[option])
        for option, (field, read) in readers.items()
        if given.get(option) is not None
    }
    if given.get("types"):
        from eventdesk.cli.booking import type_named

        values["ticket_type_ids"] = frozenset(
            type_named(store, event.id, typed) for typed in given["types"]
        )
    if given.get("rules"):
        rules = [each for each in given["rules"] if not _is_none(each)]
        values["rules"] = tuple(read_rule(each, setup) for each in rules)
    if given.get("questions"):
        values["questions"] = read_question_lines("\n".join(given["questions"]), new.questions)
    kind = values.get("kind", new.kind)
    if kind is not new.kind:
        values["direction"] = Direction.EXIT if kind is ListKind.LEAVE else Direction.ENTRY
        if kind is ListKind.ROOM:
            values.setdefault("entry_policy", EntryPolicy.AFTER_EXIT)
    return replace(new, **values)


def read_rule(typed: str, setup: DoorSetup) -> Rule:
    """Read a rule as it is typed; see `RULE_HELP`.

    Raises:
        NotFoundError: There is no such ticket type or gate.
        InvalidInputError: It is no rule.
    """
    text, types = typed.strip(), frozenset[UUID]()
    whose, colon, rest = text.partition(": ")
    if colon:
        found = _named("ticket type", whose, setup.ticket_types)
        text, types = rest.strip(), frozenset({found} if found else ())
    first, _, words = text.partition(" ")
    words = words.strip().casefold()
    if first.isdecimal() and words in _COUNTED:
        return Rule(_COUNTED[words], ticket_type_ids=types, number=int(first))
    if first.casefold() == "at" and words:
        gates = [(gate.id, gate.name) for gate in setup.gates]
        named = [_named("gate", each, gates) for each in text[3:].split(",")]
        return Rule(RuleKind.GATES, ticket_type_ids=types, gate_ids=frozenset(filter(None, named)))
    times, on, days = text.partition("on ") if text.startswith("on ") else text.partition(" on ")
    try:
        spans, dates = read_spans(times), read_days(days) if on else ()
    except InvalidInputError as error:
        raise InvalidInputError(f"{typed[:60]!r} is no rule. {error}", hint=RULE_HELP) from error
    return Rule(RuleKind.TIMES, ticket_type_ids=types, spans=spans, days=dates)


_COUNTED: Final = {
    "a day": RuleKind.PER_DAY,
    "per day": RuleKind.PER_DAY,
    "entry": RuleKind.MOST,
    "entries": RuleKind.MOST,
    "times": RuleKind.MOST,
    "minute": RuleKind.MINUTES,
    "minutes": RuleKind.MINUTES,
}


def gate_named(typed: str, setup: DoorSetup) -> UUID | None:
    """Find a gate by its name or the beginning of it; "" and "none" are no gate.

    Raises:
        NotFoundError: None or several match.
    """
    if not typed.strip():
        return None
    return _named("gate", typed, [(gate.id, gate.name) for gate in setup.gates])


def _named(what: str, typed: str, offered: Sequence[tuple[UUID, str]]) -> UUID | None:
    if _is_none(typed):
        return None
    found = the_one_named(
        what, typed, offered, lambda each: plain(each[1]), id_of=lambda each: each[0]
    )
    return found[0]


def _is_none(text: str) -> bool:
    return text.strip().casefold() in ("", "none")


def _moment(text: str, event: EventView) -> datetime | None:
    return None if _is_none(text) else read_moment(text, event.time_zone)


def _number(text: str) -> int | None:
    if _is_none(text):
        return None
    if not text.strip().isdecimal():
        raise InvalidInputError(f"{text[:20]!r} is no whole number.")
    return int(text)
