"""Acts on the ticket on show: its badge, name, note, code and seat; and the waitlist.

What one act needs alone is imported in the act: a desk opens without it.
"""

from typing import Final

from eventdesk.booking import TicketView, reissue, rename, set_attention
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.desk.on_show import Deed, Did
from screens.desk.person_card import PersonCard

WHY_AGAIN: Final = (
    msg("Lost"),
    msg("Torn or smudged"),
    msg("Name corrected"),
    msg("Never came out"),
)
WHY_NEW_CODE: Final = (msg("Phone or paper lost"), msg("Cannot be read"), msg("Others have a copy"))


class TicketActs:
    """Corrects the ticket on show, and gives places at the event."""

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

        words = _("Print the badge of {name} again.", name=plain(ticket.name, limit=60))
        gate_id = self._place.gate_id
        if await self._dialogs.approved(
            "reprint", words, reprint, ticket.id, reason=reason, gate_id=gate_id
        ):
            words = _("The badge is printing again")
            self._card.show(Did(Deed.PRINTING, words), ticket.id)

    async def change_name(self) -> None:
        """Correct name and second line."""
        from screens.modals.questions import NameQuestion

        ticket = self._card.ticket
        if ticket is None:
            return
        lines = await self._dialogs.ask(NameQuestion(ticket.name, ticket.line_two))
        if not lines:
            return
        name, line_two = lines
        await self._tools.desk.write(
            rename, self._place.actor, ticket.id, name=name, line_two=line_two
        )
        before = _("It was {name}.", name=plain(ticket.name, limit=60))
        self._card.show(Did(Deed.RENAMED, before if name != ticket.name else ""), ticket.id)

    async def note(self) -> None:
        """Mark a ticket for attention with a note, or clear it."""
        from screens.modals.questions import TextQuestion

        ticket = self._card.ticket
        if ticket is None:
            return
        note = await self._dialogs.ask(
            TextQuestion(
                _("Mark for attention"),
                _("Staff sees this with every scan of the ticket. Empty takes it away."),
                value=ticket.attention,
                required=False,
                confirm=_("Save"),
            )
        )
        if note is None:
            return
        await self._tools.desk.write(set_attention, self._place.actor, ticket.id, note=note)
        self._card.show(Did(Deed.NOTED if note else Deed.NOTE_GONE), ticket.id)

    async def new_code(self) -> None:
        """Issue the code anew, show it, and print it if that is wanted."""
        from screens.booking.new_code import NewCode
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
        token = await self._tools.desk.write(reissue, self._place.actor, ticket.id, reason=reason)
        self._card.show(Did(Deed.NEW_CODE, _("The old code is refused.")), ticket.id)
        if await self._dialogs.ask(NewCode(ticket.name, token, prints=True)):
            await self._print(ticket, _("New code: {reason}", reason=reason))

    async def link(self) -> None:
        """Show the link of the booking to who booked without an account."""
        from screens.booking.link_dialog import link_dialog

        ticket = self._card.ticket
        if ticket is None:
            return
        guest = await self._card.read_guest(ticket.id)
        place = self._place
        dialog = await link_dialog(
            self._tools, place.actor, guest.booking_id, gate_id=place.gate_id
        )
        await self._dialogs.ask(dialog)

    async def seat(self) -> None:
        """Give a seat, or another one."""
        from eventdesk.seating import plan_with_names
        from screens.desk.seat_dialog import SeatDialog

        ticket, place = self._card.ticket, self._place
        if ticket is None:
            return
        sections = await self._tools.desk.read(plan_with_names, place.actor, place.event.id)
        if not any(section.seats for section in sections):
            self._dialogs.tell(_("This event has no seats. An organizer draws them under Seats."))
            return
        said = await self._dialogs.ask(SeatDialog(self._tools, place, ticket, sections))
        if said:
            self._card.show(Did(Deed.SEATED, plain(said, limit=200)), ticket.id)

    async def waitlist(self) -> None:
        """Move somebody on the waitlist to the front, or offer them a free place."""
        from eventdesk.waiting import list_waitlist
        from screens.desk.waitlist_dialog import MAX_LISTED, WaitlistDialog

        place = self._place
        entries, total = await self._tools.desk.read(
            list_waitlist, place.actor, place.event.id, limit=MAX_LISTED
        )
        if not total:
            self._dialogs.tell(_("Nobody waits at this event."), title=_("The waitlist is empty"))
            return
        said = await self._dialogs.ask(WaitlistDialog(self._tools, place, entries, total))
        if said:
            self._dialogs.tell(plain(said, limit=200), title=_("Waitlist"))
