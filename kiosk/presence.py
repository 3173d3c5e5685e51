"""Presence of codes: one that is held up is one sighting."""

from dataclasses import dataclass

from kiosk.frames import Image, as_image
from kiosk.opencv import cv2
from kiosk.readers import Reading

LEFT_S = 0.7
"""A code not read for so long, where now something else is seen, has left the picture."""

_LEFT_FRAMES = 5
_PATCH = (6, 6)
_PATCH_LEVELS = 24.0


@dataclass(slots=True)
class _Held:
    """A code that is in the picture, as far as one can tell."""

    reading: Reading
    read_at_s: float
    look: Image
    """The place of the code, in a few blocks: what remains of it when it is blurred."""

    frames_missed: int = 0


class Presence:
    """Tells new sightings from a code that is still there.

    A code is a sighting when it comes into the picture, and again only after it has left: a
    guest who holds the same phone still for a minute is one sighting, a friend who shows a
    copy right afterwards is another. It has left when it was not read for 0.7 s and its place
    looks different, or not for `quiet_s` whatever its place looks like. So a hand that shakes,
    a lens that hunts for focus or a glare that passes is not leaving.

    Args:
        quiet_s: Seconds unread after which a code counts as gone in any case. 0: each reading
            is a sighting.
    """

    def __init__(self, quiet_s: float) -> None:
        self._quiet_s = quiet_s
        self._held: dict[str, _Held] = {}
        self._at_s = float("-inf")

    def arrivals(self, readings: list[Reading], gray: Image, at_s: float) -> list[Reading]:
        """Return those readings that are sightings.

        Args:
            at_s: Its time on the source's clock; going back means that the source began anew.
        """
        if at_s < self._at_s:
            self._held.clear()
        self._at_s = at_s
        self._forget(gray, {reading.text for reading in readings})
        arrived = []
        for reading in readings:
            if reading.text not in self._held:
                arrived.append(reading)
            self._held[reading.text] = _Held(reading, at_s, _look(gray, reading))
        return arrived

    def _forget(self, gray: Image, read: set[str]) -> None:
        for text, held in list(self._held.items()):
            unread_s = self._at_s - held.read_at_s
            if text not in read:
                held.frames_missed += 1
            if unread_s >= self._quiet_s or (
                unread_s >= LEFT_S
                and held.frames_missed >= _LEFT_FRAMES
                and _differs(held.look, _look(gray, held.reading))
            ):
                del self._held[text]


def _look(gray: Image, reading: Reading) -> Image:
    height, width = gray.shape
    xs, ys = zip(*reading.outline, strict=True)
    left, right = sorted((int(min(xs)), int(max(xs))))
    top, bottom = sorted((int(min(ys)), int(max(ys))))
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    place = gray[top : max(bottom, top + 1), left : max(right, left + 1)]
    return as_image(cv2.resize(place, _PATCH, interpolation=cv2.INTER_AREA))


def _differs(before: Image, now: Image) -> bool:
    return float(cv2.absdiff(before, now).mean()) > _PATCH_LEVELS
