"""Words in block letters, to be read from two metres: drawn with the fonts of the badges.

Whatever a badge can be lettered in can be drawn here. Each cell shows a quarter block of four dots,
or on a console that has none of them a half block of two.
"""

import asyncio
import os
import unicodedata
from functools import lru_cache
from itertools import product
from math import ceil
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.content import Content
from textual.selection import Selection

from eventdesk.core.cells import cell_width, clusters
from screens.widgets.sentence import Sentence

if TYPE_CHECKING:
    from badges.lettering import Lettering

WIDE, HIGH = 160, 40
"""A terminal of at least so many columns and rows has room for block letters."""

USUAL_HIGH: Final = 48
"""Rows of the terminal that heights are given for; they grow and shrink with it."""

LEAST_ROWS, LEAST_ROWS_SHAPED = 4, 5
"""Rows below which letters cannot be read: Latin, Greek and Cyrillic ones, and all others."""

ALMOST: Final = 0.8
"""One line is better than two of letters that are hardly larger."""

MAX_CHARACTERS: Final = 160
"""A longer text would not fit into two lines anywhere."""

_QUARTERS: Final = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_HALVES: Final = " ▀▄█"
_FIRST_SHAPED: Final = "\u0530"
_CAPITAL: Final = 0.72
"""Height of a capital letter, of the size: lines of points and dashes are not blown up."""

_FINE: Final = 8
"""Dots that are drawn for each that is shown, in each direction; half of them inked is ink."""


def least_rows(text: str) -> int:
    """The fewest rows in which a text can be read."""
    return LEAST_ROWS if all(char < _FIRST_SHAPED for char in text) else LEAST_ROWS_SHAPED


@lru_cache(maxsize=256)
def block_letters(
    text: str,
    width: int,
    rows: int,
    *,
    lines: int = 2,
    quarters: bool = True,
    narrowest: float = 1.0,
) -> tuple[tuple[str, ...], ...]:
    """Draw a text as large as it fits.

    Slow the first time a script is drawn, as its font is looked for.

    Args:
        text: One line, as `plain` makes it.
        width: Cells of the longest line.
        rows: Rows that one line takes at most.
        lines: The most lines.
        quarters: Whether the terminal shows quarter blocks.
        narrowest: How narrow letters may be made that do not fit, as a share of their width.

    Returns:
        The rows of each line, all of one length within a line; nothing where it does not fit.
    """
    from badges.lettering import Lettering

    if not text.strip() or len(text) > MAX_CHARACTERS:
        return ()
    lettering = Lettering.of_this_machine()
    if any(piece.face is None for piece in lettering.pieces(text)):
        return ()
    ways = [_broken(text, count) for count in range(1, lines + 1)]
    room = int(width / narrowest)
    heights = [_fitting_rows(lettering, way, room, rows) for way in ways]
    least = max(least_rows(text), max(heights) * ALMOST)
    for way, high in zip(ways, heights, strict=True):
        if high >= least:
            return _drawn(lettering, way, high, width, quarters=quarters)
    return ()


def _broken(text: str, lines: int) -> tuple[str, ...]:
    """The lines of a text, as even as its words allow; ideographs are words of their own."""
    words = _words(text)
    widest, whole = max(map(cell_width, words)), cell_width(text)
    while widest < whole:
        middle = (widest + whole) // 2
        if len(_filled(words, middle)) <= lines:
            whole = middle
        else:
            widest = middle + 1
    return tuple(line.strip() for line in _filled(words, whole))


def _words(text: str) -> list[str]:
    """The parts between which a text may be broken, with the spaces behind them."""
    words = [""]
    for sign in clusters(text):
        ended = words[-1].endswith(" ") or (_is_ideograph(sign) and _is_ideograph(words[-1][-1:]))
        if words[-1] and ended:
            words.append("")
        words[-1] += sign
    return words


def _filled(words: list[str], width: int) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and cell_width((lines[-1] + word).rstrip()) > width:
            lines.append("")
        lines[-1] += word
    return lines


def _is_ideograph(sign: str) -> bool:
    return (
        bool(sign)
        and unicodedata.category(sign[0]) == "Lo"
        and unicodedata.east_asian_width(sign[0]) == "W"
    )


def _fitting_rows(lettering: "Lettering", way: tuple[str, ...], width: int, rows: int) -> int:
    """How many rows each line of a text can take."""
    high, wide = _size(lettering, way)
    return min(rows, int(width * high / (2 * wide)))


def _size(lettering: "Lettering", way: tuple[str, ...]) -> tuple[float, float]:
    """Height of a line and width of the longest, in multiples of the letters' size."""
    extents = [lettering.extent(line) for line in way]
    above = max(_CAPITAL, *(each.above for each in extents))
    return above + max(each.below for each in extents), max(each.width for each in extents)


def _drawn(
    lettering: "Lettering", way: tuple[str, ...], rows: int, width: int, *, quarters: bool
) -> tuple[tuple[str, ...], ...]:
    from PIL import Image, ImageDraw

    high, _wide = _size(lettering, way)
    size = rows * 2 * _FINE / high
    above = max(_CAPITAL, *(lettering.extent(line).above for line in way))
    drawn = []
    for line in way:
        extent = lettering.extent(line)
        cells = max(1, ceil(extent.width * size / _FINE))
        picture = Image.new("L", (cells * _FINE, rows * 2 * _FINE))
        pen = ImageDraw.Draw(picture)
        lettering.write(pen, extent.left * size, above * size, line, int(size), ink=255)
        shown = min(cells, width)
        across = shown * 2 if quarters else shown
        small = picture.resize((across, rows * 2), Image.Resampling.BOX)
        drawn.append(_cells(small.tobytes(), across, quarters=quarters))
    return tuple(drawn)


def _cells(dots: bytes, across: int, *, quarters: bool) -> tuple[str, ...]:
    """Dots row by row as rows of cells."""
    ink = [dot > 112 for dot in dots]
    found = []
    for start in range(0, len(ink), 2 * across):
        upper, lower = ink[start : start + across], ink[start + across : start + 2 * across]
        if quarters:
            parts = zip(upper[::2], upper[1::2], lower[::2], lower[1::2], strict=True)
            found.append("".join(_QUARTERS[a + 2 * b + 4 * c + 8 * d] for a, b, c, d in parts))
        else:
            found.append("".join(_HALVES[a + 2 * b] for a, b in zip(upper, lower, strict=True)))
    return tuple(found)


class BlockLetters(Sentence):
    """Shows a text in block letters where there is room, else as bold words.

    What is copied, and what stands in the tooltip, are the words. Their colour is inherited, or
    that of a tone: `-good`, `-care`, `-stop`.

    Args:
        text: One line, harmless to show.
        rows: Rows that one line takes at most, on a terminal of `USUAL_HIGH` rows.
        lines: The most lines.
    """

    DEFAULT_CSS = """
    BlockLetters {
        text-style: bold;
        &.-good { color: $success; }
        &.-care { color: $warning; }
        &.-stop { color: $error; }
        &.-drawn { text-wrap: nowrap; text-style: none; }
    }
    """

    CAPITALS: ClassVar[bool] = False
    """Whether capitals are drawn where they fit: they can be read from further away."""

    NARROWEST: ClassVar[float] = 1.0
    """How narrow letters may be made that do not fit otherwise, as a share of their width."""

    def __init__(
        self,
        text: str = "",
        *,
        rows: int = 6,
        lines: int = 2,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(text, id=id, classes=classes)
        self.rows, self.lines = rows, lines

    @property
    def has_room(self) -> bool:
        """Whether the terminal is large enough for block letters."""
        return self.app.size.width >= WIDE and self.app.size.height >= HIGH

    @property
    def line_rows(self) -> int:
        """Rows that one line takes at most on this terminal."""
        return max(LEAST_ROWS, self.rows * self.app.size.height // USUAL_HIGH)

    def watch_text(self) -> None:
        """Show the new words at once, and draw them."""
        self.show_words()
        self.draw()

    def on_resize(self) -> None:
        """Draw in the size that fits."""
        if self.has_room:
            self.draw()
        elif self.has_class("-drawn"):
            self.show_words()
        else:
            super().on_resize()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Give the words to who copies the letters."""
        return (self.text, "\n") if self.has_class("-drawn") else super().get_selection(selection)

    def show_words(self) -> None:
        """Show the words as they are."""
        self.remove_class("-drawn")
        self.tooltip = None
        super().show_words()

    @work(exclusive=True, group="block-letters")
    async def draw(self) -> None:
        """Draw in a thread: the font of a script is looked for when it is first met.

        A first picture shows the words; what draws them is loaded after it.
        """
        at_leisure: asyncio.Event | None = getattr(self.app, "at_leisure", None)
        if at_leisure is not None:
            await at_leisure.wait()
        text, width = self.text, self.content_size.width
        if not text or not width or not self.has_room:
            return
        rows = self.line_rows
        quarters = os.environ.get("TERM") != "linux"
        spellings = (text.upper(), text) if self.CAPITALS else (text,)
        drawn: tuple[tuple[str, ...], ...] = ()
        for narrowest, way in product(sorted({1.0, self.NARROWEST}, reverse=True), spellings):
            drawn = drawn or await asyncio.to_thread(
                block_letters,
                way,
                width,
                rows,
                lines=self.lines,
                quarters=quarters,
                narrowest=narrowest,
            )
        if (text, width) == (self.text, self.content_size.width):
            self._show_letters(drawn, width)

    def _show_letters(self, drawn: tuple[tuple[str, ...], ...], width: int) -> None:
        if not drawn:
            self.show_words()
            return
        self.add_class("-drawn")
        self.tooltip = Content(self.text)
        rows = [self._placed(row, width) for line in drawn for row in (*line, "")]
        self.update(Content("\n".join(rows[:-1])))

    def _placed(self, row: str, width: int) -> str:
        """A row with the room beside it: a line's rows stand together, whatever ends them."""
        align = self.styles.text_align
        if align == "center":
            return row.center(width)
        return row.rjust(width) if align in ("right", "end") else row.ljust(width)
