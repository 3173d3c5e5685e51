"""Links of people's subscribed calendars; see `core.signed_links`."""

from typing import Final
from urllib.parse import urlsplit

from eventdesk.core.signed_links import LinkKind

CALENDAR_LINK: Final = LinkKind("edc_", b"eventdesk calendar link 1\0")

PLACE: Final = "calendar"
"""The first word of a calendar's address."""


def calendar_address(base: str, link: str) -> str:
    """Where a calendar program reads a calendar.

    Args:
        base: Where the house serves, such as `https://desk.example.org/`.
        link: As `CALENDAR_LINK` wrote it.

    >>> calendar_address("https://desk.example.org/", "edc_x")
    'https://desk.example.org/calendar/edc_x.ics'
    """
    return f"{base.rstrip('/')}/{PLACE}/{link}.ics"


def subscribing_address(address: str) -> str:
    """The same address as a link that opens the calendar program, which then asks there.

    >>> subscribing_address("https://desk.example.org/calendar/edc_x.ics")
    'webcal://desk.example.org/calendar/edc_x.ics'
    """
    return urlsplit(address)._replace(scheme="webcal").geturl()
