"""The acts of the desk, and the menu that lists them with their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding
from textual.content import Content
from textual.events import Key

from eventdesk.core.cells import wrap_cells
from eventdesk.core.messages import Message, _, msg
from screens.core.key_names import key_name
from screens.desk.desk_dialog import DeskDialog
from screens.desk.scan_input import LineInput


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the desk.

    Attributes:
        keys: Its keys, with commas between them; the first is shown.
        label: The word in the footer.
        tooltip: What it does, in a sentence.
        shown: Whether the footer names it.
        listed: Whether the menu lists it.
        by_screen: Whether the screen itself does it, rather than one of its parts.
        first: Whether its key never gets to the input, which would cut the line with it.
    """

    keys: str
    name: str
    label: Message
    tooltip: Message
    shown: bool = False
    listed: bool = True
    by_screen: bool = False
    first: bool = False

    @property
    def action(self) -> str:
        """The action of the screen that does it."""
        return self.name if self.by_screen else f"act('{self.name}')"

    @property
    def key(self) -> str:
        """Its first key."""
        return self.keys.partition(",")[0]

    @property
    def spoken(self) -> str:
        """Its key as it stands on keyboards."""
        return key_name(self.key)

    def binding(self) -> Binding:
        """The binding of its keys, in English; it is translated when it is shown."""
        return Binding(
            self.keys,
            self.action,
            self.label.text,
            show=self.shown,
            id=self.name,
            tooltip=self.tooltip.text,
            priority=self.first,
        )


KEY_CELLS: Final = 8
LINE_CELLS: Final = 68
"""Cells of a line of the menu on the smallest screen, beside its scrollbar."""


class DeskMenu(DeskDialog[str]):
    """Lists acts; dismissed with the action of the chosen one.

    Typing narrows the list, Enter does what is marked, and each act's own key works here too.
    Acts whose action is not in `able` are listed faint.
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-tall")]
    KEYS = msg("Enter does it · its own key too · type to narrow · Esc back")

    def __init__(self, acts: Sequence[Act], able: frozenset[str]) -> None:
        super().__init__(_("What the desk can do"))
        self.acts, self.able = tuple(acts), able
        self.found: tuple[Act, ...] = ()

    def make_line(self) -> LineInput:
        """Make the line that narrows the list."""
        return LineInput(max_length=300, placeholder=_("Type to narrow, such as seat"))

    def on_mount(self) -> None:
        """List everything."""
        self.narrow("")

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """List what the typed word is about."""
        event.stop()
        self.narrow(event.value)

    def narrow(self, typed: str) -> None:
        """List the acts that a word is about."""
        word = typed.strip().casefold()
        self.found = tuple(
            each for each in self.acts if word in f"{each.label} {each.tooltip}".casefold()
        )
        self.offer([self._line(each) for each in self.found])
        self.say("" if self.found else _("Nothing is called so."))

    def on_key(self, event: Key) -> None:
        """Do what the key does on the desk."""
        act = next((each for each in self.acts if event.key in each.keys.split(",")), None)
        if act is not None:
            event.stop()
            event.prevent_default()
            self._do(act)

    def end(self, text: str) -> object:
        """Do what is marked."""
        del text
        if self.found and self.marked is not None:
            self._do(self.found[self.marked])
        return None

    def _do(self, act: Act) -> None:
        if act.action in self.able:
            self.dismiss(act.action)
        else:
            self.say(_("Scan or find a ticket first."))

    def _line(self, act: Act) -> Content:
        style = "" if act.action in self.able else "$faint"
        width = max(10, *(len(str(each.label)) + 1 for each in self.acts))
        before = KEY_CELLS + width
        told = f"\n{'':{before}}".join(wrap_cells(str(act.tooltip), LINE_CELLS - before))
        return Content.assemble(
            (f"{act.spoken:<{KEY_CELLS}}", "bold"),
            (f"{act.label:<{width}}", style),
            (told, "$faint"),
        )
