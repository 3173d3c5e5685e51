"""Commands that show how an event stands: the wall, and its figures for programs and files."""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, cast

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.command import Lines, Said, as_json, command, on_event, wants_json
from eventdesk.cli.group import A_FILE, OVERWRITE, can_ask, settings_of
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.formats import number
from eventdesk.core.json_text import json_text
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import find_list, list_gates
from eventdesk.events import EventView
from eventdesk.figures import Choice, Standing

P = ParamSpec("P")

_LISTED = click.option("--list", "listed", multiple=True, help="Only this list; may be repeated.")
_GATE = click.option("--gate", default="", help="Only what happened at this gate.")


def _on_choice(
    run: Callable[Concatenate[Store, EventView, Choice, P], Said],
) -> Callable[..., None]:
    """Call a command with the store, the event, and the lists and the gate that were chosen."""

    @wraps(run)
    def chosen(store: Store, event: EventView, /, *args: P.args, **options: P.kwargs) -> Said:
        listed, gate = cast("tuple[str, ...]", options.pop("listed")), str(options.pop("gate"))
        choice = Choice(frozenset(find_list(store, SYSTEM, name, event.id).id for name in listed))
        if gate:
            gates = list_gates(store, SYSTEM, event.id)
            named = the_one_named("gate", gate, gates, lambda each: each.name)
            choice = replace(choice, gate_id=named.id)
        return run(store, event, choice, *args, **options)

    return on_event(_LISTED(_GATE(chosen)))


@command("wall", '--event "Harbour Summit" --bare', '--event "Harbour Summit" --hall')
@_on_choice
@click.option("--cycle", default=15.0, show_default=True, help="Seconds a panel stays; 0: by key.")
@click.option("--bare", is_flag=True, help="Only figures and charts, without keys and status.")
@click.option("--hall", is_flag=True, help="What guests in the hall may see, and no figures.")
@click.option("--theme", default=None, help="dark, light or contrast.")
def wall_command(
    store: Store,
    event: EventView,
    choice: Choice,
    cycle: float,
    bare: bool,
    hall: bool,
    theme: str | None,
) -> None:
    """Open the statistics wall: live figures to be read from across the hall."""
    if not (can_ask() and sys.stdout.isatty()):
        raise InvalidInputError(
            msg("The wall needs a terminal."), hint=msg("Without one, use `eventdesk statistics`.")
        )
    if not 0 <= cycle <= 3600:
        raise InvalidInputError(msg("A panel stays 0 to 3600 seconds."))
    from eventdesk.cli.log_file import log_to_file
    from eventdesk.cli.screens import run_app
    from eventdesk.desk import Desk

    settings = settings_of(theme=theme)
    log_to_file(settings)
    desk = Desk(store)
    try:
        from screens.wall.wall_app import WallApp

        app = WallApp(desk, settings, event, choice=choice, cycle_s=cycle, bare=bare, hall=hall)
        run_app(app, store.path)
    finally:
        desk.close()
    if app.return_code:
        sys.exit(app.return_code)


@command("statistics", "--json", "--panel arrivals --save arrivals.svg")
@_on_choice
@as_json(help="All figures as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="The panel's figures as CSV.")
@click.option("--panel", "key", default="arrivals", show_default=True, help="Which panel.")
@click.option(
    "--span", type=click.Choice(["3h", "day"]), default="day", help="How much of the day."
)
@click.option("--save", "path", type=A_FILE, help="The panel as a file: .svg, .png, .pdf or .csv.")
@OVERWRITE
def statistics_command(
    store: Store,
    event: EventView,
    choice: Choice,
    as_csv: bool,
    key: str,
    span: str,
    path: Path | None,
    overwrite: bool,
) -> Lines:
    """Show how an event stands: expected, in, inside now, out; or save a panel of the wall.

    Panels: arrivals, gates, types, lists, refused, times, lanes, rooms, operators, sessions, sales.
    """
    from eventdesk.figures import described, form_of, save_panel, standing

    form = form_of(path) if path is not None else None
    at = standing(store, SYSTEM, event.id, choice, on_progress=_tell)
    panel = None if wants_json() else _panel(store, event, at, key, span)
    if panel is not None and path is not None and form is not None:
        saved = save_panel(store, SYSTEM, at, panel, form=form, path=path, overwrite=overwrite)
        yield str(saved)
        return
    if panel is None:
        yield json_text(described(at))
    elif as_csv:
        _print_csv(panel)
    else:
        _print(at, panel)


def _tell(done: int, total: int) -> None:
    """Say how far a long reading is, where somebody looks."""
    if sys.stderr.isatty():
        said = _("Reading scans: {done:,} of {total:,}", done=done, total=total)
        click.echo(f"\r{said} ", err=True, nl=done >= total)


def _panel(store: Store, event: EventView, at: Standing, key: str, span: str) -> Any:
    from eventdesk.figures import (
        KEYS,
        Pace,
        Span,
        door_basis,
        door_panels,
        first_door,
        forecast_of,
        revenue_report,
        sales_panels,
        session_panel,
        session_report,
    )

    if key == "sessions":
        return session_panel(session_report(store, SYSTEM.at(at.at), event.id))
    if key.startswith("sales"):
        panels = sales_panels(revenue_report(store, SYSTEM.at(at.at), event.id))
    else:
        door = first_door(at, at.choice)
        basis = door_basis(store, SYSTEM.at(at.at), door) if door is not None else None
        ahead = forecast_of(at, Pace.of(basis) if basis is not None else None)
        panels = door_panels(at, Span(span), ahead)
    for panel in panels:
        if panel.key == key:
            return panel
    if key == "rooms":
        raise NotFoundError(
            msg("There is no list of a room."), hint=msg("Add one of the kind “room”.")
        )
    raise NotFoundError(
        msg("There is no panel {key!r}.", key=key),
        hint=msg("There are: {keys}.", keys=", ".join(KEYS)),
    )


def _print_csv(panel: Any) -> None:
    import csv

    from eventdesk.charts import table_of
    from eventdesk.tables.cells import guarded, text_of

    heading, rows = table_of(panel.chart)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for row in (heading, *rows):
        writer.writerow([cell if isinstance(cell, int) else guarded(text_of(cell)) for cell in row])


def _print(at: Standing, panel: Any) -> None:
    from shutil import get_terminal_size

    from eventdesk.charts.cells import chart_lines, text_of

    total = at.total
    click.echo(f"{plain(at.event_name)} · {plain(at.choice_words)}")
    expected = "–" if total.expected is None else number(total.expected)
    click.echo(
        _(
            "expected {expected}  in {came:,}  inside now {inside:,}  out {out:,}  a minute "
            "{pace:.1f}",
            expected=expected,
            came=total.came,
            inside=total.inside,
            out=total.out,
            pace=at.served_lately,
        )
    )
    click.echo(f"\n{plain(panel.chart.title, limit=400)}")
    click.echo(text_of(chart_lines(panel.chart, min(120, get_terminal_size().columns), 20)))
