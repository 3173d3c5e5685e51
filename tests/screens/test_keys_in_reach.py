"""Keys never lie: what a part names works at once, with the keyboard on the list of parts."""

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets._footer import FooterKey

from data.store import Store
from eventdesk.desk import Desk
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.admin_screen import AdminScreen
from screens.attendee.attendee_screen import AttendeeScreen
from screens.core.parts_screen import PartsScreen
from screens.modals.form_dialog import FormDialog
from screens.organizer.event_screen import EventScreen
from screens.organizer.seats_tab import SeatsTab
from screens.widgets.paged_table import PagedTable, SearchLine
from tests.events.organizing import make_house
from tests.people import make_admin, make_guest
from tests.screens.organizing import Office
from tests.screens.stage import Stage, page, reads, shown, until

pytestmark = pytest.mark.long

NAMED = re.compile(r"(?:\b[Pp]ress|, or|, then) ([A-Z]|F\d+)\b(?!\w)")
"""A key that a sentence tells people to press."""

ELSEWHERE = "open one and press P"
"""Names the key of another screen, and says so."""


@pytest.fixture
def office(store: Store, desk: Desk, tmp_path: Path) -> Office:
    return Office(make_house(store), desk, tmp_path / "home")


async def opened(pilot: Pilot[None], screen: PartsScreen, part: str) -> None:
    """Open a part and wait until it was read, with the keyboard on the list."""
    screen.open_part(part)
    screen.parts.focus()
    await until(pilot, lambda: screen.tab is not None and screen.tab.id == f"tab-{part}")
    await until(pilot, lambda: screen.tab is not None and screen.switcher.current == screen.tab.id)
    assert screen.tab is not None
    tables = screen.tab.query(PagedTable)
    await until(
        pilot, lambda: not tables or any(each.pages.answered is not None for each in tables)
    )
    await until(pilot, lambda: screen.parts.has_focus)


def sentences(pilot: Pilot[None], screen: PartsScreen) -> str:
    """What the part says, each sentence in one line."""
    assert screen.tab is not None
    left, width = screen.tab.region.x, screen.tab.region.width
    lines = page(pilot).splitlines()[:-1]
    return " ".join(" ".join(line[left : left + width] for line in lines).split())


async def press_all_named(pilot: Pilot[None], screen: PartsScreen) -> dict[str, list[str]]:
    """Press each key that some part names; return those that did nothing, by part."""
    dead: dict[str, list[str]] = {}
    pressed = 0
    for spec in screen.specs:
        await opened(pilot, screen, spec.id)
        said = sentences(pilot, screen).replace(ELSEWHERE, "")
        for key in NAMED.findall(said):
            await opened(pilot, screen, spec.id)
            await pilot.press(key.lower())
            pressed += 1
            if pilot.app.screen is screen and screen.parts.has_focus:
                dead.setdefault(spec.id, []).append(key)
            while pilot.app.screen is not screen:
                pilot.app.pop_screen()
                await pilot.pause()
    assert pressed
    return dead


async def test_every_key_that_an_empty_part_of_an_event_names_works(office: Office) -> None:
    async with office.part("overview") as (pilot, screen):
        assert await press_all_named(pilot, screen) == {}


async def test_every_key_that_a_part_of_the_admin_names_works(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        screen = AdminScreen(app.tools, make_admin(stage.fair.store))
        app.push_screen(screen)
        await shown(pilot, AdminScreen)
        assert await press_all_named(pilot, screen) == {}


async def test_every_key_that_a_part_of_an_attendee_names_works(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        screen = AttendeeScreen(app.tools, make_guest(stage.fair.store))
        app.push_screen(screen)
        await shown(pilot, AttendeeScreen)
        assert await press_all_named(pilot, screen) == {}


async def test_a_parts_key_works_from_the_list_and_takes_the_keyboard_there(office: Office) -> None:
    async with office.part("overview") as (pilot, screen):
        await opened(pilot, screen, "tickets")
        await reads(pilot, "Press N to add the first")
        assert {"add_type", "help"} <= {each.action for each in screen.query(FooterKey)}
        await pilot.press("n")
        await shown(pilot, FormDialog)
        await pilot.press("escape")
        await shown(pilot, EventScreen)
        assert screen.tab is not None
        await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)


async def test_the_search_line_opens_from_the_list_and_from_a_table_without_one(
    office: Office,
) -> None:
    async with office.part("overview") as (pilot, screen):
        await opened(pilot, screen, "tickets")
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(pilot.app.focused, SearchLine))
        await pilot.press("slash", "escape", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.focused, SearchLine))
        screen.query_one("#types", PagedTable).focus()
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(pilot.app.focused, SearchLine))


async def test_the_list_keeps_its_own_keys(office: Office) -> None:
    async with office.part("overview") as (pilot, screen):
        await opened(pilot, screen, "reports")
        await pilot.press("up")
        await until(pilot, lambda: screen.current == "import")
        await pilot.press("end")
        await until(pilot, lambda: screen.current == "settings")
        assert screen.parts.has_focus
        assert "Enter Edit" not in page(pilot)


async def test_a_key_that_cannot_act_now_leaves_the_keyboard_where_it_is(office: Office) -> None:
    async with office.part("overview") as (pilot, screen):
        await opened(pilot, screen, "import")
        await pilot.press("i")
        assert screen.parts.has_focus
        await opened(pilot, screen, "seats")
        assert isinstance(screen.tab, SeatsTab)


async def test_an_empty_list_does_what_its_hint_names_by_enter_and_by_mouse(office: Office) -> None:
    async with office.part("tickets") as (pilot, screen):
        await reads(pilot, "▸ No ticket types yet")
        await reads(pilot, "▹ No codes yet")
        await pilot.press("enter")
        assert "price" in (await shown(pilot, FormDialog)).form.fields
        await pilot.press("escape")
        await shown(pilot, EventScreen)
        codes = screen.query_one("#codes", PagedTable)
        await pilot.click(codes.lines, offset=(8, 1))
        assert "code" in (await shown(pilot, FormDialog)).form.fields


async def test_what_was_searched_for_names_no_key(office: Office) -> None:
    async with office.part("tickets") as (pilot, screen):
        codes = screen.query_one("#codes", PagedTable)
        await pilot.press("slash", "N")
        await reads(pilot, "Nothing found for “N”")
        await pilot.press("enter", "enter")
        assert codes.lines.offered == ""
        assert pilot.app.screen is screen


async def test_the_hint_of_an_empty_plan_is_pressed(office: Office) -> None:
    async with office.part("seats") as (pilot, _screen):
        await reads(pilot, "▸ No seats yet")
        await pilot.press("enter")
        await shown(pilot, FormDialog)


async def test_the_side_with_the_keyboard_is_seen_without_colour(office: Office) -> None:
    async with office.part("tickets") as (pilot, screen):
        assert screen.tab is not None
        titles = list(screen.tab.query(".part-title"))
        await until(pilot, lambda: [each.has_class("-here") for each in titles] == [True, False])
        assert titles[0].styles.text_style.underline
        line = page(pilot).splitlines()[12]
        await pilot.press("tab")
        await until(pilot, lambda: [each.has_class("-here") for each in titles] == [False, True])
        screen.parts.focus()
        await until(pilot, lambda: page(pilot).splitlines()[12] != line)
        assert not any(each.has_class("-here") for each in titles)
