"""Events of a camera as plain values, importable without OpenCV."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from kiosk.frames import Image

Point: TypeAlias = tuple[float, float]
"""x to the right and y down, in pixels from the top left corner."""

Outline: TypeAlias = tuple[Point, Point, Point, Point]
"""The four corners of a code, in the order they follow each other around it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One code, seen once. Showing the same code again later is another sighting."""

    text: str
    """What the code says; hostile until it has been opened as a token."""

    nonce: str
    """Unique to this sighting (32 hex digits), so that repeating a check-in is no second visit."""

    seen_at: datetime
    """When the frame was taken, aware UTC."""

    decode_ms: float
    """How long the decoder worked on the frame, in milliseconds."""

    outline: Outline
    """Where the code is, in pixels of the frame."""

    frame_size: tuple[int, int]
    """Width and height of the frame, in pixels."""

    frame_name: str = ""
    """File name of the picture; "" for cameras and videos."""


@dataclass(frozen=True, slots=True)
class CameraFound:
    """The first frame arrived, at the start or after a loss."""

    name: str
    size: tuple[int, int]
    """Width and height of the frame, in pixels."""


@dataclass(frozen=True, slots=True)
class CameraLost:
    """There are no pictures; the scanner tries again by itself."""

    reason: str
    hint: str
    retry_in_s: float


@dataclass(frozen=True, slots=True)
class FrameSkipped:
    """A picture could not be read; the ones after it are read all the same."""

    name: str
    reason: str


Event: TypeAlias = Sighting | CameraFound | CameraLost | FrameSkipped
"""All that `Scanner.events` yields."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """The newest picture, small enough for a screen made of characters."""

    image: "Image"
    """RGB, uint8 (height, width, 3), at most 160 wide; mirrored, as people know themselves."""

    outlines: tuple[Outline, ...]
    """Codes found in the last moments, in pixels of `image`."""
