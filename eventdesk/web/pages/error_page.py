"""Errors as they are asked for: a page for a browser, a problem for a program."""

import logging
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from eventdesk.acts import this_request
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import msg
from eventdesk.web.pages.rendering import page
from eventdesk.web.problems import UNKNOWN, problem, status_of_answer
from eventdesk.wire.addresses import ROOT

log = logging.getLogger(__name__)

NOWHERE: Final = msg("There is no page at this address.")


def as_asked(scope: Scope, error: EventDeskError) -> Response:
    """The answer that tells an error, in the form that its request asks for."""
    told = problem(error)
    request = Request(scope)
    if not wants_page(request):
        return told
    status = status_of_answer(error)
    is_nowhere = scope.get("route") is None and status == HTTPStatus.NOT_FOUND
    try:
        answer = page(
            request,
            "error.html",
            status=HTTPStatus.FORBIDDEN if status == UNKNOWN else status,
            title=str(NOWHERE if is_nowhere else error),
            hint="" if is_nowhere else error.hint,
            number=this_request(),
        )
    except Exception:  # a mistake in the page; who asked is told what was wrong all the same
        log.exception("Request %s got no page of its error", this_request())
        return told
    if "retry-after" in told.headers:
        answer.headers["retry-after"] = told.headers["retry-after"]
    return answer


def wants_page(request: Request) -> bool:
    """Whether a browser shows what comes to a person."""
    accepted = request.headers.get("accept", "").lower()
    return "text/html" in accepted and not request.url.path.startswith(ROOT)
