import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from eventdesk.cli.quiet_libraries import only_python_on_stderr
from eventdesk.cli.screens import run_app
from kiosk.opencv import cv2
from kiosk.pictures import picture_frames
from tests.kiosk.tickets import picture


def damaged(folder: Path) -> Path:
    """A JPEG and a PNG of which libjpeg and libpng complain on descriptor 2."""
    jpeg = cv2.imencode(".jpg", picture(1))[1].tobytes()
    (folder / "a.jpg").write_bytes(jpeg[:-2] + bytes(6) + jpeg[-2:])
    png = bytearray(cv2.imencode(".png", picture(1))[1].tobytes())
    png[500] ^= 1
    (folder / "b.png").write_bytes(png)
    return folder


def read_all(folder: Path) -> int:
    return len(list(picture_frames(folder, threading.Event())))


def test_libraries_written_in_c_say_nothing_and_python_what_it_likes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    damaged(tmp_path)
    read_all(tmp_path)
    assert "Corrupt JPEG" in capfd.readouterr().err, "so that the silence below means something"
    with only_python_on_stderr():
        assert read_all(tmp_path) == 2
        os.write(2, b"a library")
        assert sys.__stderr__ is not None
        sys.__stderr__.write("the screen")
    assert capfd.readouterr() == ("", "the screen")
    os.write(2, b"afterwards")
    assert capfd.readouterr().err == "afterwards"


def test_what_is_raised_meanwhile_leaves_all_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stderr, sys.__stderr__
    with pytest.raises(ZeroDivisionError), only_python_on_stderr():
        raise ZeroDivisionError
    assert (sys.stderr, sys.__stderr__) == before
    os.write(2, b"afterwards")
    assert capfd.readouterr().err == "afterwards"


class Screens:
    """Takes the terminal as the screens do, while a camera sends a damaged picture."""

    async def run_async(self) -> None:
        assert sys.__stderr__ is not None
        sys.__stderr__.write("the screen")
        jpeg = cv2.imencode(".jpg", picture(1))[1].tobytes()
        broken = np.frombuffer(jpeg[:-2] + bytes(6) + jpeg[-2:], np.uint8)
        assert cv2.imdecode(broken, cv2.IMREAD_COLOR) is not None

    def end(self, number: int) -> None:
        raise AssertionError(number)


def test_a_damaged_picture_writes_nothing_over_the_screens(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run_app(Screens(), tmp_path)  # type: ignore[arg-type]
    assert capfd.readouterr() == ("", "the screen")
