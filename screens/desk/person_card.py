"""The card of a person at the desk: the ticket on show, its history, and the verdict on it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Label, Static
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from eventdesk.booking import TicketView
from eventdesk.core.errors import EventDeskError, NotFoundError
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult, Guest, Outcome, ScanView, guest_at
from screens.core.failures import ShowsErrors
from screens.core.station import Place, Tools
from screens.desk.on_show import (
    Did,
    Doubt,
    Missed,
    OnShow,
    Verdict,
    no_gate,
    others_told,
    verdict_on,
)
from screens.desk.scan_log import scan_line
from screens.door.answers import Answer, could_not


class PersonCard(VerticalScroll, ShowsErrors, can_focus=False):
    """Holds what is on show at the desk, reads it from the store, and shows the ticket's details.

    What is on show is one value. Whatever comes next replaces it at once: while a ticket is being
    read nobody is on show, so that no key acts on who stood there before.

    Args:
        answered: Called when something other than a search is answered.
    """

    DEFAULT_CSS = """
    PersonCard {
        scrollbar-size-vertical: 1;
        & #card-attention {
            display: none; width: 100%; height: auto; padding: 0 1;
            background: $care-background; color: $care-foreground; text-style: bold reverse;
        }
        & #card-attention.-shown { display: block; }
        & #card-parts { height: auto; }
        & Static { height: auto; text-overflow: ellipsis; }
        & #card-history { text-wrap: nowrap; }
    }
    """

    state: reactive[OnShow] = reactive(OnShow(), init=False)
    """What is on show; one value."""

    needs_gate: reactive[bool] = reactive(False, init=False)
    """Whether nobody said yet at which of the event's gates this desk stands."""

    class Shown(Message):
        """The verdict is another now."""

        def __init__(self, verdict: Verdict) -> None:
            super().__init__()
            self.verdict = verdict

    def __init__(
        self,
        tools: Tools,
        place: Place,
        *,
        answered: Callable[[], object] = lambda: None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._tools, self._place, self._answered = tools, place, answered
        self._turn = 0
        self._reading: Worker[None] | None = None

    @property
    def ticket(self) -> TicketView | None:
        """The ticket on show, if any."""
        return None if self.state.guest is None else self.state.guest.ticket

    @property
    def verdict(self) -> Verdict:
        """The verdict on what is on show."""
        return no_gate() if self.needs_gate and self.state == OnShow() else verdict_on(self.state)

    @property
    def answer(self) -> Verdict | None:
        """The verdict on the last scan or act; None where somebody was looked up since."""
        return None if self.state.last is None else self.verdict

    @property
    def passage(self) -> ScanView | None:
        """The newest passage of the ticket on show that was not undone."""
        scans = () if self.state.guest is None else self.state.guest.scans
        return next((each for each in scans if each.outcome.passes and not each.annulled), None)

    def compose(self) -> ComposeResult:
        """Lay out ticket and history."""
        yield Label("", id="card-attention", markup=False)
        with Container(id="card-parts"):
            yield Static("", id="card-ticket", markup=False)
            yield Static("", id="card-history", markup=False)

    def on_mount(self) -> None:
        """Say what to do first."""
        self._draw()

    def is_answered_by(self, scan: ScanView) -> bool:
        """Whether a scan is what the desk has just answered."""
        last = self.state.last
        return isinstance(last, CheckInResult) and last.scan_id == scan.id

    # What is on show

    def show(
        self,
        last: CheckInResult | Did | Answer | None,
        ticket_id: UUID | None,
        note: str = "",
        *,
        doubt: Doubt | None = None,
    ) -> None:
        """Show the answer to an input at once, and the ticket as soon as it is read.

        Args:
            note: What comes first, such as the change to give back.
            doubt: Why somebody who was looked up may not be meant.
        """
        self._turn += 1
        # Whoever is only looked up is painted once, with all of it.
        self.set_reactive(PersonCard.state, OnShow(last, note=note, doubt=doubt))
        self.refresh_bindings()
        if last is not None:
            self._answered()
            self._draw()
        if ticket_id is not None:
            self._reading = self._read_soon(ticket_id, self._turn)

    def show_ticket(self, ticket_id: UUID, doubt: Doubt | None = None) -> None:
        """Show somebody who was looked up."""
        self.show(None, ticket_id, doubt=doubt)

    def show_nobody(self, missed: Missed | None = None) -> None:
        """Show no ticket, and who was not found."""
        self._turn += 1
        self.state = OnShow(missed)

    def show_failure(self, error: EventDeskError) -> None:
        """Show that the last input could not be answered, and nobody."""
        self._turn += 1
        self.state = OnShow(could_not(str(error), error.hint))

    @property
    def is_reading(self) -> bool:
        """Whether the ticket to be shown is being read."""
        return self._reading is not None and not self._reading.is_finished

    async def ready(self) -> None:
        """Wait until the ticket to be shown is there."""
        while self._reading is not None and not self._reading.is_finished:
            try:
                await self._reading.wait()
            except (WorkerCancelled, WorkerFailed):  # it was shown, or another one is being read
                continue

    @work(exclusive=True, group="person", exit_on_error=False)
    async def _read_soon(self, ticket_id: UUID, turn: int) -> None:
        await self._read(ticket_id, turn)

    async def _read(self, ticket_id: UUID, turn: int) -> None:
        try:
            guest = await self.read_guest(ticket_id)
        except NotFoundError:
            if turn == self._turn:
                self.show_nobody()
            raise
        except EventDeskError as error:
            if turn == self._turn and self.state == OnShow(doubt=self.state.doubt):
                self.show_failure(error)
            raise
        if turn == self._turn:
            self.state = replace(self.state, guest=guest)

    async def re_read(self) -> None:
        """Read the ticket on show again."""
        ticket, turn = self.ticket, self._turn
        if ticket is not None and not self.is_reading:
            await self._read(ticket.id, turn)

    @work(group="again", exit_on_error=False)
    async def read_soon(self) -> None:
        """Read the ticket on show again; the answer to the last input stays."""
        await self.re_read()

    async def read_guest(self, ticket_id: UUID) -> Guest:
        """Read a ticket as it stands at this list, with all that belongs to it."""
        place = self._place
        return await self._tools.desk.read(guest_at, place.actor, ticket_id, place.check_in_list.id)

    # Painting

    def watch_needs_gate(self) -> None:
        """Paint the verdict that asks for it."""
        self._draw()

    def watch_state(self) -> None:
        """Paint it, and tell what the verdict is now."""
        self._draw()
        self.refresh_bindings()

    def _draw(self) -> None:
        guest, verdict = self.state.guest, self.verdict
        self.post_message(self.Shown(verdict))
        self._warn(verdict.attention)
        words = Content("") if guest is None else self._ticket(guest, verdict)
        self.query_one("#card-ticket", Static).update(words)
        scans = guest.scans if guest is not None else ()
        history = [scan_line(scan, self._place.clock, with_name=False) for scan in scans]
        if history:
            history.insert(0, Content.styled(_("History"), "$faint"))
        shown, whole = self.query_one("#card-history", Static), Content("\n").join(history)
        shown.update(whole)
        shown.tooltip = whole if history else None

    def _warn(self, note: str) -> None:
        """Show what must not be missed in a bar of its own."""
        bar = self.query_one("#card-attention", Label)
        bar.update(_("! ATTENTION  {note}", note=plain(note, limit=600)) if note else "")
        bar.set_class(bool(note), "-shown")

    def _ticket(self, guest: Guest, verdict: Verdict) -> Content:
        ticket, others = guest.ticket, others_told(guest.rest)
        if others in verdict.next:
            others = ""  # said already, and larger
        lines = [
            *_told(guest),
            self._standing(ticket, guest.scans),
            Content.styled(plain(ticket.line_two), "$faint"),
            Content.styled(others and f"→ {others}", "$accent bold"),
            Content.styled(
                _joined(
                    ticket.code,
                    _("booking {booking_code}", booking_code=ticket.booking_code),
                    _n("{count} badge", "{count} badges", ticket.badges),
                ),
                "$faint",
            ),
            Content.styled(plain(ticket.email), "$faint"),
        ]
        return Content("\n").join([line for line in lines if line.plain])

    def _standing(self, ticket: TicketView, scans: tuple[ScanView, ...]) -> Content:
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


def _told(guest: Guest) -> Iterator[Content]:
    """What the list shows with each verdict."""
    for label, value in guest.told:
        yield Content.assemble((f"{plain(label, limit=40)}  ", "$faint"), (plain(value), "bold"))


def _joined(*parts: str) -> str:
    return " · ".join(plain(part) for part in parts if part)
