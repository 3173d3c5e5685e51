"""Lists of a programme: what they have in common, the places, the speakers."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import getters, on
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
    add_speaker,
    change_speaker,
    remove_speaker,
)
from screens.core.part import Acting, act
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list is of.

    Attributes:
        fields: Those of the form, as they are declared beside the thing.
        new: What stands in the form of a new one.
        verbs: The use cases that add, change and remove one.
    """

    title: Message
    all: Callable[[Programme], Sequence[Any]]
    fields: Sequence[Field]
    new: Any
    verbs: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]


class ProgrammeList(Vertical, Acting):
    """Base of one list: `lines` says what is in it, `OF` how a line is made, changed, removed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New", tooltip="Add one"),
        Binding("delete", "remove", "Remove", tooltip="Remove the marked one"),
    ]
    COLUMNS: ClassVar[Sequence[Column]] = ()
    EMPTY: ClassVar[Message]
    REMOVE: ClassVar[Message]
    """What the question before removing says."""

    OF: ClassVar[Listed]

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
        self._re_read = re_read
        self.programme: Programme | None = None

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        yield PagedTable(self._read, *self.COLUMNS, empty=self.EMPTY)

    async def re_read(self) -> None:
        """Read the whole programme again."""
        await self._re_read()

    async def show(self, programme: Programme) -> None:
        """Show what was read."""
        self.programme = programme
        await self.table.re_read()

    def lines(self, _programme: Programme) -> list[Line]:
        """All lines of the list; none unless a subclass has some."""
        return []

    def listed(self, _key: UUID | None) -> Listed:
        """What a line is of, and what a new one is."""
        return self.OF

    def called(self, line: Line) -> str:
        """What a line is called in a question."""
        return plain(line.cells[0].strip(), limit=60)

    def form(self, programme: Programme, key: UUID | None, kind: Listed) -> FormDialog[Any] | None:
        """The form of a new thing, or of the one of this key; None when it is gone."""
        thing = next((one for one in kind.all(programme) if one.id == key), None)
        if key is not None and thing is None:
            return None
        new = kind.new if thing is None else like(type(kind.new), thing)

        async def save(values: dict[str, Any]) -> bool:
            add, change, _remove = kind.verbs
            typed = filled(kind.fields, new, values)
            if thing is None:
                await self.desk.write(add, self.event_id, typed)
            else:
                await self.desk.write(change, thing.id, typed)
            return True

        shown = entity_fields(kind.fields, new, offers=self.offers(programme))
        return FormDialog(str(kind.title), shown, save, confirm=_("Save") if thing else _("Add"))

    def offers(self, _programme: Programme) -> Offers:
        """What can be chosen in the form, by the names of the fields."""
        return {}

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        lines = [] if self.programme is None else self.lines(self.programme)
        words = fold(text).split()
        found = [
            line for line in lines if all(each in fold(" ".join(line.cells)) for each in words)
        ]
        return window_of(found, offset, limit)

    @on(PagedTable.Chosen)
    def _change(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self._ask_for(message.line.key)

    def action_add(self) -> None:
        """Ask for a new one."""
        self._ask_for(None)

    @act
    async def _ask_for(self, key: UUID | None) -> None:
        if self.programme is not None:
            dialog = self.form(self.programme, key, self.listed(key))
            if dialog is not None:
                await self.ask(dialog)

    @act
    async def action_remove(self) -> None:
        """Remove the marked one, after a question."""
        marked = self.table.marked
        if marked is not None and await self.sure(
            _("Remove {called}?", called=self.called(marked)), str(self.REMOVE), yes=_("Remove")
        ):
            await self.do(self.listed(marked.key).verbs[2], marked.key)


VENUES: Final = Listed(
    msg("A venue"),
    lambda programme: programme.venues,
    VENUE,
    NewVenue(""),
    (add_venue, change_venue, remove_venue),
)
ROOMS: Final = Listed(
    msg("A room"),
    lambda programme: programme.rooms,
    ROOM,
    NewRoom(UUID(int=0), ""),
    (add_room, change_room, remove_room),
)


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

    def listed(self, key: UUID | None) -> Listed:
        """A venue or a room; a new one is a room of the marked venue, once there is a venue."""
        assert self.programme is not None
        venues = {venue.id for venue in self.programme.venues}
        if key in venues or not venues:
            return VENUES
        marked = self.table.marked.key if self.table.marked else None
        near = next((one.venue_id for one in self.programme.rooms if one.id == marked), marked)
        return replace(ROOMS, new=NewRoom(near if near in venues else next(iter(venues)), ""))

    def offers(self, programme: Programme) -> Offers:
        """The venues a room may be in."""
        return {"venue_id": [(venue.id, venue.name) for venue in programme.venues]}

    @act
    async def action_add_venue(self) -> None:
        """Ask for a venue."""
        if self.programme is not None:
            dialog = self.form(self.programme, None, VENUES)
            assert dialog is not None
            await self.ask(dialog)


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
    OF = Listed(
        msg("A speaker"),
        lambda programme: programme.speakers,
        SPEAKER,
        NewSpeaker(""),
        (add_speaker, change_speaker, remove_speaker),
    )
    REMOVE = msg("A speaker who speaks in a session is taken out of it first.")

    def lines(self, programme: Programme) -> list[Line]:
        """All speakers by name."""
        return [
            Line(one.id, (one.name, one.organization, one.email, str(one.sessions)))
            for one in programme.speakers
        ]
