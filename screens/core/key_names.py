"""Names of keys, as they are printed on the keyboard of who reads them."""

from typing import Final

from textual.keys import format_key

from eventdesk.core.messages import msg_p

PRINTED: Final = {
    "ctrl": msg_p("key", "Ctrl"),
    "shift": msg_p("key", "Shift"),
    "enter": msg_p("key", "Enter"),
    "escape": msg_p("key", "Esc"),
    "space": msg_p("key", "Space"),
    "delete": msg_p("key", "Del"),
    "home": msg_p("key", "Home"),
    "end": msg_p("key", "End"),
    "pageup": msg_p("key", "PageUp"),
    "pagedown": msg_p("key", "PageDown"),
}
"""By their names in bindings, the keys that are not printed alike in every country."""


def key_name(key: str) -> str:
    """Spell the key of a binding.

    >>> key_name("ctrl+pagedown"), key_name("f2"), key_name("slash"), key_name("n")
    ('Ctrl+PageDown', 'F2', '/', 'N')
    """
    return "+".join(
        str(PRINTED[part]) if part in PRINTED else format_key(part).title()
        for part in key.split("+")
    )
