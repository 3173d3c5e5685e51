"""Programs killed while they drive two printers: no badge lost, none twice without a mark."""

import multiprocessing
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import select

from data.files import problems
from data.schema import DeliveryRow, TicketRow
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.door import check_in
from eventdesk.printing import LEASE, REPEATED, badge_queue
from eventdesk.spooler import Spooler
from tests.badge_jobs import set_up
from tests.build import STAFF, make_fair
from tests.faults.mortal_programs import drive_for_ever

pytestmark = pytest.mark.long

ROUNDS = 8
GUESTS = 400
MAX_LIFE_S = 1.2
PRINTERS = ("one", "two")


def test_killed_couriers_lose_no_badge_and_print_none_twice_unmarked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    papers = {name: tmp_path / f"{name}.txt" for name in PRINTERS}
    with Store.create(home) as store:
        fair = make_fair(store)
        for place, name in enumerate(PRINTERS):
            gates = (fair.gate.id,) if place == 0 else ()
            set_up(fair, name, f"file:{papers[name]}?qr=0", *gates)
        booked = fair.sell_all([f"Guest {number}" for number in range(GUESTS)])
        for index in range(GUESTS):
            gate = fair.gate.id if index % 2 else None
            scan = fair.scan(fair.token(booked, index), gate_id=gate)
            check_in(store, STAFF, scan)
    for _ in range(ROUNDS):
        programs = [PROCESSES.Process(target=drive_for_ever, args=(home,)) for _ in range(2)]
        for program in programs:
            program.start()
        for program in programs:
            program.join(random.uniform(0.1, MAX_LIFE_S))
            program.kill()
            program.join()
            program.close()
        assert problems(home / FILE_NAME) == []
    with Store(home) as store:
        before = badge_queue(store, SYSTEM).waiting
        heir = Spooler(store, None, backups=False)
        while heir.deliver_due(now=utc_now() + LEASE):
            pass
        assert badge_queue(store, SYSTEM).waiting == 0
        with store.read() as connection:
            codes = connection.execute(
                select(TicketRow.code, DeliveryRow.state, DeliveryRow.mark).join(
                    TicketRow, TicketRow.id == DeliveryRow.ticket_id
                )
            ).all()
    out = _papers(papers.values())
    assert before < GUESTS, "the programs were killed before they printed anything"
    assert len(codes) == GUESTS
    for row in codes:
        marks = out[row.code]
        assert row.state == "printed"
        assert marks, "a badge was lost"
        assert sum(not marked for marked in marks) <= 1, "two papers without a mark"
    assert all(path.exists() for path in papers.values())


def _papers(files: Iterable[Path]) -> dict[str, list[bool]]:
    """For each ticket code its papers, and whether each is marked."""
    found: dict[str, list[bool]] = defaultdict(list)
    for path in files:
        for paper in path.read_text().split("\n" * 5):
            for code in re.findall(r"^[2-9A-Z]{8}$", paper, re.MULTILINE):
                found[code].append(REPEATED in paper)
    return found


PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.mortal_programs"])
