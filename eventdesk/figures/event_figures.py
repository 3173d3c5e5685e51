"""Overview of an event: its figures, and what it lacks."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select

from data.rows import AnyRow
from data.schema import BookingRow, SignUpRow, WaitlistEntryRow
from eventdesk.acts import Act, Permission, booking_state, event_row, offer_holds, reads
from eventdesk.core.money import Money
from eventdesk.door import LooseEnd, read_loose_ends
from eventdesk.events import TEAM, Check, EventDetail, places_taken, read_checklist, read_detail


@dataclass(frozen=True, slots=True)
class EventFigures:
    """Figures of an event.

    Attributes:
        taken: Places taken by valid tickets.
        paid, pending: Bookings.
        waiting: Waitlist entries, those with an offer included.
        sign_ups: Places taken in sessions.
        revenue: Total of paid bookings; None for who may not see money.
        due: Total of pending bookings; None for who may not see money.
    """

    taken: int
    paid: int
    pending: int
    waiting: int
    sign_ups: int
    revenue: Money | None
    due: Money | None


@dataclass(frozen=True, slots=True)
class Overview:
    """An event, what it lacks, what of it does not meet, and how it stands."""

    event: EventDetail
    checks: tuple[Check, ...]
    loose_ends: tuple[LooseEnd, ...]
    figures: EventFigures


@reads(*TEAM, about="event_id")
def event_overview(act: Act, event_id: UUID) -> Overview:
    """Read the overview of an event."""
    event = event_row(act.connection, event_id)
    act.need(event_id, *TEAM)
    return Overview(
        read_detail(act, event_id, team=True),
        read_checklist(act, event_id),
        read_loose_ends(act, event_id),
        _figures(act, event),
    )


def _figures(act: Act, event: AnyRow) -> EventFigures:
    event_id = event.id
    state = booking_state(act.now).label("state")
    sums = {
        row.state: row
        for row in act.connection.execute(
            select(
                state,
                func.count().label("bookings"),
                func.coalesce(func.sum(BookingRow.total_minor), 0).label("minor"),
            )
            .where(BookingRow.event_id == event_id)
            .group_by(state)
        )
    }
    may = act.known_at(event_id).may(Permission.MONEY)

    def bookings(state: str) -> int:
        return sums[state].bookings if state in sums else 0

    def money(state: str) -> Money | None:
        minor = sums[state].minor if state in sums else 0
        return Money(minor, event.currency, event.currency_exponent) if may else None

    waiting = select(func.count()).where(
        WaitlistEntryRow.event_id == event_id,
        or_(WaitlistEntryRow.state == "waiting", offer_holds(act.now)),
    )
    sign_ups = select(func.count()).where(SignUpRow.event_id == event_id)
    return EventFigures(
        taken=places_taken(act, event_id),
        paid=bookings("paid"),
        pending=bookings("pending"),
        waiting=act.connection.execute(waiting).scalar_one(),
        sign_ups=act.connection.execute(sign_ups).scalar_one(),
        revenue=money("paid"),
        due=money("pending"),
    )
