"""Reverse charge: companies of other countries of the EU owe the tax, and pay without it.

Council Directive 2006/112/EC, articles 44, 196 and 226 (11a). Organizers say whether it is for
their event; docs/money.md says what they should ask their adviser.
"""

from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.rows import AnyRow, count_rows, update_row
from data.schema import BookingRow, TicketRow
from eventdesk.acts import Act, event_row
from eventdesk.core.booking_states import CANCELLED, SOLD_STATES
from eventdesk.core.vat_ids import is_across_the_union, vat_id_in
from eventdesk.money.booking_balances import settle
from eventdesk.money.ledger import sync_sale


def follow_vat_id(act: Act, booking: AnyRow, vat_id: str) -> None:
    """Take the tax off a booking's tickets where the owner of a VAT ID owes it, else put it back.

    Tickets that are sold elsewhere keep the price they have there. What was paid too much is a
    credit, for a person to look at: nobody was asked whether the VAT ID is in use.
    """
    off = _owes_tax(act.connection, booking, vat_id)
    column = TicketRow.tax_minor if off else TicketRow.reverse_minor
    moved = TicketRow.tax_minor - TicketRow.reverse_minor
    changed = act.connection.execute(
        update(TicketRow)
        .where(
            TicketRow.booking_id == booking.id,
            TicketRow.state != CANCELLED,  # what expired may be revived
            TicketRow.external_ref.is_(None),
            column > 0,
        )
        .values(
            price_minor=TicketRow.price_minor - moved,
            tax_minor=TicketRow.reverse_minor,
            reverse_minor=TicketRow.tax_minor,
        )
    )
    if changed.rowcount:
        _follow_up(act, booking, off=off)


def is_reverse_charged(connection: Connection, booking_id: UUID) -> bool:
    """Whether the buyer of a booking owes the tax on it."""
    mine = TicketRow.booking_id == booking_id, TicketRow.reverse_minor > 0
    return bool(count_rows(connection, *mine))


def _owes_tax(connection: Connection, booking: AnyRow, vat_id: str) -> bool:
    """Whether the owner of a VAT ID owes the tax; who does keeps it when an event stops it."""
    event = event_row(connection, booking.event_id)
    seller = vat_id_in(tuple(event.invoice_sender.splitlines()))[0]
    is_allowed = event.reverse_charge or is_reverse_charged(connection, booking.id)
    return is_allowed and is_across_the_union(seller, vat_id)


def _follow_up(act: Act, booking: AnyRow, *, off: bool) -> None:
    """Bring the booking's total, the ledger and its state up to its tickets."""
    prices = select(func.sum(TicketRow.price_minor)).where(
        TicketRow.booking_id == booking.id, TicketRow.state.in_(SOLD_STATES)
    )
    total = booking.kept_minor + (act.connection.execute(prices).scalar_one() or 0)
    update_row(act.connection, BookingRow, booking.id, total_minor=total)
    sync_sale(act, booking.id, memo="reverse charge")
    settle(act, booking.id)
    act.record(
        "reverse_charge" if off else "charge_tax",
        ("booking", booking.id),
        event_id=booking.event_id,
        before_minor=booking.total_minor,
        after_minor=total,
    )
