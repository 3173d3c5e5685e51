"""Reminders: before an event begins, when its organizer wants them, and before an offer is gone.

Each is made once. How far the bookings of an event were gone through is kept in the store, so that
a hundred thousand guests are told in small transactions, and a program that ended goes on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, select

from data.rows import AnyRow, put_setting, setting
from data.schema import BookingRow, EventRow, NoticeRow, ProfileRow, TicketRow, WaitlistEntryRow
from eventdesk.acts import Act, Steps, steps
from eventdesk.core.messages import msg
from eventdesk.core.wall_clock import with_zone
from eventdesk.events import Reminders, each_by_itself
from eventdesk.waiting.waitlist_entries import ENTRIES, OFFERED, tell

_WEEK, _DAY, _HOURS = timedelta(days=7), timedelta(days=1), timedelta(hours=2)

AHEAD: Final[Mapping[Reminders, tuple[timedelta, ...]]] = {
    Reminders.NONE: (),
    Reminders.DAY: (_DAY,),
    Reminders.WEEK: (_DAY, _WEEK),
    Reminders.HOURS: (_HOURS, _DAY),
    Reminders.ALL: (_HOURS, _DAY, _WEEK),
}
"""How long before its begin the guests of an event are reminded, the last time first."""

LAST_PART: Final = 4
"""Part of its time at the end of which an offer is reminded of: the last quarter."""

AT_ONCE: Final = 500
"""Bookings gone through in one transaction."""

_DONE: Final = -1


@steps(internal=True)
def remind(steps: Steps) -> int:
    """Send the reminders that are due; returns how many people were told."""
    return _remind_of_events(steps) + _remind_of_offers(steps)


def _remind_of_events(steps: Steps) -> int:
    soon = (
        EventRow.state == "published",
        EventRow.starts_at > steps.now,
        EventRow.starts_at <= steps.now + _WEEK,
    )
    wanted = select(EventRow.id, EventRow.starts_at, EventRow.reminders).where(*soon)
    with steps.read() as act:
        events = act.connection.execute(wanted).all()
        open_events = [
            each.id
            for each in events
            if (ahead := _due(each, steps.now)) is not None
            and _mark(act.connection, each.id, ahead) != _DONE
        ]

    def remind_all(event_id: UUID) -> int:
        told, more = 0, True
        while more:
            with steps.write(about=event_id) as act:
                wanted = select(EventRow.__table__).where(EventRow.id == event_id, *soon)
                event = act.connection.execute(wanted).one_or_none()
                ahead = None if event is None else _due(event, act.now)
                if event is None or ahead is None:
                    break
                count, more = _remind_some(act, event, ahead)
            told += count
        return told

    return each_by_itself(steps, open_events, remind_all, chore=msg("reminder of guests"))


def _due(event: AnyRow, now: datetime) -> timedelta | None:
    """How long before its begin the reminder is sent that is due now; None while none is."""
    left = event.starts_at - now
    return next((each for each in AHEAD[Reminders(event.reminders)] if left <= each), None)


def _remind_some(act: Act, event: AnyRow, ahead: timedelta) -> tuple[int, bool]:
    """Tell the people of the next bookings; returns how many, and whether there may be more."""
    mark = _mark(act.connection, event.id, ahead)
    if mark == _DONE:
        return 0, False
    bookings = act.connection.execute(
        select(BookingRow.id, BookingRow.no)
        .where(BookingRow.event_id == event.id, BookingRow.no > mark)
        .order_by(BookingRow.no)
        .limit(AT_ONCE)
    ).all()
    people = act.connection.execute(
        select(BookingRow.id, BookingRow.account_id.label("booker_id"), TicketRow.account_id)
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .where(
            BookingRow.id.in_([row.id for row in bookings]),
            BookingRow.state.in_(("paid", "pending")),
            TicketRow.state == "valid",
        )
    ).all()
    told = 0
    body = msg("It begins {at}.", at=with_zone(event.starts_at, event.time_zone))
    title = msg("{event} is about to begin", event=event.name)
    for account_id in dict.fromkeys(row.account_id or row.booker_id for row in people):
        if account_id is None or _was_reminded(act.connection, account_id, event, ahead):
            continue
        subject = ("event", event.id)
        act.tell(account_id, "reminder", title, body, event_id=event.id, subject=subject)
        told += 1
    for booking_id in dict.fromkeys(row.id for row in people if row.booker_id is None):
        subject = ("booking", booking_id)
        act.tell(None, "reminder", title, body, event_id=event.id, subject=subject)
    more = len(bookings) == AT_ONCE
    value = bookings[-1].no if more else _DONE
    put_setting(act.connection, _key(event.id, ahead), str(value))
    return told, more


def _remind_of_offers(steps: Steps) -> int:
    """Tell those whose offer has begun its last quarter."""
    due = ENTRIES.where(
        OFFERED,
        WaitlistEntryRow.offer_until > steps.now,
        WaitlistEntryRow.offered_at.is_not(None),
        WaitlistEntryRow.account_id.is_not(None),
        ~exists().where(_reminder_of(WaitlistEntryRow.account_id, WaitlistEntryRow.id)),
    ).add_columns(ProfileRow.silenced)
    due = due.outerjoin(ProfileRow, ProfileRow.account_id == WaitlistEntryRow.account_id)

    def late(entry: AnyRow) -> bool:
        lasts: timedelta = entry.offer_until - entry.offered_at
        begun: bool = steps.now >= entry.offer_until - lasts / LAST_PART
        return begun and "reminder" not in (entry.silenced or ())

    with steps.read() as act:
        events = dict.fromkeys(each.event_id for each in act.connection.execute(due) if late(each))

    def remind_all(event_id: UUID) -> int:
        with steps.write(about=event_id) as act:
            here = act.connection.execute(due.where(WaitlistEntryRow.event_id == event_id)).all()
            entries = [entry for entry in here if late(entry)]
            for entry in entries:
                title = msg("Your place is kept a little longer: {what}", what=entry.what)
                until = with_zone(entry.offer_until, entry.time_zone)
                body = msg("{event}: take it until {until}.", event=entry.event_name, until=until)
                tell(act, entry, ("reminder", title, body))
        return len(entries)

    return each_by_itself(steps, events, remind_all, chore=msg("reminder of offers"))


def _reminder_of(account_id: Any, subject_id: Any) -> ColumnElement[bool]:
    return and_(
        NoticeRow.account_id == account_id,
        NoticeRow.kind == "reminder",
        NoticeRow.subject_id == subject_id,
    )


def _was_reminded(
    connection: Connection, account_id: UUID, event: AnyRow, ahead: timedelta
) -> bool:
    found = connection.execute(
        select(NoticeRow.id).where(
            _reminder_of(account_id, event.id), NoticeRow.created_at >= event.starts_at - ahead
        )
    )
    return found.first() is not None


def _mark(connection: Connection, event_id: UUID, ahead: timedelta) -> int:
    """Number of the last booking gone through; 0 before the first, -1 after the last."""
    return int(setting(connection, _key(event_id, ahead)) or 0)


def _key(event_id: UUID, ahead: timedelta) -> str:
    hours = "" if ahead == _DAY else f"/{int(ahead.total_seconds()) // 3600}"
    return f"reminded/{event_id}{hours}"
