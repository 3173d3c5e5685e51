"""A ticket's page: its code to show at the door, and its files, for its holder and the team."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from badges import qr
from data.store import Store
from eventdesk.acts import Actor, Verb
from eventdesk.booking import MyTicket, calendar_file, my_ticket, ticket_file
from eventdesk.core.errors import NotFoundError
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import file_name, plain
from eventdesk.core.wall_clock import spoken_period
from eventdesk.desk import Desk
from eventdesk.web.pages.rendering import HEADERS, page
from eventdesk.web.pages.visits import to_sign_in, visit
from eventdesk.web.sessions import Sessions
from eventdesk.wire.file_answer import file_headers

PIXELS: Final = 16
"""Of a module of the code, in its picture: large enough for a poster."""

PAPERS: Final[Mapping[str, Verb[..., MadeFile]]] = {
    "ticket.pdf": ticket_file,
    "calendar.ics": calendar_file,
}
PICTURES: Final[Mapping[str, tuple[str, Callable[[str], bytes]]]] = {
    "code.png": ("image/png", lambda token: qr.png(token, PIXELS)),
    "code.svg": ("image/svg+xml", lambda token: qr.svg(token).encode()),
}
WORDS: Final[Mapping[str, Message]] = {
    "ticket.pdf": msg("Ticket as PDF"),
    "code.png": msg("Code as PNG"),
    "code.svg": msg("Code as SVG"),
    "calendar.ics": msg("Into my calendar"),
}
"""The files of a ticket, in the order of their links."""


class TicketPages:
    """The pages of tickets, and their files."""

    def __init__(self, desk: Desk, sessions: Sessions) -> None:
        self._desk, self._sessions = desk, sessions

    def routes(self) -> list[At]:
        """Where they are."""
        return [
            At("/tickets/{ticket:uuid}", self._shown, methods=["GET"]),
            At("/tickets/{ticket:uuid}/{name}", self._file, methods=["GET"]),
        ]

    async def _shown(self, request: Request) -> Response:
        who = await visit(request, self._desk, self._sessions)
        ticket_id: UUID = request.path_params["ticket"]
        if not who.is_known:
            return to_sign_in(f"/tickets/{ticket_id}")
        ticket = await self._desk.read(my_ticket, who.actor, ticket_id)
        drawn = qr.svg(ticket.token) if ticket.token else ""
        return page(
            request,
            "ticket.html",
            actor=who.actor,
            ticket=ticket,
            picture=Markup(drawn),  # it holds figures alone
            facts=_facts(ticket),
            files=[(name, WORDS[name]) for name in WORDS if _has(ticket, name)],
            is_new="made" in request.query_params,
        )

    async def _file(self, request: Request) -> Response:
        who = await visit(request, self._desk, self._sessions)
        ticket_id, name = request.path_params["ticket"], request.path_params["name"]
        if not who.is_known:
            return to_sign_in(f"/tickets/{ticket_id}")
        ticket = await self._desk.read(my_ticket, who.actor, ticket_id)
        if name not in WORDS or not _has(ticket, name):
            raise NotFoundError(msg("There is no such file of this ticket."))
        if name in PAPERS:
            made = await self._made(PAPERS[name], who.actor, ticket_id)
        else:
            kind, draw = PICTURES[name]
            stem = file_name(f"{ticket.event_name} {ticket.code}", fallback="ticket")
            made = MadeFile(f"{stem}.{name[-3:]}", kind, draw(ticket.token))
        return Response(made.content, headers=HEADERS | file_headers(made))

    async def _made(self, verb: Verb[..., MadeFile], actor: Actor, ticket_id: UUID) -> MadeFile:
        def call(store: Store) -> MadeFile:
            return verb(store, actor, ticket_id)

        return await self._desk.run_as(verb, call)


def _has(ticket: MyTicket, name: str) -> bool:
    """Whether a ticket has a file: without its code, it is only something for a calendar."""
    return bool(ticket.token) or name == "calendar.ics"


def _facts(ticket: MyTicket) -> list[tuple[str, str]]:
    """What the page says of a ticket below its code."""
    when = spoken_period(ticket.starts_at, ticket.ends_at, ticket.time_zone)
    facts = [
        (_("Name"), plain(ticket.name)),
        (_("Ticket"), plain(ticket.ticket_type)),
        (_("Seat"), plain(ticket.seat)),
        (_("When"), when),
        (_("Where"), plain(ticket.where)),
        (_("Ticket code"), ticket.code),
    ]
    return [(name, value) for name, value in facts if value]
