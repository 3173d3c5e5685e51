"""The base of dialogs at the desk: a line with the keyboard, and choices below."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import DescendantBlur
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from screens.desk.scan_input import LineInput
from screens.widgets.problem import Problem

T = TypeVar("T")


class DeskDialog(ModalScreen[T | None], Generic[T]):
    """A dialog with one line, in which Enter goes on and Esc gives up; dismissed with its answer.

    The arrow keys mark one of the choices while the line keeps the keyboard.

    Args:
        explanation: A sentence below the title.
    """

    ALLOW_SELECT = False
    # A whole path: Textual looks for another one beside the file of a subclass.
    CSS_PATH = Path(__file__).parent.parent / "styles" / "desk_dialog.tcss"
    AUTO_FOCUS = "LineInput"
    HOLDS_FOCUS: ClassVar[bool] = True
    """Whether nothing but the line may have the keyboard."""
    KEYS: ClassVar[Message] = msg("Enter goes on · Esc back")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Back"),
        Binding("up", "mark(-1)", "Up", show=False),
        Binding("down", "mark(1)", "Down", show=False),
    ]

    line = getters.query_one(LineInput)
    choices = getters.query_one("#choices", OptionList)

    def __init__(self, title: str, explanation: str = "") -> None:
        super().__init__()
        self.heading, self.explanation = title, explanation
        self.keys = str(self.KEYS)

    def compose(self) -> ComposeResult:
        """Lay out title, line and choices."""
        with Vertical(classes="dialog"):
            yield Label(plain(self.heading, limit=200), classes="title", markup=False)
            if self.explanation:
                for line in self.explanation.splitlines():
                    yield Label(plain(line, limit=400), classes="hint", markup=False)
            yield from self.compose_above()
            yield self.make_line()
            choices = OptionList(id="choices", markup=False)
            choices.can_focus = False
            choices.display = False  # until something is offered
            yield choices
            yield from self.compose_below()
            yield Label("", id="told", markup=False)
            yield Problem()
            yield Label(self.keys, classes="keys", markup=False)

    def compose_above(self) -> ComposeResult:
        """Lay out what stands between the explanation and the line."""
        yield from ()

    def compose_below(self) -> ComposeResult:
        """Lay out what stands below the choices."""
        yield from ()

    def make_line(self) -> LineInput:
        """Make the line that is typed into."""
        return LineInput(max_length=300)

    def offer(self, lines: Sequence[str | Content], *, marked: int | None = 0) -> None:
        """Show these choices, and mark one of them."""
        self.choices.clear_options()
        self.choices.add_options([Option(line) for line in lines])
        self.choices.highlighted = marked if lines else None
        self.choices.display = bool(lines)

    @property
    def marked(self) -> int | None:
        """The place of the choice that is marked."""
        return self.choices.highlighted

    @abstractmethod
    def end(self, text: str) -> object:
        """Go on with what was typed; a subclass says how."""

    def pick(self, place: int) -> object:
        """Go on with the choice somebody clicked."""
        self.choices.highlighted = place
        return self.end("")

    def say(self, sentence: str) -> None:
        """Say what is wrong; "" says nothing any more."""
        self.query_one(Problem).say(plain(sentence, limit=600))

    def say_error(self, error: EventDeskError) -> None:
        """Say why something could not be done, and what to do."""
        self.say(f"{error} {error.hint}".strip())

    def tell(self, words: str, tone: str = "care") -> None:
        """Say what follows from what was typed."""
        told = self.query_one("#told", Label)
        told.update(words)
        told.set_classes(f"-shown -{tone}" if words else "")

    @on(LineInput.Ended)
    def _end(self, message: LineInput.Ended) -> None:
        message.stop()
        self.end(message.text)

    @on(OptionList.OptionSelected, "#choices")
    def _pick(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.pick(message.option_index)

    @on(DescendantBlur)
    def keep_focus(self) -> None:
        """Give the line the keyboard back."""
        if self.HOLDS_FOCUS and self.is_current:
            self.line.focus()

    def action_mark(self, step: int) -> None:
        """Mark the choice above or below."""
        if step < 0:
            self.choices.action_cursor_up()
        else:
            self.choices.action_cursor_down()

    def action_give_up(self) -> None:
        """Change nothing."""
        self.dismiss(None)
