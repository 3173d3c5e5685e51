"""What every part of a screen of parts has in common."""

from typing import ClassVar

from textual.containers import Vertical
from textual.widget import Widget

from eventdesk.acts import Actor, Topic
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools


class Part(Vertical, ShowsErrors, AsActor):
    """Base of the parts of a `PartsScreen`.

    A subclass lays itself out in `compose` and reads the store in `re_read`. Its keys are shown
    while something in it has the keyboard.
    """

    HELP = ""
    SHOWS: ClassVar[frozenset[Topic] | None] = None
    """What it reads again when it changes; None is everything."""

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__()
        self.tools, self.actor = tools, actor

    async def re_read(self) -> None:
        """Read again what is on show; called when it is opened, on F5, and after changes.

        Raises:
            EventDeskError: It could not be read; the status line says why.
        """

    def enter(self) -> None:
        """Give the keyboard to the first thing here that takes it."""
        for widget in self.query(Widget):
            if widget.focusable:
                widget.focus()
                return
        self.can_focus = True
        self.focus()

    def would_be_lost(self) -> str:
        """What leaving now would lose, as a sentence; "" when nothing."""
        return ""
