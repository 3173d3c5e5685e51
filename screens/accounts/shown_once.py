"""The dialog that shows a one-time code, once."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain


class ShownOnce(ModalScreen[None]):
    """Shows the code of a person in groups, until it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close")]

    DEFAULT_CSS = """
    ShownOnce #code { margin: 1 0; text-style: bold; color: $primary; width: 100%; }
    """

    def __init__(self, name: str, code: str) -> None:
        super().__init__()
        self.holder, self.code = name, code

    def compose(self) -> ComposeResult:
        """Lay out the code and what to do with it."""
        with Vertical(classes="dialog"):
            title = _("One-time code for {holder}", holder=plain(self.holder, limit=60))
            yield Label(title, classes="title", markup=False)
            yield Label(f"{self.code[:4]} {self.code[4:]}", id="code", markup=False)
            words = _(
                "Give it to them in a way you know them by. At the sign-in they choose “Forgot PIN "
                "or password” and type it within an hour. It is not shown again; an admin can make "
                "a new one."
            )
            yield Label(words, classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Done"), variant="primary", id="done")

    @on(Button.Pressed, "#done")
    def close(self) -> None:
        """Go back."""
        self.dismiss(None)
