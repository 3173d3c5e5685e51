"""Whether the books and the drawers of an event agree on its cash."""

from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import CashMovementRow, CashShiftRow, LedgerRow, PaymentRow, aliased
from eventdesk.acts import Act, Permission, event_row, reads
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.money.drawer import CashAgreement, MovementKind
from eventdesk.money.ledger import MONEY_ACCOUNTS

REFUND_MEMO = "refund paid"
"""What the ledger says of money that went back; `refunds.mark_refunded`."""


@reads(Permission.MONEY, about="event_id")
def cash_agreement(act: Act, event_id: UUID) -> CashAgreement:
    """Compare what the books say of an event's cash with what its drawers say.

    Raises:
        NotFoundError: There is no such event.
    """
    act.need(event_id, Permission.MONEY)
    return agreement(act.connection, event_id)


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
            CashShiftRow.event_id == event_id, CashMovementRow.kind == kind, countering.id.is_(None)
        )
    )
    return int(connection.execute(total).scalar_one())
