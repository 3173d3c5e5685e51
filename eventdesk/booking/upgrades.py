"""Upgrades: another ticket type for a sold ticket, with the difference charged or refunded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import AnyRow, update_row
from data.schema import BookingRow, PaymentRow, RefundRow, SeatRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, event_of, owner_of, reads, writes
from eventdesk.booking.booking import UpgradeChoice, Upgraded
from eventdesk.booking.changes import (
    TEAM,
    add_up,
    booking_facts,
    money_of,
    need_live,
    need_not_admitted,
    need_team_or_owner,
    need_valid,
    need_whole,
    one_ticket,
    tell_booker,
    ticket_facts,
    wall_time,
)
from eventdesk.booking.expiry import expire_due
from eventdesk.booking.registration import price_columns
from eventdesk.core.booking_states import PAID, PENDING, SOLD_STATES
from eventdesk.core.errors import CodeError, InvalidInputError, SalesError
from eventdesk.core.messages import msg
from eventdesk.core.paying import Method, RefundState
from eventdesk.money import (
    balance,
    correct_invoice,
    is_reverse_charged,
    mark_superseded,
    refund_due,
    refund_rows,
    settle,
    sync_sale,
)
from eventdesk.sales import (
    QuoteLine,
    Wish,
    availability,
    need_places,
    price_wishes,
    reverse_charged,
)
from eventdesk.seating import free_seats, take_seats


@reads(*TEAM, own=True)
def upgrade(act: Act, ticket_id: UUID, ticket_type_id: UUID) -> Upgraded:
    """Say what another type would cost, before it is taken.

    Raises:
        NotAllowedError: It is somebody else's booking.
        NotFoundError: No such ticket or ticket type.
        InvalidInputError: The ticket cannot become another type by this person.
        SalesError: The type is not on sale.
    """
    ticket = one_ticket(act.connection, ticket_id)
    booking, team = _facts(act, ticket)
    line = _line(act, booking, ticket, ticket_type_id, team)
    difference = line.price.total_minor - ticket.price_minor
    due = balance(act.connection, booking.id).due.minor + difference
    until = None if _was_free(act.connection, booking) else _pay_until(booking, due, act.now)
    return Upgraded(money_of(booking, difference), money_of(booking, max(0, due)), until)


@reads(*TEAM, own=True)
def upgrade_choices(act: Act, ticket_id: UUID) -> list[UpgradeChoice]:
    """Read which types a ticket can become by this person, in the organizer's order.

    Raises:
        NotAllowedError: It is somebody else's booking.
        NotFoundError: There is no such ticket.
        InvalidInputError: The ticket or its booking was cancelled.
    """
    ticket = one_ticket(act.connection, ticket_id)
    booking, team = _facts(act, ticket)
    standing = availability(act, ticket.event_id)
    types = act.connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.section_id)
        .where(TicketTypeRow.event_id == ticket.event_id, TicketTypeRow.active)
        .order_by(TicketTypeRow.position, TicketTypeRow.id)
    )
    sits_in = _section_of(act.connection, ticket_id)
    choices = []
    for type_id, section_id in types.all():
        try:
            line = _line(act, booking, ticket, type_id, team)
        except (SalesError, InvalidInputError):
            continue
        difference = money_of(booking, line.price.total_minor - ticket.price_minor)
        choices.append(
            UpgradeChoice(
                type_id,
                line.name,
                difference,
                standing[type_id].left,
                section_id=None if section_id == sits_in else section_id,
            )
        )
    return choices


@writes(*TEAM, own=True, about=event_of(TicketRow, "ticket_id"))
def upgrade_ticket(
    act: Act, ticket_id: UUID, ticket_type_id: UUID, *, seat_id: UUID | None = None
) -> Upgraded:
    """Change the type of a ticket; its code stays.

    The place of the old type goes to its waitlist, a seat outside the new type's section is given
    up. What is due more has a deadline; what was paid too much goes back. Attendees may only take
    what costs at least as much.

    Raises:
        NotAllowedError: It is somebody else's booking.
        NotFoundError: No such ticket, ticket type or seat.
        InvalidInputError: The ticket cannot become another type by this person.
        SalesError: Not on sale, sold out, or a seat that is taken.
    """
    ticket = one_ticket(act.connection, ticket_id)
    expire_due(act, ticket.event_id)
    ticket = one_ticket(act.connection, ticket_id)
    booking, team = _facts(act, ticket)
    # Its own place and its own use of a code are free while it changes.
    update_row(act.connection, TicketRow, ticket_id, state="cancelled")
    line = _line(act, booking, ticket, ticket_type_id, team)
    need_places(act, ticket.event_id, {ticket_type_id: 1})
    update_row(
        act.connection,
        TicketRow,
        ticket_id,
        state="valid",
        ticket_type_id=ticket_type_id,
        **price_columns(line),
    )
    _seat(act, ticket, ticket_type_id, seat_id, team)
    add_up(act.connection, booking.id)
    sync_sale(act, booking.id, memo="upgraded")
    correct_invoice(act, booking.id, actor=act.actor)
    upgraded = _settled(act, booking, ticket, line)
    _tell(act, booking, ticket, line, upgraded)
    act.record(
        "upgrade_ticket",
        ("ticket", ticket_id),
        event_id=ticket.event_id,
        before=ticket.ticket_type,
        after=line.name,
        difference_minor=upgraded.difference.minor,
    )
    act.freed(ticket.event_id)
    return upgraded


def _facts(act: Act, ticket: AnyRow) -> tuple[Any, bool]:
    """The booking, and whether the team acts; for a ticket that was handed on it must."""
    booking = booking_facts(act.connection, ticket.booking_id)
    handed_on = ticket.account_id not in (None, booking.account_id)
    team = need_team_or_owner(
        act, ticket.event_id, *TEAM, owner_id=None if handed_on else owner_of(booking)
    )
    need_live(act, booking)
    need_valid(ticket)
    return booking, team


def _line(act: Act, booking: AnyRow, ticket: AnyRow, ticket_type_id: UUID, team: bool) -> QuoteLine:
    """The price of a new type that the ticket may become, with the booking's code if it holds."""
    event_id, wishes = ticket.event_id, [Wish(ticket_type_id)]
    code = booking.discount_code if ticket.discount_id is not None else ""
    try:
        quote = price_wishes(act, event_id, wishes, code=code, staff=team, per_ticket=True)
    except CodeError:  # used up, over, or for other types
        quote = price_wishes(act, event_id, wishes, staff=team, per_ticket=True)
    (line,) = quote.lines
    if is_reverse_charged(act.connection, booking.id):
        line = replace(line, price=reverse_charged(line.price))
    _need_allowed(act, booking, ticket, line, team)
    return line


def _need_allowed(act: Act, booking: AnyRow, ticket: AnyRow, line: QuoteLine, team: bool) -> None:
    if line.ticket_type_id == ticket.ticket_type_id:
        raise InvalidInputError(msg("This is a ticket of type {name} already.", name=line.name))
    if line.admits != 1:
        raise InvalidInputError(
            msg("A ticket cannot become {name}.", name=line.name), hint=msg("Book it beside.")
        )
    if team:
        return
    need_not_admitted(ticket)
    others = ticket_facts(
        act.connection, TicketRow.booking_id == booking.id, TicketRow.state.in_(SOLD_STATES)
    )
    need_whole(_with(others, ticket), [ticket.id])
    if line.price.total_minor < ticket.price_minor:
        raise InvalidInputError(
            msg("{name} costs less than this ticket.", name=line.name),
            hint=msg("Ask the organizer, or cancel the ticket and book anew."),
        )
    if act.now >= booking.starts_at:
        raise InvalidInputError(msg("The event has begun."), hint=msg("Ask at the desk."))
    if line.price.total_minor and _was_free(act.connection, booking):
        raise InvalidInputError(
            msg(
                "This booking cost nothing, and would be lost if the difference were not "
                "paid in time."
            ),
            hint=msg("Book {name} anew, then cancel this ticket.", name=line.name),
        )
    needs_approval = select(TicketTypeRow.needs_approval).where(
        TicketTypeRow.id == line.ticket_type_id
    )
    if act.connection.execute(needs_approval).scalar_one():
        raise InvalidInputError(
            msg("{name} needs the organizer's approval.", name=line.name),
            hint=msg("Ask the organizer for it."),
        )


def _with(others: Sequence[Any], ticket: AnyRow) -> list[Any]:
    """The tickets of a booking with one whose state is being changed."""
    return [ticket, *(each for each in others if each.id != ticket.id)]


def _was_free(connection: Connection, booking: AnyRow) -> bool:
    """Whether a booking is complete without anything having been paid for it."""
    free: bool = booking.state == PAID and balance(connection, booking.id).refundable.minor <= 0
    return free


def _seat(act: Act, ticket: AnyRow, ticket_type_id: UUID, seat_id: UUID | None, team: bool) -> None:
    """Free a seat outside the new section, and take the one that was chosen."""
    section_id = act.connection.execute(
        select(TicketTypeRow.section_id).where(TicketTypeRow.id == ticket_type_id)
    ).scalar_one()
    sits_in = _section_of(act.connection, ticket.id)
    if sits_in is not None and (seat_id is not None or sits_in != section_id):
        free_seats(act, [ticket.id])
    if seat_id is not None:
        pairs = [(ticket.id, seat_id)]
        take_seats(act, ticket.event_id, pairs, holder_id=act.actor.id, any_section=team)


def _section_of(connection: Connection, ticket_id: UUID) -> UUID | None:
    """The section a ticket sits in."""
    return connection.execute(
        select(SeatRow.section_id).where(SeatRow.ticket_id == ticket_id)
    ).scalar_one_or_none()


def _settled(act: Act, booking: AnyRow, ticket: AnyRow, line: QuoteLine) -> Upgraded:
    """Give back what was paid too much, or set the deadline for what is due.

    Refunds promised before and not out yet pay for the new type first.
    """
    difference = line.price.total_minor - ticket.price_minor
    was_free = _was_free(act.connection, booking)
    kept_back = _take_back_promised(act, booking.id)
    credit = balance(act.connection, booking.id).credit.minor
    back = min(credit, max(0, -difference) + kept_back)
    reason = msg("now {ticket_type}", ticket_type=line.name)
    refund_due(act, booking.id, back, reason=reason)
    settle(act, booking.id)
    due = max(0, balance(act.connection, booking.id).due.minor)
    # Who paid nothing would lose all tickets with the deadline; the team means to give more.
    until = None if was_free else _pay_until(booking, due, act.now)
    if due:
        update_row(act.connection, BookingRow, booking.id, expires_at=until)
    return Upgraded(money_of(booking, difference), money_of(booking, due), until)


def _take_back_promised(act: Act, booking_id: UUID) -> int:
    """Take back refunds that nobody handed out yet; what a gateway has may be on its way."""
    waiting = act.connection.execute(
        refund_rows().where(
            RefundRow.booking_id == booking_id,
            RefundRow.state == RefundState.PENDING,
            PaymentRow.method != Method.GATEWAY,
        )
    ).all()
    for row in waiting:
        mark_superseded(act, row, why="It pays for another ticket type.")
    return sum(row.amount_minor for row in waiting)


def _pay_until(booking: AnyRow, due_minor: int, now: datetime) -> datetime | None:
    """The deadline of what is due: the one there is, else a new one."""
    if due_minor <= 0 or not booking.approved:
        return None
    if booking.state == PENDING:
        deadline: datetime | None = booking.expires_at
        return deadline
    assert booking.state == PAID
    return now + timedelta(minutes=max(booking.hold_minutes, booking.offer_minutes))


def _tell(act: Act, booking: AnyRow, ticket: AnyRow, line: QuoteLine, upgraded: Upgraded) -> None:
    body = msg("It was {ticket_type}.", ticket_type=ticket.ticket_type)
    if upgraded.due.minor and upgraded.pay_until is not None:
        body = msg(
            "It was {ticket_type}. {due} are due until {until:%Y-%m-%d %H:%M}.",
            ticket_type=ticket.ticket_type,
            due=upgraded.due,
            until=wall_time(booking, upgraded.pay_until),
        )
    title = msg("Ticket {code} is now {ticket_type}", code=ticket.code, ticket_type=line.name)
    tell_booker(act, booking, "change", title=title, body=body)
