"""The close-out of a drawer on paper, and all drawers of an event beside each other."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.schema import CashMovementRow, CashShiftRow
from eventdesk.acts import Act, Permission, event_row, reads
from eventdesk.core.money import Money
from eventdesk.core.reports import Figure, Report, ReportKind, ReportTable
from eventdesk.core.wall_clock import typed_moment
from eventdesk.money import (
    KIND_WORDS,
    MOVEMENTS,
    SHIFTS,
    TEAM,
    Movement,
    MovementKind,
    ShiftView,
    agreement,
    denominations,
    movement_view,
    need_shift,
    shift_view,
)

STILL_OPEN = "Still open: nothing of this is final."


@reads(*TEAM)
def shift_report(act: Act, shift_id: UUID) -> Report:
    """Make the close-out of one drawer: sums by kind, the count, and every movement.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
    """
    row = need_shift(act, shift_id)
    rows = act.connection.execute(
        MOVEMENTS.where(CashMovementRow.shift_id == shift_id).order_by(CashMovementRow.no)
    ).all()
    view = shift_view(row)
    moves = [movement_view(each, row.currency, row.currency_exponent) for each in rows]
    remarks = [f"Note: {view.note}"] if view.note else []
    if view.handed_to:
        remarks.append(f"{view.handed_to} took the drawer over with {view.counted}.")
    if view.is_open:
        remarks.append(STILL_OPEN)
    return Report(
        ReportKind.CASH,
        f"Cash {view.drawer} {view.operator}",
        row.event_name,
        act.now,
        row.time_zone,
        (_summary(view, moves, row.time_zone), _count(view), _moves(moves, row.time_zone)),
        tuple(remarks),
    )


@reads(Permission.MONEY, about="event_id")
def drawers_report(act: Act, event_id: UUID) -> Report:
    """Put all drawers of an event beside each other, and the books beside the drawers.

    Raises:
        NotFoundError: There is no such event.
    """
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    views = _all_shifts(act.connection, event_id)
    agrees = agreement(act.connection, event_id)
    books = (
        ("Cash in the books", agrees.ledger),
        ("Booked in drawers", agrees.drawers),
        ("Taken without a drawer", agrees.outside),
    )
    verdict = "✓ Books and drawers agree." if agrees.agrees else "✗ Books and drawers differ."
    return Report(
        ReportKind.CASH,
        "Cash drawers",
        event.name,
        act.now,
        event.time_zone,
        (ReportTable("Books and drawers", ("", "Amount"), books), _drawers(views, event)),
        (verdict,),
    )


def _all_shifts(connection: Connection, event_id: UUID) -> list[ShiftView]:
    rows = connection.execute(
        SHIFTS.where(CashShiftRow.event_id == event_id).order_by(
            CashShiftRow.opened_at, CashShiftRow.id
        )
    )
    return [shift_view(row) for row in rows]


def _drawers(views: list[ShiftView], event: Any) -> ReportTable:
    rows: list[tuple[Figure, ...]] = [
        (
            each.drawer,
            each.operator,
            typed_moment(each.opened_at, event.time_zone),
            "open" if each.closed_at is None else typed_moment(each.closed_at, event.time_zone),
            each.float_amount,
            each.expected,
            each.counted,
            each.difference,
            each.note or (f"to {each.handed_to}" if each.handed_to else ""),
        )
        for each in views
    ]
    return ReportTable(
        "Drawers",
        ("Drawer", "Operator", "From", "Until", "Float", "Expected", "Counted", "Off", "Note"),
        tuple(rows),
        empty="No drawer was opened.",
    )


def _summary(view: ShiftView, moves: list[Movement], time_zone: str) -> ReportTable:
    """The shift in a few lines: who, when, the sums by kind, expected and counted."""
    rows: list[tuple[Figure, ...]] = [
        ("Drawer", view.drawer, None),
        ("Operator", view.operator, None),
        ("Opened", typed_moment(view.opened_at, time_zone), None),
    ]
    if view.closed_at is not None:
        rows.append(("Closed", typed_moment(view.closed_at, time_zone), None))
    if view.handed_to:
        rows.append(("Handed over to", view.handed_to, None))
    for kind in MovementKind:
        amounts = [each.amount.minor for each in moves if each.kind is kind]
        if amounts or kind is MovementKind.FLOAT:
            total = Money(sum(amounts), view.expected.currency, view.expected.exponent)
            count = "" if kind is MovementKind.FLOAT else f"{len(amounts):,}"
            rows.append((str(KIND_WORDS[kind]).capitalize(), count, total))
    rows.append(("Expected", "", view.expected))
    if view.counted is not None:
        rows += [("Counted", "", view.counted), ("Difference", view.verdict, view.difference)]
    return ReportTable("Close-out", ("", "", "Amount"), tuple(rows))


def _count(view: ShiftView) -> ReportTable:
    money = view.expected
    rows: list[tuple[Figure, ...]] = []
    total = 0
    for each in denominations(money.currency, money.exponent):
        pieces = view.counts.get(each.value.minor, 0)
        if pieces:
            total += pieces * each.value.minor
            worth = Money(pieces * each.value.minor, money.currency, money.exponent)
            rows.append((each.value, pieces, worth))
    return ReportTable(
        "Count",
        ("Piece", "Pieces", "Worth"),
        tuple(rows),
        ("", None, Money(total, money.currency, money.exponent)) if rows else None,
        empty="Not counted yet." if view.is_open else "Nothing lay in it.",
    )


def _moves(moves: list[Movement], time_zone: str) -> ReportTable:
    total = sum(each.amount.minor for each in moves)
    rows: list[tuple[Figure, ...]] = [
        (
            each.no,
            typed_moment(each.at, time_zone),
            str(KIND_WORDS[each.kind]),
            each.booking_code,
            each.by,
            movement_words(each),
            each.amount,
        )
        for each in moves
    ]
    sums: tuple[Figure, ...] | None = None
    if moves:
        first = moves[0].amount
        sums = (None, "", "", "", "", "", Money(total, first.currency, first.exponent))
    return ReportTable(
        "Movements", ("No", "At", "What", "Booking", "By", "Why", "Amount"), tuple(rows), sums
    )


def movement_words(movement: Movement) -> str:
    """Why a movement was, and what became of it."""
    words = movement.reason
    if movement.counters is not None:
        words = f"takes back no. {movement.counters}: {words}"
    return f"{words} (taken back)".strip() if movement.countered else words
