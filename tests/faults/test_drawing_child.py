"""The child that draws is killed, or its program is: no badge lost or doubled, no orphan left."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from badges.making import child_pid
from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.printing import badge_queue
from eventdesk.spooler import Spooler
from tests.badge_jobs import admit, set_up, states
from tests.build import Fair, make_fair
from tests.faults.mortal_programs import draw_for_ever

pytestmark = pytest.mark.long

GUESTS = 40
KILLS = 6
WITHIN_S = 60.0


def _until(condition: Callable[[], bool]) -> None:
    waiting, deadline = threading.Event(), time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        waiting.wait(0.005)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_badges_come_out_once_each_although_what_draws_them_is_killed(
    fair: Fair, tmp_path: Path
) -> None:
    folder = tmp_path / "paper"
    set_up(fair, "A", f"pdf:{folder}", now=utc_now())
    for number in range(GUESTS):
        admit(fair, f"Guest {number}", now=utc_now())
    spooler = Spooler(fair.store, None, backups=False)
    spooler.start()
    killed: set[int] = set()
    try:
        while len(killed) < KILLS and badge_queue(fair.store, SYSTEM).waiting:
            before = badge_queue(fair.store, SYSTEM).waiting
            pid = child_pid()
            if pid is None or pid in killed:
                continue
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
            _until(lambda: badge_queue(fair.store, SYSTEM).waiting < before)  # noqa: B023
        _until(lambda: not badge_queue(fair.store, SYSTEM).waiting)
    finally:
        spooler.stop()
    assert len(killed) > 1, "it was hardly ever killed"
    assert states(fair.store) == {"printed": GUESTS}
    with fair.store.read() as connection:
        assert set(connection.execute(select(DeliveryRow.mark)).scalars()) == {""}
    assert len(list(folder.glob("*.pdf"))) == GUESTS
    assert not any(map(_is_there, killed))


def test_a_killed_program_leaves_no_child_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        fair = make_fair(store)
        set_up(fair, "A", f"pdf:{tmp_path / 'paper'}", now=utc_now())
        for number in range(GUESTS):
            admit(fair, f"Guest {number}", now=utc_now())
    listening, speaking = PROCESSES.Pipe(duplex=False)
    program = PROCESSES.Process(target=draw_for_ever, args=(home, speaking))
    program.start()
    speaking.close()
    assert listening.poll(WITHIN_S)
    child = listening.recv()
    assert _is_there(child)
    program.kill()
    program.join()
    program.close()
    _until(lambda: not _is_there(child))
    listening.close()


def test_a_program_that_ends_in_good_order_takes_its_child_along(
    fair: Fair, tmp_path: Path
) -> None:
    set_up(fair, "A", f"pdf:{tmp_path / 'paper'}", now=utc_now())
    spooler = Spooler(fair.store, None, backups=False)
    spooler.start()
    assert child_pid() is None, "it is started with the first picture"
    admit(fair, "Ada", now=utc_now())
    _until(lambda: not badge_queue(fair.store, SYSTEM).waiting)
    child = child_pid()
    assert child is not None
    spooler.stop()
    assert child_pid() is None
    assert not _is_there(child)


PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.mortal_programs"])
