"""What commands share: the open store, the event that was named, and how an answer is printed.

A command is a function of the store (and the event) and its options; what it returns is printed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import click

from eventdesk.acts import SYSTEM, Actor, ActorKind, Role
from eventdesk.cli.command_table import COMMANDS
from eventdesk.cli.group import can_ask, event_named, settings_of
from eventdesk.cli.help_words import laid_out
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.json_text import json_text
from eventdesk.core.messages import ENGLISH, Message, msg, reading

if TYPE_CHECKING:
    from data.store import Store
    from eventdesk.door import ListView
    from eventdesk.events import EventView

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., object])


Declares = Callable[[Callable[..., object]], "Exampled"]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer for people, and the same for programs that call with `--json`.

    Attributes:
        lines: For people.
        data: Makes what is printed as JSON.
        indent: Spaces by which the JSON is indented; None for one line.
    """

    lines: Iterable[str]
    data: Callable[[], object]
    indent: int | None = None


Lines = Iterator[str]
"""Lines that a command prints as they come."""

Said = Iterable[str] | Told | None
"""What a command returns: a line, lines, or an answer that may be JSON.

Lines of a generator are printed as they come, with the store open; others when it is closed.
"""


class Exampled(click.Command):
    """A command whose help ends with `Example:` and command lines, which stay as they are."""

    def __init__(self, name: str | None, *, examples: Sequence[str] = (), **declared: Any) -> None:
        super().__init__(name, **declared)
        self.help = laid_out(self.help or "", examples)

    def invoke(self, ctx: click.Context) -> None:
        """Run the command and print what it answers; what is JSON is English for every reader."""
        with reading(ENGLISH) if wants_json() else nullcontext():
            say(super().invoke(ctx))


def command(name: str, *examples: str, of: str = "", **declared: Any) -> Declares:
    """Make a function a command; its docstring is the help.

    Args:
        name: The command's word.
        examples: What stands behind the command's words in the examples of its help, or whole
            command lines; left out, the words alone.
        of: The group it is in.
        **declared: As click takes it.
    """
    words = f"eventdesk {of} {name}".replace("  ", " ")
    lines = [
        each if each.startswith("eventdesk ") else f"{words} {each}".rstrip()
        for each in examples or ("",)
    ]
    return click.command(name, **{"cls": Exampled, **declared}, examples=lines)


class Group(Exampled, click.Group):
    """A group of commands with examples."""

    def command(self, name: str, *examples: str, **declared: Any) -> Declares:  # type: ignore[override]
        """Make a function a command of this group; see `command`."""

        def declare(run: Callable[..., object]) -> Exampled:
            made = command(name, *examples, of=str(self.name), **declared)(run)
            self.add_command(made)
            return made

        return declare


def group(name: str, *examples: str, more: str = "") -> Group:
    """Make an empty group; its help is the line in the table of commands, and `more` paragraphs."""
    text = "\n\n".join(filter(None, (COMMANDS[name].help, more)))
    return Group(name, help=text, examples=examples)


def _note(ctx: click.Context, option: click.Parameter, value: bool) -> None:
    ctx.meta[f"eventdesk.{option.name}"] = value


def _noted(name: str) -> bool:
    return bool(click.get_current_context().meta.get(f"eventdesk.{name}"))


_AS_JSON: Final = msg("Print as JSON.")


def as_json(help: str = _AS_JSON.text) -> Callable[[F], F]:
    """Give a command that returns `Told` the option `--json`."""
    return click.option("--json", is_flag=True, expose_value=False, callback=_note, help=help)


YES: Final = click.option(
    "--yes", is_flag=True, expose_value=False, callback=_note, help="Do not ask."
)
"""The option of a command that asks first."""


def wants_json() -> bool:
    """Whether the command was called with `--json`."""
    return _noted("json")


def says_yes() -> bool:
    """Whether the command was called with `--yes`."""
    return _noted("yes")


ADD_YES: Final = msg("Add --yes where nobody can answer.")
_ASKS: Final = msg("This asks first.")


def ask_first(question: str, *, unasked: Message = _ASKS) -> None:
    """Go on with `--yes`, or after a yes; standard input may be closed or a pipe.

    Raises:
        InvalidInputError: There is nobody who could answer.
    """
    if says_yes():
        return
    if not can_ask():
        raise InvalidInputError(unasked, hint=ADD_YES)
    click.confirm(question, abort=True)


def say(said: Said) -> None:
    """Print the answer of a command."""
    if isinstance(said, Told) and wants_json():
        click.echo(json_text(said.data(), indent=said.indent, default=str))
        return
    lines = said.lines if isinstance(said, Told) else said
    for line in (lines,) if isinstance(lines, str) else lines or ():
        click.echo(line)


def on_store(run: Callable[Concatenate["Store", P], Said]) -> Callable[P, None]:
    """Call a command with the store of the home, which is open meanwhile; print what it says."""

    @wraps(run)
    def opened(*args: P.args, **options: P.kwargs) -> None:
        from data.store import Store

        with Store(settings_of().home) as store:
            said = run(store, *args, **options)
            if isinstance(said, Iterator):
                say(said)
                said = None
        say(said)

    return opened


EVENT: Final = click.option("--event", "named", default="", help="Event, by code, id or name.")
"""Says the event for a command that may go without; others are `on_event`."""

LIMIT: Final = click.option("--limit", default=50, show_default=True, help="How many at most.")

_EVENT: Final = click.option("--event", "of_event", default="", help="Event, by code, id or name.")
_LIST: Final = click.option("--list", "of_list", default="", help="Check-in list, by name or id.")
_THIS_EVENT: Final = click.argument("of_event", metavar="EVENT", default="")


def on_event(run: Callable[Concatenate["Store", "EventView", P], Said]) -> Callable[..., None]:
    """Call a command with the open store and the event of `--event`; print what it says."""
    return _EVENT(on_store(_with_event(run)))


def on_this_event(run: Callable[Concatenate["Store", "EventView", P], Said]) -> Callable[..., None]:
    """Call a command as `on_event` does, with the event of its argument."""
    return _THIS_EVENT(on_store(_with_event(run)))


def _with_event(
    run: Callable[Concatenate["Store", "EventView", P], Said],
) -> Callable[Concatenate["Store", P], Said]:
    @wraps(run)
    def found(store: "Store", /, *args: P.args, **options: P.kwargs) -> Said:
        from eventdesk.events import find_event

        event = find_event(store, SYSTEM, str(options.pop("of_event")))
        return run(store, event, *args, **options)

    return found


def on_list(run: Callable[Concatenate["Store", "ListView", P], Said]) -> Callable[..., None]:
    """Call a command with the open store and the check-in list of `--list`; print what it says."""

    @wraps(run)
    def found(store: "Store", /, *args: P.args, **options: P.kwargs) -> Said:
        from eventdesk.door import find_list

        listed = str(options.pop("of_list"))
        event_id = event_named(store, str(options.pop("of_event")))
        return run(store, find_list(store, SYSTEM, listed, event_id), *args, **options)

    return _LIST(_EVENT(on_store(found)))


def acting(store: "Store", email: str) -> Actor:
    """Who acts: whoever owns the files, or the account with this address."""
    from eventdesk.accounts import person, who_am_i

    if not email:
        return SYSTEM
    who = person(store, SYSTEM, email)
    return who_am_i(store, Actor(ActorKind.ACCOUNT, who.id, who.name, Role.ATTENDEE))
