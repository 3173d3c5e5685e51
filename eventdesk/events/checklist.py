"""What an event still needs before it can be published, or should have before its doors open."""

from dataclasses import dataclass
from datetime import datetime

from eventdesk.events.event import EventDetail, Visibility


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was set up around an event, counted.

    Attributes:
        ticket_types: Those that are sold.
        priced: Those of them that cost something.
        lists: Check-in lists.
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
    """One line of the list.

    Attributes:
        text: What it is, in words.
        done: Whether it is there.
        needed: Whether the event cannot be submitted without it.
        place: Where it is done: settings, programme, tickets, doors or team.
    """

    text: str
    done: bool
    needed: bool
    place: str


def checklist(event: EventDetail, made: SetUp, *, now: datetime) -> tuple[Check, ...]:
    """Say what an event has and what it lacks, what is needed first."""
    public = event.visibility is Visibility.PUBLIC
    checks = [
        Check("Dates that are still to come", event.ends_at > now, True, "settings"),
        Check("A ticket type to book", made.ticket_types > 0, True, "tickets"),
        Check("A description", bool(event.description), public, "settings"),
        Check("A venue or an online address", _has_place(event), False, "settings"),
        Check("A category, so that it is found", bool(event.category), False, "settings"),
        Check("A programme", made.sessions > 0, False, "programme"),
        Check("A check-in list", made.lists > 0, False, "doors"),
        Check("A staff PIN for the kiosks", made.staff_pin, False, "team"),
    ]
    if event.visibility is Visibility.INVITED:
        checks.insert(2, Check("Somebody invited", made.invited > 0, True, "settings"))
    if made.priced:
        sender = Check("A sender on the invoices", bool(event.invoice_sender), False, "settings")
        bank = Check("Bank details for transfers", bool(event.bank_details), False, "settings")
        checks += [sender, bank]
    return tuple(sorted(checks, key=lambda check: not check.needed))


def _has_place(event: EventDetail) -> bool:
    return event.venue is not None or bool(event.online_url)
