"""Plain text: what people typed, made harmless (`plain` to show it, `fold` to search it).

Whatever a person typed may hold commands for a terminal, a printer or a file system. Every
text passes through here on its way to a screen, paper, a log or a file name; the store keeps
it as typed.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from eventdesk.core.cells import clusters

MAX_MARK_RUN = 8
"""Combining marks kept in a row; Vietnamese needs 2, Hebrew with cantillation 4, Tibetan 6."""

_ELLIPSIS = "…"
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_JOINERS = _ZWNJ + _ZWJ
_VIRAMA_CLASS = 9

# ECMA-48, 5.4 (control sequences) and 5.6 (control strings): cut out as a whole, so that what
# is left is the name and not the parameters of a colour.
_TERMINAL_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
)

_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_HARMFUL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls but tab and line break, and what turns the direction of a line around."""

# Visible signs that Unicode counts as formatting: Arabic, Syriac and Kaithi number marks.
_VISIBLE_FORMATS = frozenset(
    map(chr, [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD])
)

# Characters of ordinary categories that show nothing (Unicode, Default_Ignorable_Code_Point),
# the blank Braille cell and the object placeholder.
_INVISIBLE = frozenset(
    map(chr, [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x2800, 0x3164, 0xFFA0, 0xFFFC])
) | frozenset(map(chr, range(0x180B, 0x180E)))

_EMOJI_STYLES = "\ufe0e\ufe0f"
_IDEOGRAPH_VARIANTS = ("\U000e0100", "\U000e01ef")

_FILE_SIGNS = frozenset(" -_.,+’")
_WINDOWS_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE
)


def plain(text: str, *, limit: int = 200) -> str:
    r"""Return `text` as one harmless, readable line in Unicode's NFC.

    * Terminal sequences go as a whole; every other control character, tab, line break and
      Unicode space becomes a space; spaces are collapsed and trimmed.
    * Removed: bidi marks, embeddings, overrides and isolates, soft hyphens, tags and all other
      invisible formatting, fillers, lone surrogates, private use, unassigned code points
      (except where Unicode reserves room for ideographs and pictographs, because a newer
      emoji or surname is not an attack).
    * ZWJ stays between two emoji and beside a virama, ZWNJ beside a virama and between two
      letters of Arabic, Syriac, Mandaic, N'Ko or Mongolian (after RFC 5892, appendix A).
    * A variation selector stays directly behind a symbol or keycap sign (text and emoji
      style) or an ideograph; at most `MAX_MARK_RUN` combining marks stay in a row, and
      none without a letter to stand on.

    The result is stable: `plain(plain(text)) == plain(text)`. It may still hold markup of
    Rich or Textual, and right-to-left letters; show it with `markup=False`.

    Args:
        text: Anything.
        limit: Longest result in characters, at least 1; a longer text is cut between two
            characters as people see them and ends with an ellipsis. At most 16 times as many
            characters of the input are looked at.

    Returns:
        The line; "" when nothing visible is left.

    >>> plain("Ada\x1b[31m\tLove\u202elace\n")
    'Ada Lovelace'
    """
    reach = 16 * limit
    line = _cleaned(text[:reach]) if not _is_plain(text[:reach]) else text[:reach]
    if len(text) > reach:
        line += _ELLIPSIS
    return line if len(line) <= limit else _cut(line, limit)


def harmless(text: str) -> str:
    r"""Return `text` as it may stand in a file of text: all of it that can be seen, in its lines.

    For text that is kept whole and not cut to a line; see `plain` for what is shown.

    * Terminal sequences go as a whole, every other control character but tab and line break too;
      all line breaks become one sign.
    * Embeddings, overrides and isolates of writing direction go, for they turn around what stands
      behind them; marks of direction stay, which names in mixed scripts need.

    >>> harmless("Ada\x1b]52;c;eA==\x07\r\nLove\x00lace")
    'Ada\nLovelace'
    """
    if text.isascii() and text.isprintable():
        return text
    lines = _LINE_BREAK.sub("\n", _TERMINAL_SEQUENCE.sub("", text))
    return _HARMFUL.sub("", lines)


def file_name(text: str, *, fallback: str, limit_bytes: int = 80) -> str:
    """Return a stem for a file name: safe on Linux, macOS and Windows, still readable.

    No separator, no leading dot or dash, no name of a Windows device, no trailing dot or space,
    no sign a shell gives a meaning to.

    Args:
        text: Anything, mostly a person's name.
        fallback: Name used when nothing usable is left; not empty, made safe the same way.
        limit_bytes: Longest result in bytes of UTF-8; file systems take 255 for the whole name.

    Raises:
        ValueError: The fallback holds nothing usable either.

    >>> file_name("../../etc/passwd", fallback="badge")
    'etc-passwd'
    """
    stem = _stem(text, limit_bytes) or _stem(fallback, limit_bytes)
    if not stem:
        raise ValueError(f"no file name in {text!r} nor in {fallback!r}")
    return stem


def _stem(text: str, limit_bytes: int) -> str:
    line = plain(text, limit=limit_bytes).replace(_ELLIPSIS, " ").replace("'", "’")
    signs = "".join(char if _names_a_file(char) else "-" for char in line)
    tidy = re.sub(r"[-\s]*-[-\s]*", "-", signs).strip(" .-_")
    while len(tidy.encode()) >= limit_bytes:
        tidy = "".join(clusters(tidy)[:-1]).rstrip(" .-_")
    return f"_{tidy}" if _WINDOWS_DEVICE.fullmatch(tidy) else tidy


def _names_a_file(char: str) -> bool:
    category = unicodedata.category(char)
    return char in _FILE_SIGNS or char in _JOINERS or category[0] in "LMN" or category == "So"


def _is_plain(text: str) -> bool:
    """Whether `text` needs no cleaning; true for nearly every name written in ASCII."""
    return text.isascii() and text.isprintable() and "  " not in text and text == text.strip()


def _cleaned(text: str) -> str:
    bare = _TERMINAL_SEQUENCE.sub("", text)
    composed = unicodedata.normalize("NFC", "".join(map(_shown, bare)))
    line = _with_needed_joiners(_with_few_marks(" ".join(composed.split(" "))))
    return unicodedata.normalize("NFC", " ".join(line.split()))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    """Return `char`, a space in its place, or nothing."""
    category = unicodedata.category(char)
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    if category == "Cf":
        return char if char in _JOINERS or char in _VISIBLE_FORMATS else ""
    if category == "Cn":
        return char if _is_reserved_for_readers(char) else ""
    return "" if category in {"Cs", "Co"} or char in _INVISIBLE else char


def _is_reserved_for_readers(char: str) -> bool:
    """Whether an unassigned code point can only become a pictograph or an ideograph.

    After Unicode's Extended_Pictographic and the default of EastAsianWidth.txt for planes 2, 3.
    """
    code = ord(char)
    ideograph = 0x20000 <= code <= 0x3FFFD and code & 0xFFFF < 0xFFFE
    return ideograph or 0x1F300 <= code <= 0x1FAFF


def _with_few_marks(line: str) -> str:
    """Drop marks without a base, and those beyond the longest run a script needs."""
    kept: list[str] = []
    run = MAX_MARK_RUN
    for char in line:
        if char in _JOINERS or _is_variation_selector(char):
            kept.append(char)
            continue
        run = run + 1 if _is_mark(char) else 0
        if run <= MAX_MARK_RUN:
            kept.append(char)
        if char == " ":
            run = MAX_MARK_RUN
    return "".join(kept)


def _with_needed_joiners(line: str) -> str:
    """Drop joiners and variation selectors where they change nothing a reader sees."""
    kept: list[str] = []
    for place, char in enumerate(line):
        if char in _JOINERS:
            if _joins(kept, char, line[place + 1 : place + 2]):
                kept.append(char)
        elif not _is_variation_selector(char) or (kept and _selects(kept[-1], char)):
            kept.append(char)
    return "".join(kept)


def _joins(before: list[str], joiner: str, after: str) -> bool:
    if not before or not after:
        return False
    if _VIRAMA_CLASS in (unicodedata.combining(before[-1]), unicodedata.combining(after)):
        return True
    if joiner == _ZWJ:
        return _ends_an_emoji(before[-1]) and _is_symbol(after)
    letter = next((char for char in reversed(before) if not _is_mark(char)), " ")
    return _is_cursive(letter) and _is_cursive(after)


def _selects(before: str, selector: str) -> bool:
    if selector in _EMOJI_STYLES:
        return _is_symbol(before) or before in "0123456789#*‼⁉〰〽"
    return (
        _IDEOGRAPH_VARIANTS[0] <= selector <= _IDEOGRAPH_VARIANTS[1]
        and unicodedata.category(before) in {"Lo", "Cn"}
        and unicodedata.east_asian_width(before) == "W"
    )


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) == "So" or 0x1F300 <= ord(char) <= 0x1FAFF or char in "↔⬛"


def _ends_an_emoji(char: str) -> bool:
    return char == "\ufe0f" or _is_symbol(char)


def _is_cursive(char: str) -> bool:
    """Whether the letter belongs to a script whose letters join, so that ZWNJ can be seen."""
    name = unicodedata.name(char, "")
    return name.startswith(("ARABIC LETTER", "SYRIAC LETTER", "MANDAIC", "NKO", "MONGOLIAN"))


def _cut(line: str, limit: int) -> str:
    kept = ""
    for cluster in clusters(line):
        if len(kept) + len(cluster) > limit - len(_ELLIPSIS):
            break
        kept += cluster
    return kept.rstrip() + _ELLIPSIS


def how_many(count: int, one: str, many: str = "") -> str:
    """A count with its noun; the plural is `one` with an s unless it is given.

    >>> how_many(1, "ticket"), how_many(1200, "ticket"), how_many(2, "badge is", "badges are")
    ('1 ticket', '1,200 tickets', '2 badges are')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


BIDI_CONTROLS: Final = frozenset(
    map(chr, [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
"""Marks, embeddings, overrides and isolates (UAX 9): they turn around what stands beside them."""


def editable(text: str, *, lines: bool = False) -> str:
    r"""Drop what a terminal obeys or a reader does not see turn the text around.

    Unlike `plain` it keeps spaces, however many, and cuts nothing off: saving a field that was
    only looked at changes no text that was harmless.

    Line breaks become spaces unless `lines` is set.

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
