"""A badge on the screen: the picture that is printed, drawn by the terminal or as half blocks."""

from io import BytesIO
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from screens.core.kitty_graphics import MAX_CELLS
from screens.core.terminal_pictures import DrawsPictures, TerminalPictures, cells_of

if TYPE_CHECKING:
    from PIL import Image

Mark: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom of a part, of the picture's width and height."""

MARK_COLOUR = (214, 76, 40)
"""Of the frame around the marked part: seen on paper and on every theme."""

DOTS: Final = 16
"""Dots a half block is wide and high, at most, in a picture that the terminal draws."""

FRAME_PART: Final = 200
"""The frame's line is this part of the picture's width."""


class BadgePreview(Widget):
    """Shows a picture as large as it fits, in greys, with a frame around the marked part."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    picture: "reactive[Image.Image | None]" = reactive(None, init=False)
    """The side on show, as `badges.drawing.pages` makes it; None shows nothing."""

    mark: "reactive[Mark | None]" = reactive(None, init=False)
    """The marked part, which gets a frame."""

    zoomed: "reactive[bool]" = reactive(False, init=False)
    """Whether only what is around the marked part is shown, and larger."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._sent: list[int] = []

    def on_mount(self) -> None:
        """Send the picture again when the program comes back: the terminal forgot it."""
        if self._terminal is not None:
            self.app.app_resume_signal.subscribe(self, lambda _: self.watch_picture())

    def on_show(self) -> None:
        """Paint the picture again, which the terminal forgot meanwhile."""
        if self._terminal is not None:
            self.watch_picture()

    def on_hide(self) -> None:
        """Take the picture away."""
        self._forget()

    def on_unmount(self) -> None:
        """Take the picture away."""
        self._forget()

    def watch_picture(self) -> None:
        """Paint the new picture."""
        self._strips = self._painted()
        self.refresh()

    def watch_zoomed(self) -> None:
        """Paint in the other size."""
        self.watch_picture()

    def watch_mark(self) -> None:
        """Paint the frame at its new place."""
        self.watch_picture()

    def on_resize(self) -> None:
        """Paint the picture in its new size."""
        self.watch_picture()

    def render_line(self, y: int) -> Strip:
        """Give one line of the picture, or an empty one around it."""
        place = y - (self.size.height - len(self._strips)) // 2
        width, style = self.size.width, self.rich_style
        if not 0 <= place < len(self._strips):
            return Strip.blank(width, style)
        row = self._strips[place]
        left = (width - row.cell_length) // 2
        right = width - row.cell_length - left
        return Strip.join([Strip.blank(left, style), row, Strip.blank(right, style)])

    def _painted(self) -> list[Strip]:
        self._forget(keep=0 if self.picture is None else 1)
        if self.picture is None or not self.size.area:
            return []
        page, mark = self.picture, self.mark
        if self.zoomed and mark is not None:
            page, mark = _around(page, mark, self.size.width, self.size.height * 2)
        terminal = self._terminal
        scale = min(self.size.width / page.width, self.size.height * 2 / page.height)
        if terminal is not None:
            scale = min(scale, MAX_CELLS / page.width, MAX_CELLS * 2 / page.height)
        wide = max(1, round(page.width * scale))
        high = max(2, round(page.height * scale) // 2 * 2)
        if terminal is None:
            return _half_blocks(page, mark, wide, high)
        number = terminal.send(_png(page, mark, wide, high), wide, high // 2)
        self._sent.append(number)
        return [Strip(row, wide) for row in cells_of(number, wide, high // 2, self.rich_style)]

    @property
    def _terminal(self) -> TerminalPictures | None:
        return self.app.pictures if isinstance(self.app, DrawsPictures) else None

    def _forget(self, keep: int = 0) -> None:
        """Take pictures away, but for the last ones: what is on show stays until it is painted."""
        gone = self._sent[: len(self._sent) - keep]
        del self._sent[: len(gone)]
        if gone and (terminal := self._terminal) is not None:
            for number in gone:
                terminal.forget(number)


def _half_blocks(page: "Image.Image", mark: Mark | None, wide: int, high: int) -> list[Strip]:
    """Make a picture of so many half blocks, in greys, with the frame."""
    # Loaded with the first picture: the door opens without them.
    import numpy as np
    from PIL import Image

    from screens.widgets.half_blocks import strips

    grey = page.convert("L").resize((wide, high), Image.Resampling.BOX)
    pixels = np.array(grey.convert("RGB"))
    if mark is not None:
        x0, y0, x1, y1 = _corners(mark, wide, high)
        pixels[[y0, y1], x0 : x1 + 1] = MARK_COLOUR
        pixels[y0 : y1 + 1, [x0, x1]] = MARK_COLOUR
    return strips(pixels)


def _png(page: "Image.Image", mark: Mark | None, wide: int, high: int) -> bytes:
    """Make a PNG for so many half blocks, with the frame: no larger than the screen can show."""
    from PIL import Image, ImageDraw

    picture = page.convert("L")
    picture.thumbnail((wide * DOTS, high * DOTS), Image.Resampling.BOX)
    if mark is not None:
        picture = picture.convert("RGB")
        corners = _corners(mark, *picture.size)
        line = max(1, picture.width // FRAME_PART)
        ImageDraw.Draw(picture).rectangle(corners, outline=MARK_COLOUR, width=line)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _corners(mark: Mark, wide: int, high: int) -> tuple[int, int, int, int]:
    """Return the frame in dots of a picture: left, top, right and bottom, all inside."""
    left, top, right, bottom = mark
    x0, x1 = round(left * (wide - 1)), min(wide - 1, round(right * (wide - 1)))
    y0, y1 = round(top * (high - 1)), min(high - 1, round(bottom * (high - 1)))
    return x0, y0, x1, y1


def _around(page: "Image.Image", mark: Mark, columns: int, rows: int) -> tuple["Image.Image", Mark]:
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
