"""Making bookings: one's own, those of the waitlist, and many at once by the event's team.

Inside one write transaction bookings past their deadline end, quotas, the event's capacity and
seats are checked, rows, codes, search entries and answers are written, and sales are posted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from data import search
from data.bulk import AT_ONCE, chunks, insert_many
from data.numbers import next_number
from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import BookingRow, QueueRequestRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Actor, ActorKind, Permission, event_row, writes
from eventdesk.booking.answers import put_answers
from eventdesk.booking.booking import MAX_EMAIL, MAX_NAME, Booked, NewBooking, NewTicket
from eventdesk.booking.codes import remember_key
from eventdesk.booking.expiry import expire_due
from eventdesk.booking.foreign_codes import foreign_codes_among, need_new_codes
from eventdesk.core.booking_states import GIVEN, PAID, PENDING, VALID
from eventdesk.core.errors import (
    InvalidInputError,
    LimitError,
    NotAllowedError,
    SalesClosedError,
    SoldOutError,
)
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_code, new_id
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.refused import RefusedBooking
from eventdesk.events import need_not_closed, need_visible, of_the_hour
from eventdesk.money import Sides, note_paid, parts_of, post_sales
from eventdesk.sales import (
    Question,
    Quote,
    QuoteLine,
    Wish,
    check_answers,
    need_places,
    price_wishes,
    questions_for,
)
from eventdesk.seating import need_own_hold, take_seats

MAX_FOLDED = 200
"""Beginning of a name that bookings are found by, in characters."""

MAX_TICKETS = 100
"""Most tickets that attendees book at once."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A booking with the price and the checked answers of each ticket."""

    new: NewBooking
    lines: tuple[QuoteLine, ...]
    answers: tuple[Mapping[UUID, str], ...]
    state: str
    approved: bool
    discount_code: str = ""
    expires_at: datetime | None = None

    @property
    def total_minor(self) -> int:
        """Its full price, in minor units."""
        return sum(line.price.total_minor for line in self.lines)

    @property
    def priced(self) -> list[tuple[NewTicket, QuoteLine]]:
        """Its tickets, each with its price."""
        return list(zip(self.new.tickets, self.lines, strict=True))

    @property
    def admitting(self) -> list[NewTicket]:
        """Its tickets without donations, which let nobody in."""
        return [ticket for ticket, line in self.priced if line.admits]


@writes(Permission.TICKETS, Permission.DOOR, about="event_id")
def book(
    act: Act, event_id: UUID, bookings: Sequence[NewBooking], *, force: bool = False
) -> list[Booked]:
    """Make bookings with their tickets for others: all of them or none.

    Sales windows and hidden types do not bind the team, and required questions may stay open;
    quotas, the event's capacity and promises to the waitlist do, unless it is by `force`.

    Raises:
        NotFoundError: No such event or ticket type.
        InvalidInputError: A booking without tickets, a ticket without a name, a wrong answer, or
            something imported that is there already, or an event that is cancelled.
        SalesError: Sold out, a wrong code, or a seat that is taken.
    """
    need_force(act.actor, force)
    need_sound(bookings)
    act.need(event_id, Permission.TICKETS, Permission.DOOR)
    if force:
        act.need(event_id, Permission.TICKETS)
    booked = book_all(act, event_id, bookings, force=force)
    if booked:
        note_booked(act, event_id, booked, force=force)
    return booked


@writes(Permission.ATTEND, about="event_id")
def order(act: Act, event_id: UUID, booking: NewBooking, *, access_code: str = "") -> Booked:
    """Book for oneself and others; it holds its places until the deadline, then it is paid or ends.

    Args:
        booking: What is booked; what only the team may say of a booking is ignored.
        access_code: The access code of a private event.

    Raises:
        NotAllowedError: Nobody is signed in, the account was closed, or the seats are those that
            another account holds.
        NotFoundError: No such event, ticket type or seat, or none that this person may know of.
        InvalidInputError: A ticket without a name, or an answer that is missing or wrong.
        SalesError: Not on sale, sold out, too many, a wrong code, or a seat that is taken.
    """
    act.need(event_id, Permission.ATTEND)
    return place_own(act, event_id, booking, access_code=access_code)


def place_own(act: Act, event_id: UUID, booking: NewBooking, *, access_code: str) -> Booked:
    """Book for whoever acts inside a transaction, by the rules for attendees; see `order`."""
    if len(booking.tickets) > MAX_TICKETS:
        raise LimitError(
            msg("{total} tickets are too many for one booking.", total=len(booking.tickets)),
            most=MAX_TICKETS,
            hint=msg("Take {most} or fewer, or ask the organizer.", most=MAX_TICKETS),
        )
    need_visible(act, event_id, access_code=access_code)
    _need_no_queue(act, event_row(act.connection, event_id))
    return place(act, event_id, _own_booking(act, event_id, booking))


def need_force(actor: Actor, force: bool) -> None:
    """Require who manages tickets for a booking by force.

    Raises:
        NotAllowedError: The actor does not.
    """
    if force and not actor.may(Permission.TICKETS):
        raise NotAllowedError(
            msg("Only who manages the tickets may let more in than planned."),
            hint=msg("Ask an organizer of this event to do it."),
        )


def note_booked(act: Act, event_id: UUID, booked: Sequence[Booked], *, force: bool) -> None:
    """Write into the audit that the team booked."""
    detail: dict[str, int] = {
        "bookings": len(booked),
        "tickets": sum(len(one.ticket_ids) for one in booked),
        **({"force": True} if force else {}),
    }
    subject = ("booking", booked[0].booking_id if len(booked) == 1 else None)
    act.record("book", subject, event_id=event_id, **detail)


def book_all(
    act: Act, event_id: UUID, bookings: Sequence[NewBooking], *, force: bool = False
) -> list[Booked]:
    """Make bookings for others inside a transaction, as `book` does.

    The caller has called `need_sound`, checked the permission, and writes the audit entry.
    """
    event = event_row(act.connection, event_id)
    if not bookings:
        return []
    need_not_closed(event)
    _need_new_refs(act.connection, event_id, bookings)
    need_new_codes(act.connection, event_id, bookings)
    decided = _decided_by_staff(act, event_id, bookings)
    booked = _take(act, event, decided, force=force, staff=True)
    paid = {
        made.booking_id: one.total_minor
        for one, made in zip(decided, booked, strict=True)
        if one.new.paid and one.total_minor
    }
    note_paid(act, event, paid)
    for one, new in zip(booked, bookings, strict=True):
        _tell(act, event, one, new)
    return booked


def place(
    act: Act,
    event_id: UUID,
    booking: NewBooking,
    *,
    promised_until: datetime | None = None,
    staff: bool = False,
    force: bool = False,
    complete: bool = False,
    paid_next: bool = False,
) -> Booked:
    """Make one booking inside a transaction.

    One that costs nothing is paid at once; else it is pending, with a deadline. A type that needs
    approval holds its place without a deadline until it is decided.

    Args:
        promised_until: Deadline of places that the waitlist promised to this person; sales windows
            do not matter then, and the waitlist tells the person.
        staff: The team books: `booking.paid` and `booking.approved` hold, there is no deadline.
        force: More are let in than planned; the caller checked the permission.
        complete: Whether required questions must be answered for the team too.
        paid_next: The same transaction takes the money, and the payment tells the person.

    Raises:
        NotFoundError: No such event, ticket type or seat.
        InvalidInputError: A ticket without a name, or an answer that is missing or wrong.
        SalesError: Not on sale, sold out, too many, a wrong code, or a seat that is taken.
    """
    need_sound([booking])
    promised = promised_until is not None
    event = event_row(act.connection, event_id)
    if staff or promised:
        need_not_closed(event)
    _need_new_refs(act.connection, event_id, [booking])
    wishes = [Wish(each.ticket_type_id, 1, each.chosen_minor) for each in booking.tickets]
    quote = price_wishes(
        act, event_id, wishes, code=booking.code, staff=staff or promised, per_ticket=True
    )
    (answers,) = _checked_answers(
        act.connection, event_id, [booking], quote.lines, complete=complete or not staff
    )
    decided = Decided(
        booking,
        _lines_of(booking, quote),
        answers,
        PENDING if quote.total.minor and not (staff and booking.paid) else PAID,
        booking.approved if staff else not needs_approval(act.connection, quote),
        quote.discount_code,
    )
    if not staff and decided.state == PENDING and decided.approved:
        held_until = promised_until or act.now + timedelta(minutes=event.hold_minutes)
        decided = replace(decided, expires_at=held_until)
    (booked,) = _take(act, event, [decided], for_waitlist=promised, force=force, staff=staff)
    if staff and booking.paid and quote.total.minor:
        note_paid(act, event, {booked.booking_id: quote.total.minor})
    if not promised and not (paid_next and booked.state == PENDING):
        _tell(act, event, booked, booking)
    act.record(
        "book",
        ("booking", booked.booking_id),
        event_id=event_id,
        code=booked.code,
        tickets=len(booked.ticket_ids),
        total_minor=quote.total.minor,
        source=booking.source,
    )
    return booked


def _decided_by_staff(act: Act, event_id: UUID, bookings: Sequence[NewBooking]) -> list[Decided]:
    """Price many bookings, with one quote for each discount code among them."""
    wished: dict[str, Counter[tuple[UUID, int | None]]] = defaultdict(Counter)
    for booking in bookings:
        wished[booking.code.strip()].update(
            (each.ticket_type_id, each.chosen_minor) for each in booking.tickets
        )
    quotes = {
        code: price_wishes(
            act,
            event_id,
            [Wish(type_id, count, chosen) for (type_id, chosen), count in counts.items()],
            code=code,
            staff=True,
            per_ticket=True,
            apart=True,
        )
        for code, counts in wished.items()
    }
    priced = [line for quote in quotes.values() for line in quote.lines]
    answers = _checked_answers(act.connection, event_id, bookings, priced, complete=False)
    decided = []
    for booking, given in zip(bookings, answers, strict=True):
        code = booking.code.strip()
        one = Decided(
            booking,
            _lines_of(booking, quotes[code]),
            given,
            PENDING,
            booking.approved,
            quotes[code].discount_code,
        )
        settled = booking.paid or not one.total_minor
        decided.append(replace(one, state=PAID) if settled else one)
    return decided


def _lines_of(booking: NewBooking, quote: Quote) -> tuple[QuoteLine, ...]:
    """The price of each ticket of a booking: in a group where it is one, of a package its share.

    Raises:
        InvalidInputError: It holds no whole packages.
    """
    by_price = {(line.ticket_type_id, line.chosen_minor): line for line in quote.lines}
    sold = Counter(each.ticket_type_id for each in booking.tickets if each.sold_at is None)
    before: Counter[UUID] = Counter()
    lines = []
    for ticket in booking.tickets:
        kind = ticket.ticket_type_id
        line = by_price[kind, ticket.chosen_minor]
        if ticket.sold_at is not None:
            lines.append(replace(line, price=ticket.sold_at, discount_id=None))
            continue
        lines.append(line.of_booking(sold[kind]).of_ticket(before[kind]))
        before[kind] += 1
    return tuple(lines)


def _take(
    act: Act,
    event: AnyRow,
    decided: Sequence[Decided],
    *,
    for_waitlist: bool = False,
    force: bool = False,
    staff: bool,
) -> list[Booked]:
    """Take the places, write the bookings down, seat the tickets and post the sales."""
    expire_due(act, event.id)
    wanted = Counter(each.ticket_type_id for one in decided for each in one.admitting)
    try:
        need_places(act, event.id, wanted, for_waitlist=for_waitlist, force=force)
    except SoldOutError as error:
        error.refused = _refused(act, event.id, decided, error)
        raise
    booked = _write_bookings(act, event, decided)
    seats: Mapping[UUID | None, list[tuple[UUID, UUID]]] = defaultdict(list)
    for one, made in zip(decided, booked, strict=True):
        for (ticket, line), ticket_id in zip(one.priced, made.ticket_ids, strict=True):
            if ticket.seat_id is not None and line.admits:
                seats[one.new.hold_id].append((ticket_id, ticket.seat_id))
    for holder_id, pairs in seats.items():
        take_seats(act, event.id, pairs, holder_id=holder_id, any_section=staff)
    sold = {made.booking_id: _sold(one) for one, made in zip(decided, booked, strict=True)}
    post_sales(act, event, sold)
    return booked


def _refused(
    act: Act, event_id: UUID, decided: Sequence[Decided], error: SoldOutError
) -> RefusedBooking:
    """What was asked for of that of which there is too little."""
    short = [
        line.price.total_minor
        for one in decided
        for ticket, line in one.priced
        if line.admits and error.ticket_type_id in (None, ticket.ticket_type_id)
    ]
    by_account = act.actor.id if act.actor.kind is ActorKind.ACCOUNT else None
    return RefusedBooking(
        event_id,
        error.ticket_type_id,
        decided[0].new.account_id or by_account,
        decided[0].new.source,
        tickets=len(short),
        places=error.left,
        amount_minor=sum(short),
    )


def _sold(decided: Decided) -> Sides:
    """The sides of the sale that the ledger posts for a booking."""
    sides: Sides = {}
    for ticket, line in decided.priced:
        price = line.price
        amounts = price.total_minor, price.tax_minor, price.fee_minor, price.commission_minor
        for account, amount in parts_of(*amounts).items():
            key = account, ticket.ticket_type_id
            sides[key] = sides.get(key, 0) + amount
    return sides


def _tell(act: Act, event: AnyRow, booked: Booked, new: NewBooking) -> None:
    """Tell who booked what comes next; not whom others booked for without an account."""
    if new.account_id is None and new.source != "guest":
        return
    if not booked.approved:
        title = msg("Booking {code} waits for approval", code=booked.code)
        body = msg("The organizer will decide.")
    elif booked.state == PAID:
        title = msg("Booking {code} is made", code=booked.code)
        body = msg("Your tickets are ready under My tickets.")
    else:
        title = msg("Booking {code} is to be paid", code=booked.code)
        body = msg("{total} are due.", total=booked.total)
        if booked.expires_at is not None:
            body = msg(
                "{total} are due until {until:%Y-%m-%d %H:%M}, or the places go back.",
                total=booked.total,
                until=booked.expires_at.astimezone(ZoneInfo(event.time_zone)),
            )
    act.tell(
        new.account_id,
        "booking",
        title,
        msg("{event}: {body}", event=event.name, body=body),
        event_id=event.id,
        subject=("booking", booked.booking_id),
        papers=booked.approved and booked.state == PAID,
    )


def _own_booking(act: Act, event_id: UUID, booking: NewBooking) -> NewBooking:
    """A booking without what only the team may say of one."""
    if booking.hold_id is not None:
        need_own_hold(act, event_id, booking.hold_id)
    tickets = tuple(
        NewTicket(
            each.ticket_type_id,
            each.name,
            each.email,
            each.line_two,
            answers=each.answers,
            seat_id=each.seat_id,
            chosen_minor=each.chosen_minor,
        )
        for each in booking.tickets
    )
    return NewBooking(
        booking.name,
        booking.email,
        tickets,
        paid=False,
        account_id=act.actor.id,
        code=booking.code,
        source="guest" if act.actor.id is None else "attendee",
        hold_id=booking.hold_id or act.actor.id,
    )


def needs_approval(connection: Connection, quote: Quote) -> bool:
    """Whether somebody must approve a booking of these types."""
    ids = [line.ticket_type_id for line in quote.lines]
    return connection.execute(_NEEDS_APPROVAL, {"types": ids}).first() is not None


_NEEDS_APPROVAL = select(TicketTypeRow.id).where(
    TicketTypeRow.id.in_(bindparam("types", type_=TicketTypeRow.id.type, expanding=True)),
    TicketTypeRow.needs_approval.is_(True),
)


def _need_new_refs(connection: Connection, event_id: UUID, bookings: Sequence[NewBooking]) -> None:
    """Refuse what was imported before, or twice now."""
    refs = [booking.external_ref for booking in bookings if booking.external_ref]
    twice = [ref for ref, count in Counter(refs).items() if count > 1]
    for some in chunks(refs):
        known = select(BookingRow.external_ref).where(
            BookingRow.event_id == event_id, BookingRow.external_ref.in_(some)
        )
        twice += [ref for ref in connection.execute(known).scalars() if ref]
    if twice:
        raise InvalidInputError(
            msg("Booking {code!r} is here already.", code=twice[0]),
            hint=msg("Leave out what was imported before."),
        )


def _need_no_queue(act: Act, event: AnyRow) -> None:
    """Refuse to book past the requests of the opening hour until all of them were served."""
    if event.queue_from is None or event.queue_until is None or act.now < event.queue_from:
        return
    if act.now < event.queue_until:
        until = event.queue_until.astimezone(ZoneInfo(event.time_zone))
        raise SalesClosedError(
            msg(
                "Requests are collected until {until:%H:%M}, then all are served in turn.",
                until=until,
            ),
            hint=msg("Make a request; it does not matter who is first."),
        )
    waiting = select(QueueRequestRow.id).where(
        QueueRequestRow.event_id == event.id, QueueRequestRow.state == "waiting", of_the_hour()
    )
    if act.connection.execute(waiting.limit(1)).one_or_none() is not None:
        raise SalesClosedError(
            msg("The requests of the opening are being served."),
            hint=msg("Try again in a moment: what is left is sold when all had their turn."),
        )


def _write_bookings(act: Act, event: AnyRow, bookings: Sequence[Decided]) -> list[Booked]:
    """Write bookings down with their tickets, search entries and answers."""
    key_id = remember_key(act)
    first_no = next_number(act.connection, BookingRow.no, len(bookings))
    search_no = search.last_used_no(act.connection, event.number)
    count = sum(len(booking.new.tickets) for booking in bookings)
    booking_codes = _free_codes(act.connection, BookingRow.code, len(bookings), length=6)
    foreign = {
        new.foreign_code.upper()
        for each in bookings
        for new in each.new.tickets
        if new.foreign_code
    }
    ticket_codes = _free_codes(act.connection, TicketRow.code, count, length=8, but=foreign)
    booked: list[Booked] = []
    booking_rows: list[dict[str, Any]] = []
    ticket_rows: list[dict[str, Any]] = []
    for no, decided in enumerate(bookings, first_no):
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
        booking_rows.append(_booking_values(event, decided, one, no, act.now))
        made = zip(decided.priced, one.ticket_ids, one.ticket_codes, strict=True)
        for (new, line), ticket_id, code in made:
            search_no += 1
            ids = {"id": ticket_id, "code": code, "search_no": search_no, "key_id": key_id}
            ticket_rows.append(ids | _ticket_values(event, decided, one, new, line, act.now))
    insert_many(act.connection, BookingRow, booking_rows)
    insert_many(act.connection, TicketRow, ticket_rows)
    admitting = [row for row in ticket_rows if row["state"] == VALID]
    _index(act.connection, admitting, {one.booking_id: one.code for one in booked})
    put_answers(
        act.connection,
        (
            (ticket_id, answers)
            for decided, one in zip(bookings, booked, strict=True)
            for ticket_id, answers in zip(one.ticket_ids, decided.answers, strict=True)
        ),
    )
    return booked


def need_sound(bookings: Sequence[NewBooking]) -> None:
    """Require a ticket in each booking, and a sound name and address on each ticket.

    Raises:
        InvalidInputError: Something is missing or too long.
    """
    for booking in bookings:
        if not booking.tickets:
            raise InvalidInputError(msg("A booking needs at least one ticket."))
        for name in (booking.name, *(ticket.name for ticket in booking.tickets)):
            need_name(name)
        for email in (booking.email, *(ticket.email for ticket in booking.tickets)):
            need_email(email)


def need_name(name: str) -> None:
    """Require a name that a ticket can have.

    Raises:
        InvalidInputError: There is none, or it is too long.
    """
    if not name.strip():
        raise InvalidInputError(msg("A ticket needs its holder's name."))
    if len(name) > MAX_NAME:
        raise InvalidInputError(
            msg("A name of {total} characters is too long.", total=len(name)),
            hint=msg("Shorten it to {most} characters.", most=MAX_NAME),
        )


def need_email(email: str) -> None:
    """Refuse an e-mail address that is too long.

    Raises:
        InvalidInputError: It is.
    """
    if len(email) > MAX_EMAIL:
        raise InvalidInputError(
            msg("An e-mail address of {total} characters is too long.", total=len(email)),
            hint=msg("It has at most {most} characters.", most=MAX_EMAIL),
        )


def _checked_answers(
    connection: Connection,
    event_id: UUID,
    bookings: Sequence[NewBooking],
    priced: Iterable[QuoteLine],
    *,
    complete: bool,
) -> list[tuple[Mapping[UUID, str], ...]]:
    """Check the answers of every ticket of bookings, in their order."""
    questions = questions_for(connection, event_id)
    # Nobody is asked about a donation.
    by_type: dict[UUID, list[Question]] = {
        line.ticket_type_id: [] for line in priced if not line.admits
    }

    def checked(ticket: NewTicket) -> Mapping[UUID, str]:
        kind = ticket.ticket_type_id
        if kind not in by_type:
            by_type[kind] = [each for each in questions if each.is_for(kind)]
        if not by_type[kind] or not (ticket.answers or complete):
            return {}
        return check_answers(by_type[kind], ticket.answers, complete=complete)

    return [tuple(checked(ticket) for ticket in booking.tickets) for booking in bookings]


def _booking_values(
    event: AnyRow, decided: Decided, one: Booked, no: int, now: datetime
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
    event: AnyRow, decided: Decided, one: Booked, new: NewTicket, line: QuoteLine, now: datetime
) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "booking_id": one.booking_id,
        "ticket_type_id": new.ticket_type_id,
        "state": VALID if line.admits else GIVEN,
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
    """The columns of a price in a ticket's row."""
    price = line.price
    kept = ("discount_minor", "tax_minor", "reverse_minor", "fee_minor", "commission_minor")
    columns = {name: getattr(price, name) for name in kept}
    return columns | {
        "price_minor": price.total_minor,
        "discount_id": line.discount_id,
        "group_from": line.group_from,
    }


def _index(
    connection: Connection, tickets: Sequence[Mapping[str, Any]], booking_codes: dict[UUID, str]
) -> None:
    """Index tickets by name, address, codes and seat."""
    if not tickets:
        return
    entries = (
        search.entry(
            row["search_no"],
            name=row["holder_name"],
            email=row["holder_email"],
            codes=(row["code"], booking_codes[row["booking_id"]]),
            seat=row["seat"],
        )
        for row in tickets
    )
    search.put(connection, entries)
    search.learn(connection, (row["holder_name"] for row in tickets))


def _free_codes(
    connection: Connection, column: Any, count: int, *, length: int, but: Collection[str] = ()
) -> Iterator[str]:
    """Draw codes that nobody has yet."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = {new_code(length) for _ in range(min(count - len(codes), AT_ONCE))}
        taken = _taken(connection, column, drawn)
        if column is TicketRow.code:
            taken |= foreign_codes_among(connection, drawn).union(but)
        codes.update(dict.fromkeys(drawn - taken))
    return iter(codes)


def _taken(connection: Connection, column: Any, codes: Collection[str]) -> set[str]:
    """Which of these codes somebody has; a booking's few are looked up without a list."""
    if len(codes) > FEW:
        return set(connection.execute(select(column).where(column.in_(codes))).scalars())
    lookup = _HAS[column]
    return {code for code in codes if lookup.one_or_none(connection, {"code": code}) is not None}


FEW: Final = 8

_HAS: Final = {
    column: Prepared(select(column).where(column == bindparam("code", type_=column.type)))
    for column in (BookingRow.code, TicketRow.code)
}
