"""Announcements to guests: those sent, and a form for the next."""

from typing import Any, ClassVar, Final
from uuid import UUID

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from eventdesk.acts import Permission
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import number
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import (
    MAX_TEXT,
    MAX_TITLE,
    AnnouncementView,
    Audience,
    NewAnnouncement,
    announcement_reach,
    list_announcements,
    send_announcement,
)
from eventdesk.programme import read_programme
from eventdesk.sales import list_ticket_types
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.tab import EventPart
from screens.widgets.form import ChoiceField, Field, NoteField, SeveralField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, view_of

AUDIENCES: Final = {
    Audience.ALL: msg("Everybody"),
    Audience.TYPES: msg("Holders of the ticket types ticked below"),
    Audience.SESSIONS: msg("Those of the sessions ticked below"),
}


class MessagesTab(EventPart):
    """Lists the announcements of an event, with the marked one in full below."""

    NEEDS = Permission.MESSAGES
    HELP = (
        "N writes to everybody who booked, holds a ticket or waits, or only to those of some "
        "ticket types or sessions. Before it goes out it says how many it reaches. Guests read it "
        "in the program, under Notices."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "write", "Write", tooltip="Write an announcement")
    ]
    DEFAULT_CSS = """
    MessagesTab {
        & #message { height: auto; max-height: 8; padding: 0 1; border-top: hkey $line; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the list, and the marked announcement in full below."""
        yield PagedTable(
            self.source(list_announcements, self._line),
            Column(_("Sent"), 12),
            Column(_("Title")),
            Column(_("To"), 16, least=84),
            Column(_("Told"), 7, right=True),
            Column(_p("column", "Read"), 7, right=True),
            Column(_("By"), 16, least=96),
            empty=_("Nothing was sent yet. Press N to write to your guests."),
            searchable=False,
            id="messages",
        )
        yield Static("", id="message", markup=False)

    def _line(self, view: AnnouncementView) -> Line:
        told = number(view.told) if view.finished_at else f"{view.told:,} …"
        to = ", ".join(view.names) or _("everybody")
        cells = (self.at(view.sent_at), view.title, to, told, number(view.read), view.sent_by)
        return Line(view.id, cells)

    @on(PagedTable.Marked)
    def _show(self, message: PagedTable.Marked) -> None:
        view = view_of(message.line, AnnouncementView)
        lines = view.text.split("\n") if view else [""]
        self.query_one("#message", Static).update("\n".join(plain(one, limit=400) for one in lines))

    @act
    async def action_write(self) -> None:
        """Ask for an announcement, say how many it reaches, and send it."""
        types = await self.desk.read(list_ticket_types, self.event.id)
        programme = await self.desk.read(read_programme, self.event.id)
        kinds = [(each.id, each.about.name) for each in types]
        sessions = [(each.id, each.title) for each in programme.sessions]
        dialog = FormDialog(
            _("Write to guests"),
            _fields(kinds, sessions),
            self._send,
            explanation=_("They read it in the program, under Notices."),
            confirm=_("Send"),
        )
        sent = await self.ask(dialog)
        if sent is not None:
            told = _("{told:,} told.", told=sent.told)
            if not sent.finished_at:
                told += " " + _("The others get it within seconds.")
            self.say(told, title=_("Sent"))

    async def _send(self, values: dict[str, Any]) -> AnnouncementView:
        audience = values["audience"]
        chosen = () if audience is Audience.ALL else values.get(audience.value, ())
        new, reach = await self.desk.read(
            announcement_reach,
            self.event.id,
            NewAnnouncement(values["title"], values["text"], audience, chosen),
        )
        title = _("Send {title}?", title=plain(new.title))
        if not await self.sure(title, reach.words, yes=_("Send")):
            raise InvalidInputError(msg("It is not sent yet."), hint=msg("Change it, or send it."))
        return await self.desk.write(send_announcement, self.event.id, new)


def _fields(kinds: list[tuple[UUID, str]], sessions: list[tuple[UUID, str]]) -> list[Field[Any]]:
    offered = [
        (audience, words)
        for audience, words in AUDIENCES.items()
        if audience is Audience.ALL or (kinds if audience is Audience.TYPES else sessions)
    ]
    fields: list[Field[Any]] = [
        TextField("title", _("Title"), max_length=MAX_TITLE, required=True),
        NoteField("text", _("Text"), height=5, max_length=MAX_TEXT),
        ChoiceField("audience", _("To"), offered, value=Audience.ALL),
    ]
    if kinds:
        fields.append(SeveralField("types", _("Ticket types"), kinds))
    if sessions:
        fields.append(SeveralField("sessions", _("Sessions"), sessions))
    return fields
