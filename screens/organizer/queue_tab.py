"""Queue of requests at the opening of sales: its window, the requests, taking them in order."""

from datetime import datetime
from typing import Any, ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Label, ProgressBar
from textual.worker import get_current_worker

from eventdesk.acts import Permission
from eventdesk.core.messages import Message, _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.core.wall_clock import spoken
from eventdesk.events import QueueSummary, RequestState, RequestView
from eventdesk.waiting import list_requests, open_queue, queue_summary, run_queue
from screens.modals.form_dialog import FormDialog
from screens.organizer.tab import EventPart
from screens.widgets.form import MomentField, YesNoField
from screens.widgets.paged_table import Column, Line, PagedTable

AT_ONCE: Final = 25
"""Requests taken between two looks at the screen, so that it can be stopped soon."""

STATES: Final[dict[RequestState, tuple[Message, Tone]]] = {
    RequestState.WAITING: (msg("… waits"), ""),
    RequestState.CONFIRMED: (msg("✓ confirmed"), "good"),
    RequestState.SOLD_OUT: (msg("✗ sold out"), "warning"),
    RequestState.CANCELLED: (msg("– cancelled"), "faint"),
    RequestState.FAILED: (msg("✗ failed"), "bad"),
}


class QueueTab(EventPart):
    """Opens the window for requests, and takes them when it has closed."""

    NEEDS = Permission.TICKETS
    HELP = (
        "While the window is open everybody may ask once. Then R takes the requests: VIP before "
        "regular, then first come first served, or by lot. It may be stopped and goes on where it "
        "was."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "window", "Window", tooltip="Say when requests are collected"),
        Binding("r", "run", "Take requests", tooltip="Take the requests in order"),
        Binding("s", "stop", "Stop", tooltip="Stop after the request at hand"),
    ]
    DEFAULT_CSS = """
    QueueTab {
        & > Label { width: 100%; padding: 0 2; height: auto; }
        & #queue-window { color: $primary; text-style: bold; }
        & #queue-bar { padding: 0 2; display: none; }
        & #queue-bar Bar { width: 1fr; }
        &.-running #queue-bar { display: block; }
        & #requests { height: 1fr; border-top: hkey $line; }
    }
    """

    standing: QueueSummary | None = None

    def compose(self) -> ComposeResult:
        """Lay out window, figures, progress and requests."""
        yield Label("", id="queue-window", markup=False)
        yield Label("", id="queue-figures", markup=False)
        yield Label("", id="queue-left", markup=False)
        yield ProgressBar(id="queue-bar", show_eta=False)
        yield PagedTable(
            self.source(list_requests, _line),
            Column(_("Name")),
            Column(_("Tickets"), 7, right=True),
            Column(_("Ticket"), 16, least=80),
            Column("", 4),
            Column(_("State"), 12),
            Column(_("Booking"), 8, least=66),
            Column(_("Why"), 30, least=100),
            empty=_("No requests. Press W to say when they are collected; people make them then."),
            id="requests",
        )

    async def re_read(self) -> None:
        """Read how the queue stands, and the requests."""
        self._show(await self.desk.read(queue_summary, self.event.id))
        await super().re_read()

    def _show(self, standing: QueueSummary) -> None:
        self.standing = standing
        if not self.is_attached:
            return
        self.query_one("#queue-window", Label).update(_window(standing, self.tools.now()))
        self.query_one("#queue-figures", Label).update(_figures(standing))
        self.query_one("#queue-left", Label).update(_left(standing))
        bar = self.query_one(ProgressBar)
        bar.update(total=max(1, standing.total), progress=standing.decided)

    # The window

    @work(exclusive=True, group="window", exit_on_error=False)
    async def action_window(self) -> None:
        """Ask when requests are collected."""
        standing = self.standing
        if standing is None:
            return
        zone = self.event.time_zone
        dialog = FormDialog(
            _("When are requests collected?"),
            [
                MomentField("from", _("From"), zone=zone, value=standing.queue_from),
                MomentField(
                    "until", _("Until"), zone=zone, value=standing.queue_until, after="from"
                ),
                YesNoField(
                    "by_lot",
                    _("By lot"),
                    value=standing.by_lot,
                    help=_("Else who asks first is taken first; VIP goes before regular always."),
                ),
            ],
            self._submit,
            explanation=_("Meanwhile nobody books directly. Leave both empty for no queue."),
        )
        await self.ask(dialog)

    async def _submit(self, values: dict[str, Any]) -> bool:
        await self.desk.write(
            open_queue,
            self.event.id,
            queue_from=values["from"],
            queue_until=values["until"],
            by_lot=values["by_lot"],
        )
        return True

    # Taking the requests

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done now: begin, or stop."""
        if action == "stop":
            return self.has_class("-running")
        if action == "run":
            return not self.has_class("-running")
        return super().check_action(action, parameters)

    @work(exclusive=True, group="run", exit_on_error=False)
    async def action_run(self) -> None:
        """Take the requests until none waits, or somebody stops it."""
        standing = self.standing
        if standing is None or not standing.waiting:
            self.say(_("No request waits."))
            return
        if not standing.decided and not await self.sure(
            _("Take {waiting:,} requests?", waiting=standing.waiting),
            _("Each is booked or refused now; VIP before regular, then in their order."),
            yes=_("Take them"),
        ):
            return
        worker = get_current_worker()
        self._run(True)
        try:
            while standing.waiting and not worker.is_cancelled and self.has_class("-running"):
                standing = await self.desk.write(run_queue, self.event.id, most=AT_ONCE)
                self._show(standing)
        finally:
            self._run(False)
        await self.table.re_read()

    def action_stop(self) -> None:
        """Stop after the requests at hand; the rest waits."""
        self._run(False)

    def would_be_lost(self) -> str:
        """Leaving while it runs stops it."""
        return _("Requests are being taken; the rest waits.") if self.has_class("-running") else ""

    def _run(self, running: bool) -> None:
        self.set_class(running, "-running")
        self.refresh_bindings()


def _line(view: RequestView) -> Line:
    word, tone = STATES[view.state]
    vip = "VIP" if view.priority > 0 else ""
    tickets = f"{view.tickets}"
    cells = (view.name, tickets, view.what, vip, str(word), view.booking_code, view.reason)
    return Line(view.id, cells, tone)


def _window(standing: QueueSummary, now: datetime) -> str:
    if standing.queue_from is None or standing.queue_until is None:
        return _("No window for requests. Press W to open one.")
    begin = spoken(standing.queue_from, standing.time_zone)
    end = spoken(standing.queue_until, standing.time_zone)
    if now < standing.queue_from:
        return _("Requests are collected from {begin}.", begin=begin)
    if standing.collecting(now):
        return _("✓ Requests are collected until {end}.", end=end)
    if standing.waiting:
        return _("! Closed {end}. Press R to take the requests.", end=end)
    return _("✓ Closed {end}; no request waits.", end=end)


def _figures(standing: QueueSummary) -> Content:
    figures = (
        ("…", _("waiting"), standing.waiting),
        ("✓", _("confirmed"), standing.confirmed),
        ("✗", _("sold out"), standing.sold_out),
        ("–", _p("state", "cancelled"), standing.cancelled),
        ("✗", _("failed"), standing.failed),
    )
    parts = [
        Content.assemble((f"{sign} {number:,}", "bold"), (f" {word}", "$faint"))
        for sign, word, number in figures
    ]
    return Content("   ").join(parts)


def _left(standing: QueueSummary) -> Content:
    parts = [
        Content.assemble(
            (f"{plain(each.name, limit=30)} ", "$faint"),
            (_("no limit") if each.left is None else _("{left:,} left", left=each.left), "bold"),
        )
        for each in standing.remaining
    ]
    return Content("   ").join(parts)
