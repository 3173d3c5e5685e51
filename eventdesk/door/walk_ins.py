"""Walk-in sales: booking, payment, check-in and badge in one transaction.

What is paid at a card reader is booked first and held while the guest pays; the desk lets them in
when the money came, or gives the sale up.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import count_rows, update_row
from data.schema import AccountRow, BookingRow, PaymentRow, ScanRow, TicketRow, TicketTypeRow
from eventdesk.accounts import Word, charge, forgive, refund, subject_of
from eventdesk.acts import (
    Act,
    ActorKind,
    Permission,
    Steps,
    event_of,
    event_row,
    reads,
    steps,
    writes,
)
from eventdesk.booking import Booked, NewBooking, NewTicket, end_unpaid, expire_due, place
from eventdesk.core.booking_states import PENDING
from eventdesk.core.errors import (
    EntryRefusedError,
    EventDeskError,
    InvalidInputError,
    NotFoundError,
    VoucherShortError,
)
from eventdesk.core.messages import msg
from eventdesk.core.money import Money, read_money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.core.plain_text import plain
from eventdesk.door.check_in_list import Direction
from eventdesk.door.checkin import MAX_NONCE, MAX_REASON, scan_in
from eventdesk.door.list_reading import list_of_event
from eventdesk.door.scan import WORDING, CheckInResult, Outcome, Scan, ScanSource
from eventdesk.door.walk_in import DOOR_METHODS, DoorOffer, Sold, WalkIn
from eventdesk.money import (
    MAX_REFERENCE,
    add_payment,
    booking_row,
    drawer_of_payments,
    need_currency,
    voucher_to_spend,
)
from eventdesk.sales import availability, event_terms, questions_for, team_prices
from eventdesk.seating import best_seat
from eventdesk.waiting import gives_places

REF = "walk-in "
"""Before the nonce of a sale, where its booking keeps it: the store's index lets it in once."""

GIVEN = "given "
"""Before what was handed over, in the reference of a payment in cash."""


HELD_FOR: Final = timedelta(minutes=10)
"""How long a place is held for who pays at a card reader: longer than the reader waits."""


class _RehearsedError(Exception):
    """Ends the transaction of a sale that was only rehearsed."""


class _Part(NamedTuple):
    """One payment of a sale."""

    method: Method
    minor: int
    reference: str = ""
    voucher_id: UUID | None = None


@contextmanager
def guessing(steps: Steps, event_id: UUID, sale: WalkIn) -> Iterator[str]:
    """Count a voucher's code as a wrong try while it is looked at; a good one does not stay so.

    What else may keep a sale from being made, such as an amount the voucher does not cover, is
    asked and tried again; that must not lock the desk. Nor does a sale that looked at no code, as
    of a free ticket, forget the wrong ones before it.

    Yields:
        Whose tries are counted, for who spends the voucher to forgive; "" where none are.

    Raises:
        SignInError: Too many wrong codes.
    """
    if sale.method != Method.VOUCHER or steps.actor.id is None:
        yield ""
        return
    subject = subject_of(str(steps.actor.id), kind="voucher")
    before = charge(steps, subject)
    try:
        yield subject
    except EventDeskError:
        if _is_good(steps, event_id, sale.reference):
            refund(steps, subject, before)
        raise
    refund(steps, subject, before)


def _is_good(steps: Steps, event_id: UUID, code: str) -> bool:
    """Whether a code is that of a voucher that could be spent now."""
    with steps.read() as act:
        try:
            event = event_row(act.connection, event_id)
            none = Money(0, event.currency, event.currency_exponent)
            voucher_to_spend(act, event_id, code, none)
        except EventDeskError:
            return False
    return True


def take_money(act: Act, booked: Booked, event_id: UUID, sale: WalkIn) -> tuple[list[UUID], Money]:
    """Take what the ticket costs; returns the payments and the change."""
    due = booked.total
    assert due is not None
    if not due.minor:
        return [], due
    parts, change = _parts(act, event_id, sale, due)
    booking = booking_row(act.connection, booked.booking_id)
    paid = [
        add_payment(
            act,
            booking,
            part.method,
            part.minor,
            reference=part.reference,
            voucher_id=part.voucher_id,
        )
        for part in parts
    ]
    return paid, change


def _parts(act: Act, event_id: UUID, sale: WalkIn, due: Money) -> tuple[list[_Part], Money]:
    """The payments that make up an amount, and the change."""
    if sale.method == Method.FREE:
        raise InvalidInputError(
            msg("This ticket costs {due}.", due=due),
            hint=msg("Take the money, or let it off at the booking."),
        )
    if sale.method != Method.VOUCHER:
        part, change = _handed(sale.method, sale.reference, sale.given, due)
        return [part], change
    voucher_id, code, left = voucher_to_spend(act, event_id, sale.reference, due)
    spent = min(left.minor, due.minor)
    parts = [_Part(Method.VOUCHER, spent, code, voucher_id)]
    rest = replace(due, minor=due.minor - spent)
    if not rest.minor:
        return parts, rest
    if sale.rest_method not in (Method.CASH, Method.TERMINAL):
        raise VoucherShortError(
            msg("The voucher pays {left}; {rest} are left to pay.", left=left, rest=rest),
            rest=str(rest),
            hint=msg("Take the rest in cash or by card."),
        )
    part, change = _handed(sale.rest_method, sale.rest_reference, sale.given, rest)
    return [*parts, part], change


def _handed(method: str, reference: str, given: Money | None, due: Money) -> tuple[_Part, Money]:
    """The payment in cash or by the terminal, and the change."""
    none = replace(due, minor=0)
    if method == Method.GATEWAY:
        return _Part(Method.GATEWAY, due.minor), none
    if method == Method.TERMINAL:
        if not reference:
            raise InvalidInputError(
                msg("A card payment needs the number of its slip."),
                hint=msg("Type it off the slip."),
            )
        return _Part(Method.TERMINAL, due.minor, reference), none
    if given is None:
        return _Part(Method.CASH, due.minor), none
    need_currency(given, due)
    if given.minor < due.minor:
        raise InvalidInputError(
            msg("{due} are due, {given} were given.", due=due, given=given),
            hint=msg("{due} are missing.", due=due - given),
        )
    return _Part(Method.CASH, due.minor, f"{GIVEN}{given.amount}"), given - due


def sold_before(connection: Connection, event_id: UUID, sale: WalkIn) -> Sold | None:
    """The sale that this nonce made already; None where it made none.

    Raises:
        InvalidInputError: It sold another ticket type, or to another name.
    """
    row: Any = connection.execute(
        select(
            BookingRow.id,
            BookingRow.code,
            BookingRow.name,
            BookingRow.created_at,
            BookingRow.total_minor,
            BookingRow.currency,
            BookingRow.currency_exponent,
            TicketRow.id.label("ticket_id"),
            TicketRow.code.label("ticket_code"),
            TicketRow.seat,
            TicketRow.ticket_type_id,
            TicketTypeRow.name.label("kind"),
        )
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(BookingRow.event_id == event_id, BookingRow.external_ref == f"{REF}{sale.nonce}")
        .order_by(TicketRow.search_no)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    if (row.name, row.ticket_type_id) != (sale.name, sale.ticket_type_id):
        raise InvalidInputError(
            msg(
                "This sale was made already: {kind} for {name}, booking {code}.",
                kind=plain(row.kind),
                name=plain(row.name),
                code=row.code,
            ),
            hint=msg("Nothing was sold now. Begin a new sale."),
        )
    payments = connection.execute(
        select(PaymentRow.id, PaymentRow.method, PaymentRow.amount_minor, PaymentRow.reference)
        .where(PaymentRow.booking_id == row.id, PaymentRow.created_at == row.created_at)
        .order_by(PaymentRow.id)
    ).all()
    check_in = connection.execute(
        select(ScanRow.result).where(
            ScanRow.ticket_id == row.ticket_id, ScanRow.nonce == sale.nonce
        )
    ).scalar_one_or_none()
    none = Money(0, row.currency, row.currency_exponent)
    change = none
    for each in payments:
        if each.method == Method.CASH and each.reference.startswith(GIVEN):
            typed = each.reference.removeprefix(GIVEN)
            given = read_money(typed, row.currency, row.currency_exponent)
            change = replace(none, minor=given.minor - each.amount_minor)
    paid, method = sum(each.amount_minor for each in payments), str(Method.FREE)
    if payments:
        method = payments[0].method
    elif row.total_minor:
        paid, method = row.total_minor, str(Method.GATEWAY)
    return Sold(
        row.code,
        row.ticket_id,
        row.ticket_code,
        replace(none, minor=paid),
        change,
        None if check_in is None else CheckInResult.from_json(check_in),
        method,
        drawer_of_payments(connection, [each.id for each in payments]),
        row.seat,
        row.id,
    )


@steps(Permission.DOOR, about="event_id")
def sell_at_door(steps: Steps, event_id: UUID, sale: WalkIn) -> Sold:
    """Sell one ticket at the door, take the money and let the guest in: all of it or nothing.

    Sales windows and hidden types do not bind the desk; quotas, the event's capacity, seats and
    what is promised to the waitlist do, unless a supervisor gives a reason to go over. A repeated
    nonce is answered with what the first call sold; one that sold another type or to another name
    is refused, so that nobody is told that a guest is in who is not.

    What is to be paid at a card reader is only booked and held for ten minutes, if the door would
    let its holder in: `start_at_reader` takes the money, and `check_in` lets them in then, or
    `give_up_sale` frees the place.

    Raises:
        SupervisorNeededError: A rule is to be broken, and no supervisor gave their word for it.
        NotFoundError: No such event, ticket type, seat, list, account or voucher.
        InvalidInputError: No name, a wrong or missing answer, or a payment that cannot be so.
        SalesError: Sold out, a wrong code, or a seat that is taken.
        EntryRefusedError: The list would not let this ticket in; it names what to answer first.
        SignInError: Too many wrong codes of vouchers.
    """
    sale = _sound(sale)
    if sale.method == Method.GATEWAY and sale.enter:
        _rehearse(steps, event_id, sale)
    with guessing(steps, event_id, sale) as guessed, steps.write() as act:
        here = act.need(event_id, Permission.DOOR)
        sold = sold_before(act.connection, event_id, sale)
        if sold is not None:
            return sold
        word, approved_by = Word(act.approval), ""
        if sale.force_reason:
            no = msg("Only a supervisor may sell against the rules.")
            approved_by = word.need(act, here, event_id, what="force", refusal=no)
            word.spend(act, here)
        sold = _sell(act, event_id, sale, word, approved_by)
        if guessed and sold.method == Method.VOUCHER:
            forgive(act.connection, guessed)
        return sold


@writes(Permission.DOOR, about=event_of(BookingRow, "booking_id"))
def give_up_sale(act: Act, booking_id: UUID) -> bool:
    """Free the place of a walk-in sale that was not paid at a card reader; say whether it is free.

    One that was paid, or may still be because its payment waits, stays as it is.
    """
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.DOOR)
    may_be_paid = (
        PaymentRow.booking_id == booking_id,
        PaymentRow.state.in_((PaymentState.PENDING, PaymentState.PAID)),
    )
    is_sale = (booking.external_ref or "").startswith(REF)
    if booking.state != PENDING or not is_sale or count_rows(act.connection, *may_be_paid):
        return False
    end_unpaid(act, booking)
    act.freed(booking.event_id)
    return True


@reads(Permission.DOOR, Permission.TICKETS, about="event_id")
def door_offers(
    act: Act, event_id: UUID, list_id: UUID, *, code: str = "", chosen_minor: int | None = None
) -> tuple[DoorOffer, ...]:
    """Read the ticket types the desk sells, in the organizer's order: prices, and places left.

    Args:
        code: A discount code as it was typed, or "".
        chosen_minor: What the guest wants to pay, for types that leave it to them.

    Raises:
        NotFoundError: No such event or list.
        InvalidInputError: The amount cannot be paid.
        CodeError: The code does not hold, or is for nothing that is sold here.
    """
    act.need(event_id, Permission.DOOR, Permission.TICKETS)
    door = list_of_event(act.connection, event_id, list_id)
    lines = team_prices(act, event_id, code=code, chosen_minor=chosen_minor)
    if not lines:
        return ()
    columns = select(
        TicketTypeRow.id,
        TicketTypeRow.section_id,
        TicketTypeRow.waitlist,
        TicketTypeRow.price_chosen,
    )
    rows = act.connection.execute(columns.where(TicketTypeRow.event_id == event_id))
    kinds = {row.id: row for row in rows}
    money = event_terms(act.connection, event_id).money
    standing = availability(act, event_id)
    questions = questions_for(act.connection, event_id)
    waiting = gives_places(act, event_id)
    return tuple(
        DoorOffer(
            type_id := line.ticket_type_id,
            line.name,
            money(line.price.total_minor),
            money(line.price.tax_minor),
            money(line.price.fee_minor),
            standing[type_id].left,
            not door.ticket_type_ids or type_id in door.ticket_type_ids,
            kinds[type_id].waitlist and waiting,
            kinds[type_id].section_id,
            tuple(each for each in questions if each.is_for(type_id)),
            line.discount_id is not None,
            line.price.list_minor if kinds[type_id].price_chosen else None,
        )
        for line in lines
    )


def _rehearse(steps: Steps, event_id: UUID, sale: WalkIn) -> None:
    """See that the door lets the guest in once the money came; nothing of it is written."""
    with suppress(_RehearsedError), steps.write() as act:
        act.need(event_id, Permission.DOOR)
        if sold_before(act.connection, event_id, sale) is None:
            _sell(act, event_id, sale, Word(None), "", rehearses=True)
        raise _RehearsedError


def _sound(sale: WalkIn) -> WalkIn:
    """Check what needs no store, and trim it."""
    if sale.method == Method.GATEWAY and sale.force_reason.strip():
        raise InvalidInputError(
            msg("At the card reader nothing is sold against the rules."),
            hint=msg("Take cash, or the number of a card terminal's slip."),
        )
    if not 0 < len(sale.nonce) <= MAX_NONCE:
        raise InvalidInputError(
            msg("A sale needs a nonce of 1 to {max_nonce} characters.", max_nonce=MAX_NONCE)
        )
    if sale.method not in DOOR_METHODS:
        known = ", ".join(DOOR_METHODS[:3])
        raise InvalidInputError(
            msg("There is no way to pay at the door called {method!r}.", method=sale.method),
            hint=msg("Choose: {known}.", known=known),
        )
    for text in (sale.reference, sale.rest_reference):
        if len(text.strip()) > MAX_REFERENCE:
            raise InvalidInputError(
                msg(
                    "A reference has at most {max_reference} characters.",
                    max_reference=MAX_REFERENCE,
                )
            )
    return replace(
        sale,
        name=" ".join(sale.name.split()),
        email=sale.email.strip(),
        line_two=" ".join(sale.line_two.split()),
        reference=sale.reference.strip(),
        rest_reference=sale.rest_reference.strip(),
        force_reason=sale.force_reason.strip()[:MAX_REASON],
    )


def _sell(
    act: Act, event_id: UUID, sale: WalkIn, word: Word, approved_by: str, *, rehearses: bool = False
) -> Sold:
    door = list_of_event(act.connection, event_id, sale.list_id)
    if sale.enter and door.direction is Direction.EXIT:
        raise InvalidInputError(
            msg("People leave by this list."), hint=msg("Choose a list for entering, or only sell.")
        )
    expire_due(act, event_id)
    booked = place(
        act,
        event_id,
        _booking(act, event_id, sale),
        staff=True,
        force=bool(sale.force_reason),
        complete=not sale.open_answers,
        paid_next=True,
    )
    assert booked.total is not None
    is_held = sale.method == Method.GATEWAY and bool(booked.total.minor) and not rehearses
    paid_ids: list[UUID] = []
    if is_held:
        until = act.now + HELD_FOR
        update_row(act.connection, BookingRow, booked.booking_id, expires_at=until)
        change = replace(booked.total, minor=0)
    else:
        paid_ids, change = take_money(act, booked, event_id, sale)
    check_in = _let_in(act, booked, sale, word) if sale.enter and not is_held else None
    ticket_id = booked.ticket_ids[0]
    method = str(sale.method if booked.total.minor else Method.FREE)
    act.record(
        "sell_at_door",
        ("ticket", ticket_id),
        event_id=event_id,
        booking=booked.code,
        method=method,
        amount_minor=booked.total.minor,
        currency=booked.total.currency,
        **{"force": sale.force_reason} if sale.force_reason else {},
        **{"approved_by": approved_by} if approved_by else {},
    )
    seat = act.connection.execute(
        select(TicketRow.seat).where(TicketRow.id == ticket_id)
    ).scalar_one()
    return Sold(
        booked.code,
        ticket_id,
        booked.ticket_codes[0],
        booked.total,
        change,
        check_in,
        method,
        drawer_of_payments(act.connection, paid_ids),
        seat,
        booked.booking_id,
    )


def _booking(act: Act, event_id: UUID, sale: WalkIn) -> NewBooking:
    """The booking of a sale, with the address of a known person and the best free seat."""
    email = sale.email
    if sale.account_id is not None:
        account = act.connection.execute(
            select(AccountRow.email).where(
                AccountRow.id == sale.account_id, AccountRow.erased_at.is_(None)
            )
        ).scalar_one_or_none()
        if account is None:
            raise NotFoundError(msg("There is no such account."), hint=msg("Type the name anew."))
        email = email or account
    kind = act.connection.execute(
        select(TicketTypeRow.name, TicketTypeRow.admits).where(
            TicketTypeRow.id == sale.ticket_type_id
        )
    ).one_or_none()
    if kind is not None and kind.admits != 1:
        raise InvalidInputError(
            msg("{name} is not sold to one guest at the door.", name=plain(kind.name)),
            hint=msg("Book it in the part Bookings instead."),
        )
    seat_id = sale.seat_id
    if seat_id is None:
        section_id = act.connection.execute(
            select(TicketTypeRow.section_id).where(
                TicketTypeRow.id == sale.ticket_type_id, TicketTypeRow.event_id == event_id
            )
        ).scalar_one_or_none()
        best = None if section_id is None else best_seat(act, event_id, section_id)
        seat_id = None if best is None else best.id
    ticket = NewTicket(
        sale.ticket_type_id,
        sale.name,
        email,
        sale.line_two,
        answers=sale.answers,
        seat_id=seat_id,
        chosen_minor=sale.chosen_minor,
    )
    return NewBooking(
        sale.name,
        email,
        (ticket,),
        paid=False,
        account_id=sale.account_id,
        code=sale.code,
        source="desk",
        external_ref=f"{REF}{sale.nonce}",
        hold_id=act.actor.id if act.actor.kind is ActorKind.ACCOUNT else None,
    )


def _let_in(act: Act, booked: Booked, sale: WalkIn, word: Word) -> CheckInResult:
    """Check the new ticket in; what the door refuses is not sold."""
    scan = Scan(
        text=booked.ticket_codes[0],
        list_id=sale.list_id,
        nonce=sale.nonce,
        seen_at=sale.seen_at,
        gate_id=sale.gate_id,
        source=ScanSource.TYPED,
        answers=sale.list_answers,
        asks=sale.asks,
        force_reason=sale.force_reason,
    )
    result = scan_in(act, scan, word=word)
    if result.ticket_id != booked.ticket_ids[0]:
        raise InvalidInputError(
            msg("This nonce belongs to another scan."), hint=msg("Use a new one.")
        )
    if not result.passes:
        questions = result.questions if result.outcome is Outcome.INCOMPLETE else ()
        raise EntryRefusedError(
            msg(
                "The door would not let this ticket in: {word}. Nothing was sold.",
                word=WORDING[result.outcome].word,
            ),
            outcome=str(result.outcome),
            questions=questions,
            hint=plain(result.reason or result.guest_sentence, limit=300),
        )
    return result
