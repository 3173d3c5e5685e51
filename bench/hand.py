"""What a hand at the keyboard waits for: from the key to the painted answer, in a real terminal.

    python -m bench.hand [--quick]

The program runs in a pseudo-terminal. The clock runs from the bytes of the key until the words of
the answer were written to the terminal. What of it the program computed, in all its threads, hardly
depends on what else the machine does. Beside each act, in turns, a key is pressed in the smallest
program of Textual: the floor, which suffers from a busy machine as much.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.processor import processor_s
from bench.table import at_most, print_table
from data.store import Store
from eventdesk.accounts import at_event, sign_in
from eventdesk.acts import SYSTEM
from eventdesk.booking import AttendeeLine, list_attendees, some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import list_check_in_lists
from eventdesk.events import all_events
from eventdesk.exercises.demo.fill import ADMIN, PASSWORD, fill_demo
from tests.terminal import Terminal

SIZE: Final = 100_000
QUICK_SIZE: Final = 5_000
TIMES: Final = 20
QUICK_TIMES: Final = 6
QUIET_S: Final = 0.4
"""Between two acts, so that one is not measured with the end of the other."""

GOAL_MS: Final = 100.0
FORM_GOAL_MS: Final = 150.0
PARTS: Final = 12
"""How many parts of an event are opened, each for the first time."""

UNCUT: Final = 12
"""So many characters of a name stand in the list whatever its width."""

SETTLED_S: Final = 4.0
"""By then a program has loaded what its first picture did not wait for."""

ESC: Final = "\x1b"
F2, F3 = "\x1bOQ", "\x1bOR"
CTRL_P, CTRL_T = "\x10", "\x14"
PAGE_DOWN, DOWN = "\x1b[6;5~", "\x1b[B"


@dataclass(slots=True)
class Measured:
    """One act and how long it took each time, in milliseconds."""

    name: str
    goal_ms: float = GOAL_MS
    ms: list[float] = field(default_factory=list)
    busy_ms: list[float] = field(default_factory=list)
    floor_ms: list[float] = field(default_factory=list)

    def row(self) -> tuple[object, ...]:
        """The median beside the goal and the floor, and the slowest."""
        median, floor = statistics.median(self.ms), statistics.median(self.floor_ms)
        return (
            self.name,
            *at_most(median, self.goal_ms, "ms"),
            f"{statistics.median(self.busy_ms):.0f} ms",
            f"{max(self.ms):.0f} ms",
            f"{median / floor:.1f} ×",
        )


class Hand:
    """Presses keys in one program, and now and then in the smallest one."""

    def __init__(self, terminal: Terminal, floor: Terminal) -> None:
        self.terminal, self.floor = terminal, floor
        self.keys = 0

    def press(self, keys: str, words: str) -> float:
        """Press keys and return the milliseconds until the words, or all, were painted."""
        return _answered(self.terminal, keys, words) if words else _stilled(self.terminal, keys)

    def do(self, act: Measured, keys: str, words: str) -> None:
        """Measure one act, and then the floor."""
        program = self.terminal.process.pid
        before_s = processor_s(program)
        act.ms.append(self.press(keys, words))
        act.busy_ms.append((processor_s(program) - before_s) * 1000)
        self.keys += 1
        act.floor_ms.append(_answered(self.floor, "a", f"{self.keys}."))

    def calm(self, keys: str = "") -> None:
        """Press keys that are not measured, and wait until nothing is painted any more."""
        if keys:
            self.terminal.press(keys)
        painted = True
        while painted:
            self.terminal.output = b""
            self.terminal.read_for(QUIET_S)
            painted = bool(self.terminal.output)


def _answered(terminal: Terminal, keys: str, words: str) -> float:
    terminal.forget()
    begun_s = time.perf_counter()
    terminal.press(keys)
    terminal.wait_for(words)
    return (time.perf_counter() - begun_s) * 1000


def _stilled(terminal: Terminal, keys: str) -> float:
    """Milliseconds from the keys to the last that was painted because of them."""
    terminal.forget()
    begun_s = last_s = time.perf_counter()
    terminal.press(keys)
    painted = 0
    while time.perf_counter() < last_s + QUIET_S:
        terminal.read_for(0.005)
        if len(terminal.output) > painted:
            painted, last_s = len(terminal.output), time.perf_counter()
    return (last_s - begun_s) * 1000


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    size, times = (QUICK_SIZE, QUICK_TIMES) if quick else (SIZE, TIMES)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            fill_demo(store, size=size, seed=0, now=utc_now())
        acts = [*_at_the_desk(home, times), *_organizing(home, times), *_choosing(home, times)]
    print_table(
        f"A hand at the keyboard, key to painted answer, median of {times}, {size:,} tickets",
        ("what", "figure", "goal", "", "computed", "slowest", "of the floor"),
        [act.row() for act in acts],
    )


def _at_the_desk(home: Path, times: int) -> Iterator[Measured]:
    """What staff do all day."""
    with Store(home) as store:
        door = list_check_in_lists(store, SYSTEM)[0]
        tokens = some_tokens(store, SYSTEM, door.event_id, limit=times)
        unpaid = _unpaid(store)
        guests = _guests(store, times)
    scan, undo = Measured("a scan, to its answer"), Measured("undo of it")
    search = Measured("a name typed at the desk, to the result (120 ms a pause)", 250)
    walk_in, pay = Measured("the walk-in opens", FORM_GOAL_MS), Measured("a payment opens")
    with ExitStack() as opened:
        hand = _open(opened, home, ["desk", "--list", "Main"], "Scan, or type")
        for token, guest in zip(tokens, guests, strict=True):
            hand.calm()
            hand.do(scan, f"{token}\r", "F3 undoes")
            hand.calm()
            hand.do(undo, F3, "Enter lets in")
            hand.calm()
            hand.do(search, guest.email, guest.name)
            hand.calm(ESC)
            hand.do(walk_in, F2, "E-mail")
            hand.calm(ESC)
            hand.calm(unpaid)
            hand.do(pay, CTRL_T, "Take the payment")
            hand.calm(ESC)
            hand.calm(ESC)
    yield from (scan, search, undo, walk_in, pay)


def _organizing(home: Path, times: int) -> Iterator[Measured]:
    """What organizers do: a part, a form, a row, the palette."""
    part, form = (
        Measured("a part opens, with all it reads", 250),
        Measured("a form opens", FORM_GOAL_MS),
    )
    row, palette = (
        Measured("the next of all attendees is marked", 50),
        Measured("the palette opens"),
    )
    with Store(home) as store:
        names = [each.name[:UNCUT] for each in _guests(store, times + 1)]
    with ExitStack() as opened:
        hand = _open(opened, home, ["organize", "overview"], "Attendees", module="bench.hand")
        for _part in range(PARTS):
            hand.calm()
            hand.do(part, PAGE_DOWN, "")
    with ExitStack() as opened:
        hand = _open(opened, home, ["organize", "attendees"], names[0], module="bench.hand")
        for name in names[1:]:
            hand.calm()
            hand.do(row, DOWN, f"▸ {name}")
    with ExitStack() as opened:
        hand = _open(opened, home, ["organize", "tickets"], "Student", module="bench.hand")
        for _time in range(times):
            hand.calm()
            hand.do(form, "n", "Ctrl+S")
            hand.calm(ESC)
            hand.do(palette, CTRL_P, "A person, booking")
            hand.calm(ESC)
    yield from (part, form, row, palette)


def _choosing(home: Path, times: int) -> Iterator[Measured]:
    """From the choice of a place to the desk."""
    desk = Measured("from the choice of a place to the desk", 250)
    with ExitStack() as opened:
        hand = _open(opened, home, ["choose"], "Main entrance", module="bench.hand")
        for _time in range(times):
            hand.calm()
            hand.do(desk, "\r", "Scan, or type")
            hand.calm(ESC)
    yield desk


def _open(
    opened: ExitStack,
    home: Path,
    arguments: Sequence[str],
    words: str,
    *,
    module: str = "eventdesk",
) -> Hand:
    """Open a program and the smallest one beside it, and wait for its first words."""
    terminal = opened.enter_context(Terminal(home, arguments, module=module))
    floor = opened.enter_context(Terminal(home, [], module="bench.hello"))
    terminal.wait_for(words)
    floor.wait_for("Hello there")
    terminal.read_for(SETTLED_S)
    return Hand(terminal, floor)


def _guests(store: Store, count: int) -> list[AttendeeLine]:
    """The first guests of the list of attendees."""
    event = all_events(store, SYSTEM)[0]
    return list(list_attendees(store, SYSTEM, event.id, limit=count)[0])


def _unpaid(store: Store) -> str:
    """The code of a ticket that is not paid."""
    event = all_events(store, SYSTEM)[0]
    lines, _total = list_attendees(store, SYSTEM, event.id, limit=QUICK_SIZE)
    return next(line.code for line in lines if line.state == "pending")


def run(home: Path, what: str, part: str) -> None:
    """Run the program in this terminal, on the screen that is measured."""
    from textual.pilot import Pilot

    from eventdesk.core.settings import Settings
    from eventdesk.desk import Desk
    from screens.accounts.home_screen import HomeScreen
    from screens.accounts.sign_in_screen import SignInScreen
    from screens.app import EventDeskApp
    from screens.organizer.event_screen import EventScreen

    with Store(home) as store:
        admin = sign_in(store, SYSTEM.at(utc_now()), ADMIN[0], PASSWORD)
        event = all_events(store, SYSTEM)[0]
        desk = Desk(store)
        app = EventDeskApp(desk, Settings(home, sounds=False))

        async def begin(_pilot: Pilot[object]) -> None:
            while not isinstance(app.screen, SignInScreen):
                await asyncio.sleep(0.05)
            if what == "choose":
                app.run_worker(app._work_at_the_door(admin))
            elif what == "home":
                await app.push_screen(HomeScreen(app.tools, admin))
            else:
                screen = EventScreen(app.tools, at_event(store, admin, event.id), event)
                await app.push_screen(screen)
                screen.open_part(part, enter=part != "overview")
            await asyncio.Event().wait()  # until the terminal is closed

        app.run(auto_pilot=begin)
        desk.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--home"]:
        _, _, home_name, screen_name, *part_name = sys.argv
        run(Path(home_name), screen_name, *(part_name or [""]))
    else:
        main()
