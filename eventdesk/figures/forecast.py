"""Forecast of a door: arrivals, waits, and when to open or close lanes.

The usual curve of arrivals is what organizers report: 60 to 70 per cent within the first half
hour. The organizer's own past events replace it. `eventdesk.figures.queueing` follows the queue
from the curve, the guests who are in, and the open lanes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from eventdesk.core.messages import _, _n
from eventdesk.figures.queueing import SPREAD, Instance, follow

BIN_MINUTES = 5
"""Minutes of one step of a curve."""

MIN_TO_LEARN = 30
"""Fewest guests of a past event whose curve counts."""

TARGET_S = 5 * 60.0
"""Longest acceptable wait, in seconds."""

MAX_LANES = 200

_TRUST = 0.05
"""Share of the guests after which actual arrivals weigh as much as the curve."""

_SATURATED = 0.85
"""Utilization of the lanes from which a queue is assumed."""


@dataclass(frozen=True, slots=True)
class ArrivalCurve:
    """When guests come.

    Attributes:
        shares: Shares of all guests in each `BIN_MINUTES` from the opening; they add up to 1.
        events: Past events it was learned from; 0 is the usual curve.
    """

    shares: tuple[float, ...]
    events: int = 0

    @property
    def minutes(self) -> int:
        """Minutes until the last guest came."""
        return len(self.shares) * BIN_MINUTES

    def by(self, minute: float) -> float:
        """The share of guests who came within so many minutes."""
        if minute <= 0:
            return 0.0
        whole, part = divmod(minute / BIN_MINUTES, 1)
        done = sum(self.shares[: int(whole)])
        return min(1.0, done + (self.shares[int(whole)] * part if whole < len(self.shares) else 0))

    def per_minute(self, guests: float) -> list[float]:
        """Guests in each minute from the opening."""
        return [guests * share / BIN_MINUTES for share in self.shares for _ in range(BIN_MINUTES)]


_USUAL = (
    0.09, 0.12, 0.13, 0.12, 0.10, 0.09,  # the first half hour: 65 %
    0.06, 0.05, 0.04, 0.03, 0.03, 0.02,
    0.02, 0.02, 0.015, 0.015, 0.01, 0.01,
    0.005, 0.005, 0.005, 0.005, 0.005, 0.005,
)  # fmt: skip


def usual_curve() -> ArrivalCurve:
    """The curve of an unknown door: two hours, 65 per cent in the first half hour.

    >>> round(usual_curve().by(30), 2)
    0.65
    """
    return ArrivalCurve(_USUAL)


def learned_curve(past: Sequence[Sequence[int]]) -> ArrivalCurve:
    """The mean curve of past events; the usual one if all of them were small.

    Args:
        past: For each event, arrivals in each `BIN_MINUTES` from the opening.
    """
    telling = [counts for counts in past if sum(counts) >= MIN_TO_LEARN]
    if not telling:
        return usual_curve()
    shares = [0.0] * max(map(len, telling))
    for counts in telling:
        for place, count in enumerate(counts):
            shares[place] += count / sum(counts) / len(telling)
    while shares and shares[-1] == 0:
        shares.pop()
    return ArrivalCurve(tuple(shares), len(telling))


def wait_text(seconds: float) -> str:
    """A wait in words.

    >>> wait_text(48.2), wait_text(593), wait_text(7300), wait_text(float("inf"))
    ('48 s', '10 min', '2 h 2 min', 'for ever')
    """
    if seconds == float("inf"):
        return _("for ever")
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


@dataclass(frozen=True, slots=True)
class Point:
    """One minute of a forecast: its arrivals, and the queue at its end."""

    at: datetime
    arrivals: float
    queue: float
    wait_s: float
    lanes: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A change of lanes; `lanes` are open from then on."""

    at: datetime
    lanes: int
    change: int

    @property
    def words(self) -> str:
        """The change, as part of a sentence.

        >>> Advice(datetime.min, 4, 1).words, Advice(datetime.min, 1, -3).words
        ('open one more lane', 'close 3 lanes')
        """
        if self.change > 0:
            return _n("open one more lane", "open {count} more lanes", self.change)
        return _n("close one lane", "close {count} lanes", -self.change)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The rest of a day at the door.

    Attributes:
        points: Minute by minute with the present lanes, from now or from the opening.
        advised: The same minutes if the advice is followed.
        advice: Changes of lanes, in order.
        queue_now: People who wait now, by the scans.
    """

    points: tuple[Point, ...]
    advised: tuple[Point, ...]
    advice: tuple[Advice, ...]
    to_come: float
    queue_now: float

    @property
    def peak(self) -> Point | None:
        """The minute with the longest wait; None without minutes."""
        return max(self.points, key=lambda point: point.wait_s, default=None)

    @property
    def longest_wait_s(self) -> float:
        """The longest wait with the present lanes."""
        return self.peak.wait_s if self.peak else 0.0


def forecast(
    curve: ArrivalCurve,
    *,
    doors_at: datetime,
    now: datetime,
    expected: int,
    served: int,
    served_lately: float = 0.0,
    lanes: int,
    seconds_each: float,
    spread: float = SPREAD,
    target_s: float = TARGET_S,
    most_lanes: int = MAX_LANES,
    advise: bool = True,
) -> Forecast:
    """Forecast a door from now on, with advice on its lanes.

    A scan tells when a guest was served, not when they came. If the lanes were nearly saturated
    lately, guests who by the curve should have come and are not in are taken to be in the queue;
    else nobody waits.

    Args:
        expected: All tickets that may come.
        served_lately: Guests served a minute, over the last minutes.
        lanes: Open lanes, or those of the opening.
        seconds_each: Mean seconds that one guest takes.
        spread: Standard deviation of that time, as a share of its mean.
        target_s: Longest acceptable wait, in seconds.
        advise: Whether to search for changes of lanes.
    """
    start = max(now.replace(second=0, microsecond=0), doors_at)
    passed = max(0.0, (start - doors_at).total_seconds() / 60)
    by_now = curve.by(passed)
    queue = _queue_now(expected * by_now, served, served_lately, lanes, seconds_each)
    left = max(0.0, expected - served - queue)
    coming = min(left, expected * (1 - by_now) * _pace(expected * by_now, served + queue, expected))
    arrivals = _rest(curve, passed, coming)
    door = _Door(arrivals, seconds_each, spread, queue, target_s, most_lanes)
    steady = [lanes] * len(arrivals)
    points = _points(start, door.follow(steady), steady)
    schedule = door.suited(steady) if advise else steady
    return Forecast(
        points=points,
        advised=_points(start, door.follow(schedule), schedule) if advise else points,
        advice=tuple(_changes(start, lanes, schedule)),
        to_come=coming,
        queue_now=queue,
    )


def _queue_now(
    should_be: float, served: int, served_lately: float, lanes: int, seconds_each: float
) -> float:
    able = lanes * 60 / seconds_each
    return max(0.0, should_be - served) if served_lately >= _SATURATED * able else 0.0


def _pace(should_be: float, came: float, expected: int) -> float:
    """The ratio of arrivals to the curve, trusted more with every guest."""
    trust = _TRUST * expected
    return (came + trust) / (should_be + trust) if trust else 0.0


def _rest(curve: ArrivalCurve, passed: float, coming: float) -> list[float]:
    """Arrivals over the rest of the curve, and some minutes for the queue to end."""
    minutes = curve.per_minute(1.0)[int(passed) :]
    total = sum(minutes)
    spread_out = [coming * share / total for share in minutes] if total else []
    return [*spread_out, *([0.0] * 15)]


@dataclass(frozen=True, slots=True)
class _Door:
    arrivals: list[float]
    seconds_each: float
    spread: float
    queue: float
    target_s: float
    most_lanes: int

    def follow(self, lanes: Sequence[int]) -> list[Instance]:
        return follow(self.arrivals, lanes, self.seconds_each, queue=self.queue, spread=self.spread)

    def suited(self, lanes: list[int]) -> list[int]:
        """Open lanes until no wait is too long, then close idle ones."""
        return self._with_fewer(self._with_more(lanes))

    def _with_more(self, lanes: list[int]) -> list[int]:
        """Open more lanes, early enough, while a wait is too long."""
        for _turn in range(self.most_lanes):
            followed = self.follow(lanes)
            late = [place for place, each in enumerate(followed) if each.wait_s > self.target_s]
            if not late or max(lanes) >= self.most_lanes:
                return lanes
            # The lane opens when the queue begins to grow, before the wait is too long.
            begin = late[0]
            while begin > 0 and followed[begin - 1].wait_s > self.target_s / 5:
                begin -= 1
            begin -= begin % BIN_MINUTES
            more = max(1, min(lanes[begin] // 12, self.most_lanes - max(lanes)))
            lanes = [*lanes[:begin], *(each + more for each in lanes[begin:])]
        return lanes

    def _with_fewer(self, lanes: list[int]) -> list[int]:
        """Close lanes as early as waits stay well below the target."""
        for _turn in range(self.most_lanes):
            fewer = self._one_fewer(lanes)
            if fewer is None:
                return lanes
            lanes = fewer
        return lanes

    def _one_fewer(self, lanes: list[int]) -> list[int] | None:
        """The schedule with one lane closed after the rush, as early as possible."""
        if not lanes or lanes[-1] <= 1:
            return None
        peak = max(range(len(lanes)), key=lambda place: self.arrivals[place])
        first = ceil((peak + 1) / BIN_MINUTES)
        low, high = first, len(lanes) // BIN_MINUTES
        best = None
        while low < high:
            middle = (low + high) // 2
            tried = self._closed(lanes, middle * BIN_MINUTES)
            if tried is not None:
                best, high = tried, middle
            else:
                low = middle + 1
        return best

    def _closed(self, lanes: list[int], begin: int) -> list[int] | None:
        if lanes[begin:] and min(lanes[begin:]) <= 1:
            return None
        tried = [*lanes[:begin], *(each - 1 for each in lanes[begin:])]
        calm = all(each.wait_s <= self.target_s / 2 for each in self.follow(tried)[begin:])
        return tried if calm else None


def _points(
    start: datetime, followed: Sequence[Instance], lanes: Sequence[int]
) -> tuple[Point, ...]:
    return tuple(
        Point(start + timedelta(minutes=place), each.arrivals, each.queue, each.wait_s, open_lanes)
        for place, (each, open_lanes) in enumerate(zip(followed, lanes, strict=True))
    )


def _changes(start: datetime, lanes: int, schedule: Sequence[int]) -> list[Advice]:
    changes = []
    for place, wanted in enumerate(schedule):
        if wanted != lanes:
            changes.append(Advice(start + timedelta(minutes=place), wanted, wanted - lanes))
            lanes = wanted
    return changes
