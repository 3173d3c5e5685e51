"""Many desks, one file: no place is sold twice, whoever asks first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select

from data.files import problems
from data.schema import BookingRow, SeatRow, SessionRow, SignUpRow, TicketRow
from data.store import Store
from tests.build import NOON, make_fair
from tests.faults.processes import start
from tests.orders import add_seats, person, set_event, set_type

pytestmark = pytest.mark.long

PEOPLE = 8
STANDING, SEATS, CAPACITY, SESSION = 30, 10, 36, 5


def test_eight_processes_that_book_at_once_never_sell_a_place_twice(store: Store) -> None:
    fair = make_fair(store)
    section_id, seats = add_seats(fair, SEATS)
    set_type(fair, fair.regular, quota=STANDING, price_minor=0)
    set_type(fair, fair.vip, price_minor=0, section_id=section_id)
    set_event(fair, capacity=CAPACITY)
    session_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(SessionRow).values(
                id=session_id,
                event_id=fair.event.id,
                title="Keynote",
                description="",
                starts_at=NOON,
                ends_at=NOON + timedelta(hours=1),
                tags=[],
                capacity=SESSION,
                sign_up=True,
            )
        )
    people = [person(store, f"Person {number}") for number in range(PEOPLE)]
    for one in people:  # a ticket each, so that all of them may sign up
        fair.sell(one.name, account_id=one.id)
    buyers = [
        start("booking_program", store.home, fair.event.id, one.id, session_id, number)
        for number, one in enumerate(people)
    ]
    for buyer in buyers:
        assert buyer.stdout is not None
        assert buyer.stdout.readline() == "ready\n"
    given = "\n".join(map(str, (fair.regular, fair.vip, *seats)))
    with ThreadPoolExecutor(PEOPLE) as threads:
        answers = [out for out, _ in threads.map(lambda each: each.communicate(given), buyers)]
    assert [buyer.returncode for buyer in buyers] == [0] * PEOPLE

    said = [line.split() for answer in answers for line in answer.splitlines()]
    tickets = [UUID(line[1]) for line in said if line[0] == "ticket"]
    sat = [line[1] for line in said if line[0] == "seat"]
    assert len(set(sat)) == len(sat)
    assert len(set(tickets)) == len(tickets) == CAPACITY - PEOPLE
    with store.read() as connection:
        by_type = dict(
            connection.execute(
                select(TicketRow.ticket_type_id, func.count()).group_by(TicketRow.ticket_type_id)
            ).all()
        )
        assert by_type[fair.regular] <= STANDING
        # Nothing but its seats bounds the type; some of its tickets are sold without one.
        assert len(sat) <= by_type[fair.vip] <= SEATS
        assert sum(by_type.values()) == CAPACITY
        taken = select(func.count(), func.count(SeatRow.ticket_id.distinct())).where(
            SeatRow.ticket_id.is_not(None)
        )
        assert connection.execute(taken).one() == (len(sat), len(sat))
        signed_up = select(func.count()).select_from(SignUpRow)
        assert connection.execute(signed_up).scalar_one() == SESSION
        numbers = select(func.count(), func.count(BookingRow.no.distinct()))
        assert len(set(connection.execute(numbers).one())) == 1
    assert said.count(["session"]) == SESSION
    assert problems(store.path) == []
