"""A rehearsal keeps its promises whatever goes wrong, and touches nothing but its copy."""

import hashlib
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import ahead
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import _, reading
from eventdesk.exercises.rehearsal.copying import PREFIX, copy_home, point_elsewhere, sweep
from eventdesk.exercises.rehearsal.plan import Chaos, Plan, Through, Timing, read_chaos
from eventdesk.exercises.rehearsal.rehearsing import rehearse
from eventdesk.exercises.rehearsal.report import Report
from eventdesk.integrations.service import Value
from eventdesk.printing import NewPrinter
from eventdesk.services import add_service, service_of
from tests.build import Fair

pytestmark = pytest.mark.long

GUESTS = 60
QUICK = Timing(
    outage_s=0.8, unplugged_s=0.6, lock_s=0.6, wait_for_leases=False, give_up_s=30.0
)  # fmt: skip
PLAN = Plan(GUESTS, timing=QUICK)


@pytest.fixture
def home(fair: Fair) -> Path:
    """A home with fewer tickets than guests will come, and nobody who has it open."""
    fair.sell_all([f"Guest {number}" for number in range(20)])
    fair.store.close()
    return fair.store.home


def sums(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def play(home: Path, plan: Plan, **given: Any) -> Report:
    return rehearse(home, plan, stop=threading.Event(), **given)


def test_everybody_is_answered_once_and_the_original_is_untouched(home: Path) -> None:
    before = sums(home)
    report = play(home, PLAN)
    assert sums(home) == before
    assert ahead().total_seconds() == 0
    assert report.promises.details == ()
    assert report.kept
    assert report.came == GUESTS
    assert report.unanswered == 0
    assert report.booked > 0
    assert report.admitted + sum(report.refused.values()) == GUESTS
    assert set(report.refused) == {"already_in", "forged", "unknown"}
    assert report.admitted == GUESTS - sum(report.refused.values())
    stages = {stage.name: stage for stage in report.stages}
    assert stages["check-in"].count == GUESTS
    assert stages["verdict → paper"].count == report.admitted
    assert stages["check-in"].worst > 0
    assert (stages["check-in"].p50, stages["check-in"].p99) == (None, None)
    assert any(line.startswith("–: fewer than 200 measurements") for line in report.lines())


def test_a_store_that_is_open_is_copied_as_it_is_at_that_moment(home: Path) -> None:
    with Store(home) as store:
        before = store.path.read_bytes()
        report = play(home, replace(PLAN, guests=10))
        assert store.path.read_bytes() == before
    assert report.kept
    assert report.came == 10


def test_no_service_outside_hears_of_it(home: Path, tmp_path: Path) -> None:
    given: dict[str, Value] = {"host": "127.0.0.1", "sender": "desk@example.org"}
    with Store(home) as store:
        add_service(store, SYSTEM, "mail", given)
    copy_home(home, tmp_path / "copy")
    with Store(tmp_path / "copy") as copied:
        assert service_of(copied, SYSTEM, "mail") is not None
        point_elsewhere(copied, [NewPrinter("Rehearsal", "folder")])
        assert service_of(copied, SYSTEM, "mail") is None
    with Store(home) as store:
        assert service_of(store, SYSTEM, "mail") is not None


@pytest.mark.parametrize("chaos", [one for one in Chaos if one is not Chaos.CAMERA])
def test_nothing_is_lost_or_doubled_when(home: Path, chaos: Chaos) -> None:
    report = play(home, replace(PLAN, chaos=(chaos,)))
    assert report.promises.details == ()
    assert report.kept
    assert (report.came, report.unanswered) == (GUESTS, 0)
    assert {trouble.chaos for trouble in report.troubles} == {chaos}
    assert all(trouble.recovery_s is not None for trouble in report.troubles)


def test_each_jam_is_of_the_printer_at_work_so_that_a_badge_is_torn(home: Path) -> None:
    report = play(home, replace(PLAN, chaos=(Chaos.PRINTER,)))
    assert report.promises.details == ()
    (drop,) = (each for each in report.troubles if each.what.endswith("drop"))
    assert int(drop.note.split()[0]) > 0


def test_a_camera_that_is_pulled_comes_back_and_reads_on(home: Path) -> None:
    plan = Plan(6, lanes=1, chaos=(Chaos.CAMERA,), frames=True, timing=QUICK)
    report = play(home, plan)
    assert report.promises.details == ()
    assert (report.came, report.unanswered) == (6, 0)
    (trouble,) = report.troubles
    assert trouble.recovery_s is not None
    decoded = next(stage for stage in report.stages if stage.name == "decode")
    assert decoded.worst > 0


def test_a_wrong_clock_is_seen_in_the_answers_and_changes_none(home: Path) -> None:
    (trouble,) = play(home, replace(PLAN, lanes=1, chaos=(Chaos.CLOCK,))).troubles
    seen, of = trouble.note.split(" of its answers")[0].removeprefix("seen in ").split(" of ")
    assert int(seen) == int(of) > 0


def test_who_stops_it_gets_the_report_so_far(home: Path) -> None:
    stop = threading.Event()

    def enough(done: int, of: int, words: str) -> None:
        if done:
            stop.set()

    report = rehearse(home, replace(PLAN, guests=3000), stop=stop, on_progress=enough)
    assert report.stopped
    assert 0 < report.came < 3000
    assert report.promises.details == ()
    assert report.kept


def test_the_next_one_sweeps_away_what_a_killed_one_left(home: Path, tmp_path: Path) -> None:
    folders = [tmp_path / f"{PREFIX}{name}" for name in ("own", "left", "young", "at-work")]
    for folder in folders:
        copy_home(home, folder / "home")
    for folder in folders[1:4:2]:
        os.utime(folder, (1_000_000_000, 1_000_000_000))
    own, left, young, at_work = folders
    with Store(at_work / "home"):
        os.utime(at_work, (1_000_000_000, 1_000_000_000))
        sweep(own)
    assert [each.exists() for each in (own, left, young, at_work)] == [True, False, True, True]


def test_it_comes_at_the_speed_that_was_asked_for(home: Path) -> None:
    report = play(home, replace(PLAN, guests=20, minutes=1, speed=60.0))
    assert report.seconds >= 0.5
    assert report.kept


def test_what_cannot_be_rehearsed_says_why(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no eventdesk store"):
        play(tmp_path / "nowhere", PLAN)
    with pytest.raises(NotFoundError):
        play(home, PLAN, listed="No such door")
    with pytest.raises(InvalidInputError, match="1 to 100,000 guests"):
        Plan(0)
    with pytest.raises(InvalidInputError, match="no chaos 'fire'") as unknown:
        read_chaos("printer,fire")
    assert "camera" in unknown.value.hint
    assert read_chaos("all") == tuple(Chaos)
    assert read_chaos("none") == ()


def test_the_real_screens_keep_the_same_promises(home: Path) -> None:
    report = play(home, Plan(24, lanes=2, through=Through.SCREENS, timing=QUICK))
    assert report.promises.details == ()
    assert report.kept
    assert (report.came, report.unanswered) == (24, 0)
    assert report.surprises == {}
    assert len(report.pauses_ms) == 2
    assert all(pause_ms > 0 for pause_ms in report.pauses_ms)
    text = "\n".join(report.lines())
    assert "through the screens" in text
    assert "event loop, longest pause" in text


def test_a_kiosk_that_is_killed_comes_back_and_lets_nobody_in_twice(home: Path) -> None:
    plan = Plan(8, lanes=1, through=Through.SCREENS, chaos=(Chaos.KILL,), timing=QUICK)
    report = play(home, plan)
    assert report.promises.details == ()
    assert (report.came, report.unanswered) == (8, 0)


def test_what_went_wrong_is_said_in_the_language_of_the_reader(home: Path) -> None:
    with reading("de"):
        report = play(home, replace(PLAN, guests=10, chaos=(Chaos.BUSY,)))
        expected = _("another program held the store's lock")
    assert expected != "another program held the store's lock"
    assert [one.what for one in report.troubles] == [expected]
