"""The programme of an event: sessions, places, speakers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from eventdesk.acts import Actor, Permission, Topic
from eventdesk.core import fields as declared
from eventdesk.core.fields import Offers, filled, like
from eventdesk.core.folding import fold
from eventdesk.core.formats import number, when
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
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
from eventdesk.exchange import Listing
from eventdesk.programme import (
    SESSION,
    SPEAKER,
    Conflict,
    NewSession,
    NewSpeaker,
    Programme,
    Session,
    SessionSaved,
    add_session,
    add_speaker,
    cancel_session,
    change_session,
    change_speaker,
    conflicts,
    read_programme,
    remove_session,
    remove_speaker,
    restore_session,
)
from screens.core.part import Acting, act
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.organizer.making import USUAL_LENGTH, Maker
from screens.organizer.schedule_import import import_programme
from screens.organizer.tab import EventPart
from screens.widgets.detail import Block
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.entity_facts import entity_facts
from screens.widgets.form import Field, Form, Making, NoteField, SeveralField, TextField
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


@dataclass(frozen=True, slots=True)
class Listed:
    """The kind of thing in a list: its form and its use cases.

    Attributes:
        fields: Those of the form, as they are declared beside the thing.
        new: What stands in the form of a new one.
        verbs: The use cases that add, change and remove one.
    """

    title: Message
    all: Callable[[Programme], Sequence[Any]]
    fields: Sequence[declared.Field]
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
        yield PagedTable(
            self._read, *self.COLUMNS, empty=self.EMPTY, detail=self._detail, enter=_("Change")
        )

    async def _detail(self, line: Line) -> list[Block]:
        if self.programme is None:
            return []
        return self.blocks(self.programme, line.key)

    def blocks(self, programme: Programme, key: UUID) -> list[Block]:
        """What the form of a thing would show."""
        kind = self.listed(key)
        thing = next((one for one in kind.all(programme) if one.id == key), None)
        if thing is None:
            return []
        value, zone = like(type(kind.new), thing), programme.event.time_zone
        return [Block(entity_facts(kind.fields, value, zone=zone, offers=self.offers(programme)))]

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

    def remover(self, key: UUID) -> Callable[..., Any]:
        """The use case that removes a thing."""
        return self.listed(key).verbs[2]

    def called(self, line: Line) -> str:
        """What a line is called in a question."""
        return plain(line.cells[0].strip(), limit=60)

    def form(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """The form of a new thing, or of the one of this key; None when it is gone."""
        return self.form_of(self.listed(key), programme, key)

    def form_of(
        self, kind: Listed, programme: Programme, key: UUID | None
    ) -> FormDialog[Any] | None:
        """The same for a kind of thing."""
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

        shown = entity_fields(
            kind.fields, new, offers=self.offers(programme), makings=self.makings(programme)
        )
        return FormDialog(str(kind.title), shown, save, confirm=_("Save") if thing else _("Add"))

    def offers(self, _programme: Programme) -> Offers:
        """What can be chosen in the form, by the names of the fields."""
        return {}

    def makings(self, _programme: Programme) -> Mapping[str, Making]:
        """How more of it is made, by the names of the fields."""
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
            dialog = self.form(self.programme, key)
            if dialog is not None:
                await self.ask(dialog)

    @act
    async def action_remove(self) -> None:
        """Remove the marked one, after a question."""
        marked = self.table.marked
        if marked is not None and await self.sure(
            _("Remove {called}?", called=self.called(marked)), str(self.REMOVE), yes=_("Remove")
        ):
            await self.do(self.remover(marked.key), marked.key)


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

    def makings(self, programme: Programme) -> Mapping[str, Making]:
        """One more venue for a room."""
        return {"venue_id": Maker(self.desk, self.app, programme.event).venue()}

    @act
    async def action_add_venue(self) -> None:
        """Ask for a venue."""
        if self.programme is not None:
            dialog = self.form_of(VENUES, self.programme, None)
            assert dialog is not None
            await self.ask(dialog)


def _number(capacity: int | None) -> str:
    return number(capacity) if capacity is not None else "–"


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


class SessionDialog(FormDialog[SessionSaved]):
    """Asks for a session and warns of conflicts while it is typed; they forbid nothing."""

    DEFAULT_CSS = """
    SessionDialog {
        & .conflicts { display: none; width: 100%; max-height: 4; margin: 0; color: $warning; }
        & .conflicts.-some { display: block; }
    }
    """

    def __init__(
        self,
        programme: Programme,
        session: Session | None,
        save: Callable[[NewSession], Awaitable[SessionSaved]],
        *,
        maker: Maker,
        starts_at: datetime,
        ends_at: datetime,
    ) -> None:
        self.programme, self.session, self.save = programme, session, save
        self.rooms = {room.id: room for room in programme.rooms}
        super().__init__(
            _("Change a session") if session else _("A new session"),
            _fields(programme, session, starts_at, ends_at, maker),
            self._save,
            confirm=_("Save") if session else _("Add"),
        )

    def compose_foot(self, *above: Widget) -> Vertical:
        """Warn above the buttons."""
        return super().compose_foot(*above, Static("", classes="conflicts", markup=False))

    def on_mount(self) -> None:
        """Warn of what is at odds at first."""
        self.call_after_refresh(self.warn)

    @on(Form.Changed)
    def warn(self) -> None:
        """Say what would be at odds with what is typed."""
        typed = self._typed()
        found: tuple[Conflict, ...] = ()
        if typed is not None:
            found = conflicts(typed, self.programme.sessions, self.rooms, self.programme.event)
        for warnings in self.query(".conflicts").results(Static):
            warnings.update("\n".join(f"! {plain(one.text)}" for one in found))
            warnings.set_class(bool(found), "-some")

    def _typed(self) -> Session | None:
        """The session as it is being typed; None while its times are not known."""
        values = self.form.values
        if values["starts_at"] is None or values["ends_at"] is None:
            return None
        room = self.rooms.get(values["room_id"]) if values.get("room_id") else None
        before, speakers = self.session, self.form.fields["speaker_ids"]
        assert isinstance(speakers, SeveralField)
        names = dict(speakers.options)  # with those who were added here
        return Session(
            before.id if before else new_id(),
            values["title"] or "",
            values["starts_at"],
            values["ends_at"],
            room.id if room else None,
            room.name if room else "",
            capacity=values["capacity"],
            taken=before.taken if before else 0,
            cancelled_at=before.cancelled_at if before else None,
            speakers=tuple((one, names[one]) for one in values.get("speaker_ids", ())),
        )

    async def _save(self, values: dict[str, Any]) -> SessionSaved:
        typed = {**values, "tags": values["tags"].split(",")}
        typed["speaker_ids"] = _in_order(values.get("speaker_ids", ()), self.session)
        base = NewSession("", values["starts_at"], values["ends_at"])
        return await self.save(filled(SESSION, base, typed))


def _fields(
    programme: Programme,
    session: Session | None,
    starts_at: datetime,
    ends_at: datetime,
    maker: Maker,
) -> list[Field[Any]]:
    one = like(NewSession, session) if session else NewSession("", starts_at, ends_at)
    fields = entity_fields(
        SESSION,
        one,
        zone=programme.event.time_zone,
        offers=_offers(programme),
        makings={"room_id": maker.room(), "speaker_ids": maker.speaker()},
    )
    tags = TextField("tags", _("Tags"), value=", ".join(one.tags), help=_("Apart by commas."))
    at = next(place for place, each in enumerate(fields) if each.key == "sign_up")
    return [*fields[:at], tags, *fields[at:]]


def _offers(programme: Programme) -> Offers:
    return {
        "room_id": [(room.id, room.name) for room in programme.rooms],
        "speaker_ids": [(speaker.id, speaker.name) for speaker in programme.speakers],
    }


def _in_order(chosen: tuple[UUID, ...], before: Session | None) -> tuple[UUID, ...]:
    """Keep the order in which speakers were announced; new ones come after them."""
    announced = [speaker_id for speaker_id, _name in before.speakers] if before else []
    kept = [one for one in announced if one in chosen]
    return (*kept, *(one for one in chosen if one not in kept))


class SessionsList(ProgrammeList):
    """Lists sessions by day and time; what is at odds is marked, and explained below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "call_off", "Call off", tooltip="Call the marked session off, or not")
    ]
    COLUMNS = (
        Column(msg("Day"), 10),
        Column(msg("Time"), 11),
        Column(msg("Session")),
        Column(msg("Room"), 14, least=58),
        Column(msg("Speakers"), 26, least=104),
        Column(msg("Signed up"), 9, right=True, least=84),
    )
    EMPTY = msg("No sessions yet. Press N to add the first.")
    REMOVE = msg("It is gone then. A session people signed up for is cancelled instead, with X.")
    DEFAULT_CSS = """
    SessionsList .at-odds {
        display: none;
        height: auto;
        max-height: 5;
        padding: 0 1;
        color: $warning;
    }
    SessionsList .at-odds.-some { display: block; }
    """

    def compose(self) -> ComposeResult:
        """Lay out the table and the explanation below it."""
        yield from super().compose()
        yield Static("", classes=f"at-odds {SAID_BELOW}", markup=False)

    def lines(self, programme: Programme) -> list[Line]:
        """All sessions; the day stands where it begins."""
        zone = ZoneInfo(programme.event.time_zone)
        lines, last = [], None
        for session in programme.sessions:
            start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
            day = when(start, "%a %d %b") if start.date() != last else ""
            last = start.date()
            sign, tone = self._sign(programme, session)
            cells = (
                day,
                f"{start:%H:%M}–{end:%H:%M}",
                f"{sign}{session.title}",
                session.room,
                ", ".join(name for _id, name in session.speakers),
                _places(session),
            )
            lines.append(Line(session.id, cells, tone))
        return lines

    def blocks(self, programme: Programme, key: UUID) -> list[Block]:
        """What is at odds with a session, and what its form would show."""
        session = _one(programme, key)
        if session is None:
            return []
        odds = [("", f"! {one.text}") for one in programme.conflicts.get(key, ())]
        zone = programme.event.time_zone
        facts = entity_facts(
            SESSION, like(NewSession, session), zone=zone, offers=_offers(programme)
        )
        return [Block(odds, _("At odds")), Block([*facts, (_("Tags"), ", ".join(session.tags))])]

    def remover(self, _key: UUID) -> Callable[..., Any]:
        """The use case that removes a session."""
        return remove_session

    def called(self, line: Line) -> str:
        """The title of the session."""
        return plain(line.cells[2], limit=60)

    def _sign(self, programme: Programme, session: Session) -> tuple[str, Tone]:
        if session.cancelled_at is not None:
            return _("✗ cancelled: "), "faint"
        return ("! ", "warning") if session.id in programme.conflicts else ("", "")

    @on(PagedTable.Marked)
    def explain(self, message: PagedTable.Marked) -> None:
        """Say what is at odds with the marked session."""
        message.stop()
        found: tuple[Conflict, ...] = ()
        if self.programme is not None and message.line is not None:
            found = self.programme.conflicts.get(message.line.key, ())
        below = self.query_one(".at-odds", Static)
        below.update("\n".join(f"! {plain(one.text)}" for one in found))
        below.set_class(bool(found), "-some")

    def form(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form of a session; a new one follows the one that is marked."""
        session = _one(programme, key)
        if key is not None and session is None:
            return None

        async def save(new: NewSession) -> SessionSaved:
            if key is None:
                return await self.desk.write(add_session, self.event_id, new)
            return await self.desk.write(change_session, key, new)

        marked = _one(programme, self.table.marked.key if self.table.marked else None)
        start = marked.ends_at if marked else programme.event.starts_at
        return SessionDialog(
            programme,
            session,
            save,
            maker=Maker(self.desk, self.app, programme.event),
            starts_at=start,
            ends_at=start + USUAL_LENGTH,
        )

    @act
    async def action_call_off(self) -> None:
        """Call the marked session off with a reason, or take that back."""
        marked = self.table.marked
        session = _one(self.programme, marked.key) if marked and self.programme else None
        if session is None:
            return
        if session.cancelled_at is not None:
            title = _("It takes place.")
            told: int | None = await self.do(restore_session, session.id)
        else:

            async def cancel(values: dict[str, Any]) -> int:
                return await self.desk.write(cancel_session, session.id, reason=values["reason"])

            reason = NoteField(
                "reason", _("Why"), height=3, help=_("Who signed up or waits reads this.")
            )
            dialog = FormDialog(
                _("Cancel “{title}”?", title=plain(session.title, limit=60)),
                [reason],
                cancel,
                explanation=_("X takes it back later."),
                confirm=_("Cancel the session"),
            )
            title = _("The session is cancelled.")
            told = await self.ask(dialog)
        if told is not None:
            self.say(_n("{count} person was told.", "{count} people were told.", told), title=title)


def _one(programme: Programme, key: UUID | None) -> Session | None:
    return next((one for one in programme.sessions if one.id == key), None)


def _places(session: Session) -> str:
    if not session.sign_up:
        return ""
    return f"{session.taken}/{session.capacity}" if session.capacity else str(session.taken)


LISTS: Final = {
    "sessions": ("T", msg("Timetable")),
    "places": ("R", msg("Rooms")),
    "speakers": ("K", msg("Speakers")),
}


class ProgrammeTab(EventPart):
    """Shows one of three lists at a time."""

    SHOWS = frozenset({Topic.PROGRAMME, Topic.EVENTS, Topic.BOOKING})
    NEEDS = Permission.PROGRAMME
    EXPORTS = Listing.SESSIONS
    HELP = (
        "T shows the timetable, R the venues and rooms, K the speakers. What is at odds is marked "
        "with ! and explained below the list; it warns and does not forbid. I takes sessions and "
        "speakers in from a file."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "show('sessions')", "Timetable", tooltip="Show the sessions"),
        Binding("r", "show('places')", "Rooms", tooltip="Show venues and rooms"),
        Binding("k", "show('speakers')", "Speakers", tooltip="Show the speakers"),
        Binding("i", "import", "Import", tooltip="Take a programme in from a file"),
    ]
    DEFAULT_CSS = """
    ProgrammeTab {
        & #programme-lists { width: 100%; padding: 0 2; color: $faint; }
        & ContentSwitcher { height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the names of the lists and the one that is open."""
        given = (self.tools, self.actor, self.event.id, self.re_read)
        yield Static("", id="programme-lists", markup=False)
        with ContentSwitcher(initial="sessions"):
            yield SessionsList(*given, id="sessions")
            yield PlacesList(*given, id="places")
            yield SpeakersList(*given, id="speakers")

    async def re_read(self) -> None:
        """Read the programme."""
        programme = await self.desk.read(read_programme, self.event.id)
        for each in self.query(ProgrammeList):
            await each.show(programme)
        self._show_names()

    @property
    def entry(self) -> Widget:
        """The list on show."""
        return self._open.table.lines

    @act
    async def action_import(self) -> None:
        """Take sessions and speakers in from a file, after a look at what that does."""
        done = await import_programme(self)
        if done is not None:
            faults = [line for line in done.lines if line.fault]
            self.say(done.sentence, warns=bool(faults))

    def action_show(self, name: str) -> None:
        """Show one of the lists."""
        self.query_one(ContentSwitcher).current = name
        self._show_names()
        self._open.table.focus()

    @property
    def _open(self) -> ProgrammeList:
        current = self.query_one(ContentSwitcher).current
        return self.query_one(f"#{current}", ProgrammeList)

    def _show_names(self) -> None:
        """Name the lists, how much is in each, and how many sessions are at odds."""
        programme = self._open.programme
        if programme is None:
            return
        counts = {
            "sessions": len(programme.sessions),
            "places": len(programme.rooms),
            "speakers": len(programme.speakers),
        }
        current = self.query_one(ContentSwitcher).current
        parts = []
        for name, (_key, title) in LISTS.items():
            style = "bold $primary" if name == current else "$faint"
            parts += [(f"{title} {counts[name]}", style), ("   ", "")]
        if programme.conflicts:
            parts.append((_("! {total} at odds", total=len(programme.conflicts)), "$warning"))
        self.query_one("#programme-lists", Static).update(Content.assemble(*parts))
