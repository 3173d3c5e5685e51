"""Addresses of what belongs to every use case: notices, and the house's clock."""

from typing import Final

ADDRESSES: Final = {
    "my_notices": "GET /me/notices",
    "unread_notices": "GET /me/notices/unread",
    "read_notices": "POST /me/notices/read",
    "clock_now": "GET /clock",
    "trust_clock": "POST /clock/trust",
}
INSIDE: Final = {
    "watch_clock": "the program watches its own clock",
    "kept_call": "is asked where a form is sent again",
    "thin_calls": "the spooler does it by itself",
}
