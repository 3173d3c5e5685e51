"""Sources of pictures, each opened by one name.

0, 1, …, /dev/video0      a camera of this machine
http://…, rtsp://…        an MJPEG or RTSP stream
a folder, or a picture    each picture once
any other path            a video file
"""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eventdesk.core.errors import CameraError
from eventdesk.core.messages import _, msg
from kiosk.capture import camera_frames, open_device, open_stream, played, video_frames
from kiosk.frames import Frame
from kiosk.newest import newest
from kiosk.opencv import cv2
from kiosk.pictures import SUFFIXES, picture_frames
from kiosk.sightings import FrameSkipped

_SCHEMES = frozenset({"http", "https", "rtsp", "rtsps"})


@dataclass(frozen=True)
class Source:
    """Something that gives pictures.

    Attributes:
        name: Its name for people, without passwords.
        is_live: Whether it goes on for ever, so that its silence is a fault to be healed.
        frames: Yields pictures until the source ends or the event is set. Raises `CameraError` when
            it cannot be opened, or stopped giving pictures.
    """

    name: str
    is_live: bool
    frames: Callable[[threading.Event], Iterator[Frame | FrameSkipped]]


def open_source(name: str, *, loop: bool = False, every_frame: bool = False) -> Source:
    """Make the source that a name means; nothing is opened before the first frame is asked for.

    Args:
        name: Number or path of a device, address of a stream, path of a folder, picture or video.
        loop: A video starts again at the end, and thereby counts as live.
        every_frame: A video gives each frame as fast as it is taken, instead of playing in
            real time; it then ends, whatever `loop` says.

    Raises:
        CameraError: The address has a scheme that is not known here.
    """
    if name.isdecimal() or name.startswith("/dev/"):
        called = _("camera {address}", address=name) if name.isdecimal() else name
        return _camera(called, partial(open_device, name))
    scheme, separator, _rest = name.partition("://")
    if separator:
        if scheme.lower() not in _SCHEMES:
            raise CameraError(
                msg("{scheme}:// is not a kind of camera address known here.", scheme=scheme),
                hint=msg("Use http://, https:// or rtsp://, a camera's number, or a path."),
            )
        called = re.sub(r"(?<=://)[^/@]*@", "", name)
        return _camera(called, partial(open_stream, name, name=called))
    path = Path(name).expanduser()
    if path.is_dir() or (path.is_file() and path.suffix.lower() in SUFFIXES):
        return Source(path.name, False, partial(picture_frames, path))
    if every_frame:
        return Source(path.name, False, partial(video_frames, path))
    in_time = partial(_played, path, loop=loop)
    return Source(path.name, loop, partial(newest, in_time, name=path.name))


def _camera(name: str, opened: Callable[[], cv2.VideoCapture]) -> Source:
    """A device or a stream: the newest frame wins, and it never ends."""
    read = partial(camera_frames, opened, name=name)
    return Source(name, True, partial(newest, read, name=name))


def _played(path: Path, stop: threading.Event, *, loop: bool) -> Iterator[Frame]:
    return played(video_frames(path, stop, loop=loop), stop)
