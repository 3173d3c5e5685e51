"""Cells: characters as people see them, and the columns they take.

For text printers and anything else that counts cells of equal width.
"""

import unicodedata

_ELLIPSIS = "…"
_WIDE = {"W", "F"}
_JOINERS = "\u200c\u200d"
_ZWJ = "\u200d"
_VIRAMA_CLASS = 9
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_REGIONAL_INDICATORS = ("\U0001f1e6", "\U0001f1ff")


def clusters(line: str) -> list[str]:
    r"""Split `line` where a reader sees one character end and the next begin.

    A simple form of the grapheme clusters of Unicode's UAX 29: marks, joiners, emoji
    modifiers, sequences and flags stay with what they belong to.

    >>> [len(cluster) for cluster in clusters("a\u0301b")]
    [2, 1]
    """
    found: list[str] = []
    for char in line:
        if found and _continues(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def cell_width(text: str) -> int:
    """Return the columns `text` takes: 2 for East Asian wide (UAX 11), 0 for marks, else 1.

    An emoji sequence counts as its parts side by side, which is how a printer shows it and the
    most any terminal takes. Controls count 0; clean the text with `plain` first.

    >>> cell_width("Zoë 漢字")
    8
    """
    return len(text) if text.isascii() and text.isprintable() else sum(map(_char_width, text))


def cut_cells(text: str, cells: int) -> str:
    """Return `text` if it fits into `cells` columns, else its beginning and an ellipsis.

    >>> cut_cells("Grace Hopper", 8)
    'Grace H…'
    """
    if cell_width(text) <= cells:
        return text
    return _beginning(clusters(text), cells - 1).rstrip() + _ELLIPSIS if cells > 0 else ""


def wrap_cells(text: str, cells: int) -> list[str]:
    """Break `text` at spaces into lines of at most `cells` columns; a longer word breaks inside.

    Args:
        text: One line, as `plain` makes it.
        cells: Columns of a line; a single character that is wider stands alone.

    Returns:
        The lines, none of them empty; no line for an empty text.
    """
    lines: list[str] = []
    for word in text.split():
        if lines and cell_width(lines[-1]) + 1 + cell_width(word) <= cells:
            lines[-1] += f" {word}"
        else:
            lines += _pieces(word, cells)
    return lines


def _pieces(word: str, cells: int) -> list[str]:
    pieces = [""]
    for cluster in clusters(word):
        if pieces[-1] and cell_width(pieces[-1] + cluster) > cells:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _beginning(parts: list[str], cells: int) -> str:
    kept, width = "", 0
    for part in parts:
        width += cell_width(part)
        if width > cells:
            break
        kept += part
    return kept


def _char_width(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc", "Cs"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def _continues(cluster: str, char: str) -> bool:
    """Whether `char` belongs to the character as seen that `cluster` began."""
    if cluster == " ":
        return False
    if (
        unicodedata.category(char)[0] == "M"
        or char in _JOINERS
        or _SKIN_TONES[0] <= char <= _SKIN_TONES[1]
    ):
        return True
    if _REGIONAL_INDICATORS[0] <= char <= _REGIONAL_INDICATORS[1]:
        return len(cluster) == 1 and _REGIONAL_INDICATORS[0] <= cluster <= _REGIONAL_INDICATORS[1]
    virama = unicodedata.combining(cluster[-1]) == _VIRAMA_CLASS
    return cluster[-1] == _ZWJ or (virama and unicodedata.category(char) == "Lo")
