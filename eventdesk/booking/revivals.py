"""Bookings that expired and are paid after all: their places again, where there are any.

What was cancelled before the deadline stays cancelled. A discount code stays with the tickets it
was granted to, even where others used it up meanwhile: the price is what was paid.
"""

from collections import Counter
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.schema import BookingRow, EventRow, TicketRow
from eventdesk.acts.act import Act, Steps
from eventdesk.acts.actor import Permission
from eventdesk.acts.verbs import event_of, steps, writes
from eventdesk.booking.expiry import expire_due
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.money import Money
from eventdesk.money.balances import balance, booking_row, settle
from eventdesk.money.gateways import poll_gateways
from eventdesk.money.ledger import sync_sale
from eventdesk.sales.availability import need_places


@writes(Permission.MONEY, about=event_of(BookingRow, "booking_id"))
def revive(act: Act, booking_id: UUID) -> str:
    """Give an expired booking its places back, if they are still there.

    Seats of a plan are not given back: somebody else may sit there. Places that are promised to
    the waitlist are not taken either. The limit of a discount code is not asked again: the price
    was granted before.

    Returns:
        The state it has now: paid, or pending where something is still due.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such booking.
        InvalidInputError: It did not expire, nothing was paid for it, or it has no tickets.
        SoldOutError: Its places are gone; the money is to be given back.
    """
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.MONEY)
    return _revive(act, booking)


def revive_late(steps: Steps, booking_id: UUID) -> bool:
    """Revive a booking whose payment came in after its deadline, when it pays all of it.

    Returns:
        Whether it lives again. Where it cannot, the credit waits for somebody to decide.
    """
    try:
        with steps.write() as act:
            booking = booking_row(act.connection, booking_id)
            credit = balance(act.connection, booking_id).credit
            cost = sum(row.price_minor for row in _tickets(act.connection, booking_id))
            if booking.state != "expired" or credit.minor < cost:
                return False
            _revive(act.as_system(), booking)
    except EventDeskError:
        return False
    return True


@steps(anybody=True)
def hear_gateways(steps: Steps) -> int:
    """Take in what gateways tell, and revive what was paid late; `gateways.poll_gateways`.

    Returns:
        How many notices and refunds there were.
    """
    return poll_gateways(steps.store, steps.asked, paid_late=partial(revive_late, steps))


def _revive(act: Act, booking: Any) -> str:
    credit = balance(act.connection, booking.id).credit
    if booking.state != "expired" or credit.minor <= 0:
        raise InvalidInputError(
            f"Booking {booking.code} is {booking.state}, and {credit} of it came in.",
            hint="Only an expired booking that something was paid for is revived.",
        )
    event_state = act.connection.execute(
        select(EventRow.state).where(EventRow.id == booking.event_id)
    ).scalar_one()
    if event_state == "cancelled":
        raise InvalidInputError("The event is cancelled.", hint="Give the money back.")
    expire_due(act, booking.event_id)
    tickets = _tickets(act.connection, booking.id)
    if not tickets:
        raise InvalidInputError(
            f"No ticket of booking {booking.code} ended with its deadline.",
            hint="Give the money back, or book anew.",
        )
    wanted = Counter(row.ticket_type_id for row in tickets)
    need_places(act, booking.event_id, wanted)
    act.connection.execute(
        update(TicketRow).where(TicketRow.id.in_([row.id for row in tickets])).values(state="valid")
    )
    total = Money(
        sum(row.price_minor for row in tickets) + booking.kept_minor,
        booking.currency,
        booking.currency_exponent,
    )
    act.connection.execute(
        update(BookingRow)
        .where(BookingRow.id == booking.id)
        .values(state="pending", total_minor=total.minor, expires_at=None, cancelled_at=None)
    )
    sync_sale(act, booking.id, memo="revived")
    state = settle(act, booking.id)
    act.tell(
        booking.account_id,
        "booking",
        f"Booking {booking.code} is valid after all",
        "Your payment came in late, and your places were still there. Choose seats anew.",
        event_id=booking.event_id,
        subject=("booking", booking.id),
    )
    act.record(
        "revive",
        ("booking", booking.id),
        event_id=booking.event_id,
        total_minor=total.minor,
        currency=total.currency,
    )
    return state


def _tickets(connection: Connection, booking_id: UUID) -> Any:
    """The tickets that ended with the deadline, not those that were cancelled before."""
    return connection.execute(
        select(TicketRow.id, TicketRow.ticket_type_id, TicketRow.price_minor).where(
            TicketRow.booking_id == booking_id, TicketRow.state == "expired"
        )
    ).all()
