"""The money of a sale at the door, inside its transaction; and what a sale was, read again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import BookingRow, PaymentRow, ScanRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.accounts.wrong_tries import charge, refund, subject_of
from eventdesk.acts.actor import Actor
from eventdesk.acts.event_row import event_row
from eventdesk.booking.booking import Booked
from eventdesk.core.errors import EventDeskError, InvalidInputError, VoucherShortError
from eventdesk.core.money import Money, read_money
from eventdesk.core.paying import Method
from eventdesk.core.plain_text import plain
from eventdesk.door.passage import CheckInResult
from eventdesk.door.walk_in import Sold, WalkIn
from eventdesk.money.balances import booking_row
from eventdesk.money.drawers import drawer_of_payments
from eventdesk.money.payments import add_payment, need_currency
from eventdesk.money.vouchers import voucher_to_spend

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


@contextmanager
def guessing(
    store: Store, event_id: UUID, sale: WalkIn, actor: Actor, now: datetime
) -> Iterator[str]:
    """Count a voucher's code as a wrong try while it is looked at; a good one does not stay so.

    What else may keep a sale from being made, such as an amount the voucher does not cover, is
    asked and tried again; that must not lock the desk. Nor does a sale that looked at no code, as
    of a free ticket, forget the wrong ones before it.

    Yields:
        Whose tries are counted, for who spends the voucher to forgive; "" where none are.

    Raises:
        SignInError: Too many wrong codes.
    """
    if sale.method != Method.VOUCHER or actor.id is None:
        yield ""
        return
    subject = subject_of(str(actor.id), kind="voucher")
    before = charge(store, subject, now)
    try:
        yield subject
    except EventDeskError:
        if _is_good(store, event_id, sale.reference, now):
            refund(store, subject, before)
        raise
    refund(store, subject, before)


def _is_good(store: Store, event_id: UUID, code: str, now: datetime) -> bool:
    """Whether a code is that of a voucher that could be spent now."""
    with store.read() as connection:
        try:
            event = event_row(connection, event_id)
            none = Money(0, event.currency, event.currency_exponent)
            voucher_to_spend(connection, event_id, code, none, now=now)
        except EventDeskError:
            return False
    return True


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
    """What was sold with this nonce already; None where nothing was.

    Raises:
        InvalidInputError: It sold another ticket type, or to another name.
    """
    row: Any = connection.execute(
        select(
            BookingRow.id,
            BookingRow.code,
            BookingRow.name,
            BookingRow.created_at,
            BookingRow.currency,
            BookingRow.currency_exponent,
            TicketRow.id.label("ticket_id"),
            TicketRow.code.label("ticket_code"),
            TicketRow.seat,
            TicketRow.ticket_type_id,
            TicketTypeRow.name.label("kind"),
        )
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(BookingRow.event_id == event_id, BookingRow.external_ref == f"{REF}{sale.nonce}")
        .order_by(TicketRow.search_no)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    if (row.name, row.ticket_type_id) != (sale.name, sale.ticket_type_id):
        raise InvalidInputError(
            f"This sale was made already: {plain(row.kind)} for {plain(row.name)}, booking "
            f"{row.code}.",
            hint="Nothing was sold now. Begin a new sale.",
        )
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
