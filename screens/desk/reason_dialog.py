"""The dialog for a reason: a usual one with one key, or one's own words."""

from collections.abc import Sequence

from eventdesk.core.messages import Message, _
from screens.desk.desk_dialog import DeskDialog
from screens.desk.scan_input import LineInput


class ReasonDialog(DeskDialog[str]):
    """Asks for a reason; dismissed with it. The marked one is taken when nothing is typed.

    Args:
        usual: The usual reasons.
        confirm: What Enter does, in a word or two.
    """

    def __init__(
        self, title: str, explanation: str, usual: Sequence[Message], *, confirm: str
    ) -> None:
        super().__init__(title, explanation)
        self.usual = [str(each) for each in usual]
        self.keys = _("Enter: {confirm} · ↑↓ or a number chooses · Esc back", confirm=confirm)

    def make_line(self) -> LineInput:
        """Make the line for other reasons."""
        return LineInput(max_length=300, placeholder=_("Or type another reason"), id="answer")

    def on_mount(self) -> None:
        """Offer the usual reasons."""
        self.offer([f"{place}  {each}" for place, each in enumerate(self.usual, 1)])

    def end(self, text: str) -> object:
        """Take the reason: typed, by its number, or the marked one."""
        if text.isdecimal() and 0 < int(text) <= len(self.usual):
            self.dismiss(self.usual[int(text) - 1])
        elif text:
            self.dismiss(text)
        elif self.marked is not None:
            self.dismiss(self.usual[self.marked])
        return None
