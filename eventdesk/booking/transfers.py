"""Handing tickets on to other people, and taking what one was given to one's account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from data import search
from data.rows import update_row
from data.schema import AccountRow, AnswerRow, BookingRow, TicketRow, TokenRevocationRow
from eventdesk.accounts import charge, forgive, subject_of
from eventdesk.acts import Act, Permission, Steps, event_of, steps, writes
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
from eventdesk.booking.codes import TOKEN_FACTS, remember_key, sealed
from eventdesk.booking.registration import need_email, need_name
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg
from eventdesk.events import email_of


@writes(*TEAM, own=True, about=event_of(TicketRow, "ticket_id"))
def transfer_ticket(act: Act, ticket_id: UUID, *, name: str, email: str) -> str:
    """Hand a ticket on to somebody else: a new code, and the old one is revoked.

    Its holder may until the event's deadline, or until it begins; the team at any time. What the
    old holder answered, and the line below the name, do not go along. Where the address is that
    of an account, the ticket is found there; else its new holder takes it with `claim_booking`.

    Returns:
        The new token.

    Raises:
        NotAllowedError: It is somebody else's ticket.
        NotFoundError: There is no such ticket.
        InvalidInputError: No name, cancelled, blocked, used at the door, or too late.
    """
    need_name(name)
    need_email(email)
    before = one_ticket(act.connection, ticket_id)
    booking = booking_facts(act.connection, before.booking_id)
    owner_id = before.account_id or booking.account_id
    team = need_team_or_owner(act, before.event_id, *TEAM, owner_id=owner_id)
    need_live(act, booking)
    need_valid(before)
    if not team:
        _need_in_time(before, booking, act.now)
    _revoke(act, before)
    account_id = _account_with(act.connection, email)
    key_id = remember_key(act)
    update_row(
        act.connection,
        TicketRow,
        ticket_id,
        holder_name=name.strip(),
        holder_email=email.strip(),
        line_two="",
        account_id=account_id,
        revision=before.revision + 1,
        key_id=key_id,
    )
    act.connection.execute(delete(AnswerRow).where(AnswerRow.ticket_id == ticket_id))
    _index(act.connection, before, booking.code, name, email)
    _tell_both(act, before, booking, owner_id, account_id)
    act.record(
        "transfer_ticket",
        ("ticket", ticket_id),
        event_id=before.event_id,
        revision=before.revision + 1,
    )
    row = act.connection.execute(TOKEN_FACTS.where(TicketRow.id == ticket_id)).one()
    return sealed(act.store, row)


@steps(Permission.ATTEND)
def claim_booking(steps: Steps, code: str, *, email: str = "") -> UUID:
    """Take a booking, or a single ticket that was handed on, to one's own account by its code.

    For what was booked by the team, imported, or handed on to an address without an account: it
    takes the code and the address it was made for. Wrong tries lock, as at signing in.

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
        booking_id = _claim_booking(act, typed, address) or _claim_ticket(act, typed, address)
        if booking_id is None:
            raise NotFoundError(
                msg(
                    "Nothing with this code, made for {address}, waits for its owner.",
                    address=address,
                ),
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


def _need_in_time(ticket: Any, booking: Any, now: datetime) -> None:
    """What binds holders, but not the team."""
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


def _revoke(act: Act, ticket: Any) -> None:
    act.connection.execute(
        insert(TokenRevocationRow).values(
            ticket_id=ticket.id,
            revision=ticket.revision,
            reason="handed on to somebody else",
            revoked_at=act.now,
            actor_name=act.actor.name,
        )
    )


def _account_with(connection: Connection, email: str) -> UUID | None:
    """The account of an address, if there is one."""
    return connection.execute(
        select(AccountRow.id).where(
            AccountRow.email == email.strip().casefold(), AccountRow.erased_at.is_(None)
        )
    ).scalar_one_or_none()


def _index(connection: Connection, ticket: Any, booking_code: str, name: str, email: str) -> None:
    found_by = search.entry(
        ticket.search_no,
        name=name,
        email=email,
        codes=(ticket.code, booking_code),
        seat=ticket.seat,
    )
    search.put(connection, [found_by])
    search.learn(connection, [name])


def _tell_both(
    act: Act, ticket: Any, booking: Any, old_id: UUID | None, new_id: UUID | None
) -> None:
    gone = f"Ticket {ticket.code} was handed on"
    tell(act, booking, old_id, "change", gone, "Its old code lets nobody in.")
    if new_id != old_id:
        mine = f"You were given ticket {ticket.code}"
        tell(act, booking, new_id, "change", mine, "It is under My tickets.")
