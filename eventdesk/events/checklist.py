"""The checklist of an event: what it needs to be published, or should have at its doors."""

from dataclasses import dataclass
from datetime import datetime

from eventdesk.core.messages import _
from eventdesk.events.event import EventDetail, Visibility


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was set up around an event, counted.

    Attributes:
        ticket_types: Ticket types that are sold.
        priced: Those of them that cost something.
        staff_pin: Whether its kiosks can be unlocked.
        invited: Addresses on its list of invitations.
    """

    ticket_types: int
    priced: int
    lists: int
    sessions: int
    staff_pin: bool
    invited: int


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist.

    Attributes:
        needed: Whether the event cannot be submitted without it.
        place: Where it is done: settings, programme, tickets, doors or team.
    """

    text: str
    done: bool
    needed: bool
    place: str


def checklist(event: EventDetail, made: SetUp, *, now: datetime) -> tuple[Check, ...]:
    """What an event has and what it lacks; what is needed comes first."""
    public = event.visibility is Visibility.PUBLIC
    has_place = event.venue is not None or bool(event.online_url)
    checks = [
        Check(_("Dates that are still to come"), event.ends_at > now, True, "settings"),
        Check(_("A ticket type to book"), made.ticket_types > 0, True, "tickets"),
        Check(_("A description"), bool(event.description), public, "settings"),
        Check(_("A venue or an online address"), has_place, False, "settings"),
        Check(_("A category, so that it is found"), bool(event.category), False, "settings"),
        Check(_("A programme"), made.sessions > 0, False, "programme"),
        Check(_("A check-in list"), made.lists > 0, False, "doors"),
        Check(_("A staff PIN for the kiosks"), made.staff_pin, False, "team"),
    ]
    if event.visibility is Visibility.INVITED:
        checks.insert(2, Check(_("Somebody invited"), made.invited > 0, True, "settings"))
    if made.priced:
        sender = Check(_("A sender on the invoices"), bool(event.invoice_sender), False, "settings")
        bank = Check(_("Bank details for transfers"), bool(event.bank_details), False, "settings")
        checks += [sender, bank]
    return tuple(sorted(checks, key=lambda check: not check.needed))
