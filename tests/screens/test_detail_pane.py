"""The detail beside a list: it follows the marked row of whatever list is on show."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from data.store import Store
from eventdesk.accounts import at_event, sign_in
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.events import all_events
from eventdesk.exercises.demo.fill import ADMIN, GUEST_PIN, PASSWORD, fill_demo
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.admin_screen import AdminScreen
from screens.app import EventDeskApp
from screens.attendee.attendee_screen import AttendeeScreen
from screens.core.parts_screen import PartsScreen
from screens.organizer.event_screen import EventScreen
from screens.widgets.detail import Block, painted
from screens.widgets.detail_pane import DetailPane, ListAndDetail
from screens.widgets.paged_table import Column, Line, PagedTable
from tests.screens.bare import BareApp, FakeList
from tests.screens.stage import shown, until
from tests.screens.test_hostile_text import is_harmless

pytestmark = pytest.mark.long

WIDE = (160, 48)


def title(app: App[None]) -> str:
    return str(app.screen.query_one(".detail-title", Static).content)


def facts(app: App[None]) -> str:
    return str(app.screen.query_one(".detail-facts", Static).content)


def is_beside(app: App[None]) -> bool:
    return app.screen.query_one(DetailPane).region.width > 0


def shows(app: App[None], table: PagedTable) -> bool:
    return is_beside(app) and app.screen.query_one(DetailPane).table is table


class Reader:
    """Reads what stands behind a row, and notes for which."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says = "vegetarian"
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def __call__(self, line: Line) -> Sequence[Block]:
        self.asked.append(line.cells[0])
        await self.goes_on.wait()
        if self.says == "gone":
            raise NotFoundError(msg("It is gone."))
        return [Block([("Meal", self.says), ("Allergy", "")], "At the table")]


@asynccontextmanager
async def list_of(
    total: int, reader: Reader, size: tuple[int, int] = WIDE
) -> AsyncIterator[tuple[Pilot[None], PagedTable]]:
    columns = (Column("Name"), Column("Price", 8, right=True), Column("Note", 10, least=200))
    table = PagedTable(FakeList(total), *columns, empty="Nobody yet.", detail=reader)
    async with BareApp(lambda: [ListAndDetail(table)]).run_test(size=size) as pilot:
        table.focus()
        await until(pilot, lambda: table.pages.answered is not None)
        yield pilot, table


async def test_the_marked_row_is_shown_in_full_and_what_stands_behind_it() -> None:
    async with list_of(5, Reader()) as (pilot, _table):
        await until(pilot, lambda: "vegetarian" in facts(pilot.app))
        assert title(pilot.app) == "Guest 1"
        assert facts(pilot.app).split() == [
            "Price",
            "1.50",
            "At",
            "the",
            "table",
            "Meal",
            "vegetarian",
        ]


async def test_it_follows_the_cursor_and_reads_no_row_that_is_only_passed() -> None:
    reader = Reader()
    async with list_of(50, reader) as (pilot, table):
        await until(pilot, lambda: reader.asked == ["Guest 1"])
        for _step in range(6):
            table.lines.action_step(1)
        await pilot.pause()
        assert title(pilot.app) == "Guest 7"
        await until(pilot, lambda: reader.asked[-1] == "Guest 7")
        assert reader.asked == ["Guest 1", "Guest 7"]


async def test_what_was_read_of_another_row_is_not_left_on_show() -> None:
    reader = Reader()
    async with list_of(5, reader) as (pilot, _table):
        await until(pilot, lambda: "vegetarian" in facts(pilot.app))
        reader.goes_on.clear()
        pilot.app.screen.query_one(PagedTable).lines.move_to(1)
        await until(pilot, lambda: title(pilot.app) == "Guest 2")
        assert "vegetarian" not in facts(pilot.app)
        reader.goes_on.set()
        await until(pilot, lambda: "vegetarian" in facts(pilot.app))


async def test_a_row_is_read_again_with_its_list() -> None:
    reader = Reader()
    async with list_of(5, reader) as (pilot, table):
        await until(pilot, lambda: "vegetarian" in facts(pilot.app))
        reader.says = "vegan"
        await table.re_read()
        await until(pilot, lambda: "vegan" in facts(pilot.app))


async def test_a_row_that_cannot_be_read_says_why_in_its_place() -> None:
    reader = Reader()
    reader.says = "gone"
    async with list_of(5, reader) as (pilot, _table):
        await until(pilot, lambda: "✗ It is gone." in facts(pilot.app))
        assert title(pilot.app) == "Guest 1"


async def test_an_empty_list_says_what_stands_beside_it() -> None:
    async with list_of(0, Reader()) as (pilot, _table):
        await until(pilot, lambda: "shown here in full" in title(pilot.app))
        assert facts(pilot.app) == ""


@pytest.mark.parametrize(("columns", "beside"), [(80, False), (119, False), (120, True)])
async def test_there_is_a_detail_from_120_columns_on(columns: int, beside: bool) -> None:
    reader = Reader()
    async with list_of(5, reader, (columns, 35)) as (pilot, table):
        await until(pilot, lambda: is_beside(pilot.app) == beside)
        assert bool(reader.asked) == beside or beside
        assert (table.size.width == columns) != beside


async def test_a_wider_window_brings_the_detail_and_a_narrower_one_takes_it() -> None:
    async with list_of(5, Reader(), (80, 24)) as (pilot, _table):
        await pilot.resize_terminal(140, 40)
        await until(pilot, lambda: is_beside(pilot.app) and title(pilot.app) == "Guest 1")
        await pilot.resize_terminal(100, 40)
        await until(pilot, lambda: not is_beside(pilot.app))


async def test_a_long_detail_can_be_scrolled_from_the_list() -> None:
    reader = Reader()
    reader.says = "\n".join(f"line {no}" for no in range(90))
    async with list_of(5, reader) as (pilot, _table):
        pane = pilot.app.screen.query_one(DetailPane)
        keys = pane.query_one(".detail-keys", Static)
        await until(pilot, lambda: "Ctrl+D more of it" in str(keys.content))
        await pilot.press("ctrl+d")
        await until(pilot, lambda: pane.children[0].scroll_offset.y == 8)


def test_values_wrap_under_themselves_and_empty_ones_are_left_out() -> None:
    blocks = [Block([("Name", "Ada"), ("Note", "one two three four"), ("Seat", "–")])]
    assert painted(blocks, 18).plain.split("\n") == [
        "Name  Ada",
        "Note  one two",
        "      three four",
    ]


def test_what_people_typed_is_text_and_nothing_else() -> None:
    blocks = [Block([("Note", "[b]x[/b]\x1b[31m\u202e")])]
    assert painted(blocks, 40).plain.startswith("Note  [b]x[/b]")
    assert is_harmless(painted(blocks, 40).plain)


# All lists of the program

WITHOUT_LIST = {"overview", "seats", "reports", "figures"}


@dataclass(frozen=True)
class Fairground:
    """A home with a demo event, and the guest who signs in there."""

    home: Path
    guest: str

    def screen(self, app: EventDeskApp, store: Store, kind: str) -> PartsScreen:
        """Make one of the screens with lists."""
        as_guest = (self.guest, GUEST_PIN) if kind == "attendee" else (ADMIN[0], PASSWORD)
        actor = sign_in(store, SYSTEM.at(utc_now()), *as_guest)
        if kind == "attendee":
            return AttendeeScreen(app.tools, actor)
        if kind == "admin":
            return AdminScreen(app.tools, actor)
        [event] = all_events(store, SYSTEM)
        return EventScreen(app.tools, at_event(store, actor, event.id), event)


@pytest.fixture(scope="module")
def fairground(tmp_path_factory: pytest.TempPathFactory) -> Fairground:
    home = tmp_path_factory.mktemp("demo")
    with Store.create(home) as store:
        made = fill_demo(store, size=8, seed=1, now=utc_now())
    return Fairground(home, made.guest_email)


@asynccontextmanager
async def opened(
    fairground: Fairground, kind: str, size: tuple[int, int]
) -> AsyncIterator[tuple[Pilot[None], PartsScreen]]:
    with Store(fairground.home) as store:
        desk = Desk(store)
        app = EventDeskApp(desk, Settings(fairground.home, sounds=False))
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await shown(pilot, SignInScreen)
            screen = fairground.screen(app, store, kind)
            app.push_screen(screen)
            await until(pilot, lambda: app.screen is screen)
            yield pilot, screen
        desk.close()


async def lists_of(pilot: Pilot[None], screen: PartsScreen) -> AsyncIterator[PagedTable]:
    """Open one part after the other, and give each list on show the keyboard."""
    for spec in screen.specs:
        screen.open_part(spec.id, enter=True)
        tab_id = f"tab-{spec.id}"
        await until(pilot, lambda tab_id=tab_id: screen.tab and screen.tab.id == tab_id)  # type: ignore[misc]
        await until(pilot, lambda tab_id=tab_id: screen.switcher.current == tab_id)  # type: ignore[misc]
        assert screen.tab is not None
        tables = [table for table in screen.tab.query(PagedTable) if table.is_on_screen]
        assert bool(tables) != (spec.id in WITHOUT_LIST), spec.id
        for table in tables:
            await until(pilot, lambda table=table: table.pages.answered is not None)  # type: ignore[misc]
            table.focus()
            yield table


@pytest.mark.parametrize("kind", ["event", "admin", "attendee"])
async def test_every_list_has_its_detail_beside_it_and_it_follows_the_cursor(
    fairground: Fairground, kind: str
) -> None:
    followed = 0
    async with opened(fairground, kind, WIDE) as (pilot, screen):
        async for table in lists_of(pilot, screen):
            await until(pilot, lambda table=table: shows(pilot.app, table))  # type: ignore[misc]
            for key in ("home", "down"):
                await pilot.press(key)
                line = table.marked
                if line is None:
                    assert "shown here in full" in title(pilot.app)
                else:
                    name = plain(line.cells[table.headline]).strip()
                    await until(pilot, lambda name=name: title(pilot.app) == (name or "–"))  # type: ignore[misc]
                    followed += 1
    assert followed


@pytest.mark.parametrize("kind", ["event", "admin", "attendee"])
async def test_a_list_has_the_whole_width_of_a_small_screen(
    fairground: Fairground, kind: str
) -> None:
    async with opened(fairground, kind, (80, 24)) as (pilot, screen):
        async for table in lists_of(pilot, screen):
            assert not is_beside(pilot.app)
            assert table.size.width == 65
