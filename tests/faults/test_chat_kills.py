"""Programs killed at random moments tell rooms each thing once."""

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from data.schema import DeliveryRow, EventRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.exchange import allow_webhook_networks, tell_of_sales
from eventdesk.integrations.service import Value
from eventdesk.services import add_service
from tests.build import Fair, make_fair
from tests.faults.mortal_programs import drive_for_ever
from tests.faults.test_webhook_kills import PROCESSES, end_leases, send_the_rest, wait_until
from tests.integrations.chaos import Counterpart, counterpart

pytestmark = pytest.mark.long

ROUNDS = 4
MAX_LIFE_S = 0.6


def test_kills_lose_no_level_and_tell_none_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with counterpart() as there, Store.create(home) as store:
        fairs = [make_fair(store, f"Fair {number}") for number in range(ROUNDS)]
        with store.write() as connection:
            soon = {"starts_at": utc_now(), "ends_at": utc_now() + timedelta(days=1)}
            connection.execute(update(EventRow).values(capacity=4, **soon))
        _set_up(store, there)
        tell_of_sales(store, SYSTEM)
        for fair in fairs:
            _round(fair, home, there)
        tell_of_sales(store, SYSTEM)
        send_the_rest(store)
        titles = Counter(_titles(store))
        assert max(titles.values()) == 1
        assert {f"Fair {number} is sold out" for number in range(ROUNDS)} <= set(titles)
        keys = {each.headers["idempotency-key"] for each in there.asked}
        assert len(keys) == len(titles)
        assert len(there.asked) <= len(titles) + ROUNDS, "more than what was on its way"


def _set_up(store: Store, there: Counterpart) -> None:
    allow_webhook_networks(store, SYSTEM, ["127.0.0.1"])
    address = f"json://127.0.0.1:{there.port}/"
    values: dict[str, Value] = {"address": address, "notices": ["sales"]}
    add_service(store, SYSTEM, "chat", values)


def _round(fair: Fair, home: Path, there: Counterpart) -> None:
    """Sell while a spooler lives, and kill it while it notes and sends."""
    fair.sell_all(["Ada", "Kay"])
    before = len(there.asked)
    spooler = PROCESSES.Process(target=drive_for_ever, args=(home,))
    spooler.start()
    wait_until(lambda: len(there.asked) > before)
    fair.sell()
    spooler.join(random.uniform(0, MAX_LIFE_S))
    fair.sell()
    spooler.join(random.uniform(0, MAX_LIFE_S))
    spooler.kill()
    spooler.join()
    spooler.close()
    end_leases(fair.store)


def _titles(store: Store) -> list[str]:
    with store.read() as connection:
        payloads = connection.execute(select(DeliveryRow.payload)).scalars()
        found = [payload["title"] for payload in payloads if "title" in payload]
        return [each["text"].format(**each.get("arguments", {})) for each in found]
