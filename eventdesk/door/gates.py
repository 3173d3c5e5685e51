"""Gates of an event: add, list, rename, remove."""

from uuid import UUID

from sqlalchemy import Connection, delete, exists, select, update

from data.rows import columns_of, delete_row, insert_row, update_row
from data.schema import CheckInListRow, DeliveryRow, GateRow, PrinterGateRow, ScanRow
from eventdesk.acts import Act, Permission, event_of, event_row, reads, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.core.remedies import Remedy, advise
from eventdesk.door.check_in_list import GateView, read_rules


@writes(Permission.EVENT, about=event_of(GateRow, "gate_id"))
def rename_gate(act: Act, gate_id: UUID, name: str) -> GateView:
    """Give a gate another name; what was scanned there is listed under it from now on.

    Raises:
        InvalidInputError: The name cannot be used.
    """
    kept = typed_text.line(name, msg("A name"), needed=True)
    event_id = _event_of(act.connection, gate_id)
    act.need(event_id, Permission.EVENT)
    update_row(act.connection, GateRow, gate_id, name=kept)
    act.record("rename_gate", ("gate", gate_id), event_id=event_id, name=kept)
    return GateView(gate_id, event_id, kept)


@writes(Permission.EVENT, about=event_of(GateRow, "gate_id"))
def remove_gate(act: Act, gate_id: UUID) -> None:
    """Remove a gate where nothing was scanned.

    Raises:
        NotFoundError: There is no such gate.
        InvalidInputError: Something was scanned there, and scans are kept for ever; or a rule of
            a check-in list names it.
    """
    event_id = _event_of(act.connection, gate_id)
    act.need(event_id, Permission.EVENT)
    if act.connection.execute(select(exists().where(ScanRow.gate_id == gate_id))).scalar_one():
        raise InvalidInputError(
            msg("Something was scanned at this gate, and scans are kept."),
            hint=advise(Remedy.RENAME_GATE),
        )
    # Without the gate such a rule would let nobody in, or everybody.
    lists = act.connection.execute(
        select(CheckInListRow.name, CheckInListRow.rules).where(CheckInListRow.event_id == event_id)
    )
    for name, rules in lists:
        if any(gate_id in rule.gate_ids for rule in read_rules(rules)):
            raise InvalidInputError(
                msg("A rule of the list “{name}” names this gate.", name=plain(name)),
                hint=advise(Remedy.CHANGE_RULE),
            )
    act.connection.execute(delete(PrinterGateRow).where(PrinterGateRow.gate_id == gate_id))
    act.connection.execute(
        update(DeliveryRow).where(DeliveryRow.gate_id == gate_id).values(gate_id=None)
    )
    delete_row(act.connection, GateRow, gate_id)
    act.record("remove_gate", ("gate", gate_id), event_id=event_id)


def _event_of(connection: Connection, gate_id: UUID) -> UUID:
    event_id: UUID | None = connection.execute(
        select(GateRow.event_id).where(GateRow.id == gate_id)
    ).scalar_one_or_none()
    if event_id is None:
        raise NotFoundError(msg("There is no such gate any more."), hint=advise(Remedy.READ_AGAIN))
    return event_id


@writes(Permission.EVENT, about="event_id")
def add_gate(act: Act, event_id: UUID, name: str) -> GateView:
    """Add a gate.

    Raises:
        InvalidInputError: The name cannot be used.
    """
    gate = GateView(new_id(), event_id, typed_text.line(name, msg("A name"), needed=True))
    act.need(event_id, Permission.EVENT)
    event_row(act.connection, event_id)
    insert_row(act.connection, GateRow, id=gate.id, event_id=event_id, name=gate.name)
    act.record("add_gate", ("gate", gate.id), event_id=event_id, name=gate.name)
    return gate


@reads(Permission.DOOR, Permission.EVENT, about="event_id")
def list_gates(act: Act, event_id: UUID) -> list[GateView]:
    """Read the gates of an event by name."""
    act.need(event_id, Permission.DOOR, Permission.EVENT)
    query = select(*columns_of(GateRow, GateView)).where(GateRow.event_id == event_id)
    return [GateView(*row) for row in act.connection.execute(query.order_by(GateRow.name))]
