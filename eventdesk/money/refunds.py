"""Giving money back: of which payments, how far it is, and by whom it was handed out.

A refund goes back the way the money came. What a voucher paid stands on the voucher again at
once; what a gateway took waits for the gateway's word; the rest is handed out by a person, who
says so. Never more goes back than came in.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import RefundRow
from data.store import Store
from eventdesk.accounts.approvals import need_word
from eventdesk.acts.actor import Actor, Approval, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, RefundState
from eventdesk.money.balances import balance, booking_row
from eventdesk.money.refund_steps import (
    MAX_REASON,
    mark_refunded,
    promise_again,
    refund_due,
    refund_row,
)

BY_HAND = (Method.CASH, Method.TERMINAL, Method.TRANSFER, Method.ELSEWHERE)
"""How a person gives money back."""


@allowed(Permission.MONEY, Permission.DOOR)
def refund(
    store: Store,
    actor: Actor,
    booking_id: UUID,
    *,
    amount: Money | None = None,
    reason: str,
    by: Method | str = "",
    reference: str = "",
    approval: Approval | None = None,
    now: datetime,
) -> Money:
    """Give back a part of what a booking paid, or the whole credit it has.

    What is given back of tickets that stay valid is due again; to let somebody keep the tickets
    for less, lower their price first: `price_cuts.let_off`.

    Args:
        store: The store.
        actor: Who gives it back.
        booking_id: The booking.
        amount: How much; None is the booking's credit.
        reason: Why; the buyer reads it.
        by: How a person hands it out in this very moment: cash, terminal or transfer. "" promises
            it only.
        reference: What it can be found by elsewhere, where it is handed out.
        approval: The supervisor who allowed it, where the actor works at the door only.
        now: When, aware UTC.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        SupervisorNeededError: The actor works at the door, and no supervisor approved it.
        NotFoundError: There is no such booking.
        InvalidInputError: No reason, another currency, more than came in, or not to be handed out.
    """
    if not reason.strip():
        raise InvalidInputError("A refund needs a reason.", hint="Such as: ill, cancelled.")
    with store.write() as connection:
        booking = booking_row(connection, booking_id)
        here = need_here(connection, actor, booking.event_id, Permission.MONEY, Permission.DOOR)
        stands = balance(connection, booking_id)
        wanted = stands.credit if amount is None else amount
        _need_refundable(wanted, stands.refundable)
        # What cannot be given back is said before anybody calls a supervisor.
        word = _need_refunder(connection, here, booking, approval, now)
        why = reason.strip()[:MAX_REASON]
        before = _promised(connection, booking_id)
        refund_due(connection, actor, booking_id, wanted.minor, reason=why, now=now)
        if by:
            for refund_id in _promised(connection, booking_id) - before:
                row = refund_row(connection, refund_id)
                if row.method == Method.GATEWAY:  # the gateway pays it back by itself
                    continue
                note, way = reference.strip()[:MAX_REASON], _need_by_hand(row, by)
                mark_refunded(connection, row, reference=note, by=way, actor=actor, now=now)
        record(
            connection,
            actor,
            "refund",
            ("booking", booking_id),
            now=now,
            event_id=booking.event_id,
            amount_minor=wanted.minor,
            currency=wanted.currency,
            reason=why,
            **({"by": str(by)} if by else {}),
            **({"approved_by": word} if word else {}),
        )
    return wanted


@allowed(Permission.MONEY)
def hand_out_refund(
    store: Store,
    actor: Actor,
    refund_id: UUID,
    *,
    by: Method | str = "",
    reference: str = "",
    now: datetime,
) -> None:
    """Note that a person gave a refund back: what was promised, or what a gateway refused.

    Args:
        store: The store.
        actor: Who gave it.
        refund_id: The refund.
        by: How, if not in the way the money came: cash, terminal or transfer.
        reference: What it can be found by elsewhere.
        now: When, aware UTC.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such refund.
        InvalidInputError: It is out already, is the gateway's to pay, or its money pays for
            something else now.
    """
    note = reference.strip()[:MAX_REASON]
    with store.write() as connection:
        row = refund_row(connection, refund_id)
        need_here(connection, actor, row.event_id, Permission.MONEY)
        way = _need_by_hand(row, by)
        if row.state == RefundState.FAILED:
            promise_again(connection, row, now)
        mark_refunded(connection, row, reference=note, by=way, actor=actor, now=now)
        _recorded(connection, actor, "hand_out_refund", row, now, by=way, reference=note)


@allowed(Permission.MONEY)
def retry_refund(store: Store, actor: Actor, refund_id: UUID, *, now: datetime) -> None:
    """Promise a refused refund again, as far as it can still be given back.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such refund.
        InvalidInputError: It was not refused, or the money went back in another way or pays for
            something else now.
    """
    with store.write() as connection:
        row = refund_row(connection, refund_id)
        need_here(connection, actor, row.event_id, Permission.MONEY)
        if row.state != RefundState.FAILED:
            raise InvalidInputError("Only a refused refund is tried again.")
        promise_again(connection, row, now)
        _recorded(connection, actor, "retry_refund", row, now)


def _need_refunder(
    connection: Connection, here: Actor, booking: Any, approval: Approval | None, now: datetime
) -> str:
    """Let those refund who move the money, and the desk with a supervisor's word; name whose."""
    if here.may(Permission.MONEY):
        return ""
    return need_word(
        connection,
        here,
        booking.event_id,
        approval,
        act="refund",
        words="give money back",
        now=now,
    )


def _promised(connection: Connection, booking_id: UUID) -> set[UUID]:
    """The refunds of a booking that wait to be handed out."""
    waiting = select(RefundRow.id).where(
        RefundRow.booking_id == booking_id, RefundRow.state == RefundState.PENDING
    )
    return set(connection.execute(waiting).scalars())


def _need_by_hand(row: Any, by: Method | str) -> Method:
    """Say how a person gives a refund back."""
    if row.state == RefundState.PAID:
        raise InvalidInputError("This refund is out already.", hint="Read the list again with F5.")
    if row.state == RefundState.SUPERSEDED:
        raise InvalidInputError(
            "This refund was taken back.", hint="Its money pays for another ticket type."
        )
    if row.method == Method.GATEWAY and row.state == RefundState.PENDING:
        raise InvalidInputError(
            "This refund is paid by the gateway.",
            hint="Wait for its answer. When it refuses, try again or give it back by hand.",
        )
    way = str(by or row.method)
    if way not in BY_HAND:
        raise InvalidInputError(
            f"Nobody gives money back by {way}.", hint=f"Choose one: {', '.join(BY_HAND[:3])}."
        )
    return Method(way)


def _need_refundable(wanted: Money, most: Money) -> None:
    if (wanted.currency, wanted.exponent) != (most.currency, most.exponent):
        raise InvalidInputError(f"This booking is paid in {most.currency}.")
    if wanted.minor <= 0:
        raise InvalidInputError(
            "There is nothing to give back.",
            hint="Say how much, or cancel tickets of this booking first.",
        )
    if wanted.minor > most.minor:
        raise InvalidInputError(
            f"{wanted} cannot be given back: {most} came in and did not go back yet.",
            hint=f"Give back at most {most}.",
        )


def _recorded(
    connection: Connection, actor: Actor, verb: str, row: Any, now: datetime, **detail: object
) -> None:
    record(
        connection,
        actor,
        verb,
        ("refund", row.id),
        now=now,
        event_id=row.event_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        **detail,
    )
