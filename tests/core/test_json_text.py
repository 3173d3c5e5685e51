"""JSON for a terminal: exact, with nothing in it that is not seen."""

import json
import unicodedata

import pytest

from eventdesk.core.json_text import json_text

UNSEEN = (
    *("\x9b", "\xad", "\u200b", "\u200d", "\u200e", "\u202e", "\u2060", "\u2066", "\ufeff"),
    *("\u3164", "\U000e0041", "\u2028"),
)


@pytest.mark.parametrize("sign", UNSEEN)
def test_what_nobody_sees_is_escaped_and_read_back(sign: str) -> None:
    written = json_text({"name": f"Zoë{sign}"})
    assert sign not in written
    assert "Zoë" in written
    assert json.loads(written) == {"name": f"Zoë{sign}"}


def test_half_a_character_is_escaped() -> None:
    assert json_text("Zo\ud800") == '"Zo\\ud800"'


def test_every_sign_of_formatting_is_escaped_but_those_that_are_seen() -> None:
    """Number signs of Arabic, Syriac and Kaithi count as formatting and are drawn."""
    drawn = {chr(code) for code in (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2)}
    drawn |= {"\U000110bd", "\U000110cd"}
    signs = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}
    assert {sign for sign in signs if sign in json_text(sign)} == drawn
