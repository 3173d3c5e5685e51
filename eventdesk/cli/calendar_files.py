"""How commands give out calendar files: on standard output, or into a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from eventdesk.cli.group import A_FILE, OVERWRITE
from eventdesk.core.made_file import MadeFile
from eventdesk.core.output_files import need_place, write_file

Command = TypeVar("Command", bound=Callable[..., Any])


def to_file(command: Command) -> Command:
    """Give a command the options that say where its file goes; see `given_out`."""
    option = click.option("--to", type=A_FILE, help="The file; else standard output.")
    return option(OVERWRITE(command))


def given_out(made: MadeFile, to: Path | None, *, overwrite: bool) -> str:
    """Write a calendar file where it was asked for.

    Returns:
        What the command prints: the path of the file, or without one what would be in it.

    Raises:
        EventDeskError: The file is there already, or cannot be written.
    """
    if to is None:
        return made.content.decode().removesuffix("\n")
    need_place(to, overwrite=overwrite)
    write_file(to, made.content, overwrite=overwrite)
    return str(to)
