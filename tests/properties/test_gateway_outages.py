"""Outages, lost answers and notices of all kinds from each gateway, against the ledger."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from data.schema import BookingRow, LedgerRow, PaymentRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import hear_gateway, hear_gateways
from eventdesk.core.errors import EventDeskError, NoticeRefusedError
from eventdesk.money import (
    list_refunds,
    refund,
    retry_refund,
    start_payment,
    take_payment,
    verify_ledger,
)
from eventdesk.services import add_service
from tests.build import NOON, STAFF, SUPERVISOR, Fair, empty_store, make_fair
from tests.histories import tries
from tests.payments import Owed, eur, owe
from tests.properties.gateway_players import ENDS, LOST, PLAYERS, Player

WHICH = st.integers(0, 3)
MINOR = st.sampled_from((0, 1000, 5000, 12000))
WAIT = st.tuples(
    st.just("wait"), st.sampled_from((3, 60, 1000, 3000)), st.sampled_from(("", "", *LOST))
)
STEP = st.one_of(
    st.tuples(st.just("start"), st.sampled_from(("", "", "start"))),
    st.tuples(st.just("pay"), WHICH),
    st.tuples(st.just("pay"), WHICH),
    st.tuples(st.just("notice"), WHICH, st.sampled_from(("", "", "ask"))),
    st.just(("forged",)),
    st.just(("foreign",)),
    WAIT,
    WAIT,
    st.tuples(st.just("outage"), st.booleans()),
    st.tuples(st.just("cash"), MINOR),
    st.tuples(st.just("refund"), MINOR),
    st.tuples(st.just("refund_there"), WHICH, MINOR),
    st.tuples(st.just("refunds_end"), st.sampled_from(ENDS)),
    st.tuples(st.just("retry"), WHICH),
)
PAID = ("start", "pay", "pay", "pay", "notice")
BEGUN = st.sampled_from(((), ("start",), ("start", "pay"), PAID, (*PAID, "refund")))
"""What has gone well before, so that there is more to go wrong with."""


class History:
    """One booking, its payments at a provider, and the notices that it sent of them so far."""

    def __init__(self, store: Store, player: Player[Any], fair: Fair, owed: Owed) -> None:
        self.store, self.player, self.fair, self.owed = store, player, fair, owed
        self.now: datetime = player.vendor.now

    def do(self, what: str, *how: object) -> None:
        with suppress(EventDeskError):  # what is refused must not have happened
            getattr(self, what)(*how)

    def start(self, lost: str = "") -> None:
        self.player.lose(lost)
        booking_id, provider = self.owed.booking_id, self.player.provider
        try:
            start_payment(self.store, STAFF.at(self.now), booking_id, provider=provider)
        finally:
            self.player.look()

    def pay(self, which: int = 0) -> None:
        for page in self.player.pages[which : which + 1]:
            self.player.pay(page)

    def notice(self, which: int = 0, lost: str = "") -> None:
        self.player.lose(lost)
        if (sent := self.player.notice(which)) is not None:
            self._hear(*sent)

    def forged(self) -> None:
        """What nobody of the provider sent is refused, or the provider cannot be asked."""
        before = self._ledger()
        try:
            self._hear(*self.player.forged())
        except NoticeRefusedError:
            pass
        else:
            pytest.fail("a forged notice was believed")
        assert self._ledger() == before

    def foreign(self) -> None:
        """What another house was paid is nothing here."""
        before = self._ledger()
        self._hear(*self.player.foreign())
        assert self._ledger() == before

    def _hear(self, headers: dict[str, str], body: bytes) -> None:
        hear_gateway(self.store, SYSTEM.at(self.now), self.player.provider, headers, body)

    def outage(self, down: bool) -> None:
        self.player.vendor.down = down

    def wait(self, seconds: int, lost: str = "") -> None:
        self.player.lose(lost)
        self.now += timedelta(seconds=seconds)
        self.player.vendor.now = self.now
        hear_gateways(self.store, SYSTEM.at(self.now))

    def cash(self, minor: int) -> None:
        take_payment(
            self.store, STAFF.at(self.now), self.owed.booking_id, method="cash", amount=eur(minor)
        )

    def refund(self, minor: int = 5000) -> None:
        amount = eur(minor) if minor else None
        refund(
            self.store, SUPERVISOR.at(self.now), self.owed.booking_id, amount=amount, reason="why"
        )

    def refund_there(self, which: int, minor: int) -> None:
        for page in self.player.pages[which : which + 1]:
            self.player.refund_there(page, minor)

    def refunds_end(self, how: str) -> None:
        self.player.refunds_end(how)

    def retry(self, which: int) -> None:
        found, _total = list_refunds(self.store, SUPERVISOR, self.fair.event.id)
        for each in found[which : which + 1]:
            retry_refund(self.store, SUPERVISOR.at(self.now), each.id)

    def heal(self) -> None:
        """All is well again, all notices arrive, and nothing waits any more."""
        self.player.vendor.down = False
        self.player.lose("")
        self.player.refunds_end("paid")
        self.player.settle()
        for _time in range(3):
            for which in range(len(self.player.sent) + len(self.player.pages)):
                self.notice(which)
            self.wait(4000)

    def check(self) -> None:
        """The books are right, and each payment is booked once."""
        report = verify_ledger(self.store, SUPERVISOR, self.fair.event.id)
        assert report.problems == ()

    def check_healed(self) -> None:
        """The books say of the money at the provider what it says of it."""
        self.check()
        held = [self.player.held(page) for page in self.player.pages]
        waiting = select(func.count()).where(
            PaymentRow.booking_id == self.owed.booking_id, PaymentRow.state == "pending"
        )
        with self.store.read() as connection:
            waits = connection.execute(waiting).scalar_one()
        assert (self._ledger(), waits) == (sum(paid - back for paid, back in held), 0)
        assert all(back <= paid for paid, back in held)

    def _ledger(self) -> int:
        """What the books say is at the provider."""
        there = LedgerRow.booking_id == self.owed.booking_id, LedgerRow.account == "gateway"
        asked = select(func.coalesce(func.sum(LedgerRow.amount_minor), 0)).where(*there)
        with self.store.read() as connection:
            return int(connection.execute(asked).scalar_one())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Any]]]:
    home: Path = tmp_path_factory.mktemp("outages") / "home"
    with ExitStack() as open_:
        store = open_.enter_context(empty_store(home))
        patch = open_.enter_context(pytest.MonkeyPatch.context())
        players = {}
        for name, (vendor, player) in PLAYERS.items():
            there: Any = open_.enter_context(vendor())
            patch.setattr(f"eventdesk.integrations.{name}.gateway.ORIGIN", there.origin)
            add_service(store, SYSTEM.at(NOON), name, player.values)
            players[name] = player(there)
        yield store, players


@pytest.mark.long
@pytest.mark.parametrize("provider", PLAYERS)
@settings(max_examples=tries(25))
@given(begun=BEGUN, steps=st.lists(STEP, min_size=3, max_size=14))
def test_whatever_is_lost_late_or_twice_the_books_end_as_the_money_does(
    house: tuple[Store, dict[str, Any]],
    provider: str,
    begun: tuple[str, ...],
    steps: list[tuple[str, ...]],
) -> None:
    store, players = house
    player = players[provider]
    player.begin()
    fair = make_fair(store)
    owed = owe(fair, 12000, tax=7, fee=3, commission=5)
    with store.write() as connection:
        connection.execute(
            update(BookingRow)
            .where(BookingRow.id == owed.booking_id)
            .values(email="ada@example.org")
        )
    history = History(store, player, fair, owed)
    history.now += timedelta(hours=1)  # after what other histories left to rest
    player.vendor.now = history.now
    for step in (*((each,) for each in begun), *steps):
        history.do(*step)
        history.check()
    history.heal()
    history.check_healed()
