"""The settings of an event in groups: what each says now, and the form that changes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eventdesk.core.money import Money, percent
from eventdesk.core.wall_clock import spoken, spoken_period
from eventdesk.events.event import CATEGORIES, EVENT, Change, EventDetail, Venue
from screens.organizer.event_words import VISIBILITY, place_of
from screens.widgets.form import Field
from screens.widgets.form.entity_fields import entity_fields


@dataclass(frozen=True, slots=True)
class Group:
    """Some settings that belong together.

    Attributes:
        title: What they are about.
        change: Which sort of change they are; the state of the event may forbid it.
        says: What they say now, in a line.
        names: The fields of the event that it is about.
        explanation: A sentence above the form.
    """

    title: str
    change: Change
    says: Callable[[EventDetail], str]
    names: tuple[str, ...]
    explanation: str = ""

    def fields(self, event: EventDetail, venues: Sequence[Venue]) -> list[Field[Any]]:
        """The form, filled with what the event is now."""
        categories = dict.fromkeys(("", *CATEGORIES, event.category))
        return entity_fields(
            [_FIELDS[name] for name in self.names],
            event.setting,
            zone=event.time_zone,
            nothing=Money(0, event.currency, event.currency_exponent),
            offers={
                "category": [(one, one or "none") for one in categories],
                "venue_id": [(None, "none"), *((venue.id, venue.name) for venue in venues)],
            },
        )

    def changes(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed, as changes of an event."""
        return {
            name: _FIELDS[name].empty if value is None else value for name, value in typed.items()
        }


_FIELDS: Final = {one.name: one for one in EVENT}


def _says_rules(event: EventDetail) -> str:
    rules = event.rules
    fee = Money(rules.cancel_fee_minor, event.currency, event.currency_exponent)
    kept = [f"{percent(rules.cancel_fee_bp)} %"] if rules.cancel_fee_bp else []
    kept += [str(fee)] if rules.cancel_fee_minor else []
    return (
        f"held {rules.hold_minutes} min · cancel until {_until(rules.cancel_until, event)}"
        f", keeping {' and '.join(kept) or 'nothing'}"
        f" · hand on until {_until(rules.transfer_until, event)}"
    )


def _says_waiting(event: EventDetail) -> str:
    rules = event.rules
    words = "given at once" if rules.waitlist_auto else f"offered for {rules.offer_minutes} min"
    if rules.queue_from is None or rules.queue_until is None:
        return words
    return (
        f"{words} · requests {spoken_period(rules.queue_from, rules.queue_until, event.time_zone)}"
    )


def _says_badges(event: EventDetail) -> str:
    limit = event.rules.reprint_limit
    times = {0: "never", 1: "once", 2: "twice"}.get(limit, f"{limit} times")
    words = "corrected by guests" if event.rules.badge_correction else "as booked"
    return f"printed again {times} without a supervisor · {words}"


def _until(at: datetime | None, event: EventDetail) -> str:
    return "it begins" if at is None else spoken(at, event.time_zone)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or "not said yet"


GROUPS: Final = (
    Group(
        "Words",
        Change.WORDS,
        lambda event: " · ".join(filter(None, (event.name, event.category, event.language))),
        ("name", "category", "language", "description"),
    ),
    Group(
        "Times",
        Change.TIMES,
        lambda event: (
            f"{spoken_period(event.starts_at, event.ends_at, event.time_zone)} ({event.time_zone})"
        ),
        ("time_zone", "starts_at", "ends_at"),
        "Everybody who booked is told of other times.",
    ),
    Group(
        "Place",
        Change.WORDS,
        lambda event: (
            (place_of(event) or "not said yet")
            + (f" · {event.capacity:,} people" if event.capacity else "")
        ),
        ("venue_id", "online_url", "capacity"),
    ),
    Group(
        "Who sees it",
        Change.VISIBILITY,
        lambda event: (
            VISIBILITY[event.visibility]
            + (f" · code {event.access_code}" if event.access_code else "")
        ),
        ("visibility", "access_code"),
    ),
    Group(
        "Cancelling",
        Change.RULES,
        _says_rules,
        ("hold_minutes", "cancel_until", "cancel_fee_bp", "cancel_fee_minor", "transfer_until"),
    ),
    Group(
        "Waitlist",
        Change.RULES,
        _says_waiting,
        ("waitlist_auto", "offer_minutes", "queue_from", "queue_until"),
    ),
    Group("Currency", Change.CURRENCY, lambda event: event.currency, ("currency",)),
    Group(
        "Tax",
        Change.RULES,
        lambda event: "included in prices" if event.rules.prices_include_tax else "comes on top",
        ("prices_include_tax",),
    ),
    Group("Badges", Change.RULES, _says_badges, ("reprint_limit", "badge_correction")),
    Group(
        "Invoices",
        Change.MONEY,
        lambda event: (
            f"{_first_line(event.invoice_sender)} · bank: {_first_line(event.bank_details)}"
        ),
        ("invoice_sender", "bank_details"),
    ),
)
"""From top to bottom."""

COMMISSION: Final = Group(
    "Commission",
    Change.MONEY,
    lambda event: (
        "as agreed with the owner"
        if event.commission_bp is None
        else f"{percent(event.commission_bp)} %"
    ),
    ("commission_bp",),
)
"""For admins only."""
