"""What people type comes out readable and harmless, and is found again."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.core.cells import cell_width, cut_cells, wrap_cells
from eventdesk.core.folding import fold
from eventdesk.core.plain_text import MAX_MARK_RUN, file_name, plain

# Signs that hostile text is made of, so that Hypothesis finds their combinations.
NASTY = st.text(
    st.one_of(
        st.sampled_from(
            "aZ é…\t\n\r\0\x1b[m]\x07\x9b\x85\u2028\u202e\u2066\u2069\u200b\u200c\u200d\ufe0f\u00ad"
            "\u0301\u0308\u0344\u0345\u093c\u094d\u0915\u0958\u1100\u1161\u3099かم\u06cc\u0640"
            "❤👩💻\U0001f3fd\U0001f1e9\U0001f1ea葛\U000e0100\U000e0041\ue000\U0001fbff^~'’-./\\"
        ),
        st.characters(),
    ),
    max_size=60,
)

READABLE = [
    "Zoë Łukasiewicz-Žižková",
    "Nguyễn Thị Hằng",
    "محمّد أحمد",
    "می\u200cخواهم",
    "สวัสดี ภูริพัฒน์",
    "प्रेमचंद",
    "क्\u200dष",
    "ශ්\u200dරී",
    "שָׁלוֹם",
    "山田 太郎",
    "葛\U000e0100城",
    "김철수",
    "👩\u200d💻 Ada 👨\u200d👩\u200d👧",
    "🇩🇪 ❤\ufe0f 1\ufe0f\u20e3 👍🏽",
]


@pytest.mark.parametrize("name", READABLE)
def test_names_of_all_scripts_stay_as_they_are(name: str) -> None:
    assert plain(name) == name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ada\nLove\r\nlace\t!", "Ada Love lace !"),
        ("Ada\u2028Love\u0085lace\u00a0\u3000!", "Ada Love lace !"),
        ("\x1b[31mRed\x1b[0m", "Red"),
        ("\x9b31mRed", "Red"),
        ("A\x1b]0;title\x07B\x1b]8;;http://x\x1b\\C\x1bP1$q\x1b\\D", "ABCD"),
        ("Ada\x1b@\x1d\x56\x00\x10\x04\x01Bo", "Ada @ V Bo"),
        ("abc\u202edcba\u2066x\u2069\u200e\u200f", "abcdcbax"),
        ("so\u00adft\u200bly\u2060\ufeff", "softly"),
        ("hid\U000e0068\U000e0069den\u3164\u115f\u2800", "hidden"),
        ("half\ud83d\udc00", "half"),
        ("own\ue000\U000f0000\U0010fffd", "own"),
        ("a\u200db\u200cc", "abc"),
        ("a\ufe0fb\U000e0100", "ab"),
        ("\u0301\u0301 Ada", "Ada"),
        ("e\u0301", "é"),
        ("", ""),
        (" \n\u200d\ud800 ", ""),
    ],
)
def test_what_is_hostile_or_invisible_goes(typed: str, shown: str) -> None:
    assert plain(typed) == shown


def test_stacked_marks_are_cut_to_a_readable_height() -> None:
    stacked = plain("H" + "\u0335\u0321" * 500 + "i", limit=2000)
    assert stacked[0] == "H"
    assert stacked[-1] == "i"
    assert len(stacked) == 2 + MAX_MARK_RUN


def test_a_pictograph_newer_than_python_is_kept_and_a_hole_elsewhere_is_not() -> None:
    assert plain("\U0001faff\U00032000") == "\U0001faff\U00032000"
    assert plain("\U0001fbff\u0378\uffff\U0002ffff") == ""


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abc def", 5, "abc…"),
        ("ab" + "q\u0301" * 4, 6, "abq\u0301…"),
        ("a👩\u200d💻bcd", 5, "a👩\u200d💻…"),
        ("ab👩\u200d💻cd", 5, "ab…"),
        ("🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"),
        ("a" * 4000, 1, "…"),
    ],
)
def test_a_long_text_is_cut_between_characters_as_people_see_them(
    text: str, limit: int, cut: str
) -> None:
    assert plain(text, limit=limit) == cut


def test_what_lies_beyond_the_reach_of_the_limit_is_shown_as_cut() -> None:
    assert plain("a" + "\u200b" * 1_000_000 + "b", limit=10) == "a…"


@settings(deadline=None)
@given(NASTY, st.integers(1, 40))
def test_a_plain_text_is_plain(text: str, limit: int) -> None:
    once = plain(text, limit=limit)
    assert plain(once, limit=limit) == once
    assert len(once) <= limit
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    once.encode()


@settings(deadline=None)
@given(NASTY)
def test_no_control_nor_bidi_sign_survives(text: str) -> None:
    line = plain(text, limit=10_000)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Zl", "Zp"} for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def test_every_single_character_is_either_shown_or_gone_for_good() -> None:
    assigned = filter(lambda char: unicodedata.category(char) != "Cn", map(chr, range(0x110000)))
    line = plain("a".join(assigned), limit=600_000)
    assert plain(line, limit=600_000) == line


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("ŁÓDŹ", "lodz"),
        ("Straße GROẞ", "strasse gross"),
        ("Søren Ærø Œuvre Đorđe Þór", "soren aero oeuvre dorde thor"),
        ("Nguyễn", "nguyen"),
        ("İstanbul IRMAK ırmak", "istanbul irmak irmak"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Jean-Luc  d.Arc", "jean luc d arc"),
        ("ada@example.org", "ada example org"),
        ("Ｆｕｌｌ １２３ ٣٤٥", "full 123 345"),
        ("Σίσυφος", "σισυφοσ"),
        ("Ёлкин", "елкин"),
        ("مُحَمَّد أحمد", "محمد احمد"),
        ("علی", "علي"),
        ("สวัสดี", "สวัสดี"),
        ("हिन्दी", "हिन्दी"),
        ("がく", "がく"),
        ("김", "김"),
        ("a\x00b\ud800", "a b"),
        ("a\u202eb\u200d", "ab"),
        ("", ""),
    ],
)
def test_one_spelling_is_searched_for_all_ways_to_type_it(typed: str, searched: str) -> None:
    assert fold(typed) == searched
    assert fold(unicodedata.normalize("NFD", typed)) == searched


@settings(deadline=None)
@given(NASTY)
def test_folding_is_stable_and_can_be_stored(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())
    folded.encode()


@settings(deadline=None)
@given(st.text(max_size=40))
def test_case_makes_no_difference_to_a_search_in_ascii(text: str) -> None:
    typed = text.encode("ascii", "ignore").decode()
    assert fold(typed.upper()) == fold(typed.lower()) == fold(typed)


@pytest.mark.parametrize(
    ("typed", "stem"),
    [
        ("Grace Hopper", "Grace Hopper"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x", "C-Windows-x"),
        (".hidden", "hidden"),
        ("-rf *", "rf"),
        ("~root", "root"),
        ("O'Brien & Söhne", "O’Brien-Söhne"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("a\0b\n", "a b"),
        ("$(reboot); `x`|y>z", "reboot-x-y-z"),
        ("山田 太郎", "山田 太郎"),
        ("/", "badge"),
        ("...", "badge"),
        ("", "badge"),
    ],
)
def test_a_name_becomes_a_safe_file_name(typed: str, stem: str) -> None:
    assert file_name(typed, fallback="badge") == stem


@settings(deadline=None)
@given(NASTY, st.integers(8, 100))
def test_a_file_name_is_one_short_visible_path_part(text: str, limit: int) -> None:
    stem = file_name(text, fallback="badge", limit_bytes=limit)
    assert 0 < len(stem.encode()) <= limit
    assert not set(stem) & set('/\\:*?"<>|\0\n')
    assert stem[0] not in ".-~ "
    assert stem[-1] not in ". "


def test_four_thousand_characters_make_a_file_name_within_its_bytes() -> None:
    assert len(file_name("漢" * 4000, fallback="x", limit_bytes=80).encode()) == 78


def test_a_fallback_that_names_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no file name"):
        file_name("/", fallback="..")


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("Ada", 3), ("Zoë\u0301", 3), ("山田", 4), ("ｱ", 1), ("สวัสดี", 4), ("👍🏽", 4)],
)
def test_a_text_takes_the_columns_of_its_widths(text: str, cells: int) -> None:
    assert cell_width(text) == cells


@settings(deadline=None)
@given(NASTY.map(plain), st.integers(0, 30))
def test_a_text_cut_to_columns_fits_them(text: str, cells: int) -> None:
    cut = cut_cells(text, cells)
    assert cell_width(cut) <= cells
    assert cut == text or cut.endswith("…") or cells == 0


@settings(deadline=None)
@given(NASTY.map(plain), st.integers(24, 40))
def test_wrapping_keeps_every_character_within_the_columns(text: str, cells: int) -> None:
    wrapped = wrap_cells(text, cells)
    assert "".join("".join(wrapped).split()) == "".join(text.split())
    assert all(line.strip() for line in wrapped)
    assert all(cell_width(line) <= cells for line in wrapped)
