"""The badge as a picture: any name can be drawn, stays in its place, and the code always scans."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from badges.badge import Badge
from badges.drawing import badge_png, dots, pages
from badges.fitting import Room, fit
from badges.fonts import BUILT_IN, Face, faces_in, system_faces
from badges.layout_file import gallery, read_layout, ready_layout
from badges.layout_parts import Kind, Layout, Part
from badges.lettering import Lettering
from badges.values import said
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, hostile, opened

BARE = Lettering((BUILT_IN,))
LETTERS = Lettering.of_this_machine()
LABEL = ready_layout("label-62")
LAYOUTS = [*gallery(), ready_layout("_ticket")]
NAMES = ["Ada Lovelace", "Wolfeschlegelsteinhausenbergerdorff", "María del Carmen " * 3, *ATTACKS]


def layout(text: str, width: float = 50, height: float = 20, **top: str) -> Layout:
    """Make a layout of one text on paper of its own size."""
    said = "".join(f"{key} = {value}\n" for key, value in top.items())
    part = f'[[front]]\ntext = "{text}"\nwidth = {width}\nheight = {height}\nsize = 40'
    return read_layout(f"width = {width}\nheight = {height}\n{said}{part}\n")


def drawn(badge: Badge, layout: Layout, dpi: int = 203) -> Image.Image:
    return pages(badge, layout, dpi=dpi)[0]


def inked(page: Image.Image) -> int:
    return int((~np.asarray(page)).sum())


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ready", LAYOUTS, ids=lambda ready: ready.name)
def test_every_name_prints_on_every_ready_layout_and_the_code_scans(
    ready: Layout, name: str, dpi: int
) -> None:
    sides = pages(hostile(name), ready, dpi=dpi)
    size = (dots(ready.width_mm, dpi), dots(ready.height_mm, dpi))
    assert [(side.mode, side.size) for side in sides] == [("1", size)] * len(ready.sides)
    assert [text for side in sides for text in codes_in(side)] == [TOKEN]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ready", LAYOUTS, ids=lambda ready: ready.name)
def test_no_letter_reaches_out_of_its_place(ready: Layout, name: str) -> None:
    """Drawn with paper all around, where nothing cuts it, each text has ink in its place only."""
    for part in (part for side in ready.sides for part in side if part.kind is Kind.TEXT):
        text = said(part.text, hostile(name), ready)
        if not text:
            continue
        letters = replace(LETTERS, weight=part.weight, tracking=part.tracking / 100)
        room = Room(dots(part.width, 203), dots(part.height, 203), *_sizes(part), part.lines)
        fitted = fit(text.upper() if part.upper else text, room, letters)
        page = Image.new("L", (room.width + 400, room.height + 400), 0)
        for line, baseline in zip(fitted.lines, fitted.baselines, strict=True):
            left = 200 + letters.extent(line).left * fitted.size
            letters.write(ImageDraw.Draw(page), left, 200 + baseline, line, fitted.size, 255)
        ink = page.point(lambda value: 255 if value >= 128 else 0).getbbox()
        if ink is not None:
            assert ink[0] >= 200 - 1
            assert ink[1] >= 200 - 1
            assert ink[2] <= 200 + room.width + 1
            assert ink[3] <= 200 + room.height + 1


def _sizes(part: Part) -> tuple[int, int]:
    return round(part.size / 72 * 203.2), round(part.min_size / 72 * 203.2)


def test_a_short_name_is_written_larger_than_a_long_one() -> None:
    def tallest_letter(name: str) -> int:
        page = drawn(badge(name), layout("{name}"))
        return int((~np.asarray(page)).any(axis=1).sum())

    assert tallest_letter("IH") > 2 * tallest_letter("HIHIHIHIHIHIHIHIHIHIHIHI")


def test_what_is_still_too_long_ends_with_an_ellipsis() -> None:
    narrow = read_layout(
        'width = 20\nheight = 10\n[[front]]\ntext = "{name}"\nwidth = 20\nheight = 9\n'
        "size = 14\nmin_size = 10\n"
    )
    cut = drawn(badge("W" * 90), narrow)
    assert 0 < inked(cut) == inked(drawn(badge("W" * 119), narrow))


def test_different_names_look_different_even_without_a_font() -> None:
    one = layout("{name}")

    def page(name: str) -> bytes:
        return pages(badge(name), one, dpi=203, lettering=BARE)[0].tobytes()

    assert page("Łódź") == page("Lodz")
    assert len({page(name) for name in ("Ada", "漢", "漢字", "")}) == 4


@pytest.mark.parametrize("token", ["", "x" * 5000, "\ud800"])
def test_a_token_that_is_no_code_leaves_the_words(token: str) -> None:
    page = drawn(badge(token=token), LABEL)
    assert codes_in(page) == []
    assert inked(page)


def test_a_place_too_small_for_the_code_leaves_it_out() -> None:
    tiny = read_layout('width = 20\nheight = 20\n[[front]]\nkind = "qr"\nwidth = 3\nheight = 3\n')
    assert not inked(drawn(badge(), tiny))


def test_the_same_badge_is_drawn_the_same() -> None:
    assert badge_png(badge()) == badge_png(badge())
    assert opened(badge_png(badge(), dpi=203)).size == (496, 800)


def test_conditions_keep_a_part_to_ticket_types_and_to_values_that_are_there() -> None:
    def says(more: str, **said: str) -> bool:
        text = f'width = 50\nheight = 20\n[[front]]\ntext = "x"\nwidth = 50\nheight = 20\n{more}\n'
        return inked(drawn(badge(**said), read_layout(text))) > 0

    assert says('types = ["vip"]')
    assert not says('types = ["Press", "Staff"]')
    assert not says('not_types = ["VIP"]')
    assert says('when = "seat"', seat="A-1")
    assert not says('when = "seat"')
    assert says('unless = "mark"')
    assert not says('unless = "mark"', mark="COPY?")


def test_a_text_of_missing_values_leaves_no_trace_of_its_labels() -> None:
    line = layout("{word.seat} {seat} · {code} · {organization}")
    alone = layout("{code}")
    assert drawn(badge(), line).tobytes() == drawn(badge(), alone).tobytes()
    nothing = layout("Seat {seat}")
    assert not inked(drawn(badge(), nothing))


def test_labels_speak_the_language_of_the_guest_or_of_the_layout() -> None:
    line, words = layout("{word.seat}"), layout("{line_two}")
    for language, word in (("", "Seat"), ("pl", "Miejsce"), ("pt-BR", "Lugar"), ("xx", "Seat")):
        said = drawn(badge(language=language), line)
        assert said.tobytes() == drawn(badge(line_two=word), words).tobytes()
    german = layout("{word.seat}", language='"de"')
    assert drawn(badge(language="pl"), german).tobytes() == (
        drawn(badge(line_two="Platz"), words).tobytes()
    )


def test_answers_are_said_by_their_question() -> None:
    asked = badge(extra={"T-shirt size": "XL"})
    assert inked(drawn(asked, layout("{answer.t-shirt SIZE}")))
    assert not inked(drawn(badge(), layout("{answer.T-shirt size}")))


def test_a_plate_is_black_with_the_letters_left_white() -> None:
    text = (
        'width = 40\nheight = 10\n[[front]]\ntext = "II"\nwidth = 40\nheight = 10\nplate = "{}"\n'
    )
    area = dots(40, 203) * dots(10, 203)
    full = inked(drawn(badge(), read_layout(text.format("full"))))
    hug = inked(drawn(badge(), read_layout(text.format("hug"))))
    assert 0.8 * area < full < area
    assert 0 < hug < 0.5 * area


def test_a_turned_text_is_the_text_turned() -> None:
    upright = layout("{name}", 30, 10)
    side = replace(upright.sides[0][0], width=10, height=30, turn=90)
    standing = replace(upright, width_mm=10, height_mm=30, sides=((side,),))
    turned = drawn(badge(), upright).transpose(Image.Transpose.ROTATE_270)
    assert drawn(badge(), standing).tobytes() == turned.tobytes()


def test_the_back_of_folded_paper_is_upside_down() -> None:
    a6 = ready_layout("a6")
    front, back = pages(badge(), a6, dpi=203)
    folded = pages(badge(), replace(a6, turn_back=True), dpi=203)
    assert folded[0].tobytes() == front.tobytes()
    assert folded[1].tobytes() == back.transpose(Image.Transpose.ROTATE_180).tobytes()


def test_what_a_font_lacks_is_a_box_for_each_character() -> None:
    pieces = BARE.pieces("Ada 漢字e\u0301")
    assert [(piece.text, piece.face) for piece in pieces] == [
        ("Ada ", BUILT_IN),
        ("漢字", None),
        ("e", BUILT_IN),
    ], "an accent no font has is left out"
    page = Image.new("1", (400, 100), 1)
    BARE.write(ImageDraw.Draw(page), 0, 80, "漢字", 50)
    columns = ~np.asarray(page)[:, : round(50 * BARE.width("漢字"))]
    assert columns.any(axis=0).sum() > 50


def test_words_from_the_right_are_laid_out_from_the_right() -> None:
    assert [piece.text for piece in BARE.pieces("محم Ada")] == [" Ada", "محم"]
    assert [piece.text for piece in BARE.pieces("Ada محم")] == ["Ada ", "محم"]


def test_a_folder_without_fonts_leaves_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "NotoSans-Bold.ttf").write_bytes(b"no font")
    found = faces_in([tmp_path, tmp_path / "missing"])
    assert found == (Face(tmp_path / "NotoSans-Bold.ttf"), BUILT_IN)
    page = pages(badge("Zoë"), LABEL, dpi=203, lettering=Lettering(found))[0]
    assert codes_in(page) == [TOKEN]


def test_the_built_in_font_is_the_last_resort_of_every_machine() -> None:
    assert system_faces()[-1] == BUILT_IN
    assert BUILT_IN.draws("Ada Lovelace!")
    assert not BUILT_IN.draws("漢")


def test_lengths_on_paper_become_whole_dots() -> None:
    assert [dots(62, 300), dots(48, 203), dots(72, 203)] == [732, 384, 576]
    for length_mm, dpi in ((-1.0, 203), (1.0, 0)):
        with pytest.raises(ValueError, match="no such length"):
            dots(length_mm, dpi)
