"""What a booking sold, taxed and was paid, as documents list it."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from data.schema import PaymentRow, RefundRow, TicketRow, TicketTypeRow
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.documents.document import Item, Paid, TaxShare
from eventdesk.sales.price import half_up, share


def items_and_taxes(
    connection: Connection, booking: Any
) -> tuple[tuple[Item, ...], tuple[TaxShare, ...]]:
    """List what a booking sells now: tickets of one price together, fees, and what it keeps.

    Service fees and kept cancellation fees carry no tax, as prices are made (model.pricing).
    """
    rows = connection.execute(
        select(
            TicketTypeRow.name,
            TicketTypeRow.tax_bp,
            TicketRow.price_minor,
            TicketRow.tax_minor,
            TicketRow.fee_minor,
            func.count().label("how_many"),
        )
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.booking_id == booking.id, TicketRow.state == "valid")
        .group_by(TicketTypeRow.id, TicketRow.price_minor, TicketRow.tax_minor, TicketRow.fee_minor)
        .order_by(TicketTypeRow.position, TicketTypeRow.name, TicketRow.price_minor)
    ).all()
    items: list[Item] = []
    fees: dict[int, int] = defaultdict(int)
    shares: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        gross = row.price_minor - row.fee_minor
        rate = _rate(gross, row.tax_minor, row.tax_bp)
        items.append(Item(row.name, row.how_many, gross, rate))
        shares[rate][0] += row.how_many * (gross - row.tax_minor)
        shares[rate][1] += row.how_many * row.tax_minor
        if row.fee_minor:
            fees[row.fee_minor] += row.how_many
    items += [Item("Service fee", count, fee, 0) for fee, count in fees.items()]
    if booking.kept_minor:
        items.append(Item("Cancellation fee", 1, booking.kept_minor, 0))
    shares[0][0] += sum(fee * count for fee, count in fees.items()) + booking.kept_minor
    taxes = tuple(
        TaxShare(rate, net, tax) for rate, (net, tax) in sorted(shares.items()) if net or tax
    )
    return tuple(items), taxes


def money_of(
    connection: Connection, booking: Any, day: Callable[[datetime], str]
) -> tuple[Paid, ...]:
    """List what came in for a booking and what went back, oldest first."""
    paid = connection.execute(
        select(
            PaymentRow.settled_at, PaymentRow.method, PaymentRow.reference, PaymentRow.amount_minor
        ).where(
            PaymentRow.booking_id == booking.id,
            PaymentRow.state == PaymentState.PAID,
            PaymentRow.method != Method.FREE,
        )
    ).all()
    back = connection.execute(
        select(
            RefundRow.settled_at, PaymentRow.method, RefundRow.reference, -RefundRow.amount_minor
        )
        .join(PaymentRow, PaymentRow.id == RefundRow.payment_id)
        .where(RefundRow.booking_id == booking.id, RefundRow.state == RefundState.PAID)
    ).all()
    rows: list[Any] = sorted((*paid, *back), key=lambda row: row[0])
    return tuple(
        Paid(day(at), f"{method} {reference}".strip(), minor)
        for at, method, reference, minor in rows
    )


def _rate(gross: int, tax: int, tax_bp: int) -> int:
    """The rate a ticket was taxed at: its type's, unless that was changed since it was sold."""
    if tax in (half_up(gross * tax_bp, 10_000 + tax_bp), share(gross - tax, tax_bp)):
        return tax_bp
    return half_up(tax * 10_000, gross - tax) if gross > tax else 0
