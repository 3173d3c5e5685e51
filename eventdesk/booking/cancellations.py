"""Cancelling bookings and tickets: the event's rules and fees, refunds, and who comes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.schema import BookingRow, TicketRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.hearers import freed
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.booking import Cancelled, cancel_fee, kept_of
from eventdesk.booking.changes import (
    add_up,
    booking_facts,
    money_of,
    need_not_admitted,
    need_team_or_owner,
    tell,
    ticket_facts,
    wall_time,
)
from eventdesk.core.booking_states import CANCELLED, PAID, PENDING
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.money.balances import paid_parts, settle
from eventdesk.money.invoices import correct_invoice
from eventdesk.money.ledger import sync_sale
from eventdesk.money.refunds import refund_due
from eventdesk.seating.seats import free_seats

MAX_REASON = 500

_TEAM = (Permission.TICKETS, Permission.DOOR)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a cancellation will do.

    Attributes:
        tickets: Rows of the tickets that are cancelled.
        kept_minor: The fee that is kept.
        refund_minor: What goes back.
        team: Whether the event's team does it.
    """

    booking: Any
    tickets: Sequence[Any]
    kept_minor: int
    refund_minor: int
    team: bool

    @property
    def result(self) -> Cancelled:
        return Cancelled(
            len(self.tickets),
            money_of(self.booking, self.kept_minor),
            money_of(self.booking, self.refund_minor),
        )


@allowed(*_TEAM, own=True)
def cancellation(
    store: Store,
    actor: Actor,
    booking_id: UUID,
    ticket_ids: Collection[UUID] | None = None,
    *,
    waive_fee: bool = False,
    now: datetime,
) -> Cancelled:
    """Say what a cancellation would keep and give back, before it is done.

    Args:
        store: Where bookings live.
        actor: Who would do it.
        booking_id: The booking.
        ticket_ids: Which of its tickets; None is all of them.
        waive_fee: Whether the fee would be waived.
        now: The store's clock.

    Raises:
        NotAllowedError: It is somebody else's booking.
        NotFoundError: No such booking, or no such ticket in it.
        InvalidInputError: It cannot be cancelled by this person any more; the hint says why.
    """
    with store.read() as connection:
        return _plan(connection, actor, booking_id, ticket_ids, waive_fee, now).result


@allowed(*_TEAM, own=True)
def cancel_booking(
    store: Store,
    actor: Actor,
    booking_id: UUID,
    *,
    reason: str,
    waive_fee: bool = False,
    now: datetime,
) -> Cancelled:
    """Cancel a booking and every ticket in it; one that is cancelled already stays as it is.

    Refunds begin, the seats are free, and the places go to the waitlist, all at once. The team
    may do it at any time, and who manages the tickets may waive the fee.

    Raises:
        NotAllowedError: It is somebody else's booking, or the fee is not the actor's to waive.
        NotFoundError: There is no such booking.
        InvalidInputError: It cannot be cancelled by this person any more; the hint says why.
    """
    with store.write() as connection:
        plan = _plan(connection, actor, booking_id, None, waive_fee, now)
        if plan.booking.state in (PENDING, PAID):
            _carry_out(store, connection, actor, plan, "cancel_booking", reason, now)
        return plan.result


@allowed(*_TEAM, own=True)
def cancel_tickets(
    store: Store,
    actor: Actor,
    ticket_ids: Collection[UUID],
    *,
    reason: str,
    waive_fee: bool = False,
    now: datetime,
) -> Cancelled:
    """Cancel some tickets of one booking; with the last of them the booking is cancelled.

    Raises:
        NotAllowedError: It is somebody else's booking, or the fee is not the actor's to waive.
        NotFoundError: There is no such ticket.
        InvalidInputError: They are of several bookings, or cannot be cancelled by this person
            any more.
    """
    with store.write() as connection:
        booking_id = _booking_of(connection, ticket_ids)
        plan = _plan(connection, actor, booking_id, ticket_ids, waive_fee, now)
        if plan.tickets:
            _carry_out(store, connection, actor, plan, "cancel_tickets", reason, now)
        return plan.result


def give_up(
    store: Store,
    connection: Connection,
    actor: Actor,
    booking_id: UUID,
    *,
    verb: str,
    reason: str,
    now: datetime,
) -> Cancelled:
    """Cancel a whole booking for free, inside a transaction of the team that decides it.

    For a booking that is refused, and for an event that does not take place. What was kept of
    tickets that were cancelled earlier goes back too.
    """
    connection.execute(update(BookingRow).where(BookingRow.id == booking_id).values(kept_minor=0))
    booking = booking_facts(connection, booking_id)
    tickets = ticket_facts(
        connection, TicketRow.booking_id == booking_id, TicketRow.state == "valid"
    )
    plan = _Plan(booking, tickets, 0, _came_in(connection, booking_id), team=True)
    _carry_out(store, connection, actor, plan, verb, reason, now)
    return plan.result


def _plan(
    connection: Connection,
    actor: Actor,
    booking_id: UUID,
    ticket_ids: Collection[UUID] | None,
    waive_fee: bool,
    now: datetime,
) -> _Plan:
    """Work out what a cancellation does, when the actor may do it."""
    booking = booking_facts(connection, booking_id)
    team = need_team_or_owner(
        connection, actor, booking.event_id, *_TEAM, owner_id=booking.account_id
    )
    if waive_fee:
        need_here(connection, actor, booking.event_id, Permission.TICKETS)
    everything = ticket_facts(connection, TicketRow.booking_id == booking_id)
    if ticket_ids is not None and not {row.id for row in everything} >= set(ticket_ids):
        raise NotFoundError("There is no such ticket in this booking.")
    valid = [row for row in everything if row.state == "valid"]
    chosen = [row for row in valid if ticket_ids is None or row.id in ticket_ids]
    came_in = _came_in(connection, booking_id)
    if not team:
        _need_in_time(booking, came_in, now)
        for ticket in chosen:
            need_not_admitted(ticket)
            _need_not_handed_on(ticket, booking)
    free = waive_fee or booking.event_state == "cancelled" or not booking.approved
    fees = [
        cancel_fee(
            ticket.price_minor, fee_bp=booking.cancel_fee_bp, fee_minor=booking.cancel_fee_minor
        )
        for ticket in chosen
        if not free
    ]
    gone = {row.id for row in chosen}
    rest = booking.kept_minor + sum(row.price_minor for row in valid if row.id not in gone)
    kept = kept_of(fees, paid_minor=came_in, rest_minor=rest)
    refund = max(0, came_in - rest - kept) if chosen else 0
    return _Plan(booking, chosen, kept, refund, team)


def _carry_out(
    store: Store,
    connection: Connection,
    actor: Actor,
    plan: _Plan,
    verb: str,
    reason: str,
    now: datetime,
) -> None:
    booking, why = plan.booking, reason.strip()[:MAX_REASON]
    ticket_ids = [row.id for row in plan.tickets]
    for at in range(0, len(ticket_ids), 5000):
        some = ticket_ids[at : at + 5000]
        connection.execute(
            update(TicketRow).where(TicketRow.id.in_(some)).values(state="cancelled")
        )
        free_seats(connection, some, now=now)
    left = add_up(connection, booking.id, more_kept=plan.kept_minor)
    if not left:
        connection.execute(
            update(BookingRow)
            .where(BookingRow.id == booking.id)
            .values(state=CANCELLED, cancelled_at=now, expires_at=None)
        )
    sync_sale(connection, booking.id, now=now, memo="cancelled")
    correct_invoice(connection, booking.id, actor=actor, now=now)
    refunded = refund_due(
        connection, actor, booking.id, plan.refund_minor, reason=why or "cancelled", now=now
    )
    settle(connection, booking.id, now=now)
    _tell_all(connection, plan, left, why, now)
    record(
        connection,
        actor,
        verb,
        ("booking", booking.id),
        now=now,
        event_id=booking.event_id,
        reason=why,
        tickets=len(ticket_ids),
        kept_minor=plan.kept_minor,
        refunded_minor=refunded,
    )
    freed(store, connection, booking.event_id, now=now)


def _tell_all(connection: Connection, plan: _Plan, left: int, why: str, now: datetime) -> None:
    """Let who booked know, and those who hold a ticket by an account of their own."""
    booking, result = plan.booking, plan.result
    number = len(plan.tickets)
    what = f"Booking {booking.code}" if not left else f"{number} of booking {booking.code}"
    parts = [why, f"{result.refunded} go back." if result.refunded.minor else ""]
    body = " ".join(filter(None, parts)) or "Its tickets let nobody in any more."
    tell(connection, booking, booking.account_id, "cancellation", f"{what} cancelled", body, now)
    for row in plan.tickets:
        if row.account_id not in (None, booking.account_id):
            title = f"Your ticket {row.code} was cancelled"
            tell(connection, booking, row.account_id, "cancellation", title, why, now)


def _came_in(connection: Connection, booking_id: UUID) -> int:
    """Money that came in for a booking and is not given or promised back."""
    return sum(part.left_minor for part in paid_parts(connection, booking_id))


def _need_in_time(booking: Any, came_in: int, now: datetime) -> None:
    """The event's rule for attendees; what was not paid may always be given up."""
    until = booking.cancel_until or booking.starts_at
    if now > until and came_in > 0 and booking.event_state != "cancelled":
        raise InvalidInputError(
            f"This could be cancelled until {wall_time(booking, until)}.",
            hint="Ask the organizer, or hand your ticket on to somebody else.",
        )


def _need_not_handed_on(ticket: Any, booking: Any) -> None:
    if ticket.account_id not in (None, booking.account_id):
        raise InvalidInputError(
            f"Ticket {ticket.code} was handed on and belongs to somebody else now.",
            hint="Cancel the other tickets one by one, or ask the organizer.",
        )


def _booking_of(connection: Connection, ticket_ids: Collection[UUID]) -> UUID:
    bookings = set(
        connection.execute(
            select(TicketRow.booking_id).where(TicketRow.id.in_(list(ticket_ids)))
        ).scalars()
    )
    if not bookings:
        raise NotFoundError("There is no such ticket.")
    if len(bookings) > 1:
        raise InvalidInputError(
            "These tickets are of several bookings.", hint="Cancel them booking by booking."
        )
    return bookings.pop()
