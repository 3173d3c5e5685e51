"""The screen of the operator's own cash drawer."""

from typing import Any, ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Digits, Label, Static

from eventdesk.acts import Permission, Topic
from eventdesk.core.errors import SupervisorNeededError
from eventdesk.core.formats import money, without_currency
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.figures import movement_words
from eventdesk.money import (
    KIND_WORDS,
    Movement,
    MovementKind,
    ShiftView,
    counter,
    list_movements,
    move,
    open_shift_of,
)
from screens.core.role_screen import RoleScreen
from screens.core.station import Place, Tools
from screens.desk.supervisor_pin import approval_for
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion
from screens.money.cash_acts import count_drawer, hand_drawer_over, open_drawer, show_close_out
from screens.money.drawers_screen import DrawersScreen
from screens.widgets.form import MoneyField, TextField
from screens.widgets.hint import Hint
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of

NO_DRAWER: Final = msg(
    "You have no drawer open. Press N to open one with its float: from then on every "
    "cash payment and cash refund of yours is booked in it by itself."
)
SIGNS: Final = {
    MovementKind.FLOAT: "◦",
    MovementKind.SALE: "+",
    MovementKind.REFUND: "−",
    MovementKind.IN: "+",
    MovementKind.OUT: "−",
    MovementKind.COUNTER: "↶",
}
NEED_DRAWER: Final = ("put_in", "take_out", "counter", "count", "close_out", "hand_over", "report")


class CashScreen(RoleScreen[None]):
    """Shows the drawer of whoever works here, with the keys that act on it."""

    SHOWS = frozenset({Topic.MONEY, Topic.EVENTS, Topic.ACCOUNTS, Topic.PRINTING})
    ROLE = msg("Cash")
    HELP = (
        "Your drawer. What you take and give back in cash is booked by itself. I puts money in, O "
        "takes it out, Delete takes the marked movement back: both stay. C counts while it goes "
        "on, L counts and closes it, H gives it to the next operator. Nothing is ever changed."
    )
    AUTO_FOCUS = "PagedLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "open", "Open", tooltip="Open a drawer with its float"),
        Binding("i", "put_in", "In", tooltip="Put money in, with a reason"),
        Binding("o", "take_out", "Out", tooltip="Take money out, with a reason"),
        Binding("delete", "counter", "Undo", tooltip="Take the marked movement back"),
        Binding("c", "count", "Count", tooltip="Count it; it goes on"),
        Binding("l", "close_out", "Close", tooltip="Count it, close it, and print the report"),
        Binding("h", "hand_over", "Hand over", tooltip="Count it and give it to the next"),
        Binding("r", "report", "Report", show=False, tooltip="Show it as it reads on paper"),
        Binding("a", "all_drawers", "All", tooltip="Show all drawers of the event"),
    ]
    DEFAULT_CSS = """
    CashScreen {
        & #drawer { height: auto; padding: 0 2; margin-bottom: 1; }
        & #drawer-words { width: 1fr; height: auto; }
        & #drawer-sum { width: auto; height: auto; }
        & #drawer-sum Label { width: 100%; text-align: right; color: $faint; }
        & #drawer-total { width: auto; min-width: 16; text-align: right; color: $primary; }
        & #no-drawer { display: none; }
        & PagedTable { margin: 0 2; }
        &.-none #drawer, &.-none PagedTable { display: none; }
        &.-none #no-drawer { display: block; height: 1fr; }
    }
    """

    table = getters.query_one(PagedTable)

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__(tools, place)
        self.place: Place = place
        self.shift: ShiftView | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out what is in the drawer above its movements."""
        with Horizontal(id="drawer"):
            yield Static("", id="drawer-words", markup=False)
            with Vertical(id="drawer-sum"):
                yield Label(_("should be in it"), markup=False)
                yield Digits("", id="drawer-total")
        yield Hint(str(NO_DRAWER), id="no-drawer")
        yield PagedTable(
            self._read_moves,
            Column(_("At"), 5),
            Column(_("What"), 12),
            Column(_("Booking"), 8),
            Column(_("Amount"), 15, right=True),
            Column(_("By"), 14, least=90),
            Column(_("Why")),
            empty=_("Nothing moved yet."),
            searchable=False,
            id="moves",
        )

    async def re_read(self) -> None:
        """Read the drawer and its movements."""
        await super().re_read()
        actor, event_id = self.place.actor, self.place.event.id
        before = self.shift
        self.shift = await self.tools.desk.read(open_shift_of, actor, event_id)
        self.set_class(self.shift is None, "-none")
        if self.shift is not None:
            self.query_one("#drawer-words", Static).update(self._words(self.shift))
            self.query_one("#drawer-total", Digits).update(without_currency(self.shift.expected))
            await self.table.re_read()
            if before is None:
                self.table.focus()
        else:
            self.query_one(Hint).focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done now: with a drawer, or without one."""
        if action == "open":
            return self.shift is None
        if action in NEED_DRAWER:
            return self.shift is not None
        if action == "all_drawers":
            return self.place.actor.may(Permission.MONEY)
        return super().check_action(action, parameters)

    def _words(self, shift: ShiftView) -> Content:
        return Content.assemble(
            (plain(shift.drawer, limit=40), "bold"),
            "\n",
            _(
                "{operator}, since {clock}",
                operator=plain(shift.operator, limit=40),
                clock=self.place.clock(shift.opened_at),
            ),
            "\n",
            (_("Float {amount}", amount=shift.float_amount), "$faint"),
        )

    async def _read_moves(self, search: str, offset: int, limit: int) -> Window:
        del search
        if self.shift is None:
            return Window((), 0)
        moves, total = await self.tools.desk.read(
            list_movements, self.place.actor, self.shift.id, offset=offset, limit=limit
        )
        return page_of(moves, total, self._line)

    def _line(self, each: Movement) -> Line:
        cells = (
            self.place.clock(each.at),
            f"{SIGNS[each.kind]} {KIND_WORDS[each.kind]}",
            each.booking_code,
            money(each.amount),
            each.by,
            movement_words(each),
        )
        tone: Tone = "faint" if each.countered or each.kind is MovementKind.COUNTER else ""
        return Line(each.id, cells, tone)

    # What is done with it

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_open(self) -> None:
        """Open a drawer."""
        if await open_drawer(self, self.tools, self.place) is not None:
            await self.re_read()

    def action_put_in(self) -> None:
        """Put money in."""
        self._move(MovementKind.IN)

    def action_take_out(self) -> None:
        """Take money out."""
        self._move(MovementKind.OUT)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def _move(self, kind: MovementKind) -> None:
        shift = self.shift
        if shift is None:
            return
        money = shift.expected

        async def moved(values: dict[str, Any]) -> Movement:
            return await self.tools.desk.write(
                move,
                self.place.actor,
                shift.id,
                kind=kind,
                amount=Money(values["amount"], money.currency, money.exponent),
                reason=values["reason"],
            )

        comes_in = kind is MovementKind.IN
        done = await self.app.push_screen_wait(
            FormDialog(
                _("Put money in") if comes_in else _("Take money out"),
                [
                    MoneyField(
                        "amount",
                        _("Amount"),
                        currency=money.currency,
                        exponent=money.exponent,
                        required=True,
                    ),
                    TextField(
                        "reason",
                        _("What for"),
                        required=True,
                        max_length=300,
                        help=_("Such as: change from the bank.")
                        if comes_in
                        else _("Such as: courier."),
                    ),
                ],
                moved,
                confirm=_("Put in") if comes_in else _("Take out"),
            )
        )
        if done is not None:
            await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_counter(self) -> None:
        """Take the marked movement back, with a reason, and a supervisor's word for a sale."""
        each = view_of(self.table.marked, Movement)
        if each is None:
            return
        why = await self.app.push_screen_wait(
            TextQuestion(
                _("Take {kind} of {amount} back?", kind=KIND_WORDS[each.kind], amount=each.amount),
                _("Both stay in the list. A booking stays as it is. Why?"),
                confirm=_("Take back"),
            )
        )
        if not why:
            return
        write, actor = self.tools.desk.write, self.place.actor
        try:
            await write(counter, actor, each.id, reason=why)
        except SupervisorNeededError:
            approval = await approval_for(
                self.app,
                self.tools,
                self.place,
                act="cash",
                words=_(
                    "take {amount} of booking {code} out of this drawer",
                    amount=each.amount,
                    code=each.booking_code,
                ),
            )
            if approval is None:
                return
            await write(counter, actor.with_approval(approval), each.id, reason=why)
        await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_count(self) -> None:
        """Count the drawer; it goes on."""
        if self.shift is not None:
            await count_drawer(self, self.tools, self.place.actor, self.shift)
            await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_close_out(self) -> None:
        """Count the drawer and close it."""
        if self.shift is not None:
            await count_drawer(self, self.tools, self.place.actor, self.shift, closes=True)
            await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_hand_over(self) -> None:
        """Give the drawer to the next operator."""
        if self.shift is not None:
            await hand_drawer_over(self, self.tools, self.place.actor, self.shift)
            await self.re_read()

    @on(PagedTable.Chosen)
    def _open_line(self, message: PagedTable.Chosen) -> None:
        """A movement is all on its line; Enter shows the whole drawer on paper."""
        message.stop()
        self.action_report()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_report(self) -> None:
        """Show the drawer as it reads on paper."""
        if self.shift is not None:
            await show_close_out(self, self.tools, self.place.actor, self.shift)

    def action_all_drawers(self) -> None:
        """Show all drawers of the event."""
        self.app.push_screen(DrawersScreen(self.tools, self.place.actor, self.place.event))
