"""Addresses of the programme: sessions, speakers and sponsors."""

from typing import Final

ADDRESSES: Final = {
    "read_programme": "GET /events/{event}/programme",
    "add_session": "POST /events/{event}/sessions = new",
    "change_session": "PUT /sessions/{session} = new",
    "remove_session": "DELETE /sessions/{session}",
    "cancel_session": "POST /sessions/{session}/cancellation",
    "restore_session": "DELETE /sessions/{session}/cancellation",
    "add_speaker": "POST /events/{event}/speakers = new",
    "change_speaker": "PUT /speakers/{speaker} = new",
    "remove_speaker": "DELETE /speakers/{speaker}",
    "add_sponsor": "POST /events/{event}/sponsors = new",
    "change_sponsor": "PUT /sponsors/{sponsor} = new",
    "move_sponsor": "POST /sponsors/{sponsor}/moves",
    "remove_sponsor": "DELETE /sponsors/{sponsor}",
}
