"""Deadlines of unpaid bookings: those not paid in time end, and revive when paid after all.

Tickets cancelled before the deadline stay cancelled. Tickets keep the price they were booked at,
even where others used their discount code up meanwhile.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update

from data.bulk import chunks
from data.rows import AnyRow, update_row
from data.schema import BookingRow, EventRow, TicketRow, TicketTypeRow
from eventdesk.acts import (
    DUE,
    Act,
    Permission,
    Steps,
    event_of,
    may_end,
    overdue_ids,
    past_deadline,
    steps,
    writes,
)
from eventdesk.booking.changes import tell_booker
from eventdesk.core.booking_states import EXPIRED, GIVEN, PENDING, SOLD_STATES, STATE_WORDS, VALID
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.events import tell_organizers
from eventdesk.money import (
    ask_payment,
    balance,
    booking_row,
    correct_invoice,
    hear_notice,
    poll_gateways,
    settle,
    sync_sale,
    sync_sales,
)
from eventdesk.sales import need_places
from eventdesk.seating import free_seats


@writes(Permission.MONEY, about=event_of(BookingRow, "booking_id"))
def revive(act: Act, booking_id: UUID) -> str:
    """Give an expired booking its places back, where they are free; return its state now.

    Seats of a plan and places promised to the waitlist are not given back; the limit of its
    discount code is not asked again.

    Raises:
        NotFoundError: There is no such booking.
        InvalidInputError: It did not expire, nothing was paid for it, or it has no tickets.
        SoldOutError: Its places are gone; the money is to be given back.
    """
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.MONEY)
    return _revive(act, booking)


@steps(internal=True)
def hear_gateways(steps: Steps) -> int:
    """Take in what gateways tell, and revive what was paid late; see `poll_gateways`."""
    return poll_gateways(steps.store, steps.asked, paid_late=partial(revive_late, steps))


@steps(internal=True)
def hear_gateway(steps: Steps, provider: str, headers: Mapping[str, str], body: bytes) -> int:
    """Take in what somebody sent as a gateway's notice, and revive what was paid late.

    See `money.hear_notice`.

    Raises:
        NoticeRefusedError: The gateway did not send it, or it cannot be read.
        ServiceSilentError: More has to be asked, and the gateway does not answer.
        NotFoundError: There is no such gateway.
        ServiceRefusedError: More has to be asked, and the gateway refuses.
    """
    return hear_notice(
        steps.store, steps.asked, provider, headers, body, paid_late=partial(revive_late, steps)
    )


@steps(internal=True)
def hear_payment(steps: Steps, payment_id: UUID) -> None:
    """Ask a gateway about one payment, and revive what was paid late; see `money.ask_payment`."""
    ask_payment(steps.store, steps.asked, payment_id, paid_late=partial(revive_late, steps))


def expire_due(act: Act, event_id: UUID | None) -> list[UUID]:
    """End the unpaid bookings of an event, or of all, past their deadline; return those that ended.

    Their seats and places are free. None ends while the clock is in doubt (`store_clock`). A
    booking paid in part keeps its tickets without a deadline, and the organizer is told.
    """
    query = due_query(act.now)
    # The event is compared here: its index would lead through all of its bookings.
    due = [row for row in act.connection.execute(query) if event_id in (None, row.event_id)]
    if not due or not may_end(act):
        return []
    over = overdue_ids(act.connection, act.now)
    kept = [row for row in due if row.id not in over]
    ended = [row for row in due if row.id in over]
    _end(act, ended)
    _keep(act, kept)
    return [row.id for row in ended]


def end_unpaid(act: Act, booking: AnyRow) -> None:
    """End an unpaid booking before its deadline; its places are free, and nobody is written to.

    Args:
        booking: A row of `booking_row`.
    """
    _end(act, [booking], tells=False)


def events_with_due(act: Act) -> list[UUID]:
    """The events that have bookings past their deadline; asked before anything is locked."""
    # DISTINCT would make SQLite go through all bookings in the order of their events.
    return list(dict.fromkeys(row.event_id for row in act.connection.execute(due_query(act.now))))


def due_query(now: datetime) -> Select[UUID, UUID, UUID | None, str, str]:
    """The unpaid bookings of all events past their deadline, in the order of the deadlines."""
    return (
        select(DUE.id, DUE.event_id, DUE.account_id, DUE.code, EventRow.name.label("event_name"))
        .join(EventRow, EventRow.id == DUE.event_id)
        .where(*past_deadline(now))
        .order_by(DUE.expires_at)
    )


def _end(act: Act, ended: Sequence[Any], *, tells: bool = True) -> None:
    over = {"state": EXPIRED, "ended_at": act.now}
    for ids in chunks(row.id for row in ended):
        tickets = TicketRow.booking_id.in_(ids), TicketRow.state.in_(SOLD_STATES)
        ticket_ids = act.connection.execute(select(TicketRow.id).where(*tickets)).scalars().all()
        act.connection.execute(update(TicketRow).where(*tickets).values(**over))
        for some in chunks(ticket_ids):
            free_seats(act, some)
        act.connection.execute(
            update(BookingRow)
            .where(BookingRow.id.in_(ids))
            .values(state=EXPIRED, total_minor=BookingRow.kept_minor, expires_at=None)
        )
        sync_sales(act, ids, memo="expired")
    for row in ended:
        correct_invoice(act, row.id)
        if tells:
            title = msg("Booking {code} was not paid in time", code=row.code)
            body = msg("its places are free again. You may book anew.")
            tell_booker(act, row, "cancellation", title=title, body=body)
        subject = ("booking", row.id)
        act.as_system().record("expire_booking", subject, event_id=row.event_id)


def _keep(act: Act, kept: Sequence[Any]) -> None:
    for row in kept:
        update_row(act.connection, BookingRow, row.id, expires_at=None)
        title = msg("Booking {code} is not paid in full", code=row.code)
        asked = msg("please pay the rest, or ask the organizer.")
        tell_booker(act, row, "payment", title=title, body=asked)
        body = msg("A part was paid, so it keeps its places: collect the rest, or cancel it.")
        tell_organizers(act, row.event_id, ("payment", title, body))
        subject = ("booking", row.id)
        act.as_system().record("keep_part_paid", subject, event_id=row.event_id)


def revive_late(steps: Steps, booking_id: UUID) -> bool:
    """Revive a booking whose late payment pays all of it; say whether it was revived.

    Else the credit waits for somebody to decide.
    """
    try:
        with steps.write() as act:
            booking = booking_row(act.connection, booking_id)
            credit = balance(act.connection, booking_id).credit
            cost = sum(row.price_minor for row in _tickets(act.connection, booking_id))
            if booking.state != EXPIRED or credit.minor < cost:
                return False
            _revive(act.as_system(), booking)
    except EventDeskError:
        return False
    return True


def _revive(act: Act, booking: AnyRow) -> str:
    credit = balance(act.connection, booking.id).credit
    if booking.state != EXPIRED or credit.minor <= 0:
        raise InvalidInputError(
            msg(
                "Booking {code} is {state}, and {credit} of it came in.",
                code=booking.code,
                state=STATE_WORDS[booking.state],
                credit=credit,
            ),
            hint=msg("Only an expired booking that something was paid for is revived."),
        )
    if booking.event_state == "cancelled":
        raise InvalidInputError(msg("The event is cancelled."), hint=msg("Give the money back."))
    expire_due(act, booking.event_id)
    tickets = _tickets(act.connection, booking.id)
    if not tickets:
        raise InvalidInputError(
            msg("No ticket of booking {code} ended with its deadline.", code=booking.code),
            hint=msg("Give the money back, or book anew."),
        )
    need_places(act, booking.event_id, Counter(row.ticket_type_id for row in tickets if row.admits))
    for state, admits in ((VALID, True), (GIVEN, False)):
        ids = [row.id for row in tickets if bool(row.admits) is admits]
        again = {"state": state, "ended_at": None}
        act.connection.execute(update(TicketRow).where(TicketRow.id.in_(ids)).values(**again))
    total_minor = sum(row.price_minor for row in tickets) + booking.kept_minor
    values = {"state": PENDING, "expires_at": None, "cancelled_at": None}
    update_row(act.connection, BookingRow, booking.id, total_minor=total_minor, **values)
    sync_sale(act, booking.id, memo="revived")
    state = settle(act, booking.id)
    act.tell(
        booking.account_id,
        "booking",
        msg("Booking {code} is valid after all", code=booking.code),
        msg("Your payment came in late, and your places were still there. Choose seats anew."),
        event_id=booking.event_id,
        subject=("booking", booking.id),
    )
    act.record(
        "revive",
        ("booking", booking.id),
        event_id=booking.event_id,
        total_minor=total_minor,
        currency=booking.currency,
    )
    return state


def _tickets(connection: Connection, booking_id: UUID) -> Any:
    """The tickets that ended with the deadline, not those that were cancelled before."""
    return connection.execute(
        select(TicketRow.id, TicketRow.ticket_type_id, TicketRow.price_minor, TicketTypeRow.admits)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.booking_id == booking_id, TicketRow.state == EXPIRED)
    ).all()
