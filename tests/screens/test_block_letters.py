"""Words in block letters."""

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from eventdesk.core.cells import cell_width
from screens.widgets.block_letters import BlockLetters, block_letters
from tests.screens.stage import page, until

NAMES = ["Ada Lovelace", "Žofie Říhová", "Αλέξανδρος", "Дмитрий", "ليلى حداد", "נועה", "王小明"]


@pytest.mark.parametrize("name", NAMES)
def test_draws_every_script_of_the_badges(name: str) -> None:
    (line,) = block_letters(name, 150, 6)

    assert len(line) == 6
    assert {len(row) for row in line} == {len(line[0])}
    assert len(line[0]) <= 150
    assert set("".join(line)) <= set(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
    assert any(row.strip() for row in line)


def test_takes_the_largest_letters_that_fit_the_width() -> None:
    heights = [len(block_letters("Ada Lovelace", width, 8)[0]) for width in (60, 80, 150)]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]


def test_wraps_a_sentence_at_words_into_two_lines() -> None:
    first, second = block_letters("This ticket was used at 08:27. Please go to the desk.", 152, 6)
    assert max(len(first[0]), len(second[0])) <= 152


def test_a_text_that_cannot_be_read_is_not_drawn() -> None:
    assert block_letters("This ticket was used at 08:27. Please go to the desk.", 60, 6) == ()
    assert block_letters("", 150, 6) == ()


def test_letters_that_do_not_fit_may_be_narrower_but_no_lower() -> None:
    assert block_letters("NOT INSIDE", 48, 4, lines=1) == ()
    (line,) = block_letters("NOT INSIDE", 48, 4, lines=1, narrowest=0.68)
    assert (len(line), len(line[0])) == (4, 48)
    assert block_letters("A MUCH TOO LONG WORD", 48, 4, lines=1, narrowest=0.68) == ()


def test_a_console_without_quarter_blocks_gets_half_blocks() -> None:
    (line,) = block_letters("Ada", 150, 6, quarters=False)
    assert set("".join(line)) <= set(" ▀▄█")


class Sign(App[None]):
    def compose(self) -> ComposeResult:
        yield BlockLetters("Welcome, Ada")


@pytest.mark.parametrize("size", [(80, 24), (200, 24)])
async def test_shows_the_words_where_there_is_no_room(size: tuple[int, int]) -> None:
    async with Sign().run_test(size=size) as pilot:
        await pilot.pause()
        assert "Welcome, Ada" in page(pilot)
        assert not pilot.app.query_one(BlockLetters).has_class("-drawn")


async def drawn(pilot: Pilot[None]) -> BlockLetters:
    letters = pilot.app.query_one(BlockLetters)
    await until(pilot, lambda: letters.has_class("-drawn"))
    return letters


async def test_keeps_the_words_for_who_hovers_or_copies() -> None:
    async with Sign().run_test(size=(160, 48)) as pilot:
        letters = await drawn(pilot)
        assert "Welcome" not in page(pilot)
        assert str(letters.tooltip) == "Welcome, Ada"
        pilot.app.screen.text_select_all()
        assert pilot.app.screen.get_selected_text() == "Welcome, Ada"


async def test_a_longer_text_and_a_smaller_terminal_are_drawn_anew() -> None:
    async with Sign().run_test(size=(160, 48)) as pilot:
        letters = await drawn(pilot)
        before = letters.size.height
        letters.text = "word " * 40
        await until(pilot, lambda: not letters.has_class("-drawn"))
        assert letters.size.height < before
        letters.text = "Welcome, Ada"
        await drawn(pilot)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Welcome, Ada" in page(pilot))


def test_each_line_keeps_to_the_width() -> None:
    for width in range(20, 160, 7):
        for line in block_letters("Grace Brewster Murray Hopper", width, 7):
            assert cell_width(line[0]) <= width
