"""A form in a dialog: filled in, submitted, and never lost by an error."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.core.failures import ShowsErrors
from screens.modals.questions import YesNo
from screens.widgets.form import Field, Form
from screens.widgets.problem import Problem

T = TypeVar("T")

SLOW_S: Final = 0.2
"""Waiting longer than this is mentioned."""

MAX_OF_SCREEN: Final = 0.96
MIN_LINES: Final = 3

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
    HORIZONTAL_BREAKPOINTS = [(0, "-normal"), (120, "-wide")]
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
        self.busy = False
        self._fields = fields

    def compose(self) -> ComposeResult:
        """Lay out the form between its title and its buttons."""
        with Vertical(classes="form-dialog"):
            yield Label(plain(self.heading), classes="title", markup=False)
            if self.explanation:
                explanation = plain(self.explanation, limit=600)
                yield Label(explanation, classes="hint", markup=False)
            yield Form(*self._fields)
            if self.tell is not None:
                yield Label("", id="told", markup=False)
            yield Problem(id="form-problem")
            with Horizontal(classes="buttons"):
                yield Label(self._keys(), classes="keys", markup=False)
                yield Button(self.confirm, variant="primary", id="confirm")
                yield Button(self.give_up, id="cancel")

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
        if self.only_for or self.tell is not None:
            self.call_after_refresh(self._fit)

    def on_resize(self) -> None:
        """Give the form the height that the rest of the dialog leaves."""
        self.call_after_refresh(self._fit)

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
        slow = self.set_timer(SLOW_S, lambda: self._say_keys(_("◌ One moment …")))
        try:
            result = await self.submit(values)
        except EventDeskError as error:
            self._say(f"{error} {error.hint}")
            return
        finally:
            slow.stop()
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
        """Say above the form what went wrong and what to do."""
        self._say(f"{error} {error.hint}")

    def _say(self, sentence: str) -> None:
        self.query_one("#form-problem", Problem).say(plain(sentence, limit=600))
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Textual has no height of "what is left, and no more than needed"."""
        for dialog in self.query(".form-dialog"):
            others = (each for each in dialog.children if each is not self.form and each.display)
            taken = sum(each.outer_size.height for each in others) + dialog.gutter.height
            margin = self.form.styles.margin.height
            most = int(self.size.height * MAX_OF_SCREEN) - taken - margin
            self.form.styles.max_height = max(MIN_LINES, most)

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        if not busy:
            self._say_keys(self._keys())

    def _keys(self) -> str:
        return _(
            "Ctrl+S: {confirm}   Esc: {give_up}", confirm=self.confirm, give_up=self.give_up.lower()
        )

    def _say_keys(self, words: str) -> None:
        for label in self.query(".keys").results(Label):
            label.update(words)
