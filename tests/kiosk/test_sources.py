import os
import threading
from pathlib import Path

import pytest

from eventdesk.core.errors import CameraError
from eventdesk.exercises.scenes.clips import Presentation, Shown, write_clip
from kiosk.frames import Frame
from kiosk.sightings import FrameSkipped
from kiosk.sources import Source, open_source
from tests.kiosk.mjpeg import NetworkCamera
from tests.kiosk.tickets import SIZE, picture, save


def everything(source: Source) -> list[Frame | FrameSkipped]:
    return list(source.frames(threading.Event()))


@pytest.mark.parametrize(
    ("name", "is_live", "called"),
    [
        ("0", True, "camera 0"),
        ("/dev/video2", True, "/dev/video2"),
        ("http://door/video", True, "http://door/video"),
        ("rtsp://admin:geheim@door:554/live", True, "rtsp://door:554/live"),
        ("missing.mp4", False, "missing.mp4"),
    ],
)
def test_one_name_says_what_the_source_is(name: str, is_live: bool, called: str) -> None:
    source = open_source(name)
    assert (source.is_live, source.name) == (is_live, called)


def test_a_looping_video_is_live_and_one_of_each_frame_is_not() -> None:
    assert open_source("a.mp4", loop=True).is_live
    assert not open_source("a.mp4", loop=True, every_frame=True).is_live


def test_an_unknown_kind_of_address_is_a_clear_error() -> None:
    with pytest.raises(CameraError, match="ftp://"):
        open_source("ftp://door/video")


def test_a_folder_gives_each_picture_once_in_name_order(tmp_path: Path) -> None:
    for name in ("b.png", "a.jpg", "C.PNG"):
        save(tmp_path / name, picture())
    (tmp_path / "notes.txt").write_text("no picture")
    source = open_source(str(tmp_path))
    assert not source.is_live
    frames = [frame for frame in everything(source) if isinstance(frame, Frame)]
    assert [(frame.name, frame.number) for frame in frames] == [
        ("C.PNG", 0),
        ("a.jpg", 1),
        ("b.png", 2),
    ]
    assert {frame.size for frame in frames} == {SIZE}


def test_broken_pictures_are_reported_and_stop_nothing(tmp_path: Path) -> None:
    whole = save(tmp_path / "a.png", picture()).read_bytes()
    (tmp_path / "b.png").write_bytes(whole[:20])
    (tmp_path / "c.png").write_bytes(b"")
    (tmp_path / "d.png").mkdir()
    os.mkfifo(tmp_path / "e.png")
    (tmp_path / "f.png").symlink_to(tmp_path / "nowhere.png")
    save(tmp_path / "g.png", picture())
    given = everything(open_source(str(tmp_path)))
    assert [type(each) for each in given] == [Frame, *[FrameSkipped] * 5, Frame]
    skipped = [each for each in given if isinstance(each, FrameSkipped)]
    assert [each.name for each in skipped] == ["b.png", "c.png", "d.png", "e.png", "f.png"]
    assert all(each.reason for each in skipped)


def test_one_picture_is_a_source_too(tmp_path: Path) -> None:
    path = save(tmp_path / "booking.png", picture())
    assert [each.name for each in everything(open_source(str(path)))] == ["booking.png"]


def test_an_empty_folder_and_a_missing_path_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no picture in the folder"):
        everything(open_source(str(tmp_path)))
    for every_frame in (False, True):
        missing = open_source(str(tmp_path / "gone.mp4"), every_frame=every_frame)
        with pytest.raises(CameraError, match="no file"):
            everything(missing)


def test_a_file_that_is_no_video_is_a_clear_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "door.mp4").write_bytes(b"not a video" * 100)
    with pytest.raises(CameraError, match=r"door\.mp4"):
        everything(open_source(str(tmp_path / "door.mp4"), every_frame=True))
    assert capfd.readouterr() == ("", "")


def test_each_frame_of_a_video_comes_in_order_and_then_it_ends(
    clip: tuple[Path, list[Shown]],
) -> None:
    frames = [
        frame
        for frame in everything(open_source(str(clip[0]), every_frame=True))
        if isinstance(frame, Frame)
    ]
    assert [frame.number for frame in frames] == list(range(len(frames)))
    assert len(frames) > clip[1][-1].in_view_until
    for frame in frames:
        assert frame.at_s == pytest.approx(frame.number / 30, abs=0.002)
        assert frame.seen_at.utcoffset() is not None


def test_a_looping_video_goes_on_and_its_time_goes_on_rising(tmp_path: Path) -> None:
    path = tmp_path / "short.avi"
    write_clip(path, [Presentation("x", empty_s=0.1, arrive_s=0.1, hold_s=0, leave_s=0)], size=SIZE)
    stop = threading.Event()
    at_s = []
    for frame in open_source(str(path), loop=True).frames(stop):
        assert isinstance(frame, Frame)
        at_s.append(frame.at_s)
        if frame.number > 13:
            stop.set()
    assert at_s == sorted(at_s)
    assert at_s[-1] > 0.4


def test_a_network_camera_gives_pictures_until_it_is_unplugged() -> None:
    with NetworkCamera(picture()) as camera:
        frames = open_source(camera.url).frames(threading.Event())
        numbers = [next(frames) for _ in range(3)]
        assert {frame.size for frame in numbers if isinstance(frame, Frame)} == {SIZE}
    with pytest.raises(CameraError, match="stopped sending"):
        for _ in frames:
            pass


def test_a_network_camera_that_is_not_there_is_a_clear_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(CameraError, match="does not answer"):
        everything(open_source("http://127.0.0.1:9/video"))
    assert capfd.readouterr() == ("", "")


def test_a_missing_device_is_a_clear_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CameraError, match="cannot be opened"):
        everything(open_source("/dev/video-none"))
    assert capfd.readouterr() == ("", "")
