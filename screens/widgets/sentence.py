"""Sentences in any script, as a terminal has to be given them."""

import re
from typing import Final

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from badges.joining import in_order, reads_from_the_right
from eventdesk.core.cells import wrap_cells

_LETTER: Final = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_FROM_THE_RIGHT: Final = re.compile(rf"{_LETTER}(?:[^A-Za-z\n]*{_LETTER})?")
"""Words of Hebrew and Arabic, the spaces and signs between them included."""


def in_cells(text: str) -> str:
    """One line in the order in which a terminal shows it: most turn nothing round themselves."""
    if reads_from_the_right(text):
        return in_order(text)
    return _FROM_THE_RIGHT.sub(lambda found: in_order(found[0]), text)


class Sentence(Static):
    """Shows a text; one from the right is wrapped first and then turned round line by line.

    Args:
        text: Harmless to show; may have several lines.
    """

    DEFAULT_CSS = """
    Sentence { width: 100%; height: auto; }
    """

    text: reactive[str] = reactive("", init=False)
    """The words."""

    def __init__(
        self, text: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(Content(text), id=id, classes=classes, markup=False)
        self.set_reactive(Sentence.text, text)

    def watch_text(self) -> None:
        """Show the new words."""
        self.show_words()

    def on_resize(self) -> None:
        """Wrap what is turned round anew."""
        if _FROM_THE_RIGHT.search(self.text):
            self.show_words()

    def show_words(self) -> None:
        """Show the words as they are."""
        lines = [line for each in self.text.split("\n") for line in self._lines_of(each)]
        self.update(Content("\n".join(map(in_cells, lines))))

    def _lines_of(self, paragraph: str) -> list[str]:
        width = self.content_size.width
        if not (width and _FROM_THE_RIGHT.search(paragraph)):
            return [paragraph]
        return wrap_cells(paragraph, width)
