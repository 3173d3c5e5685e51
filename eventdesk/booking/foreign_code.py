"""Ticket codes that another system gave out: what may be one, and when it still holds.

They are compared without regard to the case of letters, as some scanners change it; no two of one
event may therefore differ by case alone.
"""

import re
from typing import Final

MIN_FOREIGN_CODE: Final = 6
"""Shortest code that is taken; what is shorter can be guessed, and is often a plain number."""

MAX_FOREIGN_CODE: Final = 300
"""Longest code that is taken, in characters; as much as the desk's input holds."""

FIRST_REVISION: Final = 1
"""The revision of a ticket that a foreign code opens: the one the ticket was imported with."""

_SHAPE: Final = re.compile(rf"[!-~]{{{MIN_FOREIGN_CODE},{MAX_FOREIGN_CODE}}}")


def read_foreign_code(text: str) -> str:
    """Return a text as a foreign code, or "" where it cannot be one.

    >>> read_foreign_code(" z3fsn8jyufm5kpk7 "), read_foreign_code("1001")
    ('z3fsn8jyufm5kpk7', '')
    """
    code = text.strip()
    return code if _SHAPE.fullmatch(code) else ""
