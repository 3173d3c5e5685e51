"""Finds the keys that a screen names, to press each of them."""

import re
from collections.abc import Iterator
from typing import Any, Final

from textual.screen import Screen

from screens.modals.help_screen import HelpScreen
from tests.crawl.crawl import Way
from tests.crawl.painted import leaves, text_of

NAMED: Final = re.compile(
    r"\b(?P<key>F\d{1,2}|Esc|Enter|Tab|Space|PgUp|PgDn|Del|Ins"
    r"|(?:(?:Ctrl|Alt|Shift)\+)+(?:[A-Z/]|F\d{1,2}|Enter|Tab|PageUp|PageDown))(?!\w)"
    r"|\b[Pp]ress (?P<letter>[A-Z/])(?!\w)"
)
NAMES: Final = {
    "esc": "escape",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "del": "delete",
    "ins": "insert",
    "/": "slash",
}
"""Names that differ from Textual's."""

ELSEWHERE: Final = re.compile(r"\bAt the desk, $")
"""What comes before the key of another screen."""


def named_keys(screen: Screen[Any]) -> Iterator[Way]:
    """The keys that a text on the screen names, and the text.

    Left out are those that are dimmed; help names those of another screen.
    """
    if isinstance(screen, HelpScreen):
        return
    for widget in leaves(screen):
        if widget.is_disabled or widget.has_class("-disabled"):  # as a key of the footer
            continue
        text = " ".join(text_of(widget).split())
        for found in NAMED.finditer(text):
            if ELSEWHERE.search(text, 0, found.start()):
                continue
            yield Way(textual_key(found["key"] or found["letter"]), "", text)


def textual_key(name: str) -> str:
    """The name that Textual has for a key.

    >>> textual_key("Ctrl+S"), textual_key("Esc"), textual_key("N"), textual_key("/")
    ('ctrl+s', 'escape', 'n', 'slash')
    """
    return "+".join(NAMES.get(part, part) for part in name.lower().split("+"))
