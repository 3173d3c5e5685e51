"""What every screen does from its first moment on, each once."""

from textual.pilot import Pilot

from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.doctor_screen import DoctorScreen
from screens.core.role_screen import RoleScreen
from tests.build import STAFF
from tests.screens.stage import FakeScanner, Stage, shown


def followers(pilot: Pilot[None], screen: RoleScreen[None]) -> int:
    """How many workers read the store again for a screen."""
    mine = [each for each in pilot.app.workers if each.node is screen]
    return [each.group for each in mine].count("feed")


async def test_a_kiosk_follows_the_store_once(stage: Stage) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        assert followers(pilot, screen) == 1


async def test_a_sign_in_and_what_is_opened_over_it_follow_the_store_once_each(
    stage: Stage,
) -> None:
    async with stage.app().run_test() as pilot:
        sign_in = await shown(pilot, SignInScreen)
        pilot.app.push_screen(DoctorScreen(sign_in.tools, STAFF))
        doctor = await shown(pilot, DoctorScreen)
        assert [followers(pilot, each) for each in (sign_in, doctor)] == [1, 1]  # type: ignore[arg-type]
