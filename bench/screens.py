"""The kiosk in a terminal under load: memory, what it keeps, and the event loop's longest pause.

    python -m bench.screens [--quick]

The pause is measured in the running program: a task that sleeps one millisecond at a time notes
by how much it overslept, while a 720p camera runs and ten scans a second arrive. What a kiosk
keeps of each guest is what a day adds up: pieces of memory that are still there after the garbage
was collected, from the middle of the run to its end; some fill caches that are full after minutes.
"""

import asyncio
import gc
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from bench.table import at_most, print_table
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import list_check_in_lists
from eventdesk.exercises.demo.fill import fill_demo
from eventdesk.exercises.demo.film import film
from tests.terminal import Terminal

LOAD_S = 20.0
SCANS_A_SECOND = 10


@dataclass(frozen=True)
class Loaded:
    """What the kiosk measured of itself under load."""

    pauses_ms: list[float]
    rss_mb: float
    answered: int
    kept: float


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    with TemporaryDirectory() as folder:
        home, video = Path(folder) / "home", Path(folder) / "guests.avi"
        with Store.create(home) as store:
            made = fill_demo(store, size=500, seed=0, now=utc_now())
            film(store, made.list, video, scenes=2 if quick else 6, seed=0)
        loaded = _under_load(home, video, LOAD_S / 4 if quick else LOAD_S)
    pauses = sorted(loaded.pauses_ms)
    print_table(
        "Screens",
        ("what", "figure", "goal", ""),
        [
            ("memory of the kiosk under load (resident)", *at_most(loaded.rss_mb, 200, "MB")),
            ("pieces of memory kept of each guest", *at_most(loaded.kept, 300, "pieces")),
            ("event loop, longest pause under load", *at_most(pauses[-1], 50, "ms")),
            ("event loop, 99th percentile", f"{pauses[int(len(pauses) * 0.99)]:.1f} ms", "", ""),
            ("check-ins answered under load", f"{loaded.answered}", "", ""),
        ],
    )


def _under_load(home: Path, video: Path, seconds: float) -> Loaded:
    report = home / "report.json"
    arguments = [str(video), str(seconds), str(report)]
    with Terminal(home, arguments, module="bench.screens") as terminal:
        while not terminal.ended:
            terminal.read_for(0.1)
    return Loaded(**json.loads(report.read_text()))


def run_loaded(home: Path, video: Path, seconds: float, report: Path) -> None:
    """Run the kiosk in this terminal under load, and write down what was measured."""
    from badges.printers import open_printer
    from eventdesk.core.settings import Settings
    from eventdesk.desk import Desk
    from eventdesk.spooler import Spooler
    from kiosk.scanner import Scanner
    from kiosk.sightings import Sighting
    from screens.app import EventDeskApp
    from screens.self_service.camera import Camera
    from screens.self_service.kiosk_screen import KioskScreen

    with Store(home) as store:
        door = list_check_in_lists(store, SYSTEM)[0]
        tokens = some_tokens(store, SYSTEM, door.event_id, limit=int(seconds * SCANS_A_SECOND) + 1)
        desk = Desk(store)
        spooler = Spooler(store, open_printer("folder", badges_folder=home / "badges"))
        spooler.start()
        settings = Settings(home, camera=str(video), sounds=False)
        app = EventDeskApp(
            desk,
            settings,
            start="kiosk",
            event_id=door.event_id,
            list_id=door.id,
            scanner_factory=lambda: Scanner(str(video), loop=True),
        )
        pauses_ms: list[float] = []
        answered, kept = 0, 0.0

        async def watch_the_clock() -> None:
            while True:
                begun = time.perf_counter()
                await asyncio.sleep(0.001)
                pauses_ms.append((time.perf_counter() - begun - 0.001) * 1000)

        async def load() -> None:
            nonlocal answered, kept
            while not isinstance(app.screen, KioskScreen):
                await asyncio.sleep(0.05)
            await asyncio.sleep(2.0)
            clock = asyncio.create_task(watch_the_clock())
            kiosk = app.screen
            assert isinstance(kiosk, KioskScreen)
            half = len(tokens) // 2
            for number, token in enumerate(tokens):
                if number == half:
                    clock.cancel()
                    kept_by_then = _blocks()
                corner = (0.0, 0.0)
                sighting = Sighting(token, uuid4().hex, utc_now(), 2.0, (corner,) * 4, (1280, 720))
                kiosk.camera.post_message(Camera.Seen(sighting))
                await asyncio.sleep(1 / SCANS_A_SECOND)
                answered += kiosk.verdict.answer is not None
            kept = (_blocks() - kept_by_then) / (len(tokens) - half)
            app.exit()

        async def run() -> None:
            loading = asyncio.create_task(load())
            await app.run_async()
            await loading

        asyncio.run(run())
        desk.close()
        spooler.stop()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    rss_mb = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    loaded = Loaded(pauses_ms, rss_mb, answered, kept)
    report.write_text(json.dumps(asdict(loaded)))


def _blocks() -> int:
    """Pieces of memory in use by Python once there is no garbage."""
    gc.collect()
    return sys.getallocatedblocks()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--home"]:
        _, _, home_name, video_name, seconds_text, report_name = sys.argv
        run_loaded(Path(home_name), Path(video_name), float(seconds_text), Path(report_name))
    else:
        main()
