"""The card of a person at the desk: the last answer, the ticket, and its history."""

from collections.abc import Iterator
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Label, Static

from eventdesk.booking import TicketView
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    Outcome,
    RestOfBooking,
    ScanView,
    Tone,
    rest_of_booking,
    scans_of,
    ticket_view,
)
from screens.core.failures import ShowsErrors
from screens.core.station import Place, Tools
from screens.desk.scan_log import scan_line
from screens.door.answers import Answer

ALONE = RestOfBooking()

NOBODY = msg("Scan a ticket, or type to search.")


class PersonCard(VerticalScroll, ShowsErrors, can_focus=False):
    """Shows one ticket for one check-in list, and the answer to its last scan.

    Attributes:
        ticket: The ticket on show, if any.
        looked_up: The newest passage of a ticket that was looked up, not scanned.
    """

    DEFAULT_CSS = """
    PersonCard {
        scrollbar-size-vertical: 1;
        & #card-answer { display: none; width: 100%; height: auto; padding: 0 1; margin-bottom: 1; }
        & #card-answer.-good {
            display: block; background: $good-background; color: $good-foreground;
        }
        & #card-answer.-care {
            display: block; background: $care-background; color: $care-foreground;
        }
        & #card-answer.-stop {
            display: block; background: $stop-background; color: $stop-foreground;
        }
        & #card-attention {
            display: none; width: 100%; height: auto; padding: 0 1; margin-bottom: 1;
            background: $care-background; color: $care-foreground; text-style: bold reverse;
        }
        & #card-attention.-shown { display: block; }
        & #card-parts { height: auto; }
        & Static { height: auto; text-overflow: ellipsis; }
        & #card-history { text-wrap: nowrap; }
    }
    """

    answer: reactive[Answer | None] = reactive(None, init=False)
    """The answer to the last scan; None when something else was looked up since."""

    def __init__(self, tools: Tools, place: Place, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tools, self._place = tools, place
        self.ticket: TicketView | None = None
        self.looked_up: ScanView | None = None

    def compose(self) -> ComposeResult:
        """Lay out answer, ticket and history."""
        yield Label("", id="card-answer", markup=False)
        yield Label("", id="card-attention", markup=False)
        with Container(id="card-parts"):
            yield Static(Content.styled(str(NOBODY), "$faint"), id="card-ticket", markup=False)
            yield Static("", id="card-history", markup=False)

    def watch_answer(self, answer: Answer | None) -> None:
        """Show the answer in its colour, with its sign and its word."""
        label = self.query_one("#card-answer", Label)
        for tone in Tone:
            label.set_class(answer is not None and answer.tone is tone, f"-{tone}")
        self._warn(answer.attention if answer is not None else "")
        if answer is None:
            return
        headline = f"{answer.tone.sign} {answer.word.upper()}  {answer.headline}"
        label.update(
            Content("\n").join([Content.styled(headline, "bold"), *map(Content, answer.details)])
        )

    @work(exclusive=True, group="person", exit_on_error=False)
    async def show_ticket(self, ticket_id: UUID) -> None:
        """Show a ticket and what happened with it."""
        self._show(*await self._read(ticket_id))

    def show_nobody(self) -> None:
        """Show no ticket."""
        self._show(None, [], ALONE)

    async def re_read(self) -> None:
        """Read the ticket on show again."""
        shown = self.ticket
        if shown is not None:
            read = await self._read(shown.id)
            if self.ticket is shown:
                self._show(*read)

    async def read_ticket(self, ticket_id: UUID) -> TicketView:
        """Read a ticket as it stands at this list."""
        place = self._place
        return await self._tools.desk.read(
            ticket_view, place.actor, ticket_id, list_id=place.check_in_list.id
        )

    async def _read(self, ticket_id: UUID) -> tuple[TicketView, list[ScanView], RestOfBooking]:
        """Read a ticket, what happened with it, and the others of its booking."""
        read, place = self._tools.desk.read, self._place
        ticket = await self.read_ticket(ticket_id)
        scans = await read(scans_of, place.actor, ticket_id)
        rest = await read(rest_of_booking, place.actor, ticket_id, place.check_in_list.id)
        return ticket, scans, rest

    def _show(self, ticket: TicketView | None, scans: list[ScanView], rest: RestOfBooking) -> None:
        self.ticket = ticket
        passages = (each for each in scans if each.outcome.passes and not each.annulled)
        self.looked_up = next(passages, None) if self.answer is None else None
        self._draw(ticket, scans, rest)
        self.refresh_bindings()

    def _draw(self, ticket: TicketView | None, scans: list[ScanView], rest: RestOfBooking) -> None:
        nobody = Content.styled(str(NOBODY), "$faint")
        words = nobody if ticket is None else self._ticket(ticket, scans, rest)
        self.query_one("#card-ticket", Static).update(words)
        noted = self.answer.attention if self.answer is not None else ""
        self._warn(noted or (ticket.attention if ticket is not None else ""))
        history = [scan_line(scan, self._place.clock, with_name=False) for scan in scans]
        if history:
            history.insert(0, Content.styled(_("History"), "$faint"))
        self.query_one("#card-history", Static).update(Content("\n").join(history))

    def _warn(self, note: str) -> None:
        """Show what must not be missed in a bar of its own."""
        bar = self.query_one("#card-attention", Label)
        bar.update(_("! ATTENTION  {note}", note=plain(note, limit=600)) if note else "")
        bar.set_class(bool(note), "-shown")

    def _ticket(self, ticket: TicketView, scans: list[ScanView], rest: RestOfBooking) -> Content:
        lines = [
            Content.styled(plain(ticket.name), "bold"),
            Content.styled(plain(ticket.line_two), "$faint"),
            Content(
                _joined(
                    ticket.ticket_type, ticket.seat and _("seat {seat}", seat=plain(ticket.seat))
                )
            ),
            self._standing(ticket, scans),
            *_warnings(ticket),
            Content.styled(_others(rest), "$accent bold"),
            Content.styled(
                _joined(
                    ticket.code,
                    _("booking {booking_code}", booking_code=ticket.booking_code),
                    _n("{count} badge", "{count} badges", ticket.badges),
                ),
                "$faint",
            ),
            Content.styled(plain(ticket.email), "$faint"),
            Content.styled(f"→ {_allowed(ticket)}", "$primary"),
        ]
        return Content("\n").join([line for line in lines if line.plain])

    def _standing(self, ticket: TicketView, scans: list[ScanView]) -> Content:
        """Say whether they are in: since when, by which gate, and who let them in."""
        if ticket.inside and ticket.admitted_at is not None:
            since = self._place.when(ticket.admitted_at)
            admitted = (Outcome.ADMITTED, False, ticket.admitted_at)
            scan = next(
                (
                    each
                    for each in scans
                    if (each.outcome, each.annulled, each.recorded_at) == admitted
                ),
                None,
            )
            return Content.styled(_in_since(since, scan), "$success bold")
        if ticket.admitted_at is not None:
            return Content.styled(_("○ Was in, and left"), "$foreground")
        return Content.styled(_("○ Not in yet"), "$foreground")


def _in_since(since: str, scan: ScanView | None) -> str:
    if scan is None:
        return _("✓ In since {since}", since=since)
    operator = plain(scan.operator)
    if not scan.gate:
        return _("✓ In since {since}, by {operator}", since=since, operator=operator)
    gate = plain(scan.gate)
    return _(
        "✓ In since {since} at {gate}, by {operator}", since=since, gate=gate, operator=operator
    )


def _others(rest: RestOfBooking) -> str:
    """A line on the others of the booking, with the key; "" without others."""
    count = len(rest.others)
    if not count:
        return ""
    if rest.leaving:
        return _n("→ F11: {count} other still in", "→ F11: {count} others still in", count)
    return _n(
        "→ F11: {count} other of this booking", "→ F11: {count} others of this booking", count
    )


def _warnings(ticket: TicketView) -> Iterator[Content]:
    if ticket.cancelled:
        yield Content.styled(_("✗ Cancelled"), "$error bold")
    if ticket.blocked_note:
        words = _("✗ Blocked: {note}", note=plain(ticket.blocked_note))
        yield Content.styled(words, "$error bold")
    if not ticket.paid:
        yield Content.styled(_("! Not paid"), "$warning bold")


def _allowed(ticket: TicketView) -> str:
    """A hint at what may be done with the ticket now, by its keys."""
    if ticket.cancelled or ticket.blocked_note is not None:
        return _("Only a supervisor lets this ticket in: F8")
    if not ticket.paid:
        return _("Ctrl+T takes the payment")
    if ticket.inside:
        return _("F3 undoes, F4 prints again")
    return _("Scan it, or press Enter on its result")


def _joined(*parts: str) -> str:
    return " · ".join(plain(part) for part in parts if part)
