"""Revenue report: amounts sold, paid and given back. Amounts of two currencies are never added."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, case, func, select

from data.rows import AnyRow
from data.schema import BookingRow, LedgerRow, PaymentRow, RefundRow, TicketRow
from eventdesk.acts import Act, Permission, event_row, is_sold, overdue, reads
from eventdesk.core.messages import _
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.core.reports import Figure, Report, ReportKind, ReportTable
from eventdesk.figures.reports.counting import (
    Currency,
    at_quarter,
    grouped,
    made,
    money,
    quarter,
    titled,
    type_names,
)
from eventdesk.money import CANCELLATION_FEES, FEES, REVENUE, TAX

SOLD_BY_TYPE = "sold_by_type"
"""The tables of what was sold of each ticket type, one a currency."""

SOLD_ACCOUNTS = (REVENUE, TAX, FEES, CANCELLATION_FEES)
"""Accounts of the ledger that make up what buyers owe."""


@reads(Permission.MONEY, about="event_id")
def revenue_report(act: Act, event_id: UUID) -> Report:
    """Report amounts sold and their parts, payments and refunds by method, and all by day."""
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    sold = grouped(_sold_by_type(act, event_id))
    kept = _kept(act.connection, event_id)
    still = _still(act, event_id)
    came, went = (_by_methods(act.connection, table, event_id) for table in (PaymentRow, RefundRow))
    days = _days(act, event_id, ZoneInfo(event.time_zone))
    names = type_names(act.connection, event_id)
    currencies = sorted({*sold, *kept, *came, *went}) or [(event.currency, event.currency_exponent)]
    tables: list[ReportTable] = []
    for currency in currencies:
        parts = _Parts(sold.get(currency, []), kept[currency])
        several = len(currencies) > 1
        tables += [
            replace(table, title=titled(table.title, currency, several=several))
            for table in (
                _summary(currency, parts, came[currency], went[currency], still[currency]),
                _by_type(currency, parts, names),
                _by_method(currency, came[currency], went[currency]),
                _by_day(currency, days),
            )
        ]
    return made(
        ReportKind.REVENUE,
        _("Revenue"),
        event,
        tables,
        _(
            "Sold are valid tickets and donations, paid or not; days are those on which it was "
            "booked, paid or given back."
        ),
        now=act.now,
    )


class _Parts:
    """Sums over the valid tickets of one currency."""

    def __init__(self, rows: Sequence[Any], kept: int) -> None:
        self.rows, self.kept = rows, kept
        self.price = sum(row.price for row in rows)
        self.discount = sum(row.discount for row in rows)
        self.tax = sum(row.tax for row in rows)
        self.fee = sum(row.fee for row in rows)
        self.commission = sum(row.commission for row in rows)
        self.tickets = sum(row.tickets for row in rows)


def _sold_by_type(act: Act, event_id: UUID) -> Sequence[Any]:
    return act.connection.execute(
        select(
            TicketRow.ticket_type_id,
            BookingRow.currency,
            BookingRow.currency_exponent,
            func.count().label("tickets"),
            func.sum(TicketRow.price_minor).label("price"),
            func.sum(TicketRow.discount_minor).label("discount"),
            func.sum(TicketRow.tax_minor).label("tax"),
            func.sum(TicketRow.fee_minor).label("fee"),
            func.sum(TicketRow.commission_minor).label("commission"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.event_id == event_id, is_sold(act.now))
        .group_by(TicketRow.ticket_type_id, BookingRow.currency, BookingRow.currency_exponent)
    ).all()


def _kept(connection: Connection, event_id: UUID) -> Counter[Currency]:
    """Cancellation fees by currency."""
    rows = connection.execute(
        select(BookingRow.currency, BookingRow.currency_exponent, func.sum(BookingRow.kept_minor))
        .where(BookingRow.event_id == event_id, BookingRow.kept_minor != 0)
        .group_by(BookingRow.currency, BookingRow.currency_exponent)
    )
    return Counter({(currency, exponent): int(kept) for currency, exponent, kept in rows})


Still = tuple[int, int]
"""What buyers still owe, and what is still owed to them: refunds promised, and credits."""


def _still(act: Act, event_id: UUID) -> defaultdict[Currency, Still]:
    """What is still to come in and to go back; what goes back to one buyer pays for no other."""

    def sums(table: type[PaymentRow] | type[RefundRow], state: str) -> Any:
        query = select(table.booking_id, func.sum(table.amount_minor).label("amount"))
        query = query.where(table.event_id == event_id, table.state == state)
        return query.group_by(table.booking_id).subquery()

    came = sums(PaymentRow, PaymentState.PAID)
    went = sums(RefundRow, RefundState.PAID)
    promised = sums(RefundRow, RefundState.PENDING)
    paid, back, goes = (func.coalesce(each.c.amount, 0) for each in (came, went, promised))
    cost = case(
        (BookingRow.id.in_(overdue(act.now)), BookingRow.kept_minor), else_=BookingRow.total_minor
    )
    owed = cost - paid + back + goes
    by = (BookingRow.currency, BookingRow.currency_exponent)
    query = select(
        *by,
        func.sum(case((owed > 0, owed), else_=0)),
        func.sum(goes + case((owed < 0, -owed), else_=0)),
    ).where(BookingRow.event_id == event_id)
    for each in (came, went, promised):
        query = query.outerjoin(each, each.c.booking_id == BookingRow.id)
    found: defaultdict[Currency, Still] = defaultdict(lambda: (0, 0))
    for currency, exponent, comes, leaves in act.connection.execute(query.group_by(*by)):
        found[currency, exponent] = int(comes), int(leaves)
    return found


Methods = dict[str, tuple[int, int]]
"""The count and sum of payments, by method."""


def _by_methods(
    connection: Connection, table: type[PaymentRow] | type[RefundRow], event_id: UUID
) -> defaultdict[Currency, Methods]:
    """The payments of an event, or the refunds of its payments."""
    by = (PaymentRow.currency, PaymentRow.currency_exponent, PaymentRow.method)
    query = select(*by, func.count(), func.sum(table.amount_minor)).group_by(*by)
    query = query.where(table.event_id == event_id, table.state == "paid")
    if table is RefundRow:
        query = query.where(PaymentRow.id == RefundRow.payment_id)
    found: defaultdict[Currency, Methods] = defaultdict(dict)
    for currency, exponent, method, count, amount in connection.execute(query):
        found[currency, exponent][method] = (count, int(amount))
    return found


def _summary(
    currency: Currency, parts: _Parts, came: Methods, went: Methods, still: Still
) -> ReportTable:
    let_off = came.get(Method.FREE, (0, 0))[1]
    paid = sum(amount for _, amount in came.values()) - let_off
    back = sum(amount for _, amount in went.values())
    total = parts.price + parts.kept
    lines = (
        (_("Before discounts"), parts.price + parts.discount),
        (_("Discounts"), -parts.discount),
        (_("Cancellation fees kept"), parts.kept),
        (_("Sold (gross)"), total),
        (_("  of it tax"), parts.tax),
        (_("  of it service fees"), parts.fee),
        (_("  of it net"), total - parts.tax - parts.fee),
        (_("  commission on the net"), parts.commission),
        (_("  net after commission"), total - parts.tax - parts.fee - parts.commission),
        (_("Came in"), paid),
        (_("Let off"), let_off),
        (_("Given back"), -back),
        (_("Came in, less given back"), paid - back),
        (_("Still to come in"), still[0]),
        (_("Still to go back"), -still[1]),
    )
    rows = tuple((name, money(amount, currency)) for name, amount in lines)
    return ReportTable(_("Summary"), ("", _("Amount")), rows)


def _by_type(currency: Currency, parts: _Parts, names: dict[UUID, str]) -> ReportTable:
    rows_of = {row.ticket_type_id: row for row in parts.rows}
    rows = tuple(
        (name, rows_of[type_id].tickets, *_amounts(rows_of[type_id], currency))
        for type_id, name in names.items()
        if type_id in rows_of
    )
    return ReportTable(
        _("By ticket type"),
        (
            _("Ticket type"),
            _("Tickets"),
            _("Before"),
            _("Discounts"),
            _("Sold"),
            _("Tax"),
            _("Fees"),
            _("Commission"),
            _("Net"),
        ),
        rows,
        (_("Together"), parts.tickets, *_amounts(parts, currency)),
        bar=4,
        empty=_("No ticket was sold yet."),
        key=SOLD_BY_TYPE,
    )


def _amounts(row: AnyRow | _Parts, currency: Currency) -> Iterator[Figure]:
    for minor in (
        row.price + row.discount,
        -row.discount,
        row.price,
        row.tax,
        row.fee,
        row.commission,
        row.price - row.tax - row.fee,
    ):
        yield money(minor, currency)


def _by_method(currency: Currency, came: Methods, went: Methods) -> ReportTable:
    def row(name: str, count: int, paid: int, back: int) -> tuple[Figure, ...]:
        return (name, count, *(money(each, currency) for each in (paid, -back, paid - back)))

    nothing = (0, 0)
    rows = tuple(
        row(method, *came.get(method, nothing), went.get(method, nothing)[1])
        for method in Method
        if method in came or method in went
    )
    sums = [sum(each) for each in zip(nothing, *came.values(), strict=True)]
    return ReportTable(
        _("By method"),
        (_("Method"), _("Payments"), _("Came in"), _("Given back"), _("Together")),
        rows,
        row(_("Together"), sums[0], sums[1], sum(amount for _count, amount in went.values())),
        bar=4,
        empty=_("Nothing came in yet."),
    )


Days = defaultdict[Currency, Counter[date]]
"""Amounts by day, each currency apart."""


def _days(act: Act, event_id: UUID, zone: ZoneInfo) -> list[Days]:
    """What was sold, came in and was given back, by day."""
    sold = _by_quarter(
        LedgerRow,
        LedgerRow.at,
        -LedgerRow.amount_minor,
        LedgerRow.event_id == event_id,
        LedgerRow.account.in_(SOLD_ACCOUNTS),
        (LedgerRow.account == CANCELLATION_FEES) | LedgerRow.booking_id.not_in(overdue(act.now)),
    )
    came = _by_quarter(
        PaymentRow,
        func.coalesce(PaymentRow.settled_at, PaymentRow.created_at),
        PaymentRow.amount_minor,
        PaymentRow.event_id == event_id,
        PaymentRow.state == "paid",
        PaymentRow.method != Method.FREE,
    )
    went = _by_quarter(
        PaymentRow,
        func.coalesce(RefundRow.settled_at, RefundRow.created_at),
        RefundRow.amount_minor,
        PaymentRow.id == RefundRow.payment_id,
        RefundRow.event_id == event_id,
        RefundRow.state == "paid",
    )
    found: list[Days] = []
    for query in (sold, came, went):
        days: Days = defaultdict(Counter)
        for currency, exponent, number, amount in act.connection.execute(query):
            days[currency, exponent][at_quarter(number, zone).date()] += int(amount)
        found.append(days)
    return found


def _by_day(currency: Currency, days: Sequence[Days]) -> ReportTable:
    sold, came, went = (each[currency] for each in days)

    def row(name: str, sold: int, came: int, went: int) -> tuple[Figure, ...]:
        return (name, *(money(each, currency) for each in (sold, came, -went, came - went)))

    return ReportTable(
        _("By day"),
        (_("Day"), _("Sold"), _("Came in"), _("Given back"), _("Together")),
        tuple(
            row(day.isoformat(), sold[day], came[day], went[day])
            for day in sorted({*sold, *came, *went})
        ),
        row(_("Together"), sold.total(), came.total(), went.total()),
        bar=1,
        empty=_("Nothing was sold yet."),
    )


def _by_quarter(table: Any, at: Any, amount: Any, *where: Any) -> Select[Any]:
    """The query for amounts by currency and quarter of an hour."""
    by = (table.currency, table.currency_exponent, quarter(at))
    return select(*by, func.sum(amount)).where(*where).group_by(*by)
