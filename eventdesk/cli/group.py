"""The group of all commands, what they share, and where errors end."""

import gc
import importlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Never
from uuid import UUID

import click

from eventdesk import __version__
from eventdesk.acts import SYSTEM
from eventdesk.cli.command_table import COMMANDS
from eventdesk.cli.help_words import MAX_SHORT, speak, spoken
from eventdesk.cli.remedy_words import in_commands
from eventdesk.cli.stopping import EXIT_PIPE, exit_status, signals_raise
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EventDeskError, InvalidInputError, NotFoundError, StoreError
from eventdesk.core.formats import listed
from eventdesk.core.messages import (
    ENGLISH,
    SPOKEN,
    _,
    is_spoken,
    language_of_environment,
    reader,
    translated,
)
from eventdesk.core.plain_text import harmless
from eventdesk.core.remedies import use_phrase
from eventdesk.core.settings import Settings

if TYPE_CHECKING:
    from badges.paper import Printer
    from data.store import Store

A_FILE = click.Path(path_type=Path, dir_okay=False)
A_FOLDER = click.Path(path_type=Path, file_okay=False)

OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
"""The option of every command that writes a file where it is told to."""

EXIT_COULD_NOT = 1
EXIT_USAGE = 2
EXIT_REFUSED = 3


class Commands(click.Group):
    """A group that loads a command's module when it is asked for, and says errors plainly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = _loaded(f"eventdesk.cli.{COMMANDS[cmd_name].module}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return spoken(command)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`, which is heard behind `--language`, wherever the two stand."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.is_eager = False
        return option

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the reader's language."""
        twin = spoken(self)
        click.Group.format_help(twin if isinstance(twin, Commands) else self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without loading them."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        with formatter.section(translated("Commands")):
            formatter.write_dl(
                [
                    (name, _short(name, translated(entry.help), limit))
                    for name, entry in COMMANDS.items()
                ]
            )

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error meant for people becomes a line and an exit status."""
        use_phrase(in_commands)
        try:
            return super().invoke(ctx)
        except EventDeskError as error:
            use_phrase(in_commands)  # screens may have been open
            # A message may name what somebody typed or imported.
            click.echo(f"eventdesk: {harmless(str(error))}", err=True)
            if error.hint:
                click.echo(f"  {harmless(error.hint)}", err=True)
            usage = isinstance(error, InvalidInputError | NotFoundError)
            ctx.exit(EXIT_USAGE if usage else EXIT_COULD_NOT)
        except KeyboardInterrupt as stopped:
            _end_stopped(ctx, stopped)
        except click.Abort as aborted:
            if not isinstance(aborted.__context__, KeyboardInterrupt):
                raise
            _end_stopped(ctx, aborted.__context__)
        except BrokenPipeError:
            # Whoever read us has gone; what was committed is committed.
            _to_nowhere()
            ctx.exit(EXIT_PIPE)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=A_FOLDER,
    help="Folder of the store, keys, badges and backups. Default: $EVENTDESK_HOME, else the "
    "platform's folder for data.",
)
@click.option(
    "--language",
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _parameter, tag: _speak(ctx, tag),
    help="Language of screens, messages and help, such as de. Default: $EVENTDESK_LANGUAGE, else "
    "the settings', else the system's.",
)
@click.version_option(__version__, prog_name="eventdesk")
@click.pass_context
def cli(ctx: click.Context, home: Path | None) -> None:
    """The desk of an event: QR check-in, exactly once, with badges.

    Without a command it opens the full-screen program.

    \b
    Example:
      eventdesk demo --size 500
      eventdesk kiosk --camera 0
    """
    ctx.obj = home
    if _LANGUAGE not in ctx.meta:
        with suppress(InvalidInputError):  # the command that needs the settings says what is wrong
            speak(Settings.load(home).language or language_of_environment())
    if ctx.invoked_subcommand is None:
        command = ctx.command
        assert isinstance(command, Commands)
        opened = command.get_command(ctx, "open")
        assert opened is not None
        ctx.invoke(opened)


_LANGUAGE = "eventdesk.language"
"""Where a call says that its language was asked for."""


def _speak(ctx: click.Context, tag: str | None) -> None:
    """Speak the language that was asked for; the settings are not known yet."""
    if tag and not is_spoken(tag):
        raise click.BadParameter(
            _(
                "There is no language {tag!r}. Choose {choices}.",
                tag=tag,
                choices=listed(SPOKEN, "or"),
            )
        )
    if tag:
        ctx.meta[_LANGUAGE] = tag
    named = tag or os.environ.get("EVENTDESK_LANGUAGE")
    speak(named or language_of_environment())


def _short(name: str, words: str, limit: int) -> str:
    command = click.Command(name, help=words)
    return command.get_short_help_str(limit if reader().language == ENGLISH else MAX_SHORT)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        "".join(given).encode()
    except UnicodeEncodeError:
        click.echo(_("eventdesk: An argument is not text in UTF-8."), err=True)
        sys.exit(EXIT_USAGE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a sign shows a ?
    try:
        with signals_raise():
            cli.main(args=given, prog_name="eventdesk")
    except OSError as error:
        # Their disk is full, or what printed last had no reader.
        _to_nowhere()
        if isinstance(error, BrokenPipeError):
            sys.exit(EXIT_PIPE)
        click.echo(f"eventdesk: {error.strerror or error}", err=True)
        sys.exit(EXIT_COULD_NOT)


def _loaded(name: str) -> ModuleType:
    """Import a module with the collector at rest: what is loaded stays, there is no garbage yet."""
    if name in sys.modules or not gc.isenabled():
        return importlib.import_module(name)
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def _end_stopped(ctx: click.Context, stopped: BaseException) -> Never:
    """Say that a signal ended the command, and end with its exit status."""
    with suppress(OSError):  # the terminal may be what has ended
        click.echo(_("eventdesk: Stopped. What was not finished is undone."), err=True)
    ctx.exit(exit_status(stopped))


def _to_nowhere() -> None:
    """Write no more: there is nobody to read it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def settings_of(**options: Any) -> Settings:
    """Read the settings for the `--home` given before the command, and put options over them."""
    return Settings.load(click.get_current_context().find_root().obj).with_options(**options)


def printer_of(settings: Settings) -> "Printer | None":
    """The printer that the settings name."""
    from badges.printers import open_printer

    return open_printer(settings.printer, badges_folder=settings.home / "badges")


def event_named(store: "Store", named: str) -> UUID | None:
    """The id of the event that `--event` names, or None when it was left out.

    Raises:
        NotFoundError: There is no such event, or several.
    """
    from eventdesk.events import find_event

    return find_event(store, SYSTEM, named).id if named.strip() else None


def can_ask() -> bool:
    """Whether there is somebody at a terminal who could answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def noted_now(store: "Store") -> datetime:
    """What the clock says; noted as the open program does, for deadlines hold where it is believed.

    A store that cannot be written is read all the same.
    """
    from eventdesk.acts import watch_clock

    now = utc_now()
    with suppress(StoreError):
        watch_clock(store, SYSTEM.at(now))
    return now


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error; give a function that takes how many are done.

    Without a terminal there is no bar, and standard output stays for results.
    """
    with click.progressbar(
        length=total,
        label=label,
        file=sys.stderr,
        show_pos=True,
        update_min_steps=max(1, total // 500),
    ) as bar:
        at = 0

        def done(now_at: int) -> None:
            nonlocal at
            bar.update(now_at - at)
            at = now_at

        yield done
