"""Commands on printers of badges: found, set up, assigned, looked after."""

from typing import Any

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.group import EXIT_COULD_NOT, event_named, settings_of
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.json_text import json_text
from eventdesk.core.plain_text import plain
from eventdesk.door.gates import list_gates
from eventdesk.events.events import find_event
from eventdesk.printing.printer import LABELS_WARN, NewPrinter, PrinterView, Trial, health_words
from eventdesk.printing.printers import (
    add_printer,
    assign,
    change_printer,
    enable_printer,
    find_printer,
    list_printers,
    move_printer,
    print_test,
    remove_printer,
    reset_labels,
    search_printers,
    try_printer,
)

COUNT = click.IntRange(0, 100_000)


@click.group("printer")
def printer_command() -> None:
    """Set up printers of badges, and see how they are.

    \b
    Example:
      eventdesk printer find --host 192.168.1.40
      eventdesk printer add "Desk A" zpl+tcp://192.168.1.40 --labels 500
      eventdesk printer assign "Desk A" --gate "Gate A"
    """


@printer_command.command("find")
@click.option("--host", "hosts", multiple=True, help="Ask this host too; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def find(ctx: click.Context, hosts: tuple[str, ...], as_json: bool) -> None:
    """Look for printers: at this machine, and at the hosts named.

    \b
    Example:
      eventdesk printer find --host 192.168.1.40
    """
    with Store(settings_of(ctx).home) as store:
        found = search_printers(store, SYSTEM, hosts=hosts)
    if as_json:
        lines = [{"spec": one.spec, "name": one.name, "text": one.text} for one in found]
        click.echo(json_text(lines))
        return
    for one in found:
        click.echo(f"{plain(one.spec, limit=300)}  {plain(one.name)}  {plain(one.text)}")
    if not found:
        click.echo("No printer found. Name its address: --host 192.168.1.40")


@printer_command.command("add")
@click.argument("name")
@click.argument("spec", metavar="ADDRESS")
@click.option("--layout", default="", help="Layout of its paper; else the event's.")
@click.option("--here", is_flag=True, help="Only this machine reaches it, as with a cable.")
@click.option("--labels", type=COUNT, default=None, help="Labels on its roll.")
@click.option("--warn", type=COUNT, default=LABELS_WARN, help="From how many left on to warn.")
@click.pass_context
def add(
    ctx: click.Context,
    name: str,
    spec: str,
    layout: str,
    here: bool,
    labels: int | None,
    warn: int,
) -> None:
    """Set a printer up; prints its id. The address is as `--printer` takes it.

    \b
    Example:
      eventdesk printer add "Desk A" escpos+tcp://192.168.1.41 --labels 300
    """
    new = NewPrinter(name, spec, layout, here, labels, warn)
    with Store(settings_of(ctx).home) as store:
        click.echo(add_printer(store, SYSTEM, new).id)


@printer_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def list_all(ctx: click.Context, as_json: bool) -> None:
    """List the printers in the order in which they take over, with their addresses.

    \b
    Example:
      eventdesk printer list
    """
    with Store(settings_of(ctx).home) as store:
        printers = list_printers(store, SYSTEM)
    if as_json:
        click.echo(json_text([_described(one) for one in printers]))
        return
    for one in printers:
        gates = ", ".join(plain(name) for _, name in one.gates) or "everywhere"
        click.echo(f"{one.position:>2}  {plain(one.name)}  {plain(one.spec, limit=300)}  {gates}")
    if not printers:
        click.echo("No printer is set up; the one of the settings is used. See `printer add`.")


@printer_command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show how the printers are, what waits for them, and what to do.

    Exits 1 when one that is switched on cannot print.

    \b
    Example:
      eventdesk printer status
    """
    with Store(settings_of(ctx).home) as store:
        printers = list_printers(store, SYSTEM)
    if as_json:
        click.echo(json_text([_described(one) for one in printers]))
    for one in printers if not as_json else ():
        sign = "✗" if one.enabled and not one.well else "!" if one.labels_low else "✓"
        labels = "" if one.labels_left is None else f", {one.labels_left} labels left"
        failed = f", {one.failed} failed" if one.failed else ""
        sent = f", {one.unconfirmed} not confirmed" if one.unconfirmed else ""
        click.echo(
            f"{sign} {plain(one.name)}: {plain(one.words, limit=300)}"
            f"  ({one.waiting} waiting{sent}{failed}{labels})"
        )
    if any(one.enabled and not one.well for one in printers):
        ctx.exit(EXIT_COULD_NOT)


@printer_command.command("change")
@click.argument("named", metavar="PRINTER")
@click.option("--name", default=None, help="Another name.")
@click.option("--address", default=None, help="Another address.")
@click.option("--layout", default=None, help="Another layout; '' is the event's.")
@click.option("--here/--anywhere", default=None, help="Whether only this machine reaches it.")
@click.option("--on/--off", "enabled", default=None, help="Switch it on or off.")
@click.option("--earlier", "step", flag_value=-1, type=int, help="Let it take over earlier.")
@click.option("--later", "step", flag_value=1, type=int, help="Let it take over later.")
@click.pass_context
def change(
    ctx: click.Context,
    named: str,
    name: str | None,
    address: str | None,
    layout: str | None,
    here: bool | None,
    enabled: bool | None,
    step: int | None,
) -> None:
    """Change a printer: name, address, layout, on and off, its place in the order.

    \b
    Example:
      eventdesk printer change "Desk A" --off
    """
    with Store(settings_of(ctx).home) as store:
        before = find_printer(store, named)
        if any(each is not None for each in (name, address, layout, here)):
            bound = before.device_id is not None if here is None else here
            new = NewPrinter(
                before.name if name is None else name,
                before.spec if address is None else address,
                before.layout if layout is None else layout,
                bound,
                before.labels_left,
                before.labels_warn,
            )
            change_printer(store, SYSTEM, before.id, new)
        if enabled is not None:
            enable_printer(store, SYSTEM, before.id, enabled=enabled)
        if step is not None:
            move_printer(store, SYSTEM, before.id, step=step)


@printer_command.command("remove")
@click.argument("named", metavar="PRINTER")
@click.pass_context
def remove(ctx: click.Context, named: str) -> None:
    """Remove a printer; badges that wait for it go to the others.

    \b
    Example:
      eventdesk printer remove "Desk A"
    """
    with Store(settings_of(ctx).home) as store:
        remove_printer(store, SYSTEM, find_printer(store, named).id)


@printer_command.command("assign")
@click.argument("named", metavar="PRINTER")
@click.option("--gate", "gates", multiple=True, help="A gate it stands at; may be repeated.")
@click.option("--everywhere", is_flag=True, help="It stands at no gate: it takes what is left.")
@click.option("--event", default="", help="Event, by code, id or name.")
@click.pass_context
def assign_to(
    ctx: click.Context, named: str, gates: tuple[str, ...], everywhere: bool, event: str
) -> None:
    """Say at which gates of an event a printer stands.

    \b
    Example:
      eventdesk printer assign "Desk A" --gate "Gate A" --gate "Gate B"
    """
    if bool(gates) == everywhere:
        raise InvalidInputError(
            "At which gates does it stand?", hint='Say --gate "Gate A", or --everywhere.'
        )
    with Store(settings_of(ctx).home) as store:
        printer, event_id = find_printer(store, named), find_event(store, event).id
        there = list_gates(store, event_id)
        chosen = [the_one_named("gate", typed, there, lambda gate: gate.name).id for typed in gates]
        assign(store, SYSTEM, printer.id, event_id=event_id, gate_ids=chosen)


@printer_command.command("test")
@click.argument("named", metavar="PRINTER|ADDRESS")
@click.pass_context
def test(ctx: click.Context, named: str) -> None:
    """Print a test badge; PRINTER is one that is set up, or an address to try.

    Exits 1 when nothing came out.

    \b
    Example:
      eventdesk printer test tcp://192.168.1.40
    """
    with Store(settings_of(ctx).home) as store:
        known = [one.name.casefold() for one in list_printers(store, SYSTEM)]
        is_address = ":" in named and named.strip().casefold() not in known
        if is_address:
            trial = try_printer(store, SYSTEM, named)
        else:
            trial = print_test(store, SYSTEM, find_printer(store, named).id)
    _say(trial)
    if not trial.out:
        ctx.exit(EXIT_COULD_NOT)


@printer_command.command("refill")
@click.argument("named", metavar="PRINTER")
@click.argument("labels", type=COUNT, required=False)
@click.option("--warn", type=COUNT, default=None, help="From how many left on to warn.")
@click.option("--uncounted", is_flag=True, help="Count its labels no more.")
@click.option("--event", "named_event", default="", help="Event, by code, id or name.")
@click.pass_context
def refill(
    ctx: click.Context,
    named: str,
    labels: int | None,
    warn: int | None,
    uncounted: bool,
    named_event: str,
) -> None:
    """Say how many LABELS the roll has that was put in.

    \b
    Example:
      eventdesk printer refill "Desk A" 300
    """
    if (labels is None) != uncounted:
        raise InvalidInputError("How many labels has the roll?", hint="Such as 300.")
    with Store(settings_of(ctx).home) as store:
        event_id = event_named(store, named_event)
        reset_labels(
            store,
            SYSTEM,
            find_printer(store, named).id,
            labels=labels,
            warn=warn,
            event_id=event_id,
        )


def _say(trial: Trial) -> None:
    click.echo(f"{'✓' if trial.out else '✗'} {plain(trial.words, limit=400)}")
    for line in (plain(trial.hint, limit=400), f"State: {health_words(trial.status)}"):
        if line:
            click.echo(f"  {line}")


def _described(one: PrinterView) -> dict[str, Any]:
    return {
        "printer": str(one.id),
        "name": one.name,
        "address": one.spec,
        "layout": one.layout,
        "on": one.enabled,
        "position": one.position,
        "machine": one.device,
        "gates": [name for _, name in one.gates],
        "health": str(one.status.health),
        "text": one.status.text,
        "driven": one.driven,
        "waiting": one.waiting,
        "not_confirmed": one.unconfirmed,
        "failed": one.failed,
        "labels_left": one.labels_left,
    }
