"""Text in any script, split into pieces that one font each can write."""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from PIL import ImageDraw, features

from badges.fonts import BOLD, Face, system_faces
from badges.joining import in_order, reads_from_the_right
from eventdesk.core.cells import clusters
from eventdesk.core.folding import unaccented

_REFERENCE = 200
"""Size at which widths are measured; they grow in proportion."""

_NEEDS_NO_GLYPH = str.maketrans("", "", "\u200c\u200d\ufe0e\ufe0f")
_BOX_WIDTH, _BOX_HEIGHT, _BOX_GAP = 0.6, 0.7, 0.1
"""Of the size: about a capital letter."""

_FIRST_SHAPED = 0x0530
"""Letters before this, Latin, Greek and Cyrillic, can be set apart from each other."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one font; without a font, a box for each character."""

    text: str
    face: Face | None


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of a line, in multiples of its letter size, from the left end of its base line."""

    advance: float
    """Where the next letter would stand."""

    left: float
    """Ink left of the beginning; 0 for none."""

    right: float
    """Where the ink ends at the right, at least `advance`."""

    above: float
    below: float
    """Ink above and below the base line; both 0 or more."""

    @property
    def width(self) -> float:
        """Width from the leftmost to the rightmost ink."""
        return self.left + self.right


@dataclass(frozen=True, slots=True)
class Lettering:
    """Writes plain text with the fonts it is given.

    A character that no font has is spelled in plainer letters if it has any ("Ł" as "L"), and
    else drawn as a box: never left out, never an exception.

    Attributes:
        faces: The fonts in the order to try them.
        language: Decides how ideographs are written where a text does not say it itself.
        weight: Of the letters, from 100 to 900.
        tracking: Room between letters on top of the usual, of the size; for scripts whose
            letters stand alone.
    """

    faces: tuple[Face, ...]
    language: str = ""
    weight: int = BOLD
    tracking: float = 0.0

    @classmethod
    def of_this_machine(cls) -> "Lettering":
        """Return the lettering that uses every font installed."""
        return _of_this_machine()

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """Return the pieces of `text` from left to right as they stand on paper."""
        return _pieces(self.faces, self.language, text)

    def width(self, text: str) -> float:
        """Return the width of `text` in multiples of its size."""
        return self.extent(text).advance

    def extent(self, text: str) -> Extent:
        """Return how far `text` reaches, in multiples of its size."""
        return _extent(self.pieces(text), self.weight, self._room(text))

    def write(
        self,
        page: ImageDraw.ImageDraw,
        x: float,
        baseline: float,
        text: str,
        size: int,
        ink: int = 0,
    ) -> None:
        """Write `text` at `size` dots with its left end at `x`."""
        room = self._room(text)
        for piece in self.pieces(text):
            if piece.face is None:
                _draw_boxes(page, x, baseline, len(clusters(piece.text)), size, ink)
            else:
                self._write_piece(page, x, baseline, piece, size, ink, room)
            x += (_advance(piece, self.weight) + room * len(clusters(piece.text))) * size

    def _write_piece(
        self,
        page: ImageDraw.ImageDraw,
        x: float,
        baseline: float,
        piece: Piece,
        size: int,
        ink: int,
        room: float,
    ) -> None:
        assert piece.face is not None
        font = piece.face.at(size, self.weight)
        if not room:
            text = _ordered(piece.text)
            page.text((x, baseline), text, fill=ink, font=font, anchor="ls")
            return
        for place, cluster in enumerate(whole := clusters(piece.text)):
            before = (
                _advance(Piece("".join(whole[:place]), piece.face), self.weight) if place else 0
            )
            at = x + (before + room * place) * size
            page.text((at, baseline), cluster, fill=ink, font=font, anchor="ls")

    def _room(self, text: str) -> float:
        """Room between letters: none where they join, or are taken for one word by it."""
        return self.tracking if all(ord(char) < _FIRST_SHAPED for char in text) else 0.0


@cache
def _of_this_machine() -> Lettering:
    return Lettering(system_faces())


@lru_cache(maxsize=1024)
def _pieces(faces: tuple[Face, ...], language: str, text: str) -> tuple[Piece, ...]:
    singles: list[Piece] = []
    for cluster in clusters(text):
        last = singles[-1].face if singles else None
        singles += _written(faces, cluster, last)
    joined = [
        Piece("".join(single.text for single in group), _regional(face, text, language))
        for face, group in groupby(singles, key=lambda single: single.face)
    ]
    return tuple(reversed(joined) if reads_from_the_right(text) else joined)


def _regional(face: Face | None, text: str, language: str) -> Face | None:
    return None if face is None else face.for_region(text, language)


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


@lru_cache(maxsize=1024)
def _extent(pieces: tuple[Piece, ...], weight: int, room: float) -> Extent:
    at = left = right = above = below = 0.0
    for piece in pieces:
        if piece.face is None:
            above = max(above, _BOX_HEIGHT)
        else:
            font = piece.face.at(_REFERENCE, weight)
            ink = font.getbbox(_ordered(piece.text), anchor="ls")
            left = max(left, -ink[0] / _REFERENCE - at)
            spaced = room * (len(clusters(piece.text)) - 1)
            right = max(right, at + ink[2] / _REFERENCE + spaced)
            above, below = max(above, -ink[1] / _REFERENCE), max(below, ink[3] / _REFERENCE)
        at += _advance(piece, weight) + room * len(clusters(piece.text))
    at -= room if pieces else 0.0
    return Extent(at, left, max(right, at), above, below)


@lru_cache(maxsize=2048)
def _advance(piece: Piece, weight: int) -> float:
    if piece.face is None:
        return len(clusters(piece.text)) * (_BOX_WIDTH + _BOX_GAP)
    font = piece.face.at(_REFERENCE, weight)
    return font.getlength(_ordered(piece.text)) / _REFERENCE


def _draw_boxes(
    page: ImageDraw.ImageDraw, x: float, baseline: float, count: int, size: int, ink: int
) -> None:
    for place in range(count):
        left = x + place * (_BOX_WIDTH + _BOX_GAP) * size
        corners = (left, baseline - _BOX_HEIGHT * size, left + _BOX_WIDTH * size, baseline)
        page.rectangle(corners, outline=ink, width=max(1, size // 16))


def _ordered(text: str) -> str:
    """Return `text` as the layout engine wants it: without FriBiDi, put in order already."""
    return text if features.check("fribidi") else in_order(text)
