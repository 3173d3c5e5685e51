"""What every screen does from its first moment on, each once."""

from dataclasses import replace
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.pilot import Pilot

from data.house_lock import copying
from data.touched import HOUSE
from eventdesk.acts import Changes, Topic
from eventdesk.core.errors import StoreBusyError
from eventdesk.door import check_in
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.doctor_screen import DoctorScreen
from screens.core.messages import StoreChanged
from screens.core.role_screen import RoleScreen
from screens.modals.questions import YesNo
from screens.widgets.status_line import Health
from tests.build import NOON, STAFF
from tests.screens.stage import FakeScanner, Stage, page, shown, text_of, until


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


async def test_the_status_line_says_while_the_store_is_backed_up(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        await until(pilot, lambda: text_of(screen, "#health-store") == "✓ store ready")
        with copying(stage.fair.store.home):
            await until(
                pilot, lambda: text_of(screen, "#health-store") == "✓ store is being backed up…"
            )
        await until(pilot, lambda: text_of(screen, "#health-store") == "✓ store ready")


async def test_a_screen_that_nothing_is_seen_of_paints_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[None] = []
    paint_all = Compositor.render_full_update

    def listening(compositor: Compositor, simplify: bool = False) -> Any:
        painted.append(None)
        return paint_all(compositor, simplify)

    async with stage.desk_screen() as (pilot, screen):
        covered = pilot.app.screen_stack[0]
        assert covered is not screen
        monkeypatch.setattr(Compositor, "render_full_update", listening)
        for _ in range(5):
            covered.refresh()
            covered.post_message(StoreChanged(Changes()))
            await pilot.pause()
        assert not painted
        screen.refresh()
        await until(pilot, lambda: painted)


async def test_a_screen_is_seen_through_a_dialog(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        pilot.app.push_screen(YesNo("Sure?", "It is a question.", yes="Yes"))
        await shown(pilot, YesNo)
        assert screen.is_current


async def test_a_covered_screen_fits_into_a_terminal_that_was_resized_meanwhile(
    stage: Stage,
) -> None:
    async with stage.desk_screen(size=(160, 48)) as (pilot, screen):
        assert screen.has_class("-wide")
        pilot.app.push_screen(Money(screen.tools))
        await shown(pilot, Money)
        await pilot.resize_terminal(60, 24)
        pilot.app.pop_screen()
        await until(pilot, lambda: screen.has_class("-narrow") and not screen.has_class("-wide"))


async def test_words_that_fit_where_others_stood_lay_nothing_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fair = stage.fair
    token = fair.token(fair.sell())
    check_in(fair.store, STAFF.at(NOON), fair.scan(token, gate_id=fair.gate.id))
    laid_out: list[None] = []
    lay_out = Compositor.reflow

    def listening(compositor: Compositor, *given: Any) -> Any:
        laid_out.append(None)
        return lay_out(compositor, *given)

    async with stage.desk_screen() as (pilot, screen):
        await until(pilot, lambda: text_of(screen, "#log Static").count("Admitted") == 1)
        screen.tell("printer", Health(True, "is resting"))
        await until(pilot, lambda: "is resting" in page(pilot))
        monkeypatch.setattr(Compositor, "reflow", listening)
        screen.tell("printer", Health(True, "is heating"))
        screen.scan_log.show([replace(scan, annulled=True) for scan in screen.scan_log.scans])
        await until(pilot, lambda: "undone" in page(pilot) and "is heating" in page(pilot))
        assert not laid_out
        screen.tell("printer", Health(True, "is being repaired"))
        await until(pilot, lambda: laid_out)


async def test_all_lines_of_a_long_log_stand_in_their_order(stage: Stage) -> None:
    fair = stage.fair
    names = [f"Guest {number:02}" for number in range(32)]
    for name in names:
        scan = fair.scan(fair.token(fair.sell(name)), gate_id=fair.gate.id)
        check_in(fair.store, STAFF.at(NOON), scan)
    async with stage.desk_screen() as (pilot, screen):
        await until(pilot, lambda: "Guest 31" in text_of(screen, "#log Static"))
        lines = text_of(screen, "#log Static").strip().splitlines()
        assert [next(name for name in names if name in line) for line in lines] == names[::-1]
