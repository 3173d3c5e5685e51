"""The first page: the events that whoever opens it may see, the next first."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from eventdesk.desk import Desk
from eventdesk.events import events_to_issue_for
from eventdesk.sales import browse
from eventdesk.web.pages.rendering import page
from eventdesk.web.pages.visits import visit
from eventdesk.web.sessions import Sessions, forget_cookie

SHOWN: Final = 25
"""Events on one page."""

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}")


def home_routes(desk: Desk, sessions: Sessions) -> list[At]:
    """Where it is."""

    async def home(request: Request) -> Response:
        who = await visit(request, desk, sessions)
        said = request.query_params.get("page", "1")
        number = int(said) if _NUMBER.fullmatch(said) else 1
        offset = (number - 1) * SHOWN
        cards, total = await desk.read(browse, who.actor, offset=offset, limit=SHOWN)
        issues = await desk.read(events_to_issue_for, who.actor) if who.is_known else []
        answer = page(
            request,
            "home.html",
            actor=who.actor,
            issues=bool(issues),
            events=cards,
            total=total,
            number=number,
            pages=max(1, -(-total // SHOWN)),
        )
        if who.is_over:
            forget_cookie(request, answer)
        return answer

    return [At("/", home)]
