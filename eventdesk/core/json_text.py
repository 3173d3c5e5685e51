"""JSON as text that may be shown in a terminal: exact, and with nothing that commands it."""

import json
import re
from collections.abc import Callable
from typing import Final

_HARMFUL: Final = re.compile(
    "[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffc\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""What JSON lets stand as it is: controls above ASCII, what turns a line's direction around, and
what nobody sees, so that two names that look alike are told apart."""


def json_text(
    value: object, *, indent: int | None = None, default: Callable[[object], object] | None = None
) -> str:
    r"""Write a value as JSON with readable letters; what is no visible character is escaped.

    >>> print(json_text({"name": "Zoë\x9b2J\u200b"}))
    {"name": "Zoë\u009b2J\u200b"}
    """
    written = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    return _HARMFUL.sub(lambda found: json.dumps(found[0])[1:-1], written)
