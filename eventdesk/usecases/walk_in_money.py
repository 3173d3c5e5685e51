"""The money of a sale at the door, inside its transaction; and what a sale was, read again."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import BookingRow, PaymentRow, ScanRow, TicketRow
from eventdesk.errors import InvalidInputError, VoucherShortError
from eventdesk.model.bookings import Booked
from eventdesk.model.door import CheckInResult
from eventdesk.model.money import Money, read_money
from eventdesk.model.payments import Method
from eventdesk.model.people import Actor
from eventdesk.model.walk_in import Sold, WalkIn
from eventdesk.usecases.balances import booking_row
from eventdesk.usecases.cash_rows import drawer_of_payments
from eventdesk.usecases.payments import add_payment, need_currency
from eventdesk.usecases.vouchers import voucher_to_spend

REF = "walk-in "
"""Before the nonce of a sale, where its booking keeps it: the store's index lets it in once."""

GIVEN = "given "
"""Before what was handed over, in the reference of a payment in cash."""


class _Part(NamedTuple):
    """One payment of a sale."""

    method: Method
    minor: int
    reference: str = ""
    voucher_id: UUID | None = None


def take_money(
    connection: Connection,
    actor: Actor,
    booked: Booked,
    event_id: UUID,
    sale: WalkIn,
    now: datetime,
) -> tuple[list[UUID], Money]:
    """Take what the ticket costs; returns the payments and the change."""
    due = booked.total
    assert due is not None
    if not due.minor:
        return [], due
    parts, change = _parts(connection, event_id, sale, due, now)
    booking = booking_row(connection, booked.booking_id)
    paid = [
        add_payment(
            connection,
            actor,
            booking,
            part.method,
            part.minor,
            reference=part.reference,
            voucher_id=part.voucher_id,
            now=now,
        )
        for part in parts
    ]
    return paid, change


def _parts(
    connection: Connection, event_id: UUID, sale: WalkIn, due: Money, now: datetime
) -> tuple[list[_Part], Money]:
    """How an amount is paid, and what is given back of it."""
    if sale.method == Method.FREE:
        raise InvalidInputError(
            f"This ticket costs {due}.", hint="Take the money, or let it off at the booking."
        )
    if sale.method != Method.VOUCHER:
        part, change = _handed(sale.method, sale.reference, sale.given, due)
        return [part], change
    voucher_id, code, left = voucher_to_spend(connection, event_id, sale.reference, due, now=now)
    spent = min(left.minor, due.minor)
    parts = [_Part(Method.VOUCHER, spent, code, voucher_id)]
    rest = replace(due, minor=due.minor - spent)
    if not rest.minor:
        return parts, rest
    if sale.rest_method not in (Method.CASH, Method.TERMINAL):
        raise VoucherShortError(
            f"The voucher pays {left}; {rest} are left to pay.",
            rest=str(rest),
            hint="Take the rest in cash or by card.",
        )
    part, change = _handed(sale.rest_method, sale.rest_reference, sale.given, rest)
    return [*parts, part], change


def _handed(method: str, reference: str, given: Money | None, due: Money) -> tuple[_Part, Money]:
    """What is paid in cash or by the terminal, and the change."""
    none = replace(due, minor=0)
    if method == Method.TERMINAL:
        if not reference:
            raise InvalidInputError(
                "A card payment needs the number of its slip.", hint="Type it off the slip."
            )
        return _Part(Method.TERMINAL, due.minor, reference), none
    if given is None:
        return _Part(Method.CASH, due.minor), none
    need_currency(given, due)
    if given.minor < due.minor:
        raise InvalidInputError(
            f"{due} are due, {given} were given.", hint=f"{due - given} are missing."
        )
    return _Part(Method.CASH, due.minor, f"{GIVEN}{given.amount}"), given - due


def sold_before(connection: Connection, event_id: UUID, sale: WalkIn) -> Sold | None:
    """What was sold with this nonce already; None where nothing was."""
    row: Any = connection.execute(
        select(
            BookingRow.id,
            BookingRow.code,
            BookingRow.created_at,
            BookingRow.currency,
            BookingRow.currency_exponent,
            TicketRow.id.label("ticket_id"),
            TicketRow.code.label("ticket_code"),
            TicketRow.seat,
        )
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .where(BookingRow.event_id == event_id, BookingRow.external_ref == f"{REF}{sale.nonce}")
        .order_by(TicketRow.search_no)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    payments = connection.execute(
        select(PaymentRow.id, PaymentRow.method, PaymentRow.amount_minor, PaymentRow.reference)
        .where(PaymentRow.booking_id == row.id, PaymentRow.created_at == row.created_at)
        .order_by(PaymentRow.id)
    ).all()
    check_in = connection.execute(
        select(ScanRow.result).where(
            ScanRow.ticket_id == row.ticket_id, ScanRow.nonce == sale.nonce
        )
    ).scalar_one_or_none()
    none = Money(0, row.currency, row.currency_exponent)
    change = none
    for each in payments:
        if each.method == Method.CASH and each.reference.startswith(GIVEN):
            typed = each.reference.removeprefix(GIVEN)
            given = read_money(typed, row.currency, row.currency_exponent)
            change = replace(none, minor=given.minor - each.amount_minor)
    return Sold(
        row.code,
        row.ticket_id,
        row.ticket_code,
        replace(none, minor=sum(each.amount_minor for each in payments)),
        change,
        None if check_in is None else CheckInResult.from_json(check_in),
        payments[0].method if payments else str(Method.FREE),
        drawer_of_payments(connection, [each.id for each in payments]),
        row.seat,
    )
