"""Nothing is said in English to who reads the pseudo-language, and nothing is cut."""

from collections.abc import Iterator

import pytest

from eventdesk.core.messages import reader, use_language
from tests.crawl.finding import Finding
from tests.pseudo.__main__ import LEFT, look_through
from tests.pseudo.findings import look_at


@pytest.fixture
def nobodys_language() -> Iterator[None]:
    before = reader().locale
    use_language("qps")
    yield
    use_language(before)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("⟦Šáávé⟧  Ctrl+S", []),
        ("⟦Ħéľľó, Ada Lovelace⟧", []),
        ("⟦óóñé ⟦ííññéř⟧ móóřé⟧", []),
        ("Ada 12:30", []),
        ("Save it", [Finding("here", "no message", "Save")]),
        ("⟦Šáávé⟧ or leave", [Finding("here", "no message", "leave")]),
        ("│ ⟦Bóóóóķííñğ │", [Finding("here", "cut", "│ ⟦Bóóóóķííñğ │")]),
    ],
)
def test_what_is_no_message_or_cut_is_found(text: str, found: list[Finding]) -> None:
    assert list(look_at("here", text, frozenset({"ada"}))) == found


@pytest.mark.parametrize("part", ["help", "kiosk"])
def test_a_part_has_no_more_to_mend_than_is_known(nobodys_language: None, part: str) -> None:
    found = look_through(part)
    assert len(found) <= LEFT[part], "\n".join(map(str, found))
