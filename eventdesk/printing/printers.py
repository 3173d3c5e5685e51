"""Printers of badges: set up, ordered, listed with how they are, and looked after.

A printer belongs to the installation, for its address reaches files and devices of the machine:
only admins set it up. Who runs an event says at which of its gates printers stand; who works at
its door switches them on and off, puts in a new roll and prints a test badge.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, delete, func, select, update

from badges.badge import Badge
from badges.paper import FoundPrinter, Printer
from badges.printers import open_printer
from data.rows import insert_row, update_row, view_from
from data.schema import DeliveryRow, DeviceRow, GateRow, PrinterGateRow, PrinterRow
from data.store import Store
from eventdesk.acts import (
    Act,
    Permission,
    ReadingSteps,
    Steps,
    Topic,
    reads,
    reads_in_steps,
    steps,
    the_one_named,
    writes,
)
from eventdesk.core import typed_text
from eventdesk.core.errors import EventDeskError, InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.core.printing import Health, Status
from eventdesk.core.remedies import Remedy, advise
from eventdesk.printing.deliveries import FAILED, OPEN, SENT
from eventdesk.printing.layout_files import BADGES_FOLDER, LAYOUTS_FOLDER
from eventdesk.printing.printer import NewPrinter, PrinterView, Trial, health_words
from eventdesk.printing.printer_leases import put_health
from eventdesk.printing.printer_routes import PrinterFacts, going_to, in_order, read_printers


def layout_version(home: Path, layout: str) -> int:
    """Tell one state of a layout's file from another; 0 where it is none of one's own."""
    try:
        file = (home / LAYOUTS_FOLDER / f"{layout}.toml").stat() if layout else None
    except (OSError, ValueError):
        return 0
    return file.st_mtime_ns + file.st_ctime_ns if file is not None else 0


def open_set_up(home: Path, spec: str, layout: str) -> Printer | None:
    """Open a printer of these settings; nothing is connected before the first badge.

    Raises:
        InvalidInputError: The text names no printer, or there is no such layout.
    """
    found = None
    if layout:
        from badges.layout_file import find_layout

        found = find_layout(layout, home / LAYOUTS_FOLDER)
    return open_printer(spec, badges_folder=home / BADGES_FOLDER, layout=found)


HERE = (Permission.INSTALLATION, Permission.EVENT, Permission.DOOR)
"""Who may see the printers: at an event of theirs, those who run it and who work at its door."""


@reads(*HERE)
def list_printers(act: Act, *, event_id: UUID | None = None) -> list[PrinterView]:
    """Read all printers in their order, how each is and how much waits for it."""
    act.need(event_id, *HERE)
    return printer_views(act)


@reads(internal=True)
def find_printer(act: Act, named: str) -> PrinterFacts:
    """Find the printer that a name on the command line means.

    Raises:
        NotFoundError: There is none of this name, or none at all.
    """
    printers = read_printers(act.connection)
    return the_one_named("printer", named, printers, lambda one: one.name)


def facts_of(connection: Connection, printer_id: UUID) -> PrinterFacts:
    """Read one printer.

    Raises:
        NotFoundError: There is no such printer.
    """
    for printer in read_printers(connection):
        if printer.id == printer_id:
            return printer
    raise NotFoundError(msg("There is no such printer any more."), hint=advise(Remedy.READ_AGAIN))


def printer_view(act: Act, printer_id: UUID) -> PrinterView:
    """Read one printer that is there."""
    return next(each for each in printer_views(act) if each.id == printer_id)


def printer_views(act: Act) -> list[PrinterView]:
    """Read all printers in their order."""
    printers = read_printers(act.connection)
    devices = dict(act.connection.execute(select(DeviceRow.id, DeviceRow.name)).all())
    names = dict(
        act.connection.execute(
            select(GateRow.id, GateRow.name).where(GateRow.id.in_(select(PrinterGateRow.gate_id)))
        ).all()
    )
    waiting = _waiting(act, printers)
    unconfirmed = _count(act.connection, SENT)
    failed = _count(act.connection, FAILED)
    return [
        view_from(
            PrinterView,
            each,
            device=devices.get(each.device_id, "") if each.device_id else "",
            gates=tuple(
                sorted(((one, names.get(one, "?")) for one in each.gate_ids), key=lambda g: g[1])
            ),
            driven=each.is_driven(act.now),
            waiting=waiting.get(each.id, 0),
            unconfirmed=unconfirmed.get(each.id, 0),
            failed=failed.get(each.id, 0),
        )
        for each in printers
    ]


def _waiting(act: Act, printers: tuple[PrinterFacts, ...]) -> dict[UUID, int]:
    """How many badges come out of each printer as things are, or should."""
    place = (DeliveryRow.gate_id, DeliveryRow.device_id, DeliveryRow.printer_id, DeliveryRow.state)
    counted: dict[UUID, int] = {}
    for row in act.connection.execute(
        select(*place, func.count().label("badges"))
        .where(DeliveryRow.kind == "badge", OPEN)
        .group_by(*place)
    ):
        printer_id = row.printer_id
        if row.state == "queued":
            choice = in_order(printers, row.gate_id, row.device_id, row.printer_id)
            going = going_to(choice, act.now)
            printer_id = going.id if going is not None else None
        if printer_id is not None:
            counted[printer_id] = counted.get(printer_id, 0) + row.badges
    return counted


def _count(connection: Connection, state: TextClause) -> dict[UUID, int]:
    rows = connection.execute(
        select(DeliveryRow.printer_id, func.count())
        .where(DeliveryRow.kind == "badge", state, DeliveryRow.printer_id.is_not(None))
        .group_by(DeliveryRow.printer_id)
    )
    return {printer_id: badges for printer_id, badges in rows if printer_id is not None}


MAX_LABELS = 100_000
_INSTALLATION = Permission.INSTALLATION


@reads_in_steps(_INSTALLATION)
def search_printers(steps: ReadingSteps, *, hosts: Collection[str] = ()) -> list[FoundPrinter]:
    """Look for printers at this machine and at the hosts named; takes some seconds at most."""
    with steps.read() as act:
        act.need(None, _INSTALLATION)
    from badges.finding import find_printers

    return list(find_printers(hosts=[host for host in (one.strip() for one in hosts) if host]))


@steps(_INSTALLATION)
def add_printer(steps: Steps, new: NewPrinter) -> PrinterView:
    """Set a printer up; it takes over behind those that are there.

    Raises:
        InvalidInputError: The name is taken, the address names no printer, or a text is too long.
    """
    kept, printer_id = _kept(steps.store, new), new_id()
    with steps.write() as act:
        act.need(None, _INSTALLATION)
        _need_free_name(act.connection, kept["name"], None)
        last = select(func.coalesce(func.max(PrinterRow.position), 0))
        insert_row(
            act.connection,
            PrinterRow,
            id=printer_id,
            enabled=True,
            position=act.connection.execute(last).scalar_one() + 1,
            health=Health.UNKNOWN,
            health_text="",
            created_at=act.now,
            **kept,
        )
        _note(act, "add_printer", printer_id, name=kept["name"])
        return printer_view(act, printer_id)


@steps(_INSTALLATION)
def change_printer(steps: Steps, printer_id: UUID, new: NewPrinter) -> PrinterView:
    """Change what a printer is called, where it is and how many labels it has.

    Raises:
        InvalidInputError: A value cannot be used.
    """
    kept = _kept(steps.store, new)
    with steps.write() as act:
        act.need(None, _INSTALLATION)
        before = facts_of(act.connection, printer_id)
        if before.is_away:
            kept["device_id"] = before.device_id
        _need_free_name(act.connection, kept["name"], printer_id)
        if (before.spec, before.layout) != (kept["spec"], kept["layout"]):
            # Who drives it drives the old address: they have to take it anew.
            kept |= {"leased_by": None, "leased_until": None}
            kept |= {"health": Health.UNKNOWN, "health_text": "", "checked_at": None}
        update_row(act.connection, PrinterRow, printer_id, **kept)
        _note(act, "change_printer", printer_id, name=kept["name"])
        return printer_view(act, printer_id)


@writes(_INSTALLATION)
def remove_printer(act: Act, printer_id: UUID) -> None:
    """Remove a printer; badges that wait for it go to the others.

    Raises:
        NotFoundError: There is no such printer any more.
    """
    act.need(None, _INSTALLATION)
    name = facts_of(act.connection, printer_id).name
    act.connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.printer_id == printer_id)
        .values(printer_id=None, job_ref=None)
    )
    act.connection.execute(delete(PrinterGateRow).where(PrinterGateRow.printer_id == printer_id))
    act.connection.execute(delete(PrinterRow).where(PrinterRow.id == printer_id))
    _note(act, "remove_printer", printer_id, name=name)


@writes(_INSTALLATION)
def move_printer(act: Act, printer_id: UUID, *, step: int) -> list[PrinterView]:
    """Let a printer take over earlier (a step below 0) or later; nothing happens at the ends.

    Raises:
        NotFoundError: There is no such printer.
    """
    act.need(None, _INSTALLATION)
    facts_of(act.connection, printer_id)
    order = [printer.id for printer in read_printers(act.connection)]
    at = order.index(printer_id)
    order.insert(max(0, min(len(order) - 1, at + step)), order.pop(at))
    for position, each in enumerate(order, start=1):
        update_row(act.connection, PrinterRow, each, position=position)
    _note(act, "move_printer", printer_id, step=step)
    return printer_views(act)


@writes(_INSTALLATION, Permission.EVENT, about="event_id")
def assign(
    act: Act, printer_id: UUID, *, event_id: UUID, gate_ids: Collection[UUID]
) -> PrinterView:
    """Say at which gates of an event a printer stands; at those of other events nothing changes.

    A printer that stands at no gate at all takes what no other printer takes.

    Raises:
        NotFoundError: A gate is not of this event.
    """
    act.need(event_id, _INSTALLATION, Permission.EVENT)
    facts_of(act.connection, printer_id)
    of_event = select(GateRow.id).where(GateRow.event_id == event_id)
    known = set(act.connection.execute(of_event).scalars())
    if not set(gate_ids) <= known:
        raise NotFoundError(
            msg("There is no such gate at this event."), hint=advise(Remedy.READ_AGAIN)
        )
    act.connection.execute(
        delete(PrinterGateRow).where(
            PrinterGateRow.printer_id == printer_id, PrinterGateRow.gate_id.in_(of_event)
        )
    )
    gates = sorted(set(gate_ids))
    for gate_id in gates:
        insert_row(act.connection, PrinterGateRow, printer_id=printer_id, gate_id=gate_id)
    _note(act, "assign", printer_id, event_id=event_id, gates=list(map(str, gates)))
    return printer_view(act, printer_id)


def _kept(store: Store, new: NewPrinter) -> dict[str, Any]:
    """The columns of a printer as it was typed, checked."""
    spec = typed_text.line(new.spec, msg("An address"), most=500, needed=True)
    if open_set_up(store.home, spec, new.layout.strip()) is None:
        raise InvalidInputError(
            msg("A printer needs an address, and 'none' is none."),
            hint=msg("Switch a printer off instead, or remove it."),
        )
    return {
        "name": typed_text.line(new.name, msg("A name"), most=60, needed=True),
        "spec": spec,
        "layout": typed_text.line(new.layout, msg("A layout"), most=60),
        "device_id": store.device_id if new.here else None,
        "labels_left": typed_text.whole(new.labels_left, msg("Labels left"), most=MAX_LABELS),
        "labels_warn": typed_text.whole(new.labels_warn, msg("The warning"), most=MAX_LABELS),
    }


def _need_free_name(connection: Connection, name: str, own: UUID | None) -> None:
    for printer in read_printers(connection):
        if printer.name.casefold() == name.casefold() and printer.id != own:
            raise InvalidInputError(
                msg("There is a printer {name!r} already.", name=printer.name),
                hint=msg("Give it another name."),
            )


def _note(
    act: Act, verb: str, printer_id: UUID, *, event_id: UUID | None = None, **detail: Any
) -> None:
    act.record(verb, ("printer", printer_id), event_id=event_id, **detail)
    act.touch(Topic.PRINTING)  # it may print for other events too


CARE = (Permission.INSTALLATION, Permission.DOOR)
"""Who looks after printers: whoever works at the door of an event, and admins."""

TOKEN = "eventdesk test print"
"""What the code on a test badge says; it is no ticket."""


@writes(*CARE)
def enable_printer(
    act: Act, printer_id: UUID, *, enabled: bool, event_id: UUID | None = None
) -> None:
    """Switch a printer on or off; its badges go to the next one meanwhile.

    Raises:
        NotFoundError: There is no such printer any more.
    """
    act.need(event_id, *CARE)
    facts_of(act.connection, printer_id)
    update_row(act.connection, PrinterRow, printer_id, enabled=enabled)
    _note(act, "enable_printer", printer_id, event_id=event_id, enabled=enabled)


@writes(*CARE)
def reset_labels(
    act: Act,
    printer_id: UUID,
    *,
    labels: int | None,
    warn: int | None = None,
    event_id: UUID | None = None,
) -> None:
    """Say how many labels the roll has that was put in; None stops the counting.

    From `warn` left on the desk says so; None leaves that as it is.

    Raises:
        NotFoundError: There is no such printer.
    """
    values: dict[str, object] = {
        "labels_left": typed_text.whole(labels, msg("Labels left"), most=MAX_LABELS)
    }
    if warn is not None:
        values["labels_warn"] = typed_text.whole(warn, msg("The warning"), most=MAX_LABELS)
    act.need(event_id, *CARE)
    facts_of(act.connection, printer_id)
    update_row(act.connection, PrinterRow, printer_id, **values)
    _note(act, "reset_labels", printer_id, event_id=event_id, labels=labels)


@steps(*CARE)
def print_test(steps: Steps, printer_id: UUID, *, event_id: UUID | None = None) -> Trial:
    """Print a test badge on a printer that is set up, whatever waits for it.

    Raises:
        NotFoundError: There is no such printer any more.
        InvalidInputError: It is at another machine, or its address names no printer any more.
    """
    with steps.read() as act:
        act.need(event_id, *CARE)
        row = printer_here(act, printer_id)
    printer = open_set_up(steps.store.home, row.spec, row.layout)
    if printer is None:
        raise InvalidInputError(
            msg("{spec!r} is no printer.", spec=row.spec), hint=msg("Change its address.")
        )
    result = _tried(printer, row.name)
    with steps.write() as act:
        put_health(act, printer_id, result.status, used=int(result.out))
        _note(act, "print_test", printer_id, event_id=event_id, out=result.out)
    return result


@steps(Permission.INSTALLATION)
def try_printer(steps: Steps, spec: str, *, layout: str = "") -> Trial:
    """Print a test badge at an address before it is set up; nothing is written down.

    Raises:
        InvalidInputError: There is no such kind of printer, or the layout cannot be called so.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    printer = open_set_up(steps.store.home, spec, layout)
    if printer is None:
        raise InvalidInputError(msg("'none' prints nothing."), hint=msg("Choose a printer."))
    return _tried(printer, printer.name)


def printer_here(act: Act, printer_id: UUID) -> PrinterFacts:
    """Read a printer that this machine can drive.

    Raises:
        NotFoundError: There is no such printer.
        InvalidInputError: It is at another machine.
    """
    printer = facts_of(act.connection, printer_id)
    if printer.device_id not in (None, act.store.device_id):
        raise InvalidInputError(
            msg("{name} is at another machine.", name=printer.name),
            hint=msg("Print the test there, where it is plugged in."),
        )
    return printer


def _tried(printer: Printer, name: str) -> Trial:
    before = printer.status()
    if not before.health.prints:
        words = _("Nothing was sent: {how}", how=health_words(before))
        return Trial(False, False, words, _("Mend that and try again."), before)
    try:
        paper = printer.send(trial_badge(name), job=f"test-{new_id().hex}")
    except EventDeskError as error:
        status = printer.status()
        if status.health.prints:
            status = Status(Health.ERROR, error.message)
        return Trial(False, False, str(error), error.hint, status)
    after = printer.status()
    words = (
        _("Printed: {where}", where=paper.where)
        if paper.confirmed
        else _("Sent: {where}", where=paper.where)
    )
    hint = "" if paper.confirmed else _("The printer did not say that it is out; look at it.")
    return Trial(True, paper.confirmed, words, hint, after)


def trial_badge(printer: str) -> Badge:
    """A test badge: names of many scripts, the name of its printer, and a code to scan."""
    return Badge(
        name="Zażółć 王小明 علي",
        line_two=printer,
        ticket_type=_("Test print"),
        event="eventdesk",
        token=TOKEN,
        ticket_code="TESTTEST",
        mark="TEST",
    )
