"""Faults of a rehearsal: what goes wrong, when, and how long the door took to recover."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from data.store import Store
from eventdesk.core.messages import _, msg_p
from eventdesk.exercises.rehearsal.flow import Flow
from eventdesk.exercises.rehearsal.lane import Lane
from eventdesk.exercises.rehearsal.plan import Chaos, Plan, Through
from eventdesk.exercises.rehearsal.printer import Jam, RehearsalPrinter

RECOVERY_S: Final = 30.0
"""Longest wait for the first sign of recovery."""

TEAR_S: Final = 3.0
"""Longest wait for a badge that could be torn."""

MAX_KILLS: Final = 3
CLOCK_OFF_S: Final = 7 * 60.0
"""By how much a wrong clock is wrong: what a machine without a battery does after a winter."""


_JAMS: Final = {
    Jam.STALL: msg_p("a printer", "stall"),
    Jam.DROP: msg_p("a printer", "drop"),
    Jam.OUT_OF_PAPER: msg_p("a printer", "out of paper"),
    Jam.OFF: msg_p("a printer", "off"),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that was done to the door.

    Attributes:
        began_s, repaired_s: On the machine's steady clock.
        recovered_s: When the thing that had failed worked again; 0 where it never did.
    """

    chaos: Chaos
    what: str
    began_s: float
    repaired_s: float
    recovered_s: float
    note: str = ""

    @property
    def recovery_s(self) -> float | None:
        """Seconds from the repair to the first thing that worked; None where nothing did."""
        return max(0.0, self.recovered_s - self.repaired_s) if self.recovered_s else None


class Director:
    """Does one thing after the other to the door, each in its share of the guests.

    A part of each share is held back until the repair, so that there is somebody by whom the
    recovery can be seen.
    """

    def __init__(
        self,
        plan: Plan,
        flow: Flow,
        lanes: Sequence[Lane],
        printers: Sequence[RehearsalPrinter],
        store: Store,
    ) -> None:
        self._plan, self._flow, self._lanes = plan, flow, lanes
        self._printers, self._store = printers, store
        self._random = Random(f"chaos {plan.seed}")
        self.troubles: list[Trouble] = []

    def run(self) -> None:
        """Do everything that is planned; run it in a thread of its own."""
        total, parts = len(self._flow.guests), len(self._plan.chaos) + 1
        try:
            for place, chaos in enumerate(self._plan.chaos):
                first, end = (int(total * (place + part) / parts) for part in (0.5, 1.5))
                self._flow.hold_at(first)
                if not self._flow.wait_heard(first):
                    return
                getattr(self, f"_{chaos.value}")(first, end)
                self._flow.hold_at(end)
        finally:
            self.repair()
            self._flow.hold_at(total)

    def repair(self) -> None:
        """Mend whatever is still broken."""
        for printer in self._printers:
            printer.jam(None)
        for lane in self._lanes:
            lane.tell(room=True, clock_off_s=0)
            if lane.camera is not None:
                lane.camera.plug_in()

    def _camera(self, first: int, end: int) -> None:
        lane = next((each for each in self._lanes if each.camera is not None), None)
        if lane is None or lane.camera is None:
            return
        began_s = time.monotonic()
        lane.camera.pull()
        self._flow.hold_at((first + end) // 2)
        self._flow.stop.wait(self._plan.timing.unplugged_s)
        lane.camera.plug_in()
        repaired_s = time.monotonic()
        self._flow.hold_at(end)
        recovered_s = self._flow.wait_answer(repaired_s, RECOVERY_S, lane=lane.number)
        what = _("camera of lane {number} pulled", number=lane.number + 1)
        note = _("the lane noticed {count} times that it was gone", count=lane.lost_cameras)
        self._keep(Chaos.CAMERA, what, (began_s, repaired_s, recovered_s), note)

    def _printer(self, first: int, end: int) -> None:
        jams = (Jam.STALL, Jam.DROP, Jam.OUT_OF_PAPER, Jam.OFF)
        for place, jam in enumerate(jams):
            printer = self._at_work(place)
            dropped = printer.dropped
            began_s = time.monotonic()
            printer.jam(jam)
            self._flow.hold_at(first + (end - first) * (2 * place + 1) // (2 * len(jams)))
            self._flow.stop.wait(self._plan.timing.outage_s / len(jams))
            if jam is Jam.DROP:
                printer.wait_torn(dropped, self._flow.stop, TEAR_S)
            printer.jam(None)
            repaired_s = time.monotonic()
            self._flow.hold_at(first + (end - first) * (place + 1) // len(jams))
            recovered_s = self._flow.wait_paper(repaired_s, RECOVERY_S)
            instead = sum(
                began_s < paper.at_s < repaired_s and paper.printer != printer.name
                for paper in tuple(self._flow.papers)
            )
            words = _("{count} badges came out of the other printer meanwhile", count=instead)
            if jam is Jam.DROP:
                torn = _("{count} badges torn", count=printer.dropped - dropped)
                words = f"{torn}; {words}"
            what = _("printer {name}: {what}", name=printer.name, what=_JAMS[jam])
            self._keep(Chaos.PRINTER, what, (began_s, repaired_s, recovered_s), words)

    def _at_work(self, turn: int) -> RehearsalPrinter:
        """The printer whose badge came out last: what happens to an idle one nobody notices."""
        papers = self._flow.papers
        last = papers[-1].printer if papers else ""
        idle = self._printers[turn % len(self._printers)]
        return next((each for each in self._printers if each.name == last), idle)

    def _kill(self, first: int, end: int) -> None:
        kills = max(1, min(MAX_KILLS, (end - first) // 4))
        for turn in range(kills):
            lane = self._lanes[turn % len(self._lanes)]
            self._flow.hold_at(first + (end - first) * (2 * turn + 1) // (2 * kills))
            answering = lane.busy.wait(2.0)
            self._flow.stop.wait(self._random.uniform(0, 0.006))
            began_s = time.monotonic()
            lane.kill()
            lane.restart()
            restarted_s = time.monotonic()
            self._flow.hold_at(first + (end - first) * (turn + 1) // kills)
            recovered_s = self._flow.wait_answer(began_s, RECOVERY_S, lane=lane.number)
            what = _("lane {number} killed while nobody stood there", number=lane.number + 1)
            if answering:
                what = _("lane {number} killed in the middle of an answer", number=lane.number + 1)
            note = _("up again after {time:.1f} s", time=restarted_s - began_s)
            self._keep(Chaos.KILL, what, (began_s, began_s, recovered_s or restarted_s), note)

    def _busy(self, first: int, end: int) -> None:
        began_s = time.monotonic()
        with self._store.write():
            self._flow.hold_at((first + end) // 2)
            self._flow.stop.wait(self._plan.timing.lock_s)
        repaired_s = time.monotonic()
        self._flow.hold_at(end)
        recovered_s = self._flow.wait_answer(repaired_s, RECOVERY_S)
        what = _("another program held the store's lock")
        self._keep(Chaos.BUSY, what, (began_s, repaired_s, recovered_s))

    def _clock(self, first: int, end: int) -> None:
        # A desk's scanner has no clock of its own; at the door any lane will do.
        lane = self._lanes[0 if self._plan.through is Through.SCREENS else -1]
        began_s = time.monotonic()
        lane.tell(clock_off_s=CLOCK_OFF_S)
        self._flow.hold_at(end)
        self._flow.wait_heard(end)
        lane.tell(clock_off_s=0)
        repaired_s = time.monotonic()
        seen = [
            one for one in self._flow.heard if one.lane == lane.number and one.taken_s > began_s
        ]
        off = sum(abs(one.skew_s) > CLOCK_OFF_S / 2 for one in seen)
        number, minutes, total = lane.number + 1, CLOCK_OFF_S / 60, len(seen)
        self._keep(
            Chaos.CLOCK,
            _("clock of lane {number} {minutes:.0f} minutes fast", number=number, minutes=minutes),
            (began_s, repaired_s, repaired_s),
            _(
                "seen in {off} of {total} of its answers; the store's clock decided",
                off=off,
                total=total,
            ),
        )

    def _disk(self, first: int, end: int) -> None:
        began_s = time.monotonic()
        for lane in self._lanes:
            lane.tell(room=False)
        self._flow.hold_at((first + end) // 2)
        self._flow.stop.wait(self._plan.timing.outage_s)
        for lane in self._lanes:
            lane.tell(room=True)
        repaired_s = time.monotonic()
        self._flow.hold_at(end)
        recovered_s = self._flow.wait_answer(repaired_s, RECOVERY_S)
        what = _("the disk was full for all lanes")
        self._keep(Chaos.DISK, what, (began_s, repaired_s, recovered_s))

    def _keep(
        self, chaos: Chaos, what: str, times: tuple[float, float, float], note: str = ""
    ) -> None:
        began_s, repaired_s, _recovered_s = times
        repeated = sum(
            one.repeats
            for one in self._flow.heard
            if one.taken_s < repaired_s + RECOVERY_S and one.at_s > began_s
        )
        words = [note] if note else []
        if repeated:
            words.append(_("{count} attempts repeated", count=repeated))
        self.troubles.append(Trouble(chaos, what, *times, "; ".join(words)))
