"""Frames out of OpenCV: from a device, a stream or a video file."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from eventdesk.core.errors import CameraError
from eventdesk.core.messages import msg
from kiosk.frames import Frame, Image, as_image
from kiosk.opencv import cv2

WIDTH_PX, HEIGHT_PX = 1280, 720
"""The mode asked of a device: enough pixels for a code of a sixth of the frame's height."""

STREAM_TIMEOUT_MS = 5_000
"""How long opening a stream, or waiting for its next picture, may take."""

_USUAL_FPS = 30.0


def open_device(device: str) -> cv2.VideoCapture:
    """Open a camera by index or path, in a mode that leaves the processor time to decode.

    Raises:
        CameraError: There is no such camera, or another program has it.
    """
    backend = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
    capture = (
        cv2.VideoCapture(int(device), backend)
        if device.isdecimal()
        else cv2.VideoCapture(device, backend)
    )
    if not capture.isOpened():
        raise CameraError(
            msg("Camera {device} cannot be opened.", device=device),
            hint=msg("Plug it in, close other programs that use it, or choose another camera."),
        )
    # Asked one by one after opening: a camera that lacks one of them still gives pictures.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH_PX)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT_PX)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def open_stream(url: str, *, name: str) -> cv2.VideoCapture:
    """Open an MJPEG or RTSP stream.

    Args:
        url: Where it is, with its password if it has one.
        name: How to call it before people: the URL without the password.

    Raises:
        CameraError: Nobody answers there in time, or what answers is no video.
    """
    capture = cv2.VideoCapture(
        url,
        cv2.CAP_FFMPEG,
        [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            STREAM_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            STREAM_TIMEOUT_MS,
        ],
    )
    if not capture.isOpened():
        raise CameraError(
            msg("{name} does not answer with a video.", name=name),
            hint=msg("Check the address and the network; a browser should show the same stream."),
        )
    return capture


def open_video(path: Path) -> cv2.VideoCapture:
    """Open a video file.

    Raises:
        CameraError: There is no such file, or it is no video.
    """
    if not path.is_file():
        raise CameraError(
            msg("There is no file {path}.", path=path),
            hint=msg("Check the spelling; a camera is named by its number, such as 0."),
        )
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise CameraError(
            msg("{name} is not a video this program can play.", name=path.name),
            hint=msg("Use MP4 or AVI, or a folder of PNG or JPEG pictures."),
        )
    return capture


def camera_frames(
    opened: Callable[[], cv2.VideoCapture], stop: threading.Event, *, name: str
) -> Iterator[Frame]:
    """Yield what a camera or stream sends, until `stop`; it never ends by itself.

    Raises:
        CameraError: It cannot be opened, or stopped sending.
    """
    capture = opened()
    try:
        number = 0
        while not stop.is_set():
            arrived, image = capture.read()
            if not arrived:
                raise CameraError(
                    msg("{name} stopped sending pictures.", name=name),
                    hint=msg("Check its cable or network; it is tried again by itself."),
                )
            yield Frame(as_image(image), number, time.monotonic(), datetime.now(UTC))
            number += 1
    finally:
        capture.release()


def video_frames(path: Path, stop: threading.Event, *, loop: bool = False) -> Iterator[Frame]:
    """Yield each frame of a video file as fast as it is taken; `loop` starts again at the end.

    The play time goes on rising from one round to the next.

    Raises:
        CameraError: The file is missing, is no video, or has no frame in it.
    """
    number, began_s = 0, 0.0
    while not stop.is_set():
        round_began_at = number
        for image, at_s in _one_round(path, stop):
            yield Frame(image, number, began_s + at_s, datetime.now(UTC))
            number, ended_s = number + 1, began_s + at_s + 1 / _USUAL_FPS
        if number == round_began_at and not stop.is_set():
            raise CameraError(
                msg("{name} has no picture in it.", name=path.name), hint=msg("Use another file.")
            )
        if not loop:
            return
        began_s = ended_s


def _one_round(path: Path, stop: threading.Event) -> Iterator[tuple[Image, float]]:
    """Yield each frame's pixels and play time in seconds, which never goes back."""
    capture = open_video(path)
    number, at_s = 0, 0.0
    try:
        while not stop.is_set():
            arrived, image = capture.read()
            if not arrived:
                return
            at_ms = capture.get(cv2.CAP_PROP_POS_MSEC) or number / _USUAL_FPS * 1_000
            at_s = max(at_s, at_ms / 1_000)
            yield as_image(image), at_s
            number += 1
    finally:
        capture.release()


def played(frames: Iterator[Frame], stop: threading.Event) -> Iterator[Frame]:
    """Hand each frame on when its play time has come, as a camera would."""
    began_s = time.monotonic()
    for frame in frames:
        ahead_s = began_s + frame.at_s - time.monotonic()
        if ahead_s > 0 and stop.wait(ahead_s):
            return
        yield Frame(frame.image, frame.number, frame.at_s, datetime.now(UTC))
