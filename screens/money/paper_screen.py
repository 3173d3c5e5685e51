"""The screen of a document or report as it reads on paper."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.widgets.key_footer import KeyFooter


class PaperScreen(ModalScreen[bool]):
    """Shows a document as text; dismissed with whether it is to be exported.

    Args:
        text: The document in lines of 80 columns.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", "Back"),
        Binding("e", "leave(True)", "Export", tooltip="Write it among the exports"),
    ]
    DEFAULT_CSS = """
    PaperScreen {
        align: center top;
        & VerticalScroll { width: 80; max-width: 100%; scrollbar-size: 0 0; background: $surface; }
        & Static { width: auto; }
    }
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        """Lay out the paper above the keys."""
        with VerticalScroll():
            yield Static(self.text, markup=False)
        yield KeyFooter()

    def action_leave(self, export: bool) -> None:
        """Go back, and export it or not."""
        self.dismiss(export)
