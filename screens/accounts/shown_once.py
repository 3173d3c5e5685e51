"""The dialog that shows a secret, once."""

from typing import ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain


class ShownOnce(ModalScreen[None]):
    """Shows a secret until it is closed.

    Args:
        title: What it is, and whose.
        secret: As it is to be typed or copied.
        words: What to do with it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close")]

    DEFAULT_CSS = """
    ShownOnce #code { margin: 1 0; text-style: bold; color: $primary; width: 100%; }
    """

    def __init__(self, title: str, secret: str, words: str) -> None:
        super().__init__()
        self.called, self.secret, self.words = title, secret, words

    @classmethod
    def one_time_code(cls, name: str, code: str) -> Self:
        """The dialog with the one-time code of a person, in groups."""
        title = _("One-time code for {holder}", holder=plain(name, limit=60))
        words = _(
            "Give it to them in a way you know them by. At the sign-in they choose “Forgot PIN "
            "or password” and type it within an hour. It is not shown again; an admin can make "
            "a new one."
        )
        return cls(title, f"{code[:4]} {code[4:]}", words)

    def compose(self) -> ComposeResult:
        """Lay out the secret and what to do with it."""
        with Vertical(classes="dialog"):
            yield Label(self.called, classes="title", markup=False)
            yield Label(self.secret, id="code", markup=False)
            yield Label(self.words, classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Done"), variant="primary", id="done")

    @on(Button.Pressed, "#done")
    def close(self) -> None:
        """Go back."""
        self.dismiss(None)
