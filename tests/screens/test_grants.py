"""What the screens of an event offer a co-host works, whatever single thing was granted."""

import pytest
from textual.pilot import Pilot

from eventdesk.acts import GRANTABLE, Permission
from eventdesk.core.errors import EventDeskError
from screens.accounts.sign_in_screen import SignInScreen
from screens.core.failures import ShowsErrors
from screens.organizer.event_screen import EventScreen
from tests.crawl.crawl import bound_ways, go_back
from tests.crawl.shot import settled
from tests.people import make_cohost
from tests.screens.stage import Stage, shown, until

pytestmark = pytest.mark.long


@pytest.mark.parametrize("granted", GRANTABLE)
async def test_what_is_offered_for_one_grant_is_not_refused(
    stage: Stage, granted: Permission, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.fair.sell_all(["Ada", "Kay"])
    cora = make_cohost(stage.fair, granted)
    refused: list[str] = []
    where = ""

    def note(self: ShowsErrors, error: EventDeskError) -> None:
        if error.code == "not_allowed":
            refused.append(f"{where}: {error}")
        show(self, error)

    show = ShowsErrors.show_error
    monkeypatch.setattr(ShowsErrors, "show_error", note)
    app = stage.app()
    async with app.run_test(size=(160, 48)) as pilot:
        await shown(pilot, SignInScreen)
        screen = EventScreen(app.tools, cora, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        for spec in screen.specs:
            where = spec.id
            await _open(pilot, screen, spec.id)
            for way in bound_ways(screen):
                if way.leads_out or way.is_the_librarys:
                    continue
                where = f"{spec.id} > {way.key} ({way.action})"
                await pilot.press(way.key)
                await settled(pilot)
                await go_back(pilot, screen)
                await _open(pilot, screen, spec.id)
    assert refused == []


async def _open(pilot: Pilot[None], screen: EventScreen, part: str) -> None:
    screen.open_part(part, enter=True)
    await until(pilot, lambda: screen.tab is not None and screen.tab.id == f"tab-{part}")
    await settled(pilot)
