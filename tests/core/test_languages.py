"""Languages as people type them."""

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.languages import language


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" de ", "de"),
        ("GERMAN", "de"),
        ("norwegian  bokmål", "nb"),
        ("pt-br", "pt-BR"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("gsw", "gsw"),
    ],
)
def test_a_code_or_an_english_name_is_a_language(typed: str, kept: str) -> None:
    assert language(typed) == kept


@pytest.mark.parametrize("typed", ["xx", "Klingonese", "d", "de_DE", "de-", "12", "\x1b[31m", "😀"])
def test_what_means_nothing_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="no language"):
        language(typed)
