"""Letter order and joining where nothing else does them: in most terminals, and without FriBiDi.

A terminal shows characters from left to right as they come. Pillow's wheels bring HarfBuzz, and
load FriBiDi from the system; where that is missing, they set one letter beside the other. So Arabic
letters are joined here by Unicode's presentation forms, words from the right are turned round, and
vowels that stand before their consonant in the scripts of India are moved there. Conjuncts stay
apart; everything can be read.
"""

import unicodedata
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from eventdesk.core.cells import clusters

_FORMS: Final = ("isolated", "final", "initial", "medial")
_BEFORE_CONSONANT: Final = frozenset(
    "\u093f\u09bf\u09c7\u09c8\u0a3f\u0abf\u0b47\u0bc6\u0bc7\u0bc8\u0d46\u0d47\u0d48"
)
"""Vowel signs written before the letter they follow in the text."""


def in_order(text: str) -> str:
    """Return `text` from left to right, each letter in the form it has beside its neighbours."""
    if reads_from_the_right(text):
        return _from_the_right(clusters(_joined(text)))
    return "".join(_vowel_first(cluster) for cluster in clusters(text))


def reads_from_the_right(text: str) -> bool:
    """Whether the first letter with a direction is Arabic or Hebrew (UAX 9, rule P2)."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in directions if kind in {"L", "R", "AL"}), "L") != "L"


def _from_the_right(signs: list[str]) -> str:
    """Turn a line round but for its numbers and the words of other scripts (UAX 9, simplified)."""
    kept = _kept_order(signs)
    turned: list[str] = []
    for stays, run in groupby(zip(signs, kept, strict=True), key=itemgetter(1)):
        part = [sign for sign, _stays in run]
        turned[:0] = part if stays else [_MIRRORED.get(sign, sign) for sign in reversed(part)]
    return "".join(turned)


def _kept_order(signs: list[str]) -> list[bool]:
    """Which signs of a line from the right go on from left to right."""
    kinds = [unicodedata.bidirectional(sign[0]) for sign in signs]
    for at, kind in enumerate(kinds):  # W4: 08:27 and 1,200 are numbers
        beside = kinds[at - 1 : at] + kinds[at + 1 : at + 2]
        if kind in {"CS", "ES"} and beside == ["EN", "EN"]:
            kinds[at] = "EN"
    strong = "R"
    for at, kind in enumerate(kinds):  # W7: a number behind a Latin word belongs to it
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
    for at, kind in enumerate(kinds):  # N1: so does what stands between two of them
        if kind not in {"L", "R", "AL", "EN", "AN", "NSM"} and at and kinds[at - 1] == "L":
            after = (each for each in kinds[at:] if each in {"L", "R", "AL", "EN", "AN"})
            if next(after, "R") == "L":
                kinds[at] = "L"
    return [kind in {"L", "EN", "AN"} for kind in kinds]


_MIRRORED: Final = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))


def _vowel_first(cluster: str) -> str:
    early = "".join(char for char in cluster if char in _BEFORE_CONSONANT)
    return early + "".join(char for char in cluster if char not in _BEFORE_CONSONANT)


def _joined(text: str) -> str:
    """Put each Arabic letter in its form: alone, or joined to one or both of its neighbours."""
    forms = _presentation_forms()
    letters = [at for at, char in enumerate(text) if unicodedata.category(char) not in {"Mn", "Cf"}]
    shaped = list(text)
    skipped = -1
    for place, at in enumerate(letters):
        if at == skipped:
            continue
        before = text[letters[place - 1]] if place else ""
        if place and letters[place - 1] == skipped:
            before = ""  # the alef of a ligature joins nothing behind it
        after_at = letters[place + 1] if place + 1 < len(letters) else None
        after = text[after_at] if after_at is not None else ""
        char = text[at]
        if char + after in forms and after_at is not None:
            char, skipped = char + after, after_at
            shaped[after_at] = ""
            after = text[letters[place + 2]] if place + 2 < len(letters) else ""
        joins_back = "initial" in forms.get(before, {}) and "final" in forms.get(char, {})
        joins_on = "initial" in forms.get(char, {}) and "final" in forms.get(after, {})
        form = _FORMS[joins_back + 2 * joins_on]
        shaped[at] = forms.get(char, {}).get(form, char)
    return "".join(shaped)


@lru_cache(maxsize=1)
def _presentation_forms() -> dict[str, dict[str, str]]:
    """Return the forms of each letter, and of lam with alef, from Unicode's decompositions."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEFD)):
        form, *parts = unicodedata.decomposition(chr(code)).split()[:3] or [""]
        letters = "".join(chr(int(part, 16)) for part in parts)
        if form.strip("<>") in _FORMS and (len(letters) == 1 or letters[:1] == "\u0644"):
            forms.setdefault(letters, {}).setdefault(form.strip("<>"), chr(code))
    return forms
