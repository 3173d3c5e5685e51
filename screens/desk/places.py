"""Places at the desk: a seat for the ticket on show, a turn on the waitlist.

What one act needs alone is imported in the act: a desk opens without it.
"""

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from screens.core.station import Place, Tools
from screens.desk.dialogs import Dialogs
from screens.desk.person_card import PersonCard


class Places:
    """Gives places at the event."""

    def __init__(self, tools: Tools, place: Place, dialogs: Dialogs, card: PersonCard) -> None:
        self._tools, self._place, self._dialogs, self._card = tools, place, dialogs, card

    async def seat(self) -> None:
        """Give the ticket on show a seat, or another one."""
        from eventdesk.seating import plan_with_names
        from screens.desk.seat_dialog import SeatDialog

        ticket, place = self._card.ticket, self._place
        if ticket is None:
            return
        sections = await self._tools.desk.read(
            plan_with_names, place.actor.at(self._tools.now()), place.event.id
        )
        if not any(section.seats for section in sections):
            self._dialogs.tell(_("This event has no seats. An organizer draws them under Seats."))
            return
        said = await self._dialogs.ask(SeatDialog(self._tools, place, ticket, sections))
        if said:
            self._dialogs.tell(plain(said, limit=200), title=_("Seat"))
            self._card.show_ticket(ticket.id)

    async def waitlist(self) -> None:
        """Move somebody on the waitlist to the front, or offer them a free place."""
        from eventdesk.waiting import list_waitlist
        from screens.desk.waitlist_dialog import MAX_LISTED, WaitlistDialog

        place = self._place
        entries, total = await self._tools.desk.read(
            list_waitlist, place.actor.at(self._tools.now()), place.event.id, limit=MAX_LISTED
        )
        if not total:
            self._dialogs.tell(_("Nobody waits at this event."), title=_("The waitlist is empty"))
            return
        said = await self._dialogs.ask(WaitlistDialog(self._tools, place, entries, total))
        if said:
            self._dialogs.tell(plain(said, limit=200), title=_("Waitlist"))
