"""One's own tickets: their codes to show at the door, on paper too, and calendar files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from data.rows import AnyRow
from data.schema import BookingRow, EventRow, TicketRow, TicketTypeRow, VenueRow
from eventdesk.acts import (
    Act,
    Permission,
    ReadingSteps,
    Steps,
    event_of,
    overdue_ids,
    reads,
    reads_in_steps,
    steps,
    takes_place,
)
from eventdesk.booking.codes import sealed
from eventdesk.core.booking_states import GIVEN, VALID
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.output_files import write_file
from eventdesk.core.plain_text import file_name
from eventdesk.core.wall_clock import spoken_period
from eventdesk.documents.calendar import BEFORE_EVENT, CalendarEntry, calendar_of
from eventdesk.events import calendar_changes
from eventdesk.tables.files import free_path

if TYPE_CHECKING:
    from eventdesk.documents.ticket_pdf import TicketPaper


@dataclass(frozen=True, slots=True)
class MyTicket:
    """A ticket as its holder sees it.

    Attributes:
        token: The text of its QR code; "" while `why_no_code` says what is missing.
        unpaid: Whether its payment is what is missing.
        is_off: Whether the ticket or its event was cancelled, or it was not paid in time.
        where: Venue and address in one line, or the address of an online event; may be "".
        own_badge: Whether its event lets guests print their badge by themselves.
    """

    id: UUID
    event_id: UUID
    booking_id: UUID
    code: str
    name: str
    line_two: str
    ticket_type: str
    seat: str
    event_name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    where: str
    token: str
    why_no_code: str
    unpaid: bool
    is_off: bool = False
    own_badge: bool = False


@reads(Permission.DOOR, Permission.TICKETS, own=True)
def my_ticket(act: Act, ticket_id: UUID) -> MyTicket:
    """Read one ticket with its code, for its holder, who booked it, or the event's team.

    Raises:
        NotFoundError: There is no such ticket.
    """
    found = act.connection.execute(_TICKETS.where(TicketRow.id == ticket_id)).one_or_none()
    row = need_found(found, msg("There is no such ticket."))
    owner_id = row.account_id or row.booker_id or row.booking_id
    act.need(row.event_id, Permission.DOOR, Permission.TICKETS, owner_id=owner_id)
    return _mine(act, row, overdue_ids(act.connection, act.now))


@reads(Permission.ATTEND)
def my_tickets(act: Act, *, past: bool = False) -> list[MyTicket]:
    """Read the valid tickets a person booked or holds, the next event first.

    Those of `past` events come with the latest first.
    """
    over = EventRow.ends_at <= act.now
    act.need(None, Permission.ATTEND)
    rows = act.connection.execute(
        _TICKETS.where(_owned_by(act.actor.id), takes_place(act.now), over if past else ~over)
        .order_by(EventRow.starts_at.desc() if past else EventRow.starts_at, TicketRow.id)
        .limit(MAX_TICKETS)
    ).all()
    return [_mine(act, row) for row in rows]


def tickets_without_codes(act: Act, which: ColumnElement[bool]) -> list[MyTicket]:
    """Some tickets as they are shown, without their codes, which take the longest to make."""
    rows = act.connection.execute(_TICKETS.where(which)).all()
    over = overdue_ids(act.connection, act.now)
    return [_without_code(row, over) for row in rows]


def tickets_of(act: Act, booking_id: UUID) -> list[MyTicket]:
    """The tickets of a booking that are not cancelled, as their holders see them."""
    rows = act.connection.execute(
        _TICKETS.where(TicketRow.booking_id == booking_id, TicketRow.state == VALID)
        .order_by(TicketRow.search_no)
        .limit(MAX_TICKETS)
    ).all()
    over = overdue_ids(act.connection, act.now)
    return [_mine(act, row, over) for row in rows]


MAX_TICKETS = 500
"""Most tickets of one person that are shown."""


@steps(Permission.DOOR, Permission.TICKETS, own=True, about=event_of(TicketRow, "ticket_id"))
def calendar_file(steps: Steps, ticket_id: UUID) -> MadeFile:
    """Make a calendar file (RFC 5545) with the event of a ticket; its UID is the ticket's.

    Raises:
        NotFoundError: There is no such ticket.
        NotAllowedError: It is somebody else's.
        InvalidInputError: The calendar library is not installed.
    """
    ticket = my_ticket(steps.store, steps.asked, ticket_id)
    values = {"kind": ticket.ticket_type, "code": ticket.code, "name": ticket.name}
    if ticket.seat:
        words = _("{kind}, seat {seat}, ticket {code} ({name})", seat=ticket.seat, **values)
    else:
        words = _("{kind}, ticket {code} ({name})", **values)
    entry = CalendarEntry(
        ticket.id,
        ticket.event_name,
        ticket.starts_at,
        ticket.ends_at,
        ticket.where,
        words,
        remind=BEFORE_EVENT,
        is_sure=not ticket.why_no_code,
    )
    change = calendar_changes(steps, events=[ticket.event_id])[ticket.event_id]
    told = change.told(entry, is_off=ticket.is_off and not change.is_off)
    return calendar_of([told], f"{ticket.event_name} {ticket.code}", steps.now)


@steps(
    Permission.DOOR,
    Permission.TICKETS,
    own=True,
    local=True,
    about=event_of(TicketRow, "ticket_id"),
)
def save_calendar_file(steps: Steps, ticket_id: UUID) -> Path:
    """Write the calendar file of a ticket into the home's folder for exports.

    Raises:
        EventDeskError: As `calendar_file`, or the file cannot be written.
    """
    ticket = my_ticket(steps.store, steps.asked, ticket_id)
    made = calendar_file(steps.store, steps.asked, ticket_id)
    path = free_path(steps.store.home, f"{ticket.event_name} {ticket.code}", "ics")
    write_file(path, made.content)
    return path


@reads_in_steps(
    Permission.DOOR, Permission.TICKETS, own=True, about=event_of(TicketRow, "ticket_id")
)
def ticket_file(steps: ReadingSteps, ticket_id: UUID) -> MadeFile:
    """Make a PDF file of a ticket, to be printed or kept, with its code.

    Raises:
        NotFoundError: There is no such ticket.
        NotAllowedError: It is somebody else's.
        InvalidInputError: It has no code yet, or the library that writes PDF is not installed.
    """
    ticket = my_ticket(steps.store, steps.asked, ticket_id)
    if not ticket.token:
        raise InvalidInputError(ticket.why_no_code)
    return papers_of([ticket], f"{ticket.event_name} {ticket.code}")


def papers_of(tickets: Sequence[MyTicket], called: str) -> MadeFile:
    """Make a PDF file of tickets that have their codes, a page each.

    Raises:
        InvalidInputError: The library that writes PDF is not installed.
    """
    from eventdesk.documents.ticket_pdf import as_pdf

    stem = file_name(called, fallback="ticket")
    content = as_pdf([_paper_of(each) for each in tickets])
    return MadeFile(f"{stem}.pdf", "application/pdf", content)


def _paper_of(ticket: MyTicket) -> "TicketPaper":
    from badges.qr import matrix
    from eventdesk.documents.ticket_pdf import TicketPaper

    when = spoken_period(ticket.starts_at, ticket.ends_at, ticket.time_zone)
    facts = [(_("When"), when), (_("Where"), ticket.where)]
    facts += [(_("Ticket"), ticket.ticket_type), (_("Seat"), ticket.seat)]
    return TicketPaper(
        title=ticket.name,
        line_two=ticket.line_two,
        event=ticket.event_name,
        code=ticket.code,
        modules=matrix(ticket.token),
        facts=[(name, value) for name, value in facts if value],
    )


_TICKETS = (
    select(
        TicketRow.__table__,
        BookingRow.account_id.label("booker_id"),
        BookingRow.state.label("booking_state"),
        BookingRow.approved,
        TicketTypeRow.name.label("ticket_type"),
        EventRow.name.label("event_name"),
        EventRow.state.label("event_state"),
        EventRow.starts_at,
        EventRow.ends_at,
        EventRow.time_zone,
        EventRow.online_url,
        EventRow.own_badges,
        VenueRow.name.label("venue"),
        VenueRow.address,
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
    .join(EventRow, EventRow.id == TicketRow.event_id)
    .outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)
)


def _owned_by(account_id: UUID | None) -> ColumnElement[bool]:
    """Held by this account, or booked by it and handed to nobody else."""
    return or_(
        TicketRow.account_id == account_id,
        (BookingRow.account_id == account_id) & TicketRow.account_id.is_(None),
    )


def _mine(act: Act, row: AnyRow, over: Collection[UUID] = ()) -> MyTicket:
    ticket = _without_code(row, over)
    return ticket if ticket.why_no_code else replace(ticket, token=sealed(act, row))


def _without_code(row: AnyRow, over: Collection[UUID]) -> MyTicket:
    missing = _why_no_code(row, row.booking_id in over)
    where = " · ".join(part for part in (row.venue, row.address, row.online_url) if part)
    return MyTicket(
        id=row.id,
        event_id=row.event_id,
        booking_id=row.booking_id,
        code=row.code,
        name=row.holder_name,
        line_two=row.line_two,
        ticket_type=row.ticket_type,
        seat=row.seat,
        event_name=row.event_name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        where=" ".join(where.split()),
        token="",
        why_no_code=str(missing),
        unpaid=missing in (_UNPAID, _NOT_PAID_IN_TIME),
        is_off=missing in (_EVENT_OFF, _TICKET_OFF, _NOT_PAID_IN_TIME),
        own_badge=row.own_badges,
    )


_EVENT_OFF = msg("The event was cancelled.")
_TICKET_OFF = msg("The ticket was cancelled.")
_UNPAID = msg("The code comes when the booking is paid.")
_NOT_PAID_IN_TIME = msg("The booking was not paid in time.")


def _why_no_code(row: AnyRow, over: bool) -> Message:
    """Why a ticket has no code to show; empty where it has one."""
    if row.event_state == "cancelled":
        return _EVENT_OFF
    if over or row.state == "expired":
        return _NOT_PAID_IN_TIME
    if row.state == GIVEN:
        return msg("A donation lets nobody in.")
    if row.state != VALID or row.booking_state in ("cancelled", "expired"):
        return _TICKET_OFF
    if not row.approved:
        return msg("The organizer has not approved the booking yet.")
    if row.booking_state != "paid":
        return _UNPAID
    return msg("")
