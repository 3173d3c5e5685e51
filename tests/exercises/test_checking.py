"""The check finds what a broken door would do."""

from threading import Event
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from data.schema import AdmissionRow, DeliveryRow
from eventdesk.door import CheckInResult, check_in, list_at_door
from eventdesk.exercises.rehearsal import draining
from eventdesk.exercises.rehearsal.chaos import Trouble
from eventdesk.exercises.rehearsal.checking import Promises, check, turned_away
from eventdesk.exercises.rehearsal.crowd import Guest, Kind
from eventdesk.exercises.rehearsal.flow import Flow, Heard
from eventdesk.exercises.rehearsal.plan import Chaos
from eventdesk.exercises.rehearsal.printer import Printed, read_badge
from eventdesk.exercises.rehearsal.report import Stage, percentile, queue_of, stages_of
from tests.build import NOON, STAFF, Fair


def answered(fair: Fair, *, kind: Kind = Kind.GENUINE) -> tuple[Heard, CheckInResult]:
    booked = fair.sell()
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.ticket_id is not None
    guest = Guest(0, 0.0, kind, "", result.ticket_id)
    heard = Heard(
        guest,
        0,
        str(result.outcome),
        result.nonce,
        str(result.scan_id),
        str(result.delivery_id),
        at_s=1.0,
    )
    return heard, result


def found(fair: Fair, heard: list[Heard], papers: list[Printed], stopped: bool = False) -> Promises:
    with fair.store.read() as connection:
        door = list_at_door(connection, fair.door.id)
    flow = Flow([one.guest for one in heard], speed=None, stop=Event())
    flow.heard, flow.papers = heard, papers
    return check(fair.store, door, flow, since_no=0, stopped=stopped)


def paper(result: CheckInResult, *, marked: bool = False) -> Printed:
    return Printed((result.ticket_code or "",), marked, 2.0)


def test_one_answer_and_one_badge_are_a_promise_kept(fair: Fair) -> None:
    heard, result = answered(fair)
    promises = found(fair, [heard], [paper(result)])
    assert promises.kept
    assert promises == Promises()


def test_a_badge_that_is_out_by_the_store_and_on_no_paper_is_lost(fair: Fair) -> None:
    heard, _ = answered(fair)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state="sent"))
    for stopped in (False, True):
        promises = found(fair, [heard], [], stopped)
        assert (promises.badges_lost, promises.badges_stuck, promises.waiting) == (1, 0, 0)
        assert not promises.kept


def test_a_badge_in_the_queue_waits_and_is_not_lost(fair: Fair) -> None:
    heard, _ = answered(fair)
    stuck = found(fair, [heard], [])
    assert (stuck.badges_lost, stuck.badges_stuck, stuck.waiting, stuck.kept) == (0, 1, 0, False)
    stopped = found(fair, [heard], [], stopped=True)
    assert (stopped.badges_lost, stopped.badges_stuck, stopped.waiting) == (0, 0, 1)
    assert stopped.kept


def test_percentiles_are_told_of_two_hundred_measurements_and_more() -> None:
    def stage(count: int) -> Stage:
        heard = [
            Heard(
                Guest(number, 0.0, Kind.GENUINE, ""),
                0,
                "admitted",
                check_in_ms=float(number + 1),
                taken_s=float(number),
                at_s=float(number),
            )
            for number in range(count)
        ]
        trouble = Trouble(Chaos.KILL, "a lane", began_s=0.0, repaired_s=0.0, recovered_s=0.0)
        return next(each for each in stages_of(heard, [], [trouble]) if each.name == "check-in")

    enough, few = stage(202), stage(201)
    assert (enough.count, enough.p50, enough.p99, enough.worst) == (200, 102.0, 200.0, 202.0)
    assert (few.count, few.p50, few.p95, few.p99, few.worst) == (199, None, None, None, 201.0)


def test_badges_are_waited_for_as_long_as_some_come_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = [0.0], list[int]()
    left = iter([5, 5, 4, 4, 3, 3, 3, 3])
    monkeypatch.setattr(draining, "LOOK_S", 0.0)
    monkeypatch.setattr("eventdesk.exercises.rehearsal.draining.time.monotonic", lambda: clock[0])

    def count() -> int:
        clock[0] += draining.PATIENCE_S * 0.6
        return next(left)

    draining._wait_for_badges(count, Event(), told.append)
    assert told == [5, 5, 4, 4, 3, 3]


def test_nobody_waits_long_for_badges_once_it_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, counted = [0.0], 0
    stop = Event()
    stop.set()
    monkeypatch.setattr(draining, "LOOK_S", 0.0)
    monkeypatch.setattr("eventdesk.exercises.rehearsal.draining.time.monotonic", lambda: clock[0])

    def count() -> int:
        nonlocal counted
        counted += 1
        clock[0] += 1.0
        return 1000 - counted

    draining._wait_for_badges(count, stop, lambda waiting: None)
    assert counted == 2 + draining.STOPPED_S


def test_a_second_badge_is_a_copy_when_it_says_so_and_else_doubled(fair: Fair) -> None:
    heard, result = answered(fair)
    copy = found(fair, [heard], [paper(result), paper(result, marked=True)])
    assert (copy.copies, copy.badges_doubled, copy.kept) == (1, 0, True)
    doubled = found(fair, [heard], [paper(result), paper(result)])
    assert (doubled.badges_doubled, doubled.kept) == (1, False)


def test_a_guest_of_whom_the_store_knows_nothing_is_an_admission_lost(fair: Fair) -> None:
    heard, result = answered(fair)
    with fair.store.write() as connection:
        connection.execute(delete(AdmissionRow))
    assert found(fair, [heard], [paper(result)]).admissions_lost == 1
    unknown = Heard(heard.guest, 0, "admitted", uuid4().hex, str(uuid4()))
    assert found(fair, [unknown], [paper(result)]).admissions_lost == 2


def test_a_guest_who_was_never_answered_is_lost(fair: Fair) -> None:
    guest = Guest(0, 0.0, Kind.GENUINE, "", UUID(int=7))
    promises = found(fair, [Heard(guest, 0, "", said="The lane died.")], [])
    assert promises.admissions_lost == 1
    assert "The lane died." in promises.details[0]


def test_a_stranger_who_was_let_in_is_told(fair: Fair) -> None:
    heard, result = answered(fair)
    stranger = Guest(0, 0.0, Kind.FORGED, "forged")
    let_in = Heard(stranger, 0, "admitted", heard.nonce, heard.scan)
    assert found(fair, [let_in], [paper(result)]).strangers_admitted == 1


def test_another_answer_than_the_one_written_down_is_told(fair: Fair) -> None:
    heard, result = answered(fair)
    other = Heard(heard.guest, 0, "already_in", heard.nonce, heard.scan)
    assert found(fair, [other], [paper(result)]).answers_changed == 1


def test_a_delivery_that_was_called_off_is_owed_to_nobody(fair: Fair) -> None:
    heard, _ = answered(fair)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state="cancelled"))
    assert found(fair, [heard], []).kept


def test_good_tickets_that_a_rule_kept_out_are_counted_by_reason() -> None:
    guest = Guest(0, 0.0, Kind.GENUINE, "", UUID(int=7))
    refused = Heard(guest, 0, "list_closed", reason="opens at 09:00")
    assert turned_away([refused]) == {"list_closed: opens at 09:00": 1}
    assert turned_away([refused, Heard(guest, 1, "admitted")]) == {}


def test_a_badge_is_read_by_its_code_and_its_mark() -> None:
    printed = read_badge(b"ADA\r\nABCD-2345\r\nDemo Days\r\nCOPY?\r\n")
    assert "ABCD-2345" in printed.codes
    assert printed.marked
    assert not read_badge(b"Ada\r\nABCD2345\r\n").marked


@pytest.mark.parametrize(("lanes", "longest", "wait_s"), [(1, 2, 20.0), (3, 0, 0.0)])
def test_the_queue_is_followed_first_come_first_served(
    lanes: int, longest: int, wait_s: float
) -> None:
    heard = [
        Heard(Guest(number, 0.0, Kind.GENUINE, ""), 0, "admitted", taken_s=0.0, at_s=1.0)
        for number in range(3)
    ]
    queue = queue_of(heard, lanes, 9.0)
    assert (queue.longest, queue.longest_wait_s) == (longest, wait_s)


def test_percentiles_are_of_the_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, each) for each in (50, 95, 99)] == [50.0, 95.0, 99.0]
    assert percentile([7.0], 50) == 7.0
