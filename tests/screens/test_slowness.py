"""What takes long is mentioned, and nothing is mentioned that is done."""

import asyncio

import pytest
from textual.app import App

from screens.core import slowness
from screens.core.slowness import mentioned_when_slow


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is slow at once."""
    monkeypatch.setattr(slowness, "SLOW_S", 0.001)


async def test_what_takes_long_is_mentioned_until_it_is_done() -> None:
    told: list[bool] = []
    mentioned = asyncio.Event()

    def mention(slow: bool) -> None:
        told.append(slow)
        mentioned.set()

    async with App[None]().run_test() as pilot:
        with mentioned_when_slow(pilot.app.screen, mention):
            await mentioned.wait()
        assert told == [True, False]


async def test_what_is_done_is_not_mentioned_by_a_screen_that_comes_to_it_late() -> None:
    told: list[bool] = []
    async with App[None]().run_test() as pilot:
        others, free = set(pilot.app.screen._timers), asyncio.Event()
        pilot.app.screen.call_next(free.wait)
        with mentioned_when_slow(pilot.app.screen, told.append):
            (timer,) = set(pilot.app.screen._timers) - others
            assert timer._task is not None
            await asyncio.wait({timer._task})
        free.set()
        await pilot.pause()
        assert told == [False]
