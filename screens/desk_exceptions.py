"""The exceptions at the desk: money, questions, seats, groups, the waitlist, a walk-in.

What one act needs alone is imported in the act: a desk opens without it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from textual import work
from textual.worker import Worker

from eventdesk.model.door import CheckInResult, Scan, ScanSource, UnpaidPolicy
from eventdesk.model.money import Money
from eventdesk.model.outcome import Outcome, Tone
from eventdesk.model.people import Approval
from eventdesk.model.plain_text import plain
from eventdesk.model.views import TicketView
from screens.answers import Answer, for_staff
from screens.checking_in import check_in_together
from screens.desk_acts import TicketActsScreen, described
from screens.loading import load
from screens.station import Place, Tools

if TYPE_CHECKING:
    from eventdesk.usecases.desk_checks import BookingGroup, Member
    from eventdesk.usecases.ways_to_pay import WaysToPay
    from screens.modals.take_money import Taken

NOBODY: Final = UUID(int=0)

REFUSED: Final = (
    "This list refuses who has not paid. Send them to the organizer, or a supervisor lets them in: "
    "F8."
)


class DeskExceptionsScreen(TicketActsScreen, inherit_bindings=False):
    """A desk with what is not the rule; each is a few keys and comes back to the same person."""

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__(tools, place)
        self._unfinished: dict[UUID, tuple[Scan, CheckInResult, Approval | None]] = {}
        self._to_ask: list[UUID] = []
        self._half_answered: dict[UUID, dict[str, str]] = {}

    async def check_in_shown(
        self, scan: Scan, *, approval: Approval | None = None
    ) -> CheckInResult | None:
        """Check a scan in and show the answer; None when it could not be written."""
        raise NotImplementedError

    def show_result(self, result: CheckInResult, note: str = "") -> None:
        """Show an answer that came about elsewhere; `note` is what else must be told."""
        raise NotImplementedError

    # Going on with who is refused only for now

    async def take_in(self, scan: Scan, *, approval: Approval | None = None) -> None:
        """Check a scan in, show the answer, and ask what it asks of the guest."""
        result = await self.check_in_shown(scan, approval=approval)
        if result is not None:
            await self.go_on(scan, result, approval)

    async def go_on(
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
            elif result.outcome is Outcome.UNPAID and await self._settles():
                taken = await self._take_due(result.ticket_id, described(result))
                if taken is None or not taken.settled or nothing_due:
                    return
                # Paid elsewhere since: the door is asked again, once.
                note, nothing_due = taken.words, not taken.paid.minor
            else:
                self._unfinished.pop(result.ticket_id or NOBODY, None)
                return
            scan = replace(scan, nonce=uuid4().hex, seen_at=self.tools.now())
            again = await self.check_in_shown(scan, approval=approval)
            if again is None:
                return
            result = again
            if note:
                self.show_result(result, note)

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

    def ask_in_turn(self) -> None:
        """Ask those who were scanned and have more to do, unless something else is being done.

        An act that is under way goes on first: it would end without a word if this took its place.
        """
        busy = any(
            each.node is self and each.group in {"act", "menu"} and not each.is_finished
            for each in self.workers
        )
        if self._to_ask and not busy and self.app.screen is self:
            self._ask_in_turn()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def _ask_in_turn(self) -> None:
        while self._to_ask:
            kept = self._unfinished.get(self._to_ask.pop(0))
            if kept is not None:
                await self.go_on(*kept)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show an error meant for people, and go on with who waits behind what has ended."""
        super().on_worker_state_changed(event)
        if event.worker.is_finished:
            self.ask_in_turn()

    def on_screen_resume(self) -> None:
        """Go on with who was scanned while another screen was on top."""
        self.ask_in_turn()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_go_on(self) -> None:
        """Ask who is on show, or else who came last, what was not answered or paid yet."""
        if not self._unfinished:
            self.notify("Nobody here has a question or a payment open.", markup=False)
            return
        newest = next(reversed(self._unfinished))
        on_show = newest if self.shown is None else self.shown.id
        await self.go_on(*self._unfinished.get(on_show, self._unfinished[newest]))

    async def _answers_of(self, result: CheckInResult) -> dict[str, str] | None:
        from screens.modals.list_questions import ListQuestions

        assert result.ticket_id is not None
        before = self._half_answered.get(result.ticket_id)
        dialog = ListQuestions(result.questions, described(result), given=before)
        answers = await self.ask(dialog)
        if answers is None:
            self._half_answered[result.ticket_id] = dialog.given
        else:
            self._half_answered.pop(result.ticket_id, None)
        return answers

    # Money

    async def _settles(self) -> bool:
        """Whether this list lets the desk take what is due."""
        from eventdesk.usecases.desk_checks import unpaid_policy

        policy = await self.tools.desk.read(unpaid_policy, self.place.check_in_list.id)
        return policy is not UnpaidPolicy.REFUSE

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_pay(self) -> None:
        """Take what is due for the ticket on show, and check it in."""
        ticket = self.shown
        if ticket is None:
            return
        if not await self._settles():
            self.notify(REFUSED, title="No payment is taken here", severity="error", markup=False)
            return
        taken = await self._take_due(ticket.id, plain(ticket.name, limit=60))
        if taken is None or not taken.settled or not taken.paid.minor or ticket.inside:
            self.show_ticket(ticket.id)
            return
        scan = self._typed(ticket.code)
        result = await self.check_in_shown(scan)
        if result is not None:
            self.show_result(result, taken.words)
            await self.go_on(scan, result)

    async def _take_due(self, ticket_id: UUID | None, name: str) -> "Taken | None":
        """Take what is due for a ticket's booking; None when it was given up."""
        from screens.modals.take_money import TakeMoney, Taken

        assert ticket_id is not None
        ways = await self._ways(ticket_id)
        if ways.balance.due.minor <= 0:
            self.notify(f"Booking {ways.code} is {ways.state}.", title="Nothing is due")
            nothing = Money(0, ways.balance.due.currency, ways.balance.due.exponent)
            return Taken(nothing, nothing, ways.balance.due)
        whom = f"Booking {ways.code}: {name}"
        taken = await self.ask(TakeMoney(self.tools, self.place, ways, whom))
        if taken is not None:
            rest = "" if taken.settled else f" {taken.due} are still due."
            self.notify(f"{taken.words}{rest}", title=f"Booking {ways.code}", timeout=15)
        return taken

    async def _ways(self, ticket_id: UUID) -> "WaysToPay":
        from eventdesk.usecases.bookings import find_booking
        from eventdesk.usecases.ways_to_pay import ways_to_pay

        desk, actor = self.tools.desk, self.place.actor
        ticket = await self._ticket(ticket_id)
        booking_id = await desk.read(find_booking, ticket.booking_code)
        return await desk.read(ways_to_pay, actor, booking_id, now=self.tools.now())

    async def _ticket(self, ticket_id: UUID) -> TicketView:
        """Read a ticket at this list; the screen says how."""
        raise NotImplementedError

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_refund(self) -> None:
        """Give money back at the desk, with a supervisor's word."""
        from eventdesk.usecases.refunds import refund
        from screens.modals.desk_questions import DeskForm
        from screens.widgets.form import ChoiceField, MoneyField, TextField

        ticket = self.shown
        if ticket is None:
            return
        ways = await self._ways(ticket.id)
        most = ways.balance.refundable
        if most.minor <= 0:
            self.notify(f"Nothing came in for booking {ways.code}.", title="Nothing to give back")
            return

        async def submit(values: dict[str, Any]) -> str:
            amount = Money(values["amount"], most.currency, most.exponent)

            async def do(approval: Approval | None) -> Money:
                return await self.tools.desk.write(
                    refund,
                    self.place.actor,
                    ways.booking_id,
                    amount=amount,
                    reason=values["reason"],
                    by=values["by"],
                    approval=approval,
                    now=self.tools.now(),
                )

            words = f"Give {amount} of booking {ways.code} back: {plain(values['reason'])}."
            given = await self.approved("refund", words, do)
            return "" if given is None else f"{given} go back: booking {ways.code}"

        credit = ways.balance.credit.minor
        options = [("cash", "cash"), ("terminal", "card terminal"), ("transfer", "bank transfer")]
        said = await self.ask(
            DeskForm(
                f"Give money of booking {ways.code} back",
                [
                    MoneyField(
                        "amount",
                        "Amount",
                        currency=most.currency,
                        exponent=most.exponent,
                        value=credit if credit > 0 else most.minor,
                        required=True,
                    ),
                    ChoiceField("by", "Handed out by", options, value="cash"),
                    TextField("reason", "Why", required=True, help="The buyer reads it."),
                ],
                submit,
                explanation=f"At most {most}. Tickets that stay valid are due again; what a "
                "voucher paid goes back onto it.",
                confirm="Give back",
            )
        )
        if said:
            self.notify(said, title="Given back", markup=False)
        self.show_ticket(ticket.id)

    # Seats and the waitlist

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_seat(self) -> None:
        """Give the ticket on show a seat, or another one."""
        from eventdesk.usecases.seats import plan_with_names
        from screens.modals.seat_dialog import SeatDialog

        ticket = self.shown
        if ticket is None:
            return
        sections = await self.tools.desk.read(
            plan_with_names, self.place.actor, self.place.event.id, now=self.tools.now()
        )
        if not any(section.seats for section in sections):
            self.notify("This event has no seats. An organizer draws them under Seats.")
            return
        said = await self.ask(SeatDialog(self.tools, self.place, ticket, sections))
        if said:
            self.notify(plain(said, limit=200), title="Seat", markup=False)
            self.show_ticket(ticket.id)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_waitlist(self) -> None:
        """Move somebody on the waitlist to the front, or offer them a free place."""
        from eventdesk.usecases.waitlist import list_waitlist
        from screens.modals.waitlist_dialog import MOST, WaitlistDialog

        entries, total = await self.tools.desk.read(
            list_waitlist, self.place.actor, self.place.event.id, limit=MOST, now=self.tools.now()
        )
        if not total:
            self.notify("Nobody waits at this event.", title="The waitlist is empty")
            return
        said = await self.ask(WaitlistDialog(self.tools, self.place, entries, total))
        if said:
            self.notify(plain(said, limit=200), title="Waitlist", markup=False)

    # Groups

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_group(self) -> None:
        """Check the booking of the ticket on show in, or chosen members of it."""
        from screens.modals.group_dialog import GroupDialog, GroupResults

        ticket = self.shown
        if ticket is None:
            return
        group = await self._group(ticket.id)
        unpaid = any(each.outcome is Outcome.UNPAID for each in group.members)
        if unpaid and await self._settles():
            await self._take_due(ticket.id, plain(ticket.name, limit=60))
            group = await self._group(ticket.id)
        if not group.members:
            self.notify("No ticket of this booking is valid.", severity="error")
            return
        chosen = await self.ask(GroupDialog(group))
        if not chosen:
            return
        scans = [
            replace(self._typed(each.code), answers=await self._asked(each), asks=False)
            for each in chosen
        ]
        with self.waiting():
            results = await check_in_together(self.tools, self.place, scans)
        self.acts.extend(each.scan_id for each in results if each.passes)
        passed = all(each.passes for each in results)
        self.tools.sounds.play(Tone.GOOD if passed else Tone.CARE)
        self.show_ticket(ticket.id)
        await self.ask(GroupResults(results))

    async def _group(self, ticket_id: UUID) -> "BookingGroup":
        from eventdesk.usecases.desk_checks import booking_group

        with self.waiting():
            return await self.tools.desk.write(
                booking_group,
                self.place.actor,
                ticket_id,
                self.place.check_in_list.id,
                gate_id=self.place.gate_id,
                now=self.tools.now(),
            )

    async def _asked(self, member: "Member") -> dict[str, str]:
        from screens.modals.list_questions import ListQuestions

        if not member.questions:
            return {}
        return await self.ask(ListQuestions(member.questions, member.name)) or {}

    def _typed(self, code: str) -> Scan:
        return self.place.scan(code, source=ScanSource.TYPED, seen_at=self.tools.now())

    # Walk-ins and the drawer

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_walk_in(self) -> None:
        """Sell to who has no ticket, and let them in."""
        from screens.walk_in import sell_walk_in

        result = await sell_walk_in(self, self.tools, self.place)
        if result is not None:
            if result.passes:
                self.acts.append(result.scan_id)
            self.show_result(result)

    def action_cash(self) -> None:
        """Open the cash drawer."""
        self.app.push_screen(load("screens.cash_screen:CashScreen")(self.tools, self.place))


def with_note(result: CheckInResult, note: str) -> Answer:
    """An answer for staff that tells something else first, such as the change to give back."""
    answer = for_staff(result)
    return replace(answer, details=tuple(filter(None, (note, *answer.details))))
