"""Programs killed at random moments lose no row of a spreadsheet, and write none twice."""

import multiprocessing
import random
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.integrations import google_account
from eventdesk.integrations.google_sheets import spreadsheet
from eventdesk.services import add_service
from eventdesk.spooler import Spooler
from tests.build import make_fair
from tests.faults.mortal_programs import drive_for_ever
from tests.faults.test_webhook_kills import wait_until
from tests.integrations.sheets.google import Google, google_here, values

pytestmark = pytest.mark.long

ROUNDS = 8
MAX_LIFE_S = 0.6
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.mortal_programs"])


def follow_for_ever(home: Path, google: str) -> None:
    """Drive the spooler of a home with this Google until killed."""
    google_account.TOKENS_AT = spreadsheet.SHEETS_AT = google
    drive_for_ever(home)


def test_kills_lose_no_row_and_write_none_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, sold = tmp_path / "home", 0
    with google_here(monkeypatch, timeout_s=5) as (google, line), Store.create(home) as store:
        fair = make_fair(store)
        typed = values(sales=["price"], check_ins=["name"])
        add_service(store, SYSTEM, "sheets", typed, event_id=fair.event.id)
        for _ in range(ROUNDS):
            before = len(line.asked)
            program = PROCESSES.Process(target=follow_for_ever, args=(home, line.url))
            program.start()
            wait_until(lambda before=before: len(line.asked) > before)  # type: ignore[misc]
            fair.sell_all([f"Guest {sold + number}" for number in range(40)])
            sold += 40
            program.join(random.uniform(0, MAX_LIFE_S))
            program.kill()
            program.join()
            program.close()
            _let_waits_end(store)
        spooler = Spooler(store, None, backups=False)
        spooler.start()
        try:
            wait_until(lambda: len(_names(google)) == sold)
        finally:
            spooler.stop()
    assert _names(google) == [f"Guest {number}" for number in range(sold)]
    assert len({*google.column("code")}) == len({*google.column("code", "Sales")}) == sold


def _names(google: Google) -> list[str]:
    return google.column("name") if "Attendees" in google.sheets and google.rows() else []


def _let_waits_end(store: Store) -> None:
    """Let the leases of the dead end, and pauses."""
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET leased_until = 0, due_at = 0")
        connection.exec_driver_sql("UPDATE service SET rests_until = NULL")
