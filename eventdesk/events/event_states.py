"""States of an event: submitting, approving or refusing, taking back, publishing, cancelling."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import count_rows, update_row
from data.schema import (
    BookingRow,
    CheckInListRow,
    EventRow,
    InvitationRow,
    SessionRow,
    TicketTypeRow,
)
from eventdesk.acts import Act, Permission, called_off, event_row, reads, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.messages import _, _p, msg
from eventdesk.events.event import (
    STATE_WORDS,
    Change,
    EventDetail,
    EventState,
    Visibility,
    event_state,
)
from eventdesk.events.event_notices import tell_admins, tell_guests, tell_organizers
from eventdesk.events.events import changeable_event, read_detail
from eventdesk.events.invitations import tell_invited


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist.

    Attributes:
        needed: Whether the event cannot be submitted without it.
        place: Where it is done: settings, programme, tickets, doors or team.
    """

    text: str
    done: bool
    needed: bool
    place: str


MAX_REASON = 2000

TEAM = tuple(one for one in Permission if one not in (Permission.ATTEND, Permission.INSTALLATION))
"""Permissions of which everybody who works for an event holds one."""


@reads(*TEAM, about="event_id")
def event_checklist(act: Act, event_id: UUID) -> tuple[Check, ...]:
    """Read what an event has and lacks before it can be submitted."""
    act.need(event_id, *TEAM)
    return read_checklist(act, event_id)


@writes(Permission.EVENT, about="event_id")
def submit_event(act: Act, event_id: UUID) -> EventDetail:
    """Hand a draft in: public ones wait for an admin, others are published at once.

    An admin's own public events need nobody else's approval.

    Raises:
        InvalidInputError: It is no draft, or something it needs is missing.
    """
    act.need(event_id, Permission.EVENT)
    row = changeable_event(act, event_id, Change.SUBMIT)
    lacking = [one for one in read_checklist(act, event_id) if one.needed]
    missing = [one.text for one in lacking if not one.done]
    if missing:
        raise InvalidInputError(
            msg("{name} cannot be submitted yet.", name=row.name),
            hint=msg("It needs: {missing}.", missing="; ".join(missing)),
        )
    waits = row.visibility == Visibility.PUBLIC and not _needs_nobody(act)
    if waits:
        values = {"state": "waiting", "submitted_at": act.now, "refusal": ""}
        update_row(act.connection, EventRow, event_id, **values)
        title = msg("{event} waits for approval", event=row.name)
        body = msg("{name} submitted it. Look at it and approve or refuse it.", name=act.actor.name)
        tell_admins(act, event_id, ("account", title, body))
    else:
        _publish(act, event_id)
    return _done(act, "submit_event", event_id, waits=waits)


@writes(Permission.EVENT, about="event_id")
def publish_event(act: Act, event_id: UUID) -> EventDetail:
    """Publish a draft, or an event that waits, without anybody's approval.

    Organizers may where none is needed: private events and those by invitation. Admins may always.

    Raises:
        InvalidInputError: It is published, over or cancelled.
    """
    act.need(event_id, Permission.EVENT)
    row = event_row(act.connection, event_id)
    state = event_state(row.state, row.ends_at, act.now)
    if state not in (EventState.DRAFT, EventState.WAITING):
        raise InvalidInputError(
            msg("This event is {state} and cannot be published.", state=STATE_WORDS[state]),
            hint=msg("Duplicate it to make a new one."),
        )
    if row.visibility == Visibility.PUBLIC and not _needs_nobody(act):
        raise NotAllowedError(
            msg("Public events need an admin's approval."),
            hint=msg("Submit it and wait for an answer."),
        )
    _publish(act, event_id)
    return _done(act, "publish_event", event_id)


@writes(Permission.INSTALLATION, about="event_id")
def approve_event(act: Act, event_id: UUID) -> EventDetail:
    """Publish an event that waits for approval; its organizers are told.

    Raises:
        InvalidInputError: It does not wait for approval.
    """
    act.need(None, Permission.INSTALLATION)
    row = changeable_event(act, event_id, Change.DECIDE)
    _publish(act, event_id)
    title = msg("{event} is published", event=row.name)
    body = msg("It was approved and can be booked.")
    tell_organizers(act, event_id, ("account", title, body))
    return _done(act, "approve_event", event_id)


@writes(Permission.INSTALLATION, about="event_id")
def refuse_event(act: Act, event_id: UUID, *, reason: str) -> EventDetail:
    """Send an event that waits for approval back to its organizers, and say why.

    Raises:
        InvalidInputError: It does not wait for approval, or no reason was given.
    """
    why = typed_text.page(reason, msg("A reason"), most=MAX_REASON, needed=True)
    act.need(None, Permission.INSTALLATION)
    row = changeable_event(act, event_id, Change.DECIDE)
    update_row(act.connection, EventRow, event_id, state="draft", submitted_at=None, refusal=why)
    title = msg("{event} was not approved", event=row.name)
    body = msg("{why}\n\nIt is a draft again: change it and submit it once more.", why=why)
    tell_organizers(act, event_id, ("account", title, body))
    return _done(act, "refuse_event", event_id, reason=why)


@writes(Permission.EVENT, about="event_id")
def withdraw_event(act: Act, event_id: UUID) -> EventDetail:
    """Make a draft of an event again: one that waits, or one that nobody booked yet.

    Raises:
        InvalidInputError: It is neither waiting nor published, or somebody booked.
    """
    act.need(event_id, Permission.EVENT)
    changeable_event(act, event_id, Change.WITHDRAW)
    if is_booked(act.connection, event_id):
        raise InvalidInputError(
            msg("Somebody booked this event already."),
            hint=msg("Cancel it, so that they are told, or go on with it."),
        )
    update_row(
        act.connection, EventRow, event_id, state="draft", submitted_at=None, published_at=None
    )
    return _done(act, "withdraw_event", event_id)


@writes(Permission.EVENT, about="event_id")
def cancel_event(act: Act, event_id: UUID, *, reason: str) -> EventDetail:
    """Call an event off: nothing can be booked any more, and who booked or waits is told why.

    Nobody waits for it any more: entries of its waitlists and requests of its queue end.

    Bookings and payments stay as they are; giving the money back is a step of its own
    (`cancellations.cancel_event_bookings`), because an event may be moved instead.

    Raises:
        InvalidInputError: It is over or cancelled, or no reason was given.
    """
    why = typed_text.page(reason, msg("A reason"), most=MAX_REASON, needed=True)
    act.need(event_id, Permission.EVENT)
    row = changeable_event(act, event_id, Change.CANCEL)
    values = {"state": "cancelled", "cancelled_at": act.now, "refusal": why}
    update_row(act.connection, EventRow, event_id, **values)
    title = msg("{event} is cancelled", event=row.name)
    told = tell_guests(act, event_id, ("cancellation", title, why))
    ended = called_off(act, event_id)
    return _done(act, "cancel_event", event_id, reason=why, told=told, **ended)


def is_booked(connection: Connection, event_id: UUID) -> bool:
    """Whether anybody ever booked at an event, even if they cancelled since."""
    booked = select(BookingRow.id).where(BookingRow.event_id == event_id).limit(1)
    return connection.execute(booked).first() is not None


def read_checklist(act: Act, event_id: UUID) -> tuple[Check, ...]:
    """Read what an event has and lacks; what is needed comes first."""
    event, connection = read_detail(act, event_id, team=True), act.connection
    public = event.visibility is Visibility.PUBLIC
    sold = (TicketTypeRow.event_id == event_id) & TicketTypeRow.active.is_(True)
    priced = count_rows(
        connection,
        sold,
        (TicketTypeRow.price_minor + TicketTypeRow.fee_minor > 0) | TicketTypeRow.price_chosen,
    )
    programme = count_rows(connection, SessionRow.event_id == event_id)
    lists = count_rows(connection, CheckInListRow.event_id == event_id)
    staff_pin = event_row(connection, event_id).staff_pin_hash
    has_place = event.venue is not None or bool(event.online_url)
    checks = [
        Check(_("Dates that are still to come"), event.ends_at > act.now, True, "settings"),
        Check(_("A ticket type to book"), count_rows(connection, sold) > 0, True, "tickets"),
        Check(_("A description"), bool(event.description), public, "settings"),
        Check(_("A venue or an online address"), has_place, False, "settings"),
        Check(_("A category, so that it is found"), bool(event.category), False, "settings"),
        Check(_("A programme"), programme > 0, False, "programme"),
        Check(_p("to set up", "A check-in list"), lists > 0, False, "doors"),
        Check(_("A staff PIN for the kiosks"), staff_pin is not None, False, "team"),
    ]
    if event.visibility is Visibility.INVITED:
        invited = count_rows(connection, InvitationRow.event_id == event_id)
        checks.insert(2, Check(_("Somebody invited"), invited > 0, True, "settings"))
    if priced:
        sender = Check(_("A sender on the invoices"), bool(event.invoice_sender), False, "settings")
        bank = Check(_("Bank details for transfers"), bool(event.bank_details), False, "settings")
        checks += [sender, bank]
    return tuple(sorted(checks, key=lambda check: not check.needed))


def _needs_nobody(act: Act) -> bool:
    """Whether an actor may publish without approval: the admins and the program itself."""
    return act.known_at(None).may(Permission.INSTALLATION)


def _publish(act: Act, event_id: UUID) -> None:
    values = {"state": "published", "published_at": act.now, "refusal": ""}
    update_row(act.connection, EventRow, event_id, **values)
    tell_invited(act, event_row(act.connection, event_id))


def _done(act: Act, verb: str, event_id: UUID, **detail: object) -> EventDetail:
    """Record what was done and read the event as it is now."""
    act.record(verb, ("event", event_id), event_id=event_id, **detail)
    return read_detail(act, event_id, team=True)
