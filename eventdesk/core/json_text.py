"""JSON as text that may be shown in a terminal: exact, and with nothing that commands it."""

import json
import re
from collections.abc import Callable
from typing import Final

_HARMFUL: Final = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON lets stand as it is: controls above ASCII and what turns a line's direction around."""


def json_text(
    value: object, *, indent: int | None = None, default: Callable[[object], object] | None = None
) -> str:
    r"""Write a value as JSON with readable letters; every control character is escaped.

    >>> print(json_text({"name": "Zoë\x9b2J"}))
    {"name": "Zoë\u009b2J"}
    """
    written = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    return _HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
