"""Looking after printers during the day: on and off, a new roll, a test badge."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from badges.badge import Badge
from badges.paper import Printer
from data.schema import PrinterRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core import typed_text
from eventdesk.core.errors import EventDeskError, InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.printing import Health, Status
from eventdesk.printing.printer import Trial, health_words
from eventdesk.printing.printer_leases import put_health
from eventdesk.printing.printer_opening import open_set_up

CARE = (Permission.INSTALLATION, Permission.DOOR)
"""Who looks after printers: whoever works at the door of an event, and admins."""

MOST_LABELS = 100_000
TOKEN = "eventdesk test print"
"""What the code on a test badge says; it is no ticket."""


@allowed(*CARE)
def enable_printer(
    store: Store,
    actor: Actor,
    printer_id: UUID,
    *,
    enabled: bool,
    event_id: UUID | None = None,
    now: datetime,
) -> None:
    """Switch a printer on or off; its badges go to the next one meanwhile.

    Args:
        store: Where printers live.
        actor: Who does it.
        printer_id: The printer.
        enabled: Whether badges go there from now on.
        event_id: The event the actor works for; None is the installation.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: The actor does not work at the door.
        NotFoundError: There is no such printer.
    """
    with store.write() as connection:
        need_here(connection, actor, event_id, *CARE)
        _change(connection, printer_id, enabled=enabled)
        subject, detail = ("printer", printer_id), {"enabled": enabled}
        record(connection, actor, "enable_printer", subject, now=now, event_id=event_id, **detail)


@allowed(*CARE)
def reset_labels(
    store: Store,
    actor: Actor,
    printer_id: UUID,
    *,
    labels: int | None,
    warn: int | None = None,
    event_id: UUID | None = None,
    now: datetime,
) -> None:
    """Say how many labels the roll has that was put in; None stops the counting.

    Args:
        store: Where printers live.
        actor: Who put it in.
        printer_id: The printer.
        labels: Labels on the roll.
        warn: From how many left on the desk says so; None leaves that as it is.
        event_id: The event the actor works for; None is the installation.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: The actor does not work at the door.
        NotFoundError: There is no such printer.
        InvalidInputError: No number of labels.
    """
    values: dict[str, object] = {
        "labels_left": typed_text.whole(labels, "Labels left", most=MOST_LABELS)
    }
    if warn is not None:
        values["labels_warn"] = typed_text.whole(warn, "The warning", most=MOST_LABELS)
    with store.write() as connection:
        need_here(connection, actor, event_id, *CARE)
        _change(connection, printer_id, **values)
        subject = ("printer", printer_id)
        record(
            connection, actor, "reset_labels", subject, now=now, event_id=event_id, labels=labels
        )


@allowed(*CARE)
def print_test(
    store: Store, actor: Actor, printer_id: UUID, *, event_id: UUID | None = None, now: datetime
) -> Trial:
    """Print a test badge on a printer that is set up, whatever waits for it.

    The printer is asked how it is before and after. It takes as long as the printer does.

    Raises:
        NotAllowedError: The actor does not work at the door.
        NotFoundError: There is no such printer.
        InvalidInputError: It is at another machine, or its address names no printer any more.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, *CARE)
        row = printer_here(connection, store, printer_id)
    printer = open_set_up(store.home, row.spec, row.layout)
    if printer is None:
        raise InvalidInputError(f"{row.spec!r} is no printer.", hint="Change its address.")
    result = _tried(printer, row.name)
    with store.write() as connection:
        put_health(connection, printer_id, result.status, now=now, used=int(result.out))
        subject = ("printer", printer_id)
        record(connection, actor, "print_test", subject, now=now, event_id=event_id, out=result.out)
    return result


@allowed(Permission.INSTALLATION)
def try_printer(store: Store, actor: Actor, spec: str, *, layout: str = "") -> Trial:
    """Print a test badge at an address before it is set up; nothing is written down.

    Raises:
        NotAllowedError: The actor is no admin.
        InvalidInputError: The address names no printer.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
    printer = open_set_up(store.home, spec, layout)
    if printer is None:
        raise InvalidInputError("'none' prints nothing.", hint="Choose a printer.")
    return _tried(printer, printer.name)


def printer_here(connection: Connection, store: Store, printer_id: UUID) -> Any:
    """Read the name, address and layout of a printer that this machine can drive.

    Raises:
        NotFoundError: There is no such printer.
        InvalidInputError: It is at another machine.
    """
    row = connection.execute(
        select(PrinterRow.name, PrinterRow.spec, PrinterRow.layout, PrinterRow.device_id).where(
            PrinterRow.id == printer_id
        )
    ).one_or_none()
    if row is None:
        raise _gone()
    if row.device_id not in (None, store.device_id):
        raise InvalidInputError(
            f"{row.name} is at another machine.",
            hint="Print the test there, where it is plugged in.",
        )
    return row


def _tried(printer: Printer, name: str) -> Trial:
    before = printer.status()
    if not before.health.prints:
        words = f"Nothing was sent: {health_words(before)}"
        return Trial(False, False, words, "Mend that and try again.", before)
    try:
        paper = printer.send(trial_badge(name), job=f"test-{new_id().hex}")
    except EventDeskError as error:
        status = printer.status()
        if status.health.prints:
            status = Status(Health.ERROR, str(error).rstrip("."))
        return Trial(False, False, str(error), error.hint, status)
    after = printer.status()
    words = f"Printed: {paper.where}" if paper.confirmed else f"Sent: {paper.where}"
    hint = "" if paper.confirmed else "The printer did not say that it is out; look at it."
    return Trial(True, paper.confirmed, words, hint, after)


def trial_badge(printer: str) -> Badge:
    """A badge that shows names of many scripts, the name of its printer, and a code to scan."""
    return Badge(
        name="Zażółć 王小明 علي",
        line_two=printer,
        ticket_type="Test print",
        event="eventdesk",
        token=TOKEN,
        ticket_code="TESTTEST",
        seat="",
        mark="TEST",
        sponsors="",
    )


def _change(connection: Connection, printer_id: UUID, **values: object) -> None:
    changed = connection.execute(
        update(PrinterRow).where(PrinterRow.id == printer_id).values(values)
    )
    if not changed.rowcount:
        raise _gone()


def _gone() -> NotFoundError:
    return NotFoundError("There is no such printer any more.", hint="Read the list again (F5).")
