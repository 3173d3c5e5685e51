"""Addresses of who waits: requests, waitlists and sign-ups to sessions."""

from typing import Final

ADDRESSES: Final = {
    "register": "POST /events/{event}/registrations",
    "ask": "POST /events/{event}/requests",
    "list_requests": "GET /events/{event}/requests",
    "my_requests": "GET /me/requests",
    "request_place": "GET /requests/{request}",
    "withdraw": "DELETE /requests/{request}",
    "queue_summary": "GET /events/{event}/queue",
    "open_queue": "PUT /events/{event}/queue",
    "close_queue": "DELETE /events/{event}/queue",
    "run_queue": "POST /events/{event}/queue/runs",
    "join": "POST /events/{event}/waitlist",
    "list_waitlist": "GET /events/{event}/waitlist",
    "waiting_lists": "GET /events/{event}/waitlists",
    "sold_out_types": "GET /events/{event}/sold-out-types",
    "fill_now": "POST /events/{event}/waitlist/offers",
    "my_entries": "GET /me/waitlist-entries",
    "accept": "POST /waitlist-entries/{entry}/acceptance",
    "leave": "DELETE /waitlist-entries/{entry}",
    "move_up": "POST /waitlist-entries/{entry}/move-up",
    "offer_by_hand": "POST /waitlist-entries/{entry}/offer",
    "sign_up_for_session": "POST /sessions/{session}/sign-up",
    "leave_session": "DELETE /sessions/{session}/sign-up",
    "my_programme": "GET /events/{event}/me/programme",
    "programme_calendar": "GET /events/{event}/me/programme/calendar",
    "my_calendar_link": "GET /me/calendar-link",
    "make_calendar_link": "POST /me/calendar-link",
    "end_calendar_link": "DELETE /me/calendar-link",
    "programmes_of": "GET /me/programmes",
    "coming_session": "GET /tickets/{ticket}/coming-session",
}
APART: Final = {
    "own_calendar": "has an address of its own: GET /calendar/{link}.ics",
    "queue_up": "has an address of its own: POST /api/register",
    "serve_next": "has an address of its own: POST /api/process_user",
    "give_back": "has an address of its own: DELETE /api/cancel_ticket",
    "places_by_type": "has an address of its own: GET /api/availability",
    "sales_by_type": "has an address of its own: GET /api/summary_data",
}
