"""Footer: the keys available now, as many as fit, and the way to the others."""

from dataclasses import replace
from typing import Any, Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from eventdesk.core.messages import translated
from screens.widgets.sentence import in_cells

ALWAYS: Final = frozenset({"help", "back"})
"""Actions whose keys stay on show: one lists all keys, the other leads out."""

MORE: Final = "more"
"""Id of the binding that shows the keys there is no room for."""

LOOSE, CLOSE = 3, 2
"""Cells around and between the key and the label of one entry."""


def is_named(binding: Binding) -> bool:
    """Whether footer, menu or help speak of a key, rather than take it for granted."""
    return bool(binding.description and binding.show) or bool(binding.tooltip)


def named_keys(node: DOMNode, focused: Widget | None) -> BindingsMap:
    """The keys of a node that does not have the keyboard, as they work from where it is.

    Left out are those that `focused` takes for typing. An entry that is known by a key which does
    something else there is shown by its own.
    """
    taken = set() if focused is None else set(focused._bindings.key_to_bindings)
    keys = BindingsMap()
    for key, binding in node._bindings:
        if not is_named(binding):
            continue
        if focused is not None and focused.check_consume_key(key, key_to_character(key)):
            continue
        if (binding.key_display or "").lower() in taken:
            binding = replace(binding, key_display=None)
        keys.key_to_bindings.setdefault(key, []).append(binding)
    return keys


class KeyFooter(Footer):
    """Shows whole entries only, in the order of their bindings.

    Where they do not fit they are set closely, and then left out from the last one on: a screen's
    own keys before those of the part that has the keyboard. The last entry then opens a menu of
    all that is left out.

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
        room = self._fitted_to = self.content_size.width
        keys = [self._entry(each) for each in self._shown]
        close = bool(room) and _width(keys, LOOSE) > room
        self.compact = close
        for key in self._fitting(keys, room) if close else keys:
            key.set_reactive(FooterKey.compact, close)
            key.set_class(close, "-compact")
            yield key

    @property
    def left_out(self) -> list[ActiveBinding]:
        """What the screen can do beside the entries on show, the next ones first."""
        shown = {each.action for each in self.query(FooterKey)}
        left = [
            each
            for each in _by_action(self.screen)
            if is_named(each.binding) and each.binding.action not in shown and not _is_more(each)
        ]
        return sorted(left, key=lambda each: not each.binding.show)

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Lay out the entries anew if they are others now."""
        if not self._bindings_ready or (screen is self.screen and self._shown != self._to_show()):
            super().bindings_changed(screen)

    async def on_resize(self, event: events.Resize) -> None:
        """Fit the entries to another width."""
        if self.content_size.width != self._fitted_to:
            await self.recompose()

    def _to_show(self) -> list[ActiveBinding]:
        return [each for each in _by_action(self.screen) if each.binding.show]

    def _entry(self, shown: ActiveBinding) -> FooterKey:
        return FooterKey(
            shown.binding.key,
            self.app.get_key_display(shown.binding),
            in_cells(translated(shown.binding.description)),
            shown.binding.action,
            disabled=not shown.enabled,
            tooltip=translated(shown.tooltip),
        )

    def _fitting(self, keys: list[FooterKey], room: int) -> list[FooterKey]:
        """The entries that fit when set closely, and the one that leads to the others."""
        if _width(keys, CLOSE) <= room:
            return keys
        more = [self._entry(each) for each in _by_action(self.screen) if _is_more(each)]
        kept = [key for key in keys if key.action not in {each.action for each in more}]
        for key in reversed(kept[:]):
            if _width(kept + more, CLOSE) <= room:
                break
            if key.action not in ALWAYS:
                kept.remove(key)
        return kept + more


def _by_action(screen: Screen[Any]) -> list[ActiveBinding]:
    """The available bindings, one for each action."""
    by_action: dict[str, ActiveBinding] = {}
    for each in screen.active_bindings.values():
        by_action.setdefault(each.binding.action, each)
    return list(by_action.values())


def _is_more(shown: ActiveBinding) -> bool:
    return shown.binding.id == MORE


def _width(keys: list[FooterKey], around: int) -> int:
    return sum(cell_len(f"{key.key_display}{key.description}") + around for key in keys)
