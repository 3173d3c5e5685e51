"""Tables of any length: what is read, the cursor, and what stays when the list changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import get_args

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot
from textual.scrollbar import ScrollTo

from eventdesk.core.errors import StoreBusyError
from eventdesk.core.tone import Tone
from screens.core.themes import LIGHT
from screens.widgets.paged_lines import PAGE, Column, Line
from screens.widgets.paged_table import PagedTable
from tests.screens.bare import BareApp, FakeList, key_of
from tests.screens.stage import page, reads, until
from tests.screens.test_hostile_text import NAMES, is_harmless

MANY = 100_000


@asynccontextmanager
async def table_of(
    source: FakeList, size: tuple[int, int] = (80, 24), *, wait: bool = True
) -> AsyncIterator[tuple[Pilot[None], PagedTable]]:
    columns = (Column("Name"), Column("Price", 8, right=True), Column("Note", 10, least=100))
    table = PagedTable(source, *columns, empty="Nobody yet. Press N to add the first.")
    async with BareApp(lambda: [table]).run_test(size=size) as pilot:
        table.focus()
        if wait:
            await until(pilot, lambda: table.pages.answered is not None)
        yield pilot, table


def marked(table: PagedTable) -> str:
    return table.marked.cells[0] if table.marked else ""


async def test_reads_only_what_is_near_what_is_on_show() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        assert "100,000 found" in page(pilot)
        await pilot.press("end")
        await until(pilot, lambda: marked(table) == f"Guest {MANY}")
        await pilot.press("home")
        await until(pilot, lambda: marked(table) == "Guest 1")
        table.lines.scroll_to(y=50_000, animate=False)
        await reads(pilot, "Guest 50001 ")
        assert len(source.asked) <= 6
        assert all(limit == PAGE for _, _, limit in source.asked)


async def test_keys_move_the_cursor_and_keep_it_on_show() -> None:
    async with table_of(FakeList(MANY)) as (pilot, table):
        height = table.lines.room.height
        for key, place in (
            ("down", 1), ("down", 2), ("up", 1), ("up", 0), ("up", 0),
            ("pagedown", height - 1), ("pagedown", 2 * height - 2), ("pageup", height - 1),
            ("end", MANY - 1), ("down", MANY - 1), ("pagedown", MANY - 1), ("home", 0),
        ):  # fmt: skip
            await pilot.press(key)
            assert table.lines.cursor == place, key
            assert table.lines.top <= place < table.lines.top + height
        await until(pilot, lambda: "▸ Guest 1 " in page(pilot))


async def test_a_list_that_is_read_again_at_that_moment_leaves_the_cursor_where_it_was_moved() -> (
    None
):
    async with table_of(FakeList(5)) as (pilot, table):
        table.lines.action_step(1)
        await table.re_read()  # before the move is told of
        assert marked(table) == "Guest 2"
        await pilot.pause()
        assert marked(table) == "Guest 2"


async def test_wheel_and_scrollbar_go_through_all_of_it() -> None:
    async with table_of(FakeList(MANY)) as (pilot, table):
        for _ in range(3):
            wheel = events.MouseScrollDown(table.lines, 5, 5, 0, 1, 0, False, False, False)
            table.lines.post_message(wheel)
        await until(pilot, lambda: table.lines.top > 0)
        assert table.lines.cursor == 0
        table.lines.post_message(ScrollTo(y=99_000, animate=False))
        await reads(pilot, "Guest 99001 ")
        await pilot.press("down")
        await until(pilot, lambda: marked(table) == "Guest 2")


async def test_shows_placeholders_while_a_window_is_on_its_way() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        source.hold()
        await pilot.press("end", "enter")
        await until(pilot, lambda: "▸ …" in page(pilot))
        assert table.marked is None
        await until(pilot, lambda: "◌ 100,000 found" in page(pilot))
        source.let_go()
        await reads(pilot, f"▸ Guest {MANY} ")
        assert "◌" not in page(pilot)


async def test_says_what_was_chosen_and_what_is_marked() -> None:
    heard: list[tuple[str, str]] = []

    class Hearing(BareApp):
        def on_paged_table_chosen(self, message: PagedTable.Chosen) -> None:
            assert message.control is message.table
            heard.append(("chosen", message.line.cells[0]))

        def on_paged_table_marked(self, message: PagedTable.Marked) -> None:
            heard.append(("marked", message.line.cells[0] if message.line else ""))

    table = PagedTable(FakeList(MANY), Column("Name"), empty="")
    async with Hearing(lambda: [table]).run_test() as pilot:
        table.focus()
        await until(pilot, lambda: heard == [("marked", "Guest 1")])
        await pilot.press("down", "enter")
        await until(pilot, lambda: heard[1:] == [("marked", "Guest 2"), ("chosen", "Guest 2")])
        await pilot.click(table.lines, offset=(5, 4))
        await until(pilot, lambda: heard[3:] == [("marked", "Guest 5")])
        await pilot.click(table.lines, offset=(5, 4))
        await until(pilot, lambda: heard[4:] == [("chosen", "Guest 5")])
        await pilot.press("end", "enter")
        await until(pilot, lambda: ("chosen", f"Guest {MANY}") in heard)


async def test_the_cursor_stays_with_its_line_when_others_come_before_it() -> None:
    source = FakeList(1000)
    async with table_of(source) as (pilot, table):
        await pilot.press(*["down"] * 30)
        above = table.lines.cursor - table.lines.top
        source.keys[:0] = [key_of(index) for index in range(2000, 2015)]
        await table.re_read()
        await pilot.pause()
        assert marked(table) == "Guest 31"
        assert table.lines.cursor == 45
        assert table.lines.cursor - table.lines.top == above
        assert "1,015 found" in page(pilot)


async def test_the_cursor_stays_in_its_place_when_its_line_is_gone() -> None:
    source = FakeList(1000)
    async with table_of(source) as (pilot, table):
        await pilot.press(*["down"] * 5)
        del source.keys[5]
        await table.re_read()
        assert table.lines.cursor == 5
        assert marked(table) == "Guest 7"


async def test_a_list_that_shrank_is_shown_from_its_end() -> None:
    source = FakeList(1000)
    async with table_of(source) as (pilot, table):
        await pilot.press("end")
        await until(pilot, lambda: marked(table) == "Guest 1000")
        del source.keys[40:]
        await table.re_read()
        await pilot.pause()
        assert marked(table) == "Guest 40"
        assert "▸ Guest 40 " in page(pilot)
        source.keys.clear()
        await table.re_read()
        await reads(pilot, "Nobody yet. Press N to add the first.")
        assert table.marked is None
        await pilot.press("down", "end", "pageup", "enter")
        source.keys.append(key_of(7))
        await table.re_read()
        assert marked(table) == "Guest 8"


async def test_what_changes_while_it_is_read_is_read_again() -> None:
    source = FakeList(50)
    async with table_of(source) as (pilot, table):
        source.hold()
        reading = pilot.app.run_worker(table.re_read())
        await until(pilot, lambda: len(source.asked) == 2)
        again = pilot.app.run_worker(table.re_read())
        await pilot.pause()
        source.names[key_of(0)] = ("Renamed", "")
        source.let_go()
        await reading.wait()
        await again.wait()
        assert len(source.asked) == 3
        assert marked(table) == "Renamed"


async def test_an_error_is_said_and_what_is_on_show_stays() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        source.error = StoreBusyError("The store is busy.", hint="Wait [b]a[/b] moment.")
        await pilot.press("slash", *"77")
        await reads(pilot, "✗ not read")
        assert [each.title for each in pilot.app._notifications] == ["The store is busy."]
        assert "Guest 3 " in page(pilot)
        assert "/ 77" in page(pilot)
        with pytest.raises(StoreBusyError):
            await table.re_read()
        source.error = None
        await table.re_read()
        await reads(pilot, "Guest 77 ")
        assert "✗" not in page(pilot)


async def test_hostile_texts_are_shown_as_texts() -> None:
    source = FakeList(len(NAMES))
    for index, name in enumerate(NAMES):
        source.names[key_of(index)] = (name, name)
    async with table_of(source) as (pilot, _table):
        assert is_harmless(page(pilot))
        for part in ("[/b] Mallory", "[@click=app.quit]Quit[/]", "$primary", "gnal Right"):
            assert part in page(pilot)


@pytest.mark.parametrize(
    "name", ["漢字" * 40, "👩‍👩‍👧‍👦 Family", "é" * 99, "ราชกิจ", "محمد علی", "한국어"]
)
async def test_wide_texts_leave_the_next_column_in_its_place(name: str) -> None:
    source = FakeList(2)
    source.names[key_of(0)] = (name, "12.50")
    async with table_of(source) as (_pilot, table):
        lines = [table.lines.render_line(y).text for y in (0, 1)]
        assert [cell_len(line) for line in lines] == [table.lines.room.width] * 2
        ends = [cell_len(line[: line.index(".50") + 3]) for line in lines]
        assert ends[0] == ends[1]


async def test_what_a_column_has_no_room_for_is_told_in_a_tooltip_as_it_was_typed() -> None:
    name = "[b]Margarethe " + "of the long street " * 5
    source = FakeList(2)
    source.names = {key_of(0): (name, "12.50", "pays later"), key_of(1): ("Ada", "0.00", "")}
    columns = (Column("Name"), Column("Price", 8), Column("Note", 10, least=100))
    table = PagedTable(source, *columns, empty="")
    async with BareApp(lambda: [table]).run_test(size=(80, 24)) as pilot:
        await reads(pilot, "Margarethe")
        await pilot.hover(table.lines, offset=(5, 0))
        assert str(table.lines.tooltip) == f"Name: {name.strip()}\nNote: pays later"
        await pilot.hover(table.lines, offset=(5, 1))
        assert table.lines.tooltip is None


async def test_a_title_that_is_wider_than_its_column_wraps() -> None:
    table = PagedTable(FakeList(1), Column("Name"), Column("Takes off", 8, right=True), empty="")
    async with BareApp(lambda: [table]).run_test(size=(80, 24)) as pilot:
        await reads(pilot, "Guest 1 ")
        first, second = page(pilot).splitlines()[1:3]
        assert (first.split(), second.split()) == (["Name", "Takes"], ["off"])


async def test_columns_come_and_go_with_the_width() -> None:
    async with table_of(FakeList(MANY), size=(160, 48)) as (pilot, table):
        assert "Note" in page(pilot)
        for size in ((80, 24), (1, 1), (7, 2), (30, 5), (99, 12)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: table.size == pilot.app.size)
            await pilot.press("down")
        assert "Note" not in page(pilot)
        assert "▸ Guest 6 " in page(pilot)
        assert table.lines.top <= 5


async def test_another_theme_has_other_colours() -> None:
    async with table_of(FakeList(3)) as (pilot, table):
        before = table.lines.render_line(1)
        pilot.app.theme = LIGHT.name
        await pilot.pause()
        after = table.lines.render_line(1)
        assert after.text == before.text
        assert next(iter(after)).style != next(iter(before)).style


async def test_tones_colour_the_text_and_the_cursor_shows_without_colour() -> None:
    source = FakeList(5)
    tones: tuple[Tone, ...] = get_args(Tone)
    async with table_of(source) as (pilot, table):
        table.pages._pages[0] = tuple(
            Line(key_of(index), (tone or "none",), tone) for index, tone in enumerate(tones)
        )
        styles = {str(next(iter(table.lines.render_line(y))).style) for y in range(5)}
        assert len(styles) == len(tones)
        assert table.lines.render_line(0).text.startswith("▸ ")
        await pilot.press("slash")
        assert table.lines.render_line(0).text.startswith("▹ ")


async def test_a_table_that_is_left_while_it_reads_is_forgotten() -> None:
    source = FakeList(MANY)
    source.hold()
    async with table_of(source, wait=False) as (pilot, table):
        await until(pilot, lambda: len(source.asked) == 1)
        await table.remove()
        source.let_go()
        await pilot.pause()
        assert not pilot.app.query(PagedTable)


async def test_what_is_read_before_the_table_is_there_is_shown_when_it_is() -> None:
    source = FakeList(MANY)
    table = PagedTable(source, Column("Name"), empty="")
    async with BareApp(lambda: []).run_test() as pilot:
        await table.re_read()
        table.focus()
        await pilot.app.mount(table)
        table.focus()
        await reads(pilot, "▸ Guest 1 ")
        assert "100,000 found" in page(pilot)
        assert len(source.asked) == 1


async def test_a_table_without_search_has_no_search_line() -> None:
    table = PagedTable(FakeList(3), Column("Name"), empty="", searchable=False)
    async with BareApp(lambda: [table]).run_test() as pilot:
        table.focus()
        await reads(pilot, "Guest 3")
        await pilot.press("slash")
        assert pilot.app.focused is table.lines
        assert "Search" not in page(pilot)
