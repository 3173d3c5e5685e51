"""The desk: staff with a queue in front of them, and one input that takes anything."""

import asyncio
from typing import ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import DescendantBlur, Key
from textual.timer import Timer
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.errors import EventDeskError
from eventdesk.model.door import CheckInResult, Counters, Scan, ScanSource
from eventdesk.model.ids import codes_near, read_code
from eventdesk.model.outcome import Tone
from eventdesk.model.people import Approval
from eventdesk.model.plain_text import plain
from eventdesk.model.views import ScanView, TicketView
from eventdesk.usecases.find import find_tickets, opens_elsewhere
from eventdesk.usecases.list_counts import ListCounts
from eventdesk.usecases.rest_of_booking import RestOfBooking, rest_of_booking
from eventdesk.usecases.scans import counters, recent_scans, scans_of
from eventdesk.usecases.tickets import ticket_view
from screens.answers import Answer, could_not
from screens.checking_in import check_in_patiently
from screens.desk_exceptions import DeskExceptionsScreen, with_note
from screens.modals.desk_menu import Act, DeskMenu
from screens.station import Place, Tools
from screens.widgets.person_card import ALONE, PersonCard
from screens.widgets.scan_input import ScanInput, is_foreign_code, token_in
from screens.widgets.scan_log import ScanLog

SEARCH_PAUSE_S: Final = 0.12
"""Typing that pauses for so long is searched for."""

MOST_RESULTS: Final = 20
INVITATION: Final = "Scan, or type a name, e-mail, booking or seat"


ACTS: Final = (
    Act("f1", "help", "Help", "Show this screen's keys", shown=True, listed=False),
    Act("f2", "walk_in", "Walk-in", "Sell to somebody who has no ticket, and let them in", True),
    Act("f3,ctrl+z", "undo", "Undo",
        "Take back the last admission of this desk, or of who was looked up", True),
    Act("f4", "print_again", "Badge", "Print the badge again, with a reason", True),
    Act("f5", "re_read", "Read", "Read everything on show again", True),
    Act("f9", "more", "More", "Everything the desk can do, each with its key", True, False),
    Act("f10", "cash", "Cash", "The cash drawer: open it, count it, close it", True),
    Act("f11", "group", "Group", "Check in the booking together, or chosen members of it", True),
    Act("ctrl+t", "pay", "Payment", "Take what is due: cash, card or voucher; then check in"),
    Act("ctrl+o", "go_on", "Go on", "Ask again what was not answered or paid"),
    Act("f6", "change_name", "Name", "Correct the name and the second line"),
    Act("f7", "note", "Attention", "Mark for attention, with a note for all staff"),
    Act("f8", "force", "Force", "Let in against the rules; takes a supervisor"),
    Act("ctrl+s", "seat", "Seat", "Give a seat, move to another, or swap with somebody"),
    Act("ctrl+n", "new_code", "Lost", "Replace a lost ticket; its old code is refused"),
    Act("ctrl+l", "waitlist", "Waitlist", "Move somebody to the front, or offer a place"),
    Act("ctrl+r", "refund", "Refund", "Give money back; takes a supervisor"),
    Act("f12", "notices", "Notices", "What you were told"),
    Act("escape", "back", "Clear", "Clear the input, then go back", listed=False),
)  # fmt: skip
"""Everything the desk does, in the order of its footer and its menu."""

NEEDS_TICKET: Final = frozenset(
    {"print_again", "change_name", "note", "force", "new_code", "group", "pay", "seat", "refund"}
)


class DeskScreen(DeskExceptionsScreen, inherit_bindings=False):
    """Checks in whoever stands there, by code or by name.

    Args:
        tools: Store, settings, clock and sounds.
        place: Where the desk stands and who works at it.
    """

    ROLE = "Desk"
    HELP = (
        "Scan a ticket, or type what the guest says: a name, with typos or without accents, an "
        "e-mail address, a booking code or a seat. Enter checks in whom the list marks. The "
        "cursor is always in the input, so you can go on scanning at any moment. What only a "
        "supervisor may do asks for a supervisor's PIN right here."
    )
    CSS_PATH = "styles/desk.tcss"
    SOON = (
        "screens.modals.desk_menu",
        "screens.modals.desk_questions",
        "screens.modals.reason_dialog",
        "screens.modals.supervisor_pin",
        "screens.modals.take_money",
        "screens.modals.list_questions",
        "screens.modals.group_dialog",
        "screens.walk_in",
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
    card = getters.query_one(PersonCard)
    results = getters.query_one("#results", OptionList)

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__(tools, place)
        self._one_by_one = asyncio.Lock()
        self._search: Timer | None = None
        self._found: list[TicketView] = []
        self._found_for = ""
        self._lines_waiting = 0
        self._counted = ListCounts(place.check_in_list.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what needs a ticket on show."""
        if action in NEEDS_TICKET and self.shown is None:
            return None
        return super().check_action(action, parameters)

    def on_key(self, event: Key) -> None:
        """Say why the key of an act did nothing; one that can be done never gets here."""
        keys = (each.keys.split(",") for each in ACTS if each.action in NEEDS_TICKET)
        if self.shown is None and any(event.key in each for each in keys):
            self.notify(
                "Scan a ticket, or look somebody up first.",
                title="Nobody is on show",
                severity="warning",
                markup=False,
            )

    def compose_body(self) -> ComposeResult:
        """Lay out the input, results and person beside each other, and the log."""
        yield ScanInput(placeholder=INVITATION, id="entry", max_length=0)
        with Horizontal(id="middle"):
            results = OptionList(id="results", markup=False)
            results.can_focus = False
            yield results
            yield PersonCard(self.place, id="card")
        log = ScanLog(self.place.clock, id="log")
        log.border_title = "Last scans"
        yield log
        yield Label("", id="counters", markup=False)

    async def re_read(self) -> None:
        """Read the last scans of this gate, the counters, and the ticket on show."""
        await super().re_read()
        desk, place = self.tools.desk, self.place
        list_id, gate_id = place.check_in_list.id, place.gate_id
        self.scans = await desk.read(recent_scans, place.actor, list_id, gate_id=gate_id)
        self.query_one(ScanLog).show(self.scans)
        standing = await desk.read(
            counters, place.actor, list_id, kept=self._counted, now=self.tools.now()
        )
        self.query_one("#counters", Label).update(_standing(standing), layout=False)
        shown = self.shown
        if shown is not None:
            ticket, scans, rest = await self._read(shown.id)
            if self.shown is shown:
                self._put(ticket, scans, rest)

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
        if typed != self._found_for:
            self._offer(typed, await self._find(typed))

    async def _find(self, typed: str) -> list[TicketView]:
        with self.waiting():
            return await self.tools.desk.read(
                find_tickets,
                self.place.actor,
                self.place.event.id,
                typed,
                list_id=self.place.check_in_list.id,
                limit=MOST_RESULTS,
                now=self.tools.now(),
            )

    def _offer(self, typed: str, found: list[TicketView]) -> None:
        self._found, self._found_for = found, typed
        self.set_class(bool(typed), "-searching")
        self.results.clear_options()
        self.results.add_options([Option(_result_line(ticket)) for ticket in found])
        self.results.highlighted = 0 if found and not _is_guess(typed, found) else None
        if typed and not found:
            self.results.add_option(Option(_nobody(typed), disabled=True))

    @on(OptionList.OptionHighlighted, "#results")
    def show_marked(self, message: OptionList.OptionHighlighted) -> None:
        """Show the person who is marked."""
        if message.option_index < len(self._found):
            self.card.answer = None
            self.show_ticket(self._found[message.option_index].id)

    @on(OptionList.OptionSelected, "#results")
    def check_in_clicked(self, message: OptionList.OptionSelected) -> None:
        """Check in whom somebody clicked."""
        self.entry.value = ""
        self.take(self._found[message.option_index].code)

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

    def take_later(self, line: str) -> None:
        """Take a line that was scanned into a dialog."""
        self.take(line)

    def take(self, line: str) -> None:
        """Take one line; lines are taken in the order they were ended."""
        self._lines_waiting += 1
        self._take(line)

    @work(group="check_in", exit_on_error=False)
    async def _take(self, line: str) -> None:
        try:
            async with self._one_by_one:
                scan = await self._scan_of(line)
                result = None if scan is None else await self.check_in_shown(scan)
        finally:
            self._lines_waiting -= 1
        if scan is not None and result is not None and self.keep_open(scan, result):
            assert result.ticket_id is not None
            self._to_ask.append(result.ticket_id)

    def ask_in_turn(self) -> None:
        """Ask who has more to do, once nobody waits to be scanned any more."""
        if not self._lines_waiting:
            super().ask_in_turn()

    async def settled(self) -> None:
        """Wait until the lines that were scanned so far are taken."""
        async with self._one_by_one:
            await self.re_read()

    async def _scan_of(self, line: str) -> Scan | None:
        """The scan a line stands for; None where it must be chosen first whom it means."""
        scanned = token_in(line) or (line if is_foreign_code(line) else "")
        source = ScanSource.SCANNER
        if not scanned and await self._is_sold_elsewhere(line):
            scanned = line
        if not scanned:
            ticket = await self._meant(line)
            if ticket is None:
                return None
            scanned, source = ticket.code, ScanSource.TYPED
        return self.place.scan(scanned, source=source, seen_at=self.tools.now())

    async def _is_sold_elsewhere(self, line: str) -> bool:
        """Whether a line is a ticket's code of another system, too short to tell by its looks."""
        return await self.tools.desk.read(
            opens_elsewhere, self.place.actor, self.place.event.id, line
        )

    async def _meant(self, typed: str) -> TicketView | None:
        """Return whom a typed line means; when it may be several, offer them and wait."""
        marked = self.results.highlighted
        if typed == self._found_for and self._found and marked is not None:
            return self._found[marked]
        found = await self._find(typed)
        is_code = bool(found) and found[0].code == read_code(typed)
        if is_code or (len(found) == 1 and not _is_guess(typed, found)):
            return found[0]
        if not self.entry.value:
            self.entry.value = typed
            self.entry.cursor_position = len(typed)
        self._offer(typed, found)
        return None

    async def check_in_shown(
        self, scan: Scan, *, approval: Approval | None = None
    ) -> CheckInResult | None:
        """Check a scan in and show the answer; None when it could not be written."""
        try:
            with self.waiting():
                result = await check_in_patiently(self.tools, self.place, scan, approval=approval)
        except EventDeskError as error:
            self._answer_with(could_not(str(error), error.hint))
            return None
        self._offer("", [])
        if result.passes:
            self.acts.append(result.scan_id)
        self.tools.sounds.play(Tone.CARE if result.attention else result.outcome.tone)
        self.show_result(result)
        return result

    def show_result(self, result: CheckInResult, note: str = "") -> None:
        """Show an answer with its ticket; `note` is what else must be told."""
        self.card.answer = with_note(result, note)
        if result.ticket_id is None:
            self._put(None, [])
        else:
            self.show_ticket(result.ticket_id)

    def _answer_with(self, answer: Answer) -> None:
        self.card.answer = answer
        self.tools.sounds.play(answer.tone)

    # The person

    @work(exclusive=True, group="person", exit_on_error=False)
    async def show_ticket(self, ticket_id: UUID) -> None:
        """Show a ticket and what happened with it."""
        self._put(*await self._read(ticket_id))

    async def _read(self, ticket_id: UUID) -> tuple[TicketView, list[ScanView], RestOfBooking]:
        """Read a ticket, what happened with it, and the others of its booking."""
        read, actor, list_id = self.tools.desk.read, self.place.actor, self.place.check_in_list.id
        ticket = await self._ticket(ticket_id)
        scans = await read(scans_of, actor, ticket_id)
        rest = await read(rest_of_booking, actor, ticket_id, list_id, now=self.tools.now())
        return ticket, scans, rest

    async def _ticket(self, ticket_id: UUID) -> TicketView:
        """Read a ticket as it stands at this list."""
        list_id, now = self.place.check_in_list.id, self.tools.now()
        return await self.tools.desk.read(ticket_view, ticket_id, list_id=list_id, now=now)

    def _put(
        self, ticket: TicketView | None, scans: list[ScanView], rest: RestOfBooking = ALONE
    ) -> None:
        self.shown = ticket
        passages = (each for each in scans if each.outcome.passes and not each.annulled)
        self.looked_up = next(passages, None) if self.card.answer is None else None
        self.card.show(ticket, scans, rest)
        self.refresh_bindings()

    # The keyboard

    @work(exclusive=True, group="menu", exit_on_error=False)
    async def action_more(self) -> None:
        """List everything the desk can do, and do what is chosen."""
        listed = [act for act in ACTS if act.listed]
        able = frozenset(act.action for act in listed if self.check_action(act.action, ()))
        action = await self.ask(DeskMenu(listed, able))
        if action is not None:
            await self.run_action(action)

    def action_back(self) -> None:
        """Clear what was typed and looked up; go back when there is nothing to clear."""
        if not self.entry.value and self.shown is None and self.card.answer is None:
            self.dismiss(None)
            return
        self.entry.value = ""
        self.card.answer = None
        self._offer("", [])
        self._put(None, [])

    @on(DescendantBlur)
    def keep_focus(self) -> None:
        """Give the input the keyboard back: the next scan may come at any moment."""
        self.entry.focus()


def _standing(standing: Counters) -> Content:
    figures = [
        ("expected", standing.expected),
        ("in", standing.admitted),
        ("inside now", standing.inside),
        ("to come", standing.to_come),
    ]
    parts = [
        Content.assemble((f"{number:,}", "bold"), (f" {word}", "$faint"))
        for word, number in figures
    ]
    return Content("   ").join(parts)


def _is_guess(typed: str, found: list[TicketView]) -> bool:
    """Whether somebody was found by a code that is not theirs but near it; they must be chosen."""
    code = read_code(typed)
    near = codes_near(code) if found else set()
    codes = {each for ticket in found for each in (ticket.code, ticket.booking_code)}
    return any(each in near and not each.startswith(code) for each in codes)


def _result_line(ticket: TicketView) -> Content:
    sign = "✓" if ticket.inside else "✗" if ticket.cancelled or ticket.blocked_note else "○"
    details = "  ".join(plain(part) for part in (ticket.ticket_type, ticket.seat) if part)
    return Content.assemble(f"{sign} {plain(ticket.name, limit=60)}  ", (details, "$faint"))


def _nobody(typed: str) -> Content:
    return Content(
        f"Nobody found for “{plain(typed, limit=40)}”.\nTry part of the name, the e-mail or the "
        "booking code."
    )
