"""The printers as they stand: how each is, how much waits for it, and which one a name means."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from data.schema import DeliveryRow, DeviceRow, GateRow, PrinterGateRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.naming import the_one_named
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import NotFoundError
from eventdesk.printing.printer import PrinterView
from eventdesk.printing.printer_routes import PrinterFacts, going_to, in_order, read_printers

HERE = (Permission.INSTALLATION, Permission.EVENT, Permission.DOOR)
"""Who may see the printers: at an event of theirs, those who run it and who work at its door."""


@allowed(*HERE)
def list_printers(
    store: Store, actor: Actor, *, event_id: UUID | None = None, now: datetime
) -> list[PrinterView]:
    """Read all printers in their order, how each is and how much waits for it.

    Args:
        store: Where printers live.
        actor: Who asks.
        event_id: The event they work for; None is the installation.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: The actor neither runs that event nor works at its door.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, *HERE)
        return printer_views(connection, now)


def find_printer(store: Store, named: str) -> PrinterFacts:
    """Find the printer that a name on the command line means.

    Raises:
        NotFoundError: There is no such printer, or several; the hint lists what there is.
    """
    with store.read() as connection:
        printers = read_printers(connection)
    return the_one_named("printer", named, printers, lambda one: one.name)


def facts_of(connection: Connection, printer_id: UUID) -> PrinterFacts:
    """Read one printer.

    Raises:
        NotFoundError: There is no such printer.
    """
    for printer in read_printers(connection):
        if printer.id == printer_id:
            return printer
    raise NotFoundError("There is no such printer any more.", hint="Read the list again (F5).")


def printer_view(connection: Connection, printer_id: UUID, now: datetime) -> PrinterView:
    """Read one printer that is there."""
    return next(each for each in printer_views(connection, now) if each.id == printer_id)


def printer_views(connection: Connection, now: datetime) -> list[PrinterView]:
    """Read all printers in their order."""
    printers = read_printers(connection)
    devices = dict(connection.execute(select(DeviceRow.id, DeviceRow.name)).all())
    names = dict(
        connection.execute(
            select(GateRow.id, GateRow.name).where(GateRow.id.in_(select(PrinterGateRow.gate_id)))
        ).all()
    )
    waiting = _waiting(connection, printers, now)
    unconfirmed = _count(connection, "delivery.state = 'sent' AND delivery.job_ref IS NOT NULL")
    failed = _count(connection, "delivery.state = 'failed'")
    return [
        PrinterView(
            each.id,
            each.name,
            each.spec,
            each.layout,
            each.enabled,
            each.position,
            each.device_id,
            devices.get(each.device_id, "") if each.device_id else "",
            tuple(
                sorted(((one, names.get(one, "?")) for one in each.gate_ids), key=lambda g: g[1])
            ),
            each.labels_left,
            each.labels_warn,
            each.status,
            each.checked_at,
            each.is_driven(now),
            waiting.get(each.id, 0),
            unconfirmed.get(each.id, 0),
            failed.get(each.id, 0),
        )
        for each in printers
    ]


def _waiting(
    connection: Connection, printers: tuple[PrinterFacts, ...], now: datetime
) -> dict[UUID, int]:
    """How many badges come out of each printer as things are, or should."""
    place = (
        DeliveryRow.gate_id,
        DeliveryRow.device_id,
        DeliveryRow.printer_id,
        DeliveryRow.state,
    )
    counted: dict[UUID, int] = {}
    for row in connection.execute(
        select(*place, func.count().label("badges"))
        .where(DeliveryRow.kind == "badge", text("delivery.state IN ('queued', 'leased')"))
        .group_by(*place)
    ):
        printer_id = row.printer_id
        if row.state == "queued":
            choice = in_order(printers, row.gate_id, row.device_id, row.printer_id)
            going = going_to(choice, now)
            printer_id = going.id if going is not None else None
        if printer_id is not None:
            counted[printer_id] = counted.get(printer_id, 0) + row.badges
    return counted


def _count(connection: Connection, state: str) -> dict[UUID, int]:
    rows = connection.execute(
        select(DeliveryRow.printer_id, func.count())
        .where(DeliveryRow.kind == "badge", text(state), DeliveryRow.printer_id.is_not(None))
        .group_by(DeliveryRow.printer_id)
    )
    return {printer_id: badges for printer_id, badges in rows if printer_id is not None}
