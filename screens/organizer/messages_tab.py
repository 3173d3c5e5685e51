"""Announcements to guests: those sent, and a form for the next."""

from typing import Any, ClassVar
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
    AUDIENCE_WORDS,
    CHOSEN,
    MAX_TEXT,
    MAX_TITLE,
    AnnouncementHold,
    AnnouncementView,
    Audience,
    NewAnnouncement,
    announcement_reach,
    list_announcements,
    send_announcement,
)
from eventdesk.mailing import pause_announcement, resume_announcement, stop_announcement
from eventdesk.programme import read_programme
from eventdesk.sales import list_ticket_types
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.mails_screen import MailsScreen
from screens.organizer.readers_screen import ReadersScreen
from screens.organizer.tab import EventPart, act_on
from screens.widgets.detail import Block
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.form import ChoiceField, Field, NoteField, SeveralField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, view_of


class MessagesTab(EventPart):
    """Lists the announcements of an event, with the marked one in full below."""

    NEEDS = Permission.MESSAGES
    HELP = (
        "N writes to everybody who booked, holds a ticket or waits, or only to some: those who are "
        "there or not yet, have not paid, wait, or are of some ticket types or sessions. Before it "
        "goes out it says how many it reaches. Guests read it in the program, under Notices, and "
        "as mail where that is set up; Enter shows who has. P pauses what is not out yet, or lets "
        "it go on, and Delete stops it for good. M shows what became of all mails."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "write", "Write", tooltip="Write an announcement"),
        Binding("p", "pause", "Pause", tooltip="Pause what is not out yet, or let it go on"),
        Binding("delete", "stop", "Stop", tooltip="Let nothing more of the marked one go out"),
        Binding("m", "mails", "Mails", tooltip="What became of the mails of this event"),
    ]
    ON_A_LINE = frozenset({"pause", "stop"})
    DEFAULT_CSS = """
    MessagesTab {
        & #message { height: auto; max-height: 8; padding: 0 1; border-top: hkey $line; }
        & #message.-empty { display: none; }
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
            Column(_("Mails"), 24, least=76),
            Column(_("By"), 16, least=110),
            detail=self._detail,
            enter=_("Who read it"),
            empty=_("Nothing was sent yet. Press N to write to your guests."),
            searchable=False,
            id="messages",
        )
        yield Static("", id="message", classes=f"{SAID_BELOW} -empty", markup=False)

    def _line(self, view: AnnouncementView) -> Line:
        told = number(view.told) if view.finished_at else f"{number(view.told)} …"
        cells = (
            self.at(view.sent_at),
            view.title,
            view.whom,
            told,
            number(view.read),
            view.progress,
            view.sent_by,
        )
        return Line(view.id, cells, "warning" if view.hold is AnnouncementHold.PAUSED else "")

    async def _detail(self, line: Line) -> list[Block]:
        view = view_of(line, AnnouncementView)
        return [] if view is None else [Block([("", view.text)], _("Text"))]

    @on(PagedTable.Marked)
    def _show(self, message: PagedTable.Marked) -> None:
        view = view_of(message.line, AnnouncementView)
        lines = view.text.split("\n") if view else []
        if view and view.progress:
            lines.insert(0, _("Mails: {progress}", progress=view.progress))
        text = self.query_one("#message", Static)
        text.update("\n".join(plain(one, limit=400) for one in lines))
        text.set_class(not view, "-empty")

    def action_mails(self) -> None:
        """Show the mails of the event."""
        self.app.push_screen(MailsScreen(self.tools, self.actor, self.event))

    @act_on(AnnouncementView)
    async def action_pause(self, view: AnnouncementView) -> None:
        """Pause the marked announcement, or let it go on."""
        if not view.goes_out:
            self.say(_("Nothing of it is left to go out."), warns=True)
        elif view.hold is AnnouncementHold.PAUSED:
            await self.do(resume_announcement, view.id)
            self.say(_("It goes on."))
        else:
            await self.do(pause_announcement, view.id)
            self.say(_("What is not out yet waits. P lets it go on."))

    @act_on(AnnouncementView)
    async def action_stop(self, view: AnnouncementView) -> None:
        """Let nothing more of the marked announcement go out, if that is meant."""
        if not view.goes_out:
            self.say(_("Nothing of it is left to go out."), warns=True)
        elif await self.sure(
            _("Stop {title}?", title=plain(view.title, limit=60)),
            _("What is not out yet goes to nobody; who has it keeps it."),
            yes=_("Stop"),
        ):
            await self.do(stop_announcement, view.id)

    @on(PagedTable.Chosen, "#messages")
    def _show_readers(self, message: PagedTable.Chosen) -> None:
        """Show who got the announcement, and who has read it."""
        view = view_of(message.line, AnnouncementView)
        if view is not None:
            self.app.push_screen(ReadersScreen(self.tools, self.actor, self.event, view))

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
            only_for={each.value: (each,) for each in CHOSEN},
        )
        sent = await self.ask(dialog)
        if sent is not None:
            told = _("{told:,} told.", told=sent.told)
            if not sent.finished_at:
                told += " " + _("The others get it within seconds.")
            self.say(told, title=_("Sent"))

    async def _send(self, values: dict[str, Any]) -> AnnouncementView:
        audience = values["kind"]
        chosen = values.get(audience.value, ()) if audience in CHOSEN else ()
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
    there = {Audience.TYPES: kinds, Audience.SESSIONS: sessions}
    offered = [
        (audience, str(words))
        for audience, words in AUDIENCE_WORDS.items()
        if audience not in CHOSEN or there[audience]
    ]
    fields: list[Field[Any]] = [
        TextField("title", _("Title"), max_length=MAX_TITLE, required=True),
        NoteField("text", _("Text"), height=5, max_length=MAX_TEXT, required=True),
        ChoiceField("kind", _("To"), offered, value=Audience.ALL),
    ]
    if kinds:
        fields.append(SeveralField("types", _("Ticket types"), kinds))
    if sessions:
        fields.append(SeveralField("sessions", _("Sessions"), sessions))
    return fields
