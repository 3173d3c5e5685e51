"""How near a title is to what was typed."""

from typing import Final

from eventdesk.core.folding import fold

NEAR: Final = 0.7
"""Below it a title is not what was meant."""

_BEGINS, _A_WORD_BEGINS, _IN_IT = 1.0, 0.95, 0.9


def nearness(typed: str, title: str) -> float:
    """How near a title is to what was typed, from 0 to 1, whatever accents and typos there are.

    Each typed word is compared with the title's word that is most like it, as far as it is typed.

    >>> nearness("", "Undo") == nearness("und", "Undo") == 1.0
    True
    >>> nearness("tikcets", "Tickets") > NEAR > nearness("seats", "Tickets")
    True
    """
    wanted, have = fold(typed), fold(title)
    if have.startswith(wanted):
        return _BEGINS
    if f" {wanted}" in f" {have}":
        return _A_WORD_BEGINS
    if len(wanted) > 2 and wanted in have:
        return _IN_IT
    words = have.split()
    if not words or not wanted:
        return 0.0
    if len(wanted) < 3:
        return 0.0
    likest = [max(_likeness(word, each) for each in words) for word in wanted.split()]
    return min(*likest, _IN_IT)


def _likeness(typed: str, word: str) -> float:
    from rapidfuzz.distance import OSA

    as_far = word[: len(typed) + 1]
    return max(
        OSA.normalized_similarity(typed, as_far),
        OSA.normalized_similarity(typed, as_far[: len(typed)]),
    )
