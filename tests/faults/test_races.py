"""Many doors, one file: a ticket is let in once, whoever scans it first."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from data.files import problems
from data.schema import AdmissionRow, DeliveryRow, ScanRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import NewBooking, NewTicket, book
from tests.build import NOON, make_fair
from tests.faults.processes import start

pytestmark = pytest.mark.long

DOORS = 8
TICKETS = 2000
FOREIGN = 200


def test_eight_processes_that_scan_the_same_tickets_admit_each_exactly_once(store: Store) -> None:
    fair = make_fair(store)
    booked = fair.sell_all([f"Guest {number}" for number in range(TICKETS)])
    tokens = "\n".join(fair.token(booked, index) for index in range(TICKETS))
    doors = [start("door_program", store.home, fair.door.id, seed) for seed in range(DOORS)]
    for door in doors:
        assert door.stdout is not None
        assert door.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(DOORS) as threads:
        answers = [out for out, _ in threads.map(lambda door: door.communicate(tokens), doors)]
    assert [door.returncode for door in doors] == [0] * DOORS

    said = Counter(line.split()[0] for answer in answers for line in answer.splitlines())
    assert said == {"admitted": TICKETS, "already_in": (DOORS - 1) * TICKETS}
    let_in = [
        line.split()[1]
        for answer in answers
        for line in answer.splitlines()
        if line.startswith("admitted")
    ]
    assert sorted(let_in) == sorted(booked.ticket_codes)
    with store.read() as connection:
        admissions = select(func.count(), func.count(AdmissionRow.ticket_id.distinct()))
        assert connection.execute(admissions).one() == (TICKETS, TICKETS)
        for table, rows in ((ScanRow, DOORS * TICKETS), (DeliveryRow, TICKETS)):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == rows
    assert problems(store.path) == []


def test_two_processes_that_scan_the_codes_of_another_shop_admit_each_once(store: Store) -> None:
    fair = make_fair(store)
    codes = [f"foreign-code-{number:04}" for number in range(FOREIGN)]
    tickets = tuple(NewTicket(fair.regular, code, foreign_code=code) for code in codes)
    book(store, SYSTEM.at(NOON), fair.event.id, [NewBooking("Shop", "", tickets)])
    doors = [start("door_program", store.home, fair.door.id, seed) for seed in range(2)]
    for door in doors:
        assert door.stdout is not None
        assert door.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(2) as threads:
        answers = [
            out for out, _ in threads.map(lambda door: door.communicate("\n".join(codes)), doors)
        ]
    said = Counter(line.split()[0] for answer in answers for line in answer.splitlines())
    assert said == {"admitted": FOREIGN, "already_in": FOREIGN}
    with store.read() as connection:
        admitted = select(func.count(AdmissionRow.ticket_id.distinct()))
        assert connection.execute(admitted).scalar_one() == FOREIGN
