"""Removal of events from the lists: delete a draft, archive or unarchive an event."""

from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from data.schema import (
    AnnouncementRow,
    BadgeBatchRow,
    Base,
    BookingRow,
    CashShiftRow,
    DeliveryRow,
    EventRow,
    ExportSetRow,
    GateRow,
    NoticeRow,
    PaymentRow,
    PrinterGateRow,
    QueueRequestRow,
    ScanRow,
    SettingRow,
    SignUpRow,
    TouchedRow,
    WaitlistEntryRow,
    WalletPassRow,
)
from eventdesk.accounts import forget_devices
from eventdesk.acts import Act, Permission, writes
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.events import Change, EventDetail, changeable_event, read_detail
from eventdesk.exchange.archive.scope import PARTS

_LIVED: Final[tuple[type[Base], ...]] = (
    *(BookingRow, WaitlistEntryRow, QueueRequestRow, SignUpRow, PaymentRow),
    *(CashShiftRow, ScanRow, AnnouncementRow),
)
"""Tables with a row as soon as guests had to do with an event."""


@writes(Permission.EVENT, about="event_id")
def delete_event(act: Act, event_id: UUID) -> str:
    """Delete a draft that nobody booked; returns its name.

    Raises:
        InvalidInputError: It is no draft, or somebody booked, waits, paid or was scanned.
    """
    act.need(event_id, Permission.EVENT)
    row = changeable_event(act, event_id, Change.DELETE)
    for lived in _LIVED:
        columns = lived.__table__.c
        if act.connection.execute(
            select(columns["id"]).where(columns["event_id"] == event_id).limit(1)
        ).first():
            raise InvalidInputError(
                msg("Somebody booked, waits, paid or was scanned at this event already."),
                hint=msg("Cancel it, so that they are told; later it can be archived."),
            )
    forget_devices(act, event_id)
    _delete_rows(act.connection, event_id)
    subject = ("event", event_id)
    act.record("delete_event", subject, event_id=event_id, name=row.name)
    return str(row.name)


@writes(Permission.EVENT, about="event_id")
def archive_event(act: Act, event_id: UUID) -> EventDetail:
    """Take an event that is over or cancelled off the lists; its data stay.

    Raises:
        InvalidInputError: It is neither over nor cancelled, or a cash drawer of it is open.
    """
    act.need(event_id, Permission.EVENT)
    changeable_event(act, event_id, Change.ARCHIVE)
    open_drawer = select(CashShiftRow.drawer).where(
        CashShiftRow.event_id == event_id, CashShiftRow.closed_at.is_(None)
    )
    drawer = act.connection.execute(open_drawer).scalars().first()
    if drawer is not None:
        raise InvalidInputError(
            msg("The cash drawer {drawer} is still open.", drawer=drawer),
            hint=msg("Count and close it first."),
        )
    return _moved(act, "archive_event", event_id, "archived")


@writes(Permission.EVENT, about="event_id")
def unarchive_event(act: Act, event_id: UUID) -> EventDetail:
    """Put an archived event back on the lists, as it was before.

    Raises:
        InvalidInputError: It is not archived.
    """
    act.need(event_id, Permission.EVENT)
    row = changeable_event(act, event_id, Change.UNARCHIVE)
    state = "cancelled" if row.cancelled_at is not None else "published"
    return _moved(act, "unarchive_event", event_id, state)


def _moved(act: Act, verb: str, event_id: UUID, state: str) -> EventDetail:
    act.connection.execute(update(EventRow).where(EventRow.id == event_id).values(state=state))
    act.record(verb, ("event", event_id), event_id=event_id)
    return read_detail(act, event_id, team=True)


def _delete_rows(connection: Connection, event_id: UUID) -> None:
    """Delete all rows of an event, each before those it refers to."""
    gates = select(GateRow.id).where(GateRow.event_id == event_id)
    connection.execute(delete(PrinterGateRow).where(PrinterGateRow.gate_id.in_(gates)))
    connection.execute(delete(NoticeRow).where(NoticeRow.event_id == event_id))
    connection.execute(delete(DeliveryRow).where(DeliveryRow.event_id == event_id))
    connection.execute(delete(BadgeBatchRow).where(BadgeBatchRow.event_id == event_id))
    connection.execute(delete(WalletPassRow).where(WalletPassRow.event_id == event_id))
    connection.execute(delete(ExportSetRow).where(ExportSetRow.event_id == event_id))
    connection.execute(delete(SettingRow).where(SettingRow.key.endswith(f"/{event_id}")))
    connection.execute(delete(TouchedRow).where(TouchedRow.event_id == event_id))
    for part in PARTS:
        if part.late:
            connection.execute(
                update(part.table).where(part.mine(event_id)).values(dict.fromkeys(part.late))
            )
    for part in reversed(PARTS):
        connection.execute(delete(part.table).where(part.mine(event_id)))
