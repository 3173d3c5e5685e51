"""What the box finds: acts and parts of the screen below it, screens, events, people, bookings."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from textual.app import App
from textual.screen import Screen

from eventdesk.accounts import Person, at_event, find_people
from eventdesk.acts import Actor, Permission
from eventdesk.booking import (
    AttendeeLine,
    BookingLine,
    MyBooking,
    TicketView,
    list_attendees,
    list_bookings,
    my_bookings,
)
from eventdesk.core.errors import EventDeskError
from eventdesk.core.fields import like
from eventdesk.core.formats import when
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import find_tickets
from eventdesk.events import EventCard, EventView, TeamEvent, events_of_team
from eventdesk.sales import browse
from screens.accounts.home_screen import DOOR, Entry, entries_for
from screens.core.loading import load
from screens.core.parts_screen import PartsScreen
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.find.nearness import NEAR, nearness

MOST_EVENTS: Final = 200
"""So many events are compared with what was typed."""

SEARCHED: Final = 3
"""In so many events people are looked for, where the screen below shows none."""

MOST_EACH: Final = 6
"""People and bookings of one event."""

BEHIND: Final = 0.01
"""A booking, or an account, stands behind the person of the same name."""

ACT, PART, SCREEN = msg("Act"), msg("Part"), msg("Screen")
EVENT, PERSON, BOOKING, ACCOUNT = msg("Event"), msg("Person"), msg("Booking"), msg("Account")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found.

    Attributes:
        kind: What it is, in a word.
        title: Its name; may hold what people typed.
        detail: What tells it from others.
        go: Goes there, or does it.
        near: How near it is to what was typed, from 0 to 1.
    """

    kind: Message
    title: str
    detail: str
    go: Callable[[], Awaitable[object]]
    near: float


class Finder:
    """Finds things for whoever works at a screen, as far as they may see them.

    Args:
        app: The program, which does acts and opens screens.
        screen: The screen that the box lies over.
        signed_in: Who is signed in; None at a desk that nobody signed in to.
    """

    def __init__(
        self, app: App[Any], tools: Tools, screen: RoleScreen[Any], signed_in: Actor | None
    ) -> None:
        self._app, self._tools, self._screen = app, tools, screen
        place = screen.place
        self._actor = signed_in or (place.actor if place is not None else None)
        self._signed_in = signed_in
        self._events: tuple[list[TeamEvent], list[EventCard]] | None = None

    async def find(self, typed: str) -> list[Found]:
        """Find what may be meant, the nearest first; of nothing typed, what can be done here."""
        here = [each for each in self._here(typed) if each.near >= NEAR]
        if not typed:
            return here
        elsewhere = await asyncio.gather(
            self._some(self._of_events(typed)),
            self._some(self._people(typed)),
            self._some(self._own_bookings(typed)),
            self._some(self._accounts(typed)),
        )
        found = [*here, *(each for several in elsewhere for each in several)]
        return sorted(found, key=lambda each: -each.near)

    async def _some(self, found: Awaitable[list[Found]]) -> list[Found]:
        """What was found; nothing where somebody may not look."""
        try:
            return await found
        except EventDeskError:
            return []

    # What the screen itself has

    def _here(self, typed: str) -> Iterator[Found]:
        yield from self._acts(typed)
        if isinstance(self._screen, PartsScreen):
            yield from self._parts(typed, self._screen)
        if self._signed_in is not None:
            yield from self._screens(typed, self._signed_in)

    def _acts(self, typed: str) -> Iterator[Found]:
        for command in self._app.get_system_commands(self._screen):
            near = max(nearness(typed, command.title), nearness(typed, command.help) - 0.1)
            yield Found(ACT, command.title, command.help, _later(command.callback), near)

    def _parts(self, typed: str, screen: PartsScreen) -> Iterator[Found]:
        for spec in screen.specs:
            title = str(spec.title)

            async def go(part: str = spec.id) -> None:
                screen.open_part(part, enter=True)

            yield Found(PART, title, plain(screen.heading), go, nearness(typed, title))

    def _screens(self, typed: str, actor: Actor) -> Iterator[Found]:
        for entry in entries_for(actor):
            title = str(entry.title)

            async def go(to: Entry = entry) -> None:
                await self._open_entry(to, actor)

            yield Found(SCREEN, title, str(entry.explanation), go, nearness(typed, title))

    async def _open_entry(self, entry: Entry, actor: Actor) -> None:
        if entry is DOOR:
            await self._app.run_action("check_people_in")
        else:
            await self._push(load(entry.target)(self._tools, actor))

    # Events

    async def _of_events(self, typed: str) -> list[Found]:
        if self._signed_in is None:
            return []
        team, cards = await self._known_events(self._signed_in)
        found = [
            Found(EVENT, event.name, _day(event), self._into(event), nearness(typed, event.name))
            for event in team
        ]
        found += [
            Found(EVENT, card.name, _day(card), self._page_of(card), nearness(typed, card.name))
            for card in cards
            if all(card.id != event.id for event in team)
        ]
        return [each for each in found if each.near >= NEAR]

    async def _known_events(self, actor: Actor) -> tuple[list[TeamEvent], list[EventCard]]:
        """The events somebody works for, those that are on and the next ones first, and others."""
        if self._events is None:
            read, now = self._tools.desk.read, self._tools.now()
            team, _total = await read(events_of_team, actor, limit=MOST_EVENTS)
            cards, _more = await read(browse, actor, limit=MOST_EVENTS)
            team.sort(key=lambda each: (each.ends_at <= now, abs(each.starts_at - now)))
            self._events = (team, cards)
        return self._events

    def _into(self, event: TeamEvent) -> Callable[[], Awaitable[object]]:
        async def go() -> None:
            there = await self._at(event.id)
            screen = load("screens.organizer.event_screen:EventScreen")
            await self._push(screen(self._tools, there, like(EventView, event)))

        return go

    def _page_of(self, card: EventCard) -> Callable[[], Awaitable[object]]:
        async def go() -> None:
            page = load("screens.attendee.event_page:EventPage")
            await self._push(page(self._tools, self._signed_in, card.id, name=card.name))

        return go

    # People and bookings

    async def _people(self, typed: str) -> list[Found]:
        """People and bookings of the event on show, else of the nearest events."""
        if self._actor is None:
            return []
        event_id = self._screen.shown_event
        if event_id is not None:
            return await self._people_of(event_id, typed)
        if self._signed_in is None:
            return []
        team, _cards = await self._known_events(self._signed_in)
        several = [self._some(self._people_of(each.id, typed)) for each in team[:SEARCHED]]
        return [each for found in await asyncio.gather(*several) for each in found]

    async def _people_of(self, event_id: UUID, typed: str) -> list[Found]:
        actor, read = await self._at(event_id), self._tools.desk.read
        if self._screen.takes_tickets:
            tickets = await read(find_tickets, actor, event_id, typed, limit=MOST_EACH)
            return [self._ticket(each, typed) for each in tickets]
        if not actor.may(Permission.TICKETS):
            return []
        people, _total = await read(list_attendees, actor, event_id, search=typed, limit=MOST_EACH)
        bookings, _total = await read(list_bookings, actor, event_id, search=typed, limit=MOST_EACH)
        return [
            *(self._person(each, actor, typed) for each in people),
            *(self._booking(each, actor, typed) for each in bookings),
        ]

    def _ticket(self, ticket: TicketView, typed: str) -> Found:
        async def go() -> None:
            self._screen.show_ticket(ticket.code)

        detail = " · ".join((ticket.ticket_type, ticket.code))
        return Found(PERSON, ticket.name, detail, go, _of_search(typed, ticket.name))

    def _person(self, line: AttendeeLine, actor: Actor, typed: str) -> Found:
        detail = " · ".join(filter(None, (line.ticket_type, line.email, line.code)))
        near = _of_search(typed, line.name)
        return Found(PERSON, line.name, detail, self._to_booking(line.booking_id, actor), near)

    def _booking(self, line: BookingLine, actor: Actor, typed: str) -> Found:
        title, detail = f"{line.code} {line.name}", line.email
        near = _of_search(typed, title) - BEHIND
        return Found(BOOKING, title, detail, self._to_booking(line.id, actor), near)

    async def _own_bookings(self, typed: str) -> list[Found]:
        if self._signed_in is None:
            return []
        own = await self._tools.desk.read(my_bookings, self._signed_in)
        found = [self._own_booking(each, self._signed_in, typed) for each in own]
        return [each for each in found if each.near >= NEAR]

    def _own_booking(self, own: MyBooking, actor: Actor, typed: str) -> Found:
        title = f"{own.line.code} {own.event_name}"
        go = self._to_booking(own.line.id, actor)
        return Found(BOOKING, title, _day(own), go, nearness(typed, title))

    def _to_booking(self, booking_id: UUID, actor: Actor) -> Callable[[], Awaitable[object]]:
        async def go() -> None:
            screen = load("screens.booking.booking_screen:BookingScreen")
            await self._push(screen(self._tools, actor, booking_id))

        return go

    # Accounts

    async def _accounts(self, typed: str) -> list[Found]:
        actor = self._signed_in
        if actor is None or not actor.may(Permission.INSTALLATION):
            return []
        people, _total = await self._tools.desk.read(
            find_people, actor, search=typed, limit=MOST_EACH
        )
        return [self._account(each, actor, typed) for each in people]

    def _account(self, person: Person, actor: Actor, typed: str) -> Found:
        async def go() -> None:
            screen = load("screens.admin.admin_screen:AdminScreen")(self._tools, actor)
            await self._push(screen)
            await screen.open_part("people", enter=True).wait()
            screen.tab.table.search_line.value = person.email

        return Found(
            ACCOUNT, person.name, person.email, go, _of_search(typed, person.name) - BEHIND
        )

    # Going there

    async def _at(self, event_id: UUID) -> Actor:
        """Who works here, with the role they have at an event."""
        if self._signed_in is None:
            assert self._actor is not None
            return self._actor
        return await self._tools.desk.read(at_event, self._signed_in, event_id)

    async def _push(self, screen: Screen[Any]) -> None:
        await self._app.push_screen(screen)


def _of_search(typed: str, name: str) -> float:
    """How near somebody is whom the store found: at least so near that they stay."""
    return max(nearness(typed, name), NEAR)


def _day(event: TeamEvent | EventCard | MyBooking) -> str:
    begins = event.starts_at.astimezone(ZoneInfo(event.time_zone))
    return when(begins, "%Y-%m-%d %H:%M")


def _later(act: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    async def go() -> None:
        done = act()
        if isawaitable(done):
            await done

    return go
