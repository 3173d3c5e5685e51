"""A ticket's new code, to be scanned off the screen."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from badges.qr import half_blocks
from eventdesk.model.plain_text import plain

INK = "#ffffff on #000000"
"""White on black in every theme: most readers do not take an inverted code."""


class NewCode(ModalScreen[None]):
    """Shows the QR code of a token, large enough for a phone's camera."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,space", "dismiss", "Close")]

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self.holder, self.token = name, token

    def compose(self) -> ComposeResult:
        """Lay out the code alone: it needs all the height there is."""
        with Vertical(id="new-code") as frame:
            frame.border_title = Content(plain(self.holder, limit=30))
            frame.border_subtitle = "Esc closes"
            yield Static(Text("\n".join(half_blocks(self.token)), style=INK))

    def on_click(self) -> None:
        """Close it by a touch."""
        self.dismiss(None)
