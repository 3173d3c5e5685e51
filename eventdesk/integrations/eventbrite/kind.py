"""What is typed to keep an event in step with Eventbrite."""

from typing import Any, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind


def _event(typed: Any) -> str:
    text = str(typed or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 30):
        raise InvalidInputError(
            msg("The event of Eventbrite is a number."),
            hint=msg("It stands at the end of its address, behind tickets-."),
        )
    return text


EVENTBRITE: Final = ServiceKind(
    name="eventbrite",
    title=msg("Tickets from Eventbrite"),
    what=msg("Attendees of an event at Eventbrite come here; their tickets open doors."),
    fields=(
        Field(
            "event",
            LINE,
            "Event",
            hint="Its number, at the end of its address.",
            needed=True,
            check=_event,
        ),
        Field(
            "token",
            LINE,
            "Token",
            hint="The private token of an API key.",
            needed=True,
            secret=True,
        ),
    ),
    probe="eventdesk.integrations.eventbrite.attendees:probe",
    of_event=True,
)
