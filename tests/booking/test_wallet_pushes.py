"""Apple passes that update by themselves: devices are told of what changed, over HTTP/2."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select

from data.schema import DeliveryRow, WalletPassRow
from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.booking import (
    APPLE,
    apple_pass,
    cancel_booking,
    my_tickets,
    queue_passes,
    register_pass,
    transfer_ticket,
)
from eventdesk.booking.apple_wallet_sending import SENDER
from eventdesk.door import check_in
from eventdesk.integrations.apple_wallet import push
from eventdesk.services import ServiceHealth, add_service, read_service, services_on
from eventdesk.spooler import Spooler
from eventdesk.spooler.senders import ServiceCourier
from tests.booking.test_wallet_passes import BASE, own_pass, said
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.figures.crowd import EARLY, person, set_event, ticket_for
from tests.integrations.wallet.issuing import PASS_TYPE, Apple, apple
from tests.integrations.wallet.push_server import PushServer

PHONE, WATCH = "0123456789abcdef" * 2, "fedcba9876543210" * 2
PHONES, WATCHES = "ab" * 32, "cd" * 32
"""By what they are told."""


@pytest.fixture(scope="module")
def signed() -> Apple:
    return apple()


@pytest.fixture
def server(signed: Apple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushServer]:
    with PushServer(tmp_path, signed) as server:
        monkeypatch.setattr(push, "PUSH_AT", server.origin)
        monkeypatch.setattr(push, "TIMEOUT_S", 5.0)
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        yield server


@pytest.fixture
def ada(fair: Fair, signed: Apple, server: PushServer) -> Actor:
    """Somebody whose pass is on a phone, which was told of it once."""
    fair.store.clock = lambda: EARLY
    add_service(fair.store, SYSTEM, APPLE, signed.values())
    who = person(fair.store, "Ada")
    ticket_for(fair, who)
    register(fair, who, PHONE, PHONES)
    queue_passes(fair.store, SYSTEM)
    deliver(fair)
    server.pushed.clear()
    return who


def register(fair: Fair, who: Actor, device: str, token: str) -> None:
    had = own_pass(fair, who)
    known = PASS_TYPE, had["serialNumber"], had["authenticationToken"]
    register_pass(fair.store, VISITOR, device, *known, push_token=token)


def deliver(fair: Fair) -> None:
    """What the spooler does, with all pauses over."""
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET due_at = 0, leased_until = 0")
        connection.exec_driver_sql("UPDATE service SET rests_until = NULL")
    [service] = services_on(fair.store, SYSTEM, {APPLE})
    ServiceCourier(fair.store, SENDER, service, threading.Event()).turn()


def tell(fair: Fair) -> None:
    queue_passes(fair.store, SYSTEM)
    deliver(fair)


def later(fair: Fair, **hours: int) -> None:
    set_event(fair, starts_at=fair.event.starts_at + timedelta(**hours))


def states(fair: Fair) -> list[str]:
    with fair.store.read() as connection:
        wanted = select(DeliveryRow.state).where(DeliveryRow.kind == APPLE)
        return list(connection.execute(wanted.order_by(DeliveryRow.id)).scalars())


def devices(fair: Fair) -> set[Any]:
    with fair.store.read() as connection:
        return set(connection.execute(select(WalletPassRow.device)).scalars())


def test_a_device_is_told_by_an_empty_push_with_the_certificate_of_the_pass(
    fair: Fair, ada: Actor, server: PushServer, signed: Apple
) -> None:
    later(fair, hours=1)
    tell(fair)
    [pushed] = server.pushed
    assert (pushed.token, pushed.body) == (PHONES, {})
    assert pushed.headers["apns-topic"] == PASS_TYPE
    own = x509.load_pem_x509_certificate(signed.certificate.encode())
    assert pushed.shown == own.fingerprint(SHA256())
    tell(fair)
    assert len(server.pushed) == 1


def test_a_place_a_holder_and_a_cancellation_are_told(
    fair: Fair, ada: Actor, server: PushServer
) -> None:
    set_event(fair, online_url="https://example.org/room")
    tell(fair)
    [ticket] = my_tickets(fair.store, ada)
    transfer_ticket(fair.store, ada, ticket.id, name="Grace Hopper", email="grace@example.org")
    tell(fair)
    assert len(server.pushed) == 2
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), ticket.booking_id, reason="ill")
    tell(fair)
    # The pass of before the transfer was void already, and says nothing new.
    assert len(server.pushed) == 2


def test_a_cancelled_ticket_is_told(fair: Fair, ada: Actor, server: PushServer) -> None:
    [ticket] = my_tickets(fair.store, ada)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), ticket.booking_id, reason="ill")
    tell(fair)
    assert [each.token for each in server.pushed] == [PHONES]


def test_what_a_pass_does_not_show_tells_nobody(fair: Fair, ada: Actor, server: PushServer) -> None:
    check_in(fair.store, STAFF.at(NOON), fair.scan(my_tickets(fair.store, ada)[0].token))
    fair.sell("Somebody else")
    tell(fair)
    assert server.pushed == []
    assert states(fair) == ["sent"]


def test_each_device_is_told_once_over_one_line(fair: Fair, ada: Actor, server: PushServer) -> None:
    register(fair, ada, WATCH, WATCHES)
    ticket_for(fair, ada)
    second = my_tickets(fair.store, ada)[1]
    had = said(apple_pass(fair.store, ada, second.id, base=BASE))
    known = PASS_TYPE, had["serialNumber"], had["authenticationToken"]
    register_pass(fair.store, VISITOR, PHONE, *known, push_token=PHONES)
    tell(fair)
    server.pushed.clear()
    before = server.lines
    later(fair, hours=2)
    tell(fair)
    assert sorted(each.token for each in server.pushed) == [PHONES, WATCHES]
    assert server.lines == before + 1


@pytest.mark.parametrize(
    "no", [(410, "Unregistered"), (400, "BadDeviceToken"), (400, "DeviceTokenNotForTopic")]
)
def test_a_device_that_apple_knows_no_more_is_forgotten(
    fair: Fair, ada: Actor, server: PushServer, no: tuple[int, str]
) -> None:
    register(fair, ada, WATCH, WATCHES)
    server.says[PHONES] = no
    later(fair, hours=1)
    tell(fair)
    assert devices(fair) == {WATCH}
    assert [each.token for each in server.pushed] == [WATCHES]
    assert sorted(states(fair)[1:]) == ["cancelled", "sent"]


def test_a_device_that_came_back_with_another_token_stays(
    fair: Fair, ada: Actor, server: PushServer
) -> None:
    later(fair, hours=1)
    queue_passes(fair.store, SYSTEM)
    server.says[PHONES] = 410, "Unregistered"
    register(fair, ada, PHONE, WATCHES)
    deliver(fair)
    assert devices(fair) == {PHONE}
    assert [each.token for each in server.pushed] == [WATCHES]


@pytest.mark.parametrize(
    ("no", "health"),
    [
        ((429, "TooManyRequests"), ServiceHealth.GOOD),
        ((500, "InternalServerError"), ServiceHealth.TROUBLE),
        ((503, "Shutdown"), ServiceHealth.TROUBLE),
        ((403, "BadCertificate"), ServiceHealth.TROUBLE),
    ],
)
def test_what_is_no_fault_of_the_device_is_tried_again(
    fair: Fair, ada: Actor, server: PushServer, no: tuple[int, str], health: ServiceHealth
) -> None:
    server.says[PHONES] = no
    later(fair, hours=1)
    tell(fair)
    assert states(fair)[1:] == ["queued"]
    [service] = services_on(fair.store, SYSTEM, {APPLE})
    assert read_service(fair.store, SYSTEM, service.id).health is health
    del server.says[PHONES]
    deliver(fair)
    assert states(fair)[1:] == ["sent"]
    assert len(server.pushed) == 1
    assert devices(fair) == {PHONE}


def test_silence_is_tried_again(
    fair: Fair, ada: Actor, server: PushServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "TIMEOUT_S", 0.5)
    server.silent = True
    later(fair, hours=1)
    tell(fair)
    assert states(fair)[1:] == ["queued"]
    server.silent = False
    monkeypatch.setattr(push, "TIMEOUT_S", 5.0)
    deliver(fair)
    assert states(fair)[1:] == ["sent"]


def test_a_server_that_is_not_apples_gets_nothing(
    fair: Fair, ada: Actor, server: PushServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    later(fair, hours=1)
    tell(fair)
    assert server.pushed == []
    assert states(fair)[1:] == ["queued"]


def test_a_device_that_gave_no_token_asks_by_itself(
    fair: Fair, ada: Actor, server: PushServer
) -> None:
    for odd in ("", "../../x", "x" * 201, "ab cd"):
        register(fair, ada, PHONE, odd)
        later(fair, hours=3 + len(odd))
        tell(fair)
    assert server.pushed == []
    assert states(fair) == ["sent"]


@pytest.mark.long
def test_the_spooler_tells_devices_by_itself(fair: Fair, ada: Actor, server: PushServer) -> None:
    spooler = Spooler(fair.store, None, backups=False)
    spooler.start()
    try:
        later(fair, hours=1)
        until_s = time.monotonic() + 60
        while not server.pushed and time.monotonic() < until_s:
            time.sleep(0.05)
    finally:
        spooler.stop()
    assert [each.token for each in server.pushed] == [PHONES]
