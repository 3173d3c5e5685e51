"""Brings the sheets of a spreadsheet up to what an event's tables say.

What is there is read before anything is written, and every cell is written to its place: however
often it is done, and wherever it was cut, each row is there once. Between looks at every cell only
the codes are read, to see where their rows went.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from eventdesk.integrations.google_sheets.kind import CODE
from eventdesk.integrations.google_sheets.layout import (
    HEADER_ROWS,
    Places,
    Plan,
    Table,
    blocks,
    find_places,
    letters,
    plan,
    quoted,
    row_cells,
)
from eventdesk.integrations.google_sheets.spreadsheet import (
    MAX_CELLS,
    Grid,
    SheetGoneError,
    Spreadsheet,
)

LOOK_S: Final = 900.0
"""How long what was written is taken to be there still, but for where its rows are."""

SPARE_ROWS, SPARE_COLUMNS = 500, 4
"""A sheet that is too small is made larger by so much more than it needs."""

USUAL_COLUMNS: Final = 26


@dataclass(slots=True)
class Memory:
    """What was written into a spreadsheet when it was last looked at.

    Attributes:
        shape: The spreadsheet and the headings it is of.
        written: The digests of the rows, by sheet and code.
        grids: The sheets.
        until_s: Until when it holds.
    """

    shape: object
    written: dict[str, dict[str, int]] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    until_s: float = 0.0

    def holds(self, shape: object) -> bool:
        """Whether it is of this, and not too old."""
        return self.shape == shape and time.monotonic() < self.until_s

    def says(self, tables: Sequence[Table]) -> bool:
        """Whether all of this was written."""
        return all(self.written.get(table.title, {}) == table.digests() for table in tables)


def bring_up(
    book: Spreadsheet, tables: Sequence[Table], ours: Collection[str], known: Memory | None
) -> Memory:
    """Write what the sheets lack; returns what is known of them from now on.

    Args:
        book: The spreadsheet.
        tables: What its sheets are to show.
        ours: The codes of all tickets of the event: other rows are somebody's own.
        known: What was written before; None: look at every cell.

    Raises:
        ServiceError: The service did not do it; what is known holds no more.
    """
    if known is not None:
        try:
            return _brought(book, tables, ours, known)
        except SheetGoneError:
            pass
    fresh = Memory(shape(book, tables), until_s=time.monotonic() + LOOK_S)
    fresh.grids = _with_sheets(book, tables)
    there = [each for each in tables if each.title in fresh.grids]
    return _brought(book, there, ours, fresh, is_fresh=True)


def shape(book: Spreadsheet, tables: Sequence[Table]) -> object:
    """What a memory is of."""
    return book.id, tuple((table.title, table.heading) for table in tables)


def _brought(
    book: Spreadsheet,
    tables: Sequence[Table],
    ours: Collection[str],
    memory: Memory,
    *,
    is_fresh: bool = False,
) -> Memory:
    tables = [each for each in tables if each.title in memory.grids]
    tops = book.read([_top(table) for table in tables], by_columns=False) if tables else []
    placed = [
        (table, places)
        for table, top in zip(tables, tops, strict=True)
        if (places := find_places(top, table)) is not None
    ]
    for (table, places), found in zip(
        placed, _columns(book, placed, everything=is_fresh), strict=True
    ):
        before = None if is_fresh or places.missing else memory.written.get(table.title)
        if before is None and not is_fresh:  # a column was taken out of the sheet
            found = _columns(book, [(table, places)], everything=True)[0]
        made = plan(table, places, found, ours, before)
        _write(book, memory, table, places, made)
        memory.written[table.title] = table.digests()
    return memory


def _with_sheets(book: Spreadsheet, tables: Sequence[Table]) -> dict[str, Grid]:
    """The sheets there are, after those that are missing were added."""
    _title, grids = book.look()
    missing = [each for each in tables if each.heading and each.title not in grids]
    if missing:
        book.change([_added(table) for table in missing])
        _title, grids = book.look()
    return grids


def _added(table: Table) -> dict[str, object]:
    size = {
        "rowCount": len(table.rows) + 1 + SPARE_ROWS,
        "columnCount": max(USUAL_COLUMNS, len(table.heading) + SPARE_COLUMNS),
        "frozenRowCount": 1,
    }
    return {"addSheet": {"properties": {"title": table.title, "gridProperties": size}}}


def _top(table: Table) -> str:
    return f"{quoted(table.title)}!1:{HEADER_ROWS}"


def _columns(
    book: Spreadsheet, placed: Sequence[tuple[Table, Places]], *, everything: bool
) -> list[dict[str, Sequence[object]]]:
    """The cells of the columns of sheets, or those of the codes alone."""
    wanted = [
        [name for name in places.columns if everything or name == CODE] for _, places in placed
    ]
    ranges = [
        f"{quoted(table.title)}!{letters(places.columns[name])}:{letters(places.columns[name])}"
        for (table, places), names in zip(placed, wanted, strict=True)
        for name in names
    ]
    read = iter(book.read(ranges, by_columns=True) if ranges else ())
    return [{name: _first(next(read)) for name in names} for names in wanted]


def _first(columns: Sequence[Sequence[object]]) -> Sequence[object]:
    return columns[0] if columns else ()


def _write(book: Spreadsheet, memory: Memory, table: Table, places: Places, made: Plan) -> None:
    """Write a plan, with the rows that are added behind all that is there."""
    cells = made.cells
    if made.added:
        row = _behind(book, memory.grids[table.title], table, made.last) + 1
        for at, code in enumerate(made.added):
            cells |= row_cells(table, places, row + at, code)
    if cells:
        _make_room(book, memory, table, cells)
        book.write(table.title, blocks(cells, MAX_CELLS))


def _behind(book: Spreadsheet, grid: Grid, table: Table, last: int) -> int:
    """The last row with anything in it, from one on: people put sums below."""
    if last + 2 > grid.rows:
        return last
    below = book.read([f"{quoted(table.title)}!{last + 2}:{grid.rows}"], by_columns=False)[0]
    used = [at for at, row in enumerate(below) if any(cell not in ("", None) for cell in row)]
    return last + 1 + used[-1] if used else last


def _make_room(
    book: Spreadsheet, memory: Memory, table: Table, cells: Mapping[tuple[int, int], object]
) -> None:
    """Make a sheet larger where it is too small."""
    grid = memory.grids[table.title]
    rows, columns = max(row for row, _ in cells) + 1, max(column for _, column in cells) + 1
    requests = [
        {"appendDimension": {"sheetId": grid.sheet_id, "dimension": name, "length": length}}
        for name, length in (
            ("ROWS", rows + SPARE_ROWS - grid.rows if rows > grid.rows else 0),
            ("COLUMNS", columns + SPARE_COLUMNS - grid.columns if columns > grid.columns else 0),
        )
        if length
    ]
    if requests:
        book.change(requests)
        memory.grids = book.look()[1]
