"""From the call to the first frame and to the answer of a command, each beside its floor.

    python -m bench.start [--quick]

All are run in turns, so that what else the machine does falls on all alike. The floor of a screen
is the smallest program of Textual that shows a word, that of a command is `python -c pass`.
"""

import compileall
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.table import at_most, print_table
from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.exercises.demo.fill import fill_demo
from tests.terminal import Terminal

STARTS: Final = 9
PACKAGES: Final = ("eventdesk", "screens", "kiosk", "data", "badges", "bench")
GUESTS: Final = 500

Start = Callable[[], float]


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    # An installed program is compiled; a checkout may not be.
    for package in PACKAGES:
        compileall.compile_dir(package, quiet=1)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            fill_demo(store, size=GUESTS, seed=0, now=utc_now())
        rounds = 3 if quick else STARTS
        starts = _in_turns(_all(home), rounds)
    _print(starts, rounds)


def _all(home: Path) -> dict[str, Start]:
    camera = ["--camera", f"{home}/none.mp4"]
    return {
        "pass": lambda: _command([sys.executable, "-c", "pass"]),
        "hello": lambda: _screen(home, [], "Hello there", module="bench.hello"),
        "help": lambda: _command([sys.executable, "-m", "eventdesk", "--help"]),
        "status": lambda: _command(
            [*(sys.executable, "-m", "eventdesk"), *("--home", str(home), "status", "--list=Main")]
        ),
        "desk": lambda: _screen(home, ["desk", "--list", "Main"], "Main entrance"),
        "kiosk": lambda: _screen(home, ["kiosk", *camera, "--list", "Main"], "Hold your ticket"),
        "sign-in": lambda: _screen(home, [], "to work at the door"),
    }


def _in_turns(starts: Mapping[str, Start], rounds: int) -> dict[str, float]:
    """The median seconds of each, after one round that warms the disk's cache."""
    taken: dict[str, list[float]] = {name: [] for name in starts}
    for number in range(rounds + 1):
        for name, start in starts.items():
            seconds = start()
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(each) for name, each in taken.items()}


def _command(arguments: Sequence[str]) -> float:
    begun_s = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun_s


def _screen(
    home: Path, arguments: Sequence[str], words: str, *, module: str = "eventdesk"
) -> float:
    """Seconds from the call to the first frame with these words, in a real terminal."""
    with Terminal(home, arguments, module=module) as terminal:
        while words not in terminal.text:
            terminal.read_for(0.002)
        return time.perf_counter() - terminal.begun_s


def _print(starts: Mapping[str, float], rounds: int) -> None:
    floor, hello = starts["pass"], starts["hello"]
    print_table(
        f"Start, median of {rounds}, in turns",
        ("what", "seconds", "goal", "", "of its floor"),
        [
            ("`python -c pass`", f"{floor:.3f} s", "", "", ""),
            ("smallest program of Textual, first frame", f"{hello:.2f} s", "", "", ""),
            (
                "`eventdesk --help`",
                *_within(starts["help"], 0.2),
                f"{starts['help'] / floor:.0f} ×",
            ),
            ("`eventdesk status`", *_within(starts["status"], 0.45), ""),
            *(
                (
                    f"{name}, first frame",
                    *_within(starts[name], 0.75),
                    f"{starts[name] / hello:.1f} ×",
                )
                for name in ("desk", "kiosk", "sign-in")
            ),
        ],
    )


def _within(seconds: float, goal_s: float) -> tuple[str, str, str]:
    return f"{seconds:.2f} s", *at_most(seconds, goal_s, "s")[1:]


if __name__ == "__main__":
    main()
