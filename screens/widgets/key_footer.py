"""The footer: the keys that hold now, never cut off at the edge."""

from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey, FooterLabel

ALWAYS: Final = frozenset({"help", "back"})
"""Actions whose keys stay on show: one lists all keys, the other leads out."""

MORE: Final = "…"
"""Says that the help lists more keys than there is room for."""

LOOSE, CLOSE = 3, 2
"""Cells around and between the key and the label of one entry."""


class KeyFooter(Footer):
    """Shows whole entries only, in the order of their bindings.

    Where they do not fit they are set closely, and then left out from the last one on: a screen's
    own keys before those of the part that has the keyboard. The help lists them all.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._fitted_to = 0

    def compose(self) -> ComposeResult:
        """Lay out as many entries as there is room for."""
        keys = [part for part in super().compose() if isinstance(part, FooterKey)]
        room = self._fitted_to = self.content_size.width
        close = bool(room) and _width(keys, LOOSE) > room
        self.compact = close
        fitting = _fitting(keys, room) if close else keys
        yield from fitting
        if len(fitting) < len(keys):
            yield FooterLabel(MORE)

    async def on_resize(self, event: events.Resize) -> None:
        """Fit the entries to another width."""
        if self.content_size.width != self._fitted_to:
            await self.recompose()


def _width(keys: list[FooterKey], around: int) -> int:
    return sum(cell_len(f"{key.key_display}{key.description}") + around for key in keys)


def _fitting(keys: list[FooterKey], room: int) -> list[FooterKey]:
    """The entries that fit when set closely, with room to say that there are more."""
    kept = list(keys)
    if _width(kept, CLOSE) <= room:
        return kept
    for key in reversed(keys):
        if _width(kept, CLOSE) + len(MORE) <= room:
            break
        if key.action not in ALWAYS:
            kept.remove(key)
    return kept
