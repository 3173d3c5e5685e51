"""The words of an event's mails: a line each kind and language, changed, looked at, tried."""

from typing import Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from eventdesk.acts import Actor, Permission, Topic
from eventdesk.core.messages import LANGUAGES, _, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.mailing import (
    MAX_SUBJECT,
    MAX_TEXT,
    MailLook,
    MailText,
    change_mail_text,
    list_mail_texts,
    names_in_words,
    preview_mail,
    reset_mail_text,
    try_mail,
)
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.organizer.tab import EventPart, act_on
from screens.widgets.form import Field, NoteField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of


class MailTextsPart(EventPart):
    """Lists how each kind of mail reads in each language."""

    NEEDS = Permission.MESSAGES
    SHOWS = frozenset({Topic.EVENTS})
    HELP = (
        "Enter changes the words of the marked kind of mail. Values stand in two braces: what has "
        "none is left empty, and a part may depend on one. P shows how the mail would arrive, T "
        "sends it to you, D lets it read as usual again."
    )
    ON_A_LINE = frozenset({"preview", "trial", "usual"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "preview", "Preview", tooltip="Show how the marked mail would arrive"),
        Binding("t", "trial", "Test mail", tooltip="Send the marked mail to yourself"),
        Binding("d", "usual", "As usual", tooltip="Let the marked mail read as usual again"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._page,
            Column(_("Mail"), 26),
            Column(_("Language"), 10),
            Column(_("Words"), 9),
            Column(_("Subject")),
            enter=_("Change"),
            empty=_("There are none."),
            searchable=False,
            id="texts",
        )

    async def _page(self, text: str, offset: int, limit: int) -> Window:
        texts = await self.desk.read(list_mail_texts, self.event.id)
        return page_of(texts[offset : offset + limit], len(texts), _line)

    @on(PagedTable.Chosen, "#texts")
    def _change(self) -> None:
        self.action_change()

    @act_on(MailText)
    async def action_change(self, text: MailText) -> None:
        """Ask for other words, and keep them."""

        async def save(values: dict[str, Any]) -> bool:
            words = values["subject"], values["text"]
            await self.desk.write(change_mail_text, self.event.id, text.kind, text.language, *words)
            return True

        fields: list[Field[Any]] = [
            TextField(
                "subject", _("Subject"), value=text.subject, max_length=MAX_SUBJECT, required=True
            ),
            NoteField("text", _("Text"), value=text.text, height=8, max_length=MAX_TEXT),
        ]
        title = f"{text.kind_words} ({_language(text)})"
        await self.ask(FormDialog(title, fields, save, explanation=names_in_words()))

    @act_on(MailText)
    async def action_preview(self, text: MailText) -> None:
        """Show how the marked mail would arrive."""
        look = await self.desk.read(preview_mail, self.event.id, text.kind, text.language)
        await self.app.push_screen_wait(MailPreview(look))

    @act_on(MailText)
    async def action_trial(self, text: MailText) -> None:
        """Send the marked mail to who asks."""
        said = await self.tools.desk.take_steps(
            try_mail, self.actor, self.event.id, text.kind, text.language
        )
        self.say(str(said))

    @act_on(MailText)
    async def action_usual(self, text: MailText) -> None:
        """Let the marked mail read as usual, if that is meant."""
        if not text.own:
            self.say(_("It reads as usual."))
        elif await self.sure(
            _("Read as usual again?"), _("The words of your own are lost."), yes=_("As usual")
        ):
            await self.do(reset_mail_text, self.event.id, text.kind, text.language)


def _line(text: MailText) -> Line:
    own = _("✓ own") if text.own else _("usual")
    cells = (text.kind_words, _language(text), own, text.subject)
    return Line(uuid5(NAMESPACE_OID, f"{text.kind}/{text.language}"), cells)


def _language(text: MailText) -> str:
    return LANGUAGES[text.language]


class MailPreview(ModalScreen[None]):
    """Shows how a mail would arrive, as text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "leave", "Back")]
    DEFAULT_CSS = """
    MailPreview {
        & .dialog { max-height: 90%; }
        & VerticalScroll { height: auto; max-height: 16; margin-top: 1; }
        & Static { width: 1fr; }
    }
    """

    def __init__(self, look: MailLook) -> None:
        super().__init__()
        self.look = look

    def compose(self) -> ComposeResult:
        """Lay out the words below their subject."""
        lines = (plain(line, limit=1000) for line in self.look.text.split("\n"))
        with Vertical(classes="dialog"):
            yield Label(plain(self.look.subject), classes="title", markup=False)
            with VerticalScroll():
                yield Static("\n".join(lines), markup=False)
            yield Label(_("Esc goes back."), classes="hint")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


class MailTextsScreen(RoleScreen[None]):
    """Shows the part with the words of an event's mails."""

    ROLE = msg("Organizer")
    THINGS = ("store",)
    HELP = MailTextsPart.HELP
    AUTO_FOCUS = "PagedLines"

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools)
        self.actor, self.event = actor, event
        self.heading = event.name

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield MailTextsPart(self.tools, self.actor, self.event)

    async def re_read(self) -> None:
        """Read the list again."""
        await super().re_read()
        await self.query_one(MailTextsPart).re_read()
