"""What gateways told of payments that are not in this store."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain

MANY: Final = 50
"""As many as `unknown_notices` reads; there may be more then."""


def unknown_line(notices: Sequence[tuple[str, str, str]]) -> str:
    """Say how many there are; "" for none."""
    if not notices:
        return ""
    if len(notices) == 1:
        return _("! A gateway told of 1 payment that is not here: U shows it")
    count = _("{many} or more", many=MANY) if len(notices) >= MANY else str(len(notices))
    return _("! Gateways told of {count} payments that are not here: U shows them", count=count)


class UnknownNotices(ModalScreen[None]):
    """Lists what was told, the latest first.

    Args:
        notices: Gateway, its number of the notice, and the state it told.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "leave", "Back")]
    DEFAULT_CSS = """
    UnknownNotices {
        & VerticalScroll { height: auto; max-height: 11; margin-top: 1; }
        & Static { width: 1fr; }
    }
    """

    def __init__(self, notices: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self.notices = tuple(notices)

    def compose(self) -> ComposeResult:
        """Lay out the lines below what they mean."""
        with Vertical(classes="dialog"):
            yield Label(_("Payments that are not here"), classes="title")
            yield Label(
                _(
                    "A gateway told of them, but no booking of any event waits for them. "
                    "Look each up at the gateway by its number; money that came in is given "
                    "back there."
                ),
                classes="hint",
            )
            with VerticalScroll():
                yield Static("\n".join(map(_words, self.notices)), markup=False)
            yield Label(_("Esc goes back."), classes="hint")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _words(notice: tuple[str, str, str]) -> str:
    provider, number, state = (plain(each, limit=100) for each in notice)
    return f"{provider}  {number}  ! {state.replace('_', ' ')}"
