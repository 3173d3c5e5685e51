"""Text that stands in a field to be changed: harmless on a terminal, otherwise as it was typed."""

import unicodedata
from typing import Final

BIDI_CONTROLS: Final = frozenset(
    map(chr, [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
"""Marks, embeddings, overrides and isolates (UAX 9): they turn around what stands beside them."""


def editable(text: str, *, lines: bool = False) -> str:
    r"""Drop what a terminal obeys or a reader does not see turn the text around.

    Unlike `plain` it keeps spaces, however many, and cuts nothing off: saving a field that was
    only looked at changes no text that was harmless.

    Args:
        text: Anything.
        lines: Whether line breaks stay; else they become spaces.

    >>> editable("Ada\x1b[31m\u202e  Lovelace\n")
    'Ada[31m  Lovelace '
    """
    if text.isascii() and text.isprintable():
        return text
    unbroken = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not lines:
        unbroken = unbroken.replace("\n", " ")
    return "".join(char for char in unbroken if char == "\n" or _stays(char))


def _stays(char: str) -> bool:
    return char not in BIDI_CONTROLS and unicodedata.category(char) not in {"Cc", "Cs"}
