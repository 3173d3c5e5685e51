"""Writing in any script: text in pieces, each in the first font that can write it."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from PIL import ImageDraw, features

from badges.fonts import Face, system_faces
from eventdesk.model.cells import clusters
from eventdesk.model.folding import unaccented

__all__ = ["Lettering", "Piece"]

_REFERENCE = 100
"""Size at which widths are measured; they grow in proportion."""

_NEEDS_NO_GLYPH = str.maketrans("", "", "\u200c\u200d\ufe0e\ufe0f")
_BOX_WIDTH, _BOX_HEIGHT, _BOX_GAP = 0.6, 0.7, 0.1
"""Of the size: about a capital letter."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that one font writes, or, without a font, one box a character."""

    text: str
    face: Face | None


@dataclass(frozen=True, slots=True)
class Lettering:
    """Writes plain text in black with the fonts it is given.

    A character that no font has is spelled in plainer letters if it has any ("Ł" as "L"), and
    else drawn as a box: never left out, never an exception.
    """

    faces: tuple[Face, ...]

    @classmethod
    def of_this_machine(cls) -> "Lettering":
        """Return the lettering that uses every font installed."""
        return cls(system_faces())

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """Return the pieces of `text` from left to right as they stand on paper."""
        return _pieces(self.faces, text)

    def width(self, text: str) -> float:
        """Return the width of `text` in multiples of its size."""
        return sum(map(_width, self.pieces(text)))

    def write(
        self, page: ImageDraw.ImageDraw, x: float, baseline: float, text: str, size: int
    ) -> None:
        """Write `text` at `size` dots with its left end at `x`."""
        for piece in self.pieces(text):
            if piece.face is None:
                _draw_boxes(page, x, baseline, len(clusters(piece.text)), size)
            else:
                font = piece.face.at(size)
                page.text((x, baseline), _in_order(piece.text), fill=0, font=font, anchor="ls")
            x += _width(piece) * size


@lru_cache(maxsize=256)
def _pieces(faces: tuple[Face, ...], text: str) -> tuple[Piece, ...]:
    singles: list[Piece] = []
    for cluster in clusters(text):
        last = singles[-1].face if singles else None
        singles += _written(faces, cluster, last)
    joined = [
        Piece("".join(single.text for single in group), face)
        for face, group in groupby(singles, key=lambda single: single.face)
    ]
    return tuple(reversed(joined) if _reads_from_the_right(text) else joined)


def _written(faces: tuple[Face, ...], cluster: str, last: Face | None) -> list[Piece]:
    """Choose the face of one character; spaces and signs stay with the letters before them."""
    glyphs = cluster.translate(_NEEDS_NO_GLYPH)
    if last is not None and not glyphs.isalpha() and last.draws(glyphs):
        return [Piece(cluster, last)]
    for face in faces:
        if face.draws(glyphs):
            return [Piece(cluster, face)]
    plainer = unaccented(glyphs[:1])
    if plainer != glyphs:
        return [piece for char in clusters(plainer) for piece in _written(faces, char, last)]
    return [Piece(cluster, None)]


@lru_cache(maxsize=256)
def _width(piece: Piece) -> float:
    if piece.face is None:
        return len(clusters(piece.text)) * (_BOX_WIDTH + _BOX_GAP)
    return piece.face.at(_REFERENCE).getlength(_in_order(piece.text)) / _REFERENCE


def _draw_boxes(
    page: ImageDraw.ImageDraw, x: float, baseline: float, count: int, size: int
) -> None:
    for place in range(count):
        left = x + place * (_BOX_WIDTH + _BOX_GAP) * size
        corners = (left, baseline - _BOX_HEIGHT * size, left + _BOX_WIDTH * size, baseline)
        page.rectangle(corners, outline=0, width=max(1, size // 16))


def _reads_from_the_right(text: str) -> bool:
    """Whether the first letter with a direction is Arabic or Hebrew (UAX 9, rule P2)."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in directions if kind in {"L", "R", "AL"}), "L") != "L"


def _in_order(text: str) -> str:
    """Return `text` as the layout engine wants it: without FriBiDi it knows only left to right."""
    if features.check("fribidi") or not _reads_from_the_right(text):
        return text
    return "".join(reversed(clusters(text)))
