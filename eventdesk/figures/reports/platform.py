"""Platform report: sales, income and commission of all events, each currency apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from data.schema import AccountRow, BookingRow, EventRow, PaymentRow, RefundRow, TicketRow
from eventdesk.acts import SOLD_TICKETS, Act, Permission, is_sold, reads
from eventdesk.core.messages import _
from eventdesk.core.paying import Method
from eventdesk.core.reports import Figure, Report, ReportKind, ReportTable
from eventdesk.core.wall_clock import machine_zone
from eventdesk.figures.reports.counting import Currency, money


def _columns() -> tuple[str, ...]:
    return (
        _("Event"),
        _("Organizer"),
        _("Tickets"),
        _("Sold"),
        _("Net"),
        _("Commission"),
        _("Came in"),
    )


@dataclass(slots=True)
class _Sum:
    """Sums of one event, or of all, in minor units of one currency."""

    tickets: int = 0
    sold: int = 0
    net: int = 0
    commission: int = 0
    came_in: int = 0

    def figures(self, currency: Currency) -> tuple[Figure, ...]:
        amounts = (self.sold, self.net, self.commission, self.came_in)
        return (self.tickets, *(money(each, currency) for each in amounts))


@reads(Permission.INSTALLATION)
def platform_report(act: Act) -> Report:
    """Report revenue and commission of all events, archived ones included."""
    act.need(None, Permission.INSTALLATION)
    sums = _sums(act)
    rows = act.connection.execute(
        select(EventRow.id, EventRow.name, AccountRow.name.label("owner"))
        .outerjoin(AccountRow, AccountRow.id == EventRow.owner_id)
        .order_by(EventRow.starts_at.desc(), EventRow.id)
    )
    events = {row.id: (row.name, row.owner or "") for row in rows}
    tables = [_table(currency, sums[currency], events) for currency in sorted(sums)]
    if not tables:
        tables = [ReportTable(_("Revenue"), _columns(), (), empty=_("No ticket was sold yet."))]
    return Report(
        ReportKind.PLATFORM,
        _("Platform"),
        _("All events"),
        act.now,
        machine_zone(),
        tuple(tables),
        (
            _(
                "Sold are valid tickets and donations, paid or not, with cancellation fees that "
                "were kept; the net is without tax and service fees, and the commission is a part "
                "of it."
            ),
            _("Came in is what was paid less what was given back."),
        ),
    )


def _table(
    currency: Currency, of: Mapping[UUID, _Sum], events: Mapping[UUID, tuple[str, str]]
) -> ReportTable:
    rows = [
        (name, owner, *of[event_id].figures(currency))
        for event_id, (name, owner) in events.items()
        if event_id in of
    ]
    sums = zip(*map(astuple, of.values()), strict=True)
    return ReportTable(
        _("Revenue in {currency}", currency=currency[0]),
        _columns(),
        tuple(rows),
        (_("Together"), "", *_Sum(*map(sum, sums)).figures(currency)),
        bar=3,
    )


def _sums(act: Act) -> dict[Currency, dict[UUID, _Sum]]:
    found: dict[Currency, dict[UUID, _Sum]] = defaultdict(lambda: defaultdict(_Sum))

    def rows_of(question: Any) -> Iterator[tuple[_Sum, Any]]:
        for row in act.connection.execute(question):
            yield found[row.currency, row.currency_exponent][row.event_id], row

    net = TicketRow.price_minor - TicketRow.tax_minor - TicketRow.fee_minor
    for one, row in rows_of(
        select(
            TicketRow.event_id,
            BookingRow.currency,
            BookingRow.currency_exponent,
            SOLD_TICKETS.label("tickets"),
            func.sum(TicketRow.price_minor).label("sold"),
            func.sum(net).label("net"),
            func.sum(TicketRow.commission_minor).label("commission"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(is_sold(act.now))
        .group_by(TicketRow.event_id, BookingRow.currency, BookingRow.currency_exponent)
    ):
        one.tickets, one.sold = row.tickets, int(row.sold)
        one.net, one.commission = int(row.net), int(row.commission)
    fees_kept = BookingRow.kept_minor != 0
    for one, row in rows_of(_by_event(BookingRow, BookingRow.kept_minor, fees_kept)):
        one.sold += int(row.amount)
        one.net += int(row.amount)
    paid = (PaymentRow.state == "paid") & (PaymentRow.method != Method.FREE)
    for one, row in rows_of(_by_event(PaymentRow, PaymentRow.amount_minor, paid)):
        one.came_in += int(row.amount)
    returned = _by_event(
        PaymentRow, RefundRow.amount_minor, paid & (RefundRow.state == "paid")
    ).join(RefundRow, RefundRow.payment_id == PaymentRow.id)
    for one, row in rows_of(returned):
        one.came_in -= int(row.amount)
    return found


def _by_event(table: Any, amount: Any, where: Any) -> Select[Any]:
    parts = (table.event_id, table.currency, table.currency_exponent)
    return select(*parts, func.sum(amount).label("amount")).where(where).group_by(*parts)
