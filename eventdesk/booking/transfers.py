"""Handing tickets on to other people, and taking what one was given to one's account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from data import search
from data.schema import AccountRow, AnswerRow, BookingRow, TicketRow, TokenRevocationRow
from data.store import Store
from eventdesk.accounts.wrong_tries import charge, forgive, subject_of
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.changes import (
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
from eventdesk.events.event_access import email_of

_TEAM = (Permission.TICKETS, Permission.DOOR)


@allowed(*_TEAM, own=True)
def transfer_ticket(
    store: Store, actor: Actor, ticket_id: UUID, *, name: str, email: str, now: datetime
) -> str:
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
    with store.write() as connection:
        before = one_ticket(connection, ticket_id)
        booking = booking_facts(connection, before.booking_id)
        owner_id = before.account_id or booking.account_id
        team = need_team_or_owner(connection, actor, before.event_id, *_TEAM, owner_id=owner_id)
        need_live(connection, booking, now)
        need_valid(before)
        if not team:
            _need_in_time(before, booking, now)
        _revoke(connection, before, actor, now)
        account_id = _account_with(connection, email)
        key_id = remember_key(store, connection, now)
        connection.execute(
            update(TicketRow)
            .where(TicketRow.id == ticket_id)
            .values(
                holder_name=name.strip(),
                holder_email=email.strip(),
                line_two="",
                account_id=account_id,
                revision=before.revision + 1,
                key_id=key_id,
            )
        )
        connection.execute(delete(AnswerRow).where(AnswerRow.ticket_id == ticket_id))
        _index(connection, before, booking.code, name, email)
        _tell_both(connection, before, booking, owner_id, account_id, now)
        record(
            connection,
            actor,
            "transfer_ticket",
            ("ticket", ticket_id),
            now=now,
            event_id=before.event_id,
            revision=before.revision + 1,
        )
        row = connection.execute(TOKEN_FACTS.where(TicketRow.id == ticket_id)).one()
    return sealed(store, row)


@allowed(Permission.ATTEND)
def claim_booking(store: Store, actor: Actor, code: str, *, email: str = "", now: datetime) -> UUID:
    """Take a booking, or a single ticket that was handed on, to one's own account by its code.

    For what was booked by the team, imported, or handed on to an address without an account: it
    takes the code and the address it was made for. Wrong tries lock, as at signing in.

    Args:
        store: Where bookings live.
        actor: Whose account.
        code: Of the booking or the ticket, as it was typed.
        email: The address it was made for; "" is the account's own.
        now: The store's clock.

    Returns:
        The booking's id.

    Raises:
        NotAllowedError: Nobody is signed in, or the account was closed.
        NotFoundError: Nothing with this code and address waits for its owner.
        SignInError: Too many wrong tries.
    """
    tried = subject_of(str(actor.id), kind="claim")
    charge(store, tried, now)
    with store.write() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        address = email.strip().casefold() or email_of(connection, actor) or ""
        typed = read_code(code[:40])
        booking_id = _claim_booking(connection, actor, typed, address) or _claim_ticket(
            connection, actor, typed, address
        )
        if booking_id is None:
            raise NotFoundError(
                f"Nothing with this code, made for {address}, waits for its owner.",
                hint="Check the code. Ask the organizer when it was made for another address.",
            )
        forgive(connection, tried)
        booking = booking_facts(connection, booking_id)
        subject = ("booking", booking_id)
        record(connection, actor, "claim_booking", subject, now=now, event_id=booking.event_id)
        return booking_id


def _claim_booking(connection: Connection, actor: Actor, code: str, address: str) -> UUID | None:
    return connection.execute(
        update(BookingRow)
        .where(
            BookingRow.code == code,
            BookingRow.account_id.is_(None),
            func.lower(BookingRow.email) == address,
        )
        .values(account_id=actor.id)
        .returning(BookingRow.id)
    ).scalar_one_or_none()


def _claim_ticket(connection: Connection, actor: Actor, code: str, address: str) -> UUID | None:
    """Take one ticket; only where its holder is another than who booked."""
    found = connection.execute(
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
    connection.execute(
        update(TicketRow).where(TicketRow.id == found.id).values(account_id=actor.id)
    )
    booking_id: UUID = found.booking_id
    return booking_id


def _need_in_time(ticket: Any, booking: Any, now: datetime) -> None:
    """What binds holders, but not the team."""
    need_not_admitted(ticket)
    if ticket.blocked_note is not None:
        raise InvalidInputError(f"Ticket {ticket.code} is blocked.", hint="Ask the organizer why.")
    until = booking.transfer_until or booking.starts_at
    if now > until:
        raise InvalidInputError(
            f"Tickets could be handed on until {wall_time(booking, until)}.",
            hint="Ask the organizer.",
        )


def _revoke(connection: Connection, ticket: Any, actor: Actor, now: datetime) -> None:
    connection.execute(
        insert(TokenRevocationRow).values(
            ticket_id=ticket.id,
            revision=ticket.revision,
            reason="handed on to somebody else",
            revoked_at=now,
            actor_name=actor.name,
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
    connection: Connection,
    ticket: Any,
    booking: Any,
    old_id: UUID | None,
    new_id: UUID | None,
    now: datetime,
) -> None:
    gone = f"Ticket {ticket.code} was handed on"
    tell(connection, booking, old_id, "change", gone, "Its old code lets nobody in.", now)
    if new_id != old_id:
        mine = f"You were given ticket {ticket.code}"
        tell(connection, booking, new_id, "change", mine, "It is under My tickets.", now)
