"""Many people, one hall: a seat is held and taken once, whoever comes first."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from data.files import problems
from data.schema import SeatRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.seating import NewRows, add_section, make_rows
from tests.build import NOON, make_fair
from tests.faults.processes import start

pytestmark = pytest.mark.long

PEOPLE = 8
ROWS, IN_ROW = 10, 20
SEATS = ROWS * IN_ROW


def test_eight_processes_that_want_the_same_seats_take_each_exactly_once(store: Store) -> None:
    fair = make_fair(store)
    section_id = add_section(store, SYSTEM.at(NOON), fair.event.id, "Stalls")
    make_rows(store, SYSTEM.at(NOON), section_id, NewRows(f"1-{ROWS}", IN_ROW))
    sold = fair.sell_all([f"Guest {number}" for number in range(PEOPLE * SEATS)]).ticket_ids
    shares = [sold[number * SEATS : (number + 1) * SEATS] for number in range(PEOPLE)]
    people = [start("seat_program", store.home, fair.event.id, seed) for seed in range(PEOPLE)]
    for one in people:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(PEOPLE) as threads:
        pairs = zip(people, shares, strict=True)
        given = [(one, "\n".join(map(str, share))) for one, share in pairs]
        answers = [out for out, _ in threads.map(lambda pair: pair[0].communicate(pair[1]), given)]
    assert [one.returncode for one in people] == [0] * PEOPLE

    said = [line.split() for answer in answers for line in answer.splitlines()]
    assert Counter(word for word, _ in said) == {"took": SEATS, "refused": (PEOPLE - 1) * SEATS}
    assert len({label for word, label in said if word == "took"}) == SEATS
    assert sum("took" in answer for answer in answers) > 1
    with store.read() as connection:
        seats = connection.execute(
            select(func.count(SeatRow.ticket_id.distinct()), func.count(SeatRow.held_by))
        ).one()
        assert tuple(seats) == (SEATS, 0)
        labels = connection.execute(
            select(SeatRow.label, TicketRow.seat).join(TicketRow, TicketRow.id == SeatRow.ticket_id)
        )
        assert all(label == on_ticket for label, on_ticket in labels)
    assert problems(store.path) == []
