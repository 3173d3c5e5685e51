"""The subscribed calendar of a person: their events and sessions, at a secret address.

The address is made of the house's keys like the link of a booking. Whoever has it reads where its
person will be, so it names nobody else, shows no ticket's code and is void at once when it is made
anew or ended.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select, update

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import (
    AccountRow,
    BookingRow,
    CalendarLinkRow,
    EventRow,
    ProfileRow,
    RoomRow,
    SessionRow,
    SignUpRow,
    TicketRow,
    VenueRow,
)
from eventdesk.acts import Act, Permission, Steps, Topic, reads, steps, takes_place, writes
from eventdesk.core.booking_states import CANCELLED, PAID, VALID
from eventdesk.core.calendar_links import CALENDAR_LINK
from eventdesk.core.errors import KeyFileLostError, SignInError
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import _, _n, is_spoken, msg, reader, reading
from eventdesk.documents.calendar import BEFORE_EVENT, BEFORE_SESSION, CalendarEntry, calendar_of
from eventdesk.events import calendar_changes
from eventdesk.programme import person_of

KEPT_FOR: Final = timedelta(days=90)
"""How long what is over stays in the calendar."""

MOST_ENTRIES: Final = 1_000
"""Most tickets, and most sessions, that one calendar is made of."""


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """The calendar of a person.

    Attributes:
        changed_at: When the last change was told of what is in it; None where nothing is.
    """

    file: MadeFile
    changed_at: datetime | None


@reads(Permission.ATTEND)
def my_calendar_link(act: Act) -> str:
    """Read what stands at the end of one's calendar's address; "" where there is none."""
    account_id = person_of(act, None)
    row = _LINK.one_or_none(act.connection, {"account": account_id})
    if row is None or not row.is_open:
        return ""
    return CALENDAR_LINK.write(act.store.keys.active, account_id, row.issue)


@writes(Permission.ATTEND)
def make_calendar_link(act: Act) -> str:
    """Make the address of one's calendar, or make it anew: the one before is void at once.

    Returns:
        What stands at its end; see `core.calendar_links.calendar_address`.
    """
    account_id = person_of(act, None)
    issue = _put(act, account_id, is_open=True)
    act.record("make_calendar_link", ("account", account_id))
    return CALENDAR_LINK.write(act.store.keys.active, account_id, issue)


@writes(Permission.ATTEND)
def end_calendar_link(act: Act) -> None:
    """End the address of one's calendar; it is void at once."""
    account_id = person_of(act, None)
    _put(act, account_id, is_open=False)
    act.record("end_calendar_link", ("account", account_id))


@steps(public=True)
def own_calendar(steps: Steps, link: str, *, base: str = "") -> OwnCalendar:
    """Make the calendar that a secret address is of.

    Args:
        link: As `make_calendar_link` made it.
        base: Where the house serves, for links to its pages.

    Raises:
        SignInError: It is no such address, it was made anew or ended, or its person was shut out.
        InvalidInputError: The calendar library is not installed.
    """
    with steps.read() as act:
        who = _whose(act, link)
        events = list(_events(act, who.id))
        of_events = {each.id for each in events}
        sessions = _sessions(act.connection, who.id, of_events, act.now - KEPT_FOR)
    changes = calendar_changes(steps, events=of_events, sessions={each.id for each in sessions})
    with reading(_language(who)):
        entries = [_event_entry(each, base) for each in events]
        entries += [_session_entry(each, base) for each in sessions]
        told = [changes[each.id].told(each) for each in entries if each.id in changes]
        called = _("My events")
        made = calendar_of(told, called, steps.now, subscribed=True)
    return OwnCalendar(made, max((each.changed_at for each in changes.values()), default=None))


def sessions_in_calendars(
    act: Act, account_id: UUID, which: ColumnElement[bool]
) -> list[CalendarEntry]:
    """The entries of some sessions in the calendar of somebody who signed up for them.

    Args:
        act: The act that reads.
        account_id: The person.
        which: Which sessions.
    """
    own = _SIGNED_UP.where(SignUpRow.account_id == account_id, which)
    rows = act.connection.execute(own.order_by(SessionRow.starts_at, SessionRow.id))
    return [_session_entry(each, "") for each in rows]


@dataclass(frozen=True, slots=True)
class _OwnEvent:
    """An event that a person has tickets of."""

    row: AnyRow
    tickets: int
    is_sure: bool

    @property
    def id(self) -> UUID:
        event_id: UUID = self.row.id
        return event_id


def _put(act: Act, account_id: UUID, *, is_open: bool) -> int:
    """Make every address so far void; returns the number of the next."""
    act.touch(Topic.ACCOUNTS)
    row = _LINK.one_or_none(act.connection, {"account": account_id})
    values: dict[str, Any] = {"is_open": is_open, "made_at": act.now}
    if row is None:
        new = insert(CalendarLinkRow).values(account_id=account_id, issue=0, **values)
        act.connection.execute(new)
        return 0
    issue: int = row.issue + 1
    its = update(CalendarLinkRow).where(CalendarLinkRow.account_id == account_id)
    act.connection.execute(its.values(issue=issue, **values))
    return issue


def _whose(act: Act, link: str) -> AnyRow:
    said = CALENDAR_LINK.read(link)
    try:
        good = said is not None and said.is_by(act.store.key(said.key_id))
    except KeyFileLostError:
        good = False
    row = None
    if said is not None and good:
        row = _PERSON.one_or_none(act.connection, {"account": said.of_id})
    if said is None or row is None or not row.is_open or row.issue != said.issue:
        raise SignInError(
            msg("This calendar is not here, or not any more."),
            hint=msg("Look under “My programme” for its address."),
        )
    return row


def _language(who: AnyRow) -> str:
    """The person's own, so that the calendar is the same for all their programs."""
    return who.language if who.language and is_spoken(who.language) else reader().language


def _events(act: Act, account_id: UUID) -> Iterator[_OwnEvent]:
    """The events that a person has tickets of, and those that were called off."""
    own = or_(
        TicketRow.account_id == account_id,
        (BookingRow.account_id == account_id) & TicketRow.account_id.is_(None),
    )
    was_there = TicketRow.state.in_((VALID, CANCELLED)) & (EventRow.state == "cancelled")
    rows = act.connection.execute(
        _TICKETS.where(
            own, or_(takes_place(act.now), was_there), EventRow.ends_at > act.now - KEPT_FOR
        )
        .order_by(EventRow.starts_at, EventRow.id)
        .limit(MOST_ENTRIES)
    )
    for _event_id, of_event in groupby(rows, lambda row: row.id):
        tickets = list(of_event)
        sure = any(each.booking_state == PAID and each.approved for each in tickets)
        yield _OwnEvent(tickets[0], len(tickets), sure)


def _sessions(
    connection: Connection, account_id: UUID, events: Collection[UUID], since: datetime
) -> Sequence[AnyRow]:
    """The sessions that a person signed up for, at events they have tickets of."""
    return connection.execute(
        _SIGNED_UP.where(
            SignUpRow.account_id == account_id,
            SignUpRow.event_id.in_(events),
            SessionRow.ends_at > since,
        )
        .order_by(SessionRow.starts_at, SessionRow.id)
        .limit(MOST_ENTRIES)
    ).all()


def _event_entry(own: _OwnEvent, base: str) -> CalendarEntry:
    row = own.row
    return CalendarEntry(
        row.id,
        row.name,
        row.starts_at,
        row.ends_at,
        _where(row.venue, row.address, row.online_url),
        _n("{count} ticket", "{count} tickets", own.tickets),
        f"{base}/tickets" if base else "",
        BEFORE_EVENT,
        is_sure=own.is_sure,
    )


def _session_entry(row: AnyRow, base: str) -> CalendarEntry:
    return CalendarEntry(
        row.id,
        row.title,
        row.starts_at,
        row.ends_at,
        _where(row.room, row.venue, row.address),
        row.event_name,
        f"{base}/programme/{row.event_id}" if base else "",
        BEFORE_SESSION,
    )


def _where(*places: str | None) -> str:
    return " · ".join(" ".join(each.split()) for each in places if each)


_LINK: Final = Prepared(
    select(CalendarLinkRow.issue, CalendarLinkRow.is_open).where(
        CalendarLinkRow.account_id == bindparam("account", type_=CalendarLinkRow.account_id.type)
    )
)
_PERSON: Final = Prepared(
    select(AccountRow.id, CalendarLinkRow.issue, CalendarLinkRow.is_open, ProfileRow.language)
    .join(CalendarLinkRow, CalendarLinkRow.account_id == AccountRow.id)
    .outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id)
    .where(
        AccountRow.id == bindparam("account", type_=AccountRow.id.type),
        AccountRow.banned_at.is_(None),
        AccountRow.erased_at.is_(None),
    )
)
_TICKETS: Final = (
    select(
        EventRow.id,
        EventRow.name,
        EventRow.starts_at,
        EventRow.ends_at,
        EventRow.online_url,
        VenueRow.name.label("venue"),
        VenueRow.address,
        BookingRow.state.label("booking_state"),
        BookingRow.approved,
    )
    .select_from(TicketRow)
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(EventRow, EventRow.id == TicketRow.event_id)
    .outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)
)
_SIGNED_UP: Final = (
    select(
        SessionRow.id,
        SessionRow.event_id,
        SessionRow.title,
        SessionRow.starts_at,
        SessionRow.ends_at,
        EventRow.name.label("event_name"),
        RoomRow.name.label("room"),
        VenueRow.name.label("venue"),
        VenueRow.address,
    )
    .select_from(SignUpRow)
    .join(SessionRow, SessionRow.id == SignUpRow.session_id)
    .join(EventRow, EventRow.id == SessionRow.event_id)
    .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
    .outerjoin(VenueRow, VenueRow.id == RoomRow.venue_id)
)
