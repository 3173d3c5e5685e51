"""Examination of the printers, and of the next event."""

from collections.abc import Iterator
from datetime import timedelta
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
    CheckInListTypeRow,
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


SOON = timedelta(hours=24)
"""A list that opens later than this after the event begins has likely a wrong date."""


def look_at_event(patient: Patient) -> Iterator[Finding]:
    """List what the next event, or the named one, still lacks."""
    if patient.store is None:
        return
    named = find_event(patient.store, patient.event).id if patient.event.strip() else None
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
            *_lists(act, event),
            *_types(act.connection, event),
            *_tickets(act.connection, event),
            *_badges(act.connection, event),
            *_door(act.connection, event),
            *pins,
        ]
        yield from found
        if not found:
            yield good(_("{name}, {begins}: ready", name=plain(event.name), begins=begins))
        else:
            name = _(
                "{name} begins {begins} ({time_zone})",
                name=plain(event.name),
                begins=begins,
                time_zone=event.time_zone,
            )
            yield good(name)


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
        yield care(said, _("Submit it, and have an admin approve it: Organize, Settings."))


def _lists(act: Act, event: AnyRow) -> Iterator[Finding]:
    lists = act.connection.execute(
        select(*CheckInListRow.__table__.columns).where(CheckInListRow.event_id == event.id)
    ).all()
    if not lists:
        yield stop(_("no check-in list"), _('Add one: eventdesk list add "Main entrance"'))
        return
    for each in lists:
        name = plain(each.name)
        if each.closes_at is not None and each.closes_at <= act.now:
            yield care(_("list {name} is closed for good", name=name), _("Change when it closes."))
        elif each.opens_at is not None and each.opens_at > event.starts_at + SOON:
            yield care(
                _("list {name} opens more than a day after the event begins", name=name),
                _("Change when it opens: Organize, Lists."),
            )


def _count(connection: Connection, table: Any, *where: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(table).where(*where)
    return connection.execute(counted).scalar_one()


def _counts(connection: Connection, column: Any, *where: ColumnElement[bool]) -> dict[Any, int]:
    """Count rows by the values of a column."""
    counted = select(column, func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(counted)}


def _types(connection: Connection, event: AnyRow) -> Iterator[Finding]:
    """Types that no list takes, or that exceed their quota."""
    bounded = select(CheckInListTypeRow.list_id)
    here = CheckInListRow.event_id == event.id
    takes_all = _count(connection, CheckInListRow, here, CheckInListRow.id.not_in(bounded))
    taken = set(
        connection.execute(
            select(CheckInListTypeRow.ticket_type_id)
            .join(CheckInListRow, CheckInListRow.id == CheckInListTypeRow.list_id)
            .where(here)
        ).scalars()
    )
    sold = _counts(
        connection,
        TicketRow.ticket_type_id,
        TicketRow.event_id == event.id,
        TicketRow.state == "valid",
    )
    types = connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name, TicketTypeRow.quota).where(
            TicketTypeRow.event_id == event.id
        )
    ).all()
    if not types:
        yield stop(_("no ticket type"), _("Add one: eventdesk type add"))
    for each in types:
        count, name = sold.get(each.id, 0), plain(each.name)
        if count and not takes_all and each.id not in taken:
            yield stop(
                _("{count} tickets {name} come by no check-in list", count=count, name=name),
                _("Add the type to a list: Organize, Lists."),
            )
        if each.quota is not None and count > each.quota:
            yield care(
                _(
                    "{count} tickets {name} are sold, {quota} were planned",
                    count=count,
                    name=name,
                    quota=each.quota,
                ),
                _("Check that there is room for all of them."),
            )
    if types and not sold:
        yield care(_("no ticket is sold"), _("Without guests there is nothing to check in."))


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
        yield care(
            _(
                "{unpaid} tickets are not paid, and {refusing} lists refuse those",
                unpaid=unpaid,
                refusing=refusing,
            ),
            _("Let the desk take payments: set the list's rule for unpaid tickets to settle."),
        )
    elif unpaid:
        yield good(
            _("{unpaid} tickets are not paid; the lists let the desk settle that", unpaid=unpaid)
        )
    open_yet = (BookingRow.approved.is_(False), BookingRow.state != "cancelled")
    waiting = _count(connection, TicketRow, *ours, *open_yet)
    if waiting:
        yield care(
            _("{waiting} tickets wait for approval", waiting=waiting),
            _("Decide: Organize, Bookings, waiting."),
        )


def _badges(connection: Connection, event: AnyRow) -> Iterator[Finding]:
    not_out = DeliveryRow.state.in_(("queued", "leased", "failed"))
    states = _counts(connection, DeliveryRow.state, DeliveryRow.event_id == event.id, not_out)
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
        yield care(
            _("no staff PIN: a kiosk could be opened, but nobody could close it"),
            _("Set one: eventdesk staff-pin"),
        )
    if not _count(connection, GateRow, GateRow.event_id == event.id):
        yield care(
            _("no gates: nobody will know where somebody came in"),
            _('Add them: eventdesk gate add "Gate A"'),
        )


def _approving(store: Store, event_id: UUID) -> Iterator[Finding]:
    """Whether a supervisor can approve at a desk."""
    if not has_desk_pins(store, event_id):
        yield care(
            _("no supervisor has a desk PIN: desks cannot force, undo or refund without one"),
            _("Choose one: Profile, Desk PIN; or eventdesk account desk-pin ADDRESS"),
        )
