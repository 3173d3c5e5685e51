"""The program as a tour: it opens the screens in turn, and points at one thing after another."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import Any, ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.door import ScanView, recent_scans
from eventdesk.exercises.tour.arrivals import arrive
from eventdesk.exercises.tour.company import Company
from eventdesk.exercises.tour.steps import STEPS, Step, Stop, never
from eventdesk.exercises.tour.tour_card import CARD_ROWS, TourCard
from screens.app import EventDeskApp
from screens.core.role_screen import RoleScreen
from screens.widgets.key_footer import KeyFooter

LOOK_EVERY_S: Final = 0.25
"""How often it is asked whether a step was done."""

SEEN_FOR_S: Final = 3.0
"""How long what was done stays on show."""

POINTED_AT: Final = "-pointed-at"


class TourApp(EventDeskApp):
    """Leads through the screens of a demo event, then works as always, for its organizer."""

    CSS = f"""
    .{POINTED_AT} {{ background-tint: $warning 25%; }}
    Input.{POINTED_AT}, Input.{POINTED_AT}:focus {{ border: heavy $warning; }}
    KioskScreen Verdict {{ margin-bottom: {CARD_ROWS + 1}; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "tour_on", "Go on", id="tour_on", show=False, priority=True)
    ]

    def __init__(self, desk: Desk, settings: Settings, company: Company, **more: Any) -> None:
        super().__init__(desk, settings, **more)
        self._company = company
        self._asked_on = asyncio.Event()
        self._begun_at = self.tools.now()
        self._steps = [
            each for each in STEPS if company.unpaid or "{unpaid}" not in each.words.text
        ]
        self._is_over = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The tour goes on even where a kiosk locks everything else; afterwards its key is free."""
        if action == "tour_on":
            return not self._is_over
        return super().check_action(action, parameters)

    def action_tour_on(self) -> None:
        """Go on at once."""
        self._asked_on.set()

    @work(group="shift")
    async def work_a_shift(self, told: str = "") -> None:
        """Stop at one screen after the other; then serve whoever organizes the event."""
        arriving = self.run_worker(
            arrive(self.tools, self._company.there, self._company.arrivals),
            group="arrivals",
            exit_on_error=False,
        )
        numbered = enumerate(self._steps, 1)
        for stop, steps in groupby(numbered, lambda each: each[1].stop):
            await self._stop_at(self._screen(stop), list(steps))
        self._is_over = True
        self.start, self.actor = "sign-in", self._company.organizer
        self.notify(
            _("Everything works from here on. Ctrl+Q ends, and says who else can sign in."),
            title=_("That was the tour"),
            timeout=20,
        )
        await self._serve(self._company.organizer)
        arriving.cancel()
        self.exit()

    async def _stop_at(self, screen: RoleScreen[Any], steps: list[tuple[int, Step]]) -> None:
        """Show a screen until its steps are done or somebody leaves it."""
        guide = self.run_worker(self._guide(screen, steps), group="guide", exit_on_error=False)
        await self.push_screen_wait(screen)
        guide.cancel()

    def _screen(self, stop: Stop) -> RoleScreen[Any]:
        company = self._company
        if stop is Stop.DESK:
            from screens.desk.desk_screen import DeskScreen

            return DeskScreen(self.tools, company.here)
        if stop is Stop.KIOSK:
            from screens.self_service.kiosk_screen import KioskScreen

            return KioskScreen(self.tools, company.here, self._scanner_factory)
        if stop is Stop.WALL:
            from screens.wall.wall_screen import WallScreen

            return WallScreen(self.tools, company.organizer, company.here.event)
        from screens.organizer.event_screen import EventScreen

        return EventScreen(self.tools, company.organizer, company.here.event)

    async def _guide(self, screen: RoleScreen[Any], steps: list[tuple[int, Step]]) -> None:
        while not screen.query(KeyFooter):
            await asyncio.sleep(LOOK_EVERY_S)  # it is being laid out
        card = TourCard()
        await screen.mount(card, before=screen.query_one(KeyFooter))
        for number, step in steps:
            card.show(self._words(step), at=number, of=len(self._steps))
            pointed = list(screen.query(step.points_at))
            for widget in pointed:
                widget.add_class(POINTED_AT)
            await self._until_done(card, step)
            for widget in pointed:
                widget.remove_class(POINTED_AT)
        while self.screen is not screen and isinstance(self.screen, ModalScreen):
            self.pop_screen()
        screen.dismiss(None)

    def _words(self, step: Step) -> str:
        company = self._company
        facts: dict[str, object] = {
            "guest": plain(company.guest),
            "unpaid": plain(company.unpaid),
            "doors": company.here.clock(company.here.event.starts_at),
        }
        return str(replace(step.words, arguments=facts))

    async def _until_done(self, card: TourCard, step: Step) -> None:
        """Wait until a step was done, was passed over, or took its time."""
        self._asked_on.clear()
        before = await self._scans_here()
        clock = asyncio.get_running_loop().time
        ends_at = clock() + step.seconds
        while (left_s := ends_at - clock()) > 0 and not self._asked_on.is_set():
            card.left_s = round(left_s)
            scans = await self._scans_here()
            if step.done([scan for scan in scans if scan not in before]):
                ends_at, step = min(ends_at, clock() + SEEN_FOR_S), replace(step, done=never)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._asked_on.wait()

    async def _scans_here(self) -> list[ScanView]:
        """What was scanned at the tour's own gate since it began, newest first."""
        here = self._company.here
        scans = await self.tools.desk.read(
            recent_scans, here.actor, here.check_in_list.id, gate_id=here.gate_id
        )
        return [scan for scan in scans if scan.recorded_at >= self._begun_at]
