"""Payments: taking money for bookings at the desk, by bank, by voucher and in bulk.

What gateways take is in `gateways`, what goes back in `refunds`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from data.bulk import chunks, insert_many
from data.schema import BookingRow, PaymentRow, RefundRow
from eventdesk.accounts import charge, forgive, subject_of
from eventdesk.acts import Act, Actor, Permission, Steps, event_of, overdue_ids, reads, steps
from eventdesk.core.booking_states import EXPIRED, PAID, PENDING, STATE_WORDS
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Balance, Method, PaymentState
from eventdesk.money.booking_balances import (
    balance,
    balances,
    booking_row,
    bookings_found,
    need_taking_place,
    settle,
)
from eventdesk.money.drawers import note_cash
from eventdesk.money.ledger import MONEY_ACCOUNTS, RECEIVABLE, transaction_rows, write_down
from eventdesk.money.refunds import LATEST_REFUND, RefundView, asked_refunds, refund_view
from eventdesk.money.vouchers import voucher_to_spend

MAX_REFERENCE = 200
"""Longest reference that is kept, in characters."""

AT_THE_DESK = (Method.CASH, Method.TERMINAL, Method.TRANSFER, Method.VOUCHER)
"""How the team takes money."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One attempt to pay, as people see it.

    Attributes:
        due: What is still to be paid for the booking after it; negative is a credit.
        show: What the person who pays is to be shown now: where to go, what to type.
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


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """All money of one booking."""

    balance: Balance
    payments: tuple[PaymentView, ...]
    refunds: tuple[RefundView, ...]


class _Fresh(NamedTuple):
    """What a payment needs to know of a booking, as its row would say it."""

    id: UUID
    event_id: UUID
    currency: str
    currency_exponent: int


@reads(Permission.MONEY, Permission.DOOR, own=True)
def payments_of(act: Act, booking_id: UUID) -> BookingMoney:
    """Read the balance, the payments and the refunds of a booking, the latest first.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking.
    """
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=booking.account_id)
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

    Args:
        event_id: The event.
        search: The code of a booking; "" is all.
        offset: How many to skip.
        limit: How many to read.
    """
    act.need(event_id, Permission.MONEY)
    here = [PaymentRow.event_id == event_id]
    if search.strip():
        here.append(PaymentRow.booking_id.in_(bookings_found(search)))
    # By time alone: the index keeps equal instants in the order they were written, and a
    # second key would sort all of a bulk's at every page.
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
    total = act.connection.execute(select(func.count()).where(*here)).scalar_one()
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

    Cash and the terminal take at most what is due: what was handed over beyond it is change. A
    transfer arrives as it arrives, for a cancelled event too; what is more than due is shown as a
    credit to be given back. A voucher pays what it still holds, at most what is due. Wrong codes
    of vouchers lock, as at signing in.

    Args:
        booking_id: The booking; an expired or cancelled one takes only a transfer.
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
            msg("A reference has at most {max_reference} characters.", max_reference=MAX_REFERENCE)
        )
    guessed = ""
    if way is Method.VOUCHER and steps.actor.id is not None:
        guessed = subject_of(str(steps.actor.id), kind="voucher")
        charge(steps, guessed)
    with steps.write() as act:
        booking = booking_row(act.connection, booking_id)
        owner_id = booking.account_id if way is Method.VOUCHER else None
        act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_id)
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


def view_of(connection: Connection, payment_id: UUID, *, show: str = "") -> PaymentView:
    """Read one payment with how its booking stands."""
    row = connection.execute(_payment_rows().where(PaymentRow.id == payment_id)).one()
    return _payment_view(row, balance(connection, row.booking_id), show=show)


def _payment_rows() -> Any:
    """The question for payments with their bookings."""
    return select(
        PaymentRow.id,
        PaymentRow.event_id,
        PaymentRow.booking_id,
        BookingRow.code.label("booking_code"),
        BookingRow.name.label("booking_name"),
        BookingRow.state.label("booking_state"),
        PaymentRow.method,
        PaymentRow.provider,
        PaymentRow.reference,
        PaymentRow.amount_minor,
        PaymentRow.currency,
        PaymentRow.currency_exponent,
        PaymentRow.state,
        PaymentRow.error,
        PaymentRow.actor_name,
        PaymentRow.created_at,
        PaymentRow.settled_at,
        PaymentRow.expires_at,
    ).join(BookingRow, BookingRow.id == PaymentRow.booking_id)


def _payment_view(row: Any, stands: Balance, *, show: str = "") -> PaymentView:
    """Make a view of a row of `payment_rows` and the balance of its booking."""
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
        show,
        _advice_on(row, stands),
    )


def _advice_on(row: Any, stands: Balance) -> str:
    """What to do next about a payment."""
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
    booking: Any,
    method: Method,
    amount_minor: int,
    *,
    reference: str = "",
    voucher_id: UUID | None = None,
) -> UUID:
    """Note that money came in, with its ledger, and settle the booking.

    Cash goes into the drawer that who took it has open; `drawers.open_shift`.

    Args:
        booking: The booking's row, of `balances.booking_row`.
        method: How it came.
        amount_minor: How much, in minor units of the booking's currency.
        reference: What it can be found by elsewhere.
        voucher_id: The voucher it was taken from.

    Returns:
        The payment's id.
    """
    values = _paid_values(booking, act.actor, method, amount_minor, reference, act.now)
    act.connection.execute(insert(PaymentRow).values({**values, "voucher_id": voucher_id}))
    write_down(act.connection, paid_ledger(booking, method, amount_minor, now=act.now))
    if method is Method.CASH:
        note_cash(act, booking, amount_minor, payment_id=values["id"])
    settle(act, booking.id)
    return UUID(bytes=values["id"].bytes)


def record_paid(
    act: Act, booking_ids: Sequence[UUID], *, method: Method = Method.ELSEWHERE, reference: str = ""
) -> int:
    """Note for many bookings that what is due for them came in; for sales that are paid already.

    Call it in the transaction that makes the bookings, behind `ledger.sync_sales`. Seven
    statements a thousand bookings; nobody is told.

    Returns:
        How many had something due.
    """
    count = 0
    for ids in chunks(booking_ids):
        due = {
            booking_id: stands.due.minor
            for booking_id, stands in balances(act.connection, ids).items()
            if stands.due.minor > 0
        }
        rows = act.connection.execute(
            select(
                BookingRow.id,
                BookingRow.event_id,
                BookingRow.currency,
                BookingRow.currency_exponent,
            ).where(BookingRow.id.in_(ids))
        )
        payments, sides = [], []
        for row in rows:
            if row.id in due:
                payments.append(
                    _paid_values(row, act.actor, method, due[row.id], reference, act.now)
                )
                sides.extend(paid_ledger(row, method, due[row.id], now=act.now))
        if payments:
            act.connection.execute(insert(PaymentRow), payments)
            write_down(act.connection, sides)
        count += len(payments)
        act.connection.execute(
            update(BookingRow)
            .where(BookingRow.id.in_(ids), BookingRow.state == "pending")
            .values(state="paid", expires_at=None)
        )
    return count


def note_paid(act: Act, event: Any, paid: Mapping[UUID, int]) -> None:
    """Note that bookings which this very transaction made were paid elsewhere, in full.

    Nothing can have come in for them yet, and they are written as paid: nothing is read.

    Args:
        event: A row with the event's id, currency and its exponent.
        paid: What each costs in minor units, by booking; more than nothing.
    """
    method = Method.ELSEWHERE
    payments: list[dict[str, Any]] = []
    sides: list[dict[str, Any]] = []
    for booking_id, minor in paid.items():
        booking = _Fresh(booking_id, event.id, event.currency, event.currency_exponent)
        payments.append(_paid_values(booking, act.actor, method, minor, "", act.now))
        sides.extend(paid_ledger(booking, method, minor, now=act.now))
    insert_many(act.connection, PaymentRow, payments)
    write_down(act.connection, sides)


def paid_ledger(
    booking: Any, method: Method, amount_minor: int, *, now: datetime
) -> list[dict[str, Any]]:
    """The ledger's rows of money that came in."""
    if method is Method.FREE:
        return []
    return transaction_rows(
        booking.event_id,
        booking.id,
        {MONEY_ACCOUNTS[method]: amount_minor, RECEIVABLE: -amount_minor},
        currency=booking.currency,
        exponent=booking.currency_exponent,
        now=now,
        memo="payment",
    )


def _paid_values(
    booking: Any, actor: Actor, method: Method, amount_minor: int, reference: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "event_id": booking.event_id,
        "booking_id": booking.id,
        "method": method,
        "provider": "",
        "reference": reference,
        "amount_minor": amount_minor,
        "currency": booking.currency,
        "currency_exponent": booking.currency_exponent,
        "state": PaymentState.PAID,
        "error": "",
        "actor_name": actor.name,
        "created_at": now,
        "settled_at": now,
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


def _need_takable(booking: Any, state: str, method: Method, amount: Money, due: Money) -> None:
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


def need_currency(amount: Money, other: Money) -> None:
    """Refuse an amount in another currency than the booking's.

    Raises:
        InvalidInputError: It is.
    """
    if (amount.currency, amount.exponent) != (other.currency, other.exponent):
        raise InvalidInputError(
            msg("This booking is paid in {currency}.", currency=other.currency),
            hint=msg("Give the amount in that: {other}.", other=other),
        )
