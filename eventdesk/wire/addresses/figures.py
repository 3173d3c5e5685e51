"""Addresses of figures: reports, the overview and the wall."""

from typing import Final

ADDRESSES: Final = {
    "event_overview": "GET /events/{event}/overview",
    "standing": "GET /events/{event}/standing",
    "events_on_wall": "GET /me/wall-events",
    "note_verdicts": "POST /verdict-times",
    "door_basis": "GET /lists/{list}/forecast-basis",
    "attendance_report": "GET /events/{event}/reports/attendance",
    "no_show_report": "GET /events/{event}/reports/no-shows",
    "drawers_report": "GET /events/{event}/reports/drawers",
    "session_report": "GET /events/{event}/reports/sessions",
    "waitlist_report": "GET /events/{event}/reports/waitlist",
    "revenue_report": "GET /events/{event}/reports/revenue",
    "sales_report": "GET /events/{event}/reports/sales",
    "shift_report": "GET /shifts/{shift}/report",
    "platform_report": "GET /reports/platform",
}
