"""Toasts cover nothing: they have room of their own, and little of it."""

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets._toast import Toast, ToastRack

from screens.accounts.sign_in_screen import SignInScreen
from screens.desk.desk_screen import DeskScreen
from screens.organizer.event_screen import EventScreen
from screens.self_service.kiosk_screen import KioskScreen
from screens.widgets.key_footer import KeyFooter
from screens.widgets.status_line import StatusLine
from tests.build import STAFF, SUPERVISOR
from tests.screens.stage import FakeScanner, Stage, shown, until

LONG = "The label printer at the second gate does not answer and its badges wait. " * 12


async def told(pilot: Pilot[None], count: int) -> list[Toast]:
    """Show so many toasts, one longer than the screen is wide."""
    for no in range(count):
        pilot.app.notify(LONG, title=f"Toast {no}", markup=False, timeout=600)
    await until(pilot, lambda: len(pilot.app.screen.query(Toast)) == count)
    await pilot.pause()
    return list(pilot.app.screen.query(Toast))


def covered(screen: Screen[None]) -> list[str]:
    """The widgets without children that lie below the toasts."""
    rack = screen.query_one(ToastRack)
    at = rack.region
    return [
        str(each)
        for each in screen.walk_children(Widget)
        if rack not in each.ancestors_with_self
        and not list(each.displayed_children)
        and each.is_on_screen
        and each.visible
        and each.region.overlaps(at)
    ]


@pytest.mark.parametrize("count", [1, 9])
async def test_toasts_cover_nothing_on_a_screen_of_parts(stage: Stage, count: int) -> None:
    app = stage.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shown(pilot, SignInScreen)
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        await told(pilot, count)
        assert covered(screen) == []
        assert screen.query_one(ToastRack).region.height <= 4
        assert screen.query_one(StatusLine).region.height == 1
        assert screen.query_one(KeyFooter).region.bottom == 24


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_toasts_cover_nothing_at_the_desk(stage: Stage, size: tuple[int, int]) -> None:
    app = stage.app(start="desk", actor=STAFF, gate_id=stage.fair.gate.id)
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = await shown(pilot, DeskScreen)
        await told(pilot, 3)
        assert covered(screen) == []
        assert screen.query_one(ToastRack).region.height <= 4


async def test_toasts_cover_nothing_at_the_kiosk(stage: Stage) -> None:
    app = stage.app(start="kiosk", gate_id=stage.fair.gate.id, scanner_factory=FakeScanner)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await shown(pilot, KioskScreen)
        await told(pilot, 1)
        assert covered(screen) == []
