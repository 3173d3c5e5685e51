"""One place for one who waits: offered with a deadline, booked at once, or signed up for."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from data.schema import TicketTypeRow
from data.store import Store
from eventdesk.acts.actor import SYSTEM, Actor
from eventdesk.acts.attempts import attempt
from eventdesk.booking.booking import Booked, NewBooking, NewTicket
from eventdesk.booking.registration import place
from eventdesk.core.errors import EventDeskError, StoreError
from eventdesk.programme import session_places
from eventdesk.seating.taking import best_seat
from eventdesk.waiting.waitlist_entries import drop_entry, log, put_state, tell, until
from eventdesk.waiting.waitlist_entry import EntryState


def offer(
    connection: Connection, actor: Actor, entry: Any, deadline: datetime, now: datetime
) -> None:
    """Keep a place for somebody until a deadline, and say so."""
    put_state(connection, [entry.id], EntryState.OFFERED, offered_at=now, offer_until=deadline)
    log(connection, actor, "offer_place", entry, now, offer_until=str(deadline))
    title = f"A place for you: {entry.what}"
    body = f"{entry.event_name}: take it until {until(entry, deadline)}, or it goes to the next."
    tell(connection, entry, "offer", title, body, now)


def book_entry(
    store: Store,
    connection: Connection,
    actor: Actor,
    entry: Any,
    ticket: NewTicket,
    pay_until: datetime,
    now: datetime,
    *,
    kind: str,
) -> Booked:
    """Book the place of an entry, which is taken from then on, and tell the person.

    Where the type has a section, the ticket gets its best free seat. Places are counted apart
    from seats, so a ticket may be left without one; then the notice says so.

    Args:
        store: Where tickets live.
        connection: The write transaction.
        actor: Who books.
        entry: The entry.
        ticket: What is booked.
        pay_until: Until when what is due must be paid.
        now: The store's clock.
        kind: Of the notice: "booking" for who accepted, "offer" for who was not asked.

    Raises:
        InvalidInputError: An answer is missing or wrong.
        SalesError: There is no place after all.
    """
    put_state(connection, [entry.id], EntryState.TAKEN, offer_until=None)
    section_id = connection.execute(
        select(TicketTypeRow.section_id).where(TicketTypeRow.id == entry.ticket_type_id)
    ).scalar_one()
    seat = best_seat(connection, entry.event_id, section_id, now=now) if section_id else None
    booking = NewBooking(
        entry.name,
        entry.email,
        (replace(ticket, seat_id=seat.id if seat else None),),
        paid=False,
        account_id=entry.account_id,
        source="waitlist",
    )
    booked = place(
        store, connection, actor, entry.event_id, booking, now=now, promised_until=pay_until
    )
    put_state(connection, [entry.id], EntryState.TAKEN, ticket_id=booked.ticket_ids[0])
    sits = ""
    if section_id:
        sits = f"Your seat is {seat.label}." if seat else _NO_SEAT
    body = f"{entry.event_name}, booking {booked.code}: {_next_step(entry, booked)} {sits}"
    tell(connection, entry, kind, f"You have a place: {entry.what}", body.strip(), now)
    return booked


_NO_SEAT = "No seat is free for it just now; the organizer gives you one."


def _next_step(entry: Any, booked: Booked) -> str:
    """What comes next for who was given a place."""
    if not booked.approved:
        return "the organizer will decide."
    if booked.expires_at is None:
        return "your ticket is ready under My tickets."
    due_by = until(entry, booked.expires_at)
    return f"{booked.total} are due until {due_by}, or the place goes back."


def give_ticket(
    store: Store, connection: Connection, entry: Any, event: Any, deadline: datetime, now: datetime
) -> bool:
    """Book a place for somebody or offer it; False when the person can have none."""
    if entry.banned_at is not None:
        drop_entry(connection, entry, "The account was closed.", now)
        return False
    if not (event.waitlist_auto and _book(store, connection, entry, deadline, now)):
        offer(connection, SYSTEM, entry, deadline, now)
    return True


def _book(
    store: Store, connection: Connection, entry: Any, deadline: datetime, now: datetime
) -> bool:
    """Book without asking; False when something must be asked first."""
    ticket = NewTicket(entry.ticket_type_id, entry.name, entry.email)
    try:
        with attempt(connection):
            booked = book_entry(
                store, connection, SYSTEM, entry, ticket, deadline, now, kind="offer"
            )
    except StoreError:
        raise
    except EventDeskError:
        return False
    log(connection, SYSTEM, "give_place", entry, now, booking=booked.code)
    return True


def give_session(
    connection: Connection, entry: Any, session: Any, deadline: datetime, now: datetime
) -> bool:
    """Sign somebody up, or offer it when it clashes; False when the person can have no place."""
    account_id = entry.account_id
    if account_id is None or entry.banned_at is not None:
        drop_entry(connection, entry, "The account was closed.", now)
        return False
    if not session_places.may_enter(connection, account_id, session):
        drop_entry(connection, entry, "There is no ticket that lets in to this session.", now)
        return False
    if session_places.clashes(connection, account_id, session):
        offer(connection, SYSTEM, entry, deadline, now)
        return True
    if not session_places.is_signed_up(connection, account_id, session.id):
        session_places.put_in(connection, account_id, session, now)
    put_state(connection, [entry.id], EntryState.TAKEN)
    log(connection, SYSTEM, "give_place", entry, now)
    title = f"You have a place: {entry.what}"
    body = f"{entry.event_name}: {until(entry, session.starts_at)}. It is in your programme."
    tell(connection, entry, "change", title, body, now)
    return True
