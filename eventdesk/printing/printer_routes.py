"""Routing of badges: to printers of their gate first, then to those that stand everywhere.

Order, from the first to the last: the printer somebody moved the badge to; printers of the gate;
printers without a gate. Among them those of the machine that asked come before those any machine
reaches, and then their own order counts. A badge goes to the first of them that can print just
now: it is switched on, some open program drives it, and it said nothing that is in the way.

A printer that is plugged in at a paired device takes what that device asks for, what its gates ask
for and what is moved to it, and nothing of other devices. A device's profile may name a printer:
its badges come out there first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from data.rows import view_from
from data.schema import DeliveryRow, PairedDeviceRow, PrinterGateRow, PrinterRow
from eventdesk.core.messages import Message
from eventdesk.core.printing import Health, Status

PRINTER_LEASE = timedelta(seconds=30)
"""How long a printer is one program's after that program was heard of last.

Hearing of it is a write that wakes every screen, so it is not done every few seconds; a program
that ended on the same machine is noticed at once.
"""

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
FOR_EVER = datetime.max.replace(tzinfo=UTC)
"""For printers `as_routed`: whether they are driven does not depend on the time any more."""


@dataclass(frozen=True, slots=True)
class PrinterFacts:
    """A printer as routing sees it.

    Attributes:
        is_away: Whether it is plugged in at a paired device.
        chosen_by: The devices whose profile names it.
    """

    id: UUID
    name: str
    spec: str
    layout: str
    device_id: UUID | None
    enabled: bool
    position: int
    gate_ids: frozenset[UUID]
    status: Status
    checked_at: datetime | None
    labels_left: int | None
    labels_warn: int
    leased_by: str | None
    leased_until: datetime | None
    is_away: bool = False
    chosen_by: frozenset[UUID] = frozenset()

    def is_driven(self, now: datetime) -> bool:
        """Whether a program that is open feeds it; longer leases are of a clock that was ahead."""
        until = self.leased_until
        if until is None or until == FOR_EVER:
            return until is not None
        return now < until <= now + 2 * PRINTER_LEASE

    def as_routed(self, now: datetime) -> "PrinterFacts":
        """Only what routing asks of it, so that it is the same while nothing of that changes."""
        return replace(
            self,
            status=Status(self.status.health),
            checked_at=None,
            labels_left=None,
            leased_by=None,
            leased_until=FOR_EVER if self.is_driven(now) else None,
        )

    def can_print(self, now: datetime) -> bool:
        """Whether a badge that is sent to it now is going to come out."""
        return self.enabled and self.status.health.prints and self.is_driven(now)


_PRINTERS = (
    select(PrinterRow.__table__, PairedDeviceRow.id.label("away_at"))
    .select_from(PrinterRow)
    .outerjoin(PairedDeviceRow, PairedDeviceRow.id == PrinterRow.device_id)
    .order_by(PrinterRow.position, PrinterRow.id)
)
_HEALTH = {health.value: health for health in Health}
_GATES: Final[Any] = select(PrinterGateRow.printer_id, PrinterGateRow.gate_id)
_CHOSEN: Final[Any] = select(PairedDeviceRow.printer_id, PairedDeviceRow.id).where(
    PairedDeviceRow.printer_id.is_not(None)
)


def read_printers(connection: Connection) -> tuple[PrinterFacts, ...]:
    """Read all printers in their order."""
    gates, chosen = _sets(connection, _GATES), _sets(connection, _CHOSEN)
    return tuple(
        view_from(
            PrinterFacts,
            row,
            gate_ids=frozenset(gates.get(row.id, ())),
            status=Status(health_of(row.health), Message(row.health_text)),
            is_away=row.away_at is not None,
            chosen_by=frozenset(chosen.get(row.id, ())),
        )
        for row in connection.execute(_PRINTERS)
    )


def _sets(connection: Connection, pairs: Any) -> dict[UUID, set[UUID]]:
    """What is said of each printer."""
    found: dict[UUID, set[UUID]] = {}
    for printer_id, other in connection.execute(pairs):
        found.setdefault(printer_id, set()).add(other)
    return found


def health_of(written: str) -> Health:
    """Read a health as it stands in the store; what a newer program wrote is unknown."""
    return _HEALTH.get(written, Health.UNKNOWN)


def in_order(
    printers: Iterable[PrinterFacts],
    gate_id: UUID | None,
    device_id: UUID | None,
    meant_for: UUID | None = None,
) -> list[PrinterFacts]:
    """The printers a badge of this gate and machine may come out of, the first choice first.

    Those that are switched off are left out; `meant_for` is where somebody moved the badge to.
    """

    def rank(printer: PrinterFacts) -> tuple[bool, bool, bool, int, int]:
        own = 0 if printer.device_id == device_id else 1 if printer.device_id is None else 2
        if printer.device_id is None and device_id is None:
            own = 1
        chosen = device_id in printer.chosen_by
        elsewhere = gate_id not in printer.gate_ids
        return (printer.id != meant_for, not chosen, elsewhere, own, printer.position)

    def may(printer: PrinterFacts) -> bool:
        named = printer.id == meant_for or device_id in printer.chosen_by
        if printer.is_away:
            return named or gate_id in printer.gate_ids or printer.device_id == device_id
        return named or not printer.gate_ids or gate_id in printer.gate_ids

    return sorted((each for each in printers if each.enabled and may(each)), key=rank)


def first_that_prints(printers: Sequence[PrinterFacts], now: datetime) -> PrinterFacts | None:
    """The first of these, in order of choice, that can print now."""
    return next((printer for printer in printers if printer.can_print(now)), None)


def is_for(
    printers: Sequence[PrinterFacts], printer_id: UUID, now: datetime, *, waiting: bool = False
) -> ColumnElement[bool]:
    """The badges that are this printer's now, as a condition on `delivery`.

    Gates and machines that no printer names are all alike, so the condition has one part for each
    that is named and one for the rest. With `waiting`, badges that no printer can print just now
    count for their first choice.
    """
    mine = next((each for each in printers if each.id == printer_id), None)
    if mine is None or not (waiting or mine.can_print(now)):
        return false()
    able = [each.id for each in printers if each.can_print(now)]
    gates = sorted({gate for each in printers for gate in each.gate_ids})
    devices = sorted(
        {each.device_id for each in printers if each.device_id is not None}.union(
            *(each.chosen_by for each in printers)
        )
    )
    parts = []
    for device_id in (*devices, None):
        chosen = [
            gate_id
            for gate_id in (*gates, None)
            if going_to(in_order(printers, gate_id, device_id), now, waiting=waiting) is mine
        ]
        if chosen:
            parts.append(
                and_(
                    _is_one_of(DeliveryRow.device_id, [device_id], devices),
                    _is_one_of(DeliveryRow.gate_id, chosen, gates),
                )
            )
    anywhere = or_(DeliveryRow.printer_id.is_(None), DeliveryRow.printer_id.not_in(able))
    meant = DeliveryRow.printer_id == printer_id if printer_id in able or not able else false()
    return or_(meant, and_(anywhere, or_(false(), *parts)))


def going_to(
    choice: Sequence[PrinterFacts], now: datetime, *, waiting: bool = True
) -> PrinterFacts | None:
    """The printer a badge goes to, of those `in_order`.

    With `waiting` it waits for its first choice when none can print.
    """
    first = choice[0] if waiting and choice else None
    return first_that_prints(choice, now) or first


def _is_one_of(
    column: ColumnElement[UUID | None], chosen: Sequence[UUID | None], named: Sequence[UUID]
) -> ColumnElement[bool]:
    """Whether a column is one of the chosen; None stands for all that are not named."""
    parts: list[ColumnElement[bool]] = [column.in_([each for each in chosen if each is not None])]
    if None in chosen:
        parts.append(or_(column.is_(None), column.not_in(named)))
    return or_(*parts)
