"""The attendee screen: its parts list events, and one's own tickets, bookings and waitlists."""

from typing import Final

from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import msg
from screens.core.parts_screen import PartSpec, PartsScreen
from screens.core.station import Tools

PARTS: Final = tuple(
    PartSpec(name, title, target, Permission.ATTEND)
    for name, title, target in (
        ("find", msg("Find events"), "screens.attendee.find_part:FindPart"),
        ("tickets", msg("My tickets"), "screens.attendee.tickets_part:TicketsPart"),
        ("bookings", msg("My bookings"), "screens.attendee.bookings_part:BookingsPart"),
        ("programme", msg("My programme"), "screens.attendee.my_programme:ProgrammePart"),
        ("waiting", msg("My waitlists"), "screens.attendee.waiting_part:WaitingPart"),
    )
)
"""The parts from top to bottom."""


class AttendeeScreen(PartsScreen):
    """The screen where people find events, book, and come back to what they booked."""

    ROLE = msg("Attendee")
    HELP = (
        "Find an event and press Enter to look at it and book. Your tickets show the code for the "
        "door; your bookings can be paid, changed and cancelled."
    )

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools, actor, PARTS)
        self.heading = actor.name
