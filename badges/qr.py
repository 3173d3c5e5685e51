"""QR codes: the matrix of dark modules, and the forms it is shown in.

Each form raises InvalidInputError for a text that is too long, or holds half a character.
"""

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image
    from qrcode.util import QRData

BORDER = 4
"""Light modules around the code: the quiet zone of ISO/IEC 18004, 6.3.8."""

_VERSIONS = 40
_MASK = 4
"""Data mask of every code (ISO/IEC 18004, 7.8). A token is as good as random, so no mask is better
than another, and trying all eight takes ten times as long as making the code."""

# What one character shows of two modules, one above the other: (upper, lower) → ink.
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def matrix(text: str) -> list[list[bool]]:
    """Return the rows of modules, True where dark, with `BORDER` light ones around.

    Error correction is level M, raised as far as the code does not grow by it. Upper-case
    base32 goes in the alphanumeric mode, so a token of 61 characters takes version 3.

    >>> len(matrix("A" * 61)) - 2 * BORDER
    29
    """
    return [list(row) for row in _rows(text)]


def picture(text: str, box: int = 8) -> "Image.Image":
    """Return a 1-bit picture (PIL mode "1"), black on white, `box` pixels a module."""
    from PIL import Image

    rows = _rows(text)
    dots = bytes(0 if dark else 255 for row in rows for dark in row)
    small = Image.frombytes("L", (len(rows), len(rows)), dots)
    return small.resize((len(rows) * box, len(rows) * box), Image.Resampling.NEAREST).convert("1")


def png(text: str, box: int = 8) -> bytes:
    """Return a 1-bit PNG, `box` pixels a module."""
    written = io.BytesIO()
    picture(text, box).save(written, "PNG")
    return written.getvalue()


def svg_path(text: str) -> str:
    """Return the dark modules as the `d` of an SVG path, one unit a module."""
    return "".join(
        f"M{start} {y}h{end - start}v1H{start}z"
        for y, row in enumerate(_rows(text))
        for start, end in _dark_runs(row)
    )


def svg(text: str) -> str:
    """Return an SVG, black on white, whatever lies behind it; it fills the place it is given."""
    side = len(_rows(text))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path shape-rendering="crispEdges" d="{svg_path(text)}"/></svg>'
    )


def half_blocks(text: str, *, on_paper: bool = False, small: bool = False) -> list[str]:
    """Return lines of `█▀▄` and spaces, two rows of modules a line: 19 of 37 columns for a token.

    On a screen the blocks are the light modules, to be painted white (#ffffff) on black (#000000)
    whatever the theme, since most readers do not take an inverted code. On paper, where a block is
    ink, they are the dark modules, without a border: the paper around is the quiet zone.

    Args:
        text: What is encoded.
        on_paper: Whether a block is ink.
        small: Whether error correction may be of level L where the code is smaller by it; a
            screen is neither torn nor smudged.
    """
    rows = _rows(text, small)
    if on_paper:
        rows = tuple(row[BORDER:-BORDER] for row in rows[BORDER:-BORDER])
    below = (*rows[1:], (False,) * len(rows))
    return [
        "".join(_HALVES[high is on_paper, low is on_paper] for high, low in zip(*pair, strict=True))
        for pair in list(zip(rows, below, strict=True))[::2]
    ]


def _dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Return (first, past the last) of each stretch of dark modules; the border is light."""
    edges = [x for x in range(1, len(row)) if row[x] is not row[x - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


@lru_cache(maxsize=64)
def _rows(text: str, small: bool = False) -> tuple[tuple[bool, ...], ...]:
    from qrcode import QRCode
    from qrcode.exceptions import DataOverflowError

    try:
        code: QRCode[Image.Image] = QRCode(border=BORDER, mask_pattern=_MASK)
        code.add_data(text)
        code.version, code.error_correction = _fit(code.data_list, small)
        code.make(fit=False)
    except (DataOverflowError, ValueError) as error:
        raise InvalidInputError(
            msg("A text of {total} characters cannot become a QR code.", total=len(text)),
            hint=msg("A QR code takes about 2,300 letters, or 3,300 capitals and digits."),
        ) from error
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def _fit(chunks: "Sequence[QRData]", small: bool) -> tuple[int, int]:
    """Return the smallest version that holds the data, and the level that it has room for.

    That is level M at least, or L where the code is to be small.

    The library would ask each version and level by writing the data bit by bit.

    Raises:
        DataOverflowError: No version holds it.
    """
    from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
    from qrcode.exceptions import DataOverflowError
    from qrcode.util import BIT_LIMIT_TABLE

    least = (ERROR_CORRECT_L,) if small else ()
    for version in range(1, _VERSIONS + 1):
        needed = _bits(chunks, version)
        for level in (ERROR_CORRECT_H, ERROR_CORRECT_Q, ERROR_CORRECT_M, *least):
            if needed <= BIT_LIMIT_TABLE[level][version]:
                return version, level
    raise DataOverflowError


def _bits(chunks: "Sequence[QRData]", version: int) -> int:
    """Return how many bits the data takes in a version (ISO/IEC 18004, 7.4)."""
    from qrcode.util import MODE_ALPHA_NUM, MODE_NUMBER, length_in_bits

    needed = 0
    for chunk in chunks:
        needed += 4 + length_in_bits(chunk.mode, version)
        if chunk.mode == MODE_NUMBER:
            threes, rest = divmod(len(chunk), 3)
            needed += 10 * threes + (0, 4, 7)[rest]
        elif chunk.mode == MODE_ALPHA_NUM:
            twos, rest = divmod(len(chunk), 2)
            needed += 11 * twos + 6 * rest
        else:
            needed += 8 * len(chunk)
    return needed
