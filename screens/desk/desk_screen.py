"""The desk screen: one input that takes anything, for staff with a queue before them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import DescendantBlur, Key
from textual.timer import Timer
from textual.widgets import Input, Label, OptionList
from textual.worker import Worker

from eventdesk.acts import AT_THE_DOOR
from eventdesk.booking import TicketView
from eventdesk.core.formats import number
from eventdesk.core.ids import read_code
from eventdesk.core.messages import _, _p, msg
from eventdesk.door import (
    Counters,
    ListCounts,
    Scan,
    ScanSource,
    counters,
    find_tickets,
    opens_elsewhere,
    recent_scans,
)
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.core.station import Place, Tools
from screens.desk.admissions import Admissions
from screens.desk.desk_menu import Act, DeskMenu
from screens.desk.dialogs import Dialogs
from screens.desk.payments import Payments
from screens.desk.person_card import PersonCard
from screens.desk.results import Results, is_guess
from screens.desk.scan_input import ScanInput, is_foreign_code, token_in
from screens.desk.scan_log import ScanLog
from screens.desk.ticket_acts import TicketActs

SEARCH_PAUSE_S: Final = 0.12
"""Typing that pauses for so long is searched for."""

MAX_RESULTS: Final = 20

ACTS: Final = (
    Act("f1", "help", msg("Help"), msg("Show this screen's keys"), shown=True, listed=False,
        by_screen=True),
    Act("f2", "walk_in", msg("Walk-in"), msg("Sell to somebody who has no ticket, and let them in"),
        shown=True),
    Act("f3,ctrl+z", "undo", msg("Undo"),
        msg("Take back the last admission of this desk, or of who was looked up"), shown=True),
    Act("f4", "print_again", msg("Badge"), msg("Print the badge again, with a reason"), shown=True),
    Act("f5", "re_read", msg("Read"), msg("Read everything on show again"), shown=True,
        by_screen=True),
    Act("f9", "more", msg("More"), msg("Everything the desk can do, each with its key"), shown=True,
        listed=False, by_screen=True),
    Act("f10", "cash", msg("Cash"), msg("The cash drawer: open it, count it, close it"), shown=True,
        by_screen=True),
    Act("f11", "group", msg("Group"),
        msg("Check in the booking together, or chosen members of it"), shown=True),
    Act("ctrl+t", "pay", msg("Payment"),
        msg("Take what is due: cash, card or voucher; then check in")),
    Act("ctrl+o", "go_on", msg("Go on"), msg("Ask again what was not answered or paid")),
    Act("f6", "change_name", msg("Name"), msg("Correct the name and the second line")),
    Act("f7", "note", msg("Attention"), msg("Mark for attention, with a note for all staff")),
    Act("f8", "force", msg("Force"), msg("Let in against the rules; takes a supervisor")),
    Act("ctrl+s", "seat", msg("Seat"), msg("Give a seat, move to another, or swap with somebody")),
    Act("ctrl+n", "new_code", msg("Lost"), msg("Replace a lost ticket; its old code is refused")),
    Act("ctrl+l", "waitlist", msg("Waitlist"),
        msg("Move somebody to the front, or offer a place")),
    Act("ctrl+r", "refund", msg("Refund"), msg("Give money back; takes a supervisor")),
    Act("f12", "notices", msg("Notices"), msg("What you were told"), by_screen=True),
    Act("escape", "back", msg("Clear"), msg("Clear the input, then go back"), listed=False,
        by_screen=True),
)  # fmt: skip
"""Everything the desk does, in the order of its footer and its menu."""

NEEDS_TICKET: Final = frozenset(
    {"print_again", "change_name", "note", "force", "new_code", "group", "pay", "seat", "refund"}
)


class DeskScreen(RoleScreen[None], inherit_bindings=False):
    """Checks in whoever stands there, by code or by name."""

    SHOWS = AT_THE_DOOR
    ROLE = msg("Desk")
    HELP = (
        "Scan a ticket, or type what the guest says: a name, with typos or without accents, an "
        "e-mail address, a booking code or a seat. Enter checks in whom the list marks. The "
        "cursor is always in the input, so you can go on scanning at any moment. What only a "
        "supervisor may do asks for a supervisor's PIN right here."
    )
    CSS_PATH = "../styles/desk.tcss"
    SOON = (
        "screens.desk.desk_menu",
        "screens.desk.desk_questions",
        "screens.desk.reason_dialog",
        "screens.desk.supervisor_pin",
        "screens.money.take_money",
        "screens.desk.list_questions",
        "screens.desk.group_dialog",
        "screens.desk.walk_in",
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (120, "-wide")]
    AUTO_FOCUS = "ScanInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(act.binding() for act in ACTS),
        Binding("up", "mark(-1)", "Up", show=False, tooltip="Mark the result above"),
        Binding("down", "mark(1)", "Down", show=False, tooltip="Mark the result below"),
        Binding("ctrl+c,super+c", "screen.copy_text", "Copy", show=False),
    ]

    entry = getters.query_one(ScanInput)

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__(tools, place)
        self.place: Place = place
        self.card = PersonCard(tools, place, id="card")
        self.results = Results(id="results")
        self.scan_log = ScanLog(place.clock, id="log")
        self.dialogs = dialogs = Dialogs(self, tools, place, self.take)
        payments = Payments(tools, place, dialogs, self.card)
        corrections = TicketActs(tools, place, dialogs, self.card)
        self.admissions = Admissions(
            tools,
            place,
            dialogs,
            payments,
            card=self.card,
            results=self.results,
            log=self.scan_log,
            settled=self.settled,
        )
        self.acts = {
            "walk_in": self.sell_walk_in,
            "undo": self.admissions.undo,
            "print_again": corrections.print_again,
            "group": self.admissions.group,
            "pay": self.admissions.pay,
            "go_on": self.admissions.go_on,
            "change_name": corrections.change_name,
            "note": corrections.note,
            "force": self.admissions.force,
            "seat": corrections.seat,
            "new_code": corrections.new_code,
            "waitlist": corrections.waitlist,
            "refund": payments.refund,
        }
        self._one_by_one = asyncio.Lock()
        self._search: Timer | None = None
        self._lines_waiting = 0
        self._counted = ListCounts(place.check_in_list.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what needs a ticket on show."""
        name = parameters[0] if action == "act" else action
        if name in NEEDS_TICKET and self.card.ticket is None:
            return None
        return super().check_action(action, parameters)

    def on_key(self, event: Key) -> None:
        """Say why the key of an act did nothing; one that can be done never gets here."""
        keys = (each.keys.split(",") for each in ACTS if each.name in NEEDS_TICKET)
        if self.card.ticket is None and any(event.key in each for each in keys):
            self.notify(
                _("Scan a ticket, or look somebody up first."),
                title=_("Nobody is on show"),
                severity="warning",
                markup=False,
            )

    def compose_body(self) -> ComposeResult:
        """Lay out the input, results and person beside each other, and the log."""
        yield ScanInput(
            placeholder=_("Scan, or type a name, e-mail, booking or seat"), id="entry", max_length=0
        )
        with Horizontal(id="middle"):
            yield self.results
            yield self.card
        self.scan_log.border_title = _("Last scans")
        yield self.scan_log
        yield Label("", id="counters", markup=False)

    async def re_read(self) -> None:
        """Read the last scans of this gate, the counters, and the ticket on show."""
        await super().re_read()
        desk, place = self.tools.desk, self.place
        list_id, gate_id = place.check_in_list.id, place.gate_id
        self.scan_log.show(await desk.read(recent_scans, place.actor, list_id, gate_id=gate_id))
        standing = await desk.read(counters, place.actor, list_id, kept=self._counted)
        self.query_one("#counters", Label).update(_standing(standing), layout=False)
        await self.card.re_read()

    # Searching

    @on(Input.Changed, "#entry")
    def search_soon(self) -> None:
        """Search once the typing pauses."""
        if self._search is not None:
            self._search.stop()
        self._search = self.set_timer(SEARCH_PAUSE_S, self.search)

    @work(exclusive=True, group="search", exit_on_error=False)
    async def search(self) -> None:
        """Show whom the text in the input may mean; the newest text wins."""
        typed = self.entry.value.strip()
        if typed != self.results.found_for:
            self.results.offer(typed, await self._find(typed))

    async def _find(self, typed: str) -> list[TicketView]:
        with self.waiting():
            return await self.tools.desk.read(
                find_tickets,
                self.place.actor,
                self.place.event.id,
                typed,
                list_id=self.place.check_in_list.id,
                limit=MAX_RESULTS,
            )

    @on(OptionList.OptionHighlighted, "#results")
    def show_marked(self, message: OptionList.OptionHighlighted) -> None:
        """Show the person who is marked."""
        if message.option_index < len(self.results.found):
            self.card.answer = None
            self.card.show_ticket(self.results.found[message.option_index].id)

    @on(OptionList.OptionSelected, "#results")
    def check_in_clicked(self, message: OptionList.OptionSelected) -> None:
        """Check in whom somebody clicked."""
        self.entry.value = ""
        self.take(self.results.found[message.option_index].code)

    def action_mark(self, step: int) -> None:
        """Mark the result above or below."""
        if step < 0:
            self.results.action_cursor_up()
        else:
            self.results.action_cursor_down()

    # Checking in

    @on(ScanInput.LineEntered)
    def heed_line(self, message: ScanInput.LineEntered) -> None:
        """Check a scanned line in, or whom a typed one means."""
        self.take(message.text)

    def take(self, line: str) -> None:
        """Take one line; lines are taken in the order they were ended."""
        self._lines_waiting += 1
        self._take(line)

    @work(group="check_in", exit_on_error=False)
    async def _take(self, line: str) -> None:
        try:
            async with self._one_by_one:
                scan = await self._scan_of(line)
                result = None if scan is None else await self.admissions.check_in(scan)
        finally:
            self._lines_waiting -= 1
        if scan is not None and result is not None and self.admissions.keep_open(scan, result):
            assert result.ticket_id is not None
            self.admissions.ask_later(result.ticket_id)

    def ask_in_turn(self) -> None:
        """Ask those who were scanned and have more to do, once nobody waits to be scanned.

        An act that is under way goes on first: it would end without a word if this took its place.
        """
        busy = self._lines_waiting or any(
            each.node is self and each.group in {"act", "menu"} and not each.is_finished
            for each in self.workers
        )
        if self.admissions.has_to_ask and not busy and self.app.screen is self:
            self._run(self.admissions.ask_in_turn())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Go on with who waits behind what has ended."""
        if event.worker.is_finished:
            self.ask_in_turn()

    def on_screen_resume(self) -> None:
        """Go on with who was scanned while another screen was on top."""
        self.ask_in_turn()

    async def settled(self) -> None:
        """Wait until the lines that were scanned so far are taken."""
        async with self._one_by_one:
            await self.re_read()

    async def _scan_of(self, line: str) -> Scan | None:
        """The scan a line stands for; None where it must be chosen first whom it means."""
        scanned = token_in(line) or (line if is_foreign_code(line) else "")
        source = ScanSource.SCANNER
        if not scanned and await self.tools.desk.read(
            opens_elsewhere, self.place.actor, self.place.event.id, line
        ):
            scanned = line  # of another system, too short to tell by its looks
        if not scanned:
            ticket = await self._meant(line)
            if ticket is None:
                return None
            scanned, source = ticket.code, ScanSource.TYPED
        return self.place.scan(scanned, source=source, seen_at=self.tools.now())

    async def _meant(self, typed: str) -> TicketView | None:
        """Return whom a typed line means; when it may be several, offer them and wait."""
        results = self.results
        if typed == results.found_for and results.marked is not None:
            return results.marked
        found = await self._find(typed)
        is_code = bool(found) and found[0].code == read_code(typed)
        if is_code or (len(found) == 1 and not is_guess(typed, found)):
            return found[0]
        if not self.entry.value:
            self.entry.value = typed
            self.entry.cursor_position = len(typed)
        results.offer(typed, found)
        return None

    # The acts

    def action_act(self, name: str) -> None:
        """Do something; what was begun before and waits for an answer is given up."""
        self._run(self.acts[name]())

    def _run(self, act: Coroutine[Any, Any, None]) -> None:
        self.run_worker(act, group="act", exclusive=True, exit_on_error=False)

    async def sell_walk_in(self) -> None:
        """Sell to who has no ticket, and let them in."""
        from screens.desk.walk_in import sell_walk_in

        result = await sell_walk_in(self, self.tools, self.place)
        if result is not None:
            self.admissions.show(result)

    def action_cash(self) -> None:
        """Open the cash drawer."""
        self.app.push_screen(load("screens.money.cash_screen:CashScreen")(self.tools, self.place))

    # The keyboard

    @work(exclusive=True, group="menu", exit_on_error=False)
    async def action_more(self) -> None:
        """List everything the desk can do, and do what is chosen."""
        listed = [act for act in ACTS if act.listed]
        able = frozenset(act.action for act in listed if self.check_action(act.name, ()))
        action = await self.dialogs.ask(DeskMenu(listed, able))
        if action is not None:
            await self.run_action(action)

    def action_back(self) -> None:
        """Clear what was typed and looked up; go back when there is nothing to clear."""
        if not self.entry.value and self.card.ticket is None and self.card.answer is None:
            self.dismiss(None)
            return
        self.entry.value = ""
        self.card.answer = None
        self.results.offer("", [])
        self.card.show_nobody()

    @on(DescendantBlur)
    def keep_focus(self) -> None:
        """Give the input the keyboard back: the next scan may come at any moment."""
        self.entry.focus()


def _standing(standing: Counters) -> Content:
    figures = [
        (_("expected"), standing.expected),
        (_p("figure", "in"), standing.admitted),
        (_("inside now"), standing.inside),
        (_("to come"), standing.to_come),
    ]
    parts = [
        Content.assemble((number(figure), "bold"), (f" {word}", "$faint"))
        for word, figure in figures
    ]
    return Content("   ").join(parts)
