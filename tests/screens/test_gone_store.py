"""A store that goes, or a clock that jumps, while a screen is open: the status line says so."""

import shutil
from datetime import timedelta
from pathlib import Path

from eventdesk.acts import SYSTEM, watch_clock
from eventdesk.door import Tone
from tests.build import NOON, Fair
from tests.screens.stage import FakeScanner, Stage, text_of, until


async def test_the_status_line_says_that_the_store_is_gone_and_when_it_is_back(
    stage: Stage, fair: Fair, tmp_path: Path
) -> None:
    async with stage.desk_screen() as (pilot, screen):
        fair.store.home.rename(tmp_path / "elsewhere")
        await until(pilot, lambda: "✗ The store is gone" in text_of(screen, "#health-store"))
        (tmp_path / "elsewhere").rename(fair.store.home)
        await until(pilot, lambda: "✓ store ready" in text_of(screen, "#health-store"))


async def test_a_kiosk_admits_nobody_while_the_store_is_gone(stage: Stage, fair: Fair) -> None:
    token = fair.token(fair.sell())
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        shutil.rmtree(fair.store.home)
        scanner.show(token)
        await until(pilot, lambda: "✗ The store is gone" in text_of(screen, "#health-store"))
        await until(pilot, lambda: screen.verdict.answer is not None)
        assert screen.verdict.answer is not None
        assert screen.verdict.answer.tone is Tone.CARE
        assert not fair.store.home.exists()


async def test_the_status_line_says_that_the_clock_jumped(stage: Stage, fair: Fair) -> None:
    watch_clock(fair.store, SYSTEM.at(NOON - timedelta(days=500)))
    async with stage.desk_screen() as (pilot, screen):
        await until(pilot, lambda: "! The clock is wrong" in text_of(screen, "#health-store"))
