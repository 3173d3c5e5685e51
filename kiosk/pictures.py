"""A folder of pictures as a source: each once, in the order of their names."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from eventdesk.errors import CameraError
from kiosk.frames import Frame, Image, as_image
from kiosk.opencv import cv2
from kiosk.sightings import FrameSkipped

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})

MOST_BYTES = 100_000_000


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
            f"The folder {path} cannot be read.", hint="Check who may read it."
        ) from error
    if not found:
        raise CameraError(
            f"There is no picture in the folder {path}.",
            hint="Put PNG or JPEG pictures there, or name a video or a camera.",
        )
    return found


def _read(path: Path) -> Image:
    if not path.is_file():  # Reading a named pipe would wait for ever.
        raise ValueError("it is not a file")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
    image = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("it is not a whole picture")
    return as_image(image)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "it cannot be read"
    if isinstance(error, cv2.error | MemoryError):
        return "it is empty, damaged or far too large"
    return str(error)
