"""One more room, speaker, session, ticket type …, made above the form that refers to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from textual.app import App

from eventdesk.core.fields import Field as Declared
from eventdesk.core.fields import Offers, filled
from eventdesk.core.messages import _
from eventdesk.core.money import NO_MONEY, Money
from eventdesk.desk import ActorsDesk
from eventdesk.door import add_gate
from eventdesk.events import (
    ROOM,
    VENUE,
    EventDetail,
    EventView,
    NewRoom,
    NewVenue,
    add_room,
    add_venue,
)
from eventdesk.programme import (
    SESSION,
    SPEAKER,
    NewSession,
    NewSpeaker,
    add_session,
    add_speaker,
    read_programme,
)
from eventdesk.sales import TICKET_TYPE, NewTicketType, add_ticket_type, sale_setup
from eventdesk.seating import add_section
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import Making, TextField
from screens.widgets.form.entity_fields import entity_fields

Made = tuple[UUID, str]
"""The id of what was made, and its name."""

USUAL_LENGTH: Final = timedelta(minutes=45)
"""Of a session."""


class Maker:
    """Makes what a form of an event refers to, each by a form of its own.

    Args:
        desk: Of whoever works here.
        app: Shows the forms.
    """

    def __init__(self, desk: ActorsDesk, app: App[Any], event: EventView | EventDetail) -> None:
        self.desk, self.app, self.event = desk, app, event

    def venue(self) -> Making:
        """A place with rooms."""
        return Making(_("New venue"), self._venue)

    def room(self) -> Making:
        """A room of a venue, which can be made on the way."""
        return Making(_("New room"), self._room)

    def speaker(self) -> Making:
        """Somebody who speaks."""
        return Making(_("New speaker"), self._speaker)

    def session(self) -> Making:
        """A session of the programme."""
        return Making(_("New session"), self._session)

    def ticket_type(self) -> Making:
        """What is sold."""
        return Making(_("New ticket type"), self._ticket_type)

    def section(self) -> Making:
        """A section of the hall, still without seats."""
        return Making(_("New section"), self._section)

    def gate(self) -> Making:
        """A place where tickets are scanned."""
        return Making(_("New gate"), self._gate)

    async def _venue(self) -> Made | None:
        return await self._made(_("New venue"), VENUE, NewVenue(""), add_venue)

    async def _room(self) -> Made | None:
        programme = await self.desk.read(read_programme, self.event.id)
        venues = [(venue.id, venue.name) for venue in programme.venues]
        return await self._made(
            _("New room"),
            ROOM,
            NewRoom(venues[0][0] if venues else UUID(int=0), ""),
            add_room,
            offers={"venue_id": venues},
            makings={"venue_id": self.venue()},
        )

    async def _speaker(self) -> Made | None:
        return await self._made(_("New speaker"), SPEAKER, NewSpeaker(""), add_speaker)

    async def _session(self) -> Made | None:
        programme = await self.desk.read(read_programme, self.event.id)
        begin = self.event.starts_at
        return await self._made(
            _("New session"),
            SESSION,
            NewSession("", begin, begin + USUAL_LENGTH),
            add_session,
            offers={
                "room_id": [(room.id, room.name) for room in programme.rooms],
                "speaker_ids": [(one.id, one.name) for one in programme.speakers],
            },
            makings={"room_id": self.room(), "speaker_ids": self.speaker()},
        )

    async def _ticket_type(self) -> Made | None:
        setup = await self.desk.read(sale_setup, self.event.id)
        nothing = setup.terms.money(0)
        return await self._made(
            _("New ticket type"),
            TICKET_TYPE,
            NewTicketType("", nothing),
            add_ticket_type,
            offers={"section_id": setup.sections, "session_ids": setup.sessions},
            makings={"section_id": self.section()},
            nothing=nothing,
        )

    async def _section(self) -> Made | None:
        return await self._named(_("New section"), add_section)

    async def _gate(self) -> Made | None:
        return await self._named(_("New gate"), add_gate)

    async def _named(self, title: str, verb: Callable[..., Any]) -> Made | None:
        """Make what has a name only."""

        async def save(values: dict[str, Any]) -> Made:
            made = await self.desk.write(verb, self.event.id, values["name"])
            return _id_of(made), values["name"]

        name = TextField("name", _("Name"), required=True, max_length=60)
        dialog = FormDialog(title, [name], save, confirm=_("Add"))
        return await self.app.push_screen_wait(dialog)

    async def _made(
        self,
        title: str,
        fields: Sequence[Declared],
        new: Any,
        verb: Callable[..., Any],
        *,
        offers: Offers | None = None,
        makings: Mapping[str, Making] | None = None,
        nothing: Money = NO_MONEY,
    ) -> Made | None:
        """Make what is declared field by field."""

        async def save(values: dict[str, Any]) -> Made:
            made = await self.desk.write(verb, self.event.id, filled(fields, new, values))
            return _id_of(made), values["title" if "title" in values else "name"]

        shown = entity_fields(
            fields,
            new,
            zone=self.event.time_zone,
            nothing=nothing,
            offers=offers,
            makings=makings,
            new=True,
        )
        dialog = FormDialog(title, shown, save, confirm=_("Add"))
        return await self.app.push_screen_wait(dialog)


def _id_of(made: Any) -> UUID:
    """The id of what a use case made, of which some give the thing itself."""
    found = made if isinstance(made, UUID) else getattr(made, "session", made).id
    assert isinstance(found, UUID)
    return found
