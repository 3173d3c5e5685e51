"""Drawers inside the transaction that moves their money."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, select

from data.schema import (
    AccountRow,
    BookingRow,
    CashMovementRow,
    CashShiftRow,
    EventRow,
    PaymentRow,
    RefundRow,
    aliased,
)
from data.sealed_rows import seal_of
from eventdesk.acts.actor import Actor, ActorKind, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import need_here
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.money.cash_values import Movement, MovementKind, ShiftView

TEAM = (Permission.DOOR, Permission.MONEY)
"""Who may have a drawer."""

_VERBS = {
    MovementKind.IN: "move",
    MovementKind.OUT: "move",
    MovementKind.COUNTER: "counter",
}
"""What the audit calls a movement; what comes with a sale, a refund or an opening is booked."""

_NEXT = aliased(CashShiftRow)

SHIFTS = select(
    CashShiftRow.id,
    CashShiftRow.event_id,
    CashShiftRow.drawer,
    CashShiftRow.operator_id,
    CashShiftRow.operator_name,
    CashShiftRow.currency,
    CashShiftRow.currency_exponent,
    CashShiftRow.float_minor,
    CashShiftRow.opened_at,
    CashShiftRow.closed_at,
    CashShiftRow.expected_minor,
    CashShiftRow.counted_minor,
    CashShiftRow.counts,
    CashShiftRow.note,
    EventRow.name.label("event_name"),
    EventRow.time_zone,
    _NEXT.operator_name.label("handed_to"),
    select(func.coalesce(func.sum(CashMovementRow.amount_minor), 0))
    .where(CashMovementRow.shift_id == CashShiftRow.id)
    .scalar_subquery()
    .label("moved_minor"),
).select_from(
    CashShiftRow.__table__.join(EventRow.__table__, EventRow.id == CashShiftRow.event_id).outerjoin(
        _NEXT, _NEXT.id == CashShiftRow.handed_to_id
    )
)
"""Shifts with what their movements come to."""

_COUNTERED = aliased(CashMovementRow)
_COUNTERING = aliased(CashMovementRow)
_OF_REFUND = aliased(BookingRow)

MOVEMENTS = (
    select(
        CashMovementRow.id,
        CashMovementRow.no,
        CashMovementRow.shift_id,
        CashMovementRow.kind,
        CashMovementRow.amount_minor,
        CashMovementRow.reason,
        CashMovementRow.actor_name,
        CashMovementRow.at,
        func.coalesce(BookingRow.code, _OF_REFUND.code, "").label("booking_code"),
        _COUNTERED.no.label("counters"),
        _COUNTERING.no.label("countered_by"),
    )
    .outerjoin(PaymentRow, PaymentRow.id == CashMovementRow.payment_id)
    .outerjoin(BookingRow, BookingRow.id == PaymentRow.booking_id)
    .outerjoin(RefundRow, RefundRow.id == CashMovementRow.refund_id)
    .outerjoin(_OF_REFUND, _OF_REFUND.id == RefundRow.booking_id)
    .outerjoin(_COUNTERED, _COUNTERED.id == CashMovementRow.counters_id)
    .outerjoin(_COUNTERING, _COUNTERING.counters_id == CashMovementRow.id)
)
"""Movements with the bookings they belong to, and what takes them back."""


def shift_row(connection: Connection, shift_id: UUID) -> Any:
    """Read one shift.

    Raises:
        NotFoundError: There is no such shift.
    """
    row = connection.execute(SHIFTS.where(CashShiftRow.id == shift_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such drawer.", hint="List them: `eventdesk cash list`.")
    return row


def account_of(connection: Connection, actor: Actor) -> UUID | None:
    """The account an actor is, where the store knows it; devices and the program have none."""
    if actor.kind is not ActorKind.ACCOUNT or actor.id is None:
        return None
    known = select(AccountRow.id).where(AccountRow.id == actor.id)
    return connection.execute(known).scalar_one_or_none()


def operated_by(connection: Connection, actor: Actor) -> ColumnElement[bool]:
    """Which shifts are an actor's: by account, else by the name they act under."""
    account_id = account_of(connection, actor)
    if account_id is not None:
        return CashShiftRow.operator_id == account_id
    return CashShiftRow.operator_id.is_(None) & (CashShiftRow.operator_name == actor.name)


def is_own(row: Any, actor: Actor) -> bool:
    """Whether a shift is the one of this actor."""
    if row.operator_id is not None:
        return actor.kind is ActorKind.ACCOUNT and bool(row.operator_id == actor.id)
    return bool(row.operator_name == actor.name)


def own_open_shift(connection: Connection, actor: Actor, event_id: UUID) -> Any | None:
    """The open shift an actor has at an event; None where they have none."""
    return connection.execute(
        SHIFTS.where(
            CashShiftRow.event_id == event_id,
            CashShiftRow.closed_at.is_(None),
            operated_by(connection, actor),
        )
    ).first()


def need_shift(connection: Connection, actor: Actor, shift_id: UUID) -> Any:
    """Read a shift for its operator, or for who manages the event's money.

    Raises:
        NotFoundError: There is no such shift.
        NotAllowedError: It is somebody else's.
    """
    row = shift_row(connection, shift_id)
    here = need_here(connection, actor, row.event_id, *TEAM)
    mine = is_own(row, here)
    if mine and row.operator_id is None:  # a person who took a device's name is not the device
        mine = account_of(connection, here) is None
    if not mine and not here.may(Permission.MONEY):
        raise NotAllowedError(
            f"{plain(row.operator_name)} has this drawer.",
            hint="Ask them, or somebody who manages the money.",
        )
    return row


def need_open(row: Any) -> None:
    """Let only shifts pass that go on.

    Raises:
        InvalidInputError: It was closed.
    """
    if row.closed_at is not None:
        raise InvalidInputError(
            f"{plain(row.drawer)} was closed; its movements stay as they are.",
            hint="Open a drawer again, and book it there.",
        )


def put_movement(
    connection: Connection,
    actor: Actor,
    shift_id: UUID,
    kind: MovementKind,
    amount_minor: int,
    *,
    reason: str = "",
    payment_id: UUID | None = None,
    refund_id: UUID | None = None,
    counters_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Write a movement down; it can never be changed, and the audit holds its seal.

    Returns:
        Its id.
    """
    movement_id = new_id()
    connection.execute(
        insert(CashMovementRow).values(
            id=movement_id,
            shift_id=shift_id,
            kind=kind,
            amount_minor=amount_minor,
            reason=reason,
            payment_id=payment_id,
            refund_id=refund_id,
            counters_id=counters_id,
            actor_name=actor.name,
            at=now,
        )
    )
    row = connection.execute(
        select(
            CashMovementRow.no,
            CashShiftRow.event_id,
            CashShiftRow.drawer,
            CashShiftRow.currency,
        )
        .join(CashShiftRow, CashShiftRow.id == CashMovementRow.shift_id)
        .where(CashMovementRow.id == movement_id)
    ).one()
    record(
        connection,
        actor,
        _VERBS.get(kind, "book_cash"),
        ("cash_movement", movement_id),
        now=now,
        event_id=row.event_id,
        drawer=row.drawer,
        amount_minor=amount_minor,
        currency=row.currency,
        reason=reason,
        sealed=[seal_of(connection, "cash_movement", "", row.no, row.no)],
    )
    return movement_id


def note_cash(
    connection: Connection,
    actor: Actor,
    booking: Any,
    amount_minor: int,
    *,
    payment_id: UUID | None = None,
    refund_id: UUID | None = None,
    now: datetime,
) -> None:
    """Book cash that was taken or given back in the drawer of who did it, if they have one.

    Args:
        connection: The transaction that takes it or gives it back.
        actor: Who did.
        booking: A row with the event's id and the currency.
        amount_minor: How much, in minor units; more than nothing.
        payment_id: The payment, of what came in.
        refund_id: The refund, of what went back.
        now: When, aware UTC.
    """
    shift = own_open_shift(connection, actor, booking.event_id)
    money = (booking.currency, booking.currency_exponent)
    if shift is None or (shift.currency, shift.currency_exponent) != money:
        return
    comes_in = payment_id is not None
    put_movement(
        connection,
        actor,
        shift.id,
        MovementKind.SALE if comes_in else MovementKind.REFUND,
        amount_minor if comes_in else -amount_minor,
        payment_id=payment_id,
        refund_id=refund_id,
        now=now,
    )


def drawer_of_payments(connection: Connection, payment_ids: Sequence[UUID]) -> str:
    """The drawer that payments were booked in; "" where they were booked in none."""
    drawer = connection.execute(
        select(CashShiftRow.drawer)
        .join(CashMovementRow, CashMovementRow.shift_id == CashShiftRow.id)
        .where(CashMovementRow.payment_id.in_(payment_ids))
        .limit(1)
    ).scalar_one_or_none()
    return str(drawer or "")


def shift_view(row: Any, actor: Actor | None = None) -> ShiftView:
    """A row of `SHIFTS` as screens show it, to this actor."""

    def money(minor: int) -> Money:
        return Money(int(minor), row.currency, row.currency_exponent)

    is_open = row.closed_at is None
    return ShiftView(
        row.id,
        row.event_id,
        row.drawer,
        row.operator_id,
        row.operator_name,
        money(row.float_minor),
        money(row.moved_minor if is_open else row.expected_minor),
        row.opened_at,
        row.closed_at,
        None if row.counted_minor is None or is_open else money(row.counted_minor),
        {int(minor): int(pieces) for minor, pieces in row.counts.items()},
        row.note,
        actor is not None and is_own(row, actor),
        row.handed_to or "",
    )


def movement_view(row: Any, currency: str, exponent: int) -> Movement:
    """A row of `MOVEMENTS` as screens show it."""
    return Movement(
        row.id,
        row.no,
        MovementKind(row.kind),
        Money(row.amount_minor, currency, exponent),
        row.reason,
        row.booking_code,
        row.actor_name,
        row.at,
        row.counters,
        row.countered_by is not None,
    )
