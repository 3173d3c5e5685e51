"""Random bookings of all sorts of prices, cancelled in part: the books balance to the cent."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.acts import SYSTEM
from eventdesk.booking import NewBooking, NewTicket, book, cancel_tickets
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money
from eventdesk.money import balances, verify_ledger
from eventdesk.sales import NewTicketType, add_ticket_type
from tests.build import NOON, SUPERVISOR, Fair, empty_store, make_fair
from tests.histories import tries
from tests.orders import set_event, tickets_of

pytestmark = pytest.mark.long

OPEN = NewTicketType("Open", Money(300, "EUR"), price_chosen=True, tax_bp=700, fee_bp=250)
GIFT = NewTicketType("Gift", Money(0, "EUR"), price_chosen=True, admits=0, tax_bp=1900)

TEAM = NewTicketType(
    "Team", Money(1000, "EUR"), group_from=3, group_minor=777, tax_bp=1900, fee_minor=50
)
FAMILY = NewTicketType("Family", Money(1001, "EUR"), admits=2, tax_bp=700, fee_bp=333)

AMOUNT = st.one_of(st.none(), st.integers(-5, 2000), st.just(10**9 + 1))
ITEM = st.one_of(
    st.tuples(st.sampled_from(("regular", "team", "family")), st.none()),
    st.tuples(st.sampled_from(("open", "gift")), st.integers(300, 2000)),
)
ODD = st.tuples(st.sampled_from(("open", "gift", "regular", "team")), AMOUNT)


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fair]:
    """An event that all histories share; each is a booking of its own."""
    with empty_store(tmp_path_factory.mktemp("prices") / "home") as store:
        fair = make_fair(store)
        set_event(fair, prices_include_tax=False, commission_bp=333)
        yield fair


@pytest.fixture(scope="module")
def kinds(fair: Fair) -> dict[str, UUID]:
    """Its types by what they are."""
    store, who = fair.store, SUPERVISOR.at(NOON)
    made = {
        name: add_ticket_type(store, who, fair.event.id, kind)
        for name, kind in (("open", OPEN), ("gift", GIFT), ("team", TEAM), ("family", FAMILY))
    }
    return {**made, "regular": fair.regular}


@settings(max_examples=tries(25))
@given(
    items=st.one_of(
        st.lists(ITEM, min_size=1, max_size=6),
        st.lists(st.one_of(ITEM, ODD), min_size=1, max_size=3),
    ),
    paid=st.booleans(),
    cancelled=st.lists(st.sets(st.integers(0, 5)), max_size=3),
)
def test_a_booking_is_the_sum_of_its_items_whatever_is_cancelled(
    fair: Fair,
    kinds: dict[str, UUID],
    items: list[tuple[str, int | None]],
    paid: bool,
    cancelled: list[set[int]],
) -> None:
    store, who = fair.store, SUPERVISOR.at(NOON)
    tickets = tuple(NewTicket(kinds[name], "Ann", chosen_minor=chosen) for name, chosen in items)
    new = NewBooking("Ann", "", tickets, paid)
    halves = sum(name == "family" for name, _chosen in items) % FAMILY.admits
    if halves or any(_is_wrong(*item) for item in items):
        with pytest.raises(InvalidInputError):
            book(store, who, fair.event.id, [new])
        return
    (booked,) = book(store, who, fair.event.id, [new])
    for which in cancelled:
        if ids := [booked.ticket_ids[n] for n in which if n < len(items)]:
            cancel_tickets(store, who, ids, reason="", waive_fee=True)
    left = [row for row in tickets_of(store, booked.booking_id) if row.state != "cancelled"]
    with store.read() as connection:
        stands = balances(connection, [booked.booking_id])[booked.booking_id]
    assert stands.total.minor == sum(row.price_minor for row in left)
    for row in left:
        assert 0 <= row.tax_minor + row.fee_minor <= row.price_minor
        assert 0 <= row.commission_minor <= row.price_minor - row.tax_minor - row.fee_minor
    assert verify_ledger(store, SYSTEM, fair.event.id).problems == ()


def _is_wrong(name: str, chosen: int | None) -> bool:
    """Whether an amount cannot be taken for an item."""
    if name in ("regular", "team", "family"):
        return chosen is not None
    if name == "gift":
        return chosen is None or not 0 < chosen <= 10**9
    return chosen is not None and not 300 <= chosen <= 10**9
