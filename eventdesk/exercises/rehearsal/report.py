"""The report of a rehearsal, in figures and in words."""

import heapq
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from eventdesk.core.formats import number
from eventdesk.core.messages import _, _p
from eventdesk.core.plain_text import plain
from eventdesk.exercises.rehearsal.chaos import Trouble
from eventdesk.exercises.rehearsal.checking import Promises
from eventdesk.exercises.rehearsal.draining import PATIENCE_S
from eventdesk.exercises.rehearsal.flow import Heard
from eventdesk.exercises.rehearsal.plan import Plan

MIN_MEASURED: Final = 200
"""Measurements from which on a percentile is told: of 200 two lie above the 99th."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How long one stage took, in milliseconds.

    Attributes:
        count: How many no trouble touched.
        p50: The median of those; None for fewer than `MIN_MEASURED`.
        p95: As `p50`.
        p99: As `p50`.
        worst: With everything that went wrong meanwhile.
    """

    name: str
    count: int
    p50: float | None
    p95: float | None
    p99: float | None
    worst: float


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of one line before all lanes, worked out in event time.

    Attributes:
        longest: Most people who waited at once.
        longest_wait_s: What the unluckiest guest waited.
    """

    longest: int
    longest_wait_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a rehearsal came to.

    Attributes:
        booked: Tickets that had to be booked in the copy.
        per_minute: Guests a minute while the lanes had guests.
        machine_queue: The queue the desk's own time would make.
        queue: The queue when a guest takes `plan.seconds_each` besides.
        surprises: Good tickets that a rule kept out, by reason.
        pauses_ms: Longest pause of the event loop of each lane with a screen.
        stopped: Whether somebody ended it early.
    """

    plan: Plan
    event: str
    door: str
    booked: int
    came: int
    admitted: int
    refused: dict[str, int]
    unanswered: int
    seconds: float
    per_minute: float
    stages: tuple[Stage, ...]
    machine_queue: Queue
    queue: Queue
    troubles: tuple[Trouble, ...]
    promises: Promises
    surprises: dict[str, int]
    pauses_ms: tuple[float, ...] = ()
    stopped: bool = False

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        return self.promises.kept

    def describe(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = asdict(self)
        values["plan"]["chaos"] = [str(one) for one in self.plan.chaos]
        values["troubles"] = [
            {
                "chaos": str(one.chaos),
                "what": one.what,
                "lasted_s": round(one.repaired_s - one.began_s, 3),
                "recovery_s": None if one.recovery_s is None else round(one.recovery_s, 3),
                "note": one.note,
            }
            for one in self.troubles
        ]
        values["kept"] = self.kept
        return values

    def lines(self) -> Iterator[str]:
        """The report as Markdown, which reads well as plain text too."""
        yield _("# Rehearsal of {event}, {door}", event=plain(self.event), door=plain(self.door))
        yield ""
        about = asdict(self.plan) | {"chaos": ", ".join(self.plan.chaos) or _("none")}
        if self.plan.frames:
            yield _(
                "{guests:,} guests, {lanes} lanes, {minutes} minutes of event time, through the "
                "{through}, all tickets by camera; chaos: {chaos}; seed {seed}.",
                **about,
            )
        else:
            yield _(
                "{guests:,} guests, {lanes} lanes, {minutes} minutes of event time, through the "
                "{through}; chaos: {chaos}; seed {seed}.",
                **about,
            )
        if self.stopped:
            yield _("It was stopped early: this is what had happened by then.")
        yield ""
        yield from _table((_("Guests"), ""), self._guests())
        yield from _table(
            (_("Stage, ms"), "p50", "p95", "p99", _("worst"), _("of")),
            [
                (one.name, *map(_ms, (one.p50, one.p95, one.p99, one.worst)),
                 f"{one.count:,}")
                for one in self.stages
            ],
        )  # fmt: skip
        if any(one.p50 is None for one in self.stages):
            yield _(
                "–: fewer than {count} measurements without a trouble, too few for a percentile; "
                "let more guests come.",
                count=MIN_MEASURED,
            )
            yield ""
        if self.troubles:
            yield from _table(
                (_("What went wrong"), _("lasted"), _("well again after"), ""),
                map(_trouble, self.troubles),
            )
        yield from _table(
            (_("Promise"), _p("promise", "broken")),
            [(n, str(c)) for n, c in self.promises.figures()],
        )
        kept = self.promises
        yield _("Badges that came out once more, marked as copies: {count}.", count=kept.copies)
        if kept.waiting:
            yield _("Badges that still waited when it was stopped: {count}.", count=kept.waiting)
        if kept.badges_stuck:
            yield _(
                "! {count:,} badges still wait in the queue, and none came out for {time:g} "
                "seconds. See the printers.",
                count=kept.badges_stuck,
                time=PATIENCE_S,
            )
        for reason, count in self.surprises.items():
            yield _(
                "! {count} good tickets were turned away: {reason}. See the list's rules.",
                count=count,
                reason=plain(reason),
            )
        for detail in self.promises.details[:20]:
            yield f"✗ {plain(detail, limit=400)}"
        yield ""
        yield _("✓ Every promise was kept.") if self.kept else _("✗ A promise was broken.")

    def _guests(self) -> list[tuple[str, str]]:
        rows = [(_("came"), number(self.came)), (_("admitted"), number(self.admitted))]
        rows += [
            (_("refused: {name}", name=name), number(count)) for name, count in self.refused.items()
        ]
        if self.unanswered:
            rows.append((_("gave up without an answer"), number(self.unanswered)))
        if self.booked:
            rows.append((_("tickets booked for it"), number(self.booked)))
        each = self.plan.seconds_each
        rows += [
            (_("people a minute"), number(self.per_minute, ",.0f")),
            (_("longest queue, by the desk's own time"), _queue(self.machine_queue)),
            (_("longest queue, with {time:g} s a guest besides", time=each), _queue(self.queue)),
            (_("seconds it ran"), number(self.seconds, ".1f")),
        ]
        if self.pauses_ms:
            rows.append((_("event loop, longest pause"), f"{max(self.pauses_ms):.0f} ms"))
        return rows


def stages_of(
    heard: Sequence[Heard], paper_ms: Sequence[tuple[float, float]], troubles: Sequence[Trouble]
) -> tuple[Stage, ...]:
    """Work out the stages; what a trouble touched counts for the worst alone.

    `paper_ms` says of each badge when its verdict was there and how long its paper took.
    """
    answered = [one for one in heard if one.outcome]
    every = [
        (
            _("decode"),
            [(one.taken_s, one.at_s, one.decode_ms) for one in answered if one.decode_ms],
        ),
        (_("check-in"), [(one.taken_s, one.at_s, one.check_in_ms) for one in answered]),
        (
            _("guest at the lane → verdict"),
            [(one.taken_s, one.at_s, (one.at_s - one.taken_s) * 1000) for one in answered],
        ),
        (_("verdict → paper"), [(at_s, at_s + ms / 1000, ms) for at_s, ms in paper_ms]),
    ]
    return tuple(_stage(name, values, troubles) for name, values in every if values)


def _stage(
    name: str, values: Sequence[tuple[float, float, float]], troubles: Sequence[Trouble]
) -> Stage:
    calm = sorted(ms for began_s, end_s, ms in values if not _troubled(began_s, end_s, troubles))
    worst = max(ms for _began_s, _end_s, ms in values)
    if len(calm) < MIN_MEASURED:
        return Stage(name, len(calm), None, None, None, worst)
    p50, p95, p99 = (percentile(calm, percent) for percent in (50, 95, 99))
    return Stage(name, len(calm), p50, p95, p99, worst)


def _troubled(began_s: float, end_s: float, troubles: Sequence[Trouble]) -> bool:
    return any(
        one.began_s <= end_s and began_s <= max(one.repaired_s, one.recovered_s) + 1
        for one in troubles
        if one.chaos != "clock"
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of sorted values.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50)
    2.0
    """
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def queue_of(heard: Sequence[Heard], lanes: int, besides_s: float) -> Queue:
    """Follow one queue before all lanes, in event time: first come, first served.

    Each guest takes as long as was measured, and `besides_s` beside the desk's own time.
    """
    free = [0.0] * lanes
    starts: list[float] = []
    longest, longest_wait_s = 0, 0.0
    for one in sorted(heard, key=lambda each: each.guest.number):
        came_s = one.guest.at_s
        start_s = max(came_s, heapq.heappop(free))
        heapq.heappush(free, start_s + (one.at_s - one.taken_s) + besides_s)
        while starts and starts[0] <= came_s:
            heapq.heappop(starts)
        if start_s > came_s:
            heapq.heappush(starts, start_s)
        longest, longest_wait_s = max(longest, len(starts)), max(longest_wait_s, start_s - came_s)
    return Queue(longest, longest_wait_s)


def refused_of(heard: Sequence[Heard]) -> dict[str, int]:
    """Count the refusals by outcome, most frequent first."""
    return dict(
        Counter(one.outcome for one in heard if one.outcome and not one.admitted).most_common()
    )


def per_minute_of(heard: Sequence[Heard], lanes: int) -> float:
    """Guests a minute while the lanes had guests: what the desk could do without a pause."""
    busy_s = sum(one.at_s - one.taken_s for one in heard) / lanes
    return len(heard) / busy_s * 60 if busy_s > 0 else 0.0


def _ms(figure: float | None) -> str:
    return "–" if figure is None else number(figure, ".1f")


def _queue(queue: Queue) -> str:
    if not queue.longest:
        return _("nobody waited")
    wait = queue.longest_wait_s
    time = f"{number(wait / 60, '.1f')} min" if wait >= 90 else f"{number(wait, '.1f')} s"
    return _("{count:,} people, {time}", count=queue.longest, time=time)


def _trouble(one: Trouble) -> tuple[str, str, str, str]:
    recovery = _("never") if one.recovery_s is None else f"{number(one.recovery_s, '.1f')} s"
    return one.what, f"{number(one.repaired_s - one.began_s, '.1f')} s", recovery, one.note


def _table(head: Sequence[str], rows: "Sequence[Sequence[str]] | map[Any]") -> Iterator[str]:
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    for place, row in enumerate(cells):
        yield "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        if not place:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    yield ""
