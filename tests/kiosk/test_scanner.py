import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eventdesk.core.errors import CameraError
from eventdesk.exercises.scenes.clips import Presentation, Shown, write_clip
from kiosk.decoder import Decoder
from kiosk.frames import Image
from kiosk.readers import Reading
from kiosk.scanner import Scanner
from kiosk.sightings import CameraFound, CameraLost, Event, FrameSkipped, Sighting
from tests.kiosk.mjpeg import NetworkCamera
from tests.kiosk.tickets import SIZE, picture, save, ticket

DEADLINE_S = 30


def scan(scanner: Scanner) -> list[Event]:
    return list(scanner.events(threading.Event()))


def sightings(events: list[Event]) -> list[Sighting]:
    return [event for event in events if isinstance(event, Sighting)]


def watch(scanner: Scanner, enough: Callable[[list[Event]], bool]) -> list[Event]:
    """Collect events until there are enough of them."""
    events, stop, give_up_at_s = [], threading.Event(), time.monotonic() + DEADLINE_S
    for event in scanner.events(stop):
        events.append(event)
        assert time.monotonic() < give_up_at_s, events
        if enough(events):
            stop.set()
    return events


def test_each_showing_of_a_ticket_in_a_video_is_one_sighting(
    clip: tuple[Path, list[Shown]],
) -> None:
    path, shown = clip
    seen = sightings(scan(Scanner(str(path), every_frame=True)))
    assert [sighting.text for sighting in seen] == [showing.text for showing in shown]
    assert len({sighting.nonce for sighting in seen}) == 3
    assert {sighting.frame_size for sighting in seen} == {SIZE}
    assert all(sighting.decode_ms > 0 for sighting in seen)


def test_a_video_plays_like_a_camera_and_ends(clip: tuple[Path, list[Shown]]) -> None:
    path, shown = clip
    scanner = Scanner(str(path))
    events = scan(scanner)
    assert events[0] == CameraFound("door.avi", SIZE)
    assert {sighting.text for sighting in sightings(events)} == {each.text for each in shown}


class SlowDecoder(Decoder):
    """Takes as long as ten frames for one, and counts them."""

    decoded = 0

    def decode(self, gray: Image, *, patient: bool = False) -> list[Reading]:
        threading.Event().wait(1 / 3)
        self.decoded += 1
        return super().decode(gray, patient=patient)


def test_a_slow_decoder_drops_frames_and_builds_up_no_delay(tmp_path: Path) -> None:
    path = tmp_path / "door.avi"
    write_clip(path, [Presentation(ticket(1), empty_s=0.1, arrive_s=0.2, hold_s=2)], size=SIZE)
    decoder = SlowDecoder()
    (sighting,) = sightings(scan(Scanner(str(path), decoder=decoder)))
    assert sighting.text == ticket(1)
    assert 0 < decoder.decoded < 84 / 5


def test_every_code_of_every_picture_is_a_sighting(tmp_path: Path) -> None:
    save(tmp_path / "1.png", picture(1))
    save(tmp_path / "2.png", picture(2, 3))
    (tmp_path / "3.png").write_bytes(b"broken")
    save(tmp_path / "4.png", picture(1))
    save(tmp_path / "5.png", picture())
    events = scan(Scanner(str(tmp_path)))
    seen = [(sighting.frame_name, sighting.text) for sighting in sightings(events)]
    assert sorted(seen) == [
        ("1.png", ticket(1)),
        ("2.png", ticket(2)),
        ("2.png", ticket(3)),
        ("4.png", ticket(1)),
    ]
    assert [event for event in events if isinstance(event, FrameSkipped)] == [
        FrameSkipped("3.png", "it is not a whole picture")
    ]


def test_a_camera_that_dies_and_comes_back_is_reported_and_read_again() -> None:
    camera = NetworkCamera(picture(1))
    scanner, events, stop = Scanner(camera.url), list[Event](), threading.Event()
    with camera:
        watching = scanner.events(stop)
        while not sightings(events):
            events.append(next(watching))
    while not isinstance(events[-1], CameraLost):
        events.append(next(watching))
    assert scanner.preview is None
    lost = events[-1]
    with NetworkCamera(picture(2), port=camera.port):
        while ticket(2) not in {sighting.text for sighting in sightings(events)}:
            events.append(next(watching))
        stop.set()
        assert not list(watching)
    kinds = [type(event) for event in events if not isinstance(event, CameraLost)]
    assert kinds == [CameraFound, Sighting, CameraFound, Sighting]
    assert isinstance(lost, CameraLost)
    assert lost.reason
    assert lost.hint


def test_a_camera_that_never_comes_is_tried_ever_more_seldom() -> None:
    events = watch(Scanner("http://127.0.0.1:9/video"), lambda events: len(events) == 3)
    waits_s = [event.retry_in_s for event in events if isinstance(event, CameraLost)]
    assert waits_s == [0.5, 1.0, 2.0]


def test_a_looping_video_that_appears_later_is_found(
    tmp_path: Path, clip: tuple[Path, list[Shown]]
) -> None:
    late = tmp_path / "late.avi"

    def enough(events: list[Event]) -> bool:
        if len(events) == 1:
            (tmp_path / "part").write_bytes(clip[0].read_bytes())
            (tmp_path / "part").rename(late)
        return bool(sightings(events))

    events = watch(Scanner(str(late), loop=True), enough)
    assert [type(event) for event in events] == [CameraLost, CameraFound, Sighting]


def test_a_missing_file_or_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    for name in (tmp_path / "gone.mp4", tmp_path):
        with pytest.raises(CameraError):
            scan(Scanner(str(name)))


def test_waiting_ends_when_told_though_the_camera_says_nothing() -> None:
    with NetworkCamera(picture(), mute=True) as camera:
        stop = threading.Event()
        ended = threading.Event()

        def run() -> None:
            list(Scanner(camera.url).events(stop))
            ended.set()

        threading.Thread(target=run, daemon=True).start()
        assert not ended.is_set()
        stop.set()
        assert ended.wait(DEADLINE_S)


def test_preview_is_small_mirrored_and_outlines_the_code(tmp_path: Path) -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    image[:, :640] = (255, 0, 0)
    image[180:540, 100:640] = picture(1)[:, 50:590]
    save(tmp_path / "a.png", image)
    scanner = Scanner(str(tmp_path))
    (sighting,) = sightings(scan(scanner))
    preview = scanner.preview
    assert preview is not None
    assert preview.image.shape == (90, 160, 3)
    assert preview.image[2, 150].tolist() == [0, 0, 255], "blue, on the other side, as RGB"
    assert preview.image[2, 10].tolist() == [90, 90, 90]
    xs = [x for x, _ in preview.outlines[0]]
    assert min(xs) == pytest.approx((1280 - max(x for x, _ in sighting.outline)) / 8)
    assert all(0 <= x <= 160 and 0 <= y <= 90 for x, y in preview.outlines[0])
