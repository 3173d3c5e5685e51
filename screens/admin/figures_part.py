"""The part of figures: revenue and commission of all events."""

from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.figures import platform_report
from screens.core.part import Part, act
from screens.modals.export_dialog import saved_report
from screens.widgets.report_view import ReportView


class FiguresPart(Part):
    """Shows what every event sold, what came in, and the commission on it."""

    HELP = (
        "What all events sold, event by event, and what of it is commission; the arrow keys "
        "scroll. S saves it as CSV, XLSX or PDF. I imports what Stripe, PayPal or Flutterwave "
        "keep of payments and pay out, from the CSV in which they settle: it becomes a cost of the "
        "events, and the rest goes to the bank."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", "Save", tooltip="Save these figures as CSV, XLSX or PDF"),
        Binding("i", "import_fees", "Fees", tooltip="Import what providers keep and pay out"),
    ]

    view = getters.query_one(ReportView)

    def compose(self) -> ComposeResult:
        """Lay out the report."""
        yield ReportView()

    async def re_read(self) -> None:
        """Add up again."""
        self.view.show(await self.desk.read(platform_report))

    @act
    async def action_import_fees(self) -> None:
        """Ask for a provider's file, show what it would do, and post it after a yes."""
        from screens.money.provider_fees import import_fees  # only here

        if (report := await import_fees(self)) is not None:
            self.say(report.sentence)

    @work(exclusive=True, group="save", exit_on_error=False)
    async def action_save(self) -> None:
        """Save the figures as they are shown."""
        if self.view.report is not None:
            await saved_report(self, self.view.report)
