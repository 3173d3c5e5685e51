"""Cancelling bookings and tickets: the event's rules and fees, refunds, and who comes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.bulk import chunks
from data.rows import AnyRow, count_rows, update_row
from data.schema import BookingRow, TicketRow
from eventdesk.acts import Act, Permission, event_of, event_row, owner_of, reads, writes
from eventdesk.booking.booking import Cancelled, kept_of
from eventdesk.booking.changes import (
    TEAM,
    add_up,
    booking_facts,
    fee_of,
    money_of,
    need_not_admitted,
    need_team_or_owner,
    need_whole,
    tell,
    ticket_facts,
    wall_time,
)
from eventdesk.core.booking_states import CANCELLED, PAID, PENDING, SOLD_STATES, STATE_WORDS
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import as_message, msg
from eventdesk.money import correct_invoice, paid_parts, refund_due, settle, sync_sale
from eventdesk.seating import free_seats

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class _Plan:
    """A cancellation that is worked out.

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


@reads(*TEAM, own=True)
def cancellation(
    act: Act,
    booking_id: UUID,
    ticket_ids: Collection[UUID] | None = None,
    *,
    waive_fee: bool = False,
) -> Cancelled:
    """Say what cancelling some tickets, or the whole booking, would keep and give back.

    Raises:
        NotAllowedError: It is somebody else's booking.
        NotFoundError: No such booking, or no such ticket in it.
        InvalidInputError: It cannot be cancelled by this person any more; the hint says why.
    """
    return _plan(act, booking_id, ticket_ids, waive_fee).result


@writes(*TEAM, own=True, about=event_of(BookingRow, "booking_id"))
def cancel_booking(
    act: Act, booking_id: UUID, *, reason: str, waive_fee: bool = False
) -> Cancelled:
    """Cancel a booking and every ticket in it; one that is cancelled already stays as it is.

    Refunds begin, the seats are free, and the places go to the waitlist, all at once. The team
    may do it at any time, and who manages the tickets may waive the fee.

    Raises:
        NotAllowedError: It is somebody else's booking, or the fee is not the actor's to waive.
        NotFoundError: There is no such booking.
        InvalidInputError: It cannot be cancelled by this person any more; the hint says why.
    """
    plan = _plan(act, booking_id, None, waive_fee)
    if plan.booking.state in (PENDING, PAID):
        _carry_out(act, plan, "cancel_booking", reason)
    return plan.result


@writes(*TEAM, own=True, about=event_of(TicketRow, "ticket_ids.0"))
def cancel_tickets(
    act: Act, ticket_ids: Collection[UUID], *, reason: str, waive_fee: bool = False
) -> Cancelled:
    """Cancel some tickets of one booking; with the last of them the booking is cancelled.

    Raises:
        NotAllowedError: It is somebody else's booking, or the fee is not the actor's to waive.
        NotFoundError: There is no such ticket.
        InvalidInputError: They are of several bookings, or cannot be cancelled by this person
            any more.
    """
    booking_id = _booking_of(act.connection, ticket_ids)
    plan = _plan(act, booking_id, ticket_ids, waive_fee)
    if plan.tickets:
        _carry_out(act, plan, "cancel_tickets", reason)
    return plan.result


def hand_back(act: Act, booking_id: UUID, *, reason: str) -> Cancelled:
    """Cancel a booking, by the rules for attendees, for somebody who has no account.

    Raises:
        InvalidInputError: It cannot be cancelled by attendees any more; the hint says why.
    """
    plan = _plan(act, booking_id, None, waive_fee=False, as_attendee=True)
    _carry_out(act, plan, "cancel_booking", reason)
    return plan.result


def give_up(act: Act, booking_id: UUID, *, verb: str, reason: str) -> Cancelled:
    """Cancel a whole refused booking, or one of a cancelled event, for free.

    Fees kept of tickets cancelled earlier go back too.
    """
    update_row(act.connection, BookingRow, booking_id, kept_minor=0)
    booking = booking_facts(act.connection, booking_id)
    tickets = ticket_facts(
        act.connection, TicketRow.booking_id == booking_id, TicketRow.state.in_(SOLD_STATES)
    )
    plan = _Plan(booking, tickets, 0, _came_in(act.connection, booking_id), team=True)
    _carry_out(act, plan, verb, reason)
    return plan.result


def _plan(
    act: Act,
    booking_id: UUID,
    ticket_ids: Collection[UUID] | None,
    waive_fee: bool,
    *,
    as_attendee: bool = False,
) -> _Plan:
    """Work out what a cancellation does, when the actor may do it."""
    booking = booking_facts(act.connection, booking_id)
    team = need_team_or_owner(act, booking.event_id, *TEAM, owner_id=owner_of(booking))
    team = team and not as_attendee
    if waive_fee:
        act.need(booking.event_id, Permission.TICKETS)
    everything = ticket_facts(act.connection, TicketRow.booking_id == booking_id)
    if ticket_ids is not None and not {row.id for row in everything} >= set(ticket_ids):
        raise NotFoundError(msg("There is no such ticket in this booking."))
    valid = [row for row in everything if row.state in SOLD_STATES]
    chosen = [row for row in valid if ticket_ids is None or row.id in ticket_ids]
    came_in = _came_in(act.connection, booking_id)
    if not team:
        _need_in_time(booking, came_in, act.now)
        for ticket in chosen:
            need_not_admitted(ticket)
            _need_not_handed_on(ticket, booking)
        need_whole(valid, [ticket.id for ticket in chosen])
    free = waive_fee or booking.event_state == "cancelled" or not booking.approved
    fees = [] if free else [fee_of(booking, ticket) for ticket in chosen]
    gone = {row.id for row in chosen}
    rest = booking.kept_minor + sum(row.price_minor for row in valid if row.id not in gone)
    kept = kept_of(fees, paid_minor=came_in, rest_minor=rest)
    refund = max(0, came_in - rest - kept) if chosen else 0
    return _Plan(booking, chosen, kept, refund, team)


def _carry_out(act: Act, plan: _Plan, verb: str, reason: str) -> None:
    booking, why = plan.booking, reason.strip()[:MAX_REASON]
    ticket_ids = [row.id for row in plan.tickets]
    for some in chunks(ticket_ids):
        over = {"state": CANCELLED, "ended_at": act.now}
        act.connection.execute(update(TicketRow).where(TicketRow.id.in_(some)).values(**over))
        free_seats(act, some)
    left = add_up(act.connection, booking.id, more_kept=plan.kept_minor)
    if not left:
        ended = {"state": CANCELLED, "cancelled_at": act.now, "expires_at": None}
        update_row(act.connection, BookingRow, booking.id, **ended)
    sync_sale(act, booking.id, memo="cancelled")
    correct_invoice(act, booking.id, actor=act.actor)
    refunded = refund_due(act, booking.id, plan.refund_minor, reason=why or STATE_WORDS[CANCELLED])
    settle(act, booking.id)
    _tell_all(act, plan, left, why)
    act.record(
        verb,
        ("booking", booking.id),
        event_id=booking.event_id,
        reason=why,
        tickets=len(ticket_ids),
        kept_minor=plan.kept_minor,
        refunded_minor=refunded,
    )
    act.freed(booking.event_id)


def _tell_all(act: Act, plan: _Plan, left: int, why: str) -> None:
    """Tell who booked, and who holds one of the tickets by an account or address of their own."""
    booking, result = plan.booking, plan.result
    title = msg("Booking {code} cancelled", code=booking.code)
    if left:
        number = len(plan.tickets)
        title = msg("{number} of booking {code} cancelled", number=number, code=booking.code)
    body = as_message(why) or msg("Its tickets let nobody in any more.")
    if result.refunded.minor:
        body = msg("{amount} go back.", amount=result.refunded)
        if why:
            body = msg("{why} {amount} go back.", why=why, amount=result.refunded)
    tell(act, booking, booking.account_id, "cancellation", title=title, body=body)
    for row in plan.tickets:
        title = msg("Your ticket {code} was cancelled", code=row.code)
        if row.account_id not in (None, booking.account_id):
            tell(act, booking, row.account_id, "cancellation", title=title, body=why)
        own = row.holder_email.casefold() not in ("", booking.email.casefold())
        if row.account_id is None and own:
            subject, there = ("ticket", row.id), {"event_id": booking.event_id}
            act.tell(None, "cancellation", title, why, subject=subject, **there)


def _came_in(connection: Connection, booking_id: UUID) -> int:
    """Money that came in for a booking and is not given or promised back."""
    return sum(part.left_minor for part in paid_parts(connection, booking_id))


def _need_in_time(booking: AnyRow, came_in: int, now: datetime) -> None:
    """The event's rule for attendees; what was not paid may always be given up."""
    until = booking.cancel_until or booking.starts_at
    if now > until and came_in > 0 and booking.event_state != "cancelled":
        raise InvalidInputError(
            msg(
                "This could be cancelled until {until:%Y-%m-%d %H:%M}.",
                until=wall_time(booking, until),
            ),
            hint=msg("Ask the organizer, or hand your ticket on to somebody else."),
        )


def _need_not_handed_on(ticket: AnyRow, booking: AnyRow) -> None:
    if ticket.account_id not in (None, booking.account_id):
        raise InvalidInputError(
            msg("Ticket {code} was handed on and belongs to somebody else now.", code=ticket.code),
            hint=msg("Cancel the other tickets one by one, or ask the organizer."),
        )


def _booking_of(connection: Connection, ticket_ids: Collection[UUID]) -> UUID:
    asked = select(TicketRow.booking_id).where(TicketRow.id.in_(list(ticket_ids))).distinct()
    bookings = connection.execute(asked).scalars().all()
    if not bookings:
        raise NotFoundError(msg("There is no such ticket."))
    if len(bookings) > 1:
        raise InvalidInputError(
            msg("These tickets are of several bookings."),
            hint=msg("Cancel them booking by booking."),
        )
    return bookings[0]


AT_ONCE = 20
"""Bookings in one transaction, so that desks go on meanwhile."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How many bookings a call cancelled, and how many are still open."""

    cancelled: int
    left: int


@writes(Permission.EVENT, about="event_id")
def cancel_event_bookings(act: Act, event_id: UUID, *, limit: int = AT_ONCE) -> Ended:
    """Cancel some bookings of a cancelled event for free, and begin to give their money back.

    Call it until none is left; what was done stays done, whatever ends the program meanwhile.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: The event is not cancelled.
    """
    event = event_row(act.connection, event_id)
    act.need(event_id, Permission.EVENT)
    if event.state != "cancelled":
        raise InvalidInputError(msg("This event takes place."), hint=msg("Cancel the event first."))
    still_open = BookingRow.event_id == event_id, BookingRow.state.in_((PENDING, PAID))
    some = select(BookingRow.id).where(*still_open).order_by(BookingRow.no).limit(limit)
    booking_ids = act.connection.execute(some).scalars().all()
    for booking_id in booking_ids:
        give_up(act, booking_id, verb="cancel_booking", reason=event.refusal)
    return Ended(len(booking_ids), count_rows(act.connection, *still_open))
