"""Layout of seats: making rows from a few typed words, and drawing a plan as text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, _, msg, msg_p
from eventdesk.core.plain_text import plain
from eventdesk.seating.seat import SeatState, SeatView, SectionPlan

MAX_SEATS: Final = 20_000
"""Most seats of one event."""

MAX_IN_ROW: Final = 500
MAX_ROWS: Final = 1000
MAX_NAME: Final = 8
MAX_PREFIX: Final = 20

SIGNS: Final[Mapping[SeatState, str]] = {
    "free": "·",
    "held": "◔",
    "taken": "●",
    "mine": "◉",
    "blocked": " ",
}
"""How each state of a seat is drawn: one column wide, and distinct without colour."""

WORDS: Final[Mapping[SeatState, Message]] = {
    "free": msg_p("seat", "free"),
    "held": msg_p("seat", "held"),
    "taken": msg_p("seat", "taken"),
    "mine": msg_p("seat", "mine"),
    "blocked": msg_p("seat", "blocked"),
}


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows of seats to be made.

    Attributes:
        rows: Their names: `A-F`, `1-12`, or `A, B, D-F`.
        seats: Seats of each row, numbered from 1.
        aisles_after: Numbers behind which there is an aisle.
        blocked: Labels of seats that cannot be booked, such as `A-1`.
        prefix: Begin of each label, where rows of two sections have one name: with `Balcony`
            seats are called `Balcony A-1`.
    """

    rows: str
    seats: int
    aisles_after: Sequence[int] = ()
    blocked: Sequence[str] = ()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A seat to be made; the row counts from 0, the column from 1, aisles included."""

    label: str
    row_name: str
    row: int
    column_no: int
    blocked: bool


def lay_out(new: NewRows) -> tuple[NewSeat, ...]:
    """The seats of new rows, from the stage and from the left.

    Raises:
        InvalidInputError: Rows that cannot be read, too many seats, an aisle that is none, or an
            unknown blocked seat.

    >>> [seat.label for seat in lay_out(NewRows("A-B", 2))]
    ['A-1', 'A-2', 'B-1', 'B-2']
    """
    names = read_rows(new.rows)
    if not 1 <= new.seats <= MAX_IN_ROW:
        raise InvalidInputError(msg("A row has 1 to {most} seats.", most=MAX_IN_ROW))
    if len(names) * new.seats > MAX_SEATS:
        raise InvalidInputError(
            msg(
                "{rows} rows of {seats} are more than {most} seats.",
                rows=len(names),
                seats=new.seats,
                most=MAX_SEATS,
            ),
            hint=msg("Check the rows and the number in each."),
        )
    aisles = set(new.aisles_after)
    if not aisles <= set(range(1, new.seats)):
        raise InvalidInputError(
            msg("An aisle is behind a seat from 1 to {last}.", last=new.seats - 1),
            hint=msg("Such as 5, 15."),
        )
    blocked = {_label_key(label) for label in new.blocked}
    beginning = f"{_prefix(new.prefix)} ".lstrip()
    seats = []
    for row, name in enumerate(names):
        column = 0
        for number in range(1, new.seats + 1):
            column += 1
            own = f"{name}-{number}"
            is_blocked = not blocked.isdisjoint((_label_key(own), _label_key(beginning + own)))
            seats.append(NewSeat(f"{beginning}{own}", name, row, column, is_blocked))
            column += number in aisles
    if sum(seat.blocked for seat in seats) < len(blocked):
        raise InvalidInputError(
            msg("One of the blocked seats is not in these rows."),
            hint=msg("Write them such as A-1, A-2."),
        )
    return tuple(seats)


def preview(new: NewRows, *, name: str = "") -> SectionPlan:
    """The plan of new rows, before they are made.

    Raises:
        InvalidInputError: As `lay_out`.
    """
    section_id = UUID(int=0)
    seats = tuple(
        SeatView(
            UUID(int=number),
            seat.label,
            section_id,
            seat.row_name,
            seat.row,
            seat.column_no,
            "blocked" if seat.blocked else "free",
        )
        for number, seat in enumerate(lay_out(new), 1)
    )
    return SectionPlan(section_id, name, 0, seats)


def read_rows(text: str) -> tuple[str, ...]:
    """Read names of rows: single ones and ranges, each once, in the order typed.

    >>> read_rows("A-C, F, 9-11")
    ('A', 'B', 'C', 'F', '9', '10', '11')
    """
    names: list[str] = []
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip()[:4000]))):
        first, dash, last = part.partition("-")
        names += _range(first, last) if dash else [_name(first)]
        if len(names) > MAX_ROWS:
            raise InvalidInputError(msg("{most} rows are the most.", most=MAX_ROWS))
    if not names:
        raise InvalidInputError(msg("Which rows?"), hint=msg("Type them such as A-F or 1-12."))
    if len(set(names)) < len(names):
        raise InvalidInputError(msg("A row is named twice."), hint=msg("Name each row once."))
    return tuple(names)


def read_numbers(text: str) -> tuple[int, ...]:
    """Read whole numbers apart by commas or spaces; nothing is none.

    Raises:
        InvalidInputError: Something is no number.
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip()[:4000]) if part]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 6 for part in parts):
        raise InvalidInputError(msg("These are no numbers."), hint=msg("Type them such as 5, 15."))
    return tuple(int(part) for part in parts)


def read_labels(text: str) -> tuple[str, ...]:
    """Read labels of seats, apart by commas; nothing is none.

    >>> read_labels("a-1, A-2")
    ('A-1', 'A-2')
    """
    parts = (" ".join(part.split()).upper() for part in re.split(r"[,;\n]+", text[:20_000]))
    return tuple(part for part in parts if part)


def by_row(seats: Iterable[SeatView]) -> list[tuple[str, list[SeatView]]]:
    """Group seats, which are ordered by row and column, by the names of their rows."""
    rows = [list(row) for _no, row in groupby(seats, key=lambda seat: seat.row_no)]
    return [(row[0].row_name, row) for row in rows]


def drawn(section: SectionPlan) -> list[str]:
    """Draw a section as lines of text: the stage, and each row with its name on both sides."""
    if not section.seats:
        return [_("(no seats)")]
    rows = by_row(section.seats)
    first = min(seat.column_no for seat in section.seats)
    width = 2 * (max(seat.column_no for seat in section.seats) - first) + 1
    margin = max(len(name) for name, _row in rows)
    lines = [" " * (margin + 1) + _("stage").center(max(width, 7), "─")]
    for name, seats in rows:
        line = [" "] * width
        for seat in seats:
            line[2 * (seat.column_no - first)] = SIGNS[seat.state]
        lines.append(f"{name.rjust(margin)} {''.join(line)} {name}")
    return lines


def legend(states: Iterable[SeatState] = ("free", "held", "taken", "mine")) -> str:
    """The signs and their meaning: "· free  ● taken"."""
    return "  ".join(f"{SIGNS[state]} {WORDS[state]}" for state in states)


def _range(first: str, last: str) -> list[str]:
    """The names from one to another: numbers, or letters as a spreadsheet counts its columns."""
    names: list[str] = []
    if all(end.isascii() and end.isdecimal() and len(end) <= 4 for end in (first, last)):
        names = [str(number) for number in range(int(first), int(last) + 1)]
    elif all(end.isascii() and end.isalpha() and len(end) <= 2 for end in (first, last)):
        names = [_letters(number) for number in range(_number(first), _number(last) + 1)]
    if not names:
        raise InvalidInputError(
            msg("{typed} is no range of rows.", typed=plain(f"{first}-{last}", limit=20)),
            hint=msg("Type it such as A-F or 1-12."),
        )
    return names


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def _name(text: str) -> str:
    name = plain(text).upper()
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidInputError(msg("A row's name has 1 to {most} signs.", most=MAX_NAME))
    return name


def _prefix(text: str) -> str:
    prefix = plain(text)
    if len(prefix) > MAX_PREFIX:
        raise InvalidInputError(
            msg("What labels begin with has at most {most} signs.", most=MAX_PREFIX)
        )
    return prefix


def _label_key(label: str) -> str:
    return " ".join(label.split()).upper()
