"""The statistics wall: what it shows, live, to whom, and what its keys do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import update
from textual.pilot import Pilot

from data.schema import CheckInListRow
from eventdesk.acts import SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.door import Direction, EntryPolicy, check_in, undo
from eventdesk.figures import Choice
from eventdesk.figures.statistics import memory
from eventdesk.figures.statistics.timings import note_verdicts
from screens.accounts.home_screen import HomeScreen
from screens.accounts.sign_in_screen import SignInScreen
from screens.door.planner_screen import PlannerScreen
from screens.modals.export_dialog import SaveDialog
from screens.wall.wall_app import WallApp
from screens.wall.wall_door import WallDoor
from screens.wall.wall_screen import WallChoice, WallScreen
from screens.widgets.block_letters import BlockLetters
from tests.build import NOON, STAFF, SUPERVISOR
from tests.events.organizing import person
from tests.screens.snapshots_of import looks_as_kept
from tests.screens.stage import Stage, page, reads, shown, text_of, until

pytestmark = pytest.mark.long

COHOST = Actor(
    ActorKind.ACCOUNT, None, "Cora Cohost", Role.COHOST, granted=frozenset({Permission.MONEY})
)


@asynccontextmanager
async def wall(
    stage: Stage,
    actor: Actor = SUPERVISOR,
    size: tuple[int, int] = (80, 24),
    cycle_s: float = 0,
    theme: str = "dark",
    **given: Any,
) -> AsyncIterator[tuple[Pilot[None], WallScreen]]:
    """Open the wall of the fair."""
    app = stage.app(theme=theme)
    async with app.run_test(size=size, notifications=True) as pilot:
        await shown(pilot, SignInScreen)
        screen = WallScreen(app.tools, actor, stage.fair.event, cycle_s=cycle_s, **given)
        app.push_screen(screen)
        await shown(pilot, WallScreen)
        await until(pilot, lambda: screen.standing is not None and screen._read_once)
        await until(pilot, lambda: not screen.workers or not list(_busy(screen)))
        yield pilot, screen


def _busy(screen: WallScreen) -> Any:
    return (each for each in screen.workers if each.group == "reports" and not each.is_finished)


def busy_fair(stage: Stage) -> list[Any]:
    """Let some guests in, by a gate and without, one twice, one who is unknown."""
    fair = stage.fair
    with fair.store.write() as connection:
        connection.execute(update(CheckInListRow).values(opens_at=NOON - timedelta(minutes=30)))
    booked = fair.sell_all([f"Guest {number}" for number in range(40)])
    vip = fair.sell_all(["Vera", "Victor"], ticket_type_id=fair.vip)
    passed = []
    for number in range(30):
        at = NOON - timedelta(minutes=25 - number * 24 // 30)
        gate = fair.gate.id if number % 3 else None
        text = fair.token(vip if number == 7 else booked, 0 if number == 7 else number)
        scan = fair.scan(text, gate_id=gate, seen_at=at)
        passed.append(check_in(fair.store, STAFF.at(at), scan).scan_id)
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, 0)))
    check_in(fair.store, STAFF.at(NOON), fair.scan("nothing of ours"))
    note_verdicts(fair.store, SYSTEM, [(scan, 40 + 5 * place) for place, scan in enumerate(passed)])
    return passed


@pytest.mark.parametrize(
    ("theme", "size"), [("dark", (80, 24)), ("light", (160, 48)), ("contrast", (160, 48))]
)
async def test_looks_as_kept_while_guests_come(
    stage: Stage, theme: str, size: tuple[int, int]
) -> None:
    busy_fair(stage)
    async with wall(stage, size=size, theme=theme) as (pilot, screen):
        await until(pilot, lambda: screen._ahead is not None)
        await looks_as_kept(pilot, f"wall-{theme}")


async def test_before_doors_it_says_who_is_expected_and_when_doors_open(stage: Stage) -> None:
    with stage.fair.store.write() as connection:
        connection.execute(update(CheckInListRow).values(opens_at=NOON + timedelta(hours=1)))
    stage.fair.sell_all(["Ada", "Grace"])
    async with wall(stage) as (pilot, _screen):
        await reads(pilot, "Nobody was scanned yet. 2 are expected. Doors open at 13:00.")
        await looks_as_kept(pilot, "wall-empty-dark")


async def test_is_live_after_a_scan_an_undo_an_exit_and_the_end_of_the_day(stage: Stage) -> None:
    fair = stage.fair
    listed = fair.list("Door", entry_policy=EntryPolicy.AFTER_EXIT)
    token = fair.token(fair.sell())
    async with wall(stage) as (pilot, screen):

        def total() -> tuple[int, int]:
            assert screen.standing is not None
            return screen.standing.total.came, screen.standing.total.inside

        def pass_through(way: Direction) -> Any:
            scan = fair.scan(token, list_id=listed.id, direction=way)
            return check_in(fair.store, SUPERVISOR.at(NOON), scan).scan_id

        first = pass_through(Direction.ENTRY)
        await until(pilot, lambda: total() == (1, 1))
        undo(fair.store, SUPERVISOR.at(NOON), first)
        await until(pilot, lambda: total() == (0, 0))
        pass_through(Direction.ENTRY)
        await until(pilot, lambda: total() == (1, 1))
        pass_through(Direction.EXIT)
        await until(pilot, lambda: total() == (1, 0))
        pass_through(Direction.ENTRY)
        await until(pilot, lambda: total() == (1, 1))
        with fair.store.write() as connection:
            connection.execute(update(CheckInListRow).values(auto_exit="12:01"))
        stage.clock[0] = NOON + timedelta(minutes=2)
        await pilot.press("f5")
        await until(pilot, lambda: total() == (1, 0))


async def test_turns_through_all_panels_and_names_no_guest(stage: Stage) -> None:
    busy_fair(stage)
    seen = []
    async with wall(stage) as (pilot, screen):
        for _ in screen.panels:
            seen.append(screen.shown(screen.panels)[0].key)
            assert "Guest" not in page(pilot)
            assert "Vera" not in page(pilot)
            await pilot.press("right")
        assert screen.key == "arrivals"
        await pilot.press("left")
        assert screen.key == "sales"
        await reads(pilot, "Sales by ticket type")
    assert seen == [
        "arrivals", "gates", "types", "lists", "refused", "times", "lanes", "operators",
        "sessions", "sales",
    ]  # fmt: skip


async def test_panels_come_round_until_somebody_turns_or_stops_them(stage: Stage) -> None:
    async with wall(stage, cycle_s=0.05) as (pilot, screen):
        await until(pilot, lambda: screen.key != "arrivals")
        await pilot.press("space")
        kept = screen.key
        await reads(pilot, "‖ stays")
        await pilot.press("right", "left")
        assert screen.key == kept
        await pilot.press("space")
        await until(pilot, lambda: screen.key != kept)


async def test_operators_do_not_come_round(stage: Stage) -> None:
    async with wall(stage) as (_pilot, screen):
        assert [each.key for each in screen.panels if not each.public] == ["operators"]


async def test_staff_sees_the_door_and_no_money(stage: Stage) -> None:
    async with wall(stage, STAFF) as (_pilot, screen):
        keys = [panel.key for panel in screen.panels]
        assert "arrivals" in keys
        assert not {"sales", "sessions"} & set(keys)


async def test_who_keeps_the_money_sees_sales(stage: Stage) -> None:
    async with wall(stage, COHOST) as (_pilot, screen):
        assert screen.panels[-1].key == "sales"


async def test_changes_between_three_hours_and_the_day(stage: Stage) -> None:
    busy_fair(stage)
    early = NOON - timedelta(hours=5)
    token = stage.fair.token(stage.fair.sell("Early"))
    check_in(stage.fair.store, SUPERVISOR.at(early), stage.fair.scan(token, force_reason="x"))
    async with wall(stage, size=(110, 30)) as (pilot, _screen):
        assert "07:00" not in page(pilot)
        await pilot.press("t")
        await reads(pilot, "The whole day")
        await reads(pilot, "07:")


async def test_shows_only_the_lists_and_the_gate_that_are_chosen(stage: Stage) -> None:
    busy_fair(stage)
    async with wall(stage) as (pilot, screen):
        await pilot.press("l")
        dialog = await shown(pilot, WallChoice)
        dialog.dismiss(Choice(gate_id=stage.fair.gate.id))
        await reads(pilot, "Gate A")
        await until(pilot, lambda: screen.standing and screen.standing.total.came == 20)
        await until(pilot, lambda: "▄▄▄" in page(pilot))
        assert screen.standing is not None
        assert screen.standing.total.expected is None


async def test_a_list_that_is_removed_meanwhile_is_no_longer_looked_at(stage: Stage) -> None:
    gone = Choice(frozenset({stage.fair.gate.id}))  # an id of no list
    async with wall(stage, choice=gone) as (_pilot, screen):
        assert screen.choice == Choice()


async def test_saves_the_panel_on_show(stage: Stage) -> None:
    busy_fair(stage)
    async with wall(stage) as (pilot, _screen):
        await pilot.press("right", "s")
        dialog = await shown(pilot, SaveDialog)
        assert "Save: Gates" in page(pilot)
        saved = await dialog.save_as("svg", Path("gates.svg"), False, lambda done: None)
        assert ElementTree.fromstring(saved.read_text(encoding="utf-8")).tag.endswith("svg")
        await pilot.press("ctrl+s")
        await shown(pilot, WallScreen)
        await until(pilot, lambda: list((stage.home / "exports").glob("*Gates*.svg")))


async def test_leads_to_the_planner(stage: Stage) -> None:
    async with wall(stage) as (pilot, _screen):
        await pilot.press("p")
        await shown(pilot, PlannerScreen)


async def test_a_long_reading_can_be_stopped_and_gone_on_with(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_fair(stage)
    monkeypatch.setattr(memory, "STEP", 2)
    app = stage.app()
    async with app.run_test() as pilot:
        await shown(pilot, SignInScreen)
        screen = WallScreen(app.tools, SUPERVISOR, stage.fair.event, cycle_s=0)
        screen._stop.set()
        screen._reading = True
        app.push_screen(screen)
        await shown(pilot, WallScreen)
        assert screen.standing is None
        await pilot.press("f5")
        await until(pilot, lambda: screen.standing is not None)
        assert screen.standing is not None
        assert screen.standing.total.came == 30


async def test_fits_every_size(stage: Stage) -> None:
    busy_fair(stage)
    async with wall(stage) as (pilot, screen):
        for size in ((40, 12), (100, 30), (160, 48), (220, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: screen.size.width == size[0])  # type: ignore[misc]
            for _ in screen.panels:
                await pilot.press("right")
            assert "Traceback" not in page(pilot)
        await pilot.press("w")
        await until(pilot, lambda: screen.has_class("-bare"))


async def test_is_reached_from_home(stage: Stage) -> None:
    admin = person(stage.fair.store, "Ada Admin", is_admin=True)
    async with stage.app(actor=admin).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        await reads(pilot, "Statistics wall")
        home.menu.highlighted = home.menu.get_option_index("wall")
        await pilot.press("enter")
        await shown(pilot, WallScreen)
        await pilot.press("escape")
        await shown(pilot, HomeScreen)


async def test_without_an_event_it_says_what_to_do(stage: Stage) -> None:
    nobody = person(stage.fair.store, "Nora Nobody")
    app = stage.app()
    async with app.run_test() as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(WallDoor(app.tools, nobody))
        await reads(pilot, "No event to show yet.")


async def test_the_program_as_a_wall_ends_with_it(stage: Stage) -> None:
    app = WallApp(
        stage.desk, stage.app().settings, stage.fair.event, choice=Choice(), cycle_s=15, bare=True
    )
    async with app.run_test() as pilot:
        screen = await shown(pilot, WallScreen)
        await until(pilot, lambda: "All entrances" in text_of(screen, "#wall-foot"))
        assert screen.has_class("-bare")
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_running or app._exit)


async def test_the_names_of_panels_are_large_where_there_is_room(stage: Stage) -> None:
    async with wall(stage) as (pilot, screen):
        await reads(pilot, "People let in")
        name = screen.query_one("#wall-first BlockLetters", BlockLetters)
        assert not name.display
        await pilot.resize_terminal(160, 48)
        await until(pilot, lambda: name.display and name.has_class("-drawn"))
        assert name.text == "Arrivals"
        await pilot.press("right", "right")
        await until(pilot, lambda: name.text == "Ticket types")
        await until(pilot, lambda: "Ticket types" not in page(pilot).replace("[Ticket types]", ""))
