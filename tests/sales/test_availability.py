"""How many places are left, and that nobody gets one that is not."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from data.schema import TicketRow, WaitlistEntryRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import NotFoundError, SoldOutError
from eventdesk.sales import availability, need_places
from eventdesk.sales.places_left import Availability, _Count
from tests.build import NOON, Fair
from tests.figures.crowd import set_event, set_type
from tests.histories import tries


def standing(fair: Fair, type_id: UUID) -> Availability:
    with Steps(fair.store, SYSTEM.at(NOON)).read() as act:
        return availability(act, fair.event.id)[type_id]


def need(fair: Fair, type_id: UUID, count: int = 1, **given: bool) -> None:
    with Steps(fair.store, SYSTEM.at(NOON)).read() as act:
        need_places(act, fair.event.id, {type_id: count}, **given)


def wait(fair: Fair, type_id: UUID, *states: str) -> None:
    """Put people on the waitlist as they stand."""
    with fair.store.write() as connection:
        for state in states:
            connection.execute(
                insert(WaitlistEntryRow).values(
                    id=uuid4(),
                    no=uuid4().int >> 70,
                    event_id=fair.event.id,
                    ticket_type_id=type_id,
                    name="Wanda",
                    email="",
                    priority=0,
                    state=state,
                    offer_until=NOON + timedelta(hours=1) if state == "offered" else None,
                    created_at=NOON,
                )
            )


def test_without_quota_and_capacity_there_is_no_limit(fair: Fair) -> None:
    fair.sell_all(["Ada", "Grace"])
    told = standing(fair, fair.regular)
    assert (told.quota, told.taken, told.left) == (None, 2, None)
    need(fair, fair.regular, 10_000)


def test_valid_tickets_take_places_paid_or_not_and_cancelled_ones_do_not(fair: Fair) -> None:
    set_type(fair.store, fair.regular, quota=3)
    cancelled = fair.sell("Ada").ticket_ids
    fair.sell_all(["Grace"], paid=False)
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id.in_(cancelled)).values(state="cancelled")
        )
    told = standing(fair, fair.regular)
    assert (told.taken, told.left, told.free) == (1, 2, 2)


def test_what_is_not_there_is_refused_by_the_name_of_the_type(fair: Fair) -> None:
    set_type(fair.store, fair.regular, quota=2)
    fair.sell("Ada")
    need(fair, fair.regular, 1)
    with pytest.raises(SoldOutError, match="Regular has 1 left, and 2 were wanted") as caught:
        need(fair, fair.regular, 2)
    assert (caught.value.ticket_type_id, caught.value.left) == (fair.regular, 1)
    fair.sell("Grace")
    with pytest.raises(SoldOutError, match="Regular is sold out"):
        need(fair, fair.regular)
    need(fair, fair.vip)


def test_the_capacity_of_the_event_holds_for_all_types_together(fair: Fair) -> None:
    set_event(fair, capacity=3)
    fair.sell_all(["Ada", "Grace"])
    assert standing(fair, fair.vip).left == 1
    need(fair, fair.vip, 1)
    wanted = {fair.vip: 1, fair.regular: 1}
    with Steps(fair.store, SYSTEM.at(NOON)).read() as act, pytest.raises(SoldOutError) as caught:
        need_places(act, fair.event.id, wanted)
    assert caught.value.ticket_type_id is None


def test_a_freed_place_belongs_to_the_waitlist_first(fair: Fair) -> None:
    set_type(fair.store, fair.regular, quota=2)
    fair.sell("Ada")
    wait(fair, fair.regular, "waiting", "left", "taken", "expired")
    told = standing(fair, fair.regular)
    assert (told.promised, told.left, told.free) == (1, 0, 1)
    with pytest.raises(SoldOutError):
        need(fair, fair.regular)
    need(fair, fair.regular, for_waitlist=True)
    with pytest.raises(SoldOutError):
        need(fair, fair.regular, 2, for_waitlist=True)


def test_who_waits_for_one_type_takes_no_capacity_that_the_type_could_not_give(fair: Fair) -> None:
    set_event(fair, capacity=3)
    set_type(fair.store, fair.vip, quota=1)
    fair.sell(ticket_type_id=fair.vip)
    wait(fair, fair.vip, "waiting", "waiting")
    assert standing(fair, fair.regular).left == 2
    need(fair, fair.regular, 2)


def test_an_offer_takes_capacity_until_it_ends(fair: Fair) -> None:
    set_event(fair, capacity=2)
    fair.sell("Ada")
    wait(fair, fair.vip, "offered")
    assert standing(fair, fair.regular).left == 0
    with pytest.raises(SoldOutError):
        need(fair, fair.regular)
    need(fair, fair.regular, for_waitlist=True)


def test_a_supervisor_may_knowingly_let_more_in(fair: Fair) -> None:
    set_event(fair, capacity=0)
    set_type(fair.store, fair.regular, quota=0)
    need(fair, fair.regular, 5, force=True)
    with pytest.raises(SoldOutError):
        need(fair, fair.regular, 5)


def test_what_does_not_exist_is_said(fair: Fair) -> None:
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        need(fair, uuid4())
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        need(fair, uuid4(), force=True)
    with Steps(fair.store, SYSTEM.at(NOON)).read() as act, pytest.raises(NotFoundError):
        availability(act, uuid4())


@settings(max_examples=tries(60))
@given(
    quota=st.none() | st.integers(0, 9),
    taken=st.integers(0, 12),
    offered=st.integers(0, 5),
    waiting=st.integers(0, 5),
)
def test_the_waitlist_claims_no_more_of_the_event_than_its_type_can_give(
    quota: int | None, taken: int, offered: int, waiting: int
) -> None:
    count = _Count(uuid4(), "Any", quota, taken, offered, waiting)
    assert offered <= count.claims <= offered + waiting
    if count.free is not None and count.free >= offered:
        assert count.claims <= count.free
