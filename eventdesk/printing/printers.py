"""Printers of badges: set up, changed, ordered, removed, and listed with how they are.

A printer belongs to the installation, for its address reaches files and devices of the machine:
only admins say what and where it is. Who works at an event sees them, says at which of its gates
they stand, and looks after them during the day (`printer_care`, `printer_badges`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from data.schema import DeliveryRow, GateRow, PrinterGateRow, PrinterRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.printing import Health
from eventdesk.printing.printer import NewPrinter, PrinterView
from eventdesk.printing.printer_opening import open_set_up
from eventdesk.printing.printer_routes import read_printers
from eventdesk.printing.printer_views import (
    facts_of,
    printer_view,
    printer_views,
)

MOST_LABELS = 100_000
_INSTALLATION = Permission.INSTALLATION


@allowed(_INSTALLATION)
def search_printers(store: Store, actor: Actor, *, hosts: Collection[str] = ()) -> list[Any]:
    """Look for printers at this machine and at the hosts named; takes some seconds at most.

    Args:
        store: Where the actor is known.
        actor: Who asks.
        hosts: Names or addresses in the network that may be printers.

    Returns:
        What was found (`badges.finding.Found`): spec, name, and a text about it.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    with store.read() as connection:
        need_here(connection, actor, None, _INSTALLATION)
    from badges.finding import find_printers

    return list(find_printers(hosts=[host for host in (one.strip() for one in hosts) if host]))


@allowed(_INSTALLATION)
def add_printer(store: Store, actor: Actor, new: NewPrinter, *, now: datetime) -> PrinterView:
    """Set a printer up; it takes over behind those that are there.

    Raises:
        NotAllowedError: The actor is no admin.
        InvalidInputError: No name, one that is taken, an address of no printer, or a number that
            is none of labels.
    """
    kept = _kept(store, new)
    printer_id = new_id()
    with store.write() as connection:
        need_here(connection, actor, None, _INSTALLATION)
        _need_free_name(connection, kept["name"], None)
        last = select(func.coalesce(func.max(PrinterRow.position), 0))
        connection.execute(
            insert(PrinterRow).values(
                id=printer_id,
                enabled=True,
                position=connection.execute(last).scalar_one() + 1,
                health=Health.UNKNOWN,
                health_text="",
                created_at=now,
                **kept,
            )
        )
        _note(connection, actor, "add_printer", printer_id, now, name=kept["name"])
        return printer_view(connection, printer_id, now)


@allowed(_INSTALLATION)
def change_printer(
    store: Store, actor: Actor, printer_id: UUID, new: NewPrinter, *, now: datetime
) -> PrinterView:
    """Change what a printer is called, where it is and how many labels it has.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such printer.
        InvalidInputError: As `add_printer` has it.
    """
    kept = _kept(store, new)
    with store.write() as connection:
        need_here(connection, actor, None, _INSTALLATION)
        before = facts_of(connection, printer_id)
        _need_free_name(connection, kept["name"], printer_id)
        if (before.spec, before.layout) != (kept["spec"], kept["layout"]):
            # Who drives it drives the old address: they have to take it anew.
            kept |= {"leased_by": None, "leased_until": None}
            kept |= {"health": Health.UNKNOWN, "health_text": "", "checked_at": None}
        connection.execute(update(PrinterRow).where(PrinterRow.id == printer_id).values(kept))
        _note(connection, actor, "change_printer", printer_id, now, name=kept["name"])
        return printer_view(connection, printer_id, now)


@allowed(_INSTALLATION)
def remove_printer(store: Store, actor: Actor, printer_id: UUID, *, now: datetime) -> None:
    """Remove a printer; badges that wait for it go to the others.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such printer.
    """
    with store.write() as connection:
        need_here(connection, actor, None, _INSTALLATION)
        name = facts_of(connection, printer_id).name
        connection.execute(
            update(DeliveryRow)
            .where(DeliveryRow.printer_id == printer_id)
            .values(printer_id=None, job_ref=None)
        )
        connection.execute(delete(PrinterGateRow).where(PrinterGateRow.printer_id == printer_id))
        connection.execute(delete(PrinterRow).where(PrinterRow.id == printer_id))
        _note(connection, actor, "remove_printer", printer_id, now, name=name)


@allowed(_INSTALLATION)
def move_printer(
    store: Store, actor: Actor, printer_id: UUID, *, step: int, now: datetime
) -> list[PrinterView]:
    """Let a printer take over earlier (a step below 0) or later; nothing happens at the ends.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: There is no such printer.
    """
    with store.write() as connection:
        need_here(connection, actor, None, _INSTALLATION)
        facts_of(connection, printer_id)
        order = [printer.id for printer in read_printers(connection)]
        at = order.index(printer_id)
        order.insert(max(0, min(len(order) - 1, at + step)), order.pop(at))
        for position, each in enumerate(order, start=1):
            connection.execute(
                update(PrinterRow).where(PrinterRow.id == each).values(position=position)
            )
        _note(connection, actor, "move_printer", printer_id, now, step=step)
        return printer_views(connection, now)


@allowed(_INSTALLATION, Permission.EVENT)
def assign(
    store: Store,
    actor: Actor,
    printer_id: UUID,
    *,
    event_id: UUID,
    gate_ids: Collection[UUID],
    now: datetime,
) -> PrinterView:
    """Say at which gates of an event a printer stands; at those of other events nothing changes.

    A printer that stands at no gate at all takes what no other printer takes.

    Raises:
        NotAllowedError: The actor may not change this event.
        NotFoundError: There is no such printer, or a gate is not of this event.
    """
    with store.write() as connection:
        need_here(connection, actor, event_id, _INSTALLATION, Permission.EVENT)
        facts_of(connection, printer_id)
        of_event = select(GateRow.id).where(GateRow.event_id == event_id)
        known = set(connection.execute(of_event).scalars())
        if not set(gate_ids) <= known:
            raise NotFoundError("There is no such gate at this event.", hint="Press F5.")
        connection.execute(
            delete(PrinterGateRow).where(
                PrinterGateRow.printer_id == printer_id, PrinterGateRow.gate_id.in_(of_event)
            )
        )
        for gate_id in sorted(set(gate_ids)):
            connection.execute(
                insert(PrinterGateRow).values(printer_id=printer_id, gate_id=gate_id)
            )
        gates = [str(each) for each in sorted(set(gate_ids))]
        _note(connection, actor, "assign", printer_id, now, event_id=event_id, gates=gates)
        return printer_view(connection, printer_id, now)


def _kept(store: Store, new: NewPrinter) -> dict[str, Any]:
    """What of a typed printer is kept, once it makes sense."""
    spec = typed_text.line(new.spec, "An address", most=500, needed=True)
    if open_set_up(store.home, spec, new.layout.strip()) is None:
        raise InvalidInputError(
            "A printer needs an address, and 'none' is none.",
            hint="Switch a printer off instead, or remove it.",
        )
    return {
        "name": typed_text.line(new.name, "A name", most=60, needed=True),
        "spec": spec,
        "layout": typed_text.line(new.layout, "A layout", most=60),
        "device_id": store.device_id if new.here else None,
        "labels_left": typed_text.whole(new.labels_left, "Labels left", most=MOST_LABELS),
        "labels_warn": typed_text.whole(new.labels_warn, "The warning", most=MOST_LABELS),
    }


def _need_free_name(connection: Connection, name: str, own: UUID | None) -> None:
    for printer in read_printers(connection):
        if printer.name.casefold() == name.casefold() and printer.id != own:
            raise InvalidInputError(
                f"There is a printer {printer.name!r} already.", hint="Give it another name."
            )


def _note(
    connection: Connection,
    actor: Actor,
    verb: str,
    printer_id: UUID,
    now: datetime,
    *,
    event_id: UUID | None = None,
    **detail: Any,
) -> None:
    subject = ("printer", printer_id)
    record(connection, actor, verb, subject, now=now, event_id=event_id, **detail)
