"""Vouchers: prepaid money that can be spent at one event, in parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from data.rows import begins
from data.schema import LedgerRow, PaymentRow, RefundRow, VoucherRow
from eventdesk.acts import Act, Permission, event_of, event_row, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_code, new_id, read_code
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.money.ledger import MONEY_ACCOUNTS

CODE_LENGTH = 10
MAX_CODE = 40
MAX_NOTE = 200
MAX_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class VoucherView:
    """A voucher as the team sees it.

    Attributes:
        left: What it still holds; nothing once it is cancelled.
    """

    id: UUID
    code: str
    value: Money
    left: Money
    note: str
    valid_until: datetime | None
    created_at: datetime
    cancelled_at: datetime | None


@writes(Permission.MONEY, about="event_id")
def add_vouchers(
    act: Act,
    event_id: UUID,
    *,
    value: Money,
    count: int = 1,
    code: str = "",
    note: str = "",
    valid_until: datetime | None = None,
) -> list[VoucherView]:
    """Issue vouchers of one value; their codes are drawn unless one is given.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: No value, another currency, too many, or a code that is taken.
    """
    wanted = read_code(code)
    if value.minor <= 0 or not 1 <= count <= MAX_AT_ONCE:
        raise InvalidInputError(
            msg("A voucher has a value, and there is at least one."),
            hint=msg("At most {max_at_once} are made at once.", max_at_once=MAX_AT_ONCE),
        )
    if (wanted and count > 1) or len(wanted) > MAX_CODE or len(note) > MAX_NOTE:
        raise InvalidInputError(
            msg("A code of your own is for one voucher."),
            hint=msg(
                "It has at most {max_code} signs, and the note {max_note}.",
                max_code=MAX_CODE,
                max_note=MAX_NOTE,
            ),
        )
    if wanted and not (wanted.isascii() and wanted.isalnum()):
        raise InvalidInputError(
            msg("A code has letters and digits only."), hint=msg("Such as THANKS2026.")
        )
    if valid_until is not None and valid_until <= act.now:
        raise InvalidInputError(
            msg("This deadline has passed."), hint=msg("Give a later one, or none.")
        )
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    if (value.currency, value.exponent) != (event.currency, event.currency_exponent):
        raise InvalidInputError(
            msg("Vouchers of this event are in {currency}.", currency=event.currency)
        )
    if wanted:
        _need_free(act.connection, event_id, wanted)
    views = [
        VoucherView(
            new_id(),
            wanted or new_code(CODE_LENGTH),
            value,
            value,
            note.strip(),
            valid_until,
            act.now,
            None,
        )
        for _ in range(count)
    ]
    act.connection.execute(
        insert(VoucherRow),
        [
            {
                "id": view.id,
                "event_id": event_id,
                "code": view.code,
                "value_minor": value.minor,
                "valid_until": valid_until,
                "note": view.note,
                "created_at": act.now,
                "cancelled_at": None,
            }
            for view in views
        ],
    )
    act.record(
        "add_vouchers",
        ("event", event_id),
        event_id=event_id,
        count=count,
        value_minor=value.minor,
        currency=value.currency,
    )
    return views


@writes(Permission.MONEY, about=event_of(VoucherRow, "voucher_id"))
def cancel_voucher(act: Act, voucher_id: UUID) -> None:
    """Take a voucher out of use; what was spent of it stays spent.

    Raises:
        NotFoundError: There is no such voucher.
    """
    event_id = act.connection.execute(
        select(VoucherRow.event_id).where(VoucherRow.id == voucher_id)
    ).scalar_one_or_none()
    if event_id is None:
        raise NotFoundError(msg("There is no such voucher."))
    act.need(event_id, Permission.MONEY)
    act.connection.execute(
        update(VoucherRow)
        .where(VoucherRow.id == voucher_id, VoucherRow.cancelled_at.is_(None))
        .values(cancelled_at=act.now)
    )
    subject = ("voucher", voucher_id)
    act.record("cancel_voucher", subject, event_id=event_id)


@reads(Permission.MONEY, about="event_id")
def list_vouchers(
    act: Act, event_id: UUID, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[VoucherView], int]:
    """Read a page of an event's vouchers by code, and how many there are.

    Args:
        event_id: The event.
        search: The beginning of a code; "" is all.
        offset: How many to skip.
        limit: How many to read.

    Raises:
        NotFoundError: There is no such event.
    """
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    here = [VoucherRow.event_id == event_id]
    if typed := read_code(search):
        here.append(begins(VoucherRow.code, typed))
    rows = act.connection.execute(
        select(*VoucherRow.__table__.columns)
        .where(*here)
        .order_by(VoucherRow.code)
        .limit(limit)
        .offset(offset)
    ).all()
    total = act.connection.execute(select(func.count()).where(*here)).scalar_one()
    spent = _spent(act.connection, event_id, [row.id for row in rows])
    currency, exponent = event.currency, event.currency_exponent
    views = []
    for row in rows:
        left = 0 if row.cancelled_at else row.value_minor - spent.get(row.id, 0)
        views.append(
            VoucherView(
                row.id,
                row.code,
                Money(row.value_minor, currency, exponent),
                Money(left, currency, exponent),
                row.note,
                row.valid_until,
                row.created_at,
                row.cancelled_at,
            )
        )
    return views, total


def voucher_to_spend(act: Act, event_id: UUID, typed: str, due: Money) -> tuple[UUID, str, Money]:
    """Find the voucher a code means, and what it still holds.

    Returns:
        Its id, its code and what it holds.

    Raises:
        NotFoundError: No such voucher at this event.
        InvalidInputError: It is cancelled, too old, spent, or of another currency.
    """
    row = act.connection.execute(
        select(*VoucherRow.__table__.columns).where(
            VoucherRow.event_id == event_id, VoucherRow.code == read_code(typed)
        )
    ).one_or_none()
    if row is None or not typed.strip():
        raise NotFoundError(
            msg("There is no voucher with this code at this event."), hint=msg("Check it.")
        )
    if row.cancelled_at is not None:
        raise InvalidInputError(msg("This voucher was cancelled."), hint=msg("Pay in another way."))
    if row.valid_until is not None and row.valid_until <= act.now:
        raise InvalidInputError(
            msg("This voucher is no longer valid."), hint=msg("Pay in another way.")
        )
    left = row.value_minor - _spent(act.connection, event_id, [row.id]).get(row.id, 0)
    if left <= 0:
        raise InvalidInputError(msg("This voucher is spent."), hint=msg("Pay in another way."))
    event = event_row(act.connection, event_id)
    if (event.currency, event.currency_exponent) != (due.currency, due.exponent):
        raise InvalidInputError(msg("This voucher is of another currency than the booking."))
    return row.id, row.code, Money(left, due.currency, due.exponent)


def _spent(connection: Connection, event_id: UUID, voucher_ids: list[UUID]) -> dict[UUID, int]:
    """What was paid with vouchers less what went back onto them.

    Only bookings that paid with a voucher are looked at; the ledger's index names them.
    """
    if not voucher_ids:
        return {}
    with_voucher = select(LedgerRow.booking_id).where(
        LedgerRow.event_id == event_id, LedgerRow.account == MONEY_ACCOUNTS[Method.VOUCHER]
    )
    back = (
        select(func.coalesce(func.sum(RefundRow.amount_minor), 0))
        .where(RefundRow.payment_id == PaymentRow.id, RefundRow.state == RefundState.PAID)
        .scalar_subquery()
    )
    rows: Any = connection.execute(
        select(PaymentRow.voucher_id, func.sum(PaymentRow.amount_minor - back))
        .where(
            PaymentRow.booking_id.in_(with_voucher),
            PaymentRow.voucher_id.in_(voucher_ids),
            PaymentRow.state == PaymentState.PAID,
        )
        .group_by(PaymentRow.voucher_id)
    )
    return {voucher_id: int(spent) for voucher_id, spent in rows}


def _need_free(connection: Connection, event_id: UUID, code: str) -> None:
    taken = connection.execute(
        select(VoucherRow.id).where(VoucherRow.event_id == event_id, VoucherRow.code == code)
    ).first()
    if taken is not None:
        raise InvalidInputError(
            msg("There is a voucher {code} already.", code=code), hint=msg("Choose another code.")
        )
