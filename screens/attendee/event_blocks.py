"""An event as blocks of a detail: what its page shows, in short."""

from zoneinfo import ZoneInfo

from eventdesk.core.formats import number, when
from eventdesk.core.messages import _
from eventdesk.core.wall_clock import spoken_period
from eventdesk.events import EventDetail
from eventdesk.programme import Session
from eventdesk.sales import Offer, in_full, left_in_words
from screens.organizer.events_shown import place_of
from screens.widgets.detail import Block

MAX_SESSIONS = 12
"""Most sessions of the programme named."""


def event_blocks(detail: EventDetail) -> list[Block]:
    """When and where an event is, and what it is about."""
    facts = [
        (_("When"), spoken_period(detail.starts_at, detail.ends_at, detail.time_zone)),
        (_("Time zone"), detail.time_zone),
        (_("Where"), place_of(detail)),
        (_("Category"), detail.category),
        (_("Language"), detail.language),
        (_("Owner"), detail.owner_name),
        (_("Places"), number(detail.capacity) if detail.capacity else ""),
    ]
    return [Block(facts), Block([("", detail.description)], _("Description"))]


def offer_block(offers: list[Offer]) -> Block:
    """The tickets that are sold: name, price and whether some are left."""
    facts = [(each.name, f"{in_full(each)} · {left_in_words(each)[0]}") for each in offers]
    return Block(facts or [("", _("No tickets are sold here yet."))], _("Tickets"))


def session_block(sessions: tuple[Session, ...], time_zone: str) -> Block:
    """The first sessions of the programme."""
    zone = ZoneInfo(time_zone)
    facts = [
        (when(each.starts_at.astimezone(zone), "%a %H:%M"), each.title)
        for each in sessions[:MAX_SESSIONS]
        if each.cancelled_at is None
    ]
    more = len(sessions) - MAX_SESSIONS
    if more > 0:
        facts.append(("", _("… and {more} more", more=more)))
    return Block(facts, _("Programme"))
