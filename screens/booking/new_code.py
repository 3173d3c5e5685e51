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
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from screens.modals.beside_code import INK


class NewCode(ModalScreen[bool | None]):
    """Shows the QR code of a token, large enough for a phone's camera.

    Dismissed with True when a badge with it is to be printed, which P offers where it `prints`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space", "dismiss", "Close"),
        Binding("p", "print", "Print"),
    ]

    def __init__(self, name: str, token: str, *, prints: bool = False) -> None:
        super().__init__()
        self.holder, self.token, self.prints = name, token, prints

    def compose(self) -> ComposeResult:
        """Lay out the code alone: it needs all the height there is."""
        with Vertical(id="new-code") as frame:
            frame.border_title = Content(plain(self.holder, limit=30))
            words = _("P prints a badge with it · Esc closes") if self.prints else _("Esc closes")
            frame.border_subtitle = words
            yield Static(Text("\n".join(half_blocks(self.token)), style=INK))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Print only where there is a printer."""
        return self.prints if action == "print" else super().check_action(action, parameters)

    def action_print(self) -> None:
        """Have a badge with it printed."""
        self.dismiss(True)

    def on_click(self) -> None:
        """Close it by a touch."""
        self.dismiss(None)
