"""What somebody looks for among the events, as the form of the first page says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from eventdesk.core.messages import Message, msg
from eventdesk.web.pages.forms import Wrong

FIELDS: Final = ("q", "category", "place", "from", "until", "price")
"""Names in the query of the address."""

LONGEST: Final = 200
"""Characters of a field that are looked at."""

_PRICE: Final = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")


@dataclass(slots=True)
class Finding:
    """What is looked for; see `browse`.

    Attributes:
        said: What was typed, by field.
        wrong: What of it cannot be read, and is left out.
    """

    said: dict[str, str]
    wrong: Wrong = field(default_factory=Wrong)
    date_from: datetime | None = None
    date_until: datetime | None = None
    most_minor: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Finding":
        """Read the query of an address."""
        made = cls({name: query.get(name, "").strip()[:LONGEST] for name in FIELDS})
        made.date_from = made._day("from")
        made.date_until = made._day("until")
        if made.date_until is not None:
            made.date_until += timedelta(days=1)
        if typed := made.said["price"]:
            found = _PRICE.fullmatch(typed)
            if found is None:
                made.wrong.say(_NO_PRICE, name="price")
            else:
                made.most_minor = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        return made

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, without what was left empty."""
        return {name: text for name, text in self.said.items() if text}

    @property
    def is_narrow(self) -> bool:
        """Whether more than words is looked for."""
        return bool(self.typed.keys() - {"q"})

    def _day(self, name: str) -> datetime | None:
        """The beginning of a day that was typed, in UTC."""
        typed = self.said[name]
        if not typed:
            return None
        try:
            day = datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            self.wrong.say(_NO_DAY, name=name)
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.wrong.say(_NO_DAY, name=name)
            return None
        return day


FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Years that are looked for: an hour more or less stays a date."""

_NO_DAY: Final[Message] = msg("Type a day as 2026-12-31.")
_NO_PRICE: Final[Message] = msg("Type an amount as 12.50.")
