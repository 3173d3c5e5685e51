"""The badge at the kiosk before it prints: looked at, and its name corrected."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Button, Input, Label

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.door.scan import CheckInResult
from screens.widgets.badge_preview import BadgePreview
from screens.widgets.keyboard import WORDS, Keyboard
from screens.widgets.problem import Problem

PAUSE_S: Final = 0.3
"""Typing that pauses for so long is drawn."""

MAX_LINE: Final = 120


class KioskBadge(Vertical):
    """Shows the badge of who was just let in, with the two lines that may be corrected."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "print", show=False)]
    DEFAULT_CSS = """
    KioskBadge {
        padding: 0 4;
        max-width: 130;
        & #badge-welcome { text-style: bold; color: $text-success; margin: 1 0 0 0; }
        & #badge-rows { height: 1fr; }
        & BadgePreview { width: 1fr; height: 100%; margin-right: 2; }
        & #badge-fields { width: 1fr; height: 100%; }
        & #badge-fields Keyboard { display: none; margin-top: 0; }
        &.-typing #badge-fields Keyboard { display: block; }
        & .buttons { height: 3; }
        & .buttons Button { margin-right: 2; }
    }
    """

    @dataclass
    class Words(Message):
        """What stands on the badge of a guest."""

        result: CheckInResult
        name: str
        line_two: str

        @property
        def corrected(self) -> bool:
            """Whether something was changed."""
            before = (self.result.name or "", self.result.line_two)
            return (self.name, self.line_two) != before

    @dataclass
    class Right(Words):
        """Print it: `name` and `line_two` are as they stand now."""

    @dataclass
    class Changed(Words):
        """Another name or line stands there: draw the badge anew."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.result: CheckInResult | None = None
        self._soon: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the picture beside its two lines."""
        yield Label("", id="badge-welcome", markup=False)
        with Horizontal(id="badge-rows"):
            yield BadgePreview()
            with Vertical(id="badge-fields"):
                yield Label(_("Is your badge right?"), classes="title")
                yield Input(placeholder=_("Name"), id="badge-name", max_length=MAX_LINE)
                yield Input(placeholder=_("Second line"), id="badge-line-two", max_length=MAX_LINE)
                yield Keyboard(WORDS)
        yield Problem(id="badge-problem")
        with Horizontal(classes="buttons"):
            yield Button(_("Print it"), variant="primary", id="badge-print")
            yield Button(_("Change"), id="badge-change")

    def offer(self, result: CheckInResult) -> None:
        """Show the badge of who was let in."""
        self.result = result
        self.remove_class("-typing")
        self.query_one("#badge-welcome", Label).update(
            _("✓ Welcome, {name}", name=plain(result.name or "", limit=80))
        )
        self.query_one(Problem).say("")
        with self.prevent(Input.Changed):
            self._line("#badge-name").value = plain(result.name or "", limit=MAX_LINE)
            self._line("#badge-line-two").value = plain(result.line_two, limit=MAX_LINE)
        self.query_one("#badge-print", Button).focus()
        self.post_message(self.Changed(result, result.name or "", result.line_two))

    def refuse(self, sentence: str) -> None:
        """Say why it cannot be printed so; what was typed stays."""
        self.query_one(Problem).say(sentence)

    def forget(self) -> None:
        """Show nobody's badge."""
        self.result = None
        self.query_one(BadgePreview).picture = None
        self.query_one("#badge-welcome", Label).update("")
        with self.prevent(Input.Changed):
            for line in self.query(Input):
                line.clear()

    @on(Button.Pressed, "#badge-change")
    def _change(self, message: Button.Pressed) -> None:
        message.stop()
        self.add_class("-typing")
        self._line("#badge-name").focus()

    @on(Button.Pressed, "#badge-print")
    def _print(self, message: Button.Pressed) -> None:
        message.stop()
        self.action_print()

    @on(Input.Submitted)
    def _go_on(self, message: Input.Submitted) -> None:
        message.stop()
        if message.input.id == "badge-name":
            self._line("#badge-line-two").focus()
        else:
            self.query_one("#badge-print", Button).focus()

    def action_print(self) -> None:
        """Print it as it stands."""
        self._tell(self.Right)

    @on(Input.Changed)
    def _draw_soon(self, message: Input.Changed) -> None:
        message.stop()
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(PAUSE_S, lambda: self._tell(self.Changed))

    def _tell(self, make: Callable[[CheckInResult, str, str], Message]) -> None:
        if self.result is not None:
            booked = (self.result.name or "", self.result.line_two)
            typed = (self._line("#badge-name").value, self._line("#badge-line-two").value)
            # What only had to be shown shorter or plainer than it was booked is no correction.
            name, line_two = (
                before if each == plain(before, limit=MAX_LINE) else each.strip()
                for each, before in zip(typed, booked, strict=True)
            )
            self.post_message(make(self.result, name, line_two))

    @on(Keyboard.Typed)
    def _type_key(self, message: Keyboard.Typed) -> None:
        message.stop()
        line = self.screen.focused
        if not isinstance(line, Input):
            line = self._line("#badge-name")
            line.focus()
        Keyboard.type_into(line, message.key, capitals=True)

    def _line(self, selector: str) -> Input:
        return self.query_one(selector, Input)
