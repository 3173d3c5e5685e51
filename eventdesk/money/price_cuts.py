"""Letting people off a part of what their tickets cost."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import update_row
from data.schema import BookingRow, TicketRow
from eventdesk.acts import Act, Permission, event_of, writes
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, Price, lowered
from eventdesk.money.booking_balances import balance, booking_row
from eventdesk.money.invoices import correct_invoice
from eventdesk.money.ledger import sync_sale
from eventdesk.money.payments import MAX_REFERENCE, PaymentView, add_payment, need_currency, view_of


@writes(Permission.MONEY, about=event_of(BookingRow, "booking_id"))
def let_off(act: Act, booking_id: UUID, *, amount: Money | None = None, reason: str) -> PaymentView:
    """Lower the price of a booking's tickets: by what is due, or by an amount.

    What was paid beyond the new price is a credit that `refund` gives back. The payments show it
    as one of method `free`, of nothing.

    Raises:
        NotFoundError: There is no such booking.
        InvalidInputError: No reason, another currency, or more than the tickets cost.
    """
    if not reason.strip():
        raise InvalidInputError(
            msg("Say why it is let off."), hint=msg("Such as: speaker, volunteer.")
        )
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.MONEY)
    due = balance(act.connection, booking_id).due
    off = due if amount is None else amount
    need_currency(off, due)
    _lower(act.connection, booking, off)
    sync_sale(act, booking_id, memo="let off")
    correct_invoice(act, booking_id, actor=act.actor)
    why = reason.strip()[:MAX_REFERENCE]
    payment_id = add_payment(act, booking, Method.FREE, 0, reference=why)
    act.record(
        "let_off",
        ("booking", booking_id),
        event_id=booking.event_id,
        amount_minor=off.minor,
        currency=off.currency,
        reason=why,
    )
    return view_of(act.connection, payment_id)


def _lower(connection: Connection, booking: Any, off: Money) -> None:
    """Let an amount off the valid tickets of a booking."""
    tickets = connection.execute(
        select(
            TicketRow.id,
            TicketRow.price_minor,
            TicketRow.discount_minor,
            TicketRow.tax_minor,
            TicketRow.fee_minor,
            TicketRow.commission_minor,
        )
        .where(TicketRow.booking_id == booking.id, TicketRow.state == "valid")
        .order_by(TicketRow.id)
    ).all()
    prices = [
        Price(
            row.price_minor, row.discount_minor, row.tax_minor, row.fee_minor, row.commission_minor
        )
        for row in tickets
    ]
    most = Money(sum(each.price for each in prices), off.currency, off.exponent)
    if not 0 < off.minor <= most.minor:
        raise InvalidInputError(
            msg("There is nothing to let off.")
            if off.minor <= 0
            else msg("The tickets cost {most}.", most=most),
            hint=msg("Let off more than nothing and at most {most}.", most=most),
        )
    for row, price in zip(tickets, lowered(prices, off.minor), strict=True):
        update_row(
            connection,
            TicketRow,
            row.id,
            price_minor=price.price,
            discount_minor=price.discount,
            tax_minor=price.tax,
            fee_minor=price.fee,
            commission_minor=price.commission,
        )
    update_row(connection, BookingRow, booking.id, total_minor=BookingRow.total_minor - off.minor)
