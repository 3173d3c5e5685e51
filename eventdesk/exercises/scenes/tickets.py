"""A ticket in a hand, drawn flat, before the camera looks at it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from eventdesk.exercises.scenes.conditions import Medium
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

Colour: TypeAlias = tuple[int, int, int]
"""Blue, green, red."""

QUIET_MODULES = 4
"""Light margin around a code that ISO/IEC 18004 asks for."""

_LETTER_PX = 22
"""Height of a capital letter of OpenCV's plain font at scale 1."""

_SKINS: tuple[Colour, ...] = ((150, 180, 226), (110, 145, 200), (75, 105, 165), (45, 62, 105))
_SLEEVES: tuple[Colour, ...] = ((90, 60, 40), (60, 60, 60), (70, 90, 130), (130, 110, 60))
_BRANDS: tuple[Colour, ...] = ((180, 90, 40), (70, 130, 40), (60, 60, 200), (150, 60, 130))


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A ticket and the hand that holds it."""

    image: Image
    """(height, width, 4): blue, green, red, already multiplied by the fourth, the cover."""

    corners: npt.NDArray[np.float32]
    """The code's corners without quiet zone, (4, 2), clockwise from the top left."""

    code_side: int
    """Side of the code without quiet zone, in pixels."""


@lru_cache(maxsize=64)
def code_modules(text: str) -> npt.NDArray[np.bool_]:
    """Return a QR code at level M without quiet zone; True is dark."""
    import qrcode

    code: Any = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return np.array(code.get_matrix(), dtype=np.bool_)


def draw_card(text: str, medium: Medium, module_px: int, rng: np.random.Generator) -> Card:
    """Draw a ticket that says `text`, its modules `module_px` wide."""
    modules = code_modules(text)
    side = len(modules) * module_px
    canvas = _Canvas(side)
    skin, sleeve = _SKINS[rng.integers(4)], _SLEEVES[rng.integers(4)]
    brand = _BRANDS[rng.integers(4)]
    canvas.hand_behind(skin, sleeve)
    draw: Callable[[_Canvas, Colour], None] = _phone if medium is Medium.PHONE else _paper
    draw(canvas, brand)
    corners = canvas.code(modules, module_px, ink=20 if medium is Medium.PHONE else 40)
    canvas.thumb(skin)
    cover = canvas.cover.astype(np.uint16)[..., None]
    premultiplied = (canvas.image * cover // 255).astype(np.uint8)
    return Card(as_image(np.dstack([premultiplied, canvas.cover])), corners, side)


class _Canvas:
    """The flat picture being drawn; lengths are in sides of the code, its centre is the origin."""

    HALF_WIDTH, ABOVE, BELOW = 1.0, 1.15, 2.4

    def __init__(self, side: int) -> None:
        self.side = side
        height, width = int((self.ABOVE + self.BELOW) * side), int(2 * self.HALF_WIDTH * side)
        self.image = np.zeros((height, width, 3), np.uint8)
        self.cover = np.zeros((height, width), np.uint8)

    def at(self, x: float, y: float) -> tuple[int, int]:
        return int((x + self.HALF_WIDTH) * self.side), int((y + self.ABOVE) * self.side)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        first, last = self.at(left, top), self.at(right, bottom)
        cv2.rectangle(self.image, first, last, colour, cv2.FILLED)
        cv2.rectangle(self.cover, first, last, 255, cv2.FILLED)

    def limb(
        self, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour
    ) -> None:
        thick = max(int(width * self.side), 1)
        cv2.line(self.image, self.at(*start), self.at(*end), colour, thick, cv2.LINE_AA)
        cv2.line(self.cover, self.at(*start), self.at(*end), 255, thick)

    def words(self, text: str, x: float, y: float, height: float, colour: Colour) -> None:
        scale = height * self.side / _LETTER_PX
        cv2.putText(
            self.image, text, self.at(x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 1, cv2.LINE_AA
        )

    def hand_behind(self, skin: Colour, sleeve: Colour) -> None:
        self.limb((0.25, 1.3), (0.4, 1.9), 0.55, skin)
        self.limb((0.42, 1.9), (0.6, 3.0), 0.7, sleeve)
        for finger in range(4):
            self.limb((0.3, 0.75 + finger * 0.17), (-0.78, 0.72 + finger * 0.17), 0.15, skin)

    def thumb(self, skin: Colour) -> None:
        darker = (skin[0] * 9 // 10, skin[1] * 9 // 10, skin[2] * 9 // 10)
        self.limb((0.75, 1.25), (0.55, 0.86), 0.2, darker)
        self.limb((0.75, 1.25), (0.55, 0.86), 0.17, skin)

    def code(
        self, modules: npt.NDArray[np.bool_], module_px: int, *, ink: int
    ) -> npt.NDArray[np.float32]:
        left, top = self.at(-0.5, -0.5)
        enlarged = np.kron(modules, np.ones((module_px, module_px), np.bool_))
        place = self.image[top : top + self.side, left : left + self.side]
        place[enlarged] = ink
        right, bottom = left + self.side, top + self.side
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _phone(canvas: _Canvas, brand: Colour) -> None:
    canvas.box(-0.74, -1.05, 0.74, 1.6, (28, 24, 24))
    canvas.box(-0.69, -0.98, 0.69, 1.5, (250, 250, 250))
    canvas.box(-0.69, -0.98, 0.69, -0.72, brand)
    canvas.words("Your ticket", -0.6, -0.81, 0.1, (255, 255, 255))
    canvas.words("Admit one", -0.6, 0.82, 0.09, (60, 60, 60))
    canvas.box(-0.6, 1.0, 0.2, 1.06, (200, 200, 200))


def _paper(canvas: _Canvas, brand: Colour) -> None:
    canvas.box(-0.9, -1.1, 0.85, 1.35, (222, 228, 230))
    canvas.words("EVENT TICKET", -0.8, -0.85, 0.12, brand)
    canvas.words("please keep", -0.8, 0.86, 0.09, (90, 90, 90))
    canvas.box(-0.8, 0.95, 0.4, 0.98, (150, 150, 150))
    canvas.box(-0.9, 0.7, 0.85, 0.705, (190, 196, 198))
