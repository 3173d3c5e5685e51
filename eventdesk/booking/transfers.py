"""Handing tickets on to other people, and taking what one was given to one's own account."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, update

from data.rows import AnyRow, update_row
from data.schema import AccountRow, AnswerRow, BookingRow, TicketRow, TokenRevocationRow
from eventdesk.accounts import charge, forgive, subject_of
from eventdesk.acts import Act, Permission, Steps, event_of, owner_of, steps, writes
from eventdesk.booking.changes import (
    TEAM,
    booking_facts,
    need_live,
    need_not_admitted,
    need_team_or_owner,
    need_valid,
    one_ticket,
    tell,
    wall_time,
)
from eventdesk.booking.registration import need_email, need_name
from eventdesk.booking.tickets import index_ticket, new_token
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import read_code
from eventdesk.core.messages import Message, msg
from eventdesk.events import email_of

HANDED_ON: Final = "handed on to somebody else"
"""Why the code that a ticket had is no longer valid."""


def was_handed_on() -> ColumnElement[bool]:
    """Whether a ticket of a query was handed on, ever."""
    gone = TokenRevocationRow.ticket_id == TicketRow.id, TokenRevocationRow.reason == HANDED_ON
    return exists().where(*gone)


@writes(*TEAM, own=True, about=event_of(TicketRow, "ticket_id"))
def transfer_ticket(act: Act, ticket_id: UUID, *, name: str, email: str) -> str:
    """Hand a ticket on to somebody else; the old code is revoked, the new token returned.

    Its holder may until the event's deadline or beginning, the team at any time. Answers and the
    line below the name do not go along. An account with the address gets the ticket; else its new
    holder takes it with `claim_booking`.

    Raises:
        NotAllowedError: It is somebody else's ticket.
        NotFoundError: There is no such ticket.
        InvalidInputError: No name, cancelled, blocked, used at the door, or too late.
    """
    need_name(name)
    need_email(email)
    before = one_ticket(act.connection, ticket_id)
    booking = booking_facts(act.connection, before.booking_id)
    owner_id = before.account_id or owner_of(booking)
    team = need_team_or_owner(act, before.event_id, *TEAM, owner_id=owner_id)
    need_live(act, booking)
    need_valid(before)
    if not team:
        _need_in_time(before, booking, act.now)
    token = new_token(act, before, reason=HANDED_ON)
    account_id = _account_with(act.connection, email)
    holder = {"holder_name": name.strip(), "holder_email": email.strip(), "line_two": ""}
    update_row(act.connection, TicketRow, ticket_id, account_id=account_id, **holder)
    act.connection.execute(delete(AnswerRow).where(AnswerRow.ticket_id == ticket_id))
    index_ticket(act.connection, before, booking.code, name=name, email=email)
    _tell_both(act, before, booking, before.account_id or booking.account_id, account_id)
    subject, revision = ("ticket", ticket_id), before.revision + 1
    act.record("transfer_ticket", subject, event_id=before.event_id, revision=revision)
    return token


@steps(Permission.ATTEND)
def claim_booking(steps: Steps, code: str, *, email: str = "") -> UUID:
    """Take a booking, or a ticket that was handed on, to one's own account by its code.

    For what was booked by the team, imported, or handed on to an address without an account. Wrong
    tries lock, as at signing in.

    Args:
        code: Of the booking or the ticket, as it was typed.
        email: The address it was made for; "" is the account's own.

    Returns:
        The booking's id.

    Raises:
        NotFoundError: Nothing with this code and address waits for its owner.
        SignInError: Too many wrong tries.
    """
    tried = subject_of(str(steps.actor.id), kind="claim")
    charge(steps, tried)
    with steps.write() as act:
        act.need(None, Permission.ATTEND)
        address = email.strip().casefold() or email_of(act) or ""
        typed = read_code(code[:40])
        booking_id = need_found(
            _claim_booking(act, typed, address) or _claim_ticket(act, typed, address),
            msg("Nothing with this code, made for {name}, waits for its owner.", name=address),
            hint=msg("Check the code. Ask the organizer when it was made for another address."),
        )
        forgive(act.connection, tried)
        booking = booking_facts(act.connection, booking_id)
        subject = ("booking", booking_id)
        act.record("claim_booking", subject, event_id=booking.event_id)
        return booking_id


def _claim_booking(act: Act, code: str, address: str) -> UUID | None:
    return act.connection.execute(
        update(BookingRow)
        .where(
            BookingRow.code == code,
            BookingRow.account_id.is_(None),
            func.lower(BookingRow.email) == address,
        )
        .values(account_id=act.actor.id)
        .returning(BookingRow.id)
    ).scalar_one_or_none()


def _claim_ticket(act: Act, code: str, address: str) -> UUID | None:
    """Take one ticket; only where its holder is another than who booked."""
    found = act.connection.execute(
        select(TicketRow.id, TicketRow.booking_id)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            TicketRow.code == code,
            TicketRow.state == "valid",
            TicketRow.account_id.is_(None),
            func.lower(TicketRow.holder_email) == address,
        )
    ).one_or_none()
    if found is None:
        return None
    update_row(act.connection, TicketRow, found.id, account_id=act.actor.id)
    booking_id: UUID = found.booking_id
    return booking_id


def _need_in_time(ticket: AnyRow, booking: AnyRow, now: datetime) -> None:
    """Check the rules for holders, which do not bind the team."""
    need_not_admitted(ticket)
    if ticket.blocked_note is not None:
        raise InvalidInputError(
            msg("Ticket {code} is blocked.", code=ticket.code), hint=msg("Ask the organizer why.")
        )
    until = booking.transfer_until or booking.starts_at
    if now > until:
        raise InvalidInputError(
            msg(
                "Tickets could be handed on until {until:%Y-%m-%d %H:%M}.",
                until=wall_time(booking, until),
            ),
            hint=msg("Ask the organizer."),
        )


def _account_with(connection: Connection, email: str) -> UUID | None:
    """The account of an address, if there is one."""
    return connection.execute(
        select(AccountRow.id).where(
            AccountRow.email == email.strip().casefold(), AccountRow.erased_at.is_(None)
        )
    ).scalar_one_or_none()


def _tell_both(
    act: Act, ticket: AnyRow, booking: AnyRow, old_id: UUID | None, new_id: UUID | None
) -> None:
    gone = msg("Ticket {code} was handed on", code=ticket.code)
    closed = msg("Its old code lets nobody in.")
    # To who only held it, it is about the ticket: that was what they had in their calendar.
    held_id = None if old_id in (None, booking.account_id) else ticket.id
    tell(act, booking, old_id, "change", title=gone, body=closed, ticket_id=held_id)
    mine = msg("You were given ticket {code}", code=ticket.code)
    if new_id is not None and new_id == old_id:
        return
    there: str | Message = ""
    if new_id is not None:
        there = msg(
            "{event}: {body}", event=booking.event_name, body=msg("It is under My tickets.")
        )
    subject, event_id = ("ticket", ticket.id), booking.event_id
    act.tell(new_id, "change", mine, there, event_id=event_id, subject=subject, papers=True)
