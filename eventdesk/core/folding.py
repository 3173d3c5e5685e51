"""Folding: one spelling for all the ways people type the same name."""

import re
import unicodedata

# Letters that Unicode does not decompose, with the spelling people type on another keyboard.
_LETTERS = {
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "Th", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe",
    "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N", "ı": "i", "ĸ": "k",
    "ə": "a", "Ə": "A", "ƒ": "f", "ŀ": "l", "ʻ": "'", "ʼ": "'", "ʹ": "'", "ʽ": "'",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "€": "EUR",
}  # fmt: skip

# Arabic and Persian keyboards write these letters differently.
_ARABIC = {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": ""}

_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_APOSTROPHES = "'`´ʼ’‘"
_MAX_TABLE = 50_000


def fold(text: str) -> str:
    """Return what a search compares: lower case, no accents, words apart by one space.

    Casefolded; accents, Arabic and Hebrew points and width variants dropped; ß → ss, ł → l,
    ø → o, đ → d, æ → ae and the like; digits of every script as 0 to 9; apostrophes dropped,
    other punctuation and white space as one space; invisible characters dropped. Vowel signs
    of Thai, Hindi and their like stay, because they spell.

    The result is stable: `fold(fold(text)) == fold(text)`, and holds no lone surrogate.

    >>> fold("  Łukasz  O’Straße-Ærø ")
    'lukasz ostrasse aero'
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    folded = " ".join(text.translate(_FOLDS).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def unaccented(char: str) -> str:
    """Return the nearest spelling of one character in plainer letters, case kept.

    For a printer whose code page lacks it. The character itself when there is none.

    >>> unaccented("Ł"), unaccented("ș"), unaccented("…"), unaccented("漢")
    ('L', 's', '...', '漢')
    """
    parts = (part for part in unicodedata.normalize("NFKD", char) if not _is_accent(part))
    return "".join(_LETTERS.get(part, part) for part in parts) or char


def _folded(char: str) -> str:
    """Fold one character on its own, which gives the parts of the folded text."""
    if char in _APOSTROPHES:
        return ""
    bare = "".join(map(unaccented, unicodedata.normalize("NFKD", char))).casefold()
    again = "".join(map(unaccented, unicodedata.normalize("NFKD", bare)))
    return "".join(map(_searched, again))


def _searched(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category[0] in "LN" or category == "So" or (category[0] == "M" and not _is_accent(char)):
        return _ARABIC.get(char, char)
    if category in {"Cf", "Cs", "Co", "Cn"} or category[0] == "M" or char in _APOSTROPHES:
        return ""
    return " "


def _is_accent(char: str) -> bool:
    """Whether a mark only decorates: Unicode's combining classes of accents and points.

    The vowel and tone signs of Thai (103, 107), Lao, Tibetan and the Indic viramas are not
    among them.
    """
    if unicodedata.category(char) == "Me" or _VARIATION_SELECTOR.match(char):
        return True
    combining = unicodedata.combining(char)
    return combining == 1 or 10 <= combining <= 36 or combining >= 200


class _FoldTable(dict[int, str]):
    """Code point → folded text, worked out at first sight; bounded against hostile text."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(self) < _MAX_TABLE:
            self[code] = folded
        return folded


_FOLDS = _FoldTable()
_ASCII = {code: _FOLDS[code] for code in range(128)}
