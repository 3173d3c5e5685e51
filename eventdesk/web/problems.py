"""Errors as problems of RFC 9457: the sentence, the hint and the code of the tree of errors."""

import logging
from typing import Final

from starlette.responses import JSONResponse, Response

from eventdesk.acts import this_request
from eventdesk.core.error_status import again_after_s, status_of
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import msg
from eventdesk.web.refused import RequestRefusedError
from eventdesk.wire.problem_members import MEDIA_TYPE, told

log = logging.getLogger(__name__)

UNKNOWN: Final = 401


def problem(error: EventDeskError) -> Response:
    """The answer that tells an error, in the language of who asks."""
    status = status_of_answer(error)
    members = {
        "type": f"urn:eventdesk:{error.code}",
        "title": str(error),
        "status": status,
        "code": error.code,
        "request_id": this_request(),
        **told(error),
    }
    headers = {}
    wait_s = again_after_s(error)
    if wait_s is not None:
        headers["retry-after"] = str(wait_s)
    if status == UNKNOWN:
        headers["www-authenticate"] = 'Bearer realm="eventdesk"'
    return JSONResponse(members, status, headers, MEDIA_TYPE)


def status_of_answer(error: EventDeskError) -> int:
    """The status of HTTP that an error is told with."""
    return error.status if isinstance(error, RequestRefusedError) else status_of(error)


def fault() -> EventDeskError:
    """What is told where this program has a mistake; which, stands in its log alone."""
    log.exception("Request %s ended in an unexpected error", this_request())
    return EventDeskError(
        msg("Something went wrong here that should not."),
        hint=msg("Tell who runs this house the number of the request."),
    )
