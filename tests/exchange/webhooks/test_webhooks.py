"""Webhooks from the audit to a receiver: each event once, to those who want it, whatever fails."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import BookingDetail, booking_detail, cancel_booking
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.paying import PaymentState
from eventdesk.door import check_in
from eventdesk.events import NewEvent, create_event
from eventdesk.exchange import (
    allow_webhook_networks,
    delete_event,
    queue_webhooks,
    renew_webhook_secret,
    thin_webhooks,
    webhook_networks,
    webhook_secret,
)
from eventdesk.exchange.webhooks.sending import SENDER
from eventdesk.integrations.service import Value
from eventdesk.integrations.webhook.kind import ALL, EVENTS, new_secret
from eventdesk.services import (
    ServiceHealth,
    ServiceView,
    add_service,
    change_service,
    read_service,
    resend,
    service_deliveries,
    services_on,
)
from eventdesk.spooler.senders import ServiceCourier
from eventdesk.wire.codec import adapter
from tests.build import NOON, STAFF, Fair
from tests.integrations.chaos import Asked, Counterpart, Fault, Reply, counterpart

ROOT = Path(__file__).parents[3]


class Receiver:
    """A program that takes webhooks, each message once."""

    def __init__(self) -> None:
        self.secret = new_secret()
        self.taken: dict[str, dict[str, object]] = {}

    def __call__(self, asked: Asked) -> Reply:
        told = Webhook(self.secret).verify(asked.body, dict(asked.headers))
        self.taken[asked.headers["webhook-id"]] = told
        return Reply(204)

    @property
    def types(self) -> list[object]:
        return [each["type"] for each in self.taken.values()]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def there(receiver: Receiver, store: Store) -> Iterator[Counterpart]:
    allow_webhook_networks(store, SYSTEM, ["127.0.0.1"])
    with counterpart(receiver) as there:
        yield there


def hook(
    fair: Fair, there: Counterpart, secret: str, *events: str, house: bool = False
) -> ServiceView:
    values: dict[str, Value] = {
        "url": f"{there.url}/h",
        "events": list(events or ("*",)),
        "secret": secret,
    }
    event_id = None if house else fair.event.id
    return add_service(fair.store, SYSTEM.at(NOON), "webhook", values, event_id=event_id)


def deliver(store: Store) -> None:
    """What the spooler does: look what happened, and take it to each webhook once."""
    queue_webhooks(store, SYSTEM)
    for service in services_on(store, SYSTEM, {"webhook"}):
        ServiceCourier(store, SENDER, service, threading.Event()).turn()


def queued(store: Store) -> list[str]:
    with store.read() as connection:
        payloads = connection.execute(
            select(DeliveryRow.payload)
            .where(DeliveryRow.kind == "webhook")
            .order_by(DeliveryRow.id)
        ).scalars()
        return [payload["type"] for payload in payloads]


def test_a_booking_is_told_as_the_api_shows_it(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    hook(fair, there, receiver.secret, "book")
    booked = fair.sell("Zoë Łukasz")
    deliver(fair.store)
    [told] = receiver.taken.values()
    detail = booking_detail(fair.store, SYSTEM, booked.booking_id)
    data = told["data"]
    assert isinstance(data, dict)
    assert told["type"] == "book"
    assert data["event_id"] == str(fair.event.id)
    assert data["booking"] == adapter(BookingDetail).dump_python(detail, mode="json")


def test_a_scan_is_told_with_its_ticket(fair: Fair, there: Counterpart, receiver: Receiver) -> None:
    booked = fair.sell("Ada")
    hook(fair, there, receiver.secret, "check_in")
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    deliver(fair.store)
    [told] = receiver.taken.values()
    data = told["data"]
    assert isinstance(data, dict)
    assert (told["type"], data["scan"]["outcome"]) == ("check_in", str(result.outcome))
    assert data["ticket"]["name"] == "Ada"
    assert fair.token(booked) not in str(told)


def test_only_what_was_chosen_of_the_own_event_is_told(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    hook(fair, there, receiver.secret, "create_event", "cancel_booking", "book")
    day = NOON.replace(hour=0)
    create_event(fair.store, SYSTEM.at(NOON), NewEvent("Other", day, day + timedelta(days=1)))
    fair.list()
    fair.sell()
    deliver(fair.store)
    assert receiver.types == ["book"]


def test_a_webhook_of_the_house_hears_of_all_events(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    hook(fair, there, receiver.secret, "*", house=True)
    day = NOON.replace(hour=0)
    create_event(fair.store, SYSTEM.at(NOON), NewEvent("Other", day, day + timedelta(days=1)))
    deliver(fair.store)
    assert receiver.types == ["create_event"]


def test_what_happened_before_is_not_told(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    booked = fair.sell()
    check_in(fair.store, STAFF.at(NOON - timedelta(hours=1)), fair.scan(fair.token(booked)))
    hook(fair, there, receiver.secret)
    deliver(fair.store)
    assert receiver.types == []


def test_while_it_is_switched_off_nothing_is_kept_for_it(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    service = hook(fair, there, receiver.secret, "book")
    change_service(fair.store, SYSTEM.at(NOON), service.id, {}, enabled=False)
    fair.sell("Before")
    change_service(fair.store, SYSTEM.at(NOON), service.id, {}, enabled=True)
    fair.sell("After")
    deliver(fair.store)
    assert "Before" not in str(receiver.taken)
    assert receiver.types == ["book"]


def test_looking_twice_queues_once(fair: Fair, there: Counterpart, receiver: Receiver) -> None:
    hook(fair, there, receiver.secret, "book")
    fair.sell()
    assert queue_webhooks(fair.store, SYSTEM) == 1
    assert queue_webhooks(fair.store, SYSTEM) == 0
    assert queued(fair.store) == ["book"]


def test_many_at_once_come_in_their_order(
    fair: Fair, there: Counterpart, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventdesk.exchange.webhooks.following.AT_ONCE", 3)
    monkeypatch.setattr("eventdesk.exchange.webhooks.following.LAZY", 2)
    hook(fair, there, receiver.secret, "book", "cancel_booking")
    for _ in range(5):
        cancel_booking(fair.store, SYSTEM.at(NOON), fair.sell().booking_id, reason="")
    assert queue_webhooks(fair.store, SYSTEM) == 10
    assert queued(fair.store) == ["book", "cancel_booking"] * 5


def test_without_a_webhook_nothing_is_written(fair: Fair) -> None:
    fair.sell()
    before = fair.store.writes
    assert queue_webhooks(fair.store, SYSTEM) == 0
    assert fair.store.writes == before


def test_the_years_before_the_first_webhook_are_not_walked_through(
    fair: Fair, there: Counterpart, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventdesk.exchange.webhooks.following.AT_ONCE", 2)
    for _ in range(5):
        fair.sell()
    hook(fair, there, receiver.secret, "book")
    fair.sell()
    before = fair.store.writes
    assert queue_webhooks(fair.store, SYSTEM) == 1
    assert fair.store.writes == before + 1


def test_what_nobody_wants_is_not_written_down_each_time(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    hook(fair, there, receiver.secret, "cancel_event")
    fair.sell()
    queue_webhooks(fair.store, SYSTEM)
    before = fair.store.writes
    assert queue_webhooks(fair.store, SYSTEM) == 0
    assert fair.store.writes == before


@pytest.mark.parametrize(
    "fault", [Fault.RESET, Fault.DROPPED, Fault.HTML, Fault.TOO_MANY, Fault.OUT_OF_ORDER]
)
def test_a_receiver_that_fails_gets_each_message_in_the_end_under_one_name(
    fair: Fair, there: Counterpart, receiver: Receiver, fault: Fault
) -> None:
    service = hook(fair, there, receiver.secret, "book")
    fair.sell()
    there.fails(fault)
    deliver(fair.store)
    [waiting], _total = service_deliveries(fair.store, SYSTEM, service.id)
    if fault is Fault.HTML:  # it answered 200
        assert waiting.state == "sent"
        return
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.error
    _let_time_pass(fair.store)
    deliver(fair.store)
    [sent], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert (sent.state, sent.attempts, sent.reference) == ("sent", 2, "204")
    assert len(receiver.taken) == 1


def _let_time_pass(store: Store) -> None:
    """Let what waits for a later moment be due."""
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET due_at = 0 WHERE state = 'queued'")
        connection.exec_driver_sql("UPDATE service SET rests_until = NULL")


def test_after_three_days_it_has_failed_and_can_be_sent_again(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    service = hook(fair, there, receiver.secret, "book")
    fair.sell()
    there.down()
    queue_webhooks(fair.store, SYSTEM.at(utc_now() - timedelta(days=3, minutes=1)))
    deliver(fair.store)
    [failed], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert (failed.state, failed.error[:9]) == ("failed", "127.0.0.1")
    there.up()
    resend(fair.store, SYSTEM, service.id, failed.id)
    _let_time_pass(fair.store)
    deliver(fair.store)
    assert receiver.types == ["book"]


def test_trouble_is_kept_at_the_service_until_it_heals(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    service = hook(fair, there, receiver.secret, "book")
    fair.sell()
    there.down()
    deliver(fair.store)
    assert read_service(fair.store, SYSTEM, service.id).health_text.startswith(
        "127.0.0.1 cannot be reached."
    )
    there.up()
    _let_time_pass(fair.store)
    deliver(fair.store)
    assert read_service(fair.store, SYSTEM, service.id).health is ServiceHealth.GOOD


def test_deliveries_are_kept_for_a_month(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    service = hook(fair, there, receiver.secret, "book")
    fair.sell()
    deliver(fair.store)
    now = utc_now()
    assert thin_webhooks(fair.store, SYSTEM.at(now + timedelta(days=29))) == 0
    assert thin_webhooks(fair.store, SYSTEM.at(now + timedelta(days=31))) == 1
    assert service_deliveries(fair.store, SYSTEM, service.id) == ([], 0)


def test_a_renewed_secret_signs_beside_the_old_one(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    service = hook(fair, there, receiver.secret, "book")
    new = renew_webhook_secret(fair.store, SYSTEM, service.id)
    assert webhook_secret(fair.store, SYSTEM, service.id) == new != receiver.secret
    fair.sell("Old")
    deliver(fair.store)
    receiver.secret = new
    fair.sell("New")
    _let_time_pass(fair.store)
    deliver(fair.store)
    assert receiver.types == ["book", "book"]


def test_who_runs_no_event_sees_no_secret(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    service = hook(fair, there, receiver.secret, "book")
    for verb in (webhook_secret, renew_webhook_secret):
        with pytest.raises(NotAllowedError):
            verb(fair.store, STAFF, service.id)


def test_only_admins_allow_networks(fair: Fair) -> None:
    with pytest.raises(NotAllowedError):
        allow_webhook_networks(fair.store, STAFF, ["10.0.0.0/8"])
    with pytest.raises(InvalidInputError):
        allow_webhook_networks(fair.store, SYSTEM, ["everything"])
    allow_webhook_networks(fair.store, SYSTEM, ["10.0.0.9/8", "fd00::1"])
    assert webhook_networks(fair.store, SYSTEM) == ["10.0.0.0/8", "fd00::1/128"]


def test_an_address_inside_is_refused_until_it_is_allowed(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    allow_webhook_networks(fair.store, SYSTEM, [])
    service = hook(fair, there, receiver.secret, "book")
    fair.sell()
    deliver(fair.store)
    [waiting], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert "must not be called" in waiting.error
    assert there.asked == []
    allow_webhook_networks(fair.store, SYSTEM, ["127.0.0.1"])
    _let_time_pass(fair.store)
    deliver(fair.store)
    assert receiver.types == ["book"]


def test_an_event_that_was_deleted_is_told_without_it(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    hook(fair, there, receiver.secret, house=True)
    day = NOON.replace(hour=0)
    draft = create_event(
        fair.store, SYSTEM.at(NOON), NewEvent("Draft", day, day + timedelta(days=1))
    )
    delete_event(fair.store, SYSTEM.at(NOON), draft.id)
    deliver(fair.store)
    _created, deleted = receiver.taken.values()
    data = deleted["data"]
    assert isinstance(data, dict)
    assert (deleted["type"], data["event_id"]) == ("delete_event", str(draft.id))
    assert "event" not in data


def test_every_event_that_can_be_chosen_is_a_verb_of_the_audit() -> None:
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in (ROOT / "eventdesk").rglob("*.py")
        if "webhook" not in str(file)
    )
    verbs = {name for name in EVENTS if f'"{name}"' in code or f"def {name}(" in code}
    assert set(EVENTS) - verbs - {ALL} == {*(f"payment_{state}" for state in ("paid", "failed"))}
    assert {"paid", "failed"} < set(PaymentState)


def test_one_whose_event_was_erased_empty_is_dropped_and_holds_up_no_other(
    fair: Fair, there: Counterpart, receiver: Receiver
) -> None:
    hook(fair, there, receiver.secret, "book")
    fair.sell_all(["Ada", "Kay"])
    queue_webhooks(fair.store, SYSTEM)
    with fair.store.write() as connection:
        first = select(DeliveryRow.id).order_by(DeliveryRow.id).limit(1)
        empty = update(DeliveryRow).where(DeliveryRow.id.in_(first)).values(payload={})
        connection.execute(empty)
    fair.sell("Zoe")
    deliver(fair.store)
    with fair.store.read() as connection:
        states = connection.execute(select(DeliveryRow.state).order_by(DeliveryRow.id)).scalars()
        assert list(states) == ["cancelled", "sent"]
