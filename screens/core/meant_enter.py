"""Enter that is pressed for what is on show, not held, doubled or typed ahead of it."""

from math import inf
from typing import TYPE_CHECKING, Final

from textual._time import get_time
from textual.events import Key

if TYPE_CHECKING:
    from textual.widget import Widget as Part
else:
    Part = object

MOMENT_S: Final = 0.7
"""Enter takes only what was on show for so long: a held key is repeated after 0.25 to 0.66 s."""

REPEAT_S: Final = 0.15
"""Each repetition of a held key comes sooner after the one before than this."""

ENTER: Final = frozenset({"enter", "ctrl+j"})


class Moment(Part):
    """A part that says whether an Enter is meant for what it shows.

    It stands before the widget it is mixed into, and is none itself: styles follow the first one.
    A key says when it was pressed, however late it is looked at. The moment begins when the part
    was painted after `asks_anew`.
    """

    _shown_s = inf
    _pressed_s = -inf

    def asks_anew(self) -> None:
        """Begin the moment anew: what Enter takes is another from now on."""
        self._shown_s = inf
        self.call_after_refresh(self._note_shown)

    def _note_shown(self) -> None:
        self._shown_s = get_time()

    def is_meant(self, pressed_s: float) -> bool:
        """Whether an Enter pressed then is neither too soon, nor held."""
        before_s, self._pressed_s = self._pressed_s, pressed_s
        return pressed_s - self._shown_s >= MOMENT_S and pressed_s - before_s >= REPEAT_S


class MeantEnter(Moment):
    """A part of a dialog in which Enter does nothing unless it is meant."""

    def on_focus(self) -> None:
        """Begin the moment."""
        self.asks_anew()

    def on_key(self, event: Key) -> None:
        """Drop an Enter that is not meant."""
        if event.key in ENTER and not self.is_meant(event.time):
            event.stop()
            event.prevent_default()
