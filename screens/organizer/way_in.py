"""The dialog that says how somebody new to a team gets in, as text to hand on."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Static

from eventdesk.accounts import TeamMember, may_words
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from screens.organizer.events_shown import ROLES


class WayIn(ModalScreen[None]):
    """Shows what a member of the team has to do to get in, until it is closed.

    Args:
        code: The one-time code of somebody who has not chosen a password yet; "" without one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("c", "copy", "Copy", tooltip="Copy the text to the clipboard"),
    ]
    AUTO_FOCUS = "#done"
    DEFAULT_CSS = """
    WayIn {
        & #way-in { margin: 1 0; padding: 0 1; border-left: thick $primary; width: 100%; }
        & .dialog { width: 76; max-width: 96%; }
    }
    """

    def __init__(self, member: TeamMember, event: str, code: str = "") -> None:
        super().__init__()
        self.member, self.code = member, code
        self.words = way_in(member, event, code)

    def compose(self) -> ComposeResult:
        """Lay out the text, and what to do with it."""
        name = plain(self.member.name, limit=60)
        hint = _("{name} was told in a notice as well.", name=name)
        if self.code:
            hint = _(
                "Give it to them in a way you know them by. The code is not shown again; I on "
                "their line in the team makes a new one."
            )
        with Vertical(classes="dialog"):
            title = _("How {name} gets in", name=name)
            yield Label(title, classes="title", markup=False)
            yield Static(self.words, id="way-in", markup=False)
            yield Label(hint, classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Copy"), id="copy")
                yield Button(_("Done"), variant="primary", id="done")

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the text, where the terminal takes it."""
        self.app.copy_to_clipboard(self.words)
        self.notify(_("Copied, if this terminal allows it."))

    @on(Button.Pressed, "#done")
    def close(self) -> None:
        """Go back."""
        self.dismiss(None)


def way_in(member: TeamMember, event: str, code: str = "") -> str:
    """What a member of the team has to do to get in, and what they will see."""
    email = plain(member.email, limit=254)
    first = _("Start eventdesk and sign in with {email} and your password.", email=email)
    if code:
        first = _(
            "Start eventdesk. At the sign-in choose “Forgot PIN or password”, type {email} and the "
            "one-time code {code} within an hour, and choose a password.",
            email=email,
            code=f"{code[:4]} {code[4:]}",
        )
    then = _(
        "The first line you see then says that you are {role} of {event}; Enter opens it. You "
        "may: {may}.",
        role=ROLES.get(str(member.role), member.role),
        event=plain(event),
        may=may_words(member.role, [str(each) for each in member.permissions]),
    )
    return f"{first}\n{then}"
