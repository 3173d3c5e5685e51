"""Addresses of events, their places, announcements and invitations."""

from typing import Final

ADDRESSES: Final = {
    "create_event": "POST /events = event",
    "list_events": "GET /all-events",
    "all_events": "GET /event-names",
    "event_detail": "GET /events/{event}",
    "event_view": "GET /events/{event}/summary",
    "event_calendar": "GET /events/{event}/calendar",
    "change_event": "PATCH /events/{event} = changes",
    "event_checklist": "GET /events/{event}/checklist",
    "submit_event": "POST /events/{event}/submission",
    "waiting_events": "GET /submissions",
    "approve_event": "POST /events/{event}/approval",
    "refuse_event": "POST /events/{event}/refusal",
    "publish_event": "POST /events/{event}/publication",
    "withdraw_event": "POST /events/{event}/withdrawal",
    "cancel_event": "POST /events/{event}/cancellation",
    "events_of_team": "GET /me/events",
    "next_of_team": "GET /me/next-event",
    "events_of": "GET /me/door-events",
    "events_to_issue_for": "GET /me/ticket-events",
    "add_venue": "POST /events/{event}/venues = new",
    "change_venue": "PUT /venues/{venue} = new",
    "remove_venue": "DELETE /venues/{venue}",
    "add_room": "POST /events/{event}/rooms = new",
    "change_room": "PUT /rooms/{room} = new",
    "remove_room": "DELETE /rooms/{room}",
    "list_announcements": "GET /events/{event}/announcements",
    "send_announcement": "POST /events/{event}/announcements = new",
    "announcement_reach": "POST /events/{event}/announcement-previews = new",
    "list_told": "GET /announcements/{announcement}/readers",
    "list_invitations": "GET /events/{event}/invitations",
    "invite": "POST /events/{event}/invitations",
    "uninvite": "POST /events/{event}/invitations/removals",
}
APART: Final = {"hearing": "is asked for live updates: GET /api/v1/changes"}
