"""Sentence of an empty state that can be pressed: it does what the key it names does."""

import re
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

MARK: Final = "▸ "
"""Stands before what Enter takes, so that it is seen without colour."""

WAITING_MARK: Final = "▹ "
"""The same while the keyboard is somewhere else."""

_KEY: Final = re.compile(r"(?<!\w)(?:[A-Z]|F\d{1,2})(?!\w)")


def key_named(sentence: str, screen: Screen[object]) -> str:
    """The first key that a sentence names and that works on this screen now; "" for none.

    In any language: a key stands in a sentence as a lone capital letter, or as F1 to F12.
    """
    active = screen.active_bindings
    keys = (each.lower() for each in _KEY.findall(sentence))
    return next((key for key in keys if key in active and active[key].enabled), "")


class Hint(Static, can_focus=True):
    """Says what to do first; Enter and a click do it."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", "Do it", show=False)]
    DEFAULT_CSS = """
    Hint {
        width: 100%;
        height: auto;
        padding: 1 1;
        color: $faint;
        pointer: pointer;
        &:focus {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
    }
    """

    def __init__(self, sentence: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self.sentence = sentence

    def render(self) -> Content:
        """Draw the sentence behind the sign of what can be pressed."""
        return Content((MARK if self.has_focus else WAITING_MARK) + self.sentence)

    def on_click(self) -> None:
        """Do it."""
        self.action_press()

    def action_press(self) -> None:
        """Press the key that the sentence names."""
        if key := key_named(self.sentence, self.screen):
            self.app.simulate_key(key)
