"""Names of the world on a badge: shaped as their font means them, and never a box."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from badges.fonts import Face
from badges.joining import in_order
from badges.lettering import Lettering
from eventdesk.core.cells import clusters

LETTERS = Lettering.of_this_machine()
SIZE = 96

NAMES = {
    "Polish": ("Żółć Gęślą", "NotoSans[wght].ttf"),
    "Vietnamese": ("Nguyễn Ánh", "NotoSans[wght].ttf"),
    "Arabic": ("محمّد أحمد", "NotoSansArabic[wght].ttf"),
    "Persian": ("پژمان گلچین", "NotoSansArabic[wght].ttf"),
    "Hebrew": ("שלום כהן", "NotoSansHebrew[wght].ttf"),
    "Thai": ("ภูริพัฒน์ สวัสดี", "NotoSansThai[wght].ttf"),
    "Devanagari": ("प्रेमचंद शर्मा", "NotoSansDevanagari[wght].ttf"),
    "Bengali": ("রবীন্দ্রনাথ", "NotoSansBengali[wght].ttf"),
    "Tamil": ("கௌசல்யா", "NotoSansTamil[wght].ttf"),
    "Chinese": ("王小明", "NotoSansCJK-VF.otf.ttc"),
    "Japanese": ("さくら 直美", "NotoSansCJK-VF.otf.ttc"),
    "Korean": ("김민수", "NotoSansCJK-VF.otf.ttc"),
    "Georgian": ("გიორგი", "NotoSansGeorgian[wght].ttf"),
    "Armenian": ("Արամ", "NotoSansArmenian[wght].ttf"),
    "emoji": ("🎉👩\u200d💻", "NotoEmoji[wght].ttf"),
}


def drawn(text: str) -> Image.Image:
    """Write a name as a badge does."""
    page = Image.new("L", (1400, 260), 255)
    LETTERS.write(ImageDraw.Draw(page), 40, 160, text, SIZE)
    return page


def face_of(text: str) -> Face:
    pieces = LETTERS.pieces(text)
    assert len(pieces) == 1, f"several fonts for {text}: {pieces}"
    assert pieces[0].face is not None, "a box would be drawn"
    return pieces[0].face


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_drawn_as_its_own_font_draws_it(script: str) -> None:
    """The reference is the font itself, opened here, its letters shaped by HarfBuzz."""
    text, file = NAMES[script]
    face = face_of(text)
    assert face.path is not None
    assert face.path.name == file
    reference = ImageFont.truetype(face.path, SIZE, index=face.index)
    weights = [axis for axis in reference.get_variation_axes() if axis["name"] == b"Weight"]
    reference.set_variation_by_axes([min(700, weights[0]["maximum"] or 700)])
    page = Image.new("L", (1400, 260), 255)
    ImageDraw.Draw(page).text((40, 160), text, fill=0, font=reference, anchor="ls")
    assert drawn(text).tobytes() == page.tobytes()


@pytest.mark.parametrize("script", NAMES)
def test_no_character_is_the_box_of_a_missing_one(script: str) -> None:
    text, _ = NAMES[script]
    font = face_of(text).at(SIZE)
    missing = bytes(font.getmask("\U000ffffe"))
    for cluster in clusters(text.replace(" ", "")):
        mask = font.getmask(cluster)
        assert mask.getbbox() is not None
        assert bytes(mask) != missing


def test_arabic_letters_join_and_run_from_the_right() -> None:
    inked = (np.asarray(drawn("محم")) < 128).any(axis=0)
    assert np.count_nonzero(np.diff(inked.astype(int)) == 1) == 1, "the letters hang together"
    page = np.asarray(drawn("اب")) < 128
    columns = np.flatnonzero(page.any(axis=0))
    middle = (columns[0] + columns[-1]) // 2
    alef = page[:, middle:].any(axis=1).sum()
    beh = page[:, :middle].any(axis=1).sum()
    assert alef > beh, "the tall alef comes first, at the right"


def test_ideographs_follow_the_language_and_what_the_name_says() -> None:
    def index(text: str, language: str = "") -> int:
        letters = Lettering(LETTERS.faces, language=language)
        face = letters.pieces(text)[0].face
        assert face is not None
        return face.index

    assert index("直") == index("直", "zh") == 2
    assert index("直", "ja-JP") == index("直さくら") == 0
    assert index("直", "ko") == index("김") == 1
    assert index("直", "zh-Hant-TW") == 3
    assert index("直", "zh-HK") == 4


def test_without_fribidi_arabic_is_joined_by_presentation_forms() -> None:
    assert in_order("محمد") == "\ufeaa\ufee4\ufea4\ufee3"
    assert in_order("سلام") == "\ufee1\ufefc\ufeb3", "lam and alef are one letter"
    assert in_order("שלום") == "םולש"
    assert in_order("Ada") == "Ada"
    assert in_order("हिन्दी")[0] == "\u093f", "the vowel sign stands before its consonant"


@pytest.mark.parametrize("script", ["Arabic", "Persian", "Hebrew", "Thai", "Devanagari"])
def test_without_fribidi_the_letters_are_still_all_there(script: str) -> None:
    text, _ = NAMES[script]
    face = face_of(text)
    assert face.path is not None
    ordered = in_order(text)
    assert face.draws(ordered.replace("\u200d", ""))
    basic = ImageFont.truetype(face.path, SIZE, layout_engine=ImageFont.Layout.BASIC)
    if script in ("Arabic", "Hebrew"):
        shaped = face.at(SIZE, 400).getlength(text)
        assert basic.getlength(ordered) == pytest.approx(shaped, rel=0.12)
