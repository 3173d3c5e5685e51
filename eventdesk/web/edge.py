"""The edge: what every request goes through, whoever it is for.

It has a number, which stands in its answer, in the log of requests and in the audit; a language;
and a count of how many came from the same caller. Errors become problems here. The log names the
address as the table has it, never what stood in it: ids, codes and queries name people.
"""

import logging
import time
from http import HTTPStatus
from random import Random, SystemRandom
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from eventdesk.acts import in_request
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import msg, reading
from eventdesk.web.bodies import BODY, MOST_OF_NOBODY, Bodies, Body
from eventdesk.web.caller import KNOWN
from eventdesk.web.language import language_of
from eventdesk.web.metrics import Metrics
from eventdesk.web.pages.error_page import as_asked
from eventdesk.web.problems import fault
from eventdesk.web.rates import Rates
from eventdesk.web.refused import RequestRefusedError
from eventdesk.web.stages import STAGES, Stages

log = logging.getLogger("eventdesk.web.requests")

SAFE_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
"""What an answer says unless it says otherwise itself."""


_NUMBERS: Final = Random(SystemRandom().getrandbits(256))
"""Numbers of requests: they need to differ, not to be kept secret, and cost no system call."""


class Edge:
    """Goes around an application."""

    def __init__(self, app: ASGIApp, *, rates: Rates, bodies: Bodies, metrics: Metrics) -> None:
        self._app, self._rates, self._bodies, self._metrics = app, rates, bodies, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began_s = f"{_NUMBERS.getrandbits(128):032x}", time.perf_counter()
        coming = _Coming(scope, receive)
        answered = _Answered(send, request_id, coming)
        stages = scope[STAGES] = Stages(began_s)
        body = scope[BODY] = Body(self._bodies, is_known=self._rates.knows(Request(scope)))
        with in_request(request_id), reading(language_of(scope)):
            try:
                self._rates.count(Request(scope))
                await self._app(scope, coming, answered)
            except ClientDisconnect:
                pass  # who asked is gone, and nobody waits for an answer
            except EventDeskError as error:
                await answered.instead(as_asked(scope, error), scope, receive)
            except Exception:  # a mistake of ours; who sent the request gets its number
                await answered.instead(as_asked(scope, fault()), scope, receive)
            finally:
                body.end()
        if scope.get(KNOWN):
            self._rates.note_known(Request(scope))
        route = getattr(scope.get("route"), "path", "-")
        method = scope["method"] if route != "-" else "-"  # else it may be anything
        ended_s = time.perf_counter()
        spent_s = ended_s - began_s
        self._metrics.note(method, route, answered.status, spent_s)
        self._metrics.note_stages(stages.kind, stages.spent(ended_s))
        log.info("%s %s %s %d %.1f ms", request_id, method, route, answered.status, spent_s * 1000)


class _Coming:
    """Receives a request, and knows whether much of it may still come."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        headers = Headers(scope=scope)
        said = headers.get("content-length", "0")
        self._is_long = "transfer-encoding" in headers or int(said[:20]) > MOST_OF_NOBODY
        self._is_whole = False

    @property
    def goes_on(self) -> bool:
        """Whether there is more of it than is worth waiting for."""
        return self._is_long and not self._is_whole

    async def __call__(self) -> Message:
        message = await self._receive()
        self._is_whole = not message.get("more_body", False)
        return message


class _Answered:
    """Sends an answer with the headers of all, and remembers its status.

    Where an answer comes before the whole of a long body, the connection ends behind it: the rest
    is not read only to be thrown away.
    """

    def __init__(self, send: Send, request_id: str, coming: _Coming) -> None:
        self._send, self._request_id, self._coming = send, request_id, coming
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
            if self._coming.goes_on:
                headers["connection"] = "close"
        await self._send(message)

    async def instead(self, answer: ASGIApp, scope: Scope, receive: Receive) -> None:
        """Answer so, where nothing was sent yet; what was half sent ends where it is."""
        if not self.status:
            await answer(scope, receive, self)


async def told(request: Request, error: Exception) -> Response:
    """The answer that tells an error, for an application's handlers of errors."""
    if isinstance(error, EventDeskError):
        return as_asked(request.scope, error)
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        refused = RequestRefusedError(
            msg("There is nothing at this address."),
            status=HTTPStatus.NOT_FOUND,
            hint=msg("The addresses are listed at /api/v1/openapi.json."),
        )
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        refused = RequestRefusedError(
            msg("This address does not take this method."),
            status=HTTPStatus.METHOD_NOT_ALLOWED,
            hint=msg("The header Allow of this answer says which it takes."),
        )
    else:
        refused = RequestRefusedError(error.detail, status=error.status_code)
    answer = as_asked(request.scope, refused)
    answer.headers.update(error.headers or {})
    return answer
