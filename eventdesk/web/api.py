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
from eventdesk.accounts import who_has_session
from eventdesk.acts import Actor, ActorKind, Asked, Once, Reach
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.desk import AnyDesk
from eventdesk.web.caller import Shown, need_signed_in
from eventdesk.web.rates import KEPT_ANSWER, Rates
from eventdesk.web.refused import RequestRefusedError
from eventdesk.wire.addresses import ROOT
from eventdesk.wire.approval_header import APPROVAL, read_approval
from eventdesk.wire.file_answer import file_headers
from eventdesk.wire.route import Route

MOST_BYTES: Final = 16 * 1024 * 1024
"""The longest body: a picture of a layout, a list of guests."""

MOST_OF_NOBODY: Final = 64 * 1024
"""The longest body of somebody who shows neither a token nor a session."""

KEY: Final = "idempotency-key"
SHORTEST_KEY, LONGEST_KEY = 16, 200
"""Characters of an `Idempotency-Key`; a short one of somebody unknown could be guessed."""

JSON: Final = "application/json"
NOTHING: Final = 204

Endpoint = Callable[[Request], Any]
OnKnown = Callable[[str], Awaitable[None]]


async def _nothing(_cookie: str) -> None:
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
        on_known: Told the cookie of each session that was used and holds.
    """
    served, rates = in_order(routes), rates or Rates()
    return [
        At(ROOT + "/openapi.json", _describing(served)),
        *(
            At(ROOT + each.path, endpoint(desk, each, rates, on_known), methods=[each.method])
            for each in served
        ),
    ]


def _describing(routes: Iterable[Route]) -> Endpoint:
    """What answers with the description of the API; it is made when it is asked for first."""

    @cache
    def described() -> bytes:
        from eventdesk.web.openapi import description

        return json.dumps(description(routes, url=ROOT), separators=(",", ":")).encode()

    async def answer(_request: Request) -> Response:
        body = await asyncio.to_thread(described)
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
        body = await _body(desk, request, shown)
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
                asked = replace(asked, once=_once(route, actor, key, asked_hash))
            return _told(route, route.verb(store, asked, **arguments), arguments)

        told = await desk.run_as(route.verb, call)
        shown.note_known(request)
        if shown.cookie:
            await on_known(shown.cookie)
        return told

    return answer


async def _body(desk: AnyDesk, request: Request, shown: Shown) -> bytes:
    """The body, which is short until the store knows who sends it: a token may be made up."""

    async def room() -> int:
        if not shown.key:
            return MOST_OF_NOBODY
        await desk.run_as(who_has_session, shown.actor)
        return MOST_BYTES

    return await body_of(request, most=MOST_OF_NOBODY, more=room)


def _target(request: Request) -> tuple[bytes, bytes]:
    scope = request.scope
    return scope["path"].encode(), scope["query_string"]


def _told(route: Route, result: Any, arguments: Mapping[str, Any]) -> Response:
    if result is None:
        return Response(status_code=NOTHING)
    if route.is_file:
        return Response(result.content, headers=file_headers(result))
    return Response(route.answer(result, arguments), media_type=JSON)


def _once(route: Route, actor: Actor, key: str, asked_hash: str) -> Once:
    """What makes a repeated request the same; a secret in its answer is not kept."""
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise InvalidInputError(
            msg(
                "An Idempotency-Key has {least} to {most} characters.",
                least=SHORTEST_KEY,
                most=LONGEST_KEY,
            ),
            hint=msg("Take a random UUID for each new call."),
        )
    caller = f"{actor.kind}:{actor.id}" if actor.kind is not ActorKind.VISITOR else actor.kind
    return Once(caller, key, asked_hash, route.kept, route.again)


async def body_of(
    request: Request,
    *,
    most: int,
    more: Callable[[], Awaitable[int]] | None = None,
    kind: str = JSON,
) -> bytes:
    """Read the body, as far as it may be long.

    Args:
        most: Bytes.
        more: Says how many there may be after all, once there are more than `most`.
        kind: What its header is to say it is: JSON, or the form of a page.

    Raises:
        RequestRefusedError: It is longer, or is no JSON by its header.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most and more is not None:
            most, more = await more(), None
        if size > most:
            raise RequestRefusedError(msg("This is more than {most} bytes.", most=most), status=413)
        parts.append(part)
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if size and said != kind:
        raise RequestRefusedError(
            msg("The body is to be of the type {kind}.", kind=kind),
            status=415,
            hint=msg("Send: Content-Type: {kind}.", kind=kind),
        )
    return b"".join(parts)


def texts_of(request: Request) -> dict[str, Any]:
    """What the query says by name: a text, or several where a name comes often."""
    query = request.query_params
    found = {name: query.getlist(name) for name in query}
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}
