"""The encoding of a text file: the option that names it, and what is said of a guess."""

import sys

import click

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.tables.encoding import Encoding

ENCODING = click.option(
    "--encoding",
    default="",
    metavar="NAME",
    help="How the characters of a CSV file are encoded, such as utf-8, cp1252 or koi8-r.",
)


def show_guess(encoding: Encoding, *, confirm: bool) -> None:
    """Say what was guessed and what else it may be; `confirm` ends the command then, with status 3.

    Nothing is said where the file tells its encoding itself.
    """
    if not encoding.guessed:
        return
    click.echo(encoding.sentence, err=True)
    for name, words in ((encoding.name, encoding.words), *encoding.others):
        click.echo(
            _("  --encoding {name:<10} {words}", name=name, words=plain(" ".join(words), limit=60)),
            err=True,
        )
    if confirm:
        click.echo(_("Nothing was imported. Choose the line that reads right."), err=True)
        sys.exit(3)
