"""Menu of what a screen can do beside the keys its footer has room for."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingsMap, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.core.messages import _, translated

MOVES: Final = BindingsMap(OptionList.BINDINGS).key_to_bindings
"""The keys that choose a line of the menu; others that scroll it do what the screen does."""


class KeyMenu(ModalScreen[ActiveBinding | None]):
    """Lists acts with their keys; dismissed with the one that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f9", "give_up", "Back")]
    ALLOW_SELECT = False

    def __init__(self, acts: Sequence[ActiveBinding]) -> None:
        super().__init__()
        self.acts = tuple(acts)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        keys = [self.app.get_key_display(each.binding) for each in self.acts]
        width = max(map(cell_len, keys), default=0)
        labels = [translated(each.binding.description) for each in self.acts]
        room = max(map(cell_len, labels), default=0)
        with Vertical(classes="dialog -wide"):
            yield Label(_("What else can be done here"), classes="title")
            yield OptionList(
                *(
                    Option(
                        Content.assemble(
                            (set_cell_size(key, width), "bold"),
                            f"  {set_cell_size(label, room)}  ",
                            (translated(each.tooltip), "$faint"),
                        ),
                        disabled=not each.enabled,
                    )
                    for key, label, each in zip(keys, labels, self.acts, strict=True)
                ),
                markup=False,
            )
            yield Label(_("Enter does it, its own key too; Esc goes back."), classes="hint")

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        """Do what is marked."""
        self.dismiss(self.acts[message.option_index])

    def on_key(self, event: events.Key) -> None:
        """Do what the key does on the screen below."""
        act = next((each for each in self.acts if each.binding.key == event.key), None)
        if act is not None and act.enabled and event.key not in MOVES:
            event.stop()
            event.prevent_default()
            self.dismiss(act)

    def action_give_up(self) -> None:
        """Do nothing."""
        self.dismiss(None)
