"""Frames: pictures from a source, each with when it was taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""Pixels: (height, width) gray, or (height, width, 3) in OpenCV's order blue, green, red."""


def as_image(pixels: object) -> Image:
    """Name the type of what OpenCV returns, which its own types leave open; copies nothing."""
    return np.asarray(pixels, dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture on its way to the decoder."""

    image: Image
    """(height, width, 3), blue, green, red."""

    number: int
    """Counts what the source gave, from 0; a gap means frames that were dropped."""

    at_s: float
    """Seconds on the source's own clock: a file's play time, or a camera's steady clock."""

    seen_at: datetime
    """When it was taken, aware UTC."""

    name: str = ""
    """File name of a picture from a folder, else ""."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.image.shape[:2]
        return width, height
