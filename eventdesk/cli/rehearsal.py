"""`eventdesk rehearse`: a day at the door, played on a copy."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from eventdesk.cli.command import Told, as_json, command, say
from eventdesk.cli.group import A_FILE, EXIT_COULD_NOT, OVERWRITE, progress, settings_of
from eventdesk.cli.stopping import EXIT_SIGNAL, until_interrupted
from eventdesk.core.json_text import json_text
from eventdesk.core.messages import _
from eventdesk.core.output_files import need_place, write_file
from eventdesk.exercises.rehearsal.plan import Plan, Through, read_chaos
from eventdesk.exercises.rehearsal.report import Report


@command("rehearse", "--guests 500 --lanes 4 --minutes 60 --chaos printer,kill")
@click.option("--guests", default=200, show_default=True, help="People who come.")
@click.option("--lanes", default=2, show_default=True, help="Kiosks and desks, each a process.")
@click.option("--minutes", default=60, show_default=True, help="Event time within which they come.")
@click.option(
    "--chaos",
    default="none",
    show_default=True,
    help="What goes wrong: camera, printer, kill, busy, clock, disk; several with commas; or all.",
)
@click.option("--event", default="", help="Event, by code, id or name.")
@click.option("--list", "listed", default="", help="Check-in list; default: the first for entry.")
@click.option("--frames", is_flag=True, help="Hold every ticket up to a camera, and decode it.")
@click.option(
    "--through",
    type=click.Choice([one.value for one in Through]),
    default="door",
    show_default=True,
    help="Without screens, or through the kiosk and the desk themselves.",
)
@click.option("--speed", type=float, help="Event minutes a minute; default: as fast as it goes.")
@click.option(
    "--seconds-each",
    default=6.0,
    show_default=True,
    help="What a guest takes beside the desk's own time, for the queue.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed, another crowd.")
@as_json(help="Print the report as JSON.")
@click.option(
    "--report", "file", type=A_FILE, help="Write the report to a file as well: .json, or Markdown."
)
@OVERWRITE
def rehearse_command(
    chaos: str,
    event: str,
    listed: str,
    through: str,
    file: Path | None,
    overwrite: bool,
    **how: Any,
) -> None:
    """Play a day at the door on a copy of the event, with faults, and report what came of it.

    The store, its printers and its camera are not touched. Guests come by the forecast's curve,
    some with wrong tickets; each lane is a process of its own. Ctrl+C ends it with the report so
    far and exit status 130. Exits 1 when an admission or a badge was lost or doubled.
    """
    from eventdesk.exercises.rehearsal.rehearsing import rehearse

    if file is not None:
        need_place(file, overwrite=overwrite)  # before the day is played
    plan = Plan(chaos=read_chaos(chaos), through=Through(through), **how)
    home = settings_of().home
    with until_interrupted() as stop, _told(plan.guests) as on_progress:
        report = rehearse(
            home, plan, event=event, listed=listed, stop=stop, on_progress=on_progress
        )
    if file is not None:
        _save(report, file, overwrite=overwrite)
    say(Told(report.lines(), report.describe, indent=2))
    if not report.kept:
        sys.exit(EXIT_COULD_NOT)
    if stop.number is not None:
        sys.exit(EXIT_SIGNAL + stop.number)


@contextmanager
def _told(guests: int) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar that counts guests and says what goes on."""
    said = ""
    with progress(_("Guests"), guests) as done:

        def tell(answered: int, of: int, words: str) -> None:
            nonlocal said
            done(answered)
            if words != said and not sys.stderr.isatty():
                click.echo(f"  {answered}/{of} {words}", err=True)
            said = words

        yield tell


def _as_json(report: Report) -> str:
    return json_text(report.describe(), indent=2)


def _save(report: Report, file: Path, *, overwrite: bool) -> None:
    text = _as_json(report) if file.suffix == ".json" else "\n".join(report.lines())
    write_file(file, f"{text}\n".encode(errors="replace"), overwrite=overwrite)
