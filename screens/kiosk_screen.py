"""The kiosk: checks in whoever shows a code, with nobody from the staff beside it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Button, ContentSwitcher, Label
from textual.worker import get_current_worker

from eventdesk.errors import CameraError, DecoderError, EventDeskError, StoreBusyError
from eventdesk.model.door import Scan, ScanSource
from eventdesk.model.plain_text import plain
from eventdesk.usecases.accounts import booking_tickets, guest_tickets
from kiosk.sightings import CameraFound, CameraLost, Event, Sighting
from screens.answers import Answer, could_not, for_guest
from screens.checking_in import check_in_patiently
from screens.kiosk_menu import Entry, KioskMenu
from screens.messages import Touched
from screens.role_screen import RoleScreen
from screens.station import Place, Tools
from screens.widgets.camera_view import CameraView
from screens.widgets.no_code import NoCodeForm, TicketChoice
from screens.widgets.role_header import RoleHeader
from screens.widgets.status_line import Health
from screens.widgets.verdict import Verdict

if TYPE_CHECKING:
    from kiosk.scanner import Scanner

VERDICT_S: Final = 4.0
"""How long an answer stays when nobody comes after."""

FORGET_S: Final = 20.0
"""Untouched for so long, the kiosk forgets everything typed."""

PICTURES_A_SECOND: Final = 12

AIM = "Hold your ticket's QR code up to the camera"
NO_CAMERA = "The camera has no picture right now"
BUSY = "Our computer is busy. Please show your ticket again in a moment, or go to the desk."
BROKEN = "Something went wrong here. Please go to the desk."


class KioskScreen(RoleScreen[None]):
    """Shows the camera's picture and answers every code; only the staff PIN leaves it.

    Args:
        tools: Store, settings, clock and sounds.
        place: Where the kiosk stands.
        scanner_factory: Makes the camera's scanner; None makes it from the settings.
    """

    ROLE = "Kiosk"
    THINGS = ("camera", "store", "printer")
    CSS_PATH = "styles/kiosk.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (120, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "no_code", "No code at hand", id="no_code"),
        Binding("escape", "start_over", "Start over", id="start_over"),
        Binding("f10", "staff", "Staff", id="staff"),
    ]

    verdict = getters.query_one(Verdict)
    view = getters.query_one(CameraView)
    panes = getters.query_one(ContentSwitcher)

    @dataclass
    class CameraSaid(Message):
        """Something happened in front of the camera, or to it."""

        event: Event

    def __init__(
        self,
        tools: Tools,
        place: Place,
        scanner_factory: "Callable[[], Scanner] | None" = None,
    ) -> None:
        super().__init__(tools, place)
        self.place: Place = place
        self._make_scanner = scanner_factory or self._scanner_for(tools.settings.camera)
        self._scanner: Scanner | None = None
        self._one_by_one = asyncio.Lock()
        self._back_to_idle: Timer | None = None
        self._forgetting: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out picture and invitation, the way in without a code, and the answer."""
        with ContentSwitcher(initial="idle"):
            with Horizontal(id="idle"):
                yield CameraView()
                with Vertical(id="invitation"):
                    yield Label(plain(self.place.event.name), id="event-name", markup=False)
                    yield Label(AIM, id="aim", markup=False)
                    yield Label("Flat, and about a hand's width away.", id="aim-hint")
                    yield Button("No code at hand?", id="no-code-button")
            yield NoCodeForm(id="no-code")
            yield TicketChoice(id="tickets")
        yield Verdict()

    def on_mount(self) -> None:
        """Start the live picture."""
        super().on_mount()
        self.set_interval(1 / PICTURES_A_SECOND, self._show_picture)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the keys of the staff's screens from guests."""
        return action not in {"help", "re_read", "back", "maximize", "minimize"}

    # The camera

    def on_screen_resume(self) -> None:
        """Open the camera whenever the kiosk comes to the front."""
        self.watch_camera()

    def on_screen_suspend(self) -> None:
        """Release the camera while something else is in front."""
        self.workers.cancel_group(self, "camera")

    @work(thread=True, group="camera", exit_on_error=False)
    def watch_camera(self) -> None:
        """Forward what the camera sees until the worker is cancelled. Runs in a thread."""
        stop = get_current_worker().cancelled_event
        scanner = self._make_scanner()
        self._scanner = scanner
        try:
            for event in scanner.events(stop):
                self.post_message(self.CameraSaid(event))
            lost = CameraLost("The pictures are over.", "Choose a camera in the staff menu.", 0)
        except (CameraError, DecoderError) as error:
            lost = CameraLost(str(error), error.hint, 0)
        if not stop.is_set():
            self.post_message(self.CameraSaid(lost))

    @on(CameraSaid)
    def heed_camera(self, message: CameraSaid) -> None:
        """Check a code in, or say how the camera is."""
        match message.event:
            case Sighting(text=text, nonce=nonce, seen_at=seen_at):
                self.admit(
                    self.place.scan(text, source=ScanSource.CAMERA, seen_at=seen_at, nonce=nonce)
                )
            case CameraFound():
                self._camera_is(Health(True, "ready"))
            case CameraLost(reason=reason, hint=hint):
                self._camera_is(Health(False, plain(f"{reason} {hint}")))

    def _camera_is(self, health: Health) -> None:
        self.tell("camera", health)
        self.set_class(not health.well, "-no-camera")
        self.query_one("#aim", Label).update(AIM if health.well else NO_CAMERA)
        self.query_one("#aim-hint", Label).update(
            "Flat, and about a hand's width away."
            if health.well
            else "You can still check in without a code, or at the desk."
        )

    def _show_picture(self) -> None:
        picture = self._scanner.preview if self._scanner is not None else None
        if picture is not self.view.picture and self.panes.current == "idle":
            self.view.picture = picture

    # The answer

    @work(group="check_in", exit_on_error=False)
    async def admit(self, scan: Scan) -> None:
        """Check one scan in and show the answer; scans are answered in the order they came."""
        async with self._one_by_one:
            with self.waiting():
                answer = await self._checked_in(scan)
            self.show(answer)

    async def _checked_in(self, scan: Scan) -> Answer:
        try:
            result = await check_in_patiently(self.tools, self.place, scan)
        except StoreBusyError as error:
            self.tell("store", Health(False, str(error)))
            return could_not(BUSY)
        except EventDeskError as error:
            self.tell("store", Health(False, f"{error} {error.hint}"))
            return could_not(BROKEN)
        return for_guest(result, printer_well=self.printer.well)

    def show(self, answer: Answer) -> None:
        """Show the answer over everything, with its sound, and forget what was typed."""
        self.verdict.answer = answer
        self.tools.sounds.play(answer.tone)
        self._start_over_below()
        if self._back_to_idle is not None:
            self._back_to_idle.stop()
        self._back_to_idle = self.set_timer(VERDICT_S, self._hide_verdict)

    @on(Verdict.Dismissed)
    def _hide_verdict(self) -> None:
        self.verdict.answer = None

    # Without a code

    @on(Button.Pressed, "#no-code-button")
    def action_no_code(self) -> None:
        """Ask the guest who they are."""
        self._hide_verdict()
        self.panes.current = "no-code"
        self.query_one(NoCodeForm).begin()

    @on(NoCodeForm.Asked)
    @work(exclusive=True, group="no-code", exit_on_error=False)
    async def find_tickets(self, message: NoCodeForm.Asked) -> None:
        """Look for the guest's tickets and offer them."""
        desk, event_id, now = self.tools.desk, self.place.event.id, self.tools.now()
        try:
            with self.waiting():
                tickets = (
                    await desk.write(booking_tickets, event_id, message.booking, now=now)
                    if message.booking
                    else await desk.write(
                        guest_tickets, event_id, email=message.email, pin=message.pin, now=now
                    )
                )
        except EventDeskError as error:
            self.query_one(NoCodeForm).refuse(f"{error} {error.hint}".rstrip())
            return
        if self.panes.current == "no-code":
            self.panes.current = "tickets"
            self.query_one(TicketChoice).offer(tickets)

    @on(TicketChoice.Chosen)
    def check_in_chosen(self, message: TicketChoice.Chosen) -> None:
        """Check the chosen ticket in, as if its code had been shown."""
        self.admit(
            self.place.scan(message.ticket.code, source=ScanSource.TYPED, seen_at=self.tools.now())
        )

    # Starting over

    @on(Touched)
    def _wait_for_quiet(self) -> None:
        if self._forgetting is not None:
            self._forgetting.stop()
        self._forgetting = self.set_timer(FORGET_S, self.forget)

    async def forget(self) -> None:
        """Close what was opened here, empty what was typed, and invite the next guest."""
        while self.app.screen is not self:
            await self.app.screen.dismiss(None)
        self.action_start_over()

    @on(Button.Pressed, "#no-code-back, #tickets-back")
    def action_start_over(self) -> None:
        """Go back to the camera."""
        self._hide_verdict()
        self._start_over_below()

    def _start_over_below(self) -> None:
        # Only where something changes: each change of focus draws the footer anew.
        if self.panes.current != "idle":
            self.panes.current = "idle"
            self.query_one(NoCodeForm).forget()
            self.query_one(TicketChoice).forget()
        if self.focused is not None:
            self.set_focus(None)

    # The staff

    @work(exclusive=True, group="staff", exit_on_error=False)
    async def action_staff(self) -> None:
        """Offer the staff menu to whoever knows the PIN."""
        self.action_start_over()
        menu = KioskMenu(self.app, self.tools, self.place)
        match await menu.ask():
            case Entry.CAMERA:
                source = await menu.camera(self._source_name())
                if source is not None:
                    self._use_camera(source)
            case Entry.CHECK_IN_LIST:
                self._stand_at(await menu.check_in_list())
            case Entry.GATE:
                self._stand_at(await menu.gate())
            case Entry.CLOSE:
                self.dismiss(None)

    def _source_name(self) -> str:
        return self._scanner.source_name if self._scanner else self.tools.settings.camera

    def _use_camera(self, source: str) -> None:
        self.workers.cancel_group(self, "camera")
        self._make_scanner = self._scanner_for(source)
        self.watch_camera()

    def _stand_at(self, place: Place) -> None:
        self.place = place
        self.query_one(RoleHeader).place = place

    def _scanner_for(self, source: str) -> "Callable[[], Scanner]":
        """Make scanners of one source; OpenCV is loaded only when the first one is made."""

        def make() -> "Scanner":
            from kiosk.scanner import Scanner

            return Scanner(source, quiet_s=self.tools.settings.quiet_s, loop=True)

        return make
