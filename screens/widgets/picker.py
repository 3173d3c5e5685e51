"""Choice of one name from a list that opens and can be searched by typing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from eventdesk.core.folding import fold
from eventdesk.core.messages import _


class PickerList(OptionList):
    """The open list; what is typed is shown in its title and marks the best match."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "rub_out", "Rub out", show=False),
        Binding("escape", "close", "Close", show=False),
    ]

    class Closed(Message):
        """Nothing is to be chosen."""

    def __init__(self, names: Sequence[Content], marked: int) -> None:
        super().__init__(*(Option(each) for each in names), markup=False, compact=True)
        self.names, self.marked = [fold(each.plain) for each in names], marked
        self.sought = ""

    def on_mount(self) -> None:
        """Mark what is chosen now, or what was typed already."""
        if not self.sought:
            self.highlighted = self.marked

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Letters are searched for."""
        return _is_typed(character)

    def on_key(self, event: events.Key) -> None:
        """Search for what is typed."""
        if event.character is not None and event.is_printable:
            event.stop()
            event.prevent_default()
            self.seek(self.sought + event.character)

    def action_rub_out(self) -> None:
        """Take back the last letter."""
        self.seek(self.sought[:-1])

    def seek(self, sought: str) -> None:
        """Mark the name that begins with these letters, else one that holds them."""
        self.sought = sought
        place = self._place_of(fold(sought)) if sought else self.highlighted
        sign = "✗" if place is None else "/"
        self.border_title = Content(f"{sign} {sought}") if sought else None
        if place is not None:
            self.highlighted = place

    def _place_of(self, sought: str) -> int | None:
        found = ((name.find(sought), place) for place, name in enumerate(self.names))
        return min(((at, place) for at, place in found if at >= 0), default=(0, None))[1]

    def action_close(self) -> None:
        """Leave what is chosen."""
        self.post_message(self.Closed())

    def on_blur(self) -> None:
        """Whoever goes elsewhere chooses nothing."""
        self.post_message(self.Closed())


class Picker(Widget, can_focus=True):
    """Shows one of several names; Enter, an arrow key, a letter or a touch opens the list.

    It is one widget until it is opened, because forms have many of them.

    Args:
        at_once: The place that is chosen instead of opening a list that holds nothing else.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,up,down", "open", "Choose", show=False)
    ]
    DEFAULT_CSS = """
    Picker {
        height: 1;
        & > PickerList, & > PickerList:focus {
            overlay: screen;
            constrain: none inside;
            offset-y: 1;
            width: 1fr;
            height: auto;
            max-height: 12;
            margin: 0;
            padding: 0;
            border: round $primary;
            border-title-color: $primary;
            border-title-style: bold;
            background: $surface;
            background-tint: $foreground 0%;
        }
    }
    """

    place: var[int | None] = var(None, init=False)
    """The place of the chosen name; None is none."""

    @dataclass
    class Chosen(Message):
        """A person chose the name at this place."""

        place: int

    def __init__(
        self, names: Sequence[Content], place: int | None = None, *, at_once: int | None = None
    ) -> None:
        super().__init__()
        self.names, self.at_once = list(names), at_once
        self.prompt = Content.styled(_("Please choose"), "$faint")
        self.set_reactive(Picker.place, place)

    def watch_place(self) -> None:
        """Show the chosen name."""
        self.refresh()

    def render(self) -> RenderResult:
        """The chosen name, and a sign that there are others."""
        room = max(1, self.content_size.width - 2)
        shown = self.prompt if self.place is None else self.names[self.place]
        line = shown.truncate(room, ellipsis=True)
        sign = Content.styled("▲" if self.expanded else "▼", "$primary")
        return line.pad_right(max(0, room - line.cell_length) + 1) + sign

    @property
    def expanded(self) -> bool:
        """Whether the list is open."""
        return bool(self.children)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Letters open the list; a space does so by its binding."""
        return _is_typed(character)

    def on_key(self, event: events.Key) -> None:
        """Open the list for a letter, and search for it."""
        if event.character is None or not event.is_printable or event.character == " ":
            return
        event.stop()
        event.prevent_default()
        if self.at_once is None:
            self.action_open()
            for listed in self.query_children(PickerList):
                listed.seek(listed.sought + event.character)

    def on_click(self, event: events.Click) -> None:
        """Open the list."""
        if event.widget is self:
            self.action_open()

    def action_open(self) -> None:
        """Open the list, or choose the only thing there is."""
        if self.at_once is not None:
            self.post_message(self.Chosen(self.at_once))
        elif not self.expanded and self.names:
            listed = PickerList(self.names, self.place or 0)
            self.mount(listed)
            listed.focus()

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self._close()
        self.post_message(self.Chosen(message.option_index))

    @on(OptionList.OptionHighlighted)
    def _mark(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()

    @on(PickerList.Closed)
    def _close(self) -> None:
        for listed in self.query_children(PickerList):
            if listed.has_focus:
                self.focus()
            listed.remove()


def _is_typed(character: str | None) -> bool:
    return character is not None and character.isprintable() and character != " "
