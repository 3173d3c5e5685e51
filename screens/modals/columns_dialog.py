"""Choosing what of a list is exported: columns and their order, conditions, the sorting."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.core.cells import cut_cells
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.exchange import COMPARISONS, Comparison, Condition, Selection
from screens.core.failures import ShowsErrors
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import ChoiceField, TextField

NAME_CELLS: Final = 26


class ColumnsDialog(ModalScreen[Selection | None], ShowsErrors):
    """Lists the columns of a list, the chosen ones first; dismissed with what was chosen.

    Args:
        title: What it is about.
        heading: The columns that the list has.
        selection: What is chosen at first; columns that are gone are left out.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Take/leave", tooltip="Take the marked column, or leave it out"),
        Binding("u", "move(-1)", "Up", tooltip="Move the marked column up"),
        Binding("d", "move(1)", "Down", tooltip="Move the marked column down"),
        Binding("c", "condition", "Condition", tooltip="Export only rows where it is …"),
        Binding("o", "order", "Order", tooltip="Sort the rows by it: up, down, not"),
        Binding("a", "all", "All/none", tooltip="Take all columns, or none"),
        Binding("ctrl+s", "save", "Save", tooltip="Keep this choice"),
        Binding("escape", "give_up", "Cancel"),
    ]
    CSS = """
    ColumnsDialog > .dialog { width: 96%; max-width: 110; height: 96%; max-height: 96%; }
    ColumnsDialog > .dialog OptionList { height: 1fr; max-height: 1fr; border: none; }
    ColumnsDialog #columns-told { width: 100%; height: auto; max-height: 4; padding: 1 0; }
    """

    columns = getters.query_one(OptionList)

    def __init__(self, title: str, heading: Sequence[str], selection: Selection) -> None:
        super().__init__()
        self.heading, self._all = title, tuple(heading)
        there = [name for name in selection.columns or heading if name in heading]
        self.order = [*there, *(name for name in heading if name not in there)]
        self.taken = set(there)
        self.conditions = {
            each.column: each for each in selection.conditions if each.column in heading
        }
        self.sort = selection.sort if selection.sort in heading else ""
        self.descending = selection.descending

    def compose(self) -> ComposeResult:
        """Lay out the columns, and what the choice comes to."""
        with Vertical(classes="dialog"):
            yield Label(plain(self.heading), classes="title", markup=False)
            yield OptionList(markup=False, compact=True)
            yield Label("", id="columns-told", markup=False)
            keys = _(
                "Space takes or leaves · U up, D down · C condition · O order · A all or none\n"
                "Ctrl+S saves · Esc leaves it as it was"
            )
            yield Label(keys, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Show the columns."""
        self._show(0)
        self.columns.focus()

    @property
    def selection(self) -> Selection:
        """What is chosen; all columns in the list's own order are none in particular."""
        columns = tuple(name for name in self.order if name in self.taken)
        conditions = tuple(self.conditions[name] for name in self._all if name in self.conditions)
        return Selection(
            () if columns == self._all else columns, conditions, self.sort, self.descending
        )

    @property
    def marked(self) -> int:
        """The line under the cursor."""
        return self.columns.highlighted or 0

    def _show(self, at: int) -> None:
        self.columns.clear_options()
        self.columns.add_options([Option(self._line(name)) for name in self.order])
        self.columns.highlighted = at
        told = _("{count} of {total} columns", count=len(self.taken), total=len(self.order))
        if self.conditions:
            said = "; ".join(plain(str(each)) for each in self.conditions.values())
            told += " · " + _("only rows with {conditions}", conditions=said)
        self.query_one("#columns-told", Label).update(told)

    def _line(self, name: str) -> str:
        tick = "✓" if name in self.taken else "·"
        words = cut_cells(plain(name), NAME_CELLS)
        line = f"{tick} {words}{' ' * (NAME_CELLS - len(words))}"
        if name == self.sort:
            line += "  " + (_("▼ descending") if self.descending else _("▲ ascending"))
        if name in self.conditions:
            line += f"  {plain(_condition_words(self.conditions[name]), limit=60)}"
        return line

    @on(OptionList.OptionSelected)
    def action_tick(self) -> None:
        """Take the marked column, or leave it out."""
        self.taken ^= {self.order[self.marked]}
        self._show(self.marked)

    def action_move(self, step: int) -> None:
        """Move the marked column up or down."""
        at = self.marked
        to = at + step
        if 0 <= to < len(self.order):
            self.order[at], self.order[to] = self.order[to], self.order[at]
            self._show(to)

    def action_all(self) -> None:
        """Take all columns, or none."""
        self.taken = set() if len(self.taken) == len(self.order) else set(self.order)
        self._show(self.marked)

    def action_order(self) -> None:
        """Sort by the marked column: the first first, the last first, not."""
        name = self.order[self.marked]
        if self.sort != name:
            self.sort, self.descending = name, False
        elif not self.descending:
            self.descending = True
        else:
            self.sort, self.descending = "", False
        self._show(self.marked)

    @work(exclusive=True, group="condition", exit_on_error=False)
    async def action_condition(self) -> None:
        """Ask what the cells of the marked column have to be."""
        name = self.order[self.marked]
        now = self.conditions.get(name)

        async def kept(values: dict[str, Any]) -> dict[str, Any]:
            return values

        dialog = FormDialog(
            _("Only rows where {column} …", column=plain(name, limit=60)),
            [
                ChoiceField(
                    "comparison",
                    _("Condition"),
                    [(None, _("no condition")), *((c, str(COMPARISONS[c])) for c in Comparison)],
                    value=now.comparison if now else Comparison.IS,
                ),
                TextField(
                    "value",
                    _("Value"),
                    value=now.value if now else "",
                    help=_("Capitals and accents do not matter. Left empty, it means empty cells."),
                ),
            ],
            kept,
            confirm=_("OK"),
        )
        answer = await self.app.push_screen_wait(dialog)
        if answer is None:
            return
        if answer["comparison"] is None:
            self.conditions.pop(name, None)
        else:
            value = answer["value"].strip()
            self.conditions[name] = Condition(name, answer["comparison"], value)
        self._show(self.marked)

    def action_save(self) -> None:
        """Answer with what was chosen."""
        if not self.taken:
            self.notify(_("Take one column at least."), severity="warning", markup=False)
            return
        self.dismiss(self.selection)

    def action_give_up(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)


def _condition_words(condition: Condition) -> str:
    words = str(COMPARISONS[condition.comparison])
    return f"{words} {condition.value or _('empty')}"
