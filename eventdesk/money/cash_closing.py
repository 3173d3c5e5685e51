"""Counting a drawer, closing it, and handing it to the next operator."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, update

from data.schema import CashShiftRow
from data.store import Store
from eventdesk.acts.actor import Actor
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, at
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.core.typed_text import line
from eventdesk.money.cash_rows import TEAM, need_open, need_shift, shift_row, shift_view
from eventdesk.money.cash_steps import LONGEST_REASON, begin_shift, log_shift, operator_named
from eventdesk.money.cash_values import Counted, HandOver, ShiftView
from eventdesk.money.denominations import counted


@allowed(*TEAM)
def count(
    store: Store, actor: Actor, shift_id: UUID, counts: Mapping[int, int], *, now: datetime
) -> Counted:
    """Count a drawer that goes on; the next count begins with these pieces.

    Args:
        store: The store.
        actor: The operator, or who manages the money.
        shift_id: The shift.
        counts: Pieces by what one is worth in minor units.
        now: When, aware UTC.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
        InvalidInputError: It is closed, or there is no such note or coin.
    """
    with store.write() as connection:
        row = need_shift(connection, actor, shift_id)
        need_open(row)
        found = _counted(row, counts)
        _put_count(connection, row, found, counts)
        log_shift(
            connection, actor, "count_cash", row, now, difference_minor=found.difference.minor
        )
        return found


@allowed(*TEAM)
def close_shift(
    store: Store,
    actor: Actor,
    shift_id: UUID,
    counts: Mapping[int, int],
    *,
    note: str = "",
    now: datetime,
) -> ShiftView:
    """Close a drawer as it was counted; nothing is booked in it any more.

    Args:
        store: The store.
        actor: The operator, or who manages the money.
        shift_id: The shift.
        counts: Pieces by what one is worth in minor units.
        note: Why something is missing or too much; needed where it is.
        now: When, aware UTC.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
        InvalidInputError: It is closed already, there is no such note or coin, or a difference is
            not explained.
    """
    with store.write() as connection:
        row = need_shift(connection, actor, shift_id)
        _end(connection, actor, row, counts, note, now)
        return shift_view(shift_row(connection, shift_id), at(connection, actor, row.event_id))


@allowed(*TEAM)
def hand_over(
    store: Store,
    actor: Actor,
    shift_id: UUID,
    counts: Mapping[int, int],
    *,
    to_id: UUID,
    note: str = "",
    now: datetime,
) -> HandOver:
    """Close a drawer as it was counted, and open it for the next operator with what is in it.

    Args:
        store: The store.
        actor: The operator who leaves, or who manages the money.
        shift_id: The shift that ends.
        counts: Pieces by what one is worth in minor units; the next float.
        to_id: The account of who takes it over.
        note: Why something is missing or too much; needed where it is.
        now: When, aware UTC.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer or account.
        InvalidInputError: As `close_shift`; or the next one does not work here, has a drawer, or is
            the one who leaves.
    """
    with store.write() as connection:
        row = need_shift(connection, actor, shift_id)
        if row.operator_id == to_id:
            raise InvalidInputError(
                f"{plain(row.operator_name)} has this drawer already.", hint="Choose another one."
            )
        next_one = operator_named(connection, row.event_id, to_id)
        found = _end(connection, actor, row, counts, note, now)
        event = event_row(connection, row.event_id)
        opened_id = begin_shift(
            connection, next_one, event, row.drawer, found.counted.minor, actor, now
        )
        connection.execute(
            update(CashShiftRow).where(CashShiftRow.id == shift_id).values(handed_to_id=opened_id)
        )
        log_shift(connection, actor, "hand_over", row, now, to=next_one.name)
        here = at(connection, actor, row.event_id)
        return HandOver(
            shift_view(shift_row(connection, shift_id), here),
            shift_view(shift_row(connection, opened_id), here),
        )


def _end(
    connection: Connection,
    actor: Actor,
    row: Any,
    counts: Mapping[int, int],
    note: str,
    now: datetime,
) -> Counted:
    """Close a shift as it was counted."""
    need_open(row)
    why = line(note, "A note", most=LONGEST_REASON)
    found = _counted(row, counts)
    if found.difference.minor and not why:
        raise InvalidInputError(
            f"{found.verdict}: a difference needs a note.",
            hint="Count again, or say what may have happened.",
        )
    _put_count(connection, row, found, counts, note=why, closed_at=now)
    log_shift(
        connection,
        actor,
        "close_shift",
        row,
        now,
        expected_minor=found.expected.minor,
        difference_minor=found.difference.minor,
        note=why,
    )
    return found


def _counted(row: Any, counts: Mapping[int, int]) -> Counted:
    currency, exponent = row.currency, row.currency_exponent
    expected = Money(int(row.moved_minor), currency, exponent)
    return Counted(expected, counted(counts, currency, exponent))


def _put_count(
    connection: Connection, row: Any, found: Counted, counts: Mapping[int, int], **more: Any
) -> None:
    connection.execute(
        update(CashShiftRow)
        .where(CashShiftRow.id == row.id)
        .values(
            expected_minor=found.expected.minor,
            counted_minor=found.counted.minor,
            counts={str(minor): pieces for minor, pieces in counts.items() if pieces},
            **more,
        )
    )
