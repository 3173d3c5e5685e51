"""Sorting of names as the readers of a language look them up.

Most languages file accented letters with the plain ones; some have letters of their own behind a
letter, or at the end of the alphabet. The orders are those of the CLDR's standard collations.
"""

from functools import lru_cache
from typing import Final

from eventdesk.core.folding import fold

_END: Final = "z"
_BEHIND: Final = {
    "sv": {"å": (_END, 1), "ä": (_END, 2), "æ": (_END, 2), "ö": (_END, 3), "ø": (_END, 3)},
    "da": {"æ": (_END, 1), "ä": (_END, 1), "ø": (_END, 2), "ö": (_END, 2), "å": (_END, 3)},
    "et": {"š": ("s", 1), "ž": ("s", 3), "õ": ("w", 1), "ä": ("w", 2), "ö": ("w", 3),
           "ü": ("w", 4), "z": ("s", 2)},
    "es": {"ñ": ("n", 1)},
    "pl": {"ą": ("a", 1), "ć": ("c", 1), "ę": ("e", 1), "ł": ("l", 1), "ń": ("n", 1),
           "ó": ("o", 1), "ś": ("s", 1), "ź": (_END, 1), "ż": (_END, 2)},
    "cs": {"č": ("c", 1), "ř": ("r", 1), "š": ("s", 1), "ž": (_END, 1)},
    "hr": {"č": ("c", 1), "ć": ("c", 2), "đ": ("d", 1), "š": ("s", 1), "ž": (_END, 1)},
    "hu": {"ö": ("o", 1), "ő": ("o", 1), "ü": ("u", 1), "ű": ("u", 1)},
    "tr": {"ç": ("c", 1), "ğ": ("g", 1), "ı": ("h", 1), "ö": ("o", 1), "ş": ("s", 1),
           "ü": ("u", 1)},
    "is": {"á": ("a", 1), "ð": ("d", 1), "é": ("e", 1), "í": ("i", 1), "ó": ("o", 1),
           "ú": ("u", 1), "ý": ("y", 1), "þ": (_END, 1), "æ": (_END, 2), "ö": (_END, 3)},
}  # fmt: skip
"""Letters that are filed behind another one, by language."""

_LIKE: Final = {"fi": "sv", "nb": "da", "nn": "da", "no": "da", "sk": "cs", "sl": "hr", "sr": "hr",
                "bs": "hr", "gl": "es", "az": "tr"}  # fmt: skip


def sort_key(text: str, language: str) -> tuple[tuple[str, int], ...]:
    """What texts of a language are sorted by, without regard to case.

    >>> sorted(["Zoe", "Åsa", "Anna"], key=lambda name: sort_key(name, "sv"))
    ['Anna', 'Zoe', 'Åsa']
    >>> sorted(["Zoe", "Ärne", "Anna"], key=lambda name: sort_key(name, "de"))
    ['Anna', 'Ärne', 'Zoe']
    """
    tag = language.partition("-")[0].lower()
    behind = _BEHIND.get(_LIKE.get(tag, tag), {})
    key: list[tuple[str, int]] = []
    for char in text.strip().casefold() if tag not in {"tr", "az"} else _turkish(text.strip()):
        key.extend([behind[char]] if char in behind else ((each, 0) for each in _folded(char)))
    return tuple(key)


def _turkish(text: str) -> str:
    """Small letters of a Turkish text: I is the letter without a dot."""
    return text.replace("I", "ı").replace("İ", "i").lower()


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    return fold(char) or (" " if char.isspace() else "")
