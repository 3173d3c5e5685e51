"""Money of an event: balance, payments, refunds, credits, bank, vouchers, papers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Label, Static, Tabs
from textual.widgets import Tab as ListTab

from eventdesk.acts import Actor, Permission, Topic
from eventdesk.booking import booking_detail, revive
from eventdesk.core import formats
from eventdesk.core.booking_states import STATE_WORDS
from eventdesk.core.messages import Message, _, _n, _p, msg, msg_p
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.documents.document import DocumentSeries
from eventdesk.documents.text import as_text
from eventdesk.events import EventView
from eventdesk.exchange import Listing
from eventdesk.money import (
    CreditView,
    DocumentView,
    EventMoney,
    Match,
    PaymentView,
    RefundView,
    StatementLine,
    StatementReport,
    VoucherView,
    add_vouchers,
    assign_line,
    cancel_voucher,
    event_money,
    export_document,
    hand_out_refund,
    import_statement,
    issue_receipt,
    list_credits,
    list_documents,
    list_payments,
    list_refunds,
    list_statement_lines,
    list_vouchers,
    preview_statement,
    read_document,
    refund,
    retry_refund,
    set_line_aside,
    unknown_notices,
    verify_ledger,
)
from eventdesk.tables.encoding import ENCODINGS, title_of
from screens.booking.booking_blocks import booking_blocks
from screens.booking.booking_screen import BookingScreen
from screens.core.part import act
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion
from screens.money.drawers_screen import DrawersScreen
from screens.money.import_preview import ImportPreview
from screens.money.paper_screen import PaperScreen
from screens.organizer.tab import EventPart, act_on
from screens.widgets.detail import Block
from screens.widgets.form import ChoiceField, Field, MomentField, MoneyField, NumberField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Source

PAYMENTS: Final[dict[PaymentState, tuple[Message, Tone]]] = {
    PaymentState.PAID: (msg("✓ paid"), ""),
    PaymentState.PENDING: (msg("◌ waiting"), "warning"),
    PaymentState.FAILED: (msg("✗ failed"), "faint"),
    PaymentState.EXPIRED: (msg("✗ not paid"), "faint"),
}
REFUNDS: Final[dict[RefundState, tuple[Message, Tone]]] = {
    RefundState.PAID: (msg("✓ out"), "faint"),
    RefundState.PENDING: (msg("◌ to pay"), "warning"),
    RefundState.FAILED: (msg("✗ refused"), "bad"),
    RefundState.SUPERSEDED: (msg("– taken back"), "faint"),
}
METHODS: Final = {
    Method.CASH: msg_p("method", "cash"),
    Method.TERMINAL: msg_p("method", "terminal"),
    Method.TRANSFER: msg_p("method", "transfer"),
    Method.VOUCHER: msg_p("method", "voucher"),
    Method.FREE: msg_p("method", "free"),
    Method.GATEWAY: msg_p("method", "gateway"),
    Method.ELSEWHERE: msg_p("method", "elsewhere"),
}
MATCHES: Final[dict[Match, tuple[Message, Tone]]] = {
    Match.PAID: (msg("✓ pays it"), "good"),
    Match.PART: (msg("! a part"), "warning"),
    Match.OVER: (msg("! too much"), "warning"),
    Match.KNOWN: (msg("– known"), "faint"),
    Match.OUTGOING: (msg("– went out"), "faint"),
    Match.REMARK: (msg("– no amount"), "faint"),
    Match.OPEN: (msg("! look at it"), "warning"),
}
"""The words of a match of a statement line, and its tone."""

ACCOUNTS: Final = {
    "cash": msg("cash"),
    "terminal": msg("card"),
    "bank": msg("bank"),
    "voucher": msg("vouchers"),
    "gateway": msg("online"),
    "elsewhere": msg("elsewhere"),
}

OPEN: Final = {
    "refunds": msg("to give back"),
    "cancellation_fees": msg("fees kept"),
    "commission_owed": msg("commission"),
    "provider_fees": msg("fees of providers"),
}


@dataclass(frozen=True, slots=True)
class MoneyList:
    """One list."""

    id: str
    title: str
    columns: tuple[Column, ...]
    empty: str
    source: Source
    searchable: bool = False


At = Callable[[datetime | None], str]


def money_lists(part: EventPart) -> tuple[MoneyList, ...]:
    """The lists of an event's money, in the order of their keys."""
    when = Column(_("When"), 12, least=64)
    amount = Column(_("Amount"), 14, right=True)
    booking = Column(_("Booking"), 8)
    return (
        MoneyList(
            "payments",
            _("Payments"),
            (
                when,
                booking,
                Column(_p("to pay", "By"), 9),
                amount,
                Column("", 10),
                Column(_("Reference")),
            ),
            _("No payments yet. They are taken at a booking: open one and press P."),
            part.source(list_payments, partial(_payment, part.at)),
            searchable=True,
        ),
        MoneyList(
            "refunds",
            _("Refunds"),
            (
                when,
                booking,
                Column(_p("to pay", "By"), 9),
                amount,
                Column("", 10),
                Column(_("Why")),
            ),
            _("No refund is open. Cancelling a paid ticket makes one."),
            part.source(list_refunds, partial(_refund, part.at), open_only=True),
            searchable=True,
        ),
        MoneyList(
            "credits",
            _("Credits"),
            (booking, Column("", 11), Column(_("Credit"), 14, right=True), Column(_("Name"))),
            _("Nobody paid too much or too late."),
            part.source(list_credits, _credit),
        ),
        MoneyList(
            "bank",
            _("Bank"),
            (Column(_("Day"), 10), amount, Column(_("Payer"), 18, least=90), Column(_("Purpose"))),
            _("No line needs a look. Press I to import a bank's statement."),
            part.source(list_statement_lines, _statement_line),
        ),
        MoneyList(
            "vouchers",
            _("Vouchers"),
            (
                Column(_("Code"), 12),
                Column(_("Value"), 13, right=True),
                Column(_p("column", "Left"), 13, right=True),
                Column(_("Until"), 12, least=80),
                Column(_("Note")),
            ),
            _("No vouchers yet. Press N to issue some."),
            part.source(list_vouchers, partial(_voucher, part.at)),
            searchable=True,
        ),
        MoneyList(
            "papers",
            _("Papers"),
            (
                Column(_("Number"), 15),
                Column("", 11, least=70),
                amount,
                Column(_("For")),
                Column(_("When"), 12, least=90),
            ),
            _("Nothing is issued yet. Invoices are issued at a booking, by its buyer or by you."),
            part.source(list_documents, partial(_document, part.at)),
        ),
    )


def _payment(at: At, view: PaymentView) -> Line:
    sign, tone = PAYMENTS[view.state]
    by = view.provider or str(METHODS[view.method])
    if view.method is Method.FREE:
        by = _("let off")
    cells = (
        at(view.settled_at or view.created_at),
        view.booking_code,
        by,
        formats.money(view.amount),
        str(sign),
        view.error or view.reference,
    )
    return Line(view.id, cells, tone)


def _refund(at: At, view: RefundView) -> Line:
    sign, tone = REFUNDS[view.state]
    why = view.error or view.reason
    cells = (
        at(view.created_at),
        view.booking_code,
        str(METHODS[view.method]),
        formats.money(view.amount),
        str(sign),
        why,
    )
    return Line(view.id, cells, tone)


def _credit(view: CreditView) -> Line:
    cells = (
        view.booking_code,
        f"! {STATE_WORDS[view.state]}",
        formats.money(view.credit),
        view.name,
    )
    return Line(view.booking_id, cells, "warning")


def _statement_line(view: StatementLine) -> Line:
    cells = (
        view.booked_on,
        formats.money(view.amount),
        view.payer,
        f"{view.purpose} · {view.problem}",
    )
    assert view.id is not None
    return Line(view.id, cells)


def _voucher(at: At, view: VoucherView) -> Line:
    left = _("✗ cancelled") if view.cancelled_at else formats.money(view.left)
    tone: Tone = "faint" if view.cancelled_at or not view.left.minor else ""
    cells = (view.code, formats.money(view.value), left, at(view.valid_until), view.note)
    return Line(view.id, cells, tone)


def _document(at: At, view: DocumentView) -> Line:
    tone: Tone = "faint" if view.series is DocumentSeries.CREDIT else ""
    cells = (
        view.name,
        view.series.heading,
        formats.money(view.total),
        view.recipient,
        at(view.issued_at),
    )
    return Line(view.id, cells, tone)


def figures(money: EventMoney) -> str:
    """The balance of an event in two lines: what came in by method, and what is open."""
    came = [
        f"{words} {formats.without_currency(money.at(account))}"
        for account, words in ACCOUNTS.items()
        if money.at(account).minor
    ]
    others = sorted({amount.currency for _account, amount in money.lines} - {money.currency})
    open_parts = [
        f"{words} {formats.without_currency(money.at(account)).lstrip('-')}"
        for account, words in OPEN.items()
        if money.at(account).minor
    ]
    due = money.at("receivable")
    if due.minor:
        words = _("still due") if due.minor > 0 else _("paid too much")
        open_parts.insert(0, f"{words} {formats.without_currency(due).lstrip('-')}")
    if others:
        open_parts.append(_("also in {others}", others=", ".join(others)))
    came_in = _("in: {amounts}", amounts=" · ".join(came) or _("nothing yet"))
    return f"{money.currency}  {came_in}\n{' · '.join(open_parts) or _('nothing open')}"


def statement_preview(report: StatementReport) -> ImportPreview:
    """A preview of the import of a statement."""
    words = _(
        "{books} will be booked, {looks} need a look, {known} were known. Nothing is changed yet.",
        books=report.count(Match.PAID, Match.PART, Match.OVER),
        looks=report.count(Match.OPEN),
        known=report.count(Match.KNOWN),
    )
    columns = (
        Column(_p("file", "Row"), 5, right=True),
        Column(_("Day"), 10, least=70),
        Column(_("Amount"), 14, right=True),
        Column("", 12),
        Column(_("Payer"), 20, least=100),
        Column(_("What")),
    )
    return ImportPreview(
        words,
        columns,
        [_line(line) for line in report.lines],
        guess=report.encoding.sentence,
        confirm=_("Book"),
        empty=_("The statement has no lines."),
        can_book=report.count(Match.PAID, Match.PART, Match.OVER, Match.OPEN) > 0,
    )


def _line(line: StatementLine) -> Line:
    sign, tone = MATCHES[line.match]
    what = line.problem or (
        _("booking {booking_code}", booking_code=line.booking_code)
        if line.booking_code
        else line.purpose
    )
    cells = (str(line.row), line.booked_on, formats.money(line.amount), str(sign), line.payer, what)
    return Line(UUID(int=line.row), cells, tone)


MANY: Final = 50
"""The limit of `unknown_notices`; at it there may be more."""


def unknown_line(notices: Sequence[tuple[str, str, str]]) -> str:
    """The line about unknown payments; "" for none."""
    if not notices:
        return ""
    if len(notices) == 1:
        return _("! A gateway told of 1 payment that is not here: U shows it")
    count = _("{many} or more", many=MANY) if len(notices) >= MANY else str(len(notices))
    return _("! Gateways told of {count} payments that are not here: U shows them", count=count)


class UnknownNotices(ModalScreen[None]):
    """Lists payments that gateways told of and no booking has, the latest first.

    Args:
        notices: Gateway, its number of the notice, and the state it told.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "leave", "Back")]
    DEFAULT_CSS = """
    UnknownNotices {
        & VerticalScroll { height: auto; max-height: 11; margin-top: 1; }
        & Static { width: 1fr; }
    }
    """

    def __init__(self, notices: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self.notices = tuple(notices)

    def compose(self) -> ComposeResult:
        """Lay out the lines below what they mean."""
        with Vertical(classes="dialog"):
            yield Label(_("Payments that are not here"), classes="title")
            yield Label(
                _(
                    "A gateway told of them, but no booking of any event waits for them. "
                    "Look each up at the gateway by its number; money that came in is given "
                    "back there."
                ),
                classes="hint",
            )
            with VerticalScroll():
                yield Static("\n".join(map(_words, self.notices)), markup=False)
            yield Label(_("Esc goes back."), classes="hint")

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _words(notice: tuple[str, str, str]) -> str:
    provider, number, state = (plain(each, limit=100) for each in notice)
    return f"{provider}  {number}  ! {state.replace('_', ' ')}"


MAX_VOUCHERS: Final = 1000


def voucher_fields(money: EventMoney, zone: str) -> list[Field[Any]]:
    """The fields of new vouchers, in the currency of the event."""
    currency, exponent = money.currency, money.exponent
    return [
        MoneyField("value", _("Value"), currency=currency, exponent=exponent, required=True),
        NumberField("count", _("How many"), value=1, least=1, most=MAX_VOUCHERS, required=True),
        TextField(
            "code", _("Code"), max_length=40, help=_("Of your own, for one; empty draws it.")
        ),
        MomentField("valid_until", _("Valid until"), zone=zone),
        TextField("note", _("Note")),
    ]


ACTS: Final = {
    "receipt": ("payments",),
    "hand_out": ("refunds",),
    "retry": ("refunds",),
    "give_back": ("credits",),
    "revive": ("credits",),
    "import": ("bank",),
    "assign": ("bank",),
    "new": ("vouchers",),
    "remove": ("bank", "vouchers"),
    "pdf": ("papers",),
    "xml": ("papers",),
}
"""The lists in which each action is available."""

ENTER: Final = {
    "payments": msg("Booking"),
    "refunds": msg("Booking"),
    "credits": msg("Booking"),
    "bank": msg("Assign"),
    "papers": msg("Show"),
}
"""What Enter does with a line of each list."""

HEADLINES: Final = {"payments": 1, "refunds": 1, "vouchers": 0, "papers": 0}
"""The cell that names a line, where it is not the one that shares what is left."""

BY_HAND: Final = (
    (Method.CASH, msg("cash")),
    (Method.TERMINAL, msg("card")),
    (Method.TRANSFER, msg("transfer")),
)


def _more_of(view: PaymentView | RefundView | CreditView | DocumentView) -> list[tuple[str, str]]:
    """What is known of a line beyond its cells."""
    if isinstance(view, PaymentView):
        return [(_("Reference"), view.reference), ("", view.show), ("", view.advice)]
    if isinstance(view, RefundView):
        return [(_("Reference"), view.reference), (_("Why"), view.reason)]
    return []


class MoneyTab(EventPart):
    """Shows the balance of an event above one of the lists of its money."""

    SHOWS = frozenset({Topic.MONEY, Topic.BOOKING, Topic.SALES, Topic.EVENTS})
    NEEDS = Permission.MONEY
    EXPORTS = Listing.PAYMENTS
    HELP = (
        "Above stands what came in and what is open. 1 to 6 choose the list: payments, refunds, "
        "credits (paid too much or too late), bank lines to assign, vouchers, papers. Enter opens "
        "the marked line, D shows the cash drawers, K checks the books."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(no), f"show_list({no - 1})", show=False, tooltip="Show another list")
            for no in range(1, 7)
        ),
        Binding("r", "receipt", "Receipt", tooltip="Issue and export the receipt"),
        Binding("o", "hand_out", "Handed out", tooltip="Note that it was given back by hand"),
        Binding("y", "retry", "Try again", tooltip="Ask the gateway for it once more"),
        Binding("g", "give_back", "Give back", tooltip="Give the whole credit back"),
        Binding("v", "revive", "Revive", tooltip="Give the booking its places again"),
        Binding("i", "import", "Import", tooltip="Import a bank's statement"),
        Binding("a", "assign", "Assign", tooltip="Say which booking this line pays"),
        Binding("n", "new", "New", tooltip="Issue vouchers"),
        Binding("delete", "remove", "Away", tooltip="Set the line aside, or cancel the voucher"),
        Binding("e", "pdf", "PDF", tooltip="Write it as PDF among the exports"),
        Binding("x", "xml", "XML", tooltip="Write it as XML for bookkeeping (EN 16931)"),
        Binding("u", "unknown", "Unknown", tooltip="Show what gateways told of unknown payments"),
        Binding("d", "drawers", "Drawers", tooltip="Show the cash drawers of the event"),
        Binding("k", "check", "Check books", tooltip="Compare the books with the bookings"),
    ]
    DEFAULT_CSS = """
    MoneyTab {
        & #figures { height: auto; max-height: 4; padding: 0 2; }
        & #lists { height: 2; }
        & #list { height: 1fr; }
    }
    """

    tabs = getters.query_one("#lists", Tabs)
    switcher = getters.query_one("#list", ContentSwitcher)

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools, actor, event)
        self.lists = money_lists(self)
        self.money: EventMoney | None = None
        self.unknown: list[tuple[str, str, str]] = []

    def compose(self) -> ComposeResult:
        """Lay out the balance above the names of the lists and one of them."""
        yield Static("", id="figures", markup=False)
        titles = (
            ListTab(f"{no} {each.title}", id=each.id) for no, each in enumerate(self.lists, 1)
        )
        yield Tabs(*titles, id="lists")
        with ContentSwitcher(initial=self.lists[0].id, id="list"):
            for each in self.lists:
                yield PagedTable(
                    each.source,
                    *each.columns,
                    empty=each.empty,
                    searchable=each.searchable,
                    detail=self._detail,
                    headline=HEADLINES.get(each.id),
                    enter=ENTER.get(each.id, ""),
                    id=each.id,
                )

    async def _detail(self, line: Line) -> list[Block]:
        view = line.view
        if isinstance(view, VoucherView):
            return [Block([(_("Issued"), self.at(view.created_at))])]
        if not isinstance(view, PaymentView | RefundView | CreditView | DocumentView):
            return []
        told = Block(_more_of(view))
        if not self.actor.may(Permission.TICKETS, Permission.DOOR):
            return [told]
        detail = await self.desk.read(booking_detail, view.booking_id)
        return [told, *booking_blocks(detail, self.tools.now())]

    async def re_read(self) -> None:
        """Read the balance and the list on show."""
        self.money = await self.desk.read(event_money, self.event.id, before=self.money)
        if self.actor.may(Permission.INSTALLATION):
            self.unknown = await self.desk.read(unknown_notices)
        lines = filter(None, (figures(self.money), unknown_line(self.unknown)))
        self.query_one("#figures", Static).update("\n".join(lines))
        self.refresh_bindings()
        await self.table.re_read()

    @property
    def entry(self) -> Widget:
        """The list on show."""
        return self.table.lines

    @property
    def current(self) -> MoneyList:
        """The list on show."""
        return next(each for each in self.lists if each.id == self.switcher.current)

    @property
    def table(self) -> PagedTable:
        """The table of the list on show."""
        return self.switcher.query_one(f"#{self.current.id}", PagedTable)

    def action_show_list(self, place: int) -> None:
        """Show another list and give it the keyboard."""
        self.tabs.active = self.lists[place].id
        self._show(self.lists[place].id)
        self.table.focus()

    @on(Tabs.TabActivated)
    def _follow_tabs(self, message: Tabs.TabActivated) -> None:
        message.stop()
        if message.tab.id is not None and message.tab.id != self.switcher.current:
            self._show(message.tab.id)

    def _show(self, list_id: str) -> None:
        self.switcher.current = list_id
        self.refresh_bindings()
        self._read_list()

    @work(exclusive=True, group="read", exit_on_error=False)
    async def _read_list(self) -> None:
        await self.table.re_read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show only the keys of the list on show."""
        if not self.is_mounted:
            return True
        if action == "export_list" and self.switcher.current != "payments":
            return False
        if action == "unknown":
            return bool(self.unknown)
        if action not in ACTS:
            return super().check_action(action, parameters)
        return self.switcher.current in ACTS[action]

    @on(PagedTable.Chosen)
    def _open(self, message: PagedTable.Chosen) -> None:
        message.stop()
        match self.current.id:
            case "bank":
                self.action_assign()
            case "papers":
                self._show_paper()
            case "payments" | "refunds" | "credits":
                view: Any = message.line.view
                self.app.push_screen(BookingScreen(self.tools, self.actor, view.booking_id))

    # Payments, refunds, credits

    @act_on(PaymentView)
    async def action_receipt(self, view: PaymentView) -> None:
        """Issue the receipt of a payment and write it among the exports."""
        issued = await self.desk.write(issue_receipt, view.id)
        await self._export(issued.id)

    @act_on(RefundView)
    async def action_hand_out(self, view: RefundView) -> None:
        """Note that a refund was given by hand."""

        async def submit(values: dict[str, Any]) -> bool:
            given = {"by": values["by"], "reference": values["reference"]}
            await self.desk.write(hand_out_refund, view.id, **given)
            return True

        usual = next((way for way, _words in BY_HAND if way is view.method), Method.CASH)
        dialog = FormDialog(
            _("Give back {amount}", amount=view.amount),
            [
                ChoiceField("by", _("Given by"), BY_HAND, value=usual),
                TextField(
                    "reference", _("Reference"), help=_("What it can be found by elsewhere.")
                ),
            ],
            submit,
            explanation=_(
                "Booking {booking_code}, {booking_name}.",
                booking_code=view.booking_code,
                booking_name=view.booking_name,
            ),
            confirm=_("Handed out"),
        )
        await self.ask(dialog)

    @act_on(RefundView)
    async def action_retry(self, view: RefundView) -> None:
        """Ask for a refund once more."""
        if view.state is RefundState.FAILED:
            await self.do(retry_refund, view.id)

    @act_on(CreditView)
    async def action_give_back(self, view: CreditView) -> None:
        """Give the whole credit of a booking back."""
        question = TextQuestion(
            _("Give {credit} back?", credit=view.credit),
            _("To {name}, who reads why.", name=plain(view.name)),
            confirm=_("Yes"),
        )
        if why := await self.app.push_screen_wait(question):
            await self.do(refund, view.booking_id, reason=why)

    @act_on(CreditView)
    async def action_revive(self, view: CreditView) -> None:
        """Give a booking its places again."""
        code, state = view.booking_code, STATE_WORDS[await self.do(revive, view.booking_id)]
        self.say(_("Booking {booking_code} is {state}.", booking_code=code, state=state))

    # The bank

    @act
    async def action_import(self) -> None:
        """Ask for a statement, show what it would do, and book it after a yes."""
        codes = [("", _("as the file shows")), *((each, title_of(each)) for each in ENCODINGS)]
        fields: list[Field[Any]] = [
            TextField(
                "path", _("File"), required=True, help=_("A CSV file, as your bank exports it.")
            ),
            ChoiceField("encoding", _("Characters are"), codes, value=""),
        ]
        dialog = FormDialog(_("Import a statement"), fields, self._preview, confirm=_("Look at it"))
        looked = await self.app.push_screen_wait(dialog)
        if looked is None or not await self.app.push_screen_wait(statement_preview(looked[1])):
            return
        path, report = looked
        done = await self.do(import_statement, self.event.id, path, encoding=report.encoding.name)
        booked, left = done.count(Match.PAID, Match.PART, Match.OVER), done.count(Match.OPEN)
        self.say(_("Booked: {booked}. To be looked at: {left}.", booked=booked, left=left))

    async def _preview(self, values: dict[str, Any]) -> tuple[Path, StatementReport]:
        path = Path(values["path"]).expanduser()
        return path, await self.desk.read(
            preview_statement, self.event.id, path, encoding=values["encoding"]
        )

    @act_on(StatementLine)
    async def action_assign(self, view: StatementLine) -> None:
        """Ask which booking a line of the bank pays."""
        assert view.id is not None
        line_id = view.id

        async def submit(values: dict[str, Any]) -> bool:
            await self.desk.write(assign_line, line_id, values["code"])
            return True

        code = TextField(
            "code", _("Booking"), value=view.booking_code, required=True, max_length=20
        )
        dialog = FormDialog(
            _("Which booking do {amount} pay?", amount=view.amount),
            [code],
            submit,
            explanation=f"{view.payer}: {view.purpose}. {view.problem}",
            confirm=_("Book"),
        )
        await self.ask(dialog)

    # Vouchers and papers

    @act
    async def action_new(self) -> None:
        """Ask for vouchers and issue them."""
        if (money := self.money) is None:
            return

        async def submit(values: dict[str, Any]) -> list[VoucherView]:
            value = Money(values["value"], money.currency, money.exponent)
            return await self.desk.write(add_vouchers, self.event.id, **(values | {"value": value}))

        fields = voucher_fields(money, self.event.time_zone)
        await self.ask(FormDialog(_("Issue vouchers"), fields, submit, confirm=_("Issue")))

    @act
    async def action_remove(self) -> None:
        """Set the marked line aside, or cancel the marked voucher; after a yes."""
        line = self.under_cursor(StatementLine)
        if line is not None and line.id is not None:
            words = _("Nobody is asked about it again.")
            if await self.sure(_("Set it aside?"), words, yes=_("Set aside")):
                await self.do(set_line_aside, line.id)
        elif voucher := self.under_cursor(VoucherView):
            words = _("{left} are lost.", left=voucher.left)
            if await self.sure(_("Cancel this voucher?"), words, yes=_("Cancel it")):
                await self.do(cancel_voucher, voucher.id)

    @act_on(DocumentView)
    async def _show_paper(self, view: DocumentView) -> None:
        document = await self.desk.read(read_document, view.id)
        if await self.app.push_screen_wait(PaperScreen(as_text(document))):
            await self._export(view.id)

    @act_on(DocumentView)
    async def action_pdf(self, view: DocumentView) -> None:
        """Write a paper as PDF among the exports."""
        await self._export(view.id)

    @act_on(DocumentView)
    async def action_xml(self, view: DocumentView) -> None:
        """Write an invoice or credit note as XML among the exports."""
        await self._export(view.id, form="xml")

    def action_drawers(self) -> None:
        """Show all cash drawers of the event."""
        self.app.push_screen(DrawersScreen(self.tools, self.actor, self.event))

    @act
    async def action_check(self) -> None:
        """Check the books and say what came of it."""
        report = await self.desk.read(verify_ledger, self.event.id)
        if not report.problems:
            said = _n(
                "✓ The books of {count} booking are right.",
                "✓ The books of {count} bookings are right.",
                report.bookings,
            )
            self.say(said)
            return
        title = _("✗ Problems in the books: {total}", total=len(report.problems))
        first = plain("\n".join(report.problems[:3]), limit=400)
        self.notify(first, title=title, severity="error", markup=False)

    def action_unknown(self) -> None:
        """Show what gateways told of payments that are not here."""
        self.app.push_screen(UnknownNotices(self.unknown))

    async def _export(self, document_id: Any, *, form: str = "pdf") -> None:
        path = await self.desk.read(export_document, document_id, form=form)
        self.say(plain(str(path), limit=400), title=_("Written"))
