"""A language nobody speaks, to see what is not translated and what has no room.

Each message stands in ⟦brackets⟧, a third longer and with accents; text without brackets on a
screen is no message, and a bracket that does not close is one that was cut.
"""

import re
from typing import Final

OPENS: Final = "⟦"
CLOSES: Final = "⟧"

_ACCENTS: Final = str.maketrans(
    "aeiouycdghklnrstzAEIOUYCDGHKLNRSTZ", "áéíóúýčďğħķľñřšťžÁÉÍÓÚÝČĎĞĦĶĽÑŘŠŤŽ"
)
_KEPT: Final = re.compile(r"(\{[^{}]*\}|\[/?[a-z$][^\]]*\]|--?[a-z][a-z-]*|[A-Z][A-Z_]+)")
"""Placeholders, markup, options and names of arguments are no words."""

_PLACES: Final = re.compile(r"\{[^{}]*\}")

_VOWEL: Final = re.compile(r"([aeiouAEIOU])(?=[a-z])")


class PseudoTranslations:
    """Words for every message there is."""

    def one(self, context: str, text: str) -> str:
        """The message in brackets, longer and with accents."""
        return pseudo(text)

    def several(self, context: str, one: str, many: str, count: int) -> str:
        """The same in the form of the count."""
        return pseudo(one if count == 1 else many)


def pseudo(text: str) -> str:
    """Put a message in brackets, make it a third longer and its letters strange.

    >>> pseudo("Save {count} tickets"), pseudo("{said}")
    ('⟦Šáávé {count} ťííčķééťš⟧', '{said}')
    """
    parts = _KEPT.split(text)
    parts[::2] = [_VOWEL.sub(r"\1\1", part).translate(_ACCENTS) for part in parts[::2]]
    words = any(part.isalpha() for part in _PLACES.sub("", text))
    return f"{OPENS}{''.join(parts)}{CLOSES}" if words else text
