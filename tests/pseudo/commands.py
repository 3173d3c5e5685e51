"""The commands in the pseudo-language: their help, and what the examples in it print."""

import re
import shlex
from calendar import day_abbr, month_abbr
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Final

import click
from click.testing import CliRunner

from eventdesk.cli import cli
from eventdesk.door import Outcome
from eventdesk.events import EVENT
from tests.crawl.finding import Finding
from tests.pseudo.findings import look_at, words_of

NOT_RUN: Final = frozenset(
    [
        "open",
        "kiosk",
        "desk",
        "wall",
        "tour",
        "demo",
        "demo-video",
        "rehearse",
        "scan",
        "doctor",
        "init",
        "serve",
        "restore",
    ]
)
"""Commands that open screens, take long, serve until they are stopped, or replace the store."""

WRITTEN: Final = (*Outcome, *day_abbr, *month_abbr, "file")
"""What is shown as it is written in a file: outcomes of scans; and dates, which have no words."""

OF_CLICK: Final = (
    "args boolean choice cli command count dir directory file filename float help integer options "
    "options path range text uuid"
)
"""What click names the values of options."""


def all_commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))


def help_of(path: tuple[str, ...]) -> str:
    """The help of a command in the pseudo-language."""
    words = ["--language", "qps", *path, "--help"]
    return CliRunner().invoke(cli, words, terminal_width=300).output


def names_in(path: tuple[str, ...]) -> frozenset[str]:
    """What in a help is no sentence: commands, options, arguments and choices."""
    found: list[str] = list(path)
    command: click.Command = cli
    for word in ["", *path]:
        if word and isinstance(command, click.Group):
            command = command.get_command(click.Context(command), word) or command
        if isinstance(command, click.Group):
            found += command.list_commands(click.Context(command))
        for each in command.params:
            found += [*each.opts, *each.secondary_opts, each.name or "", each.human_readable_name]
            found.append(each.make_metavar(click.Context(command)))
            found.append(str(each.default))
    if path == ("event", "change"):
        found += [word for one in EVENT for word in (one.flag, *map(str, one.choices))]
    return words_of([*found, OF_CLICK])


def look_at_help(path: tuple[str, ...]) -> Iterator[Finding]:
    """What there is to mend in the help of a command; examples are commands to type."""
    lines = [
        line for line in help_of(path).splitlines() if not line.lstrip().startswith("eventdesk ")
    ]
    yield from look_at(" ".join(("eventdesk", *path, "--help")), "\n".join(lines), names_in(path))


def examples_of(path: tuple[str, ...]) -> Iterator[list[str]]:
    """The examples in a help that can be run here, as arguments: none speaks with another host."""
    for line in help_of(path).splitlines():
        if line.lstrip().startswith(f"eventdesk {' '.join(path)} ") and not re.search(
            r"[|<>;$]|192\.168\.", line
        ):
            words = shlex.split(line, comments=True)[1:]
            if words and words[0] not in NOT_RUN and words[:2] != ["layout", "show"]:
                yield words


def look_at_output(home: Path, words: list[str], data: frozenset[str]) -> Iterator[Finding]:
    """What there is to mend in what a command prints, errors too."""
    with chdir(home.parent):  # some examples write a file where they are run
        done = CliRunner().invoke(cli, ["--language", "qps", "--home", str(home), *words], input="")
    known = data | words_of([*words, OF_CLICK, *WRITTEN]) | {"eventdesk"}
    # JSON is for programs, and so are codes.
    output = re.sub(r"^\s*[{\[].*$|\b[A-Z0-9]{5,8}\b", "", done.output, flags=re.MULTILINE)
    yield from look_at(shlex.join(["eventdesk", *words]), output, known)
