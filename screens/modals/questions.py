"""Short questions: a text to type, one of several, or yes and no."""

from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from screens.widgets.problem import Problem

T = TypeVar("T")


class Question(ModalScreen[T | None]):
    """Base of questions that can be given up; dismissed with the answer, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Cancel")]

    @on(Button.Pressed, "#cancel")
    def action_give_up(self) -> None:
        """Change nothing."""
        self.dismiss(None)


class TextQuestion(Question[str]):
    """Asks for one line; dismissed with it, or with None when given up."""

    def __init__(
        self,
        title: str,
        explanation: str,
        *,
        value: str = "",
        required: bool = True,
        confirm: str = "",
    ) -> None:
        super().__init__()
        self.question, self.explanation, self.value = title, explanation, value
        self.required, self.confirm = required, confirm or _("OK")

    def compose(self) -> ComposeResult:
        """Lay out the question, the line and the buttons."""
        with Vertical(classes="dialog"):
            yield Label(self.question, classes="title", markup=False)
            yield Label(self.explanation, classes="hint", markup=False)
            yield Input(self.value, max_length=300, id="answer")
            yield Problem()
            with Horizontal(classes="buttons"):
                yield Button(self.confirm, variant="primary", id="confirm")
                yield Button(_("Cancel"), id="cancel")

    @on(Input.Submitted, "#answer")
    @on(Button.Pressed, "#confirm")
    def answer(self) -> None:
        """Take the line, unless it is empty and may not be."""
        typed = self.query_one("#answer", Input).value.strip()
        if self.required and not typed:
            self.query_one(Problem).say(_("Please type something first."))
            return
        self.dismiss(typed)


class NameQuestion(Question[tuple[str, str]]):
    """Asks for a holder's name and the second line of the badge."""

    def __init__(self, name: str, line_two: str) -> None:
        super().__init__()
        self.old = (name, line_two)

    def compose(self) -> ComposeResult:
        """Lay out both lines."""
        with Vertical(classes="dialog"):
            yield Label(_("Change the name"), classes="title")
            yield Label(_("The code of the ticket stays valid."), classes="hint")
            yield Label(_("Name"), classes="field")
            yield Input(self.old[0], max_length=200, id="name", classes="-titled")
            yield Label(_("Second line, such as a company"), classes="field")
            yield Input(self.old[1], max_length=200, id="line-two", classes="-titled")
            yield Problem()
            with Horizontal(classes="buttons"):
                yield Button(_("Save"), variant="primary", id="confirm")
                yield Button(_("Cancel"), id="cancel")

    @on(Input.Submitted)
    @on(Button.Pressed, "#confirm")
    def answer(self) -> None:
        """Take both lines; a ticket needs a name."""
        name = self.query_one("#name", Input).value.strip()
        if not name:
            self.query_one(Problem).say(_("A ticket needs a name."))
            return
        self.dismiss((name, self.query_one("#line-two", Input).value.strip()))


class YesNo(ModalScreen[bool]):
    """Asks before something that cannot be taken back easily; `Esc` is no."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "refuse", "No")]

    def __init__(self, title: str, explanation: str, *, yes: str) -> None:
        super().__init__()
        self.question, self.explanation, self.yes = title, explanation, yes

    def compose(self) -> ComposeResult:
        """Lay out the question and both answers."""
        with Vertical(classes="dialog"):
            yield Label(self.question, classes="title", markup=False)
            yield Label(self.explanation, classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(self.yes, variant="primary", id="yes")
                yield Button(_("No"), id="no")

    @on(Button.Pressed, "#yes")
    def agree(self) -> None:
        """Go on."""
        self.dismiss(True)

    @on(Button.Pressed, "#no")
    def action_refuse(self) -> None:
        """Leave all as it is."""
        self.dismiss(False)


class PickOne(Question[int]):
    """Offers a few things by name; dismissed with the place of the chosen one.

    Args:
        marked: The one that Enter takes at first; None where a person has to choose.
    """

    AROUND: ClassVar[str] = ""
    """What stands before and behind each name: a line break makes room for a finger."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Back")]
    ALLOW_SELECT = False

    def __init__(self, title: str, names: list[str], *, marked: int | None = 0) -> None:
        super().__init__()
        self.question, self.names, self.marked = title, names, marked

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(classes="dialog"):
            yield Label(self.question, classes="title", markup=False)
            lines = (f"{self.AROUND}{plain(name)}{self.AROUND}" for name in self.names)
            yield OptionList(*map(Option, lines), markup=False)
            yield Label(_("Enter chooses, Esc goes back."), classes="hint")

    def on_mount(self) -> None:
        """Mark what holds now."""
        self.query_one(OptionList).highlighted = self.marked

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(message.option_index)
