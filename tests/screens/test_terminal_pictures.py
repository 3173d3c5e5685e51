"""The terminal draws the badge itself where it can: what is sent, where, and when it is not."""

import re
import unicodedata
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from data.store import Store
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.settings import Graphics, Settings
from eventdesk.desk import Desk
from screens.core.kitty_graphics import (
    CHUNK,
    MARKS,
    MAX_NUMBER,
    PLACEHOLDER,
    deleting,
    placeholders,
    sending,
)
from screens.core.terminal_pictures import TerminalPictures, cells_of, draws_pictures
from screens.organizer.event_screen import EventScreen
from screens.widgets.badge_preview import MARK_COLOUR, BadgePreview
from screens.widgets.half_blocks import HALF_BLOCK
from tests.events.organizing import make_house
from tests.screens.organizing import Office
from tests.screens.stage import until

pytestmark = pytest.mark.long

COMMAND = re.compile(r"\x1b_G([^;\x1b]*)(?:;([A-Za-z0-9+/=]*))?\x1b\\")

KITTY = {"TERM": "xterm-kitty", "COLORTERM": "truecolor", "KITTY_WINDOW_ID": "1"}
PLAIN = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def commands(written: str) -> list[tuple[dict[str, str], str]]:
    """Read commands as a terminal does; nothing else may stand between them."""
    assert not COMMAND.sub("", written)
    return [
        (dict(pair.split("=") for pair in keys.split(",")), payload)
        for keys, payload in COMMAND.findall(written)
    ]


def received(written: str) -> bytes:
    """Put one sent picture together again."""
    return b64decode("".join(payload for _, payload in commands(written)))


def test_what_is_sent_is_this() -> None:
    assert sending(0x123456, b"badge", 20, 9) == (
        "\x1b_Ga=T,U=1,f=100,t=d,i=1193046,c=20,r=9,q=2,m=0;YmFkZ2U=\x1b\\"
    )
    assert deleting(0x123456) == "\x1b_Ga=d,d=I,i=1193046,q=2\x1b\\"


@pytest.mark.parametrize("length", [1, 3_072, 3_073, 6_144, 10_000])
def test_a_picture_arrives_whole_in_chunks(length: int) -> None:
    png = bytes(at * 7 % 256 for at in range(length))
    written = sending(7, png, 3, 2)
    assert received(written) == png
    chunks = commands(written)
    assert all(0 < len(payload) <= CHUNK for _, payload in chunks)
    assert [keys["m"] for keys, _ in chunks] == ["1"] * (len(chunks) - 1) + ["0"]
    assert all(set(keys) == {"q", "m"} for keys, _ in chunks[1:]), "only the first says what it is"
    assert all(keys["q"] == "2" for keys, _ in chunks), "an answer would come as typed keys"


def test_the_marks_are_the_beginning_of_the_list_of_the_protocol() -> None:
    """Its list has all marks above a letter that are in no letter of Unicode's own, by number."""
    composed = {
        int(part, 16)
        for code in range(0x110000)
        if (parts := unicodedata.decomposition(chr(code))) and not parts.startswith("<")
        for part in parts.split()
    }
    listed = [
        chr(code)
        for code in range(ord(MARKS[-1]) + 1)
        if unicodedata.combining(chr(code)) == 230
        and not unicodedata.decomposition(chr(code))
        and code not in composed
    ]
    assert list(MARKS) == listed


def test_each_cell_says_its_row_and_column() -> None:
    rows = list(placeholders(5, 3))
    assert len(rows) == 3
    for down, row in enumerate(rows):
        assert row == "".join(f"{PLACEHOLDER}{MARKS[down]}{MARKS[across]}" for across in range(5))
        assert cell_len(row) == 5


def test_a_mark_takes_no_room() -> None:
    assert {cell_len(f"{PLACEHOLDER}{mark}{mark}") for mark in MARKS} == {1}


def test_a_part_of_a_row_keeps_whole_cells() -> None:
    ((row,), *_) = cells_of(0x00AB0C, 12, 2, Style(bold=True))
    left, right = row.split_cells(5)
    assert (left.cell_length, right.cell_length) == (5, 7)
    assert right.text.startswith(f"{PLACEHOLDER}{MARKS[0]}{MARKS[5]}")
    assert number_of(right) == 0x00AB0C


def number_of(segment: Segment) -> int:
    """Read the number of the picture from the colour."""
    assert segment.style is not None
    assert segment.style.color is not None
    red, green, blue = segment.style.color.get_truecolor()
    return red << 16 | green << 8 | blue


def test_numbers_begin_anywhere_and_stay_colours() -> None:
    written: list[str] = []
    pictures = TerminalPictures(written.append)
    pictures._last = MAX_NUMBER - 1
    numbers = [pictures.send(b"png", 1, 1) for _ in range(3)]
    assert numbers == [MAX_NUMBER, 1, 2]
    pictures.forget(1)
    assert written[-1] == deleting(1)


CASES: list[tuple[str, Graphics, dict[str, str], bool]] = [
    ("kitty says so", "auto", KITTY, True),
    ("kitty over ssh with its TERM", "auto", {**PLAIN, "TERM": "xterm-kitty"}, True),
    ("kitty with another TERM", "auto", {**PLAIN, "KITTY_WINDOW_ID": "3"}, True),
    ("ghostty by TERM", "auto", {**PLAIN, "TERM": "xterm-ghostty"}, True),
    ("ghostty by name", "auto", {**PLAIN, "TERM_PROGRAM": "ghostty"}, True),
    ("24bit is truecolor", "auto", {**KITTY, "COLORTERM": "24bit"}, True),
    ("a terminal that says nothing", "auto", PLAIN, False),
    ("wezterm has no placeholders", "auto", {**PLAIN, "TERM_PROGRAM": "WezTerm"}, False),
    (
        "wezterm started from kitty",
        "auto",
        {**PLAIN, "TERM_PROGRAM": "WezTerm", "KITTY_WINDOW_ID": "1"},
        False,
    ),
    (
        "xterm started from kitty",
        "auto",
        {**PLAIN, "KITTY_WINDOW_ID": "1", "XTERM_VERSION": "XTerm(379)"},
        False,
    ),
    ("256 colours", "auto", {"TERM": "xterm-kitty"}, False),
    ("no colours", "auto", {**KITTY, "NO_COLOR": "1"}, False),
    ("the console of Linux", "auto", {**KITTY, "TERM": "linux"}, False),
    ("tmux", "auto", {**KITTY, "TMUX": "/tmp/tmux-0/default,1,0"}, False),
    ("tmux of another machine", "auto", {**KITTY, "TERM": "tmux-256color"}, False),
    ("screen", "auto", {**KITTY, "STY": "1.pts-0.host"}, False),
    ("screen of another machine", "auto", {**KITTY, "TERM": "screen.xterm-256color"}, False),
    ("zellij", "auto", {**KITTY, "ZELLIJ": "0"}, False),
    ("nothing is known", "auto", {}, False),
    ("forced", "kitty", PLAIN, True),
    ("forced, 256 colours", "kitty", {"TERM": "xterm-256color"}, False),
    ("forced, no colours", "kitty", {**PLAIN, "NO_COLOR": ""}, False),
    ("forced, the console of Linux", "kitty", {**PLAIN, "TERM": "linux"}, False),
    ("forced, tmux", "kitty", {**PLAIN, "TMUX": "/tmp/tmux-0/default,1,0"}, False),
    ("forbidden", "none", KITTY, False),
]


@pytest.mark.parametrize(
    ("setting", "environ", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_the_environment_and_the_setting_choose(
    setting: Graphics, environ: dict[str, str], expected: bool
) -> None:
    assert draws_pictures(setting, environ) is expected


def test_the_setting_is_known_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTDESK_GRAPHICS", "kitty")
    assert Settings.load(tmp_path).graphics == "kitty"
    monkeypatch.setenv("EVENTDESK_GRAPHICS", "sixel")
    with pytest.raises(InvalidInputError, match="no graphics 'sixel'"):
        Settings.load(tmp_path)


# On the screen


@pytest.fixture
def office(store: Store, desk: Desk) -> Office:
    return Office(make_house(store), desk, store.home)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a driver is given for a terminal with all colours."""
    everything: list[str] = []
    for name in ("NO_COLOR", "TMUX", "STY", "ZELLIJ"):
        monkeypatch.delenv(name, raising=False)
    for name, value in KITTY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, data: everything.append(data))
    return everything


def sent(written: list[str]) -> list[str]:
    return [each for each in written if each.startswith("\x1b_Ga=T")]


def deleted(written: list[str]) -> list[str]:
    return [each for each in written if each.startswith("\x1b_Ga=d")]


async def drawn(pilot: Pilot[None], screen: EventScreen) -> BadgePreview:
    preview = screen.query_one("#badges-preview", BadgePreview)
    await until(pilot, lambda: preview._strips)
    await pilot.pause()
    return preview


async def test_the_terminal_draws_the_badge_where_the_setting_says_so(
    office: Office, written: list[str]
) -> None:
    async with replace(office, graphics="kitty").part("badges", size=(160, 48)) as (pilot, screen):
        preview = await drawn(pilot, screen)
        picture = sent(written)[-1]
        keys = commands(picture)[0][0]
        columns, rows = int(keys["c"]), int(keys["r"])
        assert len(preview._strips) == rows
        for strip, expected in zip(preview._strips, placeholders(columns, rows), strict=True):
            (cells,) = (each for each in strip if PLACEHOLDER in each.text)
            assert cells.text == expected
            assert number_of(cells) == int(keys["i"])
            assert strip.cell_length == preview.size.width
        with Image.open(BytesIO(received(picture))) as png:
            assert png.format == "PNG"
            assert preview.picture is not None
            shape = preview.picture.width / preview.picture.height
            assert png.width / png.height == pytest.approx(shape, rel=0.02)
            assert png.getextrema() == (0, 255)
        assert on_screen(pilot, preview).startswith(f"{PLACEHOLDER}{MARKS[0]}{MARKS[0]}")


def on_screen(pilot: Pilot[None], preview: BadgePreview) -> str:
    """What the compositor gives the terminal for the first line of the picture."""
    first = (preview.size.height - len(preview._strips)) // 2
    line = preview.content_region.y + first
    strip = pilot.app.screen._compositor.render_strips()[line]
    return "".join(each.text for each in strip if PLACEHOLDER in each.text)


async def test_a_marked_part_has_its_frame_in_the_picture(
    office: Office, written: list[str]
) -> None:
    async with replace(office, graphics="kitty").part("badges", size=(160, 48)) as (pilot, screen):
        preview = await drawn(pilot, screen)
        preview.mark = (0.1, 0.1, 0.9, 0.3)
        await pilot.pause()
        with Image.open(BytesIO(received(sent(written)[-1]))) as png:
            colours = png.convert("RGB").getcolors(1 << 24) or []
            assert MARK_COLOUR in {colour for _, colour in colours}


async def test_a_picture_is_taken_away_after_the_next_and_with_the_preview(
    office: Office, written: list[str]
) -> None:
    async with replace(office, graphics="kitty").part("badges", size=(160, 48)) as (pilot, screen):
        preview = await drawn(pilot, screen)
        for edge in (0.2, 0.3, 0.4):
            preview.mark = (0.1, 0.1, edge, 0.3)
            await pilot.pause()
            assert len(sent(written)) - len(deleted(written)) <= 2
        await preview.remove()
        numbers = [commands(each)[0][0]["i"] for each in sent(written)]
        assert sorted(numbers) == sorted(commands(each)[0][0]["i"] for each in deleted(written))


async def test_a_hidden_preview_keeps_no_picture_and_is_sent_again(
    office: Office, written: list[str]
) -> None:
    async with replace(office, graphics="kitty").part("badges", size=(160, 48)) as (pilot, screen):
        preview = await drawn(pilot, screen)
        preview.styles.display = "none"
        await until(pilot, lambda: len(deleted(written)) == len(sent(written)))
        before = len(sent(written))
        preview.styles.display = "block"
        await until(pilot, lambda: len(sent(written)) > before)


@pytest.mark.parametrize("setting", ["none", "auto"])
async def test_half_blocks_are_shown_else(
    office: Office, written: list[str], setting: Graphics
) -> None:
    """A program without a terminal finds none by itself, whatever started it."""
    async with replace(office, graphics=setting).part("badges", size=(160, 48)) as (pilot, screen):
        preview = await drawn(pilot, screen)
        assert all(HALF_BLOCK in strip.text for strip in preview._strips)
        assert not any(PLACEHOLDER in strip.text for strip in preview._strips)
        assert not sent(written)
