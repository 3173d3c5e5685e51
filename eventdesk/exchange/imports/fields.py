"""What a column of a file may hold."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID


class Field(StrEnum):
    """What a column of a file may hold."""

    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    TICKET_TYPE = "ticket_type"
    VARIATION = "variation"
    PRICE = "price"
    TOTAL = "total"
    CURRENCY = "currency"
    STATE = "state"
    ORDER = "order"
    POSITION = "position"
    TICKET_CODE = "ticket_code"
    BOOKED_ON = "booked_on"
    BOOKED_AT = "booked_at"
    BUYER = "buyer"
    BUYER_GIVEN = "buyer_given"
    BUYER_FAMILY = "buyer_family"
    BUYER_EMAIL = "buyer_email"
    LINE_TWO = "line_two"
    SEAT = "seat"
    COUNT = "count"
    NOTE = "note"
    ATTENTION = "attention"


class Standing(StrEnum):
    """How a row's ticket stands."""

    PAID = "paid"
    PENDING = "pending"
    GONE = "gone"


Target: TypeAlias = Field | UUID | None
"""Where a column goes: a field, a question of the event, or nowhere."""

LABELS: Final[Mapping[Field, str]] = {
    Field.NAME: "Name",
    Field.GIVEN_NAME: "Given name",
    Field.FAMILY_NAME: "Family name",
    Field.EMAIL: "E-mail",
    Field.TICKET_TYPE: "Ticket type",
    Field.VARIATION: "Variation of the type",
    Field.PRICE: "Price of a ticket",
    Field.TOTAL: "Paid for the row",
    Field.CURRENCY: "Currency",
    Field.STATE: "Paid or not",
    Field.ORDER: "Booking's code",
    Field.POSITION: "Number in the booking",
    Field.TICKET_CODE: "Ticket's code in its QR code",
    Field.BOOKED_ON: "Booked on",
    Field.BOOKED_AT: "Booked at (time)",
    Field.BUYER: "Buyer's name",
    Field.BUYER_GIVEN: "Buyer's given name",
    Field.BUYER_FAMILY: "Buyer's family name",
    Field.BUYER_EMAIL: "Buyer's e-mail",
    Field.LINE_TWO: "Second line of the badge",
    Field.SEAT: "Seat",
    Field.COUNT: "How many tickets",
    Field.NOTE: "Note",
    Field.ATTENTION: "Note for the door",
}
"""Fields as people choose them, in that order."""
