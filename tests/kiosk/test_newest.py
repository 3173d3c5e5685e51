import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from eventdesk.core.errors import CameraError
from kiosk.frames import Frame
from kiosk.newest import newest

PIXEL = np.zeros((1, 1, 3), np.uint8)


def frame(number: int) -> Frame:
    return Frame(PIXEL, number, float(number), datetime.now(UTC))


def test_a_slow_reader_gets_the_newest_frame_and_never_an_old_one() -> None:
    """The reader is busy while 100 frames pass, and again while another 100 do."""
    resume = [threading.Event() for _ in range(3)]
    passed = [threading.Event() for _ in range(3)]

    def camera(stop: threading.Event) -> Iterator[Frame]:
        for burst in range(3):
            assert resume[burst].wait(10)
            for number in range(burst * 100, burst * 100 + 100):
                yield frame(number)
            passed[burst].set()

    taken = []
    resume[0].set()
    assert not passed[0].is_set()
    frames = newest(camera, threading.Event(), name="test camera")
    taken.append(next(frames).number)
    for burst in range(3):
        resume[burst].set()
        assert passed[burst].wait(10)
    taken.extend(each.number for each in frames)
    assert taken[0] <= 99
    assert taken[1:] == [299], "two hundred frames waited for nobody"


def test_waiting_ends_when_told_though_the_camera_hangs() -> None:
    hanging, stop = threading.Event(), threading.Event()

    def camera(_: threading.Event) -> Iterator[Frame]:
        yield frame(0)
        hanging.wait(30)

    frames = newest(camera, stop, name="test camera")
    assert next(frames).number == 0
    stop.set()
    assert list(frames) == []
    hanging.set()


def test_a_camera_that_falls_silent_is_lost() -> None:
    hanging = threading.Event()

    def camera(_: threading.Event) -> Iterator[Frame]:
        yield frame(0)
        hanging.wait(30)

    frames = newest(camera, threading.Event(), name="test camera", silent_s=0.1)
    assert next(frames).number == 0
    with pytest.raises(CameraError, match="test camera has sent no picture"):
        next(frames)
    hanging.set()


def test_what_ends_the_camera_reaches_the_reader_after_the_last_frame() -> None:
    def camera(_: threading.Event) -> Iterator[Frame]:
        yield frame(0)
        raise CameraError("unplugged")

    frames = newest(camera, threading.Event(), name="test camera")
    assert next(frames).number == 0
    with pytest.raises(CameraError, match="unplugged"):
        next(frames)


def test_the_camera_is_released_when_the_reader_goes() -> None:
    released = threading.Event()

    def camera(stop: threading.Event) -> Iterator[Frame]:
        try:
            for number in range(1_000_000):
                if stop.is_set():
                    return
                yield frame(number)
        finally:
            released.set()

    frames = newest(camera, threading.Event(), name="test camera")
    next(frames)
    frames.close()  # type: ignore[attr-defined]  # It is a generator.
    assert released.wait(10)
