"""A list of a hundred thousand in a terminal: from a key press to the painted result.

    python -m bench.lists [--quick]

The attendees of an event stand in a table of the running program, which reads them page by page
from the store. The clock runs from the key event until Textual has painted the screen on which
the marked line, or the answer to the search, is to be seen.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.table import at_most, print_table
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import list_attendees
from eventdesk.core.clock import utc_now
from eventdesk.events import all_events
from eventdesk.exercises.demo.fill import fill_demo
from tests.terminal import Terminal

SIZE = 100_000
GOAL_MS = 50.0
KINDS = {
    "down": "cursor down",
    "pagedown": "page down",
    "end": "to the end and back",
    "letter": "a letter in the search",
}
TIMES = {"down": 200, "pagedown": 200, "end": 40, "letter": 60}
"""How often each is done; letters count names, each typed letter by letter."""


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    size = SIZE // 10 if quick else SIZE
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store.create(home) as store:
            fill_demo(store, size=size, seed=0, now=utc_now())
        report = home / "report.json"
        share = "0.2" if quick else "1"
        with Terminal(home, [share, str(report)], columns=160, rows=48, module="bench.lists") as at:
            while not at.ended:
                at.read_for(0.1)
        measured: dict[str, list[float]] = json.loads(report.read_text())
    rows: list[tuple[object, ...]] = []
    for kind, name in KINDS.items():
        times = sorted(measured[kind])
        p95 = at_most(times[int(len(times) * 0.95)], GOAL_MS, "ms")
        rows.append((f"{name}, {len(times)} keys, p95", *p95))
        rows.append((f"{name}, median", f"{times[len(times) // 2]:.1f} ms", "", ""))
    print_table(f"A list of {size:,}, key to painted result", ("what", "figure", "goal", ""), rows)


def run_table(home: Path, share: float, report: Path) -> None:
    """Run the table in this terminal, press its keys, and write down how long each took."""
    from textual.app import ComposeResult
    from textual.events import Key
    from textual.pilot import Pilot

    from eventdesk.core.settings import Settings
    from eventdesk.desk import Desk
    from screens.accounts.sign_in_screen import SignInScreen
    from screens.app import EventDeskApp
    from screens.core.memory import SETTLED_S
    from screens.core.role_screen import RoleScreen
    from screens.widgets.paged_lines import Column, Line, Window
    from screens.widgets.paged_table import PagedTable

    class Attendees(RoleScreen[None]):
        """The attendees of the one event."""

        ROLE = "Bench"
        THINGS = ("store",)

        def compose_body(self) -> ComposeResult:
            yield PagedTable(
                self._read,
                Column("Name"),
                Column("E-mail", 34),
                Column("Ticket", 20),
                Column("Code", 12),
                Column("State", 12),
                empty="",
            )

        async def _read(self, text: str, offset: int, limit: int) -> Window:
            lines, total = await self.tools.desk.read(
                list_attendees, SYSTEM, event.id, search=text, offset=offset, limit=limit
            )
            return Window(
                tuple(
                    Line(
                        each.ticket_id,
                        (each.name, each.email, each.ticket_type, each.code, each.state),
                        "good" if each.state == "paid" else "warning",
                    )
                    for each in lines
                ),
                total,
            )

    with Store(home) as store:
        event = all_events(store, SYSTEM)[0]
        names = _names(store, max(1, int(TIMES["letter"] * share)))
        desk = Desk(store)
        app = EventDeskApp(desk, Settings(home, sounds=False))
        measured: dict[str, list[float]] = {kind: [] for kind in KINDS}

        async def press(kind: str, key: str, holds: Callable[[], bool]) -> None:
            painted = asyncio.Event()
            begun = time.perf_counter()
            app.post_message(Key(key, key if len(key) == 1 else None))
            while not holds():
                await asyncio.sleep(0.0005)
            app.screen.call_after_refresh(painted.set)
            await painted.wait()
            if kind:
                measured[kind].append((time.perf_counter() - begun) * 1000)

        async def work(_pilot: Pilot[object]) -> None:
            while not isinstance(app.screen, SignInScreen):
                await asyncio.sleep(0.05)
            await app.push_screen(Attendees(app.tools))
            table = app.screen.query_one(PagedTable)
            table.focus()
            while table.marked is None or not table.lines.has_focus:
                await asyncio.sleep(0.05)
            app.collector.begin()
            await asyncio.sleep(SETTLED_S + 0.5)
            total = table.pages.total

            def is_at(place: int) -> Callable[[], bool]:
                return lambda: table.lines.cursor == place and table.marked is not None

            for place in range(1, int(TIMES["down"] * share) + 1):
                await press("down", "down", is_at(place))
            for _ in range(int(TIMES["pagedown"] * share)):
                place = min(total - 1, table.lines.cursor + table.lines.room.height - 1)
                await press("pagedown", "pagedown", is_at(place))
            for _ in range(int(TIMES["end"] * share)):
                await press("end", "end", is_at(total - 1))
                await press("end", "home", is_at(0))
            await press("", "slash", lambda: table.search_line.has_focus)
            for name in names:
                for end in range(1, len(name) + 1):
                    wanted = name[:end].strip()
                    await press("letter", name[end - 1], lambda: table.pages.answered == wanted)  # noqa: B023
                await press("", "escape", lambda: table.pages.answered == "")
            app.exit()

        app.run(auto_pilot=work)
        desk.close()
    report.write_text(json.dumps(measured))


def _names(store: Store, count: int) -> list[str]:
    """Names of guests, by chance, as somebody types them."""
    event = all_events(store, SYSTEM)[0]
    chance = random.Random(1)
    found = []
    for _ in range(count):
        offset = chance.randrange(event.tickets)
        lines, _total = list_attendees(store, SYSTEM, event.id, offset=offset, limit=1)
        found.append(lines[0].name)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--home"]:
        _, _, home_name, share_text, report_name = sys.argv
        run_table(Path(home_name), float(share_text), Path(report_name))
    else:
        main()
