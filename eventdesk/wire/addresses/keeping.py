"""Addresses of what is kept: the log, and what is held about a person."""

from typing import Final

ADDRESSES: Final = {
    "list_audit": "GET /audit",
    "check_audit": "POST /audit/checks",
    "house_health": "POST /health-checks",
    "personal_data": "GET /personal-data",
    "personal_data_file": "POST /personal-data-files",
    "erase_account": "POST /erasures",
    "guest_data": "POST /guest-data-look-ups",
    "erase_guest": "POST /guest-erasures",
    "events_holding_data": "GET /events-holding-data",
    "keep_personal_data": "PUT /events/{event}/personal-data",
    "preview_event_erasure": "GET /events/{event}/personal-data",
    "erase_event": "POST /events/{event}/erasure",
}

APART: Final = {"house_figures": "is told to programs that watch, as text: GET /metrics"}
