"""Money at the desk: what is due is taken, what came in is given back.

What one act needs alone is imported in the act: a desk opens without it.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventdesk.acts import Approval
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.door import UnpaidPolicy
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.desk.person_card import PersonCard

if TYPE_CHECKING:
    from eventdesk.money import WaysToPay
    from screens.money.take_money import Taken


class Payments:
    """Takes and gives back the money of bookings."""

    def __init__(self, tools: Tools, place: Place, dialogs: Dialogs, card: PersonCard) -> None:
        self._tools, self._place, self._dialogs, self._card = tools, place, dialogs, card

    async def are_taken(self) -> bool:
        """Whether this list lets the desk take what is due."""
        from eventdesk.door import unpaid_policy

        policy = await self._tools.desk.read(unpaid_policy, self._place.check_in_list.id)
        return policy is not UnpaidPolicy.REFUSE

    async def take_due(self, ticket_id: UUID, name: str) -> "Taken | None":
        """Take what is due for a ticket's booking; None when it was given up."""
        from screens.money.take_money import TakeMoney, Taken

        ways = await self._ways(ticket_id)
        if ways.balance.due.minor <= 0:
            self._dialogs.tell(f"Booking {ways.code} is {ways.state}.", title="Nothing is due")
            nothing = Money(0, ways.balance.due.currency, ways.balance.due.exponent)
            return Taken(nothing, nothing, ways.balance.due)
        whom = f"Booking {ways.code}: {name}"
        taken = await self._dialogs.ask(TakeMoney(self._tools, self._place, ways, whom))
        if taken is not None:
            rest = "" if taken.settled else f" {taken.due} are still due."
            words = f"{taken.words}{rest}"
            self._dialogs.tell(words, title=f"Booking {ways.code}", timeout=15)
        return taken

    async def _ways(self, ticket_id: UUID) -> "WaysToPay":
        from eventdesk.booking import find_booking
        from eventdesk.money import ways_to_pay

        desk, now = self._tools.desk, self._tools.now()
        ticket = await self._card.read_ticket(ticket_id)
        booking_id = await desk.read(find_booking, ticket.booking_code)
        return await desk.read(ways_to_pay, self._place.actor.at(now), booking_id)

    async def refund(self) -> None:
        """Give money back at the desk, with a supervisor's word."""
        from eventdesk.money import refund
        from screens.desk.desk_questions import DeskForm
        from screens.widgets.form import ChoiceField, MoneyField, TextField

        ticket = self._card.ticket
        if ticket is None:
            return
        ways = await self._ways(ticket.id)
        most = ways.balance.refundable
        if most.minor <= 0:
            words = f"Nothing came in for booking {ways.code}."
            self._dialogs.tell(words, title="Nothing to give back")
            return

        async def submit(values: dict[str, Any]) -> str:
            amount = Money(values["amount"], most.currency, most.exponent)

            async def do(approval: Approval | None) -> Money:
                return await self._tools.desk.write(
                    refund,
                    self._place.actor.at(self._tools.now(), approval=approval),
                    ways.booking_id,
                    amount=amount,
                    reason=values["reason"],
                    by=values["by"],
                )

            words = f"Give {amount} of booking {ways.code} back: {plain(values['reason'])}."
            given = await self._dialogs.approved("refund", words, do)
            return "" if given is None else f"{given} go back: booking {ways.code}"

        credit = ways.balance.credit.minor
        options = [("cash", "cash"), ("terminal", "card terminal"), ("transfer", "bank transfer")]
        said = await self._dialogs.ask(
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
            self._dialogs.tell(said, title="Given back")
        self._card.show_ticket(ticket.id)
