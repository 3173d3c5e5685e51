"""The help of a screen: what it is for, and its keys."""

from collections.abc import Mapping
from typing import ClassVar, Self

from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from eventdesk.core.messages import _, translated


class HelpScreen(ModalScreen[None]):
    """Shows a sentence on the screen below, and each key with what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,enter,q", "dismiss", "Close", id="close_help")
    ]

    def __init__(self, purpose: str, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self.purpose, self.keys = purpose, keys

    @classmethod
    def of(cls, app: App[object], purpose: str, bindings: Mapping[str, ActiveBinding]) -> Self:
        """Make the help of a screen out of its text and the tooltips of its active keys."""
        meanings: dict[str, list[str]] = {}
        for active in bindings.values():
            binding = active.binding
            if meaning := active.tooltip or (binding.description if binding.show else ""):
                keys = meanings.setdefault(translated(meaning), [])
                if (key := app.get_key_display(binding)) not in keys:
                    keys.append(key)
        return cls(purpose, [(", ".join(keys), meaning) for meaning, keys in meanings.items()])

    def compose(self) -> ComposeResult:
        """Lay out purpose and keys."""
        with VerticalScroll(classes="dialog -wide"):
            yield Label(_("Help"), classes="title")
            yield Static(self.purpose, markup=False, id="help-purpose")
            yield Static(self._table(), id="help-keys")
            yield Label(_("Esc closes this."), classes="hint")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 3))
        for key, meaning in self.keys:
            table.add_row(Text(key, style="bold"), Text(meaning))
        return table
