"""What every screen does from its first moment on, each once."""

from textual.pilot import Pilot

from data.touched import HOUSE
from eventdesk.acts import Changes, Topic
from eventdesk.core.errors import StoreBusyError
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.doctor_screen import DoctorScreen
from screens.core.messages import StoreChanged
from screens.core.role_screen import RoleScreen
from tests.build import STAFF
from tests.screens.stage import FakeScanner, Stage, shown, until


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


class Money(RoleScreen[None]):
    """Shows money alone, and cannot read it while `busy`."""

    ROLE = "Money"
    SHOWS = frozenset({Topic.MONEY})
    busy = False
    reads = 0

    async def re_read(self) -> None:
        """Count how often it is read."""
        self.reads += 1
        if self.busy:
            raise StoreBusyError("The store is busy.")


async def test_what_could_not_be_read_is_read_with_the_next_change(stage: Stage) -> None:
    async with stage.app().run_test() as pilot:
        sign_in = await shown(pilot, SignInScreen)
        pilot.app.push_screen(Money(sign_in.tools))
        screen = await shown(pilot, Money)
        await until(pilot, lambda: screen.reads == 1)
        screen.busy = True
        screen.post_message(StoreChanged(Changes(frozenset({(Topic.MONEY, HOUSE)}))))
        await until(pilot, lambda: screen.reads == 2)
        screen.busy = False
        screen.post_message(StoreChanged(Changes(frozenset({(Topic.DOOR, HOUSE)}))))
        await until(pilot, lambda: screen.reads == 3)
