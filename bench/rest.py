"""What the program takes while nobody touches it, and wall, desk and kiosk in one process.

    python -m bench.rest [--quick]

At rest each program stands in a terminal of its own, beside the smallest program of Textual; what
is measured is the processor time of the process. Then a wall, a desk and a kiosk run in one process
over one store while guests come to the kiosk: the event loop's longest pause, and the processor.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from bench.processor import processor_s
from bench.table import at_most, print_table
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import list_check_in_lists
from eventdesk.events import all_events
from eventdesk.exercises.demo.fill import fill_demo
from tests.terminal import Terminal

GUESTS: Final = 500
IDLE_S: Final = 45.0
TOGETHER_S: Final = 20.0
SCANS_A_SECOND: Final = 2
SETTLED_S: Final = 10.0
"""By then all that a program loads behind its first frame is loaded."""

IDLE: Final = {
    "smallest program of Textual": ("bench.hello", [], "Hello there"),
    "a desk that nobody touches": ("eventdesk", ["desk", "--list", "Main"], "Main entrance"),
    "the start screen after signing in": ("bench.hand", ["home"], "store"),
    "a wall without guests": ("eventdesk", ["wall"], "store"),
    "a kiosk whose camera is away": (
        "eventdesk",
        ["kiosk", "--list", "Main", "--camera", "none.mp4"],
        "Hold your ticket",
    ),
}
"""By what they are called: the module, its arguments, and words of its first frame."""


@dataclass(frozen=True)
class Together:
    """What a wall, a desk and a kiosk took together."""

    pauses_ms: list[float]
    core_percent: float
    answered: int


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            fill_demo(store, size=GUESTS, seed=0, now=utc_now())
        idle = list(_at_rest(home, IDLE_S / 3 if quick else IDLE_S))
        together = _measured_together(home, TOGETHER_S / 2 if quick else TOGETHER_S)
    floor = idle[0][1]
    print_table(
        "At rest, of a core",
        ("what", "figure", "goal", "", "above the floor"),
        [
            (idle[0][0], f"{floor:.2f} %", "", "", ""),
            *(
                (name, *at_most(share, 1.0, "%"), f"{share - floor:.2f} %")
                for name, share in idle[1:]
            ),
        ],
    )
    pauses = sorted(together.pauses_ms)
    print_table(
        f"Wall, desk and kiosk in one process, {SCANS_A_SECOND} guests a second",
        ("what", "figure", "goal", ""),
        [
            ("event loop, longest pause", *at_most(pauses[-1], 100, "ms")),
            ("event loop, 99th percentile", *at_most(pauses[int(len(pauses) * 0.99)], 50, "ms")),
            ("all three, of a core", f"{together.core_percent:.0f} %", "", ""),
            ("guests answered", f"{together.answered}", "", ""),
        ],
    )


def _at_rest(home: Path, seconds: float) -> Iterator[tuple[str, float]]:
    """The share of a core that each program takes which nobody touches, in percent."""
    with ExitStack() as opened:
        programs = {}
        for name, (module, arguments, words) in IDLE.items():
            programs[name] = opened.enter_context(Terminal(home, arguments, module=module))
            programs[name].wait_for(words)
        _read_all(programs, SETTLED_S)
        before_s = {name: processor_s(each.process.pid) for name, each in programs.items()}
        begun_s = time.perf_counter()
        _read_all(programs, seconds)
        took_s = time.perf_counter() - begun_s
        for name, each in programs.items():
            yield name, 100 * (processor_s(each.process.pid) - before_s[name]) / took_s


def _read_all(programs: dict[str, Terminal], seconds: float) -> None:
    """Read what programs write, as their terminals do."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        for each in programs.values():
            each.read_for(0.02)


def _measured_together(home: Path, seconds: float) -> Together:
    report = home / "report.json"
    with Terminal(home, [str(seconds), str(report)], module="bench.rest") as terminal:
        while not terminal.ended:
            terminal.read_for(0.1)
    return Together(**json.loads(report.read_text()))


async def _run_together(home: Path, seconds: float, store: Store) -> Together:
    """Run the three over one store, and let guests come to the kiosk."""
    from eventdesk.core.settings import Settings
    from eventdesk.desk import Desk
    from eventdesk.figures import Choice
    from kiosk.sightings import Sighting
    from screens.app import EventDeskApp
    from screens.self_service.camera import Camera
    from screens.self_service.kiosk_screen import KioskScreen
    from screens.wall.wall_app import WallApp

    door, event = list_check_in_lists(store, SYSTEM)[0], all_events(store, SYSTEM)[0]
    tokens = some_tokens(store, SYSTEM, event.id, limit=int(seconds * SCANS_A_SECOND))
    desk, settings = Desk(store), Settings(home, sounds=False, camera=str(home / "none.mp4"))
    place = {"event_id": event.id, "list_id": door.id}
    kiosk = EventDeskApp(desk, settings, start="kiosk", **place)  # type: ignore[arg-type]
    apps = [
        kiosk,
        EventDeskApp(desk, settings, start="desk", **place),  # type: ignore[arg-type]
        WallApp(desk, settings, event, choice=Choice(), cycle_s=5.0),
    ]
    running = [asyncio.create_task(app.run_async(headless=True, size=(120, 35))) for app in apps]
    await asyncio.sleep(SETTLED_S)
    pauses_ms: list[float] = []
    clock = asyncio.create_task(_watch_the_clock(pauses_ms))
    answered, used_s, begun_s = 0, time.process_time(), time.perf_counter()
    for token in tokens:
        screen = kiosk.screen
        assert isinstance(screen, KioskScreen)
        sighting = Sighting(token, uuid4().hex, utc_now(), 2.0, ((0.0, 0.0),) * 4, (1280, 720))
        screen.camera.post_message(Camera.Seen(sighting))
        await asyncio.sleep(1 / SCANS_A_SECOND)
        answered += screen.verdict.answer is not None
    share = 100 * (time.process_time() - used_s) / (time.perf_counter() - begun_s)
    clock.cancel()
    for app in apps:
        app.exit()
    await asyncio.gather(*running)
    desk.close()
    return Together(pauses_ms, share, answered)


async def _watch_the_clock(pauses_ms: list[float]) -> None:
    """Note again and again how much longer than asked a short sleep took."""
    while True:
        begun_s = time.perf_counter()
        await asyncio.sleep(0.001)
        pauses_ms.append((time.perf_counter() - begun_s - 0.001) * 1000)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--home"]:
        _, _, home_name, seconds_text, report_name = sys.argv
        with Store(Path(home_name)) as opened_store:
            measured = asyncio.run(
                _run_together(Path(home_name), float(seconds_text), opened_store)
            )
        Path(report_name).write_text(json.dumps(asdict(measured)))
    else:
        main()
