"""The sessions of an event as a timetable, with what is at odds."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from eventdesk.core.fields import filled, like
from eventdesk.core.formats import when
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.programme import (
    SESSION,
    Conflict,
    NewSession,
    Programme,
    Session,
    SessionSaved,
    add_session,
    cancel_session,
    change_session,
    conflicts,
    remove_session,
    restore_session,
)
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.programme_lists import Listed, ProgrammeList
from screens.widgets.form import Field, Form, NoteField, TextField
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable


class SessionDialog(FormDialog[SessionSaved]):
    """Asks for a session and warns of conflicts at once; they do not forbid anything."""

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
        starts_at: datetime,
        ends_at: datetime,
    ) -> None:
        self.programme, self.session, self.save = programme, session, save
        self.rooms = {room.id: room for room in programme.rooms}
        self.names = {speaker.id: speaker.name for speaker in programme.speakers}
        super().__init__(
            _("Change a session") if session else _("A new session"),
            _fields(programme, session, starts_at, ends_at),
            self._save,
            confirm=_("Save") if session else _("Add"),
        )

    def on_mount(self) -> None:
        """Put the warnings between the form and the buttons."""
        warnings = Static("", classes="conflicts", markup=False)
        self.query_one(".form-dialog").mount(warnings, after=self.form)
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
            # Its height is known only when it has been laid out.
            warnings.call_after_refresh(self.call_after_refresh, self._fit)

    def _typed(self) -> Session | None:
        """The session as it is being typed; None while its times are not known."""
        values = self.form.values
        if values["starts_at"] is None or values["ends_at"] is None:
            return None
        room = self.rooms.get(values["room_id"]) if values.get("room_id") else None
        before = self.session
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
            speakers=tuple((one, self.names[one]) for one in values.get("speaker_ids", ())),
        )

    async def _save(self, values: dict[str, Any]) -> SessionSaved:
        typed = {**values, "tags": values["tags"].split(",")}
        typed["speaker_ids"] = _in_order(values.get("speaker_ids", ()), self.session)
        base = NewSession("", values["starts_at"], values["ends_at"])
        return await self.save(filled(SESSION, base, typed))


def _fields(
    programme: Programme, session: Session | None, starts_at: datetime, ends_at: datetime
) -> list[Field[Any]]:
    one = like(NewSession, session) if session else NewSession("", starts_at, ends_at)
    fields = entity_fields(
        SESSION,
        one,
        zone=programme.event.time_zone,
        offers={
            "room_id": [(room.id, room.name) for room in programme.rooms],
            "speaker_ids": [(speaker.id, speaker.name) for speaker in programme.speakers],
        },
    )
    tags = TextField("tags", _("Tags"), value=", ".join(one.tags), help=_("Apart by commas."))
    at = next(place for place, each in enumerate(fields) if each.key == "sign_up")
    return [*fields[:at], tags, *fields[at:]]


def _in_order(chosen: tuple[UUID, ...], before: Session | None) -> tuple[UUID, ...]:
    """Keep the order in which speakers were announced; new ones come after them."""
    announced = [speaker_id for speaker_id, _name in before.speakers] if before else []
    kept = [one for one in announced if one in chosen]
    return (*kept, *(one for one in chosen if one not in kept))


USUAL_LENGTH = timedelta(minutes=45)


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
    OF = Listed(
        msg("A session"),
        lambda programme: programme.sessions,
        SESSION,
        None,
        (add_session, change_session, remove_session),
    )
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
        yield Static("", classes="at-odds", markup=False)

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

    def called(self, line: Line) -> str:
        """The title of the session."""
        return plain(line.cells[2], limit=60)

    def _sign(self, programme: Programme, session: Session) -> tuple[str, str]:
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

    def form(self, programme: Programme, key: UUID | None, _kind: Listed) -> FormDialog[Any] | None:
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
            programme, session, save, starts_at=start, ends_at=start + USUAL_LENGTH
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
