"""The first page: the events that whoever opens it may see, the next first, and a search."""

import re
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.desk import Desk
from eventdesk.events import EventCard, Visibility, events_to_issue_for
from eventdesk.sales import browse, categories
from eventdesk.web.pages.finding import Finding
from eventdesk.web.pages.forms import NOT_TAKEN
from eventdesk.web.pages.rendering import page
from eventdesk.web.pages.visits import visit
from eventdesk.web.rates import Rates
from eventdesk.web.sessions import Sessions, forget_cookie

SHOWN: Final = 25
"""Events on one page."""

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}")


def home_routes(desk: Desk, sessions: Sessions, rates: Rates) -> list[At]:
    """Where it is."""

    async def home(request: Request) -> Response:
        who = await visit(request, desk, sessions)
        said = request.query_params.get("page", "1")
        number = int(said) if _NUMBER.fullmatch(said) else 1
        finding = Finding.read(request.query_params)
        if finding.typed:
            rates.count_costly(request, browse.name)
        cards, total = await desk.read(
            browse,
            who.actor,
            text=finding.said["q"],
            category=finding.said["category"],
            place=finding.said["place"],
            date_from=finding.date_from,
            date_until=finding.date_until,
            most_minor=finding.most_minor,
            offset=(number - 1) * SHOWN,
            limit=SHOWN,
        )
        named = await desk.read(categories, who.actor)
        issues = await desk.read(events_to_issue_for, who.actor) if who.is_known else []
        answer = page(
            request,
            "home.html",
            actor=who.actor,
            status=NOT_TAKEN if finding.wrong else 200,
            issues=bool(issues),
            events=[(each, _address(each, finding)) for each in cards],
            finding=finding,
            categories=[("", _("any")), *((each.name, plain(each.name)) for each in named)],
            total=total,
            number=number,
            pages=max(1, -(-total // SHOWN)),
            at=lambda wanted: "/?" + urlencode({**finding.typed, "page": wanted}),
        )
        if who.is_over:
            forget_cookie(request, answer)
        return answer

    return [At("/", home)]


def _address(card: EventCard, finding: Finding) -> str:
    """Where an event is; a private one was found by its code, which opens its page, too."""
    code = finding.said["q"] if card.visibility == Visibility.PRIVATE else ""
    return f"/events/{card.id}" + ("?" + urlencode({"code": code}) if code else "")
