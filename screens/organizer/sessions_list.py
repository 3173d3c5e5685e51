"""The sessions of an event as a timetable, with what is at odds."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from eventdesk.core.plain_text import how_many, plain
from eventdesk.programme.programme import (
    NewSession,
    Programme,
    SessionSaved,
    add_session,
    cancel_session,
    change_session,
    remove_session,
    restore_session,
)
from eventdesk.programme.session import Conflict, Session
from screens.modals.form_dialog import FormDialog
from screens.organizer.parts_of_programme import ProgrammeList
from screens.organizer.session_form import SessionDialog
from screens.widgets.form import NoteField
from screens.widgets.paged_table import Column, Line, PagedTable

USUAL_LENGTH = timedelta(minutes=45)


class SessionsList(ProgrammeList):
    """Lists sessions by day and time; what is at odds is marked, and explained below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "call_off", "Call off", tooltip="Call the marked session off, or not"),
    ]
    COLUMNS = (
        Column("Day", 10),
        Column("Time", 11),
        Column("Session"),
        Column("Room", 14, least=58),
        Column("Speakers", 26, least=104),
        Column("Signed up", 9, right=True, least=84),
    )
    EMPTY = "No sessions yet. Press N to add the first."
    REMOVE = "It is gone then. A session people signed up for is cancelled instead, with X."
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
            day = f"{start:%a} {start.day} {start:%b}" if start.date() != last else ""
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
            return "✗ cancelled: ", "faint"
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

    def ask(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form of a session; a new one follows the one that is marked."""
        now = self.tools.now

        async def save(new: NewSession) -> SessionSaved:
            write = self.tools.desk.write
            if key is None:
                return await write(add_session, self.actor.at(now()), self.event_id, new)
            return await write(change_session, self.actor.at(now()), key, new)

        session = _one(programme, key)
        if key is not None and session is None:
            return None
        marked = _one(programme, self.table.marked.key if self.table.marked else None)
        start = marked.ends_at if marked else programme.event.starts_at
        return SessionDialog(
            programme, session, save, starts_at=start, ends_at=start + USUAL_LENGTH
        )

    async def take_away(self, key: UUID) -> None:
        """Remove a session."""
        await self.tools.desk.write(remove_session, self.actor, key)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_call_off(self) -> None:
        """Call the marked session off with a reason, or take that back."""
        marked = self.table.marked
        session = _one(self.programme, marked.key) if marked and self.programme else None
        if session is None:
            return
        write, now = self.tools.desk.write, self.tools.now
        if session.cancelled_at is not None:
            told = await write(restore_session, self.actor.at(now()), session.id)
            self.notify(
                f"{how_many(told, 'person was', 'people were')} told.", title="It takes place."
            )
        else:

            async def cancel(values: dict[str, Any]) -> int:
                return await write(
                    cancel_session, self.actor.at(now()), session.id, reason=values["reason"]
                )

            dialog = FormDialog(
                f"Cancel “{plain(session.title, limit=60)}”?",
                [NoteField("reason", "Why", height=3, help="Who signed up or waits reads this.")],
                cancel,
                explanation="X takes it back later.",
                confirm="Cancel the session",
            )
            told_of = await self.app.push_screen_wait(dialog)
            if told_of is None:
                return
            self.notify(
                f"{how_many(told_of, 'person was', 'people were')} told.",
                title="The session is cancelled.",
            )
        await self.re_read_all()


def _one(programme: Programme, key: UUID | None) -> Session | None:
    return next((one for one in programme.sessions if one.id == key), None)


def _places(session: Session) -> str:
    if not session.sign_up:
        return ""
    return f"{session.taken}/{session.capacity}" if session.capacity else str(session.taken)
