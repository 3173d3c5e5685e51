"""`eventdesk import`: attendees and bookings from a file."""

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, as_json, command, on_event, wants_json
from eventdesk.cli.encodings import ENCODING, show_guess
from eventdesk.cli.group import A_FILE, progress
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.json_text import json_text
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.exchange import (
    LABELS,
    DryRun,
    Field,
    Imported,
    ImportPlan,
    Look,
    check_import,
    look_at,
    run_import,
)

MAX_SHOWN: Final = 50
"""Problems that are printed; `--json` has up to a thousand."""


@command(
    "import",
    "orders.csv --dry-run",
    'guests.xlsx --column "Who=name" --column "Remark=" --add-types',
    "gosti.csv --encoding koi8-r",
)
@click.argument("file", type=A_FILE)
@on_event
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=FIELD",
    help="What a column is; an empty FIELD leaves it out. May be given several times.",
)
@click.option(
    "--type", "types", multiple=True, metavar="NAME=TYPE", help="A ticket type of the file is TYPE."
)
@click.option("--add-types", is_flag=True, help="Add ticket types nobody knows.")
@click.option("--default-type", default="", help="The type of rows without one.")
@click.option("--unpaid", is_flag=True, help="Rows that do not say count as not paid.")
@click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="What 3/4/2026 is.")
@ENCODING
@click.option("--over-quota", is_flag=True, help="Let more in than planned.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@as_json()
def import_command(
    store: Store, event: EventView, /, file: Path, encoding: str, dry_run: bool, **how: Any
) -> Lines:
    """Take attendees and bookings in from a CSV, XLSX or JSON file: all rows or none.

    Columns are guessed by their names, those of pretix and Eventbrite exports too, and by what
    stands in them. What is here from an import before is passed over; who has a ticket from
    elsewhere, by name and e-mail, is named. Exits 3 when problems stand in the way. A code page is
    never guessed silently: what it would make of the names is shown, and --encoding confirms it.
    """
    look = look_at(store, SYSTEM, event.id, file, encoding=encoding)
    plan = replace(_plan(look, how), encoding=encoding)
    checked = check_import(store, SYSTEM, event.id, file, plan)
    if wants_json():
        yield json_text(_described(look, plan, checked))
    else:
        yield from _dry_run_lines(look, plan, checked)
    done = taken_in(store, event, file, plan, checked, dry_run=dry_run)
    if done is not None and not wants_json():
        yield from imported_lines(done)


def taken_in(
    store: Store,
    event: EventView,
    file: Path,
    plan: ImportPlan,
    checked: DryRun,
    *,
    dry_run: bool = False,
) -> Imported | None:
    """Import a file after its dry run, with a progress bar; None where only that was wanted.

    Ends the command with status 3 where problems stand in the way, or an encoding is guessed.
    """
    if not checked.possible:
        click.echo(_("Nothing was imported."), err=True)
        sys.exit(3)
    show_guess(checked.encoding, confirm=not dry_run)
    if dry_run:
        return None
    with progress(_("Importing"), checked.bookings) as told:
        return run_import(
            store,
            SYSTEM,
            event.id,
            file,
            plan,
            on_progress=lambda at, total: told(at) if total else None,
        )


def imported_lines(done: Imported) -> Lines:
    """What an import brought in."""
    yield _n(
        "{count} ticket in {bookings} was imported.",
        "{count} tickets in {bookings} were imported.",
        done.tickets,
        bookings=_n("{count} booking", "{count} bookings", done.bookings),
    )
    if done.renewed:
        yield _("{count} tickets that were here got the code of the file.", count=done.renewed)


def _plan(look: Look, how: dict[str, Any]) -> ImportPlan:
    columns = list(look.columns)
    for title, field in _pairs(how["columns"]):
        places = [at for at, name in enumerate(look.heading) if fold(name) == fold(title)]
        if not places:
            raise InvalidInputError(
                msg("There is no column {title!r}.", title=title),
                hint=msg("There are: {names}", names=", ".join(look.heading)),
            )
        target = _target(look, field)
        columns = [None if target and each == target else each for each in columns]
        columns[places[0]] = target
    kinds = {fold(name): type_id for type_id, name in look.types}

    def kind(name: str) -> Any:
        if fold(name) not in kinds:
            raise InvalidInputError(
                msg("There is no ticket type {name!r}.", name=name),
                hint=msg("There are: {names}", names=", ".join(each for _id, each in look.types)),
            )
        return kinds[fold(name)]

    return ImportPlan(
        tuple(columns),
        types={fold(name): kind(known) for name, known in _pairs(how["types"])},
        create_types=how["add_types"],
        default_type=kind(how["default_type"]) if how["default_type"] else None,
        paid=not how["unpaid"],
        month_first=None if how["dates"] is None else how["dates"] == "month-first",
        force=how["over_quota"],
    )


def _target(look: Look, field: str) -> Any:
    if not field:
        return None
    questions = {fold(text): question for question, text in look.questions}
    with suppress(ValueError):
        return Field(field.strip().casefold().replace("-", "_").replace(" ", "_"))
    if fold(field) in questions:
        return questions[fold(field)]
    raise InvalidInputError(
        msg("There is no field {field!r}.", field=field),
        hint=msg("Known: {names}", names=", ".join(Field)),
    )


def _pairs(given: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = []
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise InvalidInputError(
                msg("{text!r} has no = in it.", text=text), hint=msg("Write it as NAME=VALUE.")
            )
        pairs.append((name, value))
    return pairs


def _meaning(look: Look, plan: ImportPlan) -> list[tuple[str, str]]:
    asked = dict(look.questions)
    return [
        (
            title,
            ""
            if target is None
            else str(LABELS[target])
            if isinstance(target, Field)
            else asked[target],
        )
        for title, target in zip(look.heading, plan.columns, strict=True)
    ]


def _described(look: Look, plan: ImportPlan, checked: DryRun) -> dict[str, object]:
    return {
        "columns": dict(_meaning(look, plan)),
        "encoding": checked.encoding.name,
        "encoding_guessed": checked.encoding.guessed,
        "words": list(checked.encoding.words),
        "rows": checked.rows,
        "tickets": checked.tickets,
        "bookings": checked.bookings,
        "paid": checked.paid,
        "already": checked.already,
        "left_out": checked.left_out,
        "codes": checked.codes,
        "without_code": checked.without_code,
        "renewed_codes": checked.renewed,
        "total": str(checked.total),
        "types": dict(checked.by_type),
        "with_a_ticket_already": [
            {"row": each.row, "name": each.name, "ticket": each.ticket} for each in checked.alike
        ],
        "new_types": [name for name, _price in checked.new_types],
        "problems": [
            {"row": each.row, "reason": each.reason, "text": each.text, "value": each.value}
            for each in checked.problems
        ],
    }


def name_problems(checked: DryRun) -> None:
    """Say on standard error what stands in the way of an import."""
    for each in checked.problems[:MAX_SHOWN]:
        text = plain(each.text, limit=300) + (f" [{each.value}]" if each.value else "")
        why = each.reason.words
        said = _("row {row}: {reason}: {text}", row=each.row, reason=why, text=text)
        click.echo(said, err=True)
    for reason, count in checked.counts.items():
        click.echo(f"{count} × {reason.words}", err=True)


def name_alike(checked: DryRun) -> None:
    """Say on standard error who would get a further ticket."""
    for each in checked.alike[:MAX_SHOWN]:
        said = _(
            "row {row}: {name} has ticket {ticket} already and gets another",
            row=each.row,
            name=plain(each.name, limit=60),
            ticket=each.ticket,
        )
        click.echo(said, err=True)
    if len(checked.alike) > MAX_SHOWN:
        said = _("and {count} more people who have one", count=len(checked.alike) - MAX_SHOWN)
        click.echo(said, err=True)


def _dry_run_lines(look: Look, plan: ImportPlan, checked: DryRun) -> Lines:
    for title, meaning in _meaning(look, plan):
        yield f"  {plain(title, limit=40):<40} {plain(meaning) or _('(left out)')}"
    yield _(
        "{rows} rows: {already} here already, {left_out} cancelled.",
        rows=checked.rows,
        already=checked.already,
        left_out=checked.left_out,
    )
    name_problems(checked)
    if not checked.possible:
        return
    name_alike(checked)
    kinds = ", ".join(f"{plain(name)} {count}" for name, count in checked.by_type.items())
    yield _(
        "{tickets} in {bookings}, {paid:,} of them paid, together {total}: {kinds}",
        tickets=_n("{count} ticket", "{count} tickets", checked.tickets),
        bookings=_n("{count} booking", "{count} bookings", checked.bookings),
        paid=checked.paid,
        total=checked.total,
        kinds=kinds or _("nothing new"),
    )
    if checked.codes:
        yield _n(
            "{count} ticket opens with the code they were sold with.",
            "{count} tickets open with the code they were sold with.",
            checked.codes,
        )
    if checked.without_code:
        yield _n(
            "{count} ticket has no such code: issued anew here.",
            "{count} tickets have no such code: issued anew here.",
            checked.without_code,
        )
    if checked.renewed:
        yield _("{count} tickets that are here get the code of the file.", count=checked.renewed)
    for name, price in checked.new_types:
        yield _("New ticket type: {name}, {price}", name=plain(name), price=price)
