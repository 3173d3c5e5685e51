"""Admissions at the desk: of one guest or a group, by force, and taken back.

What one act needs alone is imported in the act: a desk opens without it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from eventdesk.acts import Approval
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult, Outcome, Scan, ScanSource, ScanView, Tone, undo
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.desk.payments import Payments
from screens.desk.person_card import PersonCard
from screens.desk.results import Results
from screens.desk.scan_log import ScanLog
from screens.door.answers import could_not, for_staff
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
    """Checks guests in, and asks of them what the door still wants: answers and money.

    Args:
        settled: Waits until what was scanned so far is taken and read.
    """

    def __init__(
        self,
        tools: Tools,
        place: Place,
        dialogs: Dialogs,
        payments: Payments,
        *,
        card: PersonCard,
        results: Results,
        log: ScanLog,
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._tools, self._place, self._dialogs, self._payments = tools, place, dialogs, payments
        self._card, self._results, self._log, self._settled = card, results, log, settled
        self._unfinished: dict[UUID, tuple[Scan, CheckInResult, Approval | None]] = {}
        self._to_ask: list[UUID] = []
        self._half_answered: dict[UUID, dict[str, str]] = {}

    async def check_in(
        self, scan: Scan, *, approval: Approval | None = None
    ) -> CheckInResult | None:
        """Check a scan in and show the answer; None when it could not be written."""
        try:
            with self._dialogs.waiting():
                result = await check_in_patiently(self._tools, self._place, scan, approval=approval)
        except EventDeskError as error:
            self._card.answer = could_not(str(error), error.hint)
            self._tools.sounds.play(self._card.answer.tone)
            return None
        self._results.offer("", [])
        self._tools.sounds.play(Tone.CARE if result.attention else result.outcome.tone)
        self.show(result)
        return result

    def show(self, result: CheckInResult, note: str = "") -> None:
        """Show an answer with its ticket; `note` comes first, such as the change to give back."""
        self._log.note_own(result)
        answer = for_staff(result)
        details = tuple(filter(None, (note, *answer.details)))
        self._card.answer = replace(answer, details=details)
        if result.ticket_id is None:
            self._card.show_nobody()
        else:
            self._card.show_ticket(result.ticket_id)

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
                    return
                # Paid elsewhere since: the door is asked again, once.
                note, nothing_due = taken.words, not taken.paid.minor
            else:
                self._unfinished.pop(result.ticket_id or NOBODY, None)
                return
            scan = replace(scan, nonce=uuid4().hex, seen_at=self._tools.now())
            again = await self.check_in(scan, approval=approval)
            if again is None:
                return
            result = again
            if note:
                self.show(result, note)

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
                await self.go_on_with(*kept)

    async def go_on(self) -> None:
        """Ask who is on show, or else who came last, what was not answered or paid yet."""
        if not self._unfinished:
            self._dialogs.tell(_("Nobody here has a question or a payment open."))
            return
        newest = next(reversed(self._unfinished))
        ticket = self._card.ticket
        on_show = newest if ticket is None else ticket.id
        await self.go_on_with(*self._unfinished.get(on_show, self._unfinished[newest]))

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
            self._card.show_ticket(ticket.id)
            return
        scan = self._typed(ticket.code)
        result = await self.check_in(scan)
        if result is not None:
            self.show(result, taken.words)
            await self.go_on_with(scan, result)

    async def force(self) -> None:
        """Let in against the rules, with a reason and a supervisor's word."""
        from screens.desk.reason_dialog import ReasonDialog

        ticket = self._card.ticket
        if ticket is None:
            return
        name = plain(ticket.name, limit=60)
        dialog = ReasonDialog(
            _("Let in by force?"),
            _("{name}: why, against the rules? It is logged.", name=name),
            WHY_FORCED,
            confirm=_("lets in"),
        )
        reason = await self._dialogs.ask(dialog)
        if not reason:
            return
        approval = None
        if not self._place.actor.is_supervisor:
            words = _(
                "Let {name} in against the rules: {reason}.",
                name=name,
                reason=plain(reason, limit=100),
            )
            approval = await self._dialogs.approval("force", words)
            if approval is None:
                return
        scan = replace(self._typed(ticket.code), force_reason=reason)
        result = await self.check_in(scan, approval=approval)
        if result is not None:
            await self.go_on_with(scan, result, approval)

    async def undo(self) -> None:
        """Take back the last act of this desk, or of who was looked up; ask when it is neither."""
        from screens.desk.desk_questions import DeskYesNo

        if self._card.looked_up is None:
            await self._settled()  # else it would take back who came before
        looked_up = self._card.looked_up
        scan = looked_up or self._log.last_act
        if scan is None:
            self._dialogs.tell(_("There is nothing here to undo."))
            return
        words = _described(scan)
        if not scan.mine or scan is looked_up:
            title = _("Undo this scan?") if scan.mine else _("Undo someone else's scan?")
            if not await self._dialogs.ask(DeskYesNo(title, words, yes=_("Undo"))):
                return
        asked = _("Undo: {words}.", words=words)
        with self._dialogs.waiting():
            undone = await self._dialogs.approved("undo", asked, undo, scan.id)
        if undone is None:
            return
        self._log.forget_own(scan.id)
        self._dialogs.tell(words, title=_("Undone"))
        if scan.ticket_id is not None:
            self._card.show_ticket(scan.ticket_id)

    # Groups

    async def group(self) -> None:
        """Check the booking of the ticket on show in, or chosen members of it."""
        from screens.desk.group_dialog import GroupDialog, GroupResults

        ticket = self._card.ticket
        if ticket is None:
            return
        group = await self._group(ticket.id)
        unpaid = any(each.outcome is Outcome.UNPAID for each in group.members)
        if unpaid and await self._payments.are_taken():
            await self._payments.take_due(ticket.id, plain(ticket.name, limit=60))
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
        passed = all(each.passes for each in results)
        self._tools.sounds.play(Tone.GOOD if passed else Tone.CARE)
        self._card.show_ticket(ticket.id)
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


def _described(scan: ScanView) -> str:
    return _(
        "{name}, {gate}, by {operator}",
        name=plain(scan.name, limit=60),
        gate=plain(scan.gate) or _("no gate"),
        operator=plain(scan.operator),
    )
