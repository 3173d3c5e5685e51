"""The live picture, as strips of half blocks."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.sightings import Preview
from screens.self_service.camera import MAX_COLUMNS
from screens.widgets.half_blocks import HALF_BLOCK, fitted, strips
from tests.histories import tries
from tests.screens.stage import FakeScanner, Stage, page, reads, until


def test_two_rows_of_pixels_are_one_line() -> None:
    pixels = np.zeros((2, 3, 3), dtype=np.uint8)
    pixels[0, :, 0] = 255
    [strip] = strips(pixels)
    [segment] = strip
    assert segment.text == HALF_BLOCK * 3
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.color.get_truecolor() == (240, 0, 0)
    assert segment.style.bgcolor is not None
    assert segment.style.bgcolor.get_truecolor() == (0, 0, 0)


@settings(deadline=None, max_examples=tries(60))
@given(
    rows=st.integers(1, 200), columns=st.integers(1, 200),
    width=st.integers(1, 300), lines=st.integers(1, 120),
)  # fmt: skip
def test_any_picture_fits_into_any_room(rows: int, columns: int, width: int, lines: int) -> None:
    pixels = fitted(np.zeros((rows, columns, 3), dtype=np.uint8), width, lines * 2)
    assert 1 <= pixels.shape[1] <= width
    assert 2 <= pixels.shape[0] <= lines * 2
    assert pixels.shape[0] % 2 == 0
    drawn = strips(pixels)
    assert len(drawn) == pixels.shape[0] // 2
    assert {strip.cell_length for strip in drawn} == {pixels.shape[1]}


async def test_the_picture_is_in_the_middle_and_not_too_wide(stage: Stage) -> None:
    camera = FakeScanner()
    camera.preview = Preview(np.full((90, 160, 3), 200, dtype=np.uint8), ())
    async with stage.kiosk(camera, size=(200, 40)) as (pilot, screen):
        widest = HALF_BLOCK * MAX_COLUMNS
        await reads(pilot, widest)
        assert widest + HALF_BLOCK not in page(pilot)
        camera.preview = None
        await until(pilot, lambda: screen.camera.picture is None)
        await until(pilot, lambda: widest not in page(pilot))
