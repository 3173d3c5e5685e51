"""Two phones without the network and a desk with it, delivered in whatever order and how often.

Nothing is lost, no ticket is in twice, and each letting in too many is listed once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.schema import AdmissionRow, ScanRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import block
from eventdesk.door import Outcome, Taken, check_in, counters, offline_conflicts
from tests.build import NOON, OTHER_STAFF, STAFF, SUPERVISOR, Fair, fair_of, store_with_fair
from tests.door.phone import Phone
from tests.histories import tries

pytestmark = pytest.mark.long

TICKETS = 3
BACK = NOON + timedelta(hours=3)
which = st.integers(0, TICKETS - 1)
phones = st.integers(0, 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("offline"), phones, which),
        st.tuples(st.just("desk"), st.just(0), which),
        st.tuples(st.just("fetch"), phones, st.just(0)),
        st.tuples(st.just("deliver"), phones, st.integers(0, 7)),
        st.tuples(st.just("answer lost"), phones, which),
        st.tuples(st.just("block"), st.just(0), which),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fair]:
    with store_with_fair(tmp_path_factory.mktemp("phones") / "home") as store:
        yield fair_of(store)


class Evening:
    """One list with its tickets, two phones and a desk."""

    def __init__(self, fair: Fair) -> None:
        self.fair, self.store = fair, fair.store
        self.list_id = fair.list(f"Field {uuid4().hex[:8]}", offline=True).id
        names = [f"Guest {number}" for number in range(TICKETS)]
        self.booked = fair.sell_all(names)
        self.tokens = [fair.token(self.booked, place) for place in range(TICKETS)]
        mark = uuid4().hex[:8]
        self.phones = [
            Phone(self.store, actor, self.list_id, name=f"{mark}-{number}")
            for number, actor in enumerate((STAFF, OTHER_STAFF))
        ]
        self.attempts = 0
        self.let_in: Counter[int] = Counter()
        self.now = NOON
        for phone in self.phones:
            phone.fetch(self.now)

    def take(self, step: tuple[str, int, int]) -> None:
        """Do one step, a minute after the last."""
        self.now += timedelta(minutes=1)
        what, place, number = step
        phone = self.phones[place]
        if what == "offline":
            self._alone(phone, number)
        elif what == "desk":
            self.attempts += 1
            self.let_in[number] += self._live(uuid4().hex, number)
        elif what == "fetch" and self.all_told(phone):
            phone.fetch(self.now)
        elif what == "deliver":
            self.deliver(phone, phone.queue[number % 3 :: 2] if number else phone.queue)
        elif what == "answer lost":
            self._alone(phone, number)
            self._live(phone.queue[-1].nonce, number)
        elif what == "block":
            block(self.store, SYSTEM.at(self.now), self.booked.ticket_ids[number], note="stolen")

    def all_told(self, phone: Phone) -> bool:
        """Whether a phone told of everything: one that did not yet keeps what it knows."""
        told = self.deliver(phone, phone.queue)
        return all(each.state is not Taken.BAD for each in told)

    def _alone(self, phone: Phone, number: int) -> None:
        self.attempts += 1
        self.let_in[number] += phone.scan(self.tokens[number], self.now) == "admitted"

    def _live(self, nonce: str, number: int) -> bool:
        given: Any = {"list_id": self.list_id, "nonce": nonce, "seen_at": self.now}
        scan = self.fair.scan(self.tokens[number], **given)
        return check_in(self.store, SUPERVISOR.at(self.now), scan).outcome is Outcome.ADMITTED

    def deliver(self, phone: Phone, scans: Sequence[Any]) -> list[Any]:
        """Tell the house of some scans, now."""
        return phone.deliver(self.now, list(scans))

    def end(self) -> None:
        """The network is back: everything is delivered, one phone behind the other."""
        self.now = BACK
        for phone in self.phones:
            self.deliver(phone, phone.queue)

    def stands(self) -> tuple[int, Counter[UUID], Counter[UUID | None]]:
        """How many are in, the admissions of each ticket, and its conflicts."""
        found, _total = offline_conflicts(
            self.store, STAFF.at(BACK), self.fair.event.id, limit=1_000
        )
        with self.store.read() as connection:
            admitted = connection.execute(
                select(AdmissionRow.ticket_id).where(AdmissionRow.list_id == self.list_id)
            ).scalars()
            in_once = Counter(admitted)
        listed = Counter(each.ticket_id for each in found if each.list_id == self.list_id)
        return counters(self.store, STAFF.at(BACK), self.list_id).admitted, in_once, listed

    def scans(self) -> int:
        """How many scans stand in the log."""
        with self.store.read() as connection:
            return connection.execute(
                select(func.count(ScanRow.no)).where(ScanRow.list_id == self.list_id)
            ).scalar_one()


@settings(max_examples=tries(12), deadline=None)
@given(steps)
def test_nothing_is_lost_and_nobody_is_in_twice(fair: Fair, taken: list[Any]) -> None:
    evening = Evening(fair)
    for step in [each for each in taken if each[0] not in ("block", "answer lost")]:
        evening.take(step)
    evening.end()
    stands = evening.stands()
    ids = evening.booked.ticket_ids
    assert evening.scans() == evening.attempts
    assert stands == (
        sum(count > 0 for count in evening.let_in.values()),
        Counter({ids[number]: 1 for number, count in evening.let_in.items() if count}),
        Counter({ids[number]: count - 1 for number, count in evening.let_in.items() if count > 1}),
    )
    evening.end()
    assert evening.stands() == stands
    assert evening.scans() == evening.attempts


@settings(max_examples=tries(12), deadline=None)
@given(steps)
def test_whoever_was_let_in_counts_once_whatever_the_house_thought(
    fair: Fair, taken: list[Any]
) -> None:
    evening = Evening(fair)
    for step in taken:
        evening.take(step)
    evening.end()
    stands, scans = evening.stands(), evening.scans()
    ids = evening.booked.ticket_ids
    came = {ids[number] for number, count in evening.let_in.items() if count}
    _admitted, in_once, listed = stands
    assert came <= set(in_once)
    assert set(in_once.values()) <= {1}
    for number, count in evening.let_in.items():
        assert listed[ids[number]] >= count - 1
    evening.end()
    assert (evening.stands(), evening.scans()) == (stands, scans)


@settings(max_examples=tries(8), deadline=None)
@given(st.lists(st.tuples(phones, which), min_size=1, max_size=10), st.randoms())
def test_the_order_in_which_it_is_delivered_changes_nothing(
    fair: Fair, scanned: list[tuple[int, int]], chance: Any
) -> None:
    evening = Evening(fair)
    other = fair.list(f"Field {uuid4().hex[:8]}", offline=True).id
    for place, number in scanned:
        evening.take(("offline", place, number))
    evening.end()
    told = [(phone, scan) for phone in evening.phones for scan in phone.queue]
    chance.shuffle(told)
    for phone, scan in told:
        phone.list_id = other
        phone.deliver(BACK, [replace(scan, nonce=f"other-{scan.nonce}")])
    first = evening.stands()
    evening.list_id = other
    assert evening.stands() == first
