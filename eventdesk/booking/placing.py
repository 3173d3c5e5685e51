"""Writing bookings down: rows, codes, search entries and answers, many at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data import search
from data.bulk import insert_many
from data.schema import BookingRow, TicketRow
from data.store import Store
from eventdesk.booking.answers import put_answers
from eventdesk.booking.booking import MAX_EMAIL, MAX_NAME, Booked, NewBooking, NewTicket
from eventdesk.booking.codes import remember_key
from eventdesk.booking.foreign_codes import foreign_codes_among
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_code, new_id
from eventdesk.core.money import Money
from eventdesk.sales.pricing import QuoteLine
from eventdesk.sales.question import Question, check_answers
from eventdesk.sales.questions import questions_for

CODES_AT_ONCE = 5000
"""Most codes compared with those in use in one question; SQLite takes 32,766 values."""

MAX_FOLDED = 200
"""Beginning of a name that bookings are found by."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A booking with all that was decided about it.

    Attributes:
        lines: What a ticket costs, by ticket type.
        answers: Of each ticket, checked.
    """

    new: NewBooking
    lines: Mapping[UUID, QuoteLine]
    answers: tuple[Mapping[UUID, str], ...]
    state: str
    approved: bool
    discount_code: str = ""
    expires_at: datetime | None = None

    @property
    def total_minor(self) -> int:
        """What it costs in full."""
        return sum(self.line_of(ticket).price.total_minor for ticket in self.new.tickets)

    def line_of(self, ticket: NewTicket) -> QuoteLine:
        """What one of its tickets costs."""
        line = self.lines[ticket.ticket_type_id]
        if ticket.sold_at is None:
            return line
        return replace(line, price=ticket.sold_at, discount_id=None)


def write_bookings(
    store: Store, connection: Connection, event: Any, bookings: Sequence[Decided], *, now: datetime
) -> list[Booked]:
    """Write bookings down with their tickets, search entries and answers.

    Args:
        store: Whose newest key the tickets are made with.
        connection: The write transaction.
        event: A row with the event's id, number and currency.
        bookings: What was decided; places, seats and money are the caller's.
        now: The store's clock.
    """
    if not bookings:
        return []
    key_id = remember_key(store, connection, now)
    no = connection.execute(select(func.max(BookingRow.no))).scalar() or 0
    search_no = search.last_used_no(connection, event.number)
    count = sum(len(booking.new.tickets) for booking in bookings)
    booking_codes = _free_codes(connection, BookingRow.code, len(bookings), length=6)
    foreign = {
        new.foreign_code.upper()
        for each in bookings
        for new in each.new.tickets
        if new.foreign_code
    }
    ticket_codes = _free_codes(connection, TicketRow.code, count, length=8, but=foreign)
    booked: list[Booked] = []
    booking_rows: list[dict[str, Any]] = []
    ticket_rows: list[dict[str, Any]] = []
    for decided in bookings:
        no += 1
        tickets = decided.new.tickets
        one = Booked(
            new_id(),
            next(booking_codes),
            tuple(new_id() for _ in tickets),
            tuple(islice(ticket_codes, len(tickets))),
            decided.state,
            decided.approved,
            Money(decided.total_minor, event.currency, event.currency_exponent),
            decided.expires_at,
        )
        booked.append(one)
        booking_rows.append(_booking_values(event, decided, one, no, now))
        for new, ticket_id, code in zip(tickets, one.ticket_ids, one.ticket_codes, strict=True):
            search_no += 1
            ids = {"id": ticket_id, "code": code, "search_no": search_no, "key_id": key_id}
            ticket_rows.append(ids | _ticket_values(event, decided, one, new, now))
    insert_many(connection, BookingRow, booking_rows)
    insert_many(connection, TicketRow, ticket_rows)
    _index(connection, ticket_rows, {one.booking_id: one.code for one in booked})
    put_answers(
        connection,
        (
            (ticket_id, answers)
            for decided, one in zip(bookings, booked, strict=True)
            for ticket_id, answers in zip(one.ticket_ids, decided.answers, strict=True)
        ),
    )
    return booked


def need_sound(bookings: Sequence[NewBooking]) -> None:
    """Let only bookings pass that have tickets, and tickets that have holders.

    Raises:
        InvalidInputError: One has not, or a name or address is too long.
    """
    for booking in bookings:
        if not booking.tickets:
            raise InvalidInputError("A booking needs at least one ticket.")
        for name in (booking.name, *(ticket.name for ticket in booking.tickets)):
            need_name(name)
        for email in (booking.email, *(ticket.email for ticket in booking.tickets)):
            need_email(email)


def need_name(name: str) -> None:
    """Let only names pass that a ticket can have.

    Raises:
        InvalidInputError: There is none, or it is too long.
    """
    if not name.strip():
        raise InvalidInputError("A ticket needs its holder's name.")
    if len(name) > MAX_NAME:
        raise InvalidInputError(
            f"A name of {len(name)} characters is too long.",
            hint=f"Shorten it to {MAX_NAME} characters.",
        )


def need_email(email: str) -> None:
    """Let only pass what may be an e-mail address, or nothing.

    Raises:
        InvalidInputError: It is too long.
    """
    if len(email) > MAX_EMAIL:
        raise InvalidInputError(
            f"An e-mail address of {len(email)} characters is too long.",
            hint=f"It has at most {MAX_EMAIL} characters.",
        )


def checked_answers(
    connection: Connection, event_id: UUID, bookings: Sequence[NewBooking], *, complete: bool
) -> list[tuple[Mapping[UUID, str], ...]]:
    """Check the answers of every ticket of bookings, in their order.

    Raises:
        InvalidInputError: An answer is missing or wrong; the message names the question.
    """
    questions = questions_for(connection, event_id)
    by_type: dict[UUID, list[Question]] = {}

    def checked(ticket: NewTicket) -> Mapping[UUID, str]:
        kind = ticket.ticket_type_id
        if kind not in by_type:
            by_type[kind] = [each for each in questions if each.is_for(kind)]
        if not by_type[kind] or not (ticket.answers or complete):
            return {}
        return check_answers(by_type[kind], ticket.answers, complete=complete)

    return [tuple(checked(ticket) for ticket in booking.tickets) for booking in bookings]


def _booking_values(
    event: Any, decided: Decided, one: Booked, no: int, now: datetime
) -> dict[str, Any]:
    new = decided.new
    return {
        "id": one.booking_id,
        "event_id": event.id,
        "account_id": new.account_id,
        "code": one.code,
        "state": decided.state,
        "approved": decided.approved,
        "name": new.name,
        "email": new.email,
        "total_minor": decided.total_minor,
        "currency": event.currency,
        "currency_exponent": event.currency_exponent,
        "created_at": new.booked_at or now,
        "no": no,
        "expires_at": decided.expires_at,
        "source": new.source,
        "external_ref": new.external_ref,
        "discount_code": decided.discount_code,
        "folded_name": fold(new.name[:MAX_FOLDED])[:MAX_FOLDED],
        "note": new.note,
    }


def _ticket_values(
    event: Any, decided: Decided, one: Booked, new: NewTicket, now: datetime
) -> dict[str, Any]:
    line = decided.line_of(new)
    return {
        "event_id": event.id,
        "booking_id": one.booking_id,
        "ticket_type_id": new.ticket_type_id,
        "state": "valid",
        "holder_name": new.name,
        "holder_email": new.email or decided.new.email,
        "line_two": new.line_two,
        "seat": new.seat,
        "attention": new.attention,
        "blocked_note": None,
        "valid_from": new.valid_from,
        "valid_until": new.valid_until,
        "revision": 1,
        "created_at": now,
        "account_id": new.account_id,
        "external_ref": new.external_ref,
        "foreign_code": new.foreign_code,
        **price_columns(line),
    }


def price_columns(line: QuoteLine) -> dict[str, Any]:
    """What a ticket's row keeps of its price."""
    return {
        "price_minor": line.price.total_minor,
        "discount_minor": line.price.discount_minor,
        "tax_minor": line.price.tax_minor,
        "fee_minor": line.price.fee_minor,
        "commission_minor": line.price.commission_minor,
        "discount_id": line.discount_id,
    }


def _index(
    connection: Connection, tickets: Sequence[Mapping[str, Any]], booking_codes: dict[UUID, str]
) -> None:
    """Let tickets be found by what their holders can say."""
    search.put(
        connection,
        (
            search.entry(
                row["search_no"],
                name=row["holder_name"],
                email=row["holder_email"],
                codes=(row["code"], booking_codes[row["booking_id"]]),
                seat=row["seat"],
            )
            for row in tickets
        ),
    )
    search.learn(connection, (row["holder_name"] for row in tickets))


def _free_codes(
    connection: Connection,
    column: Any,
    count: int,
    *,
    length: int,
    but: Collection[str] = (),
) -> Iterator[str]:
    """Draw as many codes as asked that nobody has; in a big house some of the drawn are taken."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = {new_code(length) for _ in range(min(count - len(codes), CODES_AT_ONCE))}
        taken = set(connection.execute(select(column).where(column.in_(drawn))).scalars())
        if column is TicketRow.code:
            taken |= foreign_codes_among(connection, drawn).union(but)
        codes.update(dict.fromkeys(drawn - taken))
    return iter(codes)
