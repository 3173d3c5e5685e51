"""Walls of finder patterns: what they cost is seen in parts of them, and remembered."""

import numpy as np
import pytest

from kiosk.decoder import Decoder
from kiosk.finders import share_of_edges
from kiosk.frames import Image, as_image
from kiosk.looks import Look, Looks, Prepare, looks, resized
from kiosk.opencv import cv2
from kiosk.readers import Reading, zxing_reader
from tests.kiosk.test_bounds import wall
from tests.kiosk.test_decoder import code
from tests.kiosk.tickets import gray, picture, ticket

SIZE = 1920, 1080


def fractional_wall(module_px: float, size: tuple[int, int] = SIZE) -> Image:
    """Finder patterns of modules that are no whole number of pixels."""
    width, height = size
    fine = wall(round(4 * width / module_px), round(4 * height / module_px), 4)
    return as_image(cv2.resize(fine, size, interpolation=cv2.INTER_AREA))


class Clock:
    """Processor time that passes only where a reader says so."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Library:
    """Takes a nanosecond a pixel, and far longer where a picture is full of edges.

    Attributes:
        sizes: Pixels of what it was handed.
    """

    def __init__(self, clock: Clock, *, far_longer: float = 100) -> None:
        self.sizes: list[int] = []
        self.readings = [Reading("", ((0, 0), (0, 0), (0, 0), (0, 0)))]
        self._clock = clock
        self._far_longer = far_longer

    def __call__(self, gray: Image) -> list[Reading]:
        self.sizes.append(gray.size)
        full = share_of_edges(gray, 12) > 0.18
        self._clock.now_s += gray.size * 1e-9 * (self._far_longer if full else 1)
        return self.readings


def watched(
    *prepares: Prepare | None, grows: bool = True, far_longer: float = 100
) -> tuple[Decoder, list[Library]]:
    """A decoder whose ring prepares pictures so, and the libraries of its looks."""
    clock = Clock()
    libraries = [Library(clock, far_longer=far_longer) for _ in (None, *prepares)]
    first, *ring = (
        Look(library, prepare, grows=grows)
        for library, prepare in zip(libraries, (None, *prepares), strict=True)
    )
    decoder = Decoder(Looks(first, tuple(ring), ()), clock)
    decoder.decode(np.zeros((360, 640), np.uint8))  # It measures what the first look usually takes.
    for library in libraries:
        library.sizes.clear()
        library.readings = []
    return decoder, libraries


EMPTY = np.full((SIZE[1], SIZE[0]), 128, np.uint8)
PX = EMPTY.size


def dense(seen: Image) -> Image:
    """What a look may make of a harmless picture."""
    height, width = seen.shape
    return fractional_wall(1.125, (width, height))


@pytest.mark.parametrize("module_px", [0.875, 1.125, 1.25])
def test_a_wall_of_no_whole_pixels_is_read_in_small_parts_before_it_is_read_whole(
    module_px: float,
) -> None:
    zxing = zxing_reader()
    assert zxing is not None
    sizes: list[int] = []

    def noting(seen: Image) -> list[Reading]:
        sizes.append(seen.size)
        return zxing(seen)

    frame = fractional_wall(module_px)
    sharp = next(look for look in looks().ring if look.scale == 1.5 and look.prepare)
    ring = (Look(noting, sharp.prepare, scale=1.5, grows=True),)
    decoder = Decoder(Looks(Look(noting, grows=True), ring, ()))
    for _ in range(2):
        decoder.decode(frame)
    assert max(sizes) <= PX, "the picture that is sharpened has 2.25 times as many"


@pytest.mark.parametrize(("far_longer", "tries"), [(20, 2), (100, 1)])
def test_what_a_part_of_a_frame_takes_tells_a_wall_that_is_then_made_smaller(
    far_longer: float, tries: int
) -> None:
    decoder, (first,) = watched(far_longer=far_longer)
    decoder.decode(fractional_wall(1.125))
    parts, smaller_parts, last = first.sizes[:tries], first.sizes[tries:-1], first.sizes[-1]
    assert parts == [PX // 16] * tries, "in doubt twice, as once may be the machine's fault"
    assert max(smaller_parts) < PX // 16
    assert last < PX // 4


def test_what_a_look_made_of_a_frame_is_tried_too() -> None:
    decoder, (first, second) = watched(dense)
    decoder.decode(EMPTY)
    assert first.sizes == [PX], "a frame without edges is read at once"
    assert PX not in second.sizes


def test_what_was_learnt_holds_for_the_scene_and_no_longer() -> None:
    decoder, (first,) = watched()
    frame = fractional_wall(1.125)
    decoder.decode(frame)
    last = first.sizes[-1]
    tried = list(first.sizes)
    first.sizes.clear()
    decoder.decode(frame)
    assert first.sizes == [last]
    first.sizes.clear()
    decoder.decode(EMPTY)
    assert first.sizes == [PX]
    first.sizes.clear()
    decoder.decode(frame)
    assert first.sizes == tried


def test_the_second_look_that_takes_far_too_long_ends_the_looks_at_its_scene() -> None:
    decoder, (_, second, third, fourth) = watched(dense, dense, None, grows=False)
    for _ in range(4):
        decoder.decode(EMPTY)
    assert second.sizes == [PX], "of a kind that no part tells of"
    assert third.sizes == [PX]
    assert fourth.sizes == []
    decoder.decode(255 - EMPTY // 2)
    assert fourth.sizes == [PX], "another scene, the next look"


def test_one_look_that_takes_far_too_long_ends_no_others() -> None:
    decoder, (_, second, third) = watched(dense, None, grows=False)
    for _ in range(4):
        decoder.decode(EMPTY)
    assert second.sizes == third.sizes == [PX]


def test_a_first_look_that_took_far_too_long_gets_a_smaller_picture_of_the_scene() -> None:
    decoder, (first,) = watched(grows=False)
    for _ in range(3):
        decoder.decode(fractional_wall(1.125))
    assert first.sizes == [PX, PX // 4, PX // 4]


def test_pictures_full_of_edges_that_take_no_longer_keep_their_size_and_all_looks() -> None:
    decoder, (first, second) = watched(None, far_longer=4)
    noise = np.random.default_rng(0).integers(0, 256, EMPTY.shape).astype(np.uint8)
    decoder.decode(noise)
    assert first.sizes[-1] == second.sizes[-1] == PX


def test_a_code_before_a_wall_is_read_and_outlined_in_its_own_pixels() -> None:
    frame = fractional_wall(1.125)
    drawn = resized(code(ticket(1)), 4)
    top, left = 300, 700
    frame[top : top + len(drawn), left : left + len(drawn)] = drawn
    (reading,) = Decoder().decode(frame)
    assert reading.text == ticket(1)
    assert min(x for x, _ in reading.outline) == pytest.approx(left + 4 * 16, abs=16)
    assert min(y for _, y in reading.outline) == pytest.approx(top + 4 * 16, abs=16)


def test_an_ordinary_frame_is_looked_at_in_its_size() -> None:
    decoder, (first,) = watched()
    frame = gray(picture(1))
    decoder.decode(frame)
    assert first.sizes == [frame.size]
