"""A badge on the screen: the picture that is printed, two of its dots a character or more."""

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from PIL import Image

MARK_COLOUR = (214, 76, 40)
"""Of the frame around the marked part: seen on paper and on every theme."""


class BadgePreview(Widget):
    """Shows a picture as large as it fits, in greys, with a frame around the marked part."""

    DEFAULT_CSS = """
    BadgePreview { background: $background; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    picture: "reactive[Image.Image | None]" = reactive(None, init=False)
    """The side on show, as `badges.drawing.pages` makes it; None shows nothing."""

    mark: "reactive[tuple[float, float, float, float] | None]" = reactive(None, init=False)
    """Left, top, right and bottom of the marked part, of the picture's width and height."""

    zoomed: "reactive[bool]" = reactive(False, init=False)
    """Whether only what is around the marked part is shown, and larger."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []

    def watch_picture(self) -> None:
        """Paint the new picture."""
        self._strips = self._painted()
        self.refresh()

    def watch_zoomed(self) -> None:
        """Paint in the other size."""
        self.watch_picture()

    def watch_mark(self) -> None:
        """Paint the frame at its new place."""
        self._strips = self._painted()
        self.refresh()

    def on_resize(self) -> None:
        """Paint the picture in its new size."""
        self.watch_picture()

    def render_line(self, y: int) -> Strip:
        """Give one line of the picture, or an empty one around it."""
        place = y - (self.size.height - len(self._strips)) // 2
        if 0 <= place < len(self._strips):
            return self._strips[place]
        return Strip.blank(self.size.width, self.rich_style)

    def _painted(self) -> list[Strip]:
        if self.picture is None or not self.size.area:
            return []
        # Loaded with the first picture: the door opens without them.
        import numpy as np
        from PIL import Image

        from screens.widgets.half_blocks import strips

        page = self.picture
        mark = self.mark
        if self.zoomed and mark is not None:
            page, mark = _around(page, mark, self.size.width, self.size.height * 2)
        scale = min(self.size.width / page.width, self.size.height * 2 / page.height)
        wide = max(1, round(page.width * scale))
        high = max(2, round(page.height * scale) // 2 * 2)
        grey = page.convert("L").resize((wide, high), Image.Resampling.BOX)
        pixels = np.array(grey.convert("RGB"))
        if mark is not None:
            left, top, right, bottom = mark
            x0, x1 = round(left * (wide - 1)), min(wide - 1, round(right * (wide - 1)))
            y0, y1 = round(top * (high - 1)), min(high - 1, round(bottom * (high - 1)))
            pixels[[y0, y1], x0 : x1 + 1] = MARK_COLOUR
            pixels[y0 : y1 + 1, [x0, x1]] = MARK_COLOUR
        left_cells = (self.size.width - wide) // 2
        style = self.rich_style
        before = Segment(" " * left_cells, style)
        after = Segment(" " * (self.size.width - wide - left_cells), style)
        return [Strip([before, *row, after], self.size.width) for row in strips(pixels)]


def _around(
    page: "Image.Image", mark: tuple[float, float, float, float], columns: int, rows: int
) -> tuple["Image.Image", tuple[float, float, float, float]]:
    """Cut out what is around a part, in the shape of the widget; give the part's place on it."""
    left, top, right, bottom = (
        round(each * length)
        for each, length in zip(mark, (page.width, page.height) * 2, strict=True)
    )
    wide = max(right - left + page.width // 12, page.width // 4)
    high = max(bottom - top + page.height // 12, round(wide * rows / columns))
    wide = max(wide, round(high * columns / rows))
    wide, high = min(wide, page.width), min(high, page.height)
    x = max(0, min((left + right - wide) // 2, page.width - wide))
    y = max(0, min((top + bottom - high) // 2, page.height - high))
    inside = (
        max(0.0, (left - x) / wide),
        max(0.0, (top - y) / high),
        min(1.0, (right - x) / wide),
        min(1.0, (bottom - y) / high),
    )
    return page.crop((x, y, x + wide, y + high)), inside
