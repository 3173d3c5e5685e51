"""Admissions at the desk: of one guest or a group, by force, and taken back.

What one act needs alone is imported in the act: a desk opens without it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from eventdesk.acts import Approval
from eventdesk.booking import TicketView
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult, Outcome, Scan, ScanSource, ScanView, Tone, undo
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.desk.on_show import Deed, Did
from screens.desk.payments import Payments
from screens.desk.person_card import PersonCard
from screens.desk.scan_log import ScanLog
from screens.door.answers import could_not
from screens.door.checking_in import check_in_patiently, check_in_together

if TYPE_CHECKING:
    from eventdesk.door import BookingGroup, Member

NOBODY: Final = UUID(int=0)
WHY_FORCED: Final = (msg("Known to the team"), msg("Paid elsewhere"), msg("The organizer agreed"))

REFUSED: Final = msg(
    "This list refuses who has not paid. Send them to the organizer, or a supervisor "
    "lets them in: F8."
)


class Admissions:
    """Checks guests in, and asks of them what the door still wants: answers and money."""

    def __init__(
        self,
        tools: Tools,
        place: Place,
        dialogs: Dialogs,
        payments: Payments,
        *,
        card: PersonCard,
        log: ScanLog,
    ) -> None:
        self._tools, self._place, self._dialogs, self._payments = tools, place, dialogs, payments
        self._card, self._log = card, log
        self._unfinished: dict[UUID, tuple[Scan, CheckInResult, Approval | None]] = {}
        self._to_ask: list[UUID] = []
        self._half_answered: dict[UUID, dict[str, str]] = {}

    async def check_in(
        self, scan: Scan, *, approval: Approval | None = None, note: str = ""
    ) -> CheckInResult | None:
        """Check a scan in and show the answer; None when it could not be written.

        Args:
            note: What the answer says first, such as the change to give back.
        """
        try:
            with self._dialogs.waiting():
                result = await check_in_patiently(self._tools, self._place, scan, approval=approval)
        except EventDeskError as error:
            answer = could_not(str(error), error.hint)
            self._card.show(answer, None)
            self._tools.sounds.play(answer.tone)
            return None
        self._tools.sounds.play(Tone.CARE if result.attention else result.outcome.tone)
        self.show(result, note)
        return result

    def show(self, result: CheckInResult, note: str = "") -> None:
        """Show an answer with its ticket; `note` comes first, such as the change to give back."""
        self._log.note_own(result)
        self._card.show(result, result.ticket_id, note)

    # Going on with who is refused only for now

    async def go_on_with(
        self, scan: Scan, result: CheckInResult, approval: Approval | None = None
    ) -> None:
        """Ask the questions of the list and take what is due, until the door has its last word."""
        note, nothing_due = "", False
        while True:
            self.keep_open(scan, result, approval)
            if result.outcome is Outcome.INCOMPLETE and result.questions:
                answers = await self._answers_of(result)
                if answers is None:
                    return
                scan = replace(scan, answers={**scan.answers, **answers}, asks=False)
            elif result.outcome is Outcome.UNPAID and await self._payments.are_taken():
                assert result.ticket_id is not None
                taken = await self._payments.take_due(result.ticket_id, _named(result))
                if taken is None or not taken.settled or nothing_due:
                    self._payments.show_taken(taken, result.ticket_id)
                    return
                # Paid elsewhere since: the door is asked again, once.
                note, nothing_due = taken.words, not taken.paid.minor
            else:
                self._unfinished.pop(result.ticket_id or NOBODY, None)
                return
            scan = replace(scan, nonce=uuid4().hex, seen_at=self._tools.now())
            again = await self.check_in(scan, approval=approval, note=note)
            if again is None:
                return
            result = again

    def keep_open(
        self, scan: Scan, result: CheckInResult, approval: Approval | None = None
    ) -> bool:
        """Keep in mind who has to answer or pay still, the newest last; say whether they have."""
        ticket_id = result.ticket_id or NOBODY
        self._unfinished.pop(ticket_id, None)
        is_open = result.outcome in (Outcome.INCOMPLETE, Outcome.UNPAID)
        if is_open:
            self._unfinished[ticket_id] = (scan, result, approval)
        return is_open

    def ask_later(self, ticket_id: UUID) -> None:
        """Ask the holder in turn, once nothing else is being done."""
        self._to_ask.append(ticket_id)

    @property
    def has_to_ask(self) -> bool:
        """Whether somebody waits to be asked."""
        return bool(self._to_ask)

    async def ask_in_turn(self) -> None:
        """Ask those who were scanned and have more to do, in the order they came."""
        while self._to_ask:
            kept = self._unfinished.get(self._to_ask.pop(0))
            if kept is not None:
                await self._ask_again(*kept)

    async def _ask_again(
        self, scan: Scan, result: CheckInResult, approval: Approval | None
    ) -> None:
        """Ask a guest who is put on show first: another one may have come since."""
        ticket = self._card.ticket
        if ticket is None or ticket.id != result.ticket_id:
            self.show(result)
            await self._card.ready()
        await self.go_on_with(scan, result, approval)

    async def go_on(self) -> None:
        """Ask who is on show, or else who came last, what was not answered or paid yet."""
        ticket = self._card.ticket
        newest = next(reversed(self._unfinished), None)
        kept = self._unfinished.get(newest or NOBODY if ticket is None else ticket.id)
        if kept is not None:
            await self._ask_again(*kept)
        elif ticket is not None and newest is not None:
            name = plain(ticket.name, limit=60)
            self._dialogs.tell(_("{name} has no question or payment open.", name=name))
        else:
            self._dialogs.tell(_("Nobody here has a question or a payment open."))

    async def _answers_of(self, result: CheckInResult) -> dict[str, str] | None:
        from screens.desk.list_questions import ListQuestions

        assert result.ticket_id is not None
        before = self._half_answered.get(result.ticket_id)
        dialog = ListQuestions(result.questions, _named(result), given=before)
        answers = await self._dialogs.ask(dialog)
        if answers is None:
            self._half_answered[result.ticket_id] = dialog.given
        else:
            self._half_answered.pop(result.ticket_id, None)
        return answers

    async def pay(self) -> None:
        """Take what is due for the ticket on show, and check it in."""
        ticket = self._card.ticket
        if ticket is None:
            return
        if not await self._payments.are_taken():
            self._dialogs.tell(str(REFUSED), title=_("No payment is taken here"), severity="error")
            return
        taken = await self._payments.take_due(ticket.id, plain(ticket.name, limit=60))
        if taken is None or not taken.settled or not taken.paid.minor or ticket.inside:
            self._payments.show_taken(taken, ticket.id)
            return
        scan = self._typed(ticket.code)
        result = await self.check_in(scan, note=taken.words)
        if result is not None:
            await self.go_on_with(scan, result)

    async def force(self) -> None:
        """Let in against the rules, with a reason and a supervisor's word."""
        ticket = self._card.ticket
        if ticket is None or not await self._dialogs.can_be_approved():
            return
        reason, approval = "", None
        while approval is None:
            reason = await self._reason_to_force(ticket, reason)
            if not reason:
                return
            if self._place.actor.is_supervisor:
                break
            words = _(
                "Let {name} in against the rules: {reason}.",
                name=plain(ticket.name, limit=60),
                reason=plain(reason, limit=100),
            )
            approval = await self._dialogs.approval("force", words)
        scan = replace(self._typed(ticket.code), force_reason=reason)
        result = await self.check_in(scan, approval=approval)
        if result is not None:
            await self.go_on_with(scan, result, approval)

    async def _reason_to_force(self, ticket: TicketView, typed: str) -> str:
        """Ask why; what was typed before is still there."""
        from screens.desk.reason_dialog import ReasonDialog

        name = plain(ticket.name, limit=60)
        dialog = ReasonDialog(
            _("Let in by force?"),
            _("{name}: why, against the rules? It is logged.", name=name),
            WHY_FORCED,
            confirm=_("lets in"),
            typed=typed,
            marks=False,
        )
        return await self._dialogs.ask(dialog) or ""

    async def undo(self) -> None:
        """Take back how who is on show came in, or with nobody on show the last act of this desk.

        It asks first, unless it is what this desk has just answered.
        """
        from screens.modals.questions import YesNo

        ticket = self._card.ticket
        scan = self._log.last_act if ticket is None else self._card.passage
        if scan is None:
            self._dialogs.tell(_nothing_to_undo(ticket))
            return
        words = _described(scan)
        if not (scan.mine and self._card.is_answered_by(scan)):
            title = _("Undo this scan?") if scan.mine else _("Undo someone else's scan?")
            if not await self._dialogs.ask(YesNo(title, words, yes=_("Undo"))):
                return
        asked = _("Undo: {words}.", words=words)
        with self._dialogs.waiting():
            undone = await self._dialogs.approved("undo", asked, undo, scan.id)
        if undone is None:
            return
        self._log.forget_own(scan.id)
        self._card.show(Did(Deed.UNDONE, _where(scan)), scan.ticket_id)

    # Groups

    async def group(self) -> None:
        """Check the booking of the ticket on show in, or chosen members of it."""
        from screens.desk.group_dialog import GroupDialog, GroupResults

        ticket = self._card.ticket
        if ticket is None:
            return
        group = await self._group(ticket.id)
        unpaid = any(each.outcome is Outcome.UNPAID for each in group.members)
        note = ""
        if unpaid and await self._payments.are_taken():
            taken = await self._payments.take_due(ticket.id, plain(ticket.name, limit=60))
            self._payments.show_taken(taken, ticket.id)
            note = taken.words if taken is not None else ""
            group = await self._group(ticket.id)
        if not group.members:
            self._dialogs.tell(_("No ticket of this booking is valid."), severity="error")
            return
        chosen = await self._dialogs.ask(GroupDialog(group))
        if not chosen:
            return
        scans = [
            replace(self._typed(each.code), answers=await self._asked(each), asks=False)
            for each in chosen
        ]
        with self._dialogs.waiting():
            results = await check_in_together(self._tools, self._place, scans)
        self._log.note_own(*results)
        passed = sum(each.passes for each in results)
        tone = Tone.GOOD if passed == len(results) else Tone.CARE
        self._tools.sounds.play(tone)
        words = _("{passed} of {total} are in", passed=passed, total=len(results))
        self._card.show(Did(Deed.GROUP, words, tone), ticket.id, note)
        await self._dialogs.ask(GroupResults(results))

    async def _group(self, ticket_id: UUID) -> "BookingGroup":
        from eventdesk.door import booking_group

        with self._dialogs.waiting():
            return await self._tools.desk.write(
                booking_group,
                self._place.actor,
                ticket_id,
                self._place.check_in_list.id,
                gate_id=self._place.gate_id,
            )

    async def _asked(self, member: "Member") -> dict[str, str]:
        from screens.desk.list_questions import ListQuestions

        if not member.questions:
            return {}
        return await self._dialogs.ask(ListQuestions(member.questions, member.name)) or {}

    def _typed(self, code: str) -> Scan:
        return self._place.scan(code, source=ScanSource.TYPED, seen_at=self._tools.now())


def _named(result: CheckInResult) -> str:
    """The name in a result, to be shown."""
    return plain(result.name or result.ticket_code or "", limit=60)


def _nothing_to_undo(ticket: TicketView | None) -> str:
    if ticket is None:
        return _("There is nothing here to undo.")
    name = plain(ticket.name, limit=60)
    return _("{name} did not pass here. Esc, then F3 takes the last admission back.", name=name)


def _described(scan: ScanView) -> str:
    return f"{plain(scan.name, limit=60)}, {_where(scan)}"


def _where(scan: ScanView) -> str:
    gate, operator = plain(scan.gate) or _("no gate"), plain(scan.operator)
    return _("{gate}, by {operator}", gate=gate, operator=operator)
