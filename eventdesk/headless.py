"""The door without a screen: camera, decoder, check-in and printer in one loop."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from data.store import Store
from eventdesk.acts import Actor
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import StoreBusyError, StoreError
from eventdesk.core.messages import _
from eventdesk.door import WORDING, CheckInResult, ListView, Outcome, Scan, check_in
from eventdesk.figures import EVERY_S, VerdictTimes
from kiosk.scanner import Scanner
from kiosk.sightings import CameraFound, CameraLost, FrameSkipped, Sighting

BUSY_TRIES = 3
"""How often a scan is repeated, with its nonce, while another desk holds the store."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One sighting and the answer that was committed for it."""

    sighting: Sighting
    result: CheckInResult
    checkin_ms: float

    def describe(self) -> dict[str, Any]:
        """Plain values for a JSON line."""
        result = self.result
        return {
            "outcome": str(result.outcome),
            "ticket": result.ticket_code,
            "list": str(result.list_id),
            "list_name": result.list_name,
            "nonce": result.nonce,
            "seen_at": result.seen_at.astimezone(UTC).isoformat(),
            "decode_ms": round(self.sighting.decode_ms, 3),
            "checkin_ms": round(self.checkin_ms, 3),
            "delivery": str(result.delivery_id) if result.delivery_id else None,
            "frame": self.sighting.frame_name or None,
            "reason": result.reason,
        }


@dataclass(slots=True)
class Tally:
    """What a run came to."""

    outcomes: Counter[str] = field(default_factory=Counter)
    decode_ms: list[float] = field(default_factory=list)
    checkin_ms: list[float] = field(default_factory=list)
    skipped: int = 0
    badges: list[UUID] = field(default_factory=list)
    """The deliveries of the badges it queued."""

    pictures: bool = False
    """Whether a picture came at all."""

    @property
    def shown(self) -> int:
        """How many codes were answered."""
        return self.outcomes.total()

    @property
    def passed(self) -> int:
        """How many went in or out."""
        return self.outcomes[str(Outcome.ADMITTED)] + self.outcomes[str(Outcome.EXITED)]

    @property
    def errors(self) -> int:
        """How many could not be decided."""
        return self.outcomes[str(Outcome.ERROR)]

    def count(self, answered: Answered) -> None:
        """Add one answer."""
        self.outcomes[str(answered.result.outcome)] += 1
        self.decode_ms.append(answered.sighting.decode_ms)
        self.checkin_ms.append(answered.checkin_ms)
        if answered.result.delivery_id is not None:
            self.badges.append(answered.result.delivery_id)

    def describe(self, *, badges_written: int) -> dict[str, Any]:
        """Plain values for the summary."""
        refused = {
            name: count
            for name, count in self.outcomes.most_common()
            if name not in ("admitted", "exited")
        }
        return {
            "shown": self.shown,
            "admitted": self.outcomes["admitted"],
            "exited": self.outcomes["exited"],
            "refused": refused,
            "skipped": self.skipped,
            "badges_queued": len(self.badges),
            "badges_written": badges_written,
            "decode_ms": percentiles(self.decode_ms),
            "checkin_ms": percentiles(self.checkin_ms),
        }


def scan_all(
    store: Store,
    actor: Actor,
    scanner: Scanner,
    door: ListView,
    stop: threading.Event,
    *,
    on_notice: Callable[[str], None],
    now: Callable[[], datetime] = utc_now,
) -> Iterator[Answered | FrameSkipped | CameraFound]:
    """Check in whatever the scanner sees, until it ends or is stopped.

    Args:
        store: Where tickets live.
        actor: Who scans.
        scanner: The camera and decoder.
        door: The check-in list.
        stop: Set it to end.
        on_notice: Told in a sentence when the camera is lost or found.
        now: The store's clock.

    Yields:
        Each answer after its commit, each picture that could not be read, and the camera when
        its first picture arrived.
    """
    times, written_s = VerdictTimes(), time.monotonic()
    try:
        for event in scanner.events(stop):
            match event:
                case Sighting():
                    answered = _answer(store, actor, door, event, now)
                    waited = now() - event.seen_at
                    times.add(answered.result.scan_id, waited.total_seconds() * 1000)
                    yield answered
                case FrameSkipped():
                    yield event
                case CameraLost():
                    on_notice(f"{event.reason} {event.hint}".strip())
                case CameraFound():
                    wide, high = event.size
                    on_notice(
                        _("Camera {name}: {wide}×{high}", name=event.name, wide=wide, high=high)
                    )
                    yield event
            if len(times) and time.monotonic() - written_s >= EVERY_S:
                times.write(store)
                written_s = time.monotonic()
    finally:
        times.write(store)


def _answer(
    store: Store, actor: Actor, door: ListView, sighting: Sighting, now: Callable[[], datetime]
) -> Answered:
    scan = Scan(sighting.text, door.id, sighting.nonce, sighting.seen_at)
    begun = time.perf_counter()
    try:
        result = check_in_patiently(store, actor, scan, now)
    except StoreError as error:
        # Nothing was written. The guest is told to show the code again; the door goes on.
        result = could_not(scan, door, error, now())
    return Answered(sighting, result, (time.perf_counter() - begun) * 1000)


def check_in_patiently(
    store: Store, actor: Actor, scan: Scan, now: Callable[[], datetime]
) -> CheckInResult:
    """Check a scan in, `BUSY_TRIES` times at most while another process holds the store.

    Raises:
        StoreBusyError: Still busy after the last try; nothing was written.
        EventDeskError: Whatever else the use case raises.
    """
    for _again in range(BUSY_TRIES - 1):
        try:
            return check_in(store, actor.at(now()), scan)
        except StoreBusyError:
            continue  # waiting for the lock took its time
    return check_in(store, actor.at(now()), scan)


def could_not(scan: Scan, door: ListView, error: StoreError, now: datetime) -> CheckInResult:
    """The answer to a scan that could not be written down; it is not in the log."""
    return CheckInResult(
        Outcome.ERROR,
        UUID(int=0),
        door.id,
        door.name,
        scan.nonce,
        scan.seen_at,
        now,
        reason=f"{error} {error.hint}".strip(),
        guest_sentence=str(WORDING[Outcome.ERROR].guest),
    )


def percentiles(values: list[float]) -> dict[str, float] | None:
    """Median and 95th percentile, in the unit given; None without values.

    >>> percentiles([1.0, 2.0, 3.0])
    {'p50': 2.0, 'p95': 3.0}
    """
    if not values:
        return None
    ordered = sorted(values)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {"p50": round(statistics.median(ordered), 3), "p95": round(last, 3)}
