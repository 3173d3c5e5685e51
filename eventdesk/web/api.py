"""The API: each use case at its address, made from its signature.

A call is one job of the desk, in the thread where the use case itself would run: who calls is asked
of the store there, the request becomes arguments, and what is given becomes JSON. The loop of the
server only reads and writes sockets.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk.acts import Actor, ActorKind, Asked, Once, Reach
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import msg
from eventdesk.desk import AnyDesk
from eventdesk.web.bodies import JSON, MOST_BYTES, MOST_OF_NOBODY, body_of
from eventdesk.web.caller import Shown, need_signed_in
from eventdesk.web.guesses import code_in, found_nothing
from eventdesk.web.rates import KEPT_ANSWER, Rates, network_of
from eventdesk.web.reference import reference_routes
from eventdesk.web.stages import STAGES, Stages
from eventdesk.wire.addresses import ROOT
from eventdesk.wire.approval_header import APPROVAL, read_approval
from eventdesk.wire.file_answer import file_headers
from eventdesk.wire.route import Route

KEY: Final = "idempotency-key"
SHORTEST_KEY, LONGEST_KEY = 16, 200
"""Characters of an `Idempotency-Key`; a short one of somebody unknown could be guessed."""

NOTHING: Final = 204

Endpoint = Callable[[Request], Any]
OnKnown = Callable[[Shown], Awaitable[None]]


async def _nothing(_shown: Shown) -> None:
    pass


def api_routes(
    desk: AnyDesk,
    routes: Iterable[Route],
    *,
    rates: Rates | None = None,
    on_known: OnKnown = _nothing,
) -> list[At]:
    """The addresses of use cases and their description, in the order of looking them up.

    Args:
        desk: The house.
        routes: The use cases that are served.
        rates: How often one address may ask for what costs something.
        on_known: Told what each request showed of who sent it, where that holds.
    """
    served, rates = in_order(routes), rates or Rates()

    @cache
    def described() -> dict[str, Any]:
        from eventdesk.web.openapi import description

        return description(served, url=ROOT)

    return [
        At(ROOT + "/openapi.json", _describing(described)),
        *reference_routes(described),
        *(
            At(ROOT + each.path, endpoint(desk, each, rates, on_known), methods=[each.method])
            for each in served
        ),
    ]


def _describing(described: Callable[[], dict[str, Any]]) -> Endpoint:
    """What answers with the description of the API; it is made when it is asked for first."""

    @cache
    def written() -> bytes:
        return json.dumps(described(), separators=(",", ":")).encode()

    async def answer(_request: Request) -> Response:
        body = await asyncio.to_thread(written)
        return Response(body, media_type=JSON, headers={"cache-control": "no-cache"})

    return answer


def in_order(routes: Iterable[Route]) -> list[Route]:
    """Routes so that a fixed word comes before a name in braces at the same place."""
    return sorted(routes, key=lambda route: [part[:1] == "{" for part in route.path.split("/")])


def endpoint(desk: AnyDesk, route: Route, rates: Rates, on_known: OnKnown) -> Endpoint:
    """What answers the requests for one use case."""

    async def answer(request: Request) -> Response:
        rates.count_costly(request, route.verb.name)
        shown = Shown.by(request)
        most = MOST_BYTES if shown.key else MOST_OF_NOBODY
        body = await body_of(request, most=most, known=lambda: desk.read(shown.actor))
        path, query = request.path_params, texts_of(request)
        key, approval = request.headers.get(KEY), request.headers.get(APPROVAL)
        if key is not None and not shown.key:
            rates.count_costly(request, KEPT_ANSWER)
        asked_hash = hashlib.sha256(b"\n".join((*_target(request), body))).hexdigest()

        def call(store: Store) -> Response:
            actor = shown.actor(store)
            if route.verb.reach is not Reach.PUBLIC:
                need_signed_in(actor)
            asked = Asked(actor, approval=read_approval(approval))
            arguments = route.arguments(path, query, body)
            if key is not None and request.method != "GET" and not route.is_file:
                asked = replace(asked, once=once_of(route, _named(actor), key, asked_hash))
            code, network = code_in(route.verb.name, arguments), network_of(request)
            if code:
                rates.guesses.need_left(network)
            try:
                given = route.verb(store, asked, **arguments)
            except NotFoundError:
                if code:
                    rates.guesses.note_miss(network)
                raise
            if code and found_nothing(given):
                rates.guesses.note_miss(network)
            return _told(route, given, arguments)

        def timed(store: Store) -> Response:
            stages.begin()
            try:
                return call(store)
            finally:
                stages.end()

        stages: Stages = request.scope[STAGES]
        stages.ask(route.verb.kind)
        told = await desk.run_as(route.verb, timed)
        shown.note_known(request)
        await on_known(shown)
        return told

    return answer


def _target(request: Request) -> tuple[bytes, bytes]:
    scope = request.scope
    return scope["path"].encode(), scope["query_string"]


def _told(route: Route, result: Any, arguments: Mapping[str, Any]) -> Response:
    if result is None:
        return Response(status_code=NOTHING)
    if route.is_file:
        return Response(result.content, headers=file_headers(result))
    return Response(route.answer(result, arguments), media_type=JSON)


def _named(actor: Actor) -> str:
    """Whose keys these are."""
    return f"{actor.kind}:{actor.id}" if actor.kind is not ActorKind.VISITOR else actor.kind


def once_of(route: Route, caller: str, key: str, asked_hash: str) -> Once:
    """What makes a repeated request the same; a secret in its answer is not kept.

    Args:
        caller: Whose key it is.
        key: Of the header.
        asked_hash: Of the request: another one with the same key is refused.

    Raises:
        InvalidInputError: The key is too short, too long, or no text.
    """
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise InvalidInputError(
            msg(
                "An Idempotency-Key has {least} to {most} characters.",
                least=SHORTEST_KEY,
                most=LONGEST_KEY,
            ),
            hint=msg("Take a random UUID for each new call."),
        )
    return Once(caller, key, asked_hash, route.kept, route.again)


def texts_of(request: Request) -> dict[str, Any]:
    """What the query says by name: a text, or several where a name comes often."""
    query = request.query_params
    found = {name: query.getlist(name) for name in query}
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}
