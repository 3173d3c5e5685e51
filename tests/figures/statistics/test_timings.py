"""Times of verdicts and badges: noted later, once, and told as median and 95th percentile."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, func, select, update

from data.schema import DeliveryRow, ScanTimingRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import NotFoundError, StoreBusyError
from eventdesk.desk import Desk
from eventdesk.door import check_in
from eventdesk.figures import VerdictTimes, standing
from eventdesk.figures.statistics.timings import MAX_MS, note_verdicts, quantiles
from tests.build import NOON, STAFF, Fair


def noted(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(ScanTimingRow)).scalar_one()


def scans(fair: Fair, count: int) -> list[UUID]:
    booked = fair.sell_all([f"Guest {number}" for number in range(count)])
    return [
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, number))).scan_id
        for number in range(count)
    ]


def test_notes_each_scan_once_and_only_what_is_in_the_log(fair: Fair) -> None:
    first, second = scans(fair, 2)
    assert note_verdicts(fair.store, SYSTEM, [(first, 41.6), (uuid4(), 10)]) == 1
    assert note_verdicts(fair.store, SYSTEM, [(first, 99), (second, -5)]) == 1
    assert note_verdicts(fair.store, SYSTEM, []) == 0
    with pytest.raises(NotFoundError, match="no such scan"):
        note_verdicts(fair.store, SYSTEM, [(uuid4(), 10)])
    with fair.store.read() as connection:
        times = connection.execute(select(ScanTimingRow.verdict_ms)).scalars().all()
    assert sorted(times) == [0, 42]


def test_a_clock_that_was_set_makes_no_endless_wait(fair: Fair) -> None:
    (scan,) = scans(fair, 1)
    note_verdicts(fair.store, SYSTEM, [(scan, 1e12)])
    waits = standing(fair.store, STAFF.at(NOON), fair.event.id).waits
    assert waits.verdict is not None
    assert waits.verdict.p95_ms == MAX_MS


def test_tells_median_and_95th_percentile_of_verdict_and_paper(fair: Fair) -> None:
    passed = scans(fair, 20)
    note_verdicts(
        fair.store, SYSTEM, [(scan, 10 * (place + 1)) for place, scan in enumerate(passed)]
    )
    with fair.store.write() as connection:
        connection.execute(
            update(DeliveryRow)
            .where(DeliveryRow.scan_id.in_(passed[:3]))
            .values(state="printed", finished_at=NOON + timedelta(seconds=2))
        )
        connection.execute(
            update(DeliveryRow).where(DeliveryRow.scan_id == passed[3]).values(state="failed")
        )
    waits = standing(fair.store, STAFF.at(NOON), fair.event.id).waits
    assert waits.verdict is not None
    assert (waits.verdict.count, waits.verdict.median_ms, waits.verdict.p95_ms) == (20, 105, 190)
    assert waits.paper is not None
    assert (waits.paper.count, waits.paper.median_ms) == (3, 2000)
    assert (waits.waiting, waits.failed) == (16, 1)


def test_quantiles_of_nothing_and_of_one() -> None:
    assert quantiles([]) is None
    one = quantiles([7])
    assert one is not None
    assert (one.median_ms, one.p95_ms) == (7, 7)


async def test_a_desk_writes_what_waits_when_it_is_closed(fair: Fair) -> None:
    desk = Desk(fair.store)
    for scan in scans(fair, 3):
        desk.note_verdict(scan, 12.0)
    assert noted(fair.store) == 0
    await asyncio.to_thread(desk.close)
    assert noted(fair.store) == 3


def test_times_wait_while_the_store_cannot_be_written(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = VerdictTimes()
    (scan,) = scans(fair, 1)
    assert times.add(scan, 5.0)
    assert not times.add(uuid4(), 5.0)

    @contextmanager
    def busy(*, about: UUID | None = None) -> Iterator[Connection]:
        raise StoreBusyError("The store is busy.")
        yield

    with monkeypatch.context() as patched:
        patched.setattr(fair.store, "write", busy)
        times.write(fair.store)
    assert len(times) == 2
    times.write(fair.store)
    assert len(times) == 0
    assert noted(fair.store) == 1
