"""The settings of an event in groups: what each says now, and the form that changes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eventdesk.model import typed_text
from eventdesk.model.currencies import read_currency
from eventdesk.model.event import CATEGORIES, Change, EventDetail, Visibility
from eventdesk.model.money import Money, percent
from eventdesk.model.programme import Venue
from eventdesk.model.wall_clock import spoken, spoken_period
from screens.organizer.event_forms import problem_of
from screens.organizer.event_words import VISIBILITY, place_of
from screens.widgets.form import (
    ChoiceField,
    Field,
    MomentField,
    MoneyField,
    NoteField,
    NumberField,
    PercentField,
    TextField,
    YesNoField,
)

MOST_MINUTES: Final = 60 * 24 * 60
MOST_PEOPLE: Final = 10_000_000

Fields = list[Field[Any]]


@dataclass(frozen=True, slots=True)
class Group:
    """Some settings that belong together.

    Attributes:
        title: What they are about.
        change: Which sort of change they are; the state of the event may forbid it.
        says: What they say now, in a line.
        fields: The form, whose names are those of the event's fields; it is given the venues.
        explanation: A sentence above the form.
    """

    title: str
    change: Change
    says: Callable[[EventDetail], str]
    fields: Callable[[EventDetail, Sequence[Venue]], Fields]
    explanation: str = ""


def _words(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    categories = dict.fromkeys(("", *CATEGORIES, event.category))
    return [
        TextField("name", "Title", value=event.name, required=True),
        ChoiceField(
            "category",
            "Category",
            [(one, one or "none") for one in categories],
            value=event.category,
        ),
        TextField("language", "Language", value=event.language, help="Such as English."),
        NoteField(
            "description",
            "Description",
            value=event.description,
            height=8,
            help="Markdown: # heading, **bold**, - list.",
        ),
    ]


def _times(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    zone = event.time_zone
    return [
        TextField(
            "time_zone",
            "Time zone",
            value=zone,
            required=True,
            check=problem_of(typed_text.time_zone),
        ),
        MomentField("starts_at", "Begins", zone=zone, value=event.starts_at, required=True),
        MomentField("ends_at", "Ends", zone=zone, value=event.ends_at, required=True),
    ]


def _place(event: EventDetail, venues: Sequence[Venue]) -> Fields:
    here = [(None, "none"), *((venue.id, venue.name) for venue in venues)]
    return [
        ChoiceField(
            "venue_id",
            "Venue",
            here,
            value=event.venue.id if event.venue else None,
            help="Venues are added in the programme, under rooms.",
        ),
        TextField(
            "online_url",
            "Online address",
            value=event.online_url,
            max_length=2000,
            check=problem_of(lambda text: typed_text.link(text, "This")),
        ),
        NumberField(
            "capacity",
            "Most people",
            value=event.capacity,
            least=1,
            most=MOST_PEOPLE,
            help="For all ticket types together; empty is without a limit.",
        ),
    ]


def _seen(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    return [
        ChoiceField(
            "visibility",
            "Who sees it",
            [
                (Visibility.PUBLIC, "everybody, after an admin's approval"),
                (Visibility.PRIVATE, "whoever has its access code"),
                (Visibility.INVITED, "those on the list of invitations"),
            ],
            value=event.visibility,
        ),
        TextField(
            "access_code",
            "Access code",
            value=event.access_code,
            max_length=40,
            help="For events by code; when it is empty, one is drawn.",
        ),
    ]


def _rules(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    zone, rules = event.time_zone, event.rules
    return [
        NumberField(
            "hold_minutes",
            "Unpaid holds places for",
            value=rules.hold_minutes,
            least=1,
            most=MOST_MINUTES,
            required=True,
            help="Minutes; then they are free again.",
        ),
        MomentField(
            "cancel_until",
            "Guests cancel until",
            zone=zone,
            value=rules.cancel_until,
            help="Empty is until it begins.",
        ),
        PercentField("cancel_fee_bp", "Kept of the price", value=rules.cancel_fee_bp),
        MoneyField(
            "cancel_fee_minor",
            "Kept besides",
            currency=event.currency,
            exponent=event.currency_exponent,
            value=rules.cancel_fee_minor,
            help="For each ticket that a guest cancels.",
        ),
        MomentField(
            "transfer_until",
            "Tickets change hands until",
            zone=zone,
            value=rules.transfer_until,
            help="Empty is until it begins.",
        ),
    ]


def _waiting(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    zone, rules = event.time_zone, event.rules
    return [
        YesNoField(
            "waitlist_auto",
            "Give freed places at once",
            value=rules.waitlist_auto,
            help="Else they are offered, and the next one is asked after the deadline.",
        ),
        NumberField(
            "offer_minutes",
            "An offer is open for",
            value=rules.offer_minutes,
            least=1,
            most=MOST_MINUTES,
            required=True,
            help="Minutes.",
        ),
        MomentField(
            "queue_from",
            "Collect requests from",
            zone=zone,
            value=rules.queue_from,
            help="For the hour of opening: requests are collected, then taken in order.",
        ),
        MomentField("queue_until", "until", zone=zone, value=rules.queue_until),
    ]


def _money(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    return [
        NoteField(
            "invoice_sender",
            "Sender of invoices",
            value=event.invoice_sender,
            height=4,
            max_length=1000,
            help="Name, address and tax number, as receipts and invoices print them.",
        ),
        NoteField(
            "bank_details",
            "Bank details",
            value=event.bank_details,
            height=3,
            max_length=1000,
            help="For bank transfers; guests read them.",
        ),
    ]


def _currency(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    return [
        TextField(
            "currency",
            "Currency",
            value=event.currency,
            required=True,
            check=problem_of(read_currency),
            help="It can be changed until somebody books.",
        )
    ]


def _tax(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    return [
        YesNoField(
            "prices_include_tax",
            "Prices include tax",
            value=event.rules.prices_include_tax,
            help="Else tax comes on top; buyers see the full price either way.",
        )
    ]


def _commission(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    return [
        PercentField(
            "commission_bp",
            "Commission",
            value=event.commission_bp,
            help="Of the organizer's net; empty is what was agreed with the owner.",
        )
    ]


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


def _until(at: datetime | None, event: EventDetail) -> str:
    return "it begins" if at is None else spoken(at, event.time_zone)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or "not said yet"


GROUPS: Final = (
    Group(
        "Words",
        Change.WORDS,
        lambda event: " · ".join(filter(None, (event.name, event.category, event.language))),
        _words,
    ),
    Group(
        "Times",
        Change.TIMES,
        lambda event: (
            f"{spoken_period(event.starts_at, event.ends_at, event.time_zone)} ({event.time_zone})"
        ),
        _times,
        "Everybody who booked is told of other times.",
    ),
    Group(
        "Place",
        Change.WORDS,
        lambda event: (
            (place_of(event) or "not said yet")
            + (f" · {event.capacity:,} people" if event.capacity else "")
        ),
        _place,
    ),
    Group(
        "Who sees it",
        Change.VISIBILITY,
        lambda event: (
            VISIBILITY[event.visibility]
            + (f" · code {event.access_code}" if event.access_code else "")
        ),
        _seen,
    ),
    Group("Cancelling", Change.RULES, _says_rules, _rules),
    Group("Waitlist", Change.RULES, _says_waiting, _waiting),
    Group("Currency", Change.CURRENCY, lambda event: event.currency, _currency),
    Group(
        "Tax",
        Change.RULES,
        lambda event: "included in prices" if event.rules.prices_include_tax else "comes on top",
        _tax,
    ),
    Group(
        "Invoices",
        Change.MONEY,
        lambda event: (
            f"{_first_line(event.invoice_sender)} · bank: {_first_line(event.bank_details)}"
        ),
        _money,
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
    _commission,
)
"""For admins only."""
