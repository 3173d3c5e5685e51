"""What staff does with the ticket on show, apart from checking it in.

What one act needs alone is imported in the act: a desk opens without it.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from uuid import UUID

from textual import work
from textual.screen import ModalScreen

from eventdesk.errors import SupervisorNeededError
from eventdesk.model.door import CheckInResult, Scan, ScanSource
from eventdesk.model.people import Approval
from eventdesk.model.plain_text import plain
from eventdesk.model.views import ScanView, TicketView
from eventdesk.usecases.checkin import undo
from eventdesk.usecases.tickets import reissue, rename, set_attention
from screens.role_screen import RoleScreen
from screens.station import Place, Tools

T = TypeVar("T")

WHY_AGAIN: Final = ("Lost", "Torn or smudged", "Name corrected", "Never came out")
WHY_FORCED: Final = ("Known to the team", "Paid elsewhere", "The organizer agreed")
WHY_NEW_CODE: Final = ("Phone or paper lost", "Cannot be read", "Others have a copy")

NEEDS_TICKET: Final = frozenset({"print_again", "change_name", "note", "force", "new_code"})


class TicketActsScreen(RoleScreen[None], inherit_bindings=False):
    """A screen that shows one ticket, with what can be done with it.

    What only a supervisor may do asks for a supervisor's PIN in place.

    Attributes:
        shown: The ticket on show, if any.
        looked_up: The newest passage of a ticket that was looked up, not scanned.
        acts: Own admissions and exits that can still be undone, the newest last.
        scans: The newest scans of this gate, newest first.
    """

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__(tools, place)
        self.place: Place = place
        self.shown: TicketView | None = None
        self.looked_up: ScanView | None = None
        self.acts: list[UUID] = []
        self.scans: list[ScanView] = []

    def show_ticket(self, ticket_id: UUID) -> object:
        """Show a ticket as it is now; the screen says how."""
        raise NotImplementedError

    async def take_in(self, scan: Scan, *, approval: Approval | None = None) -> None:
        """Check a scan in, show the answer and ask what it asks; the screen says how."""
        raise NotImplementedError

    async def ask(self, dialog: ModalScreen[T]) -> T | None:
        """Show a dialog; tickets that were scanned into it are taken behind it."""
        answer = await self.app.push_screen_wait(dialog)
        for token in getattr(dialog, "scanned", ()):
            self.take_later(token)
        return answer

    def take_later(self, line: str) -> object:
        """Take a line that was scanned into a dialog; the screen says how."""
        raise NotImplementedError

    async def settled(self) -> None:
        """Wait until what was scanned so far is taken, and read it; the screen says how."""
        raise NotImplementedError

    async def approved(
        self, act: str, words: str, do: Callable[[Approval | None], Awaitable[T]]
    ) -> T | None:
        """Do something; where it takes a supervisor, ask for the PIN and do it then.

        Args:
            act: One of `approvals.ACTS`.
            words: What is to be approved, in a sentence.
            do: Does it, with the approval if there is one.

        Returns:
            What it came to; None when nobody approved it.
        """
        try:
            return await do(None)
        except SupervisorNeededError as error:
            words = f"{words}\n{error}"
        approval = await self._approval(act, words)
        return None if approval is None else await do(approval)

    async def _approval(self, act: str, words: str) -> Approval | None:
        from screens.modals.supervisor_pin import approval_for

        return await approval_for(
            self.app, self.tools, self.place, act=act, words=words, ask=self.ask
        )

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_undo(self) -> None:
        """Take back the last act of this desk, or of who was looked up; ask when it is neither."""
        from screens.modals.desk_questions import DeskYesNo

        if self.looked_up is None:
            await self.settled()  # else it would take back who came before
        scan = self.looked_up or self._last_act()
        if scan is None:
            self.notify("There is nothing here to undo.", markup=False)
            return
        if not scan.mine or scan is self.looked_up:
            title = "Undo this scan?" if scan.mine else "Undo someone else's scan?"
            if not await self.ask(DeskYesNo(title, _described(scan), yes="Undo")):
                return

        async def do(approval: Approval | None) -> ScanView:
            return await self.tools.desk.write(
                undo, self.place.actor, scan.id, approval=approval, now=self.tools.now()
            )

        with self.waiting():
            undone = await self.approved("undo", f"Undo: {_described(scan)}.", do)
        if undone is None:
            return
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
        """Queue another badge, with a reason."""
        from screens.modals.reason_dialog import ReasonDialog

        ticket = self.shown
        if ticket is None:
            return
        who = f"{plain(ticket.name, limit=60)}: why is another badge needed?"
        dialog = ReasonDialog("Print the badge again?", who, WHY_AGAIN, confirm="prints")
        reason = await self.ask(dialog)
        if reason:
            await self._print(ticket, reason)

    async def _print(self, ticket: TicketView, reason: str) -> None:
        from eventdesk.usecases.reprints import reprint

        async def do(approval: Approval | None) -> UUID:
            return await self.tools.desk.write(
                reprint,
                self.place.actor,
                ticket.id,
                reason=reason,
                gate_id=self.place.gate_id,
                approval=approval,
                now=self.tools.now(),
            )

        name = plain(ticket.name, limit=60)
        if await self.approved("reprint", f"Print the badge of {name} again.", do) is not None:
            self.notify(plain(ticket.name), title="The badge is printing again", markup=False)
            self.show_ticket(ticket.id)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_change_name(self) -> None:
        """Correct name and second line."""
        from screens.modals.desk_questions import DeskName

        ticket = self.shown
        if ticket is None:
            return
        lines = await self.ask(DeskName(ticket.name, ticket.line_two))
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
        """Mark a ticket for attention with a note, or clear it."""
        from screens.modals.desk_questions import DeskText

        ticket = self.shown
        if ticket is None:
            return
        note = await self.ask(
            DeskText(
                "Mark for attention",
                "Staff sees this with every scan of the ticket. Empty takes it away.",
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
        """Let in against the rules, with a reason and a supervisor's word."""
        from screens.modals.reason_dialog import ReasonDialog

        ticket = self.shown
        if ticket is None:
            return
        name = plain(ticket.name, limit=60)
        dialog = ReasonDialog(
            "Let in by force?",
            f"{name}: why, against the rules? It is logged.",
            WHY_FORCED,
            confirm="lets in",
        )
        reason = await self.ask(dialog)
        if not reason:
            return
        approval = None
        if not self.place.actor.is_supervisor:
            words = f"Let {name} in against the rules: {plain(reason, limit=100)}."
            approval = await self._approval("force", words)
            if approval is None:
                return
        await self.take_in(
            self.place.scan(
                ticket.code,
                source=ScanSource.TYPED,
                seen_at=self.tools.now(),
                force_reason=reason,
            ),
            approval=approval,
        )

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_new_code(self) -> None:
        """Issue the code anew, show it, and print it if that is wanted."""
        from screens.modals.desk_questions import DeskCode
        from screens.modals.reason_dialog import ReasonDialog

        ticket = self.shown
        if ticket is None:
            return
        dialog = ReasonDialog(
            "Replace the ticket?",
            f"{plain(ticket.name, limit=60)}: the old code is refused from now on. Why?",
            WHY_NEW_CODE,
            confirm="makes a new code",
        )
        reason = await self.ask(dialog)
        if not reason:
            return
        now = self.tools.now()
        token = await self.tools.desk.write(
            reissue, self.place.actor, ticket.id, reason=reason, now=now
        )
        self.show_ticket(ticket.id)
        if await self.ask(DeskCode(ticket.name, token, prints=True)):
            await self._print(ticket, f"New code: {reason}")


def described(result: CheckInResult) -> str:
    """Whom a result is about, to be shown."""
    return plain(result.name or result.ticket_code or "", limit=60)


def _described(scan: ScanView) -> str:
    return (
        f"{plain(scan.name, limit=60)}, {plain(scan.gate) or 'no gate'}, by {plain(scan.operator)}"
    )
