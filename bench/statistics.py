"""The wall at a million scans: from a committed change until it is painted.

    python -m bench.statistics [--quick]

Scans lie in the store as a busy fair leaves them. A check-in is committed through the same store;
the clock runs from its commit until the screen with the new figure was painted. Beside it stands
the least that any wall needs: reading the one new scan by its number, and noticing that the store
changed at all, which is asked every tenth of a second.
"""

import asyncio
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

from bench.table import at_most, print_table
from data.sqlite.driver import driver
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.core.settings import Settings
from eventdesk.desk import POLL_S, REST_S, Desk
from eventdesk.door import Scan, check_in
from eventdesk.exercises.demo.fill import DemoEvent, fill_demo
from eventdesk.figures import Choice, Standings, standing

SCANS = 1_000_000
TICKETS = 5_000
CHANGES = 60
GOAL_MS = 200.0


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    count = SCANS // 10 if quick else SCANS
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            made = fill_demo(store, size=TICKETS, seed=0, now=utc_now())
            tokens = some_tokens(store, SYSTEM, made.event.id, limit=CHANGES)
            begun = time.perf_counter()
            _scan_much(store, made, home / FILE_NAME, count)
            filled_s = time.perf_counter() - begun
            kept = Standings(made.event.id)
            begun = time.perf_counter()
            standing(store, SYSTEM, made.event.id, kept=kept)
            load_s = time.perf_counter() - begun
            counted = sorted(_count(store, made, kept) for _ in range(20))
            floor = sorted(_floor(home / FILE_NAME) for _ in range(20))
            painted = sorted(asyncio.run(_paint(store, home, made, tokens, quick)))
    rows = [
        ("scans in the store", f"{count:,} (written in {filled_s:.0f} s)", "", ""),
        ("first reading of all of them", f"{load_s:.1f} s, with a count, may be stopped", "", ""),
        ("read what is new and count, median", f"{median(counted):.1f} ms", "", ""),
        ("bare query for one new scan, median", f"{median(floor):.3f} ms", "", ""),
        ("noticing a change, at most", f"{POLL_S * 1000:.0f} ms", "", ""),
        ("the same after five seconds without one", f"{REST_S * 1000:.0f} ms", "", ""),
        ("change to painted wall, median", f"{median(painted):.0f} ms", "", ""),
        (
            f"change to painted wall, p95 of {len(painted)}",
            *at_most(painted[int(len(painted) * 0.95)], GOAL_MS, "ms"),
        ),
    ]
    print_table("Statistics wall", ("what", "figure", "goal", ""), rows)


def _scan_much(store: Store, made: DemoEvent, path: Path, count: int) -> None:
    """Write scans as a day leaves them: four of five admitted, spread over nine hours."""
    connection = driver.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    now_us = int(time.time() * 1_000_000)
    step = 9 * 3600 * 1_000_000 // count
    connection.execute(
        """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
        INSERT INTO scan (id, device_id, nonce, event_id, list_id, ticket_id, gate_id, actor_id,
            actor_name, source, direction, outcome, reason, scanned, forced, force_reason, seen_at,
            recorded_at, result, answers, approved_by)
        SELECT CAST(printf('%016d', i) AS BLOB), :device, 'n' || i, :event, :list, t.id, NULL, NULL,
            'Lane ' || (i % 12), 'camera', 'entry',
            CASE i % 5 WHEN 4 THEN 'already_in' ELSE 'admitted' END,
            '', '', 0, '', :begin + i * :step, :begin + i * :step, '{}', '{}', ''
        FROM n JOIN (SELECT id, row_number() OVER () - 1 AS place FROM ticket) t
            ON t.place = i % :tickets
        """,
        {
            "count": count,
            "device": store.device_id.bytes,
            "event": made.event.id.bytes,
            "list": made.list.id.bytes,
            "begin": now_us - count * step,
            "step": step,
            "tickets": TICKETS,
        },
    )
    connection.commit()
    connection.close()


def _count(store: Store, made: DemoEvent, kept: Standings) -> float:
    begun = time.perf_counter()
    standing(store, SYSTEM, made.event.id, kept=kept)
    return (time.perf_counter() - begun) * 1000


def _floor(path: Path) -> float:
    connection = driver.connect(path)
    newest = connection.execute("SELECT max(no) FROM scan").fetchone()[0]
    begun = time.perf_counter()
    connection.execute("SELECT * FROM scan WHERE no > ?", (newest - 1,)).fetchall()
    passed_ms = (time.perf_counter() - begun) * 1000
    connection.close()
    return passed_ms


async def _paint(
    store: Store, home: Path, made: DemoEvent, tokens: list[str], quick: bool
) -> list[float]:
    """Check in one after the other, and wait for each to be on the wall."""
    from screens.wall.wall_app import WallApp
    from screens.wall.wall_screen import WallScreen

    desk, times = Desk(store), []
    settings = Settings(home, sounds=False)
    app = WallApp(desk, settings, made.event, choice=Choice(), cycle_s=0)
    async with app.run_test(size=(160, 48)) as pilot:
        while not isinstance(app.screen, WallScreen) or app.screen.standing is None:
            await asyncio.sleep(0.05)
        wall = app.screen
        await pilot.pause(1.0)
        for place, token in enumerate(tokens[: CHANGES // 4 if quick else CHANGES]):
            await asyncio.sleep(0.3 + 0.0137 * (place % 8))
            before = wall.standing.scans if wall.standing else 0
            scan = Scan(token, made.list.id, uuid4().hex, utc_now())
            await asyncio.to_thread(check_in, store, SYSTEM, scan)
            begun, painted = time.perf_counter(), asyncio.Event()
            while wall.standing is None or wall.standing.scans == before:
                await asyncio.sleep(0.001)
            wall.call_after_refresh(painted.set)
            await painted.wait()
            times.append((time.perf_counter() - begun) * 1000)
    desk.close()
    return times


if __name__ == "__main__":
    main()
