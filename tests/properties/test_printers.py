"""Random histories of printers: no badge is lost, and none comes out twice without a mark."""

from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from data.schema import DeliveryRow
from eventdesk.acts import SYSTEM
from eventdesk.core.printing import Health, Status
from eventdesk.printing import LEASE, badge_queue, enable_printer, retry_failed, take_printers
from eventdesk.spooler import Courier
from tests.badge_jobs import MoodyPrinter, PowerCutError, admit, set_up
from tests.build import NOON, empty_store, make_fair
from tests.histories import tries

MOODS = ("silent", "half", "lost", "refuses", "dies", "dies late", "jams", "prints")
TROUBLE = (Health.PAPER_OUT, Health.COVER_OPEN, Health.OFFLINE, Health.READY)
PRINTERS = 3

steps = st.one_of(
    st.tuples(st.just("admit"), st.integers(0, 2)),
    st.tuples(st.just("turn"), st.integers(0, PRINTERS - 1)),
    st.tuples(st.just("turn"), st.integers(0, PRINTERS - 1)),
    st.tuples(st.just("mood"), st.integers(0, PRINTERS - 1), st.sampled_from(MOODS)),
    st.tuples(st.just("says"), st.integers(0, PRINTERS - 1), st.sampled_from(TROUBLE)),
    st.tuples(st.just("switch"), st.integers(0, PRINTERS - 1), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from((1, 12, 40))),
    st.tuples(st.just("retry")),
)


class House:
    """A fair with three printers, and a program that drives them, dies and is opened again."""

    def __init__(self, home: Path) -> None:
        self.store = empty_store(home)
        self.fair = make_fair(self.store)
        self.now: datetime = NOON
        self.gates = (self.fair.gate.id, None, None)
        self.printers = [MoodyPrinter(f"printer {n}", confirms=n != 1) for n in range(PRINTERS)]
        at = ((self.fair.gate.id,), (), (self.fair.gate.id,))
        self.ids = [
            set_up(self.fair, p.name, "folder", *at[n]) for n, p in enumerate(self.printers)
        ]
        self.name = "program"
        self.couriers = [self.courier(place) for place in range(PRINTERS)]

    def courier(self, place: int) -> Courier:
        return Courier(
            self.store,
            f"{self.name}/{place}",
            self.printers[place],
            printer_id=self.ids[place],
            holder=self.name,
            now=lambda: self.now,
            seconds=lambda: self.now.timestamp(),  # noqa: PLW0108 - another now each time
        )

    def turn(self, place: int) -> int:
        """Let the program serve a printer; when it dies another one comes in its place."""
        driven = take_printers(self.store, SYSTEM.at(self.now), self.name).printers
        if self.ids[place] not in [each.id for each in driven]:
            return 0
        try:
            tried = self.couriers[place].turn(now=self.now)
            self.couriers[place].look_after()
        except PowerCutError:
            self.name += "'"
            self.couriers = [self.courier(each) for each in range(PRINTERS)]
            return 1
        return tried

    def step(self, *words: object) -> None:
        match words:
            case "admit", int(gate):
                admit(self.fair, f"Guest {self.now}", self.gates[gate], now=self.now)
            case "turn", int(place):
                self.turn(place)
            case "mood", int(place), str(mood):
                self.printers[place].moods.append(mood)
            case "says", int(place), Health() as health:
                self.printers[place].says = Status(health)
            case "switch", int(place), bool(on):
                enable_printer(self.store, SYSTEM.at(self.now), self.ids[place], enabled=on)
            case "wait", int(seconds):
                self.now += timedelta(seconds=seconds)
            case ("retry",):
                retry_failed(self.store, SYSTEM.at(self.now))

    def mend(self) -> None:
        """Mend all printers, wait out what is leased, and print what is left."""
        for place, printer in enumerate(self.printers):
            printer.moods.clear()
            printer.says = Status(Health.READY)
            enable_printer(self.store, SYSTEM.at(self.now), self.ids[place], enabled=True)
        retry_failed(self.store, SYSTEM.at(self.now))
        quiet = 0
        while quiet < 3:
            self.now += LEASE + timedelta(seconds=1)
            quiet = 0 if sum(self.turn(place) for place in range(PRINTERS)) else quiet + 1

    def papers(self) -> dict[UUID, list[str]]:
        """The marks of the papers that came out, by badge."""
        out: dict[UUID, list[str]] = defaultdict(list)
        for printer in self.printers:
            for job, mark in printer.papers:
                out[UUID(job)].append(mark)
        return out

    def badges(self) -> dict[UUID, str]:
        with self.store.read() as connection:
            rows = connection.execute(select(DeliveryRow.id, DeliveryRow.state))
            return {row.id: row.state for row in rows}


@settings(max_examples=tries(40))
@given(st.lists(steps, max_size=40))
def test_every_badge_comes_out_once_or_marked_or_waits_where_one_can_see_it(
    history: list[tuple[object, ...]],
) -> None:
    with TemporaryDirectory() as folder:
        house = House(Path(folder) / "home")
        try:
            _live(house, history)
        finally:
            house.store.close()


def _live(house: House, history: list[tuple[object, ...]]) -> None:
    for words in history:
        house.step(*words)
        papers, badges = house.papers(), house.badges()
        queue, states = badge_queue(house.store, SYSTEM), list(badges.values())
        assert queue.waiting == states.count("queued") + states.count("leased")
        assert queue.failed == states.count("failed")
        for delivery_id, state in badges.items():
            out = papers.get(delivery_id, [])
            assert sum(not mark for mark in out) <= 1, "two papers without a mark"
            assert out or state not in ("printed", "sent"), "said to be out, and is not"
    house.mend()
    assert set(house.badges().values()) <= {"printed", "sent"}
    for delivery_id in house.badges():
        assert house.papers()[delivery_id], "a badge was lost"
