"""Reports of interest: sessions by popularity, and the waitlist."""

from collections import Counter, defaultdict
from statistics import median
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from data.schema import RoomRow, SessionRow, SignUpRow, TicketTypeRow, WaitlistEntryRow
from eventdesk.acts import Act, Permission, event_row, reads
from eventdesk.core.messages import _, _p
from eventdesk.core.reports import Figure, Report, ReportKind, ReportTable, share_text
from eventdesk.figures.reports.counting import made

STATES: Final = ("waiting", "offered", "taken", "expired", "left")


@reads(Permission.PROGRAMME, about="event_id")
def session_report(act: Act, event_id: UUID) -> Report:
    """Report sign-ups and waitlists of sessions, the most popular first."""
    act.need(event_id, Permission.PROGRAMME)
    event = event_row(act.connection, event_id)
    sessions = act.connection.execute(
        select(
            SessionRow.id,
            SessionRow.title,
            SessionRow.starts_at,
            SessionRow.capacity,
            RoomRow.name.label("room"),
        )
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(SessionRow.event_id == event_id, SessionRow.cancelled_at.is_(None))
        .order_by(SessionRow.starts_at, SessionRow.id)
    ).all()
    ids = select(SessionRow.id).where(SessionRow.event_id == event_id)
    signed_up = _counted(act.connection, SignUpRow.session_id, SignUpRow.session_id.in_(ids))
    waiting = _counted(
        act.connection,
        WaitlistEntryRow.session_id,
        WaitlistEntryRow.session_id.in_(ids),
        WaitlistEntryRow.state.in_(("waiting", "offered")),
    )
    zone = ZoneInfo(event.time_zone)
    ranked = sorted(sessions, key=lambda each: -(signed_up[each.id] + waiting[each.id]))
    rows = tuple(
        (
            each.title,
            each.starts_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            each.room or "",
            each.capacity,
            signed_up[each.id],
            waiting[each.id],
            share_text(signed_up[each.id], each.capacity or 0),
        )
        for each in ranked
    )
    table = ReportTable(
        _("Sessions by popularity"),
        (
            _("Session"),
            _("Begins"),
            _("Room"),
            _("Places"),
            _("Signed up"),
            _("Waiting"),
            _("Full"),
        ),
        rows,
        (
            _("Together"),
            None,
            None,
            None,
            sum(signed_up[each.id] for each in sessions),
            sum(waiting[each.id] for each in sessions),
            None,
        ),
        bar=4,
        empty=_("There is no session yet."),
    )
    return made(ReportKind.SESSIONS, _("Sessions"), event, (table,), now=act.now)


@reads(Permission.TICKETS, about="event_id")
def waitlist_report(act: Act, event_id: UUID) -> Report:
    """Report waitlist entries by what they wait for, with their outcomes."""
    act.need(event_id, Permission.TICKETS)
    event = event_row(act.connection, event_id)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    offers: Counter[str] = Counter()
    waits: dict[str, list[float]] = defaultdict(list)
    for row in _entries(act.connection, event_id):
        name = row.ticket_type or row.session or ""
        counts[name][row.state] += 1
        if row.offered_at is not None:
            offers[name] += 1
            waits[name].append((row.offered_at - row.created_at).total_seconds())
    rows: tuple[tuple[Figure, ...], ...] = tuple(
        (
            name,
            states.total(),
            offers[name],
            *(states[state] for state in STATES),
            _in_words(median(waits[name])) if waits[name] else "",
        )
        for name, states in counts.items()
    )
    table = ReportTable(
        _("By what is waited for"),
        (
            _("Ticket type or session"), _("Joined"), _("Ever offered"), _("Waiting"), _("Offered"),
            _("Taken"), _("Expired"), _p("waitlist", "Left"), _("Median wait"),
        ),
        rows,
        (
            _("Together"),
            sum(states.total() for states in counts.values()),
            offers.total(),
            *(sum(states[state] for states in counts.values()) for state in STATES),
            None,
        ),
        bar=1,
        empty=_("Nobody waited for anything."),
    )  # fmt: skip
    return made(
        ReportKind.WAITLIST,
        _("Waitlist"),
        event,
        (table,),
        _("The median wait is from joining to the last offer."),
        now=act.now,
    )


def _counted(connection: Connection, column: Any, *where: Any) -> Counter[UUID]:
    rows = connection.execute(select(column, func.count()).where(*where).group_by(column)).all()
    return Counter(dict(rows))


def _entries(connection: Connection, event_id: UUID) -> Any:
    return connection.execute(
        select(
            WaitlistEntryRow.state,
            WaitlistEntryRow.created_at,
            WaitlistEntryRow.offered_at,
            TicketTypeRow.name.label("ticket_type"),
            SessionRow.title.label("session"),
        )
        .outerjoin(TicketTypeRow, TicketTypeRow.id == WaitlistEntryRow.ticket_type_id)
        .outerjoin(SessionRow, SessionRow.id == WaitlistEntryRow.session_id)
        .where(WaitlistEntryRow.event_id == event_id)
        .order_by(TicketTypeRow.position, SessionRow.starts_at, WaitlistEntryRow.no),
        execution_options={"yield_per": 1000},
    )


def _in_words(wait_s: float) -> str:
    minutes = max(0, round(wait_s / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else _("{days} days", days=minutes // 1440)
