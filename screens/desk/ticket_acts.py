"""Corrections of the ticket on show: its badge, name, note and code.

What one act needs alone is imported in the act: a desk opens without it.
"""

from typing import Final
from uuid import UUID

from eventdesk.acts import Approval
from eventdesk.booking import TicketView, reissue, rename, set_attention
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.desk.person_card import PersonCard

WHY_AGAIN: Final = (
    msg("Lost"),
    msg("Torn or smudged"),
    msg("Name corrected"),
    msg("Never came out"),
)
WHY_NEW_CODE: Final = (msg("Phone or paper lost"), msg("Cannot be read"), msg("Others have a copy"))


class TicketActs:
    """Corrects the ticket on show."""

    def __init__(self, tools: Tools, place: Place, dialogs: Dialogs, card: PersonCard) -> None:
        self._tools, self._place, self._dialogs, self._card = tools, place, dialogs, card

    async def print_again(self) -> None:
        """Queue another badge, with a reason."""
        from screens.desk.reason_dialog import ReasonDialog

        ticket = self._card.ticket
        if ticket is None:
            return
        who = _("{name}: why is another badge needed?", name=plain(ticket.name, limit=60))
        dialog = ReasonDialog(_("Print the badge again?"), who, WHY_AGAIN, confirm=_("prints"))
        reason = await self._dialogs.ask(dialog)
        if reason:
            await self._print(ticket, reason)

    async def _print(self, ticket: TicketView, reason: str) -> None:
        from eventdesk.door import reprint

        async def do(approval: Approval | None) -> UUID:
            return await self._tools.desk.write(
                reprint,
                self._place.actor.at(self._tools.now(), approval=approval),
                ticket.id,
                reason=reason,
                gate_id=self._place.gate_id,
            )

        words = _("Print the badge of {name} again.", name=plain(ticket.name, limit=60))
        if await self._dialogs.approved("reprint", words, do) is not None:
            self._dialogs.tell(plain(ticket.name), title=_("The badge is printing again"))
            self._card.show_ticket(ticket.id)

    async def change_name(self) -> None:
        """Correct name and second line."""
        from screens.desk.desk_questions import DeskName

        ticket = self._card.ticket
        if ticket is None:
            return
        lines = await self._dialogs.ask(DeskName(ticket.name, ticket.line_two))
        if not lines:
            return
        await self._tools.desk.write(
            rename,
            self._place.actor.at(self._tools.now()),
            ticket.id,
            name=lines[0],
            line_two=lines[1],
        )
        self._card.show_ticket(ticket.id)

    async def note(self) -> None:
        """Mark a ticket for attention with a note, or clear it."""
        from screens.desk.desk_questions import DeskText

        ticket = self._card.ticket
        if ticket is None:
            return
        note = await self._dialogs.ask(
            DeskText(
                _("Mark for attention"),
                _("Staff sees this with every scan of the ticket. Empty takes it away."),
                value=ticket.attention,
                required=False,
                confirm=_("Save"),
            )
        )
        if note is None:
            return
        desk, now = self._tools.desk, self._tools.now()
        await desk.write(set_attention, self._place.actor.at(now), ticket.id, note=note)
        self._card.show_ticket(ticket.id)

    async def new_code(self) -> None:
        """Issue the code anew, show it, and print it if that is wanted."""
        from screens.desk.desk_questions import DeskCode
        from screens.desk.reason_dialog import ReasonDialog

        ticket = self._card.ticket
        if ticket is None:
            return
        dialog = ReasonDialog(
            _("Replace the ticket?"),
            _(
                "{name}: the old code is refused from now on. Why?",
                name=plain(ticket.name, limit=60),
            ),
            WHY_NEW_CODE,
            confirm=_("makes a new code"),
        )
        reason = await self._dialogs.ask(dialog)
        if not reason:
            return
        desk, now = self._tools.desk, self._tools.now()
        token = await desk.write(reissue, self._place.actor.at(now), ticket.id, reason=reason)
        self._card.show_ticket(ticket.id)
        if await self._dialogs.ask(DeskCode(ticket.name, token, prints=True)):
            await self._print(ticket, _("New code: {reason}", reason=reason))
