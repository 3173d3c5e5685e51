"""Single frames with any number of tickets in them."""

from collections.abc import Sequence

import numpy as np

from eventdesk.exercises.scenes.conditions import Condition
from eventdesk.exercises.scenes.lighting import Veil
from eventdesk.exercises.scenes.optics import Noise, Pose, hold_into
from eventdesk.exercises.scenes.room import draw_room
from eventdesk.exercises.scenes.tickets import Card, code_modules, draw_card
from eventdesk.exercises.scenes.wear import worn
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

_CARD_WIDTH = 1.8
"""Room a card takes side by side with others, in sides of its code."""


def render_frame(
    tokens: Sequence[str], condition: Condition, size: tuple[int, int] = (1280, 720), seed: int = 0
) -> Image:
    """Draw one frame in which each of `tokens` is held up, side by side; none is the empty room.

    Codes become smaller where they would overlap. `size` is width and height in pixels.
    """
    rng = np.random.default_rng(seed)
    width, height = size
    frame = as_image(cv2.convertScaleAbs(draw_room(size, rng), alpha=condition.light))
    for index, token in enumerate(tokens):
        column = width / len(tokens)
        side = min(condition.size * height, column / _CARD_WIDTH)
        pose = _pose(condition, side, (column * (index + 0.5), height * 0.48), height, rng)
        card = card_for(token, condition, side, rng)
        hold_into(frame, card, pose, light=condition.light)
    Veil(condition, size, rng).lay_over(frame)
    Noise(size, condition.noise, rng).add_to(frame)
    packed = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, condition.jpeg])[1]
    return as_image(cv2.imdecode(packed, cv2.IMREAD_COLOR))


def card_for(token: str, condition: Condition, side: float, rng: np.random.Generator) -> Card:
    """Draw a card fine enough to be seen with its code `side` pixels wide."""
    module_px = max(int(np.ceil(side / len(code_modules(token)))), 3)
    return worn(draw_card(token, condition.medium, module_px, rng), condition, rng)


def _pose(
    condition: Condition,
    side: float,
    centre: tuple[float, float],
    height: int,
    rng: np.random.Generator,
) -> Pose:
    scale = height / 720
    spread = side * 0.15
    direction = rng.uniform(0, 2 * np.pi)
    motion_px = condition.motion_px * scale
    return Pose(
        x=centre[0] + rng.uniform(-spread, spread),
        y=centre[1] + rng.uniform(-spread, spread),
        side=side,
        roll_deg=rng.uniform(-condition.roll_deg, condition.roll_deg),
        tilt_deg=condition.tilt_deg,
        axis_deg=rng.uniform(0, 360),
        defocus_px=condition.defocus_px * scale,
        motion=(motion_px * np.cos(direction), motion_px * np.sin(direction)),
        glare=condition.glare,
    )
