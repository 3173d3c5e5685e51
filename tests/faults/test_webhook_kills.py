"""Programs killed at random moments lose no event of a webhook, and queue none twice."""

import multiprocessing
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.exchange import allow_webhook_networks, queue_webhooks
from eventdesk.integrations.service import Value
from eventdesk.services import add_service
from eventdesk.spooler import Spooler
from tests.build import Fair, make_fair
from tests.exchange.webhooks.test_webhooks import Receiver
from tests.faults.mortal_programs import drive_for_ever
from tests.integrations.chaos import Counterpart, counterpart

pytestmark = pytest.mark.long

ROUNDS = 5
BOOKINGS = 25
MAX_LIFE_S = 0.2
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.mortal_programs"])


def test_kills_lose_no_event_and_queue_none_twice(tmp_path: Path) -> None:
    home, receiver = tmp_path / "home", Receiver()
    with counterpart(receiver) as there, Store.create(home) as store:
        fair = make_fair(store)
        _set_up(fair, there, receiver.secret)
        for _ in range(ROUNDS):
            _round(fair, home, there)
        queue_webhooks(store, SYSTEM)
        with store.read() as connection:
            entries = [
                payload["entry"]
                for payload in connection.execute(select(DeliveryRow.payload)).scalars()
            ]
        assert len(entries) == len(set(entries)) == ROUNDS * BOOKINGS
        send_the_rest(store)
        assert len(receiver.taken) == ROUNDS * BOOKINGS
        assert len(there.asked) <= ROUNDS * (BOOKINGS + 1), "more than what was on its way"


def _set_up(fair: Fair, there: Counterpart, secret: str) -> None:
    allow_webhook_networks(fair.store, SYSTEM, ["127.0.0.1"])
    values: dict[str, Value] = {"url": there.url, "events": ["book"], "secret": secret}
    add_service(fair.store, SYSTEM, "webhook", values, event_id=fair.event.id)


def _round(fair: Fair, home: Path, there: Counterpart) -> None:
    """Sell while a spooler lives, and kill it while it sends."""
    for _ in range(BOOKINGS - 5):
        fair.sell()
    before = len(there.asked)
    spooler = PROCESSES.Process(target=drive_for_ever, args=(home,))
    spooler.start()
    wait_until(lambda: len(there.asked) > before)
    for _ in range(5):
        fair.sell()
    spooler.join(random.uniform(0, MAX_LIFE_S))
    spooler.kill()
    spooler.join()
    spooler.close()
    end_leases(fair.store)


def end_leases(store: Store) -> None:
    """Let the leases of the dead end."""
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET leased_until = 0 WHERE state = 'leased'")


def wait_until(happens: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.002)


def send_the_rest(store: Store) -> None:
    spooler = Spooler(store, None, backups=False)
    spooler.start()
    try:
        wait_until(lambda: not _waits(store))
    finally:
        spooler.stop()


def _waits(store: Store) -> bool:
    with store.read() as connection:
        waits = select(DeliveryRow.id).where(DeliveryRow.state != "sent")
        return connection.execute(waits).first() is not None
