"""Where the cells of a table stand in a sheet that people sort, move and write into.

A row is found by the code in it and a column by its heading, wherever both are. What people write
beside stays: columns with other headings, rows without a code of the event. Nothing here calls
anything.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, TypeAlias

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.core.messages import msg
from eventdesk.integrations.google_sheets.kind import CODE

HEADER_ROWS: Final = 20
"""The header is looked for in so many rows at the top."""

Value: TypeAlias = str | int | float
"""What a cell holds; "" is an empty one."""

Spot: TypeAlias = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet is to show.

    Attributes:
        title: The name of the sheet.
        heading: The headings, `CODE` first; empty where the sheet is not wanted any more.
        rows: What the rows below are made of, by the code that is the first cell.
        known: All headings the sheet may have had; of those not wanted any more it is emptied.
        written: Makes the cells behind the code of what a row is made of.
    """

    title: str
    heading: tuple[str, ...]
    rows: Mapping[str, tuple[Any, ...]]
    known: frozenset[str]
    written: Callable[[tuple[Any, ...]], tuple[Value, ...]]

    def digests(self) -> dict[str, int]:
        """What tells whether rows changed, without keeping anybody's name."""
        return {code: hash(row) for code, row in self.rows.items()}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the headings stand.

    Attributes:
        row: The row of the header.
        columns: The columns of headings that are there.
        missing: Wanted headings that are not.
        free: The first column behind all.
    """

    row: int
    columns: Mapping[str, int]
    missing: tuple[str, ...]
    free: int

    @property
    def header(self) -> dict[Spot, Value]:
        """The headings to be added."""
        return {(self.row, self.free + at): name for at, name in enumerate(self.missing)}

    def all_columns(self) -> dict[str, int]:
        """The columns of all headings once the missing ones are added."""
        return {**self.columns, **{name: self.free + at for at, name in enumerate(self.missing)}}


def find_places(top: Sequence[Sequence[object]], table: Table) -> Places | None:
    """Find the header among the first rows of a sheet; None: there is nothing of ours to see to.

    Raises:
        ServiceRefusedError: The sheet holds something, and no column of codes.
    """
    for at, row in enumerate(top):
        names = [str(cell).strip() for cell in row]
        if CODE in names:
            columns = {
                name: names.index(name)
                for name in (*table.heading, *sorted(table.known))
                if name in names
            }
            missing = tuple(name for name in table.heading if name not in columns)
            return Places(at, columns, missing, max(map(len, top)))
    if not table.heading:
        return None
    if any(str(cell).strip() for row in top for cell in row):
        raise ServiceRefusedError(
            msg("The sheet {title} has no column {code} any more.", title=table.title, code=CODE),
            hint=msg(
                "Write {code} above the codes of the tickets again, in the first {rows} rows. Or "
                "delete the sheet: it is made anew.",
                code=CODE,
                rows=HEADER_ROWS,
            ),
        )
    return Places(0, {}, table.heading, 0)


@dataclass(slots=True)
class Plan:
    """What is to be written into a sheet.

    Attributes:
        cells: Values by their spots.
        added: Codes of rows that are not there yet, in their order.
        last: The last row with a code, or the header.
    """

    cells: dict[Spot, Value] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    last: int = 0


def plan(
    table: Table,
    places: Places,
    found: Mapping[str, Sequence[object]],
    ours: Collection[str],
    written: Mapping[str, int] | None,
) -> Plan:
    """Say what has to change for a sheet to show a table.

    Args:
        table: What it is to show.
        places: Where the headings stand.
        found: The cells of the columns, from the first row on; with `written` only of `CODE`.
        ours: The codes of all tickets of the event.
        written: The digests of the rows that were written last; None: look at every cell.
    """
    made = Plan(last=places.row)
    codes = found.get(CODE, ())
    seen: set[str] = set()
    for row, cell in enumerate(codes):
        code = str(cell).strip()
        if row == places.row or not code:
            continue
        made.last = max(made.last, row)
        if code not in ours:
            continue
        if code in seen or code not in table.rows:
            made.cells |= {(row, column): "" for column in places.columns.values()}
            continue
        seen.add(code)
        made.cells |= _changed(table, places, row, code, found, written)
    made.added = [code for code in table.rows if code not in seen]
    if written is None:
        former = (name for name in places.columns if name not in table.heading)
        made.cells |= {(places.row, places.columns[name]): "" for name in former}
    made.cells |= places.header
    return made


def _changed(
    table: Table,
    places: Places,
    row: int,
    code: str,
    found: Mapping[str, Sequence[object]],
    written: Mapping[str, int] | None,
) -> dict[Spot, Value]:
    """The cells of a row that is there, where it has to be written."""
    if written is not None:
        same = written.get(code) == hash(table.rows[code])
        return {} if same else row_cells(table, places, row, code)
    wanted = table.written(table.rows[code])
    there = {name: _at(found.get(name, ()), row) for name in places.columns}
    made: dict[Spot, Value] = {}
    if any(
        there.get(name, "") != cell for name, cell in zip(table.heading[1:], wanted, strict=True)
    ):
        made = row_cells(table, places, row, code)
    former = (name for name in places.columns if name not in table.heading and there[name] != "")
    return made | {(row, places.columns[name]): "" for name in former}


def row_cells(table: Table, places: Places, row: int, code: str) -> dict[Spot, Value]:
    """All cells of a row of a table."""
    columns = places.all_columns()
    return {
        (row, columns[name]): cell
        for name, cell in zip(table.heading, (code, *table.written(table.rows[code])), strict=True)
    }


def _at(cells: Sequence[object], row: int) -> object:
    cell = cells[row] if row < len(cells) else ""
    return "" if cell is None else cell


@dataclass(frozen=True, slots=True)
class Block:
    """Cells side by side and one below the other, to be written together."""

    row: int
    column: int
    values: Sequence[Sequence[Value]]

    def address(self, title: str) -> str:
        """Where it stands, as A1 notation has it."""
        end_row, end_column = self.row + len(self.values), self.column + len(self.values[0]) - 1
        begin = f"{letters(self.column)}{self.row + 1}"
        return f"{quoted(title)}!{begin}:{letters(end_column)}{end_row}"


def blocks(cells: Mapping[Spot, Value], most: int) -> list[Block]:
    """Put cells together into as few blocks as there are gaps, each of at most so many cells."""
    runs: list[tuple[int, int, list[Value]]] = []
    for row, in_row in groupby(sorted(cells), key=lambda spot: spot[0]):
        places = [column for _row, column in in_row]
        for _gap, run in groupby(enumerate(places), key=lambda each: each[1] - each[0]):
            columns = [column for _at, column in run]
            runs.append((row, columns[0], [cells[row, column] for column in columns]))
    made: list[Block] = []
    open_blocks: dict[tuple[int, int], tuple[int, list[list[Value]]]] = {}
    for row, column, values in runs:
        shape = column, len(values)
        begun = open_blocks.get(shape)
        if begun and begun[0] + len(begun[1]) == row and (len(begun[1]) + 1) * shape[1] <= most:
            begun[1].append(values)
            continue
        rows = [values]
        open_blocks[shape] = row, rows
        made.append(Block(row, column, rows))
    return made


def quoted(title: str) -> str:
    """The name of a sheet in A1 notation."""
    doubled = title.replace("'", "''")
    return f"'{doubled}'"


def letters(column: int) -> str:
    """The letters of a column.

    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    text, left = "", column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        text = chr(ord("A") + digit) + text
    return text
