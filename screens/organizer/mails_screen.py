"""The mails of an event: what became of each, and sending one again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Actor, Permission, Topic
from eventdesk.booking import MAX_EMAIL
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.events import EventView
from eventdesk.mailing import MailView, list_mails, send_mail_again
from screens.core.part import act
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.organizer.mail_texts_screen import MailTextsScreen
from screens.organizer.tab import EventPart, act_on
from screens.widgets.detail import Block
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.form import Field, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, view_of

NONE: Final = msg("No mails yet. They go out once an admin has set a mail service up.")
NONE_LOST: Final = msg("Every mail was taken, waits, or was called off.")


def mail_block(view: MailView, at: Callable[[datetime | None], str]) -> Block:
    """What became of the last mail to somebody.

    Args:
        view: The mail.
        at: Writes an instant at the event's place.
    """
    about = f"{view.about or view.kind_words} · {at(view.created_at)}"
    facts = [(_("State"), view.words), (_("About"), about), (_("Because"), view.reason)]
    return Block([each for each in facts if each[1]], _("Last mail"))


class MailsPart(EventPart):
    """Lists the mails of an event, the latest first."""

    NEEDS = Permission.MESSAGES
    SHOWS = frozenset({Topic.SERVICES, Topic.ACCOUNTS})
    HELP = (
        "What the mail server said to each mail of this event: it took it, it wants it later, it "
        "will not have it, or it came back, and why. R sends the marked one again, as it would "
        "read now, to another address where it did not arrive. W changes the words of mails. Type "
        "/ and the beginning of an address to find somebody's, F for those that nobody got."
    )
    ON_A_LINE = frozenset({"again"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Send again", tooltip="Send the marked mail once more"),
        Binding("f", "lost", "Failed", tooltip="Only what nobody got, or all again"),
        Binding("w", "words", "Words", tooltip="Change how mails read"),
    ]

    DEFAULT_CSS = """
    MailsPart > #mail-words { width: 100%; height: auto; max-height: 4; padding: 0 2; }
    MailsPart > #mails-listed { padding: 0 2; color: $warning; }
    """

    state = ""

    def compose(self) -> ComposeResult:
        """Lay out the list, and the whole of what the server said to the marked one below."""
        listed = Label(_("! Only what nobody got; F lists all"), id="mails-listed", markup=False)
        listed.display = False
        yield listed
        yield PagedTable(
            self.source(list_mails, self._line, state=lambda: self.state),
            Column(_("Queued"), 12),
            Column(_("To")),
            Column(_("About"), 26, least=70),
            Column(_("State"), 14),
            Column(_("Because"), 44, least=130),
            detail=self._detail,
            empty=NONE,
            enter="",
            id="mails",
        )
        yield Label("", id="mail-words", classes=SAID_BELOW, markup=False)

    @on(PagedTable.Marked)
    def say_more(self, message: PagedTable.Marked) -> None:
        """Show the whole of what the server said to the marked one."""
        view = view_of(message.line, MailView)
        words = "" if view is None else plain(view.reason, limit=400)
        self.query_one("#mail-words", Label).update(words)

    @act
    async def action_lost(self) -> None:
        """List only what nobody got, or all again."""
        self.state = "" if self.state else "lost"
        self.query_one("#mails-listed").display = bool(self.state)
        self.query_one(PagedTable).empty = NONE_LOST if self.state else NONE
        await self.re_read()

    def _line(self, view: MailView) -> Line:
        cells = (
            self.at(view.created_at),
            view.to or _("(erased)"),
            view.about or view.kind_words,
            view.words,
            view.reason,
        )
        return Line(view.id, cells, _COLOURS.get(view.state, ""))

    async def _detail(self, line: Line) -> list[Block]:
        view = view_of(line, MailView)
        if view is None:
            return []
        facts = [
            (_("To"), f"{view.name} {view.to}".strip()),
            (_("About"), view.about or view.kind_words),
            (_("State"), view.words),
            (_("Because"), view.reason),
            (_("Tries"), str(view.attempts)),
            (_("Sent"), self.at(view.finished_at)),
        ]
        return [Block([(name, value) for name, value in facts if value], _("Mail"))]

    @act_on(MailView)
    async def action_again(self, view: MailView) -> None:
        """Send the marked mail once more, to another address where it did not arrive."""
        if view.is_lost and not view.of_account:
            await self._again_elsewhere(view)
        else:
            await self.do(send_mail_again, view.id)
            self.say(_("It goes out again to {address}.", address=view.to))

    async def _again_elsewhere(self, view: MailView) -> None:
        async def send(values: dict[str, Any]) -> bool:
            changed = values["to"] if values["to"] != view.to else ""
            await self.desk.write(send_mail_again, view.id, to=changed)
            self.say(_("It goes out again to {address}.", address=plain(values["to"])))
            return True

        fields: list[Field[Any]] = [
            TextField("to", _("E-mail"), value=view.to, max_length=MAX_EMAIL, required=True)
        ]
        words = _("Another address is corrected in the booking, too.")
        await self.ask(FormDialog(_("Send again"), fields, send, explanation=words))

    def action_words(self) -> None:
        """Show how mails read."""
        self.app.push_screen(MailTextsScreen(self.tools, self.actor, self.event))


_COLOURS: dict[str, Tone] = {"sent": "good", "failed": "bad", "bounced": "bad"}


class MailsScreen(RoleScreen[None]):
    """Shows the part with the mails of an event."""

    ROLE = msg("Organizer")
    THINGS = ("store",)
    HELP = MailsPart.HELP
    AUTO_FOCUS = "PagedLines"

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools)
        self.actor, self.event = actor, event
        self.heading = event.name

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield MailsPart(self.tools, self.actor, self.event)

    async def re_read(self) -> None:
        """Read the list again."""
        await super().re_read()
        await self.query_one(MailsPart).re_read()
