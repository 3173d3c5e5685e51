"""What is one's own: tickets and bookings."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from eventdesk.booking import my_bookings, my_tickets, own_state
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.desk import Desk
from eventdesk.web.pages.rendering import page
from eventdesk.web.pages.visits import to_sign_in, visit
from eventdesk.web.sessions import Sessions


class OwnPage:
    """The page with the tickets and bookings of whoever is signed in."""

    def __init__(self, desk: Desk, sessions: Sessions) -> None:
        self._desk, self._sessions = desk, sessions

    def routes(self) -> list[At]:
        """Where it is."""
        return [At("/me", self._shown, methods=["GET"])]

    async def _shown(self, request: Request) -> Response:
        who = await visit(request, self._desk, self._sessions)
        past = "past" in request.query_params
        if not who.is_known:
            return to_sign_in("/me")
        tickets = await self._desk.read(my_tickets, who.actor, past=past)
        booked = await self._desk.read(my_bookings, who.actor)
        return page(
            request,
            "own.html",
            actor=who.actor,
            past=past,
            tickets=[(each, spoken(each.starts_at, each.time_zone)) for each in tickets],
            bookings=[(each, plain(each.event_name), *own_state(each.line)) for each in booked],
        )
