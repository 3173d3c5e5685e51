"""The forms of an event's settings; their fields are named like those of the event."""

from collections.abc import Sequence
from typing import Any, Final

from eventdesk.core import typed_text
from eventdesk.core.currencies import read_currency
from eventdesk.events.event import CATEGORIES, EventDetail, Venue, Visibility
from screens.organizer.event_forms import problem_of
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
MOST_REPRINTS: Final = 100

Fields = list[Field[Any]]


def words_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """Title, category, language and description."""
    categories = dict.fromkeys(("", *CATEGORIES, event.category))
    return [
        TextField("name", "Title", value=event.name, required=True),
        ChoiceField(
            "category",
            "Category",
            [(one, one or "none") for one in categories],
            value=event.category,
        ),
        TextField(
            "language", "Language", value=event.language, help="Such as en, German or pt-BR."
        ),
        NoteField(
            "description",
            "Description",
            value=event.description,
            height=8,
            help="Markdown: # heading, **bold**, - list.",
        ),
    ]


def times_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """The zone, and from when until when."""
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


def place_fields(event: EventDetail, venues: Sequence[Venue]) -> Fields:
    """Venue, online address and capacity."""
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


def seen_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """Who sees it, and the access code."""
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


def rules_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """How long places are held, and what cancelling keeps."""
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


def waiting_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """How freed places are given, and when requests are collected."""
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


def money_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """The sender of invoices and the bank details."""
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


def currency_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """The currency."""
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


def tax_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """Whether prices include tax."""
    return [
        YesNoField(
            "prices_include_tax",
            "Prices include tax",
            value=event.rules.prices_include_tax,
            help="Else tax comes on top; buyers see the full price either way.",
        )
    ]


def badge_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """How often staff print a badge again, and whether guests correct theirs."""
    return [
        NumberField(
            "reprint_limit",
            "Printed again by staff",
            value=event.rules.reprint_limit,
            least=0,
            most=MOST_REPRINTS,
            required=True,
            help="Times for each ticket; more takes a supervisor's PIN at the desk.",
        ),
        YesNoField(
            "badge_correction",
            "Guests correct their badge",
            value=event.rules.badge_correction,
            help="At the kiosk, name and second line, before it prints.",
        ),
    ]


def commission_fields(event: EventDetail, _venues: Sequence[Venue]) -> Fields:
    """What the installation keeps."""
    return [
        PercentField(
            "commission_bp",
            "Commission",
            value=event.commission_bp,
            help="Of the organizer's net; empty is what was agreed with the owner.",
        )
    ]
