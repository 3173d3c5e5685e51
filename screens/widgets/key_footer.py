"""Footer: the keys available now, as many as fit."""

from typing import Any, Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey, FooterLabel

from eventdesk.core.messages import translated

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

    Entries are made anew only when they change. Textual's own are bound to the footer and stay in
    memory as long as it does (Textualize/textual#6666), which at a kiosk is a day.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._fitted_to = 0
        self._shown: list[ActiveBinding] = []

    def compose(self) -> ComposeResult:
        """Lay out as many entries as there is room for."""
        self._shown = self._to_show() if self._bindings_ready else []
        keys = [self._entry(each) for each in self._shown]
        room = self._fitted_to = self.content_size.width
        close = bool(room) and _width(keys, LOOSE) > room
        self.compact = close
        fitting = _fitting(keys, room) if close else keys
        for key in fitting:
            key.set_reactive(FooterKey.compact, close)
            key.set_class(close, "-compact")
            yield key
        if len(fitting) < len(keys):
            yield FooterLabel(MORE)

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Lay out the entries anew if they are others now."""
        if not self._bindings_ready or (screen is self.screen and self._shown != self._to_show()):
            super().bindings_changed(screen)

    async def on_resize(self, event: events.Resize) -> None:
        """Fit the entries to another width."""
        if self.content_size.width != self._fitted_to:
            await self.recompose()

    def _to_show(self) -> list[ActiveBinding]:
        """The available bindings, one for each action."""
        by_action: dict[str, ActiveBinding] = {}
        for each in self.screen.active_bindings.values():
            if each.binding.show:
                by_action.setdefault(each.binding.action, each)
        return list(by_action.values())

    def _entry(self, shown: ActiveBinding) -> FooterKey:
        return FooterKey(
            shown.binding.key,
            self.app.get_key_display(shown.binding),
            translated(shown.binding.description),
            shown.binding.action,
            disabled=not shown.enabled,
            tooltip=translated(shown.tooltip),
        )


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
