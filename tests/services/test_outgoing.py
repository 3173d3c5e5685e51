"""What goes to services leaves once, in its order, and nothing is lost when they are away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from data.schema import DeliveryRow, ServiceRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.services import (
    ServiceHealth,
    SetUp,
    add_service,
    claim_outgoing,
    read_service,
    remove_service,
    resend,
    service_deliveries,
    service_of,
)
from eventdesk.spooler.senders import ServiceCourier
from tests.build import Fair
from tests.services.counterpart import LINES, LineServer


@pytest.fixture
def service(fair: Fair, counterpart: LineServer) -> SetUp:
    add_service(fair.store, SYSTEM, "counterpart", {"port": counterpart.port})
    found = service_of(fair.store, SYSTEM, "counterpart")
    assert found is not None
    return found


@pytest.fixture
def courier(fair: Fair, service: SetUp) -> ServiceCourier:
    return ServiceCourier(fair.store, LINES, service, threading.Event())


def queue(fair: Fair, *words: str) -> list[UUID]:
    ids = [new_id() for _word in words]
    with Steps(fair.store, SYSTEM).write() as act:
        for delivery_id, word in zip(ids, words, strict=True):
            act.deliver("line", delivery_id, event_id=None, payload={"word": word})
    return ids


def states(fair: Fair) -> list[str]:
    with fair.store.read() as connection:
        here = select(DeliveryRow.state).where(DeliveryRow.kind == "line")
        return list(connection.execute(here.order_by(DeliveryRow.id)).scalars())


@contextmanager
def later(fair: Fair) -> Iterator[None]:
    """As if everything had been put off until now."""
    with fair.store.write() as connection:
        due = {"due_at": fair.store.clock() - timedelta(seconds=1)}
        connection.execute(update(DeliveryRow).where(DeliveryRow.kind == "line").values(due))
        connection.execute(update(ServiceRow).values(rests_until=None))
    yield


def test_each_goes_out_once(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer, service: SetUp
) -> None:
    ids = queue(fair, *"abcdefg")
    assert (courier.turn(), courier.turn(), courier.turn()) == (5, 2, 0)
    assert counterpart.came == [f"{word} {each}" for word, each in zip("abcdefg", ids, strict=True)]
    assert set(states(fair)) == {"sent"}
    assert read_service(fair.store, SYSTEM, service.id).health is ServiceHealth.GOOD
    [last, *_rest], total = service_deliveries(fair.store, SYSTEM, service.id)
    assert total == 7
    assert (last.state, last.where, last.attempts) == ("sent", f"port {counterpart.port}", 1)


def test_one_that_is_refused_fails_alone_and_one_that_is_put_off_waits(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer, service: SetUp
) -> None:
    counterpart.answers |= {"b": "never", "c": "later"}
    queue(fair, *"abc")
    courier.turn()
    assert states(fair) == ["sent", "failed", "queued"]
    assert courier.turn() == 0
    lines, _total = service_deliveries(fair.store, SYSTEM, service.id)
    errors = {each.error for each in lines}
    assert errors == {"", "It said never.", "It said later."}


def test_a_service_that_is_silent_rests_and_loses_nothing(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer, service: SetUp
) -> None:
    queue(fair, *"ab")
    counterpart.silent = True
    assert courier.turn() == 2
    assert states(fair) == ["queued", "queued"]
    view = read_service(fair.store, SYSTEM, service.id)
    assert view.health is ServiceHealth.TROUBLE
    assert view.rests_until is not None
    assert courier.turn() == 0
    counterpart.silent = False
    with later(fair):
        assert courier.turn() == 2
    assert len(counterpart.came) == 2
    assert set(states(fair)) == {"sent"}


def test_what_is_put_off_too_long_has_failed(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer
) -> None:
    counterpart.answers["a"] = "later"
    queue(fair, "a")
    with fair.store.write() as connection:
        old = fair.store.clock() - LINES.patience
        connection.execute(update(DeliveryRow).values(created_at=old))
    courier.turn()
    assert states(fair) == ["failed"]


def test_what_a_program_took_that_died_is_taken_again(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer, service: SetUp
) -> None:
    [delivery_id] = queue(fair, "a")
    assert claim_outgoing(fair.store, SYSTEM, "another", "line", service, limit=5)
    assert courier.turn() == 0
    with fair.store.write() as connection:
        over = fair.store.clock() - timedelta(seconds=1)
        connection.execute(update(DeliveryRow).values(leased_until=over))
    assert courier.turn() == 1
    assert counterpart.came == [f"a {delivery_id}"]
    [line], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert line.attempts == 2


def test_it_is_sent_once_more_when_somebody_says_so(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer, service: SetUp
) -> None:
    [delivery_id] = queue(fair, "a")
    courier.turn()
    resend(fair.store, SYSTEM, service.id, delivery_id)
    with pytest.raises(InvalidInputError):
        resend(fair.store, SYSTEM, service.id, delivery_id)
    assert courier.turn() == 1
    assert len(counterpart.came) == 2


def test_what_any_service_may_take_waits_for_the_next_one(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer, service: SetUp
) -> None:
    counterpart.answers["a"] = "later"
    queue(fair, "a")
    courier.turn()
    remove_service(fair.store, SYSTEM, service.id)
    assert states(fair) == ["queued"]
    counterpart.answers.clear()
    add_service(fair.store, SYSTEM, "counterpart", {"port": counterpart.port})
    found = service_of(fair.store, SYSTEM, "counterpart")
    assert found is not None
    with later(fair):
        assert ServiceCourier(fair.store, LINES, found, threading.Event()).turn() == 1
    assert states(fair) == ["sent"]


def test_what_waits_for_a_service_that_goes_and_for_no_other_is_called_off(
    fair: Fair, service: SetUp
) -> None:
    with Steps(fair.store, SYSTEM).write() as act:
        act.deliver("own", new_id(), event_id=None, service_id=service.id)
    remove_service(fair.store, SYSTEM, service.id)
    with fair.store.read() as connection:
        assert connection.execute(select(DeliveryRow.state)).scalars().all() == ["cancelled"]


def test_one_that_breaks_its_sender_puts_off_no_other(
    fair: Fair, courier: ServiceCourier, counterpart: LineServer
) -> None:
    queue(fair, *"abc")
    with fair.store.write() as connection:
        bad = select(DeliveryRow.id).order_by(DeliveryRow.id).offset(1).limit(1)
        broken = update(DeliveryRow).where(DeliveryRow.id.in_(bad)).values(payload={})
        connection.execute(broken)
    assert (courier.turn(), courier.turn(), courier.turn()) == (3, 1, 0)
    assert states(fair) == ["sent", "queued", "sent"]
