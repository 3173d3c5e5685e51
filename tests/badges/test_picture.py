"""The badge as a picture: any name can be drawn, and the code always scans."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from badges.fonts import BUILT_IN, Face, faces_in, system_faces
from badges.lettering import Lettering
from badges.picture import picture
from badges.sheet import BADGE, LANDSCAPE_BADGE, RECEIPT, TICKET, Sheet, dots
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, hostile

BARE = Lettering((BUILT_IN,))


@pytest.mark.parametrize(
    "sheet", [BADGE, LANDSCAPE_BADGE, RECEIPT, TICKET, Sheet.of_mm(50, 30, 203)]
)
def test_the_code_scans_on_every_sheet(sheet: Sheet) -> None:
    page = picture(badge(seat="Row 4", mark="COPY?"), sheet)
    assert page.mode == "1"
    assert page.size == (sheet.width, sheet.height)
    assert codes_in(page) == [TOKEN]


@pytest.mark.parametrize("name", ATTACKS)
def test_every_name_is_drawn_and_leaves_the_code_alone(name: str) -> None:
    for sheet in (BADGE, LANDSCAPE_BADGE):
        assert codes_in(picture(hostile(name), sheet)) == [TOKEN]
        assert codes_in(picture(hostile(name), sheet, BARE)) == [TOKEN]


def test_the_words_stay_clear_of_the_edges() -> None:
    for name in ("Ada", "W" * 4000, "Wolfeschlegelsteinhausenbergerdorff", "محمّد أحمد"):
        page = ~np.asarray(picture(badge(name=name)))
        edges = (page[:8], page[-8:], page[:, :8], page[:, -8:])
        assert not any(edge.any() for edge in edges)


def test_a_short_name_is_written_larger_than_a_long_one() -> None:
    def tallest_letter(name: str) -> int:
        page = picture(badge(name, line_two="", ticket_type="", event=""), lettering=BARE)
        inked = (~np.asarray(page)[: BADGE.height // 4]).any(axis=1)
        return int(inked.sum())

    assert tallest_letter("IH") > 2 * tallest_letter("HIHIHIHIHIHIHIHIHIHIHIHI")


def test_different_names_look_different_even_without_a_font() -> None:
    assert picture(badge("Łódź"), lettering=BARE).tobytes() == (
        picture(badge("Lodz"), lettering=BARE).tobytes()
    )
    pages = {picture(badge(name), lettering=BARE).tobytes() for name in ("Ada", "漢", "漢字", "")}
    assert len(pages) == 4


def test_sponsors_are_drawn_and_leave_the_code_alone() -> None:
    thanking = picture(badge(sponsors="Supported by Anna, Bert"), lettering=BARE)
    assert thanking.tobytes() != picture(badge(), lettering=BARE).tobytes()
    assert codes_in(thanking) == [TOKEN]


@pytest.mark.parametrize("token", ["", "x" * 5000])
def test_a_token_that_is_no_code_leaves_the_words(token: str) -> None:
    page = picture(badge(token=token))
    assert codes_in(page) == []
    assert (~np.asarray(page)).any()


def test_a_sheet_too_small_for_the_code_leaves_it_out() -> None:
    assert codes_in(picture(badge(), Sheet(60, 60))) == []


def test_the_same_badge_is_drawn_the_same() -> None:
    assert picture(badge()).tobytes() == picture(badge()).tobytes()


def test_what_a_font_lacks_is_a_box_for_each_character() -> None:
    pieces = BARE.pieces("Ada 漢字e\u0301")
    assert [(piece.text, piece.face) for piece in pieces] == [
        ("Ada ", BUILT_IN),
        ("漢字", None),
        ("e", BUILT_IN),
    ], "an accent no font has is left out"
    page = Image.new("1", (400, 100), 1)
    BARE.write(ImageDraw.Draw(page), 0, 80, "漢字", 50)
    inked = ~np.asarray(page)[:, : round(50 * BARE.width("漢字"))]
    assert inked.any(axis=0).sum() > 50


def test_words_from_the_right_are_laid_out_from_the_right() -> None:
    assert [piece.text for piece in BARE.pieces("محم Ada")] == [" Ada", "محم"]
    assert [piece.text for piece in BARE.pieces("Ada محم")] == ["Ada ", "محم"]


def test_a_folder_without_fonts_leaves_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "NotoSans-Bold.ttf").write_bytes(b"no font")
    found = faces_in([tmp_path, tmp_path / "missing"])
    assert found == (Face(tmp_path / "NotoSans-Bold.ttf"), BUILT_IN)
    assert codes_in(picture(badge("Zoë"), lettering=Lettering(found))) == [TOKEN]


def test_the_built_in_font_is_the_last_resort_of_every_machine() -> None:
    assert system_faces()[-1] == BUILT_IN
    assert BUILT_IN.draws("Ada Lovelace!")
    assert not BUILT_IN.draws("漢")


def test_lengths_on_paper_become_whole_dots() -> None:
    assert dots(62, 300) == 732
    assert Sheet.of_mm(101.6, 76.2, 203) == Sheet(812, 609)
    for length_mm, dpi in ((-1.0, 203), (1.0, 0)):
        with pytest.raises(ValueError, match="no such length"):
            dots(length_mm, dpi)
