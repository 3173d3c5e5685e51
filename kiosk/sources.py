"""Where pictures come from, behind one name.

0, 1, …, /dev/video0      a camera of this machine
http://…, rtsp://…        an MJPEG or RTSP stream
a folder, or a picture    each picture once
any other path            a video file
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from eventdesk.core.errors import CameraError
from eventdesk.core.messages import _, msg
from kiosk.capture import camera_frames, open_device, open_stream, played, video_frames
from kiosk.frames import Frame
from kiosk.newest import newest
from kiosk.pictures import SUFFIXES, picture_frames
from kiosk.sightings import FrameSkipped

_SCHEMES = frozenset({"http", "https", "rtsp", "rtsps"})


class Source(Protocol):
    """Something that gives pictures."""

    @property
    def name(self) -> str:
        """What to call it before people; without passwords."""

    @property
    def is_live(self) -> bool:
        """Whether it goes on for ever, so that its silence is a fault to be healed."""

    def frames(self, stop: threading.Event) -> Iterator[Frame | FrameSkipped]:
        """Yield pictures until the source ends or `stop` is set.

        Raises:
            CameraError: It cannot be opened, or stopped giving pictures.
        """


@dataclass(frozen=True)
class Camera:
    """A device or a stream: the newest frame wins, and it never ends."""

    address: str
    is_live: bool = True

    @property
    def name(self) -> str:
        """The address without user and password."""
        if self.address.isdecimal():
            return _("camera {address}", address=self.address)
        return re.sub(r"(?<=://)[^/@]*@", "", self.address)

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Yield the newest frame each time one is asked for."""
        opened = (
            partial(open_stream, self.address, name=self.name)
            if "://" in self.address
            else partial(open_device, self.address)
        )
        return newest(partial(camera_frames, opened, name=self.name), stop, name=self.name)


@dataclass(frozen=True)
class PlayedVideo:
    """A video file that plays like a camera: in real time, the newest frame wins."""

    path: Path
    is_live: bool
    """Whether it starts again at the end."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Yield the frame whose time has come each time one is asked for."""
        return newest(self._played, stop, name=self.name)

    def _played(self, stop: threading.Event) -> Iterator[Frame]:
        return played(video_frames(self.path, stop, loop=self.is_live), stop)


@dataclass(frozen=True)
class EachFrame:
    """A video file, every frame of it, as fast as frames are taken."""

    path: Path
    is_live: bool = False

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Yield all frames in order."""
        return video_frames(self.path, stop)


@dataclass(frozen=True)
class Pictures:
    """A folder of pictures, or one picture."""

    path: Path
    is_live: bool = False

    @property
    def name(self) -> str:
        """The folder's or the picture's name."""
        return self.path.name

    def frames(self, stop: threading.Event) -> Iterator[Frame | FrameSkipped]:
        """Yield the pictures in the order of their names."""
        return picture_frames(self.path, stop)


def open_source(name: str, *, loop: bool = False, every_frame: bool = False) -> Source:
    """Find out what `name` means; nothing is opened before the first frame is asked for.

    Args:
        name: Number or path of a device, address of a stream, path of a folder, picture or video.
        loop: A video starts again at the end, and thereby counts as live.
        every_frame: A video gives each frame as fast as it is taken, instead of playing in
            real time; it then ends, whatever `loop` says.

    Raises:
        CameraError: The address has a scheme that is not known here.
    """
    if name.isdecimal() or name.startswith("/dev/"):
        return Camera(name)
    scheme, separator, _ = name.partition("://")
    if separator:
        if scheme.lower() not in _SCHEMES:
            raise CameraError(
                msg("{scheme}:// is not a kind of camera address known here.", scheme=scheme),
                hint=msg("Use http://, https:// or rtsp://, a camera's number, or a path."),
            )
        return Camera(name)
    path = Path(name).expanduser()
    if path.is_dir() or (path.is_file() and path.suffix.lower() in SUFFIXES):
        return Pictures(path)
    return EachFrame(path) if every_frame else PlayedVideo(path, is_live=loop)
