"""What of a list is exported: which columns in which order, which rows, and how they are sorted."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import Money
from eventdesk.exchange.exports.lists import Rows
from eventdesk.tables.cells import MAX_COLUMNS, Cell, text_of

MAX_VALUE: Final = 200
"""Characters of what a cell is compared with."""


class Comparison(StrEnum):
    """How a cell is compared with what was typed; texts without regard to case and accents."""

    IS = "="
    IS_NOT = "!="
    HAS = "~"
    AT_LEAST = ">="
    AT_MOST = "<="


COMPARISONS: Final = {
    Comparison.IS: msg("is"),
    Comparison.IS_NOT: msg("is not"),
    Comparison.HAS: msg("contains"),
    Comparison.AT_LEAST: msg("is at least"),
    Comparison.AT_MOST: msg("is at most"),
}
"""The comparisons in words."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What the cell of a column must be; "" with `IS` is an empty cell."""

    column: str
    comparison: Comparison
    value: str

    def __str__(self) -> str:
        """As `read_condition` reads it."""
        return f"{self.column} {self.comparison} {self.value}".rstrip()


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a list is exported.

    Attributes:
        columns: Headings in their order; empty is all of the list.
        conditions: All of them hold for a row; a column has at most one.
        sort: The column whose cells order the rows; "" leaves the order of the list.
    """

    columns: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    descending: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """Every column it names."""
        sorts = (self.sort,) if self.sort else ()
        return (*self.columns, *(each.column for each in self.conditions), *sorts)


EVERYTHING: Final = Selection()
"""A whole list, as it is."""

_CONDITION: Final = re.compile(r"(?P<column>.+?) *(?P<sign>!=|>=|<=|=|~) *(?P<value>.*)")


def read_condition(text: str) -> Condition:
    """Read a condition as people type it: `state = valid`, `name ~ lee`, `price >= 100`.

    Raises:
        InvalidInputError: It is none.
    """
    found = _CONDITION.fullmatch(text.strip()[:1000])
    if found is None:
        raise InvalidInputError(
            msg("{text!r} is no condition.", text=text[:80]),
            hint=msg("Write COLUMN, one of = != ~ >= <=, and a value: 'state = valid'."),
        )
    return Condition(found["column"], Comparison(found["sign"]), found["value"][:MAX_VALUE])


def need_sound(selection: Selection, heading: Sequence[str]) -> None:
    """Refuse what names columns that the list does not have, or one twice.

    Raises:
        InvalidInputError: It does, or is larger than any list.
    """
    if len(selection.named) > MAX_COLUMNS:
        raise InvalidInputError(msg("These are too many columns."))
    missing = [name for name in selection.named if name not in heading]
    if missing:
        raise InvalidInputError(
            msg("The list has no column {name!r}.", name=missing[0]),
            hint=msg("Choose the columns again: a question may have been changed or removed."),
        )
    for names in (selection.columns, [each.column for each in selection.conditions]):
        twice = [name for place, name in enumerate(names) if name in names[:place]]
        if twice:
            raise InvalidInputError(msg("The column {name!r} is there twice.", name=twice[0]))


def selected(rows: Rows, selection: Selection) -> Rows:
    """Take a selection out of a list; the rows are read as they are taken, unless sorted.

    Raises:
        InvalidInputError: The list lacks a column, or a value is no number where one is needed.
    """
    heading, lines = rows
    need_sound(selection, heading)
    place = {name: at for at, name in enumerate(heading)}
    columns = selection.columns or heading
    places = [place[name] for name in columns]
    tests = [(place[each.column], _test(each)) for each in selection.conditions]

    def kept() -> Iterator[Sequence[Cell]]:
        for line in lines:
            if all(holds(line[at]) for at, holds in tests):
                yield line

    def chosen() -> Iterator[Sequence[Cell]]:
        if not selection.sort:
            yield from ([line[at] for at in places] for line in kept())
            return
        by = place[selection.sort]
        found = [(_rank(line[by]), [line[at] for at in places]) for line in kept()]
        found.sort(key=lambda each: each[0], reverse=selection.descending)
        yield from (line for _key, line in found)

    return tuple(columns), chosen()


def _test(condition: Condition) -> Callable[[Cell], bool]:
    wanted = fold(condition.value)
    match condition.comparison:
        case Comparison.IS:
            return lambda cell: fold(text_of(cell)) == wanted
        case Comparison.IS_NOT:
            return lambda cell: fold(text_of(cell)) != wanted
        case Comparison.HAS:
            return lambda cell: wanted in fold(text_of(cell))
        case Comparison.AT_LEAST:
            return lambda cell: cell is not None and _against(cell, condition.value) >= 0
        case Comparison.AT_MOST:
            return lambda cell: cell is not None and _against(cell, condition.value) <= 0


def _against(cell: Cell, value: str) -> int:
    """Compare a cell with a text: -1, 0 or 1; of instants as much as was typed."""
    typed = value.strip()
    if isinstance(cell, Money | int):
        return _order(Decimal(text_of(int(cell) if isinstance(cell, bool) else cell)), _read(typed))
    text = text_of(cell)
    if isinstance(cell, date):
        return _order(text[: len(typed)], typed)
    return _order(fold(text), fold(typed))


def _order(one: Decimal | str, other: Decimal | str) -> int:
    return int(one > other) - int(one < other)  # type: ignore[operator]  # both of one kind


def _read(typed: str) -> Decimal:
    try:
        number = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidInputError(
            msg("{typed!r} is no number.", typed=typed[:40]),
            hint=msg("This column holds numbers; type one such as 12.50."),
        )
    return number


def _rank(cell: Cell) -> tuple[int, Decimal, str]:
    """What a cell is sorted by: numbers, then texts and instants, then what is empty."""
    if cell is None or cell == "":
        return 2, Decimal(0), ""
    if isinstance(cell, Money | int):
        return 0, Decimal(text_of(int(cell) if isinstance(cell, bool) else cell)), ""
    text = text_of(cell)
    return 1, Decimal(0), text if isinstance(cell, date) else fold(text)


def spoken(selection: Selection) -> Message:
    """What a selection takes, in a few words."""
    count = len(selection.columns)
    columns = msg("{count} columns", count=count) if count else msg("all columns")
    if not selection.conditions:
        return msg("{columns}, all rows", columns=columns)
    conditions = "; ".join(map(str, selection.conditions))
    return msg("{columns}, rows with {conditions}", columns=columns, conditions=conditions)
