"""Layout files: what is written is read, and what is wrong is named by line and field."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.badge import Badge
from badges.layout_check import KEYS
from badges.layout_file import (
    DEFAULT,
    find_layout,
    gallery,
    layout_for,
    layout_or_default,
    read_layout,
    write_layout,
)
from badges.layout_parts import Align, Kind, Layout, Part, Plate, Valign
from eventdesk.core.errors import InvalidInputError, NotFoundError
from tests.badges.reading import badge
from tests.histories import tries

WHOLE = """
title = "A label"
width = 62
height = 40
language = "de"

[words]
hello = "Hi"
[words.de]
hello = "Hallo"

[[front]]
kind = "text"
x = 3
y = 3
width = 40
height = 12
text = "{word.hello} {name}"
size = 30

[[front]]
kind = "qr"
x = 44
y = 2
width = 16
height = 16
"""


def test_the_gallery_has_a_layout_for_every_usual_paper() -> None:
    assert [layout.name for layout in gallery()] == [
        DEFAULT,
        "a6",
        "card-4x3",
        "receipt-58",
        "receipt-80",
    ]
    assert len(find_layout("a6", Path("nowhere")).sides) == 2


@pytest.mark.parametrize("layout", gallery(), ids=lambda layout: layout.name)
def test_a_ready_layout_written_is_the_layout(layout: Layout) -> None:
    assert read_layout(write_layout(layout), name=layout.name) == layout


LENGTHS = st.integers(1, 50).map(float) | st.just(0.1) | st.just(12.345)
TEXTS = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "{" not in text)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    kind = draw(st.sampled_from(Kind))
    given: dict[str, st.SearchStrategy[Any]] = {
        "x": LENGTHS,
        "text": TEXTS.filter(lambda text: all(not 0xD800 <= ord(c) < 0xE000 for c in text)),
        "align": st.sampled_from(Align),
        "valign": st.sampled_from(Valign),
        "plate": st.sampled_from(Plate),
        "turn": st.sampled_from([0, 90, 180, 270]),
        "weight": st.integers(100, 900),
        "upper": st.booleans(),
        "fill": st.booleans(),
        "types": st.lists(TEXTS, max_size=2).map(tuple),
        "when": st.sampled_from(["", "seat", "answer.Diet"]),
    }
    said = {key: draw(values) for key, values in given.items() if key in KEYS[kind]}
    file: dict[str, Any] = {"file": "logo.png"} if kind is Kind.LOGO else {}
    height = 0.0 if kind is Kind.LINE else draw(LENGTHS)
    return Part(kind, width=draw(LENGTHS), height=height, **said, **file)


@settings(deadline=None, max_examples=tries(40))
@given(st.lists(parts(), min_size=1, max_size=4), st.lists(parts(), max_size=2), TEXTS)
def test_any_layout_written_is_the_layout(front: list[Part], back: list[Part], title: str) -> None:
    sides = (tuple(front), tuple(back)) if back else (tuple(front),)
    words = {"": {"hello": title}, "de": {"a b": 'x"\\'}}
    layout = Layout("mine", "A title", 110.5, 120, sides, "pt-BR", words, turn_back=True)
    sound = "".join(c for c in title if not 0xD800 <= ord(c) < 0xE000)
    if sound == title:
        assert read_layout(write_layout(layout), name="mine") == layout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("width = 62", "width = 900", "Line 3: The layout, width is 900; it is from 10 to 320."),
        ("width = 62", "width = " + "9" * 400, "Line 3: The layout, width is inf; it is from 10"),
        ("width = 62", "width = -" + "9" * 400, "Line 3: The layout, width is -inf; it is from"),
        ("width = 62", 'width = "62"', "Line 3: The layout, width is '62'; it is a number."),
        ("width = 62", "width = true", "it is a number"),
        ("size = 30", "size = 3000", "Line 19: Front 1 (text '{word.hello} {name}'), size is 3000"),
        ("size = 30", "sise = 30", "sise is nothing that is known there; 'size' may be meant."),
        ("size = 30", "lines = 1.5", "Line 19: Front 1"),
        ("size = 30", "min_size = 40", "min_size is larger than size"),
        ("size = 30", 'align = "middle"', "it is one of left, center, right"),
        ("size = 30", 'types = "VIP"', "a list of names of ticket types"),
        ("size = 30", 'when = "shoe"', "names 'shoe', which no badge has"),
        ("size = 30", "upper = 1", "it is true or false"),
        ("size = 30", "turn = 45", "it is 0, 90, 180 or 270"),
        ("size = 30", 'file = "x.png"', "file is nothing that is known there"),
        ("{name}", "{nmae}", "names 'nmae', which no badge has"),
        ('kind = "qr"', 'kind = "barcode"', "Line 22: Front 2, kind is 'barcode'"),
        ("x = 44", "x = 55", "ends at 71 mm, and the paper is 62 mm wide"),
        ("height = 16", "height = 0", "Front 2 (qr) needs a width and a height"),
        ('kind = "qr"', 'kind = "logo"\nfile = "../x.png"', "a .png or .jpg beside the layout"),
        ('kind = "qr"', 'kind = "line"', "needs a width or a height, and only one"),
        ('language = "de"', 'language = "German"', "it is a code such as de or zh-Hant"),
        ('hello = "Hi"', "hello = 3", 'Words, hello is 3; it is text, in "quotes".'),
        ("[[front]]", "[[back]]", "has a back and no front"),
        ("[[front]]", "[[frnt]]", "'front' may be meant"),
        ('text = "{word.hello} {name}"', 'text = " "', "says nothing"),
        ("size = 30", "size = 30\nsize = 31", "is no whole TOML file"),
        ("size = 30", "size = " + "9" * 5000, "is no whole TOML file"),
        ('"A label"', "0x" + "f" * 5000, "is no whole TOML file"),
        ('"{word.hello} {name}"', "[0x" + "f" * 5000 + "]", "is no whole TOML file"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field(old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_layout(WHOLE.replace(old, new))
    assert said in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("cut", range(3, len(WHOLE), 7))
def test_a_half_written_file_is_an_error_or_a_smaller_layout(cut: int) -> None:
    try:
        layout = read_layout(WHOLE[:cut])
    except InvalidInputError as error:
        said = str(error)
    else:
        said = layout.sides[0][0].title
    assert said


@settings(deadline=None, max_examples=tries(50))
@given(st.text(max_size=200) | st.just("a=" + "[" * 5000))
def test_any_text_is_a_layout_or_a_clear_error(text: str) -> None:
    with pytest.raises(InvalidInputError, match="The layout"):
        read_layout(text)


def test_hostile_files_are_refused_and_badges_go_on(tmp_path: Path) -> None:
    (tmp_path / "huge.toml").write_bytes(b"#" * 100_000)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    os.mkfifo(tmp_path / "pipe.toml")
    for name in ("huge", "binary", "pipe", "../etc/passwd", "", "missing"):
        if name:
            with pytest.raises((InvalidInputError, NotFoundError)):
                find_layout(name, tmp_path)
        assert layout_or_default(name, tmp_path).name == DEFAULT


def test_ones_own_file_stands_before_a_ready_one_and_is_read_anew(tmp_path: Path) -> None:
    own = tmp_path / "a6.toml"
    own.write_text(WHOLE)
    assert find_layout("a6", tmp_path).title == "A label"
    own.write_text(WHOLE.replace("A label", "Another"))
    os.utime(own, ns=(1, 1))
    assert find_layout("a6", tmp_path).title == "Another"


def test_a_badge_knows_its_layout_by_name_or_by_path(tmp_path: Path) -> None:
    own = tmp_path / "vip.toml"
    own.write_text(WHOLE)

    def chosen(said: Badge) -> str:
        return layout_for(said).name

    assert chosen(badge()) == DEFAULT
    assert chosen(badge(layout="a6")) == "a6"
    assert chosen(badge(layout=str(own))) == "vip"
    own.unlink()
    assert chosen(replace(badge(), layout=str(own))) == DEFAULT
