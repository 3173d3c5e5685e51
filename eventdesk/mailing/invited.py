"""What tickets and sessions put into the calendar of whoever gets a mail, and what becomes of it.

One booking is one entry. Its UID is the id of a ticket, as in the calendar file of that ticket:
the first of the booking for who booked, and the first of one's own for who holds some. A calendar
knows by its sequence what replaces what (RFC 5545, section 3.8.7.4), so that has to grow whenever
the event moves, and whenever tickets are handed on or end. A session that somebody signed up for is
one entry, with the UID that it has in all calendars.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final
from uuid import UUID

from sqlalchemy import exists, or_, select

from data.rows import AnyRow
from data.schema import (
    BookingRow,
    CalendarEntryRow,
    NoticeRow,
    PaymentRow,
    SessionRow,
    SignUpRow,
    TicketRow,
)
from eventdesk.acts import Act
from eventdesk.booking import tickets_of, was_handed_on
from eventdesk.core.booking_states import EXPIRED, SOLD_STATES, VALID
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.documents.calendar import BEFORE_EVENT, CalendarEntry
from eventdesk.events import CalendarChange
from eventdesk.mailing.addressee import Addressee
from eventdesk.mailing.queueing import BULK
from eventdesk.mailing.wording import MailKind
from eventdesk.services import Outgoing
from eventdesk.waiting import sessions_in_calendars

MOST: Final = 20
"""Most bookings, and most sessions, of one person whose entries go with one mail."""


def invited(
    act: Act,
    to: Addressee,
    event: AnyRow,
    booking_ids: Collection[UUID],
    change: CalendarChange,
    *,
    about: UUID | None = None,
) -> tuple[CalendarEntry, ...]:
    """The entries of bookings in the calendar of whoever gets a mail.

    Those are none before tickets are valid; after that a booking keeps its entry, which is off once
    no ticket of theirs is left. What somebody held and handed on may have been an entry, too.

    Args:
        act: The act that reads.
        to: Whom the mail goes to.
        event: The event.
        booking_ids: The bookings.
        change: How often the event moved.
        about: The ticket that the mail is about; None is none alone.
    """
    entries = (_entries(act, to, event, each, change, about) for each in booking_ids)
    return tuple(chain.from_iterable(entries))


def sessions_of(act: Act, job: Outgoing) -> tuple[UUID, ...]:
    """The sessions whose entries a mail changes or takes out.

    That is the one it is about, and of a cancelled event those somebody signed up for, as far as
    any calendar was told of them.
    """
    if "session" in job.payload:
        return (UUID(hex=str(job.payload["session"])),)
    if job.kind != BULK or "notice" not in job.payload:
        return ()
    told = (
        select(CalendarEntryRow.id)
        .join(SignUpRow, SignUpRow.session_id == CalendarEntryRow.id)
        .join(NoticeRow, NoticeRow.account_id == SignUpRow.account_id)
        .where(
            NoticeRow.id == UUID(hex=str(job.payload["notice"])),
            NoticeRow.kind == MailKind.CANCELLATION,
            SignUpRow.event_id == NoticeRow.event_id,
        )
        .order_by(CalendarEntryRow.id)
        .limit(MOST)
    )
    return tuple(act.connection.execute(told).scalars())


def signed_up(
    act: Act, to: Addressee, session_ids: Collection[UUID], changes: Mapping[UUID, CalendarChange]
) -> tuple[CalendarEntry, ...]:
    """The entries of sessions in the calendar of whoever gets a mail, where they signed up.

    Args:
        act: The act that reads.
        to: Whom the mail goes to.
        session_ids: The sessions.
        changes: How often each moved, and whether it is off.
    """
    if to.account_id is None or not session_ids:
        return ()
    found = sessions_in_calendars(act, to.account_id, SessionRow.id.in_(session_ids))
    return tuple(changes[each.id].told(each) for each in found)


def bookings_at(act: Act, account_id: UUID, event_id: UUID) -> tuple[UUID, ...]:
    """The bookings of an event that somebody made or holds a ticket of, the first first."""
    found = act.connection.execute(
        select(BookingRow.id)
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .where(
            BookingRow.event_id == event_id,
            TicketRow.state == VALID,
            or_(BookingRow.account_id == account_id, TicketRow.account_id == account_id),
        )
        .group_by(BookingRow.id)
        .order_by(BookingRow.id)
        .limit(MOST)
    )
    return tuple(found.scalars())


def is_theirs(ticket: AnyRow, to: Addressee, *, booked: bool) -> bool:
    """Whether a ticket is of whoever gets a mail: what was handed on is not of who booked it.

    Args:
        ticket: Its row, with `handed_on`.
        to: Whom the mail goes to.
        booked: Whether they made the booking.
    """
    if ticket.account_id is not None:
        return bool(ticket.account_id == to.account_id)
    same = bool(ticket.holder_email.casefold() == to.address.casefold())
    if booked:
        return same or not ticket.handed_on
    return to.account_id is None and same


def place_of(event: AnyRow) -> str:
    """Where an event is, in a line."""
    parts = (event.venue, event.address, event.online_url)
    return plain(" · ".join(each for each in parts if each), limit=500)


def _entries(
    act: Act,
    to: Addressee,
    event: AnyRow,
    booking_id: UUID,
    change: CalendarChange,
    about: UUID | None,
) -> Iterator[CalendarEntry]:
    booking = act.connection.execute(
        select(BookingRow.__table__).where(BookingRow.id == booking_id)
    ).one()
    rows = act.connection.execute(
        select(TicketRow.__table__, was_handed_on().label("handed_on"))
        .where(TicketRow.booking_id == booking_id)
        .order_by(TicketRow.search_no)
    ).all()
    booked = to.booker or (to.account_id is not None and booking.account_id == to.account_id)
    theirs = [row for row in rows if is_theirs(row, to, booked=booked)]
    own = {row.id for row in theirs}
    entry = CalendarEntry(
        booking_id,
        event.name,
        event.starts_at,
        event.ends_at,
        place_of(event),
        _("Booking {code}", code=booking.code),
        remind=BEFORE_EVENT,
    )
    entry = replace(change.told(entry), sequence=change.sequence + _turns(rows))
    is_lost = not booked and about in {row.id for row in rows} - own
    if about is not None and is_lost and _was_valid(act, booking, rows):
        yield replace(entry, id=about, is_off=True)
    known = rows if booked else theirs
    open_to = [each for each in tickets_of(act, booking_id) if each.token and each.id in own]
    is_off = change.is_off or not any(row.state == VALID for row in theirs)
    if known and (open_to or (is_off and _was_valid(act, booking, rows))):
        yield replace(entry, id=known[0].id, is_off=is_off)


def _turns(tickets: Sequence[AnyRow]) -> int:
    """How often tickets got another code, as they do when they are handed on, or ended."""
    return sum(row.revision - 1 + (row.state not in SOLD_STATES) for row in tickets)


def _was_valid(act: Act, booking: AnyRow, tickets: Sequence[AnyRow]) -> bool:
    """Whether the tickets of a booking may have been valid once, so that they were mailed."""
    if booking.state == EXPIRED or not booking.approved:
        return False
    paid = exists().where(PaymentRow.booking_id == booking.id, PaymentRow.state == "paid")
    costs = any(row.price_minor for row in tickets)
    return not costs or bool(act.connection.execute(select(paid)).scalar_one())
