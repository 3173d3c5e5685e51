"""The small ticketing API of one event: names in, tickets out, VIPs always first; no log-in.

Whoever reaches it may call it, so it can do nothing but what stands here, at this event alone: it
acts as the program with the permission for tickets of that event. Calls are taken one after the
other: however many come at once, a door waits for one of them at most.
"""

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk.acts import Actor, ActorKind, Asked, Permission, Role, Verb
from eventdesk.core.errors import TooManyCallsError
from eventdesk.core.messages import _, _p, msg, reader
from eventdesk.desk import AnyDesk
from eventdesk.waiting import (
    Queued,
    TypePlaces,
    give_back,
    named_queue,
    named_transactions,
    places_by_type,
    queue_up,
    sales_by_type,
    serve_next,
)
from eventdesk.web.api import KEY, once_of
from eventdesk.web.bodies import JSON, MOST_OF_NOBODY, body_of
from eventdesk.web.caller import need_own_page
from eventdesk.wire.file_answer import file_headers
from eventdesk.wire.route import Route

MOST_AT_ONCE: Final = 6_000
"""Calls that wait for their turn; who comes on top of them is asked to come back."""

BACK_S: Final = 20
"""When to come back."""

FOLLOWS_S: Final = 5
"""How often the page of what is sold reads it again."""

Given = Callable[[Any], Any]


@dataclass(frozen=True)
class _Call:
    """A call of the API.

    Attributes:
        method: As it is called; a DELETE has its ticket in the body, too.
        route: How a body becomes the arguments of the use case.
        status: Of an answer.
        given: Makes what is answered of what the use case gave.
    """

    method: str
    route: Route
    status: int
    given: Given

    @classmethod
    def of(cls, method: str, verb: Verb[..., Any], given: Given, *, status: int = 200) -> "_Call":
        """Make one of a use case."""
        in_body = "GET" if method == "GET" else "POST"
        return cls(method, Route(in_body, "/{event}", verb), status, given)


def ticketing_routes(desk: AnyDesk, event_id: UUID) -> list[At]:
    """The addresses of the API of an event."""
    door = _Door(desk, event_id)
    return [
        door.at("/api/register", _Call.of("POST", queue_up, _registered, status=201)),
        door.at("/api/process_user", _Call.of("POST", serve_next, _served)),
        door.at("/api/cancel_ticket", _Call.of("DELETE", give_back, _ended)),
        door.at("/availability", _Call.of("GET", places_by_type, lambda given: given)),
        door.at("/summary_data", _Call.of("GET", sales_by_type, _sales)),
        At("/summary", door.page),
        At("/queue.csv", door.file(named_queue)),
        At("/transactions.csv", door.file(named_transactions)),
    ]


class _Door:
    """Where calls of the API come in: as the program, at one event, one after the other."""

    def __init__(self, desk: AnyDesk, event_id: UUID) -> None:
        self._desk, self._event_id = desk, event_id
        self._caller = f"ticketing:{event_id}"
        self._actor = Actor(
            ActorKind.SYSTEM,
            None,
            "ticketing",
            Role.ORGANIZER,
            event_id=event_id,
            only=frozenset({Permission.TICKETS}),
        )
        self._turn, self._waiting = asyncio.Semaphore(), 0

    def at(self, path: str, call: _Call) -> At:
        """Where a call is found."""

        async def answer(request: Request) -> Response:
            given = await self._asked(call.route, request)
            body = json.dumps(call.given(given), ensure_ascii=False)
            return Response(body, call.status, media_type=JSON)

        return At(path, answer, methods=[call.method])

    async def page(self, _request: Request) -> Response:
        """What is sold and left, as a page that follows by itself."""
        sales = await self._in_turn(sales_by_type, self._reading(sales_by_type))
        headers = {"content-security-policy": PAGE_POLICY}
        return HTMLResponse(_page(sales), headers=headers)

    def file(self, verb: Verb[..., Any]) -> Callable[[Request], Any]:
        """What answers with a file."""

        async def answer(_request: Request) -> Response:
            made = await self._in_turn(verb, self._reading(verb))
            return Response(made.content, headers=file_headers(made))

        return answer

    def _reading(self, verb: Verb[..., Any]) -> Callable[[Store], Any]:
        return lambda store: verb(store, self._actor, self._event_id)

    async def _asked(self, route: Route, request: Request) -> Any:
        """What the use case gives for a request; a repeated one is the same call."""
        if {"origin", "sec-fetch-site"} & set(request.headers) and route.method != "GET":
            need_own_page(request)
        body = await body_of(request, most=MOST_OF_NOBODY)
        key = request.headers.get(KEY)
        asked_hash = hashlib.sha256(b"\n".join((request.url.path.encode(), body))).hexdigest()

        def call(store: Store) -> Any:
            arguments = route.arguments({"event": str(self._event_id)}, {}, body)
            asked = Asked(self._actor)
            if key is not None and route.method != "GET":
                asked = replace(asked, once=once_of(route, self._caller, key, asked_hash))
            return route.verb(store, asked, **arguments)

        return await self._in_turn(route.verb, call)

    async def _in_turn(self, verb: Verb[..., Any], call: Callable[[Store], Any]) -> Any:
        """Do it when its turn comes.

        Raises:
            TooManyCallsError: Too many wait already.
        """
        if self._waiting >= MOST_AT_ONCE:
            raise TooManyCallsError(
                msg("Too many requests came at once."),
                wait_s=BACK_S,
                hint=msg("Wait a moment, and ask again."),
            )
        self._waiting += 1
        try:
            async with self._turn:
                return await self._desk.run_as(verb, call)
        finally:
            self._waiting -= 1


def _registered(given: Queued) -> dict[str, Any]:
    return {"ticket": given.ticket, "place": given.place, "state": given.status}


def _served(given: Queued | None) -> dict[str, Any]:
    return {"state": "empty"} if given is None else _ended(given)


def _ended(given: Queued) -> dict[str, Any]:
    reason = {"reason": given.reason} if given.status == "failed" else {}
    return {"ticket": given.ticket, "state": given.status, **reason}


def _sales(given: Mapping[str, TypePlaces]) -> dict[str, Any]:
    return {
        name: {"sold": each.sold, "held": each.held, "remaining": each.remaining}
        for name, each in given.items()
    }


STYLE: Final = (
    ":root{color-scheme:light dark;font:1.25rem/1.5 system-ui,sans-serif}"
    "body{margin:2rem auto;max-width:40rem;padding:0 1rem}"
    "table{border-collapse:collapse;inline-size:100%}"
    "th,td{border-block-end:1px solid;padding:.5rem;text-align:start}"
    "td{font-variant-numeric:tabular-nums}"
)
"""How the page looks."""

PAGE_POLICY: Final = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
"""What the page may load: nothing; its style stands in it, and is known by its digest."""


def _page(sales: Mapping[str, TypePlaces]) -> str:
    """The page: a table of types, read again by the browser itself."""
    heading = (_("Ticket type"), _("Sold"), _("Held"), _p("places", "Left"))
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in heading)
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{each.sold}</td><td>{each.held}</td>'
        f"<td>{escape(_('no limit')) if each.remaining is None else each.remaining}</td></tr>"
        for name, each in sales.items()
    )
    title = escape(_("Tickets"))
    return (
        f'<!doctype html><html lang="{reader().language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="refresh" content="{FOLLOWS_S}"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{title}</h1><table><thead><tr>{heads}"
        f"</tr></thead><tbody>{lines}</tbody></table></main></body></html>\n"
    )
