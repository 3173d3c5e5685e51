"""Importing 100,000 rows, and writing them out again: `python -m bench.imports [--quick]`."""

import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from bench.table import at_most, print_table
from data.sqlite.driver import driver
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.money import Money
from eventdesk.events import NewEvent, create_event
from eventdesk.exchange import (
    PARTS,
    ImportPlan,
    Listing,
    bring_event,
    check_import,
    export_tickets,
    look_at,
    pack_event,
    run_import,
)
from eventdesk.exercises.demo.people import people
from eventdesk.tables.files import Form, save_table

PASSPHRASE = "ten words in a row would be better"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HEADING = ("Order code", "Position ID", "Attendee name", "Attendee email", "Product", "Price",
           "Status", "Order date", "Company")  # fmt: skip


def main() -> None:
    """Measure and print."""
    size = 10_000 if "--quick" in sys.argv else 100_000
    with TemporaryDirectory() as folder, Store.create(Path(folder) / "home") as store:
        new = NewEvent("Import", NOW, NOW + timedelta(days=2), "Europe/Berlin")
        event_id = create_event(store, SYSTEM.at(NOW), new).id
        path = Path(folder) / "orders.csv"
        save_table(path, Form.CSV, HEADING, _rows(size))
        plan = ImportPlan(look_at(store, SYSTEM, event_id, path).columns, create_types=True)
        checking = _seconds(lambda: check_import(store, SYSTEM.at(NOW), event_id, path, plan))
        importing = _seconds(lambda: run_import(store, SYSTEM.at(NOW), event_id, path, plan))
        again = _seconds(lambda: run_import(store, SYSTEM.at(NOW), event_id, path, plan))
        writing = {
            form: _seconds(
                partial(
                    export_tickets,
                    store,
                    SYSTEM.at(NOW),
                    Listing.ATTENDEES,
                    form,
                    event_id=event_id,
                )
            )
            for form in Form
        }
        bringing_cpu, bringing, bare_cpu = _bring(store, event_id, Path(folder))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print_table(
        f"Import and export of {size:,} rows",
        ("what", "figure", "goal", ""),
        [
            ("dry run", *at_most(checking, 60, "s")),
            ("import, one transaction", *at_most(importing, 60 * size / 100_000, "s")),
            ("the same file again", *at_most(again, 60, "s")),
            *(
                (f"export of attendees as {form}", f"{s:.1f} s", "", "")
                for form, s in writing.items()
            ),
            ("archive taken in", *at_most(bringing, 15 * size / 100_000, "s")),
            ("archive taken in, processor time", f"{bringing_cpu:.1f} s", "", ""),
            ("the same rows into bare sqlite3 (floor)", f"{bare_cpu:.1f} s", "", ""),
            ("archive against that floor", *at_most(bringing_cpu / bare_cpu, 4.2, "times")),
            ("most memory", f"{most:.0f} MB", "", ""),
        ],
    )


def _bring(store: Store, event_id: UUID, folder: Path) -> tuple[float, float, float]:
    """Take the event into another house.

    Returns:
        Processor time and time it took, and the processor time of bare sqlite3 for its rows.
    """
    packed = pack_event(
        store, SYSTEM.at(NOW), event_id, path=folder / "fair.eventdesk.zip", passphrase=PASSPHRASE
    )
    with Store.create(folder / "other") as other:
        begun, begun_cpu = time.perf_counter(), time.process_time()
        bring_event(other, SYSTEM.at(NOW), packed.path, passphrase=PASSPHRASE)
        taken_cpu, taken = time.process_time() - begun_cpu, time.perf_counter() - begun
    Store.create(folder / "bare").close()
    return taken_cpu, taken, _bare(folder / "other" / FILE_NAME, folder / "bare" / FILE_NAME)


def _bare(source: Path, target: Path) -> float:
    """Processor time of writing the rows of an event with nothing but SQLite."""
    tables: dict[str, list[tuple[object, ...]]] = {}
    with closing(driver.connect(source)) as reading:
        for part in PARTS:
            tables[part.name] = reading.execute(f"SELECT * FROM {part.name}").fetchall()
        tables["ticket_search (rowid, name, email, code, seat)"] = reading.execute(
            "SELECT search_no, holder_name, holder_email, code, seat FROM ticket"
        ).fetchall()
    with closing(driver.connect(target, isolation_level=None)) as writing:
        begun = time.process_time()
        writing.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                writing.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        writing.execute("COMMIT")
        return time.process_time() - begun


def _rows(size: int) -> Iterator[tuple[str | int | Money, ...]]:
    """Bookings of one to three people with the names of the world."""
    chance, number, position = random.Random(1), 0, 0
    left = 0
    for person in people(size, 1):
        if left == 0:
            left, number, position = chance.randint(1, 3), number + 1, 0
        left, position = left - 1, position + 1
        yield (
            f"B{number:06d}",
            position,
            person.name,
            person.email,
            chance.choice(("Regular", "Regular", "VIP")),
            Money(chance.choice((9900, 12000, 29000)), "EUR"),
            "paid",
            f"2026-0{chance.randint(1, 5)}-{chance.randint(10, 28)}",
            person.line_two,
        )


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
