"""What is typed to keep an event in step with pretix."""

from typing import Any, Final
from urllib.parse import quote

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, NUMBER, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind
from eventdesk.integrations.shop import RULES, shop_address

USUAL: Final = "https://pretix.eu"

TOLD: Final = "check_in_list"
"""The field with the list in pretix that is told who is let in here; empty tells nothing."""


def _address(typed: Any) -> str:
    return shop_address(typed or USUAL)


def _slug(typed: Any) -> str:
    text = str(typed or "").strip().strip("/")
    if quote(text, safe="") != text or text.startswith("."):
        raise InvalidInputError(
            msg("This is no short name of pretix: {text}", text=text[:60]),
            hint=msg("It stands in the address of the shop, such as pretix.eu/organizer/event."),
        )
    return text


PRETIX: Final = ServiceKind(
    name="pretix",
    title=msg("Tickets from pretix"),
    what=msg("Orders of an event in pretix come here and stay in step; their tickets open doors."),
    fields=(
        Field("url", LINE, "Address", hint="Empty is https://pretix.eu.", check=_address),
        Field(
            "organizer",
            LINE,
            "Organizer",
            hint="Its short name, as in pretix.eu/organizer/event.",
            needed=True,
            check=_slug,
        ),
        Field("event", LINE, "Event", hint="Its short name.", needed=True, check=_slug),
        Field(
            "subevent",
            NUMBER,
            "Date of a series",
            hint="Its number in pretix; empty where the event is no series.",
            least=1,
        ),
        Field(
            "token",
            LINE,
            "Token",
            hint="An API token of a team that may view orders.",
            needed=True,
            secret=True,
        ),
        Field(
            TOLD,
            LINE,
            "Tell check-ins to",
            help="A check-in list in pretix that is told who is let in here.",
            what="The check-in list",
            hint="A check-in list in pretix, by its name or number, is told who is let in here; "
            "its team must be allowed to perform check-ins. Empty tells nothing.",
        ),
    ),
    probe="eventdesk.integrations.pretix.probe:probe",
    of_event=True,
    rules=RULES,
)
