"""Clips of tickets that come in front of the camera, are held there and go."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eventdesk.core.errors import CameraError
from eventdesk.core.messages import msg
from eventdesk.exercises.scenes.conditions import PLAIN, Condition, Medium
from eventdesk.exercises.scenes.lighting import Veil
from eventdesk.exercises.scenes.optics import Noise, Pose, hold_into, is_wholly_in
from eventdesk.exercises.scenes.room import draw_room
from eventdesk.exercises.scenes.stills import card_for
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

_SHUTTER = 0.3
"""Share of the time between two frames during which the shutter is open, in good light."""

_CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".mkv": "mp4v"}


@dataclass(frozen=True, slots=True)
class Presentation:
    """One ticket being shown: an empty room, the ticket comes, is held, and goes."""

    text: str
    """What its code says."""

    condition: Condition = PLAIN
    medium: Medium | None = None
    """None leaves it to the condition."""

    empty_s: float = 0.8
    arrive_s: float = 0.6
    hold_s: float = 1.2
    leave_s: float = 0.5

    @property
    def length_s(self) -> float:
        """How long it takes in all."""
        return self.empty_s + self.arrive_s + self.hold_s + self.leave_s


@dataclass(frozen=True, slots=True)
class Shown:
    """When a ticket was to be seen in a clip, in frame numbers."""

    text: str
    in_view_from: int
    """The first frame of the time in which the code is wholly in the picture."""

    in_view_until: int
    """The first frame of which that is true no more."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipFrame:
    """One frame of a clip."""

    image: Image
    number: int
    presentation: int
    """Index of the presentation it belongs to."""

    in_view: bool
    """Whether the code is wholly in the picture."""


def write_clip(
    path: Path,
    presentations: Sequence[Presentation],
    *,
    size: tuple[int, int] = (1280, 720),
    fps: int = 30,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Shown]:
    """Render a clip of all presentations, one after the other, into a video file.

    .mp4 and .mkv become MPEG-4 Part 2, .avi becomes Motion JPEG: what the OpenCV wheels can write
    everywhere. The same seed gives the same clip.

    Returns:
        When each ticket is to be seen, in the order of `presentations`; one that was never
        wholly in the picture is left out.

    Raises:
        CameraError: The file cannot be written.
    """
    codec = _CODECS.get(path.suffix.lower())
    if codec is None:
        said = msg("Videos named {ending} cannot be made.", ending=path.suffix)
        if not path.suffix:
            said = msg("Videos named without an ending cannot be made.")
        raise CameraError(said, hint=msg("End the name in .mp4 or .avi."))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, size)
    if not writer.isOpened():
        raise CameraError(
            msg("{path} cannot be written.", path=path),
            hint=msg("Check the folder and who owns it."),
        )
    total = sum(_frames(each, fps) for each in presentations)
    seen: dict[int, list[int]] = {}
    try:
        for frame in clip_frames(presentations, size=size, fps=fps, seed=seed):
            writer.write(frame.image)
            if frame.in_view:
                seen.setdefault(frame.presentation, []).append(frame.number)
            if on_progress is not None:
                on_progress(frame.number + 1, total)
    finally:
        writer.release()
    return [
        Shown(presentations[index].text, numbers[0], numbers[-1] + 1)
        for index, numbers in seen.items()
    ]


def clip_frames(
    presentations: Sequence[Presentation],
    *,
    size: tuple[int, int] = (1280, 720),
    fps: int = 30,
    seed: int = 0,
) -> Iterator[ClipFrame]:
    """Render a clip frame by frame; see `write_clip`. Each image is the receiver's to keep."""
    room = draw_room(size, np.random.default_rng(seed))
    number = 0
    for index, presentation in enumerate(presentations):
        rng = np.random.default_rng((seed, index))
        for image, in_view in _show(presentation, room, size, fps, rng):
            yield ClipFrame(image, number, index, in_view)
            number += 1


def _frames(presentation: Presentation, fps: int) -> int:
    return round(presentation.length_s * fps)


def _show(
    presentation: Presentation,
    room: Image,
    size: tuple[int, int],
    fps: int,
    rng: np.random.Generator,
) -> Iterator[tuple[Image, bool]]:
    condition = presentation.condition
    if presentation.medium is not None:
        condition = replace(condition, medium=presentation.medium)
    card = card_for(presentation.text, condition, condition.size * size[1], rng)
    hand = _Hand(presentation, condition, size, fps, rng)
    lit_room = as_image(cv2.convertScaleAbs(room, alpha=condition.light))
    veil, noise = Veil(condition, size, rng), Noise(size, condition.noise, rng)
    for step in range(_frames(presentation, fps)):
        frame = lit_room.copy()
        pose = hand.pose(step / fps)
        if pose is not None:
            hold_into(frame, card, pose, light=condition.light)
        veil.lay_over(frame)
        noise.add_to(frame)
        yield frame, pose is not None and is_wholly_in(card, pose, size)


class _Hand:
    """How one hand brings a ticket: fast at first, slowing down, trembling while it holds."""

    def __init__(
        self,
        presentation: Presentation,
        condition: Condition,
        size: tuple[int, int],
        fps: int,
        rng: np.random.Generator,
    ) -> None:
        width, height = size
        self._shown, self._condition, self._fps = presentation, condition, fps
        self._scale = height / 720
        self._side = condition.size * height
        self._target = width * rng.uniform(0.4, 0.6), height * rng.uniform(0.42, 0.55)
        self._way = width * rng.uniform(-0.35, 0.35), height * 0.5 + self._side * 1.8
        self._tremble = rng.uniform(1.5, 4.0, 4), rng.uniform(0, 2 * np.pi, 4)
        self._roll_deg = rng.uniform(-condition.roll_deg, condition.roll_deg)
        self._axis_deg = rng.uniform(0, 360)
        self._settle_s = rng.uniform(0.1, 0.25)
        self._shutter = _SHUTTER * min(1 / condition.light, 2)

    def pose(self, at_s: float) -> Pose | None:
        """Return where the ticket is this long after the beginning; None before it comes."""
        here, before = self._place(at_s), self._place(at_s - 1 / self._fps)
        if here is None:
            return None
        x, y = here
        last_x, last_y = before or here
        condition, shutter = self._condition, self._shutter
        return Pose(
            x=x,
            y=y,
            side=self._side,
            roll_deg=self._roll_deg + 20 * self._away(at_s),
            tilt_deg=condition.tilt_deg,
            axis_deg=self._axis_deg,
            defocus_px=(condition.defocus_px + self._unfocused_px(at_s)) * self._scale,
            motion=((x - last_x) * shutter, (y - last_y) * shutter),
            glare=condition.glare,
        )

    def _place(self, at_s: float) -> tuple[float, float] | None:
        if not self._shown.empty_s <= at_s:
            return None
        away = self._away(at_s)
        rates, starts = self._tremble
        swing = np.sin(2 * np.pi * rates * at_s + starts) * self._condition.shake_px * self._scale
        x = self._target[0] + self._way[0] * away + swing[0] + swing[1] / 2
        y = self._target[1] + self._way[1] * away + swing[2] + swing[3] / 2
        return float(x), float(y)

    def _away(self, at_s: float) -> float:
        """Return how far off the ticket is: 1 out of the picture, 0 where it is held."""
        shown = self._shown
        coming = 1 - (at_s - shown.empty_s) / max(shown.arrive_s, 1 / self._fps)
        going = (at_s - shown.length_s + shown.leave_s) / max(shown.leave_s, 1 / self._fps)
        return float(max(coming, 0) ** 2.5 + max(going, 0) ** 2)

    def _unfocused_px(self, at_s: float) -> float:
        """Return the blur left by a lens that began to focus when half of the way was done."""
        began_s = self._shown.empty_s + 0.4 * self._shown.arrive_s
        return float(self._condition.focus_px * np.exp(-max(at_s - began_s, 0) / self._settle_s))
