"""Languages as people type them."""

from pathlib import Path

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.languages import language
from eventdesk.core.settings import Settings


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


def test_a_language_that_is_refused_offers_those_that_people_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENTDESK_LANGUAGE", "klingon")
    with pytest.raises(InvalidInputError, match="There is no language 'klingon'") as refused:
        Settings.load(tmp_path)
    assert refused.value.hint == "Choose en, de."
