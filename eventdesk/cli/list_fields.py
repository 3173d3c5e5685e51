"""The fields of a check-in list as they are typed on a command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.field_options import Typed, given, is_none, options
from eventdesk.core.day_times import read_days, read_spans
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.plain_text import plain
from eventdesk.door.check_in_list import (
    CHECK_IN_LIST,
    Direction,
    EntryPolicy,
    ListKind,
    NewCheckInList,
    Rule,
    RuleKind,
    read_question_lines,
)
from eventdesk.door.lists import DoorSetup, door_setup
from eventdesk.events.event import EventView

Command = TypeVar("Command", bound=Callable[..., Any])

RULE_HELP: Final = (
    'A rule: "2 a day", "3 entries", "30 minutes", "10:00-12:00 on 2026-06-01", "at Gate A"; '
    'with "VIP: " before it only for that ticket type. May be repeated; replaces all rules.'
)
_RULES = click.option("--rule", "rules", multiple=True, help=RULE_HELP)
_QUESTIONS = click.option(
    "--question", "questions", multiple=True, help='Asked: "Size? [S | M | L]".'
)


def fields(*but: str) -> Callable[[Command], Command]:
    """Give a command the options for every field of a list, but for some."""
    return lambda command: options(CHECK_IN_LIST, *but)(_RULES(_QUESTIONS(command)))


def with_fields(
    store: Store, event: EventView, new: NewCheckInList, typed: Mapping[str, Any]
) -> NewCheckInList:
    """The list with the options that were given; "none" takes one away.

    Raises:
        NotFoundError: Nothing or several are called so.
        InvalidInputError: A value cannot be read.
    """
    setup = door_setup(store, event.id)
    offers: dict[str, Callable[[], Sequence[tuple[UUID, str]]]] = {
        "room_id": lambda: setup.rooms,
        "session_id": lambda: setup.sessions,
        "item_question_id": lambda: setup.questions,
        "ticket_type_ids": lambda: setup.ticket_types,
    }
    old, new = new, given(CHECK_IN_LIST, new, typed, Typed(event.time_zone, offers=offers))
    if typed["rules"]:
        rules = [each for each in typed["rules"] if not is_none(each)]
        new = replace(new, rules=tuple(read_rule(each, setup) for each in rules))
    if typed["questions"]:
        lines = "\n".join(typed["questions"])
        new = replace(new, questions=read_question_lines(lines, old.questions))
    if new.kind is not old.kind:
        leaving = new.kind is ListKind.LEAVE
        new = replace(new, direction=Direction.EXIT if leaving else Direction.ENTRY)
        if new.kind is ListKind.ROOM and typed["entry_policy"] is None:
            new = replace(new, entry_policy=EntryPolicy.AFTER_EXIT)
    return new


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
    if is_none(typed):
        return None
    found = the_one_named(
        what, typed, offered, lambda each: plain(each[1]), id_of=lambda each: each[0]
    )
    return found[0]
