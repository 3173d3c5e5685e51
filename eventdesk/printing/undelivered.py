"""Deliveries that are not out: listed, tried again, moved to another printer, called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all, update

from data.rows import AnyRow, update_row, view_from
from data.schema import DeliveryRow, EventRow, TicketRow
from eventdesk.acts import Act, Permission, event_of, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.messages import kept_text, msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.printing.deliveries import BY_NOBODY, FAILED, MARKED, OPEN, SENT
from eventdesk.printing.link_slips import BOOKING_CODE, slip_name
from eventdesk.printing.printer import PrinterBadge
from eventdesk.printing.printer_routes import (
    PrinterFacts,
    going_to,
    in_order,
    is_for,
    read_printers,
)

_DOOR = (Permission.INSTALLATION, Permission.DOOR)
_BADGE = DeliveryRow.kind == "badge"

_NOT_OUT = union_all(
    *(select(DeliveryRow.id).where(_BADGE, state) for state in (OPEN, FAILED, SENT))
)
"""By one index each: all that were ever printed are not looked at."""


def says(column: ColumnElement[str], typed: str) -> ColumnElement[bool]:
    """Whether a text holds what somebody typed, whatever the case; SQLite knows that of ASCII."""
    words = typed.strip()
    forms = sorted({words, words.lower(), words.upper(), words.title()})
    return or_(*(column.contains(form, autoescape=True) for form in forms))


@reads(*_DOOR)
def printer_badges(
    act: Act,
    *,
    printer_id: UUID | None = None,
    event_id: UUID | None = None,
    search: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[PrinterBadge], int]:
    """Read a page of the badges that are not out, the oldest first, and how many there are.

    Args:
        printer_id: Only what would come out of this printer, is in its hands, or failed there.
        event_id: Only those of this event; None is all, for admins.
        search: Part of a name, or of the code of a ticket or of the booking a link is of.
        offset: How many to skip.
        limit: Most to read.
    """
    act.need(event_id, *_DOOR)
    printers = read_printers(act.connection)
    where: list[ColumnElement[bool]] = [DeliveryRow.id.in_(_NOT_OUT)]
    if event_id is not None:
        where.append(DeliveryRow.event_id == event_id)
    if printer_id is not None:
        where.append(_of_printer(printers, printer_id, act.now))
    if fold(search):
        columns = (TicketRow.holder_name, TicketRow.code, BOOKING_CODE)
        where.append(or_(*(says(column, search) for column in columns)))
    lines = _LINES.where(*where)
    total = act.connection.execute(select(func.count()).select_from(lines.subquery())).scalar_one()
    rows = act.connection.execute(
        lines.order_by(DeliveryRow.created_at, DeliveryRow.id).limit(limit).offset(offset)
    )
    return [_badge(row, printers, act.now) for row in rows], total


@writes(*_DOOR, about=event_of(DeliveryRow, "delivery_id"))
def retry_badge_now(act: Act, delivery_id: UUID) -> None:
    """Try a badge again at once, wherever one of its printers can print.

    One that its printer took and has not said to be out is marked: it may come out twice.

    Raises:
        InvalidInputError: It is out, called off, or just being printed.
    """
    event_id = _queue_again(act, delivery_id, None)
    act.record("retry_badge_now", ("delivery", delivery_id), event_id=event_id)


@writes(*_DOOR, about=event_of(DeliveryRow, "delivery_id"))
def move_badge(act: Act, delivery_id: UUID, printer_id: UUID) -> None:
    """Let a badge come out of another printer; when that cannot print, of the next that can.

    Raises:
        InvalidInputError: It is out, called off, or just being printed; or the printer is off.
    """
    _need_badge(act, delivery_id)
    printer = next((one for one in read_printers(act.connection) if one.id == printer_id), None)
    if printer is None:
        raise NotFoundError(
            msg("There is no such printer any more."), hint=advise(Remedy.READ_AGAIN)
        )
    if not printer.enabled:
        raise InvalidInputError(
            msg("{name} is switched off.", name=printer.name),
            hint=msg("Switch it on, or choose another one."),
        )
    event_id = _queue_again(act, delivery_id, printer_id)
    subject = ("delivery", delivery_id)
    act.record("move_badge", subject, event_id=event_id, printer=printer.name)


@writes(*_DOOR, about=event_of(DeliveryRow, "delivery_id"))
def cancel_badge(act: Act, delivery_id: UUID) -> None:
    """Call a badge off that is not out; printing it again later is a reprint.

    Raises:
        InvalidInputError: It is out, called off, or just being printed.
    """
    row = _need_badge(act, delivery_id)
    update_row(
        act.connection,
        DeliveryRow,
        delivery_id,
        state="cancelled",
        finished_at=act.now,
        leased_by=None,
        leased_until=None,
        job_ref=None,
        **MARKED if row.state in ("sent", "leased") else {},
    )
    act.record("cancel_badge", ("delivery", delivery_id), event_id=row.event_id)


def _queue_again(act: Act, delivery_id: UUID, printer_id: UUID | None) -> UUID:
    """Queue a badge at once, for one printer or for whichever can; returns its event."""
    row = _need_badge(act, delivery_id)
    update_row(
        act.connection,
        DeliveryRow,
        delivery_id,
        state="queued",
        due_at=act.now,
        finished_at=None,
        sent_at=None,
        job_ref=None,
        leased_by=None,
        leased_until=None,
        printer_id=printer_id,
        payload=BY_NOBODY,
        **MARKED if row.state in ("sent", "leased") else {},
    )
    event_id: UUID = row.event_id
    return event_id


def _need_badge(act: Act, delivery_id: UUID) -> Any:
    row = act.connection.execute(
        select(
            DeliveryRow.event_id, DeliveryRow.state, DeliveryRow.job_ref, DeliveryRow.leased_until
        ).where(DeliveryRow.id == delivery_id, _BADGE)
    ).one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such badge."), hint=advise(Remedy.READ_AGAIN))
    act.need(row.event_id, *_DOOR)
    held = row.state == "leased" and row.leased_until is not None and row.leased_until > act.now
    if held:
        raise InvalidInputError(
            msg("This badge is being printed just now."), hint=advise(Remedy.READ_LATER)
        )
    followed = row.state == "sent" and row.job_ref is not None
    if row.state not in ("queued", "failed", "leased") and not followed:
        raise InvalidInputError(
            msg("This badge is out or was called off."), hint=msg("Print it again from the desk.")
        )
    return row


def _of_printer(
    printers: Sequence[PrinterFacts], printer_id: UUID, now: datetime
) -> ColumnElement[bool]:
    """The badges that wait for a printer, are in its hands, or failed there."""
    waits = is_for(printers, printer_id, now, waiting=True)
    queued = DeliveryRow.state == "queued"
    return or_(and_(queued, waits), and_(~queued, DeliveryRow.printer_id == printer_id))


def _badge(row: AnyRow, printers: Sequence[PrinterFacts], now: datetime) -> PrinterBadge:
    printer = next((one for one in printers if one.id == row.printer_id), None)
    if row.state == "queued":
        choice = in_order(printers, row.gate_id, row.device_id, row.printer_id)
        printer = going_to(choice, now)
    return view_from(
        PrinterBadge,
        row,
        name=row.name or slip_name(row.booking_code),
        printer=printer.name if printer is not None else "",
        error=kept_text(row.said, "last_error", row.error),
    )


_LINES = select(
    DeliveryRow.id,
    DeliveryRow.event_id,
    func.coalesce(TicketRow.holder_name, "").label("name"),
    func.coalesce(TicketRow.code, "").label("ticket_code"),
    BOOKING_CODE.label("booking_code"),
    DeliveryRow.state,
    func.coalesce(DeliveryRow.last_error, "").label("error"),
    DeliveryRow.said,
    DeliveryRow.mark,
    DeliveryRow.attempts,
    DeliveryRow.created_at,
    DeliveryRow.gate_id,
    DeliveryRow.device_id,
    DeliveryRow.printer_id,
).outerjoin(TicketRow, TicketRow.id == DeliveryRow.ticket_id)


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A delivery that failed, and why."""

    id: UUID
    kind: str
    event_name: str
    name: str
    ticket_code: str
    attempts: int
    error: str
    failed_at: datetime


@reads(Permission.INSTALLATION)
def list_failed(
    act: Act, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[FailedDelivery], int]:
    """Read a page of what failed at all events, the latest first, and how much there is."""
    where = [_IS_FAILED]
    if fold(search):
        where.append(or_(says(TicketRow.holder_name, search), says(BOOKING_CODE, search)))
    act.need(None, Permission.INSTALLATION)
    joined = _FAILED_LINES.where(*where)
    total = act.connection.execute(select(func.count()).select_from(joined.subquery())).scalar_one()
    rows: Sequence[Any] = act.connection.execute(
        joined.order_by(DeliveryRow.finished_at.desc(), DeliveryRow.id).limit(limit).offset(offset)
    ).all()
    failed = [
        view_from(
            FailedDelivery,
            row,
            name=row.name or slip_name(row.booking_code),
            error=kept_text(row.said, "last_error", row.error),
        )
        for row in rows
    ]
    return failed, total


@writes(Permission.INSTALLATION, about=event_of(DeliveryRow, "delivery_id"))
def retry_delivery(act: Act, delivery_id: UUID) -> None:
    """Queue one delivery that was given up once more."""
    act.need(None, Permission.INSTALLATION)
    if not _queue_failed(act, DeliveryRow.id == delivery_id):
        raise NotFoundError(
            msg("This is not waiting for a decision any more."), hint=advise(Remedy.READ_AGAIN)
        )
    act.record("retry_delivery", ("delivery", delivery_id))


@writes(Permission.DOOR)
def retry_failed(act: Act, *, event_id: UUID | None = None) -> int:
    """Queue the badges that were given up once more, and return how many."""
    here = [DeliveryRow.event_id == event_id] if event_id is not None else []
    act.need(event_id, Permission.DOOR)
    changed = _queue_failed(act, DeliveryRow.kind == "badge", *here)
    if changed:
        act.record("retry_failed", ("delivery", None), event_id=event_id)
    return changed


def _queue_failed(act: Act, *where: Any) -> int:
    return act.connection.execute(
        update(DeliveryRow)
        .where(_IS_FAILED, *where)
        .values(
            state="queued", due_at=act.now, finished_at=None, printer_id=None, payload=BY_NOBODY
        )
    ).rowcount


_IS_FAILED = DeliveryRow.state == "failed"

_FAILED_LINES = (
    select(
        DeliveryRow.id,
        DeliveryRow.kind,
        EventRow.name.label("event_name"),
        func.coalesce(TicketRow.holder_name, "").label("name"),
        func.coalesce(TicketRow.code, "").label("ticket_code"),
        BOOKING_CODE.label("booking_code"),
        DeliveryRow.attempts,
        func.coalesce(DeliveryRow.last_error, "").label("error"),
        DeliveryRow.said,
        func.coalesce(DeliveryRow.finished_at, DeliveryRow.created_at).label("failed_at"),
    )
    .join(EventRow, EventRow.id == DeliveryRow.event_id)
    .outerjoin(TicketRow, TicketRow.id == DeliveryRow.ticket_id)
)
