"""The line above a table in which a search is typed."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from eventdesk.core.messages import _

MAX_TYPED: Final = 200


class SearchLine(Input):
    """Where a search is typed; its keys lead back to the lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear_or_leave", "Clear", tooltip="Clear the search, then leave it"),
        Binding("down,enter", "leave", "To the list", show=False),
    ]

    class Left(Message):
        """A person wants back to the lines."""

    def __init__(self) -> None:
        super().__init__(placeholder=_("Search"), max_length=MAX_TYPED, compact=True)

    def action_clear_or_leave(self) -> None:
        """Clear what was typed; with nothing to clear, go to the lines."""
        if self.value:
            self.value = ""
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Go to the lines."""
        self.post_message(self.Left())
