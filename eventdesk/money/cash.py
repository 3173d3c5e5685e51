"""Cash drawers: opened with a float, every movement, counted, closed or handed over.

What moves is only ever added; a slip is countered by a movement of its own. What a booking pays in
cash, and what it gets back in cash, is booked in the drawer of who takes it by the transaction that
takes it (`cash_rows.note_cash`).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.schema import CashMovementRow
from data.store import Store
from eventdesk.accounts.approvals import need_word
from eventdesk.acts.actor import Actor, Approval, Permission
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, at, need_here
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.core.typed_text import line
from eventdesk.money.cash_rows import (
    MOVEMENTS,
    TEAM,
    account_of,
    movement_view,
    need_open,
    need_shift,
    own_open_shift,
    put_movement,
    shift_row,
    shift_view,
)
from eventdesk.money.cash_steps import (
    LONGEST_REASON,
    begin_shift,
    log_shift,
    need_amount,
    operator_named,
)
from eventdesk.money.cash_values import BY_HAND, Movement, MovementKind, ShiftView

LONGEST_DRAWER = 40


@allowed(*TEAM)
def open_shift(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    drawer: str,
    float_amount: Money,
    operator_id: UUID | None = None,
    now: datetime,
) -> ShiftView:
    """Open a drawer with what lies in it.

    Args:
        store: The store.
        actor: Who opens it.
        event_id: The event.
        drawer: What it is called, such as `Desk 1`; one person has it at a time.
        float_amount: What lies in it, in the event's currency; nothing is a float too.
        operator_id: The account it is for; None is whoever opens it.
        now: When, aware UTC.

    Raises:
        NotAllowedError: The actor works neither at the door nor with the money of this event, or
            opens one for somebody else without managing the money.
        NotFoundError: There is no such event or account.
        InvalidInputError: No name, another currency, the drawer is open already, or the operator
            has another one.
    """
    name = line(drawer, "The name of a drawer", most=LONGEST_DRAWER, needed=True)
    with store.write() as connection:
        here = need_here(connection, actor, event_id, *TEAM)
        own = account_of(connection, actor)
        if operator_id is not None and operator_id != own and not here.may(Permission.MONEY):
            raise NotAllowedError(
                "Only who manages the money opens a drawer for somebody else.",
                hint="Let them sign in and open it.",
            )
        operator = (
            here if operator_id is None else operator_named(connection, event_id, operator_id)
        )
        event = event_row(connection, event_id)
        need_amount(float_amount, event.currency, event.currency_exponent)
        shift_id = begin_shift(connection, operator, event, name, float_amount.minor, actor, now)
        log_shift(connection, actor, "open_shift", shift_row(connection, shift_id), now)
        return shift_view(shift_row(connection, shift_id), here)


@allowed(*TEAM)
def open_shift_of(store: Store, actor: Actor, event_id: UUID) -> ShiftView | None:
    """The drawer an actor has open at an event; None where they have none.

    Raises:
        NotAllowedError: The actor works neither at the door nor with the money of this event.
    """
    with store.read() as connection:
        here = need_here(connection, actor, event_id, *TEAM)
        row = own_open_shift(connection, here, event_id)
        return None if row is None else shift_view(row, here)


@allowed(*TEAM)
def move(
    store: Store,
    actor: Actor,
    shift_id: UUID,
    *,
    kind: MovementKind | str,
    amount: Money,
    reason: str,
    now: datetime,
) -> Movement:
    """Put money into a drawer or take it out, for a reason: change from the bank, a courier.

    Args:
        store: The store.
        actor: The operator, or who manages the money.
        shift_id: The shift.
        kind: `in` or `out`.
        amount: How much, more than nothing.
        reason: What for.
        now: When, aware UTC.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
        InvalidInputError: It is closed, no reason, another currency, or more than is in it.
    """
    way = _need_by_hand(kind)
    why = line(reason, "A reason", most=LONGEST_REASON, needed=True)
    with store.write() as connection:
        row = need_shift(connection, actor, shift_id)
        need_open(row)
        need_amount(amount, row.currency, row.currency_exponent, least=1)
        if way is MovementKind.OUT and amount.minor > row.moved_minor:
            held = Money(row.moved_minor, row.currency, row.currency_exponent)
            raise InvalidInputError(
                f"{plain(row.drawer)} holds {held}, not {amount}.", hint=f"Take at most {held}."
            )
        minor = amount.minor if way is MovementKind.IN else -amount.minor
        movement_id = put_movement(connection, actor, shift_id, way, minor, reason=why, now=now)
        return _movement(connection, movement_id, row)


@allowed(*TEAM)
def counter(
    store: Store,
    actor: Actor,
    movement_id: UUID,
    *,
    reason: str,
    approval: Approval | None = None,
    now: datetime,
) -> Movement:
    """Take a movement back by one of the same amount the other way; both stay.

    What was put in or taken out by hand its operator counters; a sale or a refund only who manages
    the money, or with a supervisor's word. The booking stays paid: the books are not changed.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        SupervisorNeededError: It is a sale or a refund, and no supervisor gave their word for it.
        NotFoundError: There is no such movement.
        InvalidInputError: No reason, the drawer is closed, it was countered already, or is a float
            or a counter itself.
    """
    why = line(reason, "A reason", most=LONGEST_REASON, needed=True)
    with store.write() as connection:
        found = connection.execute(MOVEMENTS.where(CashMovementRow.id == movement_id)).one_or_none()
        if found is None:
            raise NotFoundError("There is no such movement.", hint="Read the list again with F5.")
        row = need_shift(connection, actor, found.shift_id)
        need_open(row)
        _need_counterable(found)
        here = at(connection, actor, row.event_id)
        if found.kind not in BY_HAND and not here.may(Permission.MONEY):
            need_word(
                connection,
                here,
                row.event_id,
                approval,
                act="cash",
                words="take a sale out of a drawer",
                now=now,
            )
        counter_id = put_movement(
            connection,
            actor,
            row.id,
            MovementKind.COUNTER,
            -found.amount_minor,
            reason=why,
            counters_id=movement_id,
            now=now,
        )
        return _movement(connection, counter_id, row)


def _need_by_hand(kind: MovementKind | str) -> MovementKind:
    if kind not in BY_HAND:
        raise InvalidInputError(f"Nobody books {str(kind)!r} by hand.", hint="Choose: in or out.")
    return MovementKind(kind)


def _need_counterable(found: Any) -> None:
    if found.countered_by is not None:
        raise InvalidInputError("This movement was taken back already.")
    if found.kind == MovementKind.COUNTER:
        raise InvalidInputError(
            "This takes another movement back; it stays.", hint="Book the amount anew."
        )
    if found.kind == MovementKind.FLOAT:
        raise InvalidInputError(
            "A float stays as it was.", hint="Put in or take out what is different."
        )


def _movement(connection: Connection, movement_id: UUID, row: Any) -> Movement:
    found = connection.execute(MOVEMENTS.where(CashMovementRow.id == movement_id)).one()
    return movement_view(found, row.currency, row.currency_exponent)
