import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.badge import Badge
from eventdesk.core.errors import InvalidInputError
from tests.badges.reading import badge

WORDS = st.text(max_size=20)
STORED = badge().to_json()


@settings(deadline=None)
@given(st.builds(Badge, *[WORDS] * 15, extra=st.dictionaries(WORDS, WORDS)))
def test_a_stored_badge_is_the_badge(original: Badge) -> None:
    assert Badge.from_json(original.to_json()) == original


def test_keys_of_a_newer_version_are_ignored() -> None:
    assert Badge.from_json(STORED | {"badge_colour": 7}) == badge()


def test_seat_and_mark_may_be_missing() -> None:
    old = {key: value for key, value in STORED.items() if key not in {"seat", "mark"}}
    assert Badge.from_json(old) == badge()


@pytest.mark.parametrize(
    "stored",
    [None, 3, "x", [], {}, {"name": "Ada"}, STORED | {"name": 3}, STORED | {"extra": ["x"]}],
)
def test_what_is_no_badge_is_a_clear_error(stored: object) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        Badge.from_json(stored)


@settings(deadline=None)
@given(st.none() | st.integers() | WORDS | st.dictionaries(WORDS, st.none() | WORDS))
def test_reading_anything_raises_nothing_else(stored: object) -> None:
    with pytest.raises(InvalidInputError, match="A stored badge cannot be read"):
        Badge.from_json(stored)
