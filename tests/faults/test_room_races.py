"""Many doors of one room: never more inside than it holds, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from data.schema import ScanRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.door import EntryPolicy, ListKind, counters
from tests.build import make_fair
from tests.faults.processes import start

pytestmark = pytest.mark.long

DOORS = 8
GUESTS = 120
CAPACITY = 20


def test_eight_processes_never_let_more_into_a_room_than_it_holds(store: Store) -> None:
    fair = make_fair(store)
    room = fair.list(
        "Hall", kind=ListKind.ROOM, capacity=CAPACITY, entry_policy=EntryPolicy.AFTER_EXIT
    )
    booked = fair.sell_all([f"Guest {number}" for number in range(GUESTS)])
    tokens = "\n".join(fair.token(booked, index) for index in range(GUESTS))
    doors = [start("room_program", store.home, room.id, seed) for seed in range(DOORS)]
    for door in doors:
        assert door.stdout is not None
        assert door.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(DOORS) as threads:
        answers = [out for out, _ in threads.map(lambda door: door.communicate(tokens), doors)]
    assert [door.returncode for door in doors] == [0] * DOORS

    inside: set[object] = set()
    most = 0
    with store.read() as connection:
        rows = connection.execute(
            select(ScanRow.ticket_id, ScanRow.outcome)
            .where(ScanRow.list_id == room.id)
            .order_by(ScanRow.no)
        ).all()
    for row in rows:
        if row.outcome == "admitted":
            assert row.ticket_id not in inside
            inside.add(row.ticket_id)
        elif row.outcome == "exited":
            inside.remove(row.ticket_id)
        most = max(most, len(inside))
    assert most == CAPACITY
    said = [line.split() for answer in answers for line in answer.splitlines()]
    assert len(said) == len(rows)
    assert max(int(figure) for _, figure in said) == CAPACITY
    refused = sum(outcome == "rules" for outcome, _ in said)
    assert refused > GUESTS
    assert counters(store, SYSTEM, room.id).inside == len(inside)
