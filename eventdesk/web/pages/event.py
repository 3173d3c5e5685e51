"""The page of an event: what it is, when and where, what is sold, and its programme."""

import asyncio
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk.acts import Actor, no_such_event
from eventdesk.core.errors import NotAllowedError, NotFoundError
from eventdesk.core.formats import when
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_period, zone_note
from eventdesk.desk import Desk
from eventdesk.events import EventDetail, EventState, Visibility, event_calendar, event_detail
from eventdesk.programme import Programme, Session, Sponsor, read_programme
from eventdesk.sales import event_by_code, in_full, left_in_words, offers
from eventdesk.web.pages.formatted import formatted
from eventdesk.web.pages.rendering import HEADERS, page
from eventdesk.web.pages.visits import SEE_OTHER, visit
from eventdesk.web.rates import Rates
from eventdesk.web.sessions import Sessions
from eventdesk.wire.file_answer import file_headers

MAP: Final = "https://www.openstreetmap.org/search?"

LONGEST_CODE: Final = 100

STATES: Final[dict[EventState, Message]] = {
    EventState.DRAFT: msg("Only the team sees this page yet."),
    EventState.WAITING: msg("Only the team sees this page yet."),
    EventState.OVER: msg("This event is over."),
    EventState.CANCELLED: msg("This event was cancelled."),
    EventState.ARCHIVED: msg("This event is over."),
}

NO_INDEX: Final = {"x-robots-tag": "noindex"}


@dataclass(frozen=True, slots=True)
class Item:
    """A session as the page shows it.

    Attributes:
        hours: From when to when.
        details: Room and speakers.
    """

    session: Session
    begins: datetime
    hours: str
    details: str


class EventPages:
    """The pages of events, and their short addresses."""

    def __init__(self, desk: Desk, sessions: Sessions, rates: Rates) -> None:
        self._desk, self._sessions, self._rates = desk, sessions, rates

    def routes(self) -> list[At]:
        """Where they are."""
        return [
            At("/events/{event:uuid}", self._shown, methods=["GET"]),
            At("/events/{event:uuid}/calendar.ics", self._calendar, methods=["GET"]),
            At("/events/{code}", self._by_code, methods=["GET"]),
            At("/e/{code}", self._by_code, methods=["GET"]),
        ]

    async def _shown(self, request: Request) -> Response:
        code = self._code(request)
        who = await visit(request, self._desk, self._sessions)
        event_id: UUID = request.path_params["event"]
        programme = await self._desk.read(read_programme, who.actor, event_id, code=code)
        offered = await self._desk.read(offers, who.actor, event_id, access_code=code)
        event = programme.event
        is_hidden = event.visibility != Visibility.PUBLIC
        await asyncio.to_thread(_format, programme)
        answer = page(
            request,
            "event.html",
            actor=who.actor,
            event=event,
            state=str(STATES.get(event.state, "")),
            is_hidden=is_hidden,
            when=spoken_period(event.starts_at, event.ends_at, event.time_zone)
            + zone_note(event.starts_at, event.time_zone),
            where=_where(event),
            map=MAP + urlencode({"query": _where(event)}),
            short=_short(request, event),
            calendar=f"/events/{event_id}/calendar.ics" + _with(code),
            offered=[(each, in_full(each), *left_in_words(each)) for each in offered],
            programme=programme,
            days=_days(programme),
            sponsors=[(each, _logo(each)) for each in programme.sponsors],
        )
        if is_hidden:
            answer.headers.update(NO_INDEX)
        return answer

    async def _calendar(self, request: Request) -> Response:
        code = self._code(request)
        who = await visit(request, self._desk, self._sessions)
        event_id: UUID = request.path_params["event"]

        def call(store: Store) -> MadeFile:
            return event_calendar(store, who.actor, event_id, code=code)

        made = await self._desk.run_as(event_calendar, call)
        return Response(made.content, headers=HEADERS | NO_INDEX | file_headers(made))

    async def _by_code(self, request: Request) -> Response:
        self._rates.count_costly(request, event_by_code.name)
        who = await visit(request, self._desk, self._sessions)
        typed = request.path_params["code"][:LONGEST_CODE]
        event_id = await self._desk.read(event_by_code, who.actor, typed)
        if event_id is None:
            raise no_such_event()
        opens = "" if await self._may_see(who.actor, event_id) else typed
        return RedirectResponse(f"/events/{event_id}{_with(opens)}", SEE_OTHER)

    async def _may_see(self, actor: Actor, event_id: UUID) -> bool:
        """Whether somebody may see an event without its access code."""
        try:
            await self._desk.read(event_detail, actor, event_id)
        except (NotFoundError, NotAllowedError):
            return False
        return True

    def _code(self, request: Request) -> str:
        """The access code that a request names, which may be a guess."""
        code = request.query_params.get("code", "")[:LONGEST_CODE]
        if code:
            self._rates.count_costly(request, event_by_code.name)
        return code


def _format(programme: Programme) -> None:
    """Have the texts ready before the page is made: long ones take their time."""
    formatted(programme.event.description)
    for session in programme.sessions:
        formatted(session.description)
    for speaker in programme.speakers:
        formatted(speaker.biography)


def _with(code: str) -> str:
    return "?" + urlencode({"code": code}) if code else ""


def _where(event: EventDetail) -> str:
    if event.venue is None:
        return ""
    parts = (event.venue.name, *event.venue.address.splitlines())
    return plain(", ".join(each.strip() for each in parts if each.strip()), limit=400)


def _short(request: Request, event: EventDetail) -> str:
    """The address for posters, for the team: that of a private event has its access code."""
    is_private = event.visibility == Visibility.PRIVATE
    code = event.access_code if is_private else event.code
    if not event.team or not code or event.state is not EventState.PUBLISHED:
        return ""
    return f"{request.url.netloc}/e/{code}"


def _days(programme: Programme) -> list[tuple[str, list[Item]]]:
    """The sessions that take place, by day, as the clocks of the event show it."""
    zone = ZoneInfo(programme.event.time_zone)
    items: Iterable[Item] = (
        _item(each, zone) for each in programme.sessions if each.cancelled_at is None
    )
    days = groupby(items, key=lambda each: each.begins.date())
    return [(when(day, "%A, %d %B"), list(those)) for day, those in days]


def _item(session: Session, zone: ZoneInfo) -> Item:
    begin, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    who = ", ".join(name for _id, name in session.speakers)
    details = " · ".join(part for part in (plain(session.room), plain(who, limit=400)) if part)
    return Item(session, begin, f"{begin:%H:%M}–{end:%H:%M}", details)


def _logo(sponsor: Sponsor) -> str:
    """The logo as an address that holds the picture, which nothing has to fetch."""
    return "data:image/png;base64," + b64encode(sponsor.logo).decode() if sponsor.logo else ""
