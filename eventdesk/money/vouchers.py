"""Vouchers: prepaid money for one event, issued, listed, cancelled, and spent in parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.bulk import insert_many
from data.rows import begins, count_rows
from data.schema import LedgerRow, PaymentRow, RefundRow, VoucherRow
from eventdesk.acts import Act, Permission, event_of, event_row, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError, need_found
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
        left: What it still holds; nothing when it is cancelled.
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
            hint=msg("At most {most} are made at once.", most=MAX_AT_ONCE),
        )
    if (wanted and count > 1) or len(wanted) > MAX_CODE or len(note) > MAX_NOTE:
        raise InvalidInputError(
            msg("A code of your own is for one voucher."),
            hint=msg("It has at most {a} signs, and the note {b}.", a=MAX_CODE, b=MAX_NOTE),
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
    same = VoucherRow.event_id == event_id, VoucherRow.code == wanted
    if wanted and count_rows(act.connection, *same):
        raise InvalidInputError(
            msg("There is a voucher {code} already.", code=wanted), hint=msg("Choose another code.")
        )
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
    common = {
        "event_id": event_id,
        "value_minor": value.minor,
        "valid_until": valid_until,
        "note": note.strip(),
        "created_at": act.now,
        "cancelled_at": None,
    }
    rows = [{"id": view.id, "code": view.code, **common} for view in views]
    insert_many(act.connection, VoucherRow, rows)
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
    """Cancel a voucher; what was spent of it stays spent."""
    asked = select(VoucherRow.event_id).where(VoucherRow.id == voucher_id)
    found = act.connection.execute(asked).scalar_one_or_none()
    event_id = need_found(found, msg("There is no such voucher."))
    act.need(event_id, Permission.MONEY)
    act.connection.execute(
        update(VoucherRow)
        .where(VoucherRow.id == voucher_id, VoucherRow.cancelled_at.is_(None))
        .values(cancelled_at=act.now)
    )
    act.record("cancel_voucher", ("voucher", voucher_id), event_id=event_id)


@reads(Permission.MONEY, about="event_id")
def list_vouchers(
    act: Act, event_id: UUID, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[VoucherView], int]:
    """Read a page of an event's vouchers by code, and how many there are.

    `search` is the beginning of a code.
    """
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    here = [VoucherRow.event_id == event_id]
    if typed := read_code(search):
        here.append(begins(VoucherRow.code, typed))
    rows = act.connection.execute(
        select(VoucherRow.__table__)
        .where(*here)
        .order_by(VoucherRow.code)
        .limit(limit)
        .offset(offset)
    ).all()
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
    return views, count_rows(act.connection, *here)


def voucher_to_spend(act: Act, event_id: UUID, typed: str, due: Money) -> tuple[UUID, str, Money]:
    """Find a voucher by its code; return its id, its code and what it still holds.

    Raises:
        NotFoundError: No such voucher at this event.
        InvalidInputError: It is cancelled, too old, spent, or of another currency.
    """
    row = act.connection.execute(
        select(VoucherRow.__table__).where(
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
    """Sums paid with vouchers, less refunds onto them, in minor units.

    The ledger's index names the bookings that paid with one.
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
