"""Random histories of sales, payments, notices, refunds and cancellations."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.schema import PaymentRow, RefundRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import InvalidInputError, NotFoundError, SignInError
from eventdesk.core.paying import PaidPart, Price, lowered, share_refund
from eventdesk.integrations.payments import PaymentNotice, Told
from eventdesk.integrations.test_desk import SCRIPT, TestDeskGateway
from eventdesk.money import (
    add_vouchers,
    hand_out_refund,
    let_off,
    poll_gateways,
    refund,
    retry_refund,
    settle,
    start_payment,
    take_payment,
    verify_ledger,
)
from eventdesk.money.gateway_notices import receive_notice
from tests.build import NOON, SUPERVISOR, Fair, empty_store, make_fair
from tests.histories import tries
from tests.payments import Owed, cancel_tickets, eur, owe

AMOUNT = st.integers(0, 400)
STEP = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from(("cash", "transfer", "terminal")), AMOUNT),
    st.tuples(st.just("voucher"), AMOUNT),
    st.tuples(st.just("start")),
    st.tuples(st.just("told"), st.sampled_from(list(Told)), AMOUNT, st.integers(0, 3)),
    st.tuples(st.just("poll"), st.sampled_from(("paid", "failed", "wait", "silent"))),
    st.tuples(st.just("refund"), AMOUNT),
    st.tuples(st.just("hand_out"), st.integers(0, 5), st.sampled_from(("", "cash"))),
    st.tuples(st.just("retry"), st.integers(0, 5)),
    st.tuples(st.just("cancel"), st.integers(0, 2), st.sampled_from((0, 30))),
    st.tuples(st.just("let_off"), AMOUNT),
)


@dataclass
class House:
    """A store that all histories share; each has an event of its own."""

    store: Store
    gateway: TestDeskGateway


@dataclass
class History:
    """One booking and what was done to it."""

    house: House
    fair: Fair
    voucher_code: str
    owed: Owed
    kept: int = 0
    notices: list[PaymentNotice] = field(default_factory=list)

    def do(self, what: str, *how: object) -> None:
        # What is refused must not have happened; spent vouchers tried too often lock for a while.
        with suppress(InvalidInputError, NotFoundError, SignInError):
            getattr(self, what)(*how)

    def pay(self, method: str, minor: int) -> None:
        take_payment(
            self.house.store,
            SUPERVISOR.at(NOON),
            self.owed.booking_id,
            method=method,
            amount=eur(minor),
            reference="1",
        )

    def voucher(self, minor: int) -> None:
        take_payment(
            self.house.store,
            SUPERVISOR.at(NOON),
            self.owed.booking_id,
            method="voucher",
            amount=eur(minor),
            reference=self.voucher_code,
        )

    def start(self) -> None:
        start_payment(
            self.house.store,
            SUPERVISOR.at(NOON),
            self.owed.booking_id,
            provider=self.house.gateway.name,
        )

    def told(self, state: Told, minor: int, again: int) -> None:
        notice = PaymentNotice(uuid4().hex, self._last_gateway_payment(), state, eur(minor))
        self.notices.append(notice)
        for each in (notice, *self.notices[-again:]):  # some of them once more
            receive_notice(self.house.store, SYSTEM.at(NOON), self.house.gateway.name, each)

    def poll(self, refunds: str) -> None:
        (self.house.gateway.folder / SCRIPT).write_text(f"* wait\nrefund * {refunds}\n")
        poll_gateways(self.house.store, SYSTEM.at(NOON))

    def refund(self, minor: int) -> None:
        refund(
            self.house.store,
            SUPERVISOR.at(NOON),
            self.owed.booking_id,
            amount=eur(minor) if minor else None,
            reason="why",
        )

    def hand_out(self, which: int, by: str) -> None:
        hand_out_refund(self.house.store, SUPERVISOR.at(NOON), self._refund(which), by=by)

    def retry(self, which: int) -> None:
        retry_refund(self.house.store, SUPERVISOR.at(NOON), self._refund(which))

    def cancel(self, which: int, kept: int) -> None:
        with self.house.store.read() as connection:
            valid = connection.execute(
                select(func.count()).where(
                    TicketRow.booking_id == self.owed.booking_id, TicketRow.state == "valid"
                )
            ).scalar_one()
        self.kept += kept
        state = "cancelled" if valid <= 1 and not self.kept else ""
        tickets = self.owed.ticket_ids[which : which + 1]
        cancel_tickets(self.house.store, self.owed, tickets, kept=self.kept, state=state)
        with Steps(self.house.store, SYSTEM.at(NOON)).write() as act:
            settle(act, self.owed.booking_id)

    def let_off(self, minor: int) -> None:
        let_off(
            self.house.store,
            SUPERVISOR.at(NOON),
            self.owed.booking_id,
            amount=eur(minor),
            reason="why",
        )

    def check(self) -> None:
        """Never more went back than came in, and the books are right."""
        with self.house.store.read() as connection:
            back = (
                select(func.coalesce(func.sum(RefundRow.amount_minor), 0))
                .where(RefundRow.payment_id == PaymentRow.id, RefundRow.state != "failed")
                .scalar_subquery()
            )
            rows = connection.execute(
                select(PaymentRow.state, PaymentRow.amount_minor, back.label("back")).where(
                    PaymentRow.booking_id == self.owed.booking_id
                )
            ).all()
        for row in rows:
            assert 0 <= row.back <= (row.amount_minor if row.state == "paid" else 0)
        report = verify_ledger(self.house.store, SUPERVISOR, self.fair.event.id)
        assert report.problems == ()

    def _last_gateway_payment(self) -> UUID | None:
        with self.house.store.read() as connection:
            return connection.execute(
                select(PaymentRow.id)
                .where(
                    PaymentRow.booking_id == self.owed.booking_id, PaymentRow.method == "gateway"
                )
                .order_by(PaymentRow.id.desc())
                .limit(1)
            ).scalar_one_or_none()

    def _refund(self, which: int) -> UUID:
        with self.house.store.read() as connection:
            ids = connection.execute(
                select(RefundRow.id).where(RefundRow.booking_id == self.owed.booking_id)
            ).scalars()
            return dict(enumerate(ids)).get(which, UUID(int=0))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home: Path = tmp_path_factory.mktemp("money") / "home"
    with empty_store(home) as store:
        gateway = TestDeskGateway(home)
        gateway.enable()
        yield House(store, gateway)


@settings(max_examples=tries(25))
@given(steps=st.lists(STEP, min_size=3, max_size=14))
def test_whatever_happens_no_more_goes_back_than_came_in_and_the_books_balance(
    house: House, steps: list[tuple[str, ...]]
) -> None:
    (house.gateway.folder / SCRIPT).write_text("* wait\n")
    fair = make_fair(house.store)
    [voucher] = add_vouchers(house.store, SUPERVISOR.at(NOON), fair.event.id, value=eur(200))
    owed = owe(fair, 120, 101, 80, tax=7, fee=3, commission=5)
    history = History(house, fair, voucher.code, owed)
    for step in steps:
        history.do(*step)
        history.check()


@given(
    paid=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 600)), max_size=6),
    amount=st.integers(0, 2000),
)
def test_a_refund_takes_all_it_can_and_no_more(paid: list[tuple[int, int]], amount: int) -> None:
    parts = [PaidPart(UUID(int=no), *pair) for no, pair in enumerate(paid)]
    shares = share_refund(amount, parts)
    left = {part.payment_id: part.left_minor for part in parts}
    assert all(0 < share <= left[payment_id] for payment_id, share in shares)
    assert sum(share for _id, share in shares) == min(amount, sum(left.values()))


@given(
    tickets=st.lists(
        st.tuples(st.integers(0, 10**9), st.integers(0, 100)).map(
            lambda pair: Price(pair[0], 0, pair[0] * pair[1] // 1000, pair[0] // 50, pair[0] // 20)
        ),
        min_size=1,
        max_size=8,
    ),
    share=st.integers(0, 1000),
)
def test_what_is_let_off_adds_up_to_the_cent(tickets: list[Price], share: int) -> None:
    total = sum(each.price for each in tickets)
    off = total * share // 1000
    after = lowered(tickets, off)
    assert sum(each.price for each in after) == total - off
    for old, new in zip(tickets, after, strict=True):
        assert 0 <= new.price <= old.price
        assert 0 <= new.tax <= old.tax
        assert new.tax + new.fee <= new.price + 1
        assert new.price + new.discount == old.price + old.discount
