"""Light that differs from place to place: patches of sun, the stripes of a screen."""

import numpy as np
import numpy.typing as npt

from eventdesk.exercises.scenes.conditions import Condition
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

_PATCHES = 5


class Veil:
    """A map of the light over the frame: drawn once, then laid over each frame of a clip."""

    def __init__(
        self, condition: Condition, size: tuple[int, int], rng: np.random.Generator
    ) -> None:
        light: npt.NDArray[np.float32] | None = None
        if condition.shade != 1:
            light = _patches(size, condition.shade, rng)
        if condition.moire:
            stripes = _stripes(size, condition.moire, rng)
            light = stripes if light is None else light * stripes
        self._light = light

    def lay_over(self, frame: Image) -> None:
        """Darken the frame where there is less light, in place."""
        if self._light is not None:
            frame[:] = as_image(np.clip(frame * self._light[..., None], 0, 255).astype(np.uint8))


def _patches(
    size: tuple[int, int], shade: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return full light in some blobs around the middle, `shade` elsewhere."""
    width, height = size
    light = np.full((height, width), shade, np.float32)
    for _ in range(_PATCHES):
        at = int(width * rng.uniform(0.35, 0.65)), int(height * rng.uniform(0.25, 0.75))
        radii = int(height * rng.uniform(0.02, 0.16)), int(height * rng.uniform(0.02, 0.16))
        cv2.ellipse(light, at, radii, float(rng.uniform(0, 180)), 0, 360, (1.0,), cv2.FILLED)
    soft = cv2.GaussianBlur(light, (0, 0), height / 400)
    return np.asarray(soft, dtype=np.float32)


def _stripes(
    size: tuple[int, int], depth: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    width, height = size
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.ones((height, width), np.float32)
    for _ in range(2):
        direction, period = rng.uniform(0, np.pi), height * rng.uniform(0.004, 0.02)
        phase = (across * np.cos(direction) + down * np.sin(direction)) / period
        light *= (1 - depth / 2 * (1 + np.sin(2 * np.pi * phase))).astype(np.float32)
    return light
