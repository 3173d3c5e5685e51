"""The forecast of a standing: guests still to come, the queue, and advice on lanes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.messages import _, _n
from eventdesk.figures.forecast import MAX_LANES, ArrivalCurve, Forecast, forecast, usual_curve
from eventdesk.figures.forecast_basis import DoorBasis
from eventdesk.figures.panel_values import Choice, Standing

SECONDS_EACH: Final = 8.0
"""Seconds one guest takes, where it was not measured."""

BEFORE: Final = timedelta(hours=12)
"""Time before the doors open from which a forecast is made."""


MAX_AT_HAND: Final = 10
"""Most lanes that advice asks for, unless three times the present ones are more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Facts of a door beside its scans.

    Attributes:
        doors_at: When the door opens today; None means the list's own time.
        seconds_each: Seconds one guest takes, where it cannot be measured.
        daily: Whether guests of an earlier day come again.
    """

    curve: ArrivalCurve = field(default_factory=usual_curve)
    doors_at: datetime | None = None
    seconds_each: float = SECONDS_EACH
    daily: bool = False

    @classmethod
    def of(cls, basis: DoorBasis) -> "Pace":
        """The facts of one list's door."""
        return cls(basis.curve, basis.doors_at, basis.seconds_each, basis.daily)


def first_door(standing: Standing, choice: Choice) -> UUID | None:
    """The first chosen list by which people arrive."""
    for each in standing.all_lists:
        if each.kind == "arrive" and (not choice.list_ids or each.id in choice.list_ids):
            return each.id
    return None


def forecast_of(standing: Standing, pace: Pace | None = None) -> Forecast | None:
    """Forecast the rest of the rush; None when it is over, far off, or nobody is expected."""
    pace = pace or Pace()
    total, lanes = standing.total, len(standing.lanes)
    expected = total.expected or 0
    if not pace.daily:  # who came on an earlier day does not come again
        expected -= total.came - standing.came_today
    opens = pace.doors_at or standing.opens_at
    over = opens + timedelta(minutes=pace.curve.minutes)
    if expected <= 0 or standing.at < opens - BEFORE or standing.at >= over:
        return None
    each = max(1.0, standing.seconds_each or pace.seconds_each)
    return forecast(
        pace.curve,
        doors_at=opens,
        now=standing.at,
        expected=expected,
        served=standing.came_today,
        served_lately=standing.served_lately,
        lanes=max(1, lanes),
        seconds_each=each,
        most_lanes=max(MAX_AT_HAND, 3 * lanes) if lanes else MAX_LANES,
    )


def forecast_by(basis: DoorBasis, *, now: datetime, served_today: int) -> Forecast | None:
    """Forecast the rest of the rush of a door that is open; None before and after.

    Args:
        basis: What is known of the door.
        now: The instant.
        served_today: Tickets that came by it since it opened today.
    """
    if not basis.doors_at <= now < basis.doors_at + timedelta(minutes=basis.curve.minutes):
        return None
    return forecast(
        basis.curve,
        doors_at=basis.doors_at,
        now=now,
        expected=basis.expected - (0 if basis.daily else basis.served - served_today),
        served=served_today,
        served_lately=basis.served_lately,
        lanes=basis.lanes,
        seconds_each=basis.seconds_each,
        most_lanes=max(MAX_AT_HAND, 3 * basis.lanes),
    )


def advice_words(standing: Standing, ahead: Forecast, width: int = 1000) -> str:
    """The longest wait ahead and the next advice, as far as it fits into a width."""
    zone = ZoneInfo(standing.time_zone)
    minutes = round(ahead.longest_wait_s / 60)
    wait = _("{minutes} min", minutes=minutes) if minutes else _("under a minute")
    words = [_("✓ The longest wait ahead is {wait}.", wait=wait)]
    if ahead.peak is not None and minutes >= 1:
        words = [
            _(
                "! Longest wait ahead: {wait} at {at:%H:%M}.",
                wait=wait,
                at=ahead.peak.at.astimezone(zone),
            )
        ]
    for place, each in enumerate(ahead.advice[:2]):
        at = each.at.astimezone(zone).strftime("%H:%M")
        if not (place or standing.lanes) and each.change > 0:
            # Nobody is at work yet: "more" would say nothing.
            words.append(_("Have {lanes} desks open at {at}.", lanes=each.lanes, at=at))
            continue
        if each.change > 0:
            words.append(
                _n(
                    "Open one more desk at {at}.",
                    "Open {count} more desks at {at}.",
                    each.change,
                    at=at,
                )
            )
        else:
            words.append(
                _n("Close one desk at {at}.", "Close {count} desks at {at}.", -each.change, at=at)
            )
    while len(words) > 1 and len(" ".join(words)) > width:
        words.pop()
    return " ".join(words)
