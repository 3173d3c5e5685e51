"""The camera of the kiosk: its live picture, what it sees, and whether it works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual import on, work
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import get_current_worker

from eventdesk.core.errors import CameraError, DecoderError
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.settings import Settings
from kiosk.sightings import CameraFound, CameraLost, Sighting
from screens.core.failures import ShowsErrors
from screens.widgets.status_line import Health

if TYPE_CHECKING:
    from kiosk.scanner import Scanner
    from kiosk.sightings import Preview


MAX_COLUMNS = 80
"""A wider picture would cost more of the processor than it shows."""


class CameraView(Widget):
    """Shows a `Preview`, as large as it fits without being distorted."""

    DEFAULT_CSS = """
    CameraView {
        background: $background;
        & > .camera-view--aim { color: $primary; }
        & > .camera-view--found { color: $success; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"camera-view--aim", "camera-view--found"}

    picture: "reactive[Preview | None]" = reactive(None, init=False)
    """The picture on show; None while there is no camera."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []

    def watch_picture(self) -> None:
        """Paint the new picture."""
        self._strips = self._painted()

    on_resize = watch_picture

    def render_line(self, y: int) -> Strip:
        """Give one line of the picture, or an empty one above, below and without it."""
        place = y - (self.size.height - len(self._strips)) // 2
        if 0 <= place < len(self._strips):
            return self._strips[place]
        return Strip.blank(self.size.width, self.rich_style)

    def _painted(self) -> list[Strip]:
        if self.picture is None or not self.size.area:
            return []
        # numpy takes a fifth of the start, and there is nothing to paint before the camera's first
        # picture, which has loaded it.
        from screens.widgets.half_blocks import draw_aim, draw_outline, fitted, strips

        image = self.picture.image
        pixels = fitted(image, min(self.size.width, MAX_COLUMNS), self.size.height * 2)
        scale = pixels.shape[1] / image.shape[1]
        draw_aim(pixels, self._colour("camera-view--aim"))
        for outline in self.picture.outlines:
            draw_outline(pixels, outline, scale, self._colour("camera-view--found"))
        left = (self.size.width - pixels.shape[1]) // 2
        right = self.size.width - pixels.shape[1] - left
        style = self.rich_style
        before, after = Segment(" " * left, style), Segment(" " * right, style)
        return [Strip([before, *row, after], self.size.width) for row in strips(pixels)]

    def _colour(self, component: str) -> tuple[int, int, int]:
        return self.get_component_styles(component).color.rgb


PICTURES_A_SECOND: Final = 12


class Camera(CameraView, ShowsErrors):
    """The live picture of the camera, with what the camera sees and how it is as messages.

    Args:
        settings: Name the camera, and for how long a code that is held up stays silent.
        scanner_factory: Makes the camera's scanner; None makes it from the settings.
    """

    @dataclass
    class Seen(Message):
        """A code was held up to the camera."""

        sighting: Sighting

    @dataclass
    class IsNow(Message):
        """The camera works, or does not any more."""

        health: Health

    def __init__(
        self, settings: Settings, scanner_factory: "Callable[[], Scanner] | None" = None
    ) -> None:
        super().__init__()
        self._settings = settings
        self._make_scanner = scanner_factory or self._scanner_for(settings.camera)
        self._scanner: Scanner | None = None

    def on_mount(self) -> None:
        """Get ready for the live picture; without a camera nothing has to wake up for it."""
        self._pictures = self.set_interval(1 / PICTURES_A_SECOND, self._show_picture, pause=True)

    @on(IsNow)
    def _begin_or_rest(self, message: IsNow) -> None:
        if message.health.well:
            self._pictures.resume()
        else:
            self._pictures.pause()

    def close(self) -> None:
        """Release the camera."""
        self.workers.cancel_group(self, "camera")

    def use(self, source: str) -> None:
        """Use another camera from now on."""
        self.close()
        self._make_scanner = self._scanner_for(source)
        self.follow()

    @property
    def source_name(self) -> str:
        """The camera that is in use."""
        return self._scanner.source_name if self._scanner else self._settings.camera

    @work(thread=True, group="camera", exit_on_error=False)
    def follow(self) -> None:
        """Forward what the camera sees until the worker is cancelled. Runs in a thread."""
        stop = get_current_worker().cancelled_event
        scanner = self._make_scanner()
        self._scanner = scanner
        try:
            for event in scanner.events(stop):
                match event:
                    case Sighting():
                        self.post_message(self.Seen(event))
                    case CameraFound():
                        self.post_message(self.IsNow(Health(True, _("ready"))))
                    case CameraLost(reason=reason, hint=hint):
                        self._tell_lost(reason, hint)
            reason, hint = _("The pictures are over."), _("Choose a camera in the staff menu.")
        except (CameraError, DecoderError) as error:
            reason, hint = str(error), error.hint
        if not stop.is_set():
            self._tell_lost(reason, hint)

    def _tell_lost(self, reason: str, hint: str) -> None:
        self.post_message(self.IsNow(Health(False, plain(f"{reason} {hint}"))))

    def _show_picture(self) -> None:
        picture = self._scanner.preview if self._scanner is not None else None
        if picture is not self.picture and self.is_on_screen:
            self.picture = picture

    def _scanner_for(self, source: str) -> "Callable[[], Scanner]":
        """Make scanners of one source; OpenCV is loaded only when the first one is made."""

        def make() -> "Scanner":
            from kiosk.scanner import Scanner

            return Scanner(source, quiet_s=self._settings.quiet_s, loop=True)

        return make
