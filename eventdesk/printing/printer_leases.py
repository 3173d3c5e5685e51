"""Leases of printers: one program drives each, for as long as it is heard of."""

import os
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.rows import update_row
from data.schema import PrinterRow
from eventdesk.acts import Act, ActorKind, Steps, Topic, steps
from eventdesk.core.messages import in_english
from eventdesk.core.printing import Status
from eventdesk.printing.couriers import need_courier, need_device
from eventdesk.printing.layout_files import SentLayout, sent_layout
from eventdesk.printing.printer_routes import PRINTER_LEASE, PrinterFacts, read_printers

HEARD_EVERY = PRINTER_LEASE / 2
"""With less than this left of a lease it is renewed."""


@dataclass(frozen=True, slots=True)
class Driven:
    """The printers a program drives, and whether any are set up at all.

    Attributes:
        layouts: For a paired device the files of the house's own layouts that they use.
    """

    printers: tuple[PrinterFacts, ...]
    any_set_up: bool
    layouts: tuple[SentLayout, ...] = ()


@steps(devices=True)
def take_printers(steps: Steps, courier: str, *, known: Collection[str] = ()) -> Driven:
    """Take the printers this machine reaches and nobody drives, and keep those one has.

    One whose program was not heard of for `PRINTER_LEASE` is free again: that program ended or
    stands still. One that was killed on this machine is noticed at once. A paired device takes
    those that are plugged in there.

    Args:
        known: The marks of the layouts that the device has already.
    """
    device_id = _machine(steps)
    with steps.read() as act:
        printers = _at(act, device_id)
    if _wanted(printers, device_id, courier, steps.now):
        with steps.write() as act:
            act.touch(Topic.PRINTING)
            # Asked again: who drives one may have been heard of since.
            wanted = _wanted(_at(act, device_id), device_id, courier, act.now)
            act.connection.execute(
                update(PrinterRow)
                .where(PrinterRow.id.in_(wanted))
                .values(leased_by=courier, leased_until=act.now + PRINTER_LEASE)
            )
            printers = _at(act, device_id)
    held, home = _held(printers, courier, steps.now), steps.store.home
    if device_id == steps.store.device_id:
        return Driven(held, bool(printers))
    sent = (sent_layout(home, each, known) for each in sorted({one.layout for one in held}))
    return Driven(held, bool(printers), tuple(each for each in sent if each is not None))


def _machine(steps: Steps) -> UUID:
    """The machine that asks: this one, or a paired device."""
    if steps.actor.kind is ActorKind.SYSTEM:
        return steps.store.device_id
    with steps.read() as act:
        return need_device(act)


def _at(act: Act, device_id: UUID) -> tuple[PrinterFacts, ...]:
    """The printers of who asks: those that are plugged in at the device, or at none."""
    printers = read_printers(act.connection)
    if device_id == act.store.device_id:
        return tuple(each for each in printers if not each.is_away)
    return tuple(each for each in printers if each.device_id == device_id)


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


@steps(devices=True)
def release_printers(steps: Steps, courier: str) -> None:
    """Let go of all printers one drives, so that another program need not wait."""
    device_id, mine = _machine(steps), PrinterRow.leased_by == courier
    if device_id != steps.store.device_id:
        mine &= PrinterRow.device_id == device_id
    with steps.read() as act:
        if act.connection.execute(select(PrinterRow.id).where(mine).limit(1)).first() is None:
            return
    with steps.write() as act:
        act.touch(Topic.PRINTING)
        free = update(PrinterRow).where(mine).values(leased_by=None, leased_until=None)
        act.connection.execute(free)


@steps(devices=True)
def note_health(steps: Steps, printer_id: UUID, status: Status) -> None:
    """Write down how a printer was just now; nothing is written when nothing changed."""
    with steps.read() as act:
        need_courier(act, printer_id)
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
