"""One sale at the door from a screen: what must be asked on the way, and tried again."""

from dataclasses import replace
from typing import Any

from textual.screen import Screen

from eventdesk.acts.actor import Approval
from eventdesk.core.errors import EntryRefusedError, SupervisorNeededError, VoucherShortError
from eventdesk.core.paying import Method
from eventdesk.core.plain_text import plain
from eventdesk.door.walk_in import DoorOffer, Sold, WalkIn
from eventdesk.door.walk_ins import sell_at_door
from screens.cash_acts import ask_for_drawer
from screens.checking_in import while_busy
from screens.modals.event_questions import EventQuestions
from screens.modals.list_questions import ListQuestions
from screens.modals.questions import PickOne, TextQuestion
from screens.modals.supervisor_pin import approval_for
from screens.station import Place, Tools


class WalkInSale:
    """Sells to one guest, and asks the desk for what the rules want first.

    Args:
        owner: The screen that asks.
        tools: Store, settings, clock and sounds.
        place: Where the desk stands and who works at it.
        offer: The ticket type.
    """

    def __init__(self, owner: Screen[Any], tools: Tools, place: Place, offer: DoorOffer) -> None:
        self.owner, self.tools, self.place, self.offer = owner, tools, place, offer

    async def sell(self, wish: WalkIn) -> Sold | None:
        """Ask what has to be asked, and sell.

        Returns:
            What was sold; None where a question was given up.

        Raises:
            EventDeskError: It cannot be sold; nothing was.
        """
        asked = await self._answered(wish)
        if asked is None:
            return None
        wish = asked
        takes_cash = wish.method == Method.CASH and self.offer.price.minor
        if takes_cash and not await ask_for_drawer(self.owner, self.tools, self.place):
            return None
        approval: Approval | None = None
        while True:
            try:
                return await self._write(wish, approval)
            except SupervisorNeededError:
                if approval is not None:
                    raise
                approval = await self._approved(wish)
                if approval is None:
                    return None
            except VoucherShortError as error:
                paid = await self._rest(wish, error)
                if paid is None:
                    return None
                wish = paid
            except EntryRefusedError as error:
                if not error.questions or not wish.asks:
                    raise
                answers = await self.owner.app.push_screen_wait(
                    ListQuestions(error.questions, plain(wish.name))
                )
                if answers is None:
                    return None
                wish = replace(wish, list_answers=answers, asks=False)

    async def _write(self, wish: WalkIn, approval: Approval | None) -> Sold:
        """Write the sale; its nonce keeps a repetition from being a second one."""
        return await while_busy(
            lambda: self.tools.desk.write(
                sell_at_door, self.place.actor.with_approval(approval), self.place.event.id, wish
            )
        )

    async def _answered(self, wish: WalkIn) -> WalkIn | None:
        """Ask the questions of the event where one has to be answered."""
        questions = self.offer.questions
        if not any(each.required for each in questions):
            return wish
        answers = await self.owner.app.push_screen_wait(
            EventQuestions(questions, wish.name, wish.answers)
        )
        return None if answers is None else replace(wish, answers=answers)

    async def _approved(self, wish: WalkIn) -> Approval | None:
        return await approval_for(
            self.owner.app,
            self.tools,
            self.place,
            act="force",
            words=f"sell {plain(self.offer.name, limit=40)} to {plain(wish.name, limit=40)} "
            f"against the rules: {plain(wish.force_reason, limit=100)}",
        )

    async def _rest(self, wish: WalkIn, error: VoucherShortError) -> WalkIn | None:
        """Ask how what a voucher does not cover is paid."""
        app = self.owner.app
        ways = [f"{error.rest} in cash", f"{error.rest} by card"]
        chosen = await app.push_screen_wait(PickOne(str(error), ways))
        if chosen is None:
            return None
        if chosen == 0:
            if not await ask_for_drawer(self.owner, self.tools, self.place):
                return None
            return replace(wish, rest_method=str(Method.CASH))
        slip = await app.push_screen_wait(
            TextQuestion(f"{error.rest} by card", "The number on the terminal's slip.")
        )
        if not slip:
            return None
        return replace(wish, rest_method=str(Method.TERMINAL), rest_reference=slip)
