"""Translations: the words of a language, read from a file in gettext's PO format.

What a translator writes is what the program reads: nothing is compiled, so nothing can be older
than its source. A file of some thousand messages is read in some milliseconds, once.
"""

import re
from collections.abc import Callable
from gettext import c2py
from pathlib import Path
from typing import Final, Self

_ENTRY: Final = re.compile(
    r'(?:^#, ([^\n]*)\n(?:#[^\n]*\n)*)?(?:^msgctxt "(.*)"\n)?^msgid "(.*)"\n'
    r'(?:^msgid_plural ".*"\n)?((?:^msgstr(?:\[\d\])? ".*"(?:\n|\Z))+)',
    re.MULTILINE,
)
_WORDS: Final = re.compile(r'^msgstr(?:\[\d\])? "(.*)"$', re.MULTILINE)
_PLURALS: Final = re.compile(r"Plural-Forms:[^\\]*plural=([^;\\]+)")
_ESCAPES: Final = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", '"': '"'}


class PoTranslations:
    """The messages of one language; a message without words is said in English.

    Args:
        entries: What stands in the file behind the context and English text of each message, as it
            stands there: most of it is never asked for.
        form: Which form a count takes.
    """

    def __init__(self, entries: dict[tuple[str, str], str], form: Callable[[int], int]) -> None:
        self._entries, self._form = entries, form
        self._words: dict[tuple[str, str], tuple[str, ...]] = {}

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file; one that is not there has no words."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = ""
        return cls.parse(text)

    @classmethod
    def parse(cls, text: str) -> Self:
        r"""Read the text of a file; what is marked as fuzzy is left out.

        >>> words = PoTranslations.parse('msgid "Save"\nmsgstr "Sichern"\n')
        >>> words.one("", "Save"), words.one("", "Leave")
        ('Sichern', 'Leave')
        """
        found = _ENTRY.findall(text.replace('"\n"', ""))
        entries = {
            (context, quoted): forms
            for flags, context, quoted, forms in found
            if "fuzzy" not in flags
        }
        plural = _PLURALS.search(entries.pop(("", ""), ""))
        return cls(entries, c2py(plural[1].strip() if plural else "n != 1"))

    def one(self, context: str, text: str) -> str:
        """The words for a message; the message itself where there are none."""
        return (self._said(context, text) or (text,))[0]

    def several(self, context: str, one: str, many: str, count: int) -> str:
        """The words for a count."""
        forms = self._said(context, one)
        if not forms:
            return one if count == 1 else many
        return forms[min(self._form(count), len(forms) - 1)]

    def _said(self, context: str, text: str) -> tuple[str, ...]:
        """The words in all forms; nothing where one is missing."""
        said = self._words.get((context, text))
        if said is None:
            forms = self._entries.get((_quoted(context), _quoted(text)), "")
            said = tuple(map(_plain, _WORDS.findall(forms)))
            self._words[context, text] = said = said if all(said) else ()
        return said


def _quoted(text: str) -> str:
    """Write a text as it stands in a file."""
    for sign, escape in _ESCAPES.items():
        text = text.replace(escape, "\\" + sign)
    return text


def _plain(quoted: str) -> str:
    """Undo the escapes of a quoted text."""
    if "\\" not in quoted:
        return quoted
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), quoted)
