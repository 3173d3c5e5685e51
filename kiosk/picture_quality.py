"""Quality of a camera's picture: whether codes can be read in it."""

from dataclasses import dataclass
from typing import Final

from eventdesk.core.messages import _
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

SIZE: Final = (640, 360)
"""Pictures are compared at one size, so that the figures of all cameras mean the same."""

BLURRED: Final = 8.0
"""Variance of the Laplacian below which nothing in the picture has an edge. An empty room in focus
has 17 and more, a ticket held up 50 and more (Pech-Pacheco and others, "Diatom autofocusing in
brightfield microscopy", ICPR 2000)."""

DARK: Final = 45.0
BRIGHT: Final = 215.0
"""Mean brightness, in levels of 255, below and above which codes get lost."""

FLAT: Final = 10.0
"""Standard deviation of the brightness below which the lens is covered or fogged."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of a picture.

    Attributes:
        focus: Variance of the Laplacian; the sharper, the more.
        light: Mean brightness, 0 to 255.
        contrast: Standard deviation of the brightness.
    """

    focus: float
    light: float
    contrast: float

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """Its faults, each with what to do."""
        if self.light < DARK:
            return ((_("too dark"), _("Put a lamp in front of the guests, not behind them.")),)
        if self.light > BRIGHT:
            return ((_("too bright"), _("Turn the camera away from the window or the lamp.")),)
        if self.contrast < FLAT:
            return ((_("nothing but one colour"), _("Take the cover off the lens and wipe it.")),)
        if self.focus < BLURRED:
            advice = _("Wipe the lens, focus it at 30 cm, hold a ticket up and examine again.")
            return ((_("out of focus"), advice),)
        return ()


def quality_of(image: Image) -> Quality:
    """Measure a picture.

    Args:
        image: (height, width, 3) in OpenCV's order.
    """
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), SIZE, interpolation=cv2.INTER_AREA)
    gray = as_image(small)
    return Quality(
        float(cv2.Laplacian(gray, cv2.CV_64F).var()), float(gray.mean()), float(gray.std())
    )
