"""What a text in the pseudo-language shows: words that are no message, messages that were cut."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from eventdesk.core.messages import GUEST_LANGUAGES
from eventdesk.core.pseudo import CLOSES, OPENS
from tests.crawl.finding import Finding

KEYS: Final = frozenset(
    [
        "alt",
        "backspace",
        "bps",
        "cmd",
        "ctrl",
        "del",
        "delete",
        "down",
        "end",
        "enter",
        "esc",
        "escape",
        "home",
        "ins",
        "left",
        "pagedown",
        "pageup",
        "pgdn",
        "pgup",
        "right",
        "shift",
        "space",
        "super",
        "tab",
        "up",
    ]
)
"""Names of keys, as they stand on a keyboard."""

SAME: Final = frozenset(
    [
        "app",
        "asciinema",
        "backups",
        "cet",
        "cest",
        "code",
        "csv",
        "cups",
        "demo",
        "escpos",
        "eventdesk",
        "eur",
        "exports",
        "gif",
        "http",
        "https",
        "iban",
        "isbn",
        "json",
        "jpeg",
        "kb",
        "kib",
        "mb",
        "mib",
        "gib",
        "nfc",
        "ok",
        "pdf",
        "pin",
        "png",
        "qr",
        "rgb",
        "rtsp",
        "sepa",
        "sqlite",
        "svg",
        "tcp",
        "toml",
        "tsv",
        "url",
        "usb",
        "utc",
        "utf",
        "vip",
        "wal",
        "webp",
        "xlsx",
        "zip",
        "zpl",
    ]
)
"""What is the same in each language: formats, units, names of programs."""

DATES: Final = frozenset(
    datetime(2024, month, 1).strftime(form).casefold()  # noqa: DTZ001 - only names
    for month in range(1, 13)
    for form in ("%a", "%A", "%b", "%B")
)
"""Names of days and months, which no message holds: a date is written by the reader's locale."""

MIN_CUT: Final = 4
"""Letters of a word of data that are enough to know it by where a table cuts or breaks it."""

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z’'-]{2,}")

_CODE: Final = re.compile(r"\w+-\d[\w-]*")
"""A name with a figure in it, such as that of a layout."""


def outside(text: str) -> str:
    """What of a text stands in no brackets."""
    kept: list[str] = []
    depth = 0
    for sign in text:
        if sign == OPENS:
            depth += 1
        elif sign == CLOSES:
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(sign)
            continue
        kept.append(" ")
    return "".join(kept)


def words_outside(text: str, data: frozenset[str]) -> Iterator[str]:
    """The words of a text that are neither messages nor data.

    >>> list(words_outside("⟦Ħéľľó, Ada⟧ of Nowhere Ctrl+S", frozenset({"nowhere"})))
    []
    >>> list(words_outside("⟦Ħéľľó⟧ and goodbye", frozenset()))
    ['and', 'goodbye']
    """
    shown = outside(text)
    if shown.strip() in GUEST_LANGUAGES.values():
        return  # a language is called as its speakers call it
    for word in _WORD.findall(_CODE.sub(" ", shown)):
        bare = word.casefold().strip("'’-")
        known = bare in data | KEYS | SAME | DATES or re.fullmatch(r"[0-9a-f-]+", bare)
        if not known and not _is_part(bare, data):
            yield word


def _is_part(word: str, data: frozenset[str]) -> bool:
    """Whether a word is the beginning or end of one of the data, as where a line ends in it."""
    return len(word) >= MIN_CUT and any(
        each.startswith(word) or each.endswith(word) for each in data
    )


def is_cut(text: str) -> bool:
    """Whether a message in a text has no end, or no beginning."""
    return text.count(OPENS) != text.count(CLOSES)


def look_at(where: str, text: str, data: frozenset[str]) -> Iterator[Finding]:
    """What there is to mend in one text on show."""
    words = list(dict.fromkeys(words_outside(text, data)))
    if words:
        yield Finding(where, "no message", " ".join(words)[:200])
    if is_cut(text):
        yield Finding(where, "cut", re.sub(r"\s+", " ", text).strip()[:160])


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of data, as `words_outside` compares them."""
    bare = (word.casefold().strip("'’-") for text in texts for word in _WORD.findall(text))
    return frozenset(each for word in bare for each in (word, word.replace("-", "")))
