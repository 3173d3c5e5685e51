"""Beginning a shift at a drawer, inside the transaction that does it, and what is checked first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from data.schema import AccountRow, CashShiftRow
from eventdesk.acts.actor import Actor, ActorKind, Role
from eventdesk.acts.audit import record
from eventdesk.acts.permission import at
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.money import MOST_MINOR, Money
from eventdesk.core.plain_text import plain
from eventdesk.money.cash_rows import TEAM, account_of, own_open_shift, put_movement
from eventdesk.money.cash_values import MovementKind

LONGEST_REASON = 300


def need_amount(amount: Money, currency: str, exponent: int, *, least: int = 0) -> None:
    """Let only amounts pass that can lie in a drawer of this currency.

    Raises:
        InvalidInputError: It cannot.
    """
    if (amount.currency, amount.exponent) != (currency, exponent):
        raise InvalidInputError(f"This drawer is counted in {currency}.")
    if not least <= amount.minor <= MOST_MINOR:
        raise InvalidInputError(
            "An amount is more than nothing." if least else "A float is nothing or more.",
            hint="Check the digits.",
        )


def operator_named(connection: Connection, event_id: UUID, account_id: UUID) -> Actor:
    """The person with this account, who works here.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: They work neither at the door nor with the money of this event.
    """
    name = connection.execute(
        select(AccountRow.name).where(
            AccountRow.id == account_id,
            AccountRow.erased_at.is_(None),
            AccountRow.banned_at.is_(None),
        )
    ).scalar_one_or_none()
    if name is None:
        raise NotFoundError("There is no such account.", hint="Choose somebody of the team.")
    person = at(connection, Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE), event_id)
    if not person.may(*TEAM):
        raise InvalidInputError(
            f"{plain(name)} does not work at this event.", hint="Add them to the team first."
        )
    return person


def begin_shift(
    connection: Connection,
    operator: Actor,
    event: Any,
    drawer: str,
    float_minor: int,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Open a drawer for somebody who has none, with its float as the first movement.

    Args:
        connection: The write transaction.
        operator: Whose drawer it becomes.
        event: A row with the event's id and currency.
        drawer: What it is called.
        float_minor: What lies in it, in minor units.
        actor: Who opens it.
        now: When, aware UTC.

    Returns:
        The shift's id.

    Raises:
        InvalidInputError: The operator has one, or somebody has this one.
    """
    busy = own_open_shift(connection, operator, event.id)
    if busy is not None:
        raise InvalidInputError(
            f"{plain(operator.name)} has {plain(busy.drawer)} open.",
            hint="Close it or hand it over first.",
        )
    taken = connection.execute(
        select(CashShiftRow.drawer, CashShiftRow.operator_name).where(
            CashShiftRow.event_id == event.id, CashShiftRow.closed_at.is_(None)
        )
    )
    for each in taken:
        if fold(each.drawer) == fold(drawer):
            raise InvalidInputError(
                f"{plain(each.operator_name)} has {plain(each.drawer)} open.",
                hint="Let them hand it over, or give yours another name.",
            )
    shift_id = new_id()
    connection.execute(
        insert(CashShiftRow).values(
            id=shift_id,
            event_id=event.id,
            drawer=drawer,
            operator_id=account_of(connection, operator),
            operator_name=operator.name,
            currency=event.currency,
            currency_exponent=event.currency_exponent,
            float_minor=float_minor,
            opened_at=now,
            counts={},
            note="",
        )
    )
    put_movement(connection, actor, shift_id, MovementKind.FLOAT, float_minor, now=now)
    return shift_id


def log_shift(
    connection: Connection, actor: Actor, verb: str, row: Any, now: datetime, **detail: object
) -> None:
    """Write into the audit what was done to a shift."""
    record(
        connection,
        actor,
        verb,
        ("cash_shift", row.id),
        now=now,
        event_id=row.event_id,
        drawer=row.drawer,
        operator=str(row.operator_id or ""),
        **detail,
    )
