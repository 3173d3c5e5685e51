"""The kiosk's eye: the camera, its picture, and what it says of itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import getters, on, work
from textual.message import Message
from textual.widgets import ContentSwitcher, Label
from textual.worker import get_current_worker

from eventdesk.acts.changes import AT_THE_DOOR
from eventdesk.core.errors import CameraError, DecoderError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from kiosk.sightings import CameraFound, CameraLost, Event, Sighting
from screens.role_screen import RoleScreen
from screens.station import Place, Tools
from screens.widgets.camera_view import CameraView
from screens.widgets.status_line import Health

if TYPE_CHECKING:
    from kiosk.scanner import Scanner

PICTURES_A_SECOND: Final = 12

AIM = msg("Hold your ticket's QR code up to the camera")
NO_CAMERA = msg("The camera has no picture right now")


class CameraScreen(RoleScreen[None]):
    """A screen with a live picture; a subclass says in `sighted` what a code does.

    Args:
        tools: Store, settings, clock and sounds.
        place: Where it stands.
        scanner_factory: Makes the camera's scanner; None makes it from the settings.
    """

    SHOWS = AT_THE_DOOR
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
        self._make_scanner = scanner_factory or self._scanner_for(tools.settings.camera)
        self._scanner: Scanner | None = None

    def on_mount(self) -> None:
        """Start the live picture."""
        self.set_interval(1 / PICTURES_A_SECOND, self._show_picture)

    def on_screen_resume(self) -> None:
        """Open the camera whenever the screen comes to the front, once it is painted there."""
        self.call_after_refresh(self._open_camera)

    def on_screen_suspend(self) -> None:
        """Release the camera while something else is in front."""
        self.workers.cancel_group(self, "camera")

    def _open_camera(self) -> None:
        if self.is_current:
            self.watch_camera()

    @work(thread=True, group="camera", exit_on_error=False)
    def watch_camera(self) -> None:
        """Forward what the camera sees until the worker is cancelled. Runs in a thread."""
        stop = get_current_worker().cancelled_event
        scanner = self._make_scanner()
        self._scanner = scanner
        try:
            for event in scanner.events(stop):
                self.post_message(self.CameraSaid(event))
            lost = CameraLost(
                _("The pictures are over."), _("Choose a camera in the staff menu."), 0
            )
        except (CameraError, DecoderError) as error:
            lost = CameraLost(str(error), error.hint, 0)
        if not stop.is_set():
            self.post_message(self.CameraSaid(lost))

    @on(CameraSaid)
    def heed_camera(self, message: CameraSaid) -> None:
        """Take a code, or say how the camera is."""
        match message.event:
            case Sighting():
                self.sighted(message.event)
            case CameraFound():
                self._camera_is(Health(True, _("ready")))
            case CameraLost(reason=reason, hint=hint):
                self._camera_is(Health(False, plain(f"{reason} {hint}")))

    def sighted(self, sighting: Sighting) -> None:
        """Take a code; the screen says how."""
        raise NotImplementedError

    @property
    def source_name(self) -> str:
        """The camera that is in use."""
        return self._scanner.source_name if self._scanner else self.tools.settings.camera

    def use_camera(self, source: str) -> None:
        """Use another camera from now on."""
        self.workers.cancel_group(self, "camera")
        self._make_scanner = self._scanner_for(source)
        self.watch_camera()

    def _camera_is(self, health: Health) -> None:
        self.tell("camera", health)
        self.set_class(not health.well, "-no-camera")
        self.query_one("#aim", Label).update(str(AIM if health.well else NO_CAMERA))
        self.query_one("#aim-hint", Label).update(
            _("Flat, and about a hand's width away.")
            if health.well
            else _("You can still check in without a code, or at the desk.")
        )

    def _show_picture(self) -> None:
        picture = self._scanner.preview if self._scanner is not None else None
        if picture is not self.view.picture and self.panes.current == "idle":
            self.view.picture = picture

    def _scanner_for(self, source: str) -> "Callable[[], Scanner]":
        """Make scanners of one source; OpenCV is loaded only when the first one is made."""

        def make() -> "Scanner":
            from kiosk.scanner import Scanner

            return Scanner(source, quiet_s=self.tools.settings.quiet_s, loop=True)

        return make
