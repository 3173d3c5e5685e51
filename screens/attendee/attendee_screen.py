"""Everything a person does for themselves: find, book, keep."""

from typing import Final

from eventdesk.acts import Actor, Permission
from screens.core.parts_screen import PartSpec, PartsScreen
from screens.core.station import Tools

PARTS: Final = (
    PartSpec("find", "Find events", "screens.attendee.find_part:FindPart", Permission.ATTEND),
    PartSpec(
        "tickets", "My tickets", "screens.attendee.tickets_part:TicketsPart", Permission.ATTEND
    ),
    PartSpec(
        "bookings", "My bookings", "screens.attendee.bookings_part:BookingsPart", Permission.ATTEND
    ),
    PartSpec(
        "programme",
        "My programme",
        "screens.attendee.my_programme:ProgrammePart",
        Permission.ATTEND,
    ),
    PartSpec(
        "waiting", "My waitlists", "screens.attendee.waiting_part:WaitingPart", Permission.ATTEND
    ),
)
"""The parts from top to bottom."""


class AttendeeScreen(PartsScreen):
    """Where people find events, book, and come back to what they booked."""

    ROLE = "Attendee"
    HELP = (
        "Find an event and press Enter to look at it and book. Your tickets show the code for the "
        "door; your bookings can be paid, changed and cancelled."
    )

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools, actor, PARTS)
        self.heading = actor.name
