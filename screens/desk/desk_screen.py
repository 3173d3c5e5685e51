"""The desk screen: one input that takes anything, for staff with a queue before them."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from math import inf
from typing import Any, ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import DescendantBlur, Key, Paste
from textual.timer import Timer
from textual.widgets import Input, Label, OptionList
from textual.worker import Worker

from eventdesk.acts import AT_THE_DOOR
from eventdesk.booking import TicketView
from eventdesk.core.errors import EventDeskError
from eventdesk.core.formats import number
from eventdesk.core.ids import read_code
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    Counters,
    ListCounts,
    Scan,
    ScanSource,
    counters,
    find_tickets,
    forged_scans,
    list_gates,
    opens_elsewhere,
    recent_scans,
)
from screens.core.key_names import key_name
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.core.station import Place, Tools, served_at
from screens.core.type_ahead import TypeAhead
from screens.desk.admissions import REFUSED, Admissions
from screens.desk.desk_habits import habits_of
from screens.desk.desk_menu import Act, DeskMenu
from screens.desk.dialogs import Dialogs
from screens.desk.on_show import Missed, Next, OnShow, takes_money
from screens.desk.payments import Payments
from screens.desk.person_card import PersonCard
from screens.desk.results import Results, is_guess
from screens.desk.scan_input import ScanInput, is_foreign_code, token_in
from screens.desk.scan_log import ScanLog
from screens.desk.stray_scans import StrayScans
from screens.desk.ticket_acts import TicketActs
from screens.desk.verdict_banner import VerdictBanner

SEARCH_PAUSE_S: Final = 0.12
"""Typing that pauses for so long is searched for."""

ASK_PAUSE_S: Final = 0.1
"""Who has something to answer is asked after such a pause: the next code may be under way."""

MAX_RESULTS: Final = 20

ALARM_S: Final = 15.0
"""How long a warning of a forged code stays."""

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
    Act("ctrl+b", "link", msg("Link"), msg("Show the link of a booking without an account")),
    Act("ctrl+l", "waitlist", msg("Waitlist"),
        msg("Move somebody to the front, or offer a place")),
    Act("ctrl+r", "refund", msg("Refund"), msg("Give money back; takes a supervisor")),
    Act("ctrl+y", "settle", msg("Settle"),
        msg("Settle what phones let in without the network"), by_screen=True),
    Act("ctrl+g", "gate", msg("Gate"), msg("Say at which gate this desk stands")),
    Act("ctrl+e", "card_reader", msg("Reader"), msg("Say which card reader stands here"),
        first=True),
    Act("ctrl+d", "phone", msg("Phone"), msg("Let a phone help here, or end one that does"),
        first=True),
    Act("f12", "notices", msg("Notices"), msg("What you were told"), by_screen=True),
    Act("escape", "back", msg("Clear"), msg("Clear the input, then go back"), listed=False,
        by_screen=True),
)  # fmt: skip
"""Everything the desk does, in the order of its footer and its menu."""

NEEDS_TICKET: Final = frozenset(
    {
        *("print_again", "change_name", "note", "force", "new_code", "link", "group", "pay"),
        *("seat", "refund"),
    }
)


class DeskScreen(RoleScreen[None], inherit_bindings=False):
    """Checks in whoever stands there, by code or by name."""

    SHOWS = AT_THE_DOOR
    ROLE = msg("Desk")
    takes_tickets = True
    HELP = (
        "Scan a ticket, or type what the guest says: a name, with typos or without accents, an "
        "e-mail address, a booking code or a seat. Enter checks in whom the list marks. The "
        "cursor is always in the input, so you can go on scanning at any moment. What only a "
        "supervisor may do asks for a supervisor's PIN right here."
    )
    CSS_PATH = "../styles/desk.tcss"
    SOON = (
        "screens.desk.desk_menu",
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
        self.card = PersonCard(tools, place, answered=self.leave_search, id="card")
        self.results = Results(id="results")
        self.scan_log = ScanLog(place.clock, id="log")
        self.dialogs = dialogs = Dialogs(self, tools, place)
        payments = Payments(tools, place, dialogs, self.card)
        corrections = TicketActs(tools, place, dialogs, self.card)
        self.admissions = Admissions(
            tools, place, dialogs, payments, card=self.card, log=self.scan_log
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
            "link": corrections.link,
            "waitlist": corrections.waitlist,
            "refund": payments.refund,
            "card_reader": payments.choose_reader,
            "gate": self.choose_gate,
            "phone": self.pair_phone,
        }
        self._stray = StrayScans()
        self._is_moving = False
        self._one_by_one = asyncio.Lock()
        self._search: Timer | None = None
        self._asking: Timer | None = None
        self._lines_waiting = 0
        self._counted = ListCounts(place.check_in_list.id)
        self._alarms_looked_to: int | None = None
        self._unsettled = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now; what is being read first may allow it."""
        name = str(parameters[0]) if action == "act" else action
        if self._is_needless(name):
            return False
        if name in self.acts and not self.in_flux and self._hinders(name) is not None:
            return None
        return super().check_action(action, parameters)

    def _is_needless(self, name: str) -> bool:
        """Whether an act would lead nowhere in this house, so that its key is not offered."""
        if name == "link":
            return not served_at(self.tools)
        return name == "settle" and not self._unsettled

    def _hinders(self, name: str) -> tuple[str, str] | None:
        """Why an act cannot be done now, as a title and a sentence; None when it can."""
        guest = self.card.state.guest
        if name not in NEEDS_TICKET:
            return None
        if guest is None:
            return (_("Nobody is on show"), _("Scan a ticket, or look somebody up first."))
        if name == "pay" and guest.due is None:
            return (_("Nothing is due"), _("The booking of this ticket is paid."))
        if name == "pay" and not takes_money(guest):
            return (_("No payment is taken here"), str(REFUSED))
        return None

    def _say_why_not(self, name: str) -> bool:
        """Say why an act cannot be done now; whether it cannot."""
        why = self._hinders(name)
        if why is None:
            return False
        title, words = why
        self.notify(words, title=title, severity="warning", markup=False)
        return True

    def on_key(self, event: Key) -> None:
        """Say why the key of an act did nothing; one that can be done never gets here."""
        for each in ACTS:
            if event.key in each.keys.split(",") and each.name in NEEDS_TICKET:
                self._say_why_not(each.name)

    def compose_body(self) -> ComposeResult:
        """Lay out the input, results and person beside each other, and the log."""
        yield ScanInput(
            placeholder=_("Scan, or type a name, e-mail, booking or seat"), id="entry", max_length=0
        )
        yield VerdictBanner(id="verdict")
        with Horizontal(id="middle"):
            yield self.results
            yield self.card
        self.scan_log.border_title = _("Last scans")
        yield self.scan_log
        yield Label("", id="counters", markup=False)

    async def re_read(self) -> None:
        """Read the last scans of this gate, the counters, and the ticket on show."""
        desk, place = self.tools.desk, self.place
        list_id, gate_id = place.check_in_list.id, place.gate_id
        await self._tell_of_forged()
        if place.gate is None:
            gates = await desk.read(list_gates, place.actor, place.event.id)
            self.card.needs_gate = bool(gates)
        scans = await desk.read(recent_scans, place.actor, list_id, gate_id=gate_id)
        standing = await desk.read(counters, place.actor, list_id, kept=self._counted)
        await super().re_read()  # just before the rest is shown, so that all is painted at once
        self.scan_log.show(scans)
        figures = _standing(standing, self._unsettled)
        self.query_one("#counters", Label).update(figures, layout=False)
        await self.card.re_read()
        await self._renew_results()

    async def _renew_results(self) -> None:
        """Read again who is listed; the order stays, since Enter is about to take the marked."""
        typed = self.results.found_for
        if typed and self.results.found:
            found = await self._find(typed)
            if typed == self.results.found_for:
                self.results.renew(found)

    @on(PersonCard.Shown)
    def show_verdict(self, message: PersonCard.Shown) -> None:
        """Show the one big answer."""
        self.query_one(VerdictBanner).verdict = message.verdict

    async def _tell_of_forged(self) -> None:
        """Warn of forged codes that others met: the guest is only sent to the desk."""
        found = await self.tools.desk.read(
            forged_scans, self.place.actor, self.place.event.id, looked_to=self._alarms_looked_to
        )
        self._alarms_looked_to, self._unsettled = found.looked_to, found.unsettled
        for scan in found.scans:
            if not scan.mine or scan.gate != (self.place.gate.name if self.place.gate else ""):
                self.notify(
                    _(
                        "{gate}, {at}: no key of ours made this code. The guest was sent to you.",
                        gate=plain(scan.gate) or _("No gate"),
                        at=self.place.clock(scan.recorded_at),
                    ),
                    title=_("A forged code was shown"),
                    severity="error",
                    timeout=ALARM_S,
                    markup=False,
                )

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
        await self._search_now()

    async def _search_now(self) -> None:
        typed = self.typed
        if typed == self.results.found_for:
            return
        try:
            found = await self._find(typed) if typed else []
        except EventDeskError as error:
            if typed == self.typed:
                self._show_failure(error)
            raise
        if typed == self.typed:  # else there is another answer to give
            self._offer(typed, found)

    def _show_failure(self, error: EventDeskError) -> None:
        """Show nobody: what was typed stays, and is looked for again by the next key."""
        self.results.offer("", [])
        self.card.show_failure(error)

    def _offer(self, typed: str, found: list[TicketView], *, asked: bool = False) -> None:
        """Show who was found, and whom the list marks; where that is nobody, nobody is on show."""
        self.results.offer(typed, found, asked=asked)
        if self.results.marked is not None:
            self._show_marked()
        else:
            self.card.show_nobody(Missed(typed, len(found)) if typed else None)

    def _show_marked(self) -> None:
        marked = self.results.marked
        if marked is not None:
            self.card.show_ticket(marked.id, self.results.doubt)

    @property
    def typed(self) -> str:
        """What stands in the input."""
        return self.entry.value.strip()

    def leave_search(self) -> None:
        """Leave the search whose guest was answered; what is being typed next stays."""
        if self.typed == self.results.found_for:
            self.entry.value = ""
        self.results.offer("", [])

    def show_ticket(self, code: str) -> None:
        """Look a ticket up; Enter checks it in."""
        self.entry.value = code
        self.entry.cursor_position = len(code)

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
        if message.option_index == self.results.highlighted:
            self._show_marked()

    @on(OptionList.OptionSelected, "#results")
    def check_in_clicked(self, message: OptionList.OptionSelected) -> None:
        """Check in whom somebody clicked."""
        self.entry.value = ""
        self.take(self.results.found[message.option_index].code)

    def action_mark(self, step: int) -> None:
        """Mark the result above or below."""
        self.results.move(step)

    # Checking in

    @on(ScanInput.LineEntered)
    def heed_line(self, message: ScanInput.LineEntered) -> None:
        """Check a scanned line in, or whom a typed one means."""
        self.take(message.text, message.pressed_s)

    def take(self, line: str, pressed_s: float = inf) -> None:
        """Take one line, ended then; lines are taken in the order they were ended."""
        self._lines_waiting += 1
        self._take(line, pressed_s)

    @work(group="check_in", exit_on_error=False)
    async def _take(self, line: str, pressed_s: float) -> None:
        try:
            async with self._one_by_one:
                scan = await self._scan_if_read(line, pressed_s)
                result = None if scan is None else await self.admissions.check_in(scan)
        finally:
            self._lines_waiting -= 1
        if scan is not None and result is not None and self.admissions.keep_open(scan, result):
            assert result.ticket_id is not None
            self.admissions.ask_later(result.ticket_id)

    def ask_in_turn(self) -> None:
        """Ask those who were scanned and have more to do, once nobody waits to be scanned.

        An act that is under way goes on first: it would end without a word if this took its place.
        What stands in the input may be the beginning of the next code.
        """
        busy = self._lines_waiting or any(
            each.node is self and each.group in {"act", "menu"} and not each.is_finished
            for each in self.workers
        )
        if not self.admissions.has_to_ask or busy or self.app.screen is not self:
            return
        ahead = getattr(self.app, "type_ahead", None)
        more = isinstance(ahead, TypeAhead) and ahead.is_typing
        if more or self.entry.value or self.entry.message_queue_size:
            self.ask_soon()
        else:
            self._run(self.admissions.ask_in_turn())

    def ask_soon(self) -> None:
        """Ask after a pause in which another code may come."""
        if self._asking is not None:
            self._asking.stop()
        self._asking = self.set_timer(ASK_PAUSE_S, self.ask_in_turn)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Go on with who waits behind what has ended."""
        if event.worker.is_finished and self.admissions.has_to_ask:
            self.ask_soon()

    def overhears(self, event: Key | Paste) -> bool:
        """Keep what is scanned into a screen over the desk; one that only tells closes."""
        codes = self._stray.heard(event, self.app.focused)
        if codes:
            habits_of(self.app).scanned.extend(codes)
            top = self.app.screen
            if getattr(top, "ONLY_TELLS", False):
                top.dismiss(None)
            else:
                self.notify(
                    _("It is taken as soon as this is done."),
                    title=_("! A ticket was scanned"),
                    severity="warning",
                    markup=False,
                )
        return codes is not None

    def on_screen_resume(self) -> None:
        """Go on with who was scanned while another screen was on top."""
        if not self._is_moving:
            self._take_kept()
        self.ask_in_turn()

    def _take_kept(self) -> None:
        """Take what was scanned meanwhile."""
        kept = habits_of(self.app).scanned
        codes = [*kept]
        kept.clear()
        for code in codes:
            self.take(code)

    @property
    def in_flux(self) -> bool:
        """Whether what was scanned or typed last is not answered yet."""
        searches = bool(self.typed) and self.typed != self.results.found_for
        return bool(self._lines_waiting) or searches or self.card.is_reading

    async def settled(self) -> None:
        """Wait until what was scanned and typed so far is answered."""
        async with self._one_by_one:
            await self._search_now()
        await self.card.ready()
        await self.re_read()

    async def _scan_if_read(self, line: str, pressed_s: float) -> Scan | None:
        """The scan a line stands for; where the store cannot say, the line is typed again."""
        try:
            return await self._scan_of(line, pressed_s)
        except EventDeskError as error:
            self._type_anew(line)
            self._show_failure(error)
            return None

    async def _scan_of(self, line: str, pressed_s: float) -> Scan | None:
        """The scan a line stands for; None where it must be chosen first whom it means."""
        scanned = token_in(line) or (line if is_foreign_code(line) else "")
        source = ScanSource.SCANNER
        if not scanned and await self.tools.desk.read(
            opens_elsewhere, self.place.actor, self.place.event.id, line
        ):
            scanned = line  # of another system, too short to tell by its looks
        if not scanned:
            ticket = await self._meant(line, pressed_s)
            if ticket is None:
                return None
            scanned, source = ticket.code, ScanSource.TYPED
        return self.place.scan(scanned, source=source, seen_at=self.tools.now())

    async def _meant(self, typed: str, pressed_s: float) -> TicketView | None:
        """Return whom a typed line means; when it may be several, offer them and wait."""
        results = self.results
        if typed == results.found_for and results.marked is not None:
            if results.takes(pressed_s):
                return results.marked
            self._type_anew(typed)
            self._show_marked()
            return None
        found = await self._find(typed)
        is_code = bool(found) and found[0].code == read_code(typed)
        if is_code or (len(found) == 1 and not (found[0].is_doubtful or is_guess(typed, found))):
            return found[0]
        self._type_anew(typed)
        self._offer(typed, found, asked=True)
        return None

    def _type_anew(self, typed: str) -> None:
        """Put a line back that is not taken yet, unless the next one is begun."""
        if not self.entry.value:
            self.show_ticket(typed)

    # The acts

    def action_act(self, name: str) -> None:
        """Do something; what was begun before and waits for an answer is given up."""
        self._run(self._act(name))

    async def _act(self, name: str) -> None:
        """Do something with who is on show once the last input is answered."""
        if self.in_flux:
            await self.settled()
        if not self._say_why_not(name):
            await self.acts[name]()

    @on(ScanInput.EnterAlone)
    def do_next(self) -> None:
        """Do what the verdict says that Enter does."""
        ticket, enter = self.card.ticket, self.card.verdict.enter
        if self.in_flux or ticket is None:
            return
        if enter is Next.CHECK_IN:
            self.take(ticket.code)
        elif enter is not Next.NOTHING:
            self.action_act(enter.value)

    def _run(self, act: Coroutine[Any, Any, None]) -> None:
        self.run_worker(act, group="act", exclusive=True, exit_on_error=False)

    async def sell_walk_in(self) -> None:
        """Sell to who has no ticket, and let them in."""
        from screens.desk.walk_in import sell_walk_in

        result = await sell_walk_in(self, self.tools, self.place)
        if result is not None:
            self.admissions.show(result)

    async def choose_gate(self) -> None:
        """Ask at which gate this desk stands, and open it anew there."""
        from screens.modals.questions import PickOne

        place = self.place
        gates = await self.tools.desk.read(list_gates, place.actor, place.event.id)
        if not gates:
            self.dialogs.tell(_("This event has no gates. An organizer adds them under Lists."))
            return
        names = [each.name for each in gates]
        marked = names.index(self.place.gate.name) if self.place.gate in gates else 0
        self._is_moving = True  # what is scanned meanwhile is for the gate that is chosen
        chosen = await self.app.push_screen_wait(
            PickOne(_("At which gate does this desk stand?"), names, marked=marked)
        )
        if chosen is not None and gates[chosen] != self.place.gate:
            self.place = replace(self.place, gate=gates[chosen])
            self.dismiss(None)
        else:
            self._is_moving = False
            self._take_kept()

    async def pair_phone(self) -> None:
        """Show the code that pairs a phone with this desk."""
        from screens.door.pairing import paired_phone

        await paired_phone(self.app, self.tools, self.place)

    def action_cash(self) -> None:
        """Open the cash drawer."""
        self.app.push_screen(load("screens.money.cash_screen:CashScreen")(self.tools, self.place))

    def action_settle(self) -> None:
        """List what phones decided without the network and does not fit."""
        screen = load("screens.door.conflicts_screen:ConflictsScreen")
        place = self.place
        self.app.push_screen(screen(self.tools, place.actor, place.event, at=place))

    # The keyboard

    @work(exclusive=True, group="menu", exit_on_error=False)
    async def action_more(self) -> None:
        """List everything the desk can do, and do what is chosen."""
        listed = [act for act in ACTS if act.listed and not self._is_needless(act.name)]
        able = frozenset(act.action for act in listed if self.check_action(act.name, ()))
        action = await self.dialogs.ask(DeskMenu(listed, able))
        if action is not None:
            await self.run_action(action)

    def action_back(self) -> None:
        """Clear what was typed and looked up; go back when there is nothing to clear."""
        if not self.entry.value and self.card.state == OnShow():
            self.dismiss(None)
            return
        self.entry.value = ""
        self._offer("", [])

    @on(DescendantBlur)
    def keep_focus(self) -> None:
        """Give the input the keyboard back: the next scan may come at any moment."""
        self.entry.focus()


def _standing(standing: Counters, unsettled: int) -> Content:
    """The counters, and how many conflicts of phones wait to be settled."""
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
    if unsettled:
        words = _("! {count} to settle: {key}", count=unsettled, key=key_name("ctrl+y"))
        parts.insert(0, Content.styled(words, "$warning"))  # what is cut is the last
    return Content("   ").join(parts)
