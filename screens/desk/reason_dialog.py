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
        typed: A reason that was given before.
        marks: Whether the first reason is marked at once; else a person has to choose.
    """

    def __init__(
        self,
        title: str,
        explanation: str,
        usual: Sequence[Message],
        *,
        confirm: str,
        typed: str = "",
        marks: bool = True,
    ) -> None:
        super().__init__(title, explanation)
        self.usual, self.typed, self.marks = [str(each) for each in usual], typed, marks
        self.keys = _("Enter: {confirm} · ↑↓ or a number chooses · Esc back", confirm=confirm)

    def make_line(self) -> LineInput:
        """Make the line for other reasons."""
        typed = "" if self.typed in self.usual else self.typed
        another = _("Or type another reason")
        return LineInput(typed, max_length=300, placeholder=another, id="answer")

    def on_mount(self) -> None:
        """Offer the usual reasons."""
        first = 0 if self.marks else None
        marked = self.usual.index(self.typed) if self.typed in self.usual else first
        lines = [f"{place}  {each}" for place, each in enumerate(self.usual, 1)]
        self.offer(lines, marked=marked)

    def end(self, text: str) -> object:
        """Take the reason: typed, by its number, or the marked one."""
        if text.isdecimal() and 0 < int(text) <= len(self.usual):
            self.dismiss(self.usual[int(text) - 1])
        elif text:
            self.dismiss(text)
        elif self.marked is not None:
            self.dismiss(self.usual[self.marked])
        else:
            self.say(_("Choose one of these, or type another reason."))
        return None
