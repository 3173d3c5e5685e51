"""Text of any script on PDF pages.

What Windows-1252 has is written in Helvetica, which every reader brings. Other text is written in
a font of this machine that has all of it, as text one can search. What has to be shaped or runs
from the right, or needs several fonts, is drawn as a picture by the same hand that letters badges:
it looks right, whatever is installed.
"""

import io
import unicodedata
import zlib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from badges.fonts import BOLD, REGULAR, Face, system_faces
from badges.lettering import Lettering
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

PLAIN_FONT, BOLD_FONT = "Helvetica", "Helvetica-Bold"
_DOTS_PER_POINT = 300 / 72

_SHAPED = ((0x0590, 0x10A0), (0x1780, 0x18B0), (0x1900, 0x1C80), (0xA800, 0xABFF))
"""Hebrew to Myanmar, Khmer and Mongolian, Limbu to Lepcha, the later Indic blocks."""


def library(module: str) -> Any:
    """Load a module of reportlab.

    Raises:
        InvalidInputError: It is not installed.
    """
    try:
        return import_module(f"reportlab.{module}")
    except ImportError:
        raise InvalidInputError(
            msg("PDF needs a library that is not installed."),
            hint=msg('Install it: pip install "eventdesk[pdf]". Text works without it.'),
        ) from None


def write(page: Any, x: float, y: float, text: str, *, size: float, bold: bool = False) -> None:
    """Write a line, as `plain` makes it, on a canvas of reportlab.

    The left end of its base line is at `x` and `y`, in points from below. What is written in a font
    of this machine, and not drawn, is never bold.
    """
    font = font_of(text, bold=bold)
    if font is None:
        _draw(page, x, y, text, size, bold=bold)
        return
    page.setFont(font, size)
    page.drawString(x, y, text)


def width(text: str, *, size: float, bold: bool = False) -> float:
    """How wide a line is, in points."""
    font = font_of(text, bold=bold)
    if font is None:
        return letters(bold=bold).width(text) * size
    return float(library("pdfbase.pdfmetrics").stringWidth(text, font, size))


class Sheet:
    """Pages written from the top down, each with the document's name and its number at the foot.

    `y` is how far up the page is still empty, in points.
    """

    RIGHT: ClassVar[float]
    TOP: ClassVar[float]
    BOTTOM: ClassVar[float]
    FOOT: ClassVar[float]
    """Size of the letters at the foot."""

    def __init__(self, canvas: Any, name: str) -> None:
        self.canvas, self._name, self._page = canvas, name, 1
        self.y = self.TOP

    def end(self) -> None:
        """Write the foot of the page."""
        text = f"{self._name} · {self._page}"
        x = self.RIGHT - width(text, size=self.FOOT)
        write(self.canvas, x, self.BOTTOM - 24, text, size=self.FOOT)

    def keep(self, height: float) -> bool:
        """Begin a page where so much has no room any more, and say whether one was begun."""
        if self.y - height >= self.BOTTOM:
            return False
        self.end()
        self.canvas.showPage()
        self._page += 1
        self.y = self.TOP
        return True

    def go_down(self, by: float) -> None:
        """Go down, to the next page where this one is full."""
        self.keep(by)
        self.y -= by


def font_of(text: str, *, bold: bool = False) -> str | None:
    """Name the font that writes all of a text, or None when it has to be drawn."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        pass
    else:
        return BOLD_FONT if bold else PLAIN_FONT
    if any(_is_shaped(char) for char in text):
        return None
    for face in letters().faces:
        if face.path is not None and face.draws(text) and (name := _registered(face.path)):
            return name
    return None


def _is_shaped(char: str) -> bool:
    code = ord(char)
    return (
        bool(unicodedata.combining(char))
        or unicodedata.bidirectional(char) in {"R", "AL"}
        or code >= 0x1F000
        or any(first <= code < last for first, last in _SHAPED)
    )


@cache
def letters(*, bold: bool = False) -> Lettering:
    """The fonts of this machine, even ones before bold ones and those of even width.

    Their letters are of the weight that is asked for, as far as the fonts vary.
    """
    faces = sorted(system_faces(), key=lambda face: ("Mono" in str(face.path), _is_bold(face)))
    return Lettering(tuple(faces), weight=BOLD if bold else REGULAR)


def _is_bold(face: Face) -> bool:
    return face.path is not None and "Bold" in face.path.name


@cache
def _registered(path: Path) -> str | None:
    """Make a font of this machine known to reportlab; None where it cannot embed it."""
    fonts = library("pdfbase.ttfonts")
    name = f"{path.stem}-{zlib.crc32(bytes(path)):x}"
    try:
        library("pdfbase.pdfmetrics").registerFont(fonts.TTFont(name, str(path)))
    except (fonts.TTFError, OSError, ValueError):
        return None
    return name


def _draw(page: Any, x: float, y: float, text: str, size: float, *, bold: bool) -> None:
    from PIL import Image, ImageDraw

    lettering = letters(bold=bold)
    dots = max(8, round(size * _DOTS_PER_POINT))
    above, below = round(1.2 * dots), round(0.5 * dots)
    picture = Image.new(
        "L", (max(1, round(lettering.width(text) * dots) + dots), above + below), 255
    )
    lettering.write(ImageDraw.Draw(picture), 0, above, text, dots)
    file = io.BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    page.drawImage(
        library("lib.utils").ImageReader(file),
        x,
        y - below / _DOTS_PER_POINT,
        picture.width / _DOTS_PER_POINT,
        picture.height / _DOTS_PER_POINT,
    )
