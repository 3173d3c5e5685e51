"""Text in fields: what is taken away, and that nothing else is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.plain_text import BIDI_CONTROLS, editable

ANYTHING = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    "text",
    ["", "  two  spaces ", "Zoë", "漢字", "👩‍👩‍👧‍👦 Family", "محمد علی", "می‌خواهم", "a\u00a0b"],
)
def test_keeps_what_harms_nobody(text: str) -> None:
    assert editable(text) == text


def test_line_breaks_stay_only_where_there_are_lines() -> None:
    assert editable("a\r\nb\rc\nd\te", lines=True) == "a\nb\nc\nd e"
    assert editable("a\r\nb\tc") == "a b c"


@given(ANYTHING, st.booleans())
def test_leaves_nothing_a_terminal_obeys(text: str, lines: bool) -> None:
    kept = editable(text, lines=lines)
    for char in kept:
        assert char not in BIDI_CONTROLS
        assert unicodedata.category(char) not in {"Cc", "Cs"} or (lines and char == "\n")
    assert editable(kept, lines=lines) == kept
