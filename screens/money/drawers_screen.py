"""The screen of all cash drawers of an event, for who manages its money."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from eventdesk.acts import Actor, Topic
from eventdesk.core.formats import money, when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.events import EventView
from eventdesk.figures import drawers_report
from eventdesk.money import ShiftView, cash_agreement, list_shifts
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.money.cash_acts import count_drawer, hand_drawer_over, show_close_out, show_report
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of


class DrawersScreen(RoleScreen[None], AsActor):
    """Lists the drawers of an event, the open ones first, and compares them with the books."""

    SHOWS = frozenset({Topic.MONEY, Topic.EVENTS, Topic.ACCOUNTS})
    ROLE = msg("Cash drawers")
    THINGS = ("store",)
    HELP = (
        "Every drawer of the event, the open ones first: what should be in it, and what was "
        "counted. Enter shows one on paper, E saves it from there. C counts an open one and closes "
        "it, H hands it over, K puts all of them and the books on one page."
    )
    AUTO_FOCUS = "PagedLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "close_out", "Count and close", tooltip="Count the marked drawer, close it"),
        Binding("h", "hand_over", "Hand over", tooltip="Count it and give it to the next"),
        Binding("k", "overview", "Overview", tooltip="All drawers and the books on one page"),
    ]
    DEFAULT_CSS = """
    DrawersScreen {
        & #books { height: auto; padding: 0 2; margin-bottom: 1; }
        & PagedTable { margin: 0 2; }
    }
    """

    table = getters.query_one(PagedTable)

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools)
        self.actor, self.event = actor, event
        self.heading = plain(event.name, limit=60)

    def compose_body(self) -> ComposeResult:
        """Lay out the books above the drawers."""
        yield Static("", id="books", markup=False)
        yield PagedTable(
            self._read,
            Column(_("Drawer"), 14),
            Column(_("Operator")),
            Column(_("From"), 15, least=80),
            Column(_("Expected"), 15, right=True),
            Column(_("Counted"), 15, right=True, least=100),
            Column("", 22),
            empty=_("No drawer was opened yet. At the desk, F10 opens one."),
            searchable=False,
            id="drawers",
        )

    async def re_read(self) -> None:
        """Read the books and the drawers."""
        await super().re_read()
        agrees = await self.desk.read(cash_agreement, self.event.id)
        sign = _("✓ agree") if agrees.agrees else _("✗ differ")
        self.query_one("#books", Static).update(
            _(
                "Cash in the books {ledger} · in drawers {drawers} · without a drawer "
                "{outside} · {sign}",
                ledger=agrees.ledger,
                drawers=agrees.drawers,
                outside=agrees.outside,
                sign=sign,
            )
        )
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        del search
        shifts, total = await self.desk.read(list_shifts, self.event.id, offset=offset, limit=limit)
        return page_of(shifts, total, self._line)

    def _line(self, each: ShiftView) -> Line:
        began = each.opened_at.astimezone(ZoneInfo(self.event.time_zone))
        state = _("○ open") if each.is_open else each.verdict
        tone: Tone = "" if each.is_open else "faint" if each.verdict.startswith("✓") else "warning"
        cells = (
            each.drawer,
            each.operator + (f" → {each.handed_to}" if each.handed_to else ""),
            when(began, "%d %b %H:%M"),
            money(each.expected),
            "" if each.counted is None else money(each.counted),
            state,
        )
        return Line(each.id, cells, tone)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what needs a drawer where there is none."""
        if action in ("close_out", "hand_over") and self.is_mounted and self.table.is_empty:
            return None
        return super().check_action(action, parameters)

    @on(PagedTable.Shown)
    def _dim(self) -> None:
        self.refresh_bindings()

    @property
    def marked(self) -> ShiftView | None:
        """The drawer under the cursor."""
        return view_of(self.table.marked, ShiftView)

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="act", exit_on_error=False)
    async def show_marked(self, message: PagedTable.Chosen) -> None:
        """Show the marked drawer as it reads on paper."""
        shift = view_of(message.line, ShiftView)
        if shift is not None:
            await show_close_out(self, self.tools, self.actor, shift)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_close_out(self) -> None:
        """Count the marked drawer and close it for its operator."""
        shift = self.marked
        if shift is not None and self._is_open(shift):
            await count_drawer(self, self.tools, self.actor, shift, closes=True)
            await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_hand_over(self) -> None:
        """Give the marked drawer to the next operator."""
        shift = self.marked
        if shift is not None and self._is_open(shift):
            await hand_drawer_over(self, self.tools, self.actor, shift)
            await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_overview(self) -> None:
        """Show all drawers and the books on one page."""
        report = await self.desk.read(drawers_report, self.event.id)
        await show_report(self, self.tools, self.actor, report)

    def _is_open(self, shift: ShiftView) -> bool:
        if not shift.is_open:
            self.notify(_("Enter shows how it was closed."), title=_("It is closed"), markup=False)
        return shift.is_open
