"""Links of bookings without an account; see `core.signed_links`."""

from datetime import timedelta
from typing import Final

from eventdesk.core.signed_links import LinkKind

BOOKING_LINK: Final = LinkKind("edl_", b"eventdesk booking link 1\0")

PLACE: Final = "booking"
"""The first word of a link's address."""

AFTER_EVENT: Final = timedelta(days=30)
"""How long a link works on when the event is over: for invoices and refunds."""


def link_address(base: str, link: str) -> str:
    """Where a browser opens a link.

    Args:
        base: Where the house serves, such as `https://desk.example.org/`.
        link: As `BOOKING_LINK` wrote it.

    >>> link_address("https://desk.example.org/", "edl_x")
    'https://desk.example.org/booking/edl_x'
    """
    return f"{base.rstrip('/')}/{PLACE}/{link}"
