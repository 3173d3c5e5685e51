"""Every form of a QR code reads back as what went in."""

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from badges import qr
from eventdesk.core.errors import InvalidInputError
from tests.badges.reading import TOKEN, codes_in, drawn_blocks, opened
from tests.histories import tries

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def test_a_token_of_61_characters_takes_29_modules() -> None:
    assert len(TOKEN) == 61
    assert len(qr.matrix(TOKEN)) == 29 + 2 * qr.BORDER


def test_the_code_is_square_with_a_light_border_of_four_modules() -> None:
    rows = qr.matrix(TOKEN)
    assert all(len(row) == len(rows) for row in rows)
    frame = np.array(rows)
    frame[qr.BORDER : -qr.BORDER, qr.BORDER : -qr.BORDER] = False
    assert not frame.any()


@pytest.mark.parametrize(
    ("characters", "level"),
    [(61, "M"), (47, "Q"), (35, "M"), (29, "Q"), (20, "M"), (16, "Q"), (10, "H")],
)
def test_error_correction_is_as_strong_as_the_size_allows(characters: int, level: str) -> None:
    code = np.asarray(qr.picture("A" * characters).convert("L"))
    assert zxingcpp.read_barcodes(code)[0].ec_level == level


@settings(max_examples=tries(30), deadline=None)
@given(st.text(BASE32, min_size=1, max_size=61))
def test_a_token_reads_back_from_the_png(token: str) -> None:
    assert codes_in(opened(qr.png(token))) == [token]


def test_a_png_has_one_bit_a_pixel_and_stays_small() -> None:
    code = qr.png(TOKEN)
    assert opened(code).mode == "1"
    assert opened(code).size == (37 * 8, 37 * 8)
    assert len(code) < 1000


def test_the_svg_path_draws_the_same_modules() -> None:
    rows = qr.matrix(TOKEN)
    page = np.full((len(rows) * 8, len(rows) * 8), 255, dtype=np.uint8)
    for run in qr.svg_path(TOKEN).split("M")[1:]:
        x, y, width = map(int, run.split("v")[0].replace("h", " ").split())
        cv2.rectangle(page, (x * 8, y * 8), ((x + width) * 8 - 1, y * 8 + 7), 0, cv2.FILLED)
    assert codes_in(Image.fromarray(page)) == [TOKEN]


def test_half_blocks_read_back_white_on_black() -> None:
    lines = qr.half_blocks(TOKEN)
    assert (len(lines), len(lines[0])) == (19, 37)
    assert codes_in(drawn_blocks(lines, ink=255, paper=0, margin=30)) == [TOKEN]


def test_half_blocks_read_back_as_ink_on_paper() -> None:
    lines = qr.half_blocks(TOKEN, on_paper=True)
    assert (len(lines), len(lines[0])) == (15, 29)
    assert codes_in(drawn_blocks(lines, ink=0, paper=255, margin=24)) == [TOKEN]


def test_opencv_and_zxing_agree_on_the_code() -> None:
    code = np.asarray(qr.picture(TOKEN).convert("L"))
    assert cv2.QRCodeDetector().detectAndDecode(code)[0] == TOKEN


@pytest.mark.parametrize("text", ["x" * 2332, "\ud800", "A" * 10_000])
def test_what_no_code_can_hold_is_said_so(text: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot become a QR code"):
        qr.matrix(text)


def test_any_other_text_becomes_a_code_too() -> None:
    for text in ("x", "x" * 2331, "Zoë 漢字 🎉"):
        assert codes_in(qr.picture(text, 4)) == [text]
