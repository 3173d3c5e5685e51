"""Leases of printers: one program drives each, for as long as it is heard of."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.rows import update_row
from data.schema import PrinterRow
from data.store import Store
from data.touched import HOUSE, note_touched
from eventdesk.acts import Act, Steps, Topic, steps
from eventdesk.core.messages import in_english
from eventdesk.core.printing import Status
from eventdesk.printing.printer_routes import PRINTER_LEASE, PrinterFacts, read_printers

HEARD_EVERY = PRINTER_LEASE / 2
"""With less than this left of a lease it is renewed."""


@dataclass(frozen=True, slots=True)
class Driven:
    """The printers a program drives, and whether any are set up at all."""

    printers: tuple[PrinterFacts, ...]
    any_set_up: bool


@steps(anybody=True)
def take_printers(steps: Steps, courier: str) -> Driven:
    """Take the printers this machine reaches and nobody drives, and keep those one has.

    One whose program was not heard of for `PRINTER_LEASE` is free again: that program ended or
    stands still. One that was killed on this machine is noticed at once.
    """
    with steps.read() as act:
        printers = read_printers(act.connection)
    if not _wanted(printers, steps.store.device_id, courier, steps.now):
        return Driven(_held(printers, courier, steps.now), bool(printers))
    with steps.write() as act:
        act.touch(Topic.PRINTING)
        # Asked again: who drives one may have been heard of since.
        wanted = _wanted(read_printers(act.connection), act.store.device_id, courier, act.now)
        act.connection.execute(
            update(PrinterRow)
            .where(PrinterRow.id.in_(wanted))
            .values(leased_by=courier, leased_until=act.now + PRINTER_LEASE)
        )
        printers = read_printers(act.connection)
    return Driven(_held(printers, courier, steps.now), bool(printers))


def name_of_program(number: str) -> str:
    """How leases name a program: machine, process and a number of its own."""
    return f"{socket.gethostname()}/{os.getpid()}/{number}"


def is_gone(program: str) -> bool:
    """Whether a program of this machine ended without giving its printers back."""
    machine, _, rest = program.partition("/")
    process = rest.partition("/")[0]
    if machine != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def release_printers(store: Store, courier: str) -> None:
    """Let go of all printers one drives, so that another program need not wait."""
    mine = PrinterRow.leased_by == courier
    with store.read() as connection:
        if connection.execute(select(PrinterRow.id).where(mine).limit(1)).first() is None:
            return
    with store.write() as connection:
        note_touched(connection, [(Topic.PRINTING, HOUSE)])
        connection.execute(update(PrinterRow).where(mine).values(leased_by=None, leased_until=None))


@steps(anybody=True)
def note_health(steps: Steps, printer_id: UUID, status: Status) -> None:
    """Write down how a printer was just now; nothing is written when nothing changed."""
    with steps.read() as act:
        if not _is_news(act.connection, printer_id, status):
            return
    with steps.write() as act:
        act.touch(Topic.PRINTING)
        put_health(act, printer_id, status)


def put_health(act: Act, printer_id: UUID, status: Status, *, used: int = 0) -> None:
    """Write down how a printer was, and how many labels it used, inside a transaction.

    A printer that counts its labels itself knows better than we do.
    """
    left = (
        func.max(0, PrinterRow.labels_left - used)
        if status.labels_left is None
        else max(0, status.labels_left)
    )
    update_row(
        act.connection,
        PrinterRow,
        printer_id,
        health=str(status.health),
        health_text=in_english(status.text),
        checked_at=act.now,
        labels_left=left,
    )


def _is_news(connection: Connection, printer_id: UUID, status: Status) -> bool:
    row = connection.execute(
        select(PrinterRow.health, PrinterRow.health_text, PrinterRow.labels_left).where(
            PrinterRow.id == printer_id
        )
    ).one_or_none()
    if row is None:
        return False
    counted = status.labels_left is not None and status.labels_left != row.labels_left
    return counted or (row.health, row.health_text) != (str(status.health), in_english(status.text))


def _wanted(
    printers: Sequence[PrinterFacts], device_id: UUID, courier: str, now: datetime
) -> list[UUID]:
    return [each.id for each in printers if _is_wanted(each, device_id, courier, now)]


def _is_wanted(printer: PrinterFacts, device_id: UUID, courier: str, now: datetime) -> bool:
    if not printer.enabled or printer.device_id not in (None, device_id):
        return False
    if printer.leased_by == courier and printer.leased_until is not None:
        return not HEARD_EVERY <= printer.leased_until - now <= 2 * PRINTER_LEASE
    return not printer.is_driven(now) or is_gone(printer.leased_by or "")


def _held(
    printers: tuple[PrinterFacts, ...], courier: str, now: datetime
) -> tuple[PrinterFacts, ...]:
    return tuple(each for each in printers if each.leased_by == courier and each.is_driven(now))
