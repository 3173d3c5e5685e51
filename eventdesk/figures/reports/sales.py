"""Sales report: tickets by day, source, discount code and type."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from data.schema import BookingRow, DiscountRow, TicketRow
from eventdesk.acts import SOLD_TICKETS, Act, Permission, event_row, is_sold, reads
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.reports import Figure, Report, ReportKind, ReportTable
from eventdesk.figures.reports.counting import (
    Currency,
    at_quarter,
    grouped,
    made,
    money,
    quarter,
    titled,
)
from eventdesk.sales import TicketTypeView, read_ticket_types

SOURCES = {
    "": msg("before this was noted"),
    "attendee": msg("attendees themselves"),
    "guest": msg("people without an account"),
    "organizer": msg("the organizer"),
    "desk": msg("the desk"),
    "import": msg("imported"),
    "waitlist": msg("the waitlist"),
    "queue": msg("the queue at opening"),
}


@reads(Permission.MONEY, about="event_id")
def sales_report(act: Act, event_id: UUID) -> Report:
    """Report valid tickets by day of booking, by source, by discount code and by type."""
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    days = _sold(act, event_id, quarter(TicketRow.created_at))
    sources = _sold(act, event_id, BookingRow.source)
    discount = (DiscountRow, DiscountRow.id == TicketRow.discount_id)
    codes = _sold(act, event_id, DiscountRow.code, discount)
    types = read_ticket_types(act, event_id)
    currencies = sorted(days) or [(event.currency, event.currency_exponent)]
    zone = ZoneInfo(event.time_zone)
    tables: list[ReportTable] = []
    for currency in currencies:
        tables += [
            replace(table, title=titled(table.title, currency, several=len(currencies) > 1))
            for table in (
                _days(currency, days.get(currency, ()), zone),
                _named(
                    _("By source"),
                    _("Sold through"),
                    currency,
                    [(str(SOURCES.get(row.by, row.by)), row) for row in sources.get(currency, ())],
                    empty=_("No ticket was sold yet."),
                ),
                _named(
                    _("By discount code"),
                    _("Code"),
                    currency,
                    [(row.by, row) for row in codes.get(currency, ())],
                    empty=_("No discount code was used."),
                ),
            )
        ]
    tables.append(_types(types))
    return made(
        ReportKind.SALES,
        _("Sales"),
        event,
        tables,
        _(
            "Tickets are all valid ones, paid or not, and their amounts are with donations. By "
            "type those are sold that are paid, and those held that are not paid yet or offered "
            "to the waitlist."
        ),
        now=act.now,
    )


def _types(types: Sequence[TicketTypeView]) -> ReportTable:
    """Tickets sold, held and left, by type."""
    return ReportTable(
        _("By ticket type"),
        (_("Ticket type"), _("Sold"), _("Held"), _p("places", "Left")),
        tuple(
            (
                each.about.name,
                each.sold,
                each.held,
                _("no limit") if each.left is None else each.left,
            )
            for each in types
        ),
        (_("Together"), sum(each.sold for each in types), sum(each.held for each in types), None),
        bar=1,
        empty=_("There is no ticket type yet."),
    )


def _sold(
    act: Act, event_id: UUID, by: Any, joined: tuple[Any, Any] | None = None
) -> Mapping[Currency, list[Any]]:
    """Valid tickets, with their discounts and prices, by the values of a column."""
    query = (
        select(
            BookingRow.currency,
            BookingRow.currency_exponent,
            by.label("by"),
            SOLD_TICKETS.label("tickets"),
            func.sum(TicketRow.discount_minor).label("discount"),
            func.sum(TicketRow.price_minor).label("price"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.event_id == event_id, is_sold(act.now))
        .group_by(BookingRow.currency, BookingRow.currency_exponent, by)
        .order_by(by)
    )
    return grouped(act.connection.execute(query if joined is None else query.join(*joined)))


def _days(currency: Currency, quarters: Sequence[Any], zone: ZoneInfo) -> ReportTable:
    tickets: Counter[date] = Counter()
    prices: Counter[date] = Counter()
    for row in quarters:
        day = at_quarter(row.by, zone).date()
        tickets[day] += row.tickets
        prices[day] += int(row.price)
    rows: list[tuple[Figure, ...]] = []
    together = 0
    for day, count in tickets.items():
        together += count
        rows.append((day.isoformat(), count, together, money(prices[day], currency)))
    return ReportTable(
        _("By day"),
        (_("Day"), _("Tickets"), _("Together"), _("Amount")),
        tuple(rows),
        (_("Together"), together, None, money(prices.total(), currency)),
        bar=1,
        empty=_("No ticket was sold yet."),
    )


def _named(
    title: str, first: str, currency: Currency, named: Sequence[tuple[str, Any]], *, empty: str
) -> ReportTable:
    rows = tuple(
        (name, row.tickets, money(int(row.discount), currency), money(int(row.price), currency))
        for name, row in named
    )
    return ReportTable(
        title,
        (first, _("Tickets"), _("Discounts"), _("Amount")),
        rows,
        (
            _("Together"),
            sum(row.tickets for _, row in named),
            money(sum(int(row.discount) for _, row in named), currency),
            money(sum(int(row.price) for _, row in named), currency),
        ),
        bar=1,
        empty=empty,
    )
