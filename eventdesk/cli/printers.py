"""Commands on printers of badges: found, set up, assigned, looked after."""

import sys
from dataclasses import replace
from typing import Any

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.command import Lines, Told, as_json, group, on_store, say
from eventdesk.cli.group import EXIT_COULD_NOT, event_named
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, in_english, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import list_gates
from eventdesk.events import find_event
from eventdesk.printing import (
    LABELS_WARN,
    NewPrinter,
    PrinterView,
    add_printer,
    assign,
    change_printer,
    enable_printer,
    find_printer,
    health_words,
    list_printers,
    move_printer,
    print_test,
    remove_printer,
    reset_labels,
    search_printers,
    try_printer,
)

COUNT = click.IntRange(0, 100_000)


printer_command = group(
    "printer",
    "eventdesk printer find --host 192.168.1.40",
    'eventdesk printer add "Desk A" zpl+tcp://192.168.1.40 --labels 500',
    'eventdesk printer assign "Desk A" --gate "Gate A"',
)


@printer_command.command("find", "--host 192.168.1.40")
@click.option("--host", "hosts", multiple=True, help="Ask this host too; may be repeated.")
@as_json()
@on_store
def find(store: Store, hosts: tuple[str, ...]) -> Told:
    """Look for printers: at this machine, and at the hosts named."""
    found = search_printers(store, SYSTEM, hosts=hosts)
    lines = [
        f"{plain(one.spec, limit=300)}  {plain(one.name)}  {plain(str(one.text))}" for one in found
    ]
    return Told(
        lines or [_("No printer found. Name its address: --host 192.168.1.40")],
        lambda: [
            {"spec": one.spec, "name": one.name, "text": in_english(one.text)} for one in found
        ],
    )


@printer_command.command("add", '"Desk A" escpos+tcp://192.168.1.41 --labels 300')
@click.argument("name")
@click.argument("spec", metavar="ADDRESS")
@click.option("--layout", default="", help="Layout of its paper; else the event's.")
@click.option("--here", is_flag=True, help="Only this machine reaches it, as with a cable.")
@click.option("--labels", type=COUNT, default=None, help="Labels on its roll.")
@click.option("--warn", type=COUNT, default=LABELS_WARN, help="From how many left on to warn.")
@on_store
def add(
    store: Store, name: str, spec: str, layout: str, here: bool, labels: int | None, warn: int
) -> str:
    """Set a printer up; prints its id. The address is as `--printer` takes it."""
    new = NewPrinter(name, spec, layout, here, labels, warn)
    return str(add_printer(store, SYSTEM, new).id)


@printer_command.command("list")
@as_json()
@on_store
def list_all(store: Store) -> Told:
    """List the printers in the order in which they take over, with their addresses."""
    printers = list_printers(store, SYSTEM)
    lines = [
        f"{one.position:>2}  {plain(one.name)}  {plain(one.spec, limit=300)}  "
        + (", ".join(plain(name) for _id, name in one.gates) or _("everywhere"))
        for one in printers
    ]
    return Told(
        lines or [_("No printer is set up; the one of the settings is used. See `printer add`.")],
        lambda: [_described(one) for one in printers],
    )


@printer_command.command("status")
@as_json()
@on_store
def status(store: Store) -> None:
    """Show how the printers are, what waits for them, and what to do.

    Exits 1 when one that is switched on cannot print.
    """
    printers = list_printers(store, SYSTEM)
    say(Told(map(_state_line, printers), lambda: [_described(one) for one in printers]))
    if any(one.enabled and not one.well for one in printers):
        sys.exit(EXIT_COULD_NOT)


@printer_command.command("change", '"Desk A" --off')
@click.argument("named", metavar="PRINTER")
@click.option("--name", default=None, help="Another name.")
@click.option("--address", "spec", default=None, help="Another address.")
@click.option("--layout", default=None, help="Another layout; '' is the event's.")
@click.option("--here/--anywhere", default=None, help="Whether only this machine reaches it.")
@click.option("--on/--off", "enabled", default=None, help="Switch it on or off.")
@click.option("--earlier", "step", flag_value=-1, type=int, help="Let it take over earlier.")
@click.option("--later", "step", flag_value=1, type=int, help="Let it take over later.")
@on_store
def change(
    store: Store,
    /,
    named: str,
    here: bool | None,
    enabled: bool | None,
    step: int | None,
    **given: Any,
) -> None:
    """Change a printer: name, address, layout, on and off, its place in the order."""
    before = find_printer(store, SYSTEM, named)
    texts = {field: text for field, text in given.items() if text is not None}
    if texts or here is not None:
        bound = before.device_id is not None if here is None else here
        labels = before.labels_left, before.labels_warn
        old = NewPrinter(before.name, before.spec, before.layout, bound, *labels)
        change_printer(store, SYSTEM, before.id, replace(old, **texts))
    if enabled is not None:
        enable_printer(store, SYSTEM, before.id, enabled=enabled)
    if step is not None:
        move_printer(store, SYSTEM, before.id, step=step)


@printer_command.command("remove", '"Desk A"')
@click.argument("named", metavar="PRINTER")
@on_store
def remove(store: Store, named: str) -> None:
    """Remove a printer; badges that wait for it go to the others."""
    remove_printer(store, SYSTEM, find_printer(store, SYSTEM, named).id)


@printer_command.command("assign", '"Desk A" --gate "Gate A" --gate "Gate B"')
@click.argument("named", metavar="PRINTER")
@click.option("--gate", "gates", multiple=True, help="A gate it stands at; may be repeated.")
@click.option("--everywhere", is_flag=True, help="It stands at no gate: it takes what is left.")
@click.option("--event", default="", help="Event, by code, id or name.")
@on_store
def assign_to(
    store: Store, named: str, gates: tuple[str, ...], everywhere: bool, event: str
) -> None:
    """Say at which gates of an event a printer stands."""
    if bool(gates) == everywhere:
        raise InvalidInputError(
            msg("At which gates does it stand?"), hint=msg('Say --gate "Gate A", or --everywhere.')
        )
    printer, event_id = find_printer(store, SYSTEM, named), find_event(store, SYSTEM, event).id
    there = list_gates(store, SYSTEM, event_id)
    chosen = [the_one_named("gate", typed, there, lambda gate: gate.name).id for typed in gates]
    assign(store, SYSTEM, printer.id, event_id=event_id, gate_ids=chosen)


@printer_command.command("test", "tcp://192.168.1.40")
@click.argument("named", metavar="PRINTER|ADDRESS")
@on_store
def test(store: Store, named: str) -> Lines:
    """Print a test badge; PRINTER is one that is set up, or an address to try.

    Exits 1 when nothing came out.
    """
    known = [one.name.casefold() for one in list_printers(store, SYSTEM)]
    is_address = ":" in named and named.strip().casefold() not in known
    if is_address:
        trial = try_printer(store, SYSTEM, named)
    else:
        trial = print_test(store, SYSTEM, find_printer(store, SYSTEM, named).id)
    yield f"{'✓' if trial.out else '✗'} {plain(trial.words, limit=400)}"
    if trial.hint:
        yield f"  {plain(trial.hint, limit=400)}"
    yield "  " + _("State: {words}", words=health_words(trial.status))
    if not trial.out:
        sys.exit(EXIT_COULD_NOT)


@printer_command.command("refill", '"Desk A" 300')
@click.argument("named", metavar="PRINTER")
@click.argument("labels", type=COUNT, required=False)
@click.option("--warn", type=COUNT, default=None, help="From how many left on to warn.")
@click.option("--uncounted", is_flag=True, help="Count its labels no more.")
@click.option("--event", "named_event", default="", help="Event, by code, id or name.")
@on_store
def refill(
    store: Store,
    named: str,
    labels: int | None,
    warn: int | None,
    uncounted: bool,
    named_event: str,
) -> None:
    """Say how many LABELS the roll has that was put in."""
    if (labels is None) != uncounted:
        raise InvalidInputError(msg("How many labels has the roll?"), hint=msg("Such as 300."))
    event_id = event_named(store, named_event)
    reset_labels(
        store,
        SYSTEM,
        find_printer(store, SYSTEM, named).id,
        labels=labels,
        warn=warn,
        event_id=event_id,
    )


def _state_line(one: PrinterView) -> str:
    sign = "✗" if one.enabled and not one.well else "!" if one.labels_low else "✓"
    counts = [_("{count} waiting", count=one.waiting)]
    if one.unconfirmed:
        counts.append(_("{count} not confirmed", count=one.unconfirmed))
    if one.failed:
        counts.append(_("{count} failed", count=one.failed))
    if one.labels_left is not None:
        counts.append(_("{count} labels left", count=one.labels_left))
    return f"{sign} {plain(one.name)}: {plain(one.words, limit=300)}  ({', '.join(counts)})"


def _described(one: PrinterView) -> dict[str, Any]:
    return {
        "printer": str(one.id),
        "name": one.name,
        "address": one.spec,
        "layout": one.layout,
        "on": one.enabled,
        "position": one.position,
        "machine": one.device,
        "gates": [name for _id, name in one.gates],
        "health": str(one.status.health),
        "text": in_english(one.status.text).rstrip("."),
        "driven": one.driven,
        "waiting": one.waiting,
        "not_confirmed": one.unconfirmed,
        "failed": one.failed,
        "labels_left": one.labels_left,
    }
