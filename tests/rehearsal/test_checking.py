"""The check finds what a broken door would do."""

from threading import Event
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from data.schema import AdmissionRow, DeliveryRow
from eventdesk.model.door import CheckInResult
from eventdesk.rehearsal.checking import Promises, check, turned_away
from eventdesk.rehearsal.crowd import Guest, Kind
from eventdesk.rehearsal.flow import Flow, Heard
from eventdesk.rehearsal.printer import Printed, read_badge
from eventdesk.rehearsal.report import percentile, queue_of
from eventdesk.usecases.checkin import check_in
from eventdesk.usecases.lists import list_at_door
from tests.build import NOON, STAFF, Fair


def answered(fair: Fair, *, kind: Kind = Kind.GENUINE) -> tuple[Heard, CheckInResult]:
    booked = fair.sell()
    result = check_in(fair.store, STAFF, fair.scan(fair.token(booked)), now=NOON)
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


def test_a_badge_that_never_came_out_is_lost_unless_somebody_stopped_it(fair: Fair) -> None:
    heard, _ = answered(fair)
    assert found(fair, [heard], []).badges_lost == 1
    assert not found(fair, [heard], []).kept
    stopped = found(fair, [heard], [], stopped=True)
    assert (stopped.badges_lost, stopped.waiting) == (0, 1)


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
