"""The words of the kiosk in the language of the guest who stands before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input

from badges.joining import reads_from_the_right
from eventdesk.core.messages import GUEST_LANGUAGES, reader
from eventdesk.core.messages import Message as Words
from screens.self_service.touch import TouchButton
from screens.widgets.sentence import Sentence, in_cells


class SaysWords(Widget):
    """Mixin of what says its words anew when a guest chooses another language."""

    WORDS: ClassVar[Mapping[str, Words]] = {}
    """What each of its sentences, buttons and lines to type in says, by selector."""

    def on_mount(self) -> None:
        """Say everything for the first time."""
        self.say()

    def say(self) -> None:
        """Say everything in the language there is now."""
        for selector, words in self.WORDS.items():
            say(self.query_one(selector), str(words))


def is_from_the_right() -> bool:
    """Whether the language there is now is written from right to left."""
    return reads_from_the_right(GUEST_LANGUAGES.get(reader().language, ""))


def say(part: Widget, words: str) -> None:
    """Put words on a sentence, a button or an empty line to type in."""
    if isinstance(part, Sentence):
        part.text = words
    elif isinstance(part, Button):
        part.label = Content(in_cells(words))
        part.refresh(layout=True)
    elif isinstance(part, Input):
        part.placeholder = in_cells(words)


class LanguageButtons(Horizontal, SaysWords):
    """A button for each language, in that language."""

    DEFAULT_CSS = """
    LanguageButtons {
        height: auto;
        align-horizontal: center;
    }
    """

    @dataclass
    class Chosen(Message):
        """A guest wants to be spoken to in another language."""

        language: str

    def compose(self) -> ComposeResult:
        """Lay out the buttons."""
        for language in GUEST_LANGUAGES:
            button = TouchButton("", id=f"language-{language}")
            button.can_focus = False
            yield button

    def say(self) -> None:
        """Mark the language that is spoken now."""
        for language, name in GUEST_LANGUAGES.items():
            button = self.query_one(f"#language-{language}", Button)
            spoken = language == reader().language
            button.label = Content(f"✓{in_cells(name)}" if spoken else in_cells(name))
            button.set_class(spoken, "-spoken")

    @on(Button.Pressed)
    def _choose(self, message: Button.Pressed) -> None:
        message.stop()
        self.post_message(self.Chosen((message.button.id or "").removeprefix("language-")))
