"""Pictures of a terminal: cells drawn by Chromium in the font that the screens were made for.

Each sign is set at its own cell, so that letters stay where they are in a font of another width,
and blocks are drawn as rectangles, between which no font leaves a gap.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

FONT: Final = "DejaVu Sans Mono"
FONT_PX: Final = 19.93
WIDTH, HEIGHT, BASELINE = 12, 23, 18.3
"""Pixels of a cell, and where letters stand in it: the font's own, rounded."""

PADDING: Final = 12
MARGIN: Final = 200
"""What a window is higher than the picture: Chromium takes its own bars off."""

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, as shares of a cell."""

_QUARTERS: Final[tuple[Box, ...]] = (
    (0, 0, 0.5, 0.5),
    (0.5, 0, 1, 0.5),
    (0, 0.5, 0.5, 1),
    (0.5, 0.5, 1, 1),
)

BLOCKS: Final[dict[str, tuple[Box, ...]]] = {
    **{
        sign: tuple(_QUARTERS[at] for at in quarters)
        for sign, quarters in {
            **{"▘": (0,), "▝": (1,), "▖": (2,), "▗": (3,), "▚": (0, 3), "▞": (1, 2)},
            **{"▛": (0, 1, 2), "▜": (0, 1, 3), "▙": (0, 2, 3), "▟": (1, 2, 3)},
        }.items()
    },
    "▀": ((0, 0, 1, 0.5),),
    "▐": ((0.5, 0, 1, 1),),
    "▔": ((0, 0, 1, 0.125),),
    "▕": ((0.875, 0, 1, 1),),
    **{chr(0x2580 + each): ((0, 1 - each / 8, 1, 1),) for each in range(1, 9)},
    **{chr(0x2590 - each): ((0, 0, each / 8, 1),) for each in range(1, 8)},
}

Lines = Sequence[Sequence[Segment]]
"""What is painted, line by line from the top."""


class NoChromiumError(Exception):
    """There is no Chromium, or it draws nothing."""


def png(lines: Lines) -> Image.Image:
    """Draw what a terminal shows, with a margin in the colour of its last cell but a line.

    Raises:
        NoChromiumError: There is none, or it failed.
    """
    columns = max(sum(segment.cell_length for segment in line) for line in lines)
    size = columns * WIDTH + 2 * PADDING, len(lines) * HEIGHT + 2 * PADDING
    look = lines[-2][-1].style
    around = _hex(look.bgcolor if look else None, "#121212")
    return _drawn("".join(_svg(lines, size, around)), size)


def _drawn(svg: str, size: tuple[int, int]) -> Image.Image:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise NoChromiumError("Pictures need Chromium: apt-get install chromium")
    with TemporaryDirectory() as folder:
        drawing, picture = Path(folder, "drawing.html"), Path(folder, "picture.png")
        drawing.write_text(f"<!doctype html><body style='margin:0'>{svg}", encoding="utf-8")
        done = subprocess.run(
            [
                *(program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *("--force-device-scale-factor=1", f"--user-data-dir={folder}/profile"),
                *(f"--window-size={size[0]},{size[1] + MARGIN}", f"--screenshot={picture}"),
                drawing.as_uri(),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if not picture.exists():
            raise NoChromiumError(f"{program} drew nothing: {done.stderr[-500:]}")
        drawn = Image.open(BytesIO(picture.read_bytes())).convert("RGB")
    return drawn.crop((0, 0, *size))


def _svg(lines: Lines, size: tuple[int, int], colour: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}"'
        f' style="display:block" font-family="{FONT}, monospace" font-size="{FONT_PX}"'
        ' xml:space="preserve">'
    )
    yield f'<rect width="100%" height="100%" fill="{colour}"/>'
    cells = [list(_cells(line, row)) for row, line in enumerate(lines)]
    for line in cells:
        for _text, box, style in line:
            yield _rect(box, _hex(style.bgcolor, colour))
    for line in cells:
        for text, box, style in line:
            yield from _signs(text, box, style)
    yield "</svg>"


def _cells(line: Sequence[Segment], row: int) -> Iterator[tuple[str, Box, Style]]:
    """The texts of a line, each with its place in pixels and its look."""
    column = 0
    for text, style, _control in line:
        width = cell_len(text)
        left, top = PADDING + column * WIDTH, PADDING + row * HEIGHT
        look = style or Style()
        if look.reverse:
            look += Style.from_color(look.bgcolor, look.color)
        yield text, (left, top, left + width * WIDTH, top + HEIGHT), look
        column += width


def _signs(text: str, box: Box, style: Style) -> Iterator[str]:
    ink = _hex(style.color, "#e0e0e0")
    left, top, _right, bottom = box
    at, placed, xs = left, "", []
    for sign in text:
        width = cell_len(sign) * WIDTH
        for part in BLOCKS.get(sign, ()):
            yield _rect(_within(part, (at, top, at + width, bottom)), ink)
        if sign not in BLOCKS and not sign.isspace() and width:
            placed += sign
            xs.append(f"{at:g}")
        elif not width and placed:
            placed += sign  # joins the one before
            xs.append(xs[-1])
        at += width
    if placed:
        looks = ' font-weight="bold"' if style.bold else ""
        looks += ' font-style="italic"' if style.italic else ""
        looks += ' text-decoration="underline"' if style.underline else ""
        looks += ' opacity="0.66"' if style.dim else ""
        yield (
            f'<text x="{" ".join(xs)}" y="{top + BASELINE:g}" fill="{ink}"{looks}>'
            f"{escape(placed)}</text>"
        )


def _hex(colour: Color | None, otherwise: str) -> str:
    return colour.get_truecolor().hex if colour else otherwise


def _within(part: Box, box: Box) -> Box:
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    return (
        left + round(part[0] * wide),
        top + round(part[1] * high),
        left + round(part[2] * wide),
        top + round(part[3] * high),
    )


def _rect(box: Box, ink: str) -> str:
    left, top, right, bottom = box
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}"'
        f' fill="{ink}" shape-rendering="crispEdges"/>'
    )
