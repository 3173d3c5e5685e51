"""What may be changed of an event: a new value for each field that is to be another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from typing_extensions import TypedDict

from eventdesk.events.event import Reminders, Visibility


class EventChanges(TypedDict, total=False):
    """New values of an event's fields; what is left out stays. The fields are those of `EVENT`.

    An access code of "" draws a new one; the commission is for admins only, and None takes the
    owner's terms.
    """

    name: str
    category: str
    language: str
    description: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    venue_id: UUID | None
    online_url: str
    capacity: int | None
    visibility: Visibility
    access_code: str
    hold_minutes: int
    reminders: Reminders
    cancel_until: datetime | None
    cancel_fee_bp: int | None
    cancel_fee_minor: int | None
    transfer_until: datetime | None
    waitlist_auto: bool
    offer_minutes: int
    queue_from: datetime | None
    queue_until: datetime | None
    currency: str
    prices_include_tax: bool
    reprint_limit: int
    badge_correction: bool
    own_badges: bool
    invoice_sender: str
    reverse_charge: bool
    bank_details: str
    commission_bp: int | None


# What comes over a wire names no other field; pydantic reads this without being imported here.
EventChanges.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]


def changes_of(values: Mapping[str, Any]) -> EventChanges:
    """Changes of what a form or a command line has, by fields of `EVENT`; each is checked later."""
    return cast("EventChanges", dict(values))
