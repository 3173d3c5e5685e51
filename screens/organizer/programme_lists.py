"""Lists of a programme: what they have in common, the places, the speakers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from eventdesk.acts import Actor
from eventdesk.core.fields import Field, Offers, filled, like
from eventdesk.core.folding import fold
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import (
    ROOM,
    VENUE,
    NewRoom,
    NewVenue,
    Room,
    Venue,
    add_room,
    add_venue,
    change_room,
    change_venue,
    remove_room,
    remove_venue,
)
from eventdesk.programme import (
    SPEAKER,
    NewSpeaker,
    Programme,
    Speaker,
    Sponsor,
    add_speaker,
    change_speaker,
    remove_speaker,
)
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


class ProgrammeList(Vertical, ShowsErrors, AsActor):
    """Base of one list: `lines` says what is in it, `ask` how a line is made or changed.

    Args:
        tools: Store, settings, clock and sounds.
        actor: Who works here.
        event_id: The event.
        re_read: Reads the whole programme again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New", tooltip="Add one"),
        Binding("delete", "remove", "Remove", tooltip="Remove the marked one"),
    ]
    COLUMNS: ClassVar[Sequence[Column]] = ()
    EMPTY: ClassVar[Message]
    REMOVE: ClassVar[Message] = msg("It is gone then.")
    """What the question before removing says."""

    table = getters.query_one(PagedTable)

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        event_id: UUID,
        re_read: Callable[[], Awaitable[None]],
        *,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self.tools, self.actor, self.event_id = tools, actor, event_id
        self.re_read_all = re_read
        self.programme: Programme | None = None

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        yield PagedTable(self._read, *self.COLUMNS, empty=self.EMPTY)

    async def show(self, programme: Programme) -> None:
        """Show what was read."""
        self.programme = programme
        await self.table.re_read()

    def lines(self, programme: Programme) -> list[Line]:
        """All lines of the list; none unless a subclass has some."""
        return []

    def ask(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form for a new one, or for the one of this key; None when there is none."""
        return None

    async def take_away(self, key: UUID) -> None:
        """Remove one from the store, where the list allows it."""

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        if self.programme is None:
            return Window((), 0)
        words = fold(text).split()
        found = [
            line
            for line in self.lines(self.programme)
            if all(word in fold(" ".join(line.cells)) for word in words)
        ]
        return window_of(found, offset, limit)

    @on(PagedTable.Chosen)
    def _change(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self._ask_for(message.line.key)

    def action_add(self) -> None:
        """Ask for a new one."""
        self._ask_for(None)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _ask_for(self, key: UUID | None) -> None:
        if self.programme is None:
            return
        dialog = self.ask(self.programme, key)
        if dialog is not None and await self.app.push_screen_wait(dialog) is not None:
            await self.re_read_all()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_remove(self) -> None:
        """Remove the marked one, after a question."""
        marked = self.table.marked
        if marked is None:
            return
        question = YesNo(
            _("Remove {called}?", called=self.called(marked)), str(self.REMOVE), yes=_("Remove")
        )
        if await self.app.push_screen_wait(question):
            await self.take_away(marked.key)
            await self.re_read_all()

    def called(self, line: Line) -> str:
        """What a line is called in a question."""
        return plain(line.cells[0], limit=60)

    def form(
        self,
        title: str,
        fields: Sequence[Field],
        new: Any,
        part: Venue | Room | Speaker | Sponsor | None,
        verbs: tuple[Callable[..., Any], Callable[..., Any]],
        *,
        offers: Offers | None = None,
    ) -> FormDialog[Any]:
        """The form of a part of a programme.

        Args:
            title: What it is about.
            fields: As they are declared beside the part.
            new: What stands in them at first.
            part: The one that is changed; None for a new one.
            verbs: The use cases that add and change one.
            offers: What can be chosen, by the names of the fields.
        """

        async def save(values: dict[str, Any]) -> bool:
            typed, write = filled(fields, new, values), self.tools.desk.write
            if part is None:
                await write(verbs[0], self.actor, self.event_id, typed)
            else:
                await write(verbs[1], self.actor, part.id, typed)
            return True

        shown = entity_fields(fields, new, offers=offers)
        return FormDialog(title, shown, save, confirm=_("Save") if part else _("Add"))


class PlacesList(ProgrammeList):
    """Lists each venue with its rooms below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New room", tooltip="Add a room to the marked venue"),
        Binding("v", "add_venue", "New venue", tooltip="Add a venue"),
    ]
    COLUMNS = (
        Column(msg("Venue and rooms")),
        Column(msg("Address"), least=70),
        Column(msg("Holds"), 8, right=True),
        Column(msg("Sessions"), 8, right=True),
    )
    EMPTY = msg("No venue yet. Press V to add one, then N for its rooms.")
    REMOVE = msg("A venue goes when its rooms are gone, a room when no session happens in it.")

    def lines(self, programme: Programme) -> list[Line]:
        """All venues, each followed by its rooms."""
        lines = []
        for venue in programme.venues:
            address = ", ".join(venue.address.splitlines())
            lines.append(Line(venue.id, (venue.name, address, _number(venue.capacity), "")))
            for room in programme.rooms:
                if room.venue_id == venue.id:
                    held = sum(one.room_id == room.id for one in programme.sessions)
                    cells = (f"  {room.name}", "", _number(room.capacity), str(held))
                    lines.append(Line(room.id, cells))
        return lines

    def called(self, line: Line) -> str:
        """The name of the venue or room."""
        return plain(line.cells[0].strip(), limit=60)

    def ask(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form of a room, or of the venue with this key."""
        venue = next((one for one in programme.venues if one.id == key), None)
        if venue is not None:
            return self._venue_form(venue)
        room = next((one for one in programme.rooms if one.id == key), None)
        if key is None and not programme.venues:
            return self._venue_form(None)
        if key is not None and room is None:
            return None
        return self._room_form(programme, room)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_add_venue(self) -> None:
        """Ask for a venue."""
        if await self.app.push_screen_wait(self._venue_form(None)) is not None:
            await self.re_read_all()

    async def take_away(self, key: UUID) -> None:
        """Remove a venue or a room."""
        is_venue = self.programme and any(one.id == key for one in self.programme.venues)
        remove = remove_venue if is_venue else remove_room
        await self.desk.write(remove, key)

    def _venue_form(self, venue: Venue | None) -> FormDialog[Any]:
        new = NewVenue("") if venue is None else like(NewVenue, venue)
        return self.form(_("A venue"), VENUE, new, venue, (add_venue, change_venue))

    def _room_form(self, programme: Programme, room: Room | None) -> FormDialog[Any]:
        marked = self.table.marked.key if self.table.marked else None
        near = next((one.venue_id for one in programme.rooms if one.id == marked), marked)
        known = {venue.id for venue in programme.venues}
        venue_id = near if near in known else programme.venues[0].id
        new = NewRoom(venue_id, "") if room is None else like(NewRoom, room)
        offers = {"venue_id": [(venue.id, venue.name) for venue in programme.venues]}
        return self.form(_("A room"), ROOM, new, room, (add_room, change_room), offers=offers)


def _number(capacity: int | None) -> str:
    return f"{capacity:,}" if capacity is not None else "–"


class SpeakersList(ProgrammeList):
    """Lists who speaks, and in how many sessions."""

    COLUMNS = (
        Column(msg("Name")),
        Column(msg("Organization"), least=60),
        Column(msg("E-mail"), least=90),
        Column(msg("Sessions"), 8, right=True),
    )
    EMPTY = msg("No speakers yet. Press N to add the first.")
    REMOVE = msg("A speaker who speaks in a session is taken out of it first.")

    def lines(self, programme: Programme) -> list[Line]:
        """All speakers by name."""
        return [
            Line(one.id, (one.name, one.organization, one.email, str(one.sessions)))
            for one in programme.speakers
        ]

    def ask(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form of a speaker."""
        speaker = next((one for one in programme.speakers if one.id == key), None)
        if key is not None and speaker is None:
            return None
        new = NewSpeaker("") if speaker is None else like(NewSpeaker, speaker)
        return self.form(_("A speaker"), SPEAKER, new, speaker, (add_speaker, change_speaker))

    async def take_away(self, key: UUID) -> None:
        """Remove a speaker."""
        await self.desk.write(remove_speaker, key)
