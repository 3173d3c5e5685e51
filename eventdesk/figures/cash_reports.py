"""Cash reports: the close-out of a drawer, and all drawers of an event."""

from uuid import UUID

from data.rows import AnyRow
from data.schema import CashMovementRow, CashShiftRow
from eventdesk.acts import Act, Permission, event_row, reads
from eventdesk.core.messages import _, _p
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


@reads(*TEAM)
def shift_report(act: Act, shift_id: UUID) -> Report:
    """Report the close-out of a drawer: sums by kind, the count, and every movement.

    Raises:
        NotFoundError: There is no such drawer.
        NotAllowedError: It is somebody else's drawer.
    """
    row = need_shift(act, shift_id)
    rows = act.connection.execute(
        MOVEMENTS.where(CashMovementRow.shift_id == shift_id).order_by(CashMovementRow.no)
    ).all()
    view = shift_view(row)
    moves = [movement_view(each, row.currency, row.currency_exponent) for each in rows]
    remarks = [_("Note: {note}", note=view.note)] if view.note else []
    if view.handed_to:
        remarks.append(
            _(
                "{handed_to} took the drawer over with {counted}.",
                handed_to=view.handed_to,
                counted=view.counted,
            )
        )
    if view.is_open:
        remarks.append(_("Still open: nothing of this is final."))
    return Report(
        ReportKind.CASH,
        _("Cash {drawer} {operator}", drawer=view.drawer, operator=view.operator),
        row.event_name,
        act.now,
        row.time_zone,
        (_summary(view, moves, row.time_zone), _count(view), _moves(moves, row.time_zone)),
        tuple(remarks),
    )


@reads(Permission.MONEY, about="event_id")
def drawers_report(act: Act, event_id: UUID) -> Report:
    """Report all drawers of an event, and whether the books agree with them."""
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    shifts = SHIFTS.where(CashShiftRow.event_id == event_id)
    in_order = shifts.order_by(CashShiftRow.opened_at, CashShiftRow.id)
    views = [shift_view(row) for row in act.connection.execute(in_order)]
    agrees = agreement(act.connection, event_id)
    books = (
        (_("Cash in the books"), agrees.ledger),
        (_("Booked in drawers"), agrees.drawers),
        (_("Taken without a drawer"), agrees.outside),
    )
    verdict = _("✓ Books and drawers agree.") if agrees.agrees else _("✗ Books and drawers differ.")
    return Report(
        ReportKind.CASH,
        _("Cash drawers"),
        event.name,
        act.now,
        event.time_zone,
        (ReportTable(_("Books and drawers"), ("", _("Amount")), books), _drawers(views, event)),
        (verdict,),
    )


def _drawers(views: list[ShiftView], event: AnyRow) -> ReportTable:
    rows: list[tuple[Figure, ...]] = [
        (
            each.drawer,
            each.operator,
            typed_moment(each.opened_at, event.time_zone),
            _p("state", "open")
            if each.closed_at is None
            else typed_moment(each.closed_at, event.time_zone),
            each.float_amount,
            each.expected,
            each.counted,
            each.difference,
            each.note or (_("to {handed_to}", handed_to=each.handed_to) if each.handed_to else ""),
        )
        for each in views
    ]
    return ReportTable(
        _("Drawers"),
        (
            _("Drawer"),
            _("Operator"),
            _("From"),
            _("Until"),
            _("Float"),
            _("Expected"),
            _("Counted"),
            _p("cash", "Off"),
            _("Note"),
        ),
        tuple(rows),
        empty=_("No drawer was opened."),
    )


def _summary(view: ShiftView, moves: list[Movement], time_zone: str) -> ReportTable:
    """Who, when, the sums by kind, expected and counted."""
    rows: list[tuple[Figure, ...]] = [
        (_("Drawer"), view.drawer, None),
        (_("Operator"), view.operator, None),
        (_("Opened"), typed_moment(view.opened_at, time_zone), None),
    ]
    if view.closed_at is not None:
        rows.append((_("Closed"), typed_moment(view.closed_at, time_zone), None))
    if view.handed_to:
        rows.append((_("Handed over to"), view.handed_to, None))
    for kind in MovementKind:
        amounts = [each.amount.minor for each in moves if each.kind is kind]
        if amounts or kind is MovementKind.FLOAT:
            total = Money(sum(amounts), view.expected.currency, view.expected.exponent)
            count = "" if kind is MovementKind.FLOAT else f"{len(amounts):,}"
            rows.append((str(KIND_WORDS[kind]).capitalize(), count, total))
    rows.append((_("Expected"), "", view.expected))
    if view.counted is not None:
        rows += [(_("Counted"), "", view.counted), (_("Difference"), view.verdict, view.difference)]
    if view.note:
        rows.append((_("Note"), view.note, None))
    return ReportTable(_("Close-out"), ("", "", _("Amount")), tuple(rows))


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
        _("Count"),
        (_("Piece"), _("Pieces"), _("Worth")),
        tuple(rows),
        ("", None, Money(total, money.currency, money.exponent)) if rows else None,
        empty=_("Not counted yet.") if view.is_open else _("Nothing lay in it."),
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
        _("Movements"),
        (_p("number", "No"), _("At"), _("What"), _("Booking"), _("By"), _("Why"), _("Amount")),
        tuple(rows),
        sums,
        empty=_("Nothing yet."),
    )


def movement_words(movement: Movement) -> str:
    """The reason of a movement, and whether it was taken back."""
    words = movement.reason
    if movement.counters is not None:
        words = _("takes back no. {counters}: {words}", counters=movement.counters, words=words)
    return f"{words} {_('(taken back)')}".strip() if movement.countered else words
