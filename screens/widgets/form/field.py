"""What all fields of a form have in common."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Final, Generic, Self, TypedDict, TypeVar, Unpack

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, DescendantBlur, DescendantFocus
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message as Words
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain

Editor = TypeVar("Editor", bound=Widget)

MISSING = msg("Please fill this in.")
LONGEST_HELP: Final = 400


class Said(TypedDict, total=False):
    """What each field is told beside its own options.

    Attributes:
        required: Whether it may not stay empty.
        help: One more sentence, shown below.
    """

    required: bool
    help: str | Words


class Field(Widget, Generic[Editor]):
    """One thing to fill in: a label, an editor, and below it what is wrong.

    It paints its words itself: a long form has two widgets a field, and opens at once. Where the
    editor stands, beside the label or below it, its stylesheet says with the editor's margin.

    A subclass says in `raw` what stands in the editor, in `read` what that means, and writes a
    value back in `put`.

    Args:
        name: Key of the value; letters, digits, `-` and `_`.
        lines: How high the editor is.
    """

    ALLOW_SELECT: ClassVar[bool] = False
    TOLD_WHEN_LEFT: ClassVar[bool] = False
    """Whether what is wrong is first told when the keyboard leaves the field."""

    class Changed(Message):
        """Something else stands in the field."""

        def __init__(self, field: "Field[Any]") -> None:
            super().__init__()
            self.field = field

    def __init__(
        self, name: str, label: str | Words, editor: Editor, *, lines: int = 1, **said: Unpack[Said]
    ) -> None:
        super().__init__(id=f"field-{name}", classes="form-field")
        self.key = name
        self.label, self.required = str(label), said.get("required", False)
        self.help = str(said.get("help", ""))
        self.editor, self.lines = editor, lines
        self._first: Any = None
        self._last: Any = None
        self._marked = ""
        self._told = ""
        self._touched = False

    def begin(self) -> Self:
        """Take what stands in the editor now as what it began with."""
        self._first = self._last = self.raw
        return self

    def compose(self) -> ComposeResult:
        """Lay out the editor; the words are painted."""
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

    @property
    def beside(self) -> str:
        """What stands beside the editor, such as a unit."""
        return ""

    def mark(self, problem: str) -> None:
        """Say what is wrong until something else stands there; "" takes it back."""
        self._marked = problem
        self.show_problem()

    def show_problem(self) -> None:
        """Say from now on what is wrong, also when nobody typed here yet."""
        self._touched = True
        self._told = plain(self.problem, limit=LONGEST_HELP)
        self.set_class(bool(self._told), "-wrong")
        self.refresh(layout=True)

    def note_change(self) -> None:
        """Check what stands there now, and tell the form if it is something else."""
        raw = self.raw
        if raw == self._last:
            return
        self._last = raw
        self._marked = ""
        self._touched = True
        if self._told or not (self.TOLD_WHEN_LEFT and self.has_focus_within):
            self.show_problem()
        self.post_message(self.Changed(self))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Mark the label of the field that has the keyboard."""
        self.refresh()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Say what is wrong with a field that was filled in and left."""
        if self._touched:
            self.show_problem()
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Go to the editor from any of its words."""
        if event.widget is self:
            self.focus()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the editor the keyboard."""
        self.editor.focus(scroll_visible)
        return self

    # How it is painted

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as its words and its editor need."""
        return len(self._painted(width))

    def render(self) -> Content:
        """The words around and below the editor."""
        return Content("\n").join(self._painted(self.content_size.width))

    def _painted(self, width: int) -> list[Content]:
        margin = self.editor.styles.margin
        at, top = margin.left, margin.top
        label = self._label().wrap(max(1, at - 2 if at else width), overflow="fold")
        if top:
            label = label[:top]
        rows = max(top + self.lines, len(label))
        lines = [*label, *([Content("")] * (rows - len(label)))]
        below = [self._help(), self._problem()]
        beside = self._beside()
        room = width - at - self._editor_width(width - at) - 1
        if beside.cell_length > room:
            below.insert(0, beside)
        elif beside:
            lines[top] = _padded(lines[top], width - room) + beside
        return [*lines, *_indented(below, at, width - at)]

    def _editor_width(self, room: int) -> int:
        width = self.editor.styles.width
        return int(width.value) if width is not None and width.is_cells else room

    def _label(self) -> Content:
        words = plain(self.label) + (" *" if self.required else "")
        if self._told:
            return Content.styled(words, "bold $error")
        return Content.styled(words, "bold $primary" if self.has_focus_within else "$faint")

    def _beside(self) -> Content:
        return Content.styled(plain(self.beside, limit=LONGEST_HELP), "$faint")

    def _help(self) -> Content:
        return Content.styled(plain(self.help, limit=LONGEST_HELP), "$faint")

    def _problem(self) -> Content:
        return Content.styled(f"✗ {self._told}" if self._told else "", "$error")


def _padded(line: Content, width: int) -> Content:
    return line.pad_right(max(0, width - line.cell_length))


def _indented(sentences: Iterable[Content], at: int, width: int) -> list[Content]:
    """Sentences wrapped below the editor; an empty one takes no line."""
    said = (each for each in sentences if each)
    lines = (line for each in said for line in each.wrap(max(1, width), overflow="fold"))
    return [line.pad_left(at) for line in lines]
