"""Examination of the printers, and of the next event."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, select

from badges.paper import Printer
from badges.printers import open_printer
from data.rows import AnyRow
from data.schema import (
    BookingRow,
    CheckInListRow,
    DeliveryRow,
    EventRow,
    GateRow,
    TicketRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.accounts import has_desk_pins
from eventdesk.acts import SYSTEM, Act, Steps
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.printing import Health, Status
from eventdesk.door import read_loose_ends
from eventdesk.events import find_event
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop
from eventdesk.printing import (
    PrinterView,
    health_words,
    list_printers,
    open_set_up,
    print_test,
    try_printer,
)


def look_at_printers(patient: Patient) -> Iterator[Finding]:
    """Ask each printer; without any, that of the settings."""
    store = patient.store
    printers = list_printers(store, SYSTEM.at(patient.now)) if store is not None else []
    if store is None or not printers:
        yield from _of_the_settings(patient)
        return
    working = 0
    for view in printers:
        for finding in _set_up(patient, store, view):
            working += finding.tone == "good"
            yield finding
    if not working:
        yield stop(_("none can print now"), _("Mend one of them, or set another one up."))


def _set_up(patient: Patient, store: Store, view: PrinterView) -> Iterator[Finding]:
    name = f"{view.name} ({view.spec})"
    if not view.enabled:
        yield care(_("{name} is switched off", name=name), f"eventdesk printer on {view.name!r}")
        return
    if view.device_id not in (None, store.device_id):
        yield good(_("{name} is at {device}; examine it there", name=name, device=view.device))
        return
    printer = open_set_up(store.home, view.spec, view.layout)
    yield _status(name, printer.status() if printer is not None else Status(Health.OFFLINE))
    if view.labels_low:
        left = _("{name} has {count} labels left", name=name, count=view.labels_left)
        yield care(left, _("Have a new roll at hand, and count it when it is in."))
    if view.failed:
        yield care(
            _("{name} would not print {count} badges", name=name, count=view.failed),
            _("See Administer, Failed; then try them again."),
        )
    if patient.print_test:
        trial = print_test(store, SYSTEM.at(patient.now), view.id)
        yield _tried(name, trial.out, trial.words, trial.hint)


def _of_the_settings(patient: Patient) -> Iterator[Finding]:
    spec = patient.settings.printer
    printer: Printer | None = open_printer(spec, badges_folder=patient.settings.home / "badges")
    if printer is None:
        yield care(
            _("none; badges wait for another desk's printer"),
            _("Set one up: Administer, Printers; or write one into settings.toml."),
        )
        return
    yield _status(printer.name, printer.status())
    if patient.print_test and patient.store is not None:
        try:
            trial = try_printer(patient.store, SYSTEM, spec)
        except EventDeskError as error:
            yield stop(f"{printer.name}: {error}", error.hint)
        else:
            yield _tried(printer.name, trial.out, trial.words, trial.hint)


def _status(name: str, status: Status) -> Finding:
    if status.health is Health.READY:
        return good(_("{name}: ready", name=name))
    if status.health is Health.UNKNOWN:
        return good(_("{name}: cannot say how it is", name=name))
    words, _dot, advice = health_words(status).partition(". ")
    make = care if status.health.prints else stop
    return make(f"{name}: {words}", advice or _("Look at its display."))


def _tried(name: str, out: bool, words: str, hint: str) -> Finding:
    said = _("{name}, test badge: {words}", name=name, words=words)
    if out:
        return good(f"{said}. {hint}".strip())
    return stop(said, hint or _("Look at the printer."))


def look_at_event(patient: Patient) -> Iterator[Finding]:
    """List what the next event, or the named one, still lacks."""
    if patient.store is None:
        return
    named = find_event(patient.store, SYSTEM, patient.event).id if patient.event.strip() else None
    with Steps(patient.store, SYSTEM.at(patient.now)).read() as act:
        event = _event(act, named)
        if event is None:
            yield care(_("none is to come"), _("Make one, or publish the one you have."))
            return
        zone = ZoneInfo(event.time_zone)
        begins = f"{event.starts_at.astimezone(zone):%Y-%m-%d %H:%M}"
        pins = _approving(patient.store, event.id)
        found = [
            *_state(event),
            *_lists(act.connection, event),
            *_types(act.connection, event),
            *_loose_ends(act, event),
            *_tickets(act.connection, event),
            *_badges(act.connection, event),
            *_door(act.connection, event),
            *pins,
        ]
        if not found:
            yield good(_("{name}, {begins}: ready", name=plain(event.name), begins=begins))
            return
        name = _(
            "{name} begins {begins} ({time_zone})",
            name=plain(event.name),
            begins=begins,
            time_zone=event.time_zone,
        )
        yield good(name)
        yield from found


def _event(act: Act, named: UUID | None) -> AnyRow | None:
    """The named event, else the next one that is not over."""
    query = select(*EventRow.__table__.columns)
    if named is not None:
        return act.connection.execute(query.where(EventRow.id == named)).one()
    coming = query.where(EventRow.ends_at > act.now, EventRow.state != "cancelled")
    return act.connection.execute(coming.order_by(EventRow.starts_at).limit(1)).one_or_none()


def _state(event: AnyRow) -> Iterator[Finding]:
    if event.state == "cancelled":
        yield stop(_("it was cancelled"), _("Name another one with --event."))
    elif event.state != "published":
        said = {
            "draft": _("it is a draft"),
            "waiting": _("it is waiting for approval"),
            "archived": _("it is archived"),
        }[event.state]
        advice = _("Submit it, and have an admin approve it: Organize, Settings.")
        yield _led("overview", event, care(said, advice))


def _lists(connection: Connection, event: AnyRow) -> Iterator[Finding]:
    if not _count(connection, CheckInListRow, CheckInListRow.event_id == event.id):
        advice = _('Add one: eventdesk list add "Main entrance" --event {code}', code=event.code)
        yield _led("lists", event, stop(_("no check-in list"), advice))


def _led(part: str, event: AnyRow, finding: Finding) -> Finding:
    """A finding that leads to a part of the event."""
    return replace(finding, event_id=event.id, part=part)


def _loose_ends(act: Act, event: AnyRow) -> Iterator[Finding]:
    """Parts of the event that do not meet, each leading to the part where it is mended."""
    for end in read_loose_ends(act, event.id):
        make = stop if end.stops else care
        yield _led(end.place, event, make(end.text, end.advice))


def _count(connection: Connection, table: Any, *where: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(table).where(*where)
    return connection.execute(counted).scalar_one()


def _counts(connection: Connection, column: Any, *where: ColumnElement[bool]) -> dict[Any, int]:
    """Count rows by the values of a column."""
    counted = select(column, func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(counted)}


def _types(connection: Connection, event: AnyRow) -> Iterator[Finding]:
    """Whether there is anything to sell, and anybody to let in."""
    if not _count(connection, TicketTypeRow, TicketTypeRow.event_id == event.id):
        advice = _("Add one: eventdesk type add Regular 20.00 --event {code}", code=event.code)
        yield _led("tickets", event, stop(_("no ticket type"), advice))
        return
    if not _count(
        connection, TicketRow, TicketRow.event_id == event.id, TicketRow.state == "valid"
    ):
        words = _("Without guests there is nothing to check in.")
        yield care(_("no ticket is sold"), words)


def _tickets(connection: Connection, event: AnyRow) -> Iterator[Finding]:
    """Guests whom the door would send away."""
    ours = (
        TicketRow.event_id == event.id,
        TicketRow.state == "valid",
        BookingRow.id == TicketRow.booking_id,
    )
    unpaid = _count(connection, TicketRow, *ours, BookingRow.state == "pending")
    refuse = CheckInListRow.unpaid_policy == "refuse"
    refusing = _count(connection, CheckInListRow, CheckInListRow.event_id == event.id, refuse)
    if unpaid and refusing:
        words = _(
            "{unpaid} tickets are not paid, and {refusing} lists refuse those",
            unpaid=unpaid,
            refusing=refusing,
        )
        advice = _("Let the desk take payments: set the list's rule for unpaid tickets to settle.")
        yield _led("lists", event, care(words, advice))
    elif unpaid:
        yield good(
            _("{unpaid} tickets are not paid; the lists let the desk settle that", unpaid=unpaid)
        )
    open_yet = (BookingRow.approved.is_(False), BookingRow.state != "cancelled")
    waiting = _count(connection, TicketRow, *ours, *open_yet)
    if waiting:
        words = _("{waiting} tickets wait for approval", waiting=waiting)
        advice = _("Decide: Organize, Bookings, waiting.")
        yield _led("bookings", event, care(words, advice))


def _badges(connection: Connection, event: AnyRow) -> Iterator[Finding]:
    not_out = DeliveryRow.state.in_(("queued", "leased", "failed"))
    ours = DeliveryRow.event_id == event.id, DeliveryRow.kind == "badge"
    states = _counts(connection, DeliveryRow.state, *ours, not_out)
    failed = states.pop("failed", 0)
    if failed:
        yield care(_("{failed} deliveries failed", failed=failed), _("See Administer, Failed."))
    waiting = sum(states.values())
    if waiting:
        yield care(
            _("{waiting} deliveries are not sent yet", waiting=waiting),
            _("Open a desk with a printer: they leave by themselves."),
        )


def _door(connection: Connection, event: AnyRow) -> Iterator[Finding]:
    if event.staff_pin_hash is None:
        words = _("no staff PIN: a kiosk could be opened, but nobody could close it")
        yield care(words, _("Set one: eventdesk staff-pin --event {code}", code=event.code))
    if not _count(connection, GateRow, GateRow.event_id == event.id):
        words = _("no gates: nobody will know where somebody came in")
        advice = _('Add them: eventdesk gate add "Gate A" --event {code}', code=event.code)
        yield _led("lists", event, care(words, advice))


def _approving(store: Store, event_id: UUID) -> Iterator[Finding]:
    """Whether a supervisor can approve at a desk."""
    if not has_desk_pins(store, SYSTEM, event_id):
        yield care(
            _("no supervisor has a desk PIN: desks cannot force, undo or refund without one"),
            _("Choose one: Profile, Desk PIN; or eventdesk account desk-pin ADDRESS"),
        )
