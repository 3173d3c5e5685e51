"""A form in a dialog: filled in, submitted, and never lost by an error."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus, Resize, ScreenResume
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Label

from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.core.failures import ShowsErrors
from screens.core.key_names import key_name
from screens.core.slowness import mentioned_when_slow
from screens.modals.questions import YesNo
from screens.widgets.form import Field, Form
from screens.widgets.problem import Problem

T = TypeVar("T")

WIDE: Final = 120
TALL: Final = 30
"""From so many cells and lines on a dialog takes more room."""

LOST = msg("What you typed is not saved yet.")


class FormDialog(ModalScreen[T | None], ShowsErrors, Generic[T]):
    """Asks for several things; dismissed with what `submit` returned, or None when given up.

    Args:
        title: What it is about.
        fields: What is asked for.
        submit: Does it, with the values by the names of the fields; an EventDeskError it raises
            is shown, and everything typed stays.
        explanation: A sentence below the title.
        only_for: By the names of fields, the values of the field `kind` that they are shown for;
            the others are always shown.
        tell: Says what would come of the values, which hold None for what cannot be read yet.
    """

    # A whole path: Textual looks for another one beside the file of a subclass.
    CSS_PATH = Path(__file__).parent.parent / "styles" / "form_dialog.tcss"
    AUTO_FOCUS = "Form *"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Cancel"),
        Binding("ctrl+s", "submit", "Save", priority=True),
        # Before the field gets to see it: else what a password manager types in one go all lands
        # in the first field, because the field is still busy with the letters before the Tab.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    form = getters.query_one(Form)

    def __init__(
        self,
        title: str,
        fields: Sequence[Field[Any]],
        submit: Callable[[dict[str, Any]], Awaitable[T]],
        *,
        explanation: str = "",
        confirm: str = "",
        give_up: str = "",
        only_for: Mapping[str, Collection[Any]] | None = None,
        tell: Callable[[dict[str, Any]], str] | None = None,
    ) -> None:
        super().__init__()
        self.heading, self.explanation = title, explanation
        self.confirm, self.give_up = confirm or _("Save"), give_up or _("Cancel")
        self.submit, self.only_for, self.tell = submit, only_for or {}, tell
        self.busy = self._is_styled = False
        self._fields = fields

    def compose(self) -> ComposeResult:
        """Lay out the form between its title and its buttons, which stay where they are."""
        self._fit(self.app.size)  # as breakpoints would, but before the styles are worked out
        with Vertical(classes="form-dialog"):
            yield self.compose_head()
            yield Form(*self._fields)
            yield self.compose_foot()

    def compose_head(self) -> Label:
        """The title, and below it the explanation."""
        words = [Content.styled(plain(self.heading), "bold $foreground")]
        if self.explanation:
            words.append(Content.styled(plain(self.explanation, limit=600), "$faint"))
        return Label(Content("\n").join(words), classes="head")

    def compose_foot(self, *above: Widget) -> Vertical:
        """What would come of it, what is wrong, and the buttons with their keys."""
        return Vertical(
            *above,
            *([Label("", id="told", markup=False)] if self.tell is not None else []),
            Problem(id="form-problem"),
            Horizontal(
                Label("", id="where", markup=False),
                Button(_with_key(self.confirm, "ctrl+s"), variant="primary", id="confirm"),
                Button(_with_key(self.give_up, "escape"), id="cancel"),
                classes="buttons",
            ),
            classes="foot",
        )

    def on_mount(self) -> None:
        """Show what the values at first need, and what would come of them."""
        self._follow()

    @on(Form.Changed)
    def _follow(self) -> None:
        """Show the fields of the chosen kind, and what would come of what is typed."""
        fields = self.form.fields
        for name, kinds in self.only_for.items():
            if name in fields:
                fields[name].display = fields["kind"].value in kinds
        if self.tell is not None:
            self.query_one("#told", Label).update(self.tell(self.form.values))

    @on(DescendantFocus)
    @on(Form.Changed)
    def _show_where(self) -> None:
        """In a form that does not fit, say which of its fields has the keyboard."""
        if self.busy:
            return
        shown = [each for each in self.form.fields.values() if each.display]
        places = [n for n, each in enumerate(shown, 1) if each.has_focus_within]
        is_long = self.query_one(".form-dialog").max_scroll_y > 0
        words = _("{place} of {count}", place=places[0], count=len(shown)) if places else ""
        self._say_where(words if is_long else "")

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Work the styles out once when it opens: its widgets have just got them."""
        event.refresh_styles, self._is_styled = self._is_styled, True

    def on_resize(self, event: Resize) -> None:
        """Use the room there is."""
        self._fit(event.size)
        self._show_where()

    def _fit(self, size: Size) -> None:
        self.set_class(size.width >= WIDE, "-wide")
        self.set_class(size.height < TALL, "-short")

    def would_be_lost(self) -> str:
        """What leaving now would lose, as a sentence; "" when nothing."""
        return str(LOST) if self.form.changed else ""

    @on(Button.Pressed, "#confirm")
    def action_submit(self) -> None:
        """Submit what was typed, as soon as the field has seen the last key before this one."""
        where = self.focused or self
        where.call_later(self._submit_typed)

    def _submit_typed(self) -> None:
        """Submit, unless something is wrong with what was typed or it is on its way."""
        if not self.busy and self.form.is_sound():
            self._say("")
            self._set_busy(True)
            self._submit(self.form.values)

    @work(group="submit", exit_on_error=False)
    async def _submit(self, values: dict[str, Any]) -> None:
        try:
            with mentioned_when_slow(self, self._say_slow):
                result = await self.submit(values)
        except EventDeskError as error:
            self.show_error(error)
            return
        finally:
            self._set_busy(False)
        self.dismiss(result)

    @on(Button.Pressed, "#cancel")
    @work(exclusive=True, group="give_up")
    async def action_give_up(self) -> None:
        """Leave; ask first when something was typed, and not while it is being saved."""
        if self.busy:
            return
        lost = self.would_be_lost()
        if not lost or await self.app.push_screen_wait(YesNo(_("Leave it?"), lost, yes=_("Leave"))):
            self.dismiss(None)

    def show_error(self, error: EventDeskError) -> None:
        """Say what went wrong and what to do: at its field, or else below the form."""
        said = f"{error} {error.hint}".strip()
        field = self.form.fields.get(error.field) if isinstance(error, InvalidInputError) else None
        if field is None or not field.display:
            self._say(said)
            return
        field.mark(said)
        field.focus()

    def _say(self, sentence: str) -> None:
        self.query_one("#form-problem", Problem).say(plain(sentence, limit=600))

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        if not busy:
            self._show_where()

    def _say_slow(self, slow: bool) -> None:
        self._say_where(_("◌ One moment …") if slow else "")

    def _say_where(self, words: str) -> None:
        for label in self.query("#where").results(Label):
            label.update(words)


def _with_key(words: str, key: str) -> Content:
    return Content.assemble(plain(words), "  ", (key_name(key), "not bold"))
