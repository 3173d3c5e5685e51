"""The newest frame of a source: a slow reader never builds up delay."""

import threading
import time
from collections.abc import Callable, Iterator

from eventdesk.core.errors import CameraError
from eventdesk.core.messages import msg
from kiosk.frames import Frame

SILENT_S = 10.0
"""A source that gives no frame for so long is lost, whatever its driver says."""

_WAIT_S = 0.05
_RELEASE_S = 0.5


class _Slot:
    """Room for one frame: putting replaces, taking empties."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._error: BaseException | None = None
        self._ended = False

    def put(self, frame: Frame) -> None:
        with self._changed:
            self._frame = frame
            self._changed.notify()

    def end(self, error: BaseException | None = None) -> None:
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify()

    def take(self, wait_s: float) -> tuple[Frame | None, bool]:
        """Return the frame if there is one by then, and whether it was the last.

        Raises what ended the frames, once the last frame is taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._ended, wait_s)
            frame, self._frame = self._frame, None
            if frame is None and self._error is not None:
                raise self._error
            return frame, self._ended


def newest(
    read: Callable[[threading.Event], Iterator[Frame]],
    stop: threading.Event,
    *,
    name: str,
    silent_s: float = SILENT_S,
) -> Iterator[Frame]:
    """Read frames in a thread of their own and yield only the newest, never one twice.

    Args:
        read: Makes the frames; it is told by its argument to end and release the device.
        stop: Ends the frames, at the latest after 50 ms, even when `read` hangs.
        name: The source, for the message when it falls silent.
        silent_s: Without a frame for so long the source counts as lost.

    Raises:
        CameraError: No frame came for `silent_s`, or `read` raised it.
    """
    slot, done = _Slot(), threading.Event()
    reader = threading.Thread(target=_fill, args=(slot, read, done), name="camera", daemon=True)
    reader.start()
    try:
        yield from _drain(slot, stop, name, silent_s)
    finally:
        done.set()
        reader.join(_RELEASE_S)


def _fill(
    slot: _Slot, read: Callable[[threading.Event], Iterator[Frame]], done: threading.Event
) -> None:
    try:
        for frame in read(done):
            slot.put(frame)
    except BaseException as error:
        slot.end(error)
    else:
        slot.end()


def _drain(slot: _Slot, stop: threading.Event, name: str, silent_s: float) -> Iterator[Frame]:
    heard_at_s = time.monotonic()
    while not stop.is_set():
        frame, was_last = slot.take(_WAIT_S)
        if frame is not None:
            yield frame
            heard_at_s = time.monotonic()
        elif was_last:
            return
        elif time.monotonic() - heard_at_s > silent_s:
            raise CameraError(
                msg(
                    "{name} has sent no picture for {silent_s:.0f} seconds.",
                    name=name,
                    silent_s=silent_s,
                ),
                hint=msg("Check its cable or network; it is tried again by itself."),
            )
