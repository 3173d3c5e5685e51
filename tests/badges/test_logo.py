"""Logos: drawn as large as they fit; hostile pictures are refused, and the badge prints without."""

import re
import struct
import zlib
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from badges.drawing import pages
from badges.layout_file import read_layout
from badges.layout_parts import Layout
from badges.logo import MAX_BYTES, MAX_ON_A_SIDE, logo_problem
from eventdesk.core.confined import confined
from tests.badges.reading import badge

TEXT = 'width = 20\nheight = 20\n[[front]]\nkind = "logo"\nwidth = 20\nheight = 20\nfile = "{}"\n'


def laid_out(folder: Path, name: str = "logo.png", more: str = "") -> Layout:
    return read_layout(TEXT.format(name) + more, folder=folder)


def ink(layout: Layout) -> float:
    """Share of the paper that is black."""
    return float((~np.asarray(pages(badge(), layout, dpi=203)[0])).mean())


def problem(layout: Layout) -> str:
    return str(logo_problem(layout.sides[0][0], layout))


@pytest.mark.parametrize("name", ["logo.png", "logo.jpg"])
def test_a_logo_is_as_large_as_it_fits_without_being_distorted(tmp_path: Path, name: str) -> None:
    Image.new("RGB", (200, 100), "black").save(tmp_path / name)
    layout = laid_out(tmp_path, name)
    assert problem(layout) == ""
    assert ink(layout) == pytest.approx(0.5, abs=0.02)


def test_what_is_transparent_is_paper_and_a_grey_becomes_dots_if_asked(tmp_path: Path) -> None:
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert ink(laid_out(tmp_path, "clear.png")) == 0
    Image.new("L", (50, 50), 160).save(tmp_path / "grey.png")
    assert ink(laid_out(tmp_path, "grey.png")) == 0
    assert 0.2 < ink(laid_out(tmp_path, "grey.png", "dither = true\n")) < 0.6


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 50,000 by 50,000."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        total = kind + content
        return struct.pack(">I", len(content)) + total + struct.pack(">I", zlib.crc32(total))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


def ribbon() -> bytes:
    """A PNG that is sound, small and far too long to be made smaller while guests wait."""
    stream = BytesIO()
    Image.new("1", (MAX_ON_A_SIDE + 1, 8)).save(stream, "PNG")
    return stream.getvalue()


def cut_off() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08\x08\x02\0\0\0"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        bomb(),
        ribbon(),
        cut_off(),
        b"\xff\xd8\xff\xe0" + b"\0" * 40,
        b"#" * (MAX_BYTES + 1),
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
    ],
    ids=["empty", "text", "gif", "bomb", "ribbon", "cut off", "broken jpeg", "huge", "postscript"],
)
def test_a_hostile_picture_is_told_and_left_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    layout = laid_out(tmp_path)
    assert problem(layout)
    assert ink(layout) == 0


def test_a_missing_picture_is_told_and_left_out(tmp_path: Path) -> None:
    assert "no logo.png beside" in problem(laid_out(tmp_path))
    assert ink(laid_out(tmp_path)) == 0
    (tmp_path / "logo.png").mkdir()
    assert problem(laid_out(tmp_path))


def scans(count: int) -> bytes:
    """A progressive JPEG that goes over all its pixels again and again."""
    stream = BytesIO()
    Image.new("L", (4000, 4000), 90).save(stream, "JPEG", progressive=True, quality=1)
    whole = stream.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * count + whole[-2:]


def test_a_picture_that_takes_minutes_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = scans(1)
    last = content.rindex(b"\xff\xda")
    content = scans(min(4000, (MAX_BYTES - len(content)) // (len(content) - last)))
    (tmp_path / "logo.png").write_bytes(content)
    monkeypatch.setattr("badges.logo.confined", partial(confined, seconds=0.1))
    assert re.search("longer than 0.1 seconds|memory or time", problem(laid_out(tmp_path)))
    assert ink(laid_out(tmp_path)) == 0
