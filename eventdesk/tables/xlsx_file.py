"""Writing XLSX files row by row."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money
from eventdesk.tables.cells import Cell, keepable, text_of

MOST_ROWS: Final = 1_048_575
"""Rows below the heading that a sheet has room for."""

LONGEST_CELL: Final = 32_767
"""Characters of a cell; what is longer is cut."""

_NEED: Final = 'Install what writes them: pip install "eventdesk[excel]"'
_SHEET_NAME: Final = 31


def write_xlsx(
    path: Path, title: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write a table into a file; every text is a text, whatever it begins with.

    Raises:
        InvalidInputError: More than `MOST_ROWS`, or the writer is not installed.
        OSError: It cannot be written.
    """
    write_sheets(path, [(title, heading, rows)])


def write_sheets(
    path: Path, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]
) -> None:
    """Write several tables into one file, each on a sheet of its own.

    Raises:
        InvalidInputError: More than `MOST_ROWS` on a sheet, or the writer is not installed.
        OSError: It cannot be written.
    """
    try:
        import xlsxwriter
        from xlsxwriter.exceptions import FileCreateError
    except ImportError as error:
        raise InvalidInputError("Excel files cannot be written here.", hint=_NEED) from error
    with TemporaryDirectory(dir=path.parent, prefix=".sheets.") as room:
        book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": room})
        bold = book.add_format({"bold": True})
        formats = {
            digits: book.add_format({"num_format": "0." + "0" * digits if digits else "0"})
            for digits in range(5)
        }
        try:
            for name in _Names(sheets):
                _fill(book.add_worksheet(name.sheet), name.heading, name.rows, bold, formats)
        finally:
            try:
                book.close()
            except FileCreateError as error:
                cause = error.args[0] if error.args else None
                raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error


class _Sheet:
    """A sheet to be written, under a name Excel takes."""

    def __init__(self, sheet: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        self.sheet, self.heading, self.rows = sheet, heading, rows


class _Names:
    """Gives sheets names that are short, clean and different from each other."""

    def __init__(
        self, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]
    ) -> None:
        self._sheets = sheets

    def __iter__(self) -> Iterator[_Sheet]:
        given: set[str] = set()
        for title, heading, rows in self._sheets:
            clean = "".join(
                " " if sign in "[]:*?/\\'" or ord(sign) < 32 else sign for sign in title
            )
            name = " ".join(keepable(clean).split())[:_SHEET_NAME] or "Sheet"
            name = f"{name} list"[:_SHEET_NAME] if name.casefold() == "history" else name
            number = 2
            while name.casefold() in given:
                name = f"{name[: _SHEET_NAME - 4]} {number}"
                number += 1
            given.add(name.casefold())
            yield _Sheet(name, heading, rows)


def _fill(
    sheet: Any, heading: Sequence[str], rows: Iterable[Sequence[Cell]], bold: Any, formats: Any
) -> None:
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(heading):
        sheet.set_column(column, column, min(40, max(10, len(title) + 2)))
        sheet.write_string(0, column, keepable(title)[:LONGEST_CELL], bold)
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise InvalidInputError(
                f"An Excel file has room for {MOST_ROWS} rows.", hint="Write CSV or JSON instead."
            )
        for column, cell in enumerate(row):
            if isinstance(cell, Money):
                sheet.write_number(
                    number, column, cell.minor / 10**cell.exponent, formats.get(cell.exponent)
                )
            elif isinstance(cell, int) and not isinstance(cell, bool):
                sheet.write_number(number, column, cell)
            elif text := keepable(text_of(cell)):
                sheet.write_string(number, column, text[:LONGEST_CELL])
