from pathlib import Path
from uuid import UUID, uuid4

import pytest

from eventdesk.core.errors import GatewayRefusedError, GatewaySilentError, NotFoundError
from eventdesk.core.money import Money
from eventdesk.core.paying import RefundState
from eventdesk.integrations.payments import PaymentOrder, RefundOrder, Told
from eventdesk.integrations.test_desk import SCRIPT, TestDeskGateway
from tests.build import NOON


@pytest.fixture
def gateway(tmp_path: Path) -> TestDeskGateway:
    gateway = TestDeskGateway(tmp_path)
    gateway.enable()
    return gateway


def order(minor: int = 12000, payment_id: UUID | None = None) -> PaymentOrder:
    return PaymentOrder(payment_id or uuid4(), Money(minor, "EUR"), "Demo Days", None, NOON)


def test_it_is_off_until_somebody_switches_it_on(tmp_path: Path) -> None:
    gateway = TestDeskGateway(tmp_path)
    assert not gateway.enabled
    gateway.enable()
    assert gateway.enabled


def test_a_person_answers_from_another_terminal(gateway: TestDeskGateway, tmp_path: Path) -> None:
    asked = order()
    started = gateway.start(asked)
    assert gateway.poll() == []
    TestDeskGateway(tmp_path).answer(started.reference.lower(), "paid")
    [notice] = gateway.poll()
    assert (notice.payment_id, notice.state) == (asked.payment_id, Told.PAID)
    assert gateway.poll() == [notice]
    gateway.acknowledge(notice)
    assert gateway.poll() == []


@pytest.mark.parametrize(
    ("minor", "told"),
    [
        (12000, []),
        (12001, [Told.FAILED]),
        (12004, [Told.FAILED, Told.PAID]),
        (12006, [Told.EXPIRED]),
    ],
)
def test_the_amount_decides_what_it_tells_by_itself(
    gateway: TestDeskGateway, minor: int, told: list[Told]
) -> None:
    gateway.start(order(minor))
    assert [notice.state for notice in gateway.poll()] == told


def test_twice_is_the_same_notice_twice(gateway: TestDeskGateway) -> None:
    gateway.start(order(12003))
    first, second = gateway.poll()
    assert (first.notice, first.state) == (second.notice, Told.PAID)
    assert first.receipt != second.receipt


def test_a_silent_one_took_the_order_all_the_same(gateway: TestDeskGateway) -> None:
    asked = order(12002)
    with pytest.raises(GatewaySilentError):
        gateway.start(asked)
    assert [each.payment_id for each in gateway.orders()] == [asked.payment_id]
    with pytest.raises(GatewayRefusedError):
        gateway.start(order(12005))


def test_the_same_order_is_one_payment(gateway: TestDeskGateway) -> None:
    asked = order()
    assert gateway.start(asked) == gateway.start(asked)
    assert len(gateway.orders()) == 1


def test_the_script_can_be_changed_by_hand(gateway: TestDeskGateway) -> None:
    (gateway.folder / SCRIPT).write_text("* paid\n00 failed\nnonsense\n")
    gateway.start(order(12000))
    gateway.start(order(12050))
    assert [notice.state for notice in gateway.poll()] == [Told.FAILED, Told.PAID]


def test_refunds_follow_the_script_and_are_done_once(gateway: TestDeskGateway) -> None:
    asked = order()
    reference = gateway.start(asked).reference

    def back(minor: int) -> RefundOrder:
        return RefundOrder(uuid4(), asked.payment_id, reference, Money(minor, "EUR"))

    once = back(500)
    assert gateway.refund(once) == gateway.refund(once)
    assert gateway.refund(once).state is RefundState.PAID
    assert gateway.refund(back(507)).state is RefundState.FAILED
    assert gateway.refund(back(508)).state is RefundState.PENDING


def test_a_broken_notice_does_not_stop_the_others(gateway: TestDeskGateway) -> None:
    reference = gateway.start(order()).reference
    (gateway.folder / "notices").mkdir(exist_ok=True)
    (gateway.folder / "notices" / "0.json").write_text("{")
    (gateway.folder / "notices" / "1.json").write_text('{"notice": 1, "state": "stolen"}')
    gateway.answer(reference, "paid")
    assert [notice.state for notice in gateway.poll()] == [Told.PAID]


@pytest.mark.parametrize("typed", ["", "../script", "NOBODY", "%00"])
def test_a_reference_that_is_not_there_is_not_found(gateway: TestDeskGateway, typed: str) -> None:
    with pytest.raises(NotFoundError, match="The test desk knows no such payment"):
        gateway.answer(typed, "paid")
