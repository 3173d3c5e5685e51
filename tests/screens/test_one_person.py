"""The screens of one person, as in a browser: theirs alone, and over when they leave."""

from pathlib import Path

from eventdesk.accounts import ban
from eventdesk.acts import SYSTEM
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from screens.accounts.home_screen import HomeScreen
from screens.desk.desk_screen import DeskScreen
from screens.door.choose_screen import ChooseScreen
from screens.modals.questions import YesNo
from screens.one_person import OnePersonApp
from tests.build import NOON, Fair
from tests.people import make_staff
from tests.screens.stage import reads, shown, until


def of(desk: Desk, fair: Fair, home: Path) -> OnePersonApp:
    """The screens of somebody of the staff."""
    return OnePersonApp(desk, Settings(home), make_staff(fair))


async def test_who_leaves_the_first_screen_ends_it(desk: Desk, fair: Fair, tmp_path: Path) -> None:
    app = of(desk, fair, tmp_path)
    async with app.run_test() as pilot:
        await shown(pilot, HomeScreen)
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0


async def test_a_ban_ends_it(desk: Desk, fair: Fair, tmp_path: Path) -> None:
    app = of(desk, fair, tmp_path)
    async with app.run_test() as pilot:
        await shown(pilot, HomeScreen)
        assert app.actor is not None
        assert app.actor.id is not None
        ban(fair.store, SYSTEM.at(NOON), app.actor.id, reason="Shouting")
        await until(pilot, lambda: not app.is_running)


async def test_no_kiosk_opens_for_there_is_no_camera(
    desk: Desk, fair: Fair, tmp_path: Path
) -> None:
    app = of(desk, fair, tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await shown(pilot, HomeScreen)
        await pilot.press("enter")
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        await pilot.press("k")
        await shown(pilot, YesNo)
        await reads(pilot, "A kiosk needs a machine of its own")
        await pilot.click("#yes")
        await shown(pilot, DeskScreen)
