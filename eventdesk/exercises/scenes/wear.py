"""Wear of a ticket: pale ink, scribbles, a cup it is stuck on."""

from dataclasses import replace

import numpy as np

from eventdesk.exercises.scenes.conditions import Condition
from eventdesk.exercises.scenes.tickets import QUIET_MODULES, Card
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

_FROM_ABOVE = 0.4
"""Sine of the angle at which a camera looks down on a cup."""


def worn(card: Card, condition: Condition, rng: np.random.Generator) -> Card:
    """Return the card as the condition leaves it; the same card where it leaves it alone."""
    if condition.contrast != 1 or condition.inverted:
        _print_again(card, condition)
    if condition.damage:
        _damage(card, condition.damage, rng)
    return _bent(card, np.radians(condition.curve_deg)) if condition.curve_deg else card


def _print_again(card: Card, condition: Condition) -> None:
    place = _code_of(card, card.code_side * QUIET_MODULES // 29)
    ground = int(place.max())
    place[:] = ground - (ground - place.astype(np.float32)) * condition.contrast
    if condition.inverted:
        place[:] = ground - (place - place.min())


def _code_of(card: Card, margin: int) -> Image:
    left, top = card.corners.min(axis=0).astype(int) - margin
    right, bottom = card.corners.max(axis=0).astype(int) + margin
    return card.image[top:bottom, left:right, :3]


def _damage(card: Card, share: float, rng: np.random.Generator) -> None:
    """Hide about `share` of the code: half under stains, half under strokes of a pen."""
    place, side = _code_of(card, 0), card.code_side
    hidden = np.zeros(place.shape[:2], np.uint8)
    paint = np.ascontiguousarray(place)
    while (covered := float(hidden.mean()) / 255) < share:
        level = int(rng.choice((15, 90, 200, 245)))
        colour = (level, level, min(level + 10, 255))
        start, end = (tuple(int(at) for at in rng.integers(0, side, 2)) for _ in range(2))
        if covered < share / 2:
            radii = tuple(int(side * each) for each in rng.uniform(0.03, 0.1, 2))
            for canvas, ink in ((paint, colour), (hidden, (255,))):
                cv2.ellipse(canvas, start, radii, float(start[0]), 0, 360, ink, cv2.FILLED)
        else:
            for canvas, ink in ((paint, colour), (hidden, (255,))):
                cv2.line(canvas, start, end, ink, max(side // 60, 1))
    place[:] = paint


def _bent(card: Card, half_angle: float) -> Card:
    """Wrap the card around an upright cylinder that shows `half_angle` of the code each way."""
    height, width = card.image.shape[:2]
    centre_x, _ = card.corners.mean(axis=0)
    radius = card.code_side / 2 / half_angle
    across = (np.arange(width, dtype=np.float32) - centre_x) / radius
    angle = np.arcsin(np.clip(across, -1, 1))
    sag = _FROM_ABOVE * radius * (1 - np.cos(angle))
    from_x = np.where(np.abs(across) < 1, centre_x + radius * angle, -1)
    from_y = np.arange(height, dtype=np.float32)[:, None] - sag[None, :]
    sources = np.broadcast_to(from_x.astype(np.float32), (height, width)).copy()
    image = as_image(cv2.remap(card.image, sources, from_y.astype(np.float32), cv2.INTER_LINEAR))
    turned = (card.corners[:, 0] - centre_x) / radius
    corners = np.column_stack(
        [
            centre_x + radius * np.sin(turned),
            card.corners[:, 1] + _FROM_ABOVE * radius * (1 - np.cos(turned)),
        ]
    )
    return replace(card, image=image, corners=corners.astype(np.float32))
