"""The clock: does it go on, does it agree with what was written, and is the zone known?"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from data.schema import AuditRow, BookingRow, ScanRow, WaitlistEntryRow
from eventdesk.acts.act import Steps
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.store_clock import YEARS, clock_now
from eventdesk.events.events import all_events
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop

AHEAD = timedelta(seconds=60)
"""What was written may be so far in the future: clocks of several machines differ."""

FARTHEST = 2 * YEARS
"""No deadline that a right clock set lies farther ahead: they end when the event begins."""

BUILT = datetime(2026, 6, 1, tzinfo=UTC)
"""No clock that is right shows an earlier day than this program's."""

WATCHED_S = 0.05
SLIP_S = 0.02

SET_IT = "Set the clock: timedatectl set-ntp true, or by hand; then examine again."


def look(patient: Patient) -> Iterator[Finding]:
    """Compare the clock with everything that carries a time."""
    now = patient.now
    if now < BUILT:
        yield stop("clock", f"it says {now:%Y-%m-%d %H:%M} UTC, which was long ago", SET_IT)
    if patient.store is not None:
        known = clock_now(patient.store, SYSTEM.at(now))
        if known.sentence:
            yield stop("clock", known.sentence, known.advice)
            return
        yield from _far_deadlines(Steps(patient.store, SYSTEM.at(now)))
    for what, at in _written(patient):
        if at - now > AHEAD:
            yield stop(
                "clock",
                f"{what} is from {at:%Y-%m-%d %H:%M} UTC, but it is {now:%Y-%m-%d %H:%M} UTC now",
                SET_IT,
            )
            return
    slip_s = _slip_s()
    if abs(slip_s) > SLIP_S:
        yield care("clock", f"it jumps: {slip_s * 1000:+.0f} ms within a moment", SET_IT)
    yield from _zones(patient)
    zone = now.astimezone().tzname() or "?"
    yield good("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, {now.astimezone():%H:%M} here ({zone})")


def _far_deadlines(steps: Steps) -> Iterator[Finding]:
    """Deadlines that lie so far ahead that a wrong clock must have set them."""
    with steps.read() as act:
        for what, deadline in (
            ("unpaid bookings", BookingRow.expires_at),
            ("offers to people who wait", WaitlistEntryRow.offer_until),
        ):
            asked = select(func.count(), func.max(deadline)).where(deadline > act.now + FARTHEST)
            count, last = act.connection.execute(asked).one()
            if count:
                yield care(
                    "clock",
                    f"{count} {what} keep their places until {last:%Y-%m-%d}: a clock was ahead",
                    "Look them up, and cancel those that nobody means.",
                )


def _written(patient: Patient) -> Iterator[tuple[str, datetime]]:
    if patient.store is None:
        return
    with patient.store.read() as connection:
        for what, column, order in (
            ("the last scan", ScanRow.recorded_at, ScanRow.no),
            ("the last entry of the log", AuditRow.at, AuditRow.seq),
        ):
            newest = select(func.max(order)).scalar_subquery()
            at = connection.execute(select(column).where(order == newest)).scalar_one_or_none()
            if at is not None:
                yield what, at
    yield "the store's file", _changed_at(patient.store.path)


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _slip_s() -> float:
    """How far the clock on the wall and the steady one come apart in a moment."""
    wall, steady = time.time(), time.monotonic()
    until = steady + WATCHED_S
    while time.monotonic() < until:
        pass
    return (time.time() - wall) - (time.monotonic() - steady)


def _zones(patient: Patient) -> Iterator[Finding]:
    for event in all_events(patient.store) if patient.store is not None else ():
        try:
            ZoneInfo(event.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield stop(
                "clock",
                f"this machine does not know the zone {event.time_zone} of {event.name}",
                "Install tzdata: pip install tzdata",
            )
