"""Looks: ways to prepare a picture, read it, and scale what was found back.

Each is here because it reads pictures that the ones before it do not; docs/benchmarks.md has the
figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeAlias

import numpy as np

from eventdesk.core.errors import DecoderError
from eventdesk.core.messages import msg
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2
from kiosk.readers import Reader, Reading, outline_of, tapir_reader, zbar_reader, zxing_reader

_LARGE_PX = 4_000_000
"""A picture of so many pixels has enough of them a module: it is not enlarged."""

_SMALL_LINES = 480
"""A picture no higher than that is not halved."""

_FINE_PX = 3_000_000
"""A frame of so many pixels is shrunk so much that small codes in it are lost."""

_COSTLY_LOOK_PX = 3_000_000
"""Largest picture for a look that takes a tenth of a second a million pixels and more."""

Prepare: TypeAlias = Callable[[Image], Image]


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a picture."""

    read: Reader
    prepare: Prepare | None = None
    scale: float = 1.0
    """Resized by this before it is prepared."""

    most_px: float = float("inf")
    least_px: float = 0
    widened: float = 1.0
    """How much wider than high it is made: for a code that is seen from far aside."""

    is_fine: bool = False
    """Whether a live frame is shrunk less for it than for others."""

    grows: bool = False
    """Whether it takes a part of a wall of finder patterns far too long already."""

    def __call__(self, gray: Image) -> list[Reading]:
        """Find the codes; none in a picture that is too large or too small for this look."""
        picture = self.picture(gray)
        if picture is None:
            return []
        return [restored(reading, picture, gray) for reading in self.read(picture)]

    def picture(self, gray: Image) -> Image | None:
        """Return what this look reads of a picture; None if that is too large or too small."""
        if not self.least_px <= gray.size <= self.most_px:
            return None
        scale = 1.0 if self.scale < 1 and min(gray.shape) <= _SMALL_LINES else self.scale
        seen = resized(gray, scale, widened=self.widened)
        return seen if self.prepare is None else self.prepare(seen)


@dataclass(frozen=True, slots=True)
class Looks:
    """All the ways the libraries that are there can look at a picture."""

    first: Look
    ring: tuple[Look, ...]
    """For live frames that the first read nothing in, one a frame."""

    last: tuple[Look, ...]
    """For pictures that come only once, in turn."""


def looks() -> Looks:
    """Make the looks that the libraries allow.

    Raises:
        DecoderError: There is no library that reads codes.
    """
    zxing, fast, zbar = zxing_reader(), zxing_reader(fast=True), zbar_reader()
    tapir = tapir_reader("medium")
    first = zxing or zbar or tapir
    if first is None:
        raise DecoderError(
            msg("No library that reads QR codes can be loaded."),
            hint=msg("Install one with: pip install zxing-cpp"),
        )
    eager, quick = zxing or first, fast or first
    made = partial(Look, grows=zxing is not None)
    enlarged = made(quick, scale=1.5, most_px=_LARGE_PX)
    doubled = made(quick, scale=2, most_px=_LARGE_PX)
    sharp = made(eager, sharpened, scale=1.5, most_px=_LARGE_PX)
    stark, starker = made(eager, thresholded(51)), made(eager, thresholded(21))
    lighter, dark, darker = (made(eager, gamma(power)) for power in (0.25, 2.2, 4))
    flat, thick = made(eager, flattened), made(eager, eroded)
    wide, finest = made(eager, widened=1.6), made(eager, thresholded(11))
    fine = made(eager, is_fine=True, least_px=_FINE_PX)
    # What reads most that the ones before it do not comes first.
    ring = [starker, lighter, darker, fine, wide, finest, thick, flat]
    ring += [doubled, dark, sharp, stark, enlarged]
    last = [
        *(enlarged, lighter, darker, starker, stark, flat, dark, thick, sharp, doubled),
        made(eager, scale=0.92, least_px=_LARGE_PX),
        made(eager, thresholded(31), scale=0.5),
        *(made(eager, sharpened, scale=0.5), made(eager, softened), wide, finest),
    ]
    if zbar is not None:
        half, whole, dim = Look(zbar, scale=0.5), Look(zbar), Look(zbar, gamma(4))
        stretched_half = Look(zbar, stretched, scale=0.5)
        ring = [half, *ring[:8], whole, *ring[8:], stretched_half]
        last += [half, stretched_half, whole, Look(zbar, inverted), dim]
    if tapir is not None:
        high = tapir_reader("high") or tapir
        half = Look(tapir, scale=0.5)
        ring = [half, *ring, Look(tapir)]
        last += [
            *(half, Look(tapir), Look(tapir, flattened)),
            Look(high, most_px=_COSTLY_LOOK_PX),
            Look(high, scale=0.5, least_px=_COSTLY_LOOK_PX),
        ]
    return Looks(made(first), tuple(ring), tuple(last))


def resized(gray: Image, scale: float, *, widened: float = 1.0) -> Image:
    """Return the picture larger or smaller by a factor; itself at 1."""
    if scale == widened == 1:
        return gray
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    height, width = gray.shape
    size = max(round(width * scale * widened), 1), max(round(height * scale), 1)
    return as_image(cv2.resize(gray, size, interpolation=how))


def scaled(reading: Reading, scale: float) -> Reading:
    """Return what was found in a picture resized by `scale` in pixels of the picture itself."""
    if scale == 1:
        return reading
    return Reading(reading.text, outline_of([(x / scale, y / scale) for x, y in reading.outline]))


def restored(reading: Reading, picture: Image, gray: Image) -> Reading:
    """Return what was found in a picture made of `gray` in pixels of `gray`."""
    if picture.shape == gray.shape:
        return reading
    down, across = (whole / part for whole, part in zip(gray.shape, picture.shape, strict=True))
    return Reading(reading.text, outline_of([(x * across, y * down) for x, y in reading.outline]))


def sharpened(gray: Image) -> Image:
    """Undo some blur."""
    soft = cv2.GaussianBlur(gray, (0, 0), 2)
    return as_image(cv2.addWeighted(gray, 2.5, soft, -1.5, 0))


def softened(gray: Image) -> Image:
    """Take noise, moire and the gaps between printed dots away."""
    return as_image(cv2.GaussianBlur(gray, (0, 0), 2))


def eroded(gray: Image) -> Image:
    """Widen what is dark by a pixel to each side: for codes printed or lit too thin."""
    return as_image(cv2.erode(gray, np.ones((3, 3), np.uint8)))


def inverted(gray: Image) -> Image:
    """Swap dark and light."""
    return as_image(cv2.bitwise_not(gray))


def thresholded(block: int) -> Prepare:
    """Return a step that makes a pixel black or white by the mean of `block` by `block` around."""

    def prepare(gray: Image) -> Image:
        is_calm = _FINEST_BLOCK < block <= _FINE_BLOCK
        calm = gray if is_calm else cv2.GaussianBlur(gray, (3, 3), 0)
        mean, black_white = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY
        return as_image(cv2.adaptiveThreshold(calm, 255, mean, black_white, block, 0))

    return prepare


def flattened(gray: Image) -> Image:
    """Divide by the light around each pixel, so that shade and sun look alike."""
    side = int(min(gray.shape) * 0.08) | 1
    around = cv2.blur(gray, (side, side))
    return as_image(cv2.divide(gray, np.maximum(around, 1), scale=160))


def stretched(gray: Image) -> Image:
    """Stretch what is darkest and lightest around each pixel to black and white."""
    small = resized(gray, 0.25)
    side = max(min(gray.shape) // 80, 3) | 1
    around = np.ones((side, side), np.uint8)
    width_height = gray.shape[1], gray.shape[0]
    dark = cv2.resize(cv2.blur(cv2.erode(small, around), (side, side)), width_height)
    light = cv2.resize(cv2.blur(cv2.dilate(small, around), (side, side)), width_height)
    span = np.maximum(cv2.subtract(light, dark), 8)
    return as_image(cv2.divide(cv2.subtract(gray, dark), span, scale=255))


_FINEST_BLOCK, _FINE_BLOCK = 11, 31
"""The noise is taken away for smaller ones, where it counts, and larger ones, where it may go."""


@cache
def gamma(power: float) -> Prepare:
    """Return a step that darkens the middle tones, or lightens them with a power below 1.

    The first helps where a lamp washes a code out, the second in the dark beside something bright.
    """
    levels = np.rint(255 * (np.arange(256) / 255) ** power).astype(np.uint8)
    return lambda gray: as_image(cv2.LUT(gray, levels))
