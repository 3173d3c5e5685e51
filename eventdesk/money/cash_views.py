"""What is read of cash drawers: all of them, their movements, who may take one over, the books."""

from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import (
    AccountRow,
    CashMovementRow,
    CashShiftRow,
    EventRoleRow,
    LedgerRow,
    PaymentRow,
    aliased,
)
from data.store import Store
from eventdesk.acts.actor import Actor, ActorKind, Permission, Role
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, at, need_here
from eventdesk.core.errors import NotFoundError
from eventdesk.core.ids import read_code
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.money.cash_rows import (
    MOVEMENTS,
    SHIFTS,
    TEAM,
    movement_view,
    need_shift,
    operated_by,
    shift_view,
)
from eventdesk.money.cash_values import CashAgreement, Movement, MovementKind, ShiftView, Successor
from eventdesk.money.ledger import MONEY_ACCOUNTS

REFUND_MEMO = "refund paid"
"""What the ledger says of money that went back; `refund_steps.mark_refunded`."""


@allowed(*TEAM)
def list_shifts(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    open_only: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[ShiftView], int]:
    """Read a page of an event's drawers, those that are open first, and how many there are.

    Who manages the money sees all; others see their own.

    Raises:
        NotAllowedError: The actor works neither at the door nor with the money of this event.
    """
    with store.read() as connection:
        here = need_here(connection, actor, event_id, *TEAM)
        which = [CashShiftRow.event_id == event_id]
        if not here.may(Permission.MONEY):
            which.append(operated_by(connection, here))
        if open_only:
            which.append(CashShiftRow.closed_at.is_(None))
        total = connection.execute(select(func.count(CashShiftRow.id)).where(*which)).scalar_one()
        rows = connection.execute(
            SHIFTS.where(*which)
            .order_by(
                CashShiftRow.closed_at.is_not(None),
                CashShiftRow.opened_at.desc(),
                CashShiftRow.id.desc(),
            )
            .limit(limit)
            .offset(offset)
        )
        return [shift_view(row, here) for row in rows], total


@allowed(*TEAM)
def read_shift(store: Store, actor: Actor, shift_id: UUID) -> ShiftView:
    """Read one drawer.

    Raises:
        NotAllowedError: It is somebody else's.
        NotFoundError: There is no such drawer.
    """
    with store.read() as connection:
        row = need_shift(connection, actor, shift_id)
        return shift_view(row, at(connection, actor, row.event_id))


@allowed(*TEAM)
def list_movements(
    store: Store,
    actor: Actor,
    shift_id: UUID,
    *,
    newest_first: bool = True,
    offset: int = 0,
    limit: int | None = 50,
) -> tuple[list[Movement], int]:
    """Read a page of a drawer's movements, and how many there are.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
    """
    with store.read() as connection:
        row = need_shift(connection, actor, shift_id)
        mine = CashMovementRow.shift_id == shift_id
        total = connection.execute(select(func.count(CashMovementRow.no)).where(mine)).scalar_one()
        order = CashMovementRow.no.desc() if newest_first else CashMovementRow.no
        rows = connection.execute(MOVEMENTS.where(mine).order_by(order).limit(limit).offset(offset))
        return [movement_view(each, row.currency, row.currency_exponent) for each in rows], total


@allowed(*TEAM)
def successors(store: Store, actor: Actor, event_id: UUID) -> list[Successor]:
    """Name the people of an event's team whom a drawer can be handed to, by name.

    Raises:
        NotAllowedError: The actor works neither at the door nor with the money of this event.
    """
    with store.read() as connection:
        here = need_here(connection, actor, event_id, *TEAM)
        busy = dict(
            connection.execute(
                select(CashShiftRow.operator_id, CashShiftRow.drawer).where(
                    CashShiftRow.event_id == event_id, CashShiftRow.closed_at.is_(None)
                )
            ).all()
        )
        members = connection.execute(
            select(AccountRow.id, AccountRow.name)
            .join(EventRoleRow, EventRoleRow.account_id == AccountRow.id)
            .where(
                EventRoleRow.event_id == event_id,
                AccountRow.banned_at.is_(None),
                AccountRow.erased_at.is_(None),
            )
            .order_by(AccountRow.folded_name, AccountRow.id)
        ).all()
        found = []
        for member in members:
            person = Actor(ActorKind.ACCOUNT, member.id, member.name, Role.ATTENDEE)
            role = at(connection, person, event_id)
            if role.may(*TEAM) and member.id != here.id:
                found.append(
                    Successor(member.id, member.name, str(role.role), busy.get(member.id, ""))
                )
        return found


@allowed(*TEAM)
def find_shift(store: Store, actor: Actor, event_id: UUID, named: str) -> ShiftView:
    """Find the drawer a person means: by its id or by its name; without a name the only open one.

    Of several shifts at one drawer the open one is meant, else the last.

    Raises:
        NotFoundError: There is no such drawer, or several and none was named.
    """
    shifts, _ = list_shifts(store, actor, event_id, limit=1000)
    wanted = named.strip().casefold()
    if not wanted:
        meant = [each for each in shifts if each.is_open and each.mine] or [
            each for each in shifts if each.is_open
        ]
        if len(meant) == 1:
            return meant[0]
        raise NotFoundError(
            "There are several drawers open." if meant else "No drawer is open.",
            hint="Name one with --drawer." if meant else "Open one: `eventdesk cash open`.",
        )
    for each in shifts:
        if wanted in (str(each.id), each.drawer.casefold(), read_code(each.drawer).casefold()):
            return each
    raise NotFoundError(
        f"There is no drawer {named.strip()[:40]!r}.", hint="List them: `eventdesk cash list`."
    )


@allowed(Permission.MONEY)
def cash_agreement(store: Store, actor: Actor, event_id: UUID) -> CashAgreement:
    """Compare what the books say of an event's cash with what its drawers say.

    Raises:
        NotAllowedError: The actor may not see this event's money.
        NotFoundError: There is no such event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.MONEY)
        return agreement(connection, event_id)


def agreement(connection: Connection, event_id: UUID) -> CashAgreement:
    """`cash_agreement`, inside a transaction."""
    event = event_row(connection, event_id)
    cash = (
        LedgerRow.event_id == event_id,
        LedgerRow.account == MONEY_ACCOUNTS[Method.CASH],
        LedgerRow.currency == event.currency,
    )
    amount = func.coalesce(func.sum(LedgerRow.amount_minor), 0)
    ledger = connection.execute(select(amount).where(*cash)).scalar_one()
    back = connection.execute(
        select(amount).where(*cash, LedgerRow.memo == REFUND_MEMO)
    ).scalar_one()
    sales = _moved(connection, event_id, MovementKind.SALE)
    refunds = _moved(connection, event_id, MovementKind.REFUND)
    outside = _taken_outside(connection, event_id, event.currency) + back - refunds

    def money(minor: int) -> Money:
        return Money(int(minor), event.currency, event.currency_exponent)

    return CashAgreement(money(ledger), money(sales + refunds), money(outside))


def _taken_outside(connection: Connection, event_id: UUID, currency: str) -> int:
    """Cash that was paid and that no drawer holds: booked in none, or taken back out of one."""
    countering = aliased(CashMovementRow)
    total = (
        select(func.coalesce(func.sum(PaymentRow.amount_minor), 0))
        .outerjoin(CashMovementRow, CashMovementRow.payment_id == PaymentRow.id)
        .outerjoin(countering, countering.counters_id == CashMovementRow.id)
        .where(
            PaymentRow.event_id == event_id,
            PaymentRow.method == Method.CASH,
            PaymentRow.state == PaymentState.PAID,
            PaymentRow.currency == currency,
            CashMovementRow.id.is_(None) | countering.id.is_not(None),
        )
    )
    return int(connection.execute(total).scalar_one())


def _moved(connection: Connection, event_id: UUID, kind: MovementKind) -> int:
    """What was booked in the drawers of an event as this, less what was taken back of it."""
    countering = aliased(CashMovementRow)
    total = (
        select(func.coalesce(func.sum(CashMovementRow.amount_minor), 0))
        .join(CashShiftRow, CashShiftRow.id == CashMovementRow.shift_id)
        .outerjoin(countering, countering.counters_id == CashMovementRow.id)
        .where(
            CashShiftRow.event_id == event_id,
            CashMovementRow.kind == kind,
            countering.id.is_(None),
        )
    )
    return int(connection.execute(total).scalar_one())
