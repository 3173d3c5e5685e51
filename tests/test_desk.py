"""The desk: writes in order, finishes what has begun, and says when anything changed."""

import asyncio
import threading
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from data.schema import EventRow, GateRow, TouchedRow
from data.store import Store
from data.touched import HOUSE, UNSAID, UNSEEN, last_seen, note_touched, touched_since
from eventdesk.acts import Changes, Kind, ReadingSteps, Steps, Topic, all_verbs
from eventdesk.acts.actor import SYSTEM
from eventdesk.booking import hear_gateways
from eventdesk.core.errors import NotFoundError
from eventdesk.desk import Desk
from eventdesk.door import add_gate, check_in, event_doors, list_gates, recent_scans, ticket_view
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.faults.processes import start

WITHIN_S = 10


async def test_writes_happen_in_the_order_they_were_asked_for(desk: Desk, fair: Fair) -> None:
    tokens = [fair.token(fair.sell(f"Guest {number}")) for number in range(20)]
    scans = [fair.scan(token) for token in tokens]
    await asyncio.gather(*(desk.write(check_in, STAFF.at(NOON), scan) for scan in scans))
    log = await desk.read(recent_scans, STAFF, fair.door.id)
    assert [scan.name for scan in reversed(log)] == [f"Guest {number}" for number in range(20)]


async def test_an_error_reaches_who_asked_and_the_desk_goes_on(desk: Desk, fair: Fair) -> None:
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        await desk.read(ticket_view, SYSTEM, fair.door.id)
    with pytest.raises(NotFoundError, match="There is no such event"):
        await desk.write(add_gate, SUPERVISOR.at(NOON), fair.door.id, "Gate B")
    await desk.write(add_gate, SUPERVISOR.at(NOON), fair.event.id, "Gate B")
    assert len(await desk.read(list_gates, SYSTEM, fair.event.id)) == 2


async def test_a_write_that_has_begun_finishes_when_nobody_waits_any_more(
    desk: Desk, fair: Fair
) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slow(store: Store, name: str) -> None:
        begun.set()
        assert go_on.wait(WITHIN_S)
        add_gate(store, SUPERVISOR.at(NOON), fair.event.id, name)
        done.set()

    writing = asyncio.create_task(desk.write(slow, "Gate B"))
    await asyncio.to_thread(begun.wait, WITHIN_S)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    go_on.set()
    assert await asyncio.to_thread(done.wait, WITHIN_S)
    with fair.store.read() as connection:
        names = connection.execute(select(GateRow.name).order_by(GateRow.name)).scalars().all()
    assert names == ["Gate A", "Gate B"]


async def test_reads_go_on_beside_a_long_write(desk: Desk, fair: Fair) -> None:
    go_on = threading.Event()

    def long_write(store: Store) -> bool:
        with store.write():
            return go_on.wait(WITHIN_S)

    writing = asyncio.create_task(desk.write(long_write))
    assert len(await desk.read(list_gates, SYSTEM, fair.event.id)) == 1
    go_on.set()
    assert await writing


async def test_closing_waits_for_a_write_that_has_begun(store: Store, fair: Fair) -> None:
    desk = Desk(store)
    begun = threading.Event()

    def write(store: Store) -> None:
        begun.set()
        add_gate(store, SUPERVISOR.at(NOON), fair.event.id, "Gate B")

    writing = asyncio.create_task(desk.write(write))
    await asyncio.to_thread(begun.wait, WITHIN_S)
    desk.close()
    await writing
    assert len(list_gates(store, SYSTEM, fair.event.id)) == 2


async def test_a_change_of_another_process_is_noticed(desk: Desk, fair: Fair) -> None:
    code = fair.sell().ticket_codes[0]
    changes = desk.changes()
    noticed = await _listening(changes)
    door = start("door_program", fair.store.home, fair.door.id, 1)
    await asyncio.to_thread(door.communicate, code)
    await asyncio.wait_for(noticed, WITHIN_S)
    assert len(await desk.read(recent_scans, STAFF, fair.door.id)) == 1
    await changes.aclose()  # type: ignore[attr-defined]


async def test_every_listener_hears_of_own_changes_and_of_nothing_else(
    desk: Desk, fair: Fair
) -> None:
    listeners = [desk.changes(), desk.changes()]
    noticed = [await _listening(changes) for changes in listeners]
    await desk.read(list_gates, SYSTEM, fair.event.id)
    assert not any(one.done() for one in noticed)
    await desk.write(add_gate, SUPERVISOR.at(NOON), fair.event.id, "Gate B")
    await asyncio.wait_for(asyncio.gather(*noticed), WITHIN_S)
    for changes in listeners:
        await changes.aclose()  # type: ignore[attr-defined]


async def _listening(changes: AsyncIterator[Changes]) -> "asyncio.Future[Changes]":
    """Begin to wait for the next change, and return once the waiting has begun."""
    noticed = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    return noticed


async def test_what_was_touched_is_told_by_topic_and_event(desk: Desk, fair: Fair) -> None:
    changes = desk.changes()
    for _ in range(2):  # the first may come before the feed knows what was touched last
        noticed = await _listening(changes)
        with fair.store.write() as connection:
            note_touched(connection, [("door", fair.event.id)])
        told = await asyncio.wait_for(noticed, WITHIN_S)
    assert told.about({Topic.DOOR}, fair.event.id)
    assert not told.about({Topic.MONEY})
    assert not told.about({Topic.DOOR}, uuid4())
    await changes.aclose()  # type: ignore[attr-defined]


async def test_a_commit_that_does_not_say_what_it_touched_may_have_changed_anything(
    desk: Desk, fair: Fair
) -> None:
    changes = desk.changes()
    noticed = await _listening(changes)
    with fair.store.write() as connection:
        connection.execute(update(EventRow).values(name="Another name"))
    told = await asyncio.wait_for(noticed, WITHIN_S)
    assert told.about({Topic.MONEY}, fair.event.id)
    await changes.aclose()  # type: ignore[attr-defined]


def test_a_commit_that_does_not_say_is_not_hidden_by_one_that_does(fair: Fair) -> None:
    with fair.store.read() as connection:
        before = last_seen(connection)
    with fair.store.write() as connection:
        connection.execute(update(EventRow).values(name="Another name"))
    with fair.store.write() as connection:
        note_touched(connection, [("door", fair.event.id)])
    with fair.store.read() as connection:
        assert touched_since(connection, before)[1] == {UNSAID, ("door", fair.event.id)}
    with fair.store.write() as connection:
        unchanged = last_seen(connection)
    with fair.store.read() as connection:
        assert last_seen(connection) == unchanged


def test_a_touch_is_kept_once_for_each_topic_and_event(fair: Fair) -> None:
    some = [("door", fair.event.id), ("printing", fair.event.id), ("money", HOUSE)]
    for _ in range(3):
        with fair.store.write() as connection:
            note_touched(connection, some)
    with fair.store.write() as connection:
        before = last_seen(connection)
        note_touched(connection, some[:1])
    with fair.store.read() as connection:
        assert touched_since(connection, before) == ((before[0] + 1, before[1]), {some[0]})
        rows = connection.execute(select(TouchedRow.topic, TouchedRow.event_id)).all()
    assert [rows.count(each) for each in some] == [1, 1, 1]


def test_a_scan_is_a_change_at_its_event_and_writes_nothing_for_it(fair: Fair) -> None:
    booked = fair.sell()
    with fair.store.read() as connection:
        before = last_seen(connection)
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    with fair.store.read() as connection:
        seen, touched = touched_since(connection, before)
    assert touched == {("door", fair.event.id), ("printing", fair.event.id)}
    assert seen == (before[0], before[1] + 1)


async def test_steps_that_take_long_hold_no_write_up(desk: Desk) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(store: Store) -> None:
        begun.set()
        assert go_on.wait(60)

    waiting = asyncio.create_task(desk.take_steps(slow))
    await asyncio.to_thread(begun.wait)
    assert await desk.write(lambda store: "written") == "written"
    go_on.set()
    await waiting


async def test_what_may_write_is_not_read(desk: Desk) -> None:
    writing = [verb for verb in all_verbs() if not verb.kind.only_reads]
    assert {verb.kind for verb in writing} == {Kind.WRITES, Kind.STEPS}
    for verb in writing:
        with pytest.raises(TypeError, match=f"{verb.name}> may write"):
            await desk.read(verb, SYSTEM)
        with pytest.raises(TypeError, match=f"{verb.name}> may write"):
            await desk.of(SYSTEM).read(verb)


async def test_steps_that_only_read_are_read(desk: Desk, fair: Fair) -> None:
    [door] = await desk.read(event_doors, SYSTEM)
    assert door.event.id == fair.event.id


async def test_the_desk_of_an_actor_takes_steps(desk: Desk, fair: Fair) -> None:
    assert await desk.of(SYSTEM).take_steps(hear_gateways) == 0


def test_steps_that_only_read_cannot_write(fair: Fair) -> None:
    steps = ReadingSteps(fair.store, SYSTEM)
    assert not hasattr(steps.by(STAFF).at(NOON), "write")
    assert hasattr(Steps(fair.store, SYSTEM).by(STAFF).at(NOON), "write")


@pytest.mark.parametrize("serves", [False, True])
async def test_a_desk_tells_what_it_wrote_without_waiting_for_its_next_look(
    store: Store, fair: Fair, monkeypatch: pytest.MonkeyPatch, serves: bool
) -> None:
    monkeypatch.setattr("eventdesk.desk.POLL_S", 3600.0)
    monkeypatch.setattr("eventdesk.desk.REST_S", 3600.0)
    desk = Desk(store, tells_at_once=serves)
    changes = desk.changes()
    noticed = await _listening(changes)
    await desk.write(add_gate, SUPERVISOR.at(NOON), fair.event.id, "Gate B")
    assert (await asyncio.wait_for(noticed, WITHIN_S)).about({Topic.DOOR}, fair.event.id)
    await changes.aclose()  # type: ignore[attr-defined]
    desk.close()


async def test_what_others_do_after_a_change_is_told_together_and_at_once_with_what_is_done_here(
    desk: Desk, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventdesk.desk.POLL_S", 0.0)
    monkeypatch.setattr("eventdesk.desk.GATHER_S", 3600.0)
    changes = desk.changes()
    noticed = await _listening(changes)
    for _ in range(3):  # by then the desk knows what was touched last
        await desk.changes_since(None)

    def touch(topic: Topic) -> None:
        with fair.store.write() as connection:
            note_touched(connection, [(topic, fair.event.id)])

    touch(Topic.SALES)
    assert (await asyncio.wait_for(noticed, WITHIN_S)).about({Topic.SALES})
    noticed = await _listening(changes)
    for topic in (Topic.MONEY, Topic.BOOKING):
        touch(topic)
        for _ in range(20):  # a desk that gathers nothing would have looked by then
            await desk.changes_since(None)
    assert not noticed.done()
    await desk.write(add_gate, SUPERVISOR.at(NOON), fair.event.id, "Gate B")
    told = await asyncio.wait_for(noticed, WITHIN_S)
    assert all(told.about({topic}) for topic in (Topic.MONEY, Topic.BOOKING, Topic.DOOR))
    await changes.aclose()  # type: ignore[attr-defined]


async def test_what_nobody_is_shown_is_told_to_nobody(desk: Desk, fair: Fair) -> None:
    changes = desk.changes()
    noticed = await _listening(changes)
    for _ in range(3):  # by then the desk knows what was touched last
        await desk.changes_since(None)
    door = ("door", fair.event.id)
    for touched in (UNSEEN, door):
        with fair.store.write() as connection:
            note_touched(connection, [touched])
    assert await asyncio.wait_for(noticed, WITHIN_S) == Changes(frozenset({door}))
    await changes.aclose()  # type: ignore[attr-defined]
