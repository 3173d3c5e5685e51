"""The list of printers: how each is, what waits for it, and what can be done about it.

Admins see it with everything that sets printers up; who runs an event, or works at its door, with
what is needed on the day.
"""

from typing import Any, ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Permission
from eventdesk.core.messages import _, _n, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.printing import Health
from eventdesk.core.tone import Tone
from eventdesk.door import doors_of_event
from eventdesk.events import event_detail
from eventdesk.printing import (
    PrinterView,
    Trial,
    assign,
    enable_printer,
    list_printers,
    print_test,
    reset_labels,
)
from screens.core.part import Part
from screens.modals.form_dialog import FormDialog
from screens.organizer.making import Maker
from screens.printing.printer_badges import PrinterBadges
from screens.widgets.detail import Block
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.form import NumberField, SeveralField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

TROUBLES = {
    Health.PAPER_OUT: msg("✗ paper out"),
    Health.COVER_OPEN: msg("✗ cover open"),
    Health.ERROR: msg("✗ error"),
    Health.OFFLINE: msg("✗ offline"),
}
UNTIL_THEN = msg("Until then badges go where the settings or --printer say.")


class PrintersBoard(Part):
    """Lists the printers in the order in which they take over from each other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "badges", "Badges", tooltip="What waits for the marked printer, or failed"),
        Binding("t", "try_out", "Test", tooltip="Print a test badge on the marked printer"),
        Binding("l", "refill", "Roll", tooltip="Say how many labels the new roll has"),
        Binding("o", "switch", "On/off", tooltip="Switch the marked printer on or off"),
        Binding("g", "gates", "Gates", tooltip="Say at which gates the marked printer stands"),
    ]
    ON_A_LINE = frozenset({"badges", "try_out", "refill", "switch", "gates", "step", "remove"})
    DEFAULT_CSS = """
    PrintersBoard > #printer-words {
        width: 100%; height: auto; max-height: 4; padding: 0 2; color: $faint;
    }
    """

    table = getters.query_one(PagedTable)
    printers: tuple[PrinterView, ...] = ()

    @property
    def event_id(self) -> UUID | None:
        """The event somebody works for here; None is the installation."""
        return None

    def empty(self) -> str:
        """What is said when there is no printer, with what to do next."""
        return _("No printer yet. An admin sets them up: Administer, Printers.")

    def compose(self) -> ComposeResult:
        """Lay out the list, and the whole of what the marked one says below."""
        yield PagedTable(
            self._read,
            Column(_("Printer")),
            Column(_("How it is"), 22),
            Column(_("Waits"), 5, right=True),
            Column(_p("column", "Failed"), 6, right=True, least=54),
            Column(_("Labels"), 6, right=True),
            Column(_("Gates"), 14, least=64),
            Column(_("Address"), least=120),
            detail=self._detail,
            empty=self.empty(),
            searchable=False,
            id="printers",
        )
        yield Label("", id="printer-words", classes=SAID_BELOW, markup=False)

    async def re_read(self) -> None:
        """Read the printers."""
        self.printers = tuple(await self.desk.read(list_printers, event_id=self.event_id))
        await self.table.re_read()
        self._say_more(self.marked)

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.printers, offset, limit, line_of)

    async def _detail(self, line: Line) -> list[Block]:
        printer = view_of(line, PrinterView)
        return [] if printer is None else [Block([("", words_of(printer))])]

    @property
    def marked(self) -> PrinterView | None:
        """The printer under the cursor."""
        return view_of(self.table.marked, PrinterView)

    @on(PagedTable.Marked)
    def say_more(self, message: PagedTable.Marked) -> None:
        """Say below how the marked one is, where it is and what to do."""
        message.stop()
        self._say_more(view_of(message.line, PrinterView))

    def _say_more(self, printer: PrinterView | None) -> None:
        words = words_of(printer) if printer else "" if self.printers else str(UNTIL_THEN)
        self.query_one("#printer-words", Label).update(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Gates belong to an event, and to those who may change it."""
        may = self.actor.may(Permission.EVENT, Permission.INSTALLATION)
        if action == "gates" and (self.event_id is None or not may):
            return False
        return super().check_action(action, parameters)

    # What can be done

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_badges(self) -> None:
        """Show what waits for the marked printer, or failed."""
        if self.marked is not None:
            dialog = PrinterBadges(
                self.tools, self.actor, self.marked, self.printers, event_id=self.event_id
            )
            await self.app.push_screen_wait(dialog)
            await self.re_read()

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_try_out(self) -> None:
        """Print a test badge."""
        printer = self.marked
        if printer is None:
            return
        name = plain(printer.name)
        self.notify(_("◌ A test badge goes to {name} …", name=name), markup=False)
        trial = await self.desk.take_steps(print_test, printer.id, event_id=self.event_id)
        self.tell_trial(name, trial)
        await self.re_read()

    def tell_trial(self, name: str, trial: Trial) -> None:
        """Say what came of a test badge."""
        self.notify(
            f"{plain(trial.words, limit=300)} {plain(trial.hint, limit=300)}".strip(),
            title=_("✓ Test on {name}", name=name)
            if trial.out
            else _("✗ Test on {name}", name=name),
            severity="information" if trial.out else "error",
            markup=False,
        )

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_switch(self) -> None:
        """Switch the marked printer on or off; the same key takes it back."""
        printer = self.marked
        if printer is None:
            return
        await self.desk.write(
            enable_printer, printer.id, enabled=not printer.enabled, event_id=self.event_id
        )
        name = plain(printer.name)
        if printer.enabled:
            said = _(
                "✓ {name} is off: its badges go to the next one. O changes it back.", name=name
            )
        else:
            said = _("✓ {name} is on again. O changes it back.", name=name)
        self.notify(said, markup=False)
        await self.re_read()

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_refill(self) -> None:
        """Ask how many labels the new roll has."""
        printer = self.marked
        if printer is None:
            return

        async def save(values: dict[str, Any]) -> bool:
            await self.desk.write(
                reset_labels,
                printer.id,
                labels=values["labels"],
                warn=values["warn"],
                event_id=self.event_id,
            )
            return True

        dialog = FormDialog(
            _("Labels of {name}", name=plain(printer.name)), label_fields(printer), save
        )
        if await self.app.push_screen_wait(dialog):
            await self.re_read()

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_gates(self) -> None:
        """Ask at which gates of the event the marked printer stands."""
        printer, event_id = self.marked, self.event_id
        if printer is not None and event_id is not None:
            await self.ask_gates(printer, event_id)

    async def ask_gates(self, printer: PrinterView, event_id: UUID) -> None:
        """Ask at which gates of one event a printer stands."""
        setup = await self.desk.read(doors_of_event, event_id)
        event = await self.desk.read(event_detail, event_id)

        async def save(values: dict[str, Any]) -> PrinterView:
            return await self.desk.write(
                assign, printer.id, event_id=event_id, gate_ids=values["gates"]
            )

        held = {gate_id for gate_id, _name in printer.gates}
        gates = SeveralField(
            "gates",
            _("It stands at"),
            [(gate.id, gate.name) for gate in setup.gates],
            value=[gate.id for gate in setup.gates if gate.id in held],
            making=Maker(self.desk, self.app, event).gate(),
            help=_("Badges of a gate go to its printers first, then to those without any gate."),
        )
        dialog = FormDialog(_("Gates of {name}", name=plain(printer.name)), [gates], save)
        if await self.app.push_screen_wait(dialog) is not None:
            await self.re_read()


def label_fields(printer: PrinterView | None) -> list[NumberField]:
    """What is asked about a roll."""
    return [
        NumberField(
            "labels",
            _("Labels on the roll"),
            value=printer.labels_left if printer is not None else None,
            most=100_000,
            help=_("Each badge takes one off. Empty: nobody counts."),
        ),
        NumberField(
            "warn",
            _("Warn from"),
            value=printer.labels_warn if printer is not None else 20,
            most=100_000,
            required=True,
        ),
    ]


def line_of(printer: PrinterView) -> Line:
    """A printer as a line: a sign and a word, never colour alone."""
    tone: Tone
    if not printer.enabled:
        state, tone = _("○ off"), "faint"
    elif not printer.well:
        state, tone = str(TROUBLES[printer.status.health]), "bad"
    elif printer.labels_low or printer.status.health == "paper_low":
        state, tone = _("! labels low"), "warning"
    elif not printer.driven:
        state, tone = _("! no program drives it"), "warning"
    else:
        state, tone = _("✓ ready"), "good"
    waits = printer.waiting + printer.unconfirmed
    return Line(
        printer.id,
        (
            printer.name,
            state,
            str(waits or ""),
            str(printer.failed or ""),
            "" if printer.labels_left is None else str(printer.labels_left),
            ", ".join(name for _gate, name in printer.gates) or _("everywhere"),
            printer.spec,
        ),
        tone,
    )


def words_of(printer: PrinterView) -> str:
    """All about a printer in a few sentences."""
    name, words = printer.name, printer.words.rstrip(".")
    parts = [_("{name}: {words}.", name=name, words=words)]
    if printer.enabled and not printer.driven:
        parts.append(
            _("No open program drives it; open eventdesk at {device}.", device=printer.device)
            if printer.device
            else _("No open program drives it; open eventdesk.")
        )
    if printer.unconfirmed:
        parts.append(
            _n(
                "{count} taken and not said to be out.",
                "{count} taken and not said to be out.",
                printer.unconfirmed,
            )
        )
    if printer.labels_low:
        parts.append(
            _n(
                "{count} label left: have a new roll at hand, then press L.",
                "{count} labels left: have a new roll at hand, then press L.",
                printer.labels_left or 0,
            )
        )
    gates = ", ".join(name for _gate, name in printer.gates)
    parts.append(_("Stands at {gates}.", gates=gates) if gates else _("Stands everywhere."))
    at, device = printer.spec, printer.device
    parts.append(
        _("Address: {address} ({device})", address=at, device=device)
        if device
        else _("Address: {address}", address=at)
    )
    return plain(" ".join(parts), limit=400)
