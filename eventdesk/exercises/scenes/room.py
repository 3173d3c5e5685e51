"""The room behind a ticket: out of focus, without people."""

import numpy as np

from kiosk.frames import Image, as_image
from kiosk.opencv import cv2


def draw_room(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """Draw walls, furniture, lamps and posters, `size` being width and height in pixels."""
    width, height = 640, 360
    room = _wall(width, height, rng)
    for _ in range(int(rng.integers(12, 22))):
        _thing(room, rng)
    _poster(room, rng)
    soft = cv2.GaussianBlur(room, (0, 0), float(rng.uniform(1.0, 3.0)))
    return as_image(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR))


def _wall(width: int, height: int, rng: np.random.Generator) -> Image:
    colour = rng.uniform(70, 190, 3)
    down = np.linspace(1.1, 0.7, height)[:, None, None]
    left, right = (float(share) for share in rng.uniform(0.75, 1.1, 2))
    across = np.linspace(left, right, width)[None, :, None]
    return as_image(np.clip(colour * down * across, 0, 255).astype(np.uint8))


def _thing(room: Image, rng: np.random.Generator) -> None:
    height, width = room.shape[:2]
    x, y = int(rng.integers(width)), int(rng.integers(height))
    wide, high = (int(length) for length in rng.integers(10, 140, 2))
    gray = int(rng.integers(40, 200))
    colour = tuple(int(gray + tint) for tint in rng.integers(-30, 30, 3))
    kind = rng.integers(3)
    if kind == 0:
        cv2.rectangle(room, (x, y), (x + wide, y + high), colour, cv2.FILLED)
    elif kind == 1:
        cv2.ellipse(room, (x, y), (wide // 2, high // 2), 0, 0, 360, colour, cv2.FILLED)
    else:
        cv2.line(room, (x, y), (x + wide, y + high * 2), colour, int(rng.integers(1, 8)))


def _poster(room: Image, rng: np.random.Generator) -> None:
    """Draw rows of small dark strokes, which a decoder must look at and turn down."""
    height, width = room.shape[:2]
    left, top = int(rng.integers(width - 120)), int(rng.integers(height - 120))
    cv2.rectangle(room, (left, top), (left + 110, top + 110), (235, 238, 240), cv2.FILLED)
    for row in range(8, 104, 8):
        for _ in range(10):
            x = left + int(rng.integers(5, 95))
            cv2.rectangle(room, (x, top + row), (x + 6, top + row + 3), (50, 45, 45), cv2.FILLED)
