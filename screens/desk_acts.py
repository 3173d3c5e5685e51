"""What staff does with the ticket on show, apart from checking it in."""

from typing import ClassVar
from uuid import UUID

from textual import work
from textual.binding import Binding, BindingType

from eventdesk.model.door import CheckInResult, Scan, ScanSource
from eventdesk.model.plain_text import plain
from eventdesk.model.views import ScanView, TicketView
from eventdesk.usecases.checkin import undo
from eventdesk.usecases.reprints import reprint
from eventdesk.usecases.tickets import reissue, rename, set_attention
from screens.modals.new_code import NewCode
from screens.modals.questions import NameQuestion, TextQuestion, YesNo
from screens.role_screen import RoleScreen
from screens.station import Place, Tools

NEEDS_TICKET = frozenset({"print_again", "change_name", "note", "force", "new_code"})


class TicketActsScreen(RoleScreen[None]):
    """A screen that shows one ticket, with the keys that act on it.

    Attributes:
        shown: The ticket on show, if any.
        acts: Own admissions and exits that can still be undone, the newest last.
        scans: The newest scans of this gate, newest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3,ctrl+z", "undo", "Undo", id="undo",
                tooltip="Take back the last admission of this desk"),
        Binding("f4", "print_again", "Badge", id="print_again",
                tooltip="Print the badge again, with a reason"),
        Binding("f6", "change_name", "Name", id="change_name",
                tooltip="Correct the name and the second line"),
        Binding("f7", "note", "Note", id="note",
                tooltip="Leave a note that staff sees with every scan of this ticket"),
        Binding("f8", "force", "Force", id="force",
                tooltip="Let in against the rules, with a reason; supervisors only"),
        Binding("f9", "new_code", "Code", id="new_code",
                tooltip="Replace a lost code; the old one is refused from then on"),
    ]  # fmt: skip

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__(tools, place)
        self.place: Place = place
        self.shown: TicketView | None = None
        self.acts: list[UUID] = []
        self.scans: list[ScanView] = []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what needs a ticket on show, or a supervisor."""
        if action in NEEDS_TICKET and self.shown is None:
            return None
        if action == "force" and not self.place.actor.is_supervisor:
            return None
        return True

    def show_ticket(self, ticket_id: UUID) -> object:
        """Show a ticket as it is now; the screen says how."""
        raise NotImplementedError

    async def take_in(self, scan: Scan) -> CheckInResult | None:
        """Check a scan in and show the answer; the screen says how."""
        raise NotImplementedError

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_undo(self) -> None:
        """Take back the last act of this desk; ask when it was someone else's."""
        scan = self._last_act()
        if scan is None:
            self.notify("There is nothing here to undo.", markup=False)
            return
        if not scan.mine and not await self.app.push_screen_wait(
            YesNo("Undo someone else's scan?", _described(scan), yes="Undo")
        ):
            return
        with self.waiting():
            await self.tools.desk.write(undo, self.place.actor, scan.id, now=self.tools.now())
        self.acts = [act for act in self.acts if act != scan.id]
        self.notify(_described(scan), title="Undone", markup=False)
        if scan.ticket_id is not None:
            self.show_ticket(scan.ticket_id)

    def _last_act(self) -> ScanView | None:
        """The newest own act, or else the newest of this gate, that is not undone."""
        open_scans = [s for s in self.scans if s.outcome.passes and not s.annulled]
        own = [scan for scan in open_scans if self.acts and scan.id == self.acts[-1]]
        return next(iter(own or open_scans), None)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_print_again(self) -> None:
        """Queue another badge."""
        ticket = self.shown
        if ticket is None:
            return
        reason = await self.app.push_screen_wait(
            TextQuestion(
                "Print the badge again?",
                f"{plain(ticket.name, limit=60)}: why is another badge needed?",
                confirm="Print",
            )
        )
        if not reason:
            return
        now = self.tools.now()
        await self.tools.desk.write(reprint, self.place.actor, ticket.id, reason=reason, now=now)
        self.notify(plain(ticket.name), title="The badge is printing again", markup=False)
        self.show_ticket(ticket.id)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_change_name(self) -> None:
        """Correct name and second line."""
        ticket = self.shown
        if ticket is None:
            return
        lines = await self.app.push_screen_wait(NameQuestion(ticket.name, ticket.line_two))
        if not lines:
            return
        await self.tools.desk.write(
            rename,
            self.place.actor,
            ticket.id,
            name=lines[0],
            line_two=lines[1],
            now=self.tools.now(),
        )
        self.show_ticket(ticket.id)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_note(self) -> None:
        """Leave or clear a note for staff."""
        ticket = self.shown
        if ticket is None:
            return
        note = await self.app.push_screen_wait(
            TextQuestion(
                "Note for staff",
                "Shown with every scan of this ticket. Empty takes it away.",
                value=ticket.attention,
                required=False,
                confirm="Save",
            )
        )
        if note is None:
            return
        now = self.tools.now()
        await self.tools.desk.write(set_attention, self.place.actor, ticket.id, note=note, now=now)
        self.show_ticket(ticket.id)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_force(self) -> None:
        """Let in against the rules."""
        ticket = self.shown
        if ticket is None:
            return
        reason = await self.app.push_screen_wait(
            TextQuestion(
                "Let in by force?",
                f"{plain(ticket.name, limit=60)}: why, against the rules? It is logged.",
                confirm="Let in",
            )
        )
        if reason:
            await self.take_in(
                self.place.scan(
                    ticket.code,
                    source=ScanSource.TYPED,
                    seen_at=self.tools.now(),
                    force_reason=reason,
                )
            )

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_new_code(self) -> None:
        """Issue the code anew and show it."""
        ticket = self.shown
        if ticket is None:
            return
        reason = await self.app.push_screen_wait(
            TextQuestion(
                "Issue a new code?",
                "The old code is refused from now on. Why is it replaced?",
                confirm="New code",
            )
        )
        if not reason:
            return
        now = self.tools.now()
        token = await self.tools.desk.write(
            reissue, self.place.actor, ticket.id, reason=reason, now=now
        )
        await self.app.push_screen_wait(NewCode(ticket.name, token))
        self.show_ticket(ticket.id)


def _described(scan: ScanView) -> str:
    return (
        f"{plain(scan.name, limit=60)}, {plain(scan.gate) or 'no gate'}, by {plain(scan.operator)}"
    )
