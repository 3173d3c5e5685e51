"""Booking: one's own, somebody's from the waitlist, and many at once by the event's team.

Each takes its places inside one write transaction: bookings past their deadline end first, then
quotas, the event's capacity and seats are asked, and the ledger is brought up to the tickets.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.event_row import event_row
from eventdesk.acts.notices import notify
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.booking import Booked, NewBooking
from eventdesk.booking.booking_checks import (
    need_new_refs,
    need_no_queue,
    need_not_cancelled,
    needs_approval,
    own_booking,
)
from eventdesk.booking.expiry import expire_due
from eventdesk.booking.foreign_codes import need_new_codes
from eventdesk.booking.placing import Decided, checked_answers, need_sound, write_bookings
from eventdesk.core.booking_states import PAID, PENDING
from eventdesk.core.errors import LimitError, NotAllowedError
from eventdesk.events.event_access import need_visible
from eventdesk.money.ledger import Sides, parts_of, post_sales
from eventdesk.money.payments import note_paid
from eventdesk.sales.availability import need_places
from eventdesk.sales.pricing import Wish, price_wishes
from eventdesk.seating.taking import take_seats

MOST_TICKETS = 100
"""Most tickets that one person books at once by themselves."""


@allowed(Permission.TICKETS, Permission.DOOR)
def book(
    store: Store,
    actor: Actor,
    event_id: UUID,
    bookings: Sequence[NewBooking],
    *,
    force: bool = False,
    now: datetime,
) -> list[Booked]:
    """Make bookings with their tickets for others: all of them or none.

    Sales windows and hidden types do not bind the team, and required questions may stay open;
    quotas, the event's capacity and what is promised to the waitlist do.

    Args:
        store: Where tickets live.
        actor: Who books.
        event_id: The event.
        bookings: What is booked; those that say so count as paid elsewhere.
        force: Let more in than planned, knowingly; the audit keeps that it was so.
        now: The store's clock.

    Raises:
        NotAllowedError: The actor does not work for this event, or forces without being allowed.
        NotFoundError: No such event or ticket type.
        InvalidInputError: A booking without tickets, a ticket without a name, a wrong answer, or
            something imported that is there already, or an event that is cancelled.
        SalesError: Sold out, a wrong code, or a seat that is taken.
    """
    need_force(actor, force)
    need_sound(bookings)
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.TICKETS, Permission.DOOR)
        if force:
            need_here(connection, actor, event_id, Permission.TICKETS)
        booked = book_all(store, connection, actor, event_id, bookings, force=force, now=now)
        if booked:
            note_booked(connection, actor, event_id, booked, force=force, now=now)
        return booked


def need_force(actor: Actor, force: bool) -> None:
    """Let only those force who manage tickets.

    Raises:
        NotAllowedError: The actor does not.
    """
    if force and not actor.may(Permission.TICKETS):
        raise NotAllowedError(
            "Only who manages the tickets may let more in than planned.",
            hint="Ask an organizer of this event to do it.",
        )


def note_booked(
    connection: Connection,
    actor: Actor,
    event_id: UUID,
    booked: Sequence[Booked],
    *,
    force: bool,
    now: datetime,
) -> None:
    """Write down in the audit that the team booked."""
    only = booked[0] if len(booked) == 1 else None
    detail = {"force": True} if force else {}
    record(
        connection,
        actor,
        "book",
        ("booking", only.booking_id if only else None),
        now=now,
        event_id=event_id,
        bookings=len(booked),
        tickets=sum(len(one.ticket_ids) for one in booked),
        **detail,
    )


def book_all(
    store: Store,
    connection: Connection,
    actor: Actor,
    event_id: UUID,
    bookings: Sequence[NewBooking],
    *,
    force: bool = False,
    now: datetime,
) -> list[Booked]:
    """Make bookings for others inside a transaction that does more, as `book` does.

    The caller has asked `need_sound` and who may do it, and writes the audit entry.
    """
    event = event_row(connection, event_id)
    if not bookings:
        return []
    need_not_cancelled(event)
    need_new_refs(connection, event_id, bookings)
    need_new_codes(connection, event_id, bookings)
    decided = _decided_by_staff(connection, event_id, bookings, now)
    booked = _take(store, connection, event, decided, now, force=force, staff=True)
    paid = {
        made.booking_id: one.total_minor
        for one, made in zip(decided, booked, strict=True)
        if one.new.paid and one.total_minor
    }
    note_paid(connection, actor, event, paid, now=now)
    for one, new in zip(booked, bookings, strict=True):
        _tell(connection, event, one, new, now)
    return booked


@allowed(Permission.ATTEND)
def order(
    store: Store,
    actor: Actor,
    event_id: UUID,
    booking: NewBooking,
    *,
    access_code: str = "",
    now: datetime,
) -> Booked:
    """Book for oneself and others; it holds its places until the deadline, then it is paid or ends.

    Args:
        store: Where tickets live.
        actor: Who books.
        event_id: The event.
        booking: What is booked; what only the team may say of a booking is left out.
        access_code: What lets in to a private event.
        now: The store's clock.

    Raises:
        NotAllowedError: Nobody is signed in, the account was closed, or the seats are those that
            another account holds.
        NotFoundError: No such event, ticket type or seat, or none that this person may know of.
        InvalidInputError: A ticket without a name, or an answer that is missing or wrong.
        SalesError: Not on sale, sold out, too many, a wrong code, or a seat that is taken.
    """
    if len(booking.tickets) > MOST_TICKETS:
        raise LimitError(
            f"{len(booking.tickets)} tickets are too many for one booking.",
            most=MOST_TICKETS,
            hint=f"Take {MOST_TICKETS} or fewer, or ask the organizer.",
        )
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.ATTEND)
        need_visible(connection, actor, event_id, access_code=access_code, now=now)
        need_no_queue(connection, event_row(connection, event_id), now)
        own = own_booking(connection, actor, event_id, booking)
        return place(store, connection, actor, event_id, own, now=now)


def place(
    store: Store,
    connection: Connection,
    actor: Actor,
    event_id: UUID,
    booking: NewBooking,
    *,
    now: datetime,
    promised_until: datetime | None = None,
    staff: bool = False,
    force: bool = False,
    complete: bool = False,
    paid_next: bool = False,
) -> Booked:
    """Make one booking inside a transaction that does more; it raises where it cannot be made.

    What costs nothing is paid at once; else it is pending, with a deadline. A type that needs
    approval holds its place without one until it is decided.

    Args:
        store: Where tickets live.
        connection: The write transaction.
        actor: Who books.
        event_id: The event.
        booking: What is booked.
        now: The store's clock.
        promised_until: The waitlist promised the places to this person: they are to be paid by
            then, sales windows do not matter, and the waitlist tells the person.
        staff: The team books: `booking.paid` and `booking.approved` decide, there is no deadline.
        force: A supervisor knowingly lets more in than planned; the caller has asked for that.
        complete: Whether required questions must be answered for the team too.
        paid_next: The same transaction takes the money too, and the payment tells the person.

    Raises:
        NotFoundError: No such event, ticket type or seat.
        InvalidInputError: A ticket without a name, or an answer that is missing or wrong.
        SalesError: Not on sale, sold out, too many, a wrong code, or a seat that is taken.
    """
    need_sound([booking])
    promised = promised_until is not None
    event = event_row(connection, event_id)
    if staff or promised:
        need_not_cancelled(event)
    need_new_refs(connection, event_id, [booking])
    wishes = [Wish(each.ticket_type_id) for each in booking.tickets]
    quote = price_wishes(
        connection, event_id, wishes, code=booking.code, now=now, staff=staff or promised
    )
    answers = checked_answers(connection, event_id, [booking], complete=complete or not staff)[0]
    decided = Decided(
        booking,
        {line.ticket_type_id: line for line in quote.lines},
        answers,
        PENDING if quote.total.minor and not (staff and booking.paid) else PAID,
        booking.approved if staff else not needs_approval(connection, quote),
        quote.discount_code,
    )
    if not staff and decided.state == PENDING and decided.approved:
        held_until = promised_until or now + timedelta(minutes=event.hold_minutes)
        decided = replace(decided, expires_at=held_until)
    (booked,) = _take(
        store, connection, event, [decided], now, for_waitlist=promised, force=force, staff=staff
    )
    if staff and booking.paid and quote.total.minor:
        note_paid(connection, actor, event, {booked.booking_id: quote.total.minor}, now=now)
    if not promised and not (paid_next and booked.state == PENDING):
        _tell(connection, event, booked, booking, now)
    record(
        connection,
        actor,
        "book",
        ("booking", booked.booking_id),
        now=now,
        event_id=event_id,
        code=booked.code,
        tickets=len(booked.ticket_ids),
        total_minor=quote.total.minor,
        source=booking.source,
    )
    return booked


def _decided_by_staff(
    connection: Connection, event_id: UUID, bookings: Sequence[NewBooking], now: datetime
) -> list[Decided]:
    """Price many bookings with one question for each code among them."""
    wished: dict[str, Counter[UUID]] = defaultdict(Counter)
    for booking in bookings:
        wished[booking.code.strip()].update(each.ticket_type_id for each in booking.tickets)
    quotes = {
        code: price_wishes(
            connection,
            event_id,
            [Wish(type_id, count) for type_id, count in counts.items()],
            code=code,
            now=now,
            staff=True,
        )
        for code, counts in wished.items()
    }
    lines = {
        code: {line.ticket_type_id: line for line in quote.lines} for code, quote in quotes.items()
    }
    answers = checked_answers(connection, event_id, bookings, complete=False)
    decided = []
    for booking, given in zip(bookings, answers, strict=True):
        code = booking.code.strip()
        one = Decided(
            booking, lines[code], given, PENDING, booking.approved, quotes[code].discount_code
        )
        settled = booking.paid or not one.total_minor
        decided.append(replace(one, state=PAID) if settled else one)
    return decided


def _take(
    store: Store,
    connection: Connection,
    event: Any,
    decided: Sequence[Decided],
    now: datetime,
    *,
    for_waitlist: bool = False,
    force: bool = False,
    staff: bool,
) -> list[Booked]:
    """Take the places, write the bookings down, seat the tickets and tell the ledger."""
    expire_due(connection, event.id, now)
    wanted = Counter(each.ticket_type_id for one in decided for each in one.new.tickets)
    need_places(connection, event.id, wanted, now=now, for_waitlist=for_waitlist, force=force)
    booked = write_bookings(store, connection, event, decided, now=now)
    seats: Mapping[UUID | None, list[tuple[UUID, UUID]]] = defaultdict(list)
    for one, made in zip(decided, booked, strict=True):
        for ticket, ticket_id in zip(one.new.tickets, made.ticket_ids, strict=True):
            if ticket.seat_id is not None:
                seats[one.new.hold_id].append((ticket_id, ticket.seat_id))
    for holder_id, pairs in seats.items():
        take_seats(connection, event.id, pairs, holder_id=holder_id, any_section=staff, now=now)
    sold = {made.booking_id: _sold(one) for one, made in zip(decided, booked, strict=True)}
    post_sales(connection, event, sold, now=now)
    return booked


def _sold(decided: Decided) -> Sides:
    """What the tickets of a booking say to the ledger."""
    sides: Sides = {}
    for ticket in decided.new.tickets:
        price = decided.line_of(ticket).price
        parts = parts_of(
            price.total_minor, price.tax_minor, price.fee_minor, price.commission_minor
        )
        for account, amount in parts.items():
            key = account, ticket.ticket_type_id
            sides[key] = sides.get(key, 0) + amount
    return sides


def _tell(
    connection: Connection, event: Any, booked: Booked, new: NewBooking, now: datetime
) -> None:
    """Let the booker know what comes next."""
    if new.account_id is None:
        return
    if not booked.approved:
        title, body = f"Booking {booked.code} waits for approval", "The organizer will decide."
    elif booked.state == PAID:
        title, body = f"Booking {booked.code} is made", "Your tickets are ready under My tickets."
    else:
        title, body = f"Booking {booked.code} is to be paid", f"{booked.total} are due."
        if booked.expires_at is not None:
            until = booked.expires_at.astimezone(ZoneInfo(event.time_zone))
            body = f"{booked.total} are due until {until:%Y-%m-%d %H:%M}, or the places go back."
    notify(
        connection,
        new.account_id,
        "booking",
        title,
        f"{event.name}: {body}",
        now=now,
        event_id=event.id,
        subject=("booking", booked.booking_id),
    )
