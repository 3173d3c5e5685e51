"""Making a ticket on a page: whoever manages the tickets of an event types a name."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as At

from eventdesk.acts import Actor, no_such_event
from eventdesk.booking import (
    MAX_EMAIL,
    MAX_NAME,
    NewBooking,
    NewTicket,
    book,
    need_email,
    need_name,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SalesError
from eventdesk.core.formats import money
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.desk import Desk
from eventdesk.events import EventView, events_to_issue_for
from eventdesk.sales import TicketTypeView, sale_setup
from eventdesk.web.pages.forms import NOT_TAKEN, Wrong, form_of, new_form, once, read_id
from eventdesk.web.pages.rendering import page
from eventdesk.web.pages.visits import SEE_OTHER, Visit, to_sign_in, visit
from eventdesk.web.sessions import Sessions

NEW: Final = "/tickets/new"


class NewTicketPage:
    """The page where a ticket is made."""

    def __init__(self, desk: Desk, sessions: Sessions) -> None:
        self._desk, self._sessions = desk, sessions

    def routes(self) -> list[At]:
        """Where it is."""
        return [At(NEW, self._asked, methods=["GET"]), At(NEW, self._sent, methods=["POST"])]

    async def _asked(self, request: Request) -> Response:
        who = await visit(request, self._desk, self._sessions)
        named = request.query_params.get("event", "")
        if not who.is_known:
            return to_sign_in(NEW + ("?" + urlencode({"event": named}) if named else ""))
        events = await self._events(who.actor)
        event_id = read_id(named) if named or len(events) > 1 else events[0].id
        if event_id is None:
            return self._page(request, who, events)
        event, types = await self._setup(who.actor, events, event_id)
        said = {"form": new_form(), "paid": "yes"}
        return self._page(request, who, events, event=event, types=types, said=said)

    async def _sent(self, request: Request) -> Response:
        said = await form_of(request)
        who = await visit(request, self._desk, self._sessions)
        event_id = read_id(said.get("event", ""))
        if not who.is_known:
            return to_sign_in(NEW)
        if event_id is None:
            return RedirectResponse(NEW, SEE_OTHER)
        events = await self._events(who.actor)
        event, types = await self._setup(who.actor, events, event_id)
        wrong = Wrong()
        booking = _booking(said, types, wrong)
        if not wrong:
            asked = once(who.actor, book, said)
            try:
                [made] = await self._desk.write(book, asked, event_id, [booking])
            except SalesError as error:
                wrong.say(error, name="ticket_type")
            except InvalidInputError as error:
                wrong.say(error)
            else:
                return RedirectResponse(f"/tickets/{made.ticket_ids[0]}?made=1", SEE_OTHER)
        return self._page(request, who, events, event=event, types=types, said=said, wrong=wrong)

    async def _events(self, actor: Actor) -> list[EventView]:
        """The events for which somebody may make tickets.

        Raises:
            NotAllowedError: There is none.
        """
        events = await self._desk.read(events_to_issue_for, actor)
        if not events:
            raise NotAllowedError(
                msg("There is no event for which you may make tickets."),
                hint=msg("Ask an organizer for the permission for tickets."),
            )
        return events

    async def _setup(
        self, actor: Actor, events: Sequence[EventView], event_id: UUID
    ) -> tuple[EventView, list[TicketTypeView]]:
        """One of the events, and its ticket types that let one person in.

        Raises:
            NotAllowedError: Somebody else makes its tickets.
            NotFoundError: There is no such event, or it is over.
        """
        setup = await self._desk.read(sale_setup, actor, event_id)
        event = next((each for each in events if each.id == event_id), None)
        if event is None:
            raise no_such_event()
        return event, [each for each in setup.types if each.active and each.about.admits == 1]

    @staticmethod
    def _page(
        request: Request,
        who: Visit,
        events: Sequence[EventView],
        *,
        event: EventView | None = None,
        types: Sequence[TicketTypeView] = (),
        said: Mapping[str, str] | None = None,
        wrong: Wrong | None = None,
    ) -> Response:
        said = said or {}
        return page(
            request,
            "ticket_new.html",
            actor=who.actor,
            status=NOT_TAKEN if wrong else 200,
            event=event,
            events=[(str(each.id), plain(each.name)) for each in events],
            several=len(events) > 1,
            types=[(str(each.id), _in_words(each)) for each in types],
            said={name: said.get(name, "") for name in _FIELDS},
            wrong=wrong or Wrong(),
            most_name=MAX_NAME,
            most_email=MAX_EMAIL,
        )


_FIELDS: Final = ("form", "ticket_type", "name", "email", "paid")


def _booking(said: Mapping[str, str], types: Sequence[TicketTypeView], wrong: Wrong) -> NewBooking:
    """What a form asks for; says at its fields what is missing or cannot be."""
    name, email = (said.get(each, "").strip() for each in ("name", "email"))
    wrong.need("name", lambda: need_name(name))
    wrong.need("email", lambda: need_email(email))
    ids = {str(each.id): each.id for each in types}
    chosen = ids.get(said.get("ticket_type", ""))
    if chosen is None:
        wrong.say(msg("Choose a ticket type."), name="ticket_type")
    ticket = NewTicket(chosen or UUID(int=0), name, email)
    return NewBooking(name, email, (ticket,), paid="paid" in said, source="organizer")


def _in_words(kind: TicketTypeView) -> str:
    """A ticket type as it is chosen: its name, its price and how many are left."""
    values = {"name": plain(kind.about.name), "price": money(kind.money(kind.price.total_minor))}
    if kind.left is None:
        return _("{name}, {price}", **values)
    return _("{name}, {price}, {left} left", left=kind.left, **values)
