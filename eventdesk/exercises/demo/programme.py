"""What the demo event is called and what it sells, as plain data."""

from dataclasses import dataclass
from random import Random
from typing import Final

CURRENCY: Final = "EUR"

_THEMES = (
    *("Demo Days", "Open Desk", "Lantern Conference", "Harbour Summit", "Northern Makers"),
    *("Paper & Light", "The Quiet Congress", "Fields of Code", "Orbit Meeting", "Tidewater Forum"),
)


@dataclass(frozen=True, slots=True)
class TicketTypePlan:
    """A ticket type to be sold."""

    key: str
    name: str
    price_minor: int
    """Cents of `CURRENCY`."""

    share_percent: int
    """How many of a hundred guests hold one."""


TICKET_TYPES: Final = (
    TicketTypePlan("regular", "Regular", 12_000, 70),
    TicketTypePlan("student", "Student", 4_500, 15),
    TicketTypePlan("vip", "VIP", 29_000, 4),
    TicketTypePlan("speaker", "Speaker", 0, 5),
    TicketTypePlan("crew", "Crew", 0, 6),
)


def event_name(seed: int, year: int = 2026) -> str:
    """The name of the demo event; each seed has its own, and 0 the plainest.

    >>> event_name(0)
    'Demo Days 2026'
    """
    theme = _THEMES[0] if seed == 0 else Random(seed).choice(_THEMES)
    return f"{theme} {year}"
