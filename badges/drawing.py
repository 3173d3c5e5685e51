"""Badges as pictures: what a layout says of a badge, in black dots on white.

The preview on a screen and every printer that prints pictures show the same picture.
"""

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from badges import qr
from badges.badge import Badge
from badges.fitting import Fitted, Room, fit
from badges.layout_parts import Align, Kind, Layout, Part, Plate, Valign
from badges.lettering import Lettering
from badges.logo import logo
from badges.raster import the_layout
from badges.values import is_for, said
from eventdesk.core.errors import InvalidInputError

_MM_PER_INCH: Final = 25.4
_POINTS_PER_INCH: Final = 72
_TRUE_DPI: Final = {203: 203.2, 180: 180.0, 600: 600.0}
"""Printers called 203 dpi have 8 dots a millimetre."""

_BLACK_FROM: Final = 120
"""Coverage from which a dot of a letter is printed, of 255."""

_PLATE_PADDING: Final = 0.34
"""Left and right of the words on a plate, of the size of its letters."""


def pages(
    badge: Badge, layout: Layout, *, dpi: int, lettering: Lettering | None = None
) -> list[Image.Image]:
    """Draw a badge as pictures of PIL's mode "1", black on white, one a side.

    Words shrink until they fit and are never outside their place. The QR code has a whole number
    of dots a module and its quiet zone; it is left out where a module would get less than one
    dot, or where the token cannot be a QR code.

    Args:
        badge: What to say, as typed.
        layout: What stands where.
        dpi: Dots per inch of the printer; 203 is taken as 8 dots a millimetre.
        lettering: Fonts to write with; None is those of this machine.
    """
    letters = replace(
        lettering or Lettering.of_this_machine(), language=layout.language or badge.language
    )
    drawn = []
    for no, side in enumerate(layout.sides):
        size = (max(1, dots(layout.width_mm, dpi)), max(1, dots(layout.height_mm, dpi)))
        page = Image.new("1", size, 1)
        press = _Press(page, ImageDraw.Draw(page), badge, layout, dpi, letters)
        for part in side:
            if is_for(part, badge):
                press.put(part)
        upside_down = layout.turn_back and no == 1
        drawn.append(page.transpose(Image.Transpose.ROTATE_180) if upside_down else page)
    return drawn


def badge_png(
    badge: Badge, layout: Layout | None = None, *, dpi: int = 300, side: int = 0
) -> bytes:
    """Return one side of a badge as a 1-bit PNG; see `pages`."""
    page = pages(badge, the_layout(badge, layout), dpi=dpi)[side]
    written = io.BytesIO()
    page.save(written, "PNG", dpi=(dpi, dpi))
    return written.getvalue()


def dots(length_mm: float, dpi: int) -> int:
    """Convert a length on paper to whole dots of a printer.

    >>> dots(48, 203)
    384
    """
    if length_mm < 0 or dpi <= 0:
        raise ValueError(f"no such length: {length_mm} mm at {dpi} dpi")
    return round(length_mm / _MM_PER_INCH * _TRUE_DPI.get(dpi, dpi))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A rectangle in dots."""

    left: int
    top: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """First and last dots, as Pillow takes a rectangle."""
        return self.left, self.top, self.left + self.width - 1, self.top + self.height - 1

    def upright(self, degrees: int) -> tuple[int, int]:
        """Width and height before it is turned by so many degrees."""
        if degrees in (90, 270):
            return self.height, self.width
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class _Press:
    """Draws the parts of one side on a page."""

    page: Image.Image
    pen: ImageDraw.ImageDraw
    badge: Badge
    layout: Layout
    dpi: int
    letters: Lettering

    def put(self, part: Part) -> None:
        """Draw one part."""
        spot = self._spot(part)
        match part.kind:
            case Kind.TEXT:
                self._put_text(part, spot)
            case Kind.QR:
                self._put_code(part, spot)
            case Kind.LOGO:
                self._put_logo(part, spot)
            case Kind.LINE:
                self._put_line(part, spot)
            case Kind.BOX:
                self._put_box(part, spot)

    def _spot(self, part: Part) -> _Spot:
        left, top = dots(part.x, self.dpi), dots(part.y, self.dpi)
        right = min(dots(part.x + part.width, self.dpi), self.page.width)
        bottom = min(dots(part.y + part.height, self.dpi), self.page.height)
        return _Spot(left, top, max(0, right - left), max(0, bottom - top))

    def _put_text(self, part: Part, spot: _Spot) -> None:
        text = said(part.text, self.badge, self.layout)
        if not text or spot.width < 1 or spot.height < 1:
            return
        if part.upper:
            text = text.upper()
        letters = replace(self.letters, weight=part.weight, tracking=part.tracking / 100)
        size = spot.upright(part.turn)
        style = _Style(part.align, part.valign, part.plate, part.lines)
        ink = _written(
            text, letters, style, self._points(part.size), self._points(part.min_size), size
        )
        corner = (spot.left, spot.top)
        if ink.plate is not None:
            plate = _plate(ink.plate, size, dots(part.radius, self.dpi))
            self.page.paste(0, corner, _turned(plate, part.turn))
        self.page.paste(0 if ink.plate is None else 1, corner, _turned(ink.mask, part.turn))

    def _points(self, points: float) -> int:
        true_dpi = _TRUE_DPI.get(self.dpi, self.dpi)
        return max(1, round(points / _POINTS_PER_INCH * true_dpi))

    def _put_code(self, part: Part, spot: _Spot) -> None:
        try:
            box = min(spot.width, spot.height) // len(qr.matrix(self.badge.token))
        except InvalidInputError:
            return
        if box < 1 or not self.badge.token:
            return
        code = _turned(qr.picture(self.badge.token, box), part.turn)
        left = spot.left + (spot.width - code.width) // 2
        self.page.paste(code, (left, spot.top + (spot.height - code.height) // 2))

    def _put_logo(self, part: Part, spot: _Spot) -> None:
        drawn = logo(part, self.layout, *spot.upright(part.turn))
        if drawn is None:
            return
        picture = _turned(drawn, part.turn)
        left = spot.left + _along(part.align, spot.width - picture.width)
        top = spot.top + _along(part.valign, spot.height - picture.height)
        self.page.paste(picture, (left, top))

    def _put_line(self, part: Part, spot: _Spot) -> None:
        thick = max(1, dots(part.thickness, self.dpi))
        width, height = spot.width or thick, spot.height or thick
        left = min(spot.left, self.page.width - width)
        top = min(spot.top, self.page.height - height)
        self.pen.rectangle(_Spot(left, top, width, height).corners, fill=0)

    def _put_box(self, part: Part, spot: _Spot) -> None:
        thick = max(1, dots(part.thickness, self.dpi))
        radius = min(dots(part.radius, self.dpi), min(spot.width, spot.height) // 2)
        self.pen.rounded_rectangle(
            spot.corners, radius, fill=0 if part.fill else None, outline=0, width=thick
        )


@dataclass(frozen=True, slots=True)
class _Style:
    """Alignment, plate and number of lines of a text."""

    align: Align
    valign: Valign
    plate: Plate
    lines: int


@dataclass(frozen=True, slots=True)
class _Ink:
    """A text as a mask of its place, and the rectangle its plate covers."""

    mask: Image.Image
    plate: _Spot | None


@lru_cache(maxsize=256)
def _written(
    text: str, letters: Lettering, style: _Style, largest: int, smallest: int, size: tuple[int, int]
) -> _Ink:
    """Draw a text into a mask; cached, for words that many badges share."""
    width, height = size
    padding = round(_PLATE_PADDING * min(smallest, height)) if style.plate is not Plate.NONE else 0
    room = Room(max(1, width - 2 * padding), height, largest, smallest, style.lines)
    fitted = fit(text, room, letters)
    if style.plate is not Plate.NONE:
        widest = max(letters.extent(line).width for line in fitted.lines) * fitted.size
        spare_at_an_end = max(0, int(width - widest) // 2)
        padding = max(padding, min(round(_PLATE_PADDING * fitted.size), spare_at_an_end))
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    top, ends = _along(style.valign, height - fitted.height), []
    for line, baseline in zip(fitted.lines, fitted.baselines, strict=True):
        extent = letters.extent(line)
        wide = extent.width * fitted.size
        inset = padding if style.align is not Align.CENTER else 0
        spare = max(0.0, width - wide - 2 * inset)
        left = inset + _along(style.align, round(spare))
        letters.write(pen, left + extent.left * fitted.size, top + baseline, line, fitted.size, 255)
        ends += [left, left + round(wide)]
    plate = _covered(style, size, fitted, top, (min(ends), max(ends)), padding)
    return _Ink(mask.point(_THRESHOLD, mode="1"), plate)


_THRESHOLD = [255 if value >= _BLACK_FROM else 0 for value in range(256)]


def _covered(
    style: _Style,
    size: tuple[int, int],
    fitted: Fitted,
    top: int,
    ends: tuple[int, int],
    padding: int,
) -> _Spot | None:
    """The rectangle that the plate of a text covers."""
    if style.plate is Plate.NONE:
        return None
    if style.plate is Plate.FULL:
        return _Spot(0, 0, *size)
    left, right = max(0, ends[0] - padding), min(size[0], ends[1] + padding)
    above = round(0.2 * fitted.size)
    first, last = max(0, top - above), min(size[1], top + fitted.height + above)
    return _Spot(left, first, right - left, last - first)


def _plate(spot: _Spot, size: tuple[int, int], radius: int) -> Image.Image:
    mask = Image.new("1", size, 0)
    rounded = min(radius, min(spot.width, spot.height) // 2)
    ImageDraw.Draw(mask).rounded_rectangle(spot.corners, rounded, fill=1)
    return mask


def _along(where: Align | Valign, spare: int) -> int:
    """The part of the spare room that comes first."""
    match where:
        case Align.LEFT | Valign.TOP:
            return 0
        case Align.CENTER | Valign.MIDDLE:
            return spare // 2
        case Align.RIGHT | Valign.BOTTOM:
            return spare


_TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""Pillow turns against the clock."""


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    return picture.transpose(_TURNS[degrees]) if degrees in _TURNS else picture
