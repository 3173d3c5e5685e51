"""The pictures of a pass, drawn by us: a ticket with a notch on each side and a tick."""

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

INK: Final = (29, 95, 138)
PAPER: Final = (255, 255, 255)

ICON_SIDE: Final = 29
LOGO_SIDE: Final = 50
"""Points; Apple's design guide for passes wants each at one, two and three pixels a point."""

_FINER: Final = 8
"""Pixels drawn for one that is kept, so that edges come out smooth."""


@cache
def pictures() -> dict[str, bytes]:
    """The files of a pass that are pictures, by name."""
    return {
        f"{name}{'' if scale == 1 else f'@{scale}x'}.png": _png(side * scale)
        for name, side in (("icon", ICON_SIDE), ("logo", LOGO_SIDE))
        for scale in (1, 2, 3)
    }


def _png(side: int) -> bytes:
    whole = side * _FINER
    picture = Image.new("RGB", (whole, whole), INK)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = (round(whole * part) for part in (0.12, 0.26, 0.88, 0.74))
    draw.rounded_rectangle((left, top, right, bottom), whole * 0.06, fill=PAPER)
    notch = whole * 0.08
    for x in (left, right):
        draw.ellipse((x - notch, whole / 2 - notch, x + notch, whole / 2 + notch), fill=INK)
    tick = [(whole * x, whole * y) for x, y in ((0.36, 0.5), (0.46, 0.6), (0.65, 0.4))]
    draw.line(tick, fill=INK, width=round(whole * 0.06), joint="curve")
    written = io.BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()
