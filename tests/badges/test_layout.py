"""The badge as lines: readable, within the columns, and its code scans."""

import unicodedata

import pytest

from badges.layout import lines
from eventdesk.core.cells import cell_width
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, drawn_blocks, hostile


def test_says_who_what_and_where_in_order() -> None:
    said = lines(badge(seat="Row 4", mark="REPRINT"), with_qr=False)
    assert said == [
        "Ada Lovelace",
        "Analytical Engines Ltd",
        "VIP",
        "Row 4",
        "K7QM-2X9P",
        "Night of the Engines",
        "REPRINT",
    ]


def test_thanks_those_who_support_the_event_where_there_are_any() -> None:
    said = lines(badge(sponsors="Supported by Anna, Bert"), with_qr=False)
    assert said[-1] == "Supported by Anna, Bert"
    assert "" not in lines(badge(sponsors=" "), with_qr=False)


def test_the_code_on_a_58_mm_receipt_reads_back() -> None:
    code = [line for line in lines(badge(), columns=32) if set(line) & set("█▀▄")]
    assert codes_in(drawn_blocks(code, ink=0, paper=255, margin=24)) == [TOKEN]


def test_a_code_wider_than_the_line_is_left_out() -> None:
    assert not any("█" in line for line in lines(badge(), columns=28))


@pytest.mark.parametrize("token", ["", "x" * 5000, "\ud800"])
def test_a_token_that_is_no_code_leaves_the_words(token: str) -> None:
    assert lines(badge(token=token))[0] == "Ada Lovelace"


def test_a_guest_without_a_name_gets_a_badge() -> None:
    assert lines(badge(name="\u200b"))[0] == "-"


def test_a_long_name_takes_two_lines_and_is_cut() -> None:
    said = lines(badge(name="Ada " * 1000), with_qr=False)
    assert said[0] == "Ada Ada Ada Ada Ada Ada Ada Ada"
    assert said[1].endswith("…")
    assert said[2] == "Analytical Engines Ltd"


@pytest.mark.parametrize("name", ATTACKS)
def test_no_line_is_a_command_or_too_wide(name: str) -> None:
    for line in lines(hostile(name)):
        assert cell_width(line) <= 32
        assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Zl"} for char in line)
        assert not set(line) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
