"""Who may ask what couriers ask: the program itself, and a paired device for its own printers."""

from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from data.schema import DeliveryRow, PrinterRow
from eventdesk.acts import Act, ActorKind, Permission
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, advise


def need_courier(act: Act, printer_id: UUID | None) -> None:
    """Let the program itself pass, and a paired device at a printer that is plugged in there.

    Raises:
        NotAllowedError: It is somebody else, or another device's printer.
    """
    if act.actor.kind is ActorKind.SYSTEM:
        return
    device_id = need_device(act)
    at = select(PrinterRow.device_id).where(PrinterRow.id == printer_id)
    if act.connection.execute(at).scalar_one_or_none() != device_id:
        raise NotAllowedError(
            msg("This printer is not at the device {name}.", name=act.actor.name),
            hint=advise(Remedy.OFFER_PRINTER),
        )


def need_device(act: Act) -> UUID:
    """Let a paired device pass, and return its id.

    Raises:
        NotAllowedError: It is somebody else, or the device was revoked.
    """
    if act.actor.kind is not ActorKind.DEVICE or act.actor.id is None:
        raise NotAllowedError(msg("This is for paired devices."))
    act.need(act.actor.event_id, Permission.DOOR, only_read=True)
    return act.actor.id


def its_own(act: Act) -> ColumnElement[bool]:
    """The badges of which who asks may say what came of them: all, or those at its printers.

    Raises:
        NotAllowedError: It is neither the program itself nor a paired device.
    """
    if act.actor.kind is ActorKind.SYSTEM:
        return true()
    at_it = select(PrinterRow.id).where(PrinterRow.device_id == need_device(act))
    return DeliveryRow.printer_id.in_(at_it)
