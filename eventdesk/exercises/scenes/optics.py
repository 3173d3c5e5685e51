"""How a camera sees a flat card: perspective, blur, light, noise."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eventdesk.exercises.scenes.tickets import Card
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

_DISTANCE = 6.0
"""From the lens to the card, in sides of the code; nearer bends a tilted card more."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a card is, in the frame's pixels and in degrees."""

    x: float
    y: float
    """Centre of the code."""

    side: float
    """Side of the code when it faces the camera."""

    roll_deg: float = 0.0
    tilt_deg: float = 0.0
    axis_deg: float = 0.0
    """Direction of the axis the card is tilted around; 90 is upright."""

    defocus_px: float = 0.0
    motion: tuple[float, float] = (0.0, 0.0)
    """How far it moves while the shutter is open, in pixels to the right and down."""

    glare: float = 0.0


def homography(card: Card, pose: Pose) -> npt.NDArray[np.float64]:
    """Return the 3 by 3 map from pixels of the card to pixels of the frame."""
    centre = card.corners.mean(axis=0)
    to_sides = np.array(
        [[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, card.code_side]], np.float64
    )
    turned = _turn(pose.roll_deg) @ _tilt(pose.tilt_deg, pose.axis_deg)
    plane = np.column_stack([turned[:, 0], turned[:, 1], (0, 0, _DISTANCE)])
    focal = pose.side * _DISTANCE
    lens = np.array([[focal, 0, pose.x], [0, focal, pose.y], [0, 0, 1]])
    return np.asarray(lens @ plane @ to_sides, dtype=np.float64)


def _turn(degrees: float) -> npt.NDArray[np.float64]:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def _tilt(degrees: float, axis_deg: float) -> npt.NDArray[np.float64]:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    around_x = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    return np.asarray(_turn(axis_deg) @ around_x @ _turn(-axis_deg), dtype=np.float64)


def code_corners(card: Card, pose: Pose) -> npt.NDArray[np.float32]:
    """Return where the code's corners come to lie in the frame, (4, 2)."""
    corners = cv2.perspectiveTransform(card.corners[None], homography(card, pose))
    return np.asarray(corners[0], dtype=np.float32)


def is_wholly_in(card: Card, pose: Pose, size: tuple[int, int]) -> bool:
    """Whether all corners of the code lie within a frame of this width and height."""
    corners = code_corners(card, pose)
    return bool((corners >= 0).all() and (corners <= np.array(size) - 1).all())


def hold_into(frame: Image, card: Card, pose: Pose, *, light: float = 1.0) -> None:
    """Draw the card into the frame, in place."""
    place = _place(frame, card, pose)
    if place is None:
        return
    left, top, right, bottom = place
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    onto = shift @ homography(card, pose)
    seen = as_image(cv2.warpPerspective(card.image, onto, (right - left, bottom - top)))
    if light != 1:
        seen[..., :3] = cv2.convertScaleAbs(seen[..., :3], alpha=light)
    if pose.glare:
        _reflect(seen, pose, (pose.x - left, pose.y - top))
    seen = _blur(seen, pose)
    behind = frame[top:bottom, left:right]
    gap = cv2.cvtColor(255 - seen[..., 3], cv2.COLOR_GRAY2BGR)
    cv2.add(cv2.multiply(behind, gap, scale=1 / 255), seen[..., :3], dst=behind)


def _place(frame: Image, card: Card, pose: Pose) -> tuple[int, int, int, int] | None:
    """Return the part of the frame the card covers: left, top, right, bottom; None for nothing."""
    height, width = card.image.shape[:2]
    edges = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float32)
    seen = cv2.perspectiveTransform(edges, homography(card, pose))[0]
    margin = 2 + int(pose.defocus_px * 2 + np.hypot(*pose.motion))
    left, top = np.maximum(seen.min(axis=0).astype(int) - margin, 0)
    right, bottom = np.minimum(
        seen.max(axis=0).astype(int) + margin, (frame.shape[1], frame.shape[0])
    )
    return None if left >= right or top >= bottom else (left, top, right, bottom)


def _reflect(seen: Image, pose: Pose, centre: tuple[float, float]) -> None:
    """Lay a lamp's soft spot over the upper right of the code, where the card is."""
    height, width = seen.shape[:2]
    across = (np.arange(width) - centre[0] - pose.side * 0.2) / (pose.side * 0.28)
    down = (np.arange(height) - centre[1] + pose.side * 0.2) / (pose.side * 0.18)
    spot = 255 * pose.glare * np.exp(-(across[None, :] ** 2) - down[:, None] ** 2)
    on_card = np.minimum(spot, seen[..., 3])
    seen[..., :3] = np.minimum(seen[..., :3] + on_card[..., None], 255)


def _blur(seen: Image, pose: Pose) -> Image:
    sigma = 0.5 + pose.defocus_px / 2  # A disc of radius r spreads r / 2 along each axis.
    seen = as_image(cv2.GaussianBlur(seen, (0, 0), sigma))
    length = float(np.hypot(*pose.motion))
    return seen if length < 1 else as_image(cv2.filter2D(seen, -1, _streak(pose.motion, length)))


def _streak(motion: tuple[float, float], length: float) -> npt.NDArray[np.float32]:
    """Return the kernel that smears along a direction."""
    radius = int(length / 2) + 1
    kernel = np.zeros((2 * radius + 1, 2 * radius + 1), np.float32)
    for share in np.linspace(-0.5, 0.5, 4 * radius + 1):
        x, y = radius + motion[0] * share, radius + motion[1] * share
        kernel[round(y), round(x)] += 1
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


class Noise:
    """A sensor's noise: drawn once, then cut out at another place for each frame."""

    _SPARE_PX = 64

    def __init__(self, size: tuple[int, int], sigma: float, rng: np.random.Generator) -> None:
        width, height = size
        shape = (height + self._SPARE_PX, width + self._SPARE_PX, 3)
        drawn = rng.standard_normal(shape, dtype=np.float32) * sigma
        self._levels = np.rint(drawn).astype(np.int16)
        self._rng = rng

    def add_to(self, frame: Image) -> None:
        """Add noise to the frame, in place."""
        height, width = frame.shape[:2]
        top, left = self._rng.integers(self._SPARE_PX, size=2)
        levels = self._levels[top : top + height, left : left + width]
        cv2.add(frame, levels, dst=frame, dtype=cv2.CV_8U)
