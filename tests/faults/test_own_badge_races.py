"""The same badge asked for at once in several programs: it is queued once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from data.schema import DeliveryRow
from data.store import Store
from tests.build import make_fair
from tests.faults.processes import start
from tests.orders import person, set_event

pytestmark = pytest.mark.long

PROGRAMS = 4
TICKETS = 100


def test_four_programs_that_ask_for_the_same_badges_print_each_exactly_once(store: Store) -> None:
    fair = make_fair(store)
    set_event(fair, own_badges=True)
    ada = person(store, "Ada")
    names = [f"Guest {number}" for number in range(TICKETS)]
    booked = fair.sell_all(names, account_id=ada.id)
    tickets = "\n".join(map(str, booked.ticket_ids))
    programs = [start("own_badge_program", store.home, ada.id) for _number in range(PROGRAMS)]
    for one in programs:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(PROGRAMS) as threads:
        answers = [out for out, _ in threads.map(lambda one: one.communicate(tickets), programs)]
    assert [one.returncode for one in programs] == [0] * PROGRAMS
    said = Counter(line.split()[0] for answer in answers for line in answer.splitlines())
    assert said == {"printed": TICKETS, "refused": (PROGRAMS - 1) * TICKETS}
    with store.read() as connection:
        count = select(func.count(), func.count(DeliveryRow.ticket_id.distinct()))
        assert connection.execute(count).one() == (TICKETS, TICKETS)
