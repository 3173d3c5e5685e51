"""OpenCV, told to keep quiet: what it prints would land in the middle of a terminal screen.

Every module of the kiosk takes `cv2` from here, so that no order of imports undoes this.
"""

import os

_QUIET = {
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # AV_LOG_QUIET
    # A picture as large as any phone's; OpenCV itself would unfold a thousand million pixels.
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(200_000_000),
    # Seconds V4L2 waits for a frame; an unplugged camera is noticed this fast.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",
}
for _name, _value in _QUIET.items():
    os.environ.setdefault(_name, _value)

import cv2  # noqa: E402  OpenCV reads these variables while it is imported.

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
# The decoder has one thread beside the screen's; more would only steal from the screen.
cv2.setNumThreads(1)

__all__ = ["cv2"]
