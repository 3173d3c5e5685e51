"""Many badges on sheets of paper: how they lie, and the pictures of the sheets."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from badges.badge import Badge
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

if TYPE_CHECKING:
    from PIL.Image import Image

    from badges.layout_parts import Layout

DPI: Final = 300
MARK_MM: Final = 4.0
"""Length of a crop mark."""

AWAY_MM: Final = 1.0
"""How far a crop mark stays from the badge it is for."""


class PaperSize(StrEnum):
    """Sheets of paper."""

    A4 = "a4"
    LETTER = "letter"


SIZES_MM: Final = {PaperSize.A4: (210.0, 297.0), PaperSize.LETTER: (215.9, 279.4)}

MEDIA: Final = {PaperSize.A4: "A4", PaperSize.LETTER: "Letter"}
"""The papers as CUPS calls them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that badges are printed on.

    Attributes:
        margin_mm: What the printer leaves white at each edge, at least.
        gap_mm: Between two badges.
        crop_marks: Whether lines show where to cut.
    """

    paper: PaperSize = PaperSize.A4
    margin_mm: float = 5.0
    gap_mm: float = 0.0
    crop_marks: bool = True


@dataclass(frozen=True, slots=True)
class Grid:
    """Where badges lie on a sheet: columns, rows, and the first one's corner in mm."""

    columns: int
    rows: int
    left_mm: float
    top_mm: float

    @property
    def places(self) -> int:
        """Badges on a sheet."""
        return self.columns * self.rows


def grid_of(width_mm: float, height_mm: float, sheet: Sheet) -> Grid:
    """Lay badges of a size on a sheet, as many as fit, in its middle.

    Raises:
        InvalidInputError: Not one fits, or a measure cannot be.

    >>> grid_of(62, 100, Sheet(margin_mm=5))
    Grid(columns=3, rows=2, left_mm=12.0, top_mm=48.5)
    """
    wide, high = SIZES_MM[sheet.paper]
    if not (0 <= sheet.margin_mm <= 50 and 0 <= sheet.gap_mm <= 50):
        raise InvalidInputError(msg("Margins and gaps are 0 to 50 mm."))
    columns = int((wide - 2 * sheet.margin_mm + sheet.gap_mm) // (width_mm + sheet.gap_mm))
    rows = int((high - 2 * sheet.margin_mm + sheet.gap_mm) // (height_mm + sheet.gap_mm))
    if columns < 1 or rows < 1:
        raise InvalidInputError(
            msg(
                "A badge of {width:g} × {height:g} mm does not fit on the sheet.",
                width=width_mm,
                height=height_mm,
            ),
            hint=msg("Choose a smaller layout or margin."),
        )
    used_wide = columns * width_mm + (columns - 1) * sheet.gap_mm
    used_high = rows * height_mm + (rows - 1) * sheet.gap_mm
    return Grid(columns, rows, (wide - used_wide) / 2, (high - used_high) / 2)


def draw_sheet(
    badges: Sequence[Badge | None], layout: "Layout", sheet: Sheet, *, side: int = 0, dpi: int = DPI
) -> "Image":
    """Draw one side of a sheet, black on white; None is an empty place.

    The second side is drawn for paper that is turned over its long edge, so that it lies behind
    the first.
    """
    from PIL import Image

    from badges.drawing import dots, pages

    wide, high = SIZES_MM[sheet.paper]
    page = Image.new("1", (dots(wide, dpi), dots(high, dpi)), 1)
    grid = grid_of(layout.width_mm, layout.height_mm, sheet)
    for place, badge in enumerate(badges[: grid.places]):
        row, column = divmod(place, grid.columns)
        at = grid.columns - 1 - column if side else column
        left = grid.left_mm + at * (layout.width_mm + sheet.gap_mm)
        top = grid.top_mm + row * (layout.height_mm + sheet.gap_mm)
        if badge is not None:
            page.paste(pages(badge, layout, dpi=dpi)[side], (dots(left, dpi), dots(top, dpi)))
    if sheet.crop_marks:
        _mark(page, layout, sheet, grid, dpi)
    return page


def _mark(page: "Image", layout: "Layout", sheet: Sheet, grid: Grid, dpi: int) -> None:
    """Draw crop marks at the edges of the sheet's badges, outside of all of them."""
    from PIL import ImageDraw

    from badges.drawing import dots

    pen = ImageDraw.Draw(page)
    wide = grid.columns * (layout.width_mm + sheet.gap_mm) - sheet.gap_mm
    high = grid.rows * (layout.height_mm + sheet.gap_mm) - sheet.gap_mm
    right, below = grid.left_mm + wide, grid.top_mm + high

    def line(x: float, y: float, to_x: float, to_y: float) -> None:
        ends = [dots(max(0.0, each), dpi) for each in (x, y, to_x, to_y)]
        pen.line(ends, fill=0, width=max(1, dpi // 150))

    for x in _edges(grid.left_mm, grid.columns, layout.width_mm, sheet.gap_mm):
        line(x, grid.top_mm - AWAY_MM - MARK_MM, x, grid.top_mm - AWAY_MM)
        line(x, below + AWAY_MM, x, below + AWAY_MM + MARK_MM)
    for y in _edges(grid.top_mm, grid.rows, layout.height_mm, sheet.gap_mm):
        line(grid.left_mm - AWAY_MM - MARK_MM, y, grid.left_mm - AWAY_MM, y)
        line(right + AWAY_MM, y, right + AWAY_MM + MARK_MM, y)


def _edges(first: float, count: int, length: float, gap: float) -> list[float]:
    """Where badges begin and end along a side, each once."""
    ends = [first + place * (length + gap) + far for place in range(count) for far in (0, length)]
    return sorted({round(end, 3) for end in ends})


def packed_sheet(
    badges: Sequence[Badge | None], layout: "Layout", sheet: Sheet, *, side: int, dpi: int = DPI
) -> bytes:
    """One side of a sheet as `sheet_pdf.write_pages` takes it; a child may draw it."""
    return zlib.compress(draw_sheet(badges, layout, sheet, side=side, dpi=dpi).tobytes(), 6)
