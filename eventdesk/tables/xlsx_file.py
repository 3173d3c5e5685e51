"""XLSX files, written row by row and read as the values a person sees."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from eventdesk.errors import InvalidInputError
from eventdesk.model.money import Money
from eventdesk.tables.cells import Cell, keepable, text_of

MOST_ROWS: Final = 1_048_575
"""Rows below the heading that a sheet has room for."""

LONGEST_CELL: Final = 32_767
"""Characters of a cell; what is longer is cut."""

MOST_UNPACKED: Final = 2_000_000_000
"""Bytes a file may unfold to; a small file that unfolds to more was made to do harm."""

_NEED: Final = 'Install what reads and writes them: pip install "eventdesk[excel]"'
_SHEET_NAME: Final = 31


def read_xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of the first sheet with their numbers; empty ones are left out.

    Raises:
        InvalidInputError: It is no such file, or the reader is not installed.
        OSError: It cannot be read.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError
    except ImportError as error:
        raise InvalidInputError("Excel files cannot be read here.", hint=_NEED) from error
    _need_modest(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_index(0)
            for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
                cells = [_shown(value) for value in row]
                if any(cell.strip() for cell in cells):
                    yield number, cells
    except PasswordError as error:
        raise InvalidInputError(
            f"{path.name} is locked with a password.", hint="Save it without one."
        ) from error
    except CalamineError as error:
        raise _no_workbook(path) from error


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


def _need_modest(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _no_workbook(path) from error
    if unpacked > MOST_UNPACKED:
        raise InvalidInputError(
            f"{path.name} unfolds to {unpacked:,} bytes; {MOST_UNPACKED:,} are the most.",
            hint="Split it, or save it as CSV.",
        )


def _no_workbook(path: Path) -> InvalidInputError:
    return InvalidInputError(
        f"{path.name} is no Excel file, or a damaged one.", hint="Save it anew as .xlsx or .csv."
    )


def _shown(value: object) -> str:
    """A cell as a person sees it; spreadsheets keep whole numbers as fractions."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
