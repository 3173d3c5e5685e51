"""Bookings that a shop outside keeps: made, changed and cancelled here as they are there.

An order is one booking, known by the order's number as in imports of files; tickets that join it
later are bookings of their own, numbered behind it. Money goes in and out where the ticket was
sold, so the ledger here only notes it. Who was let in stays in, and what was changed here by hand
stays as it is: both are told instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, or_, select, update

from data.rows import LAST, AnyRow, update_row
from data.schema import AuditRow, BookingRow, PaymentRow, RefundRow, TicketRow
from eventdesk.acts import ERASED, Act, event_row
from eventdesk.booking.booking import MAX_EMAIL, MAX_NAME, NewBooking, NewTicket
from eventdesk.booking.changes import add_up, ticket_facts
from eventdesk.booking.foreign_codes import (
    FIRST_REVISION,
    read_foreign_code,
    renew_codes,
    short_codes_among,
    tickets_with,
)
from eventdesk.booking.registration import book_all
from eventdesk.booking.tickets import MAX_NOTE, index_ticket
from eventdesk.core.booking_states import CANCELLED, PAID, PENDING, VALID
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.core.money import MAX_BP, read_money
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.core.plain_text import plain
from eventdesk.core.token import looks_like_token
from eventdesk.integrations.shop import OrderElsewhere, Standing, TicketElsewhere
from eventdesk.money import (
    balance,
    correct_invoice,
    mark_refunded,
    note_paid,
    refund_due,
    refund_rows,
    settle,
    sync_sale,
)
from eventdesk.sales import TicketPrice, half_up
from eventdesk.seating import free_seats

GONE: Final = " (gone)"
"""Behind the name of a ticket that its shop cancelled, so that it is a new one when it is sold
again. One that was cancelled here keeps its name, and stays cancelled."""

BLOCKED: Final = msg("Blocked where it was sold.")

_BY_HAND: Final = ("rename", "transfer_ticket", "upgrade_ticket")
"""Changes of a ticket here that its shop does not undo."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A ticket type that tickets of a shop become."""

    id: UUID
    tax_bp: int


@dataclass(slots=True)
class Followed:
    """What following an order came to.

    Attributes:
        made: Tickets that came.
        changed: Tickets that are otherwise now.
        cancelled: Tickets that went.
        faults: What does not fit here, for the organizer.
    """

    made: int = 0
    changed: int = 0
    cancelled: int = 0
    faults: list[Message] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether anything was done."""
        return bool(self.made or self.changed or self.cancelled)


def price_elsewhere(minor: int, tax_bp: int) -> TicketPrice:
    """A price paid elsewhere: with tax, without a fee or commission of this house."""
    tax = half_up(minor * tax_bp, MAX_BP + tax_bp)
    return TicketPrice(minor, 0, tax, 0, 0, minor)


def follow_order(
    act: Act, event_id: UUID, order: OrderElsewhere, kinds: Mapping[str, Kind]
) -> Followed:
    """Bring the bookings of an order to how its shop has it.

    Args:
        act: A transaction of its own, which is not committed where this raises.
        event_id: The event.
        order: The order.
        kinds: The types here, by their names in the shop.

    Raises:
        EventDeskError: It cannot be taken in at all.
    """
    event = event_row(act.connection, event_id)
    _need_readable(event, order)
    return _Following(act, event, order, kinds).run()


def _need_readable(event: AnyRow, order: OrderElsewhere) -> None:
    """Refuse an order that can mean nothing here."""
    if not order.code or len(order.code) > MAX_NOTE:
        raise InvalidInputError(msg("An order without a number came."))
    if order.currency and order.currency != event.currency:
        raise InvalidInputError(
            msg(
                "It is in {theirs}, and this event in {ours}.",
                theirs=plain(order.currency, limit=8),
                ours=event.currency,
            )
        )


class _Following:
    """One order being followed, in one transaction."""

    def __init__(
        self, act: Act, event: AnyRow, order: OrderElsewhere, kinds: Mapping[str, Kind]
    ) -> None:
        self._act, self._event, self._order, self._kinds = act, event, order, kinds
        self._done = Followed()
        self._touched: set[UUID] = set()

    def run(self) -> Followed:
        here = _here(self._act.connection, self._event.id, self._order.code)
        live = [] if self._order.standing is Standing.GONE else self._live()
        by_ref = {row.external_ref: row for row in here}
        by_code = {(row.foreign_code or "").lower(): row for row in here if row.foreign_code}
        fresh, met = [], set[UUID]()
        for ticket in live:
            row = by_ref.get(self._ref(ticket)) or by_code.get(ticket.code.lower())
            if row is None or (row.external_ref or "").endswith(GONE):
                fresh.append(ticket)
            else:
                met.add(row.id)
                self._compare(row, ticket)
        met |= self._untold(here)
        self._cancel([row for row in here if row.id not in met and row.state == VALID])
        if self._order.standing is not Standing.LAPSED or here:
            self._book(fresh, here)
        for booking_id in {row.booking_id for row in here}:
            self._bring_up(booking_id)
        return self._done

    def _live(self) -> list[TicketElsewhere]:
        return [each for each in self._order.tickets if not each.gone]

    def _untold(self, here: Sequence[AnyRow]) -> set[UUID]:
        """The tickets that nothing was told of, where it was told of some of the order alone."""
        if self._order.whole:
            return set()
        told = {self._ref(each) for each in self._order.tickets}
        codes = {each.code.lower() for each in self._order.tickets if each.code}
        return {
            row.id
            for row in here
            if row.external_ref not in told and (row.foreign_code or "").lower() not in codes
        }

    def _ref(self, ticket: TicketElsewhere) -> str:
        """The name of a ticket, as imports of files give it."""
        return f"{self._order.code}-{ticket.position}"

    def _note(self, fault: Message) -> None:
        self._done.faults.append(fault)

    def _compare(self, row: AnyRow, ticket: TicketElsewhere) -> None:
        """Change a ticket that is here already where its shop has it otherwise.

        Who was erased here does not come back because the shop still knows them.
        """
        if row.holder_name == ERASED:
            return
        if row.state != VALID:
            self._note(msg("Ticket {code} was cancelled here, and is sold there.", code=row.code))
            return
        values = {**self._new_name(row, ticket), **self._new_type(row, ticket)}
        values |= self._new_block(row, ticket)
        if values:
            update_row(self._act.connection, TicketRow, row.id, **values)
            if "holder_name" in values:
                about = {"name": values["holder_name"], "email": row.holder_email}
                index_ticket(self._act.connection, row, row.booking_code, **about)
        renewed = self._new_code(row, ticket)
        if values or renewed:
            self._done.changed += 1
            self._touched.add(row.booking_id)

    def _new_name(self, row: AnyRow, ticket: TicketElsewhere) -> dict[str, Any]:
        name, line_two = ticket.name[:MAX_NAME].strip(), ticket.line_two[:MAX_NAME].strip()
        if (name, line_two) == (row.holder_name, row.line_two) or self._by_hand(row):
            return {}
        return {"holder_name": name, "line_two": line_two}

    def _new_type(self, row: AnyRow, ticket: TicketElsewhere) -> dict[str, Any]:
        kind, minor = self._kind(ticket), self._minor(ticket)
        if (kind.id, minor) == (row.ticket_type_id, row.price_minor) or self._by_hand(row):
            return {}
        price = price_elsewhere(minor, kind.tax_bp)
        return {
            "ticket_type_id": kind.id,
            "price_minor": price.total_minor,
            "tax_minor": price.tax_minor,
        }

    def _new_block(self, row: AnyRow, ticket: TicketElsewhere) -> dict[str, Any]:
        ours = in_english(BLOCKED)
        if ticket.blocked and row.blocked_note is None:
            return {"blocked_note": ours}
        return {"blocked_note": None} if not ticket.blocked and row.blocked_note == ours else {}

    def _new_code(self, row: AnyRow, ticket: TicketElsewhere) -> bool:
        """Give a ticket the code that its shop gave it anew."""
        if ticket.code.lower() == (row.foreign_code or "").lower():
            return False
        if row.revision != FIRST_REVISION or not self._code(ticket):
            return False
        self._free_codes([ticket])
        renew_codes(self._act.connection, self._event.id, [(row.id, ticket.code)])
        return True

    def _by_hand(self, row: AnyRow) -> bool:
        """Whether somebody here changed a ticket, who knows better than the shop."""
        changed = select(AuditRow.seq).where(
            AuditRow.subject_kind == "ticket",
            AuditRow.subject_id == row.id,
            AuditRow.verb.in_(_BY_HAND),
        )
        return self._act.connection.execute(changed.limit(1)).first() is not None

    def _kind(self, ticket: TicketElsewhere) -> Kind:
        """The type here that a ticket is of.

        Raises:
            InvalidInputError: There is none, and none could be added.
        """
        kind = self._kinds.get(ticket.type_name)
        if kind is None:
            name = plain(ticket.type_name, limit=60)
            raise InvalidInputError(msg("No ticket type {name} could be added here.", name=name))
        return kind

    def _minor(self, ticket: TicketElsewhere) -> int:
        return read_money(ticket.price, self._event.currency, self._event.currency_exponent).minor

    def _cancel(self, rows: Sequence[AnyRow]) -> None:
        """Cancel tickets that their shop cancelled, except of who is in."""
        for row in rows:
            if row.admitted:
                self._note(
                    msg("Ticket {code} was cancelled there, and was let in here.", code=row.code)
                )
                continue
            named = f"{row.external_ref or ''}{GONE}"
            values = {"state": CANCELLED, "ended_at": self._act.now, "external_ref": named}
            update_row(self._act.connection, TicketRow, row.id, **values)
            free_seats(self._act, [row.id])
            self._done.cancelled += 1
            self._touched.add(row.booking_id)

    def _book(self, tickets: Sequence[TicketElsewhere], here: Sequence[AnyRow]) -> None:
        """Book tickets that are new."""
        if not tickets:
            return
        self._free_codes(tickets)
        order = self._order
        new = NewBooking(
            order.name[:MAX_NAME],
            order.email[:MAX_EMAIL],
            tuple(map(self._new, tickets)),
            paid=order.standing is Standing.PAID,
            source="import",
            external_ref=self._free_ref({row.booking_ref for row in here}),
            booked_at=order.booked_at,
        )
        [booked] = book_all(self._act, self._event.id, [new], force=True)
        self._done.made += len(booked.ticket_ids)
        for ticket, ticket_id in zip(tickets, booked.ticket_ids, strict=True):
            if ticket.blocked:
                note = in_english(BLOCKED)
                update_row(self._act.connection, TicketRow, ticket_id, blocked_note=note)

    def _new(self, ticket: TicketElsewhere) -> NewTicket:
        kind = self._kind(ticket)
        return NewTicket(
            kind.id,
            ticket.name[:MAX_NAME].strip(),
            ticket.email[:MAX_EMAIL],
            ticket.line_two[:MAX_NAME].strip(),
            seat=ticket.seat[:MAX_NOTE],
            attention=ticket.attention[:MAX_NOTE],
            valid_from=ticket.valid_from,
            valid_until=ticket.valid_until,
            external_ref=self._ref(ticket),
            sold_at=price_elsewhere(self._minor(ticket), kind.tax_bp),
            foreign_code=self._code(ticket) or None,
        )

    def _code(self, ticket: TicketElsewhere) -> str:
        """The code of a ticket where it can open a door here; else the reason is noted."""
        code, connection = ticket.code, self._act.connection
        about = {"position": plain(ticket.position, limit=40)}
        if not read_foreign_code(code) or looks_like_token(code):
            self._note(msg("The code of ticket {position} cannot be used here.", **about))
            return ""
        taken = tickets_with(connection, self._event.id, [code]).get(code.lower())
        mine = _gone_with(connection, self._event.id, [code])
        if short_codes_among(connection, [code]) or (taken and taken[0] not in mine):
            self._note(msg("Another ticket here has the code of ticket {position}.", **about))
            return ""
        return code

    def _free_codes(self, tickets: Sequence[TicketElsewhere]) -> None:
        """Take codes from tickets that their shop cancelled, and sold again with the same code."""
        gone = _gone_with(self._act.connection, self._event.id, [each.code for each in tickets])
        if gone:
            self._act.connection.execute(
                update(TicketRow).where(TicketRow.id.in_(gone)).values(foreign_code=None)
            )

    def _free_ref(self, taken: set[str | None]) -> str:
        """The order's number, or what tells a later booking of the same order from the first."""
        ref, number = self._order.code, 1
        while ref in taken:
            number += 1
            ref = f"{self._order.code}/{number}"
        return ref

    def _bring_up(self, booking_id: UUID) -> None:
        """Bring the sums and the money of a booking to its tickets."""
        act = self._act
        if booking_id in self._touched:
            if not add_up(act.connection, booking_id):
                ended = {"state": CANCELLED, "cancelled_at": act.now, "expires_at": None}
                update_row(act.connection, BookingRow, booking_id, **ended)
            sync_sale(act, booking_id, memo="changed elsewhere")
            correct_invoice(act, booking_id, actor=act.actor)
        if self._settle(booking_id) or booking_id in self._touched:
            act.record("follow_order", ("booking", booking_id), event_id=self._event.id)
            if self._done.cancelled:
                act.freed(self._event.id)

    def _settle(self, booking_id: UUID) -> bool:
        """Note what was paid and given back where the order is; say whether anything was."""
        act, state = self._act, _state(self._act.connection, booking_id)
        stands = balance(act.connection, booking_id)
        paid = self._order.standing is Standing.PAID
        due, back = stands.due.minor, stands.credit.minor
        if paid and due > 0 and state in (PENDING, PAID):
            note_paid(act, self._event, {booking_id: due})
            settle(act, booking_id)
            self._done.changed += 1
            return True
        unpaid = self._order.standing in (Standing.OPEN, Standing.LAPSED)
        if unpaid and state == PAID and _only_elsewhere(act.connection, booking_id):
            back = stands.refundable.minor
        if back <= 0:
            return False
        refund_due(act, booking_id, back, reason="")
        for row in act.connection.execute(
            refund_rows().where(
                RefundRow.booking_id == booking_id,
                RefundRow.state == RefundState.PENDING,
                PaymentRow.method == Method.ELSEWHERE,
            )
        ).all():
            mark_refunded(act, row)
        self._done.changed += 1
        return True


def _here(connection: Connection, event_id: UUID, code: str) -> Sequence[Any]:
    """The tickets of an order that are here, with their bookings and whether they were used."""
    ids = select(BookingRow.id).where(
        BookingRow.event_id == event_id,
        or_(
            BookingRow.external_ref == code,
            BookingRow.external_ref.between(f"{code}/", f"{code}/{LAST}"),
        ),
    )
    bookings = {
        row.id: row
        for row in connection.execute(
            select(BookingRow.id, BookingRow.code, BookingRow.external_ref).where(
                BookingRow.id.in_(ids)
            )
        )
    }
    if not bookings:
        return []
    return [
        _Here(row, bookings[row.booking_id])
        for row in ticket_facts(connection, TicketRow.booking_id.in_(list(bookings)))
    ]


class _Here:
    """A ticket that is here, with what is known of its booking."""

    def __init__(self, ticket: AnyRow, booking: AnyRow) -> None:
        self._ticket = ticket
        self.booking_code: str = booking.code
        self.booking_ref: str | None = booking.external_ref

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ticket, name)


def _gone_with(connection: Connection, event_id: UUID, codes: Sequence[str]) -> set[UUID]:
    """Tickets with these codes that their shop cancelled."""
    found = select(TicketRow.id).where(
        TicketRow.event_id == event_id,
        TicketRow.foreign_code.in_(codes),
        TicketRow.state == CANCELLED,
        TicketRow.external_ref.endswith(GONE, autoescape=True),
    )
    return set(connection.execute(found).scalars())


def _state(connection: Connection, booking_id: UUID) -> str:
    found = select(BookingRow.state).where(BookingRow.id == booking_id)
    return str(connection.execute(found).scalar_one())


def _only_elsewhere(connection: Connection, booking_id: UUID) -> bool:
    """Whether nothing of what a booking paid came in here."""
    here = select(PaymentRow.id).where(
        PaymentRow.booking_id == booking_id,
        PaymentRow.state == PaymentState.PAID,
        PaymentRow.method != Method.ELSEWHERE,
    )
    return connection.execute(here.limit(1)).first() is None
