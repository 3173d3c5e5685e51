"""Money at the desk: what is due is taken, what came in is given back.

What one act needs alone is imported in the act: a desk opens without it.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventdesk.core.booking_states import STATE_WORDS
from eventdesk.core.messages import _
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.door import UnpaidPolicy
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.desk.on_show import Deed, Did
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

        policy = await self._tools.desk.read(
            unpaid_policy, self._place.actor, self._place.check_in_list.id
        )
        return policy is not UnpaidPolicy.REFUSE

    async def take_due(self, ticket_id: UUID, name: str) -> "Taken | None":
        """Take what is due for a ticket's booking; None when it was given up."""
        from screens.money.at_reader import the_reader
        from screens.money.take_money import TakeMoney, Taken

        ways = await self._ways(ticket_id)
        if ways.balance.due.minor <= 0:
            self._dialogs.tell(
                _(
                    "Booking {code} is {state}.",
                    code=ways.code,
                    state=STATE_WORDS.get(ways.state, ways.state),
                ),
                title=_("Nothing is due"),
            )
            nothing = Money(0, ways.balance.due.currency, ways.balance.due.exponent)
            return Taken(nothing, nothing, ways.balance.due)
        whom = _("Booking {code}: {name}", code=ways.code, name=name)
        reader = await the_reader(self._tools)
        dialog = TakeMoney(self._tools, self._place, ways, whom, reader=reader)
        return await self._dialogs.ask(dialog)

    async def choose_reader(self) -> None:
        """Say which card reader stands at this desk."""
        from screens.money.at_reader import choose_reader

        await choose_reader(self._tools, self._place, self._dialogs)

    def show_taken(self, taken: "Taken | None", ticket_id: UUID) -> None:
        """Answer with what was taken; where nothing was, the verdict is what it was."""
        if taken is None or not taken.paid.minor:
            self._card.read_soon()
        elif taken.settled:
            self._card.show(Did(Deed.PAID, taken.words), ticket_id)
        else:
            words = _("{taken} {due} are still due.", taken=taken.words, due=taken.due)
            self._card.show(Did(Deed.PART_PAID, words), ticket_id)

    async def _ways(self, ticket_id: UUID) -> "WaysToPay":
        from eventdesk.money import ways_to_pay

        booking_id = (await self._card.read_guest(ticket_id)).booking_id
        return await self._tools.desk.read(ways_to_pay, self._place.actor, booking_id)

    async def refund(self) -> None:
        """Give money back at the desk, with a supervisor's word."""
        from eventdesk.money import refund
        from screens.modals.form_dialog import FormDialog
        from screens.widgets.form import ChoiceField, MoneyField, TextField

        ticket = self._card.ticket
        if ticket is None:
            return
        ways = await self._ways(ticket.id)
        most = ways.balance.refundable
        if most.minor <= 0:
            words = _("Nothing came in for booking {code}.", code=ways.code)
            self._dialogs.tell(words, title=_("Nothing to give back"))
            return

        async def submit(values: dict[str, Any]) -> str:
            amount = Money(values["amount"], most.currency, most.exponent)

            words = _(
                "Give {amount} of booking {code} back: {reason}.",
                amount=amount,
                code=ways.code,
                reason=plain(values["reason"]),
            )
            given = await self._dialogs.approved(
                "refund",
                words,
                refund,
                ways.booking_id,
                amount=amount,
                reason=values["reason"],
                by=values["by"],
            )
            if given is None:
                return ""
            return _("{given} go back: booking {code}", given=given, code=ways.code)

        credit = ways.balance.credit.minor
        options = [
            ("cash", _("cash")),
            ("terminal", _("card terminal")),
            ("transfer", _("bank transfer")),
        ]
        said = await self._dialogs.ask(
            FormDialog(
                _("Give money of booking {code} back", code=ways.code),
                [
                    MoneyField(
                        "amount",
                        _("Amount"),
                        currency=most.currency,
                        exponent=most.exponent,
                        value=credit if credit > 0 else most.minor,
                        required=True,
                    ),
                    ChoiceField("by", _("Handed out by"), options, value="cash"),
                    TextField("reason", _("Why"), required=True, help=_("The buyer reads it.")),
                ],
                submit,
                explanation=_(
                    "At most {most}. Tickets that stay valid are due again; what a voucher paid "
                    "goes back onto it.",
                    most=most,
                ),
                confirm=_("Give back"),
            )
        )
        if said:
            self._card.show(Did(Deed.REFUNDED, said), ticket.id)
