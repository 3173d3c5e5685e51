"""Programs killed at random moments tell pretix of each check-in, and of none twice."""

import multiprocessing
import random
from collections import Counter
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.door import Outcome, check_in, undo
from eventdesk.exchange import allow_webhook_networks, keep_in_step
from eventdesk.services import add_service
from eventdesk.spooler import Spooler
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.exchange.in_step.pretix_shop import RPC, TOKEN, PretixEvent, position
from tests.faults.mortal_programs import drive_for_ever
from tests.faults.test_webhook_kills import wait_until
from tests.integrations.chaos import Counterpart, counterpart

pytestmark = pytest.mark.long

ROUNDS = 4
SCANS = 12
MAX_LIFE_S = 0.2
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.mortal_programs"])


def test_kills_lose_no_check_in_and_tell_none_twice(tmp_path: Path) -> None:
    home, shop = tmp_path / "home", PretixEvent()
    codes = [f"z3fsn8jyufm5kpk768q69gkbyr{number:04}" for number in range(ROUNDS * SCANS)]
    shop.order("ABC12", *(position(number, code) for number, code in enumerate(codes, 1)))
    with counterpart(shop) as there, Store.create(home) as store:
        fair = make_fair(store)
        _set_up(fair, there)
        for first in range(0, len(codes), SCANS):
            _round(fair, home, there, codes[first : first + SCANS])
        _tell_the_rest(store, shop)
    nonces = Counter(each["nonce"] for each in shop.check_ins)
    assert set(nonces.values()) == {1}
    taken_back = {codes[first] for first in range(0, len(codes), SCANS)}
    assert {each["secret"] for each in shop.passed} == set(codes) - taken_back


def _set_up(fair: Fair, there: Counterpart) -> None:
    allow_webhook_networks(fair.store, SYSTEM, ["127.0.0.1"])
    values = {"url": there.url, "organizer": "demo", "event": "days", "token": TOKEN}
    values["check_in_list"] = "5"
    add_service(fair.store, SYSTEM, "pretix", values, event_id=fair.event.id)
    assert keep_in_step(fair.store, SYSTEM) == 1


def _round(fair: Fair, home: Path, there: Counterpart, codes: list[str]) -> None:
    """Let people in while a spooler lives, take the first back, and kill it while it tells."""
    first = check_in(fair.store, STAFF.at(NOON), fair.scan(codes[0]))
    for code in codes[1:-3]:
        assert check_in(fair.store, STAFF.at(NOON), fair.scan(code)).outcome is Outcome.ADMITTED
    before = _told(there)
    spooler = PROCESSES.Process(target=drive_for_ever, args=(home,))
    spooler.start()
    wait_until(lambda: _told(there) > before)
    undo(fair.store, SUPERVISOR.at(NOON), first.scan_id)
    for code in codes[-3:]:
        check_in(fair.store, STAFF.at(NOON), fair.scan(code))
    spooler.join(random.uniform(0, MAX_LIFE_S))
    spooler.kill()
    spooler.join()
    spooler.close()
    with fair.store.write() as connection:  # the leases of the dead end
        connection.exec_driver_sql("UPDATE delivery SET leased_until = 0 WHERE state = 'leased'")


def _told(there: Counterpart) -> int:
    return sum(asked.path.startswith(RPC) for asked in there.asked)


def _tell_the_rest(store: Store, shop: PretixEvent) -> None:
    spooler = Spooler(store, None, backups=False)
    spooler.start()
    try:
        wait_until(lambda: len(shop.passed) == ROUNDS * (SCANS - 1) and not _waits(store))
    finally:
        spooler.stop()


def _waits(store: Store) -> bool:
    words = (
        "SELECT 1 FROM delivery WHERE kind = 'pretix_check_in' AND state IN ('queued', 'leased')"
    )
    with store.read() as connection:
        return connection.exec_driver_sql(words).first() is not None
