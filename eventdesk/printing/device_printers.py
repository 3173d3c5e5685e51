"""Printers that are plugged in at paired devices: set up there, and gone with the device."""

from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update

from data.rows import delete_row, insert_row, update_row
from data.schema import DeliveryRow, DeviceRow, PairedDeviceRow, PrinterGateRow, PrinterRow
from data.store import Store
from eventdesk.acts import Act, Topic, writes
from eventdesk.core import typed_text
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health
from eventdesk.printing.couriers import need_device
from eventdesk.printing.printer import LABELS_WARN
from eventdesk.printing.printers import open_set_up


@writes(devices=True)
def plug_in_printer(act: Act, address: str, *, layout: str = "") -> str:
    """Set up the printer that is plugged in at the device that asks, and return its name.

    It takes the badges that this device asks for, and those of its gate.

    Args:
        address: As `--printer` takes it; "none" takes the printer away.
        layout: Name of the layout that fits its paper; "" is the event's.

    Raises:
        InvalidInputError: The address names no printer.
        NotFoundError: There is no such layout.
    """
    device_id = need_device(act)
    spec = typed_text.line(address, msg("An address"), most=500, needed=True)
    paper = typed_text.line(layout, msg("A layout"), most=60)
    if not _is_printer(act.store, spec, paper):
        unplug(act, device_id)
        return ""
    row = act.connection.execute(_PAIRED.where(PairedDeviceRow.id == device_id)).one()
    had = select(PrinterRow.id, PrinterRow.name).where(PrinterRow.device_id == device_id)
    before = act.connection.execute(had.order_by(PrinterRow.position)).first()
    printer_id = new_id() if before is None else before.id
    name = _free_name(act.connection, row.name) if before is None else before.name
    address_now = {"spec": spec, "layout": paper, "leased_by": None, "leased_until": None}
    if before is None:
        _insert(act, printer_id, device_id, name, spec=spec, layout=paper)
        follow(act, device_id, row.gate_id)
    else:
        update_row(act.connection, PrinterRow, printer_id, **address_now)
    if row.printer_id is None:
        update_row(act.connection, PairedDeviceRow, device_id, printer_id=printer_id)
    act.record("plug_in_printer", ("printer", printer_id), event_id=row.event_id, name=name)
    act.touch(Topic.PRINTING)
    return str(name)


def follow(act: Act, device_id: UUID, gate_id: UUID | None) -> None:
    """Let the printers of a device stand where it stands."""
    at_it = select(PrinterRow.id).where(PrinterRow.device_id == device_id)
    printers = act.connection.execute(at_it).scalars().all()
    act.connection.execute(delete(PrinterGateRow).where(PrinterGateRow.printer_id.in_(printers)))
    for printer_id in printers if gate_id is not None else ():
        insert_row(act.connection, PrinterGateRow, printer_id=printer_id, gate_id=gate_id)


def unplug(act: Act, device_id: UUID) -> None:
    """Take the printers of a device away; badges that wait for them go to the others."""
    at_it = select(PrinterRow.id).where(PrinterRow.device_id == device_id)
    for printer_id in act.connection.execute(at_it).scalars().all():
        gone = update(DeliveryRow).where(DeliveryRow.printer_id == printer_id)
        act.connection.execute(gone.values(printer_id=None, job_ref=None))
        at_gates = PrinterGateRow.printer_id == printer_id
        act.connection.execute(delete(PrinterGateRow).where(at_gates))
        delete_row(act.connection, PrinterRow, printer_id)
    act.touch(Topic.PRINTING)


def _is_printer(store: Store, spec: str, layout: str) -> bool:
    """Whether an address names a printer; "none" names that there is none.

    Raises:
        InvalidInputError: It names neither.
    """
    return open_set_up(store.home, spec, layout) is not None


def _insert(
    act: Act, printer_id: UUID, device_id: UUID, name: str, *, spec: str, layout: str
) -> None:
    last = select(func.coalesce(func.max(PrinterRow.position), 0))
    insert_row(
        act.connection,
        PrinterRow,
        id=printer_id,
        name=name,
        spec=spec,
        layout=layout,
        device_id=device_id,
        enabled=True,
        position=act.connection.execute(last).scalar_one() + 1,
        labels_left=None,
        labels_warn=LABELS_WARN,
        health=Health.UNKNOWN,
        health_text="",
        created_at=act.now,
    )


def _free_name(connection: Connection, device: str) -> str:
    """A name for the printer of a device that no other printer has."""
    taken = {each.casefold() for each in connection.execute(select(PrinterRow.name)).scalars()}
    numbered = (f"{device[:56]} {number}" for number in range(2, len(taken) + 3))
    return next(each for each in (device, *numbered) if each.casefold() not in taken)


_PAIRED = select(
    PairedDeviceRow.event_id, PairedDeviceRow.gate_id, PairedDeviceRow.printer_id, DeviceRow.name
).join(DeviceRow, DeviceRow.id == PairedDeviceRow.id)
