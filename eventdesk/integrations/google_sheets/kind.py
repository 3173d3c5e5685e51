"""How a spreadsheet that follows an event is set up."""

import re
from collections.abc import Collection
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, SEVERAL, Field
from eventdesk.core.messages import Message, msg
from eventdesk.integrations.google_key import KEY_FIELD
from eventdesk.integrations.service import ServiceKind

NAME: Final = "sheets"

ADDRESS: Final = "https://docs.google.com/spreadsheets/d/"

CODE: Final = "code"
"""The heading by whose cells rows are found: the code of a ticket."""

ANSWERS: Final = "answers"
"""Stands for a column for each question of the event."""

ATTENDEES, CHECK_INS, SALES = TABLES = ("attendees", "check_ins", "sales")

ATTENDEE_COLUMNS: Final[dict[str, Message]] = {
    "name": msg("name"),
    "email": msg("email"),
    "second line": msg("second line"),
    "ticket type": msg("ticket type"),
    "seat": msg("seat"),
    "state": msg("state"),
    "booking": msg("booking"),
    "booking state": msg("booking state"),
    "checked in at": msg("checked in at"),
    "note for the door": msg("note for the door"),
    "booked at": msg("booked at"),
    "external reference": msg("external reference"),
    ANSWERS: msg("answers to the questions"),
}
CHECK_IN_COLUMNS: Final[dict[str, Message]] = {
    "name": msg("name"),
    "ticket type": msg("ticket type"),
    "first in": msg("first in"),
    "last in": msg("last in"),
    "times in": msg("times in"),
    "lists": msg("check-in lists"),
    "gate": msg("gate"),
    "by": msg("by whom"),
}
SALES_COLUMNS: Final[dict[str, Message]] = {
    "booking": msg("booking"),
    "booking state": msg("booking state"),
    "buyer": msg("buyer"),
    "buyer email": msg("email of the buyer"),
    "ticket type": msg("ticket type"),
    "state": msg("state"),
    "price": msg("price"),
    "discount": msg("discount"),
    "tax": msg("tax"),
    "fee": msg("fee"),
    "currency": msg("currency"),
    "source": msg("source"),
    "discount code": msg("discount code"),
    "booked at": msg("booked at"),
}
COLUMNS: Final[dict[str, dict[str, Message]]] = {
    ATTENDEES: ATTENDEE_COLUMNS,
    CHECK_INS: CHECK_IN_COLUMNS,
    SALES: SALES_COLUMNS,
}
"""What can be chosen of each table, by the headings in the spreadsheet."""

_ID: Final = re.compile(
    r"(?:https?://docs\.google\.com/spreadsheets/(?:u/\d+/)?d/)?([A-Za-z0-9_-]{20,100})(?:[/?#].*)?"
)


def spreadsheet_id(typed: str) -> str:
    """The id in the address of a spreadsheet, or the id itself; "" where there is none.

    >>> spreadsheet_id("https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUv/edit#gid=0")
    '1AbCdEfGhIjKlMnOpQrStUv'
    """
    found = _ID.fullmatch(typed.strip())
    return found[1] if found else ""


def _checked_address(typed: str) -> str:
    found = spreadsheet_id(typed)
    if typed.strip() and not found:
        raise InvalidInputError(
            msg("This is not the address of a Google spreadsheet."),
            hint=msg("Open it in a browser and copy the address: {address}…", address=ADDRESS),
        )
    return ADDRESS + found if found else ""


def _checked_columns(names: Collection[str]) -> frozenset[str]:
    return frozenset(names)


SHEETS: Final = ServiceKind(
    name=NAME,
    title=msg("Google Sheets"),
    what=msg("A spreadsheet that follows the event within seconds."),
    fields=(
        Field(
            "spreadsheet",
            LINE,
            "Spreadsheet",
            hint="Its address. Share it with the service account as an editor.",
            needed=True,
            check=_checked_address,
        ),
        Field(
            ATTENDEES,
            SEVERAL,
            "Columns of attendees",
            hint="What of each ticket goes to Google; none leaves this sheet out.",
            choices=ATTENDEE_COLUMNS,
            check=_checked_columns,
        ),
        Field(
            CHECK_INS,
            SEVERAL,
            "Columns of check-ins",
            hint="A row for each ticket that came in; none leaves this sheet out.",
            choices=CHECK_IN_COLUMNS,
            check=_checked_columns,
        ),
        Field(
            SALES,
            SEVERAL,
            "Columns of sales",
            hint="What each ticket cost; none leaves this sheet out.",
            choices=SALES_COLUMNS,
            check=_checked_columns,
        ),
        KEY_FIELD,
    ),
    probe="eventdesk.integrations.google_sheets.spreadsheet:probe",
    needs="joserfc",
    extra="sheets",
    of_event=True,
    several=True,
    one_of=(ATTENDEES, CHECK_INS, SALES),
)
