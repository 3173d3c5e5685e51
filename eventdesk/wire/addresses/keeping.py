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
INSIDE: Final = {
    "make_recovery_phrase": "shows a secret once, on this machine",
    "has_recovery_phrase": "is about a file of this machine",
    "list_stored": "is for the command line of this machine",
    "back_up": "writes files of this machine",
    "make_backup": "writes files of this machine",
    "keep_backup": "the program makes backups by itself",
    "backups_here": "names files of this machine",
    "check_backup": "takes a file of this machine",
    "export_guest": "writes a file of this machine",
    "export_personal_data": "writes a file of this machine",
    "finish_erasures": "the program does it by itself",
    "erase_due_events": "the program does it by itself",
    "rotate_keys": "writes the key file of this machine",
    "queue_folders": "the program does it by itself",
    "accept_progress": "is said on the machine that holds the files",
}
