"""Bookings and the tickets in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from data import search
from data.schema import BookingRow, TicketRow, TicketTypeRow, TokenKeyRow
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError
from eventdesk.model.ids import new_code, new_id
from eventdesk.model.people import Actor
from eventdesk.usecases.audit import record
from eventdesk.usecases.events import event_row
from eventdesk.usecases.permission import need_door

MAX_NAME = 4000
"""Longest name that is kept, in characters."""

CODES_AT_ONCE = 5000
"""Most codes compared with those in use in one question; SQLite takes 32,766 values."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """One ticket to be booked."""

    ticket_type_id: UUID
    name: str
    email: str = ""
    line_two: str = ""
    seat: str = ""
    attention: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewBooking:
    """One purchase: who, what, and whether it is settled."""

    name: str
    email: str
    tickets: tuple[NewTicket, ...]
    paid: bool = True
    approved: bool = True
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of a booking."""

    booking_id: UUID
    code: str
    ticket_ids: tuple[UUID, ...]
    ticket_codes: tuple[str, ...] = field(default=())


def book(
    store: Store,
    actor: Actor,
    event_id: UUID,
    bookings: Sequence[NewBooking],
    *,
    now: datetime,
) -> list[Booked]:
    """Make bookings with their tickets: all of them or none.

    Raises:
        NotAllowedError: The actor does not work for this event.
        NotFoundError: No such event or ticket type.
        InvalidInputError: A booking without tickets, a ticket without a name, or a name
            longer than `MAX_NAME`.
    """
    need_door(actor)
    for booking in bookings:
        _need_sound(booking)
    with store.write() as connection:
        event = event_row(connection, event_id)
        prices = _prices(connection, event_id)
        key_id = remember_key(store, connection, now)
        no = search.last_used_no(connection, event.number)
        booking_codes = _free_codes(connection, BookingRow.code, len(bookings), length=6)
        count = sum(len(booking.tickets) for booking in bookings)
        ticket_codes = _free_codes(connection, TicketRow.code, count, length=8)
        booked: list[Booked] = []
        booking_rows: list[dict[str, Any]] = []
        ticket_rows: list[dict[str, Any]] = []
        for booking in bookings:
            one = Booked(
                new_id(),
                next(booking_codes),
                tuple(new_id() for _ in booking.tickets),
                tuple(islice(ticket_codes, len(booking.tickets))),
            )
            booked.append(one)
            booking_rows.append(
                {
                    "id": one.booking_id,
                    "event_id": event_id,
                    "account_id": booking.account_id,
                    "code": one.code,
                    "state": "paid" if booking.paid else "pending",
                    "approved": booking.approved,
                    "name": booking.name,
                    "email": booking.email,
                    "total_minor": sum(_price(prices, new) for new in booking.tickets),
                    "currency": event.currency,
                    "currency_exponent": event.currency_exponent,
                    "created_at": now,
                }
            )
            for new, ticket_id, code in zip(
                booking.tickets, one.ticket_ids, one.ticket_codes, strict=True
            ):
                no += 1
                ticket_rows.append(
                    {
                        "id": ticket_id,
                        "event_id": event_id,
                        "booking_id": one.booking_id,
                        "ticket_type_id": new.ticket_type_id,
                        "code": code,
                        "state": "valid",
                        "holder_name": new.name,
                        "holder_email": new.email or booking.email,
                        "line_two": new.line_two,
                        "seat": new.seat,
                        "attention": new.attention,
                        "blocked_note": None,
                        "valid_from": new.valid_from,
                        "valid_until": new.valid_until,
                        "key_id": key_id,
                        "revision": 1,
                        "search_no": no,
                        "created_at": now,
                    }
                )
        if not booked:
            return []
        connection.execute(insert(BookingRow), booking_rows)
        connection.execute(insert(TicketRow), ticket_rows)
        code_of = {one.booking_id: one.code for one in booked}
        search.put(
            connection,
            (
                search.entry(
                    row["search_no"],
                    name=row["holder_name"],
                    email=row["holder_email"],
                    codes=(row["code"], code_of[row["booking_id"]]),
                    seat=row["seat"],
                )
                for row in ticket_rows
            ),
        )
        search.learn(connection, (row["holder_name"] for row in ticket_rows))
        only = booked[0] if len(booked) == 1 else None
        record(
            connection,
            actor,
            "book",
            ("booking", only.booking_id if only else None),
            now=now,
            event_id=event_id,
            bookings=len(booked),
            tickets=len(ticket_rows),
        )
        return booked


def cancel_booking(
    store: Store, actor: Actor, booking_id: UUID, *, reason: str, now: datetime
) -> None:
    """Cancel a booking and every ticket in it.

    Raises:
        NotAllowedError: The actor does not work for this event.
        NotFoundError: There is no such booking.
    """
    need_door(actor)
    with store.write() as connection:
        event_id = connection.execute(
            update(BookingRow)
            .where(BookingRow.id == booking_id)
            .values(state="cancelled")
            .returning(BookingRow.event_id)
        ).scalar_one_or_none()
        if event_id is None:
            raise NotFoundError("There is no such booking.")
        connection.execute(
            update(TicketRow).where(TicketRow.booking_id == booking_id).values(state="cancelled")
        )
        subject = ("booking", booking_id)
        record(
            connection, actor, "cancel_booking", subject, now=now, event_id=event_id, reason=reason
        )


def mark_paid(store: Store, actor: Actor, booking_id: UUID, *, now: datetime) -> None:
    """Note that a booking is paid.

    Raises:
        NotAllowedError: The actor does not work for this event.
        NotFoundError: There is no pending booking with this id.
    """
    need_door(actor)
    with store.write() as connection:
        event_id = connection.execute(
            update(BookingRow)
            .where(BookingRow.id == booking_id, BookingRow.state == "pending")
            .values(state="paid")
            .returning(BookingRow.event_id)
        ).scalar_one_or_none()
        if event_id is None:
            raise NotFoundError("There is no booking waiting for a payment with this id.")
        subject = ("booking", booking_id)
        record(connection, actor, "mark_paid", subject, now=now, event_id=event_id)


def _need_sound(booking: NewBooking) -> None:
    if not booking.tickets:
        raise InvalidInputError("A booking needs at least one ticket.")
    for name in (booking.name, *(ticket.name for ticket in booking.tickets)):
        if not name.strip():
            raise InvalidInputError("A ticket needs its holder's name.")
        if len(name) > MAX_NAME:
            raise InvalidInputError(
                f"A name of {len(name)} characters is too long.",
                hint=f"Shorten it to {MAX_NAME} characters.",
            )


def _free_codes(connection: Connection, column: Any, count: int, *, length: int) -> Iterator[str]:
    """Draw as many codes as asked that nobody has; in a big house some of the drawn are taken."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = {new_code(length) for _ in range(min(count - len(codes), CODES_AT_ONCE))}
        taken = connection.execute(select(column).where(column.in_(drawn))).scalars()
        codes.update(dict.fromkeys(drawn.difference(taken)))
    return iter(codes)


def _prices(connection: Connection, event_id: UUID) -> dict[UUID, int]:
    rows = connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.price_minor).where(
            TicketTypeRow.event_id == event_id
        )
    )
    return {row.id: row.price_minor for row in rows}


def _price(prices: dict[UUID, int], ticket: NewTicket) -> int:
    try:
        return prices[ticket.ticket_type_id]
    except KeyError:
        raise NotFoundError("There is no such ticket type at this event.") from None


def remember_key(store: Store, connection: Connection, now: datetime) -> int:
    """Note which key tickets are made with, so that a lost one is missed before doors open.

    Returns:
        The newest key's id; another process may have rotated since the store was opened.
    """
    store.reread_keys()
    key_id = store.keys.active.key_id
    known = connection.execute(select(func.count()).where(TokenKeyRow.key_id == key_id))
    if not known.scalar_one():
        fingerprint = store.keys.fingerprint(key_id)
        connection.execute(
            insert(TokenKeyRow).values(key_id=key_id, fingerprint=fingerprint, first_used_at=now)
        )
    return key_id
