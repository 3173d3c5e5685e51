"""The search line of a table: races, late answers, and the way back."""

import pytest
from textual.widgets import Input

from screens.widgets.paged_table import PagedTable
from tests.screens.bare import FakeList
from tests.screens.settling import settled
from tests.screens.stage import page, reads, send, until
from tests.screens.test_paged_table import MANY, marked, table_of

pytestmark = pytest.mark.long


async def test_searches_while_one_types() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        await pilot.press("slash")
        await pilot.press(*"4711")
        await reads(pilot, "Guest 4711 ")
        assert "20 found" in page(pilot)  # 4711, n4711 and 4711n
        await pilot.press("down", "down")
        await until(pilot, lambda: marked(table) == "Guest 14711")
        assert pilot.app.focused is table.lines


async def test_letters_that_come_at_once_do_not_take_turns() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, _table):
        await pilot.press("slash")
        send(pilot, "4711")
        await reads(pilot, "Guest 4711 ")
        assert await settled(pilot.app)
        assert source.asked[-1][0] == "4711"


async def test_asks_one_question_at_a_time_and_the_newest_wins() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        source.hold()
        await pilot.press("slash")
        send(pilot, "7")
        await until(pilot, lambda: source.asked[-1][0] == "7")
        send(pilot, "7777")
        await until(pilot, lambda: table.pages.text == "77777")
        assert table.marked is None  # what is on show answers another question
        asked = len(source.asked)
        source.let_go()
        await reads(pilot, "1 found")
        assert [text for text, _, _ in source.asked[asked:]] == ["77777"]
        assert marked(table) == "Guest 77777"


async def test_a_late_answer_to_an_old_search_is_never_shown() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        shown: list[str | None] = []
        show = table._show

        def note() -> None:
            shown.append(table.pages.answered)
            show()

        table._show = note  # type: ignore[method-assign]
        source.hold()
        await pilot.press("slash")
        send(pilot, "5")
        await until(pilot, lambda: source.asked[-1][0] == "5")
        send(pilot, "\x7f")  # backspace: everything again
        await until(pilot, lambda: table.pages.text == "")
        source.let_go()
        await until(pilot, lambda: not table.pages.reading)
        assert "5" not in shown
        assert "100,000 found" in page(pilot)


async def test_what_is_chosen_before_the_answer_is_the_first_of_the_answer() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        chosen: list[str] = []
        post = table.post_message

        def note(message: object) -> bool:
            if isinstance(message, PagedTable.Chosen):
                chosen.append(message.line.cells[0])
            return post(message)  # type: ignore[arg-type]

        table.post_message = note  # type: ignore[method-assign]
        source.hold()
        await pilot.press("slash", *"9999", "enter", "enter")
        await pilot.pause()
        assert chosen == []
        source.let_go()
        await until(pilot, lambda: chosen == ["Guest 9999"])


async def test_moving_on_takes_an_early_choice_back() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        source.hold()
        await pilot.press("slash", *"999", "enter", "enter", "slash", "9")
        assert not table._choose_soon
        source.let_go()
        await until(pilot, lambda: marked(table) == "Guest 9")  # `/` begins a new search


async def test_escape_clears_and_then_returns_to_the_lines() -> None:
    async with table_of(FakeList(MANY)) as (pilot, table):
        await pilot.press("slash", *"4711")
        await reads(pilot, "20 found")
        await pilot.press("escape")
        await reads(pilot, "100,000 found")
        assert pilot.app.query_one(Input).has_focus
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.focused is table.lines)


async def test_a_search_begins_at_the_top_and_so_does_its_end() -> None:
    async with table_of(FakeList(MANY)) as (pilot, table):
        await pilot.press("end")
        await until(pilot, lambda: marked(table) == f"Guest {MANY}")
        await pilot.press("slash", "9")
        await until(pilot, lambda: marked(table) == "Guest 9")
        assert table.lines.top == 0
        await pilot.press("escape")
        await until(pilot, lambda: marked(table) == "Guest 1")


@pytest.mark.parametrize("typed", ["[/b]nobody", "[red]x", "\\", "$primary", "%", "漢字"])
async def test_says_that_nothing_was_found_in_the_words_that_were_typed(typed: str) -> None:
    async with table_of(FakeList(MANY)) as (pilot, table):
        await pilot.press("slash")
        send(pilot, typed)
        await reads(pilot, f"Nothing found for “{typed}”.")
        assert "0 found" in page(pilot)
        assert table.marked is None


async def test_a_re_read_keeps_the_search() -> None:
    source = FakeList(MANY)
    async with table_of(source) as (pilot, table):
        await pilot.press("slash", *"4711", "enter", "down")
        await until(pilot, lambda: marked(table) == "Guest 14711")
        source.keys.remove(source.keys[4710])
        await table.re_read()
        assert marked(table) == "Guest 14711"
        assert table.lines.cursor == 0
        assert source.asked[-1][0] == "4711"
