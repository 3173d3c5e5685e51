"""Pictures of a folder as frames: each once, in the order of their names."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eventdesk.core.errors import CameraError
from eventdesk.core.messages import _, msg
from kiosk.frames import Frame, Image, as_image
from kiosk.opencv import cv2
from kiosk.sightings import FrameSkipped

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})

MAX_BYTES = 100_000_000


def picture_frames(path: Path, stop: threading.Event) -> Iterator[Frame | FrameSkipped]:
    """Yield the pictures of a folder, or the one picture `path` is, and then end.

    A picture that cannot be read is yielded as `FrameSkipped`.

    Raises:
        CameraError: The folder cannot be read, or there is no picture in it.
    """
    number = 0
    for picture in _pictures(path):
        if stop.is_set():
            return
        try:
            image = _read(picture)
        except (OSError, ValueError, MemoryError, cv2.error) as error:
            yield FrameSkipped(picture.name, _reason(error))
        else:
            yield Frame(image, number, float(number), datetime.now(UTC), picture.name)
            number += 1


def as_jpeg(image: Image, *, quality: int) -> bytes:
    """Compress a picture as webcams do.

    Args:
        image: Pixels in OpenCV's order.
        quality: 1 to 100.
    """
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _pictures(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        found = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise CameraError(
            msg("The folder {path} cannot be read.", path=path), hint=msg("Check who may read it.")
        ) from error
    if not found:
        raise CameraError(
            msg("There is no picture in the folder {path}.", path=path),
            hint=msg("Put PNG or JPEG pictures there, or name a video or a camera."),
        )
    return found


def _read(path: Path) -> Image:
    if not path.is_file():  # Reading a named pipe would wait for ever.
        raise ValueError(_("it is not a file"))
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(_("it has more than {most:,} bytes", most=MAX_BYTES))
    packed = np.fromfile(path, dtype=np.uint8)
    # Only a JPEG says which way up it is, and only the others can be transparent.
    how = cv2.IMREAD_COLOR if packed[:2].tobytes() == _JPEG else cv2.IMREAD_UNCHANGED
    image = cv2.imdecode(packed, how)
    if image is None:
        raise ValueError(_("it is not a whole picture"))
    return _opaque(_eight_bit(np.asarray(image)))


def _eight_bit(image: npt.NDArray[Any]) -> Image:
    """Return levels of 0 to 255, whatever a level was in the file."""
    if image.dtype == np.uint8:
        return as_image(image)
    if image.dtype == np.uint16:
        return as_image((image >> 8).astype(np.uint8))
    levels = np.nan_to_num(image.astype(np.float64))
    span = max(float(np.ptp(levels)), 1e-9)
    return as_image(((levels - levels.min()) / span * 255).astype(np.uint8))


def _opaque(image: Image) -> Image:
    """Return three colours on a ground that the ink stands out from: white, black for light ink."""
    if image.ndim == 2 or image.shape[2] == 1:
        return as_image(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
    if image.shape[2] == 3:
        return image
    ink, cover = image[..., :3], cv2.merge([image[..., 3]] * 3)
    drawn = ink[image[..., 3] > _SEEN]
    ground = 0 if drawn.size and drawn.min() > _LIGHT_INK else 255
    behind = np.full_like(ink, ground)
    over = cv2.multiply(ink, cover, scale=1 / 255)
    return as_image(cv2.add(over, cv2.multiply(behind, cv2.bitwise_not(cover), scale=1 / 255)))


_JPEG = b"\xff\xd8"

_SEEN, _LIGHT_INK = 127, 127
"""Cover above which a pixel is seen, and level above which all seen ones are light ink."""


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or _("it cannot be read")
    if isinstance(error, cv2.error | MemoryError):
        return _("it is empty, damaged or far too large")
    return str(error)
