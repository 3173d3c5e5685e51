"""The live picture, two pixels a character, with a frame to aim at and the code that was found."""

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
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

    def on_resize(self) -> None:
        """Paint the picture in its new size."""
        self._strips = self._painted()

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
