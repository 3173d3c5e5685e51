"""Whatever is searched, scrolled and changed meanwhile: in the end the pages tell the truth."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screens.widgets.paged_lines import PAGE, Line, Pages, Window, window_of
from tests.histories import tries
from tests.screens.bare import FakeList, key_of

ACTS = st.one_of(
    st.tuples(st.just("search"), st.sampled_from(["", "1", "11", "Guest 2", "nobody"])),
    st.tuples(st.just("look"), st.integers(0, 1200)),
    st.tuples(st.just("remove"), st.integers(0, 999)),
    st.tuples(st.just("insert"), st.integers(0, 999)),
    st.tuples(st.just("expire"), st.none()),
    st.tuples(st.just("hold"), st.none()),
    st.tuples(st.just("let_go"), st.none()),
    st.tuples(st.just("wait"), st.none()),
)
HEIGHT = 20


async def live(total: int, acts: list[tuple[str, Any]]) -> None:
    source = FakeList(total)
    pages = Pages(source)
    new = 10_000
    first = 0
    readings = []
    for act, given_ in acts:
        match act:
            case "search":
                pages.search(given_)
            case "look":
                first = given_
                pages.look_at(first, HEIGHT)
            case "remove" | "insert":  # the store tells of every change
                place = given_ % (len(source.keys) + 1)
                if act == "insert":
                    source.keys.insert(place, key_of(new))
                    new += 1
                else:
                    del source.keys[place : place + 3]
                pages.expire()
            case "expire":
                pages.expire()
            case "hold":
                source.hold()
            case "let_go":
                source.let_go()
            case "wait":
                await asyncio.sleep(0)
        readings.append(asyncio.ensure_future(pages.catch_up(lambda: None)))
    source.let_go()
    await asyncio.gather(*readings, pages.catch_up(lambda: None))

    assert not pages.pending
    truth = await source(pages.text, 0, 10_000)
    assert pages.total == truth.total
    top = min(first, max(0, truth.total - HEIGHT))  # where a table would have scrolled to
    pages.look_at(top, HEIGHT)
    await pages.catch_up(lambda: None)
    shown = [pages.line(index) for index in range(top, min(top + HEIGHT, truth.total))]
    assert shown == list(truth.lines[top : top + HEIGHT])
    assert all(limit == PAGE for _, _, limit in source.asked[:-1])


@settings(max_examples=tries(40))
@given(st.sampled_from([0, 1, 99, 100, 101, 1000]), st.lists(ACTS, max_size=25))
def test_what_is_on_show_is_what_the_store_holds(total: int, acts: list[tuple[str, Any]]) -> None:
    asyncio.run(live(total, acts))


@pytest.mark.long
async def test_only_few_pages_are_kept() -> None:
    source = FakeList(100_000)
    pages = Pages(source)
    for first in range(0, 100_000, 990):
        pages.look_at(first, HEIGHT)
        await pages.catch_up(lambda: None)
    assert len(pages._pages) <= 41
    assert pages.line(99_999) is None or pages.line(0) is None


async def test_a_source_that_promises_more_than_it_gives_is_asked_once() -> None:
    asked = []

    async def source(text: str, offset: int, limit: int) -> Window:
        asked.append(offset)
        return Window((Line(key_of(1), ("one",)),), 50)

    pages = Pages(source)
    pages.look_at(0, HEIGHT)
    await pages.catch_up(lambda: None)
    await pages.catch_up(lambda: None)
    assert asked == [0]
    assert pages.line(1) is None


def test_a_window_of_lines_in_memory() -> None:
    lines = [Line(key_of(index), (str(index),)) for index in range(5)]
    assert window_of(lines, 3, 10) == Window(tuple(lines[3:]), 5)
    assert window_of(lines, 9, 10) == Window((), 5)
