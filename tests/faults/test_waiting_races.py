"""Many processes, one file: each request is taken once, and no session gets too full."""

import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data.schema import AuditRow, BookingRow, QueueRequestRow, SignUpRow, WaitlistEntryRow
from data.store import Store
from eventdesk.booking import NewBooking, NewTicket
from eventdesk.waiting import ask, open_queue
from tests.build import SUPERVISOR, make_fair
from tests.faults.processes import start
from tests.figures.crowd import (
    EARLY,
    add_session,
    id_of,
    person,
    set_type,
    ticket_for,
    valid_tickets,
)

pytestmark = pytest.mark.long

PROCESSES = 8


def run_all(programs: "list[subprocess.Popen[str]]", given: str) -> None:
    """Let programs that are ready go at once, and wait for them to end well."""
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(len(programs)) as threads:
        list(threads.map(lambda program: program.communicate(given), programs))
    assert [program.returncode for program in programs] == [0] * len(programs)


def test_eight_processes_that_run_one_queue_take_each_request_once(store: Store) -> None:
    fair, requests, quota = make_fair(store), 40, 25
    closed = EARLY + timedelta(hours=1)
    event_id = fair.event.id
    window = {"queue_from": EARLY, "queue_until": closed}
    open_queue(store, SUPERVISOR.at(EARLY), event_id, **window, by_lot=True)
    set_type(store, fair.regular, quota=quota)
    for n in range(requests):
        wish = NewBooking(f"P{n}", "", (NewTicket(fair.regular, f"P{n}"),))
        ask(store, person(store, f"P{n}").at(EARLY), event_id, wish)
    runs = [
        start("queue_program", store.home, event_id, closed.isoformat()) for _ in range(PROCESSES)
    ]
    run_all(runs, "go\n")

    assert valid_tickets(store, fair.regular) == quota
    with store.read() as connection:
        states = Counter(connection.execute(select(QueueRequestRow.state)).scalars())
        assert states == {"confirmed": quota, "sold_out": requests - quota}
        booked = select(func.count(), func.count(BookingRow.account_id.distinct()))
        assert connection.execute(booked).one() == (quota, quota)
        taken = select(AuditRow.subject_id).where(AuditRow.verb == "take_request")
        assert max(Counter(connection.execute(taken).scalars()).values()) == 1
        drawn = select(func.count()).where(AuditRow.verb == "draw_lots")
        assert connection.execute(drawn).scalar_one() == 1


def test_eight_processes_never_put_more_into_a_session_than_it_holds(store: Store) -> None:
    fair, capacity = make_fair(store), 5
    session_id = add_session(fair, "Engines", capacity=capacity)
    people = [person(store, f"P{n}") for n in range(24)]
    for each in people:
        ticket_for(fair, each)
    accounts = [str(id_of(each)) for each in people]
    programs = [
        start("sign_up_program", store.home, session_id, EARLY.isoformat(), seed)
        for seed in range(PROCESSES)
    ]
    run_all(programs, "\n".join(accounts))

    with store.read() as connection:
        signed = set(
            connection.execute(
                select(SignUpRow.account_id).where(SignUpRow.session_id == session_id)
            ).scalars()
        )
        waiting = set(
            connection.execute(
                select(WaitlistEntryRow.account_id).where(WaitlistEntryRow.state == "waiting")
            ).scalars()
        )
        joined = select(func.count()).where(AuditRow.verb == "join_waitlist")
        assert connection.execute(joined).scalar_one() > 0
    assert len(signed) <= capacity
    assert not waiting or len(signed) == capacity
    assert not signed & waiting
