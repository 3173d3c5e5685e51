"""A table in a file, whichever form it has."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.output_files import EXPORTS, drafted
from eventdesk.core.plain_text import file_name
from eventdesk.tables.cells import MAX_COLUMNS, Cell
from eventdesk.tables.csv_file import CsvFile, open_csv, write_csv
from eventdesk.tables.encoding import Encoding
from eventdesk.tables.json_file import JsonFile, write_json
from eventdesk.tables.xlsx import XlsxFile, write_xlsx

MAX_BYTES: Final = 200_000_000
"""Largest file that is read; 100,000 bookings with many columns are about 30 MB."""

STEP: Final = 500
"""Rows between two reports of progress."""


class Form(StrEnum):
    """Forms a table is written in and read from."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES: Final = {
    Form.CSV: "text/csv",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.JSON: "application/json",
}
"""What a file in each form is."""

READERS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".json")
"""How the names of files end that are read."""

TOLD_BY_FORM: Final = (".xlsx", ".json")
"""Forms that say themselves how their characters are encoded."""

Rows: TypeAlias = Iterator[tuple[int, list[str]]]
"""The number in the file and the cells of each row."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file with a heading and rows below it; each reading of the rows reads the file again.

    Attributes:
        path: The file.
        heading: The names of the columns, without the spaces around them; of several that are
            alike the second is numbered, such as "Name (2)".
        csv: How its text was read; None where the form says it itself.
    """

    path: Path
    heading: tuple[str, ...]
    csv: CsvFile | None
    _read: Callable[[], Rows]

    @property
    def encoding(self) -> Encoding:
        """How the characters of the file are encoded."""
        return self.csv.encoding if self.csv is not None else Encoding("utf-8")

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Read the rows below the heading: number in the file, and at least a cell a column.

        A row may have more cells than the heading; missing ones are "".

        Raises:
            InvalidInputError: The file cannot be read, or not as a table; it was cut off.
        """
        width = len(self.heading)
        last, count = 0, width
        with _spoken(self.path):
            rows = self._read()
            next(rows, None)
            for number, cells in rows if self.csv is None else self.csv.checked(rows, width):
                yield number, (*cells, *("",) * (width - len(cells)))
                last, count = number, len(cells)
        if self.csv is not None and not self.csv.whole and count < width:
            raise InvalidInputError(
                msg(
                    "{name} ends in the middle of row {row}: {count} cells of {width}, and "
                    "no line end.",
                    name=self.path.name,
                    row=last,
                    count=count,
                    width=width,
                ),
                hint=msg("The file was cut off; get it again, or end its last row."),
            )


def open_table(path: Path, encoding: str = "") -> Table:
    """Look at a file and read its heading, the first row with something in it.

    Raises:
        InvalidInputError: Not there, empty, too large, of a form that is not read here, or not in
            that encoding.
    """
    with _spoken(path):
        _need_modest(path)
        form = path.suffix.lower()
        csv = None if form in TOLD_BY_FORM else open_csv(path, encoding)
        read: Callable[[], Rows] = (
            csv.rows if csv else XlsxFile(path).rows if form == ".xlsx" else JsonFile(path).rows
        )
        for _number, cells in read():
            if len(cells) > MAX_COLUMNS:
                raise InvalidInputError(
                    msg(
                        "{name} has {count} columns; {most} are the most.",
                        name=path.name,
                        count=len(cells),
                        most=MAX_COLUMNS,
                    ),
                    hint=msg("Take out the columns that are not needed."),
                )
            return Table(path, _told_apart(cells), csv, read)
    raise InvalidInputError(
        msg("{name} is empty.", name=path.name), hint=msg("Choose a file with a row of names.")
    )


def save_table(
    path: Path,
    form: Form,
    heading: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "Table",
    overwrite: bool = False,
    on_progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Write a table; the file appears when it is whole.

    Args:
        path: Where, by the rule of `eventdesk.core.output_files`.
        form: How it is written.
        heading: Names of the columns.
        rows: Each with a cell a column; taken one by one, so they need not fit into memory.
        title: Name of the sheet, where the form has sheets.
        overwrite: Whether a file that is there is replaced.
        on_progress: Told now and then how many rows are written, and at the end.

    Returns:
        How many rows were written.

    Raises:
        InvalidInputError: It cannot be written, or the form's library is not installed.
    """
    written = 0

    def counted() -> Iterator[Sequence[Cell]]:
        nonlocal written
        for row in rows:
            yield row
            written += 1
            if written % STEP == 0:
                on_progress(written)

    with drafted(path, overwrite=overwrite) as draft:
        match form:
            case Form.CSV:
                write_csv(draft, heading, counted())
            case Form.XLSX:
                write_xlsx(draft, title, heading, counted())
            case Form.JSON:
                write_json(draft, heading, counted())
    on_progress(written)
    return written


def free_path(home: Path, stem: str, suffix: str) -> Path:
    """Name a new file in the home's folder for exports, safe and not in use yet."""
    safe = file_name(stem, fallback="export")
    for number in count(1):
        name = f"{safe}.{suffix}" if number == 1 else f"{safe}-{number}.{suffix}"
        path = home / EXPORTS / name
        if not os.path.lexists(path):
            return path
    raise AssertionError("numbers do not end")


def _told_apart(cells: Iterable[str]) -> tuple[str, ...]:
    """Number names that are there more than once."""
    seen: Counter[str] = Counter()
    heading = []
    for cell in cells:
        name = cell.strip()
        seen[name] += 1
        heading.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(heading)


def _need_modest(path: Path) -> None:
    if path.suffix.lower() not in READERS:
        raise InvalidInputError(
            msg("{name} is not of a form that is read here.", name=path.name),
            hint=msg("Save it as .csv, .xlsx or .json."),
        )
    size = path.stat().st_size
    if not path.is_file():
        raise InvalidInputError(msg("{path} is no file.", path=path), hint=msg("Choose a file."))
    if size > MAX_BYTES:
        raise InvalidInputError(
            msg(
                "{name} has {size:,} bytes; {most:,} are the most.",
                name=path.name,
                size=size,
                most=MAX_BYTES,
            ),
            hint=msg("Split it into several files."),
        )


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    """Say what goes wrong with a file in words for people."""
    try:
        yield
    except FileNotFoundError as error:
        raise InvalidInputError(
            msg("There is no file {path}.", path=path), hint=msg("Check its name.")
        ) from error
    except OSError as error:
        raise InvalidInputError(
            msg("{path} cannot be read: {why}.", path=path, why=error.strerror or error),
            hint=msg("Check who may read it."),
        ) from error
