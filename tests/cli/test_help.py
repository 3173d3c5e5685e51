"""Every command explains itself."""

import shlex
from collections.abc import Iterator
from functools import cache

import click
import pytest
from click.testing import CliRunner

from eventdesk.cli import cli
from eventdesk.cli.command_table import COMMANDS
from eventdesk.cli.help_words import help_messages, speak
from eventdesk.core.messages import reader
from tools.messages import read_catalogue


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", [(), *commands(cli)], ids=" ".join)
def test_help_carries_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*path, "--help"])
    assert shown.exit_code == 0
    example = shown.output.partition("Example:")[2].strip().splitlines()
    assert example, "no example"
    assert example[0].startswith("eventdesk")


@pytest.mark.parametrize("path", list(commands(cli)), ids=" ".join)
def test_the_example_names_its_own_command_and_known_options(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*path, "--help"]).output
    lines = [line.strip() for line in shown.partition("Example:")[2].splitlines()]
    lines = [line for line in lines if line.startswith("eventdesk")]
    assert any(" ".join(path) in line for line in lines)
    for line in lines:
        assert options_in(line) <= options_known(line), line


@pytest.mark.parametrize("path", [(), *commands(cli)], ids=" ".join)
def test_all_of_a_help_is_in_the_catalogue(path: tuple[str, ...]) -> None:
    command: click.Command = cli
    for word in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word) or command
    said = [
        *help_messages(command.help or ""),
        *(getattr(each, "help", None) for each in command.params),
    ]
    assert [each for each in said if each and each not in catalogue()] == []


@cache
def catalogue() -> frozenset[str]:
    return frozenset(str(each.id) for each in read_catalogue("de"))


def options_in(line: str) -> set[str]:
    """The long options that an example uses."""
    return {word.partition("=")[0] for word in words_of(line) if word.startswith("--")} - {"--"}


def options_known(line: str) -> set[str]:
    """The long options of the command that an example calls, and of the groups above it."""
    known: set[str] = {"--help"}
    command: click.Command = cli
    for word in ["", *words_of(line)]:
        if word and isinstance(command, click.Group):
            command = command.get_command(click.Context(command), word) or command
        for parameter in command.params:
            known.update(parameter.opts, parameter.secondary_opts)
    return known


def words_of(line: str) -> list[str]:
    """The words behind the program's name, up to where a shell begins another command."""
    words = shlex.split(line, comments=True)[1:]
    return words[: next((at for at, word in enumerate(words) if word in "|;&&>"), len(words))]


def test_an_option_that_is_none_is_found_in_an_example() -> None:
    line = "eventdesk list add Hall --colour red"
    assert options_in(line) - options_known(line) == {"--colour"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str(limit=1_000) == COMMANDS[name].help
    assert not command.hidden
    assert not command.deprecated


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_help_is_the_one_that_loaded_commands_make(columns: int) -> None:
    context = click.Context(cli, terminal_width=columns)
    from_table, loaded = context.make_formatter(), context.make_formatter()
    cli.format_commands(context, from_table)
    click.Group.format_commands(cli, context, loaded)
    assert from_table.getvalue() == loaded.getvalue()


@pytest.mark.parametrize("words", [["--help", "--language", "de"], ["--language=de", "-h"]])
def test_the_help_is_in_the_language_that_is_named_before_it_or_behind(words: list[str]) -> None:
    before = reader().locale
    try:
        shown = CliRunner().invoke(cli, words)
    finally:
        speak(before)
    assert shown.exit_code == 0
    assert "Der Schalter einer Veranstaltung" in shown.output
    assert "The desk of an event" not in shown.output


def test_an_unknown_command_is_a_usage_error() -> None:
    shown = CliRunner().invoke(cli, ["chek-in"])
    assert shown.exit_code == 2
    assert "No such command" in shown.output
