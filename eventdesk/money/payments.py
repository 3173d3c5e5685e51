"""Payments: money taken for bookings at the desk, by bank, by voucher and in bulk; price cuts.

What gateways take is in `gateways`, what goes back in `refunds`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.bulk import chunks, insert_many
from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import BookingRow, PaymentRow, RefundRow, TicketRow
from eventdesk.accounts import charge, forgive, subject_of
from eventdesk.acts import (
    Act,
    Permission,
    Steps,
    event_of,
    overdue_ids,
    owner_of,
    reads,
    steps,
    writes,
)
from eventdesk.core.booking_states import EXPIRED, PAID, PENDING, SOLD_STATES, STATE_WORDS
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Balance, Method, PaymentState, Price, lowered
from eventdesk.money.booking_balances import (
    balance,
    balances,
    booking_row,
    bookings_found,
    need_currency,
    need_taking_place,
    settle,
)
from eventdesk.money.drawers import note_cash
from eventdesk.money.invoices import correct_invoice
from eventdesk.money.ledger import (
    MONEY_ACCOUNTS,
    RECEIVABLE,
    Sides,
    sync_sale,
    transaction_rows,
    write_down,
)
from eventdesk.money.refunds import LATEST_REFUND, RefundView, asked_refunds, refund_view
from eventdesk.money.vouchers import voucher_to_spend

MAX_REFERENCE = 200
"""Longest reference that is kept, in characters."""

AT_THE_DESK = (Method.CASH, Method.TERMINAL, Method.TRANSFER, Method.VOUCHER)
"""Methods by which the team takes money."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment, or an attempt at one, as people see it.

    Attributes:
        due: What is still to be paid for the booking; negative is a credit.
        show: What to show the person who pays: where to go, what to type.
        address: The page of a gateway where it is paid; "" where there is none.
        link: A short address of the house that leads there, for a phone to scan.
        advice: What to do next, or "".
    """

    id: UUID
    booking_id: UUID
    booking_code: str
    method: Method
    provider: str
    reference: str
    amount: Money
    state: PaymentState
    error: str
    booking_state: str
    due: Money
    created_at: datetime
    settled_at: datetime | None
    expires_at: datetime | None
    show: str = ""
    advice: str = ""
    address: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """All money of one booking."""

    balance: Balance
    payments: tuple[PaymentView, ...]
    refunds: tuple[RefundView, ...]


class _Fresh(NamedTuple):
    """The columns of a booking that its payment needs, where its row was not read."""

    id: UUID
    event_id: UUID
    currency: str
    currency_exponent: int


@reads(Permission.MONEY, Permission.DOOR, own=True)
def payments_of(act: Act, booking_id: UUID) -> BookingMoney:
    """Read the balance, the payments and the refunds of a booking, the latest first.

    Raises:
        NotFoundError: There is no such booking.
    """
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_of(booking))
    stands = balance(act.connection, booking_id)
    paid = act.connection.execute(
        _payment_rows()
        .where(PaymentRow.booking_id == booking_id)
        .order_by(PaymentRow.created_at.desc(), PaymentRow.id.desc())
    ).all()
    back = act.connection.execute(
        asked_refunds().where(RefundRow.booking_id == booking_id).order_by(*LATEST_REFUND)
    ).all()
    return BookingMoney(
        stands,
        tuple(_payment_view(row, stands) for row in paid),
        tuple(refund_view(row) for row in back),
    )


@reads(Permission.MONEY, about="event_id")
def list_payments(
    act: Act, event_id: UUID, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[PaymentView], int]:
    """Read a page of an event's payments, the latest first, and how many there are.

    `search` is the beginning of a booking's code.
    """
    act.need(event_id, Permission.MONEY)
    here = [PaymentRow.event_id == event_id]
    if search.strip():
        here.append(PaymentRow.booking_id.in_(bookings_found(search)))
    # By time alone: a second key would sort all payments of a bulk at every page.
    page = (
        select(PaymentRow.id)
        .where(*here)
        .order_by(PaymentRow.created_at.desc())
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    rows = act.connection.execute(
        _payment_rows()
        .join(page, page.c.id == PaymentRow.id)
        .order_by(PaymentRow.created_at.desc(), PaymentRow.id.desc())
    ).all()
    total = count_rows(act.connection, *here)
    stand = balances(act.connection, [row.booking_id for row in rows])
    return [_payment_view(row, stand[row.booking_id]) for row in rows], total


@steps(Permission.MONEY, Permission.DOOR, own=True, about=event_of(BookingRow, "booking_id"))
def take_payment(
    steps: Steps,
    booking_id: UUID,
    *,
    method: Method | str,
    amount: Money | None = None,
    reference: str = "",
) -> PaymentView:
    """Take money for a booking; its owner may spend a voucher on it.

    Cash and the terminal take at most what is due. A transfer is taken as it came, also for an
    expired or cancelled booking; what is too much is a credit. A voucher pays what it still holds,
    at most what is due. Wrong codes of vouchers lock, as at signing in.

    Args:
        method: One of `AT_THE_DESK`.
        amount: How much; None is what is due.
        reference: The terminal's receipt, the transfer's purpose, the voucher's code.

    Raises:
        NotFoundError: There is no such booking or voucher.
        InvalidInputError: Nothing is due, too much was given, another currency, no reference of
            the terminal, a voucher that is spent, cancelled or too old, an event that is
            cancelled; the message says which.
        SignInError: Too many wrong codes of vouchers.
    """
    way = _need_way(method)
    text = reference.strip()
    if way is Method.TERMINAL and not text:
        raise InvalidInputError(
            msg("A card payment needs the number of its slip."), hint=msg("Type it off the slip.")
        )
    if len(text) > MAX_REFERENCE:
        raise InvalidInputError(
            msg("A reference has at most {most} characters.", most=MAX_REFERENCE)
        )
    guessed = ""
    if way is Method.VOUCHER and steps.actor.id is not None:
        with steps.read() as act:
            _need_payer(act, booking_id, way)  # whose tries alone are counted
        guessed = subject_of(str(steps.actor.id), kind="voucher")
        charge(steps, guessed)
    with steps.write() as act:
        booking = _need_payer(act, booking_id, way)
        stands = balance(act.connection, booking_id)
        wanted = stands.due if amount is None else amount
        voucher_id = None
        if way is Method.VOUCHER:
            voucher_id, text, left = voucher_to_spend(act, booking.event_id, text, stands.due)
            wanted = min(wanted, left, key=lambda each: each.minor) if amount is None else amount
            need_currency(wanted, left)
            if wanted.minor > left.minor:
                raise InvalidInputError(
                    msg("{amount} is more than the voucher holds.", amount=wanted),
                    hint=msg("It is good for {left}.", left=left),
                )
        state = EXPIRED if booking.id in overdue_ids(act.connection, act.now) else booking.state
        _need_takable(booking, state, way, wanted, stands.due)
        payment_id = add_payment(
            act, booking, way, wanted.minor, reference=text, voucher_id=voucher_id
        )
        if guessed:
            forgive(act.connection, guessed)
        act.record(
            "take_payment",
            ("booking", booking_id),
            event_id=booking.event_id,
            method=way,
            amount_minor=wanted.minor,
            currency=wanted.currency,
            reference=text,
        )
        return view_of(act.connection, payment_id)


def _need_payer(act: Act, booking_id: UUID, way: Method) -> AnyRow:
    """Let only those pass who may pay a booking so, and read it."""
    booking = booking_row(act.connection, booking_id)
    owner_id = owner_of(booking) if way is Method.VOUCHER else None
    act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_id)
    return booking


@writes(Permission.MONEY, about=event_of(BookingRow, "booking_id"))
def let_off(act: Act, booking_id: UUID, *, amount: Money | None = None, reason: str) -> PaymentView:
    """Lower the price of a booking's tickets by an amount, or by what is due.

    What was paid beyond the new price is a credit. The payments show it as one of method `free`,
    of nothing.

    Raises:
        NotFoundError: There is no such booking.
        InvalidInputError: No reason, another currency, or more than the tickets cost.
    """
    if not reason.strip():
        raise InvalidInputError(
            msg("Say why it is let off."), hint=msg("Such as: speaker, volunteer.")
        )
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.MONEY)
    due = balance(act.connection, booking_id).due
    off = due if amount is None else amount
    need_currency(off, due)
    _lower(act.connection, booking, off)
    sync_sale(act, booking_id, memo="let off")
    correct_invoice(act, booking_id, actor=act.actor)
    why = reason.strip()[:MAX_REFERENCE]
    payment_id = add_payment(act, booking, Method.FREE, 0, reference=why)
    act.record(
        "let_off",
        ("booking", booking_id),
        event_id=booking.event_id,
        amount_minor=off.minor,
        currency=off.currency,
        reason=why,
    )
    return view_of(act.connection, payment_id)


def view_of(connection: Connection, payment_id: UUID) -> PaymentView:
    """Read one payment with how its booking stands."""
    row = connection.execute(_payment_rows().where(PaymentRow.id == payment_id)).one()
    return _payment_view(row, balance(connection, row.booking_id))


def _payment_rows() -> Any:
    """The statement that reads payments with their bookings."""
    return select(
        PaymentRow.__table__,
        BookingRow.code.label("booking_code"),
        BookingRow.state.label("booking_state"),
    ).join(BookingRow, BookingRow.id == PaymentRow.booking_id)


def _payment_view(row: AnyRow, stands: Balance) -> PaymentView:
    """A row of `_payment_rows` as people see it, with the balance of its booking."""
    return PaymentView(
        row.id,
        row.booking_id,
        row.booking_code,
        Method(row.method),
        row.provider,
        row.reference,
        Money(row.amount_minor, row.currency, row.currency_exponent),
        PaymentState(row.state),
        row.error,
        row.booking_state,
        stands.due,
        row.created_at,
        row.settled_at,
        row.expires_at,
        advice=_advice_on(row, stands),
    )


def _advice_on(row: AnyRow, stands: Balance) -> str:
    """Advice on what to do next about a payment."""
    if row.state == PaymentState.PAID:
        if row.booking_state in ("expired", "cancelled") and stands.credit.minor:
            return _(
                "The booking is {state}: revive it or give {credit} back.",
                state=STATE_WORDS[row.booking_state],
                credit=stands.credit,
            )
        if stands.credit.minor:
            return _("{credit} came in too much: give it back.", credit=stands.credit)
        return _("{due} are still due.", due=stands.due) if stands.due.minor > 0 else ""
    if row.state == PaymentState.PENDING:
        return _("Wait for the answer, or pay in another way.")
    if row.booking_state == "pending":
        return _("Nothing was taken. Try again, or pay in another way before the deadline.")
    return _("Nothing was taken.")


def add_payment(
    act: Act,
    booking: AnyRow,
    method: Method,
    amount_minor: int,
    *,
    reference: str = "",
    voucher_id: UUID | None = None,
) -> UUID:
    """Note that money came in, post it, settle the booking, and return the payment's id.

    Cash goes into the open drawer of who took it.

    Args:
        booking: A row of `booking_row`.
        amount_minor: How much, in minor units of the booking's currency.
        reference: Its number or purpose elsewhere.
    """
    more = {"reference": reference, "voucher_id": voucher_id}
    values = payment_values(act, booking, method, amount_minor, **more)
    payment_id: UUID = values["id"]
    insert_row(act.connection, PaymentRow, **values)
    write_down(act.connection, paid_ledger(booking, method, amount_minor, now=act.now))
    if method is Method.CASH:
        note_cash(act, booking, amount_minor, payment_id=payment_id)
    settle(act, booking.id)
    return payment_id


def record_paid(act: Act, booking_ids: Sequence[UUID], *, reference: str = "") -> int:
    """Note that what is due for bookings was paid elsewhere; return how many had something due.

    Called after `ledger.sync_sales`, with seven statements a thousand bookings; nobody is told.
    """
    count = 0
    for ids in chunks(booking_ids):
        these = BookingRow.id.in_(ids)
        rows = act.connection.execute(select(BookingRow.__table__).where(these)).all()
        stand = balances(act.connection, ids)
        paid = [(row, stand[row.id].due.minor) for row in rows if stand[row.id].due.minor > 0]
        _put_paid(act, paid, reference)
        count += len(paid)
        act.connection.execute(
            update(BookingRow)
            .where(these, BookingRow.state == PENDING)
            .values(state=PAID, expires_at=None)
        )
    return count


def note_paid(act: Act, event: AnyRow, paid: Mapping[UUID, int]) -> None:
    """Note that bookings which this transaction made as paid were paid elsewhere, in full.

    Args:
        event: The event's row.
        paid: What each costs in minor units, by booking; more than nothing.
    """
    currency = event.currency, event.currency_exponent
    _put_paid(act, [(_Fresh(each, event.id, *currency), minor) for each, minor in paid.items()])


def _put_paid(act: Act, paid: Sequence[tuple[Any, int]], reference: str = "") -> None:
    """Write payments made elsewhere and their ledger, by booking and minor units."""
    payments: list[dict[str, Any]] = []
    sides: list[dict[str, Any]] = []
    for booking, minor in paid:
        payments.append(payment_values(act, booking, Method.ELSEWHERE, minor, reference=reference))
        sides.extend(paid_ledger(booking, Method.ELSEWHERE, minor, now=act.now))
    insert_many(act.connection, PaymentRow, payments)
    write_down(act.connection, sides)


def paid_ledger(
    booking: AnyRow, method: Method, amount_minor: int, *, now: datetime
) -> list[dict[str, Any]]:
    """The ledger's rows of money that came in."""
    if method is Method.FREE:
        return []
    sides: Sides = {(MONEY_ACCOUNTS[method], None): amount_minor, (RECEIVABLE, None): -amount_minor}
    event_id, booking_id = booking.event_id, booking.id
    return transaction_rows(event_id, booking_id, booking, sides, memo="payment", now=now)


def payment_values(
    act: Act, booking: AnyRow, method: Method, amount_minor: int, **values: Any
) -> dict[str, Any]:
    """The columns of a payment of a booking, which came in now unless `values` say otherwise."""
    return {
        "id": new_id(),
        "event_id": booking.event_id,
        "booking_id": booking.id,
        "method": method,
        "provider": "",
        "reference": "",
        "amount_minor": amount_minor,
        "currency": booking.currency,
        "currency_exponent": booking.currency_exponent,
        "state": PaymentState.PAID,
        "error": "",
        "actor_name": act.actor.name,
        "created_at": act.now,
        "settled_at": act.now,
        **values,
    }


def _need_way(method: Method | str) -> Method:
    known = ", ".join(AT_THE_DESK)
    try:
        way = Method(method)
    except ValueError:
        raise InvalidInputError(
            msg("There is no way to pay called {method!r}.", method=method),
            hint=msg("Choose one: {known}.", known=known),
        ) from None
    if way not in AT_THE_DESK:
        raise InvalidInputError(
            msg("{way} is not taken here.", way=way.capitalize()),
            hint=msg("Choose: {known}.", known=known),
        )
    return way


def _need_takable(booking: AnyRow, state: str, method: Method, amount: Money, due: Money) -> None:
    need_currency(amount, due)
    if amount.minor <= 0:
        raise InvalidInputError(
            msg("Nothing is due for booking {code}.", code=booking.code)
            if due.minor <= 0
            else msg("An amount is more than nothing."),
            hint="" if due.minor <= 0 else msg("{due} are due.", due=due),
        )
    if method is Method.TRANSFER:
        return
    need_taking_place(booking)
    if state not in (PENDING, PAID):
        raise InvalidInputError(
            msg(
                "Booking {code} is {state}; its places are free for others.",
                code=booking.code,
                state=STATE_WORDS[state],
            ),
            hint=msg("Make a new booking, if there are places left."),
        )
    if amount.minor > due.minor:
        change = amount - due
        raise InvalidInputError(
            msg("{due} are due, {amount} are too much.", due=due, amount=amount),
            hint=msg("Give {change} of change and take {due}.", change=change, due=due)
            if method is Method.CASH
            else msg("Take {due}.", due=due),
        )


def _lower(connection: Connection, booking: AnyRow, off: Money) -> None:
    """Lower the prices of the valid tickets of a booking by an amount."""
    tickets = connection.execute(
        select(TicketRow.__table__)
        .where(TicketRow.booking_id == booking.id, TicketRow.state.in_(SOLD_STATES))
        .order_by(TicketRow.id)
    ).all()
    prices = [
        Price(
            row.price_minor, row.discount_minor, row.tax_minor, row.fee_minor, row.commission_minor
        )
        for row in tickets
    ]
    most = Money(sum(each.price for each in prices), off.currency, off.exponent)
    if not 0 < off.minor <= most.minor:
        raise InvalidInputError(
            msg("There is nothing to let off.")
            if off.minor <= 0
            else msg("The tickets cost {most}.", most=most),
            hint=msg("Let off more than nothing and at most {most}.", most=most),
        )
    for row, price in zip(tickets, lowered(prices, off.minor), strict=True):
        update_row(
            connection,
            TicketRow,
            row.id,
            price_minor=price.price,
            discount_minor=price.discount,
            tax_minor=price.tax,
            reverse_minor=row.reverse_minor * price.price // max(1, row.price_minor),
            fee_minor=price.fee,
            commission_minor=price.commission,
        )
    update_row(connection, BookingRow, booking.id, total_minor=BookingRow.total_minor - off.minor)
