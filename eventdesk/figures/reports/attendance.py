"""Attendance report, and report of no-shows."""

from collections import Counter
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Subquery, func, select

from data.rows import AnyRow
from data.schema import AdmissionRow, BookingRow, CheckInListRow, ScanRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, event_row, reads, takes_place
from eventdesk.core.messages import _, _n
from eventdesk.core.reports import Report, ReportKind, ReportTable, share_text
from eventdesk.door import count_conflicts
from eventdesk.events import by_a_door
from eventdesk.figures.reports.counting import at_quarter, made, quarter, type_names

MAX_NAMES: Final = 1000
"""Most people in a report of no-shows; the export of attendees has all."""


@reads(Permission.TICKETS, about="event_id")
def attendance_report(act: Act, event_id: UUID) -> Report:
    """Report admissions by ticket type, check-in list and hour.

    A ticket counts once, when a list first let it in. Every valid ticket is expected, paid or not.
    """
    act.need(event_id, Permission.TICKETS)
    event = event_row(act.connection, event_id)
    first = _first_admissions(event_id)
    gone = act.connection.execute(
        select(func.count())
        .select_from(first)
        .join(TicketRow, TicketRow.id == first.c.ticket_id)
        .where(TicketRow.state != "valid")
    ).scalar_one()
    tables = (
        _by_type(act, event_id, first),
        _by_list(act.connection, event_id),
        _by_hour(act.connection, event, first),
    )
    remark = (
        _(
            "{gone} tickets were let in and cancelled later; they count by list and hour only.",
            gone=gone,
        )
        if gone
        else ""
    )
    unsettled = count_conflicts(act, event_id)
    doubts = (
        _n(
            "{count} admission without the network does not fit and was not settled.",
            "{count} admissions without the network do not fit and were not settled.",
            unsettled,
        )
        if unsettled
        else ""
    )
    return made(ReportKind.ATTENDANCE, _("Attendance"), event, tables, remark, doubts, now=act.now)


@reads(Permission.TICKETS, about="event_id")
def no_show_report(act: Act, event_id: UUID) -> Report:
    """Report valid, paid tickets that were never let in."""
    act.need(event_id, Permission.TICKETS)
    event = event_row(act.connection, event_id)
    absent = (
        TicketRow.event_id == event_id,
        TicketRow.state == "valid",
        BookingRow.state == "paid",
        ~select(AdmissionRow.id)
        .where(AdmissionRow.ticket_id == TicketRow.id, by_a_door())
        .exists(),
    )
    paid = _count_paid(act.connection, event_id)
    counts: Counter[UUID] = Counter(
        dict(
            act.connection.execute(
                select(TicketRow.ticket_type_id, func.count())
                .join(BookingRow, BookingRow.id == TicketRow.booking_id)
                .where(*absent)
                .group_by(TicketRow.ticket_type_id)
            ).all()
        )
    )
    people = act.connection.execute(
        select(TicketRow.holder_name, TicketRow.holder_email, TicketTypeRow.name, TicketRow.code)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(*absent)
        .order_by(TicketRow.search_no)
        .limit(MAX_NAMES)
    ).all()
    names = type_names(act.connection, event_id)
    rows = tuple(
        (name, paid[type_id], counts[type_id], share_text(counts[type_id], paid[type_id]))
        for type_id, name in names.items()
        if paid[type_id]
    )
    missing, sold = counts.total(), paid.total()
    tables = (
        ReportTable(
            _("By ticket type"),
            (_("Ticket type"), _("Paid tickets"), _("Did not come"), _("Share")),
            rows,
            (_("Together"), sold, missing, share_text(missing, sold)),
            bar=2,
            empty=_("No ticket is paid yet."),
        ),
        ReportTable(
            _("People"),
            (_("Name"), _("E-mail"), _("Ticket type"), _("Ticket")),
            tuple(tuple(row) for row in people),
            empty=_("Everybody who paid was here."),
        ),
    )
    more = missing - len(people)
    remark = _("{more:,} more are in the export of attendees.", more=more) if more > 0 else ""
    open_yet = _("The event is not over: they may still come.") if act.now < event.ends_at else ""
    return made(ReportKind.NO_SHOWS, _("No-shows"), event, tables, open_yet, remark, now=act.now)


def _first_admissions(event_id: UUID) -> Subquery:
    """The first admission of each ticket."""
    return (
        select(AdmissionRow.ticket_id, func.min(AdmissionRow.admitted_at).label("at"))
        .join(CheckInListRow, CheckInListRow.id == AdmissionRow.list_id)
        .where(CheckInListRow.event_id == event_id, by_a_door())
        .group_by(AdmissionRow.ticket_id)
        .subquery()
    )


def _by_type(act: Act, event_id: UUID, first: Subquery) -> ReportTable:
    expected: Counter[UUID] = Counter()
    came: Counter[UUID] = Counter()
    for type_id, tickets, admitted in act.connection.execute(
        select(TicketRow.ticket_type_id, func.count(), func.count(first.c.ticket_id))
        .outerjoin(first, first.c.ticket_id == TicketRow.id)
        .where(TicketRow.event_id == event_id, takes_place(act.now))
        .group_by(TicketRow.ticket_type_id)
    ):
        expected[type_id], came[type_id] = tickets, admitted
    rows = tuple(
        (
            name,
            expected[type_id],
            came[type_id],
            expected[type_id] - came[type_id],
            share_text(came[type_id], expected[type_id]),
        )
        for type_id, name in type_names(act.connection, event_id).items()
        if expected[type_id]
    )
    sold, inside = expected.total(), came.total()
    return ReportTable(
        _("By ticket type"),
        (_("Ticket type"), _("Expected"), _("Came"), _("Missing"), _("Share")),
        rows,
        (_("Together"), sold, inside, sold - inside, share_text(inside, sold)),
        bar=2,
        empty=_("No ticket was sold yet."),
    )


def _by_list(connection: Connection, event_id: UUID) -> ReportTable:
    lists = connection.execute(
        select(CheckInListRow.id, CheckInListRow.name)
        .where(CheckInListRow.event_id == event_id)
        .order_by(CheckInListRow.position, CheckInListRow.id)
    ).all()
    tickets: dict[UUID, Any] = {
        row.list_id: row
        for row in connection.execute(
            select(
                AdmissionRow.list_id,
                func.count(AdmissionRow.ticket_id.distinct()).label("tickets"),
                func.count().label("entries"),
            )
            .where(AdmissionRow.list_id.in_([each.id for each in lists]))
            .group_by(AdmissionRow.list_id)
        )
    }
    refused: dict[UUID, int] = dict(
        connection.execute(
            select(ScanRow.list_id, func.count())
            .where(
                ScanRow.list_id.in_([each.id for each in lists]),
                ScanRow.outcome.not_in(("admitted", "exited")),
                ScanRow.annulled_at.is_(None),
            )
            .group_by(ScanRow.list_id)
        ).all()
    )
    rows = tuple(
        (
            each.name,
            tickets[each.id].tickets if each.id in tickets else 0,
            tickets[each.id].entries if each.id in tickets else 0,
            refused.get(each.id, 0),
        )
        for each in lists
    )
    return ReportTable(
        _("By check-in list"),
        (_("List"), _("Tickets let in"), _("Entries"), _("Refused scans")),
        rows,
        bar=1,
        empty=_("There is no check-in list yet."),
    )


def _by_hour(connection: Connection, event: AnyRow, first: Subquery) -> ReportTable:
    zone = ZoneInfo(event.time_zone)
    hours: Counter[str] = Counter()
    moment = quarter(first.c.at)
    for number, count in connection.execute(
        select(moment, func.count()).select_from(first).group_by(moment).order_by(moment)
    ):
        hours[at_quarter(number, zone).strftime("%Y-%m-%d %H:00 %z")] += count
    rows, together = [], 0
    for hour, count in hours.items():
        together += count
        rows.append((hour[:16], count, together))
    return ReportTable(
        _("First arrivals by hour"),
        (_("Hour"), _("Came"), _("Together")),
        tuple(rows),
        (_("Together"), together, None),
        bar=1,
        empty=_("Nobody was let in yet."),
    )


def _count_paid(connection: Connection, event_id: UUID) -> Counter[UUID]:
    rows = connection.execute(
        select(TicketRow.ticket_type_id, func.count())
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            TicketRow.event_id == event_id, TicketRow.state == "valid", BookingRow.state == "paid"
        )
        .group_by(TicketRow.ticket_type_id)
    ).all()
    return Counter(dict(rows))
