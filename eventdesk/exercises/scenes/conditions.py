"""How a ticket is held and how well the camera sees it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Medium(StrEnum):
    """What the code is shown on."""

    PHONE = "phone"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of showing a ticket; the defaults are an ordinary one.

    Pixels are those of a frame 720 high and scale with its height.

    Attributes:
        size: Side of the code without its quiet zone, as a share of the frame's height.
        tilt_deg: Away from facing the camera, around an axis that the seed chooses.
        roll_deg: Largest turn within the picture, either way.
        defocus_px: Radius of the lens's blur.
        motion_px: How far the ticket moves while the shutter is open.
        glare: Brightness of a lamp's reflection over the code; 1 whitens its middle.
        light: Share of full light that reaches the camera.
        noise: Standard deviation of the sensor's noise, in levels of 255.
        shake_px: How far the hand trembles in a clip.
        focus_px: Additional blur in a clip when the ticket comes in, before the lens settles.
        jpeg: Quality at which a single frame was compressed, as webcams do.
        contrast: Difference between the code's ink and its ground; 1 is ordinary ink.
        inverted: Light code on dark ground.
        damage: Share of the code's area that scribbles and stains hide, about.
        curve_deg: How far the code reaches around a cup, seen from a little above, to either side.
        shade: Share of the light that is left outside some sharp-edged patches; 1 has no patches.
        moire: Depth of the stripes between the pixels of a screen and those of the camera; at most
            1.
    """

    name: str = "plain"
    size: float = 0.3
    tilt_deg: float = 8.0
    roll_deg: float = 6.0
    defocus_px: float = 0.8
    motion_px: float = 0.0
    glare: float = 0.0
    light: float = 1.0
    noise: float = 2.0
    shake_px: float = 2.5
    focus_px: float = 3.0
    jpeg: int = 85
    medium: Medium = Medium.PHONE
    contrast: float = 1.0
    inverted: bool = False
    damage: float = 0.0
    curve_deg: float = 0.0
    shade: float = 1.0
    moire: float = 0.0


PLAIN = Condition()
CONDITIONS: tuple[Condition, ...] = (
    PLAIN,
    Condition("paper", medium=Medium.PAPER),
    Condition("small", size=0.16),
    Condition("tiny", size=0.12),
    Condition("tilted", tilt_deg=45),
    Condition("steep", tilt_deg=60),
    Condition("turned", roll_deg=180),
    Condition("soft", size=0.22, defocus_px=4),
    Condition("moving", size=0.25, motion_px=10),
    Condition("glare", glare=0.8),
    Condition("dim", light=0.2, noise=6),
    Condition("dark", light=0.1, noise=7),
    Condition("coarse", size=0.2, jpeg=12),
)
"""The conditions that are measured one by one."""

ROUGH: tuple[Condition, ...] = (
    Condition("glare on glass", glare=1.3, medium=Medium.PHONE),
    Condition("damaged", damage=0.05, medium=Medium.PAPER),
    Condition("much damaged", damage=0.09, medium=Medium.PAPER),
    Condition("on a cup", curve_deg=20, medium=Medium.PAPER),
    Condition("around a cup", curve_deg=26, medium=Medium.PAPER),
    Condition("sun patches", light=1.3, shade=0.2, medium=Medium.PAPER),
    Condition("sun in the dark", light=1.5, shade=0.1, noise=4, medium=Medium.PAPER),
    Condition("moire", moire=0.6),
    Condition("faint", contrast=0.12, noise=4, medium=Medium.PAPER),
    Condition("inverted", inverted=True),
    Condition("noisy", size=0.2, noise=30),
    Condition("lost focus", size=0.25, defocus_px=5),
    Condition("smeared", size=0.25, motion_px=13),
    Condition("edge-on", tilt_deg=66, medium=Medium.PAPER),
    Condition("sun patches on a cup", curve_deg=12, light=1.2, shade=0.3, medium=Medium.PAPER),
    Condition("glare on damage", glare=1, damage=0.04, tilt_deg=30),
)
"""Conditions under which a single look often reads nothing; measured one by one as well."""

HARD = Condition(
    "hard",
    size=0.17,
    tilt_deg=25,
    roll_deg=15,
    defocus_px=1.6,
    light=0.3,
    noise=6,
    shake_px=7,
    focus_px=5,
    jpeg=60,
)
"""Small, dim, shaky and soft at once."""


def typical(size: float, rng: np.random.Generator) -> Condition:
    """Draw an ordinary way of showing a ticket, its code `size` of the frame's height."""
    return Condition(
        "typical",
        size=size,
        tilt_deg=float(rng.uniform(0, 35)),
        roll_deg=float(rng.choice((10, 30, 180))),
        defocus_px=float(rng.uniform(0.3, 2.2)),
        motion_px=float(rng.choice((0, 0, 2, 5))),
        glare=float(rng.choice((0, 0, 0, 0.5))),
        light=float(rng.uniform(0.35, 1)),
        noise=float(rng.uniform(2, 6)),
        jpeg=int(rng.integers(50, 90)),
        medium=Medium.PHONE if rng.random() < 0.5 else Medium.PAPER,
    )
