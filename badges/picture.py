"""The badge layout as a 1-bit picture, for paper of any size."""

import io
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from badges import qr
from badges.badge import Badge
from badges.layout import LONGEST_NAME
from badges.lettering import Lettering
from badges.sheet import BADGE, Sheet
from eventdesk.errors import InvalidInputError
from eventdesk.model.cells import clusters
from eventdesk.model.plain_text import plain

__all__ = ["badge_png", "picture"]

_MARGIN = 0.04
"""Of the shorter side."""

_QR_SHARE = {True: 0.46, False: 0.52}
"""Of the longer side, for landscape and portrait."""

_LINE_HEIGHT = 1.3
_ASCENT = 0.98
"""Of the size; they leave room for accents, tails and the stacked letters of Arabic."""

_SMALLEST_SHARE = 1 / 28
"""Smallest letters, of the shorter side: 2.2 mm on a 62 mm label; a longer text is cut."""


@dataclass(frozen=True, slots=True)
class _Area:
    """A rectangle in dots."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One text of the badge and how much room it deserves."""

    text: str
    share: float
    most_lines: int = 1


def badge_png(badge: Badge, sheet: Sheet = BADGE) -> bytes:
    """Return the badge as a 1-bit PNG; see `picture`."""
    written = io.BytesIO()
    picture(badge, sheet).save(written, "PNG")
    return written.getvalue()


def picture(badge: Badge, sheet: Sheet = BADGE, lettering: Lettering | None = None) -> Image.Image:
    """Draw the badge: the name as large as it fits, and the QR code beside or below.

    The QR code has a whole number of dots a module and keeps its quiet zone; it is left out
    where a module would get less than one dot, or where the token cannot be a QR code.

    Args:
        badge: What to say, as typed; any text can be drawn.
        sheet: Size of the paper.
        lettering: Fonts to write with; those of this machine when None.

    Returns:
        A picture in PIL's mode "1" of exactly the sheet's size, black on white.
    """
    page = Image.new("1", (sheet.width, sheet.height), 1)
    words, code = _areas(sheet)
    _paste_code(page, badge.token, code)
    pen = _Pen(ImageDraw.Draw(page), lettering or Lettering.of_this_machine(), _smallest(sheet))
    pen.write_rows(list(_rows(badge)), words)
    return page


def _areas(sheet: Sheet) -> tuple[_Area, _Area]:
    """Return the places of the words and of the code: side by side, or one above the other."""
    margin = round(_MARGIN * min(sheet.width, sheet.height))
    landscape = sheet.width > sheet.height
    width, height = sheet.width - 2 * margin, sheet.height - 2 * margin
    if landscape:
        side = min(height, round(_QR_SHARE[landscape] * width))
        words = _Area(margin, margin, width - side - margin, height)
        return words, _Area(sheet.width - margin - side, margin, side, height)
    side = min(width, round(_QR_SHARE[landscape] * height))
    words = _Area(margin, margin, width, height - side - margin)
    return words, _Area(margin, sheet.height - margin - side, width, side)


def _smallest(sheet: Sheet) -> int:
    return max(1, round(_SMALLEST_SHARE * min(sheet.width, sheet.height)))


def _rows(badge: Badge) -> Iterator[_Row]:
    yield _Row(plain(badge.event), 1.0)
    yield _Row(plain(badge.name, limit=LONGEST_NAME) or "-", 5.0, most_lines=2)
    yield _Row(plain(badge.line_two), 1.6, most_lines=2)
    yield _Row(plain(badge.ticket_type), 1.2)
    yield _Row(plain(badge.seat), 1.0)
    yield _Row(" · ".join(filter(None, map(plain, (badge.ticket_code, badge.mark)))), 1.0)
    yield _Row(plain(badge.sponsors), 0.8)


def _paste_code(page: Image.Image, token: str, area: _Area) -> None:
    try:
        box = min(area.width, area.height) // len(qr.matrix(token))
    except InvalidInputError:
        return
    if box < 1 or not token:
        return
    code = qr.picture(token, box)
    corner = (area.x + (area.width - code.width) // 2, area.y + (area.height - code.height) // 2)
    page.paste(code, corner)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes centred rows into an area."""

    page: ImageDraw.ImageDraw
    lettering: Lettering
    smallest: int

    def write_rows(self, rows: list[_Row], area: _Area) -> None:
        """Share the height among the rows that say something."""
        said = [row for row in rows if row.text]
        unit = area.height / sum(row.share for row in said)
        top = float(area.y)
        for row in said:
            self._write_row(row, area, top, row.share * unit)
            top += row.share * unit

    def _write_row(self, row: _Row, area: _Area, top: float, height: float) -> None:
        lines, size = self._fitted(row, area.width, height)
        line_height = _LINE_HEIGHT * size
        baseline = top + (height - line_height * len(lines)) / 2 + _ASCENT * size
        for line in lines:
            left = area.x + (area.width - self.lettering.width(line) * size) / 2
            self.lettering.write(self.page, max(area.x, left), baseline, line, size)
            baseline += line_height

    def _fitted(self, row: _Row, width: int, height: float) -> tuple[list[str], int]:
        """Choose the lines that allow the largest letters; what is then too small is cut."""
        ways = [[row.text]]
        if row.most_lines > 1:
            ways += _in_two(row.text.split(" "), " ")
        size, lines = max((self._size(way, width, height), way) for way in ways)
        if size >= self.smallest:
            return lines, size
        size = max(1, min(self.smallest, _tallest(row.most_lines, height)))
        return self._filled(row.text, width / size, row.most_lines), size

    def _size(self, lines: list[str], width: int, height: float) -> int:
        return min(int(width / max(self._widest(lines), 0.01)), _tallest(len(lines), height))

    def _widest(self, lines: list[str]) -> float:
        return max(map(self.lettering.width, lines))

    def _filled(self, text: str, width: float, count: int) -> list[str]:
        """Fill `count` lines `width` sizes wide, whatever the words; the last one is cut."""
        lines: list[str] = []
        while len(lines) < count - 1:
            lines.append(self._beginning(text, width))
            text = text[len(lines[-1]) :].strip()
        return [*lines, self._beginning(text, width, "…")]

    def _beginning(self, text: str, width: float, end: str = "") -> str:
        """Return `text` if it is at most `width` sizes wide, else what fits of it and `end`."""
        whole = clusters(text)
        starts = ["".join(whole[:count]) + end for count in range(len(whole))]
        if self.lettering.width(text) <= width:
            return text
        fits = bisect_right(starts, width, key=self.lettering.width)
        return starts[max(0, fits - 1)]


def _tallest(lines: int, height: float) -> int:
    return int(height / (_LINE_HEIGHT * lines))


def _in_two(parts: list[str], between: str) -> list[list[str]]:
    """Return every way to break a text into two lines between its parts."""
    return [
        [between.join(parts[:place]).strip(), between.join(parts[place:]).strip()]
        for place in range(1, len(parts))
    ]
