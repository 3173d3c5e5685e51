"""Addresses of what belongs to every use case: notices, and the house's clock."""

from typing import Final

ADDRESSES: Final = {
    "my_notices": "GET /me/notices",
    "unread_notices": "GET /me/notices/unread",
    "read_notices": "POST /me/notices/read",
    "clock_now": "GET /clock",
    "trust_clock": "POST /clock/trust",
}
