"""Every command explains itself."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from eventdesk.cli import cli


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
    usage, _, example = shown.partition("Example:")
    lines = [line for line in example.splitlines() if line.strip().startswith("eventdesk")]
    assert any(" ".join(path) in line for line in lines)
    assert not [line for line in lines if "--" in line and not usage]


def test_an_unknown_command_is_a_usage_error() -> None:
    shown = CliRunner().invoke(cli, ["chek-in"])
    assert shown.exit_code == 2
    assert "No such command" in shown.output
