"""What all fields of a form have in common."""

from abc import abstractmethod
from typing import Any, Generic, Self, TypedDict, TypeVar, Unpack

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Label

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message as Words
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from screens.widgets.problem import Problem

Editor = TypeVar("Editor", bound=Widget)

MISSING = msg("Please fill this in.")


class Said(TypedDict, total=False):
    """What each field is told beside its own options.

    Attributes:
        required: Whether it may not stay empty.
        help: One more sentence, shown below.
    """

    required: bool
    help: str | Words


class Field(Vertical, Generic[Editor]):
    """One thing to fill in: a label, an editor, and below it what is wrong.

    A subclass says in `raw` what stands in the editor, in `read` what that means, and writes a
    value back in `put`.

    Args:
        name: Key of the value; letters, digits, `-` and `_`.
    """

    class Changed(Message):
        """Something else stands in the field."""

        def __init__(self, field: "Field[Any]") -> None:
            super().__init__()
            self.field = field

    def __init__(self, name: str, label: str | Words, editor: Editor, **said: Unpack[Said]) -> None:
        super().__init__(id=f"field-{name}", classes="form-field")
        self.key = name
        self.label, self.required = str(label), said.get("required", False)
        self.help = str(said.get("help", ""))
        self.editor = editor
        self._first: Any = None
        self._last: Any = None
        self._marked = ""
        self._touched = False

    def begin(self) -> Self:
        """Take what stands in the editor now as what it began with."""
        self._first = self._last = self.raw
        return self

    def compose(self) -> ComposeResult:
        """Lay out label and editor beside each other, and the sentences below."""
        with Horizontal(classes="field-line"):
            star = " *" if self.required else ""
            yield Label(f"{plain(self.label)}{star}", classes="field-label", markup=False)
            yield from self.compose_editor()
        if self.help:
            yield Label(plain(self.help, limit=400), classes="field-help", markup=False)
        yield Problem()

    def compose_editor(self) -> ComposeResult:
        """Lay out the editor; a subclass may add something beside it."""
        yield self.editor

    # What it holds

    @property
    @abstractmethod
    def raw(self) -> Any:
        """What stands in the editor, right or wrong."""

    @abstractmethod
    def read(self) -> Any:
        """What stands in the editor, as a value.

        Raises:
            InvalidInputError: It is none.
        """

    @abstractmethod
    def put(self, value: Any) -> None:
        """Write a value into the editor."""

    @property
    def value(self) -> Any:
        """The value; None while what stands there is none."""
        try:
            return self.read()
        except InvalidInputError:
            return None

    @property
    def problem(self) -> str:
        """What is wrong with the field, as a sentence; "" when nothing."""
        if self._marked:
            return self._marked
        try:
            self.read()
        except InvalidInputError as error:
            return f"{error} {error.hint}".rstrip()
        return ""

    @property
    def changed(self) -> bool:
        """Whether something else stands there than at first."""
        return bool(self.raw != self._first)

    # What it says

    def mark(self, problem: str) -> None:
        """Say what is wrong until something else stands there; "" takes it back."""
        self._marked = problem
        self.show_problem()

    def show_problem(self) -> None:
        """Say from now on what is wrong, also when nobody typed here yet."""
        self._touched = True
        for line in self.query(Problem):
            line.say(plain(self.problem, limit=400))
        self.set_class(bool(self.problem), "-wrong")

    def note_change(self) -> None:
        """Check what stands there now, and tell the form if it is something else."""
        raw = self.raw
        if raw == self._last:
            return
        self._last = raw
        self._marked = ""
        self.show_problem()
        self.post_message(self.Changed(self))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Say what is wrong with a field that was filled in and left."""
        if self._touched:
            self.show_problem()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the editor the keyboard."""
        self.editor.focus(scroll_visible)
        return self
