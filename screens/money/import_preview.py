"""What the import of a file of money would do, before it is done."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from eventdesk.core.messages import _
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


class ImportPreview(ModalScreen[bool]):
    """Lists what becomes of each line of a file; dismissed with True to do it.

    Args:
        words: What the lines come to.
        guess: How the file's characters were guessed, or "".
        confirm: What stands on the button.
        empty: What is said of a file without lines.
        can_book: Whether there is anything to do.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", "Cancel"),
        Binding("ctrl+s", "leave(True)", "Book", priority=True),
    ]
    AUTO_FOCUS = "PagedLines"
    DEFAULT_CSS = """
    ImportPreview {
        align: center middle;
        & .preview {
            width: 96%; max-width: 140; height: 90%; padding: 0 1;
            border: round $primary; background: $surface;
        }
        & .title { width: 100%; text-style: bold; color: $primary; }
        & .guess { width: 100%; color: $warning; }
        & .buttons { height: 3; align-horizontal: right; }
        & .buttons Button { margin-left: 2; background: $surface; }
    }
    """

    def __init__(
        self,
        words: str,
        columns: Sequence[Column],
        lines: Sequence[Line],
        *,
        confirm: str,
        empty: str,
        guess: str = "",
        can_book: bool = True,
    ) -> None:
        super().__init__()
        self.words, self.columns, self.lines = words, columns, lines
        self.confirm, self.empty, self.guess = confirm, empty, guess
        self.can_book = can_book

    def compose(self) -> ComposeResult:
        """Lay out the lines between what they come to and the buttons."""
        with Vertical(classes="preview"):
            yield Label(self.words, classes="title", markup=False)
            if self.guess:
                yield Label(self.guess, classes="guess", markup=False)
            yield PagedTable(self._read, *self.columns, empty=self.empty, searchable=False)
            with Horizontal(classes="buttons"):
                yield Button(self.confirm, variant="primary", id="book", disabled=not self.can_book)
                yield Button(_("Cancel"), id="cancel")

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        return window_of(self.lines, offset, limit)

    @on(Button.Pressed, "#book")
    def _book(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim the key that books where there is nothing to."""
        books = action == "leave" and parameters == (True,)
        return None if books and not self.can_book else True

    def action_leave(self, book: bool) -> None:
        """Book it or not."""
        self.dismiss(book)
