"""Names of operators as a wall shows them: enough for the team, little for everybody else."""

from collections.abc import Iterable

from eventdesk.core.plain_text import plain


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Shorten names to the first one and an initial; what would be alike gets a number.

    >>> short_names(["Sam Staff", "Olu Other", "Sam Smith", "kiosk"])
    {'Sam Staff': 'Sam S.', 'Olu Other': 'Olu O.', 'Sam Smith': 'Sam S. 2', 'kiosk': 'kiosk'}
    """
    short: dict[str, str] = {}
    for name in dict.fromkeys(names):
        first, *rest = plain(name, limit=60).split() or ["?"]
        wanted = f"{first} {rest[-1][0]}." if rest else first
        taken, number, found = set(short.values()), 1, wanted
        while found in taken:
            number += 1
            found = f"{wanted} {number}"
        short[name] = found
    return short
