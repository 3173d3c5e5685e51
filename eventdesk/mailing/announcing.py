"""Announcements by mail to those without an account: in small transactions, booking by booking.

Who has an account gets a notice, which is mailed as any other. How far an announcement was gone
through is kept in the store, so that nobody gets it twice.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select

from data.rows import AnyRow, put_setting, setting
from data.schema import AnnouncementRow, BookingRow, DeliveryRow, ServiceRow, TicketRow
from eventdesk.acts import Act, Steps, Topic, steps
from eventdesk.core.messages import msg
from eventdesk.events import Audience, each_by_itself, tickets_of_audience
from eventdesk.mailing.queueing import BULK, mail_row

AT_ONCE: Final = 500
"""Bookings gone through in one transaction."""

LOOKED_BACK: Final = timedelta(days=2)
"""An announcement that is older is gone through, or was sent while no mail went out."""

DONE: Final = -1


@steps(internal=True)
def mail_announcements(steps: Steps) -> int:
    """Queue the announcements that guests without an account lack; returns how many were queued."""
    with steps.read() as act:
        rows = _unfinished(act)

    def go_on(event_id: UUID) -> int:
        return sum(_go_on(steps, row) for row in rows if row.event_id == event_id)

    events = dict.fromkeys(row.event_id for row in rows)
    return each_by_itself(steps, events, go_on, chore=msg("announcement"))


def _unfinished(act: Act) -> Sequence[AnyRow]:
    """What was sent while mail was set up and is not gone through."""
    on = select(func.min(ServiceRow.created_at)).where(
        ServiceRow.kind == "mail", ServiceRow.enabled.is_(True)
    )
    since = act.connection.execute(on).scalar_one_or_none()
    if since is None:
        return ()
    sent = select(AnnouncementRow.__table__).where(
        AnnouncementRow.sent_at >= max(since, act.now - LOOKED_BACK), AnnouncementRow.hold == ""
    )
    rows = act.connection.execute(sent.order_by(AnnouncementRow.sent_at)).all()
    return [row for row in rows if _mark(act, row.id) != DONE]


def _go_on(steps: Steps, row: AnyRow) -> int:
    queued, mark = 0, 0
    while mark != DONE:
        with steps.write(about=row.event_id) as act:
            mark = _mark(act, row.id)
            if mark != DONE:
                if _is_held(act, row.id):
                    break
                count, mark = _mail_some(act, row, mark)
                queued += count
                put_setting(act.connection, _key(row.id), str(mark))
                act.touch(Topic.SERVICES, row.event_id)
    return queued


def _mail_some(act: Act, row: AnyRow, mark: int) -> tuple[int, int]:
    """Queue the mails of the next bookings; returns how many, and the last booking's number."""
    bookings = act.connection.execute(
        select(BookingRow.id, BookingRow.no)
        .where(BookingRow.event_id == row.event_id, BookingRow.no > mark)
        .order_by(BookingRow.no)
        .limit(AT_ONCE)
    ).all()
    mails = list(_mails(act, row, [each.id for each in bookings])) if bookings else []
    if mails:
        act.connection.execute(insert(DeliveryRow), mails)
    return len(mails), bookings[-1].no if len(bookings) == AT_ONCE else DONE


def _mails(act: Act, row: AnyRow, booking_ids: list[UUID]) -> Iterator[dict[str, Any]]:
    chosen = tuple(UUID(each) for each in row.chosen)
    audience = tickets_of_audience(row.event_id, Audience(row.audience), chosen)
    tickets = act.connection.execute(
        select(
            TicketRow.id,
            TicketRow.booking_id,
            TicketRow.account_id,
            TicketRow.holder_email,
            BookingRow.account_id.label("booker_id"),
            BookingRow.email,
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.booking_id.in_(booking_ids), *audience)
    ).all()
    payload, brings = {"announcement": row.id.hex}, {"announcement_id": row.id}
    told: set[tuple[UUID, str]] = set()
    for ticket in tickets:
        booker, holder = ticket.email.casefold(), ticket.holder_email.casefold()
        booked = ticket.booking_id, booker
        if ticket.booker_id is None and booker and booked not in told:
            told.add(booked)
            yield _row(act, row.event_id, payload, booking_id=ticket.booking_id, **brings)
        held = ticket.booking_id, holder
        if ticket.account_id is None and holder and holder != booker and held not in told:
            told.add(held)
            yield _row(act, row.event_id, payload, ticket_id=ticket.id, **brings)


def _row(act: Act, event_id: UUID, payload: dict[str, Any], **about: UUID) -> dict[str, Any]:
    return mail_row(act, event_id, payload, **about) | {"kind": BULK}


def _is_held(act: Act, announcement_id: UUID) -> bool:
    """Whether somebody paused or stopped it meanwhile."""
    held = select(AnnouncementRow.hold).where(AnnouncementRow.id == announcement_id)
    return bool(act.connection.execute(held).scalar_one())


def _mark(act: Act, announcement_id: UUID) -> int:
    """Number of the last booking gone through; 0 before the first, `DONE` after the last."""
    return int(setting(act.connection, _key(announcement_id)) or 0)


def _key(announcement_id: UUID) -> str:
    return f"announced/{announcement_id}"
