"""Badges on their way: how many wait and why, and where each comes out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.bulk import chunks
from data.rows import AnyRow, count_rows
from data.schema import DeliveryRow, GateRow
from eventdesk.acts import Act, Permission, reads
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import _, _n, kept_text, msg
from eventdesk.printing.deliveries import FAILED, OPEN
from eventdesk.printing.link_slips import NO_PRINTER
from eventdesk.printing.printer import BadgePlace, BadgeQueue, health_words
from eventdesk.printing.printer_routes import (
    PrinterFacts,
    first_that_prints,
    in_order,
    read_printers,
)

_BADGE = DeliveryRow.kind == "badge"


@reads(internal=True)
def badge_queue(
    act: Act,
    event_id: UUID | None = None,
    *,
    gate_id: UUID | None = None,
    device_id: UUID | None = None,
    now: datetime | None = None,
) -> BadgeQueue:
    """Count the badges by state, and say why the oldest waiting one is still here.

    Args:
        event_id: The event; None is all events.
        gate_id: The gate whose printers are spoken of.
        device_id: The machine whose printers come first; None is this one.
        now: The store's clock; with it a printer that no open program drives is mentioned too.
    """
    here = gate_id, device_id or act.store.device_id
    return _queue(act.connection, event_id, here, now)


@reads(Permission.DOOR, Permission.TICKETS, about="event_id")
def badges_here(act: Act, event_id: UUID, *, gate_id: UUID | None = None) -> BadgeQueue:
    """Count the badges of an event by state, as `badge_queue` does for one gate and machine."""
    act.need(event_id, Permission.DOOR, Permission.TICKETS)
    here = gate_id, act.actor.device_id or act.store.device_id
    return _queue(act.connection, event_id, here, act.now)


def _queue(
    connection: Connection,
    event_id: UUID | None,
    standing: tuple[UUID | None, UUID | None],
    now: datetime | None,
) -> BadgeQueue:
    """Count badges; `standing` is the gate and the machine whose printers come first."""
    at_event = [DeliveryRow.event_id == event_id] if event_id is not None else []
    waiting, failed = (count_rows(connection, _BADGE, state, *at_event) for state in (OPEN, FAILED))
    error = _first_error(connection, at_event) if waiting or failed else ""
    printers = read_printers(connection)
    stuck = _why_stuck(connection, printers, at_event, now) if printers and waiting else ""
    here = in_order(printers, *standing)
    serving = _serving(here, now)
    return BadgeQueue(
        waiting,
        failed,
        stuck or error,
        serving.name if serving is not None else "",
        _care(here, serving),
    )


@reads(internal=True)
def badges_waiting(act: Act) -> list[UUID]:
    """The badges that wait to be printed, or are just being printed."""
    asked = select(DeliveryRow.id).where(_BADGE, OPEN)
    return list(act.connection.execute(asked).scalars())


@reads(internal=True)
def count_out(act: Act, badges: Sequence[UUID]) -> int:
    """Count those of some badges that got out, by printer or by wire.

    Which they are, and not when it was: the clock of this or another desk may have been wrong.
    """
    out = DeliveryRow.state.in_(("printed", "sent"))
    return sum(count_rows(act.connection, DeliveryRow.id.in_(ids), out) for ids in chunks(badges))


@reads(Permission.DOOR, Permission.TICKETS)
def badge_place(act: Act, delivery_id: UUID) -> BadgePlace:
    """Say where a badge comes out, and how far it is.

    Raises:
        NotFoundError: There is no such badge.
    """
    row = act.connection.execute(
        select(
            DeliveryRow.event_id,
            DeliveryRow.state,
            DeliveryRow.gate_id,
            DeliveryRow.device_id,
            DeliveryRow.printer_id,
            DeliveryRow.delivered_to,
            DeliveryRow.last_error,
            DeliveryRow.said,
        ).where(DeliveryRow.id == delivery_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such badge."))
    act.need(row.event_id, Permission.DOOR, Permission.TICKETS)
    printers = read_printers(act.connection)
    usual = in_order(printers, row.gate_id, row.device_id)
    printer = _printer_of(row, printers, act.now)
    gate = _gate_of(act.connection, printer, row.gate_id)
    this = [DeliveryRow.id == delivery_id]
    stuck = _why_stuck(act.connection, printers, this, act.now) if printers else ""
    moved = bool(printer is not None and usual and usual[0].id != printer.id)
    name = printer.name if printer is not None else ""
    return BadgePlace(
        row.state,
        name,
        gate,
        moved,
        _sentence(row.state, name, gate, printers),
        row.delivered_to or "",
        stuck or kept_text(row.said, "last_error", row.last_error or ""),
    )


def _sentence(state: str, printer: str, gate: str, printers: Sequence[PrinterFacts]) -> str:
    match state:
        case "cancelled":
            return _("This badge was called off.")
        case "failed":
            return _("Your badge could not be printed. Please ask for it at the desk.")
        case "printed" | "sent" if gate:
            return _(
                "Your badge is ready at {gate}, printer {printer}.", gate=gate, printer=printer
            )
        case "printed" | "sent" if printer:
            return _("Your badge is ready at printer {printer}.", printer=printer)
        case "printed" | "sent":
            return _("Your badge is ready.")
        case _ if gate:
            return _("Your badge prints at {gate}, printer {printer}.", gate=gate, printer=printer)
        case _ if printer:
            return _("Your badge prints at printer {printer}.", printer=printer)
        case _ if printers:
            return _("The printer needs a moment. Please ask for your badge at the desk.")
        case _:
            return _("Your badge is printing.")


def _printer_of(
    row: AnyRow, printers: Sequence[PrinterFacts], now: datetime
) -> PrinterFacts | None:
    """The printer that has or had a badge, or that is going to get it as things are."""
    if row.state == "queued":
        choice = in_order(printers, row.gate_id, row.device_id, row.printer_id)
        return first_that_prints(choice, now)
    return next((each for each in printers if each.id == row.printer_id), None)


def _gate_of(connection: Connection, printer: PrinterFacts | None, asked: UUID | None) -> str:
    """Name of the gate a printer stands at: the guest's own if it stands there as well."""
    if printer is None or not printer.gate_ids:
        return ""
    gate_id = asked if asked in printer.gate_ids else min(printer.gate_ids)
    named = select(GateRow.name).where(GateRow.id == gate_id)
    return connection.execute(named).scalar_one_or_none() or ""


def _first_error(connection: Connection, at_event: Sequence[Any]) -> str:
    query = (
        select(DeliveryRow.last_error, DeliveryRow.said)
        .where(_BADGE, DeliveryRow.last_error.is_not(None), *at_event)
        .order_by(DeliveryRow.created_at)
        .limit(1)
    )
    for state in (OPEN, FAILED):
        row = connection.execute(query.where(state)).one_or_none()
        if row is not None and row.last_error:
            return kept_text(row.said, "last_error", row.last_error)
    return ""


def _why_stuck(
    connection: Connection,
    printers: Sequence[PrinterFacts],
    at_event: Sequence[Any],
    now: datetime | None,
) -> str:
    """Say which printer the waiting badges wait for, and why, where none takes them."""
    groups = connection.execute(
        select(DeliveryRow.gate_id, DeliveryRow.device_id, DeliveryRow.printer_id)
        .where(_BADGE, OPEN, DeliveryRow.state == "queued", *at_event)
        .distinct()
    )
    for group in groups:
        choice = in_order(printers, group.gate_id, group.device_id, group.printer_id)
        if _serving(choice, now) is None:
            return _trouble(choice[0]) if choice else _no_printer(printers, group)
    return ""


def _no_printer(printers: Sequence[PrinterFacts], group: Any) -> str:
    """Say that no printer takes these badges, or which one is only switched off."""
    off = [replace(each, enabled=True) for each in printers if not each.enabled]
    would = in_order(off, group.gate_id, group.device_id, group.printer_id)
    if not would:
        return str(NO_PRINTER)
    return _(
        "{name} is switched off. Switch it on, or give this gate another printer.",
        name=would[0].name,
    )


def _trouble(printer: PrinterFacts) -> str:
    if printer.status.health.prints:
        return _(
            "{name}: no open program drives it. Open eventdesk where it is plugged in.",
            name=printer.name,
        )
    return _how(printer)


def _how(printer: PrinterFacts) -> str:
    return f"{printer.name}: {health_words(printer.status)}"


def _serving(choice: Sequence[PrinterFacts], now: datetime | None) -> PrinterFacts | None:
    """The first that can print; without a clock, the first that is well."""
    if now is not None:
        return first_that_prints(choice, now)
    return next((each for each in choice if each.status.health.prints), None)


def _care(here: Sequence[PrinterFacts], serving: PrinterFacts | None) -> str:
    """What to see to at the printers of a place: one that is out, a roll that ends."""
    if serving is None:
        return _how(here[0]) if here else ""
    first = here[0]
    if first.id != serving.id:
        if first.status.health.prints:
            return _(
                "Badges go to {other}. {name}: nobody drives it.",
                name=first.name,
                other=serving.name,
            )
        return _(
            "Badges go to {other}. {name}: {how}.",
            name=first.name,
            how=health_words(first.status).rstrip("."),
            other=serving.name,
        )
    left, name = serving.labels_left, serving.name
    if left == 0:
        return _("{name}: no label left. Have a new roll at hand.", name=name)
    if left is not None and left <= serving.labels_warn:
        return _n(
            "{name}: {count} label left. Have a new roll at hand.",
            "{name}: {count} labels left. Have a new roll at hand.",
            left,
            name=name,
        )
    return _how(serving) if serving.status.health == "paper_low" else ""
