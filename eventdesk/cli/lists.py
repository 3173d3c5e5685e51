"""Commands on what the door needs: check-in lists and gates."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.booking import type_named
from eventdesk.cli.command import EVENT, Lines, group, on_event, on_store
from eventdesk.cli.field_options import Typed, given, is_none, options
from eventdesk.cli.group import event_named
from eventdesk.core.clock import utc_now
from eventdesk.core.day_times import read_days, read_spans
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.door import (
    CHECK_IN_LIST,
    CheckInList,
    Direction,
    DoorSetup,
    EntryPolicy,
    ListKind,
    ListView,
    NewCheckInList,
    Rule,
    RuleKind,
    add_check_in_list,
    add_gate,
    as_new,
    change_check_in_list,
    doors_of_event,
    find_list,
    list_gates,
    read_question_lines,
    remove_check_in_list,
    try_rule,
    verdict_told,
)
from eventdesk.events import EventView, find_event

Command = TypeVar("Command", bound=Callable[..., Any])

RULE_HELP: Final = msg(
    'A rule: "2 a day", "3 entries", "30 minutes", "10:00-12:00 on 2026-06-01", "at Gate '
    'A"; with "VIP: " before it only for that ticket type. May be repeated; replaces all '
    "rules."
)
_RULES = click.option("--rule", "rules", multiple=True, help=RULE_HELP.text)
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
    setup = doors_of_event(store, SYSTEM, event.id)
    offers: dict[str, Callable[[], Sequence[tuple[UUID, str]]]] = {
        "room_id": lambda: setup.rooms,
        "session_id": lambda: setup.sessions,
        "item_question_id": lambda: setup.questions,
        "tell_answers": lambda: setup.questions,
        "tell_age": lambda: setup.questions,
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
    first, _space, words = text.partition(" ")
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
        raise InvalidInputError(
            msg("{typed!r} is no rule. {error}", typed=typed[:60], error=error), hint=RULE_HELP
        ) from error
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


list_command = group("list", 'eventdesk list add "Main entrance"')


@list_command.command(
    "add",
    '"VIP lounge" --type VIP --entry once_per_day',
    '"Hall 1" --kind room --room "Hall 1" --auto-exit 23:00',
    '"Badge desk" --kind badge',
    'Shirts --kind collect --item T-shirt --item-question "Which size?"',
    'Pool --entry any --rule "2 a day" --rule "Child: 10:00-12:00"',
)
@click.argument("name")
@fields("name")
@on_event
def add_list(store: Store, event: EventView, /, name: str, **given: Any) -> str:
    """Add a check-in list; prints its id."""
    new = with_fields(store, event, NewCheckInList(name), given)
    return str(add_check_in_list(store, SYSTEM, event.id, new).id)


@list_command.command("change", '"Hall 1" --capacity 120 --rule "30 minutes"')
@click.argument("listed")
@click.option("--remove", is_flag=True, help="Remove it; only while nothing was scanned by it.")
@fields()
@EVENT
@on_store
def change_list(store: Store, /, listed: str, named: str, remove: bool, **given: Any) -> Lines:
    """Change the check-in list LISTED, by id or the beginning of its name; the rest stays."""
    view, event = _list_named(store, listed, named)
    if remove:
        remove_check_in_list(store, SYSTEM, view.id)
        yield _("{name} is removed.", name=plain(view.name))
        return
    setup = doors_of_event(store, SYSTEM, event.id)
    old = as_new(next(each for each in setup.lists if each.id == view.id))
    new = with_fields(store, event, old, given)
    view = change_check_in_list(store, SYSTEM, view.id, new)
    setup = doors_of_event(store, SYSTEM, event.id)
    yield from _lines(next(each for each in setup.lists if each.id == view.id), setup)


@list_command.command("show", '--event "Harbour Summit"')
@on_event
def show_lists(store: Store, event: EventView) -> Lines:
    """Show the check-in lists of an event, with what each is for and its rules."""
    setup = doors_of_event(store, SYSTEM, event.id)
    for each in setup.lists:
        yield from _lines(each, setup)
    if not setup.lists:
        yield _('No check-in lists yet. Add the first: eventdesk list add "Main entrance"')


@list_command.command(
    "try", 'Pool --type Child --at "2026-06-01 13:00" --before "2026-06-01 10:05"'
)
@click.argument("listed")
@click.option("--type", "kind", default="", help="Ticket type, by the beginning of its name.")
@click.option("--gate", default="", help="Gate, by the beginning of its name; none without.")
@click.option("--at", "moment", help='When, such as "2026-06-01 09:30"; else now.')
@click.option("--before", multiple=True, help="When the ticket came in before; may be repeated.")
@click.option("--inside", type=click.IntRange(0), default=0, help="People inside.")
@click.option("--company", is_flag=True, help="Whoever accompanies the holder is in.")
@EVENT
@on_store
def try_list(
    store: Store,
    listed: str,
    named: str,
    kind: str,
    gate: str,
    moment: str | None,
    before: tuple[str, ...],
    inside: int,
    company: bool,
) -> Lines:
    """Say what the list LISTED would answer to a good ticket; writes nothing.

    Exits 0 when it would be let in, 3 when not.
    """
    view, event = _list_named(store, listed, named)
    setup = doors_of_event(store, SYSTEM, event.id)
    decision = try_rule(
        store,
        SYSTEM,
        view.id,
        ticket_type_id=type_named(store, event.id, kind),
        gate_id=gate_named(gate, setup),
        at=utc_now() if moment is None else read_moment(moment, event.time_zone),
        entries_before=[read_moment(each, event.time_zone) for each in before],
        inside=inside,
        in_company=company,
    )
    door = next(each for each in setup.lists if each.id == view.id)
    yield plain(verdict_told(decision, door.kind), limit=400)
    sys.exit(0 if decision.outcome.passes else 3)


def _list_named(store: Store, listed: str, named: str) -> tuple[ListView, EventView]:
    """Find a list and its event, which need not be named where one list alone is called so."""
    view = find_list(store, SYSTEM, listed, event_named(store, named))
    return view, find_event(store, SYSTEM, str(view.event_id))


def _lines(each: CheckInList, setup: DoorSetup) -> Lines:
    """One line for a list, and one for each of its rules."""
    parts = [each.kind.value]
    parts += [plain(text) for text in (each.room_name, each.session_title, each.item) if text]
    if each.limit is not None:
        parts.append(_("at most {limit} inside", limit=each.limit))
    if each.auto_exit:
        parts.append(_("all out at {at}", at=each.auto_exit))
    if each.ends_stays:
        parts.append(_("ends the stay in other rooms"))
    if each.offline:
        hours = each.offline_hours
        parts.append(_n("phones go on for {count} hour", "phones go on for {count} hours", hours))
    yield f"{each.id}  {plain(each.name)}  ({', '.join(parts)})"
    gates, types = {gate.id: gate.name for gate in setup.gates}, dict(setup.ticket_types)
    for rule in each.all_rules:
        whose = ", ".join(sorted(types.get(one, "?") for one in rule.ticket_type_ids))
        name = f"{rule.name}: " if rule.name else ""
        yield f"    {plain(f'{name}{rule.told(gates)}' + (f' ({whose})' if whose else ''))}"


gate_command = group("gate", 'eventdesk gate add "Gate A"')


@gate_command.command("add", '"North entrance"')
@click.argument("name")
@on_event
def add_one_gate(store: Store, event: EventView, name: str) -> str:
    """Add a gate; prints its id."""
    return str(add_gate(store, SYSTEM, event.id, name).id)


@gate_command.command("show")
@on_event
def show_gates(store: Store, event: EventView) -> list[str]:
    """Show the gates of an event."""
    gates = list_gates(store, SYSTEM, event.id)
    return [f"{each.id}  {plain(each.name)}" for each in gates] or [
        _('No gates yet. Add the first: eventdesk gate add "Gate A"')
    ]
