"""The part of printers: find, set up, order, remove."""

from typing import Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.events import all_events
from eventdesk.printing import PrinterView, move_printer, remove_printer, search_printers
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.printing.printer_form import printer_dialog
from screens.printing.printers_board import PrintersBoard, label_fields
from screens.widgets.form import TextField
from screens.widgets.paged_table import PagedTable, view_of


class PrintersPart(PrintersBoard):
    """Lists the printers; Enter changes one, N sets one up by its address, F looks for some."""

    HELP = (
        "Badges go to the printers of their gate, from top to bottom, then to those without a "
        "gate; + and - change the order. F looks for printers, N takes an address. B shows what "
        "waits for the marked one or failed, T prints a test badge."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "set_up", "New", tooltip="Set a printer up by its address"),
        Binding("f", "look", "Find", tooltip="Look for printers here and in the network"),
        Binding("minus", "step(-1)", "Earlier", show=False, tooltip="It takes over earlier"),
        Binding("plus", "step(1)", "Later", show=False, tooltip="It takes over later"),
        Binding("delete", "remove", "Remove", show=False, tooltip="Remove the marked printer"),
    ]

    def empty(self) -> str:
        """What to do without a printer."""
        return _("No printer yet. F finds printers, N takes an address.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whoever sees this part may assign printers at every event."""
        if action == "gates":
            return None if self.has_no_line else True
        return super().check_action(action, parameters)

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_set_up(self) -> None:
        """Ask for a printer and set it up."""
        await self._ask()

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_look(self) -> None:
        """Look for printers, and set the chosen one up."""

        async def look(values: dict[str, Any]) -> list[Any]:
            hosts = values["hosts"].replace(",", " ").split()
            return await self.desk.read(search_printers, hosts=hosts)

        hosts = TextField(
            "hosts",
            _("Also ask"),
            help=_("Names or addresses in the network, such as 192.168.1.40 192.168.1.41."),
        )
        dialog = FormDialog(
            _("Find printers"),
            [hosts],
            look,
            explanation=_("Queues and cables of this machine are asked anyway; it takes seconds."),
            confirm=_("Look"),
        )
        found = await self.app.push_screen_wait(dialog)
        if found is None:
            return
        known = {each.spec for each in self.printers}
        new = [each for each in found if each.spec not in known]
        names = [f"{plain(each.name)}  {plain(each.spec)}  {plain(str(each.text))}" for each in new]
        title = _("Which one?") if new else _("Nothing new was found")
        place = await self.app.push_screen_wait(PickOne(title, [*names, _("Type its address")]))
        if place is None:
            return
        if place < len(new):
            await self._ask(spec=new[place].spec, name=new[place].name[:60])
        else:
            await self._ask()

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="printer", exit_on_error=False)
    async def change(self, message: PagedTable.Chosen) -> None:
        """Change the marked printer."""
        printer = view_of(message.line, PrinterView)
        if printer is not None:
            await self._ask(printer)

    async def _ask(
        self, printer: PrinterView | None = None, *, spec: str = "", name: str = ""
    ) -> None:
        labels = label_fields(printer)
        dialog = printer_dialog(
            self.tools, self.actor, labels, printer=printer, spec=spec, name=name
        )
        if await self.app.push_screen_wait(dialog) is not None:
            await self.re_read()

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_step(self, step: int) -> None:
        """Let the marked printer take over earlier or later."""
        if self.marked is not None:
            await self.desk.write(move_printer, self.marked.id, step=step)
            await self.re_read()

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_gates(self) -> None:
        """Ask for an event, if there are several, and at which of its gates the printer stands."""
        printer = self.marked
        if printer is None:
            return
        events = await self.desk.read(all_events)
        if not events:
            self.notify(_("There is no event yet, so there are no gates."), markup=False)
            return
        chosen: int | None = 0
        if len(events) > 1:
            names = [each.name for each in events]
            chosen = await self.app.push_screen_wait(PickOne(_("At which event?"), names))
        if chosen is not None:
            await self.ask_gates(printer, events[chosen].id)

    @work(exclusive=True, group="printer", exit_on_error=False)
    async def action_remove(self) -> None:
        """Remove the marked printer, after a question."""
        printer = self.marked
        if printer is None:
            return
        left = (
            _("Badges go to the other printers.")
            if len(self.printers) > 1
            else _("It is the only one: badges go where the settings say.")
        )
        question = YesNo(_("Remove {name}?", name=plain(printer.name)), left, yes=_("Remove"))
        if await self.app.push_screen_wait(question):
            await self.desk.write(remove_printer, printer.id)
            await self.re_read()
