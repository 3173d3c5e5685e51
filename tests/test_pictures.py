"""The pictures of the README: that they are there, dark and light, small enough, and in place."""

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from rich.segment import Segment
from rich.style import Style

from tests.areas import ROOT
from tools import painted_terminal
from tools.painted_terminal import HEIGHT, PADDING, WIDTH, NoChromiumError, png
from tools.pictures import FOLDER, MAX_BYTES, SCREENS, THEMES

PICTURES = ROOT / FOLDER
INK, PAPER = (255, 0, 0), (0, 0, 255)
LOOK = Style(color="#ff0000", bgcolor="#0000ff")


def test_the_readme_shows_each_screen_dark_and_light_and_a_moving_picture() -> None:
    shown = re.findall(
        r'(?:src|srcset)="([^"]+)"|\]\(([^)]+\.gif)\)', (ROOT / "README.md").read_text()
    )
    named = {Path(one or other) for one, other in shown}
    assert named == {each.relative_to(ROOT) for each in PICTURES.iterdir()}
    screens = {f"{name}-{theme}.png" for name in (*SCREENS, "kiosk") for theme in THEMES}
    assert {each.name for each in named} == {*screens, "badge.gif"}


def test_they_are_small_together_and_one_moves() -> None:
    assert sum(each.stat().st_size for each in PICTURES.iterdir()) <= MAX_BYTES
    with Image.open(PICTURES / "badge.gif") as moving:
        assert getattr(moving, "n_frames", 1) > 10
    for each in PICTURES.glob("*.png"):
        with Image.open(each) as picture:
            assert picture.format == "PNG"


def test_without_chromium_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted_terminal, "PROGRAMS", ("no-such-browser",))
    with pytest.raises(NoChromiumError, match="apt-get install chromium"):
        png([[Segment("a", LOOK)], [Segment("a", LOOK)]])


@pytest.mark.skipif(not any(map(shutil.which, painted_terminal.PROGRAMS)), reason="No Chromium")
def test_each_sign_stands_in_its_cell_and_blocks_leave_no_gap() -> None:
    text = "wwwwiiiiw" * 12
    picture = png([[Segment(text + "█", LOOK)], [Segment(" " * len(text) + "▟", LOOK)]])
    left, top = PADDING + len(text) * WIDTH, PADDING
    assert picture.size == (left + WIDTH + PADDING, 2 * HEIGHT + 2 * PADDING)
    block = picture.crop((left, top, left + WIDTH, top + HEIGHT))
    assert block.getcolors() == [(WIDTH * HEIGHT, INK)]
    before = picture.crop((left, top + HEIGHT, left + WIDTH // 2, top + HEIGHT + HEIGHT // 2))
    assert before.getcolors() == [(WIDTH // 2 * (HEIGHT // 2), PAPER)]
    lower = picture.crop((left, top + HEIGHT + HEIGHT // 2 + 1, left + WIDTH, top + 2 * HEIGHT))
    assert lower.getcolors() == [(WIDTH * (HEIGHT - HEIGHT // 2 - 1), INK)]
    last = picture.crop((left - WIDTH, top, left, top + HEIGHT))
    first = picture.crop((PADDING, top, PADDING + WIDTH, top + HEIGHT))
    assert last.tobytes() == first.tobytes()  # the same letter, a hundred cells on
