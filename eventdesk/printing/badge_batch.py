"""Badges printed in advance: whose, in which order, on which paper, and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from badges.badge import Badge
from badges.sheets import Sheet
from eventdesk.core.collation import sort_key
from eventdesk.core.messages import msg

SHEETS_A_PART: Final = 50
"""Sheets of one file or print job; whoever stops loses less than that."""

MAX_BADGES: Final = 100_000

USUAL: Final = Sheet()

Progress = Callable[[int], None]


class Order(StrEnum):
    """What badges are sorted by."""

    NAME = "name"
    LAST_NAME = "last-name"
    COMPANY = "company"
    CODE = "code"


ORDERS: Final = {
    Order.NAME: msg("name"),
    Order.LAST_NAME: msg("last name"),
    Order.COMPANY: msg("company"),
    Order.CODE: msg("code"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which badges are printed in advance, and how.

    Attributes:
        type_ids: Ticket types; empty is all.
        search: Parts of names, codes, as in the list of attendees; "" is everybody.
        without_badge: Only those who have none yet, also while it is printed.
        paid: Only those whose booking is paid.
        layout: Name of a layout; "" is the event's.
    """

    type_ids: tuple[UUID, ...] = ()
    search: str = ""
    without_badge: bool = True
    paid: bool = True
    order: Order = Order.NAME
    layout: str = ""
    sheet: Sheet = USUAL


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """What printing would come to.

    Attributes:
        first: The badges of the first sheet.
        places: Badges on a sheet.
        layout: The name of the layout.
    """

    badges: int
    sheets: int
    parts: int
    places: int
    first: tuple[Badge, ...]
    layout: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Badges that are or were printed in advance.

    Attributes:
        done: How many are out, from the first on.
        at_printer: How many more were sent to a printer when the program ended; nobody knows.
        target: The file, or the address of the printer.
        state: open, done or dropped.
    """

    id: UUID
    event_id: UUID
    badges: int
    done: int
    at_printer: int
    places: int
    state: str
    layout: str
    sheet: Sheet
    target: str
    made_by: str
    created_at: datetime
    is_running: bool

    @property
    def sheets(self) -> int:
        """How many sheets it has in all."""
        return -(-self.badges // self.places)


@dataclass(frozen=True, slots=True)
class BatchDone:
    """What came of printing: the files or the printer, and how many badges."""

    badges: int
    files: tuple[Path, ...]
    is_whole: bool


def place_of(
    name: str, company: str, code: str, *, order: Order, language: str
) -> tuple[object, ...]:
    """What a badge is sorted by; names last decide."""
    by_name = sort_key(name, language)
    match order:
        case Order.NAME:
            return (by_name, code)
        case Order.LAST_NAME:
            last = name.rsplit(maxsplit=1)[-1] if name.split() else ""
            return (sort_key(last, language), by_name, code)
        case Order.COMPANY:
            return (not company, sort_key(company, language), by_name, code)
        case Order.CODE:
            return (code,)
